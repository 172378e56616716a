package evtx

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// general reads records by walking their nodes. It reads whatever the plans
// can't, and of a damaged record all that stands before the damage.
type general struct {
	c   *chunkReader
	err error // the first thing that was wrong
}

// item is a part of the content of an element after substitution.
type item struct {
	node     *node // element or processing instruction
	subs     []sub // the values for what is in node
	text     string
	value    sub
	isValue  bool
	optional bool
	depth    int
}

func (it *item) null() bool { return it.isValue && it.value.typ == typeNull }

func (it *item) element() bool { return it.node != nil && it.node.kind == nodeElement }

// readGeneral reads the binary XML in [pos, end) into the record's event.
func (c *chunkReader) readGeneral(pos, end int) error {
	g := general{c: c}
	c.record.Event = evidence.Event{}
	for _, it := range g.root(pos, end) {
		switch {
		case !it.element():
		case local(it.node.name) != "Event":
			g.eventChild(it)
		default:
			for _, kid := range g.content(it) {
				if kid.element() {
					g.eventChild(kid)
				}
			}
		}
	}
	return g.err
}

// root reads the fragment in [pos, end) and returns what stands at its root.
func (g *general) root(pos, end int) []item {
	p := parser{c: g.c, pos: pos, end: end}
	nodes, err := p.fragment()
	g.fail(err)
	return g.expand(nil, nodes, nil, 0)
}

func (g *general) fail(err error) {
	if g.err == nil {
		g.err = err
	}
}

// content returns what is in an element.
func (g *general) content(it item) []item {
	return g.expand(nil, it.node.kids, it.subs, it.depth+1)
}

// expand appends what nodes stand for once their values are known: templates
// and values that are XML give their content.
func (g *general) expand(out []item, nodes []node, subs []sub, depth int) []item {
	if depth > maxDepth {
		g.fail(errDepth)
		return out
	}
	for i := range nodes {
		if err := g.c.charge(16); err != nil {
			g.fail(err)
			return out
		}
		n := &nodes[i]
		switch n.kind {
		case nodeElement, nodePI:
			out = append(out, item{node: n, subs: subs, depth: depth})
		case nodeInstance:
			g.fail(n.inst.tmpl.err)
			out = g.expand(out, n.inst.tmpl.nodes, n.inst.subs, depth+1)
		case nodeSub:
			var s sub // a value that is not there is null
			if int(n.sub) < len(subs) {
				s = subs[n.sub]
			}
			if s.typ == typeBinXML {
				out = g.fragment(out, s, depth)
				continue
			}
			out = append(out, item{isValue: true, value: s, optional: n.optional})
		default:
			out = append(out, item{text: n.text, node: nil})
		}
	}
	return out
}

// fragment appends the content of a value that is XML.
func (g *general) fragment(out []item, s sub, depth int) []item {
	p := parser{c: g.c, pos: int(s.off), end: int(s.off) + int(s.size), depth: depth}
	nodes, err := p.fragment()
	g.fail(err)
	return g.expand(out, nodes, nil, depth+1)
}

func (g *general) eventChild(it item) {
	kids := g.content(it)
	if absent(kids) {
		return
	}
	switch name := local(it.node.name); name {
	case "System":
		g.system(kids)
	case "RenderingInfo":
		for _, kid := range kids {
			if kid.element() && local(kid.node.name) == "Message" {
				g.setSystem(fieldMessage, g.content(kid))
			}
		}
	case "EventData":
		for _, a := range it.node.attrs {
			if a.name == "Name" {
				g.setSystem(fieldDataName, g.expand(nil, a.kids, it.subs, it.depth))
			}
		}
		g.fields(kids, "", true)
	case "UserData":
		g.c.record.Event.UserData = true
		g.userData(kids)
	default:
		g.section(it)
	}
}

func (g *general) userData(kids []item) {
	for _, kid := range kids {
		if kid.element() {
			g.section(kid)
		} else {
			g.loose(kid, "")
		}
	}
}

// section reads the element that names the event's data and wraps it.
func (g *general) section(it item) {
	kids := g.content(it)
	if absent(kids) {
		return
	}
	g.c.record.Event.DataName = local(it.node.name)
	g.attributes(it, "")
	g.fields(kids, "", false)
}

