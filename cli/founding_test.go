package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/simulate"
)

// demoFleet is made, told and ingested once for all tests that hunt in it.
var demoFleet = sync.OnceValues(func() (*fleetCase, error) {
	dir, err := os.MkdirTemp("", "goshawk-fleet-")
	if err != nil {
		return nil, err
	}
	f := &fleetCase{dir: dir, fleet: simulate.Generate(simulate.Options{})}
	if err := f.fleet.Write(dir, simulate.Mixed); err != nil {
		return nil, err
	}
	return f, f.ingest(filepath.Join(dir, "case"), filepath.Join(dir, simulate.EvidenceDir), filepath.Join(dir, simulate.ReputationFile))
})

type fleetCase struct {
	dir, casev string
	fleet      *simulate.Fleet
}

func (f *fleetCase) ingest(casev, evidence, reputation string) error {
	f.casev = casev
	var out, errOut bytes.Buffer
	if exit := Main([]string{"ingest", evidence, "--case", casev, "--reputation", reputation}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
		return fmt.Errorf("ingest: exit %d: %s", exit, errOut.String())
	}
	return nil
}

func fleet(t *testing.T) *fleetCase {
	t.Helper()
	if testing.Short() {
		t.Skip("the demo fleet takes seconds to make")
	}
	demoMade = true
	f, err := demoFleet()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMain(m *testing.M) {
	testscript.Main(cleaning{m}, map[string]func(){"goshawk": goshawk})
}

// cleaning removes the demo fleet after the tests.
type cleaning struct{ m *testing.M }

func (c cleaning) Run() int {
	code := c.m.Run()
	if demoMade {
		if f, err := demoFleet(); err == nil {
			os.RemoveAll(f.dir)
		}
	}
	return code
}

var demoMade bool

// answer is the JSON form of a query's answer.
type answer struct {
	Columns []struct{ Name, Type string }
	Rows    [][]any
	Error   *jsonError
}

func ask(t *testing.T, args ...string) answer {
	t.Helper()
	var out, errOut bytes.Buffer
	exit := Main(append([]string{"query", "--format", "json"}, args...), strings.NewReader(""), &out, &errOut)
	var a answer
	dec := json.NewDecoder(&out)
	dec.UseNumber()
	if err := dec.Decode(&a); err != nil {
		t.Fatalf("exit %d: %v: %s %s", exit, err, out.String(), errOut.String())
	}
	if (a.Error != nil) != (exit == ExitError) {
		t.Errorf("exit %d with error %+v", exit, a.Error)
	}
	return a
}

// project returns the named columns of an answer, "|" between, sorted.
func (a answer) project(t *testing.T, names ...string) []string {
	t.Helper()
	if a.Error != nil {
		t.Fatalf("%+v", *a.Error)
	}
	var at []int
	for _, name := range names {
		i := slices.IndexFunc(a.Columns, func(c struct{ Name, Type string }) bool { return c.Name == name })
		if i < 0 {
			t.Fatalf("no column %s in %v", name, a.Columns)
		}
		at = append(at, i)
	}
	var out []string
	for _, row := range a.Rows {
		cells := make([]string, len(at))
		for i, j := range at {
			cells[i] = fmt.Sprint(row[j])
		}
		out = append(out, strings.Join(cells, "|"))
	}
	slices.Sort(out)
	return out
}

func equalLists(t *testing.T, got, want []string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("missing %s", w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("not expected %s", g)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
	if len(want) == 0 {
		t.Error("nothing is expected: the test proves nothing")
	}
}

func seedFile(t *testing.T, prefix string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(golden.Shared(t), "seeds", prefix+"*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("founding document %s: %v %v", prefix, names, err)
	}
	return names[0]
}

func seed(t *testing.T, prefix string) string {
	t.Helper()
	text, err := os.ReadFile(seedFile(t, prefix))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// indented returns the blocks of a text that are indented by four blanks.
func indented(text string) []string {
	var blocks []string
	var block strings.Builder
	for _, line := range append(strings.Split(text, "\n"), "end") {
		if rest, ok := strings.CutPrefix(line, "    "); ok {
			block.WriteString(rest + "\n")
			continue
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if block.Len() > 0 {
			blocks = append(blocks, block.String())
			block.Reset()
		}
	}
	return blocks
}

func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, from)
	body, _, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("no text between %q and %q", from, to)
	}
	return body
}

func TestFoundingCreationHunt(t *testing.T) {
	queries := indented(seed(t, "000"))
	f := fleet(t)
	got := ask(t, "--case", f.casev, queries[0]).project(t, "DeviceName", "TaskName", "Command", "Arguments", "count_")
	equalLists(t, got, f.fleet.RareCreations(3))
}

func TestFoundingExecutionHunt(t *testing.T) {
	queries := indented(seed(t, "000"))
	f := fleet(t)
	got := ask(t, "--case", f.casev, queries[1]).project(t, "DeviceName", "FileName", "ProcessCommandLine", "FolderPath", "count_")
	equalLists(t, got, f.fleet.RareRuns(10))
}

func TestFoundingActivityHunt(t *testing.T) {
	f := fleet(t)
	want := f.fleet.RareActivity(3)
	text := seed(t, "002")
	for name, query := range map[string]string{
		"000": indented(seed(t, "000"))[2],
		"002": between(t, text, "KQL Query\n", "id: "),
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, "--case", f.casev, query).project(t, "DeviceName", "InitiatingProcessId", "InitiatingProcessFileName", "InitiatingProcessCommandLine")
			equalLists(t, slices.Compact(got), want)
		})
	}
}

