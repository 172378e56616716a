package sqlgen

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// datatable writes the rows of a constant table as VALUES. It is a part of its own
// so that its text stands once.
func (st *statement) datatable(n *plan.Values) *rel {
	ordered := st.literal && len(n.Rows) <= maxLiteral
	var b strings.Builder
	b.WriteString("(VALUES")
	for i, row := range n.Rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  (")
		if len(row) == 0 {
			b.WriteByte('0')
		}
		for j, x := range row {
			if j > 0 {
				b.WriteString(", ")
			}
			b.WriteString(unparen(st.constant(x).SQL))
		}
		if ordered {
			b.WriteString(", " + st.d.Literal(types.Value{Type: types.Long, Int: int64(i + 1)}))
		}
		b.WriteByte(')')
	}
	r := &rel{label: "datatable"}
	for _, c := range n.Columns {
		r.cols = append(r.cols, column{name: c.Name, typ: c.Type, trivial: true})
	}
	r = st.sqlNames(r)
	names := make([]string, len(r.cols))
	for i, c := range r.cols {
		names[i] = st.d.Ident(c.alias)
		r.cols[i].sql = names[i]
	}
	if len(names) == 0 {
		names = []string{st.d.Ident("$none")}
	}
	if ordered {
		at := st.d.Ident("$at")
		names = append(names, at)
		r.hide("$at", column{typ: types.Long, sql: at, trivial: true})
		r.order, r.literal = []key{{sql: at}}, true
	}
	b.WriteString(") AS " + st.d.Ident("rows") + " (" + strings.Join(names, ", ") + ")")
	r.from = b.String()
	return r
}

// maxLiteral is how many rows of constants are kept in order.
const maxLiteral = 100_000

// few reports whether a range is known to have at most maxLiteral rows, and whether
// they rise.
func few(n *plan.Range) (rising, ok bool) {
	var ends [3]float64
	for i, x := range []plan.Expr{n.From, n.To, n.Step} {
		c, isConst := x.(*plan.Const)
		if !isConst || c.Value.Null {
			return false, false
		}
		ends[i] = float64(c.Value.Int)
		if c.Value.Type == types.Real {
			ends[i] = c.Value.Real
		}
	}
	return ends[2] > 0, ends[2] != 0 && (ends[1]-ends[0])/ends[2] < maxLiteral
}

// rangeRows writes range x from a to b step c.
func (st *statement) rangeRows(n *plan.Range) *rel {
	c := n.Columns[0]
	r := &rel{
		label: "range",
		from:  st.d.Range(st.constant(n.From), st.constant(n.To), st.constant(n.Step), c.Type),
		cols:  []column{{name: c.Name, typ: c.Type, sql: st.d.Ident("value"), trivial: true}},
	}
	if c.Type == types.Int {
		r.cols[0].sql = "CAST(" + r.cols[0].sql + " AS " + st.d.TypeName(types.Int) + ")"
	}
	r = st.close(r)
	if rising, ok := few(n); ok && st.literal {
		r.order, r.literal = []key{{sql: r.cols[0].sql, desc: !rising}}, true
	}
	return r
}
