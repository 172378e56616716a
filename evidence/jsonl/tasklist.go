package jsonl

import (
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
	"github.com/goshawk-hunt/goshawk/internal/jsontext"
)

// isTaskList says whether an object is a scheduled task as a collector lists it.
func (d *doc) isTaskList(obj uint32) bool {
	return d.isVeloTask(obj) || d.isObject(obj, "details", "actions") && d.isObject(obj, "details", "registration_info") && d.hasAll(obj, "path")
}

// isVeloTask recognises a row of Velociraptor's Windows.System.TaskScheduler, which has
// the task's file as JSON.
func (d *doc) isVeloTask(obj uint32) bool {
	return d.isObject(obj, "_XML", "Task") && (d.hasAll(obj, "OSPath") || d.hasAll(obj, "FullPath"))
}

// taskList builds a task of such an object.
func (r *reading) taskList(obj uint32) {
	d, t := &r.doc, &r.rec.Task
	l := &evidence.Listing{}
	t.Listing = l
	if d.isVeloTask(obj) {
		xml, _ := d.find(obj, "_XML")
		t.XML = d.raw(xml)
		l.File = first(d.textAt(obj, "OSPath"), d.textAt(obj, "FullPath"))
		l.Computer = first(d.textAt(obj, "Fqdn"), d.textAt(obj, "Hostname"))
		t.Name = text.TaskName(l.File)
		t.Modified = timeOf(d.textAt(obj, "Mtime"))
		return
	}
	details, _ := d.find(obj, "details")
	t.XML = d.definition(details)
	t.Name = d.textAt(obj, "path")
	l.File = first(d.textAt(obj, "evidence"), d.textAt(details, "evidence"))
	l.Computer = d.textAt(obj, "collection_metadata", "hostname")
	l.ID = d.textAt(obj, "id")
	l.Created, l.LastRun, l.LastSuccess = timeOf(d.textAt(obj, "created")), timeOf(d.textAt(obj, "last_run")), timeOf(d.textAt(obj, "last_successful_run"))
	if l.ID != "" { // what follows is the registry's
		code, err := strconv.ParseInt(d.textAt(obj, "last_error_code"), 10, 64)
		l.LastResult, l.HasResult = code, err == nil
	}
}

// timeOf reads a time in ticks, 0 if it is none.
func timeOf(s string) int64 {
	t, ok := ticks.Parse(s)
	if !ok {
		return 0
	}
	return t.Ticks
}

// definition gives the definition of a task whose elements have names_like_this, as
// artemis lists them, as JSON with the names of the schema.
func (d *doc) definition(details uint32) string {
	w := &definitionWriter{doc: d, b: []byte{'{'}}
	for m := details + 1; m < d.nodes[details].next; m = d.nodes[m].next {
		switch key := d.key(m); key {
		case "registration_info", "settings", "actions":
			w.member(elementName(key), m)
		case "triggers":
			w.begin("Triggers")
			for k := m + 1; k < d.nodes[m].next; k = d.nodes[k].next {
				if name := triggerNames[d.key(k)]; name != "" {
					w.member(name, k)
				}
			}
			w.b = append(w.b, '}')
		case "principals":
			w.begin("Principals")
			w.member("Principal", m)
			w.b = append(w.b, '}')
		}
	}
	return string(append(w.b, '}'))
}

var triggerNames = map[string]string{
	"boot": "BootTrigger", "registration": "RegistrationTrigger", "idle": "IdleTrigger", "time": "TimeTrigger",
	"event": "EventTrigger", "logon": "LogonTrigger", "session": "SessionStateChangeTrigger",
	"calendar": "CalendarTrigger", "wnf": "WnfStateChangeTrigger",
}

// definitionWriter writes members of an object.
type definitionWriter struct {
	doc *doc
	b   []byte
}

func (w *definitionWriter) name(s string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(jsontext.AppendString(w.b, s), ':')
}

func (w *definitionWriter) begin(name string) {
	w.name(name)
	w.b = append(w.b, '{')
}

// member writes a value that is more than null or an empty array.
func (w *definitionWriter) member(name string, m uint32) {
	n := &w.doc.nodes[m]
	if n.kind == kNull || n.kind == kArray && n.next == m+1 {
		return
	}
	w.name(name)
	w.value(m)
}

func (w *definitionWriter) value(m uint32) {
	d := w.doc
	switch d.nodes[m].kind {
	case kArray:
		w.b = append(w.b, '[')
		for k := m + 1; k < d.nodes[m].next; k = d.nodes[k].next {
			if k > m+1 {
				w.b = append(w.b, ',')
			}
			w.value(k)
		}
		w.b = append(w.b, ']')
	case kObject:
		w.b = append(w.b, '{')
		w.members(m)
		w.b = append(w.b, '}')
	case kString:
		w.b = jsontext.AppendString(w.b, withoutCDATA(d.str(m)))
	default:
		w.b = append(w.b, d.raw(m)...)
	}
}

// members writes those of an object; what all triggers have stands beside the rest.
func (w *definitionWriter) members(obj uint32) {
	d := w.doc
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		if key := d.key(m); key == "common" && d.nodes[m].kind == kObject {
			w.members(m)
		} else {
			w.member(elementName(key), m)
		}
	}
}

func withoutCDATA(s string) string {
	if inner, ok := strings.CutPrefix(s, "<![CDATA["); ok {
		return strings.TrimSuffix(inner, "]]>")
	}
	return s
}

// elementName is the schema's name for a key: StartBoundary for start_boundary.
func elementName(key string) string {
	switch key {
	case "uri":
		return "URI"
	case "sid": // of registration_info, and no SID
		return "SecurityDescriptor"
	case "id", "id_attribute":
		return "@id"
	}
	var b strings.Builder
	for word := range strings.SplitSeq(key, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
