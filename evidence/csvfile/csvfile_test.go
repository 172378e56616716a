package csvfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evidencetest"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

func TestRead(t *testing.T) { evidencetest.Golden(t, Reader{}, "testdata/*.txtar") }

func TestLineEnds(t *testing.T) {
	want := evidencetest.Print(t, Reader{}, "x", []byte("Timestamp,FileName\n2023-10-18,\"a\"\n2023-10-19,b\n"))
	if strings.Count(want, "defender-csv") != 2 {
		t.Fatal(want)
	}
	for _, in := range []string{
		"\xEF\xBB\xBFTimestamp,FileName\r\n2023-10-18,\"a\"\r\n2023-10-19,b\r\n",
		"Timestamp,FileName\n2023-10-18,\"a\"\n2023-10-19,b",
		"Timestamp,FileName\r\n2023-10-18,\"a\"\r\n2023-10-19,b\r",
	} {
		if got := evidencetest.Print(t, Reader{}, "x", []byte(in)); got != want {
			t.Errorf("%q gives\n%s, want\n%s", in, got, want)
		}
	}
}

func TestDetect(t *testing.T) {
	for in, want := range map[string]bool{
		"Timestamp,DeviceName\n":                       true,
		"\"TimeGenerated [UTC]\",Type\r\nx,y":          true,
		"Timestamp\tA\n":                               true,
		"DeviceName,DeviceName\n":                      false,
		"Timestamp\n2023\n":                            false,
		"Hello, this is a text about Timestamp, yes\n": false,
		"a,b\n1,2\n":                                   false,
		"{\"Timestamp\":1,\"x\":2}\n":                  false,
		"<Timestamp,DeviceName>\n":                     false,
		"":                                             false,
		"Timestamp,\"open":                             false,
	} {
		if got := (Reader{}).Detect([]byte(in)); got != want {
			t.Errorf("Detect(%q) = %v", in, got)
		}
	}
}

// count is a sink that counts.
type count struct {
	rows    int
	damages []string
}

func (c *count) Record(*evidence.Record) error { c.rows++; return nil }
func (c *count) Damage(d evidence.Damage)      { c.damages = append(c.damages, d.Reason) }
func (c *count) Progress(int64)                {}

func TestBig(t *testing.T) {
	var b strings.Builder
	b.WriteString("Timestamp,DeviceName,AdditionalFields\n")
	for i := range 50_000 {
		fmt.Fprintf(&b, "2023-10-18T15:45:07.9862755Z,pc%d,\"{\"\"x\"\":\"\"%s\"\"}\"\n", i, strings.Repeat("y\n", 30))
	}
	var c count
	if err := (Reader{}).Read(t.Context(), evidencetest.Input("x", []byte(b.String())), &c); err != nil || c.rows != 50_000 || len(c.damages) > 0 {
		t.Errorf("%d rows, %v, %v", c.rows, c.damages, err)
	}
	// A quote that never ends costs its own row and what looks like rows behind it.
	bad := "Timestamp,DeviceName\n2023-10-18,\"pc1\n2023-10-18,pc2\n" + strings.Repeat("2023-10-18,pc3\n", 200_000)
	c = count{}
	if err := (Reader{}).Read(t.Context(), evidencetest.Input("x", []byte(bad)), &c); err != nil || c.rows != 200_001 || len(c.damages) != 2 {
		t.Errorf("%d rows, %v, %v", c.rows, c.damages, err)
	}
	many := "Timestamp,DeviceName\n" + strings.Repeat("x\n", 3000)
	c = count{}
	if err := (Reader{}).Read(t.Context(), evidencetest.Input("x", []byte(many)), &c); err != nil || len(c.damages) != maxDamages+1 {
		t.Errorf("%d damages, %v", len(c.damages), err)
	}
}

func TestReal(t *testing.T) {
	name := filepath.Join(golden.Shared(t), "evidence", "csv", "sentinel__DeviceProcessEvents_portal_export.csv")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !(Reader{}).Detect(b) {
		t.Error("not detected")
	}
	got := evidencetest.Print(t, Reader{}, "x", b)
	for _, want := range []string{`sentinel-csv @2 table="DeviceProcessEvents"`, `TimeGenerated time "2023-10-25T09:43:21.9940000Z"`, `FileName null ""`, "times are written without a zone"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	doc := []byte("Timestamp,DeviceName,FileName,ProcessCommandLine,AdditionalFields\n" + strings.Repeat(`2023-10-18T15:45:07.9862755Z,pc1.example.org,schtasks.exe,"schtasks /create /tn ""nightly"" /tr calc","{""a"":1}"`+"\n", 100_000))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := (Reader{}).Read(b.Context(), evidencetest.Input("x", doc), &count{}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range evidencetest.Contents(f, "testdata/*.txtar") {
		f.Add(c)
		f.Add(evidencetest.UTF16(string(c)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		Reader{}.Detect(b)
		evidencetest.Check(t, Reader{}, b)
	})
}

// Bytes that are no UTF-8 are replaced, and a note says so.
func TestNotUTF8(t *testing.T) {
	got := evidencetest.Print(t, Reader{}, "a.csv", []byte("Timestamp,DeviceName\n2024-05-01T10:00:00Z,ws\xe9\n2024-05-01T10:00:00Z,\xff\n"))
	if strings.Count(got, "note @2: "+text.NotUTF8) != 1 || !strings.Contains(got, `"ws\ufffd"`) && !strings.Contains(got, "\"ws\uFFFD\"") {
		t.Error(got)
	}
}

// A header that is longer than what a format is recognised by is one nonetheless.
func TestLongHeader(t *testing.T) {
	for _, quote := range []string{"", `"`} {
		var b strings.Builder
		b.WriteString("Timestamp,DeviceName")
		for i := range 3000 {
			fmt.Fprintf(&b, ",%sA_column_with_a_long_name_%d%s", quote, i, quote)
		}
		head := []byte(b.String())
		if !(Reader{}).Detect(head[:evidence.HeadSize]) {
			t.Errorf("header in quotes %q is not recognised", quote)
		}
	}
}
