package cli

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// The parts of SARIF 2.1.0 that check writes.
//
// Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind  string            `json:"columnKind"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifInvocation struct {
		ExecutionSuccessful bool `json:"executionSuccessful"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string     `json:"id"`
		ShortDescription *sarifText `json:"shortDescription,omitempty"`
		FullDescription  *sarifText `json:"fullDescription,omitempty"`
		Help             *sarifText `json:"help,omitempty"`
		HelpURI          string     `json:"helpUri"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Fixes     []sarifFix      `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact sarifArtifact `json:"artifactLocation"`
			Region   sarifRegion   `json:"region"`
		} `json:"physicalLocation"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted sarifText   `json:"insertedContent"`
	}
)

// sarifSchema is the address of the schema, as the standard gives it.
const sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"

// writeSARIF writes results as one SARIF run; whole says that every file was checked.
func writeSARIF(w io.Writer, results []checked, whole bool) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Invocations: []sarifInvocation{{whole}}, Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "goshawk", Version: version, InformationURI: "https://github.com/goshawk-hunt/goshawk", Rules: []sarifRule{}}
	index := map[string]int{}
	for _, c := range results {
		uri := sarifURI(c.File)
		for _, x := range c.said.List {
			at, ok := index[x.Code]
			if !ok {
				at = len(run.Tool.Driver.Rules)
				index[x.Code] = at
				run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(x.Code))
			}
			run.Results = append(run.Results, sarifResultOf(c.said.File, uri, at, x))
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// errorsPage tells of every code.
const errorsPage = "https://github.com/goshawk-hunt/goshawk/blob/main/docs/errors.md"

// sarifRuleOf describes a code as docs/errors.md does. The help is what GitHub's code
// scanning shows beside a result, and asks for.
func sarifRuleOf(code string) sarifRule {
	r := sarifRule{ID: code, HelpURI: errorsPage}
	for _, catalogue := range [][]source.Code{rulefile.Codes[:], syntax.Codes[:], bind.Codes[:], sqlgen.Codes[:], exclusion.Codes[:]} {
		for _, c := range catalogue {
			if c.Code == code {
				r.ShortDescription, r.FullDescription = &sarifText{c.Title}, &sarifText{c.Explanation}
				r.Help = &sarifText{c.Explanation + "\n\nEvery code with an example: " + errorsPage}
			}
		}
	}
	return r
}

func sarifResultOf(f *source.File, uri string, rule int, x source.Diagnostic) sarifResult {
	r := sarifResult{RuleID: x.Code, RuleIndex: rule, Level: "error", Message: sarifText{printableLines(x.Message)}}
	if x.Severity != source.Error {
		r.Level = map[source.Severity]string{source.Warning: "warning", source.Info: "note"}[x.Severity]
	}
	if x.Hint != "" {
		r.Message.Text += "\n" + printableLines(x.Hint)
	}
	var at sarifLocation
	at.Physical.Artifact.URI = uri
	at.Physical.Region = sarifRegionOf(f, x.Span)
	if !x.Span.IsValid() { // what is said of a whole file stands at its first line
		at.Physical.Region = sarifRegionOf(f, source.Span{End: len(f.Line(1))})
	}
	r.Locations = []sarifLocation{at}
	if x.Fix != nil && utf8.ValidString(f.Text) {
		change := sarifChange{Artifact: at.Physical.Artifact}
		for _, e := range x.Fix.Edits {
			change.Replacements = append(change.Replacements, sarifReplacement{sarifRegionOf(f, e.Span), sarifText{e.Text}})
		}
		r.Fixes = []sarifFix{{sarifText{"as the hint says"}, []sarifChange{change}}}
	}
	return r
}

func sarifRegionOf(f *source.File, s source.Span) sarifRegion {
	from, to := f.Position(s.Start), f.Position(s.End)
	return sarifRegion{from.Line, from.Column, to.Line, to.Column}
}

// sarifURI writes a path as a relative reference where it is one.
func sarifURI(path string) string {
	slashed := filepath.ToSlash(path)
	u := url.URL{Path: slashed}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
		if slashed[0] != '/' { // C:/..
			u.Path = "/" + slashed
		}
	}
	return u.String()
}
