package duckdb_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestOperators runs the queries of testdata/operators/*.txtar: a file "x.kql" is a query
// and "x.want" what Kusto answers: the columns, and each row as JSON, or the error.
// UPDATE_GOLDEN=1 writes what they give now.
func TestOperators(t *testing.T) {
	paths, err := filepath.Glob("testdata/operators/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no testdata", err)
	}
	db := emptyDatabase(t)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { checkOperators(t, db, path) })
	}
}

func checkOperators(t *testing.T, db *duckdb.DB, path string) {
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range a.Files {
		want[f.Name] = string(f.Data)
	}
	update := golden.Updating()
	fresh := &txtar.Archive{Comment: a.Comment}
	for _, f := range a.Files {
		name, ok := strings.CutSuffix(f.Name, ".kql")
		if !ok {
			continue
		}
		got := answerText(db, string(f.Data))
		fresh.Files = append(fresh.Files, f, txtar.File{Name: name + ".want", Data: []byte(got)})
		if !sameAnswer(string(f.Data), got, want[name+".want"]) && !update {
			t.Errorf("%s\n%s\ngot\n%s\nwant\n%s", name, f.Data, got, want[name+".want"])
		}
	}
	if update {
		if err := os.WriteFile(path, txtar.Format(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// sameAnswer tells whether two answers are equal: row by row where the query orders them.
func sameAnswer(query, got, want string) bool {
	if got == want {
		return true
	}
	if ordering.MatchString(query) {
		return false
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// ordering are the operators behind which rows have an order.
var ordering = regexp.MustCompile(`\|\s*(sort|order|top|serialize|scan)\b`)

// answerText is the answer to a query as text: of each result its columns and rows.
func answerText(db *duckdb.DB, query string) string {
	p, err := compiled(db, query)
	if err != nil {
		return fmt.Sprintf("error: %v\n", err)
	}
	var b strings.Builder
	for i, r := range p.Results {
		if i > 0 || r.Name != "" {
			fmt.Fprintf(&b, "%s:\n", r.Name)
		}
		fmt.Fprintln(&b, r.Schema)
		one := &sqlgen.Program{Results: []sqlgen.Select{r}, Steps: p.Steps}
		err := db.Run(context.Background(), one, func(_ sqlgen.Select, rows sqlgen.Rows) error { return printRows(&b, rows) })
		if err != nil {
			fmt.Fprintf(&b, "error: %v\n", err)
		}
	}
	return b.String()
}

func printRows(b *strings.Builder, rows sqlgen.Rows) error {
	for {
		row, err := rows.Next()
		if err != nil || row == nil {
			return err
		}
		text := []byte{'['}
		for i, v := range row {
			if i > 0 {
				text = append(text, ',')
			}
			text = types.AppendJSON(text, v)
		}
		fmt.Fprintf(b, "%s]\n", text)
	}
}
