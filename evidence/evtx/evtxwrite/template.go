package evtxwrite

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Indexes of the values of the System section, in Windows' order.
const (
	valueLevel = iota
	valueOpcode
	valueTask
	valueEventID
	valueQualifiers
	valueKeywords
	valueTime
	valueActivityID
	valueProcessID
	valueThreadID
	valueRecordID
	valueVersion
	valueUserID
	valueRelatedActivityID
	valueProvider
	valueProviderGUID
	valueChannel
	valueData
	valueMessage
)

// part is an attribute or the content of an element: text, or a value if typ is
// set.
type part struct {
	name string
	text string
	sub  uint16
	typ  byte
}

func (c *chunk) eventTemplate(e *evidence.Event) {
	event := c.open("Event", part{name: "xmlns", text: eventNamespace})
	system := c.open("System")
	c.element("Provider", part{},
		part{name: "Name", sub: valueProvider, typ: typeString},
		part{name: "Guid", sub: valueProviderGUID, typ: typeGUID})
	c.element("EventID", part{sub: valueEventID, typ: typeUint16},
		part{name: "Qualifiers", sub: valueQualifiers, typ: typeUint16})
	c.element("Version", part{sub: valueVersion, typ: typeUint8})
	c.element("Level", part{sub: valueLevel, typ: typeUint8})
	c.element("Task", part{sub: valueTask, typ: typeUint16})
	c.element("Opcode", part{sub: valueOpcode, typ: typeUint8})
	c.element("Keywords", part{sub: valueKeywords, typ: typeHex64})
	c.element("TimeCreated", part{}, part{name: "SystemTime", sub: valueTime, typ: typeFiletime})
	c.element("EventRecordID", part{sub: valueRecordID, typ: typeUint64})
	c.element("Correlation", part{},
		part{name: "ActivityID", sub: valueActivityID, typ: typeGUID},
		part{name: "RelatedActivityID", sub: valueRelatedActivityID, typ: typeGUID})
	c.element("Execution", part{},
		part{name: "ProcessID", sub: valueProcessID, typ: typeUint32},
		part{name: "ThreadID", sub: valueThreadID, typ: typeUint32})
	c.element("Channel", part{sub: valueChannel, typ: typeString})
	c.element("Computer", part{text: e.Computer})
	c.element("Security", part{}, part{name: "UserID", sub: valueUserID, typ: typeSID})
	c.close(system)
	c.substitution(tokenOptional, valueData, typeBinXML)
	if e.Message != "" {
		info := c.open("RenderingInfo", part{name: "Culture", text: "en-US"})
		c.element("Message", part{sub: valueMessage, typ: typeString})
		c.close(info)
	}
	c.close(event)
}

func (c *chunk) dataTemplate(e *evidence.Event) {
	if e.UserData {
		c.userDataTemplate(e)
		return
	}
	var attrs []part
	if e.DataName != "" {
		attrs = append(attrs, part{name: "Name", text: e.DataName})
	}
	root := c.open("EventData", attrs...)
	for i, f := range e.Data {
		attrs = attrs[:0]
		if f.Name != "" {
			attrs = append(attrs, part{name: "Name", text: f.Name})
		}
		el := c.open("Data", attrs...)
		c.substitution(tokenSubstitution, uint16(i), typeOf(f.Value))
		c.close(el)
	}
	c.close(root)
}

// userDataTemplate makes an element for each part of a name between dots. The
// element that wraps them is called EventXML unless the event says otherwise.
func (c *chunk) userDataTemplate(e *evidence.Event) {
	name := e.DataName
	if name == "" {
		name = "EventXML"
	}
	root := c.open("UserData")
	wrapper := c.open(name)
	var open []int
	c.path = c.path[:0]
	for i, f := range e.Data {
		names := strings.Split(f.Name, ".")
		if len(names) > 1 && slices.Contains(names, "") {
			names = []string{f.Name} // dots that separate nothing
		}
		within := names[:len(names)-1]
		same := 0
		for same < len(within) && same < len(c.path) && within[same] == c.path[same] {
			same++
		}
		for len(open) > same {
			c.close(open[len(open)-1])
			open = open[:len(open)-1]
		}
		for _, name := range within[same:] {
			open = append(open, c.open(name))
		}
		c.path = append(c.path[:0], within...)
		if last := names[len(names)-1]; last == "" {
			c.substitution(tokenSubstitution, uint16(i), typeOf(f.Value))
		} else {
			var attrs []part
			if strings.Contains(last, ".") {
				attrs = []part{{name: "Name", text: last}}
				last = "Data"
			}
			el := c.open(last, attrs...)
			c.substitution(tokenSubstitution, uint16(i), typeOf(f.Value))
			c.close(el)
		}
	}
	for _, at := range slices.Backward(open) {
		c.close(at)
	}
	c.close(wrapper)
	c.close(root)
}

// start writes a start tag but for the token that closes it, and returns where
// the element's size goes.
func (c *chunk) start(name string, attrs []part) int {
	tok := byte(tokenElement)
	if len(attrs) > 0 {
		tok |= tokenMore
	}
	c.u8(tok)
	c.u16(0xffff) // no dependency
	at := len(c.buf)
	c.u32(0)
	c.name(name)
	if len(attrs) == 0 {
		return at
	}
	size := len(c.buf)
	c.u32(0)
	for i, a := range attrs {
		tok := byte(tokenAttribute)
		if i < len(attrs)-1 {
			tok |= tokenMore
		}
		c.u8(tok)
		c.name(a.name)
		c.part(a)
	}
	c.patch32(size, uint32(len(c.buf)-size-4))
	return at
}

func (c *chunk) open(name string, attrs ...part) int {
	at := c.start(name, attrs)
	c.u8(tokenCloseStart)
	return at
}

func (c *chunk) close(at int) {
	c.u8(tokenEnd)
	c.patch32(at, uint32(len(c.buf)-at-4))
}

// element writes a whole element. An empty content makes an empty element.
func (c *chunk) element(name string, content part, attrs ...part) {
	at := c.start(name, attrs)
	if content.typ == 0 && content.text == "" {
		c.u8(tokenCloseEmpty)
		c.patch32(at, uint32(len(c.buf)-at-4))
		return
	}
	c.u8(tokenCloseStart)
	c.part(content)
	c.close(at)
}

func (c *chunk) part(p part) {
	if p.typ != 0 {
		c.substitution(tokenOptional, p.sub, p.typ)
		return
	}
	c.u8(tokenText)
	c.u8(typeString)
	c.counted(p.text)
}

func (c *chunk) substitution(tok byte, sub uint16, typ byte) {
	c.u8(tok)
	c.u16(sub)
	c.u8(typ)
}

// typeOf is the type that a template declares for values like v.
func typeOf(v evidence.Value) byte {
	switch v.Kind {
	case evidence.Int:
		return typeInt64
	case evidence.Uint:
		return typeUint64
	case evidence.Hex:
		return typeHex64
	case evidence.Real:
		return typeReal64
	case evidence.Bool:
		return typeBool
	case evidence.Time:
		return typeFiletime
	case evidence.GUID:
		return typeGUID
	case evidence.SID:
		return typeSID
	case evidence.Binary:
		return typeBinary
	}
	return typeString
}
