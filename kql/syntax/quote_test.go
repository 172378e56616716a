package syntax_test

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		`plain`:                `"plain"`,
		``:                     `""`,
		`C:\Windows\a.exe`:     `@"C:\Windows\a.exe"`,
		`say "no"`:             `"say \"no\""`,
		"a\tb\r\nc":            `"a\tb\r\nc"`,
		"a\u2028b\u0085\x00":   `"a\u2028b\u0085\u0000"`,
		"bell \a":              `"bell \u0007"`,
		`ends with \`:          `@"ends with \"`,
		"caf\u00e9 \U0001F600": "\"caf\u00e9 \U0001F600\"",
	} {
		if got := syntax.Quote(text); got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
	}
}

// FuzzQuote holds that a quoted text is one literal on one line that means the text.
func FuzzQuote(f *testing.F) {
	f.Add("a\"b\\c\n\u2028")
	f.Add("'\"\\\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := syntax.Quote(s)
		if strings.ContainsAny(got, "\n\r\u2028\u2029\u0085") {
			t.Fatalf("Quote(%q) = %q is more than one line", s, got)
		}
		script, list := syntax.Parse(source.NewFile("f", got))
		if len(list) != 0 || len(script.Statements) != 1 {
			t.Fatalf("Quote(%q) = %q does not parse: %v", s, got, list)
		}
		var found []*syntax.Literal
		syntax.Walk(script, func(n syntax.Node) bool {
			if l, ok := n.(*syntax.Literal); ok {
				found = append(found, l)
			}
			return true
		})
		if len(found) != 1 || found[0].Kind != syntax.LitString || found[0].Text != s {
			t.Fatalf("Quote(%q) = %q means %v", s, got, found)
		}
	})
}
