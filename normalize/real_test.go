package normalize

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/csvfile"
	"github.com/goshawk-hunt/goshawk/evidence/eventxml"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
	"github.com/goshawk-hunt/goshawk/evidence/jsonl"
	"github.com/goshawk-hunt/goshawk/evidence/taskxml"
	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// realFiles lists files of real evidence.
func realFiles(t testing.TB, patterns ...string) []string {
	var files []string
	for _, p := range patterns {
		list, err := filepath.Glob(filepath.Join(golden.Shared(t), "evidence", p))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, list...)
	}
	if len(files) == 0 {
		t.Fatalf("no files %v", patterns)
	}
	return files
}

// TestRealTasks wants a task's name and what it runs of every event that has a
// definition, and the count of records to come out even, over all evidence there is.
func TestRealTasks(t *testing.T) {
	created := 0
	for _, file := range realFiles(t, "evtx/*.evtx", "json/*.json", "json/*.jsonl", "csv/*.csv") {
		var reader evidence.Reader = evtx.Reader{}
		switch filepath.Ext(file) {
		case ".csv":
			reader = csvfile.Reader{}
		case ".json", ".jsonl":
			reader = jsonl.Reader{}
		}
		n, rows := collector(t, Options{Source: 1})
		read(t, n, reader, file)
		s := n.Stats()
		var aside int64
		for _, k := range s.SetAside {
			aside += k
		}
		if s.Records != s.Stored+aside {
			t.Errorf("%s: %d records, %d stored, %d set aside", file, s.Records, s.Stored, aside)
		}
		for _, row := range rows["ScheduledTaskEvents"] {
			if row["EventId"].Int < 4698 || row["TaskContent"].Str == "" {
				continue
			}
			created++
			if row["TaskName"].Str == "" || row["ActionCount"].Int == 0 || row["Command"].Str == "" && row["ClassId"].Str == "" {
				t.Errorf("%s: task %q, %d actions, command %q\n%.300s", file, row["TaskName"].Str, row["ActionCount"].Int, row["Command"].Str, row["TaskContent"].Str)
			}
		}
		for name, list := range rows {
			for _, row := range list {
				validDynamics(t, file, name, row)
			}
		}
	}
	if created < 20 {
		t.Errorf("%d definitions of tasks in the evidence", created)
	}
	t.Logf("%d definitions", created)
}

// validDynamics checks that what is JSON by its column is JSON.
func validDynamics(t *testing.T, file, table string, row map[string]types.Value) {
	for name, v := range row {
		if (v.Type == types.Dynamic && !v.Null || name == "AdditionalFields" && v.Str != "" && row["$Origin"].Str != originExported) && !json.Valid([]byte(v.Str)) {
			t.Errorf("%s: %s.%s is no JSON: %.200s", file, table, name, v.Str)
		}
	}
}

func TestRealTaskFiles(t *testing.T) {
	n, rows := collector(t, Options{Source: 1})
	err := filepath.WalkDir(filepath.Join(golden.Shared(t), "evidence", "tasks_xml"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		head, err := os.ReadFile(path)
		if err != nil || !(taskxml.Reader{}).Detect(head[:min(len(head), 4096)]) {
			return err
		}
		read(t, n, taskxml.Reader{}, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := n.Stats(); s.Records < 20 || s.Stored != s.Records || len(s.Problems) > 0 {
		t.Errorf("%+v", s)
	}
	for _, row := range rows["ScheduledTasks"] {
		if !strings.HasPrefix(row["TaskName"].Str, `\`) || row["Command"].Str == "" && row["ClassId"].Str == "" || row["SHA256"].Str == "" {
			t.Errorf("task %q: command %q", row["TaskName"].Str, row["Command"].Str)
		}
	}
}

// TestSameRows reads logs also as JSON and as XML: the same rows come out of all three.
func TestSameRows(t *testing.T) {
	for _, file := range realFiles(t, "evtx/eas__*.evtx", "evtx/vr__*.evtx", "evtx/mde2att__ID4698*.evtx") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := evidence.Input{Path: file, ReaderAt: bytes.NewReader(raw), Size: int64(len(raw))}
		var asJSON, asXML bytes.Buffer
		if err := evtx.WriteJSON(context.Background(), in, evtx.Options{}, &asJSON, sink{t, nil}); err != nil {
			t.Fatal(err)
		}
		if err := evtx.WriteXML(context.Background(), in, evtx.Options{}, &asXML, sink{t, nil}); err != nil {
			t.Fatal(err)
		}
		want := comparable(t, evtx.Reader{}, file, raw)
		for _, other := range []struct {
			reader  evidence.Reader
			content []byte
		}{{jsonl.Reader{}, asJSON.Bytes()}, {eventxml.Reader{}, asXML.Bytes()}} {
			if len(want) == 0 {
				continue
			}
			got := comparable(t, other.reader, file, other.content)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s as %s: -evtx +%s\n%.2000s", filepath.Base(file), other.reader.Format(), other.reader.Format(), diff)
			}
		}
	}
}

// comparable renders the rows of all tables but the raw one.
func comparable(t *testing.T, r evidence.Reader, path string, content []byte) []string {
	n, rows := collector(t, Options{Source: 1})
	in := evidence.Input{Path: path, ReaderAt: bytes.NewReader(content), Size: int64(len(content))}
	if err := r.Read(context.Background(), in, sink{t, n}); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	var list []string
	for name, table := range rows {
		if name == "WindowsEvent" {
			continue
		}
		for _, row := range table {
			delete(row, "SourceOffset") // a place in the file, not a part of the event
			list = append(list, name+"\n"+filled(row))
		}
	}
	slices.Sort(list)
	return list
}
