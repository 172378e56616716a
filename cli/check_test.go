package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/source"
)

// What SARIF 2.1.0 requires of a log, and that every place lies in its file.
func TestSARIF(t *testing.T) {
	dir := t.TempDir()
	text := "DeviceEvents | where CommandLin == 'ä' | where Nonsense\nDeviceEvents | where AccountNam == ''\n"
	path := filepath.Join(dir, "a b#1.kql")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	if exit := Main([]string{"check", "--format", "sarif", path}, strings.NewReader(""), &out, &errOut); exit != ExitError {
		t.Fatalf("exit %d: %s", exit, errOut.String())
	}
	var log sarifLog
	dec := json.NewDecoder(bytes.NewReader(out.Bytes()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name == "" || len(log.Runs[0].Results) == 0 {
		t.Fatalf("%s", out.String())
	}
	run := log.Runs[0]
	lines := strings.Split(text, "\n")
	fixed := false
	for _, r := range run.Results {
		if r.Message.Text == "" || len(r.Locations) != 1 || r.RuleIndex < 0 || r.RuleIndex >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("%+v", r)
		}
		switch r.Level {
		case "none", "note", "warning", "error":
		default:
			t.Errorf("level %q", r.Level)
		}
		at := r.Locations[0].Physical
		if !strings.HasSuffix(at.Artifact.URI, "/a%20b%231.kql") || !strings.HasPrefix(at.Artifact.URI, "file:///") {
			t.Errorf("uri %q", at.Artifact.URI)
		}
		if g := at.Region; g.StartLine < 1 || g.EndLine > len(lines) || g.EndLine < g.StartLine || g.StartColumn < 1 || g.EndColumn > len([]rune(lines[g.EndLine-1]))+1 {
			t.Errorf("region %+v", g)
		}
		for _, f := range r.Fixes {
			if len(f.Changes) != 1 || len(f.Changes[0].Replacements) == 0 {
				t.Errorf("fix %+v", f)
			}
			fixed = true
		}
	}
	if !fixed {
		t.Error("no fix is proposed")
	}
}

// Results come in the order of the files, whichever was checked first.
func TestCheckOrder(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for i := range 200 {
		query := "DeviceEvents | take 1"
		if i%7 == 0 {
			query = strings.Repeat("DeviceEvents | union DeviceProcessEvents | summarize count() by DeviceName;", 5)
		}
		path := filepath.Join(dir, string(rune('a'+i/26))+string(rune('a'+i%26))+".kql")
		if err := os.WriteFile(path, []byte(query), 0o600); err != nil {
			t.Fatal(err)
		}
		want = append(want, path)
	}
	var out, errOut bytes.Buffer
	Main([]string{"check", "--format", "json", dir}, strings.NewReader(""), &out, &errOut)
	var answer struct{ Results []checked }
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	last, files := -1, 0
	for _, r := range answer.Results {
		for last < len(want)-1 && (last < 0 || want[last] != r.File) {
			last++
			files++
		}
		if want[last] != r.File {
			t.Fatalf("%s is out of order", r.File)
		}
	}
	if files != len(want) {
		t.Errorf("%d files, want %d", files, len(want))
	}
}

func TestSARIFURI(t *testing.T) {
	for path, want := range map[string]string{"rules/a.kql": "rules/a.kql", "/x/y z.kql": "file:///x/y%20z.kql", "a:b.kql": "./a:b.kql"} {
		if got := sarifURI(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if got := sarifRegionOf(source.NewFile("f", "é\nab"), source.Span{Start: 3, End: 4}); got != (sarifRegion{2, 1, 2, 2}) {
		t.Errorf("%+v", got)
	}
}

// TestSARIFRules holds that the codes of every stage are described.
func TestSARIFRules(t *testing.T) {
	for _, code := range []string{"RULE0001", "KQL0001", "KQL0101", "KQL0108", "KQL0401", "EXCL0001"} {
		if r := sarifRuleOf(code); r.ShortDescription == nil || r.FullDescription == nil {
			t.Errorf("%s is not described", code)
		}
	}
}
