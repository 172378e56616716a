package syntax

import "github.com/goshawk-hunt/goshawk/source"

func readJoin(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &JoinOp{}
	h.Params = p.options(joinParams, true)
	op.Right = p.operand("join")
	switch {
	case p.takeWord(wOn):
		op.On = p.required(p.expr, "join .. on")
	case p.takeWord(wWhere):
		op.Where = p.operand("join .. where")
	}
	return op, &op.OpAt
}

func readLookup(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &LookupOp{}
	h.Params = p.options(joinParams, true)
	op.Right = p.operand("lookup")
	if p.expectWord(wOn, "on", "lookup") {
		op.On = p.required(p.expr, "lookup .. on")
	}
	return op, &op.OpAt
}

func readUnion(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &UnionOp{}
	h.Params = p.options(unionParams, true)
	op.Tables = p.required(p.unionOperand, "union")
	return op, &op.OpAt
}

func readInvoke(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &InvokeOp{}
	x := p.entity()
	if x != nil {
		start := x.Span().Start
		for p.at(kDot) {
			p.next()
			x = p.selector(x, start)
		}
	}
	c, ok := x.(*Call)
	if !ok {
		p.unexpected("a function call, f(..)", "invoke")
		c = p.noCall()
	}
	op.Function = c
	return op, &op.OpAt
}

func readEvaluate(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &EvaluateOp{}
	h.Params = p.options(evaluateParams, true)
	start := p.start()
	if n := p.nameLen(0, anyName); n > 0 && p.ahead(n).kind == kLParen {
		op.Plugin = p.callOf(p.readName(n), nil, start).(*Call)
	} else {
		p.unexpected("a plugin call, name(..)", "evaluate")
		op.Plugin = p.noCall()
	}
	if p.take(kColon) {
		open, ok := p.open(kLParen, "evaluate .. :")
		if ok {
			p.take(kComma)
			if p.take(kStar) {
				op.SchemaOpen = true
				p.take(kComma)
			}
			op.Schema = p.columns("evaluate .. :")
			p.shut(open, "evaluate .. :")
		}
	}
	return op, &op.OpAt
}

func readFacet(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &FacetOp{}
	p.expectWord(wBy, "by", "facet")
	op.By = append(op.By, p.simplePath("facet by"))
	for p.take(kComma) {
		op.By = append(op.By, p.simplePath("facet by"))
	}
	if p.takeWord(wWith) {
		if p.at(kLParen) {
			open := p.pos
			p.next()
			op.With = p.subquery()
			p.shut(open, "facet .. with")
		} else {
			start := p.start()
			op.With = &Pipeline{Ops: []Operator{p.operator()}}
			op.With.At = p.from(start)
		}
	}
	return op, &op.OpAt
}

func readFork(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &ForkOp{}
	for {
		var name *Name
		if n := p.nameLen(0, anyName); n > 0 && p.ahead(n).kind == kAssign {
			name = p.readName(n)
			p.next()
			if !p.at(kLParen) {
				p.unexpected("'('", "fork")
			}
		}
		if !p.at(kLParen) {
			break
		}
		open := p.pos
		p.next()
		op.Names = append(op.Names, name)
		op.Pipelines = append(op.Pipelines, p.query("fork"))
		p.shut(open, "fork")
	}
	if len(op.Pipelines) == 0 {
		p.unexpected("'('", "fork")
	}
	return op, &op.OpAt
}

func readPartition(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &PartitionOp{}
	h.Params = p.options(anyParams, false)
	p.expectWord(wBy, "by", "partition")
	op.By = p.simplePath("partition by")
	if p.takeWord(wIn) {
		op.In = p.path()
		if op.In == nil {
			p.unexpected("a function call or dynamic(..)", "partition .. in")
		}
	}
	open := p.pos
	switch {
	case p.take(kLBrace):
		op.Braces = true
		start := p.start()
		op.Body = &Pipeline{}
		if p.enter() {
			x := p.tabular()
			if pl, ok := x.(*Pipeline); ok {
				op.Body = pl
			} else if x != nil {
				op.Body = &Pipeline{At: p.from(start), Source: x}
			} else {
				p.unexpected("a query", "partition")
			}
		}
		p.leave()
		p.shut(open, "partition")
	case p.take(kLParen):
		op.Body = p.subquery()
		p.shut(open, "partition")
	default:
		p.unexpected("'(' or '{'", "partition")
		op.Body = &Pipeline{At: At{p.here()}}
	}
	return op, &op.OpAt
}

