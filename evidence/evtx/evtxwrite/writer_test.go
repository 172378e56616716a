package evtxwrite_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
	"github.com/goshawk-hunt/goshawk/evidence/evtx/evtxwrite"
)

type sink struct {
	events  []evidence.Event
	damages []evidence.Damage
}

func (s *sink) Record(r *evidence.Record) error {
	e := r.Event
	for _, p := range []*string{&e.Provider, &e.ProviderGUID, &e.Channel, &e.Computer, &e.UserID, &e.ActivityID, &e.DataName, &e.Message} {
		*p = strings.Clone(*p)
	}
	e.Data = append([]evidence.Field(nil), e.Data...)
	for i := range e.Data {
		e.Data[i].Name = strings.Clone(e.Data[i].Name)
		e.Data[i].Value.Str = strings.Clone(e.Data[i].Value.Str)
	}
	s.events = append(s.events, e)
	return nil
}

func (s *sink) Damage(d evidence.Damage) { s.damages = append(s.damages, d) }
func (s *sink) Progress(int64)           {}

func read(t *testing.T, data []byte) []evidence.Event {
	t.Helper()
	var s sink
	in := evidence.Input{Path: "x", ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
	if err := (evtx.Reader{}).Read(context.Background(), in, &s); err != nil {
		t.Fatal(err)
	}
	if len(s.damages) > 0 {
		t.Fatalf("damages: %v", s.damages)
	}
	return s.events
}

func event(id uint64, fields ...evidence.Field) evidence.Event {
	return evidence.Event{
		Provider: "Goshawk-Test", ProviderGUID: "01234567-89ab-cdef-0123-456789abcdef",
		Channel: "Goshawk/Test", Computer: "pc-7.corp.example", EventID: 4698, Version: 1, Level: 4, Opcode: 2,
		Task: 12804, Keywords: 0x8020000000000000, RecordID: id, Time: 638400000001234567,
		ProcessID: 712, ThreadID: 99, UserID: "S-1-5-18", ActivityID: "45efe602-f45c-0001-81e6-ef455cf4d601",
		Data: fields,
	}
}

func str(name, s string) evidence.Field {
	return evidence.Field{Name: name, Value: evidence.Value{Kind: evidence.String, Str: s}}
}

func num(name string, kind evidence.ValueKind, n uint64) evidence.Field {
	return evidence.Field{Name: name, Value: evidence.Value{Kind: kind, Num: n}}
}

func other(name string, kind evidence.ValueKind, s string) evidence.Field {
	return evidence.Field{Name: name, Value: evidence.Value{Kind: kind, Str: s}}
}

func TestRoundTrip(t *testing.T) {
	userData := event(7, str("Subject.Name", "a"), str("Subject.Sid", "b"), str("Other", "c"),
		str("Subject.Deep.er", "d"), num("Count", evidence.Uint, 4), str(".odd..name", "x"), str("", "text"))
	userData.UserData, userData.DataName = true, "LogFileCleared"
	named := event(8, str("TaskName", `\Updater`))
	named.DataName = "TaskRegisteredEvent"
	bare := evidence.Event{Provider: "p", Channel: "c", Computer: "h", EventID: 1, RecordID: 9}
	classic := event(10, str("", "one"), str("", ""), str("", "three"), other("Binary", evidence.Binary, "\x00\xff\x10"))
	classic.Qualifiers, classic.ProviderGUID, classic.ActivityID, classic.UserID = 0x4000, "", "", ""
	message := event(11, str("a", "b"))
	message.Message = "A task was registered.\r\n\tName:\t\\Updater"
	events := []evidence.Event{
		event(1),
		event(2, str("ASCII", "cmd.exe /c whoami > C:\\x"), str("Wide", "Grüße, мир, 你好, 🦅"), str("Empty", "")),
		event(3, num("i", evidence.Int, math.MaxUint64), num("I", evidence.Int, 1<<40), num("u", evidence.Uint, 7),
			num("U", evidence.Uint, math.MaxUint64), num("h", evidence.Hex, 0x3e7), num("H", evidence.Hex, 1<<63)),
		event(4, num("r", evidence.Real, math.Float64bits(0.1)), num("b", evidence.Bool, 1), num("B", evidence.Bool, 0),
			num("t", evidence.Time, 638400000009999999), evidence.Field{Name: "null"}),
		event(5, other("g", evidence.GUID, "ffffffff-0000-1111-2222-0123456789ab"), other("s", evidence.SID, "S-1-5-21-1-2-4294967295-500"),
			other("x", evidence.Binary, string([]byte{0, 1, 254}))),
		event(6, str("TaskContent", strings.Repeat("<Exec>é</Exec>\r\n", 1000))),
		userData, named, bare, classic, message,
	}
	data, err := evtxwrite.Bytes(events...)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(events, read(t, data)); d != "" {
		t.Errorf("(-written +read)\n%s", d)
	}
}

// fleet makes n different events, with templates enough to fill tables.
func fleet(n int) []evidence.Event {
	events := make([]evidence.Event, n)
	for i := range events {
		fields := []evidence.Field{
			str("TaskName", fmt.Sprintf(`\Vendor\Update%d`, i)),
			str("TaskContent", strings.Repeat("<Exec/>", i%50)),
			num("ClientProcessId", evidence.Uint, uint64(i)),
		}
		fields = append(fields, str(fmt.Sprintf("Extra%d", i%70), "x"))
		events[i] = event(uint64(1000+i), fields...)
		events[i].Computer = fmt.Sprintf("pc-%d", i%7)
		events[i].Time += int64(i) * evidence.TicksPerSecond
	}
	return events
}

func TestManyChunks(t *testing.T) {
	events := fleet(2000)
	data, err := evtxwrite.Bytes(events...)
	if err != nil {
		t.Fatal(err)
	}
	if chunks := (len(data) - 4096) / 65536; chunks < 5 || len(data) != 4096+chunks*65536 {
		t.Errorf("log of %d bytes", len(data))
	}
	if d := cmp.Diff(events, read(t, data)); d != "" {
		t.Errorf("(-written +read)\n%.2000s", d)
	}
}

func TestTooLarge(t *testing.T) {
	var f seeker
	w, err := evtxwrite.New(&f)
	if err != nil {
		t.Fatal(err)
	}
	first, third := event(1, str("a", "b")), event(3, str("a", "c"))
	large := event(2, str("a", strings.Repeat("x", 40000)))
	if err := w.Write(&first); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&large); !errors.Is(err, evtxwrite.ErrTooLarge) {
		t.Errorf("large event: %v", err)
	}
	bad := event(2, other("g", evidence.GUID, "no guid"))
	if err := w.Write(&bad); err == nil || !strings.Contains(err.Error(), `"no guid" is no GUID`) {
		t.Errorf("bad value: %v", err)
	}
	if err := w.Write(&third); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]evidence.Event{first, third}, read(t, f.data)); d != "" {
		t.Errorf("(-written +read)\n%s", d)
	}
	if err := w.Write(&first); err == nil {
		t.Error("a closed log takes an event")
	}
}

