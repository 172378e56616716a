package syntax

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/source"
)

// explain finds the most helpful words for a token that stands where want was
// expected.
func (p *parser) explain(want, where string) source.Diagnostic {
	t := p.toks[p.pos]
	if keywords[strings.Trim(want, "'")] != nil && t.kind == kWord {
		return errUnexpected(p.here(), p.found(), want, where)
	}
	if d, ok := p.misplaced(t); ok && (d.Code != "KQL0044" || strings.HasPrefix(want, "'|'") || want == "')'") {
		return d
	}
	op := strings.Trim(where, "'")
	if want == "an expression" {
		if t.kind == kLBracket {
			return errBareList(t.span())
		}
		if binaryPrec(t) != precNone && t.kind != kStar && t.kind != kColon {
			return errNoLeftSide(t.span(), p.src(t))
		}
	}
	if info := keywords[op]; want == "'('" && info != nil && wordPrec(info.word) == precEquality {
		value := ".."
		switch t.kind {
		case kString, kLong, kReal, kTimeSpan, kTyped, kWord:
			if text := p.src(t); info.word != wBetween && info.word != wNotBetween && len(text) <= 60 {
				value = text
			}
		}
		return errListBrackets(p.here(), op, p.found(), value)
	}
	switch t.kind {
	case kEOF, kBar, kSemicolon, kRParen, kRBracket, kRBrace, kComma:
		if strings.HasPrefix(want, "'|'") {
			break
		}
		return errMissing(p.here(), want, where)
	}
	return errUnexpected(p.here(), p.found(), want, where)
}

// misplaced recognises common mistakes by the token that can't stand here.
func (p *parser) misplaced(t token) (source.Diagnostic, bool) {
	text := p.src(t)
	prev := token{kind: kEOF}
	if p.pos > 0 {
		prev = p.toks[p.pos-1]
	}
	if at, ok := DashComment(p.text, int(t.start)); ok && t.kind != kEOF {
		return errComment(at, "--"), true
	}
	switch t.kind {
	case kRParen, kRBracket, kRBrace:
		if t.match < 0 {
			return errUnopened(t.span(), text), true
		}
	case kAssign:
		before := p.toks[max(0, p.pos-2)]
		switch {
		case p.src(prev) == "==" && prev.end == t.start:
			return errThreeEquals(source.Span{Start: int(prev.start), End: int(t.end)}), true
		case p.comparing():
			return errAssign(t.span()), true
		case prev.kind == kWord && (p.pos == 1 || p.pos > 1 && before.kind == kSemicolon):
			return errLetName(t.span(), p.src(prev)), true
		}
		return errNamedPath(t.span()), true
	case kWord:
		if lower := strings.ToLower(text); lower != text && keywords[lower] != nil && binaryPrec(token{kind: kWord, word: keywords[lower].word}) != precNone {
			return errCase(t.span(), text, lower), true
		}
		if prev.kind == kWord && prev.word == wName && strings.EqualFold(p.src(prev), "not") {
			return errNot(prev.span()), true
		}
		if d, ok := p.sqlWord(t, text); ok {
			return d, true
		}
		if d, ok := p.foreignWord(t, prev, text); ok {
			return d, true
		}
		switch {
		case !endsOperand(prev):
		case p.beginsLine(t) && (beginsStatement(t.word) || p.operatorWord == wName && beginsQuery(t.word)):
			return errNoSemicolon(t.span(), quote(text)), true
		case operatorReader(t.word) != nil && (p.beginsLine(t) || !p.mayName(t, anyName)):
			return errNoPipe(t.span(), text), true
		case prev.kind == kString && prev.end == t.start:
			return errQuoteInside(t.span(), p.text[prev.end-1:prev.end]), true
		}
	}
	if t.kind == kMinus && prev.kind == kMinus && prev.end == t.start && p.beginsLine(prev) {
		return errComment(source.Span{Start: int(prev.start), End: int(t.end)}, "--"), true
	}
	if t.kind == kStar && p.src(prev) == "/" && prev.end == t.start {
		return errComment(source.Span{Start: int(prev.start), End: int(t.end)}, "/*"), true
	}
	switch {
	case text == "==" && p.pos > 1 && p.toks[p.pos-2].word == wLet && p.toks[p.pos-2].kind == kWord:
		return errLetEquals(t.span()), true
	case !endsOperand(prev):
	case binaryPrec(t) != precNone && binaryPrec(t) != precProduct:
		return errChained(t.span(), text), true
	case beginsOperand(t) && p.operatorWord != wName && !p.beginsLine(t):
		return errTwoOperands(t.span(), p.found(), describe(prev, p.src(prev)), p.comparing()), true
	}
	return source.Diagnostic{}, false
}

