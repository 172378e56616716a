package jsonl

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
)

// beats builds an event of Winlogbeat up to version 6, whose fields stand at the
// top. host is the machine that ran Winlogbeat, computer_name the event's own.
func (r *reading) beats(obj uint32) {
	d, ev := &r.doc, &r.rec.Event
	ev.Provider = d.textAt(obj, "source_name")
	ev.Channel = d.textAt(obj, "log_name")
	ev.RecordID, _ = parseNumber(d.textAt(obj, "record_number"))
	ev.ProcessID = uint32(r.numAt(obj, "process_id"))
	ev.ThreadID = uint32(r.numAt(obj, "thread_id"))
	ev.Level = levelOf(d.textAt(obj, "level"))
	r.winlog(obj)
	ev.Message = d.textAt(obj, "message")
	r.isoTime(d.textAt(obj, "@timestamp"))
}

// ecs builds an event of Winlogbeat from version 7, or of the Elastic agent: the
// event under winlog, the rest in the words of the Elastic Common Schema.
func (r *reading) ecs(obj uint32) {
	d, ev := &r.doc, &r.rec.Event
	w, _ := d.find(obj, "winlog")
	ev.Provider = first(d.textAt(w, "provider_name"), d.textAt(obj, "event", "provider"))
	ev.Channel = d.textAt(w, "channel")
	ev.RecordID, _ = parseNumber(d.textAt(w, "record_id"))
	ev.ProcessID = uint32(r.numAt(w, "process", "pid"))
	ev.ThreadID = uint32(r.numAt(w, "process", "thread", "id"))
	ev.Level = levelOf(first(d.textAt(w, "level"), d.textAt(obj, "log", "level")))
	r.winlog(w)
	if ev.EventID == 0 {
		ev.EventID = uint32(r.numAt(obj, "event", "code"))
	}
	if ev.Computer == "" {
		ev.Computer = d.textAt(obj, "host", "name")
	}
	ev.Message = d.textAt(obj, "message")
	r.isoTime(first(d.textAt(obj, "@timestamp"), d.textAt(w, "time_created"), d.textAt(obj, "event", "created")))
}

// winlog takes what has the same name in both generations.
func (r *reading) winlog(w uint32) {
	d, ev := &r.doc, &r.rec.Event
	ev.EventID = uint32(r.numAt(w, "event_id"))
	ev.Computer = d.textAt(w, "computer_name")
	ev.ProviderGUID = d.guid(d.textAt(w, "provider_guid"))
	ev.ActivityID = d.guid(d.textAt(w, "activity_id"))
	ev.UserID = d.textAt(w, "user", "identifier")
	ev.Version = uint8(min(r.numAt(w, "version"), 255))
	ev.Opcode = opcodeOf(d.textAt(w, "opcode"))
	ev.Task = uint16(min(r.numAt(w, "task"), 1<<16-1)) // mostly its name, then 0
	if k, ok := d.find(w, "keywords"); ok {
		ev.Keywords = r.keywords(k)
	}
	if data, ok := d.find(w, "event_data"); ok {
		r.namedData(data)
	} else if data, ok := d.find(w, "user_data"); ok {
		ev.UserData = true
		ev.DataName = d.textAt(data, "xml_name")
		r.namedData(data)
	}
	ev.Data = r.fields
}

// namedData takes the members of an object as data, nested ones by their path.
func (r *reading) namedData(obj uint32) { r.members(obj, "", maxDepth) }

func (r *reading) members(obj uint32, prefix string, depth int) {
	d := &r.doc
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		key := d.key(m)
		if key == "xml_name" && r.rec.Event.UserData && prefix == "" {
			continue
		}
		if prefix != "" {
			key = prefix + "." + key
		}
		if d.nodes[m].kind == kObject && r.rec.Event.UserData && depth > 0 {
			r.members(m, key, depth-1)
			continue
		}
		v := d.value(m)
		if v.Kind == evidence.String {
			v.Str = text.Document(v.Str)
		}
		r.field(key, v)
	}
}

