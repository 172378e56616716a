package jsonl

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
)

// flat builds an event of a flat object: the system's and the collector's values
// beside the event's own data (NXLog through Logstash, the Azure collector).
func (r *reading) flat(obj uint32, s shape) {
	d, ev := &r.doc, &r.rec.Event
	var have names
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		have.add(d.nodes[m].name)
	}
	var times flatTimes
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		if r.flatSystem(m, s, have, &times) {
			continue
		}
		r.field(d.key(m), d.value(m))
	}
	ev.Data = r.fields
	r.unescapeData(s == nxlogShape)
	r.setFlatTime(times)
}

// unescapeData undoes what exports do to text with angle brackets: NXLog was seen
// to escape every value as XML, others only documents.
func (r *reading) unescapeData(all bool) {
	for i := range r.fields {
		v := &r.fields[i].Value
		if v.Kind != evidence.String {
			continue
		}
		if all && isEscaped(v.Str) && !strings.Contains(r.rec.Event.Message, v.Str) {
			v.Str = text.UnescapeXML(v.Str)
		}
		v.Str = text.Document(v.Str)
	}
}

// isEscaped says whether all characters of s that XML wants escaped are.
func isEscaped(s string) bool {
	i := strings.IndexByte(s, '&')
	if i < 0 || strings.ContainsAny(s, "<>") {
		return false
	}
	for ; i >= 0; i = strings.IndexByte(s, '&') {
		s = s[i+1:]
		if !strings.HasPrefix(s, "amp;") && !strings.HasPrefix(s, "lt;") && !strings.HasPrefix(s, "gt;") {
			return false
		}
	}
	return true
}

// flatSystem takes a member that is no event data; it says whether it was one.
func (r *reading) flatSystem(m uint32, s shape, have names, times *flatTimes) bool {
	d, ev := &r.doc, &r.rec.Event
	switch d.nodes[m].name {
	case nEventID:
		ev.EventID = uint32(r.num(m))
	case nChannel:
		ev.Channel = d.str(m)
	case nSourceName:
		ev.Provider = d.str(m)
	case nProviderGUID:
		ev.ProviderGUID = d.guid(d.str(m))
	case nHostname:
		ev.Computer = d.str(m)
	case nRecordNumber, nEventRecordID:
		ev.RecordID = r.num(m)
	case nKeywords:
		ev.Keywords = r.num(m)
	case nTask:
		return r.small(m, func(v uint64) { ev.Task = uint16(v) }, 1<<16)
	case nVersion:
		return r.small(m, func(v uint64) { ev.Version = uint8(v) }, 1<<8)
	case nOpcodeValue:
		return r.small(m, func(v uint64) { ev.Opcode = uint8(v) }, 1<<8)
	case nOpcode: // a number or its name
		r.small(m, func(v uint64) { ev.Opcode = uint8(v) }, 1<<8)
	case nLevel:
		return r.small(m, func(v uint64) { ev.Level = uint8(v) }, 1<<8)
	case nMessage:
		ev.Message = d.str(m)
	case nActivityID:
		ev.ActivityID = d.guid(d.str(m))
	case nUserID:
		id := d.str(m)
		if !strings.HasPrefix(id, "S-1-") {
			return false
		}
		ev.UserID = id
	case nEventTime:
		times.local = d.str(m)
	case nTimeCreated:
		times.created = d.str(m)
	case nTimestampAt:
		times.received = d.str(m)
	case nTransport, nTags:
	case nPort:
		return have.has(nTimestampAt)
	case nHost:
		return have.has(nHostname) // the collector
	default:
		return s == nxlogShape && r.nxlogSystem(m, have)
	}
	return true
}

// nxlogSystem takes a member that only NXLog adds.
func (r *reading) nxlogSystem(m uint32, have names) bool {
	d, ev := &r.doc, &r.rec.Event
	switch d.nodes[m].name {
	case nExecutionProcessID:
		ev.ProcessID = uint32(r.num(m))
	case nThreadID, nExecutionThreadID:
		if !have.has(nExecutionProcessID) {
			return false
		}
		ev.ThreadID = uint32(r.num(m))
	case nSeverity, nSeverityValue, nFlatCategory, nEventReceivedTime, nRelatedActivityID:
	case nEventType: // NXLog's word, unless it moved that aside for the event's own
		if have.has(nEventTypeOrignal) {
			return false
		}
		return r.nxlogLevel(m)
	case nEventTypeOrignal:
		if !r.nxlogLevel(m) {
			r.field("EventType", d.value(m))
		}
	case nAccountType, nAccountName, nDomain: // the name of UserID
		return have.has(nUserID, nAccountType)
	default:
		return false
	}
	return true
}

// nxlogLevel reads NXLog's word for the level.
func (r *reading) nxlogLevel(m uint32) bool {
	ev := &r.rec.Event
	switch r.doc.str(m) {
	case "AUDIT_SUCCESS", "AUDIT_FAILURE":
		ev.Level = 0
	case "CRITICAL":
		ev.Level = 1
	case "ERROR":
		ev.Level = 2
	case "WARNING":
		ev.Level = 3
	case "INFO":
		ev.Level = 4
	case "VERBOSE", "DEBUG":
		ev.Level = 5
	default:
		return false
	}
	return true
}

// num reads a number, 0 if it is none.
func (r *reading) num(m uint32) uint64 {
	v, _ := r.doc.number(m)
	return v
}

// small reads a number below limit; it says whether it was one.
func (r *reading) small(m uint32, set func(uint64), limit uint64) bool {
	v, ok := r.doc.number(m)
	if !ok || v >= limit {
		return false
	}
	set(v)
	return true
}

// flatTimes are the times that a flat event carries.
type flatTimes struct {
	local    string // NXLog's EventTime: the sender's clock, mostly without zone
	created  string // TimeCreated: UTC, if the collector did not write local time
	received string // @timestamp: when the record arrived, or TimeCreated again
}

// setFlatTime finds the time of a flat event. A local time is moved by the whole
// quarters of an hour between it and a time that is known to be UTC.
func (r *reading) setFlatTime(t flatTimes) {
	ev := &r.rec.Event
	written := t.local
	if written == "" {
		written = t.created
	}
	if written == "" {
		written = t.received
	}
	at, ok := ticks.Parse(written)
	if !ok {
		if received, ok := ticks.Parse(t.received); ok {
			ev.Time = received.Ticks
		}
		return
	}
	ev.Time = at.Ticks
	if at.Zoned && (t.local != "" || !strings.HasSuffix(written, "Z")) {
		return
	}
	if t.local != "" {
		if received, ok := ticks.Parse(t.received); ok && received.Zoned {
			if shift, ok := zoneBetween(at.Ticks, received.Ticks, maxDelay); ok {
				ev.Time += shift
			} else {
				ev.Time = received.Ticks
			}
			return
		}
	}
	if shift, known := r.clock.shift(r, ev.Computer); known {
		ev.Time += shift
		if shift != 0 {
			r.noteOnce(noteLocalTime, "times are written in local time, %s from UTC by Sysmon's UtcTime: read as UTC accordingly", formatShift(-shift))
		}
		return
	}
	if !at.Zoned {
		r.noteOnce(noteNoZone, "times are written without a zone: read as UTC")
	}
}
