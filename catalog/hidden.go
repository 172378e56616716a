package catalog

import "github.com/goshawk-hunt/goshawk/kql/types"

// provenance are the hidden columns of the tables that records are turned into.
var provenance = types.Schema{
	{Name: "$Source", Type: types.Long},   // the source of evidence in the case
	{Name: "$Offset", Type: types.Long},   // where in the source: bytes, or the line
	{Name: "$Origin", Type: types.String}, // what the row was made from, see package normalize
	{Name: "$Key", Type: types.Long},      // equal for two records of one event
}

// hidden are the hidden columns by table.
func hidden() map[string]types.Schema {
	m := map[string]types.Schema{}
	for _, name := range []string{
		"DeviceEvents", "DeviceFileCertificateInfo", "DeviceFileEvents", "DeviceImageLoadEvents", "DeviceLogonEvents",
		"DeviceNetworkEvents", "DeviceRegistryEvents", "ScheduledTaskEvents", "ScheduledTasks",
	} {
		m[name] = provenance
	}
	// The parent's name in its own case, for rows about the children of the process.
	m["DeviceProcessEvents"] = append(provenance[:len(provenance):len(provenance)], types.Column{Name: "$ParentName", Type: types.String})
	// WindowsEvent has no DeviceId of its own.
	m["WindowsEvent"] = append(provenance[:len(provenance):len(provenance)], types.Column{Name: "$DeviceId", Type: types.String})
	return m
}
