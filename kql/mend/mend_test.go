package mend_test

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/mend"
)

func options() bind.Options { return bind.Options{Catalog: catalog.Default().Binder()} }

func TestQuery(t *testing.T) {
	for name, c := range map[string]struct{ query, want string }{
		"nothing to do":     {"DeviceEvents | take 1", "DeviceEvents | take 1"},
		"a warning is kept": {"DeviceEvents | take 1 // EventID", "DeviceEvents | take 1 // EventID"},
		"a column":          {"DeviceProcessEvents | where CommandLine has 'x'", "DeviceProcessEvents | where ProcessCommandLine has 'x'"},
		"a misspelt column": {"DeviceFileEvents | project FileNam", "DeviceFileEvents | project FileName"},
		"inside of JSON": {
			`DeviceEvents | where TaskName has "upd"`,
			`DeviceEvents | where tostring(parse_json(AdditionalFields).TaskName) has "upd"`,
		},
		"inside of XML": {
			`SecurityEvent | where EventID == 4698 and TaskName has "upd"`,
			`SecurityEvent | where EventID == 4698 and extract('"TaskName">([^<]*)', 1, EventData) has "upd"`,
		},
		"inside of a dynamic column": {
			`WindowsEvent | where EventID == 4698 and TaskName has "upd"`,
			`WindowsEvent | where EventID == 4698 and tostring(EventData.TaskName) has "upd"`,
		},
		"a table by its columns": {
			"DeviceSecurityEvents | where EventID in (4698, 4702) | project Timestamp, DeviceName",
			`DeviceEvents | where ActionType in ("ScheduledTaskCreated", "ScheduledTaskUpdated") | project Timestamp, DeviceName`,
		},
		"the other table by its columns": {
			"DeviceSecurityEvents | where EventID == 4624 | project TimeGenerated, Computer, LogonProcessName",
			"SecurityEvent | where EventID == 4624 | project TimeGenerated, Computer, LogonProcessName",
		},
		"a list": {
			"DeviceInfo | where DeviceName in (exclusion_list)",
			"let exclusion_list = dynamic([]); // fill in\nDeviceInfo | where DeviceName in (exclusion_list)",
		},
		"a list twice": {
			"DeviceInfo | where DeviceName !in (allowlist) | union (DeviceEvents | where DeviceName !in (allowlist))",
			"let allowlist = dynamic([]); // fill in\nDeviceInfo | where DeviceName !in (allowlist) | union (DeviceEvents | where DeviceName !in (allowlist))",
		},
		"brackets": {`DeviceInfo | where DeviceName has_any "a"`, `DeviceInfo | where DeviceName has_any ("a")`},
		"two time stamps": {
			"DeviceProcessEvents | join kind=inner (DeviceNetworkEvents) on Timestamp, DeviceId | count",
			"DeviceProcessEvents | join kind=inner (DeviceNetworkEvents) on DeviceId\n| where abs(Timestamp - Timestamp1) < 2h | count",
		},
		"two vocabularies": {
			"DeviceProcessEvents | join kind=inner (SecurityEvent) on DeviceName | count",
			"DeviceProcessEvents | join kind=inner (SecurityEvent) on $left.DeviceName == $right.Computer | count",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := mend.Query("query", c.query, options())
			if r.Text != c.want {
				t.Errorf("got  %s\nwant %s", r.Text, c.want)
			}
			if !r.OK() {
				t.Errorf("still wrong:\n%s", r.Left.Error())
			}
			if (len(r.Changes) > 0) != (c.query != c.want) {
				t.Errorf("changes %+v", r.Changes)
			}
		})
	}
}

// What takes a person is left as it is, and said.
func TestLeft(t *testing.T) {
	for _, query := range []string{
		"DeviceEvents | where",
		"DeviceEvents | where Wombat == 1",
		"DeviceEvents | summarize frobnicate(DeviceName)",
		"SELECT * FROM DeviceEvents",
		"",
	} {
		r := mend.Query("query", query, options())
		if r.OK() {
			t.Errorf("%q is called right: %q", query, r.Text)
		}
	}
}

func FuzzQuery(f *testing.F) {
	f.Add("DeviceSecurityEvents | where EventID == 4698 | join (T) on DeviceName, Timestamp")
	f.Add(`DeviceProcess | where CommandLine has_any "a" and x in (some_list)`)
	o := options()
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			t.Skip()
		}
		r := mend.Query("query", text, o)
		if again := mend.Query("query", r.Text, o); r.OK() && strings.TrimSpace(again.Text) != strings.TrimSpace(r.Text) {
			t.Errorf("%q is mended to %q and that to %q", text, r.Text, again.Text)
		}
	})
}
