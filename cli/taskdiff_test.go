package cli

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// machine is a made-up machine: the files of its tasks and its TaskCache as a .reg export.
type machine struct {
	files map[string]string // below System32\Tasks
	reg   strings.Builder
	trees strings.Builder
}

func wide(s string) []byte {
	b := []byte{}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func hexValue(b []byte) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = fmt.Sprintf("%02x", c)
	}
	return "hex:" + strings.Join(parts, ",")
}

// triggers is a Triggers value of the old version 0x15 with one trigger of a mark: two
// empty times, the bucket with no user and no settings, a trigger of zeros.
func triggers(mark uint32) []byte {
	le := binary.LittleEndian
	b := append([]byte{0x15}, make([]byte, 7+32)...)
	b = le.AppendUint64(b, 0x400000) // flags: enabled
	b = le.AppendUint64(b, 0)        // CRC
	b = le.AppendUint64(b, 1)        // no user
	b = le.AppendUint64(b, 0)        // no settings
	b = le.AppendUint64(b, uint64(mark))
	b = append(b, make([]byte, 16+16+4+4+4+4+4+4+8+8)...)
	if mark == 0xAAAA {
		b = le.AppendUint64(b, 1) // at anybody's logon
	}
	return b
}

const taskCacheKey = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\`

// task adds a task. list is the list of the TaskCache that has it, "" for none; hashed is
// what the registry's hash is made of.
func (m *machine) task(i int, name, trigger string, mark uint32, list string, index int, sd, hashed string) {
	id := fmt.Sprintf("{%08X-0000-0000-0000-000000000000}", i+1)
	xml := `<?xml version="1.0" encoding="UTF-16"?><Task xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><RegistrationInfo><URI>\` + strings.ReplaceAll(name, `\\`, `\`) + `</URI></RegistrationInfo><Triggers><` + trigger + `/></Triggers><Actions><Exec><Command>a.exe</Command></Exec></Actions></Task>`
	m.files[name] = "\xff\xfe" + string(wide(xml))
	if hashed == "" {
		hashed = m.files[name]
	}
	if list != "" {
		fmt.Fprintf(&m.reg, "[%s%s\\%s]\r\n\r\n", taskCacheKey, list, id)
	}
	sum := sha256.Sum256([]byte(hashed))
	actions := binary.LittleEndian.AppendUint16(nil, 1)
	actions = binary.LittleEndian.AppendUint16(actions, 0x6666)
	for _, s := range []string{"", "a.exe", "", ""} {
		actions = append(binary.LittleEndian.AppendUint32(actions, uint32(2*len(s))), wide(s)...)
	}
	fmt.Fprintf(&m.trees, "[%sTasks\\%s]\r\n\"Path\"=\"\\\\%s\"\r\n\"Hash\"=%s\r\n\"Actions\"=%s\r\n\"Triggers\"=%s\r\n\r\n", taskCacheKey, id, name, hexValue(sum[:]), hexValue(actions), hexValue(triggers(mark)))
	fmt.Fprintf(&m.trees, "[%sTree\\%s]\r\n\"Id\"=\"%s\"\r\n\"Index\"=dword:%08x\r\n\"SD\"=%s\r\n\r\n", taskCacheKey, strings.ReplaceAll(name, `\\`, `\`), id, index, sd)
}

func (m *machine) write(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pc7")
	for name, content := range m.files {
		path := filepath.Join(dir, "Windows", "System32", "Tasks", filepath.FromSlash(strings.ReplaceAll(name, `\\`, "/")))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text := "Windows Registry Editor Version 5.00\r\n\r\n" + m.reg.String() + m.trees.String()
	if err := os.MkdirAll(filepath.Join(dir, "Windows", "System32", "config"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Windows", "System32", "config", "software.reg"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestStoresOfOneMachine compares what only a whole machine can tell: the registry's
// lists, hashes and triggers, which say something where the other tasks agree.
func TestStoresOfOneMachine(t *testing.T) {
	const (
		open   = "hex:01,00,04,90,00,00,00,00,00,00,00,00,00,00,00,00,14,00,00,00,02,00,34,00,02,00,00,00,00,00,18,00,ff,01,1f,00,01,02,00,00,00,00,00,05,20,00,00,00,20,02,00,00,00,00,14,00,ff,01,1f,00,01,01,00,00,00,00,00,05,12,00,00,00"
		closed = "hex:01,00,04,90,00,00,00,00,00,00,00,00,00,00,00,00,14,00,00,00,02,00,1c,00,01,00,00,00,00,00,14,00,ff,01,1f,00,01,01,00,00,00,00,00,05,12,00,00,00"
		boot   = 0xFFFF
		logon  = 0xAAAA
	)
	fill := func(m *machine) {
		for i := range 14 {
			m.task(i, fmt.Sprintf("Plain%02d", i), "BootTrigger", boot, "Boot", 1, open, "")
		}
	}
	m := &machine{files: map[string]string{}}
	fill(m)
	m.task(50, "Edited", "BootTrigger", boot, "Boot", 1, open, "something else")
	m.task(51, "Unlisted", "BootTrigger", boot, "", 1, open, "")
	m.task(52, "Elsewhere", "BootTrigger", boot, "Plain", 1, open, "")
	m.task(53, "Shown", "LogonTrigger", boot, "Boot", 1, open, "")
	m.task(54, "Empty", "BootTrigger", boot, "Boot", 1, "hex:", "")
	m.task(55, "Torn", "BootTrigger", boot, "Boot", 1, "hex:01,00,04", "")
	m.task(56, `Microsoft\\Windows\\Closed`, "BootTrigger", boot, "Boot", 1, closed, "")
	m.task(57, "NoBoot", "LogonTrigger", logon, "Boot", 1, open, "")
	var out, errOut strings.Builder
	if exit := Main([]string{"task", "diff", m.write(t), "--format", "csv"}, strings.NewReader(""), &out, &errOut); exit != ExitOK {
		t.Fatalf("exit %d: %s", exit, errOut.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")[1:]
	for _, want := range []string{
		`high,sd-missing,,\Empty,SD is empty`, `medium,triggers-differ,,\Shown,`, `medium,hash-differs,,\Edited,`,
		`medium,list-differs,,\Unlisted,"in none of the lists`, `medium,list-differs,,\Elsewhere,"in the list Plain, but Index 1 means Boot"`,
		`medium,list-differs,,\NoBoot,in the list Boot without`, `medium,sd-unreadable,,\Torn,`, `medium,sd-restrictive,,\Microsoft\Windows\Closed,Tree: hidden from administrators`,
	} {
		n := 0
		for _, line := range lines {
			if strings.HasPrefix(line, want) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d lines begin %s", n, want)
		}
	}
	if len(lines) != 8 || t.Failed() {
		t.Errorf("%d disagreements, want 8:\n%s\n%s", len(lines), strings.Join(lines, "\n"), errOut.String())
	}

	// What no other task of the machine bears out says nothing.
	m = &machine{files: map[string]string{}}
	for i := range 12 {
		m.task(i, fmt.Sprintf("Task%02d", i), "BootTrigger", boot, "", 1, "hex:01,00,04", "not the file")
	}
	out.Reset()
	if exit := Main([]string{"task", "diff", m.write(t), "--format", "csv"}, strings.NewReader(""), &out, &errOut); exit != ExitOK || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("exit %d, disagreements where a whole machine is of one kind:\n%s", exit, out.String())
	}
}

