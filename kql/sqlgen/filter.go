package sqlgen

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
)

// filter keeps the rows for which the predicate is true.
func (st *statement) filter(n *plan.Filter) *rel {
	r := st.open(st.node(n.Input), addFilter)
	conjuncts := conjuncts(n.Predicate, nil)
	for _, x := range conjuncts {
		r = st.settle(r, []plan.Expr{x})
	}
	r, ops := st.conditions(r, conjuncts)
	r = r.clone()
	for _, op := range ops {
		if op.Const != nil && !op.Const.Null && op.Const.Int != 0 {
			continue
		}
		r.where = append(r.where, op.SQL)
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
