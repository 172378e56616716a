package syntax

import (
	"unicode"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/source"
)

// maxText bounds a query text; token offsets are 32 bits and no query comes near.
const maxText = 16 << 20

// lexer splits a text into tokens. It never fails: what it can't read becomes a
// kBad token and a diagnostic.
type lexer struct {
	text  string
	pos   int
	toks  []token
	diags []source.Diagnostic
}

// lex returns the tokens of a text, ending with kEOF, brackets matched.
func lex(text string) ([]token, []source.Diagnostic) {
	lx := &lexer{text: text, toks: make([]token, 0, len(text)/5+8)}
	for lx.skipTrivia() {
		lx.scan()
	}
	end := int32(len(text))
	lx.toks = append(lx.toks, token{kind: kEOF, start: end, end: end, match: -1})
	matchBrackets(lx.toks)
	return lx.toks, lx.diags
}

func (lx *lexer) peek(ahead int) byte {
	if lx.pos+ahead < len(lx.text) {
		return lx.text[lx.pos+ahead]
	}
	return 0
}

func (lx *lexer) emit(k kind, end int) {
	lx.toks = append(lx.toks, token{kind: k, start: int32(lx.pos), end: int32(end), match: -1})
	lx.pos = end
}

func (lx *lexer) report(d source.Diagnostic) { lx.diags = append(lx.diags, d) }

// skipTrivia moves to the next token; false at the end.
func (lx *lexer) skipTrivia() bool {
	for lx.pos < len(lx.text) {
		c := lx.text[lx.pos]
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			lx.pos++
		case c == '/' && lx.peek(1) == '/':
			lx.skipLine()
		case c == '#' && len(lx.toks) == 0:
			lx.skipLine() // a directive of Microsoft's editors, #connect ..
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(lx.text[lx.pos:])
			if !isSpace(r) {
				return true
			}
			lx.pos += n
		default:
			return true
		}
	}
	return false
}

func (lx *lexer) skipLine() {
	for lx.pos < len(lx.text) {
		c := lx.text[lx.pos]
		if c == '\n' || c == '\r' {
			return
		}
		// Kusto ends lines at U+2028 and U+2029 too
		if c == 0xe2 && lx.peek(1) == 0x80 && (lx.peek(2) == 0xa8 || lx.peek(2) == 0xa9) {
			return
		}
		lx.pos++
	}
}

