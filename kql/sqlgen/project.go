package sqlgen

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// project computes the output columns. Hidden columns pass.
func (st *statement) project(n *plan.Project) *rel {
	in := st.node(n.Input)
	if in.distinct != "" || in.windowed && !renames(n.Exprs) {
		in = st.close(in)
	}
	r, ops := st.exprs(in.clone(), n.Exprs, true)
	r = r.clone()
	cols := make([]column, len(n.Exprs))
	for i, x := range n.Exprs {
		c := column{name: n.Columns[i].Name, typ: n.Columns[i].Type, sql: ops[i].SQL, weight: ops[i].weight, deep: r.deep(x, ops[i].SQL)}
		if ref, ok := x.(*plan.Column); ok {
			old := r.lookup(ref.Name)
			c.trivial, c.volatile, c.window, c.deep, c.missing, c.doc = old.trivial, old.volatile, old.window, old.deep, old.missing, old.doc
		} else {
			c.trivial = ops[i].Const != nil
			c.volatile = plan.Volatile(x)
			c.window = plan.HasWindow(x)
			r.windowed = r.windowed || c.window
			c.doc = st.documentOf(r, x)
		}
		cols[i] = c
	}
	r.cols = cols
	st.tidy(r)
	if !renames(n.Exprs) {
		r.label = "extend"
	} else if r.label == "" {
		r.label = "project"
	}
	return r
}

// documentOf writes the document that x reads from a text column as it stands, "" if it
// reads none.
func (st *statement) documentOf(r *rel, x plan.Expr) string {
	text := parsedText(x)
	if text == nil {
		return ""
	}
	ref, ok := text.(*plan.Column)
	if !ok {
		return ""
	}
	c := r.lookup(ref.Name)
	if c == nil || !c.trivial || c.missing {
		return ""
	}
	return atom(st.d.Document(Operand{SQL: c.sql, Type: types.String, Column: ref.Name}, true))
}

// renames reports whether all expressions only pick columns.
func renames(xs []plan.Expr) bool {
	for _, x := range xs {
		if _, ok := x.(*plan.Column); !ok {
			return false
		}
	}
	return true
}
