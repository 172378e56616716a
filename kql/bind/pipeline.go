package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// pipelineValue binds Source | Ops. A scalar source without operators stays a scalar.
func (b *binder) pipelineValue(p *syntax.Pipeline, v *env) value {
	if p.Source != nil && len(p.Ops) == 0 {
		return b.bind(p.Source, v) // a value, or a table
	}
	return value{rel: b.pipeline(p, v)}
}

// pipeline binds a pipeline to a table or graph.
func (b *binder) pipeline(p *syntax.Pipeline, v *env) *rel {
	inner := v.tables() // the tables that operators name begin with a source of their own
	var r *rel
	if p.Source != nil {
		from := *inner
		from.source = true
		val := b.bind(p.Source, &from)
		switch {
		case val.rel != nil:
			r = val.rel
		case val.x != nil && !bad(val.x):
			b.errorf(codeTableExpected, p.Source.Span(), "a value of type %s where a table is expected", val.x.Type())
			r = badRel()
		default:
			r = badRel()
		}
	} else if v.outer != nil {
		r = v.outer
	}
	for _, o := range p.Ops {
		if !b.step(o.Span()) {
			return badRel()
		}
		r = b.operator(o, r, inner)
	}
	if r == nil {
		return badRel()
	}
	return r
}

// starts reports whether an operator may begin a pipeline.
func starts(o syntax.Operator) bool {
	switch o.(type) {
	case *syntax.BadOp, *syntax.EvaluateOp, *syntax.FindOp, *syntax.MacroExpandOp, *syntax.PrintOp, *syntax.RangeOp, *syntax.SearchOp, *syntax.UnionOp:
		return true
	}
	return false
}

