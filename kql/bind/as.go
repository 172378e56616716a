package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// asOp binds as: the table gets a name that the rest of the query can use.
func (b *binder) asOp(o *syntax.AsOp, r *rel, v *env) *rel {
	if r.bad || o.Name == nil {
		return r
	}
	ent := b.nameTable(o.Name.Value, r, o.Name.Span())
	ent.named = true
	b.define(v.scope, o.Name, ent)
	return b.useTable(ent).named(o.Name.Value)
}

// nameTable gives a table a name: its uses share one part of the plan, but what is made of
// the rows of a group is made anew for each use, in the group.
func (b *binder) nameTable(name string, r *rel, at source.Span) *entity {
	ent := &entity{rel: r}
	if len(b.groups) > 0 && plan.OfGroup(r.node) {
		ent.grouped, ent.groups = true, len(b.groups)
		if !b.measured(b.sizes.node(r.node), at) {
			ent.rel = badRel()
		}
	} else {
		ent.shared = b.share(name, r, false)
	}
	return ent
}

// nameScalar notes that a value is made of the rows of a group.
func (b *binder) nameScalar(ent *entity) *entity {
	if len(b.groups) == 0 {
		return ent
	}
	seen := map[plan.Expr]bool{} // values that use each other twice, forty deep, are walked once
	plan.WalkExpr(ent.x, func(x plan.Expr) bool {
		if ent.grouped || seen[x] {
			return false
		}
		seen[x] = true
		switch x := x.(type) {
		case *plan.ScalarQuery:
			ent.grouped = ent.grouped || plan.OfGroup(x.Table)
		case *plan.InQuery:
			ent.grouped = ent.grouped || plan.OfGroup(x.Table)
		}
		return !ent.grouped
	})
	ent.groups = len(b.groups)
	return ent
}

// named returns r under another name for withsource=.
func (r *rel) named(name string) *rel {
	c := *r
	c.name = name
	return &c
}
