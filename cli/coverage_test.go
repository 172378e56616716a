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
	"time"

	"github.com/goshawk-hunt/goshawk/hunt"
)

// event writes a record as evtx_dump does.
func event(channel string, record, id int, at time.Time, data string) string {
	return fmt.Sprintf(`{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":%d,"Version":0,"Level":0,"Task":0,"Opcode":0,"Keywords":"0x8020000000000000","TimeCreated":{"#attributes":{"SystemTime":%q}},"EventRecordID":%d,"Channel":%q,"Computer":"PC1.corp.example","Security":null},%s}}`+"\n",
		id, at.Format("2006-01-02T15:04:05.000000Z"), record, channel, data)
}

func TestCoverageOfLogs(t *testing.T) {
	var log strings.Builder
	start := time.Date(2026, 3, 1, 0, 30, 0, 0, time.UTC)
	at := start
	for record := 1000; record < 1200; record++ {
		at = at.Add(time.Hour)
		if record == 1150 {
			at = at.Add(72 * time.Hour) // nothing for three days
		}
		if record >= 1040 && record < 1060 || record == 1100 {
			continue // taken out
		}
		id, data := 4624, `"EventData":{"TargetUserName":"a","LogonType":"3"}`
		if record == 1030 {
			id, data = 1102, `"UserData":{"LogFileCleared":{"SubjectUserSid":"S-1-5-21-1","SubjectUserName":"eve","SubjectDomainName":"CORP","SubjectLogonId":"0x1"}}`
		}
		log.WriteString(event("Security", record, id, at, data))
	}
	for i := range 30 { // an export of few chosen records
		log.WriteString(event("Application", 5000+100*i, 1000, start.Add(time.Duration(i)*time.Hour), `"EventData":{}`))
	}
	for i := range 40 { // whole, and stopped long before the others; its name is written in two ways
		id, data, channel := 7036, `"EventData":{}`, "System"
		if i == 20 {
			id, data = 104, `"UserData":{"LogFileCleared":{"SubjectUserName":"eve","SubjectDomainName":"CORP","Channel":"Microsoft-Windows-TaskScheduler/Operational","BackupPath":""}}`
		}
		if i%2 == 1 {
			channel = "system"
		}
		log.WriteString(event(channel, 700+i, id, start.Add(time.Duration(i)*time.Hour), data))
	}
	path := filepath.Join(t.TempDir(), "log.jsonl")
	if err := os.WriteFile(path, []byte(log.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	if exit := Main([]string{"coverage", path, "--format", "json"}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
		t.Fatalf("exit %d: %s", exit, errOut.String())
	}
	var c hunt.Coverage
	if err := json.Unmarshal(out.Bytes(), &c); err != nil {
		t.Fatal(err)
	}
	if c.Err != "" || len(c.Devices) != 1 || len(c.Logs) != 3 {
		t.Fatalf("%q %d devices %+v", c.Err, len(c.Devices), c.Logs)
	}
	application, security, system := c.Logs[0], c.Logs[1], c.Logs[2]
	if !application.Selection || len(application.Gaps) != 0 || application.Silence != nil {
		t.Errorf("a selection is one: %+v", application)
	}
	if security.Selection || security.Missing != 21 || len(security.Gaps) != 2 || security.Gaps[0].After != 1039 || security.Gaps[0].Before != 1060 || security.Gaps[0].Missing != 20 || security.Gaps[1].Missing != 1 {
		t.Errorf("gaps: %+v", security)
	}
	if security.Silence == nil || security.Silence.Hours != 72 {
		t.Errorf("silence: %+v", security.Silence)
	}
	if system.Records != 40 || system.Missing != 0 || system.Silence == nil || !system.Silence.Ended || system.Silence.Hours < 200 || security.Silence.Ended {
		t.Errorf("a log that ends: %+v", system)
	}
	if len(c.Cleared) != 2 || c.Cleared[0].Channel != "Microsoft-Windows-TaskScheduler/Operational" || c.Cleared[1].Channel != "Security" || c.Cleared[1].Account != `CORP\eve` {
		t.Errorf("cleared: %+v", c.Cleared)
	}
	remarks := strings.Join(c.Remarks(), "\n")
	for _, want := range []string{"the log Security was cleared", "21 records of Security are missing", "holds nothing for 3 days", "1 of 3 logs are selections", "System ends 9 days before the machine's other logs",
		"the log Microsoft-Windows-TaskScheduler/Operational was cleared"} {
		if !strings.Contains(remarks, want) {
			t.Errorf("not said: %s in\n%s", want, remarks)
		}
	}
	// a device with logons alone is blind for tasks, and told what turns them on
	d := c.Devices[0]
	if d.Sights["rare-task-creation"] != hunt.Blind {
		t.Errorf("%v", d.Sights)
	}
	i := slices.IndexFunc(c.Lacks, func(l hunt.Lack) bool { return slices.Contains(l.Hunts, "rare-task-creation") })
	if i < 0 || len(c.Lacks[i].Devices) != 1 || !slices.ContainsFunc(c.Lacks[i].Kinds, func(k hunt.Kind) bool {
		return k.Audit == "Other Object Access Events" && k.Connector != "" && strings.Contains(k.Enable, "auditpol")
	}) {
		t.Errorf("%+v", c.Lacks)
	}
}

func TestCoverageOfTheFleet(t *testing.T) {
	f := fleet(t)
	var out, errOut bytes.Buffer
	if exit := Main([]string{"coverage", "--case", f.casev, "--format", "json"}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
		t.Fatalf("exit %d: %s", exit, errOut.String())
	}
	var c hunt.Coverage
	if err := json.Unmarshal(out.Bytes(), &c); err != nil {
		t.Fatal(err)
	}
	for _, h := range c.Hunts {
		if h.Runnable+h.Partial+h.Blind+h.Unknown != len(c.Devices) || h.Unknown > 0 {
			t.Errorf("%+v of %d devices", h, len(c.Devices))
		}
	}
	if len(c.Cleared)+len(c.Lacks) == 0 || len(c.Definitions) < 2 {
		t.Errorf("%+v", c.Definitions)
	}
	for _, l := range c.Logs {
		if l.Missing != 0 || len(l.Gaps) != 0 {
			t.Errorf("the simulated log %+v has gaps", l)
		}
	}
	// one device by its short name
	short, _, _ := strings.Cut(c.Devices[0].Device, ".")
	out.Reset()
	if exit := Main([]string{"coverage", "--case", f.casev, "--device", strings.ToUpper(short)}, strings.NewReader(""), &out, &errOut); exit != ExitOK || !strings.Contains(out.String(), "1 device,") {
		t.Errorf("exit %d: %s%s", exit, out.String(), errOut.String())
	}
	if exit := Main([]string{"coverage", "--case", f.casev, "--device", "nobody"}, strings.NewReader(""), &out, &errOut); exit != ExitError {
		t.Error("a device that is not there")
	}
}
