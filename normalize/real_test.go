package normalize

import (
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence/evtx"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// TestRealTasks wants the task's name and command of every event that has them, over
// all logs there are.
func TestRealTasks(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(golden.Shared(t), "evidence", "evtx", "*.evtx"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	total := map[string]int64{}
	for _, file := range files {
		n, rows := collector(t, Options{Source: 1})
		read(t, n, evtx.Reader{}, file)
		s := n.Stats()
		var aside int64
		for _, k := range s.SetAside {
			aside += k
		}
		if s.Records != s.Stored+aside {
			t.Errorf("%s: %d records, %d stored, %d set aside", file, s.Records, s.Stored, aside)
		}
		for k, v := range s.Rows {
			total[k] += v
		}
		for k, v := range s.Problems {
			total["problem: "+k] += v
		}
		_ = rows
	}
	for k, v := range total {
		t.Logf("%8d %s", v, k)
	}
}