// behind maps words that other languages put behind an operand to the way out.
var behind = map[string]string{
	"descending": "write desc", "ascending": "write asc", "eq": "write == or =~", "equals": "write == or =~", "equal": "write == or =~",
	"ne": "write !=", "gt": "write >", "lt": "write <", "ge": "write >=", "le": "write <=", "regex": "write matches regex",
	"regexp": "write matches regex", "rlike": "write matches regex", "then": "write iff(condition, a, b) or case(condition, a, .., b)",
	"when": "write case(condition, value, condition, value, .., other)", "group": "write by, without group",
	"day": "write it without a blank: 1d", "days": "write it without a blank: 7d", "hour": "write it without a blank: 1h",
	"hours": "write it without a blank: 12h", "minute": "write it without a blank: 1m", "minutes": "write it without a blank: 30m",
	"second": "write it without a blank: 1s", "seconds": "write it without a blank: 30s",
}

// foreignWord recognises words of other languages behind an operand, and operators
// that are written like functions.
func (p *parser) foreignWord(t, prev token, text string) (source.Diagnostic, bool) {
	next := p.toks[min(p.pos+1, len(p.toks)-1)]
	stands := binaryPrec(t) == precEquality || binaryPrec(t) == precText
	if prev.kind == kDot && stands {
		return errMethod(t.span(), text), true
	}
	if next.kind == kLParen && stands && prev.kind == kWord && operatorReader(prev.word) != nil {
		return errMethod(t.span(), text), true
	}
	if !endsOperand(prev) || p.beginsLine(t) {
		return source.Diagnostic{}, false
	}
	before := describe(prev, p.src(prev))
	if t.word == wAs && p.operatorWord != wName {
		return errBehind(t.span(), p.found(), before, "a name stands before its value: n = count(); the operator 'as' needs '|' before it"), true
	}
	hint := behind[strings.ToLower(text)]
	switch {
	case hint != "":
	case prev.kind == kLong && slices.Contains([]string{"d", "h", "m", "s", "ms"}, text):
		hint = "write it without a blank: " + p.src(prev) + text
	case strings.EqualFold(p.src(prev), "distinct"):
		hint = "write dcount(" + text + ")"
	case prev.kind == kWord && beginsOperand(t) && isTest(p.src(prev)):
		hint = "write " + p.src(prev) + "(" + text + ")"
	case beginsOperand(t) && p.operatorWord == wSummarize && prev.kind == kRParen:
		hint = "write by before what makes groups, or ',' between aggregates"
	default:
		return source.Diagnostic{}, false
	}
	return errBehind(t.span(), p.found(), before, hint), true
}

// isTest reports whether a name is that of a function that tests one value.
func isTest(name string) bool {
	switch strings.ToLower(name) {
	case "isnull", "isnotnull", "isempty", "isnotempty", "tolower", "toupper", "tostring", "count", "dcount":
		return true
	}
	return false
}

// beginsStatement reports whether w is the word of a statement.
func beginsStatement(w word) bool { return w == wLet || w == wSet || w == wDeclare }

// beginsQuery reports whether w is an operator that needs no table before it.
func beginsQuery(w word) bool {
	switch w {
	case wPrint, wRange, wUnion, wSearch, wFind:
		return true
	}
	return false
}

// beginsOperand reports whether t is a name or a literal.
func beginsOperand(t token) bool {
	switch t.kind {
	case kString, kLong, kReal, kTimeSpan, kBool, kGUID, kTyped:
		return true
	case kWord:
		return nameUses[t.word] == anyName
	}
	return false
}

// describe names a token for a message.
func describe(t token, text string) string {
	switch t.kind {
	case kEOF:
		return "the end of the query"
	case kString:
		return "a string"
	}
	return quote(text)
}

// comparing reports whether the operator that is being read takes conditions.
func (p *parser) comparing() bool {
	switch p.operatorWord {
	case wWhere, wFilter, wFind, wSearch, wJoin, wLookup, wGraphMatch, wScan:
		return true
	}
	return false
}

// sqlWord recognises SQL's conditions and operators that are not complete.
func (p *parser) sqlWord(t token, text string) (source.Diagnostic, bool) {
	next := p.toks[min(p.pos+1, len(p.toks)-1)]
	at := t.span()
	switch strings.ToLower(text) {
	case "is":
		if next.kind == kWord {
			at.End = int(next.end)
		}
		return errSQLOperator(at, p.text[at.Start:at.End], "isnull(x), isnotnull(x), isempty(x) or isnotempty(x)"), true
	case "any", "all":
		if before := p.toks[max(0, p.pos-1)]; before.word == wHas && next.kind == kLParen {
			at.Start = int(before.start)
			return errSpacedOperator(at, p.text[at.Start:at.End], "has_"+strings.ToLower(text)), true
		}
	case "matches":
		if endsOperand(p.toks[max(0, p.pos-1)]) {
			return errUnexpected(next.span(), describe(next, p.src(next)), "'regex'", "matches"), true
		}
	case "not":
		if next.kind == kWord && strings.EqualFold(p.src(next), "in") {
			at.End = int(next.end)
			return errSQLOperator(at, p.text[at.Start:at.End], "x !in (..)"), true
		}
		if next.kind == kWord && strings.EqualFold(p.src(next), "like") {
			at.End = int(next.end)
			return errSQLOperator(at, p.text[at.Start:at.End], "x !contains \"..\" or not(x matches regex \"..\")"), true
		}
	}
	return source.Diagnostic{}, false
}

