package csvfile

import (
	"bytes"
	"strings"
	"unsafe"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// status is how the parsing of a row ended.
type status uint8

const (
	complete status = iota
	cut             // the text ends before the row does
	broken          // there is text behind the quotes of a cell
)

// cells are the cells of one row. The memory is reused from row to row.
type cells struct {
	src   []byte
	list  []cell
	arena []byte // cells in which quotes were doubled
	open  bool   // the text ended inside quotes
}

type cell struct {
	start, end int
	quoted     bool
	inArena    bool
}

// parse reads the row at the start of b and gives its length with the line end.
func (c *cells) parse(b []byte, comma byte) (int, status) {
	c.src, c.list, c.arena, c.open = b, c.list[:0], c.arena[:0], false
	i := 0
	for {
		next, st := c.cell(i, comma)
		if st != complete {
			return 0, st
		}
		i = next
		if i >= len(b) {
			return len(b), cut // more of the last cell may follow
		}
		ch := b[i]
		i++
		if ch == comma {
			continue
		}
		if ch == '\r' && i < len(b) && b[i] == '\n' {
			i++
		} else if ch == '\r' && i == len(b) {
			return i, cut
		}
		return i, complete
	}
}

// cell reads the cell at i and gives the place of what ends it.
func (c *cells) cell(i int, comma byte) (int, status) {
	b := c.src
	if i < len(b) && b[i] == '"' {
		return c.quoted(i+1, comma)
	}
	end := i
	for end < len(b) && b[end] != comma && b[end] != '\n' && b[end] != '\r' {
		end++
	}
	c.list = append(c.list, cell{start: i, end: end})
	return end, complete
}

func (c *cells) quoted(i int, comma byte) (int, status) {
	b := c.src
	start, doubled := i, len(c.arena)
	inArena := false
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			c.open = true
			return 0, cut
		}
		end := i + n
		if end+1 < len(b) && b[end+1] == '"' {
			c.arena = append(c.arena, b[i:end+1]...)
			inArena = true
			i = end + 2
			continue
		}
		if end+1 < len(b) && b[end+1] != comma && b[end+1] != '\n' && b[end+1] != '\r' {
			return 0, broken
		}
		if inArena {
			c.arena = append(c.arena, b[i:end]...)
			start, end = doubled, len(c.arena)
			i += n
		} else {
			i = end
		}
		c.list = append(c.list, cell{start: start, end: end, quoted: true, inArena: inArena})
		return i + 1, complete
	}
}

// str is the text of a cell. It holds until the next row.
func (c *cells) str(i int) string {
	l := c.list[i]
	b := c.src
	if l.inArena {
		b = c.arena
	}
	return unsafe.String(unsafe.SliceData(b[l.start:l.end]), l.end-l.start)
}

// preamble is the length of a line before the header: the type of PowerShell's Export-Csv
// where that is no object of a kind that loses what it holds, or the separator for Excel.
func preamble(b []byte) int {
	line, _, ok := bytes.Cut(b, []byte{'\n'})
	if !ok {
		return 0
	}
	text := string(bytes.Trim(line, "\r\""))
	kind, typed := strings.CutPrefix(text, "#TYPE ")
	switch {
	case typed && !strings.Contains(kind, "System.Diagnostics.") && !strings.Contains(kind, "CimInstance"):
	case len(text) == len("sep=,") && strings.HasPrefix(text, "sep="):
	default:
		return 0
	}
	return len(line) + 1
}

// longHeader is from which length on a header may be longer than what is looked at.
const longHeader = evidence.HeadSize / 2

// maxColumns bounds a header.
const maxColumns = 4096

// header reads the first line as column names that commas, tabs or semicolons
// part, and gives the length of the line.
func header(b []byte) (comma byte, names []string, n int, ok bool) {
	before := preamble(b)
	b = b[before:]
	for _, comma := range [...]byte{',', '\t', ';'} {
		var c cells
		n, st := c.parse(b, comma)
		if last := bytes.LastIndexByte(b, comma); st == cut && c.open && len(b) >= longHeader && last > 0 {
			n, st = c.parse(b[:last], comma) // the names that b has whole
		}
		if st == cut && !c.open {
			n, st = len(b), complete // nothing but a header
		}
		if st != complete || len(c.list) < 2 || len(c.list) > maxColumns {
			continue
		}
		if names, ok := c.names(); ok {
			return comma, names, before + n, true
		}
	}
	return 0, nil, 0, false
}

// names gives the cells as column names, if they can be.
func (c *cells) names() ([]string, bool) {
	seen := make(map[string]bool, len(c.list))
	var out []string
	for i := range c.list {
		s := strings.Clone(strings.TrimSpace(c.str(i)))
		if s == "" || len(s) > 256 || seen[s] || !isName(s) {
			return nil, false
		}
		seen[s] = true
		out = append(out, s)
	}
	return out, true
}

func isName(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("_ []$@.:/+-()", r):
		default:
			return false
		}
	}
	return true
}