// operator binds one operator over r; r is nil at the beginning of a pipeline.
func (b *binder) operator(o syntax.Operator, r *rel, v *env) *rel {
	if r == nil {
		if !starts(o) {
			b.error(codeNotFirst, o.Keyword(), "'"+b.word(o)+"' needs a table before it", "write the table first: T | "+b.word(o)+" ..")
			r = badRel()
		}
	} else {
		if r.results != nil {
			if _, ok := o.(*syntax.RenderOp); !ok && r.leads {
				r = r.leading()
			} else if !ok {
				b.errorf(codeMisplaced, o.Keyword(), "'%s' can't stand behind several results", b.word(o))
				return badRel()
			}
		}
		if r.graph != nil && !takesGraph(o) {
			b.error(codeTableExpected, o.Keyword(), "'"+b.word(o)+"' needs a table, this is a graph", "graph-match or graph-to-table make a table of a graph")
			return badRel()
		}
		if r.graph == nil && !r.bad && needsGraph(o) {
			b.error(codeTableExpected, o.Keyword(), "'"+b.word(o)+"' needs a graph, this is a table", "make one: | make-graph Source --> Target")
			return badRel()
		}
	}
	switch o := o.(type) {
	case *syntax.AsOp:
		return b.asOp(o, r, v)
	case *syntax.AssertSchemaOp:
		return b.assertSchemaOp(o, r)
	case *syntax.BadOp:
		b.failed = true
		return badRel()
	case *syntax.ConsumeOp:
		return b.consumeOp(o, r)
	case *syntax.CountOp:
		return b.countOp(o, r)
	case *syntax.DistinctOp:
		return b.distinctOp(o, r, v)
	case *syntax.EvaluateOp:
		return b.evaluateOp(o, r, v)
	case *syntax.ExtendOp:
		return b.extendOp(o, r, v)
	case *syntax.FacetOp:
		return b.facetOp(o, r, v)
	case *syntax.FindOp:
		return b.findOp(o, r, v)
	case *syntax.ForkOp:
		return b.forkOp(o, r, v)
	case *syntax.GetSchemaOp:
		return b.getSchemaOp(o, r)
	case *syntax.GraphMarkComponentsOp:
		return b.graphMarkComponentsOp(o, r)
	case *syntax.GraphMatchOp:
		return b.graphMatchOp(o, r, v)
	case *syntax.GraphShortestPathsOp:
		return b.graphShortestPathsOp(o, r, v)
	case *syntax.GraphToTableOp:
		return b.graphToTableOp(o, r, v)
	case *syntax.GraphWhereEdgesOp:
		return b.graphWhereEdgesOp(o, r, v)
	case *syntax.GraphWhereNodesOp:
		return b.graphWhereNodesOp(o, r, v)
	case *syntax.InvokeOp:
		return b.invokeOp(o, r, v)
	case *syntax.JoinOp:
		return b.joinOp(o, r, v)
	case *syntax.LookupOp:
		return b.lookupOp(o, r, v)
	case *syntax.MacroExpandOp:
		return b.macroExpandOp(o, r, v)
	case *syntax.MakeGraphOp:
		return b.makeGraphOp(o, r, v)
	case *syntax.MakeSeriesOp:
		return b.makeSeriesOp(o, r, v)
	case *syntax.MvApplyOp:
		return b.mvApplyOp(o, r, v)
	case *syntax.MvExpandOp:
		return b.mvExpandOp(o, r, v)
	case *syntax.ParseKvOp:
		return b.parseKvOp(o, r, v)
	case *syntax.ParseOp:
		return b.parseOp(o, o.Params, o.X, o.Parts, false, r, v)
	case *syntax.ParseWhereOp:
		return b.parseOp(o, o.Params, o.X, o.Parts, true, r, v)
	case *syntax.PartitionOp:
		return b.partitionOp(o, r, v)
	case *syntax.PrintOp:
		return b.printOp(o, r, v)
	case *syntax.ProjectAwayOp:
		return b.projectAwayOp(o, r)
	case *syntax.ProjectByNamesOp:
		return b.projectByNamesOp(o, r, v)
	case *syntax.ProjectKeepOp:
		return b.projectKeepOp(o, r)
	case *syntax.ProjectOp:
		return b.projectOp(o, r, v)
	case *syntax.ProjectRenameOp:
		return b.projectRenameOp(o, r)
	case *syntax.ProjectReorderOp:
		return b.projectReorderOp(o, r)
	case *syntax.RangeOp:
		return b.rangeOp(o, r, v)
	case *syntax.ReduceOp:
		return b.reduceOp(o, r, v)
	case *syntax.RenderOp:
		return b.renderOp(o, r)
	case *syntax.SampleDistinctOp:
		return b.sampleDistinctOp(o, r, v)
	case *syntax.SampleOp:
		return b.sampleOp(o, r, v)
	case *syntax.ScanOp:
		return b.scanOp(o, r, v)
	case *syntax.SearchOp:
		return b.searchOp(o, r, v)
	case *syntax.SerializeOp:
		return b.serializeOp(o, r, v)
	case *syntax.SortOp:
		return b.sortOp(o, r, v)
	case *syntax.SummarizeOp:
		return b.summarizeOp(o, r, v)
	case *syntax.TakeOp:
		return b.takeOp(o, r, v)
	case *syntax.TopHittersOp:
		return b.topHittersOp(o, r, v)
	case *syntax.TopNestedOp:
		return b.topNestedOp(o, r, v)
	case *syntax.TopOp:
		return b.topOp(o, r, v)
	case *syntax.UnionOp:
		return b.unionOp(o, r, v)
	case *syntax.WhereOp:
		return b.whereOp(o, r, v)
	}
	return b.unsupportedOp(o, "it is not known here", "")
}

// word returns an operator's keyword as written.
func (b *binder) word(o syntax.Operator) string {
	at := o.Keyword()
	if at.IsValid() && at.End <= len(b.file.Text) && b.foreign == 0 {
		return b.file.Text[at.Start:at.End]
	}
	return "operator"
}

func (b *binder) unsupportedOp(o syntax.Operator, why, hint string) *rel {
	b.error(codeUnsupported, o.Keyword(), "'"+b.word(o)+"' is not supported: "+why, hint)
	return badRel()
}

// notFirst complains of an operator that must begin its pipeline.
func (b *binder) notFirst(o syntax.Operator, r *rel) {
	if r != nil {
		b.errorf(codeNotFirst, o.Keyword(), "'%s' must begin a query", b.word(o))
	}
}

// param returns the value of an operator's parameter as text.
func param(params []*syntax.Named, names ...string) (string, *syntax.Named) {
	for _, p := range params {
		if len(p.Names) != 1 {
			continue
		}
		for _, n := range names {
			if p.Names[0].Value == n {
				return paramText(p.X), p
			}
		}
	}
	return "", nil
}

