package hunts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/hunts"
)

// TestSamples runs each hunt over its own samples. testdata/hit.txtar holds rows
// (<Table>.jsonl, one JSON object a line) and what the hunt must say of them (want);
// testdata/miss.txtar holds rows of which it must make no finding at or above medium.
//
// A line of want is one of
//
//	task NAME        a finding is about this task
//	process NAME     a finding has a process of this file name
//	reason TEXT      a finding has a reason with this text in it
//	techniques IDS   a finding names these techniques, separated by blanks, and no others
//	severity LEVEL   the highest finding is at or above this level
func TestSamples(t *testing.T) {
	rules, err := hunts.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		for _, kind := range []string{"hit", "miss"} {
			t.Run(r.ID+"/"+kind, func(t *testing.T) { sample(t, r, kind) })
		}
	}
}

func sample(t *testing.T, r hunt.Rule, kind string) {
	text, err := os.ReadFile(filepath.Join(r.ID, "testdata", kind+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	a := txtar.Parse(text)
	s := newStore(t)
	if err := s.load(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	result, err := hunt.Run(t.Context(), []hunt.Rule{r}, s, hunt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e := result.Outcomes[0].Err; e != nil {
		t.Fatal(e)
	}
	if result.Coverage.Err != "" {
		t.Errorf("coverage: %s", result.Coverage.Err)
	}
	if kind == "miss" {
		if worst := finding.Worst(result.Findings); worst >= finding.Medium {
			t.Errorf("found %s", tell(result))
		}
		return
	}
	for _, f := range a.Files {
		if f.Name != "want" {
			continue
		}
		for _, line := range strings.Split(strings.TrimSpace(string(f.Data)), "\n") {
			if !meets(result, line) {
				t.Errorf("%q does not hold; found %s", line, tell(result))
			}
		}
	}
}

// meets reports whether a line of want holds.
func meets(r *hunt.Result, line string) bool {
	key, value, _ := strings.Cut(line, " ")
	for i := range r.Findings {
		f := &r.Findings[i]
		switch key {
		case "task":
			if f.Task != nil && f.Task.Name == value {
				return true
			}
		case "process":
			for _, p := range f.Processes {
				if p.FileName == value {
					return true
				}
			}
		case "reason":
			for _, why := range f.Reasons {
				if strings.Contains(why.Text, value) {
					return true
				}
			}
		case "techniques":
			if strings.Join(f.Techniques, " ") == value {
				return true
			}
		case "severity":
			if level, err := finding.ParseSeverity(value); err == nil && f.Severity >= level {
				return true
			}
		}
	}
	return false
}

// tell prints a result for a failing test.
func tell(r *hunt.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows, %d findings", r.Outcomes[0].Rows, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(&b, "\n  %v %d %s", f.Severity, f.Score, f.Title)
		for _, why := range f.Reasons {
			fmt.Fprintf(&b, "\n     %+d %s: %s", why.Points, why.Property, why.Text)
		}
	}
	return b.String()
}