// TestTaskTextFitsTheTerminal writes disagreements and a task for terminals and for a pipe:
// no line is wider than the terminal, nothing is lost, and a pipe gets whole lines.
func TestTaskTextFitsTheTerminal(t *testing.T) {
	list := []disagreement{
		{Severity: "high", Name: "sd-missing", Title: "the task has no security descriptor", Task: `\Microsoft\Windows\` + strings.Repeat("Long name ", 12), Device: "pc7.corp.example",
			Detail: "the key has the values " + strings.Repeat("Id Index ", 30), SourceFile: "/evidence/" + strings.Repeat("x", 150) + "/SOFTWARE",
			Techniques: []string{"T1564", "T1053.005"}, Meaning: strings.Repeat("no tool lists the task and it still runs ", 5), Benign: "None is known."},
		{Severity: "low", Name: "uri-differs", Title: "another name", Task: "\\upd\u202egpj.exe", Detail: "URI is \x1b[31m \\x", Meaning: "m", Benign: "b"},
	}
	machines := []compared{{Device: "pc7", Tasks: map[string]int64{"XmlFile": 202, "Tree": 4, "Tasks": 4}}}
	schema := types.Schema{{Name: "TaskName", Type: types.String}, {Name: "DeviceName", Type: types.String}, {Name: "Store", Type: types.String}}
	for _, name := range shown {
		if schema.Index(name) < 0 {
			schema = append(schema, types.Column{Name: name, Type: types.String})
		}
	}
	row := make([]types.Value, len(schema))
	for i, c := range schema {
		row[i] = types.Value{Type: types.String, Str: c.Name + strings.Repeat(" word", 40)}
	}
	row[schema.Index("Store")].Str = "Tasks"
	words := map[int]int{}
	for _, width := range []int{0, 80, 200} {
		var b strings.Builder
		writeDisagreementText(&b, list, width)
		writeCompared(&b, machines, width)
		writeTaskText(&b, schema, [][]types.Value{row}, width)
		words[width] = len(strings.Join(strings.Fields(b.String()), ""))
		widest := 0
		for line := range strings.Lines(b.String()) {
			line = strings.TrimRight(line, "\n")
			if strings.HasPrefix(line, "TaskName word") { // a head, never broken
				continue
			}
			widest = max(widest, utf8.RuneCountInString(line))
		}
		if width > 0 && widest > width || width == 0 && widest < 220 {
			t.Errorf("width %d: a line of %d", width, widest)
		}
		if strings.ContainsAny(b.String(), "\x1b\u202e") {
			t.Errorf("width %d: control characters reach the terminal", width)
		}
	}
	if words[80] != words[0] || words[200] != words[0] {
		t.Errorf("characters written: %v", words)
	}
}
