package jsonl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evidencetest"
	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// counter counts records and keeps what a big file must not lose.
type counter struct {
	records int
	last    string
	damages []string
	ordered bool
	offset  int64
}

func (c *counter) Progress(int64)           {}
func (c *counter) Damage(d evidence.Damage) { c.damages = append(c.damages, d.Reason) }
func (c *counter) Record(r *evidence.Record) error {
	c.records++
	c.ordered = (c.ordered || c.records == 1) && (c.records == 1 || r.Offset > c.offset)
	c.offset = r.Offset
	c.last = r.Shape + " " + r.Row.Table
	for _, f := range r.Row.Fields {
		if f.Name == "FileName" {
			c.last += " " + f.Value.Text()
		}
	}
	return nil
}

func count(t testing.TB, content []byte) *counter {
	t.Helper()
	c := &counter{}
	if err := (Reader{}).Read(t.Context(), evidencetest.Input("big", content), c); err != nil {
		t.Fatal(err)
	}
	return c
}

// repeated is n elements made from a pattern with their number in it.
func repeated(n int, pattern string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, pattern, i)
	}
	return b.String()
}

func TestBigEnvelopes(t *testing.T) {
	const n = 40_000
	objects := repeated(n, `{"Timestamp":"2021-01-01T00:00:01Z","DeviceName":"pc1","FileName":"%d.exe","x":"`+strings.Repeat("y", 80)+`"}`)
	rows := repeated(n, `["2021-01-01T00:00:01Z","%d.exe","`+strings.Repeat("y", 80)+`"]`)
	for name, c := range map[string]struct {
		doc, last string
	}{
		"results":  {`{"Stats":{},"Schema":[{"Name":"Timestamp","Type":"DateTime"}],"Results":[` + objects + `],"z":1}`, "defender-api  39999.exe"},
		"value":    {`{"@odata.context":"c","value":[` + objects + `],"@odata.nextLink":"n"}`, "defender-rows  39999.exe"},
		"array":    {`[` + objects + `]`, "defender-rows  39999.exe"},
		"v1":       {`{"Tables":[{"TableName":"DeviceEvents","Columns":[{"ColumnName":"Timestamp","ColumnType":"datetime"},{"ColumnName":"FileName"},{"ColumnName":"x"}],"Rows":[` + rows + `]}]}`, "kusto DeviceEvents 39999.exe"},
		"monitor":  {`{"tables":[{"name":"PrimaryResult","columns":[{"name":"Timestamp","type":"datetime"},{"name":"FileName"},{"name":"x"}],"rows":[` + rows + `]}],"statistics":{"a":[1]}}`, "kusto  39999.exe"},
		"v2":       {`[{"FrameType":"DataSetHeader"},{"FrameType":"DataTable","TableKind":"PrimaryResult","TableName":"T","Columns":[{"ColumnName":"Timestamp"},{"ColumnName":"FileName"},{"ColumnName":"x"}],"Rows":[` + rows + `]}]`, "kusto T 39999.exe"},
		"fragment": {`[{"FrameType":"TableHeader","TableKind":"PrimaryResult","TableName":"T","Columns":[{"ColumnName":"Timestamp"},{"ColumnName":"FileName"},{"ColumnName":"x"}]},{"FrameType":"TableFragment","TableFragmentType":"DataAppend","Rows":[` + rows + `]}]`, "kusto T 39999.exe"},
	} {
		t.Run(name, func(t *testing.T) {
			got := count(t, []byte(c.doc))
			if got.records != n || got.last != c.last || len(got.damages) != 0 || !got.ordered {
				t.Errorf("%d records, last %q, damages %q, ordered %v", got.records, got.last, got.damages, got.ordered)
			}
			// Cut in the middle: the first half is there, and the loss is told.
			half := count(t, []byte(c.doc[:len(c.doc)/2]))
			if half.records < n/2-100 || half.records > n/2+100 || len(half.damages) == 0 {
				t.Errorf("half: %d records, damages %q", half.records, half.damages)
			}
			// One element in the middle broken: only that one is lost.
			i := strings.Index(c.doc, `"20000.exe"`)
			bad := count(t, []byte(c.doc[:i]+"@@@@@@@@@@@"+c.doc[i+11:]))
			if bad.records != n-1 || len(bad.damages) != 1 || bad.last != c.last {
				t.Errorf("broken: %d records, last %q, damages %q", bad.records, bad.last, bad.damages)
			}
		})
	}
}

