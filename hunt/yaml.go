package hunt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"go.yaml.in/yaml/v3"

	"github.com/goshawk-hunt/goshawk/finding"
)

// file is the form of rule.yaml.
type file struct {
	ID          string   `yaml:"id"`
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Severity    string   `yaml:"severity"`
	Tactics     []string `yaml:"tactics"`
	Techniques  []string `yaml:"relevantTechniques"`
	// TechniquesWhen: technique -> column, for those that not every row is evidence of.
	TechniquesWhen map[string]string `yaml:"techniquesWhen"`
	Tables         []string          `yaml:"tables"`
	Evidence       []struct {
		For string   `yaml:"for"`
		Any []string `yaml:"any"`
	} `yaml:"evidence"`
	Entities map[string]string `yaml:"entities"`
	Signals  []struct {
		Points   int    `yaml:"points"`
		Property string `yaml:"property"`
		When     string `yaml:"when"`
		Text     string `yaml:"text"`
		Fact     string `yaml:"fact"`
		Defined  int    `yaml:"pointsWhenDefined"`
	} `yaml:"signals"`
	FalsePositives []string `yaml:"falsePositives"`
	BlindSpots     []string `yaml:"blindSpots"`
	References     []string `yaml:"references"`
	Query          string   `yaml:"query"`
}

// maxRuleFile bounds the size of one rule.yaml.
const maxRuleFile = 1 << 20

// LoadBuiltIn reads every <id>/rule.yaml of fsys, the folder of built-in hunts.
// Rules come in the order of their ids.
func LoadBuiltIn(fsys fs.FS) ([]Rule, error) {
	names, err := fs.Glob(fsys, "*/rule.yaml")
	if err != nil {
		return nil, err
	}
	var rules []Rule
	for _, name := range names {
		rule, err := loadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if rule.ID != path.Dir(name) {
			return nil, fmt.Errorf("%s: id is %q, expected the folder's name", name, rule.ID)
		}
		rules = append(rules, *rule)
	}
	return rules, nil
}

func loadFile(fsys fs.FS, name string) (*Rule, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRuleFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxRuleFile {
		return nil, fmt.Errorf("larger than %d bytes", maxRuleFile)
	}
	rule, err := parseYAML(text)
	if err != nil {
		return nil, err
	}
	rule.BuiltIn = true
	return rule, nil
}

// parseYAML reads a rule in Goshawk's own form, that of hunts/<id>/rule.yaml. A key
// that it doesn't know is an error.
func parseYAML(text []byte) (*Rule, error) {
	var f file
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("empty file, expected a rule")
		}
		return nil, err
	}
	severity, err := finding.ParseSeverity(f.Severity)
	if err != nil {
		return nil, err
	}
	r := &Rule{
		ID: f.ID, Name: f.Name, Description: f.Description, Severity: severity,
		Tactics: f.Tactics, Techniques: f.Techniques, TechniquesWhen: f.TechniquesWhen, Tables: f.Tables, Entities: f.Entities,
		FalsePositives: f.FalsePositives, BlindSpots: f.BlindSpots, References: f.References,
		Query: f.Query, Line: queryLine(text),
	}
	for _, e := range f.Evidence {
		r.Evidence = append(r.Evidence, Need{For: e.For, Any: e.Any})
	}
	for _, s := range f.Signals {
		r.Signals = append(r.Signals, Signal{Points: s.Points, Property: finding.Property(s.Property), When: s.When, Text: s.Text, Fact: s.Fact, Defined: s.Defined})
	}
	return r, r.Validate()
}

// queryLine returns the 1-based line on which the query's text begins.
func queryLine(text []byte) int {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if bytes.HasPrefix(line, []byte("query:")) {
			return i + 2
		}
	}
	return 1
}
