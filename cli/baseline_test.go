package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/baseline"
	"github.com/goshawk-hunt/goshawk/catalog"
)

func TestBaselineOfTheFleet(t *testing.T) {
	f := fleet(t)
	run := func(args ...string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		if exit := Main(append([]string{"baseline"}, args...), strings.NewReader(""), &out, &errOut); exit != ExitOK {
			t.Fatalf("%v: exit %d: %s", args, exit, errOut.String())
		}
		return out.String()
	}
	whole := filepath.Join(t.TempDir(), "whole.jsonl")
	run("build", "--case", f.casev, "--out", whole)
	if diff := run("diff", whole, "--case", f.casev); diff != "" {
		t.Errorf("a case is new to its own baseline:\n%s", diff)
	}
	// without one of the planted tasks it is news, and nothing else is
	const planted = `\intel\thunderbolt\sync`
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	var less []string
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, `\\intel\\thunderbolt\\sync`) {
			less = append(less, line)
		}
	}
	older := filepath.Join(t.TempDir(), "older.jsonl")
	if err := os.WriteFile(older, []byte(strings.Join(less, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	diff := strings.Split(strings.TrimSpace(run("diff", older, "--case", f.casev)), "\n")
	for _, line := range diff {
		if !strings.HasPrefix(line, "new task") || !strings.Contains(line, planted) {
			t.Errorf("news: %s", line)
		}
	}
	merged := filepath.Join(t.TempDir(), "merged.jsonl")
	run("build", older, whole, "--out", merged)
	if again, err := os.ReadFile(merged); err != nil || !bytes.Equal(again, text) {
		t.Errorf("merged with a part of itself the baseline is another one (%v)", err)
	}
	if shown := run("show", whole, "--kind", "task"); !strings.Contains(shown, planted) || strings.Contains(shown, " definition ") {
		t.Errorf("show:\n%s", shown)
	}
	if known := run("show", "--known"); strings.Count(known, "\n") < 200 || !strings.Contains(known, "measured") {
		t.Error("the catalogue of known tasks is short")
	}
	// hunts see it
	var out, errOut bytes.Buffer
	rule := filepath.Join(t.TempDir(), "new.kql")
	query := "ScheduledTaskEvents | where ActionType == 'ScheduledTaskCreated' | invoke WithTaskBaseline()"
	if err := os.WriteFile(rule, []byte(query+" | where NewSince"), 0o600); err != nil {
		t.Fatal(err)
	}
	if exit := Main([]string{"hunt", "--case", f.casev, "--only-hunts", "--hunts", rule, "--baseline", older, "--format", "csv"}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
		t.Fatalf("exit %d: %s", exit, errOut.String())
	}
	if lines := strings.Count(strings.TrimSpace(out.String()), "\n"); lines != 1 || !strings.Contains(strings.ToLower(out.String()), planted) {
		t.Errorf("%d findings:\n%s", lines, out.String())
	}
	counts := ask(t, "--case", f.casev, query+" | summarize New = countif(NewSince), Known = countif(NewSince == false)").project(t, "New", "Known")
	if len(counts) != 1 || strings.HasPrefix(counts[0], "0|") || strings.HasSuffix(counts[0], "|0") {
		t.Errorf("new and known creations: %v", counts)
	}
	// and the score of a finding speaks of it
	for file, want := range map[string]string{older: "not in the baseline of at least", whole: ""} {
		var out, errOut bytes.Buffer
		if exit := Main([]string{"hunt", "--case", f.casev, "--only-hunts", "--hunts", rule, "--baseline", file, "--format", "json"}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
			t.Fatalf("exit %d: %s", exit, errOut.String())
		}
		if got := strings.Count(out.String(), "not in the baseline of at least"); (want == "") != (got == 0) {
			t.Errorf("%d reasons about the baseline, want %q:\n%s", got, want, errOut.String())
		}
	}
}

// The rows that a baseline gives are those of the catalogue's table.
func TestBaselineTable(t *testing.T) {
	b := &baseline.Baseline{}
	b.Add(baseline.Entry{Kind: baseline.Task, TaskKey: "a"})
	stored := catalog.Default().Table(baseline.TableName).Stored()
	row := b.Rows()[0]
	if len(row) != len(stored) {
		t.Fatalf("%d values for %d columns", len(row), len(stored))
	}
	for i, c := range stored {
		if row[i].Type != c.Type {
			t.Errorf("%s is %v, want %v", c.Name, row[i].Type, c.Type)
		}
	}
}
