package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// takeOp binds take and limit.
func (b *binder) takeOp(o *syntax.TakeOp, r *rel, v *env) *rel {
	n := b.count(o.Count, v)
	if r.bad || n == nil {
		return r
	}
	return r.with(&plan.Limit{Out: r.same(o.Span()), Input: r.node, Count: n})
}

// count binds the number of rows of take, top and their kin: a constant integer.
func (b *binder) count(e syntax.Expr, v *env) plan.Expr {
	x := b.scalar(e, v.tables())
	if bad(x) {
		return nil
	}
	if x.Type() == types.Int {
		x = convert(x, types.Long)
	}
	if x.Type() != types.Long {
		b.errorf(codeArgumentType, e.Span(), "a number of rows is expected, this is %s", article(x.Type()))
		return nil
	}
	x = fold(x)
	if n, ok := intOf(x); ok && n < 0 {
		b.errorf(codeBadValue, e.Span(), "the number of rows can't be negative")
		return nil
	}
	return x
}

// consumeOp binds consume: the rows are read and thrown away.
func (b *binder) consumeOp(o *syntax.ConsumeOp, r *rel) *rel {
	if r.bad {
		return r
	}
	return r.with(&plan.Limit{Out: r.same(o.Span()), Input: r.node, Count: long(0)})
}
