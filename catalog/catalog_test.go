package catalog

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

func TestDefault(t *testing.T) {
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if got := len(c.Names()); got != 946 {
		t.Errorf("%d tables, want 946", got)
	}
	for _, name := range c.Names() {
		table := c.Table(name)
		if table.Name != name || table.Product == "" || len(table.Columns) == 0 {
			t.Errorf("table %s: %q of %q with %d columns", name, table.Name, table.Product, len(table.Columns))
		}
		exact, stored := map[string]bool{}, map[string]bool{}
		for _, col := range table.Columns {
			if exact[col.Name] {
				t.Errorf("%s has two columns %s", name, col.Name)
			}
			exact[col.Name] = true
			if col.Same != "" {
				continue
			}
			// The engine's names of columns do not know case.
			if stored[strings.ToLower(col.Name)] {
				t.Errorf("%s stores two columns %s", name, strings.ToLower(col.Name))
			}
			stored[strings.ToLower(col.Name)] = true
			if col.DynamicText && col.Type != types.String {
				t.Errorf("%s.%s is DynamicText and %s", name, col.Name, col.Type)
			}
		}
	}
}

func TestColumns(t *testing.T) {
	c := Default()
	for _, test := range []struct {
		table, column string
		want          types.Type
		same          string
		dynamic       bool
	}{
		{"DeviceProcessEvents", "Timestamp", types.DateTime, "", false},
		{"DeviceProcessEvents", "TimeGenerated", types.DateTime, "Timestamp", false},
		{"DeviceProcessEvents", "AdditionalFields", types.String, "", true},
		{"DeviceProcessEvents", "LogonID", types.Long, "LogonId", false},
		{"DeviceProcessEvents", "ProcessId", types.Long, "", false},
		{"SecurityEvent", "EventID", types.Int, "", false},
		{"SecurityEvent", "AccessList", types.String, "", false},
		{"Event", "EventData", types.String, "", false},
		{"WindowsEvent", "EventData", types.Dynamic, "", false},
		{"AADSignInEventsBeta", "Timestamp", types.DateTime, "", false},
		{"SigninLogs", "TimeGenerated", types.DateTime, "", false},
	} {
		col := c.Table(test.table).Column(test.column)
		if col == nil {
			t.Errorf("no %s.%s", test.table, test.column)
			continue
		}
		if col.Type != test.want || col.Same != test.same || col.DynamicText != test.dynamic {
			t.Errorf("%s.%s is %s, same as %q, dynamic text %v", test.table, test.column, col.Type, col.Same, col.DynamicText)
		}
	}
	if !c.Table("SecurityEvent").View || c.Table("WindowsEvent").View {
		t.Error("SecurityEvent is a view and WindowsEvent is stored")
	}
	if s := c.Table("DeviceProcessEvents").Stored(); s.Index("TimeGenerated") >= 0 || s.Index("LogonId") < 0 {
		t.Error("Stored has a column that repeats another, or lacks the other")
	}
}

// TestDocs keeps Goshawk's own tables documented: nobody else does it.
func TestDocs(t *testing.T) {
	c := Default()
	for _, name := range c.Names() {
		if table := c.Table(name); table.Product == Goshawk && table.Doc == "" {
			t.Errorf("%s has no documentation", name)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, text := range []string{"T A:nothing\n", "T B=A\n", "T A B=C\n"} {
		c := &Catalog{Tables: map[string]*Table{}}
		if err := c.read(Goshawk, text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"T doc without tab\n", "Nowhere\tdoc\n", "WindowsEvent.Nothing\tdoc\n"} {
		if err := c.readDocs(text); err == nil {
			t.Errorf("docs %q were read", text)
		}
	}
}

// TestLoadIsCheap bounds what reading the catalogue allocates: every command reads it.
func TestLoadIsCheap(t *testing.T) {
	if n := testing.AllocsPerRun(3, func() { load() }); n > 400 {
		t.Errorf("%.0f allocations", n)
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		load()
	}
}
