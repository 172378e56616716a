package evidence_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/csvfile"
	"github.com/goshawk-hunt/goshawk/evidence/eventxml"
	"github.com/goshawk-hunt/goshawk/evidence/evidencetest"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
	"github.com/goshawk-hunt/goshawk/evidence/jsonl"
	"github.com/goshawk-hunt/goshawk/evidence/taskxml"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

func readers() []evidence.Reader {
	return []evidence.Reader{evtx.Reader{}, jsonl.Reader{}, csvfile.Reader{}, taskxml.Reader{}, eventxml.Reader{}}
}

// formatOf detects a content with the readers in both orders.
func formatOf(t *testing.T, head []byte) string {
	t.Helper()
	list := readers()
	a, errA := evidence.Detect(list, head)
	slices.Reverse(list)
	b, errB := evidence.Detect(list, head)
	if errA != nil || errB != nil {
		t.Errorf("%v, %v", errA, errB)
	}
	if nameOf(a) != nameOf(b) {
		t.Fatalf("the order of readers decides: %s or %s", nameOf(a), nameOf(b))
	}
	return nameOf(a)
}

func nameOf(r evidence.Reader) string {
	if r == nil {
		return ""
	}
	return r.Format()
}

func TestDetectOne(t *testing.T) {
	for in, want := range map[string]string{
		"ElfFile\x00":                   "evtx",
		`{"a":1}`:                       "json",
		`[{"a":1},`:                     "json",
		"[\n[1,2]]":                     "",
		"Record 1\n{\"Event\":":         "json",
		"Timestamp,DeviceName\n":        "csv",
		"Timestamp\tDeviceName\n":       "csv",
		"<?xml version='1.0'?><Task>":   "taskxml",
		"<Events>":                      "eventxml",
		"<?xml version='1.0'?><Tasks/>": "",
		"hello":                         "",
		"[section]\nkey=value":          "",
		"{\\rtf1":                       "",
		"{ function() }":                "",
		"# Timestamp, DeviceName":       "",
		"MZ":                            "",
		"":                              "",
	} {
		if got := formatOf(t, []byte(in)); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
		if want == "evtx" {
			continue
		}
		if got := formatOf(t, evidencetest.UTF16(in)); got != want {
			t.Errorf("%q in UTF-16 is %q, want %q", in, got, want)
		}
	}
}

// TestDetectReal holds every real file to exactly the one reader for it.
func TestDetectReal(t *testing.T) {
	root := filepath.Join(golden.Shared(t), "evidence")
	want := map[string]string{"evtx": "evtx", "json": "json", "csv": "csv", "tasks_xml": "taskxml", "yaml": "", "hives": ""}
	counts := map[string]int{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		folder, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		format, ok := want[folder]
		if !ok || strings.HasSuffix(p, ".md") {
			return nil
		}
		if strings.HasSuffix(p, ".job") {
			format = "" // the binary form of old, no XML
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if got := formatOf(t, b[:min(len(b), evidence.HeadSize)]); got != format {
			t.Errorf("%s is %q, want %q", rel, got, format)
		}
		counts[folder+" "+format]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(counts)
}
