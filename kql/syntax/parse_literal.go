package syntax

import (
	"strings"
)

// literal reads a constant: a string with its neighbours, a number with its
// sign, true, datetime(..), dynamic(..), typeof(..). Nil if none stands here.
func (p *parser) literal() Expr {
	start := p.start()
	switch p.cur.kind {
	case kString:
		return p.stringLiteral()
	case kLong:
		return p.plain(LitLong)
	case kReal:
		return p.plain(LitReal)
	case kTimeSpan:
		return p.plain(LitTimeSpan)
	case kBool:
		x := p.plain(LitBool)
		x.Text = strings.ToLower(x.Text)
		return x
	case kGUID:
		p.warn(errRawGUID(p.cur.span()))
		return p.plain(LitGUID)
	case kTyped:
		return p.typed()
	case kPlus, kMinus:
		next := p.ahead(1)
		if p.touching(1) && (next.kind == kLong || next.kind == kReal || next.kind == kTimeSpan) {
			op := p.src(p.next())
			x := p.literal()
			return &Unary{p.from(start), op, x}
		}
	case kWord:
		if p.ahead(1).kind != kLParen {
			return nil
		}
		switch p.cur.word {
		case wDynamic:
			return p.dynamic()
		case wTypeof:
			return p.typeOf()
		}
	case kLBrace:
		if n := p.placeholderLen(0); n > 0 {
			return p.readName(n)
		}
	}
	return nil
}

// plain makes a literal of the token as it is written.
func (p *parser) plain(k LiteralKind) *Literal {
	t := p.next()
	return &Literal{At: At{t.span()}, Kind: k, Text: p.src(t)}
}

// stringLiteral reads one string or several in a row, which are one value.
func (p *parser) stringLiteral() *Literal {
	start := p.start()
	x := &Literal{Kind: LitString}
	x.Text, x.Obfuscated = stringValue(p.src(p.next()))
	if p.at(kString) {
		var b strings.Builder
		b.WriteString(x.Text)
		for p.at(kString) {
			s, hidden := stringValue(p.src(p.next()))
			b.WriteString(s)
			x.Obfuscated = x.Obfuscated || hidden
		}
		x.Text = b.String()
	}
	x.At = p.from(start)
	return x
}

// typed makes the literal of type(text): the text is checked by bind, which
// knows the type's values.
func (p *parser) typed() Expr {
	t := p.next()
	raw := p.src(t)
	open := strings.IndexByte(raw, '(')
	x := &Literal{At: At{t.span()}, Kind: typedLiteral(raw[:open])}
	x.Text = strings.TrimSpace(strings.TrimSuffix(raw[open+1:], ")"))
	switch x.Kind {
	case LitInt, LitLong, LitReal, LitDecimal, LitTimeSpan:
		if s, found := strings.CutPrefix(x.Text, "-"); found {
			x.Negative, x.Text = true, strings.TrimSpace(s)
		} else if s, found := strings.CutPrefix(x.Text, "+"); found {
			x.Text = strings.TrimSpace(s)
		}
	case LitBool:
		if s := strings.ToLower(x.Text); s == "true" || s == "false" {
			x.Text = s
		}
	case LitGUID, LitDateTime:
		x.Text = unquote(x.Text)
	}
	if x.Kind == LitTimeSpan {
		x.Text = unquote(x.Text)
	}
	if strings.EqualFold(x.Text, "null") && !x.Negative {
		x.Null, x.Text = true, ""
	}
	return x
}

// unquote drops the quotes that Kusto tolerates inside datetime("..").
func unquote(s string) string {
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return strings.TrimSpace(s[1 : n-1])
	}
	return s
}

