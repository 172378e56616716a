package task

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

const whole = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Author>LAB\mira</Author><URI>\Nightly</URI><Date>2031-04-05T06:07:08</Date></RegistrationInfo>
  <Triggers>
    <LogonTrigger><Enabled>false</Enabled><UserId>LAB\mira</UserId><Delay>PT5M</Delay></LogonTrigger>
    <CalendarTrigger id="daily"><StartBoundary>2031-04-05T03:00:00</StartBoundary>
      <Repetition><Interval>PT1H</Interval><Duration>P1D</Duration></Repetition>
      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger>
  </Triggers>
  <Principals><Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings><Hidden>true</Hidden></Settings>
  <Actions Context="Author">
    <Exec><Command>cmd.exe</Command><Arguments>/c "a &amp; b" &gt; C:\x.txt</Arguments></Exec>
    <ComHandler><ClassId>{0A}</ClassId><Data><![CDATA[x<y]]></Data></ComHandler>
    <Exec><Command>C:\b.exe</Command><WorkingDirectory>C:\</WorkingDirectory></Exec>
  </Actions>
</Task>`

var wholeWant = Definition{
	State: Whole, Version: "1.3", Author: `LAB\mira`, URI: `\Nightly`, Date: "2031-04-05T06:07:08",
	Triggers: []Trigger{
		{Kind: "LogonTrigger", UserID: `LAB\mira`, Delay: "PT5M"},
		{Kind: "CalendarTrigger", ID: "daily", Enabled: true, StartBoundary: "2031-04-05T03:00:00", Interval: "PT1H", Duration: "P1D", Schedule: "ScheduleByDay"},
	},
	Principals: []Principal{{ID: "Author", UserID: "S-1-5-18", RunLevel: "HighestAvailable"}},
	Actions: []Action{
		{Kind: "Exec", Command: "cmd.exe", Arguments: `/c "a & b" > C:\x.txt`},
		{Kind: "ComHandler", ClassID: "{0A}", Data: "x<y"},
		{Kind: "Exec", Command: `C:\b.exe`, WorkingDirectory: `C:\`},
	},
	Context: "Author", Enabled: true, Hidden: true,
}

func diff(want, got *Definition) string {
	return cmp.Diff(want, got, cmpopts.IgnoreUnexported(Definition{}))
}

func TestParseWhole(t *testing.T) {
	if d := diff(&wholeWant, Parse(whole)); d != "" {
		t.Error(d)
	}
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(whole)
	if d := diff(&wholeWant, Parse(escaped)); d != "" {
		t.Errorf("escaped: %s", d)
	}
}

// TestForms reads what Defender and collectors make of one definition.
func TestForms(t *testing.T) {
	want := []Action{{Kind: "Exec", Command: "a.exe", Arguments: "-x"}, {Kind: "Exec", Command: "b.exe"}}
	for name, doc := range map[string]string{
		"below Task":        `{"Actions":{"@Context":"A","Exec":[{"Command":"a.exe","Arguments":"-x"},{"Command":"b.exe"}]}}`,
		"with Task":         `{"Task":{"-version":"1.2","Actions":{"-Context":"A","Exec":[{"Command":"a.exe","Arguments":"-x"},{"Command":"b.exe"}]}}}`,
		"levels as text":    `{"Actions":"{\"#attributes\":{\"Context\":\"A\"},\"Exec\":\"[{\\\"Command\\\":\\\"a.exe\\\",\\\"Arguments\\\":\\\"-x\\\"},{\\\"Command\\\":\\\"b.exe\\\"}]\"}"}`,
		"collector's":       `{"Attrversion":"1.2","Actions":{"AttrContext":"A","Exec":[{"Command":{"#text":"a.exe"},"Arguments":"-x"},{"Command":"b.exe"}]}}`,
		"JSON in a string":  `"{\"Actions\":{\"@Context\":\"A\",\"Exec\":[{\"Command\":\"a.exe\",\"Arguments\":\"-x\"},{\"Command\":\"b.exe\"}]}}"`,
		"XML in a string":   `"<Task><Actions Context=\"A\"><Exec><Command>a.exe</Command><Arguments>-x</Arguments></Exec><Exec><Command>b.exe</Command></Exec></Actions></Task>"`,
		"XML without root":  `<Actions Context="A"><Exec><Command>a.exe</Command><Arguments>-x</Arguments></Exec><Exec><Command>b.exe</Command></Exec></Actions>`,
		"XML with a prefix": `<t:Task xmlns:t="x"><t:Actions Context='A'><t:Exec><t:Command>a.exe</t:Command><t:Arguments>-x</t:Arguments></t:Exec><t:Exec><t:Command>b.exe</t:Command></t:Exec></t:Actions></t:Task>`,
	} {
		t.Run(name, func(t *testing.T) {
			got := Parse(doc)
			if d := cmp.Diff(want, got.Actions); d != "" {
				t.Error(d)
			}
			if got.State != Whole || got.Context != "A" {
				t.Errorf("state %s (%s), context %q", got.State, got.Damage, got.Context)
			}
		})
	}
}

func TestDamaged(t *testing.T) {
	for _, test := range []struct{ name, doc, command, arguments, damage string }{
		{"end tags missing", `<Task><Actions><Exec><Command>p.exe</Command></Task>`, "p.exe", "", "Task ends before Exec inside it"},
		{"cut off in a text", `<Task><Actions><Exec><Command>p.exe</Command><Arguments>-enc JABz`, "p.exe", "-enc JABz", "the text ends inside the element Arguments"},
		{"cut off in a tag", `<Task><Actions><Exec><Command>p.exe</Command><Argu`, "p.exe", "", "the text ends inside a tag"},
		{"unescaped", `<Task><Actions><Exec><Command>p.exe</Command><Arguments>1 < 2 && x</Arguments></Exec></Actions></Task>`, "p.exe", "1 < 2 && x", "an unescaped < stands in the text"},
		{"end without beginning", `<Task></Nothing><Actions><Exec><Command>p.exe</Command></Exec></Actions></Task>`, "p.exe", "", "Nothing ends without having begun"},
		{"another document", `<html><body>hello</body></html>`, "", "", "no element Task and no part of one was found"},
		{"no document", `hello`, "", "", "no element was found"},
		{"JSON cut off", `{"Actions":{"Exec":{"Command":"p.exe","Arg`, "p.exe", "", "the JSON text ends too early"},
		{"deep", `<Task><Actions><Exec><Command>p.exe</Command></Exec></Actions>` + strings.Repeat("<a>", 100), "p.exe", "", "it is nested deeper than 64"},
		{"deep JSON", `{"Actions":{"Exec":{"Command":"p.exe"}},"x":` + strings.Repeat("[", 100), "p.exe", "", "it has more than 50000 values or is nested deeper than 64"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Parse(test.doc)
			if got.State != Damaged || got.Damage != test.damage {
				t.Errorf("%s: %q, want %q", got.State, got.Damage, test.damage)
			}
			var a Action
			if x := got.Exec(); x != nil {
				a = *x
			}
			if a.Command != test.command || a.Arguments != test.arguments {
				t.Errorf("got %q %q", a.Command, a.Arguments)
			}
		})
	}
	for _, doc := range []string{"", " \r\n", "\uFEFF"} {
		if got := Parse(doc); got.State != Absent || got.Damage != "" || !got.Enabled {
			t.Errorf("%q: %s, %q", doc, got.State, got.Damage)
		}
	}
}

