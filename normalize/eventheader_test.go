package normalize

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestEventHeaders counts the rows that events are stored as: own rows with headers, and
// whole ones.
func TestEventHeaders(t *testing.T) {
	one := evidence.Event{Provider: "P", Channel: "C", Computer: "ws1.lab.example", EventID: 7, RecordID: 1, Level: 4, Keywords: 2, Time: 100}
	with := func(change func(e *evidence.Event)) evidence.Event {
		e := one
		change(&e)
		return e
	}
	many := make([]evidence.Event, maxInterned+2)
	for i := range many {
		many[i] = with(func(e *evidence.Event) { e.Keywords = uint64(i) })
	}
	for _, test := range []struct {
		name                  string
		events                []evidence.Event
		headers, own, whole   int
		problems              int64
		number, keywords, raw string // of the last row
	}{
		{name: "what an event has for itself", events: []evidence.Event{one, with(func(e *evidence.Event) {
			e.EventID, e.RecordID, e.Time, e.ProcessID, e.ThreadID, e.ActivityID = 9, 12, 200, 5, 6, "a"
			e.Data = []evidence.Field{{Name: "X", Value: evidence.Value{Kind: evidence.String, Str: "y"}}}
		})}, headers: 1, own: 2, number: "12", keywords: "0x2"},
		{name: "each of the header's parts", events: []evidence.Event{
			one, with(func(e *evidence.Event) { e.Provider = "Q" }), with(func(e *evidence.Event) { e.Channel = "D" }),
			with(func(e *evidence.Event) { e.Computer = "ws2.lab.example" }), with(func(e *evidence.Event) { e.UserID = "S-1-5-18" }),
			with(func(e *evidence.Event) { e.Task = 1 }), with(func(e *evidence.Event) { e.Level = 3 }), with(func(e *evidence.Event) { e.Opcode = 1 }),
			with(func(e *evidence.Event) { e.Version = 1 }), with(func(e *evidence.Event) { e.Recovered = true }), one,
			with(func(e *evidence.Event) { e.Keywords = 3 }),
		}, headers: 11, own: 12, number: "1", keywords: "0x3"},
		{name: "no number", events: []evidence.Event{with(func(e *evidence.Event) { e.RecordID = 0 })}, headers: 1, own: 1, keywords: "0x2"},
		{name: "the largest number", events: []evidence.Event{with(func(e *evidence.Event) { e.RecordID = math.MaxInt64 })}, headers: 1, own: 1, number: "9223372036854775807", keywords: "0x2"},
		{name: "a number too large", events: []evidence.Event{with(func(e *evidence.Event) { e.RecordID = math.MaxInt64 + 1 })}, whole: 1, number: "9223372036854775808", keywords: "0x2"},
		{name: "a message", events: []evidence.Event{one, with(func(e *evidence.Event) { e.Message = "said" })}, headers: 1, own: 1, whole: 1, number: "1", keywords: "0x2", raw: "said"},
		{name: "text too long", events: []evidence.Event{with(func(e *evidence.Event) { e.Channel = strings.Repeat("c", maxHeaderText) })}, whole: 1, number: "1", keywords: "0x2"},
		{name: "text that is not valid", events: []evidence.Event{
			with(func(e *evidence.Event) { e.Provider = "\xff" }), with(func(e *evidence.Event) { e.Provider = "\xff" }),
		}, whole: 2, problems: 2, number: "1", keywords: "0x2"},
		{name: "text of its own that is not valid", events: []evidence.Event{with(func(e *evidence.Event) { e.ActivityID = "\xff" })}, headers: 1, own: 1, problems: 1, number: "1", keywords: "0x2"},
		{name: "too many", events: append(many, one), headers: maxInterned, own: maxInterned + 1, whole: 2, number: "1", keywords: "0x2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, rows := collector(t, Options{Source: 3})
			given := map[string]int{}
			out := n.out
			n.out = func(table string, row []types.Value) error {
				given[table]++
				return out(table, row)
			}
			text := []byte("----") // the reader's memory, which it uses again
			for i := range test.events {
				e := test.events[i]
				copy(text, e.Provider)
				e.Provider = string(text[:len(e.Provider)])
				if err := n.Record(&evidence.Record{Kind: evidence.KindEvent, Offset: int64(i), Event: e}); err != nil {
					t.Fatal(err)
				}
			}
			if given[headersTable] != test.headers || given[eventsTable] != test.own || given[windowsEvent] != test.whole {
				t.Errorf("%v, want %d headers, %d events with one, %d whole", given, test.headers, test.own, test.whole)
			}
			all := rows[windowsEvent]
			if s := n.Stats(); len(all) != len(test.events) || s.Rows[windowsEvent] != int64(len(all)) || len(s.Rows) != 1 || s.Problems["text that is not valid UTF-8"] != test.problems {
				t.Errorf("%d rows of %d events, %+v", len(all), len(test.events), s)
			}
			last := all[len(all)-1]
			if got, want := fmt.Sprint(last["EventRecordId"].Str, last["Keywords"].Str, last["RawEventData"].Str), test.number+test.keywords+test.raw; got != want {
				t.Errorf("the last row has %s, want %s", got, want)
			}
		})
	}
}

// TestEventTables wants each column of WindowsEvent in one place.
func TestEventTables(t *testing.T) {
	list := eventTables(catalog.Default())
	for _, c := range catalog.Default().Table(windowsEvent).Stored() {
		places := 0
		for _, table := range list {
			if table.Stored().Index(c.Name) >= 0 {
				places++
			}
		}
		if eventSame[c.Name] != "" {
			places++
		}
		want := 1
		if c.Name == "$Source" {
			want = 2 // rows of a source that fails are removed by it
		}
		if places != want {
			t.Errorf("%s has %d places, want %d", c.Name, places, want)
		}
	}
	for name, columns := range map[string][]string{"none": nil, "own": {"EventID", "EventRecordId", "$IngestionTime"}, "same": {"RawEventData", "Type"}} {
		if sql := eventRows(columns); strings.Contains(sql, headersTable) {
			t.Errorf("%s reads headers: %s", name, sql)
		}
	}
	if sql := eventRows([]string{"EventID", "Channel"}); !strings.Contains(sql, `JOIN "`+headersTable) {
		t.Error(sql)
	}
	for columns, want := range map[string]bool{"EventData,EventID": false, "EventData,Channel": true} {
		if sql := eventRows(strings.Split(columns, ",")); strings.Contains(sql, "CASE WHEN h.") != want {
			t.Errorf("data that is read above a join %t: %s", want, sql)
		}
	}
}
