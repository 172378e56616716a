package task

import (
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/evidence/text"
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
		return appendString(b, e.text)
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
		b = append(appendString(b, name), ':')
	}
	if attrs {
		for _, a := range e.attrs {
			key("@" + a.name)
			b = appendString(b, a.value)
		}
	}
	if strings.TrimSpace(e.text) != "" {
		key("#text")
		b = appendString(b, e.text)
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

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			b = append(append(b, s[start:i]...), "\uFFFD"...)
			i++
			start = i
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
