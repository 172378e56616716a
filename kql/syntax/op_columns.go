package syntax

func readAs(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &AsOp{}
	h.Params = p.options(columnParams, false)
	op.Name = p.name("as")
	return op, &op.OpAt
}

func readAssertSchema(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &AssertSchemaOp{Columns: p.schema("assert-schema")}
	return op, &op.OpAt
}

func readConsume(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &ConsumeOp{}
	h.Params = p.options(anyParams, false)
	return op, &op.OpAt
}

func readCount(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &CountOp{}
	if p.takeWord(wAs) {
		op.Name = p.name("count as")
	}
	return op, &op.OpAt
}

func readDistinct(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &DistinctOp{}
	h.Params = p.options(columnParams, false)
	op.Columns = p.required(p.distinctColumn, "distinct")
	return op, &op.OpAt
}

// distinctColumn reads * or an expression.
func (p *parser) distinctColumn() Expr {
	if x := p.named(); x != nil {
		return x
	}
	if p.at(kStar) {
		t := p.next()
		return &Star{At{t.span()}}
	}
	return nil
}

func readExtend(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &ExtendOp{Columns: p.required(p.named, "extend")}
	return op, &op.OpAt
}

func readGetSchema(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &GetSchemaOp{}
	h.Params = p.options(anyParams, false)
	return op, &op.OpAt
}

func readPrint(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &PrintOp{Columns: p.required(p.named, "print")}
	return op, &op.OpAt
}

func readProject(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &ProjectOp{Columns: p.list(p.named, "project", false)}
	return op, &op.OpAt
}

func readProjectAway(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &ProjectAwayOp{Columns: p.list(p.reference, "project-away", false)}
	return op, &op.OpAt
}

func readProjectByNames(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &ProjectByNamesOp{Columns: p.list(p.nameOrExpr, "project-by-names", false)}
	return op, &op.OpAt
}

// nameOrExpr reads a pattern of names or an expression.
func (p *parser) nameOrExpr() Expr {
	if n := p.wildcardLen(); n > 0 {
		return p.wildcard(n)
	}
	return p.expr()
}

func readProjectKeep(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &ProjectKeepOp{Columns: p.list(p.reference, "project-keep", false)}
	return op, &op.OpAt
}

func readProjectRename(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &ProjectRenameOp{}
	for _, x := range p.list(p.named, "project-rename", false) {
		if n, ok := x.(*Named); ok && !n.Tuple {
			op.Columns = append(op.Columns, n)
			continue
		}
		if _, bad := x.(*Bad); !bad {
			p.warn(errRename(x.Span()))
		}
	}
	return op, &op.OpAt
}

func readProjectReorder(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &ProjectReorderOp{}
	p.list(func() Expr {
		x := p.reference()
		if x != nil {
			op.Columns = append(op.Columns, p.order(x, false))
		}
		return x
	}, "project-reorder", false)
	return op, &op.OpAt
}

func readSample(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &SampleOp{}
	h.Params = p.options(columnParams, false)
	op.Count = p.column("sample")
	return op, &op.OpAt
}

func readSampleDistinct(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &SampleDistinctOp{}
	h.Params = p.options(columnParams, false)
	op.Count = p.column("sample-distinct")
	p.expectWord(wOf, "of", "sample-distinct")
	op.Of = p.column("sample-distinct .. of")
	return op, &op.OpAt
}

func readSerialize(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &SerializeOp{}
	h.Params = p.options(columnParams, false)
	op.Columns = p.list(p.named, "serialize", false)
	return op, &op.OpAt
}

func readSort(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &SortOp{}
	h.Params = p.options(anyParams, false)
	p.expectWord(wBy, "by", p.src(p.toks[max(0, p.pos-1)]))
	op.By = p.orders("sort by")
	return op, &op.OpAt
}

func readSummarize(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &SummarizeOp{}
	h.Params = p.options(columnParams, false)
	if !p.atWord(wBy) {
		op.Aggregates = p.list(p.named, "summarize", false)
	}
	if p.takeWord(wBy) {
		op.HasBy = true
		op.By = p.summarizeKeys(op)
	}
	return op, &op.OpAt
}

// summarizeKeys reads the keys, and the bin=1d that old queries put behind them.
func (p *parser) summarizeKeys(op *SummarizeOp) []Expr {
	list := p.required(p.named, "summarize .. by")
	if p.at(kWord) && p.src(p.cur) == "bin" && p.ahead(1).kind == kAssign && !p.bad {
		p.next()
		p.next()
		op.Bin = p.operand("bin=")
	}
	return list
}

func readTake(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &TakeOp{}
	h.Params = p.options(columnParams, false)
	op.Count = p.column("take")
	return op, &op.OpAt
}

func readTop(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &TopOp{}
	h.Params = p.options(columnParams, false)
	op.Count = p.column("top")
	p.expectWord(wBy, "by", "top")
	op.By = []*Order{p.order(p.column("top .. by"), true)}
	if p.at(kComma) && !p.bad {
		p.fail(errTopKeys(p.cur.span()))
	}
	return op, &op.OpAt
}

func readTopHitters(p *parser, _ *OpAt) (Operator, *OpAt) {
	op := &TopHittersOp{Count: p.column("top-hitters")}
	p.expectWord(wOf, "of", "top-hitters")
	op.Of = p.column("top-hitters .. of")
	if p.takeWord(wBy) {
		op.By = p.column("top-hitters .. by")
	}
	return op, &op.OpAt
}

func readTopNested(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &TopNestedOp{}
	op.Clauses = []*TopNestedClause{p.topNestedClause(int(h.KeywordAt.Start))}
	for p.take(kComma) {
		start := p.start()
		if !p.expectWord(wTopNested, "top-nested", "top-nested") {
			break
		}
		op.Clauses = append(op.Clauses, p.topNestedClause(start))
	}
	return op, &op.OpAt
}

// topNestedClause reads what follows the keyword, which stands at start.
func (p *parser) topNestedClause(start int) *TopNestedClause {
	c := &TopNestedClause{}
	if !p.atWord(wOf) {
		c.Count = p.column("top-nested")
	}
	p.expectWord(wOf, "of", "top-nested")
	c.Of = p.column("top-nested .. of")
	if p.takeWord(wWith) {
		if p.at(kWord) && p.src(p.cur) == "others" {
			p.next()
		} else {
			p.unexpected("'others'", "top-nested .. with")
		}
		p.expect(kAssign, "with others")
		if c.Others = p.literal(); c.Others == nil {
			c.Others = p.operand("with others =")
		}
	}
	p.expectWord(wBy, "by", "top-nested")
	c.By = *p.order(p.column("top-nested .. by"), true)
	c.At = p.from(start)
	return c
}

func readWhere(p *parser, h *OpAt) (Operator, *OpAt) {
	op := &WhereOp{}
	if p.optionLen() != 3 {
		if n := p.nameLen(0, declaredName); n > 0 && p.ahead(n).kind == kAssign {
			equals := p.ahead(n).span()
			op.Name = p.readName(n)
			p.next()
			op.Predicate = p.operand("where")
			p.warn(errWhereName(equals, constantOther(op.Predicate)))
			return op, &op.OpAt
		}
	}
	h.Params = p.options(columnParams, false)
	op.Predicate = p.operand("where")
	return op, &op.OpAt
}

// constantOther reports whether x is a constant that can't be a condition.
func constantOther(x Expr) bool {
	lit, ok := x.(*Literal)
	return ok && lit.Kind != LitBool
}
