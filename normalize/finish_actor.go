package normalize

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
)

// slack is how much later than an event of it the start of a process may be noted:
// two logs have two clocks.
const slack = second

// actors fills the InitiatingProcess columns of all tables from the processes of the
// devices $wanted.
func (f *finish) actors(tables []string) {
	f.instances()
	f.targets()
	f.exits()
	f.lifetimes()
	f.parents()
	f.findActors(tables)
	f.dropTwins()
	for i, table := range tables {
		f.fillActors(i, table)
	}
	f.numberRaw(tables)
	f.drop("$found", "$actor", "$parent", "$life", "$exit", "$guid", "$instance", "$mentioned", "$amended", "$wanted")
}

// maxTables is more than there are tables: rows of all of them are told apart by their
// number times this, and the table's place.
const maxTables = 16

// lacks says of a row t of a table that it lacks what its process may have.
func (f *finish) lacks(table string) string {
	missing := []string{"t.InitiatingProcessAccountSid = ''"}
	for _, p := range actorColumns() {
		if p.has != "" && f.has(table, p.name()) {
			missing = append(missing, p.lacks())
		}
	}
	return `t."$Origin" NOT IN ('exported', 'copy') AND (` + strings.Join(missing, " OR ") + ")"
}

// lacking selects the rows of a table that lack something, and what they lack; of a raw
// table, which lacks most, those whose process has no id of Sysmon's that is or was known.
func (f *finish) lacking(place int, table string) string {
	guid := "''"
	if f.has(table, "InitiatingProcessUniqueId") {
		guid = "t.InitiatingProcessUniqueId"
	}
	var signs []string
	for _, p := range actorColumns() {
		lacks := strconv.FormatBool(isRaw(table))
		if f.has(table, p.name()) {
			lacks = p.lacks()
		}
		if p.has != "" {
			signs = append(signs, lacks+" AS lacks"+p.column)
		}
	}
	from, row, _ := current(table)
	where := f.lacks(table)
	if isRaw(table) {
		where = fmt.Sprintf(`NOT EXISTS (FROM "$guid" g WHERE g.device = w.device AND g.guid = %[1]s)
  AND (t."%[2]s" IS NULL OR NOT EXISTS (FROM "%[3]s" p WHERE p."%[2]s" = t."%[2]s" AND p.InitiatingProcessUniqueId <> '' AND p.InitiatingProcessUniqueId = %[1]s))`, guid, actorNumber, actorTable)
	}
	return fmt.Sprintf(`
SELECT t.%s * %d + %d AS r, w.device, t.InitiatingProcessId AS pid, t.Timestamp AS ts, t.InitiatingProcessFileName AS name, %s AS guid,
  t.InitiatingProcessAccountDomain AS AccountDomain, t.InitiatingProcessAccountName AS AccountName, t.InitiatingProcessAccountSid AS AccountSid, %s
FROM %s t JOIN "$wanted" w ON w.DeviceId = t.DeviceId WHERE %s`, row, maxTables, place, guid, strings.Join(signs, ", "), from, where)
}

