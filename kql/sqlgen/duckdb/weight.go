package duckdb

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen/sqltext"
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
		if open < 0 {
			continue
		}
		end := sqltext.Closing(m, open)
		if end < 0 {
			continue
		}
		var params []string
		for _, p := range strings.Split(m[open+1:end-1], ",") {
			params = append(params, strings.TrimSpace(p))
		}
		e := w.expand(strings.TrimPrefix(strings.TrimSpace(m[end:]), "AS "), params)
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
		switch sql[i] {
		case '\'', '"':
			end := sqltext.Literal(sql, i)
			e.base += float64(end - i)
			i = end
		default:
			end := sqltext.Word(sql, i)
			if end == i {
				e.base++
				i++
				continue
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
	end := sqltext.Closing(sql, open)
	if end < 0 {
		return len(sql)
	}
	e.base += m.base
	for i, arg := range sqltext.Arguments(sql[open+1 : end-1]) {
		if i >= len(m.uses) {
			break
		}
		a := w.expand(arg, params)
		e.base += m.uses[i] * a.base
		for p := range params {
			e.uses[p] += m.uses[i] * a.uses[p]
		}
	}
	return end
}
