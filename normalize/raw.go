package normalize

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Of a row of these tables most is what its process is, which only the whole case can
// tell, and which many rows share. What an event itself says is a row of a narrow table,
// the raw one; what a process is, is a row of actorTable, that the second stage makes,
// and its number in the raw rows of what it did. Sources reads the two as whole rows.
// Rows that were exported have all that, and are in the tables themselves.
var rawOf = []string{
	"DeviceEvents", "DeviceFileEvents", "DeviceImageLoadEvents", "DeviceLogonEvents", "DeviceNetworkEvents", "DeviceProcessEvents", "DeviceRegistryEvents", "ScheduledTaskEvents",
}

const (
	rawPrefix = "$Raw"
	// actorTable has what is known of the processes that raw rows are of.
	actorTable = "$InitiatingProcess"
	// actorNumber is what raw rows and actorTable know a process by.
	actorNumber = "$Process"
)

// raw names the raw table of a table.
func raw(table string) string { return rawPrefix + table }

// isRaw says whether a table is a raw one.
func isRaw(table string) bool { return strings.HasPrefix(table, rawPrefix) }

// Whole names the table that the rows of a raw table, or of eventsTable, are a part of; a table that is none is its own.
func Whole(table string) string {
	if table == eventsTable {
		return windowsEvent
	}
	return strings.TrimPrefix(table, rawPrefix)
}

// Raw names the raw table of a table, "" if it has none.
func Raw(table string) string {
	switch {
	case slices.Contains(rawOf, table):
		return raw(table)
	case table == windowsEvent:
		return eventsTable
	}
	return ""
}

// rawTables are the raw tables: what an event can say, and of its process no more than what
// names it; and actorTable.
func rawTables(cat *catalog.Catalog) []*catalog.Table {
	said := map[string]bool{}
	for _, name := range columnNames {
		said[name] = true
	}
	for _, c := range learned {
		delete(said, columnNames[c])
	}
	number := types.Column{Name: actorNumber, Type: types.Long}
	var list []*catalog.Table
	for _, name := range rawOf {
		whole := cat.Table(name)
		t := &catalog.Table{Name: raw(name), Product: catalog.Goshawk, Hidden: append(slices.Clone(whole.Hidden), number)}
		for _, c := range whole.Columns {
			if c.Same == "" && said[c.Name] {
				t.Columns = append(t.Columns, c)
			}
		}
		list = append(list, t)
	}
	processes := &catalog.Table{Name: actorTable, Product: catalog.Goshawk, Hidden: types.Schema{number}}
	for _, p := range actorColumns() {
		processes.Columns = append(processes.Columns, *cat.Table(processTable).Column(p.name()))
	}
	return append(list, processes)
}

// learned are columns that no event of the raw tables says: they are learned from its
// process. Type is the table's name.
var learned = []column{
	cInitiatingProcessSHA1, cInitiatingProcessSHA256, cInitiatingProcessMD5, cInitiatingProcessIntegrityLevel,
	cInitiatingProcessParentFileName, cInitiatingProcessParentCreationTime, cInitiatingProcessCreationTime,
	cInitiatingProcessSessionId, cInitiatingProcessVersionInfoCompanyName, cInitiatingProcessVersionInfoProductName,
	cInitiatingProcessVersionInfoProductVersion, cInitiatingProcessVersionInfoOriginalFileName, cInitiatingProcessVersionInfoFileDescription,
	cType,
}
