package normalize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// exitTable notes the ends of processes, so that a process id that comes again is not
// taken for the process that had it before. No query sees it.
const exitTable = "$ProcessExit"

// stored are the tables of the catalogue that events and task files are turned into.
var stored = []string{
	"DeviceEvents", "DeviceFileCertificateInfo", "DeviceFileEvents", "DeviceImageLoadEvents", "DeviceLogonEvents",
	"DeviceNetworkEvents", "DeviceProcessEvents", "DeviceRegistryEvents", "ScheduledTaskEvents", "ScheduledTasks", windowsEvent,
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
	return slices.Concat(list, []*catalog.Table{exit, hosts()}, rawTables(cat), eventTables(cat))
}

// Tables returns the tables that every case holds from the start, to be created
// with Table.Stored(). Other tables of the catalogue are created when their
// first row arrives (Options.Create).
func Tables() []*catalog.Table { return tables(catalog.Default()) }

// OneRowARecord says whether the rows of a table that were exported, or are task files,
// are one record each; what else a record gave lies in other tables.
func OneRowARecord(table string) bool {
	return table != windowsEvent && table != "ScheduledTaskEvents" && !lasting(table)
}

// second is a timespan of one second in ticks.
const second = 10_000_000

// Stages are the steps of the second stage. They run in order after the rows of all new
// sources are committed, and may run again at any time: what they changed they leave alone.
// Each of the three needs what those before it did, committed or not.
type Stages struct {
	Same      []Step // one name for one machine, one row for one record
	Processes []Step // one row for one process, and all rows completed from their processes; commits round by round
	Tasks     []Step // what the completed rows tell of tasks, logons and services
}

// Joined are the only tables the number of whose rows Stages.Processes changes.
func Joined() []string { return []string{processTable, raw(processTable)} }

// processTable has the processes.
const processTable = "DeviceProcessEvents"

// All are the steps of all stages.
func (s Stages) All() []Step { return slices.Concat(s.Same, s.Processes, s.Tasks) }

// Finish returns the steps for a case whose sources up to and with last were there the
// last time: what is left of their rows is compared with the new ones only. All stages were
// done with the sources up to and with completed: devices of which no later one tells are
// as they were, and left alone. Processes, and the rows of events whose processes are looked
// for, are taken roundRows at a time, but for one device that has more: the memory that is
// needed grows with them.
func Finish(last, completed int64, roundRows int) Stages {
	f := &finish{tables: map[string]*catalog.Table{}, last: last, completed: completed, roundRows: roundRows}
	for _, t := range Tables() {
		f.tables[t.Name] = t
	}
	var s Stages
	f.hosts()
	f.copies()
	f.devices()
	s.Same, f.steps = f.steps, nil
	f.processes()
	s.Processes, f.steps = f.steps, nil
	f.scheduler()
	f.logons()
	f.services()
	f.cacheEvents()
	f.taskRows()
	f.ownCopies("ScheduledTaskEvents")
	f.ownCopies("DeviceEvents")
	s.Tasks = f.steps
	return s
}

// finish collects steps.
type finish struct {
	tables    map[string]*catalog.Table
	last      int64 // the last source of the time before
	completed int64 // the last source of the last time that all stages were done
	roundRows int
	steps     []Step
}

// has says whether a table stores a column.
func (f *finish) has(table, column string) bool {
	return f.tables[table].Stored().Index(column) >= 0
}

// source is what stands in FROM for a table with raw rows of which some columns are read.
func (f *finish) source(table string, columns ...string) string {
	return newSource(f.tables[table], f.tables[raw(table)]).sql(columns)
}

// change is new values for columns of a table.
type change struct {
	columns []string
	values  []string
}

func (c *change) set(column, value string) {
	c.columns = append(c.columns, column)
	c.values = append(c.values, value)
}

// list is the values as columns.
func (c *change) list() string {
	items := make([]string, len(c.columns))
	for i := range items {
		items[i] = fmt.Sprintf(`%s AS "%s"`, c.values[i], c.columns[i])
	}
	return strings.Join(items, ",\n    ")
}

// tablesWith lists the stored tables that have a column.
func (f *finish) tablesWith(column string) []string {
	return slices.DeleteFunc(slices.Clone(stored), func(t string) bool { return !f.has(t, column) })
}

// withRaw adds the raw tables of tables.
func withRaw(tables []string) []string {
	all := slices.Clone(tables)
	for _, t := range tables {
		if name := Raw(t); name != "" {
			all = append(all, name)
		}
	}
	return all
}

// near says that the row before it in window w, which is ordered by ts, is a copy: times
// must agree to the coarsest that exports write, because the number of a record may come
// again when a log was cleared or a machine was set back.
var near = fmt.Sprintf("ts - lag(ts) OVER w <= %d", 5*second)