func paramText(e syntax.Expr) string {
	switch e := e.(type) {
	case *syntax.Name:
		return e.Value
	case *syntax.Literal:
		return e.Text
	case *syntax.NameList:
		s := ""
		for i, n := range e.Names {
			if i > 0 {
				s += ", "
			}
			s += n.Value
		}
		return s
	}
	return ""
}

// count binds the number of rows of take, top and their kin: a constant integer.
func (b *binder) count(e syntax.Expr, v *env) plan.Expr {
	x := b.scalar(e, v.tables())
	if bad(x) {
		return nil
	}
	if x.Type() == types.Int {
		x = convert(x, types.Long)
	}
	if x.Type() != types.Long {
		b.errorf(codeArgumentType, e.Span(), "a number of rows is expected, this is %s", article(x.Type()))
		return nil
	}
	x = fold(x)
	if n, ok := intOf(x); ok && n < 0 {
		b.errorf(codeBadValue, e.Span(), "the number of rows can't be negative")
		return nil
	}
	return x
}

// whereOp binds where.
func (b *binder) whereOp(o *syntax.WhereOp, r *rel, v *env) *rel {
	in := v.rows(r)
	in.window = true
	in.star = starColumns(r)
	p := b.condition(o.Predicate, in)
	if r.bad || bad(p) {
		return r
	}
	return r.with(&plan.Filter{Out: r.same(o.Span()), Input: r.node, Predicate: p})
}

// starColumns are the columns that * means in a condition over r.
func starColumns(r *rel) []*plan.Column {
	cols := make([]*plan.Column, len(r.cols))
	for i := range r.cols {
		cols[i] = r.column(i)
	}
	return cols
}

// takeOp binds take and limit.
func (b *binder) takeOp(o *syntax.TakeOp, r *rel, v *env) *rel {
	n := b.count(o.Count, v)
	if r.bad || n == nil {
		return r
	}
	return r.with(&plan.Limit{Out: r.same(o.Span()), Input: r.node, Count: n})
}

// countOp binds count.
func (b *binder) countOp(o *syntax.CountOp, r *rel) *rel {
	name := "Count"
	if o.Name != nil {
		name = o.Name.Value
	}
	cols := types.Schema{{Name: name, Type: types.Long}}
	if r.bad {
		return &rel{bad: false, open: false, cols: cols, node: r.node}
	}
	return newRel(&plan.Aggregate{
		Out: plan.Out{Columns: cols, At: o.Span()}, Input: r.node,
		Aggs: []plan.Agg{{Name: name, Func: must(aggregateKind, "count"), Type: types.Long}},
	}, cols)
}

// consumeOp binds consume: the rows are read and thrown away.
func (b *binder) consumeOp(o *syntax.ConsumeOp, r *rel) *rel {
	if r.bad {
		return r
	}
	return r.with(&plan.Limit{Out: r.same(o.Span()), Input: r.node, Count: long(0)})
}

// serializeOp binds serialize.
func (b *binder) serializeOp(o *syntax.SerializeOp, r *rel, v *env) *rel {
	if r.bad {
		return r
	}
	s := r.with(&plan.Serialize{Out: r.same(o.Span()), Input: r.node})
	s.serialized = true
	if len(o.Columns) == 0 {
		return s
	}
	return b.extend(o.Columns, s, v, o.Span())
}

// sortOp binds sort by.
func (b *binder) sortOp(o *syntax.SortOp, r *rel, v *env) *rel {
	by := b.orders(o.By, r, v)
	if r.bad || len(by) == 0 {
		return r
	}
	s := r.with(&plan.Sort{Out: r.same(o.Span()), Input: r.node, By: by})
	s.serialized = true
	return s
}

// topOp binds top.
func (b *binder) topOp(o *syntax.TopOp, r *rel, v *env) *rel {
	n := b.count(o.Count, v)
	by := b.orders(o.By, r, v)
	if r.bad || n == nil || len(by) == 0 {
		return r
	}
	s := r.with(&plan.Top{Out: r.same(o.Span()), Input: r.node, Count: n, By: by})
	s.serialized = true
	return s
}

