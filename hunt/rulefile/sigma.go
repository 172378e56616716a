package rulefile

import (
	"regexp"
	"strings"

	"github.com/goshawk-hunt/goshawk/source"
)

// Sigma rules are recognised so that nobody takes their silence for a clean
// result; their commonest mistakes are shown with what is meant.

// sigmaModifiers are the modifiers of Sigma's specification 2.
var sigmaModifiers = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq(`all startswith endswith contains exists cased windash re i m s base64 base64offset
		utf16le utf16be utf16 wide lt lte gt gte neq cidr expand fieldref minute hour day week month year`) {
		m[s] = true
	}
	return m
}()

// sigmaForKQL maps operators of KQL to a modifier that does the same or nearly.
var sigmaForKQL = map[string]string{
	"has": "contains", "has_any": "contains", "has_all": "contains|all", "contains": "contains", "startswith": "startswith",
	"endswith": "endswith", "in": "", "in~": "", "==": "", "=~": "", "has_cs": "contains|cased", "contains_cs": "contains|cased",
	"startswith_cs": "startswith|cased", "endswith_cs": "endswith|cased", "hasprefix": "contains", "hassuffix": "contains", "matches regex": "re",
}

var (
	sigmaField  = regexp.MustCompile(`^(?:- )?([A-Za-z_][\w.]*)((?:\|[A-Za-z0-9_]+)*)\s*:(?:\s+(.*))?$`)
	sigmaAsKQL  = regexp.MustCompile(`^(?:- )?([A-Za-z_][\w.]*)\s+(has_any|has_all|has_cs|has|contains_cs|contains|startswith_cs|startswith|endswith_cs|endswith|hasprefix|hassuffix|matches regex|in~|in|==|=~)\s*(.+)$`)
	sigmaBlocks = map[string]int{"logsource": 1, "detection": 1}
)

// sigma reads a whole file that is a Sigma rule.
func (r *reader) sigma() {
	lines := splitLines(r.file.Text)
	begin := nextText(lines, 0)
	for begin < len(lines) && !topKey.MatchString(lines[begin].text) {
		begin++
	}
	r.sigmaRule(lines, begin, len(lines))
}

// sigmaInside looks for Sigma rules within a document and reports whether there
// are any.
func (r *reader) sigmaInside(lines []line) bool {
	found := false
	for i := 0; i < len(lines); i++ {
		if !strings.HasPrefix(lines[i].trim(), "logsource:") {
			continue
		}
		begin, end, ok := sigmaBounds(lines, i)
		if ok {
			found = true
			r.sigmaRule(lines, begin, end)
		}
		i = max(i, end-1)
	}
	return found
}

// maxSigma bounds how far a Sigma rule reaches above and below its logsource.
const maxSigma = 200

// sigmaBounds returns the lines of the Sigma rule whose logsource stands at i; not
// ok if no detection follows.
func sigmaBounds(lines []line, i int) (begin, end int, ok bool) {
	begin = i
	for begin > 0 && i-begin < maxSigma && sigmaLine(lines[begin-1]) {
		begin--
	}
	for end = i; end < len(lines) && end-i < maxSigma && sigmaLine(lines[end]); end++ {
		ok = ok || strings.HasPrefix(lines[end].trim(), "detection:")
	}
	return begin, end, ok
}

// sigmaLine reports whether a line may be part of a Sigma rule.
func sigmaLine(l line) bool {
	t := l.trim()
	if sigmaAsKQL.MatchString(t) && !strings.HasSuffix(t, ".") {
		return true
	}
	m := sigmaField.FindStringSubmatch(t)
	return m != nil && (m[1] == strings.ToLower(m[1]) || m[2] != "" || m[3] == "" || l.indent() > 0 || !strings.Contains(m[3], ". ")) && len(m[1]) <= 40 ||
		t != "" && strings.HasPrefix(l.text, " ") || strings.HasPrefix(t, "- '") || strings.HasPrefix(t, `- "`)
}

// sigmaRule reports one Sigma rule and its mistakes.
func (r *reader) sigmaRule(lines []line, begin, end int) {
	at := lines[begin].span()
	r.report(errSigma(at))
	rule := lines[begin:end]
	if lost := sigmaLost(rule); lost >= 0 {
		r.report(errSigmaIndentation(rule[lost].span(), strings.Join(sigmaMended(rule), "\n")))
	}
	for _, l := range rule {
		t := l.trim()
		m := sigmaField.FindStringSubmatch(t)
		if m == nil {
			if k := sigmaAsKQL.FindStringSubmatch(t); k != nil {
				start := strings.Index(l.text, k[2]+" ")
				if start < 0 {
					start = strings.Index(l.text, k[2])
				}
				span := source.Span{Start: l.start + start, End: l.start + start + len(k[2])}
				r.report(errSigmaCondition(span, k[2], strings.Join(sigmaCondition(k), "\n")))
			}
			continue
		}
		for modifier := range strings.SplitSeq(strings.TrimPrefix(m[2], "|"), "|") {
			if modifier == "" || sigmaModifiers[modifier] {
				continue
			}
			start := strings.Index(l.text, "|"+modifier) + 1
			hint := "Sigma's modifiers are contains, startswith, endswith, all, re, cidr and others of its specification"
			if s := sigmaForKQL[modifier]; s != "" {
				hint = "write " + m[1] + "|" + s
			}
			r.report(errSigmaModifier(source.Span{Start: l.start + start, End: l.start + start + len(modifier)}, modifier, hint))
		}
	}
}

