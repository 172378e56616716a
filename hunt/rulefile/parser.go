package rulefile

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// Function is a stored function: Body is "(parameters) { query }".
type Function struct {
	Name, Body string
}

// parserFile is a file of Sentinel's parsers, of either kind: those of solutions have
// Function.. fields, those of the normalised schemas Parser.. fields.
type parserFile struct {
	FunctionName  string `yaml:"FunctionName"`
	FunctionAlias string `yaml:"FunctionAlias"`
	FunctionQuery string `yaml:"FunctionQuery"`

	ParserName              string        `yaml:"ParserName"`
	EquivalentBuiltInParser string        `yaml:"EquivalentBuiltInParser"`
	ParserParams            []parserParam `yaml:"ParserParams"`
	ParserQuery             string        `yaml:"ParserQuery"`
}

type parserParam struct {
	Name    string `yaml:"Name"`
	Type    string `yaml:"Type"`
	Default string `yaml:"Default"`
}

// Parser returns the function of a file of Sentinel's parsers under each of its names;
// none if the file is something else or can't be read.
func Parser(text string) []Function {
	if !strings.Contains(text, "FunctionQuery:") && !strings.Contains(text, "ParserQuery:") {
		return nil
	}
	var f parserFile
	if err := yaml.Unmarshal([]byte(text), &f); err != nil {
		return nil
	}
	query, names := f.FunctionQuery, []string{f.FunctionAlias, f.FunctionName}
	if query == "" {
		query, names = f.ParserQuery, []string{f.ParserName, f.EquivalentBuiltInParser}
	}
	if strings.TrimSpace(query) == "" {
		return nil
	}
	body := f.parameters() + " {\n" + query + "\n}"
	var list []Function
	for _, name := range names {
		name = strings.TrimSpace(name)
		if name != "" && (len(list) == 0 || list[0].Name != name) {
			list = append(list, Function{name, body})
		}
	}
	return list
}

// parameters writes the parameters as KQL does.
func (f *parserFile) parameters() string {
	var list []string
	for _, p := range f.ParserParams {
		text := strings.TrimSpace(p.Name) + ":" + strings.TrimSpace(p.Type)
		if value := strings.TrimSpace(p.Default); value != "" || p.Type == "string" {
			if p.Type == "string" && !strings.HasPrefix(value, `"`) && !strings.HasPrefix(value, "'") {
				value = syntax.Quote(value)
			}
			text += "=" + value
		}
		list = append(list, text)
	}
	return "(" + strings.Join(list, ", ") + ")"
}
