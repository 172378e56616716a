package rulefile

import (
	"regexp"
	"strings"
)

// This file tells lines of KQL from prose. It knows what lines of queries look
// like and nothing of the grammar: what it finds is compiled later.

// operators are the words that stand behind "|".
var operators = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq(`as assert-schema consume count datatable distinct evaluate extend facet filter find fork
		getschema graph-mark-components graph-match graph-shortest-paths graph-to-table graph-where-edges graph-where-nodes
		invoke join limit lookup macro-expand make-graph make-series mv-apply mv-expand mvapply mvexpand order parse parse-kv
		parse-where partition print project project-away project-by-names project-keep project-rename project-reorder range
		reduce render sample sample-distinct scan search serialize sort summarize take top top-hitters top-nested union where`) {
		m[s] = true
	}
	return m
}()

// unfinished are words that a query can't end with.
var unfinished = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq(`and or by on of with union where filter project extend summarize distinct in has contains
		has_any has_all startswith endswith between join lookup let sort order top parse materialize invoke evaluate kind project-away
		project-keep project-rename project-reorder mv-expand mv-apply search find print make-series default step from to`) {
		m[s] = true
	}
	return m
}()

// continuing are words that a line of a query may begin with when the line before
// is not finished by itself.
var continuing = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq(`and or by on to from step with limit default in has has_any has_all has_cs contains startswith
		endswith matches between !in !has !contains in~ !in~ !startswith !endswith !has_cs asc desc nulls`) {
		m[s] = true
	}
	return m
}()

