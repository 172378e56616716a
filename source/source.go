// Package source knows the text that a person wrote: files, spans of bytes,
// positions, and diagnostics that underline the place they speak of.
package source

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// Span is a half-open range of byte offsets in a File. Start -1 means nowhere.
type Span struct{ Start, End int }

// NoSpan is the span of what stands nowhere in the text.
var NoSpan = Span{-1, -1}

// IsValid reports whether s lies in some text.
func (s Span) IsValid() bool { return s.Start >= 0 && s.End >= s.Start }

// Union returns the smallest span that covers both; an invalid one adds nothing.
func (s Span) Union(t Span) Span {
	if !s.IsValid() {
		return t
	}
	if !t.IsValid() {
		return s
	}
	return Span{min(s.Start, t.Start), max(s.End, t.End)}
}

// File is a named text. Build it with NewFile.
type File struct {
	Name  string // as the user knows it: a path, "-", "query"
	Text  string
	lines []int // byte offset of each line's start
}

// NewFile returns the File of a text.
func NewFile(name, text string) *File {
	f := &File{Name: name, Text: text, lines: []int{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// Position is a place as people count: from 1, columns in characters.
type Position struct{ Line, Column int }

// Position returns the place of a byte offset.
func (f *File) Position(offset int) Position {
	offset = max(0, min(offset, len(f.Text)))
	i := sort.SearchInts(f.lines, offset+1) - 1
	return Position{i + 1, utf8.RuneCountInString(f.Text[f.lines[i]:offset]) + 1}
}

// Line returns the text of line n (from 1) without its line break.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := len(f.Text)
	if n < len(f.lines) {
		end = f.lines[n]
	}
	return strings.TrimRight(f.Text[f.lines[n-1]:end], "\r\n")
}

// Severity grades a Diagnostic.
type Severity uint8

const (
	Error Severity = iota // the zero value: nothing runs
	Warning
	Info
)

// String returns the lower-case word.
func (s Severity) String() string { return [...]string{"error", "warning", "info"}[s] }

// Diagnostic is one message about a text. Its code is stable and documented in
// docs/errors.md.
type Diagnostic struct {
	Code     string // "KQL0101"
	Severity Severity
	Message  string // lower case, no period: what was found, what was expected
	Span     Span
	Hint     string // the way out, "" if none is known; text to write may follow on lines of its own
	// Fix changes the text as the hint says, nil if that takes a person.
	Fix *Fix
}

// Fix is a way to put a text right.
type Fix struct {
	Edits []Edit // none overlaps another
	// Else is the next best way, nil if there is none.
	Else *Fix
}

// Edit replaces a span of a text; an empty span inserts.
type Edit struct {
	Span Span
	Text string
}

// Replace returns the fix that puts the first text at a span, or else the next.
func Replace(at Span, texts ...string) *Fix {
	if len(texts) == 0 {
		return nil
	}
	return &Fix{Edits: []Edit{{at, texts[0]}}, Else: Replace(at, texts[1:]...)}
}

// Code explains a diagnostic's code for docs/errors.md.
type Code struct {
	Code        string
	Title       string // what is wrong, as a heading
	Explanation string // why, and what to do
	Example     string // a text that gets the code, "" if that would be too long
	Mended      string // the same text put right, "" if there is none
	Shown       string // Example as a page shows it, where it is too long to be read
	NoExample   string // why there is no Example
}

// Diagnostics is a list of messages about one File. As an error it prints them
// all with their places underlined.
type Diagnostics struct {
	File *File
	List []Diagnostic
}

// Add appends a diagnostic.
func (d *Diagnostics) Add(x Diagnostic) { d.List = append(d.List, x) }

// HasErrors reports whether any message is an Error.
func (d *Diagnostics) HasErrors() bool {
	for _, x := range d.List {
		if x.Severity == Error {
			return true
		}
	}
	return false
}

// Err returns d as an error if it has errors, else nil.
func (d *Diagnostics) Err() error {
	if d.HasErrors() {
		return d
	}
	return nil
}

// Error prints every message with its place.
func (d *Diagnostics) Error() string {
	var b strings.Builder
	for i, x := range d.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(d.File.Underline(x))
	}
	return b.String()
}

// Underline prints one diagnostic as
//
//	query:2:9: error KQL0101: unknown column 'FileNam'
//	  | where FileNam == "x"
//	          ~~~~~~~
//	  hint: did you mean 'FileName'?
//
// Control characters of the text are shown as '?', tabs as one space.
func (f *File) Underline(d Diagnostic) string {
	var b strings.Builder
	if !d.Span.IsValid() {
		fmt.Fprintf(&b, "%s: %s %s: %s", f.Name, d.Severity, d.Code, printable(d.Message))
	} else {
		p := f.Position(d.Span.Start)
		fmt.Fprintf(&b, "%s:%d:%d: %s %s: %s", f.Name, p.Line, p.Column, d.Severity, d.Code, printable(d.Message))
		line := f.Line(p.Line)
		q := f.Position(d.Span.End)
		width := q.Column - p.Column
		if q.Line != p.Line {
			width = utf8.RuneCountInString(line) - p.Column + 1
		}
		const window = 160
		runes := []rune(printable(line))
		from := 0
		if len(runes) > window {
			from = max(0, min(p.Column-1-window/4, len(runes)-window))
			runes = runes[from:min(len(runes), from+window)]
		}
		width = max(1, min(width, len(runes)-(p.Column-1-from)))
		fmt.Fprintf(&b, "\n  %s\n  %s%s", string(runes), strings.Repeat(" ", max(0, p.Column-1-from)), strings.Repeat("~", width))
	}
	for i, line := range strings.Split(d.Hint, "\n") {
		switch {
		case d.Hint == "":
		case i == 0:
			fmt.Fprintf(&b, "\n  hint: %s", printable(line))
		default:
			fmt.Fprintf(&b, "\n        %s", printable(line))
		}
	}
	return b.String()
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == '\n':
			return ' '
		case r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return '?'
		}
		return r
	}, s)
}