func TestContent(t *testing.T) {
	d := Parse(whole)
	for _, test := range []struct{ name, got, want string }{
		{"content", string(Parse(`<Task version="1.2" xmlns="n"><Settings/><Actions Context="A"><Exec id="1"><Command>x "y"</Command></Exec></Actions></Task>`).AppendContent(nil)),
			`{"Settings":"","Actions":{"@Context":"A","Exec":{"@id":"1","Command":"x \"y\""}}}`},
		{"actions", string(d.AppendActions(nil)),
			`[{"Type":"Exec","Command":"cmd.exe","Arguments":"/c \"a & b\" > C:\\x.txt"},{"Type":"ComHandler","ClassId":"{0A}","Data":"x<y"},{"Type":"Exec","Command":"C:\\b.exe","WorkingDirectory":"C:\\"}]`},
		{"settings", string(d.AppendSettings(nil)), `{"Hidden":"true"}`},
		{"triggers", string(d.AppendTriggers(nil)), `{"LogonTrigger":{"Enabled":"false","UserId":"LAB\\mira","Delay":"PT5M"},"CalendarTrigger":{"@id":"daily","StartBoundary":"2031-04-05T03:00:00","Repetition":{"Interval":"PT1H","Duration":"P1D"},"ScheduleByDay":{"DaysInterval":"1"}}}`},
		{"kinds", strings.Join(d.TriggerKinds(), " "), "LogonTrigger CalendarTrigger"},
		{"class", d.ClassID(), "{0A}"},
		{"nothing", string(Parse("").AppendContent(nil)), "{}"},
		{"two actions", string(Parse(`<Task><Actions><Exec><Command>a</Command></Exec><Exec><Command>b</Command></Exec></Actions></Task>`).AppendContent(nil)),
			`{"Actions":{"Exec":[{"Command":"a"},{"Command":"b"}]}}`},
	} {
		if d := cmp.Diff(test.want, test.got); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
	}
	if p := d.Principal(); p == nil || p.UserID != "S-1-5-18" {
		t.Errorf("principal %v", p)
	}
}

