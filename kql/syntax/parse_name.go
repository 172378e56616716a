package syntax

import (
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// nameLen returns how many tokens the name that stands n places on takes; 0 if
// there is none. least is how free a keyword must be to count.
func (p *parser) nameLen(n int, least nameUse) int {
	switch t := p.ahead(n); t.kind {
	case kWord:
		if t.word == wName || p.mayName(t, least) {
			return 1
		}
	case kLBracket:
		i := n + 1
		for p.ahead(i).kind == kString {
			i++
		}
		if i > n+1 && p.ahead(i).kind == kRBracket {
			return i + 1 - n
		}
	case kLBrace:
		return p.placeholderLen(n)
	}
	return 0
}

// mayName reports whether the keyword t may be a name where least is needed.
func (p *parser) mayName(t token, least nameUse) bool {
	use := nameUses[t.word]
	switch {
	case t.word == wMvApply || t.word == wMvExpand:
		return t.end-t.start == int32(len("mvapply")) || t.end-t.start == int32(len("mvexpand")) && p.text[t.start+2] != '-'
	case least == declaredName:
		return use == declaredName || use == anyName
	case least == referredName:
		return use == referredName || use == anyName
	}
	return use == anyName
}

// placeholderLen returns the tokens of {name} or {name[0]}, which a client tool
// replaces before it sends the query.
func (p *parser) placeholderLen(n int) int {
	if p.ahead(n+1).kind != kWord || !p.touching(n+1) {
		return 0
	}
	i := n + 2
	if p.ahead(i).kind == kLBracket && p.touching(i) {
		i++
		if p.ahead(i).kind == kMinus {
			i++
		}
		if p.ahead(i).kind != kLong || p.ahead(i+1).kind != kRBracket {
			return 0
		}
		i += 2
	}
	if p.ahead(i).kind != kRBrace || !p.touching(i) {
		return 0
	}
	return i + 1 - n
}

// name reads a name, which may be quoted, or reports it missing. A keyword that
// can't be a name here is read as one and reported.
func (p *parser) name(where string) *Name { return p.nameOf(anyName, where) }

func (p *parser) nameOf(least nameUse, where string) *Name {
	if n := p.nameLen(0, least); n > 0 {
		return p.readName(n)
	}
	if p.at(kWord) && isPlainName(p.src(p.cur)) && binaryPrec(p.cur) == precNone {
		p.warn(errNeedsBrackets(p.cur.span(), p.src(p.cur)))
		return p.readName(1)
	}
	p.unexpected("a name", where)
	return &Name{At: At{source.Span{Start: p.prevEnd, End: p.prevEnd}}}
}

// readName reads the name of n tokens that stands here.
func (p *parser) readName(n int) *Name {
	start := p.start()
	switch p.cur.kind {
	case kLBracket:
		p.next()
		lit := p.stringLiteral()
		p.next()
		return &Name{p.from(start), lit.Text, true, false}
	case kLBrace:
		for range n {
			p.next()
		}
		return &Name{p.from(start), p.text[start:p.prevEnd], false, true}
	}
	t := p.next()
	return &Name{At{t.span()}, p.src(t), false, false}
}

// wildcardLen returns the tokens of a name pattern such as Device* or *_id that
// stands here, 0 if there is none. Its parts touch.
func (p *parser) wildcardLen() int { return p.wildcardLenAt(0) }

// wildcardLenAt is wildcardLen of a pattern that begins i tokens ahead.
func (p *parser) wildcardLenAt(i int) int {
	n := 0
	switch {
	case p.ahead(i).kind == kStar:
		n = 1
	case p.ahead(i).kind == kWord && p.ahead(i+1).kind == kStar && p.touching(i+1):
		n = 2
	default:
		return 0
	}
	for {
		switch t := p.ahead(i + n); t.kind {
		case kWord, kLong, kStar:
			if !p.touching(i + n) {
				return n
			}
			n++
		default:
			return n
		}
	}
}

// wildcard reads a pattern of n tokens.
func (p *parser) wildcard(n int) Expr {
	start := p.start()
	for range n {
		p.next()
	}
	at := p.from(start)
	if n == 1 {
		return &Star{at}
	}
	return &Wildcard{At: at, Pattern: p.text[at.At.Start:at.At.End]}
}

// atBracketedWildcard reports whether [Device*] stands here.
func (p *parser) atBracketedWildcard() bool {
	return p.at(kLBracket) && p.wildcardLenAt(1) > 0
}

// bracketedWildcard reads [Device*] or [*]. The latter is a Wildcard too: it may begin
// a query, a Star may not.
func (p *parser) bracketedWildcard() Expr {
	start := p.start()
	p.next()
	w := &Wildcard{Quoted: true}
	at := p.start()
	for range p.wildcardLen() {
		p.next()
	}
	w.Pattern = p.text[at:p.prevEnd]
	p.expect(kRBracket, "name pattern")
	w.At = p.from(start)
	return w
}

// typedName reads name:type, or name:(columns) where tables are allowed.
func (p *parser) typedName(where string, table bool) *TypedName {
	start := p.start()
	x := &TypedName{Name: p.nameOf(declaredName, where)}
	if p.expect(kColon, where) {
		if table && p.at(kLParen) {
			p.tableType(x, where)
		} else {
			x.Type, x.TypeAt = p.typeName(where, false)
		}
	}
	x.At = p.from(start)
	return x
}

// tableType reads (a:long, ..) or (*).
func (p *parser) tableType(x *TypedName, where string) {
	open := p.pos
	start := p.start()
	p.next()
	if p.take(kStar) {
		x.Open = true
	} else {
		x.Table = p.columns(where)
	}
	p.shut(open, where)
	x.TypeAt = p.from(start).At
}

// columns reads name:type, .. up to ")"; a trailing comma is allowed.
func (p *parser) columns(where string) []*TypedName {
	list := []*TypedName{}
	for !p.at(kRParen) && !p.at(kEOF) {
		list = append(list, p.typedName(where, false))
		if !p.take(kComma) {
			break
		}
	}
	return list
}

// schema reads (a:long, ..).
func (p *parser) schema(where string) []*TypedName {
	open, ok := p.open(kLParen, where)
	if !ok {
		return nil
	}
	p.take(kComma)
	list := p.columns(where)
	p.shut(open, where)
	return list
}

// typeName reads a scalar type. Kusto takes the names of other sizes (int16,
// float ..) in typeof only.
func (p *parser) typeName(where string, extended bool) (types.Type, source.Span) {
	if !p.at(kWord) {
		p.unexpected("a type", where)
		return types.Unknown, source.NoSpan
	}
	t := p.next()
	text := p.src(t)
	typ, ok := types.Parse(text)
	if ok && !extended {
		switch text {
		case "uuid", "float", "int16", "int32", "uint", "uint16", "uint32", "uint64", "uint8", "ulong":
			ok = false
		}
	}
	if !ok {
		p.warn(errType(t.span(), text))
		return types.Unknown, t.span()
	}
	return typ, t.span()
}
