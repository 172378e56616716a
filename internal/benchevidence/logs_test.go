package main

import (
	"path/filepath"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence/evtx"
)

// TestMachine writes the logs of two machines and reads them: whole, and not the same.
func TestMachine(t *testing.T) {
	dir := t.TempDir()
	for seed, name := range []string{"a", "b"} {
		if err := writeMachine(filepath.Join(dir, name), uint64(seed+1), 2e6); err != nil {
			t.Fatal(err)
		}
	}
	files, size, err := logsIn(dir)
	if err != nil || len(files) != 6 || size < 4e6 || size > 5e6 {
		t.Fatalf("%d files of %d bytes, %v", len(files), size, err)
	}
	for _, path := range files {
		got, err := read(path, evtx.Options{})
		if err != nil || got.damages > 0 || got.records < 20 {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
}

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{"500MB": 5e8, "10GB": 1e10, "7": 7, "0": 0} {
		var s byteSize
		if err := s.Set(text); err != nil || s != want {
			t.Errorf("%s: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "GB", "-1", "1.5GB"} {
		if err := new(byteSize).Set(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}
