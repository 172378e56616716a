package catalog

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// provenance are the hidden columns of the tables that records are turned into.
var provenance = types.Schema{
	{Name: "$Source", Type: types.Long},   // the source of evidence in the case
	{Name: "$Offset", Type: types.Long},   // where in the source: bytes, or the line
	{Name: "$Origin", Type: types.String}, // what the row was made from, see package normalize
	{Name: "$Key", Type: types.Long},      // equal for two records of one event, and for two exports of one row
}

// more are hidden columns of single tables.
func more() map[string]types.Schema {
	return map[string]types.Schema{
		// The parent's name in its own case, for rows about the children of the process.
		"DeviceProcessEvents": {{Name: "$ParentName", Type: types.String}},
		// WindowsEvent has no DeviceId of its own.
		"WindowsEvent": {{Name: "$DeviceId", Type: types.String}},
	}
}

// hide gives every table that evidence is stored in its hidden columns.
func (c *Catalog) hide() {
	for _, t := range c.Tables {
		// Tables of ours are made by other parts, but for those of tasks.
		if !t.View && (t.Product != Goshawk || strings.HasPrefix(t.Name, "ScheduledTask")) {
			t.Hidden = provenance
		}
	}
	for name, columns := range more() {
		c.Tables[name].Hidden = append(provenance[:len(provenance):len(provenance)], columns...)
	}
}
