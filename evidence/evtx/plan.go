package evtx

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// plan says where each value of a template's instances goes, so that a record
// is read by going through its values once, without a tree.
//
// Not every definition can be planned: text mixed with values, names that are
// values and sections given as a value are left to the general way, which
// walks the nodes. Both ways give the same events.
type plan struct {
	ok     bool
	base   evidence.Event // what is constant outside of the data
	system []systemStep
	data   []dataStep
	values int // how many values the steps use at least
	set    uint32
}

// systemStep sets a system field from a value.
type systemStep struct {
	field systemField
	sub   uint16

	// What the value was last, and its text: a provider or a channel is the
	// same in nearly all instances of a template.
	typ  uint8
	raw  []byte
	text string
}

type stepKind uint8

const (
	stepValue    stepKind = iota // a field from a value
	stepConstant                 // a field that is always the same
	stepSection                  // a value that holds a section of the event
	stepUserData                 // a value that holds the content of UserData
)

// place is where the root of a template stands.
type place uint8

const (
	placeEvent    place = iota // it is the event
	placeSection               // within Event
	placeUserData              // within UserData
)

// dataStep adds to the event's data.
type dataStep struct {
	kind     stepKind
	optional bool
	sub      uint16
	name     string
	value    evidence.Value
}

// compileEvent plans a template whose root is the Event element.
func (p *plan) compileEvent(nodes []node) {
	root := onlyElement(nodes)
	p.ok = root != nil && local(root.name) == "Event"
	if !p.ok {
		return
	}
	for i := range root.kids {
		kid := &root.kids[i]
		switch kid.kind {
		case nodeElement:
			p.eventChild(kid)
		case nodeSub:
			p.use(kid.sub)
			p.data = append(p.data, dataStep{kind: stepSection, sub: kid.sub})
		case nodeInstance:
			p.ok = false
		}
	}
}

// compileSection plans a template whose root stands within an Event element.
func (p *plan) compileSection(nodes []node) {
	root := onlyElement(nodes)
	p.ok = root != nil && local(root.name) != "Event" && local(root.name) != "System"
	if p.ok {
		p.eventChild(root)
	}
}

// compileUserData plans a template whose root stands within UserData.
func (p *plan) compileUserData(nodes []node) {
	root := onlyElement(nodes)
	p.ok = root != nil
	if p.ok {
		p.userData(root)
	}
}

