package rewrite_test

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/internal/kqltest"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/plan/rewrite"
)

// TestRewrites shows what becomes of plans.
func TestRewrites(t *testing.T) {
	golden.Queries(t, "rewrite", []string{"plan"}, func(t *testing.T, query string) map[string]string {
		q := kqltest.Bind(t, query)
		before := plan.Print(q)
		out := rewrite.Apply(q)
		if plan.Print(q) != before {
			t.Errorf("%s: the plan that was given has changed", query)
		}
		if err := plan.Check(out); err != nil {
			t.Errorf("%s: %v", query, err)
		}
		if got, want := out.Results[0].Root.Schema().String(), q.Results[0].Root.Schema().String(); got != want {
			t.Errorf("%s: columns %s, were %s", query, got, want)
		}
		text := plan.Print(out)
		if again := plan.Print(rewrite.Apply(out)); again != text {
			t.Errorf("%s: a second time changes the plan again:\n%s\nafter\n%s", query, again, text)
		}
		return map[string]string{"plan": text}
	})
}
