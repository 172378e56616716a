package behaviours

import (
	"bytes"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/cli"
)

// TestEmptiedFiles compares stores of which task files hold nothing: one alone was
// emptied, several are what a crash leaves, and none is a file that is missing.
func TestEmptiedFiles(t *testing.T) {
	diff := func(hollow map[string][]byte) string {
		h := newHost("hollow")
		h.both()
		for name, b := range hollow {
			h.file("C/Windows/System32/Tasks/Contoso/"+name, b)
		}
		dir := t.TempDir()
		h.write(t, dir)
		var out, errOut bytes.Buffer
		if exit := cli.Main([]string{"task", "diff", dir, "--format", "csv"}, strings.NewReader(""), &out, &errOut); exit != cli.ExitOK {
			t.Fatalf("exit %d: %s", exit, errOut.String())
		}
		return out.String()
	}
	if got := diff(map[string][]byte{"Job01": {}}); !strings.Contains(got, "\nmedium,file-emptied,") || !strings.Contains(got, "job01.exe") || strings.Contains(got, "registry-without-file") {
		t.Errorf("one file of no bytes:\n%s", got)
	}
	zeros := make([]byte, 3000)
	got := diff(map[string][]byte{"Job01": zeros, "Job02": zeros, "Job03": {}})
	if strings.Count(got, "\nlow,files-emptied,") != 3 || strings.Contains(got, ",file-emptied") {
		t.Errorf("three files of zeros or no bytes:\n%s", got)
	}
	if got := diff(map[string][]byte{"Foreign": {}}); strings.Contains(got, "emptied") {
		t.Errorf("a file that no key names:\n%s", got)
	}
	if got := diff(nil); strings.Count(got, "\n") != 1 {
		t.Errorf("all in order:\n%s", got)
	}
}