// onlyElement returns the one element of nodes, nil if there is more or less.
func onlyElement(nodes []node) *node {
	var only *node
	for i := range nodes {
		switch n := &nodes[i]; {
		case n.kind == nodePI || n.kind == nodeText && blank(n.text):
		case n.kind != nodeElement || only != nil:
			return nil
		default:
			only = n
		}
	}
	return only
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func (p *plan) use(sub uint16) { p.values = max(p.values, int(sub)+1) }

// content sorts out what an element or attribute holds: constant text, exactly
// one substitution, or neither.
func content(nodes []node) (text string, value *node, ok bool) {
	count := 0
	for i := range nodes {
		switch n := &nodes[i]; n.kind {
		case nodePI:
		case nodeText, nodeCDATA, nodeCharRef, nodeEntity:
			text += n.text
			count++
		case nodeSub:
			value = n
			count++
		default:
			return "", nil, false
		}
	}
	if value != nil && count > 1 {
		return "", nil, false
	}
	return text, value, true
}

// setSystem plans a system field. Constants are set before values, so that a
// field which is set twice cannot be planned: the later one counts.
func (p *plan) setSystem(f systemField, nodes []node) {
	if f == fieldNone || len(nodes) == 0 {
		return
	}
	text, value, ok := content(nodes)
	again := p.set&(1<<f) != 0
	p.set |= 1 << f
	switch {
	case !ok || again:
		p.ok = false
	case value != nil:
		p.use(value.sub)
		p.system = append(p.system, systemStep{field: f, sub: value.sub})
	default:
		setSystem(&p.base, f, evidence.Value{Kind: evidence.String, Str: text})
	}
}

func (p *plan) eventChild(n *node) {
	switch local(n.name) {
	case "System":
		p.systemSection(n)
	case "RenderingInfo":
		for i := range n.kids {
			switch kid := &n.kids[i]; kid.kind {
			case nodeElement:
				if local(kid.name) == "Message" {
					p.setSystem(fieldMessage, kid.kids)
				}
			case nodeSub, nodeInstance:
				p.ok = false
			}
		}
	default:
		p.section(n)
	}
}

func (p *plan) systemSection(n *node) {
	for i := range n.kids {
		kid := &n.kids[i]
		switch kid.kind {
		case nodeElement:
			name := local(kid.name)
			for _, a := range kid.attrs {
				p.setSystem(systemAttribute(name, local(a.name)), a.kids)
			}
			p.setSystem(systemElement(name), kid.kids)
		case nodeSub, nodeInstance:
			p.ok = false
		}
	}
}

// section plans EventData, UserData and the sections that Windows writes in
// their place when it could not make sense of an event.
func (p *plan) section(n *node) {
	switch name := local(n.name); name {
	case "EventData":
		for _, a := range n.attrs {
			if a.name == "Name" {
				p.setSystem(fieldDataName, a.kids)
			}
		}
		p.fields(n.kids, "", true)
	case "UserData":
		if len(n.kids) == 1 && n.kids[0].kind == nodeSub {
			kid := &n.kids[0]
			p.use(kid.sub)
			p.data = append(p.data, dataStep{kind: stepUserData, sub: kid.sub, optional: kid.optional})
			return
		}
		p.base.UserData = true
		for i := range n.kids {
			switch kid := &n.kids[i]; {
			case kid.kind == nodePI || kid.kind == nodeText && blank(kid.text):
			case kid.kind == nodeElement:
				p.userData(kid)
			default:
				p.ok = false
			}
		}
	default:
		p.userData(n)
	}
}

// userData plans the element that names the event's data and wraps it.
func (p *plan) userData(n *node) {
	p.dataName(local(n.name))
	p.attributes(n, "")
	p.fields(n.kids, "", false)
}

func (p *plan) dataName(name string) {
	p.setSystem(fieldDataName, []node{{kind: nodeText, text: name}})
}

// fields plans the fields within an element that is no field itself.
func (p *plan) fields(nodes []node, prefix string, eventData bool) {
	for i := range nodes {
		switch n := &nodes[i]; {
		case n.kind == nodePI || n.kind == nodeText && blank(n.text):
		case n.kind == nodeElement:
			p.field(n, prefix, eventData)
		default:
			p.ok = false
		}
	}
}

// field plans an element that is a field or holds fields.
func (p *plan) field(n *node, prefix string, eventData bool) {
	name := local(n.name)
	if len(prefix)+len(name) > maxPlannedName {
		p.ok = false
		return
	}
	added := len(p.data)
	if isData(name) {
		given, ok := constantName(n.attrs)
		if !ok {
			p.ok = false
			return
		}
		name = dataName(name, given, eventData)
	} else {
		p.attributes(n, prefix+name+".")
	}
	text, value, ok := content(n.kids)
	switch {
	case !ok:
		p.fields(n.kids, prefix+name+".", eventData)
	case value == nil:
		if len(n.kids) > 0 || len(p.data) == added {
			p.constant(prefix+name, text)
		}
	case value.optional && len(p.data) > added:
		p.ok = false // whether the attributes are there depends on the value
	default:
		p.value(prefix+name, value)
	}
}

// attributes plans the attributes of n as fields.
func (p *plan) attributes(n *node, prefix string) {
	for _, a := range n.attrs {
		if isNamespace(a.name) {
			continue
		}
		if len(prefix)+len(a.name) > maxPlannedName {
			p.ok = false
			return
		}
		text, value, ok := content(a.kids)
		switch {
		case !ok:
			p.ok = false
		case value == nil:
			p.constant(prefix+local(a.name), text)
		default:
			p.value(prefix+local(a.name), value)
		}
	}
}

func (p *plan) constant(name, text string) {
	p.data = append(p.data, dataStep{
		kind: stepConstant, name: name,
		value: evidence.Value{Kind: evidence.String, Str: text},
	})
}

func (p *plan) value(name string, n *node) {
	p.use(n.sub)
	p.data = append(p.data, dataStep{kind: stepValue, optional: n.optional, sub: n.sub, name: name})
}

// maxPlannedName bounds the names in plans, in bytes: nested elements with long
// names, each written once and referred to often, would multiply.
const maxPlannedName = 256

// isData reports whether elements of this name are named by their attribute.
func isData(name string) bool { return name == "Data" || name == "ComplexData" }

// constantName returns the Name attribute, "" if there is none, false if it is
// not constant.
func constantName(attrs []attribute) (string, bool) {
	for _, a := range attrs {
		if a.name == "Name" {
			text, value, ok := content(a.kids)
			return text, ok && value == nil
		}
	}
	return "", true
}

// dataName names the field of a Data element by its Name attribute.
func dataName(element, given string, eventData bool) string {
	if given == "" && !eventData {
		return element
	}
	return given
}

func isNamespace(attribute string) bool {
	return attribute == "xmlns" || strings.HasPrefix(attribute, "xmlns:")
}
