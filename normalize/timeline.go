package normalize

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	exports "github.com/goshawk-hunt/goshawk/evidence/column"
	"github.com/goshawk-hunt/goshawk/evidence/eventxml"
)

// Tools write the events that they read as rows of their own: EvtxECmd (KAPE's module),
// Hayabusa, PowerShell's Get-WinEvent, Kibana, and Splunk, which keeps the event's XML in
// _raw. Such rows are events.
const (
	toolSplunk = "Splunk"

	toolEvtxECmd    = "EvtxECmd"
	toolHayabusa    = "Hayabusa"
	toolGetWinEvent = "Get-WinEvent"
	toolKibana      = "Kibana"

	toolSchtasks = "schtasks" // rows are tasks
)

// toolOf finds the tool by its columns, "" if it is none.
func toolOf(columns []headerColumn) string {
	have := map[string]bool{}
	for i := range columns {
		have[columns[i].name] = true
	}
	all := func(names ...string) bool {
		for _, name := range names {
			if !have[name] {
				return false
			}
		}
		return true
	}
	switch {
	case all("_raw"):
		return toolSplunk
	case all("EventId", "Channel", "Payload", "TimeCreated"):
		return toolEvtxECmd
	case all("RuleTitle", "Channel", "EventID", "Timestamp"):
		return toolHayabusa
	case all("Id", "LogName", "ProviderName", "RecordId", "TimeCreated"):
		return toolGetWinEvent
	case all("@timestamp", "winlog.channel") && (have["winlog.event_id"] || have["event.code"]):
		return toolKibana
	case all("TaskName", "Task To Run", "Run As User"):
		return toolSchtasks
	}
	return ""
}

// noData is why an event of Get-WinEvent is not taken without its data.
const noData = "event of Get-WinEvent without its data: export the log with wevtutil epl LOG FILE.evtx, or with ConvertTo-Json -Depth 3"

// noXML is why a row of Splunk is not taken.
const noXML = "row of Splunk whose _raw is not the XML of an event: take it in with renderXml = true, or export the log with wevtutil epl LOG FILE.evtx"

// splunkRow makes an event of a row that Splunk exported.
func (n *Normalizer) splunkRow(r *evidence.Record) error {
	for i := range r.Row.Fields {
		f := &r.Row.Fields[i]
		if xml := strings.TrimSpace(f.Value.Text()); f.Name == "_raw" && strings.HasPrefix(xml, "<Event") {
			var ev evidence.Event
			if err := eventxml.ParseEvent(xml, &ev); err != nil {
				n.problem("_raw that is not well formed")
			}
			if ev.EventID == 0 && ev.Channel == "" {
				break
			}
			return n.event(r, &ev)
		}
	}
	return n.setAside(noXML)
}

// toolColumns are the columns of the tools that have another name in event tables.
var toolColumns = map[string]string{
	"EventId": "EventID", "Id": "EventID", "RecordID": "EventRecordId", "RecordId": "EventRecordId",
	"TimeCreated": "TimeGenerated", "Timestamp": "TimeGenerated", "MachineName": "Computer", "ProviderName": "Provider", "LogName": "Channel",
	"ProcessId": "SystemProcessId", "ThreadId": "SystemThreadId", "UserId": "SystemUserId", "ActivityId": "Correlation",
}

// toolRow makes an event of a row that a tool wrote.
func (n *Normalizer) toolRow(r *evidence.Record, tool string) error {
	switch tool {
	case toolSplunk:
		return n.splunkRow(r)
	case toolKibana:
		return n.kibanaRow(r)
	case toolSchtasks:
		return n.schtasksRow(r)
	}
	var ev evidence.Event
	values := tool != toolGetWinEvent // whether the event's own data is there
	for i := range r.Row.Fields {
		f := &r.Row.Fields[i]
		if isEmpty(&f.Value) {
			continue
		}
		switch f.Name {
		case "Payload":
			if err := n.payload(&ev, f.Value.Text()); err != nil {
				n.problem("Payload that is not well formed")
			}
		case "Properties":
			values = properties(&ev, f.Value.Text())
		case "AllFieldInfo": // the others repeat it under abridged names
			ev.Data = hayabusaFields(f.Value.Text())
		case "Details", "ExtraFieldInfo":
			if !has(r.Row.Fields, "AllFieldInfo") {
				ev.Data = append(ev.Data, hayabusaFields(f.Value.Text())...)
			}
		case "HiddenRecord":
			ev.Recovered = strings.EqualFold(f.Value.Text(), "true")
		case "Level", "Keywords":
			if tool == toolGetWinEvent {
				n.systemField(&ev, f.Name, &f.Value)
				break
			}
			ev.Level, ev.Keywords = levelOf(f.Value.Text(), ev.Level), keywordsOf(f.Value.Text(), ev.Keywords)
		default:
			name := f.Name
			if other, ok := toolColumns[name]; ok {
				name = other
			}
			n.systemField(&ev, name, &f.Value)
		}
	}
	if !values {
		return n.setAside(noData)
	}
	if tool == toolHayabusa {
		ev.Channel = exports.HayabusaChannel(ev.Channel)
	}
	return n.event(r, &ev)
}

