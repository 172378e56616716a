package evtx

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx/evtxwrite"
)

// ownLog is a log of 340 events in three chunks of which the last is not full.
func ownLog(t testing.TB) []byte {
	t.Helper()
	var events []evidence.Event
	for i := range 340 {
		events = append(events, evidence.Event{
			Provider: "Test", Channel: "Chan", Computer: "pc", EventID: 106, RecordID: uint64(i + 1),
			Time: 638400000000000000 + int64(i), DataName: "TaskRegisteredEvent",
			Data: []evidence.Field{str("TaskName", fmt.Sprintf(`\Task%d`, i)), str("Text", strings.Repeat("é", 100+i%7))},
		})
	}
	data, err := evtxwrite.Bytes(events...)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) != fileHeaderSize+3*chunkSize {
		t.Fatalf("own log has %d bytes", len(data))
	}
	return data
}

// recordAt returns where the n-th record of a chunk is.
func recordAt(chunk []byte, n int) int {
	pos := chunkHeaderSize
	for range n {
		pos += int(binary.LittleEndian.Uint32(chunk[pos+4:]))
	}
	return pos
}

// recordsOf counts the records of a chunk by its header.
func recordsOf(chunk []byte) int {
	return int(binary.LittleEndian.Uint64(chunk[16:]) - binary.LittleEndian.Uint64(chunk[8:]) + 1)
}

