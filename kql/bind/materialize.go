package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// materialize binds materialize(T): T is computed once.
func (b *binder) materialize(e *syntax.Call, v *env) value {
	var operands []syntax.Expr
	for _, a := range e.Args {
		if _, option := a.(*syntax.Named); !option {
			operands = append(operands, a)
		}
	}
	if len(operands) != 1 {
		b.errorf(codeArgumentCount, e.Span(), "'%s' takes 1 table, %d found", e.F.Value, len(operands))
		return value{rel: badRel()}
	}
	val := b.bind(operands[0], v.tables())
	if val.x != nil && !bad(val.x) {
		b.errorf(codeTableExpected, operands[0].Span(), "a value of type %s where a table is expected", val.x.Type())
		return value{rel: badRel()}
	}
	if val.rel == nil {
		return value{rel: badRel()}
	}
	if val.rel.bad || val.rel.graph != nil {
		return value{rel: val.rel}
	}
	if val.rel = b.single(val.rel, operands[0].Span()); val.rel.bad {
		return value{rel: val.rel}
	}
	if plan.OfGroup(val.rel.node) {
		return value{rel: val.rel}
	}
	return value{rel: b.useTable(&entity{rel: val.rel, shared: b.share("", val.rel, true)})}
}

// share makes a part of the plan that later parts refer to.
func (b *binder) share(name string, r *rel, materialized bool) *plan.Shared {
	s := &plan.Shared{ID: len(b.shared) + 1, Name: name, Input: r.node, Materialized: materialized}
	b.shared = append(b.shared, s)
	return s
}
