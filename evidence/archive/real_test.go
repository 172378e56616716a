package archive_test

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/evidence/csvfile"
	"github.com/goshawk-hunt/goshawk/evidence/eventxml"
	"github.com/goshawk-hunt/goshawk/evidence/jsonl"
	"github.com/goshawk-hunt/goshawk/evidence/taskxml"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// tally counts what was found.
type tally struct{ records, damages int }

func (s *tally) Record(*evidence.Record) error { s.records++; return nil }
func (s *tally) Damage(evidence.Damage)        { s.damages++ }
func (s *tally) Progress(int64)                {}

// TestReal walks real evidence: every file is accounted for, every text file of
// evidence read.
func TestReal(t *testing.T) {
	root := filepath.Join(golden.Shared(t), "evidence")
	readers := []evidence.Reader{jsonl.Reader{}, csvfile.Reader{}, taskxml.Reader{}, eventxml.Reader{}}
	want := 0
	for _, dir := range []string{"json", "csv", "tasks_xml", "yaml", "hives"} {
		filepath.WalkDir(filepath.Join(root, dir), func(_ string, d fs.DirEntry, _ error) error {
			if !d.IsDir() {
				want++
			}
			return nil
		})
	}
	paths := []string{filepath.Join(root, "json"), filepath.Join(root, "csv"), filepath.Join(root, "tasks_xml"), filepath.Join(root, "yaml"), filepath.Join(root, "hives")}
	total, files := archive.Size(paths)
	if files != want {
		t.Errorf("Size counts %d files, there are %d", files, want)
	}
	outcomes := map[string]int{}
	tasks := tally{}
	err := archive.Walk(t.Context(), paths, readers, func(f *archive.File) error {
		total -= f.Disk
		outcomes[f.Outcome.String()+" "+f.Format]++
		rel, _ := filepath.Rel(root, f.Path)
		if f.Reader == nil {
			t.Logf("%s: %s: %s", rel, f.Outcome, f.Reason)
			return nil
		}
		var s tally
		if err := f.Reader.Read(t.Context(), f.Input, &s); err != nil {
			return err
		}
		if f.Format == "taskxml" {
			tasks.records += s.records
			tasks.damages += s.damages
			return nil
		}
		t.Logf("%s: %s %s, %d records, %d damages", rel, f.Outcome, f.Format, s.records, s.damages)
		return nil
	})
	if err != nil || total != 0 {
		t.Errorf("%v, %d bytes on disk unaccounted", err, total)
	}
	if tasks.records != 204 || tasks.damages != 0 || outcomes["read json"] != 8 || outcomes["read csv"] != 1 {
		t.Errorf("%v, tasks %+v", outcomes, tasks)
	}
	t.Log(outcomes, tasks)
}
