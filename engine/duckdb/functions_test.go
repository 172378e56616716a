package duckdb_test

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/kql"
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestExamplesRun runs the example of every function, operator, aggregate, window function
// and plugin that is supported.
func TestExamplesRun(t *testing.T) {
	db := emptyDatabase(t)
	for f := range builtin.All() {
		if f.Unsupported != "" {
			continue
		}
		_, err := answer(db, f.Example)
		if err != nil {
			t.Errorf("%s: %s\n%v", f.Name, f.Example, err)
		}
	}
}

// TestFunctionValues evaluates the expressions of testdata/functions/*.txt, one a line with
// the value that Kusto gives, as JSON, after " => ".
func TestFunctionValues(t *testing.T) {
	files, err := filepath.Glob("testdata/functions/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	db := emptyDatabase(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { checkValues(t, db, file) })
	}
}

func checkValues(t *testing.T, db *duckdb.DB, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		expr, want, ok := strings.Cut(line, " => ")
		if !ok {
			t.Fatalf("%s:%d: no =>", file, n)
		}
		got := ""
		// Twice: folded as a constant, and computed from a column.
		for _, query := range []string{"print x = " + expr, "range one from 1 to 1 step 1 | project x = iff(one == 1, " + expr + ", " + expr + ")"} {
			if query[0] == 'r' && strings.Contains(expr, "null") {
				continue // a constant null may have another type there
			}
			rows, err := answer(db, query)
			switch {
			case err != nil:
				got = "error: " + err.Error()
			case len(rows) == 1:
				got = string(types.AppendJSON(nil, rows[0][0]))
			}
			if got != want {
				t.Errorf("%s:%d: %s\n got %s\nwant %s", file, n, query, got, want)
				break
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func emptyDatabase(t *testing.T) *duckdb.DB {
	t.Helper()
	db, err := duckdb.Open("", duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// answer runs a query that needs no tables.
func answer(db *duckdb.DB, query string) ([][]types.Value, error) {
	p, err := compiled(db, query)
	if err != nil {
		return nil, err
	}
	return rowsOf(db, p)
}

// compiled compiles a query that needs no tables.
func compiled(db *duckdb.DB, query string) (*sqlgen.Program, error) {
	options := kql.Options{Dialect: dialect.New()}
	options.Catalog = catalog.Default().Binder()
	options.Now = 638500000000000000
	options.Discover = func(q *plan.Query) ([][]types.Value, error) {
		p, err := kql.Generate(q, options)
		if err != nil {
			return nil, err
		}
		return rowsOf(db, p)
	}
	c, diagnostics := kql.Compile("test", query, options)
	if c == nil {
		return nil, diagnostics
	}
	return c.Program, nil
}

func rowsOf(db *duckdb.DB, p *sqlgen.Program) ([][]types.Value, error) {
	var all [][]types.Value
	err := db.Run(context.Background(), p, func(_ sqlgen.Select, rows sqlgen.Rows) error {
		for {
			row, err := rows.Next()
			if err != nil || row == nil {
				return err
			}
			all = append(all, append([]types.Value{}, row...))
		}
	})
	return all, err
}
