package syntax

import (
	"cmp"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/source"
)

const (
	maxDepth  = 400    // nested brackets and subqueries
	maxChain  = 20_000 // operators in a row without brackets: a or b or c ..
	maxPipe   = 500    // operators of one pipeline; what engines plan grows with its square
	maxErrors = 50     // diagnostics of one text
)

// Parse reads a query text. It always returns a Script; what could not be read
// is in the diagnostics and stands as Bad nodes in the tree. Time and memory are
// linear in the text.
func Parse(f *source.File) (*Script, []source.Diagnostic) {
	if len(f.Text) > maxText {
		return &Script{At: At{source.Span{End: len(f.Text)}}}, []source.Diagnostic{errTooLong(len(f.Text), maxText)}
	}
	toks, diags := lex(f.Text)
	p := &parser{text: f.Text, toks: toks, diags: diags}
	p.cur = toks[0]
	if d, found := p.otherLanguage(); found {
		return &Script{At: At{source.Span{End: len(f.Text)}}, Statements: []Stmt{&BadStmt{At{source.Span{End: len(f.Text)}}}}}, []source.Diagnostic{d}
	}
	s := p.script()
	return s, p.sorted()
}

// parser reads tokens by recursive descent. After the first mistake of an
// operator or statement cur answers kEOF, so every rule ends by itself; resume
// goes on behind it.
type parser struct {
	text    string
	toks    []token
	pos     int
	cur     token // toks[pos], or kEOF while bad
	prevEnd int   // end of the last token read
	bad     bool
	depth   int
	// operatorWord is the innermost operator that is being read, for messages
	operatorWord word
	diags        []source.Diagnostic
}

// next reads a token.
func (p *parser) next() token {
	t := p.cur
	if t.kind != kEOF {
		p.prevEnd = int(t.end)
		p.pos++
		p.cur = p.toks[p.pos]
	}
	return t
}

// ahead returns the token n places on.
func (p *parser) ahead(n int) token {
	if p.bad || p.pos+n >= len(p.toks) {
		return token{kind: kEOF}
	}
	return p.toks[p.pos+n]
}

func (p *parser) at(k kind) bool { return p.cur.kind == k }

func (p *parser) atWord(w word) bool { return p.cur.kind == kWord && p.cur.word == w }

// take reads a token of kind k if it stands here.
func (p *parser) take(k kind) bool {
	if p.cur.kind == k {
		p.next()
		return true
	}
	return false
}

// takeWord reads the keyword w if it stands here.
func (p *parser) takeWord(w word) bool {
	if p.atWord(w) {
		p.next()
		return true
	}
	return false
}

// src returns a token's text.
func (p *parser) src(t token) string { return p.text[t.start:t.end] }

// start is where the next node begins.
func (p *parser) start() int { return int(p.cur.start) }

// from returns the span from start to the last token read.
func (p *parser) from(start int) At {
	return At{source.Span{Start: start, End: max(start, p.prevEnd)}}
}

// touching reports whether the token n places on follows its predecessor
// without space.
func (p *parser) touching(n int) bool {
	return !p.bad && p.pos+n < len(p.toks) && p.toks[p.pos+n-1].end == p.toks[p.pos+n].start
}

// fail records a diagnostic unless the parser is already recovering, and starts
// recovery.
func (p *parser) fail(d source.Diagnostic) {
	if p.bad {
		return
	}
	p.bad = true
	p.warn(d)
	p.cur = token{kind: kEOF, start: p.cur.start, end: p.cur.start, match: -1}
}

// warn records a diagnostic and reads on.
func (p *parser) warn(d source.Diagnostic) {
	if p.bad && d.Severity == source.Error && len(p.diags) > 0 {
		if last := p.diags[len(p.diags)-1]; last.Span == d.Span {
			return
		}
	}
	if len(p.diags) < maxErrors {
		p.diags = append(p.diags, d)
	}
}

// enter goes one level deeper if the limit allows it; leave must follow either way.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.fail(errTooDeep(p.cur.span(), maxDepth))
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }

// found describes the token that stands here for a message.
func (p *parser) found() string {
	t := p.toks[p.pos]
	return describe(t, p.src(t))
}

// here is the place of the token that stands here; at the end of the text, the
// last character.
func (p *parser) here() source.Span {
	t := p.toks[p.pos]
	if t.kind == kEOF {
		return source.Span{Start: p.prevEnd, End: p.prevEnd}
	}
	return t.span()
}

// expect reads a token of kind k or reports what was expected.
func (p *parser) expect(k kind, where string) bool {
	if p.take(k) {
		return true
	}
	p.unexpected(k.text(), where)
	return false
}

// expectWord reads the keyword w or reports it missing.
func (p *parser) expectWord(w word, text, where string) bool {
	if p.takeWord(w) {
		return true
	}
	p.unexpected(quote(text), where)
	return false
}

// unexpected reports what stands here where want was expected. A bad character
// has been reported by the lexer.
func (p *parser) unexpected(want, where string) {
	if p.bad {
		return
	}
	if p.toks[p.pos].kind == kBad {
		p.bad = true
		p.cur = token{kind: kEOF, start: p.cur.start, end: p.cur.start, match: -1}
		return
	}
	p.fail(p.explain(want, where))
}

// open reads an opening bracket and returns its index for shut.
func (p *parser) open(k kind, where string) (int, bool) {
	i := p.pos
	return i, p.expect(k, where)
}

// shut reads the bracket that closes the one at index open.
func (p *parser) shut(open int, where string) {
	k := p.toks[open].kind
	c := k.closer()
	if p.take(c) || p.bad {
		return
	}
	if p.toks[open].match < 0 {
		p.fail(errUnclosed(p.toks[open].span(), p.src(p.toks[open]), c.text()))
		return
	}
	p.unexpected(c.text(), where)
}

// resume ends recovery: it goes to the next "|", ";" or closing bracket that
// belongs to what encloses the token at index from.
func (p *parser) resume(from int) {
	if !p.bad {
		return
	}
	p.bad = false
	i := from
	for p.toks[i].kind != kEOF {
		t := p.toks[i]
		if i >= p.pos && (t.kind == kBar || t.kind == kSemicolon) {
			break
		}
		closing := t.kind == kRParen || t.kind == kRBracket || t.kind == kRBrace
		if i >= p.pos && closing && t.match >= 0 && int(t.match) < from {
			break
		}
		if t.kind.opener() && t.match >= 0 {
			i = int(t.match)
		}
		i++
	}
	p.pos = max(p.pos, i)
	p.cur = p.toks[p.pos]
	if p.pos > 0 {
		p.prevEnd = int(p.toks[p.pos-1].end)
	}
}

// sorted returns the diagnostics in the order of their places; the lexer's come
// first otherwise. A string left open by a quote inside the string before it is
// said once.
func (p *parser) sorted() []source.Diagnostic {
	slices.SortStableFunc(p.diags, func(a, b source.Diagnostic) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return slices.DeleteFunc(p.diags, func(d source.Diagnostic) bool {
		if d.Code != "KQL0004" {
			return false
		}
		for _, e := range p.diags {
			if e.Code == "KQL0045" && e.Span.Start <= d.Span.Start && !strings.Contains(p.text[e.Span.Start:d.Span.Start], "\n") {
				return true
			}
		}
		return false
	})
}
