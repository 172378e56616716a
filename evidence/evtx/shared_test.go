package evtx

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// collected keeps what a reader emits.
type collected struct {
	events  []evidence.Event
	offsets []int64
	damages []evidence.Damage
	done    int64
}

func (c *collected) Record(r *evidence.Record) error {
	c.events = append(c.events, keepEvent(&r.Event))
	c.offsets = append(c.offsets, r.Offset)
	return nil
}

func (c *collected) Damage(d evidence.Damage) { c.damages = append(c.damages, d) }

func (c *collected) Progress(done int64) { c.done = done }

// keepEvent copies an event out of the reader's memory.
func keepEvent(e *evidence.Event) evidence.Event {
	k := *e
	for _, s := range []*string{&k.Provider, &k.ProviderGUID, &k.Channel, &k.Computer, &k.UserID, &k.ActivityID, &k.DataName, &k.Message} {
		*s = strings.Clone(*s)
	}
	k.Data = append([]evidence.Field(nil), e.Data...)
	for i := range k.Data {
		k.Data[i].Name = strings.Clone(k.Data[i].Name)
		k.Data[i].Value.Str = strings.Clone(k.Data[i].Value.Str)
	}
	return k
}

func input(data []byte) evidence.Input {
	return evidence.Input{Path: "test.evtx", ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
}

func collect(t testing.TB, data []byte, o Options) *collected {
	t.Helper()
	var c collected
	if err := (Reader{Options: o}).Read(context.Background(), input(data), &c); err != nil {
		t.Fatal(err)
	}
	return &c
}

// realFiles calls f for each event log of the reference material.
func realFiles(t *testing.T, f func(t *testing.T, path string, data []byte)) {
	files, err := filepath.Glob(filepath.Join(golden.Shared(t), "evidence/evtx/*.evtx"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no event logs: %v", err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(path), func(t *testing.T) { f(t, path, data) })
	}
}

// same compares what two ways of reading gave.
func same(t *testing.T, a, b string, x, y *collected) {
	t.Helper()
	if len(x.events) != len(y.events) {
		t.Errorf("%d events by %s, %d by %s", len(x.events), a, len(y.events), b)
		return
	}
	for i := range x.events {
		if !reflect.DeepEqual(x.events[i], y.events[i]) {
			t.Errorf("event at %d (-%s +%s):\n%.2000s", x.offsets[i], a, b, cmp.Diff(x.events[i], y.events[i]))
			return
		}
	}
	if !reflect.DeepEqual(x.damages, y.damages) {
		t.Errorf("damages (-%s +%s):\n%.2000s", a, b, cmp.Diff(x.damages, y.damages))
	}
}
