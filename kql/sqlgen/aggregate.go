package sqlgen

import (
	"fmt"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// aggregate groups rows.
func (st *statement) aggregate(n *plan.Aggregate) *rel {
	in := st.open(st.node(n.Input), addGroup)
	filter := ""
	if len(n.Keys) == 0 && len(in.part) > 0 && in.lossy {
		in, filter = st.everyGroup(in)
	}
	if in.literal && len(in.part) == 0 && len(in.order) > 1 {
		in = st.numbered(in)
	}
	return st.grouped(in, n.Keys, n.Aggs, filter)
}

// firstSeen orders the groups in out by the first of their rows in.
func (st *statement) firstSeen(in, out *rel) {
	if !in.literal || len(in.part) > 0 || len(in.order) != 1 || len(out.groupBy) == 0 {
		return
	}
	f := "min"
	if in.order[0].desc {
		f = "max"
	}
	k := key{sql: f + "(" + in.order[0].sql + ")", desc: in.order[0].desc}
	out.hide("$first", column{typ: types.Long, sql: k.sql})
	out.order, out.literal = []key{k}, true
}

// grouped groups in by keys. Aggregates see only rows for which filter is true.
func (st *statement) grouped(in *rel, keys []plan.Named, aggs []plan.Agg, filter string) *rel {
	xs := make([]plan.Expr, 0, len(keys)+len(aggs))
	for _, k := range keys {
		xs = append(xs, k.X)
	}
	for _, a := range aggs {
		xs = append(xs, a.Args...)
		if a.Filter != nil {
			xs = append(xs, a.Filter)
		}
	}
	in, ops := st.exprs(in, xs, false)
	out := &rel{label: "summarize", from: in.from, where: in.where, grouped: true, part: in.part}
	for i, k := range keys {
		out.cols = append(out.cols, column{name: k.Name, typ: k.X.Type(), sql: ops[i].SQL, volatile: plan.Volatile(k.X)})
		by := unparen(ops[i].SQL)
		if ops[i].Const != nil || bareNumber(by) {
			// A constant in GROUP BY may be a position, a cast of it never is.
			by = fmt.Sprintf("CAST(%s AS %s)", by, st.d.TypeName(k.X.Type()))
		}
		out.groupBy = append(out.groupBy, by)
	}
	st.groupHidden(in, out)
	if len(out.groupBy) == 0 && len(keys) > 0 {
		out.groupBy = []string{"()"}
	}
	calls := aggCalls{st: st, order: orderText(in.order), filter: filter, literal: in.literal && len(in.order) > 0}
	out.cols = append(out.cols, calls.write(aggs, ops[len(keys):])...)
	if len(keys) > 0 {
		st.firstSeen(in, out)
	}
	return out
}

// groupHidden groups by the groups of the Apply nodes around, and carries what
// depends on them.
func (st *statement) groupHidden(in, out *rel) {
	for _, c := range in.hidden {
		switch {
		case slices.Contains(in.part, c.name):
			out.groupBy = append(out.groupBy, c.sql)
			out.hidden = append(out.hidden, c)
		case st.passes(c.name):
			c.sql = "any_value(" + c.sql + ")"
			c.trivial = false
			out.hidden = append(out.hidden, c)
		}
	}
}

// aggCalls writes the aggregates of one Aggregate.
type aggCalls struct {
	st     *statement
	order  string
	filter string
	// literal is that of the input.
	literal bool
}

// write returns the columns of the aggregates.
func (c *aggCalls) write(aggs []plan.Agg, ops []Operand) []column {
	out := make([]column, len(aggs))
	for i, a := range aggs {
		args := ops[:len(a.Args)]
		ops = ops[len(a.Args):]
		filter := c.filter
		if a.Filter != nil {
			filter = and(filter, ops[0].SQL)
			ops = ops[1:]
		}
		out[i] = c.call(a, args, filter)
	}
	return out
}

// call writes one aggregate by its template.
func (c *aggCalls) call(a plan.Agg, args []Operand, filter string) column {
	col := column{name: a.Name, typ: a.Type}
	t := c.st.d.Aggregates[a.Func.Name]
	call := AggCall{Call: Call{Name: a.Func.Name, Args: args, Type: a.Type}, Filter: filter, Order: c.order, FirstSeen: c.literal, Row: a.Group != 0}
	err := fmt.Errorf("the %s dialect does not have it", c.st.d.Name)
	if t != nil {
		col.sql, err = t(call)
	}
	if err != nil {
		c.st.fail(codeFunction, source.Span{}, "", "'%s' is not supported: %v", a.Func.Name, err)
		col.sql = c.st.d.Literal(types.Null(a.Type))
		return col
	}
	col.texts = c.st.d.Collected(call)
	return col
}

// and joins two predicates, "" being true.
func and(a, b string) string {
	if a == "" {
		return b
	}
	if b == "" {
		return a
	}
	return a + " AND " + b
}

// distinct keeps one row of each.
func (st *statement) distinct(n *plan.Distinct) *rel {
	in := st.node(n.Input)
	if in.literal && len(in.part) == 0 && len(in.order) > 0 {
		return st.distinctInOrder(in, n)
	}
	r := st.open(in, addFilter).keep(n.Columns)
	for _, c := range r.cols {
		if c.volatile {
			r = st.close(r)
			break
		}
	}
	r.distinct, r.order, r.row, r.label = "DISTINCT", nil, "", "distinct"
	r.hidden = slices.DeleteFunc(r.hidden, func(c column) bool {
		return !slices.Contains(r.part, c.name) && !st.passes(c.name)
	})
	return r
}

// distinctInOrder keeps the first row of each, in their order.
func (st *statement) distinctInOrder(in *rel, n *plan.Distinct) *rel {
	if len(in.order) > 1 {
		in = st.numbered(in)
	}
	in = st.close(in)
	out := &rel{label: "distinct", from: in.from, grouped: true}
	for _, c := range in.keep(n.Columns).cols {
		out.cols = append(out.cols, c)
		out.groupBy = append(out.groupBy, c.sql)
	}
	st.firstSeen(in, out)
	return out
}
