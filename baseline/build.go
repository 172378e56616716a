package baseline

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Querier runs a KQL query over a case.
type Querier interface {
	Query(ctx context.Context, name, kql string) (schema types.Schema, rows [][]types.Value, warnings []string, err error)
}

// What is asked of a case, by kind. TaskKey and DefinitionKey are stored functions of
// the catalogue, which hunts use too: both sides write a definition the same way.
var questions = []struct{ kind, query string }{
	{Definition, `union (ScheduledTasks | project Timestamp = StoreTime(Store, Timestamp), DeviceName, TaskName, NormalizedCommand, Arguments, ClassId, ActionCount, Actions, RunAs, PrincipalSid),
    (ScheduledTaskEvents | project Timestamp, DeviceName, TaskName, NormalizedCommand, Arguments, ClassId, ActionCount, Actions, RunAs, PrincipalSid)
| where isnotempty(TaskName) and ActionCount > 0
| extend TaskKey = TaskKey(TaskName), RunAs = iff(isempty(PrincipalSid), RunAs, PrincipalSid),
    DefinitionKey = DefinitionKey(NormalizedCommand, Arguments, ClassId, tostring(Actions), iff(isempty(PrincipalSid), RunAs, PrincipalSid))
| summarize First = min(Timestamp), Last = max(Timestamp), Devices = make_set(DeviceName), Command = min(iff(isempty(NormalizedCommand), ClassId, NormalizedCommand)),
    Arguments = min(Arguments), RunAs = min(RunAs) by TaskKey, DefinitionKey`},
	{Task, `union (ScheduledTasks | project Timestamp = StoreTime(Store, Timestamp), DeviceName, TaskName), (ScheduledTaskEvents | project Timestamp, DeviceName, TaskName)
| where isnotempty(TaskName)
| extend TaskKey = TaskKey(TaskName)
| summarize First = min(Timestamp), Last = max(Timestamp), Devices = make_set(DeviceName) by TaskKey`},
	{Command, `DeviceProcessEvents
| where ActionType == "ProcessCreated" and InitiatingProcessFileName =~ "svchost.exe" and InitiatingProcessCommandLine has "Schedule"
| extend Command = PathKey(iff(isempty(FolderPath), FileName, FolderPath))
| where isnotempty(Command)
| summarize First = min(Timestamp), Last = max(Timestamp), Devices = make_set(DeviceName) by Command`},
	{Signer, `DeviceProcessEvents
| where ActionType == "ProcessCreated" and InitiatingProcessFileName =~ "svchost.exe" and InitiatingProcessCommandLine has "Schedule" and isnotempty(SHA1)
| summarize First = min(Timestamp), Last = max(Timestamp), Devices = make_set(DeviceName) by SHA1
| invoke FileProfile(SHA1, 1000)
| where isnotempty(Signer)
| mv-expand Device = Devices to typeof(string)
| summarize First = min(First), Last = max(Last), Devices = make_set(Device) by Signer`},
}

// Build asks a case what it holds.
func Build(ctx context.Context, q Querier) (*Baseline, error) {
	b := &Baseline{}
	for _, ask := range questions {
		schema, rows, _, err := q.Query(ctx, "baseline: "+ask.kind, ask.query)
		if err != nil {
			return nil, fmt.Errorf("baseline: %w", err)
		}
		for _, row := range rows {
			e, err := entryOf(ask.kind, schema, row)
			if err != nil {
				return nil, fmt.Errorf("baseline: %w", err)
			}
			if e.lacks() == "" { // a name of blanks alone is none
				b.Add(e)
			}
		}
	}
	return b, nil
}

// entryOf reads a row by the names of its columns.
func entryOf(kind string, schema types.Schema, row []types.Value) (Entry, error) {
	e := Entry{Kind: kind}
	for i, c := range schema {
		v := row[i]
		if v.Null {
			continue
		}
		switch c.Name {
		case "TaskKey":
			e.TaskKey = v.Str
		case "DefinitionKey":
			e.DefinitionKey = v.Str
		case "Command":
			e.Command = v.Str
		case "Arguments":
			e.Arguments = cut(v.Str)
		case "RunAs":
			e.RunAs = v.Str
		case "Signer":
			e.Signer = v.Str
		case "First":
			e.First = finding.FromTicks(v.Int)
		case "Last":
			e.Last = finding.FromTicks(v.Int)
		case "Devices":
			var names []string
			if err := json.Unmarshal([]byte(v.Str), &names); err != nil {
				return e, fmt.Errorf("devices: %w", err)
			}
			e.Devices = SketchOf(names)
		}
	}
	return e, nil
}

// maxText bounds the arguments that are kept to be read by people; the key tells
// longer ones apart.
const maxText = 2000

func cut(s string) string {
	r := []rune(s)
	if len(r) > maxText {
		return string(r[:maxText]) + ".."
	}
	return s
}
