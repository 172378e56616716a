package sqlgen

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// union appends the rows of its inputs. Columns that none of them has stay out of SQL:
// over all tables of a case they are thousands.
func (st *statement) union(n *plan.Union) *rel {
	if len(n.Inputs) == 0 {
		return empty(n.Columns, st.d)
	}
	lacking := lackingColumns(n)
	inputs := make([]*rel, len(n.Inputs))
	grouped := false
	for i, in := range n.Inputs {
		inputs[i] = st.node(without(in, lacking))
		grouped = grouped || len(inputs[i].part) > 0
	}
	var b strings.Builder
	var shape *rel
	for i, r := range inputs {
		if grouped {
			r = st.spread(r)
		}
		r = st.aligned(r, n, i, lacking)
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
	return st.withLacking(out, n, lacking)
}

// lackingColumns says of each column whether it is null, or the empty text, in all inputs.
func lackingColumns(n *plan.Union) []bool {
	lacking := make([]bool, len(n.Columns))
	for j := range lacking {
		lacking[j] = true
	}
	for _, in := range n.Inputs {
		p, ok := in.(*plan.Project)
		if !ok {
			return make([]bool, len(n.Columns))
		}
		for j, x := range p.Exprs {
			lacking[j] = lacking[j] && nothing(x)
		}
	}
	return lacking
}

// nothing reports whether x is a null or the empty text.
func nothing(x plan.Expr) bool {
	c, ok := x.(*plan.Const)
	return ok && (c.Value.Null || c.Value.Type == types.String && c.Value.Str == "")
}

// without leaves columns of a union's input out.
func without(in plan.Node, lacking []bool) plan.Node {
	p, ok := in.(*plan.Project)
	if !ok || !slices.Contains(lacking, true) {
		return in
	}
	c := &plan.Project{Out: plan.Out{At: p.At}, Input: p.Input}
	for j, x := range p.Exprs {
		if !lacking[j] {
			c.Columns, c.Exprs = append(c.Columns, p.Columns[j]), append(c.Exprs, x)
		}
	}
	return c
}

// aligned gives input i of a union its columns, but for those that are lacking.
func (st *statement) aligned(r *rel, n *plan.Union, i int, lacking []bool) *rel {
	find := r.finder()
	schema := n.Inputs[i].Schema()
	var cols []column
	for j, c := range n.Columns {
		if !lacking[j] {
			col := *find(schema[j].Name)
			col.name, col.typ, col.missing = c.Name, c.Type, false
			cols = append(cols, col)
		}
	}
	r = r.clone()
	r.cols = cols
	st.keepGroups(r)
	return st.sqlNames(r)
}

// withLacking puts the columns that no input has between the others.
func (st *statement) withLacking(r *rel, n *plan.Union, lacking []bool) *rel {
	have := r.cols
	r.cols = make([]column, 0, len(n.Columns))
	for j, c := range n.Columns {
		if lacking[j] {
			r.cols = append(r.cols, column{name: c.Name, typ: c.Type, sql: st.d.Literal(types.Null(c.Type)), trivial: true, missing: true})
		} else {
			r.cols, have = append(r.cols, have[0]), have[1:]
		}
	}
	return r
}

// branch writes one side of UNION ALL, where a LIMIT needs parentheses.
func (st *statement) branch(r *rel) string {
	sql := st.text(r, r.limit != "")
	if r.limit != "" {
		return "(" + sql + ")"
	}
	return sql
}
