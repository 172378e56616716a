package normalize

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/eventxml"
)

// transport are columns of the event tables that are no part of the event: what the
// product adds, or makes from other columns.
var transport = map[string]bool{
	"TenantId": true, "SourceSystem": true, "Type": true, "_IsBillable": true, "_BilledSize": true, "_ResourceId": true,
	"_SubscriptionId": true, "_ItemId": true, "_Internal_WorkspaceResourceId": true, "MG": true, "ManagementGroupName": true,
	"SourceComputerId": true, "EventOriginId": true, "StorageAccount": true, "AzureDeploymentID": true, "Role": true,
	"TimeCollected": true, "EventCategory": true, "EventLevelName": true, "AccountType": true, "Activity": true, "$table": true,
	"Account": true, "SubjectAccount": true, "TargetAccount": true, "Process": true, "LogonTypeName": true, "UserName": true,
}

// eventRow makes an event of a row of SecurityEvent, WindowsEvent or Event.
func (n *Normalizer) eventRow(r *evidence.Record, from string) error {
	var ev evidence.Event
	var parameters string
	n.claimed = 0
	if from == "WindowsEvent" {
		n.claimed = uint64(claimOf(r.Row.Fields).key)
		defer func() { n.claimed = 0 }()
	}
	for i := range r.Row.Fields {
		f := &r.Row.Fields[i]
		if f.Value.Kind == evidence.Null {
			continue
		}
		name := plainName(f.Name)
		switch name {
		case "EventData":
			if err := n.eventData(&ev, &f.Value); err != nil {
				n.problem("EventData that is not well formed")
			}
			continue
		case "ParameterXml":
			parameters = f.Value.Text()
			continue
		}
		if n.systemField(&ev, name, &f.Value) || transport[name] || hiddenName(name) || from != "SecurityEvent" {
			continue
		}
		if f.Value.Kind != evidence.String || f.Value.Str != "" {
			ev.Data = append(ev.Data, evidence.Field{Name: name, Value: f.Value})
		}
	}
	if len(ev.Data) == 0 && parameters != "" {
		d, err := eventxml.ParseData(parameters, nil)
		if err != nil {
			n.problem("ParameterXml that is not well formed")
		}
		ev.Data = d.Fields
	}
	if from == "SecurityEvent" {
		if ev.Channel == "" {
			ev.Channel = "Security"
		}
		if ev.Provider == "" {
			ev.Provider = "Microsoft-Windows-Security-Auditing"
		}
	}
	return n.event(r, &ev)
}

// systemField takes a column that is a part of the event's System section.
func (n *Normalizer) systemField(ev *evidence.Event, name string, v *evidence.Value) bool {
	number, _ := integerOf(v)
	switch name {
	case "TimeGenerated":
		t, ok := ticksOf(v)
		if !ok {
			n.problem("TimeGenerated that is no time")
		}
		ev.Time = t
	case "Computer":
		ev.Computer = v.Text()
	case "EventID":
		ev.EventID = uint32(number)
	case "Channel", "EventLog":
		ev.Channel = v.Text()
	case "Provider", "EventSourceName", "Source":
		ev.Provider = v.Text()
	case "EventRecordId":
		ev.RecordID = uint64(number)
	case "Version":
		ev.Version = uint8(number)
	case "Task":
		ev.Task = uint16(number)
	case "Opcode":
		ev.Opcode = uint8(number)
	case "EventLevel", "Level":
		ev.Level = uint8(number)
	case "Keywords":
		ev.Keywords = uint64(number)
	case "Correlation":
		ev.ActivityID = strings.ToLower(strings.Trim(v.Text(), "{}"))
	case "SystemUserId":
		ev.UserID = v.Text()
	case "SystemProcessId":
		ev.ProcessID = uint32(number)
	case "SystemThreadId":
		ev.ThreadID = uint32(number)
	case "RenderedDescription", "Message", "RawEventData":
		if ev.Message == "" {
			ev.Message = v.Text()
		}
	default:
		return false
	}
	return true
}

// eventData reads EventData: XML text in SecurityEvent and Event, JSON in WindowsEvent,
// and an array of values without names where the product found no names.
func (n *Normalizer) eventData(ev *evidence.Event, v *evidence.Value) error {
	s := strings.TrimLeft(v.Text(), " \r\n\t")
	switch {
	case s == "":
		return nil
	case s[0] == '<':
		d, err := eventxml.ParseData(s, ev.Data)
		ev.Data = d.Fields
		return err
	case s[0] == '[' && unnamed(ev, json.RawMessage(s)):
		return nil
	case s[0] != '{':
		ev.Data = append(ev.Data, evidence.Field{Value: evidence.Value{Kind: evidence.String, Str: s}})
		return nil
	}
	return members(json.RawMessage(s), func(name string, value json.RawMessage) error {
		if name != "Data" || !unnamed(ev, value) {
			ev.Data = append(ev.Data, evidence.Field{Name: name, Value: jsonValue(value)})
		}
		return nil
	})
}

// unnamed takes the array in which WindowsEvent keeps data without names.
func unnamed(ev *evidence.Event, raw json.RawMessage) bool {
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		return false
	}
	for _, s := range list {
		ev.Data = append(ev.Data, evidence.Field{Value: evidence.Value{Kind: evidence.String, Str: s}})
	}
	return true
}

// jsonValue is a JSON value as a value of evidence.
func jsonValue(raw json.RawMessage) evidence.Value {
	raw = bytes.TrimSpace(raw)
	switch raw[0] {
	case 'n':
		return evidence.Value{}
	case '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return evidence.Value{Kind: evidence.String, Str: s}
		}
	case '{', '[':
		return evidence.Value{Kind: evidence.JSON, Str: string(raw)}
	}
	return evidence.Value{Kind: evidence.String, Str: string(raw)}
}

// appendDynamic appends a value as JSON for a dynamic column: text that is JSON
// already stays as it is.
func appendDynamic(b []byte, v *evidence.Value) []byte {
	switch v.Kind {
	case evidence.Int, evidence.Uint, evidence.Real, evidence.Bool:
		return append(b, v.Text()...)
	case evidence.String:
		if s := strings.TrimSpace(v.Str); s != "" && (s[0] == '{' || s[0] == '[') && json.Valid([]byte(s)) {
			return append(b, strings.ToValidUTF8(s, "\uFFFD")...)
		}
	}
	return appendValue(b, v)
}
