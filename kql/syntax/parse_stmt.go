package syntax

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/source"
)

// script reads all statements.
func (p *parser) script() *Script {
	s := &Script{At: At{source.Span{End: len(p.text)}}}
	if p.at(kDot) && p.ahead(1).kind == kWord && p.touching(1) {
		s.Statements = append(s.Statements, p.command())
		return s
	}
	s.Statements = p.statements(kEOF)
	return s
}

// statements reads statements up to a token of kind end, which stays.
func (p *parser) statements(end kind) []Stmt {
	var list []Stmt
	for !p.at(kEOF) && !p.at(end) {
		from := p.pos
		list = append(list, p.statement())
		if !p.bad && !p.at(kSemicolon) && !p.at(kEOF) && !p.at(end) {
			p.afterStatement()
		}
		p.resume(from)
		if !p.at(kSemicolon) {
			if p.at(kBar) && !p.bad {
				// the statement broke off before its operators: they are read for
				// their own mistakes
				list = append(list, p.orphanOperators())
			}
			if !p.at(kSemicolon) && !p.at(kEOF) && !p.at(end) {
				if p.pos == from {
					p.next()
				}
				continue
			}
		}
		if p.take(kSemicolon) && p.at(kSemicolon) {
			p.warn(errEmptyStatement(p.cur.span()))
			for p.take(kSemicolon) {
			}
		}
	}
	return list
}

func (p *parser) orphanOperators() Stmt {
	start := p.start()
	pl := &Pipeline{Source: &Bad{At{source.Span{Start: start, End: start}}}}
	p.operators(pl)
	pl.At = p.from(start)
	return &ExprStmt{pl.At, pl}
}

// statement reads one statement without its ";".
func (p *parser) statement() Stmt {
	start := p.start()
	if p.at(kWord) {
		next := p.ahead(1)
		switch p.cur.word {
		case wAlias:
			if next.kind == kWord && p.src(next) == "database" {
				return p.alias()
			}
		case wLet:
			if next.kind == kWord || next.kind == kLBracket || next.kind == kLBrace {
				return p.let()
			}
		case wSet:
			return p.set()
		case wDeclare:
			if next.kind == kWord && p.src(next) == "pattern" {
				return p.pattern()
			}
			if next.kind == kWord && p.src(next) == "query_parameters" {
				return p.queryParameters()
			}
		case wRestrict:
			if next.kind == kWord && p.src(next) == "access" {
				return p.restrict()
			}
		}
	}
	p.label()
	x := p.tabular()
	if x == nil {
		p.unexpected("a query or a statement", "")
		return &BadStmt{p.from(start)}
	}
	return &ExprStmt{At{x.Span()}, x}
}

// label warns of "Query:" on a line of its own, which comes with copied text.
// Kusto reads it as the operator ":", so the tree has that.
func (p *parser) label() {
	if !p.at(kWord) || p.ahead(1).kind != kColon {
		return
	}
	if colon := p.ahead(1); strings.Contains(p.text[colon.end:p.ahead(2).start], "\n") {
		at := source.Span{Start: p.start(), End: int(colon.end)}
		p.warn(errLabel(at, p.text[at.Start:at.End]))
	}
}

func (p *parser) alias() Stmt {
	start := p.start()
	p.next()
	p.next()
	s := &AliasStmt{Name: p.name("alias database")}
	p.expect(kAssign, "alias database")
	s.X = p.operand("alias database")
	s.At = p.from(start)
	return s
}

func (p *parser) let() Stmt {
	start := p.start()
	p.next()
	s := &LetStmt{Name: p.name("let")}
	p.expect(kAssign, "let")
	switch {
	case p.startsFunction():
		s.X = p.function()
	default:
		s.X = p.tabular()
		if s.X == nil {
			p.unexpected("a value, a query or a function", "let")
			s.X = &Bad{At{p.here()}}
		}
	}
	s.At = p.from(start)
	return s
}

func (p *parser) set() Stmt {
	start := p.start()
	p.next()
	s := &SetStmt{Name: p.name("set")}
	if p.take(kAssign) {
		s.Value = p.operand("set")
	}
	s.At = p.from(start)
	return s
}

func (p *parser) queryParameters() Stmt {
	start := p.start()
	p.next()
	p.next()
	s := &DeclareStmt{Params: p.params("declare query_parameters")}
	s.At = p.from(start)
	return s
}