// endsOperand reports whether an operand may end with t.
func endsOperand(t token) bool {
	switch t.kind {
	case kString, kLong, kReal, kTimeSpan, kBool, kGUID, kTyped, kRParen, kRBracket:
		return true
	case kWord:
		return binaryPrec(t) == precNone
	}
	return false
}

// beginsLine reports whether only white space stands before t on its line.
func (p *parser) beginsLine(t token) bool {
	i := int(t.start) - 1
	for i >= 0 && (p.text[i] == ' ' || p.text[i] == '\t') {
		i--
	}
	return i < 0 || p.text[i] == '\n' || p.text[i] == '\r'
}

// afterOperator reports a token that can't follow an operator's operands.
func (p *parser) afterOperator(h OpAt) {
	if p.bad {
		return
	}
	name := p.text[h.KeywordAt.Start:h.KeywordAt.End]
	p.unexpected("'|' or the end", "the operator "+quote(name))
}

// afterStatement reports a token that can't follow a statement.
func (p *parser) afterStatement() {
	if p.bad {
		return
	}
	t := p.toks[p.pos]
	if _, known := p.misplaced(t); !known && t.kind != kBad && (p.beginsLine(t) || t.kind == kWord && t.word == wLet) {
		p.fail(errNoSemicolon(p.here(), p.found()))
		return
	}
	p.unexpected("'|' or ';'", "")
}

// operatorExpected words what stands behind "|" instead of an operator.
func (p *parser) operatorExpected() source.Diagnostic {
	t := p.toks[p.pos]
	if t.kind == kBad {
		// reported by the lexer; the same place drops it
		return errOperatorExpected(t.span(), p.found())
	}
	return errOperatorExpected(p.here(), p.found())
}

// unknownOperator words a word that is no operator, with the nearest one.
func (p *parser) unknownOperator(t token) source.Diagnostic {
	at := t.span()
	// sort-by, project_away: what touches belongs to the name
	for n := 1; p.touching(n) && (p.ahead(n).kind == kMinus || p.ahead(n).kind == kWord); n++ {
		at.End = int(p.ahead(n).end)
	}
	name := p.text[at.Start:at.End]
	return errUnknownOperator(at, name, nearestOperator(name))
}

// otherOperators maps words of other query languages and old names to KQL's.
var otherOperators = map[string]string{
	"left": "join kind=leftouter", "right": "join kind=rightouter", "inner": "join kind=inner", "outer": "join kind=fullouter",
	"select": "project", "rename": "project-rename", "group": "summarize", "groupby": "summarize", "having": "where",
	"stats": "summarize", "eval": "extend", "fields": "project", "table": "project", "dedup": "distinct",
	"head": "take", "first": "take", "rex": "parse", "mv_expand": "mv-expand", "orderby": "sort by", "sortby": "sort by",
	"aggregate": "summarize", "unique": "distinct", "drop": "project-away", "uniq": "distinct", "tail": "top", "and": "where",
}

// nearestNegation returns the operator with "!" that differs least.
func nearestNegation(name string) string {
	var names []string
	for _, k := range keywordList {
		if k.text[0] == '!' {
			names = append(names, k.text)
		}
	}
	if name == "!like" {
		return "!contains"
	}
	return nearest(strings.ToLower(name), names)
}

func nearestOperator(name string) string {
	lower := strings.ToLower(name)
	if s, ok := otherOperators[lower]; ok {
		return s
	}
	var names []string
	for _, k := range keywordList {
		if k.operator && k.word != wInternal {
			names = append(names, k.text)
		}
	}
	return nearest(lower, names)
}

