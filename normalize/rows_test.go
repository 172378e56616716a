package normalize

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// collected are the rows of a test by table, each as its values by column name.
type collected map[string][]map[string]types.Value

// collector returns a Normalizer and where its rows go.
func collector(t testing.TB, opt Options) (*Normalizer, collected) {
	t.Helper()
	rows := collected{}
	headers := map[int64]map[string]types.Value{}
	cat := catalog.Default()
	schemas := map[string]types.Schema{}
	for _, def := range Tables() {
		schemas[def.Name] = def.Stored()
	}
	out := func(name string, row []types.Value) error {
		schema := schemas[name]
		if schema == nil {
			schema = cat.Table(name).Stored()
			schemas[name] = schema
		}
		if len(row) != len(schema) {
			t.Fatalf("row of %s has %d values, want %d", name, len(row), len(schema))
		}
		m := map[string]types.Value{}
		for i, v := range row {
			if !v.Null && v.Type != schema[i].Type {
				t.Errorf("%s.%s is %s, want %s", name, schema[i].Name, v.Type, schema[i].Type)
			}
			v.Str = strings.Clone(v.Str)
			m[schema[i].Name] = v
		}
		switch name {
		case headersTable:
			headers[m[headerNumber].Int] = m
			return nil
		case eventsTable:
			m = wholeEvent(t, m, headers[m[headerNumber].Int])
		}
		rows[Whole(name)] = append(rows[Whole(name)], m)
		return nil
	}
	return New(cat, out, opt), rows
}

// wholeEvent is an event with its header as a row of WindowsEvent.
func wholeEvent(t testing.TB, own, header map[string]types.Value) map[string]types.Value {
	t.Helper()
	row := map[string]types.Value{}
	for _, c := range catalog.Default().Table(windowsEvent).Stored() {
		v, has := own[c.Name]
		if !has {
			v, has = header[c.Name]
		}
		if !has && eventSame[c.Name] == "" {
			t.Errorf("neither an event nor its header has %s: %v, %v", c.Name, own, header)
		}
		switch {
		case c.Name == "EventRecordId" && v.Null:
			v = types.Value{Type: types.String}
		case c.Name == "EventRecordId":
			v = types.Value{Type: types.String, Str: strconv.FormatInt(v.Int, 10)}
		case !has:
			v = types.Value{Type: c.Type}
		}
		row[c.Name] = v
	}
	return row
}

// filled renders the columns of a row that hold something, one a line, sorted.
func filled(row map[string]types.Value) string {
	var lines []string
	for name, v := range row {
		if v.Null || v.Type == types.String && v.Str == "" || strings.HasPrefix(name, "$") || name == "Type" {
			continue
		}
		s := v.Str
		switch v.Type {
		case types.DateTime:
			s = evidence.FormatTime(v.Int)
		case types.Bool:
			s = fmt.Sprint(v.Int != 0)
		case types.Int, types.Long:
			s = fmt.Sprint(v.Int)
		case types.Real:
			s = fmt.Sprint(v.Real)
		}
		lines = append(lines, name+"="+s)
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}

// sink feeds a Normalizer with what a reader finds.
type sink struct {
	t testing.TB
	n *Normalizer
}

func (s sink) Record(r *evidence.Record) error { return s.n.Record(r) }
func (s sink) Damage(evidence.Damage)          {}
func (s sink) Progress(int64)                  {}

// read feeds a file through a reader.
func read(t testing.TB, n *Normalizer, r evidence.Reader, path string) {
	t.Helper()
	readInto(t, r, path, sink{t, n})
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
}

func readInto(t testing.TB, r evidence.Reader, path string, to evidence.Sink) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Read(context.Background(), evidence.Input{Path: path, ReaderAt: f, Size: info.Size()}, to); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestRowsOfBothKinds counts rows of a table that were exported from it together with
// those that were made of rows of other tables and of events.
func TestRowsOfBothKinds(t *testing.T) {
	n, rows := collector(t, Options{})
	text := func(s string) evidence.Value { return evidence.Value{Kind: evidence.String, Str: s} }
	row := func(table string, fields ...evidence.Field) *evidence.Record {
		fields = append(fields, evidence.Field{Name: "Timestamp", Value: text("2024-05-01T10:00:00Z")}, evidence.Field{Name: "DeviceName", Value: text("ws1.corp.example")})
		return &evidence.Record{Kind: evidence.KindRow, Row: evidence.Row{Table: table, Fields: fields}}
	}
	for _, r := range []*evidence.Record{
		row("DeviceEvents", evidence.Field{Name: "ActionType", Value: text("ScheduledTaskCreated")}, evidence.Field{Name: "AdditionalFields", Value: text(`{"TaskName":"\\Updater"}`)}),
		row("ScheduledTaskEvents", evidence.Field{Name: "ActionType", Value: text("ScheduledTaskDeleted")}, evidence.Field{Name: "TaskName", Value: text(`\Updater`)}),
		row("SecurityEvent", evidence.Field{Name: "TimeGenerated", Value: text("2024-05-01T10:00:00Z")}, evidence.Field{Name: "EventID", Value: text("4699")}, evidence.Field{Name: "Computer", Value: text("ws1")},
			evidence.Field{Name: "EventData", Value: text(`<EventData><Data Name="TaskName">\Updater</Data></EventData>`)}),
	} {
		if err := n.Record(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	counted := n.Stats().Rows
	for _, table := range []string{"DeviceEvents", "ScheduledTaskEvents", "WindowsEvent"} {
		if len(rows[table]) == 0 || counted[table] != int64(len(rows[table])) {
			t.Errorf("%s: %d rows counted, %d given", table, counted[table], len(rows[table]))
		}
	}
	if len(rows["ScheduledTaskEvents"]) != 3 || len(rows["DeviceEvents"]) != 2 {
		t.Errorf("%d, %d rows", len(rows["ScheduledTaskEvents"]), len(rows["DeviceEvents"]))
	}
}