func TestBigRecord(t *testing.T) {
	line := `{"Timestamp":"2021-01-01T00:00:01Z","DeviceName":"pc1","FileName":"%s"}` + "\n"
	doc := fmt.Sprintf(line, "small") + fmt.Sprintf(line, strings.Repeat("x", 3<<20)) + fmt.Sprintf(line, "last")
	r := &reading{in: evidencetest.Input("big", []byte(doc)), maxRecord: 2 << 20}
	c := &counter{}
	r.sink = c
	r.handle = r.record
	if err := r.run(t.Context(), int64(len(doc))); err != nil {
		t.Fatal(err)
	}
	r.finish()
	if c.records != 2 || c.last != "defender-rows  last" || len(c.damages) != 1 || c.damages[0] != "object of more than 2097152 bytes" {
		t.Errorf("%+v", c)
	}
	if c := count(t, []byte(doc)); c.records != 3 {
		t.Errorf("with room: %+v", c)
	}
}

func TestManyDamages(t *testing.T) {
	c := count(t, []byte(strings.Repeat("{\"a\":1}\n{broken\n", 3000)))
	last := c.damages[max(0, len(c.damages)-2):]
	if len(c.damages) != maxDamages+2 || last[0] != "2000 more damages of 16000 bytes, not told one by one" || last[1] != "object of no known shape, the first with the keys a" {
		t.Errorf("%d damages, the last %q", len(c.damages), last)
	}
}

