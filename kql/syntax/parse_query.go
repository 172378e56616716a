package syntax

// tabular reads an expression with the operators behind it, or a query that
// begins with an operator. Nil if neither stands here.
func (p *parser) tabular() Expr {
	start := p.start()
	pl := &Pipeline{}
	if p.startsOperator() {
		pl.Ops = append(pl.Ops, p.operator())
	} else {
		x := p.expr()
		if x == nil {
			if !p.at(kWord) || !operatorWords[p.cur.word] {
				return nil
			}
			pl.Ops = append(pl.Ops, p.operator())
		} else if !p.at(kBar) {
			return x
		}
		pl.Source = x
	}
	p.operators(pl)
	pl.At = p.from(start)
	return pl
}

// operators reads | op | op ..
func (p *parser) operators(pl *Pipeline) {
	for p.at(kBar) {
		if len(pl.Ops) >= maxPipe {
			p.fail(errTooManyOps(p.cur.span(), maxPipe))
			return
		}
		p.next()
		pl.Ops = append(pl.Ops, p.operator())
	}
}

// subquery reads operators that apply to an implied table: (where .. | take 1).
func (p *parser) subquery() *Pipeline {
	start := p.start()
	pl := &Pipeline{}
	if p.enter() {
		pl.Ops = append(pl.Ops, p.operator())
		p.operators(pl)
	}
	p.leave()
	pl.At = p.from(start)
	return pl
}

// query reads operators that apply to an implied table, or a whole query.
func (p *parser) query(where string) *Pipeline {
	start := p.start()
	if p.at(kWord) && operatorWords[p.cur.word] && p.startsImplied() {
		return p.subquery()
	}
	if !p.enter() {
		p.leave()
		return &Pipeline{At: At{p.here()}}
	}
	x := p.tabular()
	p.leave()
	if x == nil {
		p.unexpected("a query", where)
		x = &Bad{At{p.here()}}
	}
	if pl, ok := x.(*Pipeline); ok {
		return pl
	}
	return &Pipeline{At: p.from(start), Source: x}
}

// startsImplied reports whether the operator's word here is one and no name of a
// table: a name stands alone, before "|" or before ".".
func (p *parser) startsImplied() bool {
	if nameUses[p.cur.word] != anyName {
		return true
	}
	switch p.ahead(1).kind {
	case kBar, kRParen, kDot, kLBracket:
		return p.cur.word == wCount || p.cur.word == wConsume || p.cur.word == wGetSchema || p.cur.word == wSerialize
	}
	return true
}

// startsOperator reports whether a query begins with an operator here. Words
// that may be names need a look at what follows.
func (p *parser) startsOperator() bool {
	if !p.at(kWord) || !operatorWords[p.cur.word] {
		return false
	}
	next := p.ahead(1)
	switch p.cur.word {
	case wEvaluate:
		return p.nameLen(1, anyName) > 0 && binaryPrec(next) == precNone
	case wFacet, wReduce, wPartition:
		return next.kind == kWord && (next.word == wBy || p.ahead(2).kind == kAssign || p.src(next) == "hint")
	case wRange:
		n := p.nameLen(1, anyName)
		return n > 0 && p.ahead(1+n).kind == kWord && p.ahead(1+n).word == wFrom
	case wRender:
		return next.kind == kWord && binaryPrec(next) == precNone
	}
	return !p.mayName(p.cur, anyName)
}

// operator reads one operator with its operands; behind it the parser is no
// longer recovering.
func (p *parser) operator() Operator {
	from := p.pos
	start := p.start()
	if !p.at(kWord) {
		if !p.bad {
			p.fail(p.operatorExpected())
		}
		op := &BadOp{OpAt: OpAt{At: p.from(start), KeywordAt: p.here()}}
		p.resume(from)
		return op
	}
	h := OpAt{KeywordAt: p.cur.span()}
	outer := p.operatorWord
	p.operatorWord = p.cur.word
	op := p.operatorBody(&h)
	switch p.cur.kind {
	case kEOF, kBar, kSemicolon, kRParen, kRBracket, kRBrace:
	default:
		p.afterOperator(h)
	}
	p.operatorWord = outer
	p.resume(from)
	return op
}

