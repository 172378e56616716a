// Package sigma writes a Sigma rule as KQL over Defender's and Sentinel's tables.
//
// It covers what rules for Windows are made of: selections, lists, the modifiers that
// KQL has an operator for, and conditions with and, or, not, "1 of" and "all of". What
// it can't say is an error, never a query that asks something else.
//
// Source: https://github.com/SigmaHQ/sigma-specification, version 2.
package sigma

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxRule bounds the text of a rule.
const maxRule = 256 << 10

// rule is the part of a Sigma rule that a query is made of.
type rule struct {
	Title     string `yaml:"title"`
	Logsource struct {
		Category string `yaml:"category"`
		Product  string `yaml:"product"`
		Service  string `yaml:"service"`
	} `yaml:"logsource"`
	Detection yaml.Node `yaml:"detection"`
}

// Translate returns the KQL of a Sigma rule.
func Translate(text string) (kql string, err error) {
	if len(text) > maxRule {
		return "", fmt.Errorf("a rule of %d bytes, more than %d are not read", len(text), maxRule)
	}
	var r rule
	doc := yaml.NewDecoder(strings.NewReader(text))
	if err := doc.Decode(&r); err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("no valid Sigma: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := doc.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return "", errors.New("several documents in one file are not supported, expected one rule")
	}
	if p := r.Logsource.Product; p != "" && !strings.EqualFold(p, "windows") {
		return "", fmt.Errorf("the rule is for %s, expected windows", p)
	}
	src, err := sourceFor(r.Logsource.Category, r.Logsource.Service)
	if err != nil {
		return "", err
	}
	d := &detection{src: src, selections: map[string]string{}}
	if err := d.read(&r.Detection); err != nil {
		return "", err
	}
	condition, err := d.condition()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(src.table)
	for _, f := range src.where {
		b.WriteString("\n| where " + f)
	}
	for _, f := range d.steps {
		b.WriteString("\n| " + f)
	}
	b.WriteString("\n| where " + condition)
	return b.String(), nil
}

// detection is the rule's detection: its selections as KQL, by name, and its condition.
type detection struct {
	src        *logsource
	steps      []string // operators that make the columns which are asked for
	names      []string // of the selections, in order
	selections map[string]string
	text       string // the condition
}

func (d *detection) read(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return errors.New("the rule has no detection")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		switch key {
		case "condition":
			if value.Kind != yaml.ScalarNode {
				return errors.New("a list of conditions is not supported, expected one")
			}
			d.text = value.Value
			continue
		case "timeframe":
			return errors.New("timeframe is not supported")
		}
		if _, twice := d.selections[key]; twice {
			return fmt.Errorf("the selection %q stands twice", key)
		}
		kql, err := d.selection(value, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		d.names = append(d.names, key)
		d.selections[key] = kql
	}
	if d.text == "" {
		return errors.New("the detection has no condition")
	}
	return nil
}

// maxDepth bounds lists within lists and brackets within brackets.
const maxDepth = 32

// selection writes a mapping (all fields hold) or a list of mappings (any holds).
func (d *detection) selection(n *yaml.Node, depth int) (string, error) {
	if depth > maxDepth {
		return "", errors.New("selections are nested too deeply")
	}
	var parts []string
	switch n.Kind {
	case yaml.AliasNode:
		return "", errors.New("YAML aliases are not supported")
	case yaml.MappingNode:
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key := n.Content[i].Value; seen[key] {
				return "", fmt.Errorf("the field %q stands twice", key)
			}
			seen[n.Content[i].Value] = true
			part, err := d.field(n.Content[i].Value, n.Content[i+1])
			if err != nil {
				return "", err
			}
			parts = append(parts, part)
		}
		return join(parts, " and ")
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if item.Kind == yaml.ScalarNode {
				return "", errors.New("keywords without a field are not supported")
			}
			part, err := d.selection(item, depth+1)
			if err != nil {
				return "", err
			}
			parts = append(parts, part)
		}
		return join(parts, " or ")
	}
	return "", errors.New("a selection is a mapping of fields, or a list of them")
}

// join puts brackets around several parts.
func join(parts []string, op string) (string, error) {
	switch len(parts) {
	case 0:
		return "", errors.New("an empty selection")
	case 1:
		return parts[0], nil
	}
	return "(" + strings.Join(parts, op) + ")", nil
}

// condition parses "a and not (b or 1 of c*)".
func (d *detection) condition() (string, error) {
	p := &parser{d: d, words: words(d.text)}
	kql, err := p.or(0)
	if err != nil {
		return "", fmt.Errorf("condition %q: %w", d.text, err)
	}
	if p.i < len(p.words) {
		return "", fmt.Errorf("condition %q: %q is not supported here", d.text, p.words[p.i])
	}
	return kql, nil
}

func words(s string) []string {
	return strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ", "|", " | ").Replace(s))
}

type parser struct {
	d     *detection
	words []string
	i     int
}

func (p *parser) at(word string) bool {
	return p.i < len(p.words) && strings.EqualFold(p.words[p.i], word)
}

func (p *parser) eat(word string) bool {
	if p.at(word) {
		p.i++
		return true
	}
	return false
}

func (p *parser) or(depth int) (string, error) { return p.chain("or", p.and, depth) }

func (p *parser) and(depth int) (string, error) { return p.chain("and", p.term, depth) }

func (p *parser) chain(op string, next func(int) (string, error), depth int) (string, error) {
	if depth > maxDepth {
		return "", errors.New("too many brackets")
	}
	var parts []string
	for {
		part, err := next(depth)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
		if !p.eat(op) {
			return join(parts, " "+op+" ")
		}
	}
}

func (p *parser) term(depth int) (string, error) {
	switch {
	case p.i >= len(p.words):
		return "", errors.New("it ends where the name of a selection was expected")
	case depth > maxDepth:
		return "", errors.New("too many brackets")
	case p.eat("not"):
		x, err := p.term(depth + 1)
		return "not(" + x + ")", err
	case p.eat("("):
		x, err := p.or(depth + 1)
		if err == nil && !p.eat(")") {
			err = errors.New("a bracket is not closed")
		}
		return x, err
	case (p.at("1") || p.at("any") || p.at("all")) && p.i+2 < len(p.words) && strings.EqualFold(p.words[p.i+1], "of"):
		op := " or "
		if p.at("all") {
			op = " and "
		}
		pattern := p.words[p.i+2]
		p.i += 3
		return p.of(pattern, op)
	}
	name := p.words[p.i]
	kql, ok := p.d.selections[name]
	if !ok {
		return "", fmt.Errorf("there is no selection %q", name)
	}
	p.i++
	return kql, nil
}

// of joins the selections whose names fit a pattern.
func (p *parser) of(pattern, op string) (string, error) {
	var parts []string
	prefix, star := strings.CutSuffix(pattern, "*")
	for _, name := range p.d.names {
		if strings.EqualFold(pattern, "them") && !strings.HasPrefix(name, "_") || name == pattern || star && strings.HasPrefix(name, prefix) {
			parts = append(parts, p.d.selections[name])
		}
	}
	if len(parts) == 0 {
		return "", fmt.Errorf("no selection fits %q", pattern)
	}
	return join(parts, op)
}
