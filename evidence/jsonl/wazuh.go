package jsonl

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// wazuh builds an event that Wazuh's agent sent: its names are those of the event with a
// small first letter, and all of its values are texts.
func (r *reading) wazuh(obj uint32) {
	d, ev := &r.doc, &r.rec.Event
	win, _ := d.path(obj, "data", "win")
	for m := win + 1; m < d.nodes[win].next; m = d.nodes[m].next {
		switch d.key(m) {
		case "system":
			r.wazuhSystem(m)
		case "eventdata":
			for f := m + 1; d.nodes[m].kind == kObject && f < d.nodes[m].next; f = d.nodes[f].next {
				if key := d.key(f); key == "data" { // of events whose values have no names
					r.plain("", f)
				} else {
					r.plain(upperFirst(key), f)
				}
			}
		default:
			if d.nodes[m].kind == kObject && !ev.UserData {
				ev.UserData, ev.DataName = true, upperFirst(d.key(m))
				for f := m + 1; f < d.nodes[m].next; f = d.nodes[f].next {
					r.plain(upperFirst(d.key(f)), f)
				}
			}
		}
	}
	r.halveBackslashes()
	ev.Data = r.fields
}

// halveBackslashes undoes that the agent writes each backslash twice, if it did.
func (r *reading) halveBackslashes() {
	for i := range r.fields {
		if hasOdd(r.fields[i].Value.Str) {
			return
		}
	}
	for i := range r.fields {
		if v := &r.fields[i].Value; v.Kind == evidence.String && strings.Contains(v.Str, `\\`) {
			v.Str = strings.ReplaceAll(v.Str, `\\`, `\`)
		}
	}
}

// hasOdd says whether some backslashes of s do not stand in pairs.
func hasOdd(s string) bool {
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			return false
		}
		if s = s[i+1:]; s == "" || s[0] != '\\' {
			return true
		}
		s = s[1:]
	}
}

func (r *reading) wazuhSystem(system uint32) {
	d, ev := &r.doc, &r.rec.Event
	ev.Provider = d.textAt(system, "providerName")
	ev.ProviderGUID = d.guid(d.textAt(system, "providerGuid"))
	ev.Channel = d.textAt(system, "channel")
	ev.Computer = d.textAt(system, "computer")
	ev.Message = strings.Trim(d.textAt(system, "message"), `"`)
	ev.EventID = uint32(r.numAt(system, "eventID"))
	ev.RecordID = r.numAt(system, "eventRecordID")
	ev.Keywords = r.numAt(system, "keywords")
	ev.Version = uint8(min(r.numAt(system, "version"), 255))
	ev.Level = uint8(min(r.numAt(system, "level"), 255))
	ev.Opcode = uint8(min(r.numAt(system, "opcode"), 255))
	ev.Task = uint16(min(r.numAt(system, "task"), 1<<16-1))
	ev.ProcessID = uint32(r.numAt(system, "processID"))
	ev.ThreadID = uint32(r.numAt(system, "threadID"))
	r.systemTime(d.textAt(system, "systemTime"))
}

// upperFirst gives a name its capital letter back.
func upperFirst(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
