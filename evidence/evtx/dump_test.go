package evtx

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx/evtxwrite"
)

func TestWriteJSON(t *testing.T) {
	const system = `{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":@,"Version":0,"Level":4,` +
		`"Task":0,"Opcode":0,"Keywords":"0x80","TimeCreated":{"#attributes":{"SystemTime":"2024-01-02T01:04:05.6789012Z"}},` +
		`"EventRecordID":1,"Correlation":null,"Execution":{"#attributes":{"ProcessID":4,"ThreadID":8}},` +
		`"Channel":"C","Computer":"pc","Security":null},`
	base := evidence.Event{
		Provider: "P", EventID: 7, Level: 4, Keywords: 0x80, Time: 638397542456789012, RecordID: 1,
		ProcessID: 4, ThreadID: 8, Channel: "C", Computer: "pc",
	}
	for _, tt := range []struct {
		name     string
		edit     func(*evidence.Event)
		id, rest string
	}{
		{"event data", func(e *evidence.Event) {
			e.DataName = "N"
			e.Data = []evidence.Field{str("A", "q\"\\\n\x01é"), num("B", evidence.Hex, 999), num("C", evidence.Int, 1<<64-5), {Name: "D"},
				{Name: "E", Value: evidence.Value{Kind: evidence.Binary, Str: "\xff\x00"}}, num("F", evidence.Bool, 1), str("A", "again")}
		}, "7", `"EventData":{"#attributes":{"Name":"N"},"A":"q\"\\\n\u0001é","B":"0x3e7","C":-5,"D":null,"E":"FF00","F":true,"A_1":"again"}}}`},
		{"unnamed", func(e *evidence.Event) {
			e.Qualifiers = 0x4000
			e.Data = []evidence.Field{str("", "one"), str("", "two")}
		}, `{"#attributes":{"Qualifiers":16384},"#text":7}`, `"EventData":{"Data":{"#text":["one","two"]}}}}`},
		{"user data and message", func(e *evidence.Event) {
			e.UserData, e.DataName, e.Message = true, "W", "m"
			e.Data = []evidence.Field{str("A.B", "x")}
		}, "7", `"UserData":{"W":{"A.B":"x"}},"RenderingInfo":{"Message":"m"}}}`},
		{"nothing", func(*evidence.Event) {}, "7", `"EventData":{}}}`},
	} {
		e := base
		tt.edit(&e)
		data, err := evtxwrite.Bytes(e)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := WriteJSON(context.Background(), input(data), Options{}, &out, &collected{}); err != nil {
			t.Fatal(err)
		}
		if want := strings.Replace(system, "@", tt.id, 1) + tt.rest + "\n"; out.String() != want {
			t.Errorf("%s\ngot  %swant %s", tt.name, out.String(), want)
		}
	}
}

// full is an output without room.
type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteFails(t *testing.T) {
	own := ownLog(t)
	if err := WriteJSON(context.Background(), input(own), Options{}, full{}, &collected{}); !errors.Is(err, errFull) {
		t.Errorf("JSON: %v", err)
	}
	if err := WriteXML(context.Background(), input(own), Options{}, full{}, &collected{}); !errors.Is(err, errFull) {
		t.Errorf("XML: %v", err)
	}
}

// TestWriteMarksRecovered has the same records recovered as Reader has, and marked.
func TestWriteMarksRecovered(t *testing.T) {
	own := ownLog(t)
	first, last := own[fileHeaderSize:fileHeaderSize+chunkSize], own[fileHeaderSize+2*chunkSize:]
	free := int(binary.LittleEndian.Uint32(last[48:]))
	copy(last[free:], first[free:])
	sign(last)
	want := len(collect(t, own, Options{Recover: true}).events) - 340
	for _, format := range []struct {
		write func(context.Context, evidence.Input, Options, io.Writer, evidence.Sink) error
		mark  string
	}{{WriteJSON, `,"Recovered":true}`}, {WriteXML, "<?goshawk recovered?><Event "}} {
		var out bytes.Buffer
		if err := format.write(context.Background(), input(own), Options{Recover: true}, &out, &collected{}); err != nil {
			t.Fatal(err)
		}
		marked, lines := strings.Count(out.String(), format.mark), strings.Count(out.String(), "\n")
		if marked != want || lines != 340+want {
			t.Errorf("%d lines, %d with %s, expected %d of %d", lines, marked, format.mark, want, 340+want)
		}
	}
}

// TestDumperAgain writes a log the same whatever was written before it.
func TestDumperAgain(t *testing.T) {
	own := ownLog(t)
	other, err := evtxwrite.Bytes(processEvents(500)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []DumpFormat{DumpJSON, DumpXML} {
		for _, workers := range []int{1, 2} {
			var out bytes.Buffer
			d := NewDumper(&out, format, Options{Workers: workers})
			dump := func(data []byte) string {
				out.Reset()
				if err := d.Dump(context.Background(), input(data), &collected{}); err != nil {
					t.Fatal(err)
				}
				return out.String()
			}
			first := dump(own)
			between := dump(other)
			if again := dump(own); again != first || len(between) == 0 {
				t.Errorf("format %d with %d workers: a log is written otherwise after another one", format, workers)
			}
		}
	}
}

// TestDumpsAreSafeToShow writes what a terminal would obey.
func TestDumpsAreSafeToShow(t *testing.T) {
	const hostile = "a\x1b[2J\u009b31m\u202egpj.exe\u2066\x7f"
	data, err := evtxwrite.Bytes(evidence.Event{Provider: "P", Channel: "C", Computer: "c", EventID: 1, Time: 638397542456789012, Data: []evidence.Field{str("A", hostile)}})
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(context.Context, evidence.Input, Options, io.Writer, evidence.Sink) error{"json": WriteJSON, "xml": WriteXML} {
		var out bytes.Buffer
		if err := write(context.Background(), input(data), Options{}, &out, &collected{}); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(strings.TrimSuffix(out.String(), "\n"), func(r rune) bool { return r < ' ' || obeyed(r) }); i >= 0 {
			t.Errorf("%s writes %q", name, out.String()[i:i+8])
		}
	}
}
