package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// forkOp binds fork: each pipeline over the same rows gives a result of its own.
func (b *binder) forkOp(o *syntax.ForkOp, r *rel, v *env) *rel {
	ent := &entity{rel: r}
	if !r.bad {
		ent.shared = b.share("", r, true)
	}
	out := &rel{bad: r.bad, node: r.node}
	for i, p := range o.Pipelines {
		in := v.tables()
		in.outer = b.useTable(ent)
		body := b.pipeline(p, in)
		if body.bad {
			out.bad = true
			continue
		}
		if body.results != nil || body.graph != nil {
			b.errorf(codeNotAllowedInside, p.Span(), "a fork's part must be one table")
			out.bad = true
			continue
		}
		name := "Results"
		if i > 0 {
			name = "Results_" + itoa(i+1)
		}
		if i < len(o.Names) && o.Names[i] != nil {
			name = o.Names[i].Value
		}
		body = body.visible()
		out.results = append(out.results, plan.Result{Name: name, Root: body.node, Open: body.open})
		if out.cols == nil {
			out.cols = body.cols
		}
	}
	if len(out.results) == 0 {
		return badRel()
	}
	return out
}

// facetOp binds facet: the rows through the with clause, and for each column its
// values with their counts.
func (b *binder) facetOp(o *syntax.FacetOp, r *rel, v *env) *rel {
	ent := &entity{rel: r}
	if !r.bad {
		ent.shared = b.share("", r, true)
	}
	out := &rel{bad: r.bad, node: r.node}
	if o.With != nil {
		in := v.tables()
		in.outer = b.useTable(ent)
		body := b.pipeline(o.With, in).visible()
		out.bad = out.bad || body.bad
		out.results = append(out.results, plan.Result{Name: "Results", Root: body.node, Open: body.open})
		out.cols = body.cols
	}
	for i, e := range o.By {
		name := "Facet"
		if i > 0 {
			name = "Facet_" + itoa(i+1)
		}
		use := b.useTable(ent)
		in := v.rows(use)
		x := b.scalar(e, in)
		column, plain := b.plainColumn(e, in)
		if !bad(x) && (!plain || x.Type() == types.Dynamic) {
			b.errorf(codeColumnExpected, e.Span(), "facet needs a plain column")
			x = unknown()
		}
		if bad(x) || out.bad {
			out.bad = true
			continue
		}
		cols := types.Schema{{Name: column, Type: x.Type()}, {Name: "count_" + column, Type: types.Long}}
		node := &plan.Aggregate{
			Out: plan.Out{Columns: cols, At: o.Span()}, Input: use.node, Keys: []plan.Named{{Name: column, X: x}},
			Aggs: []plan.Agg{{Name: cols[1].Name, Func: must(aggregateKind, "count"), Type: types.Long}},
		}
		out.results = append(out.results, plan.Result{Name: name, Root: node})
		if out.cols == nil {
			out.cols = cols
		}
	}
	return out
}

// makeSeriesOp binds make-series.
func (b *binder) makeSeriesOp(o *syntax.MakeSeriesOp, r *rel, v *env) *rel {
	p := newProjection()
	in := v.rows(r)
	b.items(p, o.By, in, styleProject)
	s := &plan.Series{Input: r.node}
	if kind, _ := param(o.Params, "kind"); kind == "nonempty" {
		s.NonEmpty = len(o.By) == 0 && o.From != nil && o.To != nil
	}
	for _, c := range p.cols {
		s.Keys = append(s.Keys, plan.Named{Name: c.name, X: c.x})
		if c.from != "" {
			p.skip[c.from] = true
		}
	}
	ok := !r.bad
	var outs []seriesOut
	for _, c := range o.Series {
		list, good := b.seriesColumn(s, p, c, in)
		ok = ok && good
		outs = append(outs, list...)
	}
	ok = b.seriesAxis(s, p, o, in) && ok
	cols, _ := p.schema()
	if !ok {
		return &rel{bad: true, open: true, cols: cols, node: r.node}
	}
	schema := types.Schema{}
	for _, k := range s.Keys {
		schema = append(schema, types.Column{Name: k.Name, Type: k.X.Type()})
	}
	for i, g := range s.Aggs {
		s.Aggs[i].Name = outs[i].name
		schema = append(schema, types.Column{Name: outs[i].name, Type: types.Dynamic})
		_ = g
	}
	schema = append(schema, types.Column{Name: s.Axis.Name, Type: types.Dynamic})
	s.Out = plan.Out{Columns: schema, At: o.Span()}
	return newRel(s, schema)
}

// seriesOut is one output column of make-series.
type seriesOut struct{ name string }

