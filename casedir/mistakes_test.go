package casedir

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// TestMistakes reads what beginners write: each text gets a message that names the
// mistake, with a hint that says the way out.
func TestMistakes(t *testing.T) {
	c, err := NewCompiler(MissingCustom)
	if err != nil {
		t.Fatal(err)
	}
	golden.Queries(t, "mistakes", []string{"said"}, func(t *testing.T, query string) map[string]string {
		_, d := c.Compile("query", strings.TrimSuffix(query, "\n"), 638500000000000000)
		if len(d.List) == 0 {
			t.Errorf("nothing is said of %q", query)
		}
		return map[string]string{"said": d.Error()}
	})
}