// dynamic reads dynamic(json).
func (p *parser) dynamic() Expr {
	start := p.start()
	p.next()
	open := p.pos
	p.next()
	x := &Literal{Kind: LitDynamic, JSON: p.json("dynamic()")}
	if lit, ok := x.JSON.(*Literal); ok && lit.Null && lit.Kind == LitDynamic {
		x.Null = true
	}
	p.shut(open, "dynamic()")
	x.At = p.from(start)
	return x
}

// json reads a JSON value or reports it missing. Inside dynamic(..) stand
// Kusto's literals too; a null is a dynamic Literal that is Null.
func (p *parser) json(where string) Expr {
	start := p.start()
	switch p.cur.kind {
	case kLBracket:
		return p.jsonArray()
	case kLBrace:
		if n := p.placeholderLen(0); n > 0 {
			return p.readName(n)
		}
		return p.jsonObject()
	case kMinus:
		if next := p.ahead(1).kind; next == kLong || next == kReal {
			p.next()
			x := p.literal()
			return &Unary{p.from(start), "-", x}
		}
	case kLong, kReal, kString, kBool, kTyped, kTimeSpan, kGUID:
		return p.literal()
	case kWord:
		if p.src(p.cur) == "null" {
			t := p.next()
			return &Literal{At: At{t.span()}, Kind: LitDynamic, Null: true}
		}
		if p.cur.word == wDynamic && p.ahead(1).kind == kLParen {
			if !p.enter() {
				p.leave()
				return &Bad{At{p.here()}}
			}
			x := p.dynamic()
			p.leave()
			return x
		}
	}
	p.unexpected("a json value", where)
	return &Bad{At{p.here()}}
}

func (p *parser) jsonArray() Expr {
	start, open := p.start(), p.pos
	p.next()
	x := &JSONArray{}
	if p.enter() {
		for !p.at(kRBracket) && !p.at(kEOF) {
			x.Items = append(x.Items, p.json("the array"))
			if !p.at(kComma) {
				break
			}
			comma := p.next()
			if p.at(kRBracket) {
				p.fail(errTrailingComma(comma.span(), "the array"))
			}
		}
		p.shut(open, "the array")
	}
	p.leave()
	x.At = p.from(start)
	return x
}

func (p *parser) jsonObject() Expr {
	start, open := p.start(), p.pos
	p.next()
	x := &JSONObject{}
	if p.enter() {
		for !p.at(kRBrace) && !p.at(kEOF) {
			p.jsonPair(x)
			if !p.at(kComma) {
				break
			}
			comma := p.next()
			if p.at(kRBrace) {
				p.fail(errTrailingComma(comma.span(), "the object"))
			}
		}
		p.shut(open, "the object")
	}
	p.leave()
	x.At = p.from(start)
	return x
}

func (p *parser) jsonPair(x *JSONObject) {
	if !p.at(kString) {
		p.unexpected("a key in quotes", "the object")
		return
	}
	t := p.next()
	key := &Name{At: At{t.span()}, Quoted: true}
	key.Value, _ = stringValue(p.src(t))
	p.expect(kColon, "the object")
	x.Keys = append(x.Keys, key)
	x.Values = append(x.Values, p.json("the object"))
}

// typeOf reads typeof(long) or typeof(*, a:long, ..).
func (p *parser) typeOf() Expr {
	start := p.start()
	p.next()
	open := p.pos
	p.next()
	x := &Literal{Kind: LitType}
	if p.at(kWord) && p.ahead(1).kind == kRParen {
		x.Text = p.src(p.cur)
		p.typeName("typeof()", true)
	} else {
		x.Columns = []*TypedName{}
		for !p.at(kRParen) && !p.at(kEOF) {
			if p.take(kStar) {
				x.Open = true
			} else {
				x.Columns = append(x.Columns, p.typedName("typeof()", false))
			}
			if !p.take(kComma) {
				break
			}
		}
		if len(x.Columns) == 0 && !x.Open {
			p.unexpected("a type", "typeof()")
		}
	}
	p.shut(open, "typeof()")
	x.At = p.from(start)
	return x
}
