package evtx

import (
	"encoding/binary"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// xmlPlan says how the instances of a template are rendered as XML: what is
// written, and which value after it. A template whose elements are there or not
// for more than one reason is left to the general way.
type xmlPlan struct {
	ok     bool
	steps  []xmlStep
	tail   string
	values int // how many values the steps use at least

	text []byte // while it is made: what no step has yet
}

type xmlStepKind uint8

const (
	xmlText    xmlStepKind = iota // nothing but what is before
	xmlSkip                       // go on at step to if the value is null
	xmlValue                      // a value among other content
	xmlContent                    // a value that is all content of an element
	xmlInTag                      // a value in an attribute
)

// xmlStep writes before, then does something with a value.
type xmlStep struct {
	kind   xmlStepKind
	sub    uint16
	before string
	to     int
	name   string // of the element around xmlContent
	tag    string // its start tag, "" if that has values
}

// xmlPlanOf plans the template of nodes. Its root must be one element.
func xmlPlanOf(nodes []node) *xmlPlan {
	p := &xmlPlan{}
	if len(nodes) != 1 || nodes[0].kind != nodeElement {
		return p
	}
	p.ok = true
	p.element(&nodes[0])
	p.tail, p.text = string(p.text), nil
	return p
}

func (p *xmlPlan) step(s xmlStep) {
	s.before, p.text = string(p.text), p.text[:0]
	if s.kind != xmlText {
		p.values = max(p.values, int(s.sub)+1)
	}
	p.steps = append(p.steps, s)
}

// optional plans what is left out if all that is in nodes is optional and null.
func (p *xmlPlan) optional(nodes []node, plan func()) {
	may, always := 0, false
	for i := range nodes {
		if n := &nodes[i]; n.kind == nodeSub && n.optional {
			may++
		} else if n.kind != nodePI {
			always = true
		}
	}
	if may == 0 || always {
		plan()
		return
	}
	if len(nodes) > 1 {
		p.ok = false
		return
	}
	skip := len(p.steps)
	p.step(xmlStep{kind: xmlSkip, sub: nodes[0].sub})
	plan()
	p.step(xmlStep{kind: xmlText})
	p.steps[skip].to = len(p.steps)
}

func (p *xmlPlan) element(n *node) {
	p.optional(n.kids, func() {
		from, steps := len(p.text), len(p.steps)
		p.text = appendName(append(p.text, '<'), n.name)
		for i := range n.attrs {
			p.attribute(&n.attrs[i])
		}
		if len(n.kids) == 0 {
			p.text = append(p.text, "/>"...)
			return
		}
		p.text = append(p.text, '>')
		if len(n.kids) == 1 && n.kids[0].kind == nodeSub {
			s := xmlStep{kind: xmlContent, sub: n.kids[0].sub, name: n.name}
			if len(p.steps) == steps {
				s.tag = string(p.text[from:])
			}
			p.step(s)
			return
		}
		p.content(n.kids, xmlValue)
		p.text = appendEnd(p.text, n.name)
	})
}

func (p *xmlPlan) attribute(a *attribute) {
	p.optional(a.kids, func() {
		p.text = appendName(append(p.text, ' '), a.name)
		p.text = append(p.text, `="`...)
		p.content(a.kids, xmlInTag)
		p.text = append(p.text, '"')
	})
}

func (p *xmlPlan) content(nodes []node, value xmlStepKind) {
	for i := range nodes {
		switch n := &nodes[i]; n.kind {
		case nodeInstance:
			p.ok = false
		case nodeSub:
			p.step(xmlStep{kind: value, sub: n.sub})
		case nodeElement:
			if value == xmlInTag {
				p.ok = false
				return
			}
			p.element(n)
		case nodePI:
			if value != xmlInTag {
				p.text = appendPI(p.text, n.name, n.text)
			}
		default:
			p.text = appendText(p.text, n.text)
		}
	}
}

// plannedXML renders the binary XML in [pos, end) by the plans of its templates.
// It returns false if one is missing or does not fit: the general way then does
// it, and says what is wrong. The first used values of c.subs are in use.
func (c *chunkReader) plannedXML(dst []byte, pos, end, used, depth int) ([]byte, bool) {
	data := c.data
	if end-pos >= 4 && binary.LittleEndian.Uint32(data[pos:]) == fragmentHeader {
		pos += 4
	}
	if depth > maxDepth/4 || pos >= end || data[pos] != tokenInstance {
		return dst, false
	}
	t, all, next, err := c.instance(pos, end, c.subs[:used])
	if err != nil {
		return dst, false
	}
	c.subs = all[:0]
	if next < end && data[next] != tokenEOF {
		return dst, false
	}
	if t.xml == nil {
		t.xml = xmlPlanOf(t.nodes)
	}
	return c.applyXML(dst, t.xml, all[used:], len(all), depth)
}

// applyXML renders an instance of the plan's template with the values subs.
func (c *chunkReader) applyXML(dst []byte, p *xmlPlan, subs []sub, used, depth int) ([]byte, bool) {
	if !p.ok || len(subs) < p.values {
		return dst, false
	}
	for i := 0; i < len(p.steps); i++ {
		step := &p.steps[i]
		if c.charge(1+len(step.before)) != nil {
			return dst, false
		}
		dst = append(dst, step.before...)
		if step.kind == xmlText {
			continue
		}
		s := subs[step.sub]
		if step.kind == xmlSkip {
			if s.typ == typeNull {
				i = step.to - 1
			}
			continue
		}
		if c.charge(16+int(s.size)) != nil {
			return dst, false
		}
		switch {
		case s.typ == typeBinXML:
			if step.kind == xmlInTag {
				return dst, false
			}
			var ok bool
			if dst, ok = c.plannedXML(dst, int(s.off), int(s.off)+int(s.size), used, depth+1); !ok {
				return dst, false
			}
		case step.kind == xmlContent && s.typ&typeArray != 0:
			if step.tag == "" {
				return dst, false
			}
			g := general{c: c}
			if dst = g.appendArray(dst, len(dst)-len(step.tag), step.name, s); g.err != nil {
				return dst, false
			}
			continue // its end tag is there
		default:
			dst = appendXMLValue(dst, c.value(s))
		}
		if step.kind == xmlContent {
			dst = appendEnd(dst, step.name)
		}
	}
	return append(dst, p.tail...), c.charge(len(p.tail)) == nil
}

// appendXMLValue writes a value as event XML has it: GUIDs in braces and upper
// case, times with nine digits.
func appendXMLValue(dst []byte, v evidence.Value) []byte {
	switch v.Kind {
	case evidence.GUID:
		return append(appendUpper(append(dst, '{'), v.Str), '}')
	case evidence.Time:
		dst = v.AppendText(dst)
		if last := len(dst) - 1; dst[last] == 'Z' {
			dst = dst[:last]
		}
		return append(dst, "00Z"...)
	case evidence.String:
		return appendText(dst, v.Str)
	}
	return v.AppendText(dst) // nothing in it needs to be escaped
}
