package rulefile

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goshawk-hunt/goshawk/hunt/attack"
	"github.com/goshawk-hunt/goshawk/hunt/sigma"
	"github.com/goshawk-hunt/goshawk/source"
)

// A file that is a Sigma rule is a hunt, run as the KQL that it means. Sigma within a
// page is recognised so that nobody takes its silence for a clean result. The commonest
// mistakes of both are shown with what is meant.

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
	said := len(r.diags)
	r.sigmaMistakes(lines[begin:])
	if len(r.diags) > said {
		return
	}
	query, err := sigma.Translate(r.file.Text)
	if err != nil {
		r.report(errSigma(lines[begin].span(), err))
		return
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(r.file.Text), &doc); err != nil || len(doc.Content) == 0 {
		r.report(errYAML(lines[begin].span(), "no mapping of fields"))
		return
	}
	y := &yamlReader{reader: r, text: r.file.Text, lines: lines}
	rule := y.sigmaFields(doc.Content[0])
	rule.Query, rule.QueryAt = query, rule.fields["detection"]
	rule.places = places{{file: rule.QueryAt.Start}}
	r.rules = append(r.rules, rule)
}

// sigmaFields reads what a Sigma rule says of itself.
func (y *yamlReader) sigmaFields(m *yaml.Node) *Rule {
	rule := &Rule{Format: Sigma, FilterAt: source.NoSpan, begin: y.at(m), fields: map[string]source.Span{}}
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		rule.fields[key.Value] = y.at(key)
		switch key.Value {
		case "id":
			rule.ID = y.scalar(key, value)
		case "title":
			rule.Name = y.scalar(key, value)
		case "description":
			rule.Description = y.scalar(key, value)
		case "level":
			rule.Severity = y.scalar(key, value)
		case "falsepositives":
			rule.FalsePositives = y.list(key, value)
		case "references":
			rule.References = y.list(key, value)
		case "tags":
			rule.sigmaTags(y.list(key, value))
		}
	}
	if rule.ID == "" {
		rule.ID = slug(rule.Name)
	}
	return rule
}

// sigmaTags takes the tactics and techniques of ATT&CK out of a rule's tags.
func (r *Rule) sigmaTags(tags []string) {
	for _, tag := range tags {
		name, ok := strings.CutPrefix(strings.ToLower(tag), "attack.")
		if !ok {
			continue
		}
		if id := strings.ToUpper(name); wholeTechnique.MatchString(id) {
			r.addTechnique(id)
		} else if tactic, ok := attack.Tactic(name); ok {
			r.Tactics = append(r.Tactics, tactic)
		}
	}
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
			r.report(errSigmaInside(lines[begin].span()))
			r.sigmaMistakes(lines[begin:end])
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

// sigmaMistakes reports what is commonly wrong with a Sigma rule.
func (r *reader) sigmaMistakes(rule []line) {
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
