package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// evaluateOp binds evaluate plugin(args) [: schema].
func (b *binder) evaluateOp(o *syntax.EvaluateOp, r *rel, v *env) *rel {
	c := o.Plugin
	if c == nil || c.F == nil {
		b.failed = true
		return badRel()
	}
	f := builtin.Lookup(c.F.Value, builtin.Plugin)
	if f == nil {
		hint := ""
		if near := nearest(c.F.Value, builtin.Names(builtin.Plugin)); len(near) > 0 {
			hint = "did you mean " + quoted(near) + "?"
		} else if b.tabular[c.F.Value] != nil || v.scope.lookup(c.F.Value) != nil {
			hint = "it is a function: call it with invoke"
		}
		b.error(codeUnknownPlugin, c.F.Span(), "unknown plugin '"+c.F.Value+"'", hint)
		return badRel()
	}
	if f.Unsupported != "" {
		b.error(codeUnsupported, c.F.Span(), "'"+f.Name+"' is not supported: "+f.Unsupported, f.Instead)
		return badRel()
	}
	if r == nil {
		b.error(codeNotFirst, o.Keyword(), "'"+f.Name+"' needs a table before it", "write the table first: T | evaluate "+f.Name+"(..)")
		return badRel()
	}
	p := &pluginCall{b: b, f: f, o: o, c: c, r: r, v: v}
	switch f.Name {
	case "autocluster", "basket", "diffpatterns", "diffpatterns_text":
		return p.patterns()
	case "identity":
		return r
	case "bag_unpack":
		return p.bagUnpack()
	case "pivot":
		return p.pivot()
	case "narrow":
		return p.narrow()
	case "estimate_rows_count":
		return p.countRows()
	case "funnel_sequence", "funnel_sequence_completion":
		return p.funnel()
	case "geo_line_lookup", "geo_polygon_lookup":
		return p.geoLookup()
	case "ipv4_lookup", "ipv6_lookup":
		return p.ipLookup()
	case "new_activity_metrics":
		return p.newActivity()
	case "preview":
		return p.preview()
	case "rows_near":
		if !r.serialized && !r.bad {
			b.error(codeNeedsOrder, c.F.Span(), "rows_near needs rows in an order", "put | sort by .. before it")
			return badRel()
		}
	}
	return p.rows()
}

// pluginCall is one evaluate being bound.
type pluginCall struct {
	b *binder
	f *builtin.Function
	o *syntax.EvaluateOp
	c *syntax.Call
	r *rel
	v *env
}

func (p *pluginCall) at() source.Span { return p.o.Span() }

// column resolves an argument that must be a column of the input; -1 if it is none.
func (p *pluginCall) column(e syntax.Expr) int {
	n, ok := unparen(unnamed(e)).(*syntax.Name)
	if !ok {
		p.b.errorf(codeColumnExpected, e.Span(), "'%s' takes a column here", p.f.Name)
		return -1
	}
	i := p.r.index(n.Value)
	switch {
	case i >= 0:
	case p.r.openTo(n.Value):
		p.b.openColumn(n, p.r)
	default:
		p.b.report(p.b.noColumn(n, p.r.cols, ""))
	}
	return i
}

// constant binds an argument that must be constant.
func (p *pluginCall) constant(e syntax.Expr) (types.Value, bool) {
	x := p.b.scalar(unnamed(e), p.v.tables())
	if bad(x) {
		return types.Value{}, false
	}
	c, ok := constOf(x)
	if !ok {
		p.b.errorf(codeConstantExpected, e.Span(), "'%s' takes a constant here", p.f.Name)
	}
	return c, ok
}

// schema returns the declared output columns, those of base first where the
// schema begins with *; ok is false without one.
func (p *pluginCall) schema(base types.Schema) (types.Schema, bool) {
	if p.o.Schema == nil && !p.o.SchemaOpen {
		return nil, false
	}
	declared := p.b.declaredColumns(p.o.Schema)
	if !p.o.SchemaOpen {
		return declared, true
	}
	var cols types.Schema
	for _, c := range base {
		if declared.Index(c.Name) < 0 {
			cols = append(cols, c)
		}
	}
	return append(cols, declared...), true
}

// narrow binds narrow(): a row for each cell.
func (p *pluginCall) narrow() *rel {
	cols := types.Schema{{Name: "Row", Type: types.Long}, {Name: "Column", Type: types.String}, {Name: "Value", Type: types.String}}
	if p.r.bad {
		return &rel{cols: cols, node: p.r.node}
	}
	return newRel(&plan.Plugin{Out: plan.Out{Columns: cols, At: p.at()}, Name: "narrow", Input: p.r.visible().node}, cols)
}

