package rulefile

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/goshawk-hunt/goshawk/source"
)

// sentinelKeys are the fields of Sentinel's rules.
var sentinelKeys = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq(`id name description severity status requiredDataConnectors queryFrequency queryPeriod
		triggerOperator triggerThreshold tactics relevantTechniques techniques subTechniques tags query entityMappings
		customDetails alertDetailsOverride eventGroupingSettings incidentConfiguration suppressionEnabled suppressionDuration
		sentinelEntitiesMappings version kind metadata displayName enabled templateVersion alertRuleTemplateName
		falsePositives blindSpots references author`) {
		m[s] = true
	}
	return m
}()

var topKey = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_-]*):(\s|$)`)

// topKeys returns the keys at the margin.
func topKeys(lines []line) map[string]bool {
	m := map[string]bool{}
	for _, l := range lines {
		if k := topKey.FindStringSubmatch(l.text); k != nil {
			m[k[1]] = true
		}
	}
	return m
}

// countKeys returns how many of the keys a Sentinel rule has.
func countKeys(keys map[string]bool) int {
	n := 0
	for k := range keys {
		if sentinelKeys[k] {
			n++
		}
	}
	return n
}

// hasProse reports whether a line at the margin is no YAML: neither a key, an
// item, a comment nor a marker. A rule that begins as one is no prose because of
// a stray line.
func hasProse(lines []line) bool {
	first, stray, keys := true, 0, 0
	for _, l := range lines {
		t := l.text
		switch {
		case strings.TrimSpace(t) == "", t[0] == ' ', t[0] == '\t', t[0] == '#', t[0] == '-', t[0] == ']', t[0] == '}', strings.HasPrefix(t, "..."), strings.HasPrefix(t, "%"):
			continue
		case topKey.MatchString(t), t[0] == '"' || t[0] == '\'':
			keys++
		default:
			if first {
				return true
			}
			stray++
		}
		first = false
	}
	return stray > 0 && (stray > 2 || keys < 4)
}

// yaml reads Sentinel's YAML, one rule a document.
func (r *reader) yaml() {
	if page, lost := findLost(splitLines(r.file.Text)); len(lost) > 0 {
		for _, region := range lost {
			r.lost(page, region)
		}
		return
	}
	rules := r.yamlRules(r.file.Text, nil)
	r.rules = append(r.rules, rules...)
}

// yamlRules reads the documents of text. origin leads from text to the file, nil
// if text is the file.
func (r *reader) yamlRules(text string, origin places) []*Rule {
	y := &yamlReader{reader: r, text: text, lines: splitLines(text), origin: origin}
	d := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	var rules []*Rule
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			y.syntaxError(err)
			break
		}
		if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
			if len(doc.Content) > 0 && doc.Content[0].Tag != "!!null" {
				r.report(errFieldType(y.at(doc.Content[0]), "rule", "a mapping of fields"))
			}
			continue
		}
		if rule := y.rule(doc.Content[0]); rule != nil {
			rules = append(rules, rule)
		}
	}
	return rules
}

// yamlReader reads the rules of one YAML text.
type yamlReader struct {
	*reader
	text   string
	lines  []line
	origin places
	noText bool // the query of the rule is no text, which has been said
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

func (y *yamlReader) syntaxError(err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	at := source.NoSpan
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		n, _ := strconv.Atoi(m[1])
		l := y.lines[max(0, min(n, len(y.lines))-1)]
		message = strings.Replace(message, m[0], "", 1)
		at = y.inFile(l.span())
		if strings.HasPrefix(strings.TrimLeft(l.text, " "), "\t") {
			y.report(errTab(at))
			return
		}
	}
	y.report(errYAML(at, message))
}

func (y *yamlReader) inFile(s source.Span) source.Span {
	if y.origin == nil {
		return s
	}
	return y.origin.span(s)
}

// offset returns where a node begins in the text.
func (y *yamlReader) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(y.lines) {
		return 0
	}
	l := y.lines[n.Line-1]
	i := 0
	for c := 1; c < n.Column && i < len(l.text); c++ {
		_, size := utf8.DecodeRuneInString(l.text[i:])
		i += size
	}
	return l.start + i
}

// at returns a node's place in the file: its first line.
func (y *yamlReader) at(n *yaml.Node) source.Span {
	start := y.offset(n)
	l := y.lines[max(0, min(n.Line, len(y.lines))-1)]
	end := max(start, min(l.start+len(strings.TrimRight(l.text, " \t")), start+max(1, len(n.Value))))
	return y.inFile(source.Span{Start: start, End: end})
}

// rule reads one rule; nil if it has no query.
func (y *yamlReader) rule(m *yaml.Node) *Rule {
	rule := &Rule{Format: Hunting, FilterAt: source.NoSpan, begin: y.at(m), fields: map[string]source.Span{}}
	seen := map[string]bool{}
	failed := false
	y.noText = false
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		if value.Kind == yaml.AliasNode && value.Alias != nil {
			value = value.Alias
		}
		if seen[key.Value] {
			y.report(errDuplicateField(y.at(key), key.Value))
			failed = true
			continue
		}
		seen[key.Value] = true
		rule.fields[key.Value] = y.at(value)
		y.field(rule, key, value)
	}
	switch {
	case failed:
		return nil
	case rule.Query == "" && y.noText:
		return nil
	case strings.TrimSpace(rule.Query) == "":
		y.report(errNoField(y.at(m), "query", "every rule"))
		return nil
	}
	if rule.Name == "" {
		y.report(warning(errNoField(y.at(m), "name", "a list of findings")))
		rule.Name = rule.ID
	}
	if rule.ID == "" {
		y.report(warning(errNoField(y.at(m), "id", "a report")))
		rule.ID = slug(rule.Name)
	}
	y.findFilter(rule)
	return rule
}

// field reads one field of a rule.
func (y *yamlReader) field(rule *Rule, key, value *yaml.Node) {
	switch key.Value {
	case "query":
		y.query(rule, value)
	case "id":
		rule.ID = y.scalar(key, value)
	case "name", "displayName":
		rule.Name = y.scalar(key, value)
	case "description":
		rule.Description = unquoted(y.scalar(key, value))
	case "severity":
		rule.Format = Analytics
		if rule.Severity = y.scalar(key, value); !knownSeverity(rule.Severity) {
			y.report(errSeverity(y.at(value), rule.Severity))
		}
	case "version", "templateVersion":
		rule.Version = y.scalar(key, value)
	case "kind":
		rule.Format = Analytics
		rule.Kind = y.scalar(key, value)
	case "tactics":
		rule.Tactics = y.list(key, value)
	case "relevantTechniques", "techniques", "subTechniques":
		y.techniques(rule, key, value)
	case "queryFrequency":
		rule.Format = Analytics
		rule.Frequency = y.duration(key, value)
	case "queryPeriod":
		rule.Period = y.duration(key, value)
	case "triggerOperator":
		rule.Format = Analytics
		rule.Trigger.Operator = y.scalar(key, value)
	case "triggerThreshold":
		n, err := strconv.Atoi(y.scalar(key, value))
		if err != nil {
			y.report(errFieldType(y.at(value), key.Value, "a number"))
		}
		rule.Trigger.Threshold = n
	case "requiredDataConnectors":
		y.connectors(rule, key, value)
	case "entityMappings":
		y.entities(rule, key, value)
	case "falsePositives":
		rule.FalsePositives = y.list(key, value)
	case "blindSpots":
		rule.BlindSpots = y.list(key, value)
	case "references":
		rule.References = y.list(key, value)
	default:
		y.other(rule, key, value)
	}
}

// other keeps fields that have no place of their own, and warns of misspelt ones.
func (y *yamlReader) other(rule *Rule, key, value *yaml.Node) {
	if !sentinelKeys[key.Value] {
		if near := nearestKey(key.Value); near != "" {
			y.report(errUnknownField(y.at(key), key.Value, near))
		}
	}
	text := value.Value
	if value.Kind != yaml.ScalarNode {
		out, err := yaml.Marshal(value)
		if err != nil {
			return
		}
		text = string(out)
	}
	rule.Notes = append(rule.Notes, Note{key.Value, strings.TrimSpace(text)})
}

// nearestKey returns the known field that differs from key in case, dashes or one
// letter.
func nearestKey(key string) string {
	fold := func(s string) string {
		return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
	}
	for known := range sentinelKeys {
		if fold(known) == fold(key) || fold(known) == fold(key)+"s" || fold(known)+"s" == fold(key) {
			return known
		}
	}
	return ""
}

// query reads the query with the place of each of its bytes.
func (y *yamlReader) query(rule *Rule, value *yaml.Node) {
	if value.Kind != yaml.ScalarNode {
		y.noText = true
		y.report(errFieldType(y.at(value), "query", "text: write query: | and the query below it"))
		return
	}
	rule.Query = strings.TrimRight(value.Value, " \t\r\n")
	start, mark := y.offset(value), byte(0)
	switch {
	case value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		if value.Line < len(y.lines) {
			start = y.lines[value.Line].start
		}
	case value.Style&yaml.DoubleQuotedStyle != 0:
		start, mark = start+1, '"'
	case value.Style&yaml.SingleQuotedStyle != 0:
		start, mark = start+1, '\''
	}
	rule.places = align(rule.Query, y.text[min(start, len(y.text)):], start, mark)
	if y.origin != nil {
		rule.places = rule.places.through(y.origin)
	}
	rule.QueryAt = rule.Span(source.Span{Start: 0, End: len(rule.Query)})
}

// unquoted drops the quotes that authors put around a description inside a
// block.
func unquoted(s string) string {
	if n := len(s); n >= 2 && s[0] == '\'' && s[n-1] == '\'' {
		return strings.TrimSpace(s[1 : n-1])
	}
	return s
}

// knownSeverity reports whether a severity is one of Sentinel's or of Goshawk's own.
func knownSeverity(s string) bool {
	return sentinelSeverity(s) || strings.EqualFold(s, "info") || strings.EqualFold(s, "critical")
}

func sentinelSeverity(s string) bool {
	switch strings.ToLower(s) {
	case "informational", "low", "medium", "high":
		return true
	}
	return false
}
