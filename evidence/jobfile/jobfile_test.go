package jobfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

type sink struct {
	records []evidence.Record
	damages []evidence.Damage
}

func (s *sink) Record(r *evidence.Record) error { s.records = append(s.records, *r); return nil }
func (s *sink) Damage(d evidence.Damage)        { s.damages = append(s.damages, d) }
func (s *sink) Progress(int64)                  {}

// head is what a file begins with, of 80 bytes.
func head() []byte {
	le := binary.LittleEndian
	b := make([]byte, 80)
	le.PutUint16(b, 0x501)
	le.PutUint16(b[2:], 1)
	le.PutUint16(b[20:], fixed+2)
	le.PutUint16(b[22:], 82)
	le.PutUint32(b[32:], 0x20)
	return b
}

func TestReader(t *testing.T) {
	for path, want := range map[string]string{`C/Windows/Tasks/At1.job`: `\At1`, `x.zip!Tasks\My Task.JOB`: `\My Task`, `At2`: `\At2`, `.job`: `\.job`} {
		var s sink
		b := head()
		in := evidence.Input{Path: path, ReaderAt: bytes.NewReader(b), Size: int64(len(b)), Modified: 7}
		if err := (Reader{}).Read(context.Background(), in, &s); err != nil || len(s.records) != 1 || len(s.damages) > 0 {
			t.Fatalf("%v, %d records, %v", err, len(s.records), s.damages)
		}
		if r := s.records[0]; r.Task.Name != want || !bytes.Equal(r.Task.Job, b) || r.Task.Modified != 7 || r.Kind != evidence.KindTask {
			t.Errorf("%s: %+v", path, r.Task)
		}
	}
}

func TestDetect(t *testing.T) {
	if !(Reader{}).Detect(head()) {
		t.Error("not recognised")
	}
	for name, change := range map[string]func([]byte) []byte{
		"short":    func(b []byte) []byte { return b[:60] },
		"version":  func(b []byte) []byte { b[0] = 9; return b },
		"format":   func(b []byte) []byte { b[2] = 2; return b },
		"offset":   func(b []byte) []byte { b[20] = 71; return b },
		"triggers": func(b []byte) []byte { b[22] = 0; return b },
		"priority": func(b []byte) []byte { b[32] = 1; return b },
		"empty":    func([]byte) []byte { return nil },
	} {
		if (Reader{}).Detect(change(head())) {
			t.Errorf("%s: recognised", name)
		}
	}
	b, err := os.ReadFile(filepath.Join(golden.Shared(t), "evidence", "tasks_xml", "artemis__win10_At1.job"))
	if err != nil || !(Reader{}).Detect(b) {
		t.Errorf("a file of Windows is not recognised: %v", err)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(head())
	f.Fuzz(func(t *testing.T, b []byte) {
		(Reader{}).Detect(b)
		var s sink
		in := evidence.Input{Path: "x.job", ReaderAt: bytes.NewReader(b), Size: int64(len(b))}
		if err := (Reader{}).Read(context.Background(), in, &s); len(b) > 0 && (err != nil || len(s.records) != 1) {
			t.Fatalf("%v, %d records", err, len(s.records))
		}
	})
}
