package hunt

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/task/dossier"
)

// The columns that mean something in a rule's result. A query that returns them
// under these names, which are Defender's wherever Defender has the thing, needs no
// mapping. All are optional.
const (
	colTime        = "Timestamp"
	colDevice      = "DeviceName"
	colDevices     = "Devices" // dynamic array, for rows that stand for several devices
	colAccount     = "AccountName"
	colSID         = "AccountSid"
	colRole        = "Role" // creator, started, child or related: what the row's process is to the task
	colTask        = "TaskName"
	colTaskKind    = "TaskEvent"  // created, updated, deleted ..: what happened to the task
	colAction      = "ActionType" // the same as Defender writes it: ScheduledTaskCreated ..
	colActions     = "Actions"    // dynamic array of {Type, Command, Arguments, ClassId}
	colCommand     = "Command"
	colArguments   = "Arguments"
	colClassID     = "ClassId"
	colPrincipal   = "Principal"
	colRunLevel    = "RunLevel"
	colLogonType   = "LogonType"
	colTriggers    = "Triggers"
	colHidden      = "Hidden"
	colAuthor      = "Author"
	colDefinition  = "Definition"
	colFile        = "FileName"
	colFolder      = "FolderPath"
	colCommandLine = "ProcessCommandLine"
	colPID         = "ProcessId"
	colCreation    = "ProcessCreationTime"
	colSHA1        = "SHA1"
	colParentFile  = "InitiatingProcessFileName"
	colParentPath  = "InitiatingProcessFolderPath"
	colParentLine  = "InitiatingProcessCommandLine"
	colParentPID   = "InitiatingProcessId"
	colParentTime  = "InitiatingProcessCreationTime"
	colParentUser  = "InitiatingProcessAccountName"
	colDeviceCount = "DeviceCount" // devices of the case on which the same was seen
	colRunCount    = "RunCount"    // how often the same ran in the case
	colWhat        = "What"        // timeline text
	colDetail      = "Detail"
	colSource      = "SourceTable"
	colRecord      = "ReportId"
	colTitle       = "Title"
)

// aliases are other names of the columns, in order of preference: Sentinel's tables,
// the names that summarize gives, and those that published hunts use.
var aliases = map[string][]string{
	colTime:        {"TimeGenerated", "FirstSeen", "min_Timestamp", "max_Timestamp", "StartTime", "LastSeen"},
	colDevice:      {"Computer", "HostName", "Device", "HostCustomEntity", "DvcHostname"},
	colDevices:     {"set_DeviceName", "DeviceNames", "Computers", "Machines"},
	colAccount:     {"Account", "SubjectUserName", "UserName", "User", "AccountCustomEntity", "InitiatingProcessAccountName"},
	colSID:         {"SubjectUserSid", "InitiatingProcessAccountSid"},
	colTask:        {"ScheduledTaskName"},
	colTaskKind:    {"Operation"},
	colCommand:     {"TaskCommand", "ActionCommand"},
	colArguments:   {"TaskArguments", "ActionArguments"},
	colPrincipal:   {"RunAs", "PrincipalName", "PrincipalSid"},
	colDefinition:  {"TaskContent", "TaskContentNew"},
	colFile:        {"Process", "ProcessName"},
	colFolder:      {"NewProcessName", "Image"},
	colCommandLine: {"CommandLine"},
	colPID:         {"NewProcessId"},
	colParentLine:  {"ParentCommandLine"},
	colParentPath:  {"ParentProcessName", "ParentImage"},
	colDeviceCount: {"MachineCount", "dcount_DeviceName", "dcount_DeviceId"},
	colRunCount:    {"count_"},
	colRecord:      {"EventRecordId", "EventRecordID", "RecordId"},
	colSource:      {"$table", "Type", "source_"},
}

// isColumn reports whether name is one of the columns above.
func isColumn(name string) bool {
	switch name {
	case colTime, colDevice, colDevices, colAccount, colSID, colRole, colTask, colTaskKind, colAction, colActions,
		colCommand, colArguments, colClassID, colPrincipal, colRunLevel, colLogonType, colTriggers, colHidden,
		colAuthor, colDefinition, colFile, colFolder, colCommandLine, colPID, colCreation, colSHA1,
		colParentFile, colParentPath, colParentLine, colParentPID, colParentTime, colParentUser,
		colDeviceCount, colRunCount, colWhat, colDetail, colSource, colRecord, colTitle:
		return true
	}
	return false
}

// reader reads the rows of one rule's result by what columns mean.
type reader struct {
	schema types.Schema
	at     map[string]int // meaning -> index
	byName map[string]int
	row    []types.Value
}

