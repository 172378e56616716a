// Package labelled_test holds the built-in hunts against labelled evidence. It is
// apart from cli because it takes longer than everything else there.
package labelled_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/cli"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// TestNoneMissedNoneRaised fails when a change of readers, tables, hunts or score
// loses a task that is labelled malicious or lets it fall below medium, or lifts a
// benign one to it.
func TestNoneMissedNoneRaised(t *testing.T) {
	root := filepath.Join(golden.Shared(t), "evidence")
	var out, errs bytes.Buffer
	exit := cli.Main([]string{"evaluate", filepath.Join(root, "truth.jsonl"), "--evidence", root, "--strict"}, strings.NewReader(""), &out, &errs)
	if exit != cli.ExitOK || !strings.Contains(out.String(), "| found |") {
		t.Errorf("exit %d: %s", exit, errs.String())
	}
	for line := range strings.Lines(out.String()) {
		if strings.Contains(line, "| missed |") || strings.Contains(line, "| raised |") || strings.Contains(line, "| found | low") || strings.Contains(line, "| found | info") {
			t.Error(strings.TrimSpace(line))
		}
	}
}
