package exclusion

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

var today = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func read(text string) ([]*Exclusion, []string) {
	list, diags := Read(source.NewFile("x.yaml", text), today)
	var codes []string
	for _, d := range diags {
		codes = append(codes, d.Code)
	}
	return list, codes
}

func TestCodes(t *testing.T) {
	for _, c := range Codes {
		if _, codes := read(c.Example); !strings.Contains(strings.Join(codes, " "), c.Code) {
			t.Errorf("%s: the example gives %v", c.Code, codes)
		}
		if c.Mended != "" {
			if list, codes := read(c.Mended); len(codes) > 0 || len(list) != 1 {
				t.Errorf("%s: the mended text gives %v", c.Code, codes)
			}
		}
	}
}

func TestLoose(t *testing.T) {
	for where, want := range map[string]bool{
		`TaskName == "a"`: true,
		`TaskName =~ "a" and Author == "Microsoft"`:                            true,
		`ProcessCommandLine contains "backup"`:                                 true,
		`ProcessCommandLine has "x" and Arguments startswith "/quiet"`:         true,
		`SHA1 == "0123" or TaskName == "a"`:                                    true,
		`SHA1 != "0123"`:                                                       true,
		`not(SHA1 == "0123")`:                                                  true,
		`SHA1 == ""`:                                                           true,
		`SHA1 in ("a", "")`:                                                    true,
		`SHA1 contains "a"`:                                                    true,
		`Signer startswith "Contoso"`:                                          true,
		`Signer == "Microsoft Windows"`:                                        true,
		`FolderPath =~ @"C:\Program Files\A\a.exe"`:                            true,
		`FolderPath startswith @"C:\Program Files\" and Arguments == ""`:       true,
		`FolderPath =~ @"C:\Users\Public\a.exe" and Arguments == ""`:           true,
		`FolderPath =~ @"C:\Program Files\..\Users\a.exe" and Arguments == ""`: true,
		`FolderPath =~ @"C:\Windows\System32\spool\drivers\color\a.exe" and Arguments == ""`: true,
		`Command =~ @"C:\Windows\System32\rundll32.exe" and Arguments == "a.dll,b"`:          true,
		`Command =~ @"C:\Windows\System32\cmd.exe" and ProcessCommandLine =~ "cmd /c x"`:     true,
		`true`:                        true,
		`1 == 1 or DeviceName == "a"`: true,

		`SHA1 == "0123"`:                                                                  false,
		`tolower(SHA1) in ("0123", "4567")`:                                               false,
		`Signer == "Contoso Ltd"`:                                                         false,
		`DeviceName =~ "a" and TaskName has "b"`:                                          false,
		`(SHA1 == "a" or (DeviceName == "b"))`:                                            false,
		`TaskName == "a" and (SHA1 == "b" or AccountName == "c")`:                         false,
		`Command =~ @"C:\Program Files\A\a.exe" and Arguments =~ "/job 1"`:                false,
		`Command in~ (@"C:\Windows\System32\usoclient.exe") and Arguments == "StartScan"`: false,
	} {
		x, err := parsePredicate(where)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		if why := loose(x); (why != "") != want {
			t.Errorf("%s: %q, loose should be %v", where, why, want)
		}
	}
	// a condition with very many ways takes bounded work
	many := strings.Repeat("(TaskName == 'a' or Author == 'b') and ", 40) + "SHA1 == 'c'"
	if x, err := parsePredicate(many); err != nil || loose(x) != "" {
		t.Error("a long condition that ends in a hash is pinned")
	}
}

func TestPredicate(t *testing.T) {
	for _, where := range []string{"", "T | take 1", "SHA1 == 'a' | take 1", "SHA1 == 'a'; T", "SHA1 in ((DeviceEvents | project SHA1))", "SHA1 ==", ") or (true"} {
		if _, err := parsePredicate(where); err == nil {
			t.Errorf("%q is taken for a condition", where)
		}
	}
}

// What a row does not tell is taken for what the predicate wants, test by test.
func TestGenerous(t *testing.T) {
	for where, want := range map[string]string{
		`SHA1 == "a"`: `((SHA1 == "a" or isempty(tostring(SHA1)))) [SHA1]`,
		`Signer == "a" and (FolderPath startswith @"C:\a" or Arguments == "")`: `(((Signer == "a" or isempty(tostring(Signer))) and (` +
			`((FolderPath startswith @"C:\a" or isempty(tostring(FolderPath))) or (Arguments == ""))))) [Signer FolderPath]`,
		`not(DeviceName == "a") // why`: `((not(DeviceName == "a") or isempty(tostring(DeviceName)))) [DeviceName]`,
		`Score > 3`:                     `((Score > 3)) []`,
		`) or (true`:                    ` []`,
	} {
		text, columns := generous(where)
		if got := fmt.Sprint(text, " ", columns); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", where, got, want)
		}
	}
}

