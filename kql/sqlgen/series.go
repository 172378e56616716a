package sqlgen

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// maxBins is the most elements of a series, as in Kusto.
const maxBins = 1048576

// series writes make-series in four parts: the rows, the bounds of the axis, the
// aggregates of the cells that have rows, and the arrays over all cells.
func (st *statement) series(n *plan.Series) *rel {
	in, op := st.expr(st.open(st.node(n.Input), addFilter), n.Axis.X)
	in = in.clone()
	axis := in.hide("$axis", column{typ: n.Axis.X.Type(), sql: op.SQL})
	rows := st.named(in, "series_rows", true)
	bounds := st.close(st.bounds(n, rows, axis))
	cells := st.close(st.cells(n, rows, bounds, axis))
	return st.arrays(n, cells, bounds)
}

// bounds is one row, or one for each group: the axis' start, step and number of cells.
func (st *statement) bounds(n *plan.Series, rows *rel, axis string) *rel {
	t := n.Axis.X.Type()
	bound := func(x plan.Expr) string {
		op := st.constant(x)
		return op.SQL
	}
	step := bound(n.Step)
	a := rows.lookup(axis).sql
	floor := func(x string) string {
		if t == types.Real {
			return fmt.Sprintf("floor(%s / %s) * %s", x, step, step)
		}
		return fmt.Sprintf("(%s - (%s %% %s + %s) %% %s)", x, x, step, step, step)
	}
	start, from := "", rows.from
	if n.From != nil {
		start = bound(n.From)
	} else {
		start = "min(" + floor(a) + ")"
	}
	last := "max(" + a + ")"
	inclusive := n.ToInclusive || n.To == nil
	if n.To != nil {
		last = bound(n.To)
	}
	if n.From != nil && n.To != nil {
		from = ""
	}
	length := "-" + steps(t, start, last, step)
	if inclusive {
		length = steps(t, last, start, step) + " + 1"
	}
	r := &rel{label: "series_axis", from: from, grouped: from != "", cols: []column{
		{name: "start", typ: t, sql: start},
		{name: "step", typ: t, sql: step},
		{name: "cells", typ: types.Long, sql: fmt.Sprintf("LEAST(%s, %d)", length, maxBins)},
	}}
	if from == "" {
		return r
	}
	for _, p := range rows.part {
		c := rows.lookup(p)
		r.groupBy = append(r.groupBy, c.sql)
		r.hide("$of_"+p, column{typ: c.typ, sql: c.sql})
	}
	return r
}

// steps writes how many steps, rounded down, lie between two values of the axis. Whole
// numbers and times are divided as such: as reals, long spans of time lose ticks.
func steps(t types.Type, high, low, step string) string {
	if t == types.Real {
		return fmt.Sprintf("CAST(floor((%s - %s) / %s) AS BIGINT)", high, low, step)
	}
	d := fmt.Sprintf("(%s - %s)", high, low)
	return fmt.Sprintf("((%[1]s - (%[1]s %% %[2]s + %[2]s) %% %[2]s) // %[2]s)", d, step)
}

// ofGroup joins bounds to rows of the same groups of the Apply nodes around; known
// bounds are those of every group.
func ofGroup(rows, bounds *rel, from string) string {
	if len(bounds.hidden) == 0 {
		return "\nCROSS JOIN " + from
	}
	on := make([]string, len(bounds.hidden))
	for i, p := range rows.part {
		on[i] = rows.lookup(p).sql + " IS NOT DISTINCT FROM " + bounds.hidden[i].sql
	}
	return "\nJOIN " + from + " ON " + strings.Join(on, " AND ")
}

// cells aggregates the rows of each cell.
func (st *statement) cells(n *plan.Series, rows, bounds *rel, axis string) *rel {
	r := rows.clone()
	r.from += ofGroup(rows, bounds, bounds.from)
	a := r.lookup(axis).sql
	start, step, count := bounds.lookup("start").sql, bounds.lookup("step").sql, bounds.lookup("cells").sql
	cell := fmt.Sprintf("((%s - %s) // %s)", a, start, step) // of rows from start on
	if n.Axis.X.Type() == types.Real {
		cell = steps(types.Real, a, start, step)
	}
	r.where = []string{a + " >= " + start, fmt.Sprintf("%s < %s", cell, count)}
	name := r.hide("$cell", column{typ: types.Long, sql: cell})
	keys := append([]plan.Named{}, n.Keys...)
	keys = append(keys, plan.Named{Name: name, X: &plan.Column{Name: name, T: types.Long}})
	r.order, r.row = nil, ""
	out := st.grouped(r, keys, n.Aggs, "")
	out.label = "series_cells"
	return out
}

