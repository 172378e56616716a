package labelled_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/cli"
	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/report"
)

// TestDossiers holds the lives of tasks in labelled evidence against what those files
// were found to hold, read by eye.
func TestDossiers(t *testing.T) {
	root := filepath.Join(golden.Shared(t), "evidence")
	for _, tt := range []struct {
		name  string
		files []string // patterns below the evidence
	}{
		{"atomic", []string{"evtx/vr__SecurityTasks.evtx", "evtx/vr__TaskScheduler.evtx"}},
		{"remote-create", []string{"json/otrf__schtask_create_*.json"}},
		{"empire", []string{"json/otrf__empire_schtasks_creation_standard_user_*.json"}},
		{"atexec", []string{"evtx/mde2att__ID4688,4698,4699,5145,4624-ATexec*.evtx"}},
		{"atexec-without-command-lines", []string{"evtx/eas__LM_ScheduledTask_ATSVC_target_host.evtx"}},
		{"aptsimulator", []string{"evtx/dam_Win10_APTSimulatorVM__*.evtx", "tasks_xml/dam_Win10/APTSimulatorVM/GameOver"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			args := []string{"hunt", "--format", "json"}
			for _, pattern := range tt.files {
				paths, err := filepath.Glob(filepath.Join(root, pattern))
				if err != nil || len(paths) == 0 {
					t.Fatalf("%s: no file: %v", pattern, err)
				}
				args = append(args, paths...)
			}
			var out, errs bytes.Buffer
			if exit := cli.Main(args, strings.NewReader(""), &out, &errs); exit != cli.ExitOK {
				t.Fatalf("exit %d: %s", exit, errs.String())
			}
			var result struct {
				Findings []finding.Finding `json:"findings"`
				Notes    []string          `json:"notes"`
			}
			if err := json.Unmarshal(out.Bytes(), &result); err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, filepath.Join("testdata", tt.name+".txt"), lives(t, result.Findings, result.Notes))
		})
	}
}

// lives writes the findings at or above low with their dossiers, in order of title.
func lives(t *testing.T, fs []finding.Finding, notes []string) string {
	sort.Slice(fs, func(i, j int) bool { return fs[i].Title < fs[j].Title })
	var b bytes.Buffer
	for _, n := range notes {
		fmt.Fprintln(&b, "note:", n)
	}
	for i := range fs {
		f := &fs[i]
		if f.Severity < finding.Low || f.Dossier == nil {
			continue
		}
		fmt.Fprintln(&b, report.Visible(f.Title))
		if err := report.Life(&b, f, 260); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}