// The file of an action is that of the process that ran it; what two of them disagree on
// is not known.
func TestFileOf(t *testing.T) {
	ran := func(path, sha1 string) finding.Process {
		return finding.Process{Role: "started", FolderPath: path, SHA1: sha1}
	}
	for name, c := range map[string]struct {
		command    string
		ran        []finding.Process
		path, sha1 string
	}{
		"nobody saw it":   {`"C:\a\b.exe"`, nil, `C:\a\b.exe`, ""},
		"a name":          {"b.exe", nil, "", ""},
		"variables":       {`%windir%\b.exe`, nil, `c:\windows\b.exe`, ""},
		"of the user":     {`%appdata%\b.exe`, nil, "", ""},
		"unknown":         {`%tools%\b.exe`, nil, "", ""},
		"it ran":          {"b.exe", []finding.Process{ran(`C:\x\b.exe`, "1"), ran(`c:\X\B.EXE`, "1"), ran(`C:\x\c.exe`, "2")}, `c:\X\B.EXE`, "1"},
		"two of the name": {`C:\x\b.exe`, []finding.Process{ran(`C:\x\b.exe`, "1"), ran(`C:\y\b.exe`, "2")}, "", ""},
	} {
		path, sha1 := fileOf(&finding.Finding{Processes: c.ran}, c.command)
		if path != c.path || sha1 != c.sha1 {
			t.Errorf("%s: %q %q, want %q %q", name, path, sha1, c.path, c.sha1)
		}
	}
}

