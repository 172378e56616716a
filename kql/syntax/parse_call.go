package syntax

import "github.com/goshawk-hunt/goshawk/source"

// callOf reads (args) behind a function's name; before is what stands in front
// of its dot.
func (p *parser) callOf(name *Name, before Expr, start int) Expr {
	open := p.pos
	p.next()
	c := &Call{F: name, X: before}
	if p.enter() {
		c.Args = p.list(p.argument, name.Value+"()", false)
		if p.at(kBar) && len(c.Args) > 0 && p.toks[open].match >= 0 {
			p.fail(errQueryArgument(p.cur.span(), name.Value))
		}
		p.shut(open, "the arguments of "+name.Value+"()")
	}
	p.leave()
	c.At = p.from(start)
	return c
}

// argument reads *, name = x or x.
func (p *parser) argument() Expr {
	if p.at(kStar) {
		if k := p.ahead(1).kind; k == kRParen || k == kComma {
			t := p.next()
			return &Star{At{t.span()}}
		}
	}
	return p.named()
}

// named reads x, name = x or (a, b) = x.
func (p *parser) named() Expr {
	start := p.start()
	if n := p.nameLen(0, declaredName); n > 0 && p.ahead(n).kind == kAssign {
		name := p.readName(n)
		p.next()
		return &Named{Names: []*Name{name}, X: p.operand(name.Value + " ="), At: p.from(start)}
	}
	if p.at(kWord) && (p.ahead(1).kind == kAssign || p.ahead(1).kind == kMinus && p.touching(1)) {
		if x := p.misnamed(); x != nil {
			return x
		}
	}
	if p.at(kLParen) && p.startsTuple() {
		return p.tuple()
	}
	return p.expr()
}

// misnamed reads first = x or a-b = x, whose names need brackets, and reports
// that; nil if no "=" follows.
func (p *parser) misnamed() Expr {
	n := 1
	for p.touching(n) && (p.ahead(n).kind == kMinus || p.ahead(n).kind == kWord) {
		n++
	}
	if p.ahead(n).kind != kAssign {
		return nil
	}
	start := p.start()
	at := source.Span{Start: start, End: int(p.ahead(n - 1).end)}
	p.warn(errNeedsBrackets(at, p.text[at.Start:at.End]))
	for range n + 1 {
		p.next()
	}
	name := &Name{At: At{at}, Value: p.text[at.Start:at.End]}
	return &Named{Names: []*Name{name}, X: p.operand(name.Value + " ="), At: p.from(start)}
}

// startsTuple reports whether (a, b) = stands here.
func (p *parser) startsTuple() bool {
	if p.cur.match < 0 || int(p.cur.match)+1 >= len(p.toks) || p.toks[p.cur.match+1].kind != kAssign {
		return false
	}
	n := 1
	for {
		l := p.nameLen(n, declaredName)
		if l == 0 {
			return false
		}
		n += l
		switch p.ahead(n).kind {
		case kComma:
			n++
		case kRParen:
			return true
		default:
			return false
		}
	}
}

func (p *parser) tuple() Expr {
	start, open := p.start(), p.pos
	p.next()
	x := &Named{Tuple: true}
	for {
		x.Names = append(x.Names, p.nameOf(declaredName, "(a, b) ="))
		if !p.take(kComma) {
			break
		}
	}
	p.shut(open, "(a, b) =")
	p.expect(kAssign, "(a, b)")
	x.X = p.operand("(a, b) =")
	x.At = p.from(start)
	return x
}
