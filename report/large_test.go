package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/report"
)

// many makes findings whose texts are as long as an attacker likes.
func many(n int) []finding.Finding {
	long := strings.Repeat("QUFB", 4000)
	fs := make([]finding.Finding, n)
	for i := range fs {
		name := fmt.Sprintf(`\Task %d`, i)
		fs[i] = finding.Finding{ID: fmt.Sprint(i), Title: "Task " + name, Severity: finding.High, Score: 80, Devices: []string{"pc1"},
			Hunts: []finding.Hunt{{ID: "one hunt", Name: "One hunt", Query: "QueryOfTheHunt | take 1", Rows: 1}},
			Task:  &finding.Task{Name: name, Actions: []finding.TaskAction{{Command: "powershell.exe", Arguments: "-enc " + long}}, Definition: long},
			Reasons: []finding.Reason{
				{Points: 30, Property: finding.Action, Text: "first of its action"}, {Points: 28, Property: finding.Action, Text: "second of its action"},
				{Points: 26, Property: finding.Action, Text: "third of its action"}, {Points: 20, Property: finding.Store, Text: "first of its store"},
				{Points: 18, Property: finding.Creator, Text: "first of its creator"}, {Points: 9, Property: finding.Name, Text: "its name"},
				{Points: 8, Property: finding.Trigger, Text: "its trigger"}, {Property: finding.Store, Fact: "x", Text: "told by another"},
				{Points: 20, Property: finding.Agreement, Text: "properties agree"},
			},
			Evidence: []finding.Row{{Hunt: "one hunt", Columns: []finding.Field{{Name: "Arguments", Value: long}, {Name: "TaskContent", Value: long}}}},
		}
	}
	return fs
}

func TestLargeReportStaysSmall(t *testing.T) {
	var b bytes.Buffer
	if err := report.HTML(&b, report.Data{Result: &hunt.Result{Findings: many(500)}}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if mb := float64(len(page)) / 1e6; mb > 6 {
		t.Errorf("a page of %.1f MB for 500 findings of 64 kB each", mb)
	}
	if n := strings.Count(page, "QueryOfTheHunt"); n != 1 {
		t.Errorf("the hunt's query stands %d times on the page", n)
	}
	if rows, cards := strings.Count(page, "<tr data-sev="), strings.Count(page, "<article "); rows != 500 || cards != 200 {
		t.Errorf("%d rows and %d cards", rows, cards)
	}
	if want := "<b>Above all:</b> first of its action; first of its store; first of its creator."; !strings.Contains(page, want) {
		t.Errorf("no finding says %s", want)
	}
	if !strings.Contains(page, "more bytes; the JSON export has them") {
		t.Error("what was cut is not said")
	}
}

// TestTableFitsTheTerminal prints findings for several widths: nothing is wider, the
// foremost reasons are of different kinds, and colours come only when asked for.
func TestTableFitsTheTerminal(t *testing.T) {
	fs := many(3)
	fs[1].Title, fs[1].Task.Name = "Task \\upd\u202egpj.exe\x1b[31m", "\\"+strings.Repeat("W", 300)
	for _, width := range []int{60, 80, 200} {
		for _, colour := range []bool{false, true} {
			var b bytes.Buffer
			if err := report.Table(&b, fs, report.TableOptions{Width: width, Color: colour}); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if strings.Contains(text, "\x1b") != colour || strings.ContainsAny(text, "\u202e") {
				t.Errorf("width %d, colour %v: escapes %v", width, colour, strings.Contains(text, "\x1b"))
			}
			for line := range strings.Lines(text) {
				if n := len([]rune(strings.TrimRight(line, "\n"))); !colour && n > width {
					t.Errorf("width %d: a line of %d: %.80s", width, n, line)
				}
			}
			a, s, c, second := strings.Index(text, "first of its action"), strings.Index(text, "first of its store"), strings.Index(text, "first of its creator"), strings.Index(text, "second of its action")
			if a < 0 || a > s || s > c || c > second {
				t.Errorf("width %d: reasons out of order: %d %d %d %d", width, a, s, c, second)
			}
		}
	}
}
