package syntax

import "github.com/goshawk-hunt/goshawk/source"

// Precedences of binary operators, loosest first. Kusto's string operators bind
// tighter than multiplication; equality, relations and string operators don't
// chain (a == b == c is a mistake).
const (
	precNone = iota
	precOr
	precAnd
	precEquality
	precRelation
	precSum
	precProduct
	precText
)

// binaryPrec returns the precedence of the operator that t is, precNone if it is
// none.
func binaryPrec(t token) int {
	switch t.kind {
	case kWord:
		return wordPrec(t.word)
	case kEqual, kNotEqual:
		return precEquality
	case kLess, kLessEqual, kGreater, kGreaterEqual:
		return precRelation
	case kPlus, kMinus:
		return precSum
	case kStar, kSlash, kPercent:
		return precProduct
	case kEqualTilde, kNotTilde, kColon:
		return precText
	}
	return precNone
}

func wordPrec(w word) int {
	switch w {
	case wOr:
		return precOr
	case wAnd:
		return precAnd
	case wIn, wInCI, wNotIn, wNotInCI, wHasAny, wHasAll, wBetween, wNotBetween:
		return precEquality
	case wContains, wContainsCS, wContainscs, wEndsWith, wEndsWithCS, wHas, wHasCS, wHasPrefix, wHasPrefixCS,
		wHasSuffix, wHasSuffixCS, wLike, wLikeCS, wMatches, wNotContains, wNotContainsCS, wNotEndsWith,
		wNotEndsWithCS, wNotHas, wNotHasCS, wNotHasPrefix, wNotHasPrefixCS, wNotHasSuffix, wNotHasSuffixCS,
		wNotLike, wNotLikeCS, wNotStartsWith, wNotStartsWithCS, wNotcontains, wNotcontainscs,
		wStartsWith, wStartsWithCS:
		return precText
	}
	return precNone
}

// chains reports whether operators of a precedence may follow each other.
func chains(prec int) bool {
	return prec == precOr || prec == precAnd || prec == precSum || prec == precProduct
}

// expr reads an expression without "|" and without "name =", nil if none stands
// here.
func (p *parser) expr() Expr {
	if !p.enter() {
		p.leave()
		return &Bad{At{p.here()}}
	}
	x := p.binary(precOr)
	p.leave()
	return x
}

// operand is expr that must be there.
func (p *parser) operand(where string) Expr {
	if x := p.expr(); x != nil {
		return x
	}
	p.unexpected("an expression", where)
	return &Bad{At{p.here()}}
}

// binary reads operators of at least precedence lowest.
func (p *parser) binary(lowest int) Expr {
	start := p.start()
	x := p.unary()
	if x == nil {
		return nil
	}
	limit := precText
	for n := 0; ; n++ {
		prec := binaryPrec(p.cur)
		if prec < lowest || prec > limit || prec == precNone {
			return x
		}
		if n > maxChain {
			p.fail(errTooLongChain(p.cur.span(), maxChain))
			return x
		}
		if prec == precEquality && p.cur.kind == kWord {
			if p.atWord(wIn) && p.ahead(1).kind == kWord && p.ahead(1).word == wRange {
				return x // make-series .. in range(..)
			}
			x = p.membership(x, start)
		} else {
			x = p.infix(x, start, prec)
		}
		limit = prec
		if !chains(prec) {
			limit = prec - 1
		}
	}
}

// infix reads an operator and its right side.
func (p *parser) infix(x Expr, start, prec int) Expr {
	op, at := p.operatorText()
	if op == "has" && p.at(kWord) && p.ahead(1).kind == kLParen {
		if d, spaced := p.sqlWord(p.cur, p.src(p.cur)); spaced {
			p.fail(d)
		}
	}
	y := p.binary(prec + 1)
	if y == nil {
		p.unexpected("an expression", "the right side of "+quote(op))
		y = &Bad{At{p.here()}}
	}
	return &Binary{p.from(start), op, at, x, y}
}

// operatorText reads an infix operator; "matches regex" is two words.
func (p *parser) operatorText() (string, source.Span) {
	t := p.next()
	at := t.span()
	if t.kind == kNotEqual {
		return "!=", at
	}
	if t.kind == kWord && t.word == wMatches {
		p.next() // regex, the lexer has seen it
		at.End = p.prevEnd
		return "matches regex", at
	}
	return p.src(t), at
}

