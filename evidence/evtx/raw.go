package evtx

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// raw reads binary XML without templates in one pass: events that a collector
// received as text, and values that are XML. It handles elements, attributes
// and text. Whatever else there is, and whatever is wrong, makes it give up: the
// general way then reads the same bytes and gives the same event or the reason.
type raw struct {
	c          *chunkReader
	pos, end   int
	depth      int
	dependency bool
	ok         bool
}

// rawDepth is well below maxDepth, so that the general way decides what is too
// deep.
const rawDepth = 32

// rawRecord reads the binary XML in [pos, end) into the record's event.
func (c *chunkReader) rawRecord(pos, end int) bool {
	c.record.Event = evidence.Event{}
	r := raw{c: c, pos: pos, end: end, ok: true}
	r.roots((*raw).root)
	if r.ok {
		c.wanted = c.want(&c.record.Event)
		c.bodyEnd = r.pos
	}
	return r.ok
}

// rawValue reads a value that is XML and stands within Event or UserData. It
// does nothing if it can't.
func (c *chunkReader) rawValue(s sub, at place) bool {
	before, fields := c.record.Event, len(c.fields)
	r := raw{c: c, pos: int(s.off), end: int(s.off) + int(s.size), ok: true}
	if at == placeUserData {
		r.roots((*raw).section)
	} else {
		r.roots((*raw).eventChild)
	}
	if !r.ok {
		c.record.Event = before
		c.fields = c.fields[:fields]
	}
	return r.ok
}

// roots reads a fragment: elements up to its end.
func (r *raw) roots(element func(*raw, string)) {
	data := r.c.data
	for r.pos+4 <= r.end && data[r.pos]&^tokenMore == tokenFragmentHeader {
		r.pos += 4
	}
	if r.pos >= r.end || data[r.pos]&^tokenMore != tokenElement {
		r.ok = false
		return
	}
	p := parser{c: r.c, pos: r.pos, end: r.end}
	r.dependency = p.guessDependency()
	for r.ok && r.pos < r.end && data[r.pos] != tokenEOF {
		if name := r.open(); r.ok {
			element(r, name)
		}
	}
}

// token returns the token at hand, or one that is nowhere expected.
func (r *raw) token() byte {
	if r.pos >= r.end {
		return tokenFragmentHeader
	}
	b := r.c.data[r.pos]
	switch b {
	case tokenCloseStart | tokenMore, tokenCloseEmpty | tokenMore, tokenEnd | tokenMore:
		return tokenFragmentHeader // what ends a tag can't have more
	}
	return b &^ tokenMore
}

// open reads a start tag up to its attributes.
func (r *raw) open() (name string) {
	if r.token() != tokenElement || r.depth >= rawDepth {
		r.ok = false
		return ""
	}
	attrs := r.c.data[r.pos]&tokenMore != 0
	r.pos += 5
	if r.dependency {
		r.pos += 2
	}
	name = r.name()
	if attrs {
		r.pos += 4
	} else if r.token() == tokenAttribute {
		r.ok = false
	}
	return name
}

// name reads a reference to a name, stepping over the name if it follows.
func (r *raw) name() string {
	c := r.c
	if r.pos+4 > r.end {
		r.ok = false
		return ""
	}
	off := binary.LittleEndian.Uint32(c.data[r.pos:])
	r.pos += 4
	slot := &c.rawNames[off*0x9e3779b1>>(32-rawNameBits)]
	if slot.off != off || slot.name == "" {
		units, ok := nameAt(c.data, int(off))
		if !ok || c.charge(len(units)) != nil {
			r.ok = false
			return ""
		}
		*slot = rawName{off: off, size: uint32(len(units)), name: c.intern(units)}
	}
	if int(off) == r.pos {
		r.pos += nameHead + int(slot.size) + 2
	}
	return slot.name
}

const rawNameBits = 7

// rawName is a name that was read in the chunk at hand.
type rawName struct {
	off, size uint32
	name      string
}

// attribute reads the next attribute of a start tag, and false at its end.
func (r *raw) attribute() (name, text string, parts int, ok bool) {
	if !r.ok || r.token() != tokenAttribute {
		return "", "", 0, false
	}
	r.pos++
	name = r.name()
	text, parts = r.text()
	return name, text, parts, r.ok
}

func (r *raw) skipAttributes() {
	for {
		if _, _, _, ok := r.attribute(); !ok {
			return
		}
	}
}

// content reads the end of a start tag, and false if the element is empty.
func (r *raw) content() bool {
	switch r.token() {
	case tokenCloseStart:
		r.pos++
		r.depth++
		return r.ok
	case tokenCloseEmpty:
		r.pos++
		return false
	}
	r.ok = false
	return false
}

// close reads an end tag, and false if there is something else.
func (r *raw) close() bool {
	if !r.ok || r.token() != tokenEnd {
		return !r.ok
	}
	r.pos++
	r.depth--
	return true
}

// text reads text up to something else. It returns of how many parts it was.
func (r *raw) text() (string, int) {
	if !r.ok {
		return "", 0
	}
	a := &r.c.text
	// As much as there can be, so that the text stays in one piece.
	a.room((r.end-r.pos)/2*3 + 8)
	start := len(a.buf)
	parts := 0
	for ; r.ok; parts++ {
		switch r.token() {
		case tokenText:
			if r.pos+2 > r.end || r.c.data[r.pos+1] != typeString {
				r.ok = false
				continue
			}
			r.pos += 2
			r.units()
		case tokenCDATA:
			r.pos++
			r.units()
		case tokenCharRef:
			if r.pos+3 > r.end {
				r.ok = false
				continue
			}
			a.buf = utf8.AppendRune(a.buf, rune(binary.LittleEndian.Uint16(r.c.data[r.pos+1:])))
			r.pos += 3
		case tokenEntityRef:
			r.pos++
			text := entityText(r.name())
			if len(text) > 1 {
				r.ok = false // an entity that is none of XML's
			}
			a.buf = append(a.buf, text...)
		default:
			if r.c.charge(16*parts+len(a.buf)-start) != nil {
				r.ok = false
			}
			return a.since(start), parts
		}
	}
	return "", 0
}

