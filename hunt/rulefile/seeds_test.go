package rulefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// TestSeeds reads the founding documents: how many rules each has, that their
// queries parse, and what is said of their mistakes.
func TestSeeds(t *testing.T) {
	for _, c := range []struct {
		prefix string
		repair bool
		rules  int
		format Format
		codes  string // of the file
		syntax string // of the queries
	}{
		{"000", false, 3, Document, "", ""},
		{"001", false, 0, "", "RULE0007", ""},
		{"002", false, 1, Document, "RULE0003 RULE0004 RULE0004 RULE0004", ""},
		{"002", true, 1, Hunting, "", ""},
		{"003", false, 1, FalconForce, "", ""},
		{"004", false, 3, Document, "RULE0011 RULE0012 RULE0013", "KQL0038"},
	} {
		paths, err := filepath.Glob(filepath.Join(golden.Shared(t), "seeds", c.prefix+"_*"))
		if err != nil || len(paths) != 1 {
			t.Fatalf("seed %s: %v %v", c.prefix, paths, err)
		}
		text, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		f := source.NewFile(c.prefix, string(text))
		rules, diags := Read(f, Options{Repair: c.repair})
		if len(rules) != c.rules {
			t.Errorf("%s: %d rules, expected %d", c.prefix, len(rules), c.rules)
		}
		if got := codesOf(diags, ""); got != c.codes {
			t.Errorf("%s: %s, expected %s", c.prefix, got, c.codes)
		}
		said := ""
		for _, r := range rules {
			if r.Format != c.format {
				t.Errorf("%s: %s is %s, expected %s", c.prefix, r.Name, r.Format, c.format)
			}
			checkPlaces(t, f.Text, r.Query, r.Span)
			_, list := syntax.Parse(source.NewFile(r.Name, r.Query))
			said = codesOf(r.InFile(list), said)
		}
		if said != c.syntax {
			t.Errorf("%s: the queries get %q, expected %q", c.prefix, said, c.syntax)
		}
	}
}

func codesOf(list []source.Diagnostic, before string) string {
	for _, d := range list {
		before += " " + d.Code
	}
	return strings.TrimSpace(before)
}