func TestFoundingNewBinaryHunt(t *testing.T) {
	query := between(t, seed(t, "003"), "```C#\n", "```")
	f := fleet(t)
	got := ask(t, "--case", f.casev, query).project(t, "SHA1")
	equalLists(t, got, f.fleet.NewRareBinaries(f.fleet.LastEvent(), 7, 2, 100))
}

// The rule of the third document has lost its indentation. With --repair it is the
// rule that it was; without, the error shows how to mend it.
func TestFoundingRuleWithoutIndentation(t *testing.T) {
	f := fleet(t)
	path := seedFile(t, "002")
	s := &settings{repair: true}
	rules, d, err := s.readRules(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) != 1 || d.HasErrors() || !rules[0].Repaired {
		t.Fatalf("%d rules read\n%s", len(rules), d.Error())
	}
	r := rules[0]
	if r.ID != "ce76992a-8cd6-4605-9f45-cde9aae87244" || len(r.Tables) != 7 || !slices.Equal(r.Techniques, []string{"T1053"}) {
		t.Errorf("read as %s with tables %v and techniques %v", r.ID, r.Tables, r.Techniques)
	}
	got := ask(t, "--case", f.casev, r.Query).project(t, "DeviceName", "InitiatingProcessId", "InitiatingProcessFileName", "InitiatingProcessCommandLine")
	equalLists(t, slices.Compact(got), f.fleet.RareActivity(3))

	var out, errOut bytes.Buffer
	if exit := Main([]string{"hunt", "--case", f.casev, "--only-hunts", "--hunts", path, "--repair", "--format", "json"}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
		t.Errorf("hunt with --repair: exit %d: %s", exit, errOut.String())
	}
	if !strings.Contains(out.String(), r.ID) {
		t.Error("the hunt is not in its result")
	}
	out.Reset()
	if exit := Main([]string{"check", path}, strings.NewReader(""), &out, &errOut); exit != ExitError {
		t.Errorf("check without --repair: exit %d", exit)
	}
	said := out.String()
	for _, want := range []string{
		path + ":38:1: error RULE0003", "--repair", path + ":41:1: error RULE0004", path + ":46:1: error RULE0004", path + ":59:1: error RULE0004",
		"description: |\n          Looks for", "- connectorId: MicrosoftThreatProtection\n            dataTypes:\n              - DeviceProcessEvents",
		"query: |\n          let RunningScheduledTasks = materialize(",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("not said: %q in\n%s", want, said)
		}
	}
}

