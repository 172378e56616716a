package report

import (
	"fmt"
	"strings"
	"unicode"
)

// Visible returns text that is safe to print on a terminal: control characters,
// characters that change the direction of text, and invisible ones are written as
// <U+XXXX>; tabs and newlines become blanks; bytes that are no UTF-8 are written as
// <XX>.
func Visible(s string) string {
	clean := true
	for _, r := range s {
		if hostile(r) || r == unicode.ReplacementChar {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r == unicode.ReplacementChar && s[i] != 0xEF:
			fmt.Fprintf(&b, "<%02X>", s[i])
		case hostile(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hostile reports whether a character could hide, move or reorder text.
func hostile(r rune) bool {
	switch {
	case r < 0x20 || r >= 0x7F && r <= 0x9F:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
		return true
	case r == 0x061C || r == 0xFEFF || r == 0x00AD || r == 0x180E || r == 0x034F || r == 0x3164 || r == 0x115F || r == 0x1160:
		return true
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE0FFF, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	case unicode.Is(unicode.Co, r), unicode.Is(unicode.Cf, r):
		return true
	case r == 0x2028 || r == 0x2029:
		return true
	}
	return false
}

// piece is a run of text, or one character that is shown by its number.
type piece struct {
	Text string
	Odd  bool
}

// pieces cuts a text into what may be shown as it is and what must be written out.
// Blanks stay: a page shows them as written.
func pieces(s string) []piece {
	var out []piece
	from := 0
	for i, r := range s {
		odd := hostile(r) && r != '\t' && r != '\n' && r != '\r' || r == unicode.ReplacementChar && s[i] != 0xEF
		if !odd {
			continue
		}
		if from < i {
			out = append(out, piece{Text: s[from:i]})
		}
		n, text := len(string(r)), fmt.Sprintf("U+%04X", r)
		if r == unicode.ReplacementChar {
			n, text = 1, fmt.Sprintf("%02X", s[i])
		}
		out = append(out, piece{Text: text, Odd: true})
		from = i + n
	}
	if from < len(s) {
		out = append(out, piece{Text: s[from:]})
	}
	return out
}