// isSpace holds for the characters that Kusto takes as white space.
func isSpace(r rune) bool {
	switch r {
	case 0x180e, 0x200b, 0xfeff, 0x2028, 0x2029:
		return true
	}
	return unicode.Is(unicode.Zs, r)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// identEnd returns where the run of identifier characters from i ends.
func (lx *lexer) identEnd(i int) int {
	for i < len(lx.text) {
		c := lx.text[i]
		if isLetter(c) || isDigit(c) || c == '_' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(lx.text[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		i += n
	}
	return i
}

func (lx *lexer) scan() {
	c := lx.text[lx.pos]
	switch {
	case (c == 'h' || c == 'H') && lx.stringStarts(1):
		lx.scanString(1)
	case isLetter(c) || c == '_' || c == '$':
		lx.scanWord()
	case isDigit(c):
		lx.scanNumber()
	case c == '\'' || c == '"' || (c == '@' || c == '`' || c == '~') && lx.stringStarts(0):
		lx.scanString(0)
	case c >= utf8.RuneSelf:
		r, n := utf8.DecodeRuneInString(lx.text[lx.pos:])
		if unicode.IsLetter(r) {
			lx.scanWord()
			return
		}
		lx.report(errCharacter(lx.span(n), r))
		lx.emit(kBad, lx.pos+n)
	default:
		lx.scanPunctuation(c)
	}
}

func (lx *lexer) span(n int) source.Span { return source.Span{Start: lx.pos, End: lx.pos + n} }

// stringStarts reports whether a string literal begins ahead bytes from here.
func (lx *lexer) stringStarts(ahead int) bool {
	c := lx.peek(ahead)
	if c == '@' {
		c = lx.peek(ahead + 1)
		return c == '\'' || c == '"'
	}
	if c == '`' || c == '~' {
		return lx.peek(ahead+1) == c && lx.peek(ahead+2) == c
	}
	return c == '\'' || c == '"'
}

// single holds the tokens of one character.
var single = [128]kind{
	'(': kLParen, ')': kRParen, '[': kLBracket, ']': kRBracket, '{': kLBrace, '}': kRBrace,
	'|': kBar, '.': kDot, '+': kPlus, '-': kMinus, '*': kStar, '/': kSlash, '%': kPercent,
	'<': kLess, '>': kGreater, '=': kAssign, ':': kColon, ';': kSemicolon, ',': kComma, '@': kAt, '?': kQuestion,
}

func (lx *lexer) scanPunctuation(c byte) {
	k, n := single[c], 1
	switch d := lx.peek(1); {
	case c == '.' && d == '.':
		k, n = kDotDot, 2
	case c == '<' && d == '=':
		k, n = kLessEqual, 2
	case c == '<' && d == '|':
		k, n = kLessBar, 2
	case c == '<' && d == '>':
		k, n = kNotEqual, 2
	case c == '>' && d == '=':
		k, n = kGreaterEqual, 2
	case c == '=' && d == '=':
		k, n = kEqual, 2
	case c == '=' && d == '>':
		k, n = kArrow, 2
	case c == '=' && d == '~':
		k, n = kEqualTilde, 2
	case c == '!' && d == '=':
		k, n = kNotEqual, 2
	case c == '!' && d == '~':
		k, n = kNotTilde, 2
	case c == '!' && isLetter(d):
		if !lx.scanNegated() {
			end := lx.identEnd(lx.pos + 1)
			found := lx.text[lx.pos:end]
			lx.report(errNegation(lx.span(end-lx.pos), found, nearestNegation(found)))
			lx.emit(kBad, end)
		}
		return
	case c == '&' && entityAt(lx.text[lx.pos:]) != "":
		entity := entityAt(lx.text[lx.pos:])
		lx.report(errEntity(lx.span(len(entity)), entity, entities[entity]))
		lx.emit(kBad, lx.pos+len(entity))
		return
	case (c == '&' || c == '|') && c == d:
		lx.report(errSymbolicLogic(lx.span(2), string([]byte{c, d})))
		lx.emit(kBad, lx.pos+2)
		return
	}
	if k == kEOF {
		lx.report(errCharacter(lx.span(1), rune(c)))
		k = kBad
	}
	lx.emit(k, lx.pos+n)
}

// entities are what texts copied from the source of a web page have.
var entities = map[string]string{"&gt;": ">", "&lt;": "<", "&amp;": "&", "&quot;": `"`, "&#39;": "'", "&apos;": "'", "&nbsp;": "a space"}

// entityAt returns the entity at the start of s, "" if there is none.
func entityAt(s string) string {
	for n := 4; n <= 6 && n <= len(s); n++ {
		if _, ok := entities[s[:n]]; ok {
			return s[:n]
		}
	}
	return ""
}

// scanNegated reads !has, !in~ and the like.
func (lx *lexer) scanNegated() bool {
	end := lx.identEnd(lx.pos + 1)
	if end < len(lx.text) && lx.text[end] == '~' {
		if info := keywords[lx.text[lx.pos:end+1]]; info != nil {
			lx.emitWord(info.word, end+1)
			return true
		}
	}
	if info := keywords[lx.text[lx.pos:end]]; info != nil {
		lx.emitWord(info.word, end)
		return true
	}
	return false
}

func (lx *lexer) emitWord(w word, end int) {
	lx.toks = append(lx.toks, token{kind: kWord, word: w, start: int32(lx.pos), end: int32(end), match: -1})
	lx.pos = end
}

// scanWord reads an identifier, a keyword, a boolean, a guid or a typed literal.
func (lx *lexer) scanWord() {
	_, first := utf8.DecodeRuneInString(lx.text[lx.pos:])
	end := lx.identEnd(lx.pos + first)
	text := lx.text[lx.pos:end]
	if next := byteAt(lx.text, end); next == '-' {
		if isHex(text[0]) && end-lx.pos == 8 && lx.guidAt(lx.pos) {
			lx.emit(kGUID, lx.pos+36)
			return
		}
		if dashedPrefixes[text] {
			if w, dashEnd := lx.dashedWord(end); dashEnd > 0 {
				lx.emitWord(w, dashEnd)
				return
			}
		}
	} else if next == '~' && text == "in" {
		lx.emitWord(wInCI, end+1)
		return
	}
	info := keywords[text]
	switch {
	case info == nil && isBool(text):
		lx.emit(kBool, end)
	case info == nil, info.word == wMatches && !lx.regexFollows(end):
		lx.emitWord(wName, end)
	case (info.word == wType || info.word == wNameType) && byteAt(lx.text, end) == '(' && typedLiteral(text) != 0:
		lx.scanTyped(end)
	default:
		lx.emitWord(info.word, end)
	}
}

// regexFollows reports whether the next word behind end is regex: "matches" alone
// is a name.
func (lx *lexer) regexFollows(end int) bool {
	for end < len(lx.text) && (lx.text[end] == ' ' || lx.text[end] >= '\t' && lx.text[end] <= '\r') {
		end++
	}
	return lx.text[end:lx.identEnd(end)] == "regex"
}

func isBool(s string) bool {
	switch s {
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return true
	}
	return false
}

// dashedWord reads a keyword with dashes whose first part ends at end.
func (lx *lexer) dashedWord(end int) (word, int) {
	var found word
	foundEnd := 0
	for byteAt(lx.text, end) == '-' && isLetter(byteAt(lx.text, end+1)) {
		end = lx.identEnd(end + 1)
		if info := keywords[lx.text[lx.pos:end]]; info != nil {
			found, foundEnd = info.word, end
		}
	}
	return found, foundEnd
}

func byteAt(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

// matchBrackets fills token.match. A closing bracket that fits no open one, and
// an opening one that is closed by nothing, keep -1. A "let" or "|" on the first
// column can't repair a missing bracket here; the parser words that.
func matchBrackets(toks []token) {
	var open []int32
	for i := range toks {
		k := toks[i].kind
		if k.opener() {
			open = append(open, int32(i))
			continue
		}
		if k != kRParen && k != kRBracket && k != kRBrace {
			continue
		}
		// brackets of other shapes that stand between stay unmatched
		for j := len(open) - 1; j >= 0 && j > len(open)-4; j-- {
			if toks[open[j]].kind.closer() == k {
				toks[i].match, toks[open[j]].match = open[j], int32(i)
				open = open[:j]
				break
			}
		}
	}
}
