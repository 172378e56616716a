// Package behaviours tries each way in which scheduled tasks are abused in each way in
// which hosts record it: one host a facet, which has that telemetry and no other. Beside
// them stand hosts on which the same telemetry tells of what only looks like it.
package behaviours

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/cli"
)

// facet is one behaviour as one telemetry tells it. Its name is that of its host.
type facet struct {
	name  string
	write func(*host)
	// quiet says that no finding at or above medium may come of it; else one must.
	quiet bool
	// least is the least severity of one of its findings: medium unless it is said.
	least string
	// task is the task that the finding is about, where the evidence does not name its host.
	task string
}

func hit(name string, write func(*host)) facet   { return facet{name: name, write: write} }
func quiet(name string, write func(*host)) facet { return facet{name: name, write: write, quiet: true} }

// low is for what is weak by itself, and must still not be silent; info for what is no
// more than told.
func (f facet) low() facet  { f.least = "low"; return f }
func (f facet) info() facet { f.least = "info"; return f }

// of says what the finding is about.
func (f facet) of(task string) facet { f.task = task; return f }

// found is a finding as far as it is looked at.
type found struct {
	Severity string   `json:"severity"`
	Score    int      `json:"score"`
	Title    string   `json:"title"`
	Devices  []string `json:"devices"`
	Task     *struct {
		Name string `json:"name"`
	} `json:"task"`
	Reasons []struct {
		Text   string `json:"text"`
		Points int    `json:"points"`
	} `json:"reasons"`
	Hunts []struct {
		ID string `json:"id"`
	} `json:"hunts"`
}

func (f found) atLeastMedium() bool {
	return slices.Contains([]string{"medium", "high", "critical"}, f.Severity)
}

func (f found) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  %s %d %s %v", f.Severity, f.Score, f.Title, f.Devices)
	for _, r := range f.Reasons {
		fmt.Fprintf(&b, "\n      %+d %s", r.Points, r.Text)
	}
	for _, h := range f.Hunts {
		fmt.Fprintf(&b, "\n      by %s", h.ID)
	}
	return b.String()
}

// of lists the findings about a facet.
func of(list []found, f facet) []found {
	var mine []found
	for _, one := range list {
		if slices.Contains(one.Devices, f.name) || f.task != "" && one.Task != nil && one.Task.Name == f.task {
			mine = append(mine, one)
		}
	}
	return mine
}

// run hunts over the evidence of facets.
func run(t *testing.T, list []facet) []found {
	t.Helper()
	dir := t.TempDir()
	for _, f := range list {
		h := newHost(f.name)
		f.write(h)
		h.write(t, dir)
	}
	var out, errOut bytes.Buffer
	if exit := cli.Main([]string{"hunt", dir, "--format", "jsonl"}, strings.NewReader(""), &out, &errOut); exit != cli.ExitOK {
		t.Fatalf("exit %d: %s", exit, errOut.String())
	}
	var findings []found
	for dec := json.NewDecoder(&out); dec.More(); {
		var one found
		if err := dec.Decode(&one); err != nil {
			t.Fatal(err)
		}
		findings = append(findings, one)
	}
	return findings
}

func check(t *testing.T, f facet, findings []found) {
	t.Helper()
	mine := of(findings, f)
	raised := slices.ContainsFunc(mine, func(one found) bool {
		return one.atLeastMedium() || one.Severity == "low" && f.least != "" || one.Severity == f.least
	})
	if f.quiet && raised {
		t.Errorf("%s only looks like it, and is found:%v", f.name, mine)
	}
	if !f.quiet && !raised {
		t.Errorf("%s is not raised; found of it:%v", f.name, mine)
	}
}

func all() []facet {
	return slices.Concat(asked(), kept(), changed(), runs(), when(), named(), after())
}

// TestEveryFacet hunts over all hosts together. With FACETS=alone each host is a case of
// its own, which takes minutes; FACETS=b33 takes those whose names begin so.
func TestEveryFacet(t *testing.T) {
	list := all()
	seen := map[string]bool{}
	for _, f := range list {
		if seen[f.name] {
			t.Fatalf("two facets are named %s", f.name)
		}
		seen[f.name] = true
	}
	mode := os.Getenv("FACETS")
	if mode == "" {
		findings, looking := run(t, list), 0
		for _, f := range list {
			check(t, f, findings)
			if f.quiet {
				looking++
			}
		}
		t.Logf("%d hosts, %d only look like it; %d findings", len(list), looking, len(findings))
		return
	}
	for _, f := range list {
		if mode == "alone" || strings.HasPrefix(f.name, mode) {
			check(t, f, run(t, []facet{f}))
		}
	}
}
