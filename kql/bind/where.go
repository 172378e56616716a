package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// whereOp binds where.
func (b *binder) whereOp(o *syntax.WhereOp, r *rel, v *env) *rel {
	in := v.rows(r)
	in.window = true
	in.star = starColumns(r)
	p := b.condition(o.Predicate, in)
	if r.bad || bad(p) {
		return r
	}
	return r.with(&plan.Filter{Out: r.same(o.Span()), Input: r.node, Predicate: p})
}

// starColumns are the columns that * means in a condition over r.
func starColumns(r *rel) []*plan.Column {
	cols := make([]*plan.Column, len(r.cols))
	for i := range r.cols {
		cols[i] = r.column(i)
	}
	return cols
}