// seeker is a file in memory.
type seeker struct {
	data []byte
	at   int64
}

func (s *seeker) Write(p []byte) (int, error) {
	if grow := int(s.at) + len(p) - len(s.data); grow > 0 {
		s.data = append(s.data, make([]byte, grow)...)
	}
	s.at += int64(copy(s.data[s.at:], p))
	return len(p), nil
}

func (s *seeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += int64(len(s.data))
	}
	s.at = offset
	return offset, nil
}

func TestEmptyLog(t *testing.T) {
	data, err := evtxwrite.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, data); len(got) != 0 {
		t.Errorf("%d events in an empty log", len(got))
	}
}

// TestForeignReader has libevtx read what was written.
func TestForeignReader(t *testing.T) {
	tool, err := exec.LookPath("evtxexport")
	if err != nil {
		t.Skip("evtxexport (libevtx-utils) is not installed")
	}
	events := fleet(300)
	data, err := evtxwrite.Bytes(events...)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "own.evtx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-f", "xml", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	_, body, _ := bytes.Cut(out, []byte("<Event "))
	dec := xml.NewDecoder(bytes.NewReader(append([]byte("<Event "), body...)))
	for i := range events {
		var got struct {
			Computer string `xml:"System>Computer"`
			Channel  string `xml:"System>Channel"`
			EventID  uint32 `xml:"System>EventID"`
			Data     []struct {
				Name string `xml:"Name,attr"`
				Text string `xml:",chardata"`
			} `xml:"EventData>Data"`
		}
		if err := dec.Decode(&got); err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
		e := &events[i]
		if got.Computer != e.Computer || got.Channel != e.Channel || got.EventID != e.EventID || len(got.Data) != len(e.Data) {
			t.Fatalf("event %d: %+v", i, got)
		}
		for j, f := range e.Data {
			if got.Data[j].Name != f.Name || got.Data[j].Text != f.Value.Text() {
				t.Errorf("event %d: field %+v, expected %+v", i, got.Data[j], f)
			}
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	events := fleet(2000)
	data, err := evtxwrite.Bytes(events...)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		w, err := evtxwrite.New(&discard{})
		if err != nil {
			b.Fatal(err)
		}
		for i := range events {
			if err := w.Write(&events[i]); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error)    { return len(p), nil }
func (discard) Seek(int64, int) (int64, error) { return 0, nil }

// FuzzRoundTrip writes events of any text and reads them back.
func FuzzRoundTrip(f *testing.F) {
	f.Add("Provider", "Name", "value", "Name", uint64(7), uint8(2), false)
	f.Add("", "A.B", "é\x00", "A.C", uint64(1)<<63, uint8(4), true)
	f.Fuzz(func(t *testing.T, provider, name1, value1, name2 string, n uint64, kind uint8, userData bool) {
		for _, s := range []string{provider, name1, value1, name2} {
			// What UTF-16 can't hold and what readers trim doesn't come back.
			if !utf8.ValidString(s) || strings.HasSuffix(s, "\x00") {
				return
			}
		}
		if userData && (name1 == "" || name2 == "" || strings.ContainsAny(name1+name2, ".:") || strings.Contains(name1+name2, "Data")) {
			return
		}
		e := event(1, str(name1, value1), num(name2, evidence.Int+evidence.ValueKind(kind%3), n))
		e.Provider = provider
		e.UserData = userData
		if userData {
			e.DataName = "Wrapper"
		}
		data, err := evtxwrite.Bytes(e, e)
		if errors.Is(err, evtxwrite.ErrTooLarge) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		want := e
		want.RecordID = 1
		if d := cmp.Diff([]evidence.Event{want, want}, read(t, data)); d != "" {
			t.Errorf("(-written +read)\n%s", d)
		}
	})
}
