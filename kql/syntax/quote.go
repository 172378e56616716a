package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Quote writes a text as a string literal of the language: verbatim where that saves
// escapes. What ends a line or is not visible is escaped, so that no text, whatever
// it holds, leaves its literal or its line.
func Quote(s string) string {
	if strings.IndexFunc(s, needsEscape) < 0 {
		if strings.IndexByte(s, '\\') >= 0 {
			return `@"` + s + `"`
		}
		return `"` + s + `"`
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	b.WriteByte('"')
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case needsEscape(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	b.WriteByte('"')
	return b.String()
}

// needsEscape reports whether a character can't stand in a verbatim literal.
func needsEscape(r rune) bool {
	return r == '"' || r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029
}
