package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that can't be read is named at the end: the others are checked, and what is
// printed is a whole document.
func TestCheckUnread(t *testing.T) {
	dir := t.TempDir()
	good, torn := filepath.Join(dir, "b.kql"), filepath.Join(dir, "a.kql")
	if err := os.WriteFile(good, []byte("DeviceEvents | take 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	// larger than a file of hunts may be
	if err := os.WriteFile(torn, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(torn, maxRuleFile+1); err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]string{formatTable: "b.kql:1: ok", formatJSON: `"file":"`, formatSARIF: `"executionSuccessful": false`} {
		var out, errOut bytes.Buffer
		if exit := Main([]string{"check", "--format", format, dir}, strings.NewReader(""), &out, &errOut); exit != ExitError {
			t.Errorf("%s: exit %d", format, exit)
		}
		if !strings.Contains(out.String(), want) || !strings.Contains(errOut.String(), "a.kql: ") {
			t.Errorf("%s: %s%s", format, out.String(), errOut.String())
		}
		if format != formatTable && !json.Valid(out.Bytes()) {
			t.Errorf("%s is no whole document", format)
		}
	}
}

// A folder without hunts is told, and with --strict an error: in CI it is a slip of the pen.
func TestCheckNothing(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args string
		exit int
		told bool
	}{{"", ExitOK, true}, {"--strict", ExitError, true}, {"--strict --quiet", ExitOK, false}} {
		var out, errOut bytes.Buffer
		exit := Main(append([]string{"check", dir}, strings.Fields(c.args)...), strings.NewReader(""), &out, &errOut)
		if told := strings.Contains(errOut.String(), "nothing was checked"); exit != c.exit || told != c.told {
			t.Errorf("%s: exit %d, %s", c.args, exit, errOut.String())
		}
	}
}
