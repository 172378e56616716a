package task

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// xmlReader reads XML that may be cut off, wrongly nested or unescaped. Where a real
// parser would stop, it notes the damage and takes the reading that keeps most.
type xmlReader struct {
	s      string
	open   []*element // the document first
	count  int
	damage string
}

// parseXML returns the document as a nameless element, nil if it has no element.
func parseXML(s string) (*element, string) {
	r := &xmlReader{s: s, open: []*element{{}}}
	for r.s != "" {
		i := strings.IndexByte(r.s, '<')
		if i < 0 {
			i = len(r.s)
		}
		if i > 0 {
			r.text(text.UnescapeXML(lineEnds(r.s[:i])))
			r.s = r.s[i:]
			continue
		}
		if !r.markup() {
			break
		}
	}
	if n := len(r.open); n > 1 {
		r.note("the text ends inside the element %s", r.open[n-1].name)
	}
	for _, e := range r.open {
		e.settle()
	}
	doc := r.open[0]
	if len(doc.kids) == 0 {
		r.note("no element was found")
		return nil, r.damage
	}
	return doc, r.damage
}

func (r *xmlReader) note(format string, args ...any) {
	if r.damage == "" {
		r.damage = fmt.Sprintf(format, args...)
	}
}

func (r *xmlReader) top() *element { return r.open[len(r.open)-1] }

func (r *xmlReader) text(s string) {
	e := r.top()
	switch {
	case e.parts != nil:
		e.parts = append(e.parts, s...)
	case e.text != "":
		e.parts = append(append(e.parts, e.text...), s...)
	default:
		e.text = s
	}
}

// lineEnds writes all ends of lines as XML has them (section 2.11).
func lineEnds(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// settle ends the text of an element. Blanks alone are layout.
func (e *element) settle() {
	if e.parts != nil {
		e.text, e.parts = string(e.parts), nil
	}
	if strings.TrimSpace(e.text) == "" {
		e.text = ""
	}
}

// markup reads what begins with "<" and says whether to go on.
func (r *xmlReader) markup() bool {
	s := r.s
	switch {
	case strings.HasPrefix(s, "<![CDATA["):
		body, rest, ok := strings.Cut(s[len("<![CDATA["):], "]]>")
		if !ok {
			r.note("the text ends inside a CDATA section")
		}
		r.text(lineEnds(body))
		r.s = rest
	case strings.HasPrefix(s, "<!--"):
		r.skip("-->", "a comment")
	case strings.HasPrefix(s, "<?"):
		r.skip("?>", "a declaration")
	case strings.HasPrefix(s, "<!"):
		r.skip(">", "a declaration")
	case strings.HasPrefix(s, "</"):
		name, rest, ok := strings.Cut(s[2:], ">")
		if !ok {
			r.note("the text ends inside a tag")
		}
		r.s = rest
		r.close(local(strings.TrimSpace(name)))
	case len(s) == 1 || !nameStart(s[1]):
		r.note("an unescaped < stands in the text")
		r.text("<")
		r.s = s[1:]
	default:
		return r.start()
	}
	return true
}

func (r *xmlReader) skip(end, what string) {
	_, rest, ok := strings.Cut(r.s, end)
	if !ok {
		r.note("the text ends inside %s", what)
	}
	r.s = rest
}

// close ends the nearest open element of that name and all inside it.
func (r *xmlReader) close(name string) {
	for i := len(r.open) - 1; i > 0; i-- {
		if r.open[i].name != name {
			continue
		}
		if i < len(r.open)-1 {
			r.note("%s ends before %s inside it", name, r.top().name)
		}
		for _, e := range r.open[i:] {
			e.settle()
		}
		r.open = r.open[:i]
		return
	}
	r.note("%s ends without having begun", name)
}

// start reads a start tag.
func (r *xmlReader) start() bool {
	if r.count++; r.count > maxElements {
		r.note("it has more than %d elements", maxElements)
		return false
	}
	n := nameLength(r.s[1:])
	e := &element{name: local(r.s[1 : 1+n])}
	s := r.s[1+n:]
	empty := false
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" {
			r.note("the text ends inside a tag")
			break
		}
		if s[0] == '>' {
			s = s[1:]
			break
		}
		if s[0] == '/' {
			empty = true
			s = s[1:]
			continue
		}
		if s[0] == '<' {
			r.note("the tag of %s does not end", e.name)
			break
		}
		s = r.attribute(e, s)
	}
	r.s = s
	parent := r.top()
	parent.kids = append(parent.kids, e)
	if !empty {
		if len(r.open) > maxDepth {
			r.note("it is nested deeper than %d", maxDepth)
			return false
		}
		r.open = append(r.open, e)
	}
	return true
}

// attribute reads one attribute and returns what follows.
func (r *xmlReader) attribute(e *element, s string) string {
	n := nameLength(s)
	if n == 0 {
		r.note("the tag of %s has no attribute where one should be", e.name)
		return s[1:]
	}
	name := s[:n]
	s = strings.TrimLeft(s[n:], " \t\r\n")
	if s == "" || s[0] != '=' {
		r.note("an attribute of %s has no value", e.name)
		return s
	}
	s = strings.TrimLeft(s[1:], " \t\r\n")
	if s == "" || s[0] != '"' && s[0] != '\'' {
		r.note("an attribute of %s has no value", e.name)
		return s
	}
	value, rest, ok := strings.Cut(s[1:], s[:1])
	if !ok {
		r.note("the text ends inside a tag")
	}
	if name != "xmlns" && !strings.HasPrefix(name, "xmlns:") {
		e.attrs = append(e.attrs, attribute{name, text.UnescapeXML(value)})
	}
	return rest
}

// local is a name without its prefix.
func local(name string) string {
	return name[strings.IndexByte(name, ':')+1:]
}

func nameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// nameLength is how many bytes at the start of s are a name.
func nameLength(s string) int {
	for i := range len(s) {
		if c := s[i]; !nameStart(c) && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '.' || c == ':')) {
			return i
		}
	}
	return len(s)
}
