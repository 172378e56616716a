package taskxml

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// part is one of several definitions in a document.
type part struct {
	name       string // in the comment before it, "" if there is none
	start, end int
}

// maxParts bounds how many definitions a document may have.
const maxParts = 100_000

// list finds the definitions of a list as schtasks /query /xml writes it: documents one
// after the other, or the children of an element Tasks, each behind a comment with its
// name. It is nil for anything else, such as the file of one task.
func list(doc []byte) []part {
	l := &lister{doc: doc}
	for l.at < len(doc) && len(l.parts) < maxParts {
		l.scan()
	}
	if len(l.parts) > 1 || len(l.parts) == 1 && (l.inTasks || l.parts[0].name != "") {
		return l.parts
	}
	return nil
}

// lister is the state of finding the parts.
type lister struct {
	doc     []byte
	at      int // behind what was found
	parts   []part
	name    string // in the last comment
	inTasks bool
}

// scan goes on to the end or to where the text is no XML; a part that it is in then ends
// with the next end of a Task.
func (l *lister) scan() {
	base := l.at
	d := decoder(l.doc[base:])
	depth, start := 0, -1
	for {
		before := base + int(d.InputOffset())
		token, err := d.Token()
		l.at = base + int(d.InputOffset())
		switch t := token.(type) {
		case xml.Comment:
			if depth == 0 {
				l.comment(string(t))
			}
		case xml.StartElement:
			switch {
			case depth == 0 && t.Name.Local == "Tasks":
				l.inTasks = true
				continue
			case depth == 0 && t.Name.Local == "Task":
				start = before
			}
			depth++
		case xml.EndElement:
			if depth == 0 {
				continue // of Tasks
			}
			if depth--; depth == 0 && start >= 0 {
				l.add(start, l.at)
				start = -1
			}
		}
		if err == nil && len(l.parts) < maxParts {
			continue
		}
		if err == io.EOF || err == nil {
			if start >= 0 {
				l.add(start, len(l.doc))
			}
			l.at = len(l.doc)
			return
		}
		l.skip(start)
		return
	}
}

// skip goes on behind the next end of a Task; one that started at start ends there.
func (l *lister) skip(start int) {
	end := []byte("Task>")
	i := bytes.Index(l.doc[l.at:], end)
	if i < 0 {
		l.at = len(l.doc)
	} else {
		l.at += i + len(end)
	}
	if start >= 0 {
		l.add(start, l.at)
	}
}

func (l *lister) add(start, end int) {
	l.parts = append(l.parts, part{l.name, start, end})
	l.name = ""
}

// comment takes the name of the task that follows.
func (l *lister) comment(s string) {
	if s = strings.TrimSpace(s); strings.HasPrefix(s, `\`) && !strings.ContainsAny(s, "\r\n") {
		l.name = s
	}
}

// decoder reads what is UTF-8 already, whatever it declares to be.
func decoder(doc []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}
