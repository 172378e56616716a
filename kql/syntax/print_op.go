package syntax

// clause writes " word x" if x is there.
func (p *printer) clause(word string, x Expr) {
	if x != nil {
		p.s(" ", word, " ")
		p.expr(x)
	}
}

// list writes " word a, b" if there are any.
func (p *printer) list(word string, list []Expr) {
	if len(list) == 0 {
		return
	}
	if word != "" {
		p.s(" ", word)
	}
	p.s(" ")
	p.exprs(list)
}

func (p *printer) orders(list []*Order) {
	for i, o := range list {
		if i > 0 {
			p.s(", ")
		}
		p.order(o)
	}
}

func (p *printer) order(o *Order) {
	p.expr(o.X)
	if o.Dir != "" {
		p.s(" ", o.Dir)
	}
	if o.Nulls != "" {
		p.s(" nulls ", o.Nulls)
	}
}

// op writes an operator; those that choose and order rows itself.
func (p *printer) op(op Operator) {
	switch op := op.(type) {
	case *BadOp:
		p.s(op.Name)
	case *ConsumeOp:
		p.head("consume", op.Params)
	case *CountOp:
		p.s("count")
		if op.Name != nil {
			p.s(" as ")
			p.name(op.Name)
		}
	case *GetSchemaOp:
		p.head("getschema", op.Params)
	case *ReduceOp:
		p.head("reduce", op.Params)
		p.clause("by", op.By)
		if op.With != nil {
			p.s(" with ")
			for i, x := range op.With {
				if i > 0 {
					p.s(", ")
				}
				p.option(x)
			}
		}
	case *RenderOp:
		p.render(op)
	case *SampleDistinctOp:
		p.head("sample-distinct", op.Params)
		p.s(" ")
		p.expr(op.Count)
		p.clause("of", op.Of)
	case *SampleOp:
		p.head("sample", op.Params)
		p.s(" ")
		p.expr(op.Count)
	case *ScanOp:
		p.scan(op)
	case *SortOp:
		p.head("sort", op.Params)
		p.s(" by ")
		p.orders(op.By)
	case *TakeOp:
		p.head("take", op.Params)
		p.s(" ")
		p.expr(op.Count)
	case *TopHittersOp:
		p.s("top-hitters ")
		p.expr(op.Count)
		p.clause("of", op.Of)
		p.clause("by", op.By)
	case *TopNestedOp:
		for i, c := range op.Clauses {
			if i > 0 {
				p.s(", ")
			}
			p.topNested(c)
		}
	case *TopOp:
		p.head("top", op.Params)
		p.s(" ")
		p.expr(op.Count)
		p.s(" by ")
		p.orders(op.By)
	case *WhereOp:
		p.head("where", op.Params)
		p.s(" ")
		if op.Name != nil {
			p.name(op.Name)
			p.s(" = ")
		}
		p.expr(op.Predicate)
	default:
		p.tableOp(op)
	}
}

// tableOp writes the operators that take other tables, or make several.
func (p *printer) tableOp(op Operator) {
	switch op := op.(type) {
	case *AsOp:
		p.head("as", op.Params)
		p.s(" ")
		p.name(op.Name)
	case *EvaluateOp:
		p.evaluate(op)
	case *FacetOp:
		p.s("facet")
		p.list("by", op.By)
		if op.With != nil {
			p.s(" with ")
			p.query("(", op.With, ")")
		}
	case *FindOp:
		p.find(op)
	case *ForkOp:
		p.fork(op)
	case *InvokeOp:
		p.s("invoke ")
		p.expr(op.Function)
	case *JoinOp:
		p.head("join", op.Params)
		p.s(" ")
		p.operand(op.Right, precOr)
		p.list("on", op.On)
		p.clause("where", op.Where)
	case *LookupOp:
		p.head("lookup", op.Params)
		p.s(" ")
		p.operand(op.Right, precOr)
		p.list("on", op.On)
	case *MacroExpandOp:
		p.head("macro-expand", op.Params)
		p.s(" ")
		p.expr(op.Group)
		if op.Name != nil {
			p.s(" as ")
			p.name(op.Name)
		}
		p.s(" ")
		p.block("(", ")", func() { p.statements(op.Body) })
	case *PartitionOp:
		p.head("partition", op.Params)
		p.clause("by", op.By)
		p.clause("in", op.In)
		if op.Braces {
			p.query(" {", op.Body, "}")
		} else {
			p.query(" (", op.Body, ")")
		}
	case *RangeOp:
		p.s("range ")
		p.name(op.Name)
		p.clause("from", op.From)
		p.clause("to", op.To)
		p.clause("step", op.Step)
	case *SearchOp:
		p.head("search", op.Params)
		p.tables(op.In)
		p.s(" ")
		p.expr(op.Where)
	case *UnionOp:
		p.head("union", op.Params)
		p.list("", op.Tables)
	default:
		p.columnOp(op)
	}
}

