package casedir

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/regf"
	"github.com/goshawk-hunt/goshawk/evidence/regf/regfwrite"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// dirtyHive makes a hive of which a page is only in its log, of the older form, and
// the same hive as written to its end.
func dirtyHive() (hive, log, whole []byte) {
	root := &regfwrite.Key{Name: "ROOT", Written: 133500000000000000}
	root.At(`Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Nightly`).Values = []regfwrite.Value{regfwrite.String("Id", "{0000000A-0000-0000-0000-000000000000}"), regfwrite.DWORD("Index", 3)}
	whole = regfwrite.Write(root)
	const base, bins, page = 512, 4096, 512
	le := binary.LittleEndian
	at := bytes.Index(whole, regfwrite.UTF16("{0000000A")) / page * page
	hive = bytes.Clone(whole)
	clear(hive[at : at+page])
	le.PutUint32(hive[4:], 8)
	le.PutUint32(hive[8:], 7)
	regfwrite.Seal(hive)
	log = bytes.Clone(whole[:base])
	le.PutUint32(log[28:], 1)
	le.PutUint32(log[4:], 7)
	le.PutUint32(log[8:], 7)
	regfwrite.Seal(log)
	bitmap := make([]byte, (len(whole)-bins)/4096)
	n := (at - bins) / page
	bitmap[n/8] |= 1 << (n % 8)
	log = append(append(log, "DIRT"...), bitmap...)
	log = append(log, make([]byte, 2*page-len(log))...)
	return hive, append(log, whole[at:at+page]...), whole
}

// TestHiveWithLogs wants the changes that are only in a log, which the walk meets after
// its hive, from a folder and from an archive.
func TestHiveWithLogs(t *testing.T) {
	hive, log, whole := dirtyHive()
	folder := t.TempDir()
	for name, b := range map[string][]byte{"SOFTWARE": hive, "SOFTWARE.LOG1": log, "clean": whole, "clean.LOG2": log, "other.LOG1": append(bytes.Clone(log), 0)} {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	archived := filepath.Join(t.TempDir(), "collection.zip")
	f, err := os.Create(archived)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	for _, m := range []struct {
		name string
		b    []byte
	}{{"C/Windows/System32/config/SOFTWARE", hive}, {"C/Windows/System32/config/SOFTWARE.LOG1", log}} {
		out, _ := w.Create(m.name)
		out.Write(m.b)
	}
	w.Close()
	f.Close()
	for _, path := range []string{folder, archived} {
		c := openCase(t, t.TempDir())
		a, err := c.Ingest(t.Context(), []string{path}, IngestOptions{Readers: []evidence.Reader{regf.Reader{}}, Now: testNow})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range a.Files {
			want := "read"
			if filepath.Base(r.Path) == "other.LOG1" {
				want = "unknown"
			}
			if r.Outcome != want || len(r.Damages) > 0 {
				t.Errorf("%s: %s %s %v", r.Path, r.Outcome, r.Reason, r.Damages)
			}
		}
		rows := int64(2)
		if path == archived {
			rows = 1
		}
		if a.Rows["ScheduledTasks"] != rows {
			t.Errorf("%s: %v", path, a.Rows)
		}
		left, _ := filepath.Glob(filepath.Join(c.Dir, tempDir, "*"))
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// TestLogsComeLater wants a hive read again when the logs that complete it have come.
func TestLogsComeLater(t *testing.T) {
	hive, log, _ := dirtyHive()
	folder := t.TempDir()
	put := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	c := openCase(t, filepath.Join(t.TempDir(), "case"))
	tasks := func() int64 {
		t.Helper()
		if _, err := c.Ingest(t.Context(), []string{folder}, IngestOptions{Readers: []evidence.Reader{regf.Reader{}}, Now: testNow}); err != nil {
			t.Fatal(err)
		}
		v, err := c.scalar(t.Context(), `SELECT count(*) FROM ScheduledTasks WHERE TaskName = '\Nightly' AND TaskId <> ''`, types.Long)
		if err != nil {
			t.Fatal(err)
		}
		return v.Int
	}
	put("SOFTWARE", hive)
	if n := tasks(); n != 0 {
		t.Fatalf("%d tasks without the log", n)
	}
	put("SOFTWARE.LOG1", log)
	if n := tasks(); n != 1 {
		t.Errorf("%d tasks with the log", n)
	}
	if n := tasks(); n != 1 {
		t.Errorf("%d tasks the third time", n)
	}
}
