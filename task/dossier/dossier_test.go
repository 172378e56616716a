package dossier_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/task/dossier"
)

// base is 2024-05-14T10:00:00Z in ticks.
const base, second = 638512776000000000, 10_000_000

// answers is a case: the rows of each of the dossier's questions, by its name.
type answers map[string]answer

type answer struct {
	columns string
	rows    [][]any
}

func (a answers) Query(_ context.Context, name, _ string) (types.Schema, [][]types.Value, []string, error) {
	w := a[strings.TrimPrefix(name, "dossier: ")]
	var schema types.Schema
	for _, c := range strings.Fields(w.columns) {
		n, typ, found := strings.Cut(c, ":")
		t := types.String
		if found {
			t, _ = types.Parse(typ)
		}
		schema = append(schema, types.Column{Name: n, Type: t})
	}
	var rows [][]types.Value
	for _, r := range w.rows {
		row := make([]types.Value, len(r))
		for i, v := range r {
			row[i] = value(schema[i].Type, v)
		}
		rows = append(rows, row)
	}
	return schema, rows, nil, nil
}

func value(t types.Type, v any) types.Value {
	switch v := v.(type) {
	case nil:
		return types.Null(t)
	case int:
		return types.Value{Type: t, Int: int64(v)}
	case bool:
		n := int64(0)
		if v {
			n = 1
		}
		return types.Value{Type: t, Int: n}
	}
	return types.Value{Type: t, Str: fmt.Sprint(v)}
}

const (
	eventColumns   = "Timestamp:datetime DeviceName ActionType TaskName Source EventId:int AccountName LogonId:long UserContext InstanceId Command Arguments Actions:dynamic RunAs Hidden:bool ResultCode:long ProcessId:long IsRemote:bool InitiatingProcessId:long ReportId:long"
	processColumns = "Timestamp:datetime DeviceName AccountName FileName ProcessCommandLine ProcessId:long ProcessCreationTime:datetime LogonId:long InitiatingProcessFileName InitiatingProcessCommandLine InitiatingProcessId:long InitiatingProcessCreationTime:datetime ReportId:long"
	logonColumns   = "Timestamp:datetime DeviceName AccountName LogonId:long LogonType RemoteIP ReportId:long"
)

const action = `[{"Type":"Exec","Command":"cmd.exe","Arguments":"/c whoami > %windir%\\Temp\\x.tmp"}]`

