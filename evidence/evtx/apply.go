package evtx

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// planned reads the binary XML in [pos, end) by the plans of its templates. It
// returns false, with the event in no particular state, if a plan is missing or
// does not fit: the general way then reads the record and says what is wrong.
func (c *chunkReader) planned(pos, end int) (ok bool) {
	data := c.data
	if end-pos < 5 || binary.LittleEndian.Uint32(data[pos:]) != fragmentHeader || data[pos+4] != tokenInstance {
		return false
	}
	t, subs, next, err := c.instance(pos+4, end, c.subs[:0])
	c.subs = subs[:0]
	if err != nil || next < end && data[next] != tokenEOF {
		return false
	}
	c.bodyEnd = next
	p := &t.plans[placeEvent]
	if !p.ok || len(subs) < p.values {
		return false
	}
	ev := &c.record.Event
	*ev = p.base
	if !c.applySystem(p, subs) {
		return false
	}
	if c.wanted = c.want(ev); c.wanted < WantAll {
		return true
	}
	return c.applyAll(p, subs, len(subs))
}

// applyAll adds all data of a plan. The first used values of c.subs are in use.
func (c *chunkReader) applyAll(p *plan, subs []sub, used int) bool {
	for i := range p.data {
		step := &p.data[i]
		switch step.kind {
		case stepSection:
			if !c.section(subs[step.sub], used) && !c.generalSection(subs[step.sub]) {
				return false
			}
		case stepUserData:
			s := subs[step.sub]
			if s.typ == typeNull && step.optional {
				continue
			}
			c.record.Event.UserData = true
			if !c.within(s, placeUserData, used) && !c.generalUserData(s) {
				return false
			}
		default:
			if !c.applyData(step, subs) {
				return false
			}
		}
	}
	return true
}

// section reads a section of the event from a value.
func (c *chunkReader) section(s sub, used int) bool {
	return s.typ == typeNull || c.within(s, placeSection, used)
}

// within reads what a value holds by the plan of its template. It returns false
// if that is not possible, with nothing done. The values of the template are
// kept behind the first used ones of c.subs.
func (c *chunkReader) within(s sub, at place, used int) bool {
	if s.typ != typeBinXML {
		return false
	}
	data := c.data
	pos, end := int(s.off), int(s.off)+int(s.size)
	if end-pos >= 4 && binary.LittleEndian.Uint32(data[pos:]) == fragmentHeader {
		pos += 4
	}
	if pos >= end || data[pos] != tokenInstance {
		return false
	}
	t, all, next, err := c.instance(pos, end, c.subs[:used])
	if err != nil {
		return false
	}
	c.subs = all[:0]
	if next < end && data[next] != tokenEOF {
		return false
	}
	return c.applyWithin(&t.plans[at], all[used:], len(all))
}

// applyWithin applies the plan of a template that is not the event's own.
func (c *chunkReader) applyWithin(p *plan, subs []sub, used int) bool {
	if !p.ok || len(subs) < p.values {
		return false
	}
	ev := &c.record.Event
	before, fields := *ev, len(c.fields)
	if p.base.UserData {
		ev.UserData = true
	}
	if p.base.DataName != "" {
		ev.DataName = p.base.DataName
	}
	if p.base.Message != "" {
		ev.Message = p.base.Message
	}
	if c.applySystem(p, subs) && c.applyAll(p, subs, used) {
		return true
	}
	*ev = before
	c.fields = c.fields[:fields]
	return false
}

// Depths at which the general way meets what stands within Event and UserData.
const (
	depthSection  = 2
	depthUserData = 3
)

// generalSection reads a section of an otherwise planned event without a plan.
func (c *chunkReader) generalSection(s sub) bool {
	if s.typ != typeBinXML {
		return false
	}
	if c.rawValue(s, placeSection) {
		return true
	}
	g := general{c: c}
	for _, it := range g.fragment(nil, s, depthSection) {
		if it.element() {
			g.eventChild(it)
		}
	}
	return g.err == nil
}

// generalUserData does the same for the content of UserData.
func (c *chunkReader) generalUserData(s sub) bool {
	if s.typ != typeBinXML {
		return false
	}
	if c.rawValue(s, placeUserData) {
		return true
	}
	g := general{c: c}
	g.userData(g.fragment(nil, s, depthUserData))
	return g.err == nil
}

