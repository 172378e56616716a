package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// asOp binds as: the table gets a name that the rest of the query can use.
func (b *binder) asOp(o *syntax.AsOp, r *rel, v *env) *rel {
	if r.bad || o.Name == nil {
		return r
	}
	ent := &entity{rel: r, named: true, groups: len(b.groups)}
	if !plan.OfGroup(r.node) {
		ent.shared = b.share(o.Name.Value, r, false)
	}
	b.define(v.scope, o.Name, ent)
	return b.useTable(ent).named(o.Name.Value)
}

// named returns r under another name for withsource=.
func (r *rel) named(name string) *rel {
	c := *r
	c.name = name
	return &c
}
