package syntax

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/source"
)

// TestCodes checks that Codes is in order, that each example gets its code, that
// each mended query has none, and that errors.go uses exactly these codes.
func TestCodes(t *testing.T) {
	for i, c := range Codes {
		if i > 0 && Codes[i-1].Code >= c.Code {
			t.Errorf("%s is out of order", c.Code)
		}
		if c.Example != "" {
			f := source.NewFile("query", c.Example)
			_, diags := Parse(f)
			if len(diags) == 0 || diags[0].Code != c.Code {
				t.Errorf("%s: the example %q gets\n%s", c.Code, c.Example, (&source.Diagnostics{File: f, List: diags}).Error())
			}
		}
		if c.Mended != "" {
			f := source.NewFile("query", c.Mended)
			if _, diags := Parse(f); len(diags) > 0 {
				t.Errorf("%s: the mended query %q gets\n%s", c.Code, c.Mended, (&source.Diagnostics{File: f, List: diags}).Error())
			}
		}
	}
	used := map[string]bool{}
	text, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range regexp.MustCompile(`"(KQL\d{4})"`).FindAllSubmatch(text, -1) {
		used[string(code[1])] = true
	}
	for code := range used {
		if !explained(code) {
			t.Errorf("errors.go uses %s, which Codes does not explain", code)
		}
	}
	for _, c := range Codes {
		if !used[c.Code] {
			t.Errorf("Codes explains %s, which errors.go does not use", c.Code)
		}
	}
}

// TestLimits checks the bounds on depth, length and size, and that reaching them
// takes no long time.
func TestLimits(t *testing.T) {
	deep := func(open, closer string) string {
		return strings.Repeat(open, 100_000) + "1" + strings.Repeat(closer, 100_000)
	}
	for name, c := range map[string]struct{ query, code string }{
		"brackets":   {"print " + deep("(", ")"), "KQL0031"},
		"calls":      {"print " + deep("f(", ")"), "KQL0031"},
		"lists":      {"T | where " + deep("a in (", ")"), "KQL0031"},
		"json":       {"print dynamic(" + deep("[", "]") + ")", "KQL0031"},
		"dynamic":    {"print " + deep("dynamic(", ")"), "KQL0031"},
		"indexes":    {"print " + deep("a[", "]"), "KQL0031"},
		"subqueries": {"T | " + strings.Repeat("mv-apply a on (", 10_000), "KQL0031"},
		"mistakes":   {strings.Repeat("T | mv-apply a on (take 1 | partition by a (", 5_000), "KQL0010"},
		"toscalar":   {"print " + deep("toscalar(", ")"), "KQL0031"},
		"functions":  {deep("let f = () { ", "};"), "KQL0031"},
		"or":         {"T | where a" + strings.Repeat(" or a", 100_000), "KQL0032"},
		"pipes":      {"T" + strings.Repeat(" | union T", 100_000), "KQL0050"},
		"path":       {"print a" + strings.Repeat(".a", 100_000), "KQL0032"},
		"size":       {strings.Repeat("print 1;\n", 4<<20), "KQL0033"},
		"open":       {strings.Repeat("(", 1_000_000), "KQL0031"},
		"minus":      {"print " + strings.Repeat("-", 1_000_000) + "1", "KQL0046"},
	} {
		t.Run(name, func(t *testing.T) {
			s, diags := Parse(source.NewFile("query", c.query))
			found := false
			for _, d := range diags {
				found = found || d.Code == c.code
			}
			if !found {
				t.Errorf("no %s among %d diagnostics: %.300v", c.code, len(diags), diags)
			}
			if len(diags) > maxErrors {
				t.Errorf("%d diagnostics", len(diags))
			}
			_ = Print(s)
		})
	}
}

// explained reports whether Codes has the code.
func explained(code string) bool {
	return slices.ContainsFunc(Codes[:], func(c source.Code) bool { return c.Code == code })
}
