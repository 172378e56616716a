package sqlgen_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/kqltest"
	"github.com/goshawk-hunt/goshawk/kql/plan/rewrite"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
)

// TestDoubling is about lets and functions that use each other twice: what they stand for
// is computed once, so that the SQL does not double at each level.
func TestDoubling(t *testing.T) {
	const most = 20_000 // bytes of SQL
	for _, test := range []struct {
		first, next string
		refused     bool
	}{
		{"let x0 = 1;", "let x%[1]d = x%[2]d + x%[2]d;", false},
		{"let x0 = dynamic([1]);", "let x%[1]d = pack_array(x%[2]d, x%[2]d);", false},
		{"let x0 = toscalar(Process | count);", "let x%[1]d = x%[2]d - x%[2]d * 2;", false},
		{"let f = (a:long) { a + 1 }; let x0 = f(1);", "let x%[1]d = f(x%[2]d) + f(x%[2]d);", false},
		{"let x0 = rand();", "let x%[1]d = x%[2]d + x%[2]d;", true}, // each is another number
	} {
		levels := 12
		if test.refused {
			levels = 15
		}
		var query strings.Builder
		query.WriteString(test.first)
		for i := 1; i <= levels; i++ {
			fmt.Fprintf(&query, test.next, i, i-1)
		}
		fmt.Fprintf(&query, " Process | where Name == 'a' | project y = x%d", levels)
		program, diagnostics := sqlgen.Generate(rewrite.Apply(kqltest.Bind(t, query.String())), duckdb.New())
		if (program == nil) != test.refused {
			t.Errorf("%s %s: %v", test.first, test.next, diagnostics)
			continue
		}
		if program != nil && len(program.Results[0].SQL) > most {
			t.Errorf("%s %s: %d bytes of SQL", test.first, test.next, len(program.Results[0].SQL))
		}
	}
}
