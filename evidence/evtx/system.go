package evtx

import (
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// systemField is a part of an event outside of its data.
type systemField uint8

const (
	fieldNone systemField = iota
	fieldProvider
	fieldProviderGUID
	fieldEventSource
	fieldEventID
	fieldQualifiers
	fieldVersion
	fieldLevel
	fieldTask
	fieldOpcode
	fieldKeywords
	fieldTime
	fieldRecordID
	fieldActivityID
	fieldProcessID
	fieldThreadID
	fieldChannel
	fieldComputer
	fieldUserID
	fieldMessage  // RenderingInfo/Message
	fieldDataName // EventData@Name
)

// systemElement names the field that an element of the System section holds.
func systemElement(name string) systemField {
	switch name {
	case "EventID":
		return fieldEventID
	case "Version":
		return fieldVersion
	case "Level":
		return fieldLevel
	case "Task":
		return fieldTask
	case "Opcode":
		return fieldOpcode
	case "Keywords":
		return fieldKeywords
	case "EventRecordID":
		return fieldRecordID
	case "Channel":
		return fieldChannel
	case "Computer":
		return fieldComputer
	}
	return fieldNone
}

// systemAttribute names the field that an attribute of an element of the System
// section holds.
func systemAttribute(element, name string) systemField {
	switch element {
	case "Provider":
		switch name {
		case "Name":
			return fieldProvider
		case "Guid":
			return fieldProviderGUID
		case "EventSourceName":
			return fieldEventSource
		}
	case "EventID":
		if name == "Qualifiers" {
			return fieldQualifiers
		}
	case "TimeCreated":
		if name == "SystemTime" {
			return fieldTime
		}
	case "Correlation":
		if name == "ActivityID" {
			return fieldActivityID
		}
	case "Execution":
		switch name {
		case "ProcessID":
			return fieldProcessID
		case "ThreadID":
			return fieldThreadID
		}
	case "Security":
		if name == "UserID" {
			return fieldUserID
		}
	}
	return fieldNone
}

// setSystem puts v into its place in ev. What cannot be of the place's type
// leaves it as it is.
func setSystem(ev *evidence.Event, f systemField, v evidence.Value) {
	switch f {
	case fieldProvider:
		if s := text(v); s != "" {
			ev.Provider = s
		}
	case fieldEventSource:
		if ev.Provider == "" {
			ev.Provider = text(v)
		}
	case fieldProviderGUID:
		ev.ProviderGUID = guidText(v)
	case fieldActivityID:
		ev.ActivityID = guidText(v)
	case fieldChannel:
		ev.Channel = text(v)
	case fieldComputer:
		ev.Computer = text(v)
	case fieldUserID:
		ev.UserID = text(v)
	case fieldMessage:
		ev.Message = text(v)
	case fieldDataName:
		ev.DataName = text(v)
	case fieldTime:
		if t, ok := ticks(v); ok {
			ev.Time = t
		}
	default:
		if n, ok := number(v); ok {
			setNumber(ev, f, n)
		}
	}
}

func setNumber(ev *evidence.Event, f systemField, n uint64) {
	switch f {
	case fieldEventID:
		narrow(&ev.EventID, n)
	case fieldQualifiers:
		narrow(&ev.Qualifiers, n)
	case fieldVersion:
		narrow(&ev.Version, n)
	case fieldLevel:
		narrow(&ev.Level, n)
	case fieldTask:
		narrow(&ev.Task, n)
	case fieldOpcode:
		narrow(&ev.Opcode, n)
	case fieldKeywords:
		ev.Keywords = n
	case fieldRecordID:
		ev.RecordID = n
	case fieldProcessID:
		narrow(&ev.ProcessID, n)
	case fieldThreadID:
		narrow(&ev.ThreadID, n)
	}
}

// narrow stores n where it fits.
func narrow[T uint8 | uint16 | uint32](to *T, n uint64) {
	if v := T(n); uint64(v) == n {
		*to = v
	}
}

func text(v evidence.Value) string {
	if v.Kind == evidence.String {
		return v.Str
	}
	return v.Text()
}

// guidText gives a GUID in lower case without braces, whether it was stored as
// one or as text.
func guidText(v evidence.Value) string {
	s := text(v)
	if v.Kind != evidence.GUID {
		s = strings.ToLower(strings.Trim(s, "{} "))
	}
	return s
}

func number(v evidence.Value) (uint64, bool) {
	switch v.Kind {
	case evidence.Uint, evidence.Hex, evidence.Int:
		return v.Num, true
	case evidence.String:
		s := strings.TrimSpace(v.Str)
		if hex, ok := strings.CutPrefix(s, "0x"); ok {
			n, err := strconv.ParseUint(hex, 16, 64)
			return n, err == nil
		}
		if strings.HasPrefix(s, "-") {
			n, err := strconv.ParseInt(s, 10, 64)
			return uint64(n), err == nil
		}
		n, err := strconv.ParseUint(s, 10, 64)
		return n, err == nil
	}
	return 0, false
}

// ticks reads a time, stored as one or as text: 2006-01-02T15:04:05.999999999Z.
func ticks(v evidence.Value) (int64, bool) {
	if v.Kind == evidence.Time {
		return int64(v.Num), true
	}
	s := v.Str
	if v.Kind != evidence.String || len(s) < 19 || s[4] != '-' || s[7] != '-' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	part := func(i, j int) int64 {
		n, err := strconv.ParseUint(s[i:j], 10, 32)
		if err != nil {
			return 1 << 32 // in no range
		}
		return int64(n)
	}
	fraction := int64(0)
	if rest, ok := strings.CutPrefix(strings.TrimSuffix(s[19:], "Z"), "."); ok {
		rest = (rest + "0000000")[:7]
		n, err := strconv.ParseUint(rest, 10, 32)
		if err != nil {
			return 0, false
		}
		fraction = int64(n)
	} else if rest != "" {
		return 0, false
	}
	return ticksOf(part(0, 4), part(5, 7), part(8, 10), part(11, 13), part(14, 16), part(17, 19), fraction)
}

// local cuts the namespace prefix from a name.
func local(name string) string {
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}
