package sigma

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// field writes "Field|modifiers: value or values".
func (d *detection) field(key string, value *yaml.Node) (string, error) {
	parts := strings.Split(key, "|")
	column, err := d.src.column(parts[0])
	if err != nil {
		return "", err
	}
	for _, step := range d.src.prepare[column] {
		if !slices.Contains(d.steps, step) {
			d.steps = append(d.steps, step)
		}
	}
	m, err := modifiersOf(parts[1:])
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	values := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		values = value.Content
	}
	var tests []string
	for _, v := range values {
		if v.Kind != yaml.ScalarNode {
			return "", fmt.Errorf("%s: expected a value or a list of values", key)
		}
		t, err := m.test(column, v)
		if err != nil {
			return "", fmt.Errorf("%s: %w", key, err)
		}
		tests = append(tests, t)
	}
	if m.all {
		return join(tests, " and ")
	}
	return join(tests, " or ")
}

// modifiers say how a field is compared.
type modifiers struct {
	op      string // "", contains, startswith, endswith, re, cidr, exists, lt ..
	all     bool
	cased   bool
	windash bool
	negated bool
	folded  bool // i: a regular expression looks at no case
}

func modifiersOf(names []string) (m modifiers, err error) {
	for _, name := range names {
		switch name {
		case "all":
			m.all = true
		case "cased":
			m.cased = true
		case "windash":
			m.windash = true
		case "neq":
			m.negated = true
		case "contains", "startswith", "endswith", "re", "cidr", "exists", "lt", "lte", "gt", "gte":
			if m.op != "" {
				return m, fmt.Errorf("the modifiers %s and %s exclude each other", m.op, name)
			}
			m.op = name
		case "i":
			if m.op != "re" {
				return m, errors.New("the modifier i belongs to re")
			}
			m.folded = true
		default:
			return m, fmt.Errorf("the modifier %q is not supported", name)
		}
	}
	return m, nil
}

var comparisons = map[string]string{"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

// test writes one comparison.
func (m modifiers) test(column string, v *yaml.Node) (string, error) {
	kql, err := m.compare(column, v)
	if err == nil && m.negated {
		kql = "not(" + kql + ")"
	}
	return kql, err
}

func (m modifiers) compare(column string, v *yaml.Node) (string, error) {
	switch {
	case v.Tag == "!!null":
		return "isempty(" + column + ")", nil
	case m.op == "exists":
		if v.Value == "true" {
			return "isnotempty(" + column + ")", nil
		}
		return "isempty(" + column + ")", nil
	case comparisons[m.op] != "":
		if _, err := strconv.ParseInt(v.Value, 10, 64); err != nil {
			return "", fmt.Errorf("%q is no number", v.Value)
		}
		return "tolong(" + column + ") " + comparisons[m.op] + " " + v.Value, nil
	case m.op == "cidr":
		return "ipv4_is_in_range(" + column + ", " + syntax.Quote(v.Value) + ")", nil
	case m.op == "re":
		if _, err := regexp.Compile(v.Value); err != nil {
			return "", fmt.Errorf("the regular expression can't be used: %w", err)
		}
		if m.folded {
			return column + " matches regex " + syntax.Quote("(?i)"+v.Value), nil
		}
		return column + " matches regex " + syntax.Quote(v.Value), nil
	case v.Tag == "!!int" && m.op == "" && (column == "EventID" || column == "EventLevel" || strings.HasSuffix(column, "Port") || strings.HasSuffix(column, "ProcessId") || column == "InitiatingProcessId"):
		return column + " == " + v.Value, nil
	}
	if m.windash {
		return m.dashes(column, v.Value)
	}
	return m.text(column, v.Value), nil
}

// dashes tries a parameter with each sign that Windows takes before it.
func (m modifiers) dashes(column, value string) (string, error) {
	i := strings.IndexAny(value, "-/")
	if i < 0 {
		return m.text(column, value), nil
	}
	var parts []string
	for _, sign := range []string{"-", "/", "–", "—", "―"} {
		parts = append(parts, m.text(column, value[:i]+sign+value[i+1:]))
	}
	return join(parts, " or ")
}

// text compares with a text in which * and ? are wildcards and \ escapes them.
func (m modifiers) text(column, value string) string {
	pieces, single := pieces(value)
	first, last := pieces[0], pieces[len(pieces)-1]
	cs := ""
	if m.cased {
		cs = "_cs"
	}
	if !single && len(pieces) == 1 {
		switch m.op {
		case "":
			if m.cased {
				return column + " == " + syntax.Quote(first)
			}
			return column + " =~ " + syntax.Quote(first)
		default:
			return column + " " + m.op + cs + " " + syntax.Quote(first)
		}
	}
	if !single && m.op == "" {
		switch {
		case len(pieces) == 2 && first == "" && last != "":
			return column + " endswith" + cs + " " + syntax.Quote(last)
		case len(pieces) == 2 && last == "" && first != "":
			return column + " startswith" + cs + " " + syntax.Quote(first)
		case len(pieces) == 3 && first == "" && last == "" && pieces[1] != "":
			return column + " contains" + cs + " " + syntax.Quote(pieces[1])
		case len(pieces) == 2 && first == "" && last == "":
			return "isnotempty(" + column + ")"
		}
	}
	return column + " matches regex " + syntax.Quote(m.pattern(value))
}

// escapes reports whether a backslash at i takes the next character by its word: a
// wildcard or another backslash. Before anything else a backslash is one itself.
func escapes(value string, i int) bool {
	return value[i] == '\\' && i+1 < len(value) && strings.IndexByte(`*?\`, value[i+1]) >= 0
}

// pieces splits at unescaped *; single tells of an unescaped ?.
func pieces(value string) (list []string, single bool) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case escapes(value, i):
			i++
			b.WriteByte(value[i])
		case c == '*':
			list = append(list, b.String())
			b.Reset()
		case c == '?':
			single = true
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return append(list, b.String()), single
}

// pattern writes a value with wildcards as a regular expression.
func (m modifiers) pattern(value string) string {
	var b strings.Builder
	if !m.cased {
		b.WriteString("(?i)")
	}
	b.WriteString("(?s)")
	if m.op == "" || m.op == "startswith" {
		b.WriteString("^")
	}
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case escapes(value, i):
			i++
			b.WriteString(regexp.QuoteMeta(value[i : i+1]))
		case c == '*':
			b.WriteString(".*")
		case c == '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(value[i : i+1]))
		}
	}
	if m.op == "" || m.op == "endswith" {
		b.WriteString("$")
	}
	return b.String()
}
