package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// TestTasksOfWindows compares the stores of real evidence: the tasks that Windows 10
// brings have no disagreement at or above medium, and the one that was hidden in the
// registry is found by the comparison and by the hunts.
func TestTasksOfWindows(t *testing.T) {
	shared := filepath.Join(golden.Shared(t), "evidence")
	files := filepath.Join(shared, "tasks_xml", "dam_Win10")
	hive := filepath.Join(shared, "hives", "semi__TaskCache_written_by_hivex.hiv")
	run := func(want int, args ...string) string {
		t.Helper()
		var out, errOut strings.Builder
		if exit := Main(args, strings.NewReader(""), &out, &errOut); exit != want {
			t.Errorf("%s: exit %d, want %d: %s", args, exit, want, errOut.String())
		}
		return out.String()
	}
	if got := run(ExitOK, "task", "diff", files, "--fail-on", "medium", "--format", "csv"); strings.Count(got, "\n") != 1 {
		t.Errorf("disagreements between the tasks of Windows:\n%s", got)
	}
	dir := filepath.Join(t.TempDir(), "case")
	got := run(ExitFindings, "task", "diff", hive, files, "--case", dir, "--fail-on", "high", "--format", "csv")
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "info,definition-damaged,") {
			continue // the last byte of its Actions is cut off
		}
		if strings.HasPrefix(line, "high,") != strings.Contains(line, `,\MaliciousTask,`) {
			t.Errorf("unexpected: %s", line)
		}
	}
	if !strings.Contains(got, `high,sd-missing,,\MaliciousTask,`) {
		t.Errorf("the hidden task is not found:\n%s", got)
	}
	hunted := run(ExitFindings, "hunt", "--case", dir, "--fail-on", "high", "--format", "jsonl")
	first, _, _ := strings.Cut(hunted, "\n")
	if !strings.Contains(first, `MaliciousTask`) || !strings.Contains(first, "no security descriptor (SD)") {
		t.Errorf("the hidden task is not the first finding:\n%.2000s", hunted)
	}
}
