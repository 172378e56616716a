package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// toScalar binds toscalar(X): the first value of a table, or the value itself.
func (b *binder) toScalar(e *syntax.Call, v *env) plan.Expr {
	if len(e.Args) != 1 {
		b.errorf(codeArgumentCount, e.Span(), "'toscalar' takes 1 argument, %d found", len(e.Args))
		return unknown()
	}
	val := b.inside(e.Args[0], v.tables())
	if val.x != nil {
		return b.once(val.x, e.Span())
	}
	if val.rel == nil || val.rel.bad {
		return unknown()
	}
	r := val.rel.visible()
	if len(r.cols) == 0 {
		b.errorf(codeTableExpected, e.Args[0].Span(), "the table has no columns")
		return unknown()
	}
	first := r
	if len(r.cols) > 1 {
		first = r.project(r.cols[:1], []plan.Expr{r.column(0)}, source.NoSpan)
	}
	return &plan.ScalarQuery{Table: b.firstRow(first), T: r.cols[0].Type}
}

// firstRow is a table of which only the first row is read. A let may use its value in
// several places; they share it.
func (b *binder) firstRow(r *rel) plan.Node {
	if _, ref := r.node.(*plan.Ref); ref || plan.OfGroup(r.node) {
		return r.node
	}
	if !oneRow(r.node) {
		r = r.with(&plan.Limit{Out: r.same(source.NoSpan), Input: r.node, Count: long(1)})
	}
	return b.useTable(&entity{rel: r, shared: b.share("toscalar", r, true)}).node
}

// oneRow reports whether n is a single group of rows.
func oneRow(n plan.Node) bool {
	for {
		p, ok := n.(*plan.Project)
		if !ok {
			a, ok := n.(*plan.Aggregate)
			return ok && len(a.Keys) == 0
		}
		n = p.Input
	}
}

// inside binds an expression that may be a table inside another one: such a table is made once,
// and can't depend on the row that is at hand outside.
func (b *binder) inside(e syntax.Expr, v *env) value {
	x := e
	for {
		p, ok := x.(*syntax.Paren)
		if !ok {
			break
		}
		x = p.X
	}
	if _, ok := x.(*syntax.Pipeline); ok {
		b.level++
		defer func() { b.level-- }()
	}
	return b.bind(e, v)
}

// once makes a value that is the same wherever it is used of one that is new each time.
func (b *binder) once(x plan.Expr, at source.Span) plan.Expr {
	if !plan.Volatile(x) || !constant(x) {
		return x
	}
	cols := types.Schema{{Name: "value", Type: x.Type()}}
	row := newRel(&plan.Values{Out: plan.Out{Columns: cols, At: at}, Rows: [][]plan.Expr{{x}}}, cols)
	return &plan.ScalarQuery{Table: b.useTable(&entity{rel: row, shared: b.share("", row, true)}).node, T: x.Type()}
}
