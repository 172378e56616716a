package hunt

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
	"github.com/goshawk-hunt/goshawk/hunt/score"
)

// normal is what the team's baseline says about the tasks and the scheduler's programs
// of the case. A nil one knows nothing: the case has no baseline.
type normal struct {
	size     int64 // the most devices that know one entry: the baseline has at least so many
	since    finding.Time
	tasks    map[string][]known // by the task's exact name
	programs map[string][]known // by the program's path in lower case
}

// known is one definition or program of the case, with the devices of the case that have it.
type known struct {
	devices map[string]bool
	score.Known
}

// The questions about the baseline. Keys are made by the stored functions that made the
// baseline's own, so that both sides agree.
const (
	baselineQuery = `TaskBaseline | summarize Entries = count(), Size = max(Devices), Since = min(FirstSeen)`

	knownTasksQuery = `union (ScheduledTasks | project DeviceName, TaskName, NormalizedCommand, Arguments, ClassId, ActionCount, Actions, RunAs, PrincipalSid),
    (ScheduledTaskEvents | project DeviceName, TaskName, NormalizedCommand, Arguments, ClassId, ActionCount, Actions, RunAs, PrincipalSid)
| where isnotempty(TaskName)
| invoke WithTaskBaseline()
| summarize In = make_set(tolower(DeviceName)), Devices = max(BaselineDevices), Since = min(BaselineFirstSeen), TaskSince = min(TaskFirstSeen) by Name = tolower(TaskName), DefinitionKey`

	knownProgramsQuery = `DeviceProcessEvents
| where ActionType == "ProcessCreated" and InitiatingProcessFileName =~ "svchost.exe" and InitiatingProcessCommandLine has "Schedule"
| extend Path = iff(isempty(FolderPath), FileName, FolderPath)
| extend Command = PathKey(Path)
| where isnotempty(Command)
| summarize In = make_set(tolower(DeviceName)) by Name = tolower(Path), Command
| lookup kind=leftouter (TaskBaseline | where Kind == "command" | summarize Devices = max(Devices), Since = min(FirstSeen) by Command) on Command`
)

// remember asks the case what its baseline knows; it returns nil where there is none.
func remember(ctx context.Context, q Querier) (*normal, error) {
	n := &normal{tasks: map[string][]known{}, programs: map[string][]known{}}
	entries := int64(0)
	ask := func(name, text string, visit func(*reader) error) error {
		schema, rows, _, err := q.Query(ctx, "baseline: "+name, text)
		if err != nil {
			return fmt.Errorf("what the baseline knows of %s: %w", name, err)
		}
		r := newReader(&Rule{}, schema)
		for _, row := range rows {
			r.Cells = row
			if err := visit(r); err != nil {
				return err
			}
		}
		return nil
	}
	err := ask("size", baselineQuery, func(r *reader) error {
		entries, n.size = r.named("Entries").Int, r.named("Size").Int
		n.since = moment(r.named("Since"))
		return nil
	})
	if err != nil || entries == 0 {
		return nil, err
	}
	err = ask("tasks", knownTasksQuery, func(r *reader) error {
		k, err := r.known()
		k.Defined = r.named("DefinitionKey").Str != ""
		k.Task = !r.named("TaskSince").Null
		name := cmdline.ExactTaskName(cell.Plain(r.named("Name")))
		n.tasks[name] = append(n.tasks[name], k)
		return err
	})
	if err != nil {
		return nil, err
	}
	return n, ask("programs", knownProgramsQuery, func(r *reader) error {
		k, err := r.known()
		name := cell.Plain(r.named("Name"))
		n.programs[name] = append(n.programs[name], k)
		return err
	})
}

// known reads what the rows about tasks and about programs have in common.
func (r *reader) known() (known, error) {
	k := known{devices: map[string]bool{}}
	var devices []string
	if err := json.Unmarshal([]byte(r.named("In").Str), &devices); err != nil {
		return k, fmt.Errorf("devices of a baseline's entry: %w", err)
	}
	for _, d := range devices {
		k.devices[d] = true
	}
	if v := r.named("Devices"); !v.Null {
		k.Devices = v.Int
	}
	k.Since = moment(r.named("Since"))
	return k, nil
}

// about returns what the baseline says of a finding, nil where it can't say anything.
// Of several definitions on the finding's devices the one least known counts; rows
// without a definition count only where there is no other.
func (n *normal) about(f *finding.Finding) *score.Baseline {
	if n == nil {
		return nil
	}
	list, program := n.of(f)
	var least *known
	for i := range list {
		k := &list[i]
		if !k.on(f.Devices) {
			continue
		}
		if least == nil || k.Defined && !least.Defined || k.Defined == least.Defined && k.Devices < least.Devices {
			least = k
		}
	}
	if least == nil {
		return nil
	}
	return &score.Baseline{Size: n.size, Since: n.since, Program: program, Known: least.Known}
}

// of returns the entries about the finding's task or, where it has none, about the
// program that the scheduler started.
func (n *normal) of(f *finding.Finding) (list []known, program bool) {
	if f.Task != nil && f.Task.Name != "" {
		return n.tasks[cmdline.ExactTaskName(f.Task.Name)], false
	}
	for _, p := range f.Processes {
		if p.Role != roleStarted {
			continue
		}
		path := p.FolderPath
		if path == "" {
			path = p.FileName
		}
		list = append(list, n.programs[strings.ToLower(path)]...)
	}
	return list, true
}

func (k *known) on(devices []string) bool {
	if len(devices) == 0 {
		return k.devices[""]
	}
	for _, d := range devices {
		if k.devices[d] {
			return true
		}
	}
	return false
}
