package normalize

import (
	"encoding/binary"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// TestEvents makes rows of the records in testdata/*.txtar. A file "records" holds
// records separated by blank lines, each a list of lines:
//
//	event Security 4698 17        channel, id and number of an event; or
//	row DeviceEvents              a row of a table, "?" if it is not named; or
//	task \Name                    a task definition, whose XML follows
//	listed \Name                  the same out of a tool's list
//	key Path                      a key of the registry; its values are texts, dword: or hex:
//	@Provider=..  @Time=..        parts of the System section
//	Name=value                    a field; in values \n is a line end
//
// The file "rows" is what comes out: all filled columns of all rows; of WindowsEvent
// only the data, where the comment of the archive asks for it.
func TestEvents(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(ar.Files) == 0 || ar.Files[0].Name != "records" {
				t.Fatal("the first file is not records")
			}
			got := rowsOf(t, string(ar.Files[0].Data), strings.Contains(string(ar.Comment), "WindowsEvent"))
			ar.Files = []txtar.File{ar.Files[0], {Name: "rows", Data: []byte(got)}}
			golden.Compare(t, file, string(txtar.Format(ar)))
		})
	}
}

func rowsOf(t *testing.T, records string, raw bool) string {
	n, rows := collector(t, Options{Source: 1, Device: "collected"})
	for i, text := range strings.Split(strings.TrimSpace(records), "\n\n") {
		r := parseRecord(t, text)
		r.Offset = int64(i)
		if err := n.Record(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var names []string
	for name := range rows {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "WindowsEvent" && !raw {
			continue
		}
		for _, row := range rows[name] {
			b.WriteString(name + "\n")
			for _, line := range strings.Split(filled(row), "\n") {
				column, _, ok := strings.Cut(line, "=")
				// The name stands for the id; the data for the raw event.
				if ok && (column == "DeviceId" && row["$Origin"].Str != originExported || name == "WindowsEvent" && column != "EventData") {
					continue
				}
				b.WriteString("  " + strings.ReplaceAll(line, "\r", `\r`) + "\n")
			}
		}
	}
	s := n.Stats()
	for _, m := range []struct {
		what string
		m    map[string]int64
	}{{"problem", s.Problems}, {"set aside", s.SetAside}, {"unknown", s.Unknown}} {
		for _, k := range sortedKeys(m.m) {
			b.WriteString(m.what + ": " + k + " " + strconv.FormatInt(m.m[k], 10) + "\n")
		}
	}
	return b.String()
}

func sortedKeys(m map[string]int64) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// channels abbreviates logs: channel and provider.
var channels = map[string][2]string{
	"Sysmon":     {"Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon"},
	"Security":   {"Security", "Microsoft-Windows-Security-Auditing"},
	"Tasks":      {"Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler"},
	"PowerShell": {"Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell"},
	"Classic":    {"Windows PowerShell", "PowerShell"},
	"System":     {"System", "Service Control Manager"},
}

func parseRecord(t *testing.T, text string) evidence.Record {
	head, rest, _ := strings.Cut(text, "\n")
	words := strings.Fields(head)
	var r evidence.Record
	switch words[0] {
	case "listed":
		r.Task.Listing = &evidence.Listing{Computer: "ws9", File: `C:\Windows\System32\Tasks\x`, ID: "{0B}", LastRun: at(t, "2031-02-03T04:05:06Z"), LastResult: 2, HasResult: true}
		fallthrough
	case "task":
		r.Kind = evidence.KindTask
		r.Path = "evidence/Tasks/file"
		if len(words) > 1 {
			r.Task.Name = words[1]
		}
		r.Task.XML, r.Task.Modified = rest, at(t, "2031-02-03T04:05:06Z")
		return r
	case "key":
		r.Kind, r.Path = evidence.KindRegistry, "evidence/SOFTWARE"
		r.Registry = evidence.Registry{Key: strings.TrimPrefix(head, "key "), LastWrite: at(t, "2031-02-03T04:05:06Z")}
		for _, line := range strings.Split(rest, "\n") {
			r.Registry.Values = append(r.Registry.Values, parseValue(t, line))
		}
		return r
	case "row":
		r.Kind = evidence.KindRow
		if words[1] != "?" {
			r.Row.Table = words[1]
		}
		r.Row.Fields = parseFields(t, rest, nil)
	case "event":
		r.Kind = evidence.KindEvent
		e := &r.Event
		e.Channel, e.Provider = channels[words[1]][0], channels[words[1]][1]
		id, _ := strconv.Atoi(words[2])
		number, _ := strconv.Atoi(words[3])
		e.EventID, e.RecordID = uint32(id), uint64(number)
		e.Computer, e.Time = "WS7.Lab.Example", at(t, "2031-02-03T10:00:00.1234567Z")
		e.Data = parseFields(t, rest, e)
	default:
		t.Fatalf("record %q", head)
	}
	return r
}

// parseValue reads a value of a key: Name=text, Name=dword:7 or Name=hex:0a0b.
func parseValue(t *testing.T, line string) evidence.RegistryValue {
	name, value, _ := strings.Cut(line, "=")
	v := evidence.RegistryValue{Name: name}
	if digits, ok := strings.CutPrefix(value, "hex:"); ok {
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		v.Type, v.Data = 3, b
	} else if digits, ok := strings.CutPrefix(value, "dword:"); ok {
		n, err := strconv.ParseUint(digits, 0, 32)
		if err != nil {
			t.Fatal(err)
		}
		v.Type, v.Data = regDword, binary.LittleEndian.AppendUint32(nil, uint32(n))
	} else {
		v.Type = regString
		for _, u := range append(utf16.Encode([]rune(value)), 0) {
			v.Data = binary.LittleEndian.AppendUint16(v.Data, u)
		}
	}
	return v
}

func parseFields(t *testing.T, text string, e *evidence.Event) []evidence.Field {
	var fields []evidence.Field
	for _, line := range strings.Split(text, "\n") {
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		value = strings.ReplaceAll(value, `\n`, "\n")
		v := evidence.Value{Kind: evidence.String, Str: value}
		if strings.HasPrefix(value, "json:") {
			v = evidence.Value{Kind: evidence.JSON, Str: value[5:]}
		}
		switch name {
		case "@Provider":
			e.Provider = value
		case "@Channel":
			e.Channel = value
		case "@Computer":
			e.Computer = value
		case "@Time":
			e.Time = at(t, value)
		case "@ProcessID":
			pid, _ := strconv.Atoi(value)
			e.ProcessID = uint32(pid)
		case "@UserID":
			e.UserID = value
		default:
			fields = append(fields, evidence.Field{Name: name, Value: v})
		}
	}
	return fields
}

func at(t testing.TB, s string) int64 {
	t.Helper()
	if s == "" {
		return 0
	}
	tk, ok := ticks.Parse(s)
	if !ok {
		t.Fatalf("no time: %q", s)
	}
	return tk.Ticks
}
