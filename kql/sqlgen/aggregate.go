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
	return st.grouped(in, n.Keys, n.Aggs, filter)
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
		out.cols = append(out.cols, column{name: k.Name, typ: k.X.Type(), sql: ops[i].SQL, volatile: isVolatile(k.X)})
		if ops[i].Const == nil {
			out.groupBy = append(out.groupBy, unparen(ops[i].SQL))
		} else {
			// A bare number in GROUP BY would be a position.
			out.groupBy = append(out.groupBy, fmt.Sprint(i+1))
		}
	}
	st.groupHidden(in, out)
	if len(out.groupBy) == 0 && len(keys) > 0 {
		out.groupBy = []string{"()"}
	}
	calls := aggCalls{st: st, order: orderText(in.order), filter: filter}
	packed := calls.write(aggs, ops[len(keys):])
	for i, a := range aggs {
		out.cols = append(out.cols, column{name: a.Name, typ: a.Type, sql: packed[i].sql})
	}
	if calls.unpack == nil {
		return out
	}
	return st.unpacked(out, aggs, packed, calls.unpack)
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
	// unpack maps the index of an aggregate to its place in a packed row.
	unpack map[int]place
}

// place is a part of the packed result of one arg_max or arg_min.
type place struct {
	group int // Agg.Group
	index int
}

type aggColumn struct {
	sql   string
	group int // of a packed row, 0 if the SQL is the result
}

// write returns the SQL of each aggregate; those of an arg_max call share it.
func (c *aggCalls) write(aggs []plan.Agg, ops []Operand) []aggColumn {
	out := make([]aggColumn, len(aggs))
	type pack struct {
		parts  []string
		first  int
		by     Operand
		filter string
	}
	groups := map[int]*pack{}
	var order []int
	for i, a := range aggs {
		args := ops[:len(a.Args)]
		ops = ops[len(a.Args):]
		filter := c.filter
		if a.Filter != nil {
			filter = and(filter, ops[0].SQL)
			ops = ops[1:]
		}
		if a.Group == 0 {
			out[i].sql = c.call(a, args, filter)
			continue
		}
		p := groups[a.Group]
		if p == nil {
			p = &pack{first: i, filter: filter}
			groups[a.Group] = p
			order = append(order, a.Group)
		}
		if len(args) > 1 {
			p.by = args[1]
		}
		if c.unpack == nil {
			c.unpack = map[int]place{}
		}
		c.unpack[i] = place{a.Group, len(p.parts)}
		p.parts = append(p.parts, args[0].SQL)
	}
	for _, g := range order {
		p := groups[g]
		a := aggs[p.first]
		args := []Operand{{SQL: c.st.d.Pack(p.parts)}}
		if p.by.SQL != "" {
			args = append(args, p.by)
		}
		sql := c.call(a, args, p.filter)
		for i := range aggs {
			if pl, ok := c.unpack[i]; ok && pl.group == g {
				out[i] = aggColumn{sql, g}
			}
		}
	}
	return out
}

// call writes one aggregate by its template.
func (c *aggCalls) call(a plan.Agg, args []Operand, filter string) string {
	t := c.st.d.Aggregates[a.Func.Name]
	var sql string
	err := fmt.Errorf("the %s dialect does not have it", c.st.d.Name)
	if t != nil {
		sql, err = t(AggCall{Call: Call{Name: a.Func.Name, Args: args, Type: a.Type}, Filter: filter, Order: c.order})
	}
	if err != nil {
		c.st.fail(codeFunction, source.Span{}, "", "'%s' is not supported: %v", a.Func.Name, err)
		return c.st.d.Literal(types.Null(a.Type))
	}
	return sql
}

// unpacked closes out with one column for each packed row and takes the rows apart.
func (st *statement) unpacked(out *rel, aggs []plan.Agg, sqls []aggColumn, places map[int]place) *rel {
	inner := out.clone()
	inner.cols = nil
	names := map[int]string{}
	first := len(out.cols) - len(aggs)
	inner.cols = append(inner.cols, out.cols[:first]...)
	for i := range aggs {
		g := sqls[i].group
		if g == 0 {
			inner.cols = append(inner.cols, out.cols[first+i])
		} else if names[g] == "" {
			names[g] = inner.hide(fmt.Sprintf("$row%d", g), column{sql: sqls[i].sql})
		}
	}
	r := st.close(inner)
	cols := append([]column{}, r.cols[:first]...)
	for i, a := range aggs {
		pl, ok := places[i]
		if !ok {
			cols = append(cols, *r.lookup(a.Name))
			continue
		}
		sql := st.d.Unpack(r.lookup(names[pl.group]).sql, pl.index)
		if a.Type == types.String {
			sql = "COALESCE(" + sql + ", '')"
		}
		cols = append(cols, column{name: a.Name, typ: a.Type, sql: sql})
	}
	for _, name := range names {
		r.drop(name)
	}
	r.cols = cols
	r.label = "summarize"
	return r
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
	r := st.open(st.node(n.Input), addFilter).keep(n.Columns)
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
