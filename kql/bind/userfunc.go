package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// checkParams checks the declared parameters of a function: tabular ones come first,
// names are unique.
func (b *binder) checkParams(f *syntax.FuncLit) {
	seen := map[string]bool{}
	scalars := false
	for _, p := range f.Params {
		if p.Name == nil {
			continue
		}
		if seen[p.Name.Value] {
			b.errorf(codeDuplicateName, p.Name.Span(), "the parameter '%s' is declared twice", p.Name.Value)
		}
		seen[p.Name.Value] = true
		tabular := isTabular(p)
		if tabular && scalars {
			b.errorf(codeDuplicateName, p.Span(), "tabular parameters must come before the others")
		}
		scalars = scalars || !tabular
	}
}

func isTabular(p *syntax.Param) bool { return p.Open || p.Table != nil }

// requiredParams is the number of parameters without a default.
func requiredParams(f *function) int {
	n := 0
	for _, p := range f.lit.Params {
		if p.Default == nil {
			n++
		}
	}
	return n
}

// storedFunction returns a stored function of the catalogue by its exact name, or nil.
func (b *binder) storedFunction(name string) *function {
	if f, ok := b.functions[name]; ok {
		return f
	}
	body, ok := b.o.Catalog.Function(name)
	if !ok {
		b.functions[name] = nil
		return nil
	}
	f := &function{name: name, stored: true, scope: (*scope)(nil).inner()}
	b.functions[name] = f
	const head = "let f = "
	file := source.NewFile(name, head+body)
	script, diags := syntax.Parse(file)
	for _, d := range diags {
		if d.Severity == source.Error {
			f.bad = true
			b.errorf(codeFunctionBody, source.NoSpan, "the stored function '%s' has a syntax error: %s", name, d.Message)
			return f
		}
	}
	if len(script.Statements) > 0 {
		if let, ok := script.Statements[0].(*syntax.LetStmt); ok {
			f.lit, _ = let.X.(*syntax.FuncLit)
		}
	}
	if f.lit == nil {
		f.bad = true
		b.errorf(codeFunctionBody, source.NoSpan, "the stored function '%s' is not of the form (parameters) { body }", name)
	}
	return f
}

// argument is what a parameter is bound to.
type argument struct {
	node syntax.Expr
	rel  *rel // set instead of node by invoke
}

// callUser binds a call of a user function by binding its body with the parameters defined.
func (b *binder) callUser(f *function, args []syntax.Expr, at source.Span, v *env) value {
	list := make([]argument, len(args))
	for i, a := range args {
		list[i] = argument{node: a}
	}
	return b.callBound(f, list, at, v)
}

func (b *binder) callBound(f *function, args []argument, at source.Span, v *env) value {
	if f == nil || f.bad || f.lit == nil {
		return value{x: unknown()}
	}
	if b.depth >= maxDepth {
		b.error(codeTooLarge, at, "functions call each other too deep", "")
		return value{x: unknown()}
	}
	if !b.step(at) {
		return value{x: unknown()}
	}
	assigned, ok := b.assign(f, args, at)
	if !ok {
		return value{x: unknown()}
	}
	inner := &env{scope: f.scope.inner()}
	for i, p := range f.lit.Params {
		ent := b.bindParam(f, p, assigned[i], v, inner, at)
		if ent == nil {
			return value{x: unknown()}
		}
		inner.scope.names[p.Name.Value] = ent
	}
	inner.scope = inner.scope.inner() // the body may redeclare its parameters' names
	b.depth++
	columns := b.columns
	b.columns = 0
	if f.stored {
		b.enterForeign(at)
	}
	var result value
	for _, st := range f.lit.Body {
		if val := b.statement(st, inner); val != nil {
			result = *val
		}
	}
	if f.stored {
		b.foreign--
	}
	b.depth--
	b.columns = columns
	return result
}

// enterForeign makes messages about a stored function's text point at its call.
func (b *binder) enterForeign(at source.Span) {
	if b.foreign == 0 {
		b.foreignAt = at
	}
	b.foreign++
}

