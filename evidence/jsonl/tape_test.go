package jsonl

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evidencetest"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// tree is the value of a node in the types of encoding/json.
func (d *doc) tree(i uint32) any {
	switch n := d.nodes[i]; n.kind {
	case kString:
		return d.str(i)
	case kNumber:
		return json.Number(d.raw(i))
	case kTrue, kFalse:
		return n.kind == kTrue
	case kObject:
		m := map[string]any{}
		for c := i + 1; c < n.next; c = d.nodes[c].next {
			m[d.key(c)] = d.tree(c)
		}
		return m
	case kArray:
		list := []any{}
		for c := i + 1; c < n.next; c = d.nodes[c].next {
			list = append(list, d.tree(c))
		}
		return list
	}
	return nil
}

// sameAsStandard parses b both ways and compares; what the standard library
// takes, the tape must take.
func sameAsStandard(t *testing.T, b []byte) {
	b = bytes.TrimSpace(b)
	if !utf8.Valid(b) || bytes.Contains(b, []byte("\\u")) {
		return // what is no valid text is replaced elsewhere, and not in the same number
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var want any
	if err := dec.Decode(&want); err != nil {
		return
	}
	if _, err := dec.Token(); err != io.EOF {
		return
	}
	if _, plain := want.(map[string]any); !plain {
		return
	}
	var d doc
	n, bad := d.parse(b)
	if bad != nil {
		if bad.msg == "nested too deep" {
			return
		}
		t.Fatalf("%q: %v at %d", b, bad, bad.off)
	}
	if n != len(b) {
		t.Fatalf("%q: %d bytes of %d", b, n, len(b))
	}
	if d := cmp.Diff(want, d.tree(0)); d != "" {
		t.Fatalf("%q: -standard +tape\n%s", b, d)
	}
}

func TestTape(t *testing.T) {
	for _, s := range []string{
		`{}`, `{"a":{}}`, `{"a":[]}`, `{"a":[[],{},[1,[2]]]}`, `{"a":1,"a":2}`, `{ "a" : [ 1 , 2 ] , "b" : null }`,
		`{"a":"\"\\\/\b\f\n\r\t"}`, `{"":""}`, `{"\"":"x"}`, `{"a":-0.5e+10,"b":1E5}`, `{"a":"aaaaaaa\"","b":"aaaaaaaa\\"}`,
		"{\"a\":\"\t\"}", `{"long":"` + strings.Repeat("x", 100) + `\n` + strings.Repeat("y", 100) + `"}`,
	} {
		sameAsStandard(t, []byte(s))
	}
	for in, want := range map[string]string{
		`{"a":"\u00e4\ud83e\udd86"}`: "ä🦆", `{"a":"\ud800x"}`: "\uFFFDx", `{"a":"\udc00"}`: "\uFFFD", `{"a":"\uzzzz"}`: "\uFFFDzzzz", `{"a":"\q"}`: "q",
		`{"a":"\ud83e\u0041"}`: "\uFFFDA",
	} {
		var d doc
		if _, bad := d.parse([]byte(in)); bad != nil || d.str(1) != want {
			t.Errorf("%s gives %q, want %q", in, d.str(1), want)
		}
	}
	for in, more := range map[string]bool{
		`{`: true, `{"a`: true, `{"a"`: true, `{"a":`: true, `{"a":1`: true, `{"a":1,`: true, `{"a":tru`: true, `{"a":"x\`: true, `{"a":[1`: true,
		`{"a":1,}`: false, `{"a":trux}`: false, `{"a":01x}`: false, `{"a" 1}`: false, `{1:2}`: false, `{"a":[1,]}`: false, `{"a":[1}`: false,
		"{\"a\":\"x\ny\"}": false, `{"a":1.}`: false, `{"a":-}`: false, `{"a":1e}`: false, `{"a":}`: false,
	} {
		var d doc
		_, bad := d.parse([]byte(in))
		if bad == nil || (bad == errMore) != more {
			t.Errorf("%s: %v", in, bad)
		}
	}
}

func FuzzTape(f *testing.F) {
	for _, c := range evidencetest.Contents(f, "testdata/*.txtar") {
		for line := range bytes.Lines(c) {
			f.Add(line)
		}
	}
	f.Fuzz(sameAsStandard)
}

// TestRealLines compares the events of real files with what the standard library
// finds in their lines: no value may be lost or changed.
func TestRealLines(t *testing.T) {
	dir := filepath.Join(golden.Shared(t), "evidence", "json")
	system := map[string]bool{}
	for _, k := range strings.Fields("Keywords SeverityValue EventID ExecutionProcessID host Channel ThreadID EventReceivedTime EventTime @timestamp SourceModuleType port RecordNumber Task @version SourceModuleName Severity SourceName Hostname tags Opcode Category EventType EventTypeOrignal ProviderGuid OpcodeValue Version UserID AccountType AccountName Domain Message ActivityID ERROR_EVT_UNRESOLVED Level TimeCreated") {
		system[k] = true
	}
	files, _ := filepath.Glob(filepath.Join(dir, "otrf__[es]*.json"))
	if len(files) < 3 {
		t.Fatalf("%d files", len(files))
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.Split(b, []byte("\n"))
		c := &comparer{t: t, system: system}
		for _, l := range lines {
			if len(bytes.TrimSpace(l)) > 0 {
				c.lines = append(c.lines, l)
			}
		}
		if err := (Reader{}).Read(t.Context(), evidencetest.Input(name, b), c); err != nil || len(c.lines) > 0 {
			t.Errorf("%s: %d lines left, %v", name, len(c.lines), err)
		}
	}
}

type comparer struct {
	counter
	t      *testing.T
	lines  [][]byte
	system map[string]bool
}

func (c *comparer) Record(r *evidence.Record) error {
	var want map[string]any
	dec := json.NewDecoder(bytes.NewReader(c.lines[0]))
	dec.UseNumber()
	if err := dec.Decode(&want); err != nil {
		c.t.Fatal(err)
	}
	c.lines = c.lines[1:]
	e := r.Event
	if n, _ := want["EventID"].(json.Number); n.String() != evidence.Value(evidence.Value{Kind: evidence.Uint, Num: uint64(e.EventID)}).Text() ||
		e.Computer != want["Hostname"] || e.Channel != want["Channel"] || e.Provider != want["SourceName"] || e.Time == 0 {
		c.t.Errorf("@%d: %+v", r.Offset, e)
	}
	if m, ok := want["Message"]; ok && m != e.Message {
		c.t.Errorf("@%d: message %q", r.Offset, e.Message)
	}
	data := map[string]string{}
	for _, f := range e.Data {
		data[f.Name] = f.Value.Text()
	}
	for k, v := range want {
		s, ok := v.(string)
		if !ok || c.system[k] {
			continue
		}
		if r.Shape == "nxlog" {
			s = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
		}
		if data[k] != s {
			c.t.Errorf("@%d: %s is %q, want %q", r.Offset, k, data[k], s)
		}
	}
	return nil
}

// TestRealVelociraptor reads the results that Velociraptor keeps of its own tests.
func TestRealVelociraptor(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(golden.Shared(t), "evidence", "yaml", "velociraptor__evtx.out.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	tasks, scheduled := 0, 0
	for _, part := range strings.Split(string(b), "Query: ")[1:] {
		query, rest, _ := strings.Cut(part, "Output: ")
		rest, _, _ = strings.Cut(rest, "\n]\n")
		rest += "\n]"
		if !strings.Contains(query, "ScheduledTasks(") && !strings.HasPrefix(query, "SELECT * FROM parse_evtx") {
			continue
		}
		var s tally
		s.counts = map[string]int{}
		if err := (Reader{}).Read(t.Context(), evidencetest.Input("x", []byte(rest)), &s); err != nil || len(s.damages) > 0 || s.noTime > 0 {
			t.Errorf("%s: %v %v", query, err, s)
		}
		if strings.Contains(query, "ScheduledTasks(") {
			scheduled = s.counts["velociraptor"]
		}
		tasks += s.counts["velociraptor"]
	}
	if scheduled != 10 || tasks != 11 {
		t.Errorf("%d rows of scheduled tasks, %d events", scheduled, tasks)
	}
}

func BenchmarkReal(b *testing.B) {
	doc, err := os.ReadFile(filepath.Join(golden.Shared(b), "evidence", "json", "otrf__empire_shell_rubeus_asktgt_createnetonly_2020-09-21230246.json"))
	if err != nil {
		b.Fatal(err)
	}
	bench(b, doc)
}
