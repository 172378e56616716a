package syntax

func readMakeGraph(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &MakeGraphOp{}
	h.Params = p.options(columnParams, false)
	op.Source = p.graphColumn()
	switch {
	case p.symbol("-->"):
		op.Directed = true
	case p.symbol("--"):
	default:
		p.unexpected("'-->'", "make-graph")
	}
	op.Target = p.graphColumn()
	switch {
	case p.at(kWord) && p.src(p.cur) == "with_node_id":
		p.next()
		p.expect(kAssign, "with_node_id")
		op.WithNodeID = p.name("with_node_id")
	case p.takeWord(wWith):
		for {
			start := p.start()
			n := &GraphNodes{Table: p.unary()}
			if n.Table == nil {
				p.unexpected("a table", "make-graph .. with")
				n.Table = &Bad{At{p.here()}}
			}
			p.expectWord(wOn, "on", "make-graph .. with")
			n.On = p.name("make-graph .. on")
			n.At = p.from(start)
			op.WithNodes = append(op.WithNodes, n)
			if !p.take(kComma) {
				break
			}
		}
	}
	if p.takeWord(wPartitionedBy) {
		op.PartitionedBy = p.simplePath("partitioned-by")
		op.Partition = &Pipeline{At: At{p.here()}}
		open, ok := p.open(kLParen, "partitioned-by")
		if ok {
			op.Partition = p.subquery()
			p.shut(open, "partitioned-by")
		}
	}
	return op, &op.OpAt
}

func (p *parser) graphColumn() Expr { return p.name("make-graph") }

// symbol reads a sign of graphs, such as "-->" or "<-[", that is made of tokens
// that touch.
func (p *parser) symbol(s string) bool {
	if p.bad || len(p.text)-p.start() < len(s) || p.text[p.start():p.start()+len(s)] != s {
		return false
	}
	end := p.start() + len(s)
	n := 0
	for p.ahead(n).kind != kEOF && int(p.ahead(n).end) <= end {
		n++
	}
	if n == 0 || int(p.ahead(n-1).end) != end {
		return false
	}
	for range n {
		p.next()
	}
	return true
}

func readGraphMatch(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &GraphMatchOp{}
	h.Params = p.options(graphMatch, true)
	op.Patterns = p.graphPatterns("graph-match")
	op.Where, op.Project = p.graphClauses("graph-match")
	return op, &op.OpAt
}

func readGraphShortestPaths(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &GraphShortestPathsOp{}
	h.Params = p.options(graphPaths, true)
	op.Patterns = p.graphPatterns("graph-shortest-paths")
	op.Where, op.Project = p.graphClauses("graph-shortest-paths")
	return op, &op.OpAt
}

// graphClauses reads where .. project ..
func (p *parser) graphClauses(where string) (cond Expr, project []Expr) {
	if p.takeWord(wWhere) {
		cond = p.operand(where + " .. where")
	}
	if p.takeWord(wProject) {
		project = p.required(p.named, where+" .. project")
	}
	return cond, project
}

func (p *parser) graphPatterns(where string) []*GraphPattern {
	var list []*GraphPattern
	for {
		list = append(list, p.graphPattern(where))
		if !p.take(kComma) {
			return list
		}
	}
}

// graphPattern reads (a)-[e]->(b)..
func (p *parser) graphPattern(where string) *GraphPattern {
	start := p.start()
	g := &GraphPattern{}
	g.Nodes = append(g.Nodes, p.graphNode(where))
	for {
		e := p.graphEdge()
		if e == nil {
			break
		}
		g.Edges = append(g.Edges, e)
		g.Nodes = append(g.Nodes, p.graphNode(where))
	}
	g.At = p.from(start)
	return g
}

func (p *parser) graphNode(where string) *GraphNode {
	start := p.start()
	n := &GraphNode{}
	open, ok := p.open(kLParen, where)
	if ok {
		if p.nameLen(0, anyName) > 0 {
			n.Name = p.name(where)
		}
		p.shut(open, where)
	}
	n.At = p.from(start)
	return n
}

// graphEdge reads -->, <--, -- or -[name*min..max]->; nil if none stands here.
func (p *parser) graphEdge() *GraphEdge {
	start := p.start()
	e := &GraphEdge{}
	switch {
	case p.symbol("-->"):
		e.Direction = "->"
	case p.symbol("<--"):
		e.Direction = "<-"
	case p.symbol("--"):
		e.Direction = "--"
	case p.symbol("<-["):
		e.Direction = "<-"
		p.edgeBody(e)
		if !p.symbol("]-") {
			p.unexpected("']-'", "the edge")
		}
	case p.symbol("-["):
		p.edgeBody(e)
		switch {
		case p.symbol("]->"):
			e.Direction = "->"
		case p.symbol("]-"):
			e.Direction = "--"
		default:
			p.unexpected("']->'", "the edge")
		}
	default:
		return nil
	}
	e.At = p.from(start)
	return e
}

// edgeBody reads name*min..max between the brackets.
func (p *parser) edgeBody(e *GraphEdge) {
	if p.nameLen(0, anyName) > 0 {
		e.Name = p.name("the edge")
	}
	if p.take(kStar) {
		e.Variable = true
		e.Min = p.edgeBound()
		p.expect(kDotDot, "the edge")
		e.Max = p.edgeBound()
	}
}

func (p *parser) edgeBound() Expr {
	x := p.unary()
	if x == nil {
		p.unexpected("a number", "the edge")
		return &Bad{At{p.here()}}
	}
	return x
}

func readGraphToTable(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &GraphToTableOp{}
	for {
		start := p.start()
		o := &GraphOutput{}
		if o.Kind = p.src(p.cur); !p.at(kWord) || o.Kind != "nodes" && o.Kind != "edges" {
			o.Kind = ""
			p.unexpected("'nodes' or 'edges'", "graph-to-table")
			return op, &op.OpAt
		}
		p.next()
		if p.takeWord(wAs) {
			o.Name = p.name("graph-to-table .. as")
		}
		if o.Kind == "nodes" {
			o.Params = p.options(graphNodes, true)
		} else {
			o.Params = p.options(graphEdges, true)
		}
		o.At = p.from(start)
		op.Outputs = append(op.Outputs, o)
		if !p.take(kComma) {
			return op, &op.OpAt
		}
	}
}

func readGraphMarkComponents(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &GraphMarkComponentsOp{}
	h.Params = p.options(graphMark, true)
	return op, &op.OpAt
}

func readGraphWhereNodes(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &GraphWhereNodesOp{Predicate: p.operand("graph-where-nodes")}
	return op, &op.OpAt
}

func readGraphWhereEdges(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &GraphWhereEdgesOp{Predicate: p.operand("graph-where-edges")}
	return op, &op.OpAt
}
