// Package forms tests that a hunt does not depend on how its evidence came: the same
// fleet is told as EVTX, as JSON of its logs, as rows of Defender and as a mixture.
package forms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/cli"
	"github.com/goshawk-hunt/goshawk/simulate"
)

// found is a finding as far as forms may be compared.
type found struct {
	ID       string   `json:"id"`
	Severity string   `json:"severity"`
	Score    int      `json:"score"`
	Devices  []string `json:"devices"`
	Task     *struct {
		Name string `json:"name"`
	} `json:"task"`
	Hunts []struct {
		ID   string `json:"id"`
		Rows int    `json:"rows"`
	} `json:"hunts"`
}

func hunt(t *testing.T, f *simulate.Fleet, form simulate.Form) []found {
	t.Helper()
	dir := t.TempDir()
	if err := f.Write(dir, form); err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	args := []string{"hunt", filepath.Join(dir, simulate.EvidenceDir), "--reputation", filepath.Join(dir, simulate.ReputationFile), "--format", "jsonl"}
	if exit := cli.Main(args, strings.NewReader(""), &out, &errOut); exit != cli.ExitOK {
		t.Fatalf("exit %d: %s", exit, errOut.String())
	}
	var list []found
	for dec := json.NewDecoder(&out); dec.More(); {
		var one found
		if err := dec.Decode(&one); err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
	return list
}

// remote is the story that no form but a Windows log tells whole: its 4698 names no local
// caller, which Defender's rows leave open.
const remote = "twin-remote"

// tasks lists the planted tasks that a hunt points at, each with what it is known by and
// how grave it is.
func tasks(fleet *simulate.Fleet, list []found) []string {
	var lines []string
	for _, f := range list {
		if f.Task == nil {
			continue
		}
		i := slices.IndexFunc(fleet.Labels, func(l simulate.Label) bool {
			return l.Task == f.Task.Name && slices.Contains(f.Devices, l.Device)
		})
		if i < 0 || f.Severity == "info" {
			continue
		}
		line := f.Task.Name + " on " + strings.Join(f.Devices, ", ") + " " + f.ID
		if fleet.Labels[i].Scenario != remote {
			line += " " + f.Severity
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// whole lists all of a hunt's findings with their hunts and points.
func whole(list []found) []string {
	var lines []string
	for _, f := range list {
		line := fmt.Sprintf("%s %d", f.ID, f.Score)
		for _, h := range f.Hunts {
			line += fmt.Sprintf(" %s:%d", h.ID, h.Rows)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func TestEveryFormTellsTheSame(t *testing.T) {
	fleet := simulate.Generate(simulate.Options{Devices: 12, Days: 3, Load: 0.2})
	logs := hunt(t, fleet, simulate.AllEVTX)
	want := tasks(fleet, logs)
	for _, l := range fleet.Labels {
		if l.Role == "attack" && !slices.ContainsFunc(want, func(s string) bool { return strings.HasPrefix(s, l.Task+" on "+l.Device) }) {
			t.Errorf("EVTX: the planted task %s of %s is not raised", l.Task, l.Device)
		}
	}
	for name, form := range map[string]simulate.Form{"JSON": simulate.AllJSON, "Defender": simulate.AllDefender, "mixed": simulate.Mixed} {
		list := hunt(t, fleet, form)
		if diff := cmp.Diff(want, tasks(fleet, list)); diff != "" {
			t.Errorf("tasks raised from EVTX (-) and %s (+):\n%s", name, diff)
		}
		if form == simulate.AllJSON {
			if diff := cmp.Diff(whole(logs), whole(list)); diff != "" {
				t.Errorf("findings from EVTX (-) and JSON (+) of the same records:\n%s", diff)
			}
		}
	}
}
