package jsonl

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evidencetest"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

func TestShapes(t *testing.T) { evidencetest.Golden(t, Reader{}, "testdata/*.txtar") }

// tally counts records by shape, kind and table or channel.
type tally struct {
	counts  map[string]int
	damages []evidence.Damage
	noTime  int
}

func (s *tally) Progress(int64)           {}
func (s *tally) Damage(d evidence.Damage) { s.damages = append(s.damages, d) }
func (s *tally) Record(r *evidence.Record) error {
	key := r.Shape
	if r.Kind == evidence.KindRow {
		key += " " + r.Row.Table
	} else if r.Event.Time == 0 {
		s.noTime++
	}
	s.counts[key]++
	return nil
}

func TestReal(t *testing.T) {
	dir := filepath.Join(golden.Shared(t), "evidence", "json")
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !(Reader{}).Detect(b[:min(len(b), evidence.HeadSize)]) {
			t.Errorf("%s: not detected", f.Name())
		}
		s := tally{counts: map[string]int{}}
		if err := (Reader{}).Read(t.Context(), evidencetest.Input(f.Name(), b), &s); err != nil {
			t.Error(err)
		}
		t.Logf("%s: %v, %d without time", f.Name(), s.counts, s.noTime)
		for _, d := range s.damages {
			t.Logf("  @%d+%d: %s", d.Offset, d.Length, d.Reason)
		}
	}
}
