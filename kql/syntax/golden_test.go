package syntax

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/source"
)

// runGolden runs produce on the queries of testdata/dir.
func runGolden(t *testing.T, dir string, produce func(t *testing.T, query string) map[string]string) {
	t.Helper()
	golden.Queries(t, dir, []string{"tree", "print", "errors"}, produce)
}

// TestTrees reads queries without mistakes: their trees and their print.
func TestTrees(t *testing.T) {
	runGolden(t, "tree", func(t *testing.T, query string) map[string]string {
		f := source.NewFile("query", query)
		s, diags := Parse(f)
		if hasErrors(diags) {
			t.Errorf("%v", &source.Diagnostics{File: f, List: diags})
		}
		checkFixpoint(t, query)
		out := map[string]string{"tree": dump(s.Statements), "print": Print(s)}
		if len(diags) > 0 {
			out["errors"] = (&source.Diagnostics{File: f, List: diags}).Error()
		}
		return out
	})
}

// TestErrors reads queries with mistakes: what is said of them.
func TestErrors(t *testing.T) {
	runGolden(t, "errors", func(t *testing.T, query string) map[string]string {
		f := source.NewFile("query", query)
		s, diags := Parse(f)
		if len(diags) == 0 {
			t.Errorf("no diagnostic for %q", query)
		}
		checkSpans(t, query, s, diags)
		for _, d := range diags {
			if !explained(d.Code) {
				t.Errorf("code %s is not in Codes", d.Code)
			}
		}
		return map[string]string{"errors": (&source.Diagnostics{File: f, List: diags}).Error()}
	})
}
