package sqlgen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/internal/kqltest"
	"github.com/goshawk-hunt/goshawk/kql/plan/rewrite"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
)

// TestGrowth is about columns that are made of themselves, many times over.
func TestGrowth(t *testing.T) {
	const start = "range i from 1 to 3 step 1 | extend s = tostring(i), d = pack_array(i)"
	for _, test := range []struct {
		step    string
		times   int
		refused bool
	}{
		{"s = strcat(s, s)", 60, true},
		{"s = strcat(s, s)", 12, false},
		{"s = iff(i > 1, strcat(s, s), s)", 60, true},
		{"s = strcat_delim(',', s, s, s)", 40, true},
		{"s = strrep(s, 10)", 20, true},
		{"s = strrep(s, i)", 20, false},
		{"s = replace_string(s, '1', '11')", 60, true},
		{"s = replace_string(s, '1', '2')", 60, false},
		{"s = replace_string(s, '&', '&amp;')", 5, false},
		{"d = array_concat(d, d)", 60, true},
		{"d = pack_array(d, d)", 60, true},
		{"s = strcat(s, '-', i)", 60, false},
		{"s = coalesce(s, tolower(s))", 60, false},
		{"i = i + i", 60, false},
		{"i = strlen(strcat(s, s))", 60, false},
	} {
		began := time.Now()
		query := start + strings.Repeat(" | extend "+test.step, test.times)
		program, diagnostics := sqlgen.Generate(rewrite.Apply(kqltest.Bind(t, query)), duckdb.New())
		if (program == nil) != test.refused {
			t.Errorf("%d times %s: %v", test.times, test.step, diagnostics)
		}
		for _, d := range diagnostics {
			if d.Code != "KQL0402" {
				t.Errorf("%d times %s: %v", test.times, test.step, d)
			}
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%d times %s took %s", test.times, test.step, took)
		}
	}
}

// TestGrowthOfCharacters is about replacements of one another: what each of them adds
// counts for the characters that it is done to.
func TestGrowthOfCharacters(t *testing.T) {
	nested := func(pairs ...string) string {
		x := "s"
		for i := 0; i < len(pairs); i += 2 {
			x = fmt.Sprintf("replace_string(%s, '%s', '%s')", x, pairs[i], pairs[i+1])
		}
		return x
	}
	var utf16, doubled, turns []string
	for c := range 60 {
		letter := string(rune('A' + c%26))
		utf16 = append(utf16, string(rune('0'+c)), string(rune('0'+c))+"-")
		doubled = append(doubled, "A", "AA")
		turns = append(turns, letter, string(rune('A'+(c+1)%26))+string(rune('A'+(c+1)%26)))
	}
	utf16[slices.Index(utf16, `\`)], utf16[slices.Index(utf16, `\-`)] = `\\`, `\\-`
	for _, test := range []struct {
		name    string
		x       string
		refused bool
	}{
		{"a byte behind each character", nested(utf16...), false},
		{"a character twice, again and again", nested(doubled...), true},
		{"each character as two of the next", nested(turns...), true},
	} {
		program, diagnostics := sqlgen.Generate(rewrite.Apply(kqltest.Bind(t, "range i from 1 to 3 step 1 | extend s = tostring(i) | extend s = "+test.x)), duckdb.New())
		if (program == nil) != test.refused {
			t.Errorf("%s: %v", test.name, diagnostics)
		}
	}
}
