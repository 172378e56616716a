package sqlgen

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
)

// filter keeps the rows for which the predicate is true.
func (st *statement) filter(n *plan.Filter) *rel {
	r := st.open(st.node(n.Input), addFilter)
	conjuncts := conjuncts(n.Predicate, nil)
	for _, x := range conjuncts {
		if xs := []plan.Expr{x}; r.settles(xs) {
			r = st.settled(r.guarded())
		}
	}
	r, ops := st.conditions(r, conjuncts)
	r = r.clone()
	for i, op := range ops {
		if op.Const != nil && !op.Const.Null && op.Const.Int != 0 {
			continue
		}
		r.where = append(r.where, op.SQL)
		if x := conjuncts[i]; len(op.SQL) <= shortSQL && !plan.Volatile(x) && !plan.HasWindow(x) && !readsTable(x) {
			r.guards = append(r.guards, op.SQL)
		}
	}
	st.tidy(r)
	r.label, r.lossy = "where", true
	return r
}

// conjuncts splits a predicate at its outermost and.
func conjuncts(x plan.Expr, list []plan.Expr) []plan.Expr {
	if c, ok := x.(*plan.Call); ok && c.Func.Name == "and" {
		for _, a := range c.Args {
			list = conjuncts(a, list)
		}
		return list
	}
	return append(list, x)
}

// readsTable reports whether an expression reads a table.
func readsTable(x plan.Expr) bool {
	found := false
	plan.WalkExpr(x, func(x plan.Expr) bool {
		found = found || plan.Table(x) != nil
		return !found
	})
	return found
}
