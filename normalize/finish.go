package normalize

import (
	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// exitTable notes the ends of processes, so that a process id that comes again is not
// taken for the process that had it before. No query sees it.
const exitTable = "$ProcessExit"

// stored are the tables of the catalogue that events and task files are turned into.
var stored = []string{
	"DeviceEvents", "DeviceFileCertificateInfo", "DeviceFileEvents", "DeviceImageLoadEvents", "DeviceLogonEvents",
	"DeviceNetworkEvents", "DeviceProcessEvents", "DeviceRegistryEvents", "ScheduledTaskEvents", "ScheduledTasks", "WindowsEvent",
}

// tables returns the stored tables and those that only normalisation uses.
func tables(cat *catalog.Catalog) []*catalog.Table {
	list := make([]*catalog.Table, 0, len(stored)+1)
	for _, name := range stored {
		list = append(list, cat.Table(name))
	}
	exit := &catalog.Table{Name: exitTable, Product: catalog.Goshawk, Hidden: types.Schema{{Name: "$Source", Type: types.Long}, {Name: "$Key", Type: types.Long}}}
	for _, c := range []types.Column{
		{Name: "Timestamp", Type: types.DateTime}, {Name: "DeviceId", Type: types.String},
		{Name: "ProcessId", Type: types.Long}, // -1: all processes, the system started
		{Name: "ProcessUniqueId", Type: types.String},
	} {
		exit.Columns = append(exit.Columns, catalog.Column{Column: c})
	}
	return append(list, exit)
}

// Tables returns the tables that every case holds from the start, to be created
// with Table.Stored(). Other tables of the catalogue are created when their
// first row arrives (Options.Create).
func Tables() []*catalog.Table { return tables(catalog.Default()) }

// Finish returns the statements of the second stage, in DuckDB's SQL. They run in
// order in one transaction after the rows of all new sources are committed, and
// may run again at any time.
func Finish() []string { return nil }

// Views returns the SQL of the tables that are computed from stored ones, by name:
// SecurityEvent and Event over WindowsEvent.
func Views() map[string]string { return nil }