// pattern reads declare pattern name = (..)[..] { (..).[..] = { .. }; .. }.
func (p *parser) pattern() Stmt {
	const where = "declare pattern"
	start := p.start()
	p.next()
	p.next()
	s := &PatternStmt{Name: p.name(where)}
	if p.take(kAssign) {
		s.Params = p.params(where)
		if p.at(kLBracket) {
			open, _ := p.open(kLBracket, where)
			s.Path = p.typedName(where, false)
			p.shut(open, where)
		}
		open, ok := p.open(kLBrace, where)
		for ok && !p.bad && !p.at(kRBrace) && !p.at(kEOF) {
			s.Entries = append(s.Entries, p.patternEntry(where))
			if !p.take(kSemicolon) {
				break
			}
		}
		if ok {
			p.shut(open, where)
		}
	}
	s.At = p.from(start)
	s.Text = p.text[s.At.At.Start:s.At.At.End]
	return s
}

// patternEntry reads (values).[path] = { body }.
func (p *parser) patternEntry(where string) *PatternEntry {
	start := p.start()
	e := &PatternEntry{}
	if open, ok := p.open(kLParen, where); ok {
		e.Values = p.list(p.literal, where, false)
		p.shut(open, where)
	}
	if p.take(kDot) {
		if open, ok := p.open(kLBracket, where); ok {
			e.Path = p.literal()
			if e.Path == nil {
				p.unexpected("a literal", where)
			}
			p.shut(open, where)
		}
	}
	p.expect(kAssign, where)
	open, ok := p.open(kLBrace, where)
	if ok && p.enter() {
		e.Body = p.statements(kRBrace)
		p.shut(open, where)
	}
	if ok {
		p.leave()
	}
	e.At = p.from(start)
	return e
}

func (p *parser) jump(i int) {
	p.pos = i
	p.cur = p.toks[i]
	p.prevEnd = int(p.toks[max(0, i-1)].end)
}

func (p *parser) restrict() Stmt {
	start := p.start()
	p.next()
	p.next()
	p.expectWord(wTo, "to", "restrict access")
	s := &RestrictStmt{}
	open, ok := p.open(kLParen, "restrict access to")
	if ok {
		s.Entities = p.list(p.unionOperand, "restrict access to", false)
		p.shut(open, "restrict access to")
	}
	if p.takeWord(wWith) {
		s.With = p.properties("restrict access to .. with", false)
	}
	s.At = p.from(start)
	return s
}

// command keeps a management command; it is no query.
func (p *parser) command() Stmt {
	start := p.start()
	first := p.cur.span()
	p.next()
	if p.at(kWord) {
		first.End = int(p.cur.end)
	}
	s := &CommandStmt{At: At{source.Span{Start: start, End: len(p.text)}}, Text: strings.TrimSpace(p.text[start:])}
	s.At.At.End = start + len(s.Text)
	p.diags = p.diags[:0]
	p.warn(errCommand(first, p.text[first.Start:first.End]))
	return s
}

// startsFunction reports whether a function literal stands here: view (..),
// (name:type, ..) or ().
func (p *parser) startsFunction() bool {
	i := 0
	if p.atWord(wView) {
		i = 1
	}
	if p.ahead(i).kind != kLParen {
		return false
	}
	next := p.ahead(i + 1)
	if next.kind == kRParen || next.kind == kStar {
		return true
	}
	n := p.nameLen(i+1, declaredName)
	if n == 0 {
		return false
	}
	// (a, b) { .. } is a function whose types are missing
	closer := p.ahead(i).match
	return p.ahead(i+1+n).kind == kColon || closer >= 0 && p.toks[closer+1].kind == kLBrace
}

// function reads [view] (params) { body }.
func (p *parser) function() Expr {
	start := p.start()
	f := &FuncLit{View: p.takeWord(wView)}
	f.Params = p.params("function")
	open, ok := p.open(kLBrace, "function")
	if ok && p.enter() {
		f.Body = p.statements(kRBrace)
		p.shut(open, "function")
	}
	if ok {
		p.leave()
	}
	f.At = p.from(start)
	return f
}

// params reads (name:type = default, ..).
func (p *parser) params(where string) []*Param {
	open, ok := p.open(kLParen, where)
	if !ok {
		return nil
	}
	var list []*Param
	for !p.at(kRParen) && !p.at(kEOF) {
		start := p.start()
		x := &Param{TypedName: *p.typedName(where, true)}
		if p.take(kAssign) {
			x.Default = p.paramDefault(where)
		}
		x.At = p.from(start)
		list = append(list, x)
		if !p.take(kComma) {
			break
		}
		if p.at(kRParen) {
			p.fail(errTrailingComma(p.lastToken(), where))
		}
	}
	p.shut(open, where)
	return list
}

// paramDefault reads a literal or a bare word.
func (p *parser) paramDefault(where string) Expr {
	if x := p.literal(); x != nil {
		return x
	}
	if p.at(kWord) {
		return p.name(where)
	}
	p.unexpected("a literal", where)
	return &Bad{At{p.here()}}
}

// lastToken is the place of the token read last.
func (p *parser) lastToken() source.Span { return p.toks[max(0, p.pos-1)].span() }
