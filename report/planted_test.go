package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/report"
)

// planted is a task that runs what somebody wrote to the registry, in hostile words.
func planted() *finding.Finding {
	return &finding.Finding{ID: "1", Title: `Task \x`, Devices: []string{"pc1"}, Task: &finding.Task{Name: `\x`,
		Actions: []finding.TaskAction{{Command: `C:\Windows\System32\cmd.exe`, Arguments: "/c x"}}},
		Dossier: &finding.Dossier{Devices: []string{"pc1"},
			Nodes: []finding.Node{
				{Kind: finding.ProcessNode, Device: "pc1", Label: "drop.exe", Role: "planter", PID: 7, Time: at("09:59:57"), Ended: at("09:59:59")},
				{Kind: finding.AccountNode, Device: "pc1", Label: "ann"},
				{Kind: finding.TaskNode, Device: "pc1", Label: `\x`},
				{Kind: finding.ProcessNode, Device: "pc1", Label: "svchost.exe", Role: "writer"}},
			Edges: []finding.Edge{
				{Chapter: finding.Defined, From: 3, To: 2, Verb: "wrote the file of", Time: at("10:00:00"), Confidence: finding.Certain},
				{Chapter: finding.Defined, From: 0, To: 2, Verb: `wrote the registry value HKEY_USERS\S-1-5-21-1-2-3-4\A\b, named by an action of`, Object: `HKEY_USERS\S-1-5-21-1-2-3-4\A\b`,
					Content: "31 characters, Base64 of: <script>alert(1)</script>", Time: at("09:59:58"), Confidence: finding.Certain, Why: "because"},
				{Chapter: finding.Defined, From: 1, To: 2, Verb: "created", Time: at("10:00:00"), Confidence: finding.Certain}}}}
}

func TestWhatWasPlanted(t *testing.T) {
	f := planted()
	const want = `ann made the task \x. It runs cmd.exe /c x. What it names, HKCU\A\b, was written by drop.exe, 2 s before its creation.`
	if got := report.Summary(f); got != want {
		t.Errorf("the summary is %q, want %q", got, want)
	}
	var text bytes.Buffer
	if err := report.Life(&text, f, 200); err != nil || !strings.Contains(text.String(), "what was written: 31 characters") {
		t.Errorf("%v: the text does not tell what was written:\n%s", err, text.String())
	}
	d := sample()
	d.Result.Findings = []finding.Finding{*f}
	d.Written = time.Unix(0, 0)
	var page bytes.Buffer
	if err := report.HTML(&page, d); err != nil {
		t.Fatal(err)
	}
	got := page.String()
	if strings.Contains(got, "<script>alert") || strings.Count(got, "&lt;script&gt;alert(1)") < 3 {
		t.Error("the page tells what was written in facts, picture and statements, escaped")
	}
	first, last := strings.Index(got, `class="name">drop.exe`), strings.Index(got, `class="name">svchost.exe`)
	if first < 0 || last < first {
		t.Errorf("the scheduler's own writing comes last in the picture: %d, %d", first, last)
	}
}

// TestWhoMadeIsWhoMade: who wrote of the task's stores or removed it did not make it.
func TestWhoMadeIsWhoMade(t *testing.T) {
	f := planted()
	f.Dossier.Nodes = append(f.Dossier.Nodes, finding.Node{Kind: finding.ProcessNode, Device: "pc1", Label: "reg.exe", Role: "creator"},
		finding.Node{Kind: finding.ProcessNode, Device: "pc1", Label: "schtasks.exe", Role: "creator"})
	f.Dossier.Edges = append([]finding.Edge{
		{Chapter: finding.Origin, From: 4, To: 2, Verb: "asked to delete", Time: at("09:00:00"), Confidence: finding.Certain},
		{Chapter: finding.Origin, From: 5, To: 2, Verb: "asked to create", Time: at("10:00:00"), Confidence: finding.Certain}}, f.Dossier.Edges...)
	if got := report.Summary(f); !strings.HasPrefix(got, `ann used schtasks.exe to make the task \x.`) {
		t.Errorf("the summary is %q", got)
	}
}

func TestWhatIsEncodedIsShown(t *testing.T) {
	f := planted()
	f.Task.Decoded = []string{"iex <b>x</b>"}
	d := sample()
	d.Result.Findings = []finding.Finding{*f}
	var page, table bytes.Buffer
	if err := report.HTML(&page, d); err != nil || !strings.Contains(page.String(), "iex &lt;b&gt;x&lt;/b&gt;") {
		t.Errorf("%v: the page does not show what is encoded", err)
	}
	if err := report.Table(&table, d.Result.Findings, report.TableOptions{}); err != nil || !strings.Contains(table.String(), "decoded") {
		t.Errorf("%v: the table does not show what is encoded", err)
	}
}
