package evtx

import "encoding/binary"

// lost is a template instance whose definition is not where it says: the chunk
// was used again since. Its values are still whole.
type lost struct {
	id   uint32
	subs []sub
}

// lostInstance reads the instance at pos without its definition.
func (c *chunkReader) lostInstance(pos, end int) (lost, bool) {
	data := c.data
	if end-pos >= 4 && binary.LittleEndian.Uint32(data[pos:]) == fragmentHeader {
		pos += 4
	}
	if end-pos < 14 || data[pos] != tokenInstance {
		return lost{}, false
	}
	l := lost{id: binary.LittleEndian.Uint32(data[pos+2:])}
	q := pos + 10
	if int(binary.LittleEndian.Uint32(data[pos+6:])) == q {
		return lost{}, false // in place, yet not readable
	}
	n := int(binary.LittleEndian.Uint32(data[q:]))
	q += 4
	if n < 1 || n > (end-q)/4 {
		return lost{}, false
	}
	at := q + 4*n
	for ; n > 0; n-- {
		size := binary.LittleEndian.Uint16(data[q:])
		l.subs = append(l.subs, sub{off: uint32(at), size: size, typ: data[q+2]})
		at += int(size)
		q += 4
	}
	return l, at <= end && c.charge(len(l.subs)) == nil
}

// sameID returns the chunk's template with an identifier, nil if there is none
// or if there are several.
func (c *chunkReader) sameID(id uint32) *template {
	var found *template
	for off, t := range c.templates {
		if t.err != nil || binary.LittleEndian.Uint32(c.data[off+4:]) != id {
			continue
		}
		if found != nil && found != t {
			return nil
		}
		found = t
	}
	return found
}

// readLost reads a record whose template definition is gone. It takes another
// copy of the definition in the chunk, or else relies on the order in which
// Windows itself numbers the values of the System section. Fields whose names
// are gone are unnamed.
func (c *chunkReader) readLost(pos, end int) bool {
	l, ok := c.lostInstance(pos, end)
	if !ok {
		return false
	}
	p := usualEvent(l.subs)
	if t := c.sameID(l.id); t != nil && t.plans[placeEvent].ok && t.plans[placeEvent].values <= len(l.subs) {
		p = &t.plans[placeEvent]
	}
	if p == nil {
		return false
	}
	c.record.Event = p.base
	if !c.applySystem(p, l.subs) {
		return false
	}
	c.wanted = c.want(&c.record.Event)
	for i := range p.data {
		step := &p.data[i]
		switch step.kind {
		case stepSection:
			s := l.subs[step.sub]
			ok = c.section(s, 0) || c.lostSection(s, placeSection)
		case stepUserData:
			s := l.subs[step.sub]
			c.record.Event.UserData = s.typ != typeNull
			ok = s.typ == typeNull || c.within(s, placeUserData, 0) || c.lostSection(s, placeUserData)
		default:
			ok = c.applyData(step, l.subs)
		}
		if !ok {
			return false
		}
	}
	return true
}

// lostSection reads a section of the event as far as it can be.
func (c *chunkReader) lostSection(s sub, at place) bool {
	if s.typ != typeBinXML {
		return s.typ == typeNull
	}
	l, ok := c.lostInstance(int(s.off), int(s.off)+int(s.size))
	if !ok {
		return true // the System section is worth having
	}
	if t := c.sameID(l.id); t != nil && c.applyWithin(&t.plans[at], l.subs, 0) {
		return true
	}
	for _, s := range l.subs {
		if s.typ == typeNull || s.typ == typeBinXML {
			continue
		}
		if c.field("", s) != nil {
			return false
		}
	}
	return true
}

// usualEvent returns the plan for values in the order in which Windows writes
// them: 18 of them with the provider and the channel, or 20 where those are
// part of the template. It returns nil if their types are others.
func usualEvent(subs []sub) *plan {
	if len(subs) != 18 && len(subs) != 20 {
		return nil
	}
	for _, want := range usualTypes {
		if subs[want.sub].typ != want.typ {
			return nil
		}
	}
	p := &plan{ok: true, values: len(subs)}
	for i, f := range usualOrder {
		if f != fieldNone && i < len(subs)-1 && (i < 14 || len(subs) == 18) {
			p.system = append(p.system, systemStep{field: f, sub: uint16(i)})
		}
	}
	p.data = []dataStep{{kind: stepSection, sub: uint16(len(subs) - 1)}}
	return p
}

var usualTypes = []struct {
	sub int
	typ uint8
}{
	{0, typeUint8}, {1, typeUint8}, {2, typeUint16}, {3, typeUint16}, {5, typeHex64},
	{6, typeFiletime}, {10, typeUint64}, {11, typeUint8},
}

var usualOrder = [17]systemField{
	fieldLevel, fieldOpcode, fieldTask, fieldEventID, fieldQualifiers, fieldKeywords,
	fieldTime, fieldActivityID, fieldProcessID, fieldThreadID, fieldRecordID,
	fieldVersion, fieldUserID, fieldNone, fieldProvider, fieldProviderGUID, fieldChannel,
}