// membership reads in (..), has_any (..), between (a .. b) behind x.
func (p *parser) membership(x Expr, start int) Expr {
	w := p.cur.word
	op, at := p.operatorText()
	if p.at(kString) && w != wBetween && w != wNotBetween {
		// What was meant is clear: tell the mistake and read on.
		value := p.src(p.toks[p.pos])
		if len(value) > 60 {
			value = ".."
		}
		d := errListBrackets(p.here(), op, p.found(), value)
		d.Fix = source.Replace(p.toks[p.pos].span(), "("+p.src(p.toks[p.pos])+")")
		p.warn(d)
		in := &In{X: x, Op: op, OpAt: at, List: []Expr{p.literal()}}
		in.At = p.from(start)
		return in
	}
	open, ok := p.open(kLParen, quote(op))
	if !ok {
		return &Bad{p.from(start)}
	}
	if w == wBetween || w == wNotBetween {
		b := &Between{X: x, Not: w == wNotBetween, OpAt: at}
		b.Low = p.operand(op)
		p.expect(kDotDot, op)
		b.High = p.operand(op)
		p.shut(open, op)
		b.At = p.from(start)
		return b
	}
	in := &In{X: x, Op: op, OpAt: at}
	in.List = p.list(p.tabular, op, false)
	if len(in.List) == 0 {
		p.unexpected("a value", quote(op))
	}
	for _, y := range in.List {
		if pl, ok := y.(*Pipeline); ok && len(in.List) > 1 {
			p.warn(errQueryAmongValues(pl.Span(), op))
			break
		}
	}
	p.shut(open, op)
	in.At = p.from(start)
	return in
}

// list reads elements separated by commas; none at all is fine. An element that
// is missing behind a comma is a mistake unless trailing allows it.
func (p *parser) list(element func() Expr, where string, trailing bool) []Expr {
	var list []Expr
	x := element()
	if x == nil && p.at(kComma) {
		p.unexpected("an expression", where)
	}
	for x != nil {
		list = append(list, x)
		if !p.at(kComma) {
			break
		}
		comma := p.next()
		if x = element(); x == nil && !trailing {
			p.missingAfterComma(comma, where)
		}
	}
	return list
}

// missingAfterComma reports an element that is missing behind a comma.
func (p *parser) missingAfterComma(comma token, where string) {
	switch p.cur.kind {
	case kEOF, kBar, kSemicolon, kRParen, kRBracket, kRBrace:
		if !p.bad {
			p.fail(errTrailingComma(comma.span(), where))
		}
	default:
		p.unexpected("an expression", where)
	}
}

// unary reads -x, +x, *, or a path.
func (p *parser) unary() Expr {
	switch p.cur.kind {
	case kMinus, kPlus:
		start := p.start()
		op := p.src(p.next())
		x := p.path()
		if x == nil {
			p.unexpected("an expression", quote(op))
			x = &Bad{At{p.here()}}
		}
		return &Unary{p.from(start), op, x}
	case kStar:
		// * has "x" and * == "x" look at every column
		if next := p.ahead(1); next.kind == kEqual || binaryPrec(next) == precText {
			t := p.next()
			return &Star{At{t.span()}}
		}
		return nil
	}
	return p.path()
}

// path reads a primary and the .name, .f(..) and [index] behind it.
func (p *parser) path() Expr {
	start := p.start()
	x := p.primary()
	if x == nil {
		return nil
	}
	for n := 0; ; n++ {
		switch {
		case n > maxChain:
			p.fail(errTooLongChain(p.cur.span(), maxChain))
			return x
		case p.at(kDot):
			p.next()
			x = p.selector(x, start)
		case p.at(kLBracket):
			x = p.index(x, start)
		default:
			return x
		}
	}
}

// selector reads what stands behind the dot of x: a name, f(..) or [index].
func (p *parser) selector(x Expr, start int) Expr {
	n := p.nameLen(0, referredName)
	if n == 0 && p.at(kLBracket) {
		if next := p.ahead(1); next.kind == kStar || next.kind == kWord && p.ahead(2).kind == kStar {
			p.unexpected("a name", "'.'")
		}
		return p.index(x, start)
	}
	name := p.nameOf(referredName, "'.'")
	if p.at(kLParen) {
		return p.callOf(name, x, start)
	}
	return &Member{p.from(start), x, name}
}