// sigmaLost returns the first line of detection or logsource that stands at the
// margin but belongs below, -1 if there is none.
func sigmaLost(rule []line) int {
	for i := 0; i+1 < len(rule); i++ {
		key := strings.TrimSuffix(rule[i].trim(), ":")
		if sigmaBlocks[key] > 0 && rule[i+1].indent() <= rule[i].indent() && rule[i+1].trim() != "" {
			return i + 1
		}
	}
	return -1
}

// sigmaTop are the fields at a Sigma rule's margin.
var sigmaTop = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq(`title id related name taxonomy status description license author references date modified
		logsource detection fields falsepositives level tags scope`) {
		m[s] = true
	}
	return m
}()

// sigmaMended writes the rule as it should be: indented by what its fields are,
// KQL conditions in Sigma's form.
func sigmaMended(rule []line) []string {
	var out []string
	block := ""
	for _, l := range rule {
		t := l.trim()
		m := sigmaField.FindStringSubmatch(t)
		key := ""
		if m != nil {
			key = m[1]
		}
		switch {
		case t == "":
		case m != nil && m[2] == "" && sigmaTop[key]:
			block = key
			out = append(out, t)
		case block == "logsource":
			out = append(out, "  "+t)
		case block == "detection" && (key == "condition" || key == "timeframe" || m != nil && m[2] == "" && m[3] == ""):
			out = append(out, "  "+t)
		case block == "detection":
			lines := []string{t}
			if k := sigmaAsKQL.FindStringSubmatch(t); m == nil && k != nil {
				lines = sigmaCondition(k)
			}
			for _, s := range lines {
				out = append(out, "    "+s)
			}
		default:
			out = append(out, "  "+t)
		}
	}
	return out
}

// sigmaCondition writes field, operator, value of KQL as Sigma does.
func sigmaCondition(k []string) []string {
	field, op, value := k[1], k[2], strings.TrimSpace(k[3])
	head := field
	if modifier := sigmaForKQL[op]; modifier != "" {
		head += "|" + modifier
	}
	value = strings.TrimSuffix(strings.TrimPrefix(value, "("), ")")
	var values []string
	for _, v := range splitList(value) {
		v = strings.Trim(strings.TrimPrefix(v, "@"), `"'`)
		values = append(values, "'"+strings.ReplaceAll(v, "'", "''")+"'")
	}
	if len(values) == 1 {
		return []string{head + ": " + values[0]}
	}
	out := []string{head + ":"}
	for _, v := range values {
		out = append(out, "  - "+v)
	}
	return out
}

// SigmaRule is a Sigma rule found in a file.
type SigmaRule struct {
	Title  string
	At     source.Span // its first line
	Text   string      // its YAML, mended where its indentation was lost or KQL stood in it
	Mended bool
}

// SigmaRules returns the Sigma rules of a text, alone or within a document.
func SigmaRules(text string) []SigmaRule {
	lines := splitLines(text)
	var list []SigmaRule
	add := func(begin, end int) {
		part := lines[begin:end]
		s := SigmaRule{At: lines[begin].span()}
		var b strings.Builder
		for _, l := range part {
			b.WriteString(strings.TrimRight(l.text, "\r") + "\n")
			s.Mended = s.Mended || sigmaField.FindStringSubmatch(l.trim()) == nil && sigmaAsKQL.MatchString(l.trim())
			if title, ok := strings.CutPrefix(l.text, "title:"); ok && s.Title == "" {
				s.Title = strings.TrimSpace(title)
			}
		}
		s.Text = b.String()
		if sigmaLost(part) >= 0 || s.Mended {
			s.Mended, s.Text = true, strings.Join(sigmaMended(part), "\n")+"\n"
		}
		list = append(list, s)
	}
	if Detect(text) == Sigma {
		begin := nextText(lines, 0)
		for begin < len(lines) && !topKey.MatchString(lines[begin].text) {
			begin++
		}
		add(begin, len(lines))
		return list
	}
	for i := 0; i < len(lines); i++ {
		if !strings.HasPrefix(lines[i].trim(), "logsource:") {
			continue
		}
		begin, end, ok := sigmaBounds(lines, i)
		if ok {
			add(begin, end)
		}
		i = max(i, end-1)
	}
	return list
}
