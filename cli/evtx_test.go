package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx/evtxwrite"
)

// writeLog writes a log of one event, and behind the end of its records, after a gap,
// another that the log had before it was cleared.
func writeLog(t *testing.T, path string) {
	t.Helper()
	at := evidence.Event{Provider: "P", Channel: "C", Computer: "pc", EventID: 4698, Time: 638397542456789012,
		Data: []evidence.Field{{Name: "TaskName", Value: evidence.Value{Kind: evidence.String, Str: `\Kept`}}}}
	gone := at
	gone.Data = []evidence.Field{{Name: "TaskName", Value: evidence.Value{Kind: evidence.String, Str: `\Gone`}}}
	data, err := evtxwrite.Bytes(at, at, gone)
	if err != nil {
		t.Fatal(err)
	}
	one, err := evtxwrite.Bytes(at)
	if err != nil {
		t.Fatal(err)
	}
	// The headers are those of a log of one event.
	copy(data[4096:4096+512], one[4096:4096+512])
	magic := []byte("**\x00\x00")
	second := 4096 + 512 + 1 + bytes.Index(data[4096+512+1:], magic)
	third := second + 1 + bytes.Index(data[second+1:], magic)
	clear(data[second:third])
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func runMain(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	exit = Main(args, strings.NewReader(""), &out, &errOut)
	return exit, out.String(), errOut.String()
}

func TestEvtxDump(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "a.evtx")
	writeLog(t, log)
	exit, out, _ := runMain(t, "evtx", "dump", log)
	if lines := strings.Split(strings.TrimSpace(out), "\n"); exit != ExitOK || len(lines) != 1 || !json.Valid([]byte(lines[0])) || !strings.Contains(out, `\\Kept`) {
		t.Errorf("exit %d, %s", exit, out)
	}
	exit, out, _ = runMain(t, "evtx", "dump", "--recover", log)
	if lines := strings.Split(strings.TrimSpace(out), "\n"); exit != ExitOK || len(lines) != 2 || !strings.HasSuffix(lines[1], `,"Recovered":true}`) || !strings.Contains(lines[1], `\\Gone`) {
		t.Errorf("exit %d, %s", exit, out)
	}
	exit, out, _ = runMain(t, "evtx", "dump", "--recover", "--format", "xml", log)
	if exit != ExitOK || strings.Count(out, "<Event ") != 2 || strings.Count(out, "<?goshawk recovered?>") != 1 {
		t.Errorf("exit %d, %s", exit, out)
	}
	for _, args := range [][]string{{"evtx"}, {"evtx", "dump"}, {"evtx", "show", log}, {"evtx", "dump", "--format", "csv", log}} {
		if exit, _, errOut := runMain(t, args...); exit != ExitError || !strings.Contains(errOut, "hint: goshawk evtx dump") {
			t.Errorf("%v: exit %d, %s", args, exit, errOut)
		}
	}
	notes := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(notes, []byte("remember the milk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if exit, _, errOut := runMain(t, "evtx", "dump", notes); exit != ExitError || !strings.Contains(errOut, "notes.txt: not read") {
		t.Errorf("exit %d, %s", exit, errOut)
	}
}

// TestRecoveredRows ingests a log with --recover, and its dump: the rows say which
// record was recovered.
func TestRecoveredRows(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "a.evtx")
	writeLog(t, log)
	const query = `WindowsEvent | project Task = tostring(EventData.TaskName), EventOriginId | sort by Task asc`
	_, dump, _ := runMain(t, "evtx", "dump", "--recover", log)
	dumped := filepath.Join(dir, "dump.jsonl")
	if err := os.WriteFile(dumped, []byte(dump), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{log, dumped} {
		dir := filepath.Join(t.TempDir(), "case")
		if exit, _, errOut := runMain(t, "ingest", path, "--recover", "--case", dir); exit != ExitOK {
			t.Fatal(errOut)
		}
		_, out, errOut := runMain(t, "query", "--case", dir, "--format", "csv", query)
		if want := "Task,EventOriginId\n\\Gone,recovered\n\\Kept,\n"; strings.ReplaceAll(out, "\r", "") != want {
			t.Errorf("%s\ngot %s%s", path, out, errOut)
		}
	}
}
