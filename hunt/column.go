package hunt

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/kql/types"
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
	colDamage      = "DefinitionDamage" // what of the definition could not be read
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
	colAtLeast     = "IfAtLeast"   // the score below which rows of this kind alone make no finding
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
		colAuthor, colDefinition, colDamage, colFile, colFolder, colCommandLine, colPID, colCreation, colSHA1,
		colParentFile, colParentPath, colParentLine, colParentPID, colParentTime, colParentUser,
		colDeviceCount, colRunCount, colAtLeast, colWhat, colDetail, colSource, colRecord, colTitle:
		return true
	}
	return false
}

// reader reads the rows of one rule's result by what columns mean.
type reader struct {
	schema   types.Schema
	byName   map[string]int
	cell.Row // by what columns mean
}

func newReader(rule *Rule, schema types.Schema) *reader {
	r := &reader{schema: schema, byName: map[string]int{}, Row: cell.Row{At: map[string]int{}}}
	for i, c := range schema {
		r.byName[c.Name] = i
		if isColumn(c.Name) {
			r.At[c.Name] = i
		}
	}
	for meaning, names := range aliases {
		if _, ok := r.At[meaning]; ok {
			continue
		}
		for _, n := range names {
			if i, ok := r.byName[n]; ok {
				r.At[meaning] = i
				break
			}
		}
	}
	for meaning, column := range rule.Entities {
		if i, ok := r.byName[column]; ok {
			r.At[meaning] = i
		}
	}
	return r
}

// list returns the texts of a dynamic array, or the one text of any other value.
func (r *reader) list(meaning string) []string {
	v := r.Value(meaning)
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
	if s := cell.Plain(v); s != "" {
		return []string{s}
	}
	return nil
}

// holds reports whether a column of the query is true, not empty and not 0.
func (r *reader) holds(column string) bool {
	i, ok := r.byName[column]
	if !ok || i >= len(r.Cells) || r.Cells[i].Null {
		return false
	}
	switch v := r.Cells[i]; v.Type {
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
			if i < len(r.Cells) {
				b.WriteString(finding.Shorten(spoken(r.Cells[i]), 160))
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
		return finding.Human(time.Duration(v.Int) * 100)
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
	return cell.Plain(v)
}

// fields returns the row's non-empty columns as text.
func (r *reader) fields() []finding.Field {
	var out []finding.Field
	for i, c := range r.schema {
		if i >= len(r.Cells) || r.Cells[i].Null {
			continue
		}
		if s := cell.Plain(r.Cells[i]); s != "" {
			out = append(out, finding.Field{Name: c.Name, Value: finding.Shorten(s, maxText)})
		}
	}
	return out
}

// maxText bounds the texts that a finding keeps of one value.
const maxText = 32 << 10