// remote is a task that another computer makes, runs and removes, on a device with
// 4688 and the TaskScheduler log only.
func remote() (answers, *finding.Finding) {
	q := answers{
		"events of tasks": {eventColumns, [][]any{
			{base, "PC1", "ScheduledTaskCreated", `\x`, "Security", 4698, "ann", 0x77, "", "", "cmd.exe", `/c whoami > %windir%\Temp\x.tmp`, action, "S-1-5-18", true, nil, nil, true, nil, 1},
			{base + 1, "pc1", "ScheduledTaskCreated", `\x`, "TaskScheduler", 106, "ann", nil, `CORP\ann`, "", "", "", nil, "", nil, nil, nil, nil, nil, 2},
			{base + second, "pc1", "ScheduledTaskProcessCreated", `\x`, "TaskScheduler", 129, "", nil, "", "", "cmd.exe", "", nil, "", nil, nil, 400, nil, nil, 3},
			{base + second + 5, "pc1", "ScheduledTaskActionStarted", `\x`, "TaskScheduler", 200, "", nil, "", "run-1", "cmd.exe", "", nil, "", nil, nil, 400, nil, nil, 4},
			{base + second + 4, "pc1", "ScheduledTaskTriggered", `\x`, "TaskScheduler", 110, "ann", nil, "ann", "run-1", "", "", nil, "", nil, nil, nil, nil, nil, 5},
			{base + 2*second, "pc1", "ScheduledTaskActionCompleted", `\x`, "TaskScheduler", 201, "", nil, "", "run-1", "cmd.exe", "", nil, "", nil, 1, 400, nil, nil, 6},
			{base + 3*second, "pc1", "ScheduledTaskDeleted", `\x`, "Security", 4699, "ann", 0x77, "", "", "", "", nil, "", nil, nil, nil, true, nil, 7},
		}},
		"processes": {processColumns, [][]any{
			{base + second, "pc1", "system", "cmd.exe", `cmd.exe /c whoami > C:\Windows\Temp\x.tmp`, 400, base + second, 0x3e7, "svchost.exe", "", 9, nil, 11},
			{base + second + 9, "pc1", "system", "whoami.exe", "whoami", 401, base + second + 9, 0x3e7, "cmd.exe", "", 400, base + second, 12},
			{base - 3600*second, "pc1", "bob", "old.exe", "old.exe", 400, base - 3600*second, 5, "a.exe", "", 8, nil, 13},
		}},
		"logons": {logonColumns, [][]any{
			{base - 2, "pc1", "ann", 0x76, "Network", "10.0.0.9", 21},
			{base - 1, "pc1", "ann", 0x77, "Network", "", 22},
			{base - 1, "pc1", "ann", 0x75, "Network", "127.0.0.1", 23},
		}},
	}
	f := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\X`}}
	return q, f
}

func gather(t *testing.T, q dossier.Querier, f *finding.Finding, kinds ...string) *finding.Dossier {
	t.Helper()
	if notes := dossier.Gather(t.Context(), q, func(_, kind string) bool {
		for _, k := range kinds {
			if k == kind {
				return true
			}
		}
		return false
	}, 0, []*finding.Finding{f}); len(notes) > 0 {
		t.Fatal(notes)
	}
	return f.Dossier
}

// edge finds a statement by the labels of its ends.
func edge(d *finding.Dossier, from, verb, to string) *finding.Edge {
	for i := range d.Edges {
		if e := &d.Edges[i]; d.Nodes[e.From].Label == from && e.Verb == verb && d.Nodes[e.To].Label == to {
			return e
		}
	}
	return nil
}

func TestARemoteTaskWithoutSysmon(t *testing.T) {
	q, f := remote()
	d := gather(t, q, f, "process", "taskscheduler", "security-task")
	for _, want := range []struct {
		from, verb, to string
		confidence     finding.Confidence
		proofs         int
	}{
		{"10.0.0.9", "logged on from", "ann", finding.Likely, 2}, // the logon of the event has no address, its neighbour has
		{"ann", "created", `\X`, finding.Certain, 2},             // both logs of the one creation
		{`\X`, "started", "cmd.exe", finding.Certain, 5},         // 129 names the process id
		{"cmd.exe", "started", "whoami.exe", finding.Certain, 1},
		{"ann", "deleted", `\X`, finding.Certain, 1},
	} {
		e := edge(d, want.from, want.verb, want.to)
		if e == nil {
			t.Errorf("no edge %s %s %s", want.from, want.verb, want.to)
			continue
		}
		if e.Confidence != want.confidence || len(e.Proof) != want.proofs {
			t.Errorf("%s %s %s: %s by %d rows, want %s by %d: %+v", want.from, want.verb, want.to, e.Confidence, len(e.Proof), want.confidence, want.proofs, e.Proof)
		}
	}
	if len(d.Runs) != 1 || d.Runs[0].Cause != "hand of ann" || !strings.Contains(d.Runs[0].Result, "0x1") || d.Runs[0].PID != 400 {
		t.Errorf("runs: %+v", d.Runs)
	}
	for _, n := range d.Nodes {
		if n.Label == "old.exe" {
			t.Error("a process that had the same id an hour before is taken for the task's")
		}
	}
	if got := len(f.Processes); got != 2 {
		t.Errorf("%d processes in the finding, want the started one and its child", got)
	}
}

func TestGapsSayWhatIsMissing(t *testing.T) {
	q, f := remote()
	delete(q, "logons")
	delete(q, "processes")
	d := gather(t, q, f, "taskscheduler", "security-task")
	var all strings.Builder
	for _, g := range d.Gaps {
		fmt.Fprintln(&all, g.Chapter, g.Text, g.Hint)
	}
	for _, want := range []string{"where the logon 0x77 came from", "no events of processes, connections"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no gap says %q:\n%s", want, all.String())
		}
	}
	if e := edge(d, `\X`, "started", "cmd.exe"); e == nil || !strings.Contains(e.Why, "no process event") {
		t.Errorf("the run's own event should stand for the process: %+v", e)
	}
}

func TestNothingKnownIsNotClean(t *testing.T) {
	f := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\y`, Actions: []finding.TaskAction{{Command: "a.exe"}}}}
	unseen := gather(t, answers{}, f)
	if len(unseen.Gaps) < 2 || !strings.Contains(unseen.Gaps[0].Text, "no log of task changes") {
		t.Errorf("gaps: %+v", unseen.Gaps)
	}
	f.Dossier = nil
	seen := gather(t, answers{}, f, "security-task", "taskscheduler", "process")
	if !strings.Contains(seen.Gaps[0].Text, "though such events of others are there") {
		t.Errorf("a log that is there and silent says more than one that is missing: %+v", seen.Gaps)
	}
}