// preview binds preview(n): the first rows, and their number.
func (p *pluginCall) preview() *rel {
	if len(p.c.Args) != 1 {
		p.b.countError(p.f, len(p.c.Args), p.c.Span())
		return badRel()
	}
	n := p.b.count(p.c.Args[0], p.v)
	if p.r.bad || n == nil {
		return badRel()
	}
	in := p.r.visible()
	ent := &entity{rel: in, shared: p.b.share("", in, true)}
	rows, all := p.b.useTable(ent), p.b.useTable(ent)
	count := types.Schema{{Name: "Count", Type: types.Long}}
	first := &plan.Limit{Out: in.same(p.at()), Input: rows.node, Count: n}
	return &rel{cols: in.cols, node: first, leads: true, results: []plan.Result{
		{Name: "Results", Root: first},
		{Name: "Count", Root: &plan.Aggregate{
			Out: plan.Out{Columns: count, At: p.at()}, Input: all.node,
			Aggs: []plan.Agg{{Name: "Count", Func: must(aggregateKind, "count"), Type: types.Long}},
		}},
	}}
}

// ipLookup binds ipv4_lookup and ipv6_lookup.
//
// Source: https://learn.microsoft.com/kusto/query/ipv4-lookup-plugin
func (p *pluginCall) ipLookup() *rel {
	args := p.c.Args
	if len(args) < 3 {
		p.b.countError(p.f, len(args), p.c.Span())
		return badRel()
	}
	right := p.b.table(args[0], p.v).visible()
	i := p.column(args[1])
	other := *p
	other.r = right
	j := other.column(args[2])
	spec := &plan.LookupSpec{}
	shared := map[string]bool{}
	for k, a := range args[3:] {
		if n, ok := a.(*syntax.Named); ok && len(n.Names) == 1 && n.Names[0].Value == "return_unmatched" {
			c, _ := p.constant(n.X)
			spec.ReturnUnmatched = c.Int != 0
			continue
		}
		if l, ok := unparen(a).(*syntax.Literal); ok && l.Kind == syntax.LitBool && k == len(args)-4 {
			spec.ReturnUnmatched = l.Text == "true"
			continue
		}
		if p.column(a) >= 0 && other.column(a) >= 0 {
			name := unparen(a).(*syntax.Name).Value
			spec.Keys = append(spec.Keys, name)
			shared[name] = true
		}
	}
	var cols types.Schema
	for _, c := range p.r.cols {
		cols = append(cols, c)
		spec.Sources = append(spec.Sources, plan.JoinSource{Name: c.Name})
	}
	for _, c := range right.cols {
		if !shared[c.Name] {
			cols = append(cols, c)
			spec.Sources = append(spec.Sources, plan.JoinSource{Right: true, Name: c.Name})
		}
	}
	cols = uniqueColumns(cols)
	if p.r.bad || right.bad || i < 0 || j < 0 || p.b.failed {
		return &rel{bad: true, open: true, cols: cols, node: p.r.node}
	}
	spec.Address, spec.Range = p.r.cols[i].Name, right.cols[j].Name
	out := newRel(&plan.Plugin{
		Out: plan.Out{Columns: cols, At: p.at()}, Name: p.f.Name, Input: p.r.visible().node, Right: right.node, Spec: spec,
	}, cols)
	out.opens(p.r, right)
	return out
}

// rows binds a plugin whose columns follow from its arguments alone.
func (p *pluginCall) rows() *rel {
	l, ok := pluginLayouts[p.f.Name]
	if !ok {
		p.b.errorf(codeUnsupported, p.c.F.Span(), "'%s' is not supported", p.f.Name)
		return badRel()
	}
	a, ok := p.arguments(l)
	return p.step(l, a, ok, nil)
}

// step is the plugin with its bound arguments.
func (p *pluginCall) step(l pluginLayout, a *pluginArgs, ok bool, right plan.Node) *rel {
	cols, declared := p.schema(p.r.cols)
	if !declared && ok {
		cols = l.columns(p, a)
	}
	if !ok || p.r.bad {
		return &rel{bad: true, open: true, cols: cols, node: p.r.node}
	}
	cols = uniqueColumns(cols)
	in := p.r.visible()
	if !l.whole {
		in = p.narrowed(a, in)
	}
	return newRel(&plan.Plugin{
		Out: plan.Out{Columns: cols, At: p.at()}, Name: p.f.Name, Input: in.node, Right: right, Args: a.args, Spec: a.spec,
	}, cols)
}

// narrowed keeps the columns that the arguments read.
func (p *pluginCall) narrowed(a *pluginArgs, in *rel) *rel {
	read := map[string]bool{}
	for _, x := range a.args {
		plan.WalkExpr(x, func(y plan.Expr) bool {
			if c, ok := y.(*plan.Column); ok {
				read[c.Name] = true
			}
			return true
		})
	}
	var cols types.Schema
	var xs []plan.Expr
	for i, c := range in.cols {
		if read[c.Name] {
			cols, xs = append(cols, c), append(xs, in.column(i))
		}
	}
	if len(cols) == 0 || len(cols) == len(in.cols) {
		return in
	}
	return in.project(cols, xs, p.at())
}