// tableList reads in (A, B*, C | as X) of find and search.
func (p *parser) tableList(where string) []Expr {
	if !p.takeWord(wIn) {
		return nil
	}
	open, ok := p.open(kLParen, where)
	if !ok {
		return nil
	}
	list := p.required(func() Expr {
		x := p.unionOperand()
		if x == nil || !p.at(kBar) {
			return x
		}
		pl := &Pipeline{Source: x}
		p.operators(pl)
		pl.At = p.from(x.Span().Start)
		return pl
	}, where)
	p.shut(open, where)
	return list
}

func readFind(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &FindOp{}
	h.Params = p.options(findParams, true)
	op.In = p.tableList("find in")
	if len(h.Params) > 0 || op.In != nil {
		p.expectWord(wWhere, "where", "find")
	} else {
		p.takeWord(wWhere)
	}
	op.Where = p.operand("find")
	switch {
	case p.takeWord(wProject):
		op.Project = p.required(p.findColumn, "find .. project")
	case p.takeWord(wProjectSmart):
		op.Smart = true
	}
	if p.takeWord(wProjectAway) {
		op.ProjectAway = p.required(p.findColumn, "find .. project-away")
	}
	return op, &op.OpAt
}

// findColumn reads *, name, name:type, pack(*) or pack_all().
func (p *parser) findColumn() Expr {
	start := p.start()
	if p.at(kStar) {
		t := p.next()
		return &Star{At{t.span()}}
	}
	n := p.nameLen(0, anyName)
	if n == 0 {
		return nil
	}
	name := p.readName(n)
	switch {
	case p.at(kLParen) && (name.Value == "pack" || name.Value == "pack_all"):
		return p.callOf(name, nil, start)
	case p.take(kColon):
		x := &TypedName{Name: name}
		x.Type, x.TypeAt = p.typeName("find .. project", true)
		x.At = p.from(start)
		return x
	}
	return name
}

func readSearch(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &SearchOp{}
	h.Params = p.options(searchParams, true)
	op.In = p.tableList("search in")
	start := p.start()
	if op.Where = p.expr(); op.Where != nil {
		return op, &op.OpAt
	}
	if !p.at(kStar) {
		p.unexpected("a search term", "search")
		op.Where = &Bad{At{p.here()}}
		return op, &op.OpAt
	}
	t := p.next()
	op.Where = &Star{At{t.span()}}
	if p.atWord(wAnd) {
		at := p.next().span()
		y := p.operand("search * and")
		op.Where = &Binary{p.from(start), "and", at, op.Where, y}
	}
	return op, &op.OpAt
}

func readMacroExpand(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &MacroExpandOp{}
	h.Params = p.options(macroParams, true)
	op.Group = p.operand("macro-expand")
	if p.takeWord(wAs) {
		op.Name = p.name("macro-expand .. as")
	}
	open, ok := p.open(kLParen, "macro-expand")
	if ok && p.enter() {
		op.Body = p.statements(kRParen)
		p.shut(open, "macro-expand")
	}
	if ok {
		p.leave()
	}
	return op, &op.OpAt
}

// readInternal refuses the operators that Kusto's service writes for itself.
func readInternal(p *parser, h *OpAt) (Operator, *OpAt) {
	name := p.text[h.KeywordAt.Start:h.KeywordAt.End]
	p.fail(errInternalOperator(h.KeywordAt, name))
	op := &BadOp{Name: name}
	return op, &op.OpAt
}

func readReduce(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &ReduceOp{}
	h.Params = p.options(reduceParams, false)
	p.expectWord(wBy, "by", "reduce")
	op.By = p.column("reduce by")
	if p.takeWord(wWith) {
		op.With = p.propertyList("reduce .. with")
	}
	return op, &op.OpAt
}

func readRange(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &RangeOp{Name: p.name("range")}
	p.expectWord(wFrom, "from", "range")
	op.From = p.operand("range .. from")
	p.expectWord(wTo, "to", "range")
	op.To = p.operand("range .. to")
	p.expectWord(wStep, "step", "range")
	op.Step = p.operand("range .. step")
	return op, &op.OpAt
}

func readRender(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &RenderOp{}
	if p.at(kWord) {
		op.Chart = p.src(p.next())
	} else {
		p.unexpected("a chart", "render")
	}
	h.Params = p.options(renderParams, true)
	for p.atWord(wBy) && !p.bad {
		start := p.start()
		t := p.next()
		by := &Named{Names: []*Name{{At: At{t.span()}, Value: "by"}}, X: p.nameList("render .. by")}
		by.At = p.from(start)
		h.Params = append(h.Params, by)
		h.Params = append(h.Params, p.options(renderParams, true)...)
	}
	if p.takeWord(wWith) {
		op.With = p.properties("render .. with", true)
	}
	return op, &op.OpAt
}

// noCall stands for a call that could not be read.
func (p *parser) noCall() *Call {
	at := At{source.Span{Start: p.prevEnd, End: p.prevEnd}}
	return &Call{At: at, F: &Name{At: at}}
}
