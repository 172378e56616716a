package normalize

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Most of what WindowsEvent says of an event it says of thousands: the log, the machine,
// the provider, and what an event of that id always is. An event read from a log is a row
// of eventsTable, which has what is its own, and names a row of headersTable, which has the
// rest. Sources reads the two as rows of WindowsEvent, together with those that are stored
// there whole: events that the two have no place for.
const (
	windowsEvent = "WindowsEvent"
	eventsTable  = "$Event"
	headersTable = "$EventHeader"
	// headerNumber is what the two know a header by.
	headerNumber = "$Header"
)

// eventOwn are the columns of WindowsEvent that an event has for itself. EventID is no part
// of the header, for it is what is asked for most, and is found in eventsTable alone.
var eventOwn = []string{"TimeGenerated", "EventID", "EventRecordId", "Correlation", "SystemProcessId", "SystemThreadId", "EventData", "$Source", "$Offset", "$Key"}

// eventSame are the columns that say the same of all events of eventsTable, as SQL: one that
// says something else is stored whole.
var eventSame = map[string]string{"RawEventData": "''", "Type": "'" + windowsEvent + "'"}

// eventTables are eventsTable and headersTable. The number of an event in its log is a number here.
func eventTables(cat *catalog.Catalog) []*catalog.Table {
	number := types.Column{Name: headerNumber, Type: types.Long}
	events := &catalog.Table{Name: eventsTable, Product: catalog.Goshawk, Hidden: types.Schema{number}}
	headers := &catalog.Table{Name: headersTable, Product: catalog.Goshawk, Hidden: types.Schema{number, {Name: "$Source", Type: types.Long}}}
	for _, c := range cat.Table(windowsEvent).Stored() {
		t, column := headers, catalog.Column{Column: c}
		if slices.Contains(eventOwn, c.Name) {
			t = events
		}
		switch {
		case eventSame[c.Name] != "":
			continue
		case c.Name == "EventRecordId":
			column.Type = types.Long
		}
		if strings.HasPrefix(c.Name, "$") {
			t.Hidden = append(t.Hidden, c)
			continue
		}
		t.Columns = append(t.Columns, column)
	}
	return []*catalog.Table{events, headers}
}

// eventRows is the source of WindowsEvent.
func eventRows(columns []string) string {
	return `(SELECT ` + listed(columns, func(name string) string { return `"` + name + `"` }) + ` FROM ` + windowsEvent + ` UNION ALL ` + narrowEvents(columns) + `)`
}

// narrowEvents is the query of columns of WindowsEvent for the events of eventsTable, e,
// joined with their headers, h, if one of the columns is a header's.
func narrowEvents(columns []string) string {
	from := ` FROM "` + eventsTable + `" e`
	joined := slices.ContainsFunc(columns, ofHeader)
	list := listed(columns, func(name string) string {
		id := `"` + name + `"`
		switch {
		case name == "EventRecordId":
			return `coalesce(CAST(e.` + id + ` AS VARCHAR), '') AS ` + id
		case eventSame[name] != "":
			return eventSame[name] + ` AS ` + id
		case name == "EventData" && joined:
			// What looks into the data is computed for the events only whose headers were asked
			// for: DuckDB would compute it first if it were of one side of the join.
			return `CASE WHEN h."` + headerNumber + `" IS NULL THEN NULL ELSE e.` + id + ` END AS ` + id
		case ofHeader(name):
			return `h.` + id
		}
		return `e.` + id
	})
	if joined {
		from += ` JOIN "` + headersTable + `" h ON h."` + headerNumber + `" = e."` + headerNumber + `"`
	}
	return `SELECT ` + list + from
}

// ofHeader says whether a column of WindowsEvent is one of headersTable.
func ofHeader(column string) bool {
	return eventSame[column] == "" && !slices.Contains(eventOwn, column) && `"`+column+`"` != ingestionTime
}

// listed writes the columns of a SELECT, which must have some.
func listed(columns []string, write func(name string) string) string {
	if len(columns) == 0 {
		return "1 AS one"
	}
	items := make([]string, len(columns))
	for i, name := range columns {
		items[i] = write(name)
	}
	return strings.Join(items, ", ")
}