// copies removes what came twice: from a log and its export, from two copies of a log, or
// from a log and its archive. A record goes with everything that was made of it, also
// when an earlier run has changed or merged that.
func (f *finish) copies() {
	columns := `rowid AS r, "$Key" AS k, "$Source" AS s, "$Offset" AS o, coalesce(TimeGenerated, 0) AS ts`
	const said = `CASE WHEN %s THEN concat_ws(chr(10), Computer, Provider, CAST(EventID AS VARCHAR), CAST(EventData AS VARCHAR)) ELSE '' END AS said`
	f.given().new(windowsEvent).make("$copy", `
WITH twice AS (
  SELECT "$Key" FROM %[1]s GROUP BY "$Key" HAVING count(*) > 1)
SELECT r, narrow, s, o FROM (
  SELECT false AS narrow, %[2]s, %[3]s FROM WindowsEvent WHERE "$Key" IN (FROM twice)
  UNION ALL
  SELECT true, %[2]s, %[4]s FROM (SELECT e.rowid, e.*, h.Computer, h.Provider FROM "%[5]s" e JOIN "%[6]s" h ON h."%[7]s" = e."%[7]s") WHERE "$Key" IN (FROM twice))
WINDOW w AS (PARTITION BY k, said ORDER BY ts, s, o)
QUALIFY %[8]s`, eventRows([]string{"$Key"}), columns, fmt.Sprintf(said, "EventRecordId = ''"), fmt.Sprintf(said, "EventRecordId IS NULL"), eventsTable, headersTable, headerNumber, near)
	f.given("$copy").do(`DELETE FROM WindowsEvent WHERE rowid IN (SELECT r FROM "$copy" WHERE NOT narrow)`)
	f.given("$copy").do(`DELETE FROM "%s" WHERE rowid IN (SELECT r FROM "$copy" WHERE narrow)`, eventsTable)
	f.given("$copy").do(`DELETE FROM "%[1]s" WHERE "%[2]s" NOT IN (SELECT "%[2]s" FROM "%[3]s")`, headersTable, headerNumber, eventsTable)
	for _, table := range withRaw(f.tablesWith("$Offset")) {
		if Whole(table) != windowsEvent {
			f.given("$copy", table).do(`DELETE FROM "%s" WHERE "$Origin" NOT IN ('%s', '%s', '%s') AND ("$Source", "$Offset") IN (SELECT (s, o) FROM "$copy")`, table, originExported, originFile, originCopy)
		}
	}
	f.drop("$copy")
	for _, table := range f.tablesWith("$Key") {
		if table != windowsEvent {
			f.copiedRows(table)
			f.ownCopies(table)
		}
	}
}

// copiedRows removes rows that were exported twice, and definitions found twice.
func (f *finish) copiedRows(table string) {
	same, device := near, "''"
	if table == "ScheduledTasks" {
		same, device = "lag(ts) OVER w IS NOT NULL", "DeviceId" // the key covers the content, and not what names a collection's machine
	}
	f.given(table).new(table).do(`
DELETE FROM "%s" WHERE rowid IN (
  SELECT r FROM (
    SELECT rowid AS r, "$Key" AS k, "$Source" AS s, "$Offset" AS o, coalesce(Timestamp, 0) AS ts, %s AS d FROM "%s"
    WHERE NOT (%s) AND "$Origin" <> 'copy' AND "$Key" IN (SELECT "$Key" FROM "%s" GROUP BY "$Key" HAVING count(*) > 1))
  WINDOW w AS (PARTITION BY k, d ORDER BY ts, s, o)
  QUALIFY %s)`, table, device, table, byContent, table, same)
	f.steps = append(f.steps, alike(table, f.last))
}

// ownCopies removes the rows of a table that were exported from a case where the case has
// them itself, made of the same record, or twice. They have that row's key, which anyone
// can write into a file, so they must agree with it in time, device and action too; and
// whichever came first, it is they that go. Rows of one key may be several by right, as
// for alike.
func (f *finish) ownCopies(table string) {
	f.given().some(table, isCopy).do("%s", ownCopies(f.tables[table], f.last))
}

const isCopy = `"$Origin" = '` + originCopy + `'`

func ownCopies(table *catalog.Table, last int64) string {
	rows := func(name, row string) string {
		has := func(column, value, otherwise string) string {
			if table.Stored().Index(column) < 0 {
				return otherwise
			}
			return value
		}
		return fmt.Sprintf(`
    SELECT %s AS r, "$Key" AS k, "$Source" AS s, "$Offset" AS o, %s AS ts, %s AS d, %s AS a,
      CASE WHEN "$Origin" <> '%s' THEN -1 WHEN "$Source" <= %d THEN 0 ELSE "$Source" END AS g
    FROM "%s" WHERE "$Key" IN (SELECT "$Key" FROM "%s" WHERE %s)`, row,
			has("Timestamp", "coalesce(Timestamp, 0)", has("TimeGenerated", "coalesce(TimeGenerated, 0)", "0")),
			has("DeviceName", "lower(split_part(DeviceName, '.', 1))", "''"), has("ActionType", "ActionType", has("TaskName", "lower(TaskName)", "''")),
			originCopy, last, name, table.Name, isCopy)
	}
	all := rows(table.Name, "rowid")
	if name := Raw(table.Name); name != "" {
		all += "\n    UNION ALL" + rows(name, "NULL")
	}
	return fmt.Sprintf(`
DELETE FROM "%s" WHERE rowid IN (
  SELECT r FROM (
    SELECT r, k, d, a, ts // %[2]d AS t, g, row_number() OVER (PARTITION BY k, d, a, ts // %[2]d, g ORDER BY s, o, r) AS nth FROM (%[3]s))
  QUALIFY g >= 0 AND row_number() OVER (PARTITION BY k, d, a, t, nth ORDER BY g) > 1)`, table.Name, second, all)
}

