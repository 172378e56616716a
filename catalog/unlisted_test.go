package catalog

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestUnlistedExist keeps the list from naming what is not in the catalogue, or what
// it lists anyway.
func TestUnlistedExist(t *testing.T) {
	c := Default()
	for line := range strings.Lines(unlistedText) {
		words := strings.Fields(line)
		table, columns := c.Table(words[1]), words[2:]
		switch words[0] {
		case "workspace", "parser":
			continue
		case "table":
			if table != nil {
				t.Errorf("%s was renamed and is a table", words[1])
			}
			table, columns = c.Table(words[2]), words[3:]
			if table == nil && c.Functions[words[2]] != "" {
				continue
			}
		}
		if table == nil {
			t.Errorf("no table in %q", line)
			continue
		}
		for _, column := range columns {
			old, now, alias := strings.Cut(column, "=")
			name, typ, typed := strings.Cut(old, ":")
			if _, known := types.Parse(typ); typed && !known || table.Column(name) != nil || alias && table.Column(now) == nil {
				t.Errorf("%s: bad column %s", table.Name, column)
			}
		}
	}
}

func TestUnlisted(t *testing.T) {
	n := Default().Binder()
	for _, test := range []struct {
		table, column string
		want          types.Type
	}{
		{"SigninLogs", "_TimeReceived", types.DateTime},
		{"SigninLogs", "_ItemId", types.String},
		{"SigninLogs", "foo_d", types.Unknown},
		{"AzureDiagnostics", "foo_d", types.Real},
		{"AzureDiagnostics", "_BilledSize", types.Real},
		{"IdentityInfo", "SourceProvider", types.String},
		{"DeviceEvents", "_ItemId", types.String},
	} {
		if got := n.More(test.table)(test.column); got != test.want {
			t.Errorf("%s.%s is %s, want %s", test.table, test.column, got, test.want)
		}
	}
	if n.More("ScheduledTasks") != nil || n.More("NoTable") != nil {
		t.Error("a table of our own has the columns of a workspace")
	}
	if got := n.Aliases("EmailEvents")["FinalEmailAction"]; got != "EmailAction" {
		t.Errorf("FinalEmailAction is %q", got)
	}
	if now, ok := n.Renamed("MiscEvents"); !ok || now != "DeviceEvents" {
		t.Errorf("MiscEvents is %q", now)
	}
	if _, ok := n.Renamed("DeviceEvents"); ok || IsParser("DeviceEvents") || !IsParser("GCP_IAM") {
		t.Error("DeviceEvents was never renamed, GCP_IAM is a parser")
	}
}
