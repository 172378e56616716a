package evtx

import (
	"encoding/binary"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// planned reads the binary XML in [pos, end) by the plans of its templates. It
// returns false, with the event in no particular state, if a plan is missing or
// does not fit: the general way then reads the record and says what is wrong.
func (c *Chunk) planned(pos, end int) (ok bool) {
	data := c.data
	if end-pos < 5 || binary.LittleEndian.Uint32(data[pos:]) != fragmentHeader || data[pos+4] != tokenInstance {
		return false
	}
	t, subs, next, err := c.instance(pos+4, end, c.subs[:0], 0)
	c.subs = subs[:0]
	if err != nil || !t.event.ok || len(subs) < t.event.values || next < end && data[next] != tokenEOF {
		return false
	}
	ev := &c.record.Event
	*ev = t.event.base
	if !c.applySystem(&t.event, subs) {
		return false
	}
	if c.wanted = c.want(ev); c.wanted < WantAll {
		return true
	}
	for i := range t.event.data {
		step := &t.event.data[i]
		if step.kind == stepSection {
			ok = c.section(subs[step.sub], len(subs))
		} else {
			ok = c.applyData(step, subs)
		}
		if !ok {
			return false
		}
	}
	return true
}

// section reads a section of the event from a value. The values of its template
// are kept behind the first used ones of c.subs.
func (c *Chunk) section(s sub, used int) bool {
	if s.typ != typeBinXML || s.size == 0 {
		return s.typ == typeNull || s.typ == typeBinXML
	}
	data := c.data
	pos, end := int(s.off), int(s.off)+int(s.size)
	if end-pos >= 4 && binary.LittleEndian.Uint32(data[pos:]) == fragmentHeader {
		pos += 4
	}
	if pos >= end || data[pos] != tokenInstance {
		return false
	}
	t, all, next, err := c.instance(pos, end, c.subs[:used], 0)
	if err != nil {
		return false
	}
	c.subs = all[:0]
	subs := all[used:]
	p := &t.section
	if !p.ok || len(subs) < p.values || next < end && data[next] != tokenEOF {
		return false
	}
	return c.applySection(p, subs)
}

func (c *Chunk) applySection(p *plan, subs []sub) bool {
	ev := &c.record.Event
	if p.base.UserData {
		ev.UserData = true
	}
	if p.base.DataName != "" {
		ev.DataName = p.base.DataName
	}
	if p.base.Message != "" {
		ev.Message = p.base.Message
	}
	if !c.applySystem(p, subs) {
		return false
	}
	for i := range p.data {
		if !c.applyData(&p.data[i], subs) {
			return false
		}
	}
	return true
}

// applySystem sets the system fields. Only a value that is XML itself can't be
// one.
func (c *Chunk) applySystem(p *plan, subs []sub) bool {
	ev := &c.record.Event
	for _, step := range p.system {
		s := subs[step.sub]
		if s.typ == typeNull {
			continue
		}
		if s.typ == typeBinXML || c.charge(int(s.size)) != nil {
			return false
		}
		setSystem(ev, step.field, c.value(s))
	}
	return true
}

func (c *Chunk) applyData(step *dataStep, subs []sub) bool {
	if step.kind == stepConstant {
		if c.charge(16) != nil {
			return false
		}
		c.fields = append(c.fields, evidence.Field{Name: step.name, Value: step.value})
		return true
	}
	s := subs[step.sub]
	switch s.typ {
	case typeNull:
		if step.optional {
			return true
		}
	case typeBinXML:
		return false
	}
	return c.field(step.name, s) == nil
}

// field adds a value to the event's data. An array in an unnamed element is an
// element for each item, as Windows renders it.
func (c *Chunk) field(name string, s sub) error {
	if err := c.charge(16 + int(s.size)); err != nil {
		return err
	}
	if s.typ&typeArray == 0 || name != "" {
		c.fields = append(c.fields, evidence.Field{Name: name, Value: c.value(s)})
		return nil
	}
	typ := s.typ &^ typeArray
	item, rest, ok := nextItem(s.bytes(c.data), typ)
	if !ok {
		c.fields = append(c.fields, evidence.Field{Value: evidence.Value{Kind: evidence.String}})
	}
	for ; ok; item, rest, ok = nextItem(rest, typ) {
		if err := c.charge(16); err != nil {
			return err
		}
		c.fields = append(c.fields, evidence.Field{Value: c.scalar(item, typ)})
	}
	return nil
}
