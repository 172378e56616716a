package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// group is an Apply whose body is being written: instead of running the body once
// for each group, every operator in it treats the group's key as one more key.
type group struct {
	rows *rel   // the input; its hidden columns are key and pass
	key  string // hidden column
	pass []string
}

// apply writes the body of an Apply over all groups at once.
func (st *statement) apply(n *plan.Apply) *rel {
	in := st.node(n.Input)
	r, op := st.expr(st.open(in, addProject), n.Key)
	r = r.clone()
	g := &group{}
	level := len(st.outers) + 1
	g.key = r.hide(fmt.Sprintf("$group%d", level), column{typ: n.Key.Type(), sql: op.SQL})
	r.part = append(slices.Clone(in.part), g.key)
	names := make([]string, len(n.Pass))
	for i, p := range n.Pass {
		c := *r.lookup(p)
		names[i] = r.hide(fmt.Sprintf("$pass%d.%d", level, i+1), c)
	}
	g.pass = names
	g.rows = st.named(r, "group", false)
	g.rows.lossy = false
	st.outers = append(st.outers, g)
	body := st.spread(st.node(n.Body))
	st.outers = st.outers[:len(st.outers)-1]
	out := body.keep(n.Body.Schema())
	if out.distinct != "" {
		out = st.close(out)
	}
	for i, c := range n.Columns[len(out.cols):] {
		p := *out.lookup(names[i])
		p.name, p.typ = c.Name, c.Type
		out.cols = append(out.cols, p)
	}
	for _, name := range names {
		out.drop(name)
	}
	out.part = slices.DeleteFunc(out.part, func(p string) bool { return p == g.key })
	if out.grouped || out.qualify != "" {
		out = st.close(out)
	}
	out.drop(g.key)
	return out
}

// outer is the group's rows.
func (st *statement) outer(n *plan.Outer) *rel {
	g := st.outers[len(st.outers)-1]
	return g.rows.keep(n.Columns)
}

// passes reports whether a hidden column is carried through an Apply's body.
func (st *statement) passes(name string) bool {
	for _, g := range st.outers {
		if slices.Contains(g.pass, name) {
			return true
		}
	}
	return false
}

// keepGroups leaves only the hidden columns that belong to groups, in one order.
func (st *statement) keepGroups(r *rel) {
	var hidden []column
	for _, g := range st.outers {
		for _, name := range append([]string{g.key}, g.pass...) {
			if c := r.lookup(name); c != nil {
				hidden = append(hidden, *c)
			}
		}
	}
	r.hidden = hidden
}

// spread gives every group of the innermost Apply a copy of rows that do not
// depend on it.
func (st *statement) spread(r *rel) *rel {
	if len(st.outers) == 0 {
		return r
	}
	g := st.outers[len(st.outers)-1]
	if slices.Contains(r.part, g.key) {
		return r
	}
	item, q := st.source(r, "r")
	groups, gq := st.source(st.groups(g), "g")
	out := q.clone()
	out.from = groups + "\nCROSS JOIN " + item
	out.hidden = append(out.hidden, gq.hidden...)
	out.part = slices.Clone(g.rows.part)
	out.label = "spread"
	return out
}

// groups is the table of the groups, without other columns.
func (st *statement) groups(g *group) *rel {
	r := g.rows.clone()
	r.cols = nil
	st.keepGroups(r)
	var on []string
	for _, p := range r.part {
		on = append(on, r.lookup(p).sql)
	}
	r.distinct = "DISTINCT ON (" + strings.Join(on, ", ") + ")"
	r.order, r.row, r.label = nil, "", "groups"
	return st.close(r)
}

// everyGroup returns in with at least one row for every group, and the predicate
// that tells its real rows from the added ones.
func (st *statement) everyGroup(in *rel) (*rel, string) {
	g := st.outers[len(st.outers)-1]
	in = in.clone()
	present := in.hide("$present", column{typ: types.Bool, sql: "true"})
	item, q := st.source(st.close(in), "r")
	groups, gq := st.source(st.groups(g), "g")
	var on []string
	for _, p := range gq.part {
		on = append(on, equal(gq.lookup(p).sql, q.lookup(p).sql, gq.lookup(p).typ, q.lookup(p).typ))
	}
	out := q.clone()
	out.from = groups + "\nLEFT JOIN " + item + " ON " + strings.Join(on, " AND ")
	filter := q.lookup(present).sql
	var hidden []column
	for _, c := range q.hidden {
		if gc := gq.lookup(c.name); gc != nil {
			c = *gc
		}
		if c.name != present {
			hidden = append(hidden, c)
		}
	}
	out.hidden = hidden
	return out, filter
}
