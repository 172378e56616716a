package sqlgen

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// sort sets the order of the rows.
func (st *statement) sort(n *plan.Sort) *rel {
	return st.orderedBy(st.node(n.Input), n.By)
}

// orderedBy returns in with another order.
func (st *statement) orderedBy(in *rel, by []plan.Order) *rel {
	r := st.open(in, addOrder)
	xs := make([]plan.Expr, len(by))
	for i, o := range by {
		xs[i] = o.X
	}
	r, ops := st.exprs(r, xs, false)
	r = r.clone()
	before := r.order
	r.order, r.row = nil, ""
	for i, o := range by {
		if ops[i].Const != nil {
			continue
		}
		k := key{sql: ops[i].SQL, desc: o.Desc, nullsFirst: o.NullsFirst}
		if t := o.X.Type(); t == types.Dynamic || t == types.Decimal {
			k.sql = st.d.SortKey(ops[i])
		}
		r.order = append(r.order, k)
	}
	if r.literal {
		r.order = append(r.order, before...)
	}
	if r.label == "" {
		r.label = "sort"
	}
	return r
}

// limit keeps the first rows.
func (st *statement) limit(n *plan.Limit) *rel {
	return st.take(st.node(n.Input), n.Count, "take")
}

// top keeps the first rows of an order.
func (st *statement) top(n *plan.Top) *rel {
	if n.Hitters && st.literal {
		// Rows that a query spells out have an order, by which equal ones are chosen.
		return st.plugin(&plan.Plugin{Out: n.Out, Name: "top-hitters", Input: n.Input, Args: []plan.Expr{n.Count, n.By[0].X}})
	}
	return st.take(st.orderedBy(st.node(n.Input), n.By), n.Count, "top")
}

// take keeps the first count rows of in, of each group inside an Apply.
func (st *statement) take(in *rel, count plan.Expr, label string) *rel {
	r := st.open(in, addLimit)
	op := st.constant(count)
	sql := "GREATEST(" + op.SQL + ", 0)"
	if op.Const != nil {
		sql = fmt.Sprint(max(op.Const.Int, 0))
	}
	r.label = label
	if len(r.part) == 0 {
		r.limit = sql
		return r
	}
	if r.qualify != "" || r.windowed || r.grouped || r.distinct != "" {
		r = st.close(r)
	}
	r.qualify = fmt.Sprintf("row_number() OVER (%s) <= %s", st.overPart(r, ""), sql)
	r.lossy = true
	return r
}

// overPart is the window clause of r's groups and order; partition adds to the groups.
func (st *statement) overPart(r *rel, partition string) string {
	var parts []string
	for _, p := range r.part {
		parts = append(parts, r.lookup(p).sql)
	}
	if partition != "" {
		parts = append(parts, partition)
	}
	var b strings.Builder
	if len(parts) > 0 {
		b.WriteString("PARTITION BY " + strings.Join(parts, ", "))
	}
	if len(r.order) > 0 {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("ORDER BY " + orderText(r.order))
	}
	return b.String()
}

// serialize numbers the rows in their order.
func (st *statement) serialize(n *plan.Serialize) *rel {
	return st.node(n.Input)
}

// numbered returns r with a hidden column that numbers its rows, by which every
// window function from here on and the result are ordered: ties of the sort keys
// then stand the same way everywhere.
func (st *statement) numbered(r *rel) *rel {
	if r.row != "" {
		return r
	}
	if r.qualify != "" || r.windowed || r.grouped || r.distinct != "" || r.limit != "" {
		r = st.close(r)
	}
	r = r.clone()
	over := ""
	if len(r.order) > 0 {
		over = "ORDER BY " + orderText(r.order)
	}
	r.row = r.hide("$row", column{typ: types.Long, sql: "row_number() OVER (" + over + ")", window: true})
	r.windowed = true
	row := r.row
	r.label = cmp(r.label, "serialize")
	r = st.close(r)
	r.row = row
	r.order = []key{{sql: r.lookup(row).sql}}
	return r
}
