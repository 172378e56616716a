package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// unnest makes one row of each element of the items.
func (st *statement) unnest(n *plan.Unnest) *rel {
	in, texts := st.texts(n, st.node(n.Input))
	in = st.open(in, addFilter)
	xs := make([]plan.Expr, len(n.Items))
	for i, it := range n.Items {
		xs[i] = it.X
	}
	if n.RowID != "" {
		in = st.numbered(in)
	}
	in, sqls := st.madeTexts(in, xs)
	var ops []Operand
	if sqls == nil {
		in, ops = st.exprs(in, xs, false)
	}
	in = in.clone()
	lists := slices.Clone(texts)
	for i := range lists {
		name := fmt.Sprintf("$list%d", i+1)
		switch {
		case sqls != nil:
			texts[i] = in.hide(name, column{sql: sqls[i]})
			lists[i] = texts[i]
		case lists[i] == "":
			lists[i] = in.hide(name, column{sql: st.d.Items(ops[i], n.BagArray)})
		}
	}
	in.label = "items"
	r := st.close(in)
	items, index := st.unnestLists(n, r, lists)
	r.label = "mv_expand"
	r = st.close(r)
	return st.expanded(n, r, texts, items, index)
}

// texts finds the items that are arrays of texts which in has just collected: the names of
// hidden columns with their lists, "" for other items. Nobody sees then in what order a
// set's elements come.
func (st *statement) texts(n *plan.Unnest, in *rel) (*rel, []string) {
	names := make([]string, len(n.Items))
	if n.Limit != nil || n.Index != "" || len(n.Items) > 1 || len(in.order) > 0 || in.literal || !in.grouped || in.limit != "" {
		return in, names
	}
	ref, ok := n.Items[0].X.(*plan.Column)
	if !ok {
		return in, names
	}
	c := in.lookup(ref.Name)
	if c == nil || c.texts == "" {
		return in, names
	}
	in = in.clone()
	names[0] = in.hide("$texts", column{typ: types.Unknown, sql: c.texts})
	return in, names
}

// madeTexts writes the lists of texts of which the calls xs would make arrays, nil if any
// of them makes none.
func (st *statement) madeTexts(in *rel, xs []plan.Expr) (*rel, []string) {
	var args []plan.Expr
	for _, x := range xs {
		c, ok := x.(*plan.Call)
		if !ok || st.d.Texts(Call{Name: c.Func.Name, Args: make([]Operand, len(c.Args))}) == "" {
			return in, nil
		}
		args = append(args, c.Args...)
	}
	in, ops := st.exprs(in, args, false)
	sqls := make([]string, len(xs))
	for i, x := range xs {
		c := x.(*plan.Call)
		sqls[i] = st.d.Texts(Call{Name: c.Func.Name, Args: ops[:len(c.Args)], Type: c.T})
		ops = ops[len(c.Args):]
	}
	return in, sqls
}

// unnestLists adds the unnested lists of a closed rel as hidden columns, whose names
// it returns, with that of the element's index.
func (st *statement) unnestLists(n *plan.Unnest, r *rel, lists []string) (items []string, index string) {
	sqls := make([]string, len(lists))
	var lengths []string
	for i, l := range lists {
		sqls[i] = r.lookup(l).sql
		lengths = append(lengths, "COALESCE(len("+sqls[i]+"), 0)")
	}
	length := lengths[0]
	if len(lengths) > 1 {
		length = "GREATEST(" + strings.Join(lengths, ", ") + ")"
	}
	limit := ""
	if n.Limit != nil {
		op := st.constant(n.Limit)
		limit = op.SQL
		length = "LEAST(" + length + ", " + limit + ")"
	}
	null := strings.Join(sqls, " IS NULL AND ") + " IS NULL"
	for i, sql := range sqls {
		if limit != "" {
			sql = fmt.Sprintf("list_slice(%s, 1, %s)", sql, limit)
		}
		if n.Outer {
			sql = fmt.Sprintf("CASE WHEN %s THEN [NULL] ELSE %s END", null, sql)
		}
		items = append(items, r.hide(fmt.Sprintf("$item%d", i+1), column{sql: "unnest(" + sql + ")", window: true}))
	}
	if n.Index != "" || len(r.order) > 0 || r.literal {
		rows := length
		if n.Outer {
			rows = fmt.Sprintf("CASE WHEN %s THEN 1 ELSE %s END", null, length)
		}
		index = r.hide("$index", column{typ: types.Long, sql: "unnest(range(" + rows + "))", window: true})
	}
	for _, l := range lists {
		r.drop(l)
	}
	r.windowed = true
	return items, index
}

// expanded converts the elements to the types wanted.
func (st *statement) expanded(n *plan.Unnest, r *rel, texts, items []string, index string) *rel {
	out := r.clone()
	out.cols = nil
	for _, c := range n.Columns {
		i := itemIndex(n, c.Name)
		switch {
		case i >= 0:
			x := Operand{SQL: r.lookup(items[i]).sql, Type: types.Dynamic}
			if texts[i] != "" {
				x.Text = x.SQL
				x.SQL, _ = st.d.Convert(Operand{SQL: x.Text, Type: types.String}, types.Dynamic)
			}
			sql, err := x.SQL, error(nil)
			if c.Type != types.Dynamic {
				sql, err = st.d.Convert(x, c.Type)
			}
			if err != nil {
				st.fail(codeFunction, source.Span{}, "", "an element as %s: %v", c.Type, err)
			}
			out.cols = append(out.cols, column{name: c.Name, typ: c.Type, sql: sql, trivial: c.Type == types.Dynamic && texts[i] == ""})
		case c.Name == n.RowID && n.RowID != "":
			out.cols = append(out.cols, column{name: c.Name, typ: c.Type, sql: r.lookup(r.row).sql, trivial: true})
		case c.Name == n.Index && n.Index != "":
			out.cols = append(out.cols, column{name: c.Name, typ: c.Type, sql: r.lookup(index).sql, trivial: true})
		default:
			out.cols = append(out.cols, *r.lookup(c.Name))
		}
	}
	for _, name := range items {
		out.drop(name)
	}
	if index != "" {
		if len(out.order) > 0 || out.literal {
			out.order = append(out.order, key{sql: r.lookup(index).sql})
			out.row = ""
		} else {
			out.drop(index)
		}
	}
	out.lossy = out.lossy || !n.Outer
	return out
}

// itemIndex returns which item makes the output column, or -1.
func itemIndex(n *plan.Unnest, name string) int {
	for i, it := range n.Items {
		if it.As.Name == name {
			return i
		}
	}
	return -1
}
