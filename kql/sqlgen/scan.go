package sqlgen

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// scan reads the wanted columns of a stored table.
func (st *statement) scan(n *plan.Scan) *rel {
	if r := st.narrowed[n]; r != nil {
		return r.clone()
	}
	names := ColumnNames(n.Columns)
	r := &rel{from: st.d.From(n.Table, names)}
	for i, c := range n.Columns {
		r.cols = append(r.cols, column{name: c.Name, typ: c.Type, sql: st.d.Ident(names[i]), trivial: true})
	}
	return r
}

// From is what stands in FROM for a stored table of which columns are read,
// by their names in SQL.
func (d *Dialect) From(table string, columns []string) string {
	if source := d.Sources[table]; source != nil {
		return source(columns)
	}
	return d.Ident(table)
}

// ColumnNames returns the names that the columns of a stored table have in SQL, where
// case makes no difference: of two that differ in case only the second is numbered.
func ColumnNames(schema types.Schema) []string {
	names := make([]string, len(schema))
	seen := map[string]bool{}
	for i, c := range schema {
		names[i] = c.Name
		for n := 2; seen[strings.ToLower(names[i])]; n++ {
			names[i] = fmt.Sprintf("%s$%d", c.Name, n)
		}
		seen[strings.ToLower(names[i])] = true
	}
	return names
}

// ref reads a shared part.
func (st *statement) ref(n *plan.Ref) *rel {
	s := n.Shared
	if r := st.stored[s]; r != nil {
		return r.clone()
	}
	if r := st.refs[s]; r != nil {
		return r.clone()
	}
	if st.store && (st.once[s] || st.plugins[s]) {
		return st.storeShared(s).clone()
	}
	// The part is written once, outside of any Apply in which it is used.
	outers := st.outers
	st.outers = nil
	r := st.node(s.Input)
	st.outers = outers
	if !r.plain(st.d) || st.once[s] {
		label := s.Name
		if label == "" {
			label = "shared"
		}
		r = st.named(r, label, st.once[s])
	}
	st.refs[s] = r
	return r.clone()
}

// storeShared stores a shared part in a table by a step of its own, because
// several statements read it.
func (st *statement) storeShared(s *plan.Shared) *rel {
	own := st.generator.statement()
	out, _ := st.storeRows(own, own.node(s.Input), s.Name)
	st.stored[s] = out
	return out
}

// storeRows stores the rows of r, a part of own, in a table and returns a rel that reads it.
func (st *statement) storeRows(own *statement, r *rel, name string) (out *rel, table string) {
	r = own.carryOrder(r)
	r = own.sqlNames(r)
	schema := make(types.Schema, 0, len(r.cols)+len(r.hidden))
	for _, list := range [][]column{r.cols, r.hidden} {
		for i := range list {
			schema = append(schema, types.Column{Name: list[i].alias, Type: list[i].typ})
		}
	}
	table = st.temporary(name)
	sql := own.sql(r, r.limit != "")
	st.program.Steps = append(st.program.Steps, Step{Table: table, Select: Select{Name: name, SQL: sql, Schema: schema}, Schema: schema})
	return own.reader(r, st.d.Ident(table), ""), table
}

// values writes a constant table.
func (st *statement) values(n *plan.Values) *rel {
	none := &rel{}
	if len(n.Rows) == 0 {
		return empty(n.Columns, st.d)
	}
	if len(n.Rows) == 1 {
		r, ops := st.exprs(none, n.Rows[0], false)
		for i, c := range n.Columns {
			x := n.Rows[0][i]
			r.cols = append(r.cols, column{name: c.Name, typ: c.Type, sql: ops[i].SQL, trivial: ops[i].Const != nil, volatile: plan.Volatile(x)})
		}
		r.label, r.literal = "print", st.literal
		return r
	}
	return st.datatable(n)
}
