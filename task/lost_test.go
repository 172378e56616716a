package task

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// TestNothingLost reads all task files at hand with the XML decoder of the standard
// library and wants each attribute and each text of them in the definition.
func TestNothingLost(t *testing.T) {
	n := 0
	err := filepath.WalkDir(filepath.Join(golden.Shared(t), "evidence", "tasks_xml"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) == ".job" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc := text.Decode(raw)
		n++
		d := Parse(string(doc))
		if diff := cmp.Diff(leavesOfXML(t, doc), leavesOfJSON(t, d.AppendContent(nil))); diff != "" || d.State != Whole {
			t.Errorf("%s: %s %s\n%s", path, d.State, d.Damage, diff)
		}
		if at := bytes.Index(doc, []byte(`<Task version="`)); (at >= 0) != (d.Version != "") || at >= 0 && !bytes.HasPrefix(doc[at+len(`<Task version="`):], []byte(d.Version+`"`)) {
			t.Errorf("%s: version %q", path, d.Version)
		}
		return nil
	})
	if err != nil || n < 200 {
		t.Fatalf("%d files, %v", n, err)
	}
	t.Logf("%d task files compared with their XML", n)
}

// leavesOfXML lists the attributes and texts below Task with their paths, sorted.
func leavesOfXML(t *testing.T, doc []byte) []string {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var path, list []string
	var content []string
	var kids []bool
	for {
		tok, err := d.Token()
		if err == io.EOF {
			sortByPath(list)
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if len(kids) > 0 {
				kids[len(kids)-1] = true
			}
			path, content, kids = append(path, tok.Name.Local), append(content, ""), append(kids, false)
			for _, a := range tok.Attr {
				if len(path) > 1 && a.Name.Local != "xmlns" {
					list = append(list, strings.Join(path[1:], "/")+"/@"+a.Name.Local+"="+a.Value)
					kids[len(kids)-1] = true
				}
			}
		case xml.CharData:
			if len(content) > 0 {
				content[len(content)-1] += string(tok)
			}
		case xml.EndElement:
			at := len(path) - 1
			if s := content[at]; at > 0 && (!kids[at] || strings.TrimSpace(s) != "") {
				if strings.TrimSpace(s) == "" {
					s = ""
				}
				list = append(list, strings.Join(path[1:], "/")+"="+s)
			}
			path, content, kids = path[:at], content[:at], kids[:at]
		}
	}
}

// leavesOfJSON lists the same of the JSON form.
func leavesOfJSON(t *testing.T, b []byte) []string {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	var list []string
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				switch {
				case k == "#text":
					walk(path, x)
				case path == "":
					walk(k, x)
				default:
					walk(path+"/"+k, x)
				}
			}
		case []any:
			for _, x := range v {
				walk(path, x)
			}
		default:
			list = append(list, fmt.Sprintf("%s=%v", path, v))
		}
	}
	walk("", v)
	sortByPath(list)
	return list
}

// sortByPath sorts leaves and leaves those of one path in the order in which they stand:
// actions run in theirs.
func sortByPath(list []string) {
	path := func(leaf string) string { p, _, _ := strings.Cut(leaf, "="); return p }
	slices.SortStableFunc(list, func(x, y string) int { return strings.Compare(path(x), path(y)) })
}

// TestNothingLostOfTheUnknown does the same with what no task of Windows has: elements and
// attributes that nobody knows, prefixes, comments and instructions inside of texts.
func TestNothingLostOfTheUnknown(t *testing.T) {
	const doc = `<?xml version="1.0"?><!-- before --><t:Task xmlns:t="http://schemas.microsoft.com/windows/2004/02/mit/task" version="1.6" new="root">` +
		`<t:RegistrationInfo odd="1"><t:Author>a<!-- x -->b</t:Author><t:Unheard level="2"><t:Of a="b" c="d">e</t:Of><t:Of/></t:Unheard></t:RegistrationInfo>` +
		`<t:Triggers><t:FutureTrigger id="f"><t:When>now<?pi x?> or never</t:When></t:FutureTrigger></t:Triggers>` +
		`<t:Actions Context="A"><t:Exec id="2"><t:Command><![CDATA[b & c.exe]]></t:Command><t:Arguments>&#x2D;x &lt;y&gt;</t:Arguments></t:Exec><t:Exec id="1"><t:Command>a.exe</t:Command></t:Exec>` +
		`<t:FutureAction kind="z">do</t:FutureAction></t:Actions><t:Data>&amp;data</t:Data></t:Task>`
	d := Parse(doc)
	if diff := cmp.Diff(leavesOfXML(t, []byte(doc)), leavesOfJSON(t, d.AppendContent(nil))); diff != "" || d.State != Whole {
		t.Errorf("%s %s\n%s", d.State, d.Damage, diff)
	}
	if d.Version != "1.6" || len(d.Actions) < 2 || d.Actions[0].Command != "b & c.exe" || d.Actions[1].Command != "a.exe" {
		t.Errorf("version %s, actions %+v", d.Version, d.Actions)
	}
}

// TestNoTextLost wants every text that stands in a value of the registry in what is
// made of it.
func TestNoTextLost(t *testing.T) {
	dir := filepath.Join(golden.Shared(t), "evidence", "hives", "taskcache_blobs")
	files, _ := filepath.Glob(filepath.Join(dir, "actions__*.bin"))
	files = append(files, filepath.Join(dir, "triggers__TestEventTrigger.bin"))
	if len(files) < 6 {
		t.Fatalf("%d values", len(files))
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := &Cached{Actions: b}
		if strings.HasPrefix(filepath.Base(file), "triggers") {
			c = &Cached{Triggers: b}
		}
		var leaves strings.Builder
		for _, s := range leavesOfJSON(t, c.Parse().AppendContent(nil)) {
			leaves.WriteString(s + "\n")
		}
		for _, s := range textsIn(b) {
			// A length behind a text may look like one more character of it.
			if s != "Author" && !strings.Contains(leaves.String(), s) && !strings.Contains(leaves.String(), s[:len(s)-1]) {
				t.Errorf("%s: %q is lost in\n%s", filepath.Base(file), s, leaves.String())
			}
		}
	}
}

// textsIn finds runs of at least four printable characters of UTF-16.
func textsIn(b []byte) []string {
	var list []string
	for start := range 2 {
		var run []uint16
		for i := start; i+1 < len(b); i += 2 {
			if b[i+1] == 0 && b[i] >= ' ' && b[i] < 0x7F {
				run = append(run, uint16(b[i]))
				continue
			}
			if len(run) >= 4 {
				list = append(list, string(utf16.Decode(run)))
			}
			run = nil
		}
		if len(run) >= 4 {
			list = append(list, string(utf16.Decode(run)))
		}
	}
	return list
}
