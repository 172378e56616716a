package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// in binds X in (List) and its kin: in~, !in, !in~, has_any, has_all.
func (b *binder) in(e *syntax.In, v *env) plan.Expr {
	var columns []*plan.Column
	var x plan.Expr
	if s, ok := e.X.(*syntax.Star); ok {
		if v.star == nil {
			b.error(codeMisplaced, s.Span(), "* can't be compared here", "name the column, or use search")
			return unknown()
		}
		columns = v.star
	} else {
		x = b.scalar(e.X, v)
	}
	if len(e.List) == 0 {
		b.errorf(codeArgumentCount, e.Span(), "'%s' needs at least one value", e.Op)
		return unknown()
	}
	var list []plan.Expr
	for _, item := range e.List {
		val := b.inside(item, v)
		if val.rel != nil {
			if len(e.List) > 1 {
				b.errorf(codeScalarExpected, item.Span(), "a table among the values of '%s'; it can only stand alone", e.Op)
				return unknown()
			}
			if columns != nil {
				b.errorf(codeMisplaced, item.Span(), "* can't be compared with a table")
				return unknown()
			}
			return b.inTable(e, x, val.rel)
		}
		if val.x == nil {
			val.x = unknown()
		}
		list = append(list, val.x)
	}
	if columns == nil {
		return b.inList(e, x, list, true)
	}
	var any plan.Expr
	for _, c := range columns {
		one := b.inList(e, c, list, false)
		if bad(one) {
			continue
		}
		if any == nil {
			any = one
		} else {
			any = opCall("or", types.Bool, e.Span(), any, one)
		}
	}
	if any == nil {
		return boolean(false)
	}
	return any
}

// textIn says that the operator compares text only.
func textIn(op string) bool { return op != "in" && op != "!in" }

// inList binds a comparison with values; the elements of constant arrays stand for themselves.
func (b *binder) inList(e *syntax.In, x plan.Expr, list []plan.Expr, complain bool) plan.Expr {
	if bad(x) {
		return unknown()
	}
	for _, y := range list {
		if bad(y) {
			return unknown()
		}
	}
	if textIn(e.Op) {
		t, ok := asText(x)
		if !ok {
			if complain {
				b.operandError(e.Op, e.Span(), x.Type(), types.String)
			}
			return unknown()
		}
		x = t
	}
	list = spread(list)
	if x.Type() == types.Dynamic && allDynamic(list) {
		x = convert(x, types.String) // dynamic values are compared as text
	}
	t := inType(x, list)
	args := []plan.Expr{convert(x, t)}
	for i, y := range list {
		switch {
		case y.Type() == types.Dynamic && t != types.Dynamic:
			if c, ok := y.(*plan.Const); ok {
				if v, ok := fromJSON(c.Value, t); ok {
					y = &plan.Const{Value: v}
					break
				}
				continue // null or of another kind: equal to nothing
			}
		case y.Type() != t:
			if _, z, ok := comparable(nullOf(t), y); ok && z.Type() == t {
				y = z
			} else {
				if complain {
					at := e.Span()
					if i < len(e.List) {
						at = e.List[i].Span()
					}
					b.operandError(e.Op, at, x.Type(), y.Type())
				}
				return unknown()
			}
		}
		args = append(args, y)
	}
	if len(args) == 1 {
		return boolean(e.Op[0] == '!')
	}
	return opCall(e.Op, types.Bool, e.Span(), args...)
}

func allDynamic(list []plan.Expr) bool {
	for _, y := range list {
		if y.Type() != types.Dynamic {
			return false
		}
	}
	return true
}

// inType is the type in which x is compared with the values.
func inType(x plan.Expr, list []plan.Expr) types.Type {
	t := x.Type()
	for _, y := range list {
		c := y.Type()
		switch {
		case t.IsNumeric() && c.IsNumeric():
			t = wider(t, c)
		case t == types.Dynamic && c != types.Dynamic:
			t = compareAs(c)
		}
	}
	return t
}

// spread replaces constant arrays by their elements, nested ones too.
func spread(list []plan.Expr) []plan.Expr {
	var out []plan.Expr
	for _, y := range list {
		c, ok := y.(*plan.Const)
		if !ok || c.Value.Type != types.Dynamic || c.Value.Null {
			out = append(out, y)
			continue
		}
		items, ok := arrayItems(c.Value)
		if !ok {
			out = append(out, y)
			continue
		}
		out = append(out, spread(items)...)
	}
	return out
}

// inTable binds a comparison with the first column of a table.
func (b *binder) inTable(e *syntax.In, x plan.Expr, r *rel) plan.Expr {
	if bad(x) || r.bad {
		return unknown()
	}
	r = r.visible()
	if r.graph != nil || len(r.cols) == 0 {
		b.errorf(codeTableExpected, e.List[0].Span(), "the table has no columns to compare with")
		return unknown()
	}
	if textIn(e.Op) {
		t, ok := asText(x)
		if !ok {
			b.operandError(e.Op, e.Span(), x.Type(), r.cols[0].Type)
			return unknown()
		}
		x = t
	}
	col := r.column(0)
	switch {
	case col.T == types.Unknown:
		return unknown()
	case col.T == types.Dynamic && x.Type() != types.Dynamic:
		// an array stands for its elements
		as := types.Column{Name: col.Name, Type: x.Type()}
		first := r.project(types.Schema{{Name: col.Name, Type: col.T}}, []plan.Expr{col}, source.NoSpan)
		r = newRel(&plan.Unnest{
			Out: plan.Out{Columns: types.Schema{as}}, Input: first.node, Items: []plan.UnnestItem{{X: col, As: as}},
		}, types.Schema{as})
	case col.T == types.Dynamic:
		x = convert(x, types.String)
		r = r.project(types.Schema{{Name: col.Name, Type: types.String}}, []plan.Expr{convert(col, types.String)}, source.NoSpan)
	default:
		cx, cy, ok := comparable(x, col)
		if !ok {
			b.operandError(e.Op, e.Span(), x.Type(), col.T)
			return unknown()
		}
		x = cx
		r = r.project(types.Schema{{Name: col.Name, Type: cy.Type()}}, []plan.Expr{cy}, source.NoSpan)
	}
	return &plan.InQuery{Op: e.Op, X: x, Table: r.node}
}