// ecsFlat builds an event whose paths were joined with dots to a single level.
func (r *reading) ecsFlat(obj uint32) {
	d, ev := &r.doc, &r.rec.Event
	var at, created string
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		m := m
		if k := d.nodes[m].kind; k == kArray && d.nodes[m].next > m+1 { // a search result has arrays of one
			if m+2 == d.nodes[m].next {
				d.nodes[m+1].key, d.nodes[m+1].keyEnd = d.nodes[m].key, d.nodes[m].keyEnd
				m++
			}
		}
		switch key := d.key(m); key {
		case "winlog.event_id":
			ev.EventID = uint32(r.num(m))
		case "winlog.channel":
			ev.Channel = d.text(m)
		case "winlog.provider_name":
			ev.Provider = d.text(m)
		case "winlog.provider_guid":
			ev.ProviderGUID = d.guid(d.text(m))
		case "winlog.computer_name":
			ev.Computer = d.text(m)
		case "host.name":
			ev.Computer = first(ev.Computer, d.text(m))
		case "winlog.record_id":
			ev.RecordID = r.num(m)
		case "winlog.process.pid":
			ev.ProcessID = uint32(r.num(m))
		case "winlog.process.thread.id":
			ev.ThreadID = uint32(r.num(m))
		case "winlog.user.identifier":
			ev.UserID = d.text(m)
		case "winlog.activity_id":
			ev.ActivityID = d.guid(d.text(m))
		case "log.level":
			ev.Level = levelOf(d.text(m))
		case "winlog.keywords":
			ev.Keywords = r.keywords(m)
		case "message":
			ev.Message = d.text(m)
		case "@timestamp":
			at = d.text(m)
		case "event.created":
			created = d.text(m)
		default:
			r.ecsFlatData(key, m)
		}
	}
	ev.Data = r.fields
	r.isoTime(first(at, created))
}

func (r *reading) ecsFlatData(key string, m uint32) {
	name, ok := strings.CutPrefix(key, "winlog.event_data.")
	if !ok {
		if name, ok = strings.CutPrefix(key, "winlog.user_data."); !ok || name == "xml_name" {
			return
		}
		r.rec.Event.UserData = true
	}
	v := r.doc.value(m)
	if v.Kind == evidence.String {
		v.Str = text.Document(v.Str)
	}
	r.field(name, v)
}

// keywords reads the names of keywords, of which only those that the Security
// log always has are worth their bits.
func (r *reading) keywords(k uint32) uint64 {
	d := &r.doc
	if v, ok := d.number(k); ok {
		return v
	}
	var bits uint64
	take := func(s string) {
		switch s {
		case "Audit Success":
			bits |= 0x8020000000000000
		case "Audit Failure":
			bits |= 0x8010000000000000
		}
	}
	take(d.str(k))
	if d.nodes[k].kind == kArray {
		for m := k + 1; m < d.nodes[k].next; m = d.nodes[m].next {
			take(d.str(m))
		}
	}
	return bits
}

// levelOf reads the number or the English name of a level.
func levelOf(s string) uint8 {
	if v, ok := parseNumber(s); ok && v < 256 {
		return uint8(v)
	}
	switch strings.ToLower(s) {
	case "critical":
		return 1
	case "error":
		return 2
	case "warning":
		return 3
	case "information", "info", "informational":
		return 4
	case "verbose":
		return 5
	}
	return 0
}

// opcodeOf reads the number or the English name of one of the standard opcodes.
func opcodeOf(s string) uint8 {
	if v, ok := parseNumber(s); ok && v < 256 {
		return uint8(v)
	}
	switch s {
	case "Start":
		return 1
	case "Stop":
		return 2
	}
	return 0
}

// isoTime sets the time of the event.
func (r *reading) isoTime(s string) {
	if s == "" {
		return
	}
	t, ok := ticks.Parse(s)
	if !ok {
		return
	}
	if !t.Zoned {
		r.noteOnce(noteNoZone, "times are written without a zone: read as UTC")
	}
	r.rec.Event.Time = t.Ticks
}

// numAt is the number that a path leads to, 0 if there is none.
func (r *reading) numAt(obj uint32, keys ...string) uint64 {
	v, _ := parseNumber(r.doc.textAt(obj, keys...))
	return v
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
