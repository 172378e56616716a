package bind

import (
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// invokeOp binds invoke f(args): the table is f's first argument.
func (b *binder) invokeOp(o *syntax.InvokeOp, r *rel, v *env) *rel {
	c := o.Function
	if c == nil || c.F == nil {
		b.failed = true
		return badRel()
	}
	if c.X != nil {
		b.errorf(codeUnsupported, c.Span(), "other clusters, databases and workspaces can't be reached")
		return badRel()
	}
	name := c.F.Value
	if ent := v.scope.lookup(name); ent != nil && ent.fn != nil {
		return b.invokeUser(ent.fn, r, c, v)
	}
	if f := b.storedFunction(name); f != nil {
		return b.invokeUser(f, r, c, v)
	}
	if f := b.tabular[name]; f != nil && !f.Source {
		return b.callTabular(f, r, c.Args, c.Span(), v)
	}
	from := *v
	from.source = true
	if out := b.absentTable(c.F, c.Span(), &from); out != nil {
		// what the function makes of its table nobody knows: it may give any column
		if r != nil && !r.bad {
			out.cols = uniqueColumns(append(slices.Clip(r.cols), without(out.cols, r.cols)...))
			out.node = &plan.Values{Out: out.same(c.Span())}
		}
		return out
	}
	b.unknownTabular(c, v)
	return badRel()
}

// without returns the columns that others do not have.
func without(cols, others types.Schema) types.Schema {
	return slices.DeleteFunc(slices.Clone(cols), func(c types.Column) bool { return others.Index(c.Name) >= 0 })
}

func (b *binder) invokeUser(f *function, r *rel, c *syntax.Call, v *env) *rel {
	args := []argument{{rel: r}}
	for _, a := range c.Args {
		args = append(args, argument{node: a})
	}
	val := b.callBound(f, args, c.Span(), v)
	switch {
	case val.rel != nil:
		return val.rel
	case val.x != nil && !bad(val.x):
		b.errorf(codeTableExpected, c.Span(), "invoke needs a function that gives a table, '%s' gives %s", f.name, article(val.x.Type()))
	}
	return badRel()
}

// callTabular binds a call of a function whose rows are computed outside the language.
func (b *binder) callTabular(f *TableFunction, r *rel, args []syntax.Expr, at source.Span, v *env) *rel {
	bound, ok := b.tabularArguments(f, r, args, at, v)
	if r != nil && r.bad {
		return r
	}
	if !ok {
		return badRel()
	}
	spec := &plan.AppendSpec{}
	if r == nil {
		return callSource(f, bound, spec, at)
	}
	r = r.visible()
	cols := append(types.Schema(nil), r.cols...)
	for _, c := range r.cols {
		spec.Sources = append(spec.Sources, plan.JoinSource{Name: c.Name})
	}
	for _, c := range f.Columns {
		i := cols.Index(c.Name)
		switch {
		case i < 0:
			cols = append(cols, c)
			spec.Sources = append(spec.Sources, plan.JoinSource{Right: true, Name: c.Name})
		case !contains(f.Keep, c.Name):
			cols[i].Type = c.Type
			spec.Sources[i] = plan.JoinSource{Right: true, Name: c.Name}
		}
	}
	out := *r
	out.cols = cols
	out.node = &plan.Plugin{Out: plan.Out{Columns: cols, At: at}, Name: f.Name, Input: r.node, Args: bound, Spec: spec}
	return &out
}

// callSource makes the rows of a function that takes no table.
func callSource(f *TableFunction, args []plan.Expr, spec *plan.AppendSpec, at source.Span) *rel {
	cols, open := f.Columns, false
	if f.Resolve != nil {
		values := make([]types.Value, len(args))
		for i, a := range args {
			values[i] = types.Null(a.Type())
			if k, ok := constOf(a); ok {
				values[i] = k
			}
		}
		cols, open = f.Resolve(values)
	}
	for _, c := range cols {
		spec.Sources = append(spec.Sources, plan.JoinSource{Right: true, Name: c.Name})
	}
	r := newRel(&plan.Plugin{Out: plan.Out{Columns: cols, At: at}, Name: f.Name, Args: args, Spec: spec}, cols)
	r.open = open
	if open {
		r.openTypes = func(string) types.Type { return f.OpenType }
	}
	return r
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// tabularArguments binds the arguments of a table function in the order of its parameters.
func (b *binder) tabularArguments(f *TableFunction, r *rel, args []syntax.Expr, at source.Span, v *env) ([]plan.Expr, bool) {
	nodes := make([]syntax.Expr, len(f.Params))
	next := 0
	for _, a := range args {
		i := next
		if n, ok := a.(*syntax.Named); ok && len(n.Names) == 1 {
			i = -1
			for j, p := range f.Params {
				if p.Name == n.Names[0].Value {
					i = j
				}
			}
			a = n.X
		} else {
			next++
		}
		if i < 0 || i >= len(nodes) {
			b.errorf(codeArgumentCount, at, "'%s' takes at most %d arguments", f.Name, len(f.Params))
			return nil, false
		}
		nodes[i] = a
	}
	bound := make([]plan.Expr, len(f.Params))
	ok := true
	for i, p := range f.Params {
		bound[i] = b.tabularArgument(f, p, r, nodes[i], at, v)
		ok = ok && !bad(bound[i])
	}
	return bound, ok
}

func (b *binder) tabularArgument(f *TableFunction, p TableParam, r *rel, node syntax.Expr, at source.Span, v *env) plan.Expr {
	if p.Column && r != nil {
		return b.columnArgument(f, p, r, node, at, v)
	}
	if node == nil {
		if p.Default == nil {
			b.errorf(codeArgumentCount, at, "'%s' needs an argument for '%s'", f.Name, p.Name)
			return unknown()
		}
		return &plan.Const{Value: *p.Default}
	}
	x := b.scalar(node, v.tables())
	if bad(x) {
		return x
	}
	if !constant(x) {
		b.errorf(codeConstantExpected, node.Span(), "'%s' of '%s' must be a constant", p.Name, f.Name)
		return unknown()
	}
	return fold(b.coerce(x, p.Type, node.Span(), p.Name))
}

// columnArgument binds an argument that names a column, bare or in quotes.
func (b *binder) columnArgument(f *TableFunction, p TableParam, r *rel, node syntax.Expr, at source.Span, v *env) plan.Expr {
	name, span := "", at
	switch x := node.(type) {
	case nil:
		if p.Default == nil {
			b.errorf(codeArgumentCount, at, "'%s' needs a column for '%s'", f.Name, p.Name)
			return unknown()
		}
		name = p.Default.Str
	default:
		span = node.Span()
		if n, ok := unparen(x).(*syntax.Name); ok && v.scope.lookup(n.Value) == nil {
			name = n.Value
		} else if s, ok := stringOf(b.scalar(x, v.tables())); ok {
			name = s
		} else {
			b.errorf(codeColumnExpected, span, "'%s' of '%s' names a column", p.Name, f.Name)
			return unknown()
		}
	}
	if i := r.cols.Index(name); i >= 0 {
		return r.column(i)
	}
	if r.bad || r.open {
		return unknown()
	}
	d := b.noColumn(&syntax.Name{At: syntax.At{At: span}, Value: name}, r.cols, "")
	if d.Hint == "" && node == nil {
		d.Hint = "name the column: " + f.Name + "(Column, ..)"
	}
	b.report(d)
	return unknown()
}
