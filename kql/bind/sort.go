package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// sortOp binds sort by.
func (b *binder) sortOp(o *syntax.SortOp, r *rel, v *env) *rel {
	by := b.orders(o.By, r, v)
	if r.bad || len(by) == 0 {
		return r
	}
	s := r.with(&plan.Sort{Out: r.same(o.Span()), Input: r.node, By: by})
	s.serialized = true
	return s
}

// topOp binds top.
func (b *binder) topOp(o *syntax.TopOp, r *rel, v *env) *rel {
	n := b.count(o.Count, v)
	by := b.orders(o.By, r, v)
	if r.bad || n == nil || len(by) == 0 {
		return r
	}
	s := r.with(&plan.Top{Out: r.same(o.Span()), Input: r.node, Count: n, By: by})
	s.serialized = true
	return s
}

// orders binds sort keys: descending with nulls last unless written otherwise,
// ascending with nulls first.
func (b *binder) orders(list []*syntax.Order, r *rel, v *env) []plan.Order {
	var by []plan.Order
	in := v.rows(r)
	in.window = true
	for _, o := range list {
		e := o.X
		if n, ok := e.(*syntax.Named); ok {
			e = n.X
		}
		x := b.scalar(e, in)
		if bad(x) {
			continue
		}
		if constant(x) {
			continue // orders nothing
		}
		if x.Type() == types.Dynamic {
			b.error(codeDynamicKey, e.Span(), "a dynamic value has no order", "convert it: tostring(..), tolong(..), todatetime(..)")
			continue
		}
		k := plan.Order{X: x, Desc: o.Dir != "asc" && o.Dir != "granny-asc"}
		k.NullsFirst = !k.Desc
		switch o.Nulls {
		case "first":
			k.NullsFirst = true
		case "last":
			k.NullsFirst = false
		}
		by = append(by, k)
	}
	if len(by) == 0 && len(list) > 0 && !b.failed && !r.bad {
		// only constants: any order does
		by = []plan.Order{{X: long(0)}}
	}
	return by
}

// serializeOp binds serialize.
func (b *binder) serializeOp(o *syntax.SerializeOp, r *rel, v *env) *rel {
	if r.bad {
		return r
	}
	s := r.with(&plan.Serialize{Out: r.same(o.Span()), Input: r.node})
	s.serialized = true
	if len(o.Columns) == 0 {
		return s
	}
	return b.extend(o.Columns, s, v, o.Span())
}