// units reads a string after its length.
func (r *raw) units() {
	data := r.c.data
	if r.pos+2 > r.end {
		r.ok = false
		return
	}
	n := 2 * int(binary.LittleEndian.Uint16(data[r.pos:]))
	r.pos += 2
	if n > r.end-r.pos {
		r.ok = false
		return
	}
	r.c.text.buf = appendUTF16(r.c.text.buf, trimNUL(data[r.pos:r.pos+n]))
	r.pos += n
}

// skip reads an element of which nothing is wanted.
func (r *raw) skip() {
	r.skipAttributes()
	if !r.content() {
		return
	}
	for !r.close() {
		if r.text(); r.ok && r.token() != tokenEnd {
			if r.open(); r.ok {
				r.skip()
			}
		}
	}
}

// root reads the Event element.
func (r *raw) root(name string) {
	if local(name) != "Event" {
		r.eventChild(name)
		return
	}
	r.skipAttributes()
	r.children((*raw).eventChild)
}

// children reads the content of an element that holds elements, with nothing
// but blanks between them.
func (r *raw) children(element func(*raw, string)) {
	if !r.content() {
		return
	}
	for !r.close() {
		if text, _ := r.text(); !blank(text) {
			r.ok = false
		}
		if r.ok && r.token() != tokenEnd {
			if name := r.open(); r.ok {
				element(r, name)
			}
		}
	}
}

func (r *raw) eventChild(name string) {
	switch local(name) {
	case "System":
		r.skipAttributes()
		r.children((*raw).systemElement)
	case "RenderingInfo":
		r.skipAttributes()
		r.children((*raw).rendering)
	case "EventData":
		for {
			name, text, parts, ok := r.attribute()
			if !ok {
				break
			}
			if name == "Name" && parts > 0 {
				r.set(fieldDataName, text)
			}
		}
		r.fields("", true)
	case "UserData":
		r.skipAttributes()
		r.c.record.Event.UserData = true
		r.children((*raw).section)
	default:
		r.section(name)
	}
}

func (r *raw) set(f systemField, text string) {
	if f != fieldNone && r.ok {
		setSystem(&r.c.record.Event, f, evidence.Value{Kind: evidence.String, Str: text})
	}
}

func (r *raw) systemElement(name string) {
	element := local(name)
	for {
		name, text, parts, ok := r.attribute()
		if !ok {
			break
		}
		if parts > 0 {
			r.set(systemAttribute(element, local(name)), text)
		}
	}
	r.leaf(systemElement(element))
}

// leaf reads the text of an element into a system field.
func (r *raw) leaf(f systemField) {
	if !r.content() {
		return
	}
	if text, parts := r.text(); parts > 0 {
		r.set(f, text)
	}
	if !r.close() {
		r.ok = false
	}
}

func (r *raw) rendering(name string) {
	if local(name) != "Message" {
		r.skip()
		return
	}
	r.skipAttributes()
	r.leaf(fieldMessage)
}

// section reads the element that names the event's data and wraps it.
func (r *raw) section(name string) {
	r.c.record.Event.DataName = local(name)
	r.attributes("")
	r.fields("", false)
}

// attributes reads attributes as fields.
func (r *raw) attributes(prefix string) {
	for {
		name, text, _, ok := r.attribute()
		if !ok {
			return
		}
		if !isNamespace(name) {
			r.add(prefix, local(name), text)
		}
	}
}

func (r *raw) add(prefix, name, text string) {
	if len(prefix) > 0 {
		if r.c.charge(len(prefix)+len(name)) != nil {
			r.ok = false
			return
		}
		name = prefix + name
	}
	*r.c.newField() = evidence.Field{Name: name, Value: evidence.Value{Kind: evidence.String, Str: text}}
}

// fields reads the content of an element that is no field itself.
func (r *raw) fields(prefix string, eventData bool) {
	if !r.content() {
		return
	}
	r.fieldsUntilEnd(prefix, eventData)
}

func (r *raw) fieldsUntilEnd(prefix string, eventData bool) {
	for !r.close() {
		if text, _ := r.text(); !blank(text) {
			r.ok = false
		}
		if r.ok && r.token() != tokenEnd {
			if name := r.open(); r.ok {
				r.field(name, prefix, eventData)
			}
		}
	}
}

// field reads an element that is a field or holds fields.
func (r *raw) field(name, prefix string, eventData bool) {
	name = local(name)
	before := len(r.c.fields)
	if isData(name) {
		given, found := "", false
		for {
			attr, text, _, ok := r.attribute()
			if !ok {
				break
			}
			if attr == "Name" && !found {
				given, found = text, true
			}
		}
		name = dataName(name, given, eventData)
	} else {
		r.attributes(prefix + name + ".")
	}
	if !r.ok {
		return
	}
	if !r.content() {
		if r.ok && len(r.c.fields) == before {
			r.add(prefix, name, "")
		}
		return
	}
	text, parts := r.text()
	if r.ok && r.token() == tokenElement && blank(text) {
		r.fieldsUntilEnd(prefix+name+".", eventData)
		return
	}
	if !r.close() {
		r.ok = false
	}
	if r.ok && (parts > 0 || len(r.c.fields) == before) {
		r.add(prefix, name, text)
	}
}
