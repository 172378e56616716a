package eventxml

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
)

// maxDepth bounds the nesting of elements.
const maxDepth = 64

// parser builds an event, or only the data of one, from a scanner.
type parser struct {
	scanner
	ev      *evidence.Event
	fields  []evidence.Field
	unzoned bool // a time had no zone
	found   bool // there was event data or a system section
}

// ParseEvent reads the XML of one Windows event, as wevtutil, Event Viewer and
// forwarders write it, into ev. All values of Data are text. An error says where
// the XML breaks off; ev then has what came before it.
func ParseEvent(xml string, ev *evidence.Event) error {
	p := parser{scanner: scanner{s: xml}, ev: ev, fields: ev.Data[:0]}
	err := p.event()
	ev.Data = p.fields
	return err
}

// Data is the data section of an event.
type Data struct {
	Fields   []evidence.Field
	UserData bool   // see evidence.Event
	Name     string // see evidence.Event.DataName
}

// ParseData reads the XML that tables of Log Analytics keep of an event: an
// EventData or UserData element, a DataItem around one, or the Param elements of
// ParameterXml, which give fields without names. Fields are appended to dst. An
// error says where the XML breaks off; what came before it is given.
func ParseData(xml string, dst []evidence.Field) (Data, error) {
	var ev evidence.Event
	p := parser{scanner: scanner{s: xml}, ev: &ev, fields: dst}
	err := p.data()
	return Data{p.fields, ev.UserData, ev.DataName}, err
}

func (p *parser) broken(why string) error {
	return fmt.Errorf("XML at byte %d: %s", p.at, why)
}

// element calls child for every child element of the element whose start tag was
// read, and gives its text if it has any but blanks. child must read the element
// to its end.
func (p *parser) element(depth int, child func(depth int) error) (string, error) {
	if p.empty {
		return "", nil
	}
	if depth > maxDepth {
		return "", p.broken("elements nested too deep")
	}
	name, content := p.name, ""
	var joined strings.Builder // content, if it is in pieces
	children := false
	for {
		switch p.next() {
		case tEOF:
			return content, p.broken("ends inside element " + quoted(name))
		case tBad:
			return content, p.broken(p.bad)
		case tEnd:
			if p.name != name {
				return content, p.broken("end of " + quoted(p.name) + " inside element " + quoted(name))
			}
			if joined.Len() > 0 {
				content = joined.String()
			}
			if children && allBlank(content) {
				content = ""
			}
			return content, nil
		case tStart:
			children = true
			if err := child(depth + 1); err != nil {
				return content, err
			}
		case tText:
			s := p.text
			if !p.raw {
				s = text.UnescapeXML(s)
			}
			switch {
			case children && allBlank(s):
			case content == "":
				content = s
			default:
				if joined.Len() == 0 {
					joined.WriteString(content)
				}
				joined.WriteString(s)
			}
		}
	}
}

func quoted(name string) string { return strconv.Quote(name[:min(len(name), 40)]) }

// skip reads an element to its end and forgets it.
func (p *parser) skip(depth int) error {
	_, err := p.element(depth, p.skip)
	return err
}

// leaf reads an element that has only text.
func (p *parser) leaf(depth int) (string, error) { return p.element(depth, p.skip) }

// event reads the document of one event.
func (p *parser) event() error {
	for {
		switch p.next() {
		case tEOF:
			return p.broken("no Event element")
		case tBad:
			return p.broken(p.bad)
		case tStart:
			if p.name != "Event" {
				return p.broken("element " + quoted(p.name) + " instead of Event")
			}
			_, err := p.element(0, p.section)
			return err
		}
	}
}

// section reads one of the sections of an event.
func (p *parser) section(depth int) error {
	var err error
	switch p.name {
	case "System":
		p.found = true
		_, err = p.element(depth, p.system)
	case "EventData":
		_, err = p.element(depth, p.datum)
	case "UserData":
		_, err = p.element(depth, p.wrapper)
	case "RenderingInfo":
		_, err = p.element(depth, func(depth int) error {
			if p.name != "Message" {
				return p.skip(depth)
			}
			p.ev.Message, err = p.leaf(depth)
			return err
		})
	default:
		err = p.skip(depth)
	}
	return err
}

