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
	return b.nameResult(o.Name, r, v)
}

// nameResult gives the table that an operator makes a name, under which it goes on.
func (b *binder) nameResult(name *syntax.Name, r *rel, v *env) *rel {
	ent := &entity{rel: r, named: true}
	b.nameTable(ent, name.Value, name.Span())
	b.define(v.scope, name, ent)
	return b.useTable(ent).named(name.Value)
}

// nameTable gives a table a name: its uses share one part of the plan, but what is made of
// the rows of a group is made anew for each use, in the group.
func (b *binder) nameTable(ent *entity, name string, at source.Span) {
	node := ent.rel.node
	if len(b.groups) == 0 || !plan.OfGroup(node) {
		ent.shared = b.share(name, ent.rel, false)
		return
	}
	ent.grouped, ent.groups = true, len(b.groups)
	if !b.measured(b.sizes.node(node), at) {
		ent.rel = badRel()
	}
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
