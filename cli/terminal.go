package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

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

// output is where results go. It keeps the first error of a write, so that a full disk
// is told by a command that does not look at each write too.
type output struct {
	io.Writer
	err error
	// inert makes text of evidence in the forms for machines safe to show: they are written
	// as they are to files and pipes, but a terminal obeys control characters.
	inert bool
	part  []byte // the beginning of a character whose rest is not written yet
}

func (o *output) Write(p []byte) (int, error) {
	text := p
	if o.inert {
		o.part = append(o.part, p...)
		end := len(o.part)
		for i := max(0, end-utf8.UTFMax+1); i < end; i++ {
			if utf8.RuneStart(o.part[i]) && !utf8.FullRune(o.part[i:]) {
				end = i
				break
			}
		}
		text = []byte(strings.Map(shownRune, string(o.part[:end])))
		o.part = append(o.part[:0], o.part[end:]...)
	}
	n, err := o.Writer.Write(text)
	if o.err == nil {
		o.err = err
	}
	if o.inert && err == nil {
		n = len(p)
	}
	return n, err
}

// shownRune is r, or '?' for what a terminal would obey.
func shownRune(r rune) rune {
	if unsafeRune(r) {
		return '?'
	}
	return r
}

// fileOf returns the file that w writes to, nil if it is none.
func fileOf(w io.Writer) *os.File {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	f, _ := w.(*os.File)
	return f
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f := fileOf(w)
	return f != nil && term.IsTerminal(int(f.Fd()))
}

// terminalWidth returns the width of w in columns, fallback if w is no terminal.
func terminalWidth(w io.Writer, fallback int) int {
	if f := fileOf(w); f != nil {
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

// hanging writes a text behind a first part; further lines, for a terminal of width
// columns, stand below where the text begins. A width of 0 means no terminal: one line.
func hanging(w io.Writer, first, text string, width int) {
	indent := utf8.RuneCountInString(first)
	rest := []rune(text)
	room := width - indent
	if width <= 0 || room < 20 {
		room = len(rest)
	}
	for n := 0; n == 0 || len(rest) > 0; n++ {
		if n > 0 {
			first = strings.Repeat(" ", indent)
		}
		at := min(room, len(rest))
		for i := at; at < len(rest) && i > room*2/3; i-- {
			if rest[i] == ' ' || rest[i-1] == ',' {
				at = i
				break
			}
		}
		fmt.Fprintln(w, strings.TrimRight(first+string(rest[:at]), " "))
		rest = []rune(strings.TrimLeft(string(rest[at:]), " "))
	}
}
