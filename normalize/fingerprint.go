package normalize

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// preferred are the tables that win where several have all columns of a row: the ones
// that say more than a common part of all Device tables come first.
var preferred = []string{
	"DeviceProcessEvents", "DeviceNetworkEvents", "DeviceRegistryEvents", "DeviceLogonEvents", "DeviceFileEvents",
	"DeviceImageLoadEvents", "DeviceEvents", "IdentityDirectoryEvents",
}

// actionTable is the table that has the rows of an ActionType, "" if it may be any.
func actionTable(action string) string {
	has := func(s string) bool { return strings.Contains(action, s) }
	switch {
	case action == "":
		return ""
	case action == "ProcessCreated", action == "ProcessCreatedAggregatedReport":
		return "DeviceProcessEvents"
	case has("RegistryKey"), has("RegistryValue"):
		return "DeviceRegistryEvents"
	case action == "ImageLoaded":
		return "DeviceImageLoadEvents"
	case strings.HasPrefix(action, "Logon") && action != "LogonRightsSettingEnabled":
		return "DeviceLogonEvents"
	case action == "FileCreated", action == "FileModified", action == "FileRenamed", action == "FileDeleted",
		strings.HasPrefix(action, "File") && strings.HasSuffix(action, "AggregatedReport"):
		return "DeviceFileEvents"
	case strings.HasPrefix(action, "Connection"), strings.HasPrefix(action, "InboundConnection"),
		action == "ListeningConnectionCreated", strings.HasSuffix(action, "Inspected"):
		return "DeviceNetworkEvents"
	case strings.HasPrefix(action, "ScheduledTask"):
		return "DeviceEvents"
	}
	return ""
}

// minFit is how many columns must prove a table.
const minFit = 3

// fingerprint finds the table that rows without a table's name come from: by their
// ActionType where only one table has it, else by how many of their columns each
// table has. At least half of them must be its own, for a query adds some.
func (n *Normalizer) fingerprint(columns []headerColumn, action string) *catalog.Table {
	if len(n.filled) > maxHeaders {
		n.filled = map[string]bool{} // to clear it would take as long as that row
	}
	names := n.filled
	clear(names)
	for i := range columns {
		if !columns[i].empty && !hiddenName(columns[i].name) {
			names[columns[i].plain] = true
		}
	}
	fit := func(t *catalog.Table) int {
		k := 0
		for i := range t.Columns {
			if names[t.Columns[i].Name] {
				k++
			}
		}
		return k
	}
	enough := func(k int) bool { return k >= minFit && 2*k >= len(names) }
	timed := names["Timestamp"] || names["TimeGenerated"]
	if t := n.cat.Table(actionTable(action)); t != nil && timed && enough(fit(t)) {
		return t
	}
	if action != "" && timed && (names["DeviceId"] || names["DeviceName"] && names["InitiatingProcessFileName"]) {
		if t := n.cat.Table("DeviceEvents"); t != nil && enough(fit(t)) {
			return t
		}
	}
	// Defender's sensors of identities have one set of columns for three tables.
	if names["DestinationDeviceName"] && names["AccountDisplayName"] && !names["RawEventData"] {
		switch {
		case strings.HasPrefix(action, "Logon"):
			return n.cat.Table("IdentityLogonEvents")
		case names["Query"] || names["QueryTarget"]:
			return n.cat.Table("IdentityQueryEvents")
		}
	}
	if timed && names["EventID"] && names["Computer"] {
		return n.cat.Table(eventTable(names))
	}
	best := 0
	var tied []*catalog.Table
	for _, t := range n.cat.Tables {
		switch k := fit(t); {
		case k > best:
			best, tied = k, append(tied[:0], t)
		case k == best:
			tied = append(tied, t)
		}
	}
	switch {
	case !enough(best):
		return nil
	case len(tied) == 1:
		return tied[0]
	}
	for _, name := range preferred {
		if i := slices.IndexFunc(tied, func(t *catalog.Table) bool { return t.Name == name }); i >= 0 {
			return tied[i]
		}
	}
	return nil
}

// eventTable is the table of rows that are Windows events.
func eventTable(names map[string]bool) string {
	switch {
	case names["EventLog"] || names["RenderedDescription"] || names["ParameterXml"]:
		return "Event"
	case names["Provider"]:
		return "WindowsEvent"
	}
	return "SecurityEvent"
}

// plainName takes from a column's name what an export added.
func plainName(name string) string {
	name = strings.TrimSpace(name)
	if i := strings.LastIndex(name, " ["); i > 0 && strings.HasSuffix(name, "]") {
		return name[:i]
	}
	if i := strings.LastIndexByte(name, '_'); i > 0 {
		if _, ok := types.Parse(name[i+1:]); ok {
			return name[:i]
		}
	}
	return name
}
