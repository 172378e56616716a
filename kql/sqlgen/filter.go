package sqlgen

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
)

// filter keeps the rows for which the predicate is true.
func (st *statement) filter(n *plan.Filter) *rel {
	r := st.open(st.node(n.Input), addFilter)
	conjuncts := plan.Conjuncts(n.Predicate)
	r, ops := st.conditions(r, conjuncts)
	r = r.clone()
	for i, op := range ops {
		if op.Const != nil && !op.Const.Null && op.Const.Int != 0 {
			continue
		}
		r.where = append(r.where, op.SQL)
		if x := conjuncts[i]; len(op.SQL) <= shortSQL && !plan.Volatile(x) && !plan.HasWindow(x) && !plan.HasTable(x) {
			r.guards = append(r.guards, op.SQL)
		}
	}
	st.tidy(r)
	r.label, r.lossy = "where", true
	return r
}
