package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// listed are rows in memory.
type listed struct {
	schema types.Schema
	rows   [][]types.Value
}

func (l *listed) Schema() types.Schema { return l.schema }

func (l *listed) Next() ([]types.Value, error) {
	if len(l.rows) == 0 {
		return nil, nil
	}
	row := l.rows[0]
	l.rows = l.rows[1:]
	return row, nil
}

// On a terminal a task is a block whose lines fit, whatever it runs.
func TestTasksFitATerminal(t *testing.T) {
	text := func(s string) types.Value { return types.Value{Type: types.String, Str: s} }
	truth := func(n int64) types.Value { return types.Value{Type: types.Bool, Int: n} }
	var schema types.Schema
	for _, name := range []string{"DeviceName", "TaskName", "Store", "Runs", "As", "RunLevel", "On"} {
		schema = append(schema, types.Column{Name: name, Type: types.String})
	}
	schema = append(schema, types.Column{Name: "Enabled", Type: types.Bool}, types.Column{Name: "Hidden", Type: types.Bool}, types.Column{Name: "SourceFile", Type: types.String})
	long := "powershell.exe -NoProfile -Command " + strings.Repeat("Get-Item C:\\Temp\\x; ", 20)
	row := func(name, store, runs, level string, enabled, hidden types.Value) []types.Value {
		return []types.Value{text("pc1"), text(name), text(store), text(runs), text(`NT AUTHORITY\SYSTEM`), text(level), text("LogonTrigger TimeTrigger"), enabled, hidden, text("pc1/" + store)}
	}
	for _, width := range []int{60, 100} {
		var b bytes.Buffer
		rows := &listed{schema, [][]types.Value{
			row(`\Sync`, "Tasks", long, "HighestAvailable", truth(0), truth(1)),
			row(`\Sync`, "XmlFile", "a.exe \x1b[2J", "", truth(1), truth(0)),
			row(`\`+strings.Repeat("Long name ", 20), "Tree", "", "", types.Null(types.Bool), types.Null(types.Bool)),
		}}
		if err := writeTasks(&b, rows, width); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("width %d: a line of %d: %s", width, n, line)
			}
		}
		if n := strings.Count(b.String(), `\Sync  on pc1`); n != 1 {
			t.Errorf("width %d: the task is headed %d times", width, n)
		}
		for _, want := range []string{
			"\n  Tasks    runs     powershell.exe -NoProfile -Command", "\n           as       NT AUTHORITY\\SYSTEM, HighestAvailable\n", "\n           is       disabled, hidden\n",
			"\n  XmlFile  runs     a.exe ?[2J\n           as       NT AUTHORITY\\SYSTEM\n           starts   LogonTrigger TimeTrigger\n           from     pc1/XmlFile\n\n",
			"\n(3 rows)\n",
		} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("width %d: nothing like %q in\n%s", width, want, b.String())
			}
		}
	}
}