// index reads [i] behind x.
func (p *parser) index(x Expr, start int) Expr {
	open := p.pos
	p.next()
	i := p.operand("'[]'")
	p.shut(open, "'[]'")
	return &Index{p.from(start), x, i}
}

// primary reads a literal, a call, a bracketed expression or a name; nil if
// none of these stands here.
func (p *parser) primary() Expr {
	switch p.cur.kind {
	case kString, kLong, kReal, kTimeSpan, kBool, kGUID, kTyped:
		return p.literal()
	case kLParen:
		return p.paren()
	case kLBracket:
		return p.bracketed()
	case kLBrace:
		if n := p.placeholderLen(0); n > 0 {
			return p.readName(n)
		}
		return nil
	case kWord:
		return p.word()
	}
	return nil
}

// word reads an expression that begins with a word.
func (p *parser) word() Expr {
	next := p.ahead(1).kind
	switch p.cur.word {
	case wName:
	case wDatatable:
		return p.datatable()
	case wExternalData:
		return p.externalData()
	case wToScalar, wToTable, wMaterialize:
		return p.tabularCall()
	case wEntityGroup:
		if next == kLBracket {
			return p.entityGroup()
		}
	case wDynamic:
		if next == kLParen {
			return p.dynamic()
		}
	case wTypeof:
		if next == kLParen {
			return p.typeOf()
		}
	case wType:
		if next == kLParen && typedLiteral(p.src(p.cur)) != 0 {
			p.fail(errTypedSpace(p.cur.span(), p.src(p.cur)))
			return &Bad{At{p.here()}}
		}
	}
	if !p.mayName(p.cur, referredName) && p.cur.word != wName {
		return p.reserved()
	}
	if p.src(p.cur) == "inline_external_table" && (next == kLParen || p.src(p.ahead(1)) == "kind") {
		return p.inlineExternalTable()
	}
	start := p.start()
	t := p.next()
	name := &Name{At{t.span()}, p.src(t), false, false}
	if p.at(kLParen) {
		return p.callOf(name, nil, start)
	}
	return p.scoped(name, start)
}

// reserved answers for a keyword where an operand is expected: a name that needs
// brackets if the keyword has no role in queries, or if an operator follows as it
// follows names; else there is no operand.
func (p *parser) reserved() Expr {
	t, next := p.cur, p.ahead(1)
	switch t.word {
	case wReserved, wSoft, wType:
	default:
		follows := binaryPrec(next) != precNone && next.kind != kStar && next.kind != kMinus && next.kind != kPlus
		if !follows || binaryPrec(t) != precNone {
			return nil
		}
	}
	p.warn(errNeedsBrackets(t.span(), p.src(t)))
	p.next()
	return &Name{At{t.span()}, p.src(t), false, false}
}

// scoped reads the datascope=hotcache that may follow a table.
func (p *parser) scoped(x Expr, start int) Expr {
	if !p.at(kWord) || p.src(p.cur) != "datascope" || p.ahead(1).kind != kAssign {
		return x
	}
	p.next()
	p.next()
	if !p.at(kWord) {
		p.unexpected("a scope such as hotcache", "datascope=")
		return x
	}
	scope := p.readName(1)
	return &DataScope{p.from(start), x, scope}
}

// paren reads (x) where x may be a query.
func (p *parser) paren() Expr {
	start, open := p.start(), p.pos
	p.next()
	if !p.enter() {
		p.leave()
		return &Bad{p.from(start)}
	}
	x := p.tabular()
	p.leave()
	if x == nil {
		p.unexpected("an expression", "'(..)'")
		x = &Bad{At{p.here()}}
	}
	if p.at(kComma) && !p.bad {
		p.fail(errTuple(p.cur.span()))
	}
	p.shut(open, "'(..)'")
	return &Paren{p.from(start), x}
}

// bracketed reads ['name'] or [Device*].
func (p *parser) bracketed() Expr {
	start := p.start()
	if n := p.nameLen(0, anyName); n > 0 {
		name := p.readName(n)
		if p.at(kLParen) {
			return p.callOf(name, nil, start)
		}
		return p.scoped(name, start)
	}
	if p.atBracketedWildcard() {
		return p.bracketedWildcard()
	}
	return nil
}
