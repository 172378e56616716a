package rulefile

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/source"
)

// kql reads a file of queries with comments. Comments above a query that read
// "// Key: value" are its fields; the first other comment is its name.
func (r *reader) kql() {
	lines := splitLines(r.file.Text)
	p := newPage(lines)
	if p.next[0] == len(lines) {
		r.report(errNoQuery())
		return
	}
	blocks := splitQueries(p)
	base := strings.TrimSuffix(path.Base(strings.ReplaceAll(r.file.Name, `\`, "/")), path.Ext(r.file.Name))
	for i := range blocks {
		b := &blocks[i]
		rule := &Rule{Format: KQL, Query: b.Query, QueryAt: b.At, places: b.places, FilterAt: source.NoSpan}
		rule.header(b.Query)
		if rule.Name == "" {
			rule.Name = base
			if len(blocks) > 1 {
				rule.Name += " (" + strconv.Itoa(i+1) + ")"
			}
		}
		if rule.ID == "" {
			rule.ID = slug(base)
			if len(blocks) > 1 {
				rule.ID += "-" + strconv.Itoa(i+1)
			}
		}
		r.findFilter(rule)
		r.rules = append(r.rules, rule)
	}
}

// splitQueries splits a file where a query ends and another one begins. Every
// line is in one of the blocks: comments belong to the query below them, and what
// is not understood to the query above.
func splitQueries(p *page) []block {
	lines := p.lines
	var blocks []block
	from := 0
	for i := p.next[0]; i < len(lines); {
		end := max(i+1, p.queryEnd(i))
		next := end
		for next < len(lines) && !(p.startsQuery(next) && (lines[next-1].trim() == "" || p.codes[next].note)) {
			next++
		}
		if next == len(lines) {
			end = next
		}
		blocks = append(blocks, newBlock(lines, from, max(end, next), 0))
		i, from = next, next
	}
	return blocks
}

// header reads the comments above a query.
func (r *Rule) header(query string) {
	field := ""
	for _, l := range splitLines(query) {
		c := readCode(l.text)
		if c.text != "" {
			break
		}
		text := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(l.text), "/*-= "))
		if text == "" {
			field = ""
			continue
		}
		key, value, ok := strings.Cut(text, ":")
		if ok && !strings.HasPrefix(value, "//") && len(strings.Fields(key)) <= 3 && r.headerField(strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)) {
			field = strings.ToLower(strings.TrimSpace(key))
			continue
		}
		switch {
		case strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "https://"):
			r.References = append(r.References, text)
		case field == "description", field == "false positives", field == "blind spots":
			r.headerField(field, text)
		case r.Name == "":
			r.Name = text
		default:
			r.Description = joinText(r.Description, text)
		}
	}
	for _, id := range techniquesIn(commentsOf(query)) {
		r.addTechnique(id)
	}
}

// commentsOf returns the comments above the first code.
func commentsOf(query string) string {
	p := newPage(splitLines(query))
	return query[:p.lines[min(p.next[0], len(p.lines)-1)].start]
}

// headerField stores a field of a header; false if there is no such field.
func (r *Rule) headerField(key, value string) bool {
	switch key {
	case "name", "title", "rule name", "query name", "detection":
		r.Name = joinText(r.Name, value)
	case "id", "rule id":
		r.ID = value
	case "description", "summary", "purpose":
		r.Description = joinText(r.Description, value)
	case "severity", "level":
		r.Severity = value
	case "version":
		r.Version = value
	case "tactic", "tactics", "mitre tactic", "mitre tactics":
		r.Tactics = append(r.Tactics, splitList(value)...)
	case "technique", "techniques", "mitre", "mitre technique", "mitre techniques", "att&ck", "mitre att&ck", "ttp", "ttps":
		for _, id := range techniquesIn(value) {
			r.addTechnique(id)
		}
	case "tables", "data source", "data sources", "datasource":
		r.Tables = append(r.Tables, splitList(value)...)
	case "reference", "references", "link", "links", "source", "url", "blog":
		if value != "" {
			r.References = append(r.References, value)
		}
	case "false positives", "false positive", "fp":
		r.FalsePositives = append(r.FalsePositives, value)
	case "blind spots", "blindspots":
		r.BlindSpots = append(r.BlindSpots, value)
	case "author", "date", "created", "modified", "updated", "license", "platform", "tags":
		r.Notes = append(r.Notes, Note{key, value})
	default:
		return false
	}
	return true
}

func (r *Rule) addTechnique(id string) {
	for _, have := range r.Techniques {
		if have == id {
			return
		}
	}
	r.Techniques = append(r.Techniques, id)
}

func joinText(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// splitList splits at commas and semicolons.
func splitList(s string) []string {
	var list []string
	for _, v := range strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == ';' }) {
		if v = strings.TrimSpace(v); v != "" {
			list = append(list, v)
		}
	}
	return list
}

const (
	beginFilter = "Begin environment-specific filter."
	endFilter   = "End environment-specific filter."
)

// filterMark is a comment that begins or ends such a place, in the words of whoever wrote
// it: "Begin environment-specific filter.", "start of the client specific exclusions 2".
var filterMark = regexp.MustCompile(`(?i)^//[/\s\-=*#<\[]*(begin(?:ning|s)?|start|end)\s+(?:of\s+)?(?:the\s+|your\s+)?` +
	`(?:environment|client|customer|tenant|site|company|organi[sz]ation)[\s-]+specific\s+(?:filter(?:s|ing)?|exclusions?|tuning|allow-?list|exceptions?)\b\s*(\d*)[\s.:\-=*#>\]]*$`)

// findFilter finds the place between the comments that mark where a filter of
// the user's own belongs. Of several places it is the first.
func (r *reader) findFilter(rule *Rule) {
	begin, end := source.NoSpan, source.NoSpan
	next, number := 0, ""
	for _, l := range splitLines(rule.Query) {
		m := filterMark.FindStringSubmatch(l.trim())
		switch {
		case m == nil || rule.FilterAt.IsValid():
		case !strings.EqualFold(m[1], "end"):
			begin, next, number = l.span(), min(l.end()+1, len(rule.Query)), m[2]
		case begin.IsValid() && m[2] == number:
			rule.FilterAt = source.Span{Start: next, End: max(next, l.start)}
		default:
			end = l.span()
		}
	}
	switch {
	case rule.FilterAt.IsValid():
	case begin.IsValid():
		r.report(errFilter(rule.Span(begin), endFilter))
	case end.IsValid():
		r.report(errFilter(rule.Span(end), beginFilter))
	}
}
