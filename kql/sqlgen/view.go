package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen/sqltext"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// View is a table whose rows are computed from those of a stored one, most of them from
// the members of one document (JSON) of the row. A query that reads it computes first
// what its filters and orders read, and the rest only for the rows that are left.
type View struct {
	Table string // the stored table
	Where string // which of its rows, SQL
	// By are the columns of the stored table that Where reads.
	By []string
	// Columns write the computed columns; column writes a column of the stored table,
	// field a member of the document, NULL where it has none. The columns that are not
	// here are the stored table's of the same name.
	Columns map[string]func(column, field func(name string) string) string
	// Field writes one member of the document, Fields an SQL list of many, for which the
	// document is read once.
	Field  func(column func(name string) string, member string) string
	Fields func(column func(name string) string, members []string) string
}

// manyFields is the number of members from which on the document is read once for all.
const manyFields = 3

// view writes a chain of filters, orders and limits over a view, nil if n is none.
func (st *statement) view(n plan.Node) *rel {
	scan, used := narrow(n)
	if scan == nil {
		return nil
	}
	v := st.d.Views[scan.Table]
	if v == nil || st.narrowed[scan] != nil {
		return nil
	}
	var first, rest types.Schema
	for _, c := range scan.Columns {
		if used[c.Name] {
			first = append(first, c)
		} else {
			rest = append(rest, c)
		}
	}
	all, _ := v.reads(scan.Columns)
	for _, name := range v.By {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	r := &rel{from: st.d.From(v.Table, all), where: []string{v.Where}, label: scan.Table}
	stored := map[string]string{} // names of the hidden columns that carry the stored ones
	late, members := v.reads(rest)
	for _, name := range late {
		stored[name] = r.hide("stored$"+name, column{sql: st.d.Ident(name), trivial: true, carried: true})
	}
	r.cols = st.viewColumns(v, first, st.d.Ident, func(member string) string { return v.Field(st.d.Ident, member) })
	if len(used) > 0 || n != plan.Node(scan) {
		st.narrowed[scan] = r
		r = st.node(n)
		delete(st.narrowed, scan)
	}
	if len(rest) > 0 {
		r = st.widen(r, v, n != plan.Node(scan), rest, members, stored)
	}
	r = r.keep(scan.Columns)
	r.hidden = slices.DeleteFunc(r.hidden, func(c column) bool { return c.carried })
	return r
}

// widen adds the columns to r that nothing below needed.
func (st *statement) widen(r *rel, v *View, part bool, rest types.Schema, members []string, stored map[string]string) *rel {
	if part {
		r = st.close(r)
	} else {
		r = r.clone()
	}
	read := func(name string) string { return r.lookup(stored[name]).sql }
	field := func(member string) string { return v.Field(read, member) }
	if len(members) >= manyFields {
		list := r.hide("fields$", column{sql: v.Fields(read, members), carried: true})
		r = st.close(r)
		field = func(member string) string {
			return fmt.Sprintf("%s[%d]", r.lookup(list).sql, slices.Index(members, member)+1)
		}
	}
	r.cols = append(r.cols, st.viewColumns(v, rest, read, field)...)
	return r
}

// viewColumns writes columns of a view.
func (st *statement) viewColumns(v *View, schema types.Schema, read, field func(name string) string) []column {
	cols := make([]column, len(schema))
	for i, c := range schema {
		sql := v.column(c.Name, read, field)
		cols[i] = column{name: c.Name, typ: c.Type, sql: sql, weight: st.weight(sql), deep: float64(len(sql)),
			trivial: strings.HasPrefix(sql, `"`) && sqltext.Literal(sql, 0) == len(sql)}
	}
	return cols
}

func (v *View) column(name string, read, field func(name string) string) string {
	if write := v.Columns[name]; write != nil {
		return write(read, field)
	}
	return read(name)
}

// reads lists what columns of the view are computed from: columns of the stored table
// and members of the document, each once.
func (v *View) reads(schema types.Schema) (columns, members []string) {
	once := func(list *[]string) func(string) string {
		return func(name string) string {
			if !slices.Contains(*list, name) {
				*list = append(*list, name)
			}
			return "NULL"
		}
	}
	read := once(&columns)
	note := once(&members)
	for _, c := range schema {
		v.column(c.Name, read, func(member string) string {
			v.Field(read, member)
			return note(member)
		})
	}
	return columns, members
}

// narrow finds the scan below a chain of nodes that only choose and order rows, and the
// columns that they read; nil if there is none.
func narrow(n plan.Node) (scan *plan.Scan, used map[string]bool) {
	used = map[string]bool{}
	read := func(x plan.Expr) {
		plan.WalkExpr(x, func(x plan.Expr) bool {
			if c, ok := x.(*plan.Column); ok {
				used[c.Name] = true
			}
			return true
		})
	}
	for {
		switch x := n.(type) {
		case *plan.Filter:
			read(x.Predicate)
			n = x.Input
		case *plan.Limit:
			n = x.Input
		case *plan.Sort:
			for _, o := range x.By {
				read(o.X)
			}
			n = x.Input
		case *plan.Top:
			if x.Hitters {
				return nil, nil
			}
			for _, o := range x.By {
				read(o.X)
			}
			n = x.Input
		case *plan.Scan:
			return x, used
		default:
			return nil, nil
		}
	}
}
