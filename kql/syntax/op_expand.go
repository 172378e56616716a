package syntax

func readMvExpand(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &MvExpandOp{}
	h.Params = p.options(mvParams, false)
	if len(h.Params) == 0 {
		h.Params = nil
	}
	op.Columns = p.required(func() Expr { return p.expanded(false) }, "mv-expand")
	if p.takeWord(wLimit) {
		op.Limit = p.operand("mv-expand .. limit")
	}
	return op, &op.OpAt
}

func readMvApply(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &MvApplyOp{}
	h.Params = p.options(mvParams, false)
	op.Columns = p.required(func() Expr { return p.expanded(true) }, "mv-apply")
	if p.takeWord(wLimit) {
		op.Limit = p.operand("mv-apply .. limit")
	}
	if p.at(kWord) && p.src(p.cur) == "id" {
		p.next()
		op.ID = p.operand("mv-apply .. id")
	}
	p.expectWord(wOn, "on", "mv-apply")
	open, ok := p.open(kLParen, "mv-apply .. on")
	if ok {
		op.On = p.subquery()
		p.shut(open, "mv-apply .. on")
	} else {
		op.On = &Pipeline{At: At{p.here()}}
	}
	return op, &op.OpAt
}

// expanded reads x [to typeof(T)] of mv-expand and mv-apply.
func (p *parser) expanded(apply bool) Expr {
	start := p.start()
	var x Expr
	if !apply || !p.atWord(wTo) {
		if x = p.named(); x == nil {
			return nil
		}
	}
	if !p.takeWord(wTo) {
		return x
	}
	if !p.atWord(wTypeof) {
		p.unexpected("'typeof'", "to")
		return &Bad{p.from(start)}
	}
	lit, _ := p.typeOf().(*Literal)
	return &ToTypeof{p.from(start), x, lit}
}

func readParse(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &ParseOp{}
	h.Params = p.options(parseParams, false)
	op.X = p.operand("parse")
	p.expectWord(wWith, "with", "parse")
	op.Parts = p.parseParts()
	return op, &op.OpAt
}

func readParseWhere(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &ParseWhereOp{}
	h.Params = p.options(parseParams, false)
	op.X = p.operand("parse-where")
	p.expectWord(wWith, "with", "parse-where")
	op.Parts = p.parseParts()
	return op, &op.OpAt
}

// parseParts reads * "text" column:type ..
func (p *parser) parseParts() []*ParsePart {
	var list []*ParsePart
	for {
		start := p.start()
		part := &ParsePart{}
		switch {
		case p.take(kStar):
			part.Star = true
		case p.at(kString):
			part.Text = p.stringLiteral()
		case p.nameLen(0, declaredName) > 0:
			part.Column = p.parseColumn()
		default:
			return list
		}
		part.At = p.from(start)
		list = append(list, part)
	}
}

// parseColumn reads name or name:type.
func (p *parser) parseColumn() *TypedName {
	start := p.start()
	x := &TypedName{Name: p.nameOf(declaredName, "parse")}
	if p.take(kColon) {
		x.Type, x.TypeAt = p.typeName("parse", false)
	}
	x.At = p.from(start)
	return x
}

func readParseKv(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &ParseKvOp{X: p.operand("parse-kv")}
	p.expectWord(wAs, "as", "parse-kv")
	op.Columns = p.schema("parse-kv .. as")
	if p.takeWord(wWith) {
		op.With = p.properties("parse-kv .. with", false)
	}
	return op, &op.OpAt
}

func readMakeSeries(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &MakeSeriesOp{}
	h.Params = p.options(makeSeriesKind, false)
	p.required(func() Expr {
		x := p.named()
		if x == nil {
			return nil
		}
		c := &SeriesColumn{X: x}
		if p.takeWord(wDefault) {
			p.expect(kAssign, "default")
			c.Default = p.column("default =")
		}
		c.At = p.from(x.Span().Start)
		op.Series = append(op.Series, c)
		return x
	}, "make-series")
	p.expectWord(wOn, "on", "make-series")
	op.On = p.column("make-series .. on")
	p.seriesRange(op)
	if p.takeWord(wBy) {
		op.By = p.required(p.named, "make-series .. by")
	}
	return op, &op.OpAt
}

// seriesRange reads from .. to .. step .., or in range(start, stop, step).
func (p *parser) seriesRange(op *MakeSeriesOp) {
	if p.takeWord(wIn) {
		start := p.start()
		if !p.atWord(wRange) {
			p.unexpected("'range'", "make-series .. in")
			return
		}
		t := p.next()
		if !p.at(kLParen) {
			p.unexpected("'('", "range")
			return
		}
		op.In = p.callOf(&Name{At: At{t.span()}, Value: "range"}, nil, start)
		return
	}
	if p.takeWord(wFrom) {
		op.From = p.operand("make-series .. from")
	}
	if p.takeWord(wTo) {
		op.To = p.operand("make-series .. to")
	}
	p.expectWord(wStep, "step", "make-series")
	op.Step = p.operand("make-series .. step")
}

func readScan(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &ScanOp{}
	h.Params = p.options(scanParams, true)
	if p.takeWord(wOrder) {
		p.expectWord(wBy, "by", "scan order")
		op.OrderBy = p.orders("scan order by")
	}
	if p.takeWord(wPartition) {
		p.expectWord(wBy, "by", "scan partition")
		op.PartitionBy = p.required(p.expr, "scan partition by")
	}
	if p.takeWord(wDeclare) {
		op.Declare = p.params("scan declare")
	}
	p.expectWord(wWith, "with", "scan")
	open, ok := p.open(kLParen, "scan with")
	if ok {
		for p.atWord(wStep) {
			op.Steps = append(op.Steps, p.scanStep())
		}
		p.shut(open, "scan with")
	}
	return op, &op.OpAt
}

// scanStep reads step name [optional] [output=all]: condition => a = x, ..;
func (p *parser) scanStep() *ScanStep {
	start := p.start()
	p.next()
	s := &ScanStep{Name: p.nameOf(declaredName, "step")}
	if p.at(kWord) && p.src(p.cur) == "optional" {
		p.next()
		s.Optional = true
	}
	if p.at(kWord) && p.src(p.cur) == "output" {
		p.next()
		p.expect(kAssign, "output")
		if w := p.src(p.cur); p.at(kWord) && (w == "all" || w == "last" || w == "none") {
			s.Output = w
			p.next()
		} else {
			p.unexpected("'all', 'last' or 'none'", "output=")
		}
	}
	p.expect(kColon, "step")
	s.Condition = p.operand("step")
	if p.take(kArrow) {
		for {
			at := p.start()
			a := &Named{Names: []*Name{p.nameOf(declaredName, "step .. =>")}}
			p.expect(kAssign, "step .. =>")
			a.X = p.operand("step .. =>")
			a.At = p.from(at)
			s.Assign = append(s.Assign, a)
			if !p.take(kComma) {
				break
			}
		}
	}
	p.expect(kSemicolon, "step")
	s.At = p.from(start)
	return s
}
