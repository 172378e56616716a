package normalize

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/jsonl"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// FuzzRecord normalises whatever JSON gives: every record gives rows or is set aside, and
// rows have values that their columns can hold.
func FuzzRecord(f *testing.F) {
	for _, seed := range []string{
		`{"EventID":4698,"Channel":"Security","Computer":"a","TimeCreated":"2024-05-01T10:00:00Z","SubjectUserSid":"S-1-5-18","TaskName":"\\a","TaskContent":"<Task><Actions><Exec><Command>x</Command></Exec></Actions></Task>"}`,
		`{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"a","TimeCreated":"2024-05-01T10:00:00Z","Image":"C:\\a.exe","CommandLine":"a b","ProcessId":"4","Hashes":"SHA1=aa,MD5=bb","ParentImage":"x"}`,
		`{"EventID":4104,"Channel":"Microsoft-Windows-PowerShell/Operational","Computer":"a","TimeCreated":"2024-05-01T10:00:00Z","MessageNumber":1,"MessageTotal":2,"ScriptBlockText":"a","ScriptBlockId":"b"}`,
		`{"EventID":200,"Channel":"Microsoft-Windows-TaskScheduler/Operational","Computer":"a","TimeCreated":"2024-05-01T10:00:00Z","StringInserts":["\\a","b","c","d"]}`,
		`{"Timestamp":"2024-05-01T10:00:00Z","DeviceId":"a","ActionType":"ScheduledTaskCreated","AdditionalFields":{"TaskName":"\\a","TaskContent":"{\"Actions\":{\"Exec\":[{\"Command\":\"x\"}]}}"},"ReportId":1}`,
		`{"TimeGenerated":"2024-05-01T10:00:00Z","Computer":"a","EventID":4688,"EventData":"<EventData><Data Name=\"NewProcessName\">a</Data></EventData>","Type":"SecurityEvent"}`,
		`{"EventId":4698,"Channel":"Security","TimeCreated":"2024-05-01","EventRecordId":"1","Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"TaskName\",\"#text\":\"a\"}]}}"}`,
		`{"Id":4702,"LogName":"Security","ProviderName":"x","RecordId":1,"TimeCreated":"/Date(1)/","Properties":[{"Value":1}]}`,
	} {
		f.Add([]byte(seed))
	}
	cat := catalog.Default()
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, valid := range []bool{false, true} {
			fuzzRecord(t, cat, b, valid)
		}
	})
}

// fuzzRecord normalises b once. Reading JSON makes texts valid; valid says so.
func fuzzRecord(t *testing.T, cat *catalog.Catalog, b []byte, valid bool) {
	n := New(cat, func(table string, row []types.Value) error {
		checkRow(t, table, row)
		return nil
	}, Options{Source: 1, Create: func(*catalog.Table) error { return nil }})
	if err := (jsonl.Reader{}).Read(t.Context(), evidence.Input{Path: "fuzz", ReaderAt: bytes.NewReader(b), Size: int64(len(b))}, saysValid{sink{t, n}, valid}); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	s := n.Stats()
	aside := int64(0)
	for _, k := range s.SetAside {
		aside += k
	}
	if s.Records != s.Stored+aside {
		t.Fatalf("%d records, %d stored, %d set aside", s.Records, s.Stored, aside)
	}

}

// saysValid says of all records whether their texts are valid.
type saysValid struct {
	sink
	valid bool
}

func (s saysValid) Record(r *evidence.Record) error {
	r.Valid = s.valid
	return s.sink.Record(r)
}

// checkRow wants text that is text, and dynamic values that are JSON.
func checkRow(t *testing.T, table string, row []types.Value) {
	for i := range row {
		v := &row[i]
		switch {
		case !utf8.ValidString(v.Str):
			t.Fatalf("%s, column %d: %q is no UTF-8", table, i, v.Str)
		case v.Type == types.Dynamic && !v.Null && !json.Valid([]byte(v.Str)):
			t.Fatalf("%s, column %d: %q is no JSON", table, i, v.Str)
		}
	}
}
