package sqlgen

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// joinWords are SQL's joins.
var joinWords = map[plan.JoinKind]string{
	plan.Cross:       "CROSS JOIN",
	plan.FullOuter:   "FULL JOIN",
	plan.Inner:       "JOIN",
	plan.InnerUnique: "JOIN",
	plan.LeftAnti:    "ANTI JOIN",
	plan.LeftOuter:   "LEFT JOIN",
	plan.LeftSemi:    "SEMI JOIN",
	plan.RightAnti:   "ANTI JOIN",
	plan.RightOuter:  "RIGHT JOIN",
	plan.RightSemi:   "SEMI JOIN",
}

// join joins two tables.
func (st *statement) join(n *plan.Join) *rel {
	lx, rx := make([]plan.Expr, len(n.On)), make([]plan.Expr, len(n.On))
	for i, on := range n.On {
		lx[i], rx[i] = on.Left, on.Right
	}
	left, lkeys := st.side(st.node(n.Left), lx, n.Kind == plan.InnerUnique)
	right, rkeys := st.side(st.node(n.Right), rx, false)
	l, lq := st.source(left, "l")
	r, rq := st.source(right, "r")
	var on []string
	for i := range n.On {
		on = append(on, equal(lq.lookup(lkeys[i]).sql, rq.lookup(rkeys[i]).sql, lx[i].Type(), rx[i].Type()))
	}
	on = append(on, st.joinGroups(n, lq, rq)...)
	return st.joined(n, l, r, lq, rq, on)
}

// side closes one side of a join with its keys as columns, whose names it returns.
// unique keeps one row of each key.
func (st *statement) side(r *rel, keys []plan.Expr, unique bool) (*rel, []string) {
	r, ops := st.exprs(st.open(r, addProject), keys, false)
	r = r.clone()
	names := make([]string, len(keys))
	var on []string
	for i, x := range keys {
		if c, ok := x.(*plan.Column); ok {
			names[i] = c.Name
		} else {
			_, literal := x.(*plan.Const)
			names[i] = r.hide("$key", column{typ: x.Type(), sql: ops[i].SQL, trivial: literal})
		}
	}
	if !unique {
		return r, names
	}
	if r.distinct != "" || r.grouped || r.limit != "" || r.windowed || r.qualify != "" || slices.ContainsFunc(names, r.isLiteral) {
		r = st.close(r)
	}
	for _, p := range r.part {
		on = append(on, r.lookup(p).sql)
	}
	for _, name := range names {
		on = append(on, unparen(r.lookup(name).sql))
	}
	if len(on) > 0 {
		r.distinct = "DISTINCT ON (" + strings.Join(on, ", ") + ")"
		r.order, r.row = nil, ""
	}
	return r, names
}

// isLiteral reports whether a column is a constant, which SQL does not take as a key.
func (r *rel) isLiteral(name string) bool {
	c := r.lookup(name)
	return c != nil && c.trivial && !strings.HasPrefix(c.sql, `"`)
}

// source makes r an item of FROM under an alias, and returns it with a rel whose
// columns are qualified by the alias.
func (st *statement) source(r *rel, alias string) (string, *rel) {
	if !r.plain(st.d) {
		r = st.close(r)
	}
	r = st.sqlNames(r.clone())
	return r.from + " AS " + alias, st.reader(r, r.from, alias+".")
}

// equal compares join keys; null equals null.
func equal(l, r string, lt, rt types.Type) string {
	if lt == types.String || rt == types.String {
		return l + " = " + r
	}
	return l + " IS NOT DISTINCT FROM " + r
}

// joinGroups keeps the groups of the Apply nodes around apart.
func (st *statement) joinGroups(n *plan.Join, l, r *rel) []string {
	var on []string
	for _, p := range l.part {
		if slices.Contains(r.part, p) {
			on = append(on, equal(l.lookup(p).sql, r.lookup(p).sql, l.lookup(p).typ, r.lookup(p).typ))
		}
	}
	lone := len(l.part) > len(on) && len(r.part) == 0
	rone := len(r.part) > len(on) && len(l.part) == 0
	if rone && (n.Kind == plan.LeftOuter || n.Kind == plan.FullOuter || n.Kind == plan.LeftAnti || n.Kind == plan.LeftSemi) ||
		lone && (n.Kind == plan.RightOuter || n.Kind == plan.FullOuter || n.Kind == plan.RightAnti || n.Kind == plan.RightSemi) {
		st.fail(codePlace, n.At, "", "a %s join with a table outside of the group is not supported here", n.Kind)
	}
	return on
}

// joined writes the join of two items of FROM.
func (st *statement) joined(n *plan.Join, l, r string, lq, rq *rel, on []string) *rel {
	out := &rel{label: "join", lossy: true}
	first, second := l, r
	hidden := slices.Concat(lq.hidden, rq.hidden)
	keeps := func(right bool) bool { return true }
	switch n.Kind {
	case plan.RightSemi, plan.RightAnti:
		first, second = r, l
		hidden = rq.hidden
		keeps = func(right bool) bool { return right }
	case plan.LeftSemi, plan.LeftAnti:
		hidden = lq.hidden
		keeps = func(right bool) bool { return !right }
	}
	word := joinWords[n.Kind]
	if len(on) == 0 && n.Kind != plan.Cross {
		on = []string{"true"}
	}
	out.from = first + "\n" + word + " " + second
	if len(on) > 0 {
		if n.Kind == plan.Cross {
			out.from = first + "\nJOIN " + second
		}
		out.from += " ON " + strings.Join(on, " AND ")
	}
	for i, c := range n.Columns {
		s := n.Sources[i]
		side := lq
		if s.Right {
			side = rq
		}
		col := side.lookup(s.Name)
		if col == nil || !keeps(s.Right) {
			st.fail(codePlace, source.Span{}, "", "a %s join has no column %s on its other side", n.Kind, s.Name)
			continue
		}
		oc := column{name: c.Name, typ: c.Type, sql: col.sql, trivial: true}
		if c.Type == types.String && absent(n.Kind, s.Right) {
			oc.sql, oc.trivial = "COALESCE("+col.sql+", '')", false
		}
		out.cols = append(out.cols, oc)
	}
	for _, c := range hidden {
		if out.lookup(c.name) != nil {
			continue
		}
		if slices.Contains(lq.part, c.name) || slices.Contains(rq.part, c.name) {
			out.hidden = append(out.hidden, c)
			out.part = append(out.part, c.name)
		} else if st.passes(c.name) {
			out.hidden = append(out.hidden, c)
		}
	}
	return out
}

// absent reports whether rows of a side may be missing in a join's output.
func absent(k plan.JoinKind, right bool) bool {
	switch k {
	case plan.FullOuter:
		return true
	case plan.LeftOuter:
		return right
	case plan.RightOuter:
		return !right
	}
	return false
}
