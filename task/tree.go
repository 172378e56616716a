package task

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/internal/jsontext"
)

// Definitions are hostile: these bound what is built from one.
const (
	maxElements = 50_000
	maxDepth    = 64
)

// element is a node of a definition, whatever it was written in. A nil element has
// no children and no values.
type element struct {
	name  string
	attrs []attribute
	text  string
	parts []byte // of a text that is not in one piece, until settle
	kids  []*element
}

type attribute struct{ name, value string }

// parse reads text into the element Task. No element and no damage means that there
// is nothing.
func parse(doc string) (root *element, damage string) {
	doc = strings.TrimLeft(strings.TrimPrefix(doc, "\uFEFF"), " \t\r\n\x00")
	if doc == "" {
		return nil, ""
	}
	if doc[0] == '{' || doc[0] == '[' || doc[0] == '"' {
		return parseJSON(doc)
	}
	root, damage = parseXML(text.Document(doc))
	if root == nil {
		return nil, damage
	}
	root, found := taskOf(root)
	if !found && damage == "" {
		damage = notTask
	}
	return root, damage
}

const notTask = "no element Task and no part of one was found"

// taskOf finds Task in a parsed document. Without its root a definition still has its
// parts; an element around Task is a form of transport.
func taskOf(doc *element) (root *element, found bool) {
	if t := doc.child("Task"); t != nil {
		return t, true
	}
	for _, k := range doc.kids {
		switch k.name {
		case "Actions", "Triggers", "Principals", "Settings", "RegistrationInfo":
			return doc, true
		}
		if t := k.child("Task"); t != nil {
			return t, true
		}
	}
	return doc, false
}

func (e *element) child(name string) *element {
	if e != nil {
		for _, k := range e.kids {
			if k.name == name {
				return k
			}
		}
	}
	return nil
}

func (e *element) children() []*element {
	if e == nil {
		return nil
	}
	return e.kids
}

// value returns the text of a child.
func (e *element) value(name string) string {
	if k := e.child(name); k != nil {
		return k.text
	}
	return ""
}

func (e *element) attribute(name string) string {
	if e != nil {
		for _, a := range e.attrs {
			if a.name == name {
				return a.value
			}
		}
	}
	return ""
}

// inner returns the text of an element, or of its content as JSON if it has children.
func (e *element) inner() string {
	switch {
	case e == nil:
		return ""
	case len(e.kids) > 0:
		return string(appendMembers(nil, e, false))
	}
	return e.text
}

// appendValue appends an element as JSON: a string if it has only text.
func appendValue(b []byte, e *element) []byte {
	if len(e.kids) == 0 && len(e.attrs) == 0 {
		return jsontext.AppendString(b, e.text)
	}
	return appendMembers(b, e, true)
}

// appendMembers appends an element as a JSON object.
func appendMembers(b []byte, e *element, attrs bool) []byte {
	b = append(b, '{')
	first := true
	key := func(name string) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(jsontext.AppendString(b, name), ':')
	}
	if attrs {
		for _, a := range e.attrs {
			key("@" + a.name)
			b = jsontext.AppendString(b, a.value)
		}
	}
	if strings.TrimSpace(e.text) != "" {
		key("#text")
		b = jsontext.AppendString(b, e.text)
	}
	byName := map[string][]*element{}
	for _, k := range e.kids {
		byName[k.name] = append(byName[k.name], k)
	}
	for _, k := range e.kids {
		same := byName[k.name]
		if same == nil {
			continue // written with the first of its name
		}
		delete(byName, k.name)
		key(k.name)
		if len(same) == 1 {
			b = appendValue(b, k)
			continue
		}
		b = append(b, '[')
		for i, s := range same {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, s)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}
