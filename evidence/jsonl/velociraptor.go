package jsonl

import (
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/column"
	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// veloRow builds an event of a row that one of Velociraptor's event log artifacts
// returned, and of what looks like it: EventData if it was kept, else the columns
// that were picked.
func (r *reading) veloRow(obj uint32) {
	d, ev := &r.doc, &r.rec.Event
	data, whole := d.find(obj, "EventData")
	whole = whole && d.nodes[data].kind == kObject
	user, hasUser := d.find(obj, "UserData")
	hasUser = hasUser && d.nodes[user].kind == kObject
	// Fluent Bit and Fluentd have the data as values without names; the rest is the system's.
	inserts, hasInserts := d.find(obj, "StringInserts")
	if !hasInserts && !whole && data != 0 {
		inserts, hasInserts = data, d.nodes[data].kind == kArray
	}
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		switch key := d.key(m); key {
		case "EventTime", "TimeCreated", "@timestamp":
			if ev.Time == 0 {
				r.systemTime(d.text(m))
			}
		case "Computer", "Hostname":
			ev.Computer = first(ev.Computer, d.text(m))
		case "Channel":
			ev.Channel = d.text(m)
		case "ActivityID":
			ev.ActivityID = d.guid(d.text(m))
		case "Provider", "ProviderName", "SourceName":
			ev.Provider = d.text(m)
		case "EventID":
			ev.EventID = uint32(r.leafNumber(obj, key))
		case "EventRecordID", "RecordID", "RecordId", "RecordNumber":
			ev.RecordID = r.num(m)
		case "Level":
			ev.Level = uint8(min(r.num(m), 255))
		case "ProviderGuid":
			ev.ProviderGUID = d.guid(d.text(m))
		case "Keywords":
			ev.Keywords = r.num(m)
		case "Version":
			ev.Version = uint8(min(r.num(m), 255))
		case "ProcessID", "ThreadID":
			switch {
			case !hasInserts && !whole && !hasUser:
				r.plain(key, m) // of the event's own data
			case !hasInserts:
			case key == "ProcessID":
				ev.ProcessID = uint32(r.num(m))
			default:
				ev.ThreadID = uint32(r.num(m))
			}
		case "Opcode":
			ev.Opcode = uint8(min(r.num(m), 255))
		case "Task":
			ev.Task = uint16(min(r.num(m), 1<<16-1))
		case "UserSID", "SecurityID", "UserID":
			ev.UserID = d.text(m)
		case "Message":
			ev.Message = d.text(m)
		case "EventData", "UserData", "OSPath", "_Source", "FullPath", "Source", "ClientId", "Fqdn", "FlowId":
		default:
			if !whole && !hasUser && !hasInserts {
				r.plain(key, m)
			}
		}
	}
	switch {
	case hasInserts && !hasUser:
		r.unnamed(inserts)
	case whole:
		r.eventData(data)
	case hasUser:
		r.userData(user)
	}
	ev.Data = r.fields
}

// unnamed takes an array of values as data without names.
func (r *reading) unnamed(array uint32) {
	d := &r.doc
	if d.nodes[array].kind != kArray {
		return
	}
	for m := array + 1; m < d.nodes[array].next; m = d.nodes[m].next {
		r.plain("", m)
	}
}

func (r *reading) plain(key string, m uint32) {
	v := r.doc.value(m)
	if v.Kind == evidence.String {
		v.Str = text.Document(v.Str)
	}
	r.field(key, v)
}

// hayabusa builds an event of a line of Hayabusa's timeline, as far as the
// profile kept the event's own data.
func (r *reading) hayabusa(obj uint32) {
	d, ev := &r.doc, &r.rec.Event
	ev.Channel = column.HayabusaChannel(d.textAt(obj, "Channel"))
	ev.Computer = d.textAt(obj, "Computer")
	ev.EventID = uint32(r.numAt(obj, "EventID"))
	ev.RecordID = r.numAt(obj, "RecordID")
	ev.Provider = d.textAt(obj, "Provider")
	r.isoTime(d.textAt(obj, "Timestamp"))
	for _, key := range [...]string{"AllFieldInfo", "Details", "ExtraFieldInfo"} {
		m, ok := d.find(obj, key)
		if !ok || d.nodes[m].kind != kObject {
			continue
		}
		for f := m + 1; f < d.nodes[m].next; f = d.nodes[f].next {
			r.plain(d.key(f), f)
		}
		if key == "AllFieldInfo" {
			break // the others repeat it under abridged names
		}
	}
	ev.Data = r.fields
}