var (
	// identifier is a name, perhaps a call or a path: DeviceEvents, f(1), database("x").T
	identifier = regexp.MustCompile(`^(\['[^']+'\]|\["[^"]+"\]|[A-Za-z_][A-Za-z0-9_]*)(\s*\([^()]*\))?(\.[A-Za-z_][A-Za-z0-9_]*(\([^()]*\))?)*\*?$`)
	letLine    = regexp.MustCompile(`^let\s+(\['[^']+'\]|[A-Za-z0-9_]+)\s*=`)
	setLine    = regexp.MustCompile(`^(set\s+[a-z_]+\s*(=.*)?;|declare\s+(query_parameters|pattern)\b|restrict\s+access\s+to\b|alias\s+database\b)`)
	tableLine  = regexp.MustCompile(`^(datatable|externaldata|external_data)\s*\(`)
	callLine   = regexp.MustCompile(`^(materialize|cluster|database|workspace|app|adx|view|table)\s*\(`)
	callStart  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*\s*\(`)
	// optionsOnly is an operator with its parameters and no operand yet
	optionsOnly = regexp.MustCompile(`^\|?\s*[a-z][a-z-]*(\s+(hint\.\w+|kind|withsource|with_source|isfuzzy|bagexpansion|with_itemindex|flags)\s*=\s*[\w-]+)+$`)
	printLine   = regexp.MustCompile(`^(print|range|find|search)\b`)
	unionLine   = regexp.MustCompile(`^union\b\s*($|\(|(isfuzzy|kind|withsource|with_source|hint\.\w+)\s*=|[A-Za-z_*][\w*]*\s*(,|\||$))`)
	searchLine  = regexp.MustCompile(`^(search\s*\(|search\s+(kind\s*=|in\s*\(|\*|"|'|\w+\s*(==|:|has\b|contains\b))|find\s+(withsource\s*=|in\s*\(|where\b|")|range\s+\w+\s+from\s|print\s+\w+\s*=|print\s+\w+\()`)
)

// code is a line without its comment, and how it changes the brackets.
type code struct {
	text  string
	depth int  // brackets opened less brackets closed
	fence bool // a text of several lines begins or ends here
	note  bool // nothing but a comment
}

// readCode takes a line apart. Strings do not count for brackets and comments.
func readCode(s string) code {
	var c code
	end := len(s)
	var quote byte
	verbatim := false
scan:
	for i := 0; i < len(s); i++ {
		ch := s[i]
		switch {
		case quote != 0:
			if ch == '\\' && !verbatim {
				i++
			} else if ch == quote {
				quote = 0
			}
		case ch == '"' || ch == '\'':
			quote, verbatim = ch, i > 0 && s[i-1] == '@'
		case ch == '/' && i+1 < len(s) && s[i+1] == '/':
			end = i
			break scan
		case strings.HasPrefix(s[i:], "```") || strings.HasPrefix(s[i:], "~~~"):
			c.fence = !c.fence
			i += 2
		case ch == '(' || ch == '[' || ch == '{':
			c.depth++
		case ch == ')' || ch == ']' || ch == '}':
			c.depth--
		}
	}
	c.text = strings.TrimSpace(s[:end])
	c.note = c.text == "" && end < len(s)
	return c
}

// firstWord returns the word at the start of s, with the dashes and signs of
// operators.
func firstWord(s string) string {
	i := 0
	for i < len(s) && (s[i] == '-' || s[i] == '_' || s[i] == '!' || s[i] == '~' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= '0' && s[i] <= '9') {
		i++
	}
	return s[:i]
}

// pipes reports whether a line begins with "|" and an operator.
func pipes(s string) bool {
	rest, ok := strings.CutPrefix(s, "|")
	return ok && operators[firstWord(strings.TrimSpace(rest))]
}

// hasPipe reports whether "| operator" stands within s.
func hasPipe(s string) bool {
	for {
		_, rest, ok := strings.Cut(s, "|")
		if !ok {
			return false
		}
		if operators[firstWord(strings.TrimSpace(rest))] {
			return true
		}
		s = rest
	}
}

// page is a text whose lines have been taken apart once.
type page struct {
	lines []line
	codes []code
	next  []int // the first line from here on that has code
	below []int // the first line from here on that is no comment
}

func newPage(lines []line) *page {
	p := &page{lines: lines, codes: make([]code, len(lines)), next: make([]int, len(lines)+1), below: make([]int, len(lines)+1)}
	p.next[len(lines)], p.below[len(lines)] = len(lines), len(lines)
	for i := len(lines) - 1; i >= 0; i-- {
		p.codes[i] = readCode(lines[i].text)
		p.next[i], p.below[i] = i, i
		if p.codes[i].text == "" {
			p.next[i] = p.next[i+1]
		}
		if p.codes[i].note {
			p.below[i] = p.below[i+1]
		}
	}
	return p
}

// hasCode reports whether any line is more than a comment.
func hasCode(lines []line) bool {
	for _, l := range lines {
		if readCode(l.text).text != "" {
			return true
		}
	}
	return false
}

// startsQuery reports whether a query may begin at line i.
func (p *page) startsQuery(i int) bool {
	// comments directly above belong to the query
	if i = p.below[i]; i == len(p.lines) {
		return false
	}
	c := p.codes[i]
	t := c.text
	switch {
	case t == "":
		return false
	case letLine.MatchString(t), setLine.MatchString(t):
		return true
	case tableLine.MatchString(t):
		return true
	case callLine.MatchString(t):
		return strings.HasSuffix(t, "]") || strings.HasSuffix(t, "(") || strings.HasSuffix(t, "[") || hasPipe(t) || p.followedByPipe(i)
	case unionLine.MatchString(t):
		return hasPipe(t) || strings.HasSuffix(t, ",") || strings.HasSuffix(t, "(") || t == "union" || c.depth > 0 || strings.Contains(t, "=") || p.followedByPipe(i)
	case searchLine.MatchString(t):
		return true
	}
	head, rest, piped := strings.Cut(t, "|")
	if piped && identifier.MatchString(strings.TrimSpace(head)) && pipes("|"+rest) {
		return true
	}
	if inner, ok := strings.CutPrefix(t, "("); ok {
		inner = strings.TrimSpace(inner)
		return hasPipe(t) || unionLine.MatchString(inner) || letLine.MatchString(inner) || identifier.MatchString(inner) && p.followedByPipe(i) || inner == "" && i+1 < len(p.lines) && p.opens(i+1)
	}
	return identifier.MatchString(strings.TrimSuffix(t, ";")) && !operators[t] && p.followedByPipe(i)
}

// opens reports whether line i, below a lone "(", begins a query: the name of a
// table or a union.
func (p *page) opens(i int) bool {
	t := p.codes[i].text
	return unionLine.MatchString(t) || letLine.MatchString(t) || identifier.MatchString(t)
}

// followedByPipe reports whether the next line of code begins with "|" and an
// operator.
func (p *page) followedByPipe(i int) bool {
	next := p.next[i+1]
	return next < len(p.lines) && pipes(p.codes[next].text) && next-i <= 40
}

// queryEnd returns the line behind the query that begins at line i.
func (p *page) queryEnd(i int) int {
	lines := p.lines
	depth, fence := 0, false
	last := ""   // the last code
	begins := "" // the word that the statement begins with
	end := i
	for ; i < len(lines); i++ {
		c := p.codes[i]
		if !fence && last != "" && c.text == "" {
			continue // decided by the code that follows
		}
		if fence {
			fence = fence != c.fence
			end = i + 1
			continue
		}
		if last != "" && !p.goesOn(i, end, last, depth) && !((begins == "search" || begins == "find") && !looksLikeProse(c.text) && !isField(c.text) && !hasBlank(lines[end:i])) {
			break
		}
		if last == "" || depth == 0 && strings.HasSuffix(last, ";") {
			begins = firstWord(c.text)
		}
		if c.text != "" {
			last = c.text
			depth = max(0, depth+c.depth)
		}
		fence = c.fence
		end = i + 1
	}
	// comments directly below belong to the query
	for end < len(lines) && p.codes[end].note && strings.HasPrefix(lines[end].trim(), "//") {
		end++
	}
	return end
}

// goesOn reports whether the code at line i continues a query whose last code is
// last and ends before line end, with depth brackets open.
func (p *page) goesOn(i, end int, last string, depth int) bool {
	t, lines := p.codes[i].text, p.lines
	gap := i > end && hasBlank(lines[end:i])
	switch {
	case pipes(t), strings.HasPrefix(t, ")"), strings.HasPrefix(t, "]"), strings.HasPrefix(t, "}"), strings.HasPrefix(t, ";"):
		return true
	case isHeading(lines, i):
		return false
	case depth > 0:
		return !isField(lines[i].text) && !isSentence(t)
	case strings.HasSuffix(last, ";"):
		return p.startsQuery(i) || !looksLikeProse(t) && (identifier.MatchString(strings.TrimSuffix(t, ";")) || unionLine.MatchString(t) || callStart.MatchString(t) || printLine.MatchString(t) || t[0] == '(')
	case strings.HasSuffix(last, "|") || pipesBare(last):
		return true
	case strings.HasSuffix(last, ","), strings.HasSuffix(last, "="), strings.HasSuffix(last, "=="), strings.HasSuffix(last, "=~"), strings.HasSuffix(last, "+"):
		return !isSentence(t)
	case unfinished[lastWord(last)], optionsOnly.MatchString(last):
		return !isSentence(t)
	case gap:
		return false
	}
	switch t[0] {
	case '=', ',', '(', '[', '{', '+':
		return true
	}
	first := firstWord(t)
	return continuing[first] || (first == "where" || first == "project") && !looksLikeProse(t)
}

// pipesBare reports whether a line is nothing but "|" and the operator's name.
func pipesBare(s string) bool {
	rest, ok := strings.CutPrefix(s, "|")
	return ok && unfinished[strings.TrimSpace(rest)]
}

func lastWord(s string) string {
	i := len(s)
	for i > 0 && (s[i-1] == '_' || s[i-1] == '-' || s[i-1] == '!' || s[i-1] == '~' || s[i-1]|0x20 >= 'a' && s[i-1]|0x20 <= 'z') {
		i--
	}
	return s[i:]
}

func hasBlank(lines []line) bool {
	for _, l := range lines {
		if l.trim() == "" {
			return true
		}
	}
	return false
}

// looksLikeProse reports whether a line is a sentence: several words that no
// operator of KQL stands between.
func looksLikeProse(s string) bool {
	if strings.ContainsAny(s, `=()[]{}|"<>`) || strings.HasPrefix(s, "//") {
		return false
	}
	words := strings.Fields(s)
	if len(words) < 4 || 2*strings.Count(s, ",") >= len(words) {
		return false
	}
	for _, w := range words {
		if continuing[w] && w != "and" && w != "or" && w != "in" && w != "by" && w != "on" && w != "to" && w != "from" && w != "with" && w != "has" && w != "between" && w != "contains" {
			return false
		}
	}
	first := s[0]
	return first >= 'A' && first <= 'Z' || first >= 'a' && first <= 'z' && strings.HasSuffix(s, ".")
}

// isSentence reports whether a line is prose even where a query is not finished.
func isSentence(s string) bool {
	return looksLikeProse(s) && (strings.HasSuffix(s, ".") || strings.HasSuffix(s, ":") || len(strings.Fields(s)) > 12)
}

// isField reports whether a line is a field of a rule file.
func isField(s string) bool {
	key, _, ok := strings.Cut(s, ":")
	return ok && sentinelKeys[key]
}

// isQueryText reports whether a text is queries and comments and nothing else.
func isQueryText(lines []line) bool {
	p := newPage(lines)
	found := false
	for i := 0; i < len(lines); {
		switch t := lines[i].trim(); {
		case t == "" || strings.HasPrefix(t, "//"):
			i++
			if strings.HasPrefix(t, "//") && p.startsQuery(i-1) {
				i = p.queryEnd(i - 1)
				found = true
			}
		case p.startsQuery(i):
			i = p.queryEnd(i)
			found = true
		default:
			return false
		}
	}
	return found
}

// looksLikeQuery reports whether a code block is KQL: it begins as a query does
// or has lines that begin with "|" and an operator.
func looksLikeQuery(lines []line) bool {
	p := newPage(lines)
	i := p.next[0]
	if i == len(lines) {
		return false
	}
	if p.startsQuery(i) {
		return true
	}
	for _, l := range lines[i:] {
		if pipes(l.trim()) {
			return true
		}
	}
	return hasPipe(p.codes[i].text) && identifier.MatchString(firstWord(lines[i].trim()))
}
