package rulefile

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/source"
)

// place says that n bytes of a query from offset query stand in the file from
// offset file.
type place struct{ query, file, n int }

// places leads from a query to the file. It is in the order of the query; bytes
// that are in no place (an escape's value, a joined line's space) belong to the
// place before them.
type places []place

// add appends a place, joined with the last one if it continues it.
func (m *places) add(query, file, n int) {
	if n == 0 {
		return
	}
	if last := len(*m) - 1; last >= 0 {
		if p := &(*m)[last]; p.query+p.n == query && p.file+p.n == file {
			p.n += n
			return
		}
	}
	*m = append(*m, place{query, file, n})
}

// at returns the file offset of a query offset.
func (m places) at(query int) int {
	i := sort.Search(len(m), func(i int) bool { return m[i].query > query }) - 1
	if i < 0 {
		if len(m) == 0 {
			return -1
		}
		return m[0].file
	}
	return m[i].file + min(query-m[i].query, m[i].n)
}

// span returns the place in the file of a place in the query.
func (m places) span(s source.Span) source.Span {
	if !s.IsValid() || len(m) == 0 {
		return source.NoSpan
	}
	start := m.at(s.Start)
	if s.End <= s.Start {
		return source.Span{Start: start, End: start}
	}
	// the end is behind the last byte, not before the byte that follows
	return source.Span{Start: start, End: max(start, m.at(s.End-1)+1)}
}

// through returns m with its file offsets led on by next: m leads into a text
// that next leads from.
func (m places) through(next places) places {
	var out places
	for _, p := range m {
		for i := 0; i < p.n; {
			j := sort.Search(len(next), func(j int) bool { return next[j].query > p.file+i }) - 1
			if j < 0 || p.file+i >= next[j].query+next[j].n {
				i++
				continue
			}
			n := min(p.n-i, next[j].query+next[j].n-(p.file+i))
			out.add(p.query+i, next[j].file+p.file+i-next[j].query, n)
			i += n
		}
	}
	return out
}

// align finds where the bytes of value stand in raw, which begins at offset base
// of the file: raw is the same text as YAML writes it, with indentation, folded
// lines or, between quotes, escapes.
func align(value, raw string, base int, quote byte) places {
	var m places
	i, j := 0, 0
	for i < len(value) && j < len(raw) {
		switch {
		case quote == '"' && raw[j] == '\\':
			n := escapeLen(raw[j:])
			if raw[min(j+1, len(raw)-1)] != '\n' {
				m.add(i, base+j, 1)
				_, size := utf8.DecodeRuneInString(value[i:])
				i += size
			}
			j += n
		case quote == '\'' && strings.HasPrefix(raw[j:], "''") && value[i] == '\'':
			m.add(i, base+j, 1)
			i, j = i+1, j+2
		case value[i] == raw[j]:
			m.add(i, base+j, 1)
			i, j = i+1, j+1
		case isBlank(raw[j]):
			j++
		default:
			i++
		}
	}
	return m
}

// escapeLen returns the bytes of an escape in a double-quoted scalar.
func escapeLen(s string) int {
	n := 2
	if len(s) > 1 {
		switch s[1] {
		case 'x':
			n = 4
		case 'u':
			n = 6
		case 'U':
			n = 10
		}
	}
	return min(n, len(s))
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// line is a line of a text without its line break.
type line struct {
	text  string
	start int // its offset
}

func (l line) end() int { return l.start + len(l.text) }

func (l line) trim() string { return strings.TrimSpace(l.text) }

// indent returns the bytes of white space that the line begins with.
func (l line) indent() int { return len(l.text) - len(strings.TrimLeft(l.text, " \t")) }

func (l line) span() source.Span {
	start := l.start + l.indent()
	return source.Span{Start: start, End: max(start, l.start+len(strings.TrimRight(l.text, " \t")))}
}

// splitLines splits at \n; a \r before it belongs to the break.
func splitLines(text string) []line {
	lines := make([]line, 0, strings.Count(text, "\n")+1)
	start := 0
	for {
		i := strings.IndexByte(text[start:], '\n')
		if i < 0 {
			break
		}
		lines = append(lines, line{strings.TrimSuffix(text[start:start+i], "\r"), start})
		start += i + 1
	}
	return append(lines, line{strings.TrimSuffix(text[start:], "\r"), start})
}

// joinLines returns the lines as one text, each without its first cut bytes of
// indentation, and the places of that text.
func joinLines(lines []line, cut int) (string, places) {
	var b strings.Builder
	var m places
	for i, l := range lines {
		if i > 0 {
			m.add(b.Len(), lines[i-1].end(), 1)
			b.WriteByte('\n')
		}
		n := min(cut, l.indent())
		m.add(b.Len(), l.start+n, len(l.text)-n)
		b.WriteString(l.text[n:])
	}
	return b.String(), m
}