// seriesColumn binds one aggregate of make-series with its default.
func (b *binder) seriesColumn(s *plan.Series, p *projection, c *syntax.SeriesColumn, v *env) ([]seriesOut, bool) {
	a := &aggregation{}
	ag := *v
	ag.agg = a
	before := len(p.cols)
	b.item(p, c.X, &ag, styleSummarize, "")
	var outs []seriesOut
	for i := before; i < len(p.cols); i++ {
		col, isColumn := p.cols[i].x.(*plan.Column)
		if bad(p.cols[i].x) {
			return nil, false
		}
		var agg *plan.Agg
		if isColumn {
			for j := range a.aggs {
				if a.aggs[j].Name == col.Name {
					agg = &a.aggs[j]
				}
			}
		}
		if agg == nil {
			b.error(codeUnsupported, c.Span(), "make-series computes aggregates only, not expressions over them", "compute with the series afterwards: series_divide, series_add ..")
			return nil, false
		}
		p.cols[i].t = types.Dynamic
		outs = append(outs, seriesOut{p.cols[i].name})
		s.Aggs = append(s.Aggs, *agg)
		s.Defaults = append(s.Defaults, b.seriesDefault(c, agg.Type, v))
	}
	return outs, true
}

func (b *binder) seriesDefault(c *syntax.SeriesColumn, t types.Type, v *env) plan.Expr {
	if c.Default == nil {
		return nil
	}
	x := fold(b.scalar(c.Default, v.tables()))
	if bad(x) {
		return nil
	}
	if k, ok := x.(*plan.Const); ok {
		if k.Value.Null {
			return nullOf(t)
		}
		if val, ok := constAs(k.Value, t); ok {
			return &plan.Const{Value: val}
		}
	}
	if x.Type() != t {
		b.errorf(codeArgumentType, c.Default.Span(), "the default is %s, the series %s", article(x.Type()), article(t))
	}
	return x
}

// seriesAxis binds on .. from .. to .. step ..
func (b *binder) seriesAxis(s *plan.Series, p *projection, o *syntax.MakeSeriesOp, v *env) bool {
	if o.On == nil {
		b.failed = true
		return false
	}
	axis := o.On
	x := b.scalar(unnamed(axis), v)
	name, ok := b.autoName(axis, v)
	if !ok {
		name = b.defaultName(v, false)
	}
	name = p.add(outColumn{name: name, x: x, t: types.Dynamic}, "", false, false)
	from, to, step := o.From, o.To, o.Step
	if c, isCall := unparen(o.In).(*syntax.Call); o.In != nil && isCall && len(c.Args) == 3 {
		from, to, step = c.Args[0], c.Args[1], c.Args[2]
		s.ToInclusive = true
	}
	if bad(x) || step == nil {
		return false
	}
	t := x.Type()
	if t == types.Int {
		t = types.Long
	}
	if !t.IsNumeric() && t != types.DateTime && t != types.TimeSpan {
		b.errorf(codeArgumentType, axis.Span(), "the axis of make-series must be a number, datetime or timespan, this is %s", article(t))
		return false
	}
	if t == types.Decimal {
		b.error(codeArgumentType, axis.Span(), "the axis of make-series must be a number that is no decimal, datetime or timespan", "convert it: on x = todouble(x)")
		return false
	}
	stepType := t
	if t == types.DateTime {
		stepType = types.TimeSpan
	}
	if k, isConst := constOf(b.scalar(step, v.tables())); isConst && t == types.Long && k.Type == types.Real {
		t, stepType = types.Real, types.Real
	}
	s.Axis = plan.Named{Name: name, X: convert(x, t)}
	good := true
	bound := func(e syntax.Expr, want types.Type) plan.Expr {
		if e == nil {
			return nil
		}
		y := b.scalar(e, v.tables())
		switch {
		case bad(y):
			good = false
		case y.Type() == want:
		case promotable(y.Type(), want) && want != types.String, y.Type() == types.Dynamic:
			y = convert(y, want)
		default:
			b.errorf(codeArgumentType, e.Span(), "the axis needs %s here, this is %s", article(want), article(y.Type()))
			good = false
		}
		return fold(y)
	}
	s.From, s.To, s.Step = bound(from, t), bound(to, t), bound(step, stepType)
	if k, isConst := constOf(s.Step); good && isConst && !k.Null && (stepType == types.Real && !(k.Real > 0) || stepType != types.Real && k.Int <= 0) {
		b.errorf(codeBadValue, step.Span(), "the step of make-series must be above 0")
		good = false
	}
	return good
}

// unnamed is the expression under a name.
func unnamed(e syntax.Expr) syntax.Expr {
	if n, ok := e.(*syntax.Named); ok {
		return n.X
	}
	return e
}