// columnOp writes the operators that choose, compute and unfold columns.
func (p *printer) columnOp(op Operator) {
	switch op := op.(type) {
	case *AssertSchemaOp:
		p.s("assert-schema (")
		p.columns(op.Columns)
		p.s(")")
	case *DistinctOp:
		p.head("distinct", op.Params)
		p.list("", op.Columns)
	case *ExtendOp:
		p.s("extend")
		p.list("", op.Columns)
	case *MakeSeriesOp:
		p.makeSeries(op)
	case *MvApplyOp:
		p.head("mv-apply", op.Params)
		p.list("", op.Columns)
		p.clause("limit", op.Limit)
		p.clause("id", op.ID)
		p.s(" on ")
		p.query("(", op.On, ")")
	case *MvExpandOp:
		p.head("mv-expand", op.Params)
		p.list("", op.Columns)
		p.clause("limit", op.Limit)
	case *ParseKvOp:
		p.s("parse-kv ")
		p.expr(op.X)
		p.s(" as (")
		p.columns(op.Columns)
		p.s(")")
		if op.With != nil {
			p.s(" with ")
			p.properties(op.With)
		}
	case *ParseOp:
		p.head("parse", op.Params)
		p.parse(op.X, op.Parts)
	case *ParseWhereOp:
		p.head("parse-where", op.Params)
		p.parse(op.X, op.Parts)
	case *PrintOp:
		p.s("print")
		p.list("", op.Columns)
	case *ProjectAwayOp:
		p.s("project-away")
		p.list("", op.Columns)
	case *ProjectByNamesOp:
		p.s("project-by-names")
		p.list("", op.Columns)
	case *ProjectKeepOp:
		p.s("project-keep")
		p.list("", op.Columns)
	case *ProjectOp:
		p.s("project")
		p.list("", op.Columns)
	case *ProjectRenameOp:
		p.s("project-rename ")
		for i, c := range op.Columns {
			if i > 0 {
				p.s(", ")
			}
			p.named(c)
		}
	case *ProjectReorderOp:
		p.s("project-reorder ")
		p.orders(op.Columns)
	case *SerializeOp:
		p.head("serialize", op.Params)
		p.list("", op.Columns)
	case *SummarizeOp:
		p.head("summarize", op.Params)
		p.list("", op.Aggregates)
		if op.HasBy {
			p.list("by", op.By)
		}
		if op.Bin != nil {
			p.s(" bin=")
			p.expr(op.Bin)
		}
	default:
		p.graphOp(op)
	}
}

// graphOp writes the operators of graphs.
func (p *printer) graphOp(op Operator) {
	switch op := op.(type) {
	case *GraphMarkComponentsOp:
		p.head("graph-mark-components", op.Params)
	case *GraphMatchOp:
		p.head("graph-match", op.Params)
		p.graphQuery(op.Patterns, op.Where, op.Project)
	case *GraphShortestPathsOp:
		p.head("graph-shortest-paths", op.Params)
		p.graphQuery(op.Patterns, op.Where, op.Project)
	case *GraphToTableOp:
		p.s("graph-to-table ")
		for i, o := range op.Outputs {
			if i > 0 {
				p.s(", ")
			}
			p.graphOutput(o)
		}
	case *GraphWhereEdgesOp:
		p.s("graph-where-edges ")
		p.expr(op.Predicate)
	case *GraphWhereNodesOp:
		p.s("graph-where-nodes ")
		p.expr(op.Predicate)
	case *MakeGraphOp:
		p.makeGraph(op)
	}
}
