package sqlgen

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
)

// union appends the rows of its inputs.
func (st *statement) union(n *plan.Union) *rel {
	inputs := make([]*rel, len(n.Inputs))
	grouped := false
	for i, in := range n.Inputs {
		inputs[i] = st.node(in)
		grouped = grouped || len(inputs[i].part) > 0
	}
	if len(inputs) == 0 {
		return empty(n.Columns, st.d)
	}
	var b strings.Builder
	var shape *rel
	for i, r := range inputs {
		if grouped {
			r = st.spread(r)
		}
		r = r.clone()
		aligned := make([]column, len(n.Columns))
		for j, c := range n.Columns {
			aligned[j] = *r.lookup(n.Inputs[i].Schema()[j].Name)
			aligned[j].name, aligned[j].typ = c.Name, c.Type
		}
		r.cols = aligned
		st.keepGroups(r)
		r = st.sqlNames(r)
		if i == 0 {
			shape = r
		} else {
			b.WriteString("\nUNION ALL\n")
		}
		b.WriteString(st.branch(r))
	}
	name := st.add("union", b.String(), false)
	out := st.reader(shape, st.d.Ident(name), "")
	out.order, out.row, out.lossy = nil, "", true
	return out
}

// branch writes one side of UNION ALL, where a LIMIT needs parentheses.
func (st *statement) branch(r *rel) string {
	sql := st.text(r, r.limit != "")
	if r.limit != "" {
		return "(" + sql + ")"
	}
	return sql
}