// TestRealDefinitions reads definitions of real machines: each is whole, and its JSON
// form reads back to the same.
func TestRealDefinitions(t *testing.T) {
	n := 0
	err := filepath.WalkDir(filepath.Join(golden.Shared(t), "evidence", "tasks_xml"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) == ".job" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc := string(text.Decode(raw))
		if !strings.Contains(doc, "<Task") {
			return nil
		}
		n++
		d := Parse(doc)
		if d.State != Whole || len(d.Actions) == 0 {
			t.Errorf("%s: %s (%s), %d actions", path, d.State, d.Damage, len(d.Actions))
		}
		sameContent(t, d)
		return nil
	})
	if err != nil || n < 20 {
		t.Fatalf("%d definitions read, %v", n, err)
	}
}

// sameContent checks that the JSON form is valid and reads back to the same.
func sameContent(t *testing.T, d *Definition) {
	t.Helper()
	content := d.AppendContent(nil)
	if !json.Valid(content) {
		t.Fatalf("content is no JSON: %.200s", content)
	}
	for _, b := range [][]byte{d.AppendActions(nil), d.AppendTriggers(nil), d.AppendSettings(nil)} {
		if !json.Valid(b) {
			t.Fatalf("no JSON: %.200s", b)
		}
	}
	again := Parse(string(content))
	opts := cmp.Options{cmpopts.EquateEmpty(), cmpopts.SortSlices(func(a, b Action) bool { return a.Kind < b.Kind })}
	if diff := cmp.Diff(d.Actions, again.Actions, opts); diff != "" {
		t.Errorf("read back: %s", diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add(`<Task><Actions><Exec><Command>p.exe</Command></Task>`)
	f.Add(`{"Actions":{"Exec":[{"Command":"a.exe","@id":"1"},{"Command":"b.exe"}]}}`)
	f.Add(`{"Task":{"Actions":"{\"Exec\":\"[]\"}"}}`)
	f.Add(`&lt;Task&gt;&lt;Actions/&gt;`)
	f.Fuzz(func(t *testing.T, doc string) {
		d := Parse(doc)
		for _, b := range [][]byte{d.AppendContent(nil), d.AppendActions(nil), d.AppendTriggers(nil), d.AppendSettings(nil)} {
			if !json.Valid(b) {
				t.Fatalf("no JSON: %.200s", b)
			}
		}
		d.Exec()
		d.Principal()
		if d.State == Damaged && d.Damage == "" || d.State != Damaged && d.Damage != "" {
			t.Fatalf("state %s with damage %q", d.State, d.Damage)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(whole)))
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf = Parse(whole).AppendContent(buf[:0])
	}
}

// TestAccount says what was read of a definition that breaks off, and what was not.
func TestAccount(t *testing.T) {
	for cut, want := range map[string]string{
		"</Task>":     "the text ends inside the element Task; read: RegistrationInfo, Triggers, Principals, Settings, Actions",
		"and>cmd":     "the text ends inside the element Comm; read: RegistrationInfo, Triggers, Principals, Settings; not read: Actions",
		"<Settings>":  "the text ends inside the element Task; read: RegistrationInfo, Triggers, Principals; not read: Settings, Actions",
		"<URI>":       "the text ends inside the element RegistrationInfo; read: RegistrationInfo; not read: Triggers, Principals, Settings, Actions",
		"<Registrati": "the text ends inside the element Task; not read: RegistrationInfo, Triggers, Principals, Settings, Actions",
	} {
		text, _, found := strings.Cut(whole, cut)
		if !found {
			t.Fatalf("%q is not in the text", cut)
		}
		if strings.HasSuffix(text, "<Comm") {
			text += ">"
		}
		if got := Parse(text).Account(); got != want {
			t.Errorf("before %q: %s, want %s", cut, got, want)
		}
	}
	if got := Parse(whole).Account(); got != "" {
		t.Errorf("of a whole definition it says %q", got)
	}
}
