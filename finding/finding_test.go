package finding_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
)

func reason(points int, p finding.Property, text string) finding.Reason {
	return finding.Reason{Points: points, Property: p, Text: text}
}

func TestGrade(t *testing.T) {
	for _, tt := range []struct {
		what     string
		reasons  []finding.Reason
		score    int
		severity finding.Severity
	}{
		{"nothing", nil, 0, finding.Info},
		{"one weak", []finding.Reason{reason(15, finding.Action, "a")}, 15, finding.Info},
		{"one property in parts", []finding.Reason{reason(15, finding.Action, "a"), reason(20, finding.Action, "b")}, 35, finding.Low},
		{"two independent", []finding.Reason{reason(15, finding.Action, "a"), reason(20, finding.Creator, "b")}, 45, finding.Medium},
		{"a property is capped", []finding.Reason{reason(60, finding.Action, "a"), reason(60, finding.Action, "b")}, 80, finding.High},
		{"a user's rule is not", []finding.Reason{reason(90, finding.Rule, "a")}, 90, finding.Critical},
		{"said twice counts once", []finding.Reason{reason(20, finding.Action, "a"), reason(10, finding.Action, "a")}, 20, finding.Low},
		{"explained", []finding.Reason{reason(20, finding.Action, "a"), reason(20, finding.Name, "b"), reason(-40, finding.Action, "known")}, 0, finding.Info},
		{"never below nothing", []finding.Reason{reason(-40, finding.Action, "known")}, 0, finding.Info},
	} {
		f := finding.Finding{Reasons: tt.reasons}
		f.Grade()
		if f.Score != tt.score || f.Severity != tt.severity {
			t.Errorf("%s: %d %v, want %d %v: %+v", tt.what, f.Score, f.Severity, tt.score, tt.severity, f.Reasons)
		}
		sum := 0
		for _, r := range f.Reasons {
			sum += r.Points
		}
		if max(sum, 0) != f.Score {
			t.Errorf("%s: the reasons add up to %d, the score is %d", tt.what, sum, f.Score)
		}
		before := f.Score
		f.Grade()
		if f.Score != before {
			t.Errorf("%s: grading again changes the score to %d", tt.what, f.Score)
		}
	}
}

func TestTimeKeepsItsTicks(t *testing.T) {
	const ticks = 638396640001234567
	at := finding.FromTicks(ticks)
	if at.String() != "2024-01-01T00:00:00.1234567Z" {
		t.Errorf("%s", at)
	}
	text, err := json.Marshal(at)
	if err != nil {
		t.Fatal(err)
	}
	var back finding.Time
	if err := json.Unmarshal(text, &back); err != nil || !back.Equal(at.Time) {
		t.Errorf("%s reads back as %s, %v", text, back, err)
	}
	if text, _ := json.Marshal(finding.Time{}); string(text) != `""` {
		t.Errorf("an unknown time is %s", text)
	}
}

func TestJSONShape(t *testing.T) {
	f := finding.Finding{ID: "x", Title: "t", Severity: finding.High, Task: &finding.Task{Name: `\a`}}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"severity":"high"`, `"task":{"name":"\\a"`, `"first":""`, `"reasons":`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
}

func TestSeverityNames(t *testing.T) {
	for s := finding.None; s <= finding.Critical; s++ {
		if got, err := finding.ParseSeverity(strings.ToUpper(s.String())); err != nil || got != s {
			t.Errorf("%v reads back as %v, %v", s, got, err)
		}
	}
	if _, err := finding.ParseSeverity("urgent"); err == nil {
		t.Error("an unknown severity is no error")
	}
}

func TestSortIsTotal(t *testing.T) {
	a := []finding.Finding{{ID: "1", Score: 10, Severity: finding.Low}, {ID: "2", Score: 10, Severity: finding.Low}, {ID: "3", Score: 90, Severity: finding.Critical}}
	b := []finding.Finding{a[1], a[0], a[2]}
	finding.Sort(a)
	finding.Sort(b)
	for i := range a {
		if a[i].ID != b[i].ID {
			t.Errorf("the order depends on the input: %s, %s", a[i].ID, b[i].ID)
		}
	}
	if a[0].ID != "3" {
		t.Error("the worst isn't first")
	}
}

func TestBrief(t *testing.T) {
	for _, tt := range []struct{ command, arguments, want string }{
		{`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, "-c x", "powershell.exe -c x"},
		{`"%SystemRoot%\SysWOW64\rundll32.exe"`, "a,b", "rundll32.exe a,b"},
		{`C:\Windows\System32\cmd.exe`, "", `C:\Windows\System32\cmd.exe`},
		{`C:\Windows\System32\Tasks\cmd.exe`, "/c x", `C:\Windows\System32\Tasks\cmd.exe /c x`},
		{`C:\Users\Public\cmd.exe`, "/c x", `C:\Users\Public\cmd.exe /c x`},
	} {
		if got := (finding.TaskAction{Command: tt.command, Arguments: tt.arguments}).Brief(); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.command, tt.arguments, got, tt.want)
		}
	}
}
