package syntax

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// FuzzParse looks for texts that make the parser panic, give spans outside of the
// text, or print differently the second time. The corpus joins the seeds when it
// is there.
func FuzzParse(f *testing.F) {
	for _, dir := range []string{"tree", "errors"} {
		for _, query := range goldenQueries(f, dir) {
			f.Add(query)
		}
	}
	shared := filepath.Join(filepath.Dir(golden.Root(f)), "shared")
	if _, err := os.Stat(shared); err == nil {
		for i, q := range readShared(f, "corpus", "queries.jsonl") {
			if i%10 == 0 {
				f.Add(q.Query)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 20_000 {
			return
		}
		checkFixpoint(t, text)
	})
}
