package cli

import (
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// printable makes one line of text from evidence or from the command line safe to
// show: control characters, bidirectional overrides and line breaks become '?'.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unsafeRune(r) || r == '\n' || r == '\r' {
			return '?'
		}
		if r == '\t' {
			return ' '
		}
		return r
	}, s)
}

// printableLines is printable for text of several lines.
func printableLines(s string) string {
	return strings.Map(func(r rune) rune {
		if unsafeRune(r) && r != '\n' {
			return '?'
		}
		if r == '\t' {
			return ' '
		}
		return r
	}, s)
}

func unsafeRune(r rune) bool {
	return r != '\t' && r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth returns the width of w in columns, fallback if w is no terminal.
func terminalWidth(w io.Writer, fallback int) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return fallback
}

// coloured reports whether w may be given colours: a terminal, and NO_COLOR unset
// (https://no-color.org).
func coloured(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w)
}