// The queries of the fifth document are rewritten whole, and what comes out runs.
func TestFoundingMistakesAreRewritten(t *testing.T) {
	f := fleet(t)
	var out, errOut bytes.Buffer
	if exit := Main([]string{"check", "--rewrite", "--format", "json", seedFile(t, "004")}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
		t.Fatalf("exit %d: %s", exit, errOut.String())
	}
	var answer struct{ Results []checked }
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, r := range answer.Results {
		if r.Rewrite == nil {
			continue
		}
		if r.Format == rulefile.Sigma {
			sigmaIsWritten(t, f, r.Rewrite)
			continue
		}
		if !r.Rewrite.OK || len(r.Rewrite.Changes) == 0 {
			t.Errorf("line %d: %+v", r.Line, *r.Rewrite)
		}
		queries = append(queries, r.Rewrite.Query)
	}
	if len(queries) != 2 {
		t.Fatalf("%d rewritten queries, want 2", len(queries))
	}
	planted := false
	for _, row := range ask(t, "--case", f.casev, queries[0]).project(t, "ProcessCommandLine", "ActionType1") {
		line, action, _ := strings.Cut(row, "|")
		planted = planted || strings.Contains(line, "tbsync.dat")
		if !strings.Contains(line, "rundll32") || action != "ScheduledTaskCreated" {
			t.Errorf("not asked for: %s", row)
		}
	}
	if !planted {
		t.Error("the planted rundll32 task is not among the rows")
	}
	// the list that the author left out is there to be filled in
	const empty = "dynamic([])"
	if !strings.Contains(queries[1], "let list_of_devices = "+empty) {
		t.Fatalf("no place for the list in\n%s", queries[1])
	}
	if rows := ask(t, "--case", f.casev, queries[1]).Rows; len(rows) != 0 {
		t.Errorf("%d rows without devices", len(rows))
	}
	devices := ask(t, "--case", f.casev, `DeviceProcessEvents | where ProcessCommandLine has "rundll32" | summarize make_set(DeviceName)`)
	filled := strings.Replace(queries[1], empty, fmt.Sprintf("dynamic(%s)", mustJSON(t, devices.Rows[0][0])), 1)
	if rows := ask(t, "--case", f.casev, filled).Rows; len(rows) == 0 {
		t.Error("no rows with the devices filled in")
	}
}

