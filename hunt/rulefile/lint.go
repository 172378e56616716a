package rulefile

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/hunt/attack"
	"github.com/goshawk-hunt/goshawk/source"
)

// Compiled is what the compiler says of a rule's query.
type Compiled struct {
	// Columns are those of its result; nil if the query has errors or its columns
	// follow from the data.
	Columns []string
	// Tables are the stored tables that it reads.
	Tables []string
	// Known reports whether the catalogue has a table; nil asks nothing.
	Known func(table string) bool
}

// Lint checks a rule's fields against each other and against its query. Files
// without fields (documents, plain queries) have nothing to check.
func (r *Rule) Lint(c Compiled) []source.Diagnostic {
	l := &linter{Rule: r}
	l.attack()
	if r.Format == Analytics || r.Format == Hunting {
		l.identity()
		l.connectors(c)
		l.entities(c)
	}
	if r.Format == Analytics && r.forSentinel() {
		l.kind()
		l.schedule()
	}
	return l.diags
}

type linter struct {
	*Rule
	diags []source.Diagnostic
}

func (l *linter) report(d source.Diagnostic) { l.diags = append(l.diags, d) }

// at is the place of a field, else of the query.
func (l *linter) at(fields ...string) source.Span {
	for _, name := range fields {
		if s, ok := l.fields[name]; ok {
			return s
		}
	}
	if l.Format == Analytics || l.Format == Hunting || l.Format == Sigma {
		return l.begin
	}
	return source.NoSpan
}

var (
	guid    = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	version = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	agoCall = regexp.MustCompile(`\bago\s*\(\s*(\d+)\s*([dhm])\s*\)`)
)

// HasID reports whether the file itself gives the rule its id.
func (r *Rule) HasID() bool {
	_, ok := r.fields["id"]
	return ok && r.ID != ""
}

// IDAt is the place of the rule's id.
func (r *Rule) IDAt() source.Span {
	if s, ok := r.fields["id"]; ok {
		return s
	}
	return source.NoSpan
}

// forSentinel reports whether a rule has fields that only Sentinel knows.
func (r *Rule) forSentinel() bool {
	for _, name := range []string{"requiredDataConnectors", "kind", "queryFrequency", "triggerOperator", "entityMappings"} {
		if _, ok := r.fields[name]; ok {
			return true
		}
	}
	return false
}

func (l *linter) identity() {
	if l.HasID() && l.forSentinel() && !guid.MatchString(l.ID) {
		l.report(errNoGUID(l.at("id"), l.ID))
	}
	if l.Version != "" && !version.MatchString(l.Version) {
		l.report(errVersion(l.at("version", "templateVersion"), l.Version))
	}
}

// attack checks tactics and techniques.
func (l *linter) attack() {
	var tactics []string
	at := l.at("tactics", "tags")
	for _, name := range l.Tactics {
		canonical, ok := attack.Tactic(name)
		switch {
		case !ok:
			l.report(errTactic(at, name, strings.Join(attack.Tactics(), ", ")))
		case canonical != name && (l.Format == Analytics || l.Format == Hunting):
			l.report(errTacticSpelling(at, name, canonical))
		}
		tactics = append(tactics, canonical)
	}
	at = l.at("relevantTechniques", "techniques", "subTechniques", "tags")
	for _, id := range l.Techniques {
		if !wholeTechnique.MatchString(id) || !attack.Enterprise(id) {
			continue
		}
		t := attack.Lookup(id)
		if t == nil {
			l.report(errUnknownTechnique(at, id, attack.Successor(id)))
			continue
		}
		if len(tactics) > 0 && !slices.ContainsFunc(tactics, t.Has) {
			l.report(errTechniqueTactic(at, id, t.Name, strings.Join(t.Tactics, ", "), strings.Join(l.Tactics, ", ")))
		}
	}
}

// connectors checks the tables that the rule lists against those it reads.
func (l *linter) connectors(c Compiled) {
	for _, x := range l.Connectors {
		for _, t := range x.Tables {
			name, _, _ := strings.Cut(t, " ")
			if c.Known != nil && !c.Known(name) && !strings.HasSuffix(name, "_CL") {
				l.report(errListedTable(x.at, name))
			} else if brings := connectorTables[x.ID]; brings != nil && !slices.ContainsFunc(brings, func(p string) bool { return matchesTable(p, name) }) {
				l.report(errConnectorTable(x.at, x.ID, name))
			}
		}
	}
	if len(l.Connectors) == 0 || len(l.Rule.Tables) == 0 {
		return
	}
	for _, t := range c.Tables {
		if !slices.Contains(l.Rule.Tables, t) && len(c.Tables) <= maxListed {
			l.report(errUnlistedTable(l.at("requiredDataConnectors"), t))
		}
	}
}

