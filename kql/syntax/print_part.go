package syntax

func (p *printer) head(keyword string, params []*Named) {
	p.s(keyword)
	p.options(params)
}

func (p *printer) evaluate(op *EvaluateOp) {
	p.head("evaluate", op.Params)
	p.s(" ")
	p.call(op.Plugin)
	if op.Schema == nil && !op.SchemaOpen {
		return
	}
	p.s(" : (")
	if op.SchemaOpen {
		p.s("*")
		if len(op.Schema) > 0 {
			p.s(", ")
		}
	}
	p.columns(op.Schema)
	p.s(")")
}

func (p *printer) tables(list []Expr) {
	if len(list) > 0 {
		p.s(" in (")
		p.exprs(list)
		p.s(")")
	}
}

func (p *printer) find(op *FindOp) {
	p.head("find", op.Params)
	p.tables(op.In)
	p.s(" where ")
	p.expr(op.Where)
	p.list("project", op.Project)
	if op.Smart {
		p.s(" project-smart")
	}
	p.list("project-away", op.ProjectAway)
}

func (p *printer) fork(op *ForkOp) {
	p.s("fork")
	for i, pl := range op.Pipelines {
		p.s(" ")
		if op.Names[i] != nil {
			p.name(op.Names[i])
			p.s(" = ")
		}
		p.query("(", pl, ")")
	}
}

func (p *printer) graphQuery(patterns []*GraphPattern, where Expr, project []Expr) {
	p.s(" ")
	for i, g := range patterns {
		if i > 0 {
			p.s(", ")
		}
		p.graphPattern(g)
	}
	p.clause("where", where)
	p.list("project", project)
}

func (p *printer) graphPattern(g *GraphPattern) {
	for i, n := range g.Nodes {
		if i > 0 {
			p.graphEdge(g.Edges[i-1])
		}
		p.part(n)
	}
}

func (p *printer) graphEdge(e *GraphEdge) {
	if e.Name == nil && !e.Variable {
		p.s(map[string]string{"->": "-->", "<-": "<--", "--": "--"}[e.Direction])
		return
	}
	if e.Direction == "<-" {
		p.s("<")
	}
	p.s("-[")
	p.name(e.Name)
	if e.Variable {
		p.s("*")
		p.expr(e.Min)
		p.s("..")
		p.expr(e.Max)
	}
	p.s("]-")
	if e.Direction == "->" {
		p.s(">")
	}
}

func (p *printer) graphOutput(o *GraphOutput) {
	p.s(o.Kind)
	if o.Name != nil {
		p.s(" as ")
		p.name(o.Name)
	}
	p.options(o.Params)
}

func (p *printer) makeGraph(op *MakeGraphOp) {
	p.head("make-graph", op.Params)
	p.s(" ")
	p.expr(op.Source)
	if op.Directed {
		p.s(" --> ")
	} else {
		p.s(" -- ")
	}
	p.expr(op.Target)
	if op.WithNodeID != nil {
		p.s(" with_node_id=")
		p.name(op.WithNodeID)
	}
	for i, n := range op.WithNodes {
		if i == 0 {
			p.s(" with ")
		} else {
			p.s(", ")
		}
		p.part(n)
	}
	if op.PartitionedBy != nil {
		p.clause("partitioned-by", op.PartitionedBy)
		p.s(" ")
		p.query("(", op.Partition, ")")
	}
}

func (p *printer) makeSeries(op *MakeSeriesOp) {
	p.head("make-series", op.Params)
	p.s(" ")
	for i, c := range op.Series {
		if i > 0 {
			p.s(", ")
		}
		p.seriesColumn(c)
	}
	p.clause("on", op.On)
	p.clause("in", op.In)
	p.clause("from", op.From)
	p.clause("to", op.To)
	p.clause("step", op.Step)
	p.list("by", op.By)
}

func (p *printer) seriesColumn(c *SeriesColumn) {
	p.expr(c.X)
	if c.Default != nil {
		p.s(" default=")
		p.expr(c.Default)
	}
}

func (p *printer) parse(x Expr, parts []*ParsePart) {
	p.s(" ")
	p.expr(x)
	p.s(" with")
	for _, part := range parts {
		p.s(" ")
		p.parsePart(part)
	}
}

func (p *printer) parsePart(x *ParsePart) {
	switch {
	case x.Star:
		p.s("*")
	case x.Text != nil:
		p.literal(x.Text)
	case x.Column != nil:
		p.typedName(x.Column)
	}
}

func (p *printer) render(op *RenderOp) {
	p.s("render ", op.Chart)
	for _, x := range op.Params {
		if x.Names[0].Value == "by" {
			p.clause("by", x.X)
			continue
		}
		p.s(" ")
		p.option(x)
	}
	if op.With != nil {
		p.s(" with ")
		p.properties(op.With)
	}
}

func (p *printer) scan(op *ScanOp) {
	p.head("scan", op.Params)
	if len(op.OrderBy) > 0 {
		p.s(" order by ")
		p.orders(op.OrderBy)
	}
	p.list("partition by", op.PartitionBy)
	if op.Declare != nil {
		p.s(" declare ")
		p.params(op.Declare)
	}
	p.s(" with ")
	p.block("(", ")", func() {
		for i, s := range op.Steps {
			if i > 0 {
				p.newline()
			}
			p.scanStep(s)
		}
	})
}

func (p *printer) scanStep(s *ScanStep) {
	p.s("step ")
	p.name(s.Name)
	if s.Optional {
		p.s(" optional")
	}
	if s.Output != "" {
		p.s(" output=", s.Output)
	}
	p.s(": ")
	p.expr(s.Condition)
	for i, a := range s.Assign {
		if i == 0 {
			p.s(" => ")
		} else {
			p.s(", ")
		}
		p.named(a)
	}
	p.s(";")
}

func (p *printer) topNested(c *TopNestedClause) {
	p.s("top-nested")
	if c.Count != nil {
		p.s(" ")
		p.expr(c.Count)
	}
	p.clause("of", c.Of)
	p.clause("with others =", c.Others)
	p.s(" by ")
	p.order(&c.By)
}
