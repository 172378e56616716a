package evtx

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx/evtxwrite"
)

// fuzzSeeds are small logs and chunks of our own making. Fuzzing finds its way
// faster in small inputs: chunks end behind their last record.
func fuzzSeeds(f *testing.F) {
	events := []evidence.Event{
		{Provider: "P", Channel: "C", Computer: "pc", EventID: 1, Data: []evidence.Field{str("A", "é"), num("B", evidence.Hex, 1)}},
		{Provider: "P", Channel: "C", Computer: "pc", EventID: 2, Data: []evidence.Field{str("", "x"), {Name: "N"}}},
		{Provider: "P", Channel: "C", Computer: "pc", EventID: 3, UserData: true, DataName: "D", Data: []evidence.Field{str("A.B", "x"), str("A.C", "y")}},
	}
	log, err := evtxwrite.Bytes(events...)
	if err != nil {
		f.Fatal(err)
	}
	used := len(bytes.TrimRight(log, "\x00"))
	f.Add(log[:used])
	f.Add(log[fileHeaderSize:used])
	a := newAsm()
	a.record(func() {
		a.instance(1, func() { a.eventOf(func() { a.optional(0, typeBinXML) }) },
			nested(func() {
				a.header().instance(2, func() {
					a.element("EventData", nil, func() {
						a.data("A", func() { a.sub(0, typeString|typeArray) })
						a.element("Data", nil, func() { a.optional(1, typeSID) })
					})
				}, value{typ: typeString | typeArray, b: units("a\x00b")}, value{typ: typeNull})
			}))
	})
	a.record(func() {
		a.eventOf(func() {
			a.element("EventData", nil, func() {
				a.data("A", func() {
					a.u8(tokenEntityRef | tokenMore).name("lt")
					a.u8(tokenCharRef | tokenMore).u16(0xe9)
					a.u8(tokenCDATA).counted("x")
				})
			})
		})
	})
	f.Add(a.chunk()[:len(a.b)])
	f.Add([]byte{})
}

// FuzzRead reads any bytes in every way and compares what they give.
func FuzzRead(f *testing.F) {
	fuzzSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4*chunkSize {
			return
		}
		o := Options{Recover: true}
		planned := collect(t, data, o)
		checkEvents(t, planned, data)
		many := collect(t, data, Options{Recover: true, Workers: 2})
		same(t, "one worker", "two", planned, many)
		general := collectGeneral(t, data, o)
		if !overworked(planned) && !overworked(general) {
			same(t, "general", "planned", general, planned)
		}
		checkShapes(t, planned.events)
		checkXML(t, sameXML(t, data, o))
		var out bytes.Buffer
		if err := WriteJSON(context.Background(), input(data), o, &out, &collected{}); err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(out.Bytes()) {
			if !json.Valid(line) {
				t.Errorf("no JSON: %q", line)
			}
		}
	})
}

// TestRealDumps renders real logs in all ways.
func TestRealDumps(t *testing.T) {
	realFiles(t, func(t *testing.T, _ string, data []byte) {
		if len(data) > 2<<20 {
			t.Skip("large")
		}
		sameXML(t, data, Options{Recover: true})
		checkShapes(t, collect(t, data, Options{}).events)
	})
}

// sameXML renders data by plans, by two workers and in the general way, and gives
// the XML. Where the limit of work is reached depends on the way.
func sameXML(t *testing.T, data []byte, o Options) []byte {
	t.Helper()
	var planned, many, general bytes.Buffer
	var said, saidMore, saidGeneral collected
	dump := func(d *Dumper, said *collected) {
		if err := d.Dump(context.Background(), input(data), said); err != nil {
			t.Fatal(err)
		}
	}
	dump(NewDumper(&planned, DumpXML, o), &said)
	walked := NewDumper(&general, DumpXML, o)
	walked.renderers[0].c.onlyGeneral = true
	dump(walked, &saidGeneral)
	o.Workers = 2
	dump(NewDumper(&many, DumpXML, o), &saidMore)
	if overworked(&said) || overworked(&saidGeneral) {
		return planned.Bytes()
	}
	for name, other := range map[string]struct {
		xml  []byte
		said *collected
	}{"two workers": {many.Bytes(), &saidMore}, "general": {general.Bytes(), &saidGeneral}} {
		if !bytes.Equal(planned.Bytes(), other.xml) {
			t.Errorf("XML of %s differs:\n%s\nplanned:\n%s", name, other.xml, planned.Bytes())
		}
		same(t, name, "planned", other.said, &said)
	}
	return planned.Bytes()
}

// checkShapes writes events with what lines before left behind, and without it.
func checkShapes(t *testing.T, events []evidence.Event) {
	t.Helper()
	var w jsonWriter
	for i := range events {
		e := &events[i]
		alone := shapeOf(e)
		if got, want := w.append(nil, e), alone.append(nil, e); !bytes.Equal(got, want) {
			t.Fatalf("line %s, alone %s", got, want)
		}
	}
}

// overworked tells that the limit of work was reached, which the two ways of
// reading reach at different points. More damages may hide the one that says so.
func overworked(c *collected) bool {
	for _, d := range c.damages {
		if strings.Contains(d.Reason, errWork.Error()) || strings.Contains(d.Reason, "more damages") {
			return true
		}
	}
	return false
}

func checkEvents(t *testing.T, c *collected, data []byte) {
	size := 0
	for i, e := range c.events {
		checkValid(t, &e)
		size += len(e.Provider) + len(e.Channel) + len(e.Computer) + len(e.Message) + len(e.DataName)
		for _, f := range e.Data {
			size += 48 + len(f.Name) + len(f.Value.Str)
		}
		if c.offsets[i] < 0 || c.offsets[i] >= int64(len(data)) {
			t.Errorf("event at %d of %d", c.offsets[i], len(data))
		}
	}
	if limit := (len(data)/chunkSize + 2) * 8 * maxWork; size > limit {
		t.Errorf("%d bytes of events from %d", size, len(data))
	}
}

// checkValid holds for the events of records that say that their texts are valid.
func checkValid(t *testing.T, e *evidence.Event) {
	t.Helper()
	texts := []string{e.Provider, e.ProviderGUID, e.Channel, e.Computer, e.UserID, e.ActivityID, e.DataName, e.Message}
	for i := range e.Data {
		texts = append(texts, e.Data[i].Name)
		if v := &e.Data[i].Value; v.Kind != evidence.Binary {
			texts = append(texts, v.Str)
		}
	}
	for _, s := range texts {
		if !utf8.ValidString(s) {
			t.Fatalf("%q is not valid UTF-8", s)
		}
	}
}

func checkXML(t *testing.T, b []byte) {
	for line := range bytes.Lines(b) {
		dec := xml.NewDecoder(bytes.NewReader(line))
		dec.Strict = true
		for {
			_, err := dec.RawToken()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("no XML: %v in %q", err, line)
			}
		}
	}
}