// applySystem sets the system fields. Only a value that is XML itself can't be
// one.
func (c *chunkReader) applySystem(p *plan, subs []sub) bool {
	ev := &c.record.Event
	for i := range p.system {
		step := &p.system[i]
		s := subs[step.sub]
		if s.typ == typeNull || c.quick(ev, step, s) {
			continue
		}
		if s.typ == typeBinXML || c.charge(int(s.size)) != nil {
			return false
		}
		setSystem(ev, step.field, c.value(s))
	}
	return true
}

// maxKept bounds the values whose text is kept for the next record, in bytes.
const maxKept = 256

// quick sets a system field that has the type which Windows gives it. It is a
// short cut: setSystem would do the same.
func (c *chunkReader) quick(ev *evidence.Event, step *systemStep, s sub) bool {
	b := s.bytes(c.data)
	switch f := step.field; f {
	case fieldProvider, fieldProviderGUID, fieldChannel, fieldComputer, fieldUserID:
		if s.typ == typeBinXML || len(b) == 0 || len(b) > maxKept {
			return false
		}
		if s.typ != step.typ || !bytes.Equal(b, step.raw) {
			step.typ, step.raw = s.typ, append(step.raw[:0], b...)
			v := c.value(s)
			if f == fieldProviderGUID {
				step.text = strings.Clone(guidText(v))
			} else {
				step.text = strings.Clone(text(v))
			}
		}
		if step.text == "" {
			return false
		}
		switch f {
		case fieldProvider:
			ev.Provider = step.text
		case fieldProviderGUID:
			ev.ProviderGUID = step.text
		case fieldChannel:
			ev.Channel = step.text
		case fieldComputer:
			ev.Computer = step.text
		default:
			ev.UserID = step.text
		}
	case fieldEventID, fieldQualifiers, fieldTask:
		if s.typ != typeUint16 || len(b) != 2 {
			return false
		}
		v := binary.LittleEndian.Uint16(b)
		switch f {
		case fieldEventID:
			ev.EventID = uint32(v)
		case fieldQualifiers:
			ev.Qualifiers = v
		default:
			ev.Task = v
		}
	case fieldVersion, fieldLevel, fieldOpcode:
		if s.typ != typeUint8 || len(b) != 1 {
			return false
		}
		switch f {
		case fieldVersion:
			ev.Version = b[0]
		case fieldLevel:
			ev.Level = b[0]
		default:
			ev.Opcode = b[0]
		}
	case fieldProcessID, fieldThreadID:
		if s.typ != typeUint32 || len(b) != 4 {
			return false
		}
		if v := binary.LittleEndian.Uint32(b); f == fieldProcessID {
			ev.ProcessID = v
		} else {
			ev.ThreadID = v
		}
	case fieldKeywords:
		if s.typ != typeHex64 || len(b) != 8 {
			return false
		}
		ev.Keywords = binary.LittleEndian.Uint64(b)
	case fieldRecordID:
		if s.typ != typeUint64 || len(b) != 8 {
			return false
		}
		ev.RecordID = binary.LittleEndian.Uint64(b)
	default:
		return false
	}
	return true
}

func (c *chunkReader) applyData(step *dataStep, subs []sub) bool {
	if step.kind == stepConstant {
		if c.charge(16) != nil {
			return false
		}
		*c.newField() = evidence.Field{Name: step.name, Value: step.value}
		return true
	}
	s := subs[step.sub]
	switch s.typ {
	case typeString:
		if c.charge(16+int(s.size)) != nil {
			return false
		}
		text := c.text.utf16(trimNUL(s.bytes(c.data)))
		*c.newField() = evidence.Field{Name: step.name, Value: evidence.Value{Kind: evidence.String, Str: text}}
		return true
	case typeNull:
		if step.optional {
			return true
		}
	case typeBinXML:
		return false
	}
	return c.field(step.name, s) == nil
}

// newField adds a field. What it held before is still in it.
func (c *chunkReader) newField() *evidence.Field {
	n := len(c.fields)
	if n == cap(c.fields) {
		c.fields = slices.Grow(c.fields, n+64)
	}
	c.fields = c.fields[:n+1]
	return &c.fields[n]
}

// field adds a value to the event's data. An array in an unnamed element is an
// element for each item, as Windows renders it.
func (c *chunkReader) field(name string, s sub) error {
	if err := c.charge(16 + int(s.size)); err != nil {
		return err
	}
	if s.typ&typeArray == 0 || name != "" {
		v := c.value(s)
		*c.newField() = evidence.Field{Name: name, Value: v}
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