func newReader(rule *Rule, schema types.Schema) *reader {
	r := &reader{schema: schema, at: map[string]int{}, byName: map[string]int{}}
	for i, c := range schema {
		r.byName[c.Name] = i
		if isColumn(c.Name) {
			r.at[c.Name] = i
		}
	}
	for meaning, names := range aliases {
		if _, ok := r.at[meaning]; ok {
			continue
		}
		for _, n := range names {
			if i, ok := r.byName[n]; ok {
				r.at[meaning] = i
				break
			}
		}
	}
	for meaning, column := range rule.Entities {
		if i, ok := r.byName[column]; ok {
			r.at[meaning] = i
		}
	}
	return r
}

// value returns the row's value of a meaning; the zero Value when there is no column.
func (r *reader) value(meaning string) types.Value {
	if i, ok := r.at[meaning]; ok && i < len(r.row) {
		return r.row[i]
	}
	return types.Value{Null: true}
}

// text returns the value as text, "" when it is missing or null.
func (r *reader) text(meaning string) string {
	s := plain(r.value(meaning))
	if s == "-" {
		return ""
	}
	return s
}

func (r *reader) int(meaning string) int64 {
	v := r.value(meaning)
	switch {
	case v.Null:
		return 0
	case v.Type == types.Long || v.Type == types.Int:
		return v.Int
	case v.Type == types.Real:
		return int64(v.Real)
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(plain(v)), 0, 64)
	return n
}

func (r *reader) time(meaning string) finding.Time {
	if v := r.value(meaning); !v.Null && v.Type == types.DateTime {
		return finding.FromTicks(v.Int)
	}
	return finding.Time{}
}

// list returns the texts of a dynamic array, or the one text of any other value.
func (r *reader) list(meaning string) []string {
	v := r.value(meaning)
	if v.Null {
		return nil
	}
	if v.Type == types.Dynamic {
		var items []any
		if json.Unmarshal([]byte(v.Str), &items) == nil {
			var out []string
			for _, it := range items {
				if s, ok := it.(string); ok && s != "" {
					out = append(out, s)
				}
			}
			return out
		}
	}
	if s := plain(v); s != "" {
		return []string{s}
	}
	return nil
}

// holds reports whether a column of the query is true, not empty and not 0.
func (r *reader) holds(column string) bool {
	i, ok := r.byName[column]
	if !ok || i >= len(r.row) || r.row[i].Null {
		return false
	}
	switch v := r.row[i]; v.Type {
	case types.Bool, types.Int, types.Long, types.TimeSpan, types.DateTime:
		return v.Int != 0
	case types.Real:
		return v.Real != 0
	case types.Dynamic:
		return v.Str != "" && v.Str != "[]" && v.Str != "{}" && v.Str != "null" && v.Str != `""` && v.Str != "false"
	default:
		return v.Str != ""
	}
}

// fill replaces {Column} in a sentence by the row's values.
func (r *reader) fill(text string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(text[open:], '}')
		if end < 0 {
			break
		}
		i, ok := r.byName[text[open+1:open+end]]
		if !ok {
			b.WriteString(text[:open+end+1])
		} else {
			b.WriteString(text[:open])
			if i < len(r.row) {
				b.WriteString(shorten(spoken(r.row[i]), 160))
			}
		}
		text = text[open+end+1:]
	}
	b.WriteString(text)
	return b.String()
}

// spoken returns a value as a sentence says it: a span of time in its largest units, a
// list with commas.
func spoken(v types.Value) string {
	switch {
	case v.Null:
		return ""
	case v.Type == types.TimeSpan:
		return dossier.Human(time.Duration(v.Int) * 100)
	case v.Type == types.Dynamic && strings.HasPrefix(v.Str, "["):
		var items []any
		if json.Unmarshal([]byte(v.Str), &items) == nil {
			parts := make([]string, 0, len(items))
			for _, it := range items {
				parts = append(parts, fmt.Sprint(it))
			}
			return strings.Join(parts, ", ")
		}
	}
	return plain(v)
}

// fields returns the row's non-empty columns as text.
func (r *reader) fields() []finding.Field {
	var out []finding.Field
	for i, c := range r.schema {
		if i >= len(r.row) || r.row[i].Null {
			continue
		}
		if s := plain(r.row[i]); s != "" {
			out = append(out, finding.Field{Name: c.Name, Value: shorten(s, maxText)})
		}
	}
	return out
}

// maxText bounds the texts that a finding keeps of one value.
const maxText = 32 << 10

// shorten cuts a text to at most n bytes at a rune's border and says so with an ellipsis.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}

// plain returns a value as people read it; a dynamic string without its quotes.
func plain(v types.Value) string {
	if v.Null {
		return ""
	}
	if v.Type == types.Dynamic && strings.HasPrefix(v.Str, `"`) {
		var s string
		if json.Unmarshal([]byte(v.Str), &s) == nil {
			return s
		}
	}
	return v.Text()
}