// orders binds sort keys: descending with nulls last unless written otherwise,
// ascending with nulls first.
func (b *binder) orders(list []*syntax.Order, r *rel, v *env) []plan.Order {
	var by []plan.Order
	in := v.rows(r)
	in.window = true
	for _, o := range list {
		e := o.X
		if n, ok := e.(*syntax.Named); ok {
			e = n.X
		}
		x := b.scalar(e, in)
		if bad(x) {
			continue
		}
		if constant(x) {
			continue // orders nothing
		}
		if x.Type() == types.Dynamic {
			b.error(codeDynamicKey, e.Span(), "a dynamic value has no order", "convert it: tostring(..), tolong(..), todatetime(..)")
			continue
		}
		k := plan.Order{X: x, Desc: o.Dir != "asc" && o.Dir != "granny-asc"}
		k.NullsFirst = !k.Desc
		switch o.Nulls {
		case "first":
			k.NullsFirst = true
		case "last":
			k.NullsFirst = false
		}
		by = append(by, k)
	}
	if len(by) == 0 && len(list) > 0 && !b.failed && !r.bad {
		// only constants: any order does
		by = []plan.Order{{X: long(0)}}
	}
	return by
}

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

// renderOp keeps the chart hint.
func (b *binder) renderOp(o *syntax.RenderOp, r *rel) *rel {
	render := &plan.Render{Chart: o.Chart, Properties: map[string]string{}}
	for _, list := range [][]*syntax.Named{o.Params, o.With} {
		for _, p := range list {
			if len(p.Names) == 1 {
				render.Properties[p.Names[0].Value] = paramText(p.X)
			}
		}
	}
	b.render = render
	return r
}

// getSchemaOp binds getschema: the columns as rows.
func (b *binder) getSchemaOp(o *syntax.GetSchemaOp, r *rel) *rel {
	cols := types.Schema{
		{Name: "ColumnName", Type: types.String}, {Name: "ColumnOrdinal", Type: types.Long},
		{Name: "DataType", Type: types.String}, {Name: "ColumnType", Type: types.String},
	}
	var rows [][]plan.Expr
	for i, c := range r.cols {
		rows = append(rows, []plan.Expr{text(c.Name), long(int64(i)), text(netType(c.Type)), text(c.Type.String())})
	}
	if kind, _ := param(o.Params, "kind"); kind == "csl" {
		schema := ""
		for i, c := range r.cols {
			if i > 0 {
				schema += ", "
			}
			schema += c.Name + ":" + c.Type.String()
		}
		cols = types.Schema{{Name: "Schema", Type: types.String}}
		rows = [][]plan.Expr{{text(schema)}}
	}
	s := newRel(&plan.Values{Out: plan.Out{Columns: cols, At: o.Span()}, Rows: rows}, cols)
	s.serialized = true
	return s
}

// netType is the name of the .NET type that getschema shows.
func netType(t types.Type) string {
	switch t {
	case types.Bool:
		return "System.SByte"
	case types.DateTime:
		return "System.DateTime"
	case types.Decimal:
		return "System.Data.SqlTypes.SqlDecimal"
	case types.Dynamic:
		return "System.Object"
	case types.GUID:
		return "System.Guid"
	case types.Int:
		return "System.Int32"
	case types.Long:
		return "System.Int64"
	case types.Real:
		return "System.Double"
	case types.TimeSpan:
		return "System.TimeSpan"
	}
	return "System.String"
}

// assertSchemaOp binds assert-schema: the columns must be these.
func (b *binder) assertSchemaOp(o *syntax.AssertSchemaOp, r *rel) *rel {
	if r.bad || r.open {
		return r
	}
	want := typedSchema(o.Columns)
	if want.String() != r.cols.String() {
		b.errorf(codeTableExpected, o.Span(), "the table has the columns %s, asserted are %s", r.cols, want)
	}
	return r
}

// typedSchema is the schema of declared columns.
func typedSchema(list []*syntax.TypedName) types.Schema {
	s := make(types.Schema, 0, len(list))
	for _, c := range list {
		s = append(s, types.Column{Name: c.Name.Value, Type: c.Type})
	}
	return s
}

var nowhere = source.NoSpan