// arrays puts the cells of each group side by side, with defaults where there are none.
func (st *statement) arrays(n *plan.Series, cells, bounds *rel) *rel {
	const cell = "$cell"
	groups := cells.only(nil)
	for _, k := range n.Keys {
		groups.cols = append(groups.cols, *cells.lookup(k.Name))
	}
	groups.hidden = cells.hidden
	groups.distinct, groups.label = "DISTINCT", "series_groups"
	if len(groups.cols)+len(groups.hidden) == 0 {
		groups.limit, groups.distinct = "1", ""
	}
	none := st.d.Ident("$none")
	g, gq := "", &rel{}
	if n.NonEmpty && len(groups.hidden) == 0 {
		g = "(SELECT 1 AS " + none + ") AS g"
	} else {
		g, gq = st.source(st.close(groups), "g")
	}
	c, cq := st.source(cells, "c")
	number := "n.\"cell\""
	on := []string{cq.lookup(cell).sql + " = " + number}
	for _, k := range n.Keys {
		on = append(on, equal(gq.lookup(k.Name).sql, cq.lookup(k.Name).sql, k.X.Type(), k.X.Type()))
	}
	for _, p := range gq.part {
		on = append(on, gq.lookup(p).sql+" IS NOT DISTINCT FROM "+cq.lookup(p).sql)
	}
	b, bq := st.source(bounds, "b")
	out := &rel{label: "make_series", grouped: true, part: gq.part}
	out.from = fmt.Sprintf("%s%s\nCROSS JOIN LATERAL (SELECT unnest(range(%s)) AS \"cell\") AS n\nLEFT JOIN %s ON %s",
		g, ofGroup(gq, bq, b), bq.lookup("cells").sql, c, strings.Join(on, " AND "))
	list := func(sql string, t types.Type) string {
		return st.d.Array(fmt.Sprintf("list(%s ORDER BY %s)", sql, number), t)
	}
	for _, col := range n.Columns {
		oc := column{name: col.Name, typ: col.Type}
		if i := namedIndex(n.Keys, col.Name); i >= 0 {
			oc.sql = gq.lookup(col.Name).sql
			oc.trivial = true
			out.groupBy = append(out.groupBy, oc.sql)
		} else if i := aggIndex(n.Aggs, col.Name); i >= 0 {
			oc.sql = list(fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE %s END",
				cq.lookup(cell).sql, st.seriesDefault(n, i), cq.lookup(col.Name).sql), n.Aggs[i].Type)
		} else {
			t := n.Axis.X.Type()
			oc.sql = list(fmt.Sprintf("CAST(%s + %s * %s AS %s)", bq.lookup("start").sql, number, bq.lookup("step").sql, st.d.TypeName(t)), t)
		}
		out.cols = append(out.cols, oc)
	}
	if len(gq.cols)+len(gq.hidden) == 0 {
		// Without groups there is no series if there are no rows.
		out.groupBy = append(out.groupBy, "g."+none)
	}
	for _, h := range gq.hidden {
		out.groupBy = append(out.groupBy, h.sql)
		out.hidden = append(out.hidden, h)
	}
	return out
}

// seriesDefault writes the value of an empty cell.
func (st *statement) seriesDefault(n *plan.Series, i int) string {
	t := n.Aggs[i].Type
	if i < len(n.Defaults) && n.Defaults[i] != nil {
		x := n.Defaults[i]
		op := st.constant(x)
		if x.Type() == t {
			return op.SQL
		}
		if c := op.Const; c != nil && c.Null {
			return st.d.Literal(types.Null(t))
		}
		return "CAST(" + op.SQL + " AS " + st.d.TypeName(t) + ")"
	}
	switch t {
	case types.Int, types.Long, types.Real:
		return "0"
	}
	return st.d.Literal(types.Null(t))
}

func namedIndex(list []plan.Named, name string) int {
	for i := range list {
		if list[i].Name == name {
			return i
		}
	}
	return -1
}

func aggIndex(list []plan.Agg, name string) int {
	for i := range list {
		if list[i].Name == name {
			return i
		}
	}
	return -1
}
