package sqlgen_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/internal/kqltest"
	"github.com/goshawk-hunt/goshawk/kql/plan/rewrite"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
)

// TestSQL shows the programs of queries.
func TestSQL(t *testing.T) { programs(t, "sql", duckdb.New()) }

// programs shows the programs of the queries of testdata/dir.
func programs(t *testing.T, dir string, dialect *sqlgen.Dialect) {
	golden.Queries(t, dir, []string{"sql"}, func(t *testing.T, query string) map[string]string {
		program, diagnostics := sqlgen.Generate(rewrite.Apply(kqltest.Bind(t, query)), dialect)
		if program == nil {
			t.Fatalf("%s: %v", query, diagnostics)
		}
		var b strings.Builder
		for _, s := range program.Steps {
			fmt.Fprintf(&b, "-- step %s\n%s\n", s.Table, s.Select.SQL)
		}
		for _, r := range program.Results {
			if r.Name != "" {
				fmt.Fprintf(&b, "-- result %s\n", r.Name)
			}
			fmt.Fprintf(&b, "%s\n", r.SQL)
		}
		return map[string]string{"sql": b.String()}
	})
}
