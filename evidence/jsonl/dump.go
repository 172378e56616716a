package jsonl

import (
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
)

// dump builds an event of a translation of event XML to JSON: evtx_dump, Chainsaw,
// the common XML to JSON libraries, and parse_evtx of Velociraptor. They differ in
// how attributes are written, which attr and leaf level out.
func (r *reading) dump(event uint32) {
	d, ev := &r.doc, &r.rec.Event
	sys, _ := d.find(event, "System")
	ev.Provider = first(r.attr(sys, "Provider", "Name"), d.textAt(sys, "Provider"))
	ev.ProviderGUID = d.guid(r.attr(sys, "Provider", "Guid"))
	ev.Channel = r.leafAt(sys, "Channel")
	ev.Computer = r.leafAt(sys, "Computer")
	ev.EventID = uint32(r.leafNumber(sys, "EventID"))
	ev.Version = uint8(min(r.leafNumber(sys, "Version"), 255))
	ev.Level = uint8(min(r.leafNumber(sys, "Level"), 255))
	ev.Opcode = uint8(min(r.leafNumber(sys, "Opcode"), 255))
	ev.Task = uint16(min(r.leafNumber(sys, "Task"), 1<<16-1))
	ev.Keywords = r.leafNumber(sys, "Keywords")
	ev.RecordID = r.leafNumber(sys, "EventRecordID")
	v, _ := parseNumber(r.attr(sys, "Execution", "ProcessID"))
	ev.ProcessID = uint32(v)
	v, _ = parseNumber(r.attr(sys, "Execution", "ThreadID"))
	ev.ThreadID = uint32(v)
	ev.UserID = r.attr(sys, "Security", "UserID")
	ev.ActivityID = d.guid(r.attr(sys, "Correlation", "ActivityID"))
	ev.Message = first(d.textAt(event, "Message"), d.textAt(event, "RenderingInfo", "Message"))
	r.systemTime(first(r.attr(sys, "TimeCreated", "SystemTime"), d.textAt(sys, "TimeCreated")))
	if data, ok := d.find(event, "EventData"); ok && d.nodes[data].kind != kNull {
		r.eventData(data)
	} else if data, ok := d.find(event, "UserData"); ok {
		r.userData(data)
	}
	ev.Data = r.fields
}

// systemTime reads a written time or, as Velociraptor has it, seconds since 1970.
func (r *reading) systemTime(s string) {
	if t, ok := ticks.Epoch(s); ok {
		r.rec.Event.Time = t
		return
	}
	r.isoTime(s)
}

// attr is an attribute of the element name below obj.
func (r *reading) attr(obj uint32, name, attribute string) string {
	d := &r.doc
	if m, ok := d.find(obj, name); ok {
		if s := r.ownAttr(m, attribute); s != "" {
			return s
		}
	}
	if m, ok := d.find(obj, name+"_attributes"); ok { // evtx_dump --separate-json-attributes
		return d.textAt(m, attribute)
	}
	return ""
}

func (r *reading) ownAttr(m uint32, attribute string) string {
	d := &r.doc
	if d.nodes[m].kind != kObject {
		return ""
	}
	if s := d.textAt(m, "#attributes", attribute); s != "" {
		return s
	}
	for _, prefix := range [...]string{"", "@", "-", "Attr", "_"} {
		if s := d.textAt(m, prefix+attribute); s != "" {
			return s
		}
	}
	return ""
}

// leaf gives the node that holds the text of an element: itself, or a member if
// the element has attributes.
func (r *reading) leaf(m uint32) (uint32, bool) {
	d := &r.doc
	if d.nodes[m].kind != kObject {
		return m, true
	}
	for _, key := range [...]string{"#text", "Value", "$", "_", "text", "content"} {
		if t, ok := d.find(m, key); ok {
			return t, true
		}
	}
	return 0, false
}

func (r *reading) leafAt(obj uint32, key string) string {
	if m, ok := r.doc.find(obj, key); ok {
		if t, ok := r.leaf(m); ok {
			return r.doc.text(t)
		}
	}
	return ""
}

func (r *reading) leafNumber(obj uint32, key string) uint64 {
	v, _ := parseNumber(r.leafAt(obj, key))
	return v
}

// eventData takes an EventData element: members by name, and Data elements with
// or without one.
func (r *reading) eventData(data uint32) {
	d := &r.doc
	if d.nodes[data].kind == kString || d.nodes[data].kind == kArray {
		r.dataElements(data)
		return
	}
	for m := data + 1; m < d.nodes[data].next; m = d.nodes[m].next {
		switch key := d.key(m); {
		case key == "Data":
			r.dataElements(m)
		case isAttribute(key):
		default:
			r.dataValue(key, m)
		}
	}
}

// isAttribute says whether a key is none of an element.
func isAttribute(key string) bool {
	return key == "#attributes" || key == "Data_attributes" || key != "" && (key[0] == '@' || key[0] == '-')
}

// dataElements takes one or several Data elements.
func (r *reading) dataElements(m uint32) {
	d := &r.doc
	switch d.nodes[m].kind {
	case kArray:
		for e := m + 1; e < d.nodes[m].next; e = d.nodes[e].next {
			r.dataElement(e)
		}
	case kObject:
		if list, ok := d.find(m, "#text"); ok && d.nodes[list].kind == kArray {
			r.dataElements(list)
			return
		}
		r.dataElement(m)
	case kNull:
	default:
		r.dataElement(m)
	}
}

func (r *reading) dataElement(e uint32) {
	d := &r.doc
	if d.nodes[e].kind != kObject {
		r.dataValue("", e)
		return
	}
	name := r.ownAttr(e, "Name")
	if t, ok := r.leaf(e); ok {
		r.dataValue(name, t)
		return
	}
	r.field(name, evidence.Value{})
}

// dataValue takes the value of one piece of data.
func (r *reading) dataValue(name string, m uint32) {
	d := &r.doc
	if d.nodes[m].kind == kObject && name != "" {
		if _, attrs := d.find(m, "#attributes"); attrs {
			if t, ok := d.find(m, "#text"); ok {
				m = t
			}
		}
	}
	v := d.value(m)
	if v.Kind == evidence.String {
		v.Str = text.Document(v.Str)
	}
	r.field(name, v)
}

// userData takes a UserData element: one wrapper, whose content is the data.
func (r *reading) userData(data uint32) {
	d, ev := &r.doc, &r.rec.Event
	if d.nodes[data].kind != kObject {
		return
	}
	ev.UserData = true
	for m := data + 1; m < d.nodes[data].next; m = d.nodes[m].next {
		key := d.key(m)
		if isAttribute(key) {
			continue
		}
		if d.nodes[m].kind != kObject {
			if d.nodes[m].kind != kNull {
				r.dataValue(key, m)
			}
			continue
		}
		ev.DataName = localName(key)
		r.userMembers(m, "", maxDepth)
	}
}

func (r *reading) userMembers(obj uint32, prefix string, depth int) {
	d := &r.doc
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		key := d.key(m)
		if isAttribute(key) || key == "xmlns" || key == "Attrxmlns" {
			continue
		}
		key = localName(key)
		if prefix != "" {
			key = prefix + "." + key
		}
		if d.nodes[m].kind == kObject && depth > 0 {
			if t, ok := d.find(m, "#text"); ok {
				r.dataValue(key, t)
			} else {
				r.userMembers(m, key, depth-1)
			}
			continue
		}
		r.dataValue(key, m)
	}
}

// localName is an element's name without its namespace prefix.
func localName(s string) string {
	for i := range len(s) {
		if s[i] == ':' {
			return s[i+1:]
		}
	}
	return s
}