// maxListed bounds how many tables a rule is asked to list: union * reads all.
const maxListed = 20

func matchesTable(pattern, name string) bool {
	prefix, wild := strings.CutSuffix(pattern, "*")
	return pattern == name || wild && strings.HasPrefix(name, prefix)
}

// entities checks the entity mappings against the result's columns.
func (l *linter) entities(c Compiled) {
	for _, e := range l.Entities {
		identifiers, ok := entityFields[e.Type]
		if !ok {
			l.report(errEntityType(e.at, e.Type))
		}
		for _, f := range e.Fields {
			if ok && len(identifiers) > 0 && !slices.Contains(identifiers, f.Identifier) {
				l.report(errEntityField(f.at, e.Type, f.Identifier, strings.Join(identifiers, ", ")))
			}
			if c.Columns != nil && !slices.Contains(c.Columns, f.Column) {
				l.report(errEntityColumn(f.at, f.Column, nearColumn(f.Column, c.Columns)))
			}
		}
	}
}

func nearColumn(name string, columns []string) string {
	for _, c := range columns {
		if strings.EqualFold(c, name) {
			return c
		}
	}
	return ""
}

// kind checks what a rule of its kind needs.
func (l *linter) kind() {
	if l.Kind != "" && !slices.Contains(ruleKinds, l.Kind) {
		l.report(errKind(l.at("kind"), l.Kind, strings.Join(ruleKinds, ", ")))
	}
	if knownSeverity(l.Severity) && !sentinelSeverity(l.Severity) {
		l.report(errSeverity(l.at("severity"), l.Severity))
	}
	needs := []string{"severity", "queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold"}
	if l.Kind == "NRT" {
		needs = needs[:1]
	}
	for _, name := range needs {
		if _, ok := l.fields[name]; !ok {
			l.report(errKindField(l.at("kind"), name))
		}
	}
	if l.Trigger.Operator != "" && !slices.Contains(triggerOperators, l.Trigger.Operator) {
		l.report(errTrigger(l.at("triggerOperator"), l.Trigger.Operator))
	}
}

var (
	ruleKinds        = []string{"Scheduled", "NRT", "MicrosoftSecurityIncidentCreation", "Fusion", "MLBehaviorAnalytics", "ThreatIntelligence", "Anomaly"}
	triggerOperators = []string{"gt", "lt", "eq", "ne", "GreaterThan", "LessThan", "Equal", "NotEqual"}
)

// Bounds of Sentinel's scheduled rules.
// Source: https://learn.microsoft.com/azure/sentinel/scheduled-rules-overview.
const (
	minFrequency = 5 * time.Minute
	maxFrequency = 14 * 24 * time.Hour
)

// schedule checks frequency, period and what the query looks back.
func (l *linter) schedule() {
	if f := l.Frequency; f != 0 && (f < minFrequency || f > maxFrequency) {
		l.report(errScheduleRange(l.at("queryFrequency"), "queryFrequency", writeDuration(f)))
	}
	if p := l.Period; p != 0 && (p < minFrequency || p > maxFrequency) {
		l.report(errScheduleRange(l.at("queryPeriod"), "queryPeriod", writeDuration(p)))
	}
	if l.Frequency != 0 && l.Period != 0 && l.Frequency > l.Period {
		l.report(errScheduleGap(l.at("queryFrequency"), writeDuration(l.Frequency), writeDuration(l.Period)))
	}
	if l.Period == 0 {
		return
	}
	for _, m := range agoCall.FindAllStringSubmatchIndex(l.Query, -1) {
		text := l.Query[m[2]:m[3]] + l.Query[m[4]:m[5]]
		if back, ok := parseDuration(text); ok && back > l.Period {
			l.report(errLookback(l.Span(source.Span{Start: m[0], End: m[1]}), text, writeDuration(l.Period)))
			return
		}
	}
}