func TestDamage(t *testing.T) {
	own := ownLog(t)
	second := fileHeaderSize + chunkSize
	counts := [3]int{}
	for i := range counts {
		counts[i] = recordsOf(own[fileHeaderSize+i*chunkSize:])
	}
	// signed gives the second chunk right checksums again.
	signed := func(d []byte) []byte {
		sign(d[second : second+chunkSize])
		return d
	}
	tests := []struct {
		name string
		edit func(d []byte) []byte
		lost int
		want []string // how the damages begin, with their places
	}{
		{"nothing", func(d []byte) []byte { return d }, 0, nil},
		{"zero bytes", func([]byte) []byte { return nil }, 340, []string{"0+0 empty file"}},
		{"no event log", func([]byte) []byte { return []byte("hello") }, 340,
			[]string{`0+5 file header begins with "hello", expected "ElfFile\x00"`}},
		{"within the header", func(d []byte) []byte { return d[:100] }, 340, []string{"0+100 file of 100 bytes ends within"}},
		{"header checksum", func(d []byte) []byte { d[24]++; return d }, 0, []string{"0+0 file header has checksum"}},
		{"header gone", func(d []byte) []byte { clear(d[:fileHeaderSize]); return d }, 0, []string{"0+4096 file header begins with"}},
		{"carved", func(d []byte) []byte { return d[fileHeaderSize:] }, 0, nil},
		{"zeros behind", func(d []byte) []byte { return append(d, make([]byte, 2*chunkSize)...) }, 0, nil},
		{"a chunk missing at the end", func(d []byte) []byte { return d[:second+chunkSize] }, counts[2],
			[]string{"135168+65536 file ends at 135168, its header counts 3 chunks"}},
		{"cut within a record", func(d []byte) []byte {
			return d[:second+recordAt(d[second:], 20)+30]
		}, counts[1] + counts[2] - 20, []string{
			"80118+55050 chunk ends after 10486 bytes of 65536", "80088+30 record of 424 bytes with 30 bytes left",
			"69632+0 chunk holds 20 of the", "80118+120586 file ends at 80118, its header counts 3 chunks up to 200704",
		}},
		{"cut within a chunk header", func(d []byte) []byte { return d[:second+100] }, counts[1] + counts[2], []string{
			"69632+100 chunk of 100 bytes ends within its header", "69732+130972 file ends at",
		}},
		{"a byte of text", func(d []byte) []byte { d[second+recordAt(d[second:], 5)+400]++; return d }, 0,
			[]string{"69632+0 records of the chunk have checksum"}},
		{"chunk header", func(d []byte) []byte { d[second+48]++; return d }, 0, []string{"69632+0 chunk header has checksum"}},
		{"chunk signature", func(d []byte) []byte { clear(d[second : second+8]); return d }, 0,
			[]string{fmt.Sprintf("69632+0 chunk begins with \"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\", expected \"ElfChnk\\x00\"; %d records", counts[1])}},
		{"chunk header and first record", func(d []byte) []byte { clear(d[second : second+recordAt(d[second:], 1)]); return d },
			// The definitions were in the first record.
			counts[1], []string{"71960+424 record 151: template definition at offset 550 has identifier 00000000", "72384+432 record 152: "}},
		{"zeroed chunk", func(d []byte) []byte { clear(d[second : second+chunkSize]); return d }, counts[1],
			[]string{"69632+65536 filled with zeros, expected chunks", fmt.Sprintf("135168+0 no chunk holds the records numbered %d to %d", counts[0]+1, counts[0]+counts[1])}},
		{"record size too large", func(d []byte) []byte {
			binary.LittleEndian.PutUint32(d[second+recordAt(d[second:], 3)+4:], 1<<30)
			return signed(d)
		}, 1, []string{"72816+432 record of 1073741824 bytes with", "69632+0 chunk holds"}},
		{"record size too small", func(d []byte) []byte {
			binary.LittleEndian.PutUint32(d[second+recordAt(d[second:], 3)+4:], 8)
			return signed(d)
		}, 1, []string{"72816+432 record of 8 bytes with", "69632+0 chunk holds"}},
		{"copy of a record size", func(d []byte) []byte { d[second+recordAt(d[second:], 3)-4] = 0; return signed(d) }, 0,
			[]string{"72384+432 record of 432 bytes says 256 at its end"}},
		{"zeros between records", func(d []byte) []byte {
			c := d[second:]
			clear(c[recordAt(c, 3):recordAt(c, 6)])
			return signed(d)
		}, 3, nil},
		{"bytes missing", func(d []byte) []byte {
			at := second + recordAt(d[second:], 8)
			return append(d[:at], d[at+100:]...)
		}, 1, nil},
		{"another log behind", func(d []byte) []byte { return append(d, d...) }, -340, nil},
		{"zeros between chunks", func(d []byte) []byte {
			return append(d[:second:second], append(make([]byte, 100), d[second:]...)...)
		}, 0, []string{"69632+100 filled with zeros"}},
		{"garbage between chunks", func(d []byte) []byte {
			return append(d[:second:second], append(bytes.Repeat([]byte("garbage "), 100), d[second:]...)...)
		}, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := tt.edit(bytes.Clone(own))
			got := collect(t, data, Options{})
			if n := 340 - len(got.events); n != tt.lost {
				t.Errorf("%d events lost, expected %d", n, tt.lost)
			}
			for i, d := range got.damages {
				text := fmt.Sprintf("%d+%d %s", d.Offset, d.Length, d.Reason)
				t.Log(text)
				if tt.want != nil && i < len(tt.want) && !strings.HasPrefix(text, tt.want[i]) {
					t.Errorf("damage %s, expected %s", text, tt.want[i])
				}
				if d.Path != "test.evtx" || d.Offset < 0 || d.Length < 0 {
					t.Errorf("damage %+v", d)
				}
			}
			if len(got.damages) < len(tt.want) || tt.want == nil && tt.lost > 0 && len(got.damages) == 0 {
				t.Errorf("%d damages, expected %d", len(got.damages), len(tt.want))
			}
			if len(data) > 0 && got.done != int64(len(data)) && len(data) >= fileHeaderSize {
				t.Errorf("progress ends at %d of %d", got.done, len(data))
			}
			for _, o := range []Options{{Workers: 2}, {Workers: 2, Recover: true}} {
				one, many := collect(t, data, Options{Recover: o.Recover}), collect(t, data, o)
				if d := cmp.Diff(one, many, cmp.AllowUnexported(collected{})); d != "" {
					t.Errorf("one worker and two differ:\n%.1000s", d)
				}
			}
		})
	}
}

