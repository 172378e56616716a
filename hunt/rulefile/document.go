package rulefile

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/source"
)

// block is a query found in a document.
type block struct {
	Query    string
	Title    string      // the heading or the line above
	At       source.Span // its lines in the text
	Fenced   bool
	Language string // of the fence, in lower case

	places places
	begin  int // its first line
	end    int // the line behind it
}

// otherLanguages are those of code blocks that hold no KQL.
var otherLanguages = map[string]bool{
	"powershell": true, "ps1": true, "bash": true, "sh": true, "shell": true, "cmd": true, "bat": true, "console": true,
	"yaml": true, "yml": true, "json": true, "xml": true, "python": true, "py": true, "javascript": true, "js": true,
	"html": true, "go": true, "rust": true, "spl": true, "eql": true, "esql": true, "ini": true, "toml": true, "diff": true,
}

// extract finds the queries of a document: fenced code blocks, indented ones, and lines
// that stand bare between lines of prose. They come in order, and after them the lines of
// fences that have no end.
func extract(lines []line) (blocks []block, open []line) {
	p := newPage(lines)
	tried := 0 // indented lines up to here are no query as a whole
	for i := 0; i < len(lines); {
		if mark, language := fenceOf(lines[i]); mark != "" {
			end, closed := fenceEnd(lines, i+1, mark)
			if !closed {
				open = append(open, lines[i])
			}
			body := lines[i+1 : end]
			if !otherLanguages[language] && looksLikeQuery(body) {
				b := newBlock(lines, i+1, end, indentOf(body))
				b.Fenced, b.Language, b.Title = true, language, titleAbove(lines, i)
				blocks = append(blocks, b)
			}
			i = min(end+1, len(lines))
			continue
		}
		if i > 0 && i >= tried && lines[i].trim() != "" && codeIndent(lines[i]) && lines[i-1].trim() == "" {
			end := indentedEnd(lines, i)
			tried = end
			if looksLikeQuery(lines[i:end]) {
				b := newBlock(lines, i, end, indentOf(lines[i:end]))
				b.Title = titleAbove(lines, i)
				blocks = append(blocks, b)
				i = end
				continue
			}
		}
		if p.startsQuery(i) {
			end := p.queryEnd(i)
			b := newBlock(lines, i, end, indentOf(lines[i:end]))
			b.Title = titleAbove(lines, i)
			blocks = append(blocks, b)
			i = end
			continue
		}
		i++
	}
	return blocks, open
}

// newBlock makes the block of lines[from:to], without blank lines at its ends
// and without cut bytes of indentation.
func newBlock(lines []line, from, to, cut int) block {
	for from < to && lines[from].trim() == "" {
		from++
	}
	for from < to && lines[to-1].trim() == "" {
		to--
	}
	b := block{begin: from, end: to}
	b.Query, b.places = joinLines(lines[from:to], cut)
	trimmed := strings.TrimRight(b.Query, " \t\r\n")
	b.Query = trimmed
	if from < to {
		b.At = source.Span{Start: lines[from].start, End: lines[to-1].end()}
	}
	return b
}

// codeIndent reports whether markdown takes a line as code.
func codeIndent(l line) bool {
	return strings.HasPrefix(l.text, "    ") || strings.HasPrefix(l.text, "\t")
}

// indentedEnd returns the line behind the indented block that begins at i.
func indentedEnd(lines []line, i int) int {
	end := i
	for ; i < len(lines); i++ {
		switch {
		case lines[i].trim() == "":
		case codeIndent(lines[i]):
			end = i + 1
		default:
			return end
		}
	}
	return end
}

// indentOf returns the indentation that all lines with text share.
func indentOf(lines []line) int {
	least := -1
	for _, l := range lines {
		if l.trim() == "" {
			continue
		}
		if n := l.indent(); least < 0 || n < least {
			least = n
		}
	}
	return max(0, least)
}

// titleAbove returns the heading or the sentence above line i.
func titleAbove(lines []line, i int) string {
	for i--; i >= 0; i-- {
		t := lines[i].trim()
		if t == "" || strings.Trim(t, "-=") == "" || strings.HasPrefix(t, "```") || strings.HasPrefix(t, "//") {
			continue
		}
		t = strings.Trim(strings.Trim(t, "#*"), " ")
		return strings.TrimSuffix(t, ":")
	}
	return ""
}