// has says whether a field has a value.
func has(fields []evidence.Field, name string) bool {
	return slices.ContainsFunc(fields, func(f evidence.Field) bool { return f.Name == name && !isEmpty(&f.Value) })
}

// levelOf reads EvtxECmd's word for a level.
func levelOf(word string, otherwise uint8) uint8 {
	switch word {
	case "LogAlways":
		return 0
	case "Critical":
		return 1
	case "Error":
		return 2
	case "Warning":
		return 3
	case "Info", "Information":
		return 4
	case "Verbose":
		return 5
	}
	return otherwise
}

// keywordsOf reads the words of an audit event.
func keywordsOf(words string, otherwise uint64) uint64 {
	switch strings.ToLower(words) {
	case "audit success":
		return 0x8020000000000000
	case "audit failure":
		return 0x8010000000000000
	}
	return otherwise
}

// payload reads the data of an event as EvtxECmd writes it: the XML as JSON, attributes
// with an @ before their names, text as #text.
func (n *Normalizer) payload(ev *evidence.Event, s string) error {
	var p struct{ EventData, UserData json.RawMessage }
	if err := json.Unmarshal([]byte(s), &p); err != nil {
		return err
	}
	if len(p.EventData) > 0 {
		var d struct{ Data json.RawMessage }
		if json.Unmarshal(p.EventData, &d) == nil && len(d.Data) > 0 {
			return payloadData(ev, d.Data)
		}
		return payloadLeaves(ev, p.EventData)
	}
	if len(p.UserData) == 0 || p.UserData[0] != '{' {
		return nil
	}
	ev.UserData = true
	return members(p.UserData, func(name string, raw json.RawMessage) error {
		ev.DataName = name
		return payloadLeaves(ev, raw)
	})
}

// payloadData reads Data elements: one, several, or the texts of unnamed ones.
func payloadData(ev *evidence.Event, raw json.RawMessage) error {
	raw = bytes.TrimSpace(raw)
	if raw[0] == '{' {
		raw = append(append([]byte{'['}, raw...), ']')
	}
	if raw[0] != '[' {
		ev.Data = append(ev.Data, evidence.Field{Value: jsonValue(raw)})
		return nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	for _, item := range list {
		var d struct {
			Name string          `json:"@Name"`
			Text json.RawMessage `json:"#text"`
		}
		if json.Unmarshal(item, &d) != nil { // a text
			ev.Data = append(ev.Data, evidence.Field{Value: jsonValue(item)})
			continue
		}
		f := evidence.Field{Name: d.Name}
		if len(d.Text) > 0 {
			f.Value = jsonValue(d.Text)
		}
		ev.Data = append(ev.Data, f)
	}
	return nil
}

// payloadLeaves takes the members of an object as data, but for its attributes.
func payloadLeaves(ev *evidence.Event, raw json.RawMessage) error {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	return members(raw, func(name string, value json.RawMessage) error {
		if name != "" && name[0] != '@' {
			ev.Data = append(ev.Data, evidence.Field{Name: name, Value: jsonValue(value)})
		}
		return nil
	})
}

// members gives the members of a JSON object in their order.
func members(raw json.RawMessage, take func(name string, value json.RawMessage) error) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		if err := take(key.(string), value); err != nil {
			return err
		}
	}
	return nil
}

// properties reads the values that ConvertTo-Json keeps of an event; what
// ConvertTo-Csv writes in their place is only the name of a type.
func properties(ev *evidence.Event, s string) bool {
	var list []struct{ Value json.RawMessage }
	if json.Unmarshal([]byte(s), &list) != nil {
		return false
	}
	for _, p := range list {
		f := evidence.Field{}
		if len(p.Value) > 0 {
			f.Value = jsonValue(p.Value)
		}
		ev.Data = append(ev.Data, f)
	}
	return true
}

// hayabusaFields reads "Name: value ¦ Name: value".
func hayabusaFields(s string) []evidence.Field {
	var fields []evidence.Field
	for part := range strings.SplitSeq(s, " ¦ ") {
		if name, value, ok := strings.Cut(part, ": "); ok && name != "" {
			fields = append(fields, evidence.Field{Name: name, Value: evidence.Value{Kind: evidence.String, Str: value}})
		}
	}
	return fields
}