// operatorBody reads the operator of the word that stands here.
func (p *parser) operatorBody(h *OpAt) Operator {
	start := p.start()
	t := p.cur
	read := operatorReader(t.word)
	if read == nil || t.word == wCount && p.ahead(1).kind == kLParen {
		p.fail(p.unknownOperator(t))
		op := &BadOp{OpAt: *h, Name: p.src(t)}
		op.At = At{t.span()}
		return op
	}
	p.next()
	op, at := read(p, h)
	*at = *h
	at.At = p.from(start)
	return op
}

// reader reads an operator's operands; its keyword has been read. It returns
// the operator and where its OpAt is kept.
type reader func(p *parser, h *OpAt) (Operator, *OpAt)

// operatorReader returns how an operator is read, nil if the word is none.
func operatorReader(w word) reader {
	switch w {
	case wAs:
		return readAs
	case wAssertSchema:
		return readAssertSchema
	case wConsume:
		return readConsume
	case wCount:
		return readCount
	case wDistinct:
		return readDistinct
	case wEvaluate:
		return readEvaluate
	case wExtend:
		return readExtend
	case wFacet:
		return readFacet
	case wFind:
		return readFind
	case wFork:
		return readFork
	case wGetSchema:
		return readGetSchema
	case wGraphMarkComponents:
		return readGraphMarkComponents
	case wGraphMatch:
		return readGraphMatch
	case wGraphShortestPaths:
		return readGraphShortestPaths
	case wGraphToTable:
		return readGraphToTable
	case wGraphWhereEdges:
		return readGraphWhereEdges
	case wGraphWhereNodes:
		return readGraphWhereNodes
	case wInternal:
		return readInternal
	case wInvoke:
		return readInvoke
	case wJoin:
		return readJoin
	case wLookup:
		return readLookup
	case wMacroExpand:
		return readMacroExpand
	case wMakeGraph:
		return readMakeGraph
	case wMakeSeries:
		return readMakeSeries
	case wMvApply:
		return readMvApply
	case wMvExpand:
		return readMvExpand
	case wParse:
		return readParse
	case wParseKv:
		return readParseKv
	case wParseWhere:
		return readParseWhere
	case wPartition:
		return readPartition
	case wPrint:
		return readPrint
	case wProject:
		return readProject
	case wProjectAway:
		return readProjectAway
	case wProjectByNames:
		return readProjectByNames
	case wProjectKeep:
		return readProjectKeep
	case wProjectRename:
		return readProjectRename
	case wProjectReorder:
		return readProjectReorder
	case wRange:
		return readRange
	case wReduce:
		return readReduce
	case wRender:
		return readRender
	case wSample:
		return readSample
	case wSampleDistinct:
		return readSampleDistinct
	case wScan:
		return readScan
	case wSearch:
		return readSearch
	case wSerialize:
		return readSerialize
	case wSort, wOrder:
		return readSort
	case wSummarize:
		return readSummarize
	case wTake, wLimit:
		return readTake
	case wTop:
		return readTop
	case wTopHitters:
		return readTopHitters
	case wTopNested:
		return readTopNested
	case wUnion:
		return readUnion
	case wWhere, wFilter:
		return readWhere
	}
	return nil
}

// required reads one or more elements.
func (p *parser) required(element func() Expr, where string) []Expr {
	list := p.list(element, where, false)
	if len(list) == 0 {
		p.unexpected("an expression", where)
	}
	return list
}

// column reads an expression that may be named, and must be there.
func (p *parser) column(where string) Expr {
	if x := p.named(); x != nil {
		return x
	}
	p.unexpected("an expression", where)
	return &Bad{At{p.here()}}
}