// newActivity binds new_activity_metrics: behind its window come a cohort, dimensions
// and a table of ids that are not new, each if wanted.
func (p *pluginCall) newActivity() *rel {
	l := pluginLayouts[p.f.Name]
	if len(p.c.Args) < 5 {
		p.b.countError(p.f, len(p.c.Args), p.c.Span())
		return badRel()
	}
	more := p.c.Args[5:]
	call := *p.c
	call.Args = p.c.Args[:5]
	own := *p
	own.c = &call
	a, ok := own.arguments(l)
	var right plan.Node
	for i, e := range more {
		n, isName := unparen(e).(*syntax.Name)
		switch {
		case isName && p.r.cols.Index(n.Value) >= 0:
			j := p.r.cols.Index(n.Value)
			a.args = append(a.args, p.r.column(j))
			a.spec.Dimensions = append(a.spec.Dimensions, n.Value)
		case isTilde(e):
		case i == 0 || i == len(more)-1:
			t := p.v.tables()
			t.outer = p.v.outer
			val := p.b.bind(e, t)
			switch {
			case val.rel != nil && i == len(more)-1:
				right, ok = val.rel.visible().node, ok && !val.rel.bad && val.rel.graph == nil
			case val.x != nil && i == 0:
				c, isConst := constOf(val.x)
				if !isConst && !bad(val.x) {
					p.b.errorf(codeConstantExpected, e.Span(), "'%s' takes a constant here", p.f.Name)
				}
				ok = ok && isConst
				a.spec.Cohort = &c
			default:
				ok = false
			}
		default:
			p.b.errorf(codeColumnExpected, e.Span(), "'%s' takes a column here", p.f.Name)
			ok = false
		}
	}
	if right != nil && len(a.spec.Dimensions) > 0 {
		p.b.errorf(codeUnsupported, p.c.Span(), "'%s' with dimensions and a lookback table is not supported", p.f.Name)
		ok = false
	}
	return p.step(l, a, ok, right)
}

// pluginArgs are the bound arguments of a plugin.
type pluginArgs struct {
	args []plan.Expr
	spec *plan.ActivitySpec
	// names are the automatic names of the arguments.
	names []string
}

// typeOf is the type of argument i.
func (a *pluginArgs) typeOf(i int) types.Type { return a.args[i].Type() }

// arguments binds the arguments by the plugin's parameters: columns, constants,
// conditions; what repeats at the end are dimensions.
func (p *pluginCall) arguments(l pluginLayout) (*pluginArgs, bool) {
	a := &pluginArgs{spec: &plan.ActivitySpec{}}
	o := p.overload()
	if o == nil {
		p.b.countError(p.f, len(p.c.Args), p.c.Span())
		return a, false
	}
	ok := true
	in := p.v.rows(p.r)
	for i, e := range p.c.Args {
		param := o.Param(i, len(p.c.Args))
		var x plan.Expr
		switch {
		case param.Form == builtin.FormColumn && !(l.skips && isTilde(e)):
			j := p.column(e)
			if j < 0 {
				ok = false
				x = unknown()
				break
			}
			x = p.r.column(j)
			if p.r.cols[j].Type == types.Dynamic && param.Types != nil && grade(param, types.Dynamic) == matchNone {
				p.b.argumentError(p.f, param, types.Dynamic, e.Span())
				ok = false
			}
			switch param.Name {
			case "IdColumn":
				a.spec.ID = p.r.cols[j].Name
			case "TimelineColumn":
				a.spec.Timeline = p.r.cols[j].Name
			case "Dimension":
				a.spec.Dimensions = append(a.spec.Dimensions, p.r.cols[j].Name)
			}
		default:
			x = p.b.scalar(unnamed(e), in)
			ok = ok && !bad(x)
			if !bad(x) && !isTilde(e) {
				if grade(param, x.Type()) == matchNone {
					p.b.argumentError(p.f, param, x.Type(), e.Span())
					ok = false
				} else if param.Const && !constant(x) {
					p.b.errorf(codeConstantExpected, e.Span(), "'%s' of '%s' must be a constant", param.Name, p.f.Name)
					ok = false
				}
				x = fold(fit(x, param))
			}
		}
		name, _ := p.b.autoName(e, in)
		a.args, a.names = append(a.args, x), append(a.names, name)
	}
	return a, ok
}

// isTilde reports whether an argument is "~": the default.
func isTilde(e syntax.Expr) bool {
	l, ok := unparen(e).(*syntax.Literal)
	return ok && l.Kind == syntax.LitString && l.Text == "~"
}

// overload chooses the plugin's overload by the number of arguments.
func (p *pluginCall) overload() *builtin.Overload {
	for i := range p.f.Overloads {
		if p.f.Overloads[i].Accepts(len(p.c.Args)) {
			return &p.f.Overloads[i]
		}
	}
	return nil
}