func (g *general) system(kids []item) {
	for _, kid := range kids {
		if !kid.element() {
			continue
		}
		name := local(kid.node.name)
		for _, a := range kid.node.attrs {
			g.setSystem(systemAttribute(name, local(a.name)), g.expand(nil, a.kids, kid.subs, kid.depth))
		}
		g.setSystem(systemElement(name), g.content(kid))
	}
}

func (g *general) setSystem(f systemField, items []item) {
	if f == fieldNone || len(items) == 0 || absent(items) {
		return
	}
	if v := g.value(items); v.Kind != evidence.Null {
		setSystem(&g.c.record.Event, f, v)
	}
}

// fields reads the fields within an element that is no field itself.
func (g *general) fields(items []item, prefix string, eventData bool) {
	for _, it := range items {
		if it.element() {
			g.field(it, prefix, eventData)
		} else {
			g.loose(it, strings.TrimSuffix(prefix, "."))
		}
	}
}

// loose reads text and values beside elements, where blanks mean nothing.
func (g *general) loose(it item, name string) {
	switch {
	case it.node != nil || it.null() || !it.isValue && blank(it.text):
	case it.isValue:
		g.fail(g.c.field(name, it.value))
	default:
		g.add(name, evidence.Value{Kind: evidence.String, Str: it.text})
	}
}

func (g *general) field(it item, prefix string, eventData bool) {
	name := local(it.node.name)
	if err := g.c.charge(16 + len(prefix) + len(name)); err != nil {
		g.fail(err)
		return
	}
	kids := g.content(it)
	if absent(kids) {
		return
	}
	before := len(g.c.fields)
	if isData(name) {
		name = dataName(name, g.givenName(it), eventData)
	} else {
		g.attributes(it, prefix+name+".")
	}
	for i := range kids {
		if kids[i].element() {
			g.fields(kids, prefix+name+".", eventData)
			return
		}
	}
	kids = withoutPI(kids)
	switch {
	case len(it.node.kids) == 0 && len(g.c.fields) > before:
	case len(kids) == 1 && kids[0].isValue:
		g.fail(g.c.field(prefix+name, kids[0].value))
	default:
		g.add(prefix+name, g.value(kids))
	}
}

func (g *general) givenName(it item) string {
	for _, a := range it.node.attrs {
		if a.name == "Name" {
			return text(g.value(g.expand(nil, a.kids, it.subs, it.depth)))
		}
	}
	return ""
}

func (g *general) attributes(it item, prefix string) {
	for _, a := range it.node.attrs {
		if isNamespace(a.name) {
			continue
		}
		if err := g.c.charge(16 + len(prefix) + len(a.name)); err != nil {
			g.fail(err)
			return
		}
		items := g.expand(nil, a.kids, it.subs, it.depth)
		if absent(items) {
			continue
		}
		if name := prefix + local(a.name); len(items) == 1 && items[0].isValue {
			g.fail(g.c.field(name, items[0].value))
		} else {
			g.add(name, g.value(items))
		}
	}
}

func (g *general) add(name string, v evidence.Value) {
	if err := g.c.charge(16 + len(v.Str)); err != nil {
		g.fail(err)
		return
	}
	g.c.fields = append(g.c.fields, evidence.Field{Name: name, Value: v})
}

// absent reports whether an element or attribute with this content is left out:
// all of it is optional and null.
func absent(items []item) bool {
	values := false
	for i := range items {
		switch it := &items[i]; {
		case it.node != nil && it.node.kind == nodePI:
		case it.optional && it.null():
			values = true
		default:
			return false
		}
	}
	return values
}

func withoutPI(items []item) []item {
	kept := items[:0]
	for _, it := range items {
		if it.node == nil {
			kept = append(kept, it)
		}
	}
	return kept
}

// value reads content without elements: the value itself where it is the only
// content, else all of it as text.
func (g *general) value(items []item) evidence.Value {
	items = withoutPI(items)
	if len(items) == 1 {
		if it := &items[0]; !it.isValue {
			return evidence.Value{Kind: evidence.String, Str: it.text}
		} else if err := g.c.charge(int(it.value.size)); err != nil {
			g.fail(err)
			return evidence.Value{}
		} else {
			return g.c.value(it.value)
		}
	}
	var b strings.Builder
	for i := range items {
		it := &items[i]
		s := it.text
		if err := g.c.charge(16 + int(it.value.size) + len(s)); err != nil {
			g.fail(err)
			break
		}
		if it.isValue {
			s = g.c.value(it.value).Text()
		}
		b.WriteString(s)
	}
	return evidence.Value{Kind: evidence.String, Str: b.String()}
}