// findActors finds the processes of the rows that lack something which their process
// has, for all tables at once: the search goes through all processes.
func (f *finish) findActors(tables []string) {
	var lacking []string
	for i, table := range tables {
		lacking = append(lacking, f.lacking(i, table))
	}
	var named []string
	for i, table := range rawOf {
		lacking = append(lacking, f.lacking(len(tables)+i, raw(table)))
		named = append(named, fmt.Sprintf(`SELECT g.id FROM "%s" t JOIN "$wanted" w ON w.DeviceId = t.DeviceId JOIN "$guid" g ON g.device = w.device AND g.guid = t.InitiatingProcessUniqueId`, raw(table)))
	}
	f.given("$instance").make("$lacking", "%s", strings.Join(lacking, "\nUNION ALL "))
	better := []string{"x.AccountSid = '' AND i.AccountSid <> '' AND (x.AccountName = '' OR x.AccountName = i.AccountName AND x.AccountDomain = i.AccountDomain)"}
	for _, p := range actorColumns() {
		if p.has != "" {
			better = append(better, "x.lacks"+p.column+" AND "+p.has)
		}
	}
	f.given("$instance").make("$found", `
WITH found AS (
  SELECT t.r, g.id FROM "$lacking" t JOIN "$guid" g ON g.device = t.device AND g.guid = t.guid WHERE t.guid <> ''
  UNION ALL
  SELECT n.r, n.v FROM %s n
  JOIN "$life" l ON l.id = n.v
  JOIN "$instance" i ON i.id = n.v
  WHERE n.ts <= l.stop + %d AND (n.name = '' OR n.name = lower(i.FileName)))
SELECT x.r // %d AS r, x.r %% %d AS tab, i.id FROM found f JOIN "$lacking" x ON x.r = f.r JOIN "$instance" i ON i.id = f.id LEFT JOIN "$parent" p ON p.id = i.id
WHERE %s`,
		nearest(lastUpTo, "device, pid", "name", fmt.Sprintf(`
    SELECT r, device, pid, ts + %d AS ts, name FROM "$lacking" t
    WHERE pid > 4 AND ts IS NOT NULL AND NOT EXISTS (FROM "$guid" g WHERE g.device = t.device AND g.guid = t.guid)`, int64(slack)), lives),
		int64(2*slack), maxTables, maxTables, strings.Join(better, " OR "))
	f.drop("$lacking")
	// What is amended is written too.
	f.given("$instance", "$amended").do(`INSERT INTO "$found" SELECT r, %[1]d, NULL FROM "$amended" WHERE r NOT IN (SELECT r FROM "$found" WHERE tab = %[1]d)`, slices.Index(tables, processTable))
	// The processes that were found, and of their details those: the rest is never read.
	f.given("$instance").make("$actor", `
SELECT i.src, i.id, i.guid, i.pid, i.start, i.parent_pid, coalesce(i.parent_start, p.parent_start) AS parent_start,
    CASE WHEN i.parent_name = '' THEN coalesce(p.parent_name, '') ELSE i.parent_name END AS parent_name
  FROM "$instance" i LEFT JOIN "$parent" p ON p.id = i.id WHERE i.id IN (SELECT id FROM "$found" UNION ALL %s)`, strings.Join(named, " UNION ALL "))
	from, row, _ := current(processTable)
	f.given("$instance").make("$actor", `
SELECT a.*,
    %s
FROM "$actor" a JOIN %s t ON t.%s = a.src
UNION ALL BY NAME
SELECT a.*,
    %s
FROM "$actor" a JOIN "$mentioned" t ON t.src = a.src`, columnsOf(func(d detail) string { return d.own }), from, row, columnsOf(func(d detail) string { return "t." + d.name }))
	f.given("$twin", "$actor").make("$actor", `
SELECT a.* REPLACE (%s)
FROM "$actor" a LEFT JOIN "$twin" x ON x.src = a.src LEFT JOIN %s t ON t.rowid = x.exported`, columnsOf(detail.ofTwins), processTable)
}

// actorValues are the columns of a table's rows t that process a, a row of actorTable, fills:
// what the row says itself stays. whole is the table, or the one that rows of a raw table are a
// part of.
func actorValues(has func(column string) bool, whole *catalog.Table) *change {
	c := &change{}
	for _, p := range actorColumns() {
		name := p.name()
		switch {
		case whole.Column(name) == nil:
		case p.value != "":
			c.set(name, p.value)
		case !has(name) && p.text:
			c.set(name, fmt.Sprintf(`coalesce(a."%s", '')`, name))
		case !has(name):
			c.set(name, fmt.Sprintf(`a."%s"`, name))
		case p.text:
			c.set(name, fmt.Sprintf(`CASE WHEN t."%[1]s" = '' THEN coalesce(a."%[1]s", '') ELSE t."%[1]s" END`, name))
		default:
			c.set(name, fmt.Sprintf(`coalesce(t."%[1]s", a."%[1]s")`, name))
		}
	}
	return c
}

// fillActors completes the rows of a table.
func (f *finish) fillActors(place int, table string) {
	c := actorValues(func(column string) bool { return f.has(table, column) }, f.tables[table])
	// The join with the actors is an outer one, though each is there: so the engine keeps it
	// last and holds the actors, not the rows completed by them, in memory.
	rows, row, but := current(table)
	from := fmt.Sprintf(`"$found" x JOIN %s t ON t.%s = x.r LEFT JOIN (%s) a ON a.id = x.id WHERE x.tab = %d`, rows, row, actorRows(), place)
	found := f.given().some("$found", fmt.Sprintf("tab = %d", place))
	once := found.some("$round", oneRound)
	once.like(completed(table), table)
	once.do("INSERT INTO \"%s\" BY NAME SELECT t.*%s REPLACE (\n    %s)\nFROM %s", completed(table), but, c.replace(), from)
	once.do(`DELETE FROM "%s" WHERE rowid IN (SELECT r FROM "$found" WHERE tab = %d)`, table, place)
	f.takeCompleted(table)
	// Of several rounds each is committed, and then all rows are in their table.
	found.some("$round", "round > 0").rewriteRows(table, row, but, c, from)
}

