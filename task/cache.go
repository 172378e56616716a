package task

import (
	"strings"
)

// Cached is the definition of a task as the registry keeps it below TaskCache\Tasks:
// the values of its key. Nil blobs are values that the key does not have.
type Cached struct {
	Actions, Triggers                []byte
	Author, Description, URI         string
	Source, Date, SecurityDescriptor string
}

// Parse makes a Definition of it, as far as the values can be read. The registry has
// no copy of the XML: texts are those of the values, and settings that the XML leaves
// to their defaults are written out.
func (c *Cached) Parse() *Definition {
	root := &element{name: "Task"}
	info := &element{name: "RegistrationInfo"}
	for _, f := range [...]struct{ name, value string }{
		{"Source", c.Source}, {"Date", c.Date}, {"Author", c.Author}, {"Description", c.Description}, {"URI", c.URI}, {"SecurityDescriptor", c.SecurityDescriptor},
	} {
		info.leaf(f.name, f.value)
	}
	root.kids = append(root.kids, info)
	var damages []string
	if c.Triggers != nil {
		t, err := parseTriggers(c.Triggers)
		if err != nil {
			damages = append(damages, "Triggers: "+err.Error())
		}
		for _, e := range []*element{t.triggers, t.principals, t.settings} {
			if e != nil {
				root.kids = append(root.kids, e)
			}
		}
	}
	if c.Actions != nil {
		context, actions, err := ParseActions(c.Actions)
		if err != nil {
			damages = append(damages, "Actions: "+err.Error())
		}
		root.kids = append(root.kids, actionsElement(context, actions))
	}
	return newDefinition(root, strings.Join(damages, "; "))
}

// actionsElement writes actions as the schema does.
func actionsElement(context string, actions []Action) *element {
	e := &element{name: "Actions"}
	if context != "" {
		e.attrs = append(e.attrs, attribute{"Context", context})
	}
	for i := range actions {
		a := &actions[i]
		k := &element{name: a.Kind}
		if a.ID != "" {
			k.attrs = append(k.attrs, attribute{"id", a.ID})
		}
		k.leaf("Command", a.Command)
		k.leaf("Arguments", a.Arguments)
		k.leaf("WorkingDirectory", a.WorkingDirectory)
		k.leaf("ClassId", a.ClassID)
		k.leaf("Data", a.Data)
		for _, p := range a.Parts {
			k.leaf(p.Name, p.Value)
		}
		e.kids = append(e.kids, k)
	}
	return e
}