// Only the columns that a predicate names are asked for, all where it may ask for others.
func TestNamedBy(t *testing.T) {
	for where, want := range map[string]string{
		`TaskName == "a" and Score > 3`:       "Score TaskName",
		`Signer == "a"`:                       "SHA1",
		`true`:                                "",
		`column_ifexists("RunAs", "") == "a"`: "all",
		`* has "a"`:                           "all",
		`Hunts has "a" or tolower(FileName) == "b.c"`: "FileName Hunts",
	} {
		var names []string
		for _, i := range namedBy(where) {
			names = append(names, Columns[i].Name)
		}
		slices.Sort(names)
		got := strings.Join(names, " ")
		if len(names) == len(Columns) {
			got = "all"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}

func TestState(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	for name, c := range map[string]struct {
		x       Exclusion
		force   bool
		applied bool
	}{
		"applied":  {Exclusion{Expires: day("2026-01-16")}, false, true},
		"last day": {Exclusion{Expires: day("2026-01-15")}, false, true},
		"expired":  {Exclusion{Expires: day("2026-01-14")}, true, false},
		"off":      {Exclusion{Expires: day("2027-01-14"), Off: true}, true, false},
		"loose":    {Exclusion{Expires: day("2027-01-14"), Loose: "why"}, false, false},
		"forced":   {Exclusion{Expires: day("2027-01-14"), Loose: "why"}, true, true},
	} {
		s := &Set{List: []*Exclusion{&c.x}, Forced: c.force}
		if applied, why := s.State(&c.x, today); applied != c.applied || applied != (why == "") {
			t.Errorf("%s: %v %q", name, applied, why)
		}
	}
}

func TestInQuery(t *testing.T) {
	list, codes := read("exclusions:\n  - {id: a, owner: o, reason: r, expires: 2030-01-01, inQuery: true, hunts: [H-1], where: \"SHA1 == 'x' // why\"}\n")
	if len(codes) > 0 {
		t.Fatal(codes)
	}
	s := &Set{List: list}
	if filter, from := s.InQuery("h-1", today); filter != "| where not(\nSHA1 == 'x' // why\n)\n" || len(from) != 1 {
		t.Errorf("%q %v", filter, from)
	}
	if filter, _ := s.InQuery("h-2", today); filter != "" {
		t.Errorf("another hunt gets %q", filter)
	}
}

// answering answers with every row that holds the word.
type answering struct {
	word    string
	queries int
}

var rowStart = regexp.MustCompile(`(?m)^(\d+), .*$`)

func (a *answering) Query(_ context.Context, _, kql string) (types.Schema, [][]types.Value, []string, error) {
	a.queries++
	var rows [][]types.Value
	for _, m := range rowStart.FindAllStringSubmatch(kql, -1) {
		if strings.Contains(m[0], a.word) {
			i, _ := strconv.Atoi(m[1])
			rows = append(rows, []types.Value{{Type: types.Long, Int: int64(i)}, {Type: types.String}})
		}
	}
	return types.Schema{{Name: "Row", Type: types.Long}, {Name: "Unknown", Type: types.String}}, rows, nil, nil
}

// A finding is hidden only if all of its rows match: former actions, other actions
// and other devices bring it back.
func TestApply(t *testing.T) {
	action := func(s string) finding.TaskAction { return finding.TaskAction{Command: s} }
	task := func(actions ...finding.TaskAction) *finding.Task { return &finding.Task{Name: `\T`, Actions: actions} }
	findings := []finding.Finding{
		{ID: "1", Title: "hidden", Task: task(action("GOOD"))},
		{ID: "2", Title: "second action", Task: task(action("GOOD"), action("evil"))},
		{ID: "3", Title: "former action", Task: &finding.Task{Actions: []finding.TaskAction{action("GOOD")}, Former: []finding.TaskAction{action("evil")}}},
		{ID: "4", Title: "process", Task: task(action("GOOD")), Processes: []finding.Process{{Role: "started", CommandLine: "evil"}}},
		{ID: "5", Title: "not all is listed", Task: task(action("GOOD")), Unlisted: 3},
		{ID: "6", Title: "nothing known"},
		{ID: "7", Title: "devices", Task: task(action("GOOD")), Devices: []string{"a", "b"}},
		{ID: "9", Title: "many rows of evidence", Task: task(action("GOOD")), More: 3},
		{ID: "8", Title: "another hunt's", Task: task(action("GOOD")), Hunts: []finding.Hunt{{ID: "other"}}},
	}
	x := &Exclusion{ID: "x", Owner: "o", Reason: "r", Expires: today, Where: "Command == 'GOOD'"}
	s := &Set{List: []*Exclusion{x}}
	kept, outcomes := s.Apply(context.Background(), &answering{word: "GOOD"}, findings, today)
	var titles []string
	for _, f := range kept {
		titles = append(titles, f.Title)
	}
	if got := strings.Join(titles, ", "); got != "second action, former action, process, not all is listed, nothing known" {
		t.Errorf("kept: %s", got)
	}
	if o := outcomes[0]; o.Hidden != 4 || o.Unlisted != 1 || o.Partly != 3 || !o.Applied || len(o.Findings) != 4 || o.Findings[0].Title != "hidden" {
		t.Errorf("%+v", o)
	}
	x.Hunts = []string{"other"}
	if kept, _ = s.Apply(context.Background(), &answering{word: "GOOD"}, findings, today); len(kept) != len(findings)-1 {
		t.Errorf("%d kept", len(kept))
	}
	// one question for all that differ in what is asked, more only where they are long
	for length, most := range map[int]int{10: 1, 2000: 10} {
		findings = nil
		for i := range 3000 {
			findings = append(findings, finding.Finding{ID: fmt.Sprint(i), Title: strings.Repeat("t", 900), Task: task(action(strings.Repeat("x", length) + fmt.Sprint(i%300) + "GOOD"))})
		}
		x.Hunts = nil
		q := &answering{word: "GOOD"}
		_, outcomes := s.Apply(context.Background(), q, findings, today)
		if q.queries > most || q.queries < most/3 || outcomes[0].Hidden != len(findings) {
			t.Errorf("%d questions, %d hidden", q.queries, outcomes[0].Hidden)
		}
	}
}

// The examples are right, and off.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(golden.Root(t), "examples/exclusions/*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list, codes := read(string(text))
		if len(codes) > 0 || len(list) < 5 {
			t.Errorf("%s: %d exclusions, %v", path, len(list), codes)
		}
		for _, x := range list {
			if !x.Off || x.Loose != "" {
				t.Errorf("%s: %+v", path, x)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range Codes {
		f.Add(c.Example)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, _ := Read(source.NewFile("x", text), today)
		for _, x := range list {
			if x.Owner == "" || x.Reason == "" || x.Where == "" || x.Expires.IsZero() {
				t.Errorf("%+v", x)
			}
		}
	})
}