// nearest returns the candidate that differs least from name, "" if none is
// near.
func nearest(name string, candidates []string) string {
	best, bestDistance := "", len(name)/3+2
	for _, c := range candidates {
		if d := source.Distance(name, c, bestDistance-1); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// otherLanguage recognises texts that are no KQL at all.
func (p *parser) otherLanguage() (source.Diagnostic, bool) {
	text := strings.TrimLeft(p.text, " \t\r\n\ufeff")
	start := len(p.text) - len(text)
	line, _, _ := strings.Cut(text, "\n")
	at := source.Span{Start: start, End: start + len(strings.TrimRight(line, "\r"))}
	switch {
	case strings.HasPrefix(text, "#") && strings.Contains(text, "\n```"), hasFence(text):
		return errOtherFormat(at, "markdown"), true
	case strings.HasPrefix(text, "---\n"), strings.HasPrefix(text, "---\r\n"):
		return errOtherFormat(at, "YAML"), true
	case strings.HasPrefix(text, "{") && strings.Contains(text, ":"), strings.HasPrefix(text, "[{"):
		return errOtherFormat(at, "JSON"), p.placeholderLen(0) == 0
	case strings.HasPrefix(text, "<?xml"):
		return errOtherFormat(at, "XML"), true
	}
	first := p.cur
	if first.kind != kWord {
		return source.Diagnostic{}, false
	}
	second, third := p.ahead(1), p.ahead(2)
	if d, ok := p.otherSearch(first, second, third); ok {
		return d, true
	}
	if second.kind == kColon && looksLikeYAML(text) {
		return errOtherFormat(at, "YAML"), true
	}
	second.end = max(second.end, second.start)
	word, next := strings.ToLower(p.src(first)), strings.ToLower(p.src(second))
	sql := false
	switch word {
	case "select":
		sql = second.kind == kStar || second.kind == kWord && second.word != wAs && binaryPrec(second) == precNone
	case "insert":
		sql = next == "into"
	case "delete":
		sql = next == "from"
	case "create", "drop", "alter":
		sql = next == "table" || next == "view"
	case "update":
		sql = third.kind == kWord && strings.EqualFold(p.src(third), "set")
	case "with":
		sql = second.kind == kWord && third.word == wAs && p.ahead(3).kind == kLParen
	case "from":
		sql = second.kind == kWord && third.kind == kWord
	}
	return errSQL(first.span()), sql
}

// otherSearch recognises searches of Splunk and of Elastic.
func (p *parser) otherSearch(first, second, third token) (source.Diagnostic, bool) {
	switch strings.ToLower(p.src(first)) {
	case "index", "sourcetype", "source", "host", "eventcode":
		if second.kind == kAssign && third.kind != kEOF && !strings.ContainsAny(p.text, ";") {
			return errOtherQuery(first.span(), "Splunk", "in KQL: Table | where Column == \"x\" | summarize count() by Column"), true
		}
	}
	n := 1
	for p.ahead(n).kind == kDot && p.ahead(n+1).kind == kWord {
		n += 2
	}
	if p.ahead(n).kind == kColon && p.ahead(n).start == p.ahead(n-1).end && p.ahead(n+1).start == p.ahead(n).end && !strings.ContainsAny(p.text, "|;\n") {
		return errOtherQuery(first.span(), "Elastic", "in KQL: Table | where Column == \"x\" and Other =~ \"y\""), true
	}
	return source.Diagnostic{}, false
}

// hasFence reports whether text begins as a code block of markdown: ```kql.
func hasFence(text string) bool {
	line, rest, found := strings.Cut(text, "\n")
	info, fence := strings.CutPrefix(line, "```")
	switch strings.ToLower(strings.TrimSpace(info)) {
	case "", "kql", "kusto", "csl", "sql", "yaml", "json":
		return fence && found && strings.Contains(rest, "\n```")
	}
	return false
}

// looksLikeYAML reports whether the first lines are fields of a rule file: at
// least two lines begin with "key:" and none is something else.
func looksLikeYAML(text string) bool {
	fields := 0
	for range 12 {
		line, rest, more := strings.Cut(text, "\n")
		text = rest
		trimmed := strings.TrimSpace(line)
		key, value, found := strings.Cut(trimmed, ":")
		switch {
		case trimmed == "", strings.HasPrefix(trimmed, "#"), strings.HasPrefix(trimmed, "- "), line[0] == ' ':
		case found && isPlainName(key) && (value == "" || value[0] == ' ' || value[0] == '\r'):
			fields++
		default:
			return fields >= 3
		}
		if !more {
			break
		}
	}
	return fields >= 2
}

// isPlainName reports whether s is an identifier.
func isPlainName(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && !isDigit(s[i]) && s[i] != '_' {
			return false
		}
	}
	return s != ""
}

// DashComment finds what reads like a comment of SQL, "-- " and more, before an offset
// of a text and on the same line.
func DashComment(text string, offset int) (source.Span, bool) {
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	var quote byte
	for i := start; i+2 < len(text) && i < offset; i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.HasPrefix(text[i:], "-- ") && (i == start || text[i-1] == ' ' || text[i-1] == '\t'):
			// (a) -- (b) is an edge of a graph
			return source.Span{Start: i, End: i + 2}, !strings.HasPrefix(strings.TrimLeft(text[i+2:], " \t"), "(")
		}
	}
	return source.Span{}, false
}