// TestHostile reads records that are made to hurt. Each stands beside a sound
// one, which must come out.
func TestHostile(t *testing.T) {
	tests := []struct {
		name   string
		body   func(a *asm)
		reason string
	}{
		{"definition out of range", func(a *asm) { a.reference(9, 1<<20) }, "template definition at offset 1048576 of a chunk of"},
		{"definition past the chunk", func(a *asm) {
			a.u8(tokenInstance, 1).u32(0).u32(chunkSize - 24).values()
		}, ""},
		{"definition of something else", func(a *asm) { a.reference(9, 600) }, "has identifier"},
		{"definition that is its own instance", func(a *asm) {
			at := len(a.b) + 10
			a.instance(1, func() { a.reference(1, at) })
		}, "template refers to itself"},
		{"elements without end", func(a *asm) {
			for range 1000 {
				a.u8(tokenElement).u16(0xffff).u32(100).name("E").u8(tokenCloseStart)
			}
		}, "binary xml nests deeper"},
		{"values without end", func(a *asm) {
			var deeper func(n int) func()
			deeper = func(n int) func() {
				return func() {
					if n > 0 {
						a.instance(byte(n), func() { a.element("E", nil, func() { a.sub(0, typeBinXML) }) }, nested(deeper(n-1)))
					}
				}
			}
			deeper(100)()
		}, "binary xml nests deeper"},
		{"one value a thousand times", func(a *asm) {
			a.instance(1, func() {
				a.eventOf(func() {
					a.element("EventData", nil, func() {
						for range 600 {
							a.element("Data", nil, func() { a.sub(0, typeString) })
						}
					})
				})
			}, stringValue(strings.Repeat("x", 10000)))
		}, errWork.Error()},
		{"XML that doubles", func(a *asm) {
			var deeper func(n int) func()
			deeper = func(n int) func() {
				return func() {
					a.instance(byte(n), func() {
						a.element("E", nil, func() {
							for range 10 {
								a.sub(0, typeBinXML)
							}
						})
					}, nested(func() {
						if n > 0 {
							deeper(n - 1)()
						}
					}))
				}
			}
			deeper(20)()
		}, errWork.Error()},
		{"more values than bytes", func(a *asm) { a.instance(1, func() { a.eventOf(func() {}) }); a.b[len(a.b)-1] = 0x7f }, "template instance with"},
		{"value past the record", func(a *asm) {
			a.instance(1, func() { a.eventOf(func() {}) }, value{typ: typeString})
			a.b[len(a.b)-3] = 0xff
		}, "end 65279 bytes after it"},
		{"name out of range", func(a *asm) { a.u8(tokenElement).u16(0xffff).u32(1).u32(1 << 30).u32(0) }, "name at offset"},
		{"unknown token", func(a *asm) { a.u8(0x3a) }, "unknown binary xml token 0x3a"},
		{"nothing", func(a *asm) {}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAsm()
			a.record(func() {
				a.eventOf(func() { a.element("EventData", nil, func() { a.leaf("Data", "sound") }) })
			})
			a.record(func() { tt.body(a) })
			if len(a.b) > chunkSize {
				t.Fatalf("chunk of %d bytes", len(a.b))
			}
			for _, data := range [][]byte{a.chunk(), a.chunk()[:len(a.b)]} {
				got := collect(t, data, Options{})
				if len(got.events) == 0 || len(got.events[0].Data) != 1 || got.events[0].Data[0].Value.Str != "sound" {
					t.Fatalf("the sound event is not first: %+v", got.events)
				}
				found := tt.reason == ""
				for _, d := range got.damages {
					found = found || strings.Contains(d.Reason, tt.reason)
				}
				if !found {
					t.Errorf("damages %v, expected %q", got.damages, tt.reason)
				}
				if err := WriteXML(context.Background(), input(data), Options{Recover: true}, &bytes.Buffer{}, &collected{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestPartialRecord keeps the System section of a record whose data is broken.
func TestPartialRecord(t *testing.T) {
	a := newAsm()
	a.record(func() {
		a.eventOf(func() {
			a.element("EventData", nil, func() {
				a.data("A", func() { a.text("read") })
				a.u8(0x3a)
			})
		})
	})
	got := collect(t, a.chunk(), Options{})
	if len(got.events) != 1 || len(got.damages) != 1 {
		t.Fatalf("%d events, damages %v", len(got.events), got.damages)
	}
	if d := cmp.Diff([]evidence.Field{str("A", "read")}, got.events[0].Data); got.events[0].EventID != 7 || d != "" {
		t.Errorf("event %+v", got.events[0])
	}
}

// TestRecover finds what lies behind the last record of a chunk that was used
// twice, with the definitions that the second use left.
func TestRecover(t *testing.T) {
	own := ownLog(t)
	first, last := own[fileHeaderSize:fileHeaderSize+chunkSize], own[fileHeaderSize+2*chunkSize:]
	free := int(binary.LittleEndian.Uint32(last[48:]))
	copy(last[free:], first[free:])
	sign(last)
	if got := collect(t, own, Options{}); len(got.events) != 340 || len(got.damages) != 0 {
		t.Fatalf("%d events, damages %v", len(got.events), got.damages)
	}
	got := collect(t, own, Options{Recover: true})
	recovered := 0
	for _, e := range got.events {
		if !e.Recovered {
			continue
		}
		recovered++
		want := []evidence.Field{str("TaskName", fmt.Sprintf(`\Task%d`, e.RecordID-1)), str("Text", strings.Repeat("é", 100+int(e.RecordID-1)%7))}
		if d := cmp.Diff(want, e.Data); d != "" || e.Provider != "Test" || e.Channel != "Chan" || e.EventID != 106 {
			t.Errorf("recovered event %+v", e)
		}
	}
	if len(got.events) != 340+recovered || recovered < 10 || len(got.damages) != 0 {
		t.Errorf("%d events, %d recovered, damages %v", len(got.events), recovered, got.damages)
	}
}

// TestRecoverWithoutDefinitions relies on the order of Windows' values.
func TestRecoverWithoutDefinitions(t *testing.T) {
	own := ownLog(t)
	chunk := own[fileHeaderSize : fileHeaderSize+chunkSize]
	keep := recordAt(chunk, 50)
	clear(chunk[chunkHeaderSize:keep])
	binary.LittleEndian.PutUint32(chunk[48:], chunkHeaderSize)
	sign(chunk)
	got := collect(t, chunk, Options{Recover: true})
	if len(got.events) < 40 {
		t.Fatalf("%d events", len(got.events))
	}
	for i, e := range got.events {
		n := 50 + i
		want := []evidence.Field{str("", fmt.Sprintf(`\Task%d`, n)), str("", strings.Repeat("é", 100+n%7))}
		if d := cmp.Diff(want, e.Data); d != "" || !e.Recovered || e.Channel != "Chan" || e.EventID != 106 || e.RecordID != uint64(n+1) {
			t.Errorf("event %d: %+v", i, e)
		}
	}
}

// TestHidden lets a record grow over the next two, as a tool does that deletes
// events.
func TestHidden(t *testing.T) {
	own := ownLog(t)
	chunk := own[fileHeaderSize : fileHeaderSize+chunkSize]
	from, to := recordAt(chunk, 10), recordAt(chunk, 13)
	binary.LittleEndian.PutUint32(chunk[from+4:], uint32(to-from))
	binary.LittleEndian.PutUint32(chunk[to-4:], uint32(to-from))
	sign(chunk)
	for _, recover := range []bool{false, true} {
		got := collect(t, own, Options{Recover: recover})
		want := 338
		if recover {
			want = 340
			if e := got.events[12]; !e.Recovered || e.RecordID != 13 || e.Data[0].Value.Str != `\Task12` {
				t.Errorf("hidden event %+v", e)
			}
		}
		if len(got.events) != want || len(got.damages) != 3 ||
			!strings.Contains(got.damages[0].Reason, "record 12 lies hidden within record 11") ||
			!strings.Contains(got.damages[2].Reason, "chunk holds 147 of the 149 records") {
			t.Errorf("%d events, damages %v", len(got.events), got.damages)
		}
	}
}

// TestForgedDefinition gives the same GUID and size to different definitions in
// two chunks: each must be read by its own.
func TestForgedDefinition(t *testing.T) {
	chunk := func(name string) []byte {
		a := newAsm()
		a.record(func() {
			a.instance(1, func() {
				a.eventOf(func() { a.element("EventData", nil, func() { a.data(name, func() { a.sub(0, typeString) }) }) })
			}, stringValue(name))
		})
		return a.chunk()
	}
	got := collect(t, bytes.Join([][]byte{chunk("Alpha"), chunk("Gamma"), chunk("Alpha")}, nil), Options{})
	if len(got.events) != 3 {
		t.Fatalf("%d events, damages %v", len(got.events), got.damages)
	}
	for i, e := range got.events {
		if e.Data[0].Name != e.Data[0].Value.Str {
			t.Errorf("event %d is read by the definition of another: %+v", i, e.Data)
		}
	}
}

func TestWant(t *testing.T) {
	own := ownLog(t)
	for _, workers := range []int{1, 2} {
		got := collect(t, own, Options{Workers: workers, Want: func(e *evidence.Event) Wanted {
			if e.EventID != 106 || e.Channel != "Chan" {
				t.Errorf("asked for %+v", e)
			}
			return Wanted(e.RecordID % 3)
		}})
		if len(got.events) != 227 {
			t.Errorf("%d events", len(got.events))
		}
		for _, e := range got.events {
			all := e.RecordID%3 == uint64(WantAll)
			if (len(e.Data) == 2) != all || (e.DataName != "") != all {
				t.Errorf("event %d: %+v", e.RecordID, e)
			}
		}
	}
}

// stopper is a sink that refuses after some events.
type stopper struct {
	collected
	left int
}

var errStop = errors.New("enough")

func (s *stopper) Record(*evidence.Record) error {
	if s.left--; s.left < 0 {
		return errStop
	}
	return nil
}

func TestStop(t *testing.T) {
	own := ownLog(t)
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, workers := range []int{1, 3} {
		r := Reader{Options: Options{Workers: workers}}
		if err := r.Read(context.Background(), input(own), &stopper{left: 150}); !errors.Is(err, errStop) {
			t.Errorf("%d workers: sink stops with %v", workers, err)
		}
		if err := r.Read(canceled, input(own), &collected{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%d workers: canceled with %v", workers, err)
		}
	}
}

// broken is an input whose device has a bad spot.
type broken struct{ bytes.Reader }

func (b *broken) ReadAt(p []byte, off int64) (int, error) {
	if off == fileHeaderSize+chunkSize {
		return 0, errors.New("bad sector")
	}
	return b.Reader.ReadAt(p, off)
}

func TestReadError(t *testing.T) {
	own := ownLog(t)
	var got collected
	in := evidence.Input{Path: "x", ReaderAt: &broken{*bytes.NewReader(own)}, Size: int64(len(own))}
	if err := (Reader{}).Read(context.Background(), in, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.events) != 340-recordsOf(own[fileHeaderSize+chunkSize:]) || len(got.damages) == 0 || !strings.Contains(got.damages[0].Reason, "bad sector") {
		t.Errorf("%d events, damages %v", len(got.events), got.damages)
	}
}

func TestDetect(t *testing.T) {
	own := ownLog(t)
	headless := bytes.Clone(own)
	clear(headless[:fileHeaderSize])
	for _, tt := range []struct {
		name string
		head []byte
		want bool
	}{
		{"log", own, true}, {"first bytes", own[:8], true}, {"carved", own[fileHeaderSize:], true}, {"headless", headless, true},
		{"empty", nil, false}, {"short", own[:7], false}, {"text", []byte("ElfFile is a name"), false}, {"zeros", make([]byte, 9000), false},
	} {
		if got := (Reader{}).Detect(tt.head); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestHeaderChecksum(t *testing.T) {
	own := ownLog(t)
	if crc32.ChecksumIEEE(own[:120]) != binary.LittleEndian.Uint32(own[124:]) || !headerHolds(own[fileHeaderSize:]) {
		t.Error("own log has wrong checksums")
	}
}