// sigmaIsWritten checks what became of the Sigma rule: valid Sigma, and KQL that finds
// the runs whose command line has the pattern that its author left to be filled in.
func sigmaIsWritten(t *testing.T, f *fleetCase, w *rewritten) {
	t.Helper()
	if !w.OK || !strings.Contains(w.Sigma, "    CommandLine|contains: 'malicious_pattern'") {
		t.Fatalf("%+v", *w)
	}
	for pattern, want := range map[string]int{"malicious_pattern": 0, "tbsync.dat": 2} {
		rows := ask(t, "--case", f.casev, strings.Replace(w.Query, "malicious_pattern", pattern, 1)).project(t, "FileName")
		if len(rows) < want || want == 0 && len(rows) > 0 {
			t.Errorf("%d runs with %s", len(rows), pattern)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The queries of the fifth document use names that do not exist. Each must say
// where, what exists instead and how to write it; and what it offers must run.
func TestFoundingMistakesAreExplained(t *testing.T) {
	text := seed(t, "004")
	queries := regexp.MustCompile(`(?ms)^DeviceProcessEvents\n\|.*?(?:^This )`).FindAllString(text, -1)
	if len(queries) != 3 {
		t.Fatalf("%d queries, want 3", len(queries))
	}
	for i := range queries {
		queries[i] = strings.TrimSuffix(queries[i], "This ")
	}
	f := fleet(t)
	if a := ask(t, "--case", f.casev, queries[0]); a.Error != nil {
		t.Errorf("the first query is right, but: %+v", *a.Error)
	}
	for i, want := range map[int][]string{
		1: {"DeviceSecurityEvents", "SecurityEvent"},
		2: {`has_any ("rundll32")`, "CommandLine", "ProcessCommandLine", "list_of_devices", "ParentProcessId", "DeviceProcesses", "DeviceProcessEvents"},
	} {
		var out, errOut bytes.Buffer
		if exit := Main([]string{"query", "--case", f.casev, queries[i]}, strings.NewReader(""), &out, &errOut); exit != ExitError {
			t.Errorf("query %d is wrong, but ran", i)
		}
		for _, text := range append(want, "hint:", "~~~", "query:") {
			if !strings.Contains(errOut.String(), text) {
				t.Errorf("query %d: %q is not said in\n%s", i, text, errOut.String())
			}
		}
	}
}

// A filter of the environment goes into the place that the author left for it, and
// what it hides is counted; another exclusion hides a finding after the hunt.
func TestExclusionsAreApplied(t *testing.T) {
	f := fleet(t)
	path := seedFile(t, "003")
	run := func(args ...string) (report struct {
		Findings   []finding.Finding
		Exclusions []exclusion.Outcome
	}) {
		t.Helper()
		var out, errOut bytes.Buffer
		if exit := Main(append([]string{"hunt", "--case", f.casev, "--only-hunts", "--hunts", path, "--format", "json"}, args...), strings.NewReader(""), &out, &errOut); exit != ExitOK {
			t.Fatalf("exit %d: %s", exit, errOut.String())
		}
		if err := json.Unmarshal(out.Bytes(), &report); err != nil {
			t.Fatal(err)
		}
		return report
	}
	all := run()
	if len(all.Findings) < 3 || len(all.Findings[0].Devices) != 1 {
		t.Fatalf("%d findings", len(all.Findings))
	}
	hash := ""
	for _, row := range all.Findings[1].Evidence {
		for _, c := range row.Columns {
			if c.Name == "SHA1" {
				hash = c.Value
			}
		}
	}
	file := filepath.Join(t.TempDir(), "exclusions.yaml")
	text := fmt.Sprintf(`exclusions:
  - {id: device, owner: me, reason: known, expires: 2999-01-01, where: 'DeviceName == "%s"'}
  - {id: place, owner: me, reason: known, expires: 2999-01-01, inQuery: true, hunts: [0xFF-0082-Persistence-Via-Scheduled-Tasks-Win], where: SHA1 == '%s'}
  - {id: nowhere, owner: me, reason: known, expires: 2999-01-01, inQuery: true, hunts: [other], where: SHA1 == '%s'}
  - {id: old, owner: me, reason: known, expires: 2001-01-01, where: SHA1 == '%s'}
`, all.Findings[0].Devices[0], hash, hash, hash)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	less := run("--exclusions", file)
	if len(less.Findings) != len(all.Findings)-2 {
		t.Errorf("%d findings of %d", len(less.Findings), len(all.Findings))
	}
	want := []struct {
		id      string
		applied bool
		hidden  int
	}{{"device", true, 1}, {"place", true, 1}, {"nowhere", false, 0}, {"old", false, 0}}
	for i, w := range want {
		if i >= len(less.Exclusions) || less.Exclusions[i].ID != w.id || less.Exclusions[i].Applied != w.applied || less.Exclusions[i].Hidden != w.hidden {
			t.Errorf("want %+v, got %+v", w, less.Exclusions)
		}
	}
	if o := less.Exclusions[0]; len(o.Findings) != 1 || o.Findings[0].Title != all.Findings[0].Title {
		t.Errorf("what was hidden: %+v", o.Findings)
	}
}
