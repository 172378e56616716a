package task

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// errBound ends the reading of JSON that is too large or too deep.
var errBound = errors.New("too large")

// jsonReader builds elements from JSON: a member is an element, an array one
// element for each of its values.
type jsonReader struct {
	*json.Decoder
	count  int
	damage string
}

// parseJSON returns the element Task of a definition as JSON.
func parseJSON(s string) (*element, string) {
	// A JSON string may hold the definition, as XML or JSON.
	if s[0] == '"' {
		var inner string
		if err := json.Unmarshal([]byte(s), &inner); err != nil {
			return nil, "the JSON string around the definition is not valid"
		}
		inner = strings.TrimSpace(inner)
		if inner != "" && inner[0] == '"' {
			return nil, "a JSON string holds a JSON string"
		}
		return parse(inner)
	}
	doc, damage := readJSON(s)
	if len(doc.kids) == 0 {
		return nil, damage
	}
	root, found := taskOf(doc.kids[0])
	if !found && damage == "" {
		damage = notTask
	}
	return root, damage
}

// readJSON reads a JSON text into nameless children of a document: one, or the
// values of an array.
func readJSON(s string) (doc *element, damage string) {
	r := &jsonReader{Decoder: json.NewDecoder(strings.NewReader(s))}
	r.UseNumber()
	doc = &element{}
	if err := r.value(doc, "", 0); err != nil {
		r.note(err)
	}
	return doc, r.damage
}

func (r *jsonReader) note(err error) {
	if r.damage != "" {
		return
	}
	switch {
	case errors.Is(err, errBound):
		r.damage = fmt.Sprintf("it has more than %d values or is nested deeper than %d", maxElements, maxDepth)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		r.damage = "the JSON text ends too early"
	default:
		r.damage = "the JSON text is not valid: " + err.Error()
	}
}

// value reads one value as an element of that name below parent.
func (r *jsonReader) value(parent *element, name string, depth int) error {
	if r.count++; r.count > maxElements || depth > maxDepth {
		return errBound
	}
	tok, err := r.Token()
	if err != nil {
		return err
	}
	switch tok := tok.(type) {
	case json.Delim:
		if tok == '[' {
			for r.More() {
				if err := r.value(parent, name, depth+1); err != nil {
					return err
				}
			}
			_, err = r.Token()
			return err
		}
		e := &element{name: name}
		parent.kids = append(parent.kids, e)
		return r.members(e, depth)
	case string:
		parent.add(name, tok)
	case json.Number:
		parent.add(name, tok.String())
	case bool:
		parent.add(name, fmt.Sprint(tok))
	case nil:
		parent.add(name, "")
	}
	return nil
}

// members reads the members of an object into e.
func (r *jsonReader) members(e *element, depth int) error {
	for r.More() {
		tok, err := r.Token()
		if err != nil {
			return err
		}
		name, ok := tok.(string)
		if !ok {
			return fmt.Errorf("a member has no name")
		}
		if err := r.value(e, name, depth+1); err != nil {
			return err
		}
		e.sort()
	}
	_, err := r.Token()
	return err
}

// add puts a child that has only text below e. The text of an element that must have
// parts may hold them as JSON again.
func (e *element) add(name, value string) {
	if structural[name] && len(value) > 1 && (value[0] == '{' || value[0] == '[') {
		if doc, damage := readJSON(value); damage == "" {
			for _, k := range doc.kids {
				k.name = name
			}
			e.kids = append(e.kids, doc.kids...)
			return
		}
	}
	e.kids = append(e.kids, &element{name: name, text: value})
}

// structural are the elements that have children and no text.
var structural = map[string]bool{
	"Task": true, "TaskContent": true, "Actions": true, "Exec": true, "ComHandler": true, "Triggers": true,
	"Principals": true, "Principal": true, "Settings": true, "RegistrationInfo": true,
}

// sort moves the newest children of e that stand for attributes or text to where
// they belong.
func (e *element) sort() {
	last := len(e.kids) - 1
	if last < 0 {
		return
	}
	k := e.kids[last]
	switch {
	case k.name == "#text":
		e.text = k.text
	case k.name == "#attributes" || k.name == "@attributes":
		for _, a := range k.kids {
			e.setAttribute(a.name, a.text)
		}
	case len(k.kids) == 0 && attributeKey(k.name) != "":
		e.setAttribute(attributeKey(k.name), k.text)
	default:
		return
	}
	e.kids = e.kids[:last]
}

func (e *element) setAttribute(name, value string) {
	if name != "xmlns" {
		e.attrs = append(e.attrs, attribute{name, value})
	}
}

// attributeKey returns the name of the attribute that a member of an object stands
// for, or "".
func attributeKey(name string) string {
	if len(name) > 1 && (name[0] == '@' || name[0] == '-') {
		return name[1:]
	}
	switch a, ok := strings.CutPrefix(name, "Attr"); {
	case ok && (a == "version" || a == "xmlns" || a == "Context" || a == "id"):
		return a
	}
	return ""
}
