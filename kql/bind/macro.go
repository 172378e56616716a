package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// entityGroup is what let name = entity_group [..] names: the entities, and where they were
// written.
type entityGroup struct {
	items []syntax.Expr
	scope *scope
}

// macroExpandOp binds macro-expand: the union of a query over each entity of a group. An
// entity is a table, or a database, of which only the current one, database(), is here; with
// isfuzzy the others are left out.
//
// Source: https://learn.microsoft.com/kusto/query/macro-expand-operator
func (b *binder) macroExpandOp(o *syntax.MacroExpandOp, r *rel, v *env) *rel {
	b.notFirst(o, r)
	g := b.entityGroupOf(o, v)
	if g == nil {
		return badRel()
	}
	if o.Name == nil {
		b.error(codeColumnExpected, o.Keyword(), "macro-expand needs a name for the entity", "write macro-expand entity_group [A, B] as X (X | count)")
		return badRel()
	}
	fuzzy, _ := param(o.Params, "isfuzzy")
	kind, at := param(o.Params, "kind")
	if kind != "" && kind != "inner" && kind != "outer" {
		b.error(codeBadParameter, at.Span(), "'"+kind+"' is no kind of macro-expand", "kinds are inner and outer")
		return badRel()
	}
	lenient := fuzzy == "true" || b.settings["best_effort"].Int != 0
	var tables []*rel
	for _, e := range g.items {
		m := b.mark()
		t := b.single(b.expanded(o, e, g, v), o.Span())
		if lenient && b.unreachable(m) {
			b.undo(m)
			b.warn(codeUnknownTable, e.Span(), "this entity is not here, isfuzzy leaves it out", "")
			continue
		}
		if t.graph != nil {
			b.error(codeTableExpected, o.Span(), "the query of macro-expand gives a graph", "end it with graph-match or graph-to-table")
			return badRel()
		}
		tables = append(tables, t)
	}
	if len(tables) == 0 {
		b.errorf(codeUnknownTable, o.Group.Span(), "none of the entities is here")
		return badRel()
	}
	return b.union(tables, kind == "inner", "", o.Span())
}

// entityGroupOf resolves the group of macro-expand, nil if it is none.
func (b *binder) entityGroupOf(o *syntax.MacroExpandOp, v *env) *entityGroup {
	switch x := unparen(o.Group).(type) {
	case *syntax.EntityGroup:
		return &entityGroup{x.Items, v.scope}
	case *syntax.Name:
		if ent := v.scope.lookup(x.Value); ent != nil {
			if ent.group == nil {
				b.error(codeUnsupported, x.Span(), "'"+x.Value+"' is no entity group", "write let "+x.Value+" = entity_group [A, B];")
			}
			return ent.group
		}
		b.error(codeUnsupported, x.Span(), "there is no entity group '"+x.Value+"' here: stored ones are objects of a Kusto cluster", "write let "+x.Value+" = entity_group [A, B];")
		return nil
	}
	b.errorf(codeUnsupported, o.Group.Span(), "stored entity groups are objects of a Kusto cluster")
	return nil
}

// expanded binds the statements of macro-expand for one entity.
func (b *binder) expanded(o *syntax.MacroExpandOp, e syntax.Expr, g *entityGroup, v *env) *rel {
	inner := &env{scope: v.scope.inner()}
	inner.scope.names[o.Name.Value] = b.entityAs(e, &env{scope: g.scope})
	var last *value
	for _, st := range o.Body {
		if val := b.statement(st, inner); val != nil {
			last = val
		}
	}
	switch {
	case last != nil && last.rel != nil:
		return last.rel
	case !b.failed:
		b.errorf(codeTableExpected, o.Span(), "the query of macro-expand gives no table")
	}
	return badRel()
}

// entityAs is what the name of macro-expand stands for: a database, whose tables are named
// behind it, or a table.
func (b *binder) entityAs(e syntax.Expr, v *env) *entity {
	switch x := unparen(e).(type) {
	case *syntax.Call:
		if isClusterPath(x) {
			return &entity{place: x}
		}
	case *syntax.Member:
		if isClusterMember(x) {
			return &entity{place: x}
		}
	}
	t := b.table(e, v)
	if t.bad {
		return &entity{bad: true}
	}
	ent := &entity{rel: t}
	b.shareLet(ent, "", e.Span())
	return ent
}

// placed returns X.T with the database that X stands for in its place, nil if X is none.
func (s *scope) placed(e *syntax.Member) *syntax.Member {
	n, ok := unparen(e.X).(*syntax.Name)
	if !ok {
		return nil
	}
	if ent := s.lookup(n.Value); ent != nil && ent.place != nil {
		m := *e
		m.X = ent.place
		return &m
	}
	return nil
}

// unreachable reports whether since m something was named that is not here.
func (b *binder) unreachable(m mark) bool {
	for _, d := range b.diagnostics[m.diagnostics:] {
		if d.Severity != source.Error {
			continue
		}
		switch d.Code {
		case codeUnknownTable, codeUnknownFunction, codeUnknownName, codeUnsupported:
			return true
		}
	}
	return false
}
