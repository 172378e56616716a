package rulefile

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar returns a field that is one value.
func (y *yamlReader) scalar(key, value *yaml.Node) string {
	if value.Kind != yaml.ScalarNode {
		y.report(errFieldType(y.at(value), key.Value, "one value"))
		return ""
	}
	if value.Tag == "!!null" {
		return ""
	}
	return strings.TrimSpace(value.Value)
}

// list returns a field that is a list, or one value standing for a list of one.
func (y *yamlReader) list(key, value *yaml.Node) []string {
	switch value.Kind {
	case yaml.SequenceNode:
		var list []string
		for _, v := range value.Content {
			if v.Kind != yaml.ScalarNode {
				y.report(errFieldType(y.at(v), key.Value, "a list of values"))
				continue
			}
			list = append(list, strings.TrimSpace(v.Value))
		}
		return list
	case yaml.ScalarNode:
		return splitList(y.scalar(key, value))
	}
	y.report(errFieldType(y.at(value), key.Value, "a list"))
	return nil
}

var wholeTechnique = regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)

func (y *yamlReader) techniques(rule *Rule, key, value *yaml.Node) {
	for _, id := range y.list(key, value) {
		at := value
		for _, item := range value.Content {
			if strings.TrimSpace(item.Value) == id {
				at = item
			}
		}
		if !wholeTechnique.MatchString(id) {
			y.report(errTechnique(y.at(at), id))
		}
		rule.addTechnique(id)
	}
}

// connectors reads requiredDataConnectors and the tables below it.
func (y *yamlReader) connectors(rule *Rule, key, value *yaml.Node) {
	for _, item := range y.maps(key, value) {
		c := Connector{at: y.at(item)}
		for i := 0; i+1 < len(item.Content); i += 2 {
			switch k, v := item.Content[i], item.Content[i+1]; k.Value {
			case "connectorId":
				c.ID = y.scalar(k, v)
			case "dataTypes":
				c.Tables = y.list(k, v)
			}
		}
		for _, t := range c.Tables {
			// "SecurityAlert (MDATP)" names the table first
			t, _, _ = strings.Cut(t, " ")
			rule.addTable(t)
		}
		rule.Connectors = append(rule.Connectors, c)
	}
}

func (r *Rule) addTable(name string) {
	for _, have := range r.Tables {
		if have == name {
			return
		}
	}
	r.Tables = append(r.Tables, name)
}

// maps returns the items of a list of mappings.
func (y *yamlReader) maps(key, value *yaml.Node) []*yaml.Node {
	var list []*yaml.Node
	switch value.Kind {
	case yaml.SequenceNode:
		for _, item := range value.Content {
			if item.Kind != yaml.MappingNode {
				y.report(errFieldType(y.at(item), key.Value, "a list of mappings"))
				continue
			}
			list = append(list, item)
		}
	case yaml.MappingNode:
		list = append(list, value)
	default:
		if value.Tag != "!!null" {
			y.report(errFieldType(y.at(value), key.Value, "a list of mappings"))
		}
	}
	return list
}

func (y *yamlReader) entities(rule *Rule, key, value *yaml.Node) {
	for _, item := range y.maps(key, value) {
		e := Entity{at: y.at(item)}
		for i := 0; i+1 < len(item.Content); i += 2 {
			switch k, v := item.Content[i], item.Content[i+1]; k.Value {
			case "entityType":
				e.Type = y.scalar(k, v)
			case "fieldMappings":
				for _, f := range y.maps(k, v) {
					e.Fields = append(e.Fields, y.entityField(f))
				}
			}
		}
		rule.Entities = append(rule.Entities, e)
	}
}

func (y *yamlReader) entityField(m *yaml.Node) Field {
	f := Field{at: y.at(m)}
	for i := 0; i+1 < len(m.Content); i += 2 {
		switch k, v := m.Content[i], m.Content[i+1]; k.Value {
		case "identifier":
			f.Identifier = y.scalar(k, v)
		case "columnName":
			f.Column = y.scalar(k, v)
			f.at = y.at(v)
		}
	}
	return f
}
