package syntax

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/source"
)

// sharedQuery is a query of the reference material.
type sharedQuery struct {
	ID     string `json:"id"`
	Query  string `json:"query"`
	Error  any    `json:"expect_error"`
	Strict bool   `json:"strict"` // checked against Microsoft's engine
}

func readShared(tb testing.TB, path ...string) []sharedQuery {
	tb.Helper()
	f, err := os.Open(filepath.Join(append([]string{golden.Shared(tb)}, path...)...))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var list []sharedQuery
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var q sharedQuery
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			tb.Fatal(err)
		}
		list = append(list, q)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return list
}

func hasErrors(list []source.Diagnostic) bool {
	for _, d := range list {
		if d.Severity == source.Error {
			return true
		}
	}
	return false
}

// TestCorpus parses every public query; Microsoft's parser accepts all of them.
func TestCorpus(t *testing.T) {
	list := readShared(t, "corpus", "queries.jsonl")
	if len(list) < 4000 {
		t.Fatalf("the corpus has %d queries", len(list))
	}
	for _, q := range list {
		f := source.NewFile(q.ID, q.Query)
		if _, diags := Parse(f); hasErrors(diags) {
			t.Errorf("%v", &source.Diagnostics{File: f, List: diags})
		}
	}
}

// TestConformanceParses parses every query that Kusto runs.
func TestConformanceParses(t *testing.T) {
	for _, q := range readShared(t, "conformance", "cases.jsonl") {
		if q.Error != nil || !q.Strict {
			continue
		}
		f := source.NewFile(q.ID, q.Query)
		if _, diags := Parse(f); hasErrors(diags) {
			t.Errorf("%v", &source.Diagnostics{File: f, List: diags})
		}
	}
}
