package rulefile

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/goshawk-hunt/goshawk/source"
)

// beyond are the codes that the compiled query or other rules decide: the examples of
// those are tested with the page of all codes.
var beyond = map[string]bool{"RULE0022": true, "RULE0027": true, "RULE0028": true, "RULE0030": true}

// TestCodes checks that Codes is in order, that examples get their code and mended
// texts have no diagnostic, and that errors.go uses exactly these codes.
func TestCodes(t *testing.T) {
	for i, c := range Codes {
		if i > 0 && Codes[i-1].Code >= c.Code {
			t.Errorf("%s is out of order", c.Code)
		}
		if c.Example != "" && !beyond[c.Code] {
			f := source.NewFile("file", c.Example)
			rules, diags := Read(f, Options{})
			for _, r := range rules {
				diags = append(diags, r.Lint(Compiled{})...)
			}
			found := false
			for _, d := range diags {
				found = found || d.Code == c.Code
			}
			if !found {
				t.Errorf("%s: the example %q gets\n%s", c.Code, c.Example, (&source.Diagnostics{File: f, List: diags}).Error())
			}
		}
		if c.Mended != "" {
			f := source.NewFile("file", c.Mended)
			rules, diags := Read(f, Options{})
			for _, r := range rules {
				if c.Code > "RULE0020" {
					diags = append(diags, r.Lint(Compiled{})...)
				}
			}
			if len(diags) > 0 || len(rules) != 1 {
				t.Errorf("%s: the mended text %q gives %d rules and\n%s", c.Code, c.Mended, len(rules), (&source.Diagnostics{File: f, List: diags}).Error())
			}
		}
	}
	text, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`"(RULE\d{4})"`).FindAllSubmatch(text, -1) {
		used[string(m[1])] = true
		if !explained(string(m[1])) {
			t.Errorf("errors.go uses %s, which Codes does not explain", m[1])
		}
	}
	for _, c := range Codes {
		if !used[c.Code] {
			t.Errorf("Codes explains %s, which errors.go does not use", c.Code)
		}
	}
}

// explained reports whether Codes has the code.
func explained(code string) bool {
	return slices.ContainsFunc(Codes[:], func(c source.Code) bool { return c.Code == code })
}