// document reads prose with queries in it, and the rules whose indentation the
// prose has lost.
func (r *reader) document() {
	lines := splitLines(r.file.Text)
	page, lost := findLost(lines)
	if r.options.Repair {
		for _, region := range lost {
			r.lost(page, region)
		}
	}
	said := len(r.diags)
	sigma := r.sigmaInside(lines)
	blocks, open := extract(lines)
	for _, l := range open {
		r.report(errFence(l.span()))
	}
	blocks = slices.DeleteFunc(blocks, func(b block) bool {
		for _, region := range lost {
			if b.begin < region.end && b.end > region.begin {
				return true
			}
		}
		return r.hasQuery(b.Query)
	})
	if len(blocks) == 0 && len(lost) == 0 {
		if isKQLName(r.file.Name) {
			r.kql()
			return
		}
		if !sigma {
			r.report(errNoQuery())
		}
		return
	}
	if len(blocks) > 0 {
		// what stands beside queries that run does not refuse the file
		for i := range r.diags[said:] {
			r.diags[said+i].Severity = source.Warning
		}
	}
	if !r.options.Repair {
		for _, region := range lost {
			r.lost(page, region)
		}
	}
	falsePositives, blindSpots := caveats(lines)
	title := documentTitle(lines)
	techniques := techniquesIn(r.file.Text)
	for i := range blocks {
		b := &blocks[i]
		rule := &Rule{Format: Document, Techniques: techniques, FilterAt: source.NoSpan}
		rule.Name = title
		if len(blocks) > 1 {
			rule.Name = fmt.Sprintf("%s (%d)", title, i+1)
		}
		if b.Title != title {
			rule.Description = b.Title
		}
		rule.ID = slug(rule.Name)
		rule.FalsePositives, rule.BlindSpots = falsePositives, blindSpots
		rule.Query, rule.QueryAt, rule.places = b.Query, b.At, b.places
		r.findFilter(rule)
		r.rules = append(r.rules, rule)
	}
}

var caveat = regexp.MustCompile(`(?i)^\s*[-*\x{2022}]?\s*\**(?:known\s+|common\s+)?(false positives?|(?:\w+\s+)?blind spots?)\**\s*:\**\s*(\S.*)$`)

// caveats returns what a document says of false positives and blind spots on
// lines that begin so.
func caveats(lines []line) (falsePositives, blindSpots []string) {
	for _, l := range lines {
		m := caveat.FindStringSubmatch(l.text)
		switch {
		case m == nil:
		case strings.HasPrefix(strings.ToLower(m[1]), "false"):
			falsePositives = append(falsePositives, strings.TrimSpace(m[2]))
		default:
			blindSpots = append(blindSpots, strings.TrimSpace(m[2]))
		}
	}
	return falsePositives, blindSpots
}

// hasQuery reports whether a rule has the same query already, white space aside.
func (r *reader) hasQuery(query string) bool {
	key := strings.Join(strings.Fields(query), " ")
	for _, rule := range r.rules {
		if strings.Join(strings.Fields(rule.Query), " ") == key {
			return true
		}
	}
	return false
}

var frontTitle = regexp.MustCompile(`^title:\s*["']?(.*?)["']?\s*$`)

// documentTitle is the title of the front matter, else the first heading, else
// the first line.
func documentTitle(lines []line) string {
	if lines[0].trim() == "---" {
		for _, l := range lines[1:] {
			if m := frontTitle.FindStringSubmatch(l.text); m != nil && m[1] != "" {
				return m[1]
			}
			if l.trim() == "---" {
				break
			}
		}
	}
	for i := range lines {
		if title, level := heading(lines, i); level > 0 && title != "" {
			return title
		}
	}
	for _, l := range lines {
		if t := l.trim(); t != "" && t != "---" {
			if runes := []rune(t); len(runes) > 100 {
				return string(runes[:100]) + ".."
			}
			return t
		}
	}
	return ""
}

var techniqueID = regexp.MustCompile(`\bT1\d{3}(?:\.\d{3})?\b`)

// techniquesIn returns the ids of ATT&CK techniques that a text names, once each.
func techniquesIn(text string) []string {
	var list []string
	for _, id := range techniqueID.FindAllString(text, -1) {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// slug makes an id of a title.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 80 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

func isKQLName(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".kql", ".csl", ".kusto":
		return true
	}
	return false
}
