package dossier

import (
	"strings"
	"testing"
)

func FuzzLiteral(f *testing.F) {
	f.Add("a\"b\\c\n\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		got := literal(s)
		if inner := got[1 : len(got)-1]; strings.Contains(strings.NewReplacer(`\\`, "", `\"`, "").Replace(inner), `"`) || strings.ContainsAny(got, "\n\r") {
			t.Errorf("literal(%q) = %s can be left", s, got)
		}
	})
}
