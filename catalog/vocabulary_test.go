package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEquivalent(t *testing.T) {
	c := Default()
	for _, test := range []struct {
		table, column string
		want          []string
	}{
		{"DeviceSecurityEvents", "", []string{"SecurityEvent", "DeviceEvents"}},
		{"DeviceProcesses", "", []string{"DeviceProcessEvents"}},
		{"deviceprocesses", "", []string{"DeviceProcessEvents"}},
		{"DeviceProcessEvents", "CommandLine", []string{"ProcessCommandLine", "InitiatingProcessCommandLine"}},
		{"SecurityEvent", "ProcessCommandLine", []string{"CommandLine"}},
		{"DeviceProcessEvents", "ParentProcessId", []string{"InitiatingProcessId", "ProcessId"}},
		{"DeviceProcessEvents", "ParentImage", []string{"InitiatingProcessFolderPath", "InitiatingProcessFileName"}},
		{"DeviceNetworkEvents", "RemoteIp", []string{"RemoteIP"}},
		{"", "ParentCommandLine", []string{"InitiatingProcessCommandLine"}},
		{"DeviceEvents", "Nonsense", nil},
		{"Nonsense", "", nil},
	} {
		got := c.Equivalent(test.table, test.column)
		if diff := cmp.Diff(strings.Join(test.want, " "), strings.Join(got, " ")); diff != "" {
			t.Errorf("%s.%s: %s", test.table, test.column, diff)
		}
	}
}

// TestEquivalentsExist keeps the list from naming what is not in the catalogue.
func TestEquivalentsExist(t *testing.T) {
	c := Default()
	columns := map[string]bool{}
	for _, table := range c.Tables {
		for _, col := range table.Columns {
			columns[col.Name] = true
		}
	}
	for line := range strings.Lines(equivalentsText) {
		words := strings.Fields(line)
		if len(words) < 3 {
			t.Errorf("short line %q", line)
			continue
		}
		for _, name := range words[2:] {
			if words[0] == "table" && c.Table(name) == nil || words[0] == "column" && !columns[name] {
				t.Errorf("%s %s: the catalogue has no %s", words[0], words[1], name)
			}
			if table, action, ok := strings.Cut(name, "."); words[0] == "event" && (!ok || action == "" || c.Table(table) == nil || c.Table(table).Column("ActionType") == nil) {
				t.Errorf("event %s: %s is no ActionType of a table", words[1], name)
			}
		}
	}
}

func TestBinder(t *testing.T) {
	n := Default().Binder()
	if _, ok := n.Table("NoTable"); ok {
		t.Error("a table that is not there")
	}
	if s, ok := n.Table("DeviceProcessEvents"); !ok || s.Index("TimeGenerated") < 0 {
		t.Errorf("DeviceProcessEvents: %v", s)
	}
	repeats := n.Repeats("DeviceProcessEvents")
	if c := repeats["TimeGenerated"]; c != "Timestamp" {
		t.Errorf("TimeGenerated is the same as %q", c)
	}
	if _, ok := repeats["Timestamp"]; ok || n.Repeats("NoTable") != nil {
		t.Error("Timestamp is stored itself")
	}
	if !n.DynamicText("DeviceEvents", "AdditionalFields") || n.DynamicText("DeviceEvents", "FileName") {
		t.Error("AdditionalFields is DynamicText and FileName is not")
	}
	if len(n.TableNames()) < 900 {
		t.Errorf("%d tables", len(n.TableNames()))
	}
	if text, ok := n.Function("Sysmon"); !ok || !strings.HasPrefix(text, "() {") || !slices.Contains(n.FunctionNames(), "Sysmon") {
		t.Errorf("Sysmon is no stored function: %.20s", text)
	}
}