// assign matches arguments to parameters by position and by name.
func (b *binder) assign(f *function, args []argument, at source.Span) ([]*argument, bool) {
	params := f.lit.Params
	out := make([]*argument, len(params))
	next := 0
	for i := range args {
		a := args[i]
		if n, ok := a.node.(*syntax.Named); ok && len(n.Names) == 1 {
			j := paramIndex(params, n.Names[0].Value)
			if j < 0 {
				b.errorf(codeArgumentCount, n.Names[0].Span(), "'%s' has no parameter '%s'", f.name, n.Names[0].Value)
				return nil, false
			}
			out[j] = &argument{node: n.X}
			continue
		}
		for next < len(params) && out[next] != nil {
			next++
		}
		if next >= len(params) {
			b.errorf(codeArgumentCount, at, "'%s' takes %d %s, %d found", f.name, len(params), plural("argument", len(params), len(params)), len(args))
			return nil, false
		}
		out[next] = &a
		next++
	}
	for i, p := range params {
		if out[i] == nil && p.Default == nil {
			b.errorf(codeArgumentCount, at, "'%s' needs an argument for '%s'", f.name, p.Name.Value)
			return nil, false
		}
	}
	return out, true
}

func paramIndex(params []*syntax.Param, name string) int {
	for i, p := range params {
		if p.Name.Value == name {
			return i
		}
	}
	return -1
}

// bindParam binds one argument in the caller's environment, or the default.
func (b *binder) bindParam(f *function, p *syntax.Param, a *argument, v, inner *env, at source.Span) *entity {
	if isTabular(p) {
		r := b.tableArgument(a, v)
		if r == nil {
			b.errorf(codeTableExpected, at, "'%s' needs a table for '%s'", f.name, p.Name.Value)
			return nil
		}
		if !p.Open && !b.fitsParam(r, p, f, at) {
			return nil
		}
		ent := &entity{rel: r}
		if !r.plain() && !r.bad && r.graph == nil {
			if ref, isRef := r.node.(*plan.Ref); isRef {
				ent.shared = ref.Shared
			} else {
				b.nameTable(ent, p.Name.Value, at)
			}
		}
		return ent
	}
	if a == nil {
		x := b.defaultValue(p, inner)
		return &entity{x: x, bad: bad(x)}
	}
	if a.node == nil {
		b.errorf(codeScalarExpected, at, "'%s' takes a value for '%s', not a table", f.name, p.Name.Value)
		return nil
	}
	x := b.scalar(a.node, v)
	if !bad(x) && p.Type != types.Unknown {
		x = b.coerce(x, p.Type, a.node.Span(), p.Name.Value)
	}
	if !b.measured(b.sizes.expr(x), a.node.Span()) {
		x = unknown()
	}
	return b.nameScalar(&entity{x: x, bad: bad(x), level: 1 + b.level})
}

func (b *binder) tableArgument(a *argument, v *env) *rel {
	switch {
	case a == nil:
		return nil
	case a.rel != nil:
		return a.rel
	}
	return b.table(a.node, v)
}

// fitsParam checks that a table has the columns that a parameter declares; it may have more.
func (b *binder) fitsParam(r *rel, p *syntax.Param, f *function, at source.Span) bool {
	if r.bad {
		return true
	}
	for _, want := range p.Table {
		i := r.cols.Index(want.Name.Value)
		switch {
		case i >= 0 && (r.cols[i].Type == want.Type || r.cols[i].Type == types.Unknown):
		case i >= 0:
			b.errorf(codeArgumentType, at, "'%s' of '%s' needs a column %s:%s, the table has it as %s", p.Name.Value, f.name, want.Name.Value, want.Type, r.cols[i].Type)
			return false
		case !r.open:
			b.errorf(codeArgumentType, at, "'%s' of '%s' needs a column %s:%s, the table has none", p.Name.Value, f.name, want.Name.Value, want.Type)
			return false
		}
	}
	return true
}
