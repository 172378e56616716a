package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/syntax"
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

// input gives the table or graph that an operator works on: of several results the first, if
// it leads. ok is false, and told, if the operator can't stand over r; r is nil at the
// beginning of a pipeline.
func (b *binder) input(o syntax.Operator, r *rel) (in *rel, ok bool) {
	if r == nil {
		if starts(o) {
			return nil, true
		}
		b.error(codeNotFirst, o.Keyword(), "'"+b.word(o)+"' needs a table before it", "write the table first: T | "+b.word(o)+" ..")
		return badRel(), true
	}
	if _, render := o.(*syntax.RenderOp); r.results != nil && !render {
		if !r.leads {
			b.errorf(codeMisplaced, o.Keyword(), "'%s' can't stand behind several results", b.word(o))
			return nil, false
		}
		r = r.leading()
	}
	if r.graph != nil && !takesGraph(o) {
		b.error(codeTableExpected, o.Keyword(), "'"+b.word(o)+"' needs a table, this is a graph", "graph-match or graph-to-table make a table of a graph")
		return nil, false
	}
	if r.graph == nil && !r.bad && needsGraph(o) {
		b.error(codeTableExpected, o.Keyword(), "'"+b.word(o)+"' needs a graph, this is a table", "make one: | make-graph Source --> Target")
		return nil, false
	}
	return r, true
}

// operator binds one operator over r; r is nil at the beginning of a pipeline.
func (b *binder) operator(o syntax.Operator, r *rel, v *env) *rel {
	r, ok := b.input(o, r)
	if !ok {
		return badRel()
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