// numberRaw gives raw rows the numbers of their processes, whose details go to actorTable. A row
// whose process was known by Sysmon's id, and is no longer, keeps it: the process's own
// row went when Defender's was found.
func (f *finish) numberRaw(tables []string) {
	var acted, numbers []string
	for i, table := range rawOf {
		place := len(tables) + i
		acted = append(acted, fmt.Sprintf(`
SELECT %[2]d AS tab, t.rowid AS r, coalesce(g.id, x.id) AS id
FROM "%[1]s" t JOIN "$wanted" w ON w.DeviceId = t.DeviceId
LEFT JOIN "$guid" g ON g.device = w.device AND g.guid = t.InitiatingProcessUniqueId
LEFT JOIN (SELECT r, id FROM "$found" WHERE tab = %[2]d) x ON x.r = t.rowid
WHERE coalesce(g.id, x.id) IS NOT NULL`, raw(table), place))
		numbers = append(numbers, fmt.Sprintf(`SELECT max("%s") AS n FROM "%s"`, actorNumber, raw(table)))
	}
	f.given("$actor").make("$acted", "%s", strings.Join(acted, "\nUNION ALL"))
	numbers = append(numbers, fmt.Sprintf(`SELECT max("%s") FROM "%s"`, actorNumber, actorTable))
	f.given("$acted").make("$number", "SELECT coalesce(max(n), 0) AS last FROM (%s)", strings.Join(numbers, " UNION ALL "))
	f.given("$acted").fill(actorTable, `
SELECT last + a.id AS "%s", a.* EXCLUDE (id) FROM (%s) a, "$number" WHERE a.id IN (SELECT id FROM "$acted")`, actorNumber, actorRows())
	for i, table := range rawOf {
		f.given().some("$acted", fmt.Sprintf("tab = %d", len(tables)+i)).do(`
UPDATE "%[1]s" t SET "%[2]s" = n.last + x.id FROM "$acted" x, "$number" n WHERE x.tab = %[3]d AND x.r = t.rowid`, raw(table), actorNumber, len(tables)+i)
	}
	f.drop("$acted", "$number")
}

// forget removes processes that no raw row is of any more.
func (f *finish) forgetActors() {
	var numbers []string
	for _, table := range rawOf {
		numbers = append(numbers, fmt.Sprintf(`SELECT "%[1]s" FROM "%[2]s" WHERE "%[1]s" IS NOT NULL`, actorNumber, raw(table)))
	}
	f.given(actorTable).do(`DELETE FROM "%[1]s" WHERE "%[2]s" NOT IN (%[3]s)`, actorTable, actorNumber, strings.Join(numbers, " UNION ALL "))
}

// oneRound says of $round that there is one round only.
const oneRound = `(SELECT max(round) FROM "$round") = 0`

// completed is the table of a table's completed rows.
func completed(table string) string { return "$" + table }

// takeCompleted brings the completed rows and the others of a table together: the fewer
// go to the more, so that most rows are written once. They can't go into their table as
// they are made: DuckDB 1.4.3 crashes over a table that gets rows while its rows of the
// same transaction are read, once these are more than it writes at a time.
func (f *finish) takeCompleted(table string) {
	name := completed(table)
	more := fmt.Sprintf(`(SELECT count(*) FROM "%s") > (SELECT count(*) FROM "%s")`, name, table)
	fewer := f.given().some(name, "NOT "+more)
	fewer.do(`INSERT INTO "%s" BY NAME SELECT * FROM "%s"`, table, name)
	fewer.end(name, `DROP TABLE "%s"`, name)
	most := f.given().some(name, more)
	most.do(`INSERT INTO "%s" BY NAME SELECT * FROM "%s"`, name, table)
	most.do(`DROP TABLE "%s"`, table)
	most.end(name, `ALTER TABLE "%s" RENAME TO "%s"`, name, table)
}

// actorColumn is a column of the initiating process and where it comes from.
type actorColumn struct {
	column, from string // InitiatingProcess is left out; from process a of $actor
	text         bool
	// has says of process i and its parent p that they have the column. It is set for the
	// columns that show whether a row lacks anything.
	has string
	// value is the column of row t with process a of actorTable, "" if it is t's, or a's where that
	// has none.
	value string
}

// name is the column's name in the tables.
func (p *actorColumn) name() string { return "InitiatingProcess" + p.column }

// lacks says of a row t that it lacks the column.
func (p *actorColumn) lacks() string {
	if p.text {
		return fmt.Sprintf("t.%s = ''", p.name())
	}
	return fmt.Sprintf("t.%s IS NULL", p.name())
}

