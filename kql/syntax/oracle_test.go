package syntax

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/source"
)

// verdict is what Microsoft's parser says of a query.
type verdict struct {
	ID      string `json:"id"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

// askOracle runs Microsoft's parser on node. KUSTO_ORACLE names the folder whose
// node_modules has @kusto/language-service-next; without it the test is skipped.
func askOracle(t *testing.T, list []sharedQuery) map[string]verdict {
	t.Helper()
	dir := os.Getenv("KUSTO_ORACLE")
	modules := filepath.Join(dir, "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "@kusto", "language-service-next")); dir == "" || err != nil {
		t.Skip("KUSTO_ORACLE names no folder with Microsoft's parser for node")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is absent")
	}
	var in bytes.Buffer
	for _, q := range list {
		line, err := json.Marshal(map[string]string{"id": q.ID, "query": q.Query})
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.Command(node, filepath.Join("testdata", "oracle.js"))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]verdict{}
	for line := range bytes.Lines(out) {
		var v verdict
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		answers[v.ID] = v
	}
	return answers
}

// TestOracleConformance compares what is refused among all conformance queries.
func TestOracleConformance(t *testing.T) {
	list := readShared(t, "conformance", "cases.jsonl")
	answers := askOracle(t, list)
	for _, q := range list {
		if !q.Strict && q.Error == nil {
			continue // commands, and examples of the documentation that nobody ran
		}
		f := source.NewFile(q.ID, q.Query)
		_, diags := Parse(f)
		if v := answers[q.ID]; v.OK == hasErrors(diags) {
			t.Errorf("%s: oracle ok=%v %s, ours: %v\n%s", q.ID, v.OK, v.Message, (&source.Diagnostics{File: f, List: diags}).Error(), q.Query)
		}
	}
}

// TestOracleMutations breaks corpus queries by one token each and compares the
// verdicts. Words differ where Kusto's engine is known to take what the offline
// parser refuses; the share of other verdicts is bounded.
func TestOracleMutations(t *testing.T) {
	corpus := readShared(t, "corpus", "queries.jsonl")
	r := rand.New(rand.NewPCG(1, 2))
	var list []sharedQuery
	for i := range 3000 {
		q := corpus[r.IntN(len(corpus))]
		list = append(list, sharedQuery{ID: fmt.Sprintf("%s#%d", q.ID, i), Query: mutate(r, q.Query)})
	}
	answers := askOracle(t, list)
	lenient, strict := 0, 0
	for _, q := range list {
		f := source.NewFile(q.ID, q.Query)
		_, diags := Parse(f)
		v, refused := answers[q.ID], hasErrors(diags)
		switch {
		case v.OK && refused:
			strict++
			t.Logf("STRICT %s\n%s", (&source.Diagnostics{File: f, List: diags}).Error(), q.Query)
		case !v.OK && !refused:
			lenient++
			t.Logf("LENIENT %s: %s", v.Message, q.Query)
		}
	}
	t.Logf("%d mutated queries: %d only the oracle refuses, %d only we refuse", len(list), lenient, strict)
	if lenient*100 > len(list)*2 || strict*100 > len(list) {
		t.Error("too many verdicts differ")
	}
}

// mutate drops, doubles, swaps or replaces one token of a query.
func mutate(r *rand.Rand, query string) string {
	toks, _ := lex(query)
	if len(toks) < 4 {
		return query
	}
	i := r.IntN(len(toks) - 2)
	a, b := toks[i], toks[i+1]
	text := func(t token) string { return query[t.start:t.end] }
	switch r.IntN(4) {
	case 0:
		return query[:a.start] + query[a.end:]
	case 1:
		return query[:a.end] + " " + text(a) + query[a.end:]
	case 2:
		return query[:a.start] + text(b) + query[a.end:b.start] + text(a) + query[b.end:]
	}
	c := toks[r.IntN(len(toks)-1)]
	return query[:a.start] + text(c) + query[a.end:]
}