func TestHostile(t *testing.T) {
	for name, doc := range map[string]string{
		"deep arrays":    strings.Repeat("[", 1<<20),
		"deep objects":   strings.Repeat(`{"a":`, 1<<19),
		"deep lines":     strings.Repeat("{\"a\":[\n", 1<<17),
		"deep envelopes": strings.Repeat(`{"value":[`, 1<<17),
		"deep rows":      strings.Repeat(`{"Rows":[[`, 1<<17),
		"open strings":   strings.Repeat(`{"a":"`, 1<<18),
		"backslashes":    `{"a":"` + strings.Repeat(`\`, 1<<20),
		"many values":    `{"a":[` + strings.Repeat("0,", 5<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if c := count(t, []byte(doc)); len(c.damages) == 0 {
				t.Error("no damage")
			}
		})
	}
}

func BenchmarkFlat(b *testing.B) {
	line := `{"EventTime":"2021-03-04 09:00:05","@timestamp":"2021-03-04T14:00:07.250Z","EventReceivedTime":"2021-03-04 09:00:07","@version":"1","port":6161,"host":"collector.example.org","Hostname":"PC1.example.org","Channel":"Security","EventID":4688,"Version":2,"Task":13312,"OpcodeValue":0,"Opcode":"Info","Keywords":-9214364837600034816,"SeverityValue":2,"Severity":"INFO","EventType":"AUDIT_SUCCESS","SourceName":"Microsoft-Windows-Security-Auditing","ProviderGuid":"{54849625-5478-4994-A5BA-3E3B0328C30D}","RecordNumber":77,"ExecutionProcessID":4,"ThreadID":99,"Category":"Process Creation","SourceModuleName":"in","SourceModuleType":"im_msvistalog","tags":["lab"],"SubjectUserName":"mia","SubjectLogonId":"0x3e7","NewProcessName":"C:\\Windows\\System32\\schtasks.exe","CommandLine":"\"C:\\Windows\\System32\\schtasks.exe\" /Create /TN nightly /TR calc","NewProcessId":"0x1890","ProcessId":"0x1c90","ParentProcessName":"C:\\Windows\\System32\\cmd.exe","Message":"A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\tPC1$\r\n\tAccount Domain:\t\tEXAMPLE\r\n\tLogon ID:\t\t0x3E7\r\n"}` + "\n"
	bench(b, bytes.Repeat([]byte(line), 20_000))
}

func BenchmarkStream(b *testing.B) {
	line := `{"Tenant":"DefaultTenant","category":"AdvancedHunting-DeviceProcessEvents","operationName":"Publish","properties":{"AccountDomain":null,"ActionType":"ProcessCreated","AdditionalFields":"{\"a\":4248}","DeviceId":"de6509d550e605faf3bbeac0905ab9590fe12345","DeviceName":"pc1","FileName":"schtasks.exe","FileSize":329,"FolderPath":"C:\\Windows\\System32\\schtasks.exe","InitiatingProcessCommandLine":"\"cmd.exe\" /c schtasks","InitiatingProcessCreationTime":"2022-11-07T17:07:41.698868Z","InitiatingProcessId":4248,"ProcessCommandLine":"schtasks /create /tn x /tr y","ReportId":2833,"SHA1":"1bc5066ddf693fc034d6514618854e26a84fd0d1","Timestamp":"2022-11-07T17:07:42.0259186Z"},"tenantId":"12345af3-bc0e-4f36-b08e-27759e912345","time":"2022-11-07T17:45:56.3057929Z"}` + "\n"
	bench(b, bytes.Repeat([]byte(line), 20_000))
}

func bench(b *testing.B, doc []byte) {
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		count(b, doc)
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range evidencetest.Contents(f, "testdata/*.txtar") {
		f.Add(c)
	}
	f.Add(evidencetest.UTF16(`{"Timestamp":"2021-01-01T00:00:01Z","DeviceName":"x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		Reader{}.Detect(b)
		evidencetest.Check(t, Reader{}, b)
		sameAhead(t, b)
	})
}

// blocks reads with blocks of this size parsed ahead.
type blocks int

func (blocks) Format() string       { return "json" }
func (blocks) Detect(b []byte) bool { return Reader{}.Detect(b) }
func (n blocks) Read(ctx context.Context, in evidence.Input, sink evidence.Sink) error {
	return read(ctx, in, sink, int(n))
}

// sameAhead holds what is read with parsing ahead against what is read without.
func sameAhead(t testing.TB, content []byte) {
	t.Helper()
	want := evidencetest.Print(t, blocks(0), "a.json", content)
	for _, n := range []int{16, 300} {
		if got := evidencetest.Print(t, blocks(n), "a.json", content); got != want {
			t.Errorf("blocks of %d:\n%s\nwithout:\n%s", n, got, want)
		}
	}
}

// Whatever stands between the objects, parsing them ahead changes nothing.
func TestParsingAhead(t *testing.T) {
	line := func(i int) string {
		return fmt.Sprintf(`{"Timestamp":"2021-01-01T00:00:01Z","DeviceName":"pc%d","FileName":"a.exe"}`, i)
	}
	var lines []string
	for i := range 60 {
		lines = append(lines, line(i))
	}
	long := `{"Timestamp":"2021-01-01T00:00:01Z","DeviceName":"pc","FileName":"` + strings.Repeat("x", 1000) + `"}`
	for name, doc := range map[string]string{
		"lines":        strings.Join(lines, "\n"),
		"array":        "[" + strings.Join(lines, ",\n") + "]\n" + line(1),
		"damage":       strings.Join(lines[:9], "\n") + "\n{broken\n" + strings.Join(lines, "\n") + "\n" + `{"a":`,
		"long":         strings.Join(lines[:9], "\n") + long + strings.Join(lines, ""),
		"record lines": "Record 1\n" + strings.Join(lines, "\nRecord 2\n"),
		"other bytes":  strings.Join(lines, "\n") + strings.ReplaceAll(line(7), "a.exe", "\xe9\xff.exe") + strings.Join(lines, "\xef\xbb\xbf"),
		"envelope":     `{"Results":[` + strings.Join(lines, ",") + `],"Schema":[]}` + strings.Join(lines, "\n"),
		"scalars":      strings.Join(lines, " 1 \n [2] x "),
	} {
		t.Run(name, func(t *testing.T) {
			sameAhead(t, []byte(doc))
			sameAhead(t, evidencetest.UTF16(doc))
		})
	}
}

// A sink that fails ends the reading, and what was parsed ahead with it.
func TestFailingSink(t *testing.T) {
	doc := strings.Repeat(`{"Timestamp":"2021-01-01T00:00:01Z","DeviceName":"pc1"}`+"\n", 1000)
	c := &counter{}
	for _, n := range []int{0, 64} {
		if err := read(t.Context(), evidencetest.Input("a.json", []byte(doc)), failing{c}, n); err != errFull {
			t.Errorf("blocks of %d: %v", n, err)
		}
	}
	if c.records != 2 {
		t.Errorf("%d records after failures", c.records)
	}
}

var errFull = errors.New("full")

type failing struct{ *counter }

func (f failing) Record(r *evidence.Record) error {
	_ = f.counter.Record(r)
	return errFull
}

// Bytes that are no UTF-8 are replaced, and a note says so.
func TestNotUTF8(t *testing.T) {
	got := evidencetest.Print(t, Reader{}, "a.json", []byte("{\"Timestamp\":\"2024-05-01T10:00:00Z\",\"DeviceName\":\"ws\xe9\"}\n{\"Timestamp\":\"2024-05-01T10:00:00Z\",\"DeviceName\":\"\xff\"}\n"))
	if strings.Count(got, "note @0: "+text.NotUTF8) != 1 {
		t.Error(got)
	}
}