// actorColumns are the columns of actorTable.
func actorColumns() []actorColumn {
	// An account is filled as a whole, or its SID alone if the row names the same account.
	const named = `t."InitiatingProcessAccountName" <> '' OR a."InitiatingProcessAccountName" IS NULL`
	const same = `t."InitiatingProcessAccountName" = a."InitiatingProcessAccountName" AND t."InitiatingProcessAccountDomain" = a."InitiatingProcessAccountDomain"`
	columns := []actorColumn{
		{column: "FileName", from: "lower(a.FileName)", text: true},
		// The path of a connection's program is the kernel's, with the volume's number.
		{column: "FolderPath", from: "lower(a.FolderPath)", text: true, value: `CASE WHEN t."InitiatingProcessFolderPath" = '' OR (starts_with(t."InitiatingProcessFolderPath", '\device\') AND a."InitiatingProcessFolderPath"[2:2] = ':' AND ends_with(t."InitiatingProcessFolderPath", a."InitiatingProcessFolderPath"[3:]))
      THEN coalesce(a."InitiatingProcessFolderPath", '') ELSE t."InitiatingProcessFolderPath" END`},
		{column: "CommandLine", from: "a.CommandLine", text: true, has: "i.hasCommandLine"},
		{column: "SHA1", from: "a.SHA1", text: true}, {column: "SHA256", from: "a.SHA256", text: true}, {column: "MD5", from: "a.MD5", text: true},
		{column: "AccountDomain", from: "a.AccountDomain", text: true, value: "CASE WHEN " + named + ` THEN t."InitiatingProcessAccountDomain" ELSE a."InitiatingProcessAccountDomain" END`},
		{column: "AccountName", from: "a.AccountName", text: true, value: "CASE WHEN " + named + ` THEN t."InitiatingProcessAccountName" ELSE a."InitiatingProcessAccountName" END`},
		{column: "AccountSid", from: "a.AccountSid", text: true, value: `CASE WHEN t."InitiatingProcessAccountSid" = '' AND (NOT (` + named + ") OR " + same + `) THEN a."InitiatingProcessAccountSid" ELSE t."InitiatingProcessAccountSid" END`},
		{column: "IntegrityLevel", from: "a.IntegrityLevel", text: true}, {column: "TokenElevation", from: "a.TokenElevation", text: true, has: "i.hasTokenElevation"},
		{column: "UniqueId", from: "a.guid", text: true}, {column: "ParentFileName", from: "a.parent_name", text: true, has: "(i.parent_name <> '' OR p.parent_name <> '')"},
		{column: "Id", from: "a.pid"}, {column: "FileSize", from: "a.FileSize"}, {column: "LogonId", from: "a.LogonId"}, {column: "SessionId", from: "a.SessionId"},
		{column: "CreationTime", from: "a.start", has: "i.start IS NOT NULL"},
		{column: "ParentId", from: "a.parent_pid"}, {column: "ParentCreationTime", from: "a.parent_start", has: "(i.parent_start IS NOT NULL OR p.parent_start IS NOT NULL)"},
	}
	for _, v := range versionInfo {
		columns = append(columns, actorColumn{column: "VersionInfo" + v, from: "a." + v, text: true})
	}
	return columns
}

// actorRows selects the processes of $actor as actorTable has them, and their id.
func actorRows() string {
	items := []string{"a.id"}
	for _, p := range actorColumns() {
		from := p.from
		if p.text {
			from = "coalesce(" + from + ", '')"
		}
		items = append(items, fmt.Sprintf(`%s AS "%s"`, from, p.name()))
	}
	return "SELECT " + strings.Join(items, ", ") + ` FROM "$actor" a`
}

// targeted are the rows t of DeviceEvents whose process may be completed.
const targeted = `t.ActionType IN ('OpenProcessApiCall', 'CreateRemoteThreadApiCall') AND t."$Origin" = 'sysmon' AND t.ProcessCreationTime IS NULL`

// targets fills the process that was opened or got a thread, which the events name
// only by image and id.
func (f *finish) targets() {
	c := &change{}
	c.set("ProcessCommandLine", "CASE WHEN t.ProcessCommandLine = '' THEN a.ProcessCommandLine ELSE t.ProcessCommandLine END")
	c.set("ProcessCreationTime", "coalesce(t.ProcessCreationTime, i.start)")
	for _, h := range []string{"SHA1", "SHA256", "MD5"} {
		c.set(h, fmt.Sprintf("CASE WHEN t.%s = '' THEN a.%s ELSE t.%s END", h, h, h))
	}
	process, row, _ := current(processTable)
	for _, table := range []string{"DeviceEvents", raw("DeviceEvents")} {
		f.given("$guid").rewrite(table, c, `"`+table+`" t
JOIN "$wanted" w ON w.DeviceId = t.DeviceId
JOIN "$guid" g ON g.device = w.device AND g.guid = (json_extract_string(CASE WHEN json_valid(t.AdditionalFields) THEN t.AdditionalFields END, '$.TargetProcessUniqueId'))
JOIN "$instance" i ON i.id = g.id
JOIN `+process+` a ON a.`+row+` = i.src
WHERE `+targeted)
	}
}