// system reads a child of the System section.
func (p *parser) system(depth int) error {
	ev := p.ev
	name := p.name
	switch name { // what is in attributes
	case "Provider":
		ev.Provider, ev.ProviderGUID = p.attr("Name"), guid(p.attr("Guid"))
	case "TimeCreated":
		p.time(p.attr("SystemTime"))
	case "Correlation":
		ev.ActivityID = guid(p.attr("ActivityID"))
	case "Execution":
		ev.ProcessID, ev.ThreadID = uint32(number(p.attr("ProcessID"), 32)), uint32(number(p.attr("ThreadID"), 32))
	case "Security":
		ev.UserID = p.attr("UserID")
	}
	s, err := p.leaf(depth)
	switch name {
	case "EventID":
		ev.EventID = uint32(number(s, 32))
	case "Version":
		ev.Version = uint8(number(s, 8))
	case "Level":
		ev.Level = uint8(number(s, 8))
	case "Task":
		ev.Task = uint16(number(s, 16))
	case "Opcode":
		ev.Opcode = uint8(number(s, 8))
	case "Keywords":
		ev.Keywords = number(s, 64)
	case "EventRecordID":
		ev.RecordID = number(s, 64)
	case "Channel":
		ev.Channel = s
	case "Computer":
		ev.Computer = s
	}
	return err
}

func (p *parser) time(s string) {
	if t, ok := ticks.Parse(s); ok {
		p.ev.Time = t.Ticks
		p.unzoned = !t.Zoned
	}
}

// datum reads a child of EventData.
func (p *parser) datum(depth int) error {
	name := p.name
	if name == "Data" || name == "ComplexData" {
		name = p.attr("Name")
	}
	start := len(p.fields)
	p.fields = append(p.fields, evidence.Field{Name: name})
	nested := false
	s, err := p.element(depth, func(depth int) error {
		nested = true
		return p.member(name, depth)
	})
	if s != "" || !nested {
		p.fields[start].Value = evidence.Value{Kind: evidence.String, Str: text.Document(s)}
	} else {
		p.fields = append(p.fields[:start], p.fields[start+1:]...)
	}
	return err
}

// wrapper reads the only child of UserData.
func (p *parser) wrapper(depth int) error {
	p.ev.UserData, p.ev.DataName = true, p.name
	_, err := p.element(depth, func(depth int) error { return p.member("", depth) })
	return err
}

// member reads an element below a wrapper; nested names are joined with dots.
func (p *parser) member(prefix string, depth int) error {
	name := p.name
	if n := p.attr("Name"); n != "" && name == "Data" {
		name = n
	}
	if prefix != "" {
		name = prefix + "." + name
	}
	if len(name) > 4096 {
		return p.broken("elements nested too deep")
	}
	nested := false
	s, err := p.element(depth, func(depth int) error {
		nested = true
		return p.member(name, depth)
	})
	if s != "" || !nested {
		p.fields = append(p.fields, evidence.Field{Name: name, Value: evidence.Value{Kind: evidence.String, Str: text.Document(s)}})
	}
	return err
}

// data reads a data section without its event.
func (p *parser) data() error {
	for {
		switch p.next() {
		case tEOF:
			if !p.found {
				return p.broken("no event data")
			}
			return nil
		case tBad:
			return p.broken(p.bad)
		case tStart:
			if err := p.part(0); err != nil {
				return err
			}
		}
	}
}

// part reads one of the elements that hold event data.
func (p *parser) part(depth int) error {
	var err error
	switch p.name {
	case "EventData":
		p.found = true
		_, err = p.element(depth, p.datum)
	case "UserData":
		p.found = true
		_, err = p.element(depth, p.wrapper)
	case "Param":
		p.found = true
		var s string
		s, err = p.leaf(depth)
		p.fields = append(p.fields, evidence.Field{Value: evidence.Value{Kind: evidence.String, Str: text.Document(s)}})
	default: // DataItem, and the root that an export may put around all
		_, err = p.element(depth, p.part)
	}
	return err
}

// number reads an unsigned number of so many bits in decimal or hexadecimal, 0 if
// it is none.
func number(s string, bits int) uint64 {
	s = strings.TrimSpace(s)
	base := 10
	if h, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		s, base = h, 16
	}
	if v, err := strconv.ParseInt(s, base, 64); err == nil && v < 0 && bits == 64 {
		return uint64(v)
	}
	v, err := strconv.ParseUint(s, base, bits)
	if err != nil {
		return 0
	}
	return v
}

func guid(s string) string { return strings.ToLower(strings.Trim(s, "{}")) }
