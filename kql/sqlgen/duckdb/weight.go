package duckdb

import (
	"slices"
	"strings"
)

// DuckDB writes a macro's body in place of each call, and each argument as often as
// the body names it. Nested calls therefore grow exponentially; the generator keeps
// the growth in bounds by weighing what it writes.

// expansion is the size of a text after its macros were written out: base bytes and,
// for each parameter, how often it occurs.
type expansion struct {
	base float64
	uses []float64
}

// weigher weighs SQL by the macros of the prelude.
type weigher struct {
	macros map[string]*expansion
}

func newWeigher(prelude []string) *weigher {
	w := &weigher{macros: map[string]*expansion{}}
	for _, m := range prelude {
		_, m, _ = strings.Cut(m, " MACRO ")
		open := strings.IndexByte(m, '(')
		end := matching(m, open)
		if open < 0 || end < 0 {
			continue
		}
		var params []string
		for _, p := range strings.Split(m[open+1:end], ",") {
			params = append(params, strings.TrimSpace(p))
		}
		e := w.expand(strings.TrimPrefix(strings.TrimSpace(m[end+1:]), "AS "), params)
		w.macros[m[:open]] = &e
	}
	return w
}

// weigh implements sqlgen.Dialect.Weigh.
func (w *weigher) weigh(sql string, params []string) (float64, []float64) {
	e := w.expand(sql, params)
	return e.base, e.uses
}

// expand measures sql.
func (w *weigher) expand(sql string, params []string) expansion {
	e := expansion{uses: make([]float64, len(params))}
	for i := 0; i < len(sql); {
		c := sql[i]
		switch {
		case c == '\'' || c == '"':
			end := i + 1
			for end < len(sql) && sql[end] != c {
				end++
			}
			e.base += float64(min(end+1, len(sql)) - i)
			i = end + 1
		case !nameByte(c):
			e.base++
			i++
		default:
			end := i
			for end < len(sql) && nameByte(sql[end]) {
				end++
			}
			name := sql[i:end]
			if p := slices.Index(params, name); p >= 0 {
				e.uses[p]++
			} else if m := w.macros[name]; m != nil && end < len(sql) && sql[end] == '(' {
				end = w.call(&e, m, sql, end, params)
			} else {
				e.base += float64(len(name))
			}
			i = end
		}
	}
	return e
}

// call adds the expansion of a macro call whose arguments begin at open, and returns
// the position after it.
func (w *weigher) call(e *expansion, m *expansion, sql string, open int, params []string) int {
	end := matching(sql, open)
	if end < 0 {
		return len(sql)
	}
	e.base += m.base
	for i, arg := range arguments(sql[open+1 : end]) {
		if i >= len(m.uses) {
			break
		}
		a := w.expand(arg, params)
		e.base += m.uses[i] * a.base
		for p := range params {
			e.uses[p] += m.uses[i] * a.uses[p]
		}
	}
	return end + 1
}

func nameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// matching returns the position of the parenthesis that closes the one at open, or -1.
func matching(sql string, open int) int {
	if open < 0 {
		return -1
	}
	depth := 0
	for i := open; i < len(sql); i++ {
		switch c := sql[i]; c {
		case '\'', '"':
			for i++; i < len(sql) && sql[i] != c; i++ {
			}
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// arguments splits the text between parentheses at its outer commas.
func arguments(sql string) []string {
	var list []string
	depth, start := 0, 0
	for i := 0; i < len(sql); i++ {
		switch c := sql[i]; c {
		case '\'', '"':
			for i++; i < len(sql) && sql[i] != c; i++ {
			}
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				list = append(list, sql[start:i])
				start = i + 1
			}
		}
	}
	return append(list, sql[start:])
}