// byContent says that a row's key is made of all that it says.
const byContent = `"$Origin" = 'exported' AND "$Key" % 2 <> 0`

// alike removes rows without an identity that another source has too. A source may have
// rows that are alike in everything, so the first of one source is the first of the
// other, the second the second. What is left of the sources up to last counts as one.
func alike(table string, last int64) Step {
	return Step{New: table, Needs: []Need{{Table: table, Where: byContent}}, SQL: strings.TrimSpace(fmt.Sprintf(`
DELETE FROM "%[1]s" WHERE rowid IN (
  SELECT r FROM (
    SELECT r, k, g, row_number() OVER (PARTITION BY k, g ORDER BY s, o, r) AS nth FROM (
      SELECT rowid AS r, "$Key" AS k, "$Source" AS s, "$Offset" AS o, CASE WHEN "$Source" <= %[2]d THEN 0 ELSE "$Source" END AS g FROM "%[1]s"
      WHERE %[3]s AND "$Key" IN (SELECT "$Key" FROM "%[1]s" GROUP BY "$Key" HAVING count(DISTINCT "$Source") > 1)))
  QUALIFY row_number() OVER (PARTITION BY k, nth ORDER BY g) > 1)`, table, last, byContent))}
}

// FinishExported returns the steps of the second stage for a table of the catalogue
// that only exports feed; last is Finish's.
func FinishExported(table *catalog.Table, last int64) []Step {
	return []Step{
		{New: table.Name, SQL: fmt.Sprintf(`
DELETE FROM "%[1]s" WHERE rowid IN (
  SELECT rowid FROM "%[1]s" WHERE "$Key" %% 2 = 0 AND NOT (%[2]s) QUALIFY row_number() OVER (PARTITION BY "$Key" ORDER BY "$Source", "$Offset") > 1)`, table.Name, isCopy)},
		alike(table.Name, last),
		{SQL: strings.TrimSpace(ownCopies(table, last)), Needs: []Need{{Table: table.Name, Where: isCopy}}},
	}
}

// devices gives all rows of a machine one name and one id: the full name where some
// records have only its first part, and Defender's id where the case has it.
func (f *finish) devices() {
	var names []string
	tables := withRaw(f.tablesWith("DeviceName"))
	for _, table := range tables {
		names = append(names, fmt.Sprintf(`SELECT DISTINCT DeviceName AS name, DeviceId AS id, "$Origin" = 'exported' AS exported FROM "%s"`, table))
	}
	f.given().make("$device", `
WITH seen AS (%s),
full_name AS (
  SELECT split_part(name, '.', 1) AS short, min(name) AS name FROM seen WHERE contains(name, '.') GROUP BY short HAVING count(DISTINCT name) = 1),
exported AS (
  SELECT name, min(id) AS id FROM seen WHERE exported AND id <> '' AND name <> '' GROUP BY name HAVING count(DISTINCT id) = 1),
local AS (
  SELECT DISTINCT s.name, s.id, coalesce(n.name, s.name) AS new_name
  FROM seen s LEFT JOIN full_name n ON n.short = s.name WHERE NOT s.exported AND s.name <> '')
SELECT l.name, l.id, l.new_name, coalesce(e.id, sha1(l.new_name)) AS new_id
FROM local l LEFT JOIN exported e ON e.name = l.new_name
WHERE l.name <> l.new_name OR l.id <> coalesce(e.id, sha1(l.new_name))`, strings.Join(names, " UNION "))
	for _, table := range tables {
		c := &change{}
		c.set("DeviceName", "d.new_name")
		c.set("DeviceId", "d.new_id")
		f.given("$device").rewrite(table, c, fmt.Sprintf(`"%s" t JOIN "$device" d ON t.DeviceName = d.name AND t.DeviceId = d.id WHERE t."$Origin" <> 'exported'`, table))
	}
	c := &change{}
	c.set("$DeviceId", "d.new_id")
	for _, table := range []string{windowsEvent, headersTable} {
		f.given("$device").rewrite(table, c, fmt.Sprintf(`"%s" t JOIN "$device" d ON t."$DeviceId" = d.id`, table))
	}
	c = &change{}
	c.set("DeviceId", "d.new_id")
	f.given("$device").rewrite(exitTable, c, `"$ProcessExit" t JOIN "$device" d ON t.DeviceId = d.id`)
	f.drop("$device")
}
