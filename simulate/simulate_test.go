package simulate

import (
	"bytes"
	"testing"
)

func TestGenerateIsDeterministic(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := Generate(Options{Devices: 12, Days: 4, Seed: 3}).writeDefender(w, func(*Device) bool { return true }); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two fleets of one seed differ")
	}
	if a.Len() == 0 {
		t.Error("no rows")
	}
}

func TestEveryScenarioIsPlayed(t *testing.T) {
	f := Generate(Options{})
	played := map[string]int{}
	for _, e := range f.Events {
		played[e.Label]++
	}
	attacks := 0
	for _, l := range f.Labels {
		if played[l.Scenario] == 0 {
			t.Errorf("scenario %s has no events", l.Scenario)
		}
		if l.Role == attack {
			attacks++
		}
	}
	if attacks < 8 || len(f.Labels)-attacks < 8 {
		t.Errorf("%d attacks and %d twins, want at least 8 of each", attacks, len(f.Labels)-attacks)
	}
	t.Logf("%d events, %d of the background", len(f.Events), played[""])
}

// The founding hunts call rare what occurs less than 3 or 10 times: the
// background must never, so that what they return is planted.
func TestBackgroundIsNeverRare(t *testing.T) {
	f := Generate(Options{})
	runs, creations := map[string]int{}, map[string]int{}
	for _, e := range f.Events {
		if e.Label != "" {
			continue
		}
		switch e.Kind {
		case TaskStarted:
			runs[e.Process.File.Path+"|"+e.Process.CommandLine]++
		case TaskCreated:
			creations[e.Task.Actions[0].Command+"|"+e.Task.Actions[0].Arguments]++
		}
	}
	for k, n := range runs {
		if n < 10 {
			t.Errorf("%s runs %d times, want at least 10", k, n)
		}
	}
	for k, n := range creations {
		if n < 3 {
			t.Errorf("%s is created %d times, want at least 3", k, n)
		}
	}
}

func TestWithoutDirectory(t *testing.T) {
	for in, want := range map[string]string{
		`C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`: `svchost.exe -k netsvcs -p -s Schedule`,
		`"C:\Program Files\a b\c.exe" /x`:                           `"c.exe" /x`,
		`cmd.exe /c dir C:\x`:                                       `cmd.exe /c dir C:\x`,
	} {
		if got := withoutDirectory(in); got != want {
			t.Errorf("withoutDirectory(%s) = %s, want %s", in, got, want)
		}
	}
}
