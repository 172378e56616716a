package scalar_test

import (
	"regexp"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/scalar"
)

func TestTranslateRegexClasses(t *testing.T) {
	tests := []struct {
		pattern     string
		match, miss string // texts of one rune each
	}{
		{"^[a-z&&[^b]]$", "ac", "bA"},
		{"^[0-9--4]$", "05", "4a"},
		{"^[a-g~~b-h]$", "ah", "bgi"},
		{"^[x[^xyz]]$", "xa", "yz"},
		{"^[^a-z&&b]$", "acA", "b"},
		{"^[a&&b]$", "", "ab"},
		{`^[\p{L}--\p{Lu}&&\p{Greek}]$`, "β", "Βbß"},
		{`^[\w&&[^a-z]]$`, "é_7", "a-"},
		{"^[[:alpha:][0-3]]$", "a1", "4-"},
		{"^[[]$", "[", "]a"}, // no whole class: the bracket stands for itself
		{"^[]]$", "]", "["},
		{"^[a-]$", "a-", "b"},
		{"^[&]$", "&", "a"},
		{`^[\u0041-\u{43}\U00000058]$`, "ABCX", "Du"},
		{`^\u{e9}$`, "é", "e"},
	}
	for _, tt := range tests {
		re, err := scalar.TranslateRegex(tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		compiled := regexp.MustCompile(re)
		for want, texts := range map[bool]string{true: tt.match, false: tt.miss} {
			for _, r := range texts {
				if compiled.MatchString(string(r)) != want {
					t.Errorf("%s on %q: got %v", tt.pattern, r, !want)
				}
			}
		}
	}
	for _, pattern := range []string{"(?x) a", `\<a`, "[a", "a{2,1}", `(?=a)`, `[\u{110000}]`} {
		if re, err := scalar.TranslateRegex(pattern); err == nil {
			t.Errorf("%s: want an error, got %s", pattern, re)
		}
	}
}

func FuzzTranslateRegex(f *testing.F) {
	for _, s := range []string{"[a-z&&[^b]]", `[\p{L}--\u{41}]`, "[[:alpha:]~~[", `\U0001F600`, `[\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if len(pattern) > 1000 {
			return
		}
		re, err := scalar.TranslateRegex(pattern)
		if err != nil {
			return
		}
		if _, err := regexp.Compile(re); err != nil {
			t.Errorf("%q: %q does not compile: %v", pattern, re, err)
		}
	})
}
