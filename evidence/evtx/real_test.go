package evtx

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// collectGeneral reads without plans.
func collectGeneral(t testing.TB, data []byte, o Options) *collected {
	t.Helper()
	var out collected
	f, err := openFile(input(data), &out)
	if err != nil {
		t.Fatal(err)
	}
	if f == nil {
		return &out
	}
	c := newChunkReader(o)
	c.onlyGeneral = true
	buf := make([]byte, segmentBuffer)
	for {
		s, ok, err := f.next(buf, &out)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			f.finish(&out)
			return &out
		}
		facts, err := c.decode(s, &out)
		if err != nil {
			t.Fatal(err)
		}
		f.seen(facts)
	}
}

func TestRealPlannedIsGeneral(t *testing.T) {
	realFiles(t, func(t *testing.T, _ string, data []byte) {
		o := Options{Recover: true}
		planned, general := collect(t, data, o), collectGeneral(t, data, o)
		same(t, "general", "planned", general, planned)
	})
}

func TestRealParallelIsSequential(t *testing.T) {
	realFiles(t, func(t *testing.T, _ string, data []byte) {
		one, many := collect(t, data, Options{Recover: true}), collect(t, data, Options{Recover: true, Workers: 3})
		same(t, "one worker", "three", one, many)
	})
}

// TestRealCounts compares with libevtx. Of damaged files it may find fewer
// records in their place than we do, and have the others as recovered.
func TestRealCounts(t *testing.T) {
	tool, err := exec.LookPath("evtxinfo")
	if err != nil {
		t.Skip("evtxinfo (libevtx-utils) is not installed")
	}
	realFiles(t, func(t *testing.T, path string, data []byte) {
		out, err := exec.Command(tool, path).Output()
		if err != nil {
			t.Fatal(err)
		}
		records, recovered := infoNumber(t, out, "Number of records"), infoNumber(t, out, "Number of recovered records")
		got := collect(t, data, Options{})
		most := records
		if len(got.damages) > 0 {
			most += recovered
		}
		if n := len(got.events); n < records || n > most {
			t.Errorf("%d events, evtxinfo counts %d and %d recovered; damages: %v", n, records, recovered, got.damages)
		}
	})
}

func infoNumber(t *testing.T, out []byte, name string) int {
	t.Helper()
	for line := range bytes.Lines(out) {
		if key, value, ok := bytes.Cut(bytes.TrimSpace(line), []byte(":")); ok && string(bytes.TrimSpace(key)) == name {
			n, err := strconv.Atoi(string(bytes.TrimSpace(value)))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	return 0
}

// TestRealTruth looks for the event ids that the reference material says are in
// each file.
func TestRealTruth(t *testing.T) {
	shared := golden.Shared(t)
	f, err := os.Open(filepath.Join(shared, "evidence/truth.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	checked := 0
	for lines.Scan() {
		var truth struct {
			Path     string         `json:"path"`
			EventIDs map[string]int `json:"event_ids"`
		}
		if err := json.Unmarshal(lines.Bytes(), &truth); err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(truth.Path) != ".evtx" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(shared, "evidence", truth.Path))
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[string]int)
		for _, e := range collect(t, data, Options{Recover: true}).events {
			got[strconv.Itoa(int(e.EventID))]++
		}
		for id, n := range truth.EventIDs {
			if got[id] < n {
				t.Errorf("%s: %d events %s, expected %d", truth.Path, got[id], id, n)
			}
		}
		checked++
	}
	if err := lines.Err(); err != nil || checked == 0 {
		t.Fatalf("%d lines checked, %v", checked, err)
	}
}

// TestRealSanity holds for every event that Windows wrote.
func TestRealSanity(t *testing.T) {
	realFiles(t, func(t *testing.T, _ string, data []byte) {
		got := collect(t, data, Options{})
		for i := range got.events {
			checkValid(t, &got.events[i])
		}
		if len(got.damages) > 0 {
			return
		}
		for i, e := range got.events {
			if e.Provider == "" || e.Channel == "" || e.Computer == "" || e.Time < evidence.UnixEpoch {
				t.Errorf("event %d lacks System fields: %+v", i, e)
			}
		}
	})
}