// reference reads the name of a column or a pattern of names.
func (p *parser) reference() Expr {
	if n := p.wildcardLen(); n > 0 {
		return p.wildcard(n)
	}
	if n := p.nameLen(0, anyName); n > 0 {
		return p.readName(n)
	}
	if p.at(kWord) && operatorReader(p.cur.word) == nil {
		if x := p.reserved(); x != nil {
			return x
		}
	}
	return nil
}

// simplePath reads a.b[0]['c'] without calls, or reports it missing.
func (p *parser) simplePath(where string) Expr {
	start := p.start()
	var x Expr
	if n := p.nameLen(0, referredName); n > 0 {
		x = p.readName(n)
	} else if p.at(kWord) {
		x = p.reserved()
	}
	if x == nil {
		p.unexpected("a column", where)
		return &Bad{At{p.here()}}
	}
	for i := 0; i < maxChain; i++ {
		switch {
		case p.at(kDot):
			p.next()
			x = p.selector(x, start)
		case p.at(kLBracket):
			x = p.index(x, start)
		default:
			return x
		}
	}
	return x
}

// order reads x [asc|desc] [nulls first|last].
func (p *parser) order(x Expr, nulls bool) *Order {
	o := &Order{X: x}
	start := x.Span().Start
	switch {
	case !p.at(kWord):
	case p.cur.word == wAsc, p.cur.word == wDesc, p.cur.word == wGrannyAsc, p.cur.word == wGrannyDesc:
		o.Dir = p.src(p.next())
	}
	if nulls && p.at(kWord) && p.src(p.cur) == "nulls" {
		p.next()
		if s := p.src(p.cur); p.at(kWord) && (s == "first" || s == "last") {
			o.Nulls = s
			p.next()
		} else {
			p.unexpected("'first' or 'last'", "nulls")
		}
	}
	o.At = p.from(start)
	return o
}

// orders reads sort keys.
func (p *parser) orders(where string) []*Order {
	var list []*Order
	for {
		list = append(list, p.order(p.column(where), true))
		if !p.at(kComma) {
			return list
		}
		comma := p.next()
		if p.at(kEOF) || p.at(kBar) || p.at(kRParen) || p.at(kSemicolon) {
			p.missingAfterComma(comma, where)
			return list
		}
	}
}

// unionOperand reads a table, a pattern of tables, a path to them, or (query).
func (p *parser) unionOperand() Expr {
	if p.at(kLParen) {
		return p.paren()
	}
	start := p.start()
	x := p.entity()
	if x == nil {
		return nil
	}
	for i := 0; i < maxChain; i++ {
		switch {
		case p.at(kDot):
			p.next()
			if n := p.wildcardLen(); n > 0 {
				at := p.cur.span()
				w := p.wildcard(n)
				at.End = p.prevEnd
				return &Member{p.from(start), x, &Name{At: At{at}, Value: p.text[w.Span().Start:w.Span().End]}}
			}
			x = p.selector(x, start)
		case p.at(kLBracket):
			x = p.index(x, start)
		default:
			return p.scoped(x, start)
		}
	}
	return x
}

// entity reads the first part of a table's path.
func (p *parser) entity() Expr {
	start := p.start()
	if n := p.wildcardLen(); n > 0 {
		return p.wildcard(n)
	}
	if p.atBracketedWildcard() {
		return p.bracketedWildcard()
	}
	switch {
	case p.atWord(wDatatable):
		return p.datatable()
	case p.atWord(wExternalData):
		return p.externalData()
	case p.atWord(wMaterialize), p.atWord(wToTable):
		return p.tabularCall()
	}
	n := p.nameLen(0, referredName)
	if n == 0 {
		if p.at(kWord) {
			return p.reserved()
		}
		return nil
	}
	name := p.readName(n)
	if p.at(kLParen) {
		return p.callOf(name, nil, start)
	}
	return name
}