func TestALocalCallerAndAChange(t *testing.T) {
	changed := strings.Replace(action, "whoami", "calc", 1)
	q := answers{
		"events of tasks": {eventColumns, [][]any{
			{base, "pc1", "ScheduledTaskCreated", `\x`, "Security", 4698, "ann", 0x77, "", "", "cmd.exe", "", action, "ann", false, nil, nil, false, 300, 1},
			{base + second*60, "pc1", "ScheduledTaskUpdated", `\x`, "Security", 4702, "ann", 0x77, "", "", "cmd.exe", "", changed, "S-1-5-18", true, nil, nil, false, 300, 2},
		}},
		"processes": {processColumns, [][]any{
			{base - second, "pc1", "ann", "mmc.exe", "mmc.exe taskschd.msc", 300, base - second, 0x77, "explorer.exe", "explorer.exe", 200, base - 9*second, 11},
		}},
	}
	f := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`}}
	d := gather(t, q, f, "process", "security-task")
	for _, want := range [][3]string{{"mmc.exe", "created", `\x`}, {"mmc.exe", "updated", `\x`}, {"explorer.exe", "started", "mmc.exe"}, {"ann", "ran", "mmc.exe"}} {
		if e := edge(d, want[0], want[1], want[2]); e == nil || e.Confidence != finding.Certain {
			t.Errorf("%v: %+v", want, e)
		}
	}
	if len(d.Definitions) != 2 || len(d.Definitions[1].Changes) != 3 {
		t.Errorf("definitions: %+v", d.Definitions)
	}
	if f.Task.Principal != "S-1-5-18" {
		t.Errorf("the last definition should speak for the task, it runs as %q", f.Task.Principal)
	}
}

func TestALifeIsBounded(t *testing.T) {
	rows := make([][]any, 0, 5000)
	for i := range 5000 {
		rows = append(rows, []any{base + i*second*10, "pc1", "ScheduledTaskUpdated", `\x`, "Security", 4702, fmt.Sprint("user", i), i, "", "", "a.exe", "", action, "", false, nil, nil, nil, nil, i})
	}
	f := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`}}
	began := time.Now()
	d := gather(t, answers{"events of tasks": {eventColumns, rows}}, f)
	if len(d.Nodes) > 200 || len(d.Edges) > 300 || len(d.Definitions) > 100 || d.More == 0 {
		t.Errorf("%d nodes, %d edges, %d definitions, %d more after %s", len(d.Nodes), len(d.Edges), len(d.Definitions), d.More, time.Since(began))
	}
}

func TestTheSameCaseGivesTheSameDossier(t *testing.T) {
	var first string
	for i := range 5 {
		q, f := remote()
		for name, a := range q { // the engine returns rows of one time in any order
			for j := range a.rows {
				k := (j + i) % len(a.rows)
				a.rows[j], a.rows[k] = a.rows[k], a.rows[j]
			}
			q[name] = a
		}
		d := gather(t, q, f, "process")
		got := fmt.Sprintf("%+v", *d)
		if i == 0 {
			first = got
		} else if got != first {
			t.Fatalf("run %d differs:\n%s\n%s", i, first, got)
		}
	}
}

// FuzzLife gathers lives from whatever texts and numbers rows hold: it must end, stay
// within its bounds, and name only nodes that are there.
func FuzzLife(f *testing.F) {
	f.Add(`\x`, "cmd.exe", "schtasks /create /tn x /tr y", action, int64(0), int64(400), int64(400), "10.0.0.9")
	f.Add("", "\x00", "\"", "[", int64(-1), int64(0), int64(1), "::")
	f.Fuzz(func(t *testing.T, name, file, line, actions string, shift, pid, parent int64, address string) {
		at := base + int(shift%(1<<40))
		n, p := int(pid%(1<<31)), int(parent%(1<<31))
		q := answers{
			"events of tasks": {eventColumns, [][]any{
				{base, "pc1", "ScheduledTaskCreated", name, "Security", 4698, "ann", p, line, "", file, line, actions, name, true, nil, n, true, p, 1},
				{at, "pc1", "ScheduledTaskActionStarted", name, "TaskScheduler", 200, "", nil, "", line, file, "", nil, "", nil, n, n, nil, nil, 2},
				{at, "pc1", "ScheduledTaskDeleted", name, "Security", 4699, address, n, "", "", "", "", nil, "", nil, nil, nil, nil, n, 3}}},
			"processes": {processColumns, [][]any{
				{at, "pc1", "ann", file, line, n, at, p, file, line, p, at, 4}, {base, "pc1", "ann", file, line, p, base, n, file, line, n, at, 5}}},
			"logons":                           {logonColumns, [][]any{{base, "pc1", "ann", p, "Network", address, 6}}},
			"command lines that name the same": {processColumns, [][]any{{at, "pc1", "ann", file, line, n, at, p, file, line, p, at, 9}, {base, "pc1", "ann", "", name + actions, n, at, p, "", "", p, nil, 10}}},
			"writers of what actions name": {plantColumns, [][]any{
				{at, at, "pc1", "T", "file", file, "", "Wrote", name, address, line, n, file, line, n, at, 7},
				{base, at, "pc1", "T", "registry", name, file, "Wrote", name, "", line, n, file, line, p, nil, 8}}},
		}
		found := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: name},
			Processes: []finding.Process{{Role: dossier.RoleCreator, Device: "pc1", PID: int64(n), CommandLine: line}, {Role: dossier.RoleStarted, Device: "pc1", PID: int64(p), FileName: file}}}
		d := gather(t, q, found)
		for _, e := range d.Edges {
			if e.From < 0 || e.To < 0 || e.From >= len(d.Nodes) || e.To >= len(d.Nodes) || e.Confidence == "" {
				t.Errorf("edge %+v of %d nodes", e, len(d.Nodes))
			}
		}
		for _, e := range d.Effects {
			if e.Process < 0 || e.Process >= len(d.Nodes) {
				t.Errorf("effect %+v of %d nodes", e, len(d.Nodes))
			}
		}
	})
}

