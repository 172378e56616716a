package casedir

import (
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence/evtx"
)

// TestProgress tells chunks and bytes, which only grow, of each file and of all.
func TestProgress(t *testing.T) {
	dir := t.TempDir()
	c := openCase(t, filepath.Join(dir, "case"))
	logs := []string{writeLog(t, dir, "a.evtx", 1, 900), writeLog(t, dir, "b.evtx", 5000, 5400)}
	all, last := int64(0), Progress{}
	files := map[string]int64{}
	account, err := c.Ingest(t.Context(), logs, IngestOptions{Readers: testReaders, Now: testNow, Progress: func(at Progress) {
		if at.Done < last.Done || at.AllChunks < last.AllChunks || at.Records < last.Records || at.ChunksDone > at.Chunks || at.ChunksDone != evtx.Chunks(at.FileDone) {
			t.Errorf("after %+v came %+v", last, at)
		}
		files[at.File], last = at.Chunks, at
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range files {
		if n < 2 {
			t.Errorf("a log has %d chunks", n)
		}
		all += n
	}
	if len(files) != 2 || last.AllChunks != all || last.ChunksDone != last.Chunks || last.Files != 2 || last.Records != account.Records {
		t.Errorf("%d files with %d chunks and %d records, told %+v", len(files), all, account.Records, last)
	}
}
