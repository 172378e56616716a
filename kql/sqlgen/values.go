package sqlgen

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// datatable writes the rows of a constant table as VALUES. It is a part of its own
// so that its text stands once.
func (st *statement) datatable(n *plan.Values) *rel {
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
	b.WriteString(") AS " + st.d.Ident("rows") + " (" + strings.Join(names, ", ") + ")")
	r.from = b.String()
	return r
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
	return st.close(r)
}