// TestFilesWithoutDevice: a file that names no device belongs to the one device that has
// a task of its name; where several have one, to none of them.
func TestFilesWithoutDevice(t *testing.T) {
	event := func(device string, id int) []any {
		return []any{base, device, "ScheduledTaskCreated", `\x`, "Security", 4698, "ann", id, "", "", "a.exe", "", action, "", false, nil, nil, nil, nil, id}
	}
	stores := answer{"DeviceName Store TaskName Actions:dynamic RunAs", [][]any{{"", "XmlFile", `\x`, action, "S-1-5-18"}}}
	for name, tt := range map[string]struct {
		events [][]any
		want   int
	}{
		"one device":  {[][]any{event("pc1", 1)}, 2},
		"two devices": {[][]any{event("pc1", 1), event("pc2", 2)}, 1},
	} {
		f := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`}}
		d := gather(t, answers{"events of tasks": {eventColumns, tt.events}, "stores of tasks": stores}, f)
		if len(d.Definitions) != tt.want {
			t.Errorf("%s: %d definitions, want %d: %+v", name, len(d.Definitions), tt.want, d.Definitions)
		}
	}
}

// TestRequestOfAGroupsTask: the request for a task of a group has another id than the run.
func TestRequestOfAGroupsTask(t *testing.T) {
	event := func(at, id int, kind, user, instance, command string) []any {
		return []any{base + at, "pc1", "ScheduledTask" + kind, `\x`, "TaskScheduler", id, user, nil, user, instance, command, "", nil, "", nil, nil, nil, nil, nil, id}
	}
	rows := [][]any{
		event(0, 100, "Started", `pc1\ann`, "aa", ""), event(10, 200, "ActionStarted", "", "aa", "a.exe"),
		event(20, 110, "Triggered", "Administrators", "bb", ""), event(second, 102, "Completed", `pc1\ann`, "aa", ""),
		event(90*second, 110, "Triggered", "Administrators", "cc", ""),
	}
	f := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`}}
	d := gather(t, answers{"events of tasks": {eventColumns, rows}}, f)
	if len(d.Runs) != 2 || d.Runs[0].Cause != "hand of Administrators" || d.Runs[0].Confidence != finding.Likely || d.Runs[0].Action != "a.exe" || d.Runs[1].Action != "" {
		t.Errorf("runs: %+v", d.Runs)
	}
}

// A later definition says when the task starts in every form in which that is told.
func TestALaterDefinitionsTriggers(t *testing.T) {
	q := answers{"events of tasks": {eventColumns + " Triggers:dynamic", [][]any{
		{base, "pc1", "ScheduledTaskCreated", `\x`, "Security", 4698, "ann", 0x77, "", "", "", "", action, "ann", false, nil, nil, nil, nil, 1, `{"TimeTrigger":{}}`},
		{base + second, "pc1", "ScheduledTaskUpdated", `\x`, "Security", 4702, "ann", 0x77, "", "", "", "", action, "ann", false, nil, nil, nil, nil, 2, `{"LogonTrigger":{"Repetition":{"Interval":"PT5M"}}}`},
	}}}
	f := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`, Starting: dossier.Starting("daily")}}
	gather(t, q, f, "security-task")
	if got, want := fmt.Sprint(f.Task.Starting), "{LogonTrigger every PT5M at logon, then every 5 minutes [{LogonTrigger 300 false}]}"; got != want {
		t.Errorf("starts %s, want %s", got, want)
	}
}
