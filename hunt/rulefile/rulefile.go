// Package rulefile reads hunting rules as their authors publish them: Sentinel's
// analytics and hunting YAML, FalconForce's markdown, Sigma, plain .kql files, and
// documents with queries in them. It reads and repairs; it compiles and runs
// nothing.
//
// Read tells the format by content. A Rule's query is the text to compile, and
// Rule.Span leads from a place in it back to the file.
package rulefile

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/source"
)

// maxFile bounds the size of a file; the largest published rules have some 100 KB.
const maxFile = 8 << 20

// Format is how a rule was written.
type Format string

// Formats that Read knows.
const (
	Unknown     Format = ""
	Analytics   Format = "sentinel-analytics" // Sentinel YAML with severity, frequency, trigger
	Hunting     Format = "sentinel-hunting"   // Sentinel YAML without them
	FalconForce Format = "falconforce"        // markdown with Metadata, ATT&CK Tags, Detection ..
	KQL         Format = "kql"                // a query with comments
	Document    Format = "document"           // prose with queries in it
	Sigma       Format = "sigma"              // run as the KQL that it means
)

// Rule is one hunting rule. Fields are empty where the file says nothing.
type Rule struct {
	Format      Format
	ID          string
	Name        string
	Description string
	Severity    string // as written: "High", "Medium" ..
	Version     string
	Kind        string // "Scheduled", "NRT"
	Tactics     []string
	Techniques  []string // T1053, T1053.005
	Connectors  []Connector
	Tables      []string // those that the file lists
	Entities    []Entity
	Frequency   time.Duration
	Period      time.Duration
	Trigger     Trigger

	FalsePositives []string
	BlindSpots     []string
	References     []string
	// Notes holds the other texts of the file by their heading or field, in order.
	Notes []Note

	// Query is the text to compile; Span leads from it to the file, of a Sigma rule to
	// its detection.
	Query string
	// QueryAt is where the query stands in the file.
	QueryAt source.Span
	// FilterAt is the place in Query for a filter of the user's own environment,
	// between the comments that mark it; NoSpan if there is none.
	FilterAt source.Span
	// Repaired tells that the file was mended to read the rule.
	Repaired bool

	places places
	begin  source.Span            // the first line of a rule in YAML
	fields map[string]source.Span // its fields' values
}

// Connector is a data connector with the tables that the rule needs of it.
type Connector struct {
	ID     string
	Tables []string
	at     source.Span
}

// Entity is an entity mapping: which columns hold what of an account, a host ..
type Entity struct {
	Type   string
	Fields []Field
	at     source.Span
}

// Field is one column of an entity mapping.
type Field struct {
	Identifier string
	Column     string
	at         source.Span
}

// Trigger is when an analytics rule raises an alert.
type Trigger struct {
	Operator  string // "gt", "lt", "eq", "ne"
	Threshold int
}

// Note is a text of a rule that has no field of its own.
type Note struct {
	Title string
	Text  string
}

// Span returns the place in the file of a place in Query.
func (r *Rule) Span(query source.Span) source.Span { return r.places.span(query) }

// InFile returns diagnostics of Query with their places in the file.
func (r *Rule) InFile(list []source.Diagnostic) []source.Diagnostic {
	moved := make([]source.Diagnostic, len(list))
	for i, d := range list {
		d.Span = r.Span(d.Span)
		d.Fix = r.fixInFile(d.Fix)
		moved[i] = d
	}
	return moved
}

// fixInFile returns a fix of Query with its places in the file.
func (r *Rule) fixInFile(f *source.Fix) *source.Fix {
	if f == nil || r.Format == Sigma {
		return nil
	}
	moved := &source.Fix{Else: r.fixInFile(f.Else)}
	for _, e := range f.Edits {
		if e.Span = r.Span(e.Span); !e.Span.IsValid() {
			return nil
		}
		moved.Edits = append(moved.Edits, e)
	}
	return moved
}

// Options change how Read works.
type Options struct {
	// Repair reads a rule whose indentation is lost as if it were there. Without it
	// such a rule is an error that shows the mended text.
	Repair bool
}

// Read returns the rules of a file and what is wrong with them. A file without
// any rule has an error.
func Read(f *source.File, o Options) ([]*Rule, []source.Diagnostic) {
	r := &reader{file: f, options: o}
	switch {
	case len(f.Text) > maxFile:
		r.report(errTooLarge(len(f.Text), maxFile))
		return nil, r.diags
	case strings.IndexByte(f.Text, 0) >= 0 || !utf8.ValidString(f.Text):
		r.report(errNoText())
		return nil, r.diags
	}
	switch Detect(f.Text) {
	case Analytics, Hunting:
		r.yaml()
	case FalconForce:
		r.falconForce()
	case Sigma:
		r.sigma()
	case KQL:
		r.kql()
	default:
		r.document()
	}
	slices.SortStableFunc(r.diags, func(a, b source.Diagnostic) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return r.rules, r.diags
}

// reader collects the rules of one file.
type reader struct {
	file    *source.File
	options Options
	rules   []*Rule
	diags   []source.Diagnostic
}

// maxDiagnostics bounds what is said of one file.
const maxDiagnostics = 200

func (r *reader) report(d source.Diagnostic) {
	if len(r.diags) < maxDiagnostics {
		r.diags = append(r.diags, d)
	}
}

// Detect tells the format of a text by its content.
func Detect(text string) Format {
	lines := splitLines(text)
	keys := topKeys(lines)
	switch {
	case keys["logsource"] && keys["detection"] && !hasProse(lines):
		return Sigma
	case keys["query"] && !hasProse(lines) && countKeys(keys) >= 2:
		if keys["severity"] || keys["queryFrequency"] || keys["triggerOperator"] || keys["kind"] {
			return Analytics
		}
		return Hunting
	}
	heads := headings(lines)
	if heads["metadata"] && heads["detection"] || heads["att&ck tags"] && heads["detection"] {
		return FalconForce
	}
	if isQueryText(lines) {
		return KQL
	}
	return Document
}
