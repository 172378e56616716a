package eventxml

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evidencetest"
	"github.com/goshawk-hunt/goshawk/evidence/text"
)

func TestRead(t *testing.T) { evidencetest.Golden(t, Reader{}, "testdata/*.txtar") }

func TestDetect(t *testing.T) {
	for in, want := range map[string]bool{
		"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>": true,
		"\xEF\xBB\xBF<?xml version='1.0'?>\n<Events>":                           true,
		"<Event><System>":                      true,
		"<Event xmlns='http://other'><System>": false,
		"<Event><Name>":                        false,
		"<EventLog>":                           false,
		"<Task xmlns='http://schemas.microsoft.com/windows/2004/02/mit/task'>": false,
		"{}": false, "": false, "<": false, "words <Event>": false,
	} {
		if got := (Reader{}).Detect([]byte(in)); got != want {
			t.Errorf("Detect(%q) = %v", in, got)
		}
	}
}

func TestParseData(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		bad            bool
	}{
		{"event data", "<EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\r\n  <Data Name=\"ProcessID\">3936</Data>\r\n <Data Name=\"T\">&lt;Task/&gt;</Data></EventData>", "ProcessID=3936 T=<Task/>", false},
		{"data item", `<DataItem type="System.XmlData" time="t" sourceHealthServiceId="x"><EventData xmlns="u"><Data>one</Data><Data>two</Data></EventData></DataItem>`, "=one =two", false},
		{"user data", `<DataItem><UserData><E xmlns="u"><A>1</A><B><C>2</C></B></E></UserData></DataItem>`, "A=1 B.C=2 user E", false},
		{"bare user data", `<UserData><E><A>1</A></E></UserData>`, "A=1 user E", false},
		{"params", `<Param>a</Param><Param><![CDATA[b & c]]></Param><Param/>`, "=a =b & c =", false},
		{"escaped again", `<EventData><Data Name="TaskContent">&amp;lt;Task&amp;gt;</Data></EventData>`, "TaskContent=<Task>", false},
		{"cut off", `<EventData><Data Name="A">1</Data><Data Name="B">2`, "A=1 B=2", true},
		{"no data", `<Other/>`, "", true},
		{"empty", ``, "", true},
	} {
		got, err := ParseData(c.in, nil)
		var parts []string
		for _, f := range got.Fields {
			parts = append(parts, f.Name+"="+f.Value.Str)
		}
		if got.UserData {
			parts = append(parts, "user "+got.Name)
		}
		if d := cmp.Diff(c.want, strings.Join(parts, " ")); d != "" || (err != nil) != c.bad {
			t.Errorf("%s: %v %s", c.name, err, d)
		}
	}
}

func TestParseEvent(t *testing.T) {
	var ev evidence.Event
	err := ParseEvent(`<Event><System><EventID>12</EventID></System><EventData><Data Name="a">b</Data></EventData></Event>`, &ev)
	if err != nil || ev.EventID != 12 || len(ev.Data) != 1 {
		t.Errorf("%+v, %v", ev, err)
	}
	if err := ParseEvent("<Task/>", &ev); err == nil {
		t.Error("a task is an event")
	}
}

func TestHostile(t *testing.T) {
	for name, doc := range map[string]string{
		"deep":     "<Event><System><EventID>1</EventID></System><UserData>" + strings.Repeat("<a>", 1<<18),
		"starts":   strings.Repeat("<Event ", 1<<17),
		"pieces":   "<Event><System><EventID>1</EventID></System><EventData><Data>" + strings.Repeat("x<!---->", 1<<18),
		"text":     "<Events>" + strings.Repeat("words ", 1<<19),
		"entities": "<Event><System><EventID>1</EventID></System><EventData><Data>" + strings.Repeat("&amp;", 1<<18) + "</Data></EventData></Event>",
	} {
		t.Run(name, func(t *testing.T) { evidencetest.Check(t, Reader{}, []byte(doc)) })
	}
}

func BenchmarkRead(b *testing.B) {
	line := `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-A5BA-3E3B0328C30D}'/><EventID>4688</EventID><Version>2</Version><Level>0</Level><Task>13312</Task><Opcode>0</Opcode><Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime='2021-01-27T11:40:14.728379600Z'/><EventRecordID>20022</EventRecordID><Correlation/><Execution ProcessID='640' ThreadID='99'/><Channel>Security</Channel><Computer>PC1</Computer><Security/></System><EventData>`
	for i := range 15 {
		line += fmt.Sprintf(`<Data Name='Field%d'>C:\Windows\System32\value%d.exe</Data>`, i, i)
	}
	doc := bytes.Repeat([]byte(line+"<Data Name='CommandLine'>&quot;cmd.exe&quot; /c x</Data></EventData></Event>\n"), 10_000)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := (Reader{}).Read(b.Context(), evidencetest.Input("x", doc), nothing{}); err != nil {
			b.Fatal(err)
		}
	}
}

type nothing struct{}

func (nothing) Record(*evidence.Record) error { return nil }
func (nothing) Damage(evidence.Damage)        {}
func (nothing) Progress(int64)                {}

func FuzzRead(f *testing.F) {
	for _, c := range evidencetest.Contents(f, "testdata/*.txtar") {
		f.Add(c)
		f.Add(evidencetest.UTF16(string(c)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		Reader{}.Detect(b)
		evidencetest.Check(t, Reader{}, b)
		_, _ = ParseData(string(b), nil)
	})
}

// Bytes that are no UTF-8 are replaced, and a note says so.
func TestNotUTF8(t *testing.T) {
	got := evidencetest.Print(t, Reader{}, "a.xml", []byte("<Event><System><EventID>1</EventID><Computer>ws\xe9</Computer></System></Event>"))
	if strings.Count(got, "note @0: "+text.NotUTF8) != 1 {
		t.Error(got)
	}
}
