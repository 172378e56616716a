package sqlgen

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen/sqltext"
)

// orderBy returns the order of r for its own SELECT, where ORDER BY looks for a bare
// name among the output first; ok is false if another output column hides a key.
func (st *statement) orderBy(r *rel) (text string, ok bool) {
	order := slices.Clone(r.order)
	for i, k := range order {
		for _, c := range slices.Concat(r.cols, r.hidden) {
			alias := st.d.Ident(cmp(c.alias, c.name))
			if k.is(c) {
				order[i].sql = alias
				break
			}
		}
		if order[i].sql != k.sql {
			continue
		}
		for _, c := range slices.Concat(r.cols, r.hidden) {
			if !k.is(c) && strings.EqualFold(st.d.Ident(cmp(c.alias, c.name)), k.sql) {
				return "", false
			}
		}
	}
	return orderText(order), true
}

// text writes the SELECT, with the order of its rows if ordered.
func (st *statement) text(r *rel, ordered bool) string {
	var order string
	if ordered {
		var ok bool
		if order, ok = st.orderBy(r); !ok {
			inner := r.clone()
			inner.limit = ""
			outer := st.close(inner)
			outer.limit = r.limit
			return st.text(outer.withoutHidden(), true)
		}
	}
	names, xs := st.outputs(r)
	n := len(names)
	xs = st.d.Together(slices.Concat(xs, r.groupBy, []string{r.distinct, r.qualify, order}))
	groupBy, rest := xs[n:n+len(r.groupBy)], xs[n+len(r.groupBy):]
	distinct, qualify, order := rest[0], rest[1], rest[2]
	var b strings.Builder
	b.WriteString("SELECT ")
	if distinct != "" {
		b.WriteString(distinct + " ")
	}
	writeColumns(&b, names, xs[:n])
	if r.from != "" {
		b.WriteString("\nFROM " + r.from)
	}
	if len(r.where) > 0 {
		b.WriteString("\nWHERE " + strings.Join(r.where, "\n  AND "))
	}
	if len(groupBy) > 0 {
		b.WriteString("\nGROUP BY " + strings.Join(groupBy, ", "))
	}
	if qualify != "" {
		b.WriteString("\nQUALIFY " + qualify)
	}
	if order != "" {
		b.WriteString("\nORDER BY " + order)
	}
	if r.limit != "" {
		b.WriteString("\nLIMIT " + r.limit)
	}
	return b.String()
}

// outputs returns the names and the expressions of the columns of r.
func (st *statement) outputs(r *rel) (names, xs []string) {
	for _, list := range [][]column{r.cols, r.hidden} {
		for _, c := range list {
			names = append(names, st.d.Ident(cmp(c.alias, c.name)))
			xs = append(xs, unparen(c.sql))
		}
	}
	if len(names) == 0 {
		return []string{st.d.Ident("$none")}, []string{"1"}
	}
	return names, xs
}

func writeColumns(b *strings.Builder, names, xs []string) {
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(xs[i])
		if xs[i] != name {
			b.WriteString(" AS " + name)
		}
	}
}

// orderText writes an ORDER BY list. A bare number in it would be a position, and
// engines refuse other constants.
func orderText(order []key) string {
	parts := make([]string, len(order))
	for i, k := range order {
		parts[i] = k.sql
		switch {
		case bareNumber(k.sql):
			parts[i] = "CAST(" + k.sql + " AS DOUBLE PRECISION)"
		case strings.HasPrefix(k.sql, "'") && sqltext.Literal(k.sql, 0) == len(k.sql):
			parts[i] = "CAST(" + k.sql + " AS VARCHAR)"
		}
		if k.desc {
			parts[i] += " DESC"
		}
		if k.nullsFirst {
			parts[i] += " NULLS FIRST"
		} else {
			parts[i] += " NULLS LAST"
		}
	}
	return strings.Join(parts, ", ")
}
