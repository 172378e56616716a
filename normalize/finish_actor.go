package normalize

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
)

// slack is how much later than an event of it the start of a process may be noted:
// two logs have two clocks.
const slack = second

// actors finds the processes of the raw rows of the devices $wanted.
func (f *finish) actors() {
	f.instances()
	f.targets()
	f.exits()
	f.lifetimes()
	f.parents()
	f.findActors()
	f.numberActors()
	f.dropTwins()
	f.drop("$acted", "$actor", "$parent", "$life", "$exit", "$guid", "$instance", "$mentioned", "$wanted")
}

// maxTables is more than there are raw tables: rows of all of them are told apart by their
// number times this, and the table's place in rawOf.
const maxTables = 16

// acting selects the raw rows of a table, the process id if Sysmon's id of it is known, and, if
// it is not and never was, by what the process is looked for, and what the row lacks.
func (f *finish) acting(place int, table string) string {
	guid := "''"
	if f.has(table, "InitiatingProcessUniqueId") {
		guid = "t.InitiatingProcessUniqueId"
	}
	columns := []string{"t.InitiatingProcessId AS pid", "t.Timestamp AS ts", "t.InitiatingProcessFileName AS name",
		"t.InitiatingProcessAccountDomain AS AccountDomain", "t.InitiatingProcessAccountName AS AccountName", "t.InitiatingProcessAccountSid AS AccountSid"}
	for _, p := range actorColumns() {
		if p.has == "" {
			continue
		}
		lacks := "true"
		if f.has(table, p.name()) {
			lacks = p.lacks()
		}
		columns = append(columns, lacks+" AS lacks"+p.column)
	}
	for i, column := range columns {
		columns[i] = "CASE WHEN g.id IS NULL THEN " + strings.Replace(column, " AS ", " END AS ", 1)
	}
	return fmt.Sprintf(`
SELECT t.rowid * %[1]d + %[2]d AS r, w.device, g.id, %[3]s
FROM "%[4]s" t JOIN "$wanted" w ON w.DeviceId = t.DeviceId LEFT JOIN "$guid" g ON g.device = w.device AND g.guid = %[5]s
WHERE g.id IS NOT NULL OR t.InitiatingProcessId > 4 AND t.Timestamp IS NOT NULL
  AND (t."%[6]s" IS NULL OR NOT EXISTS (FROM "%[7]s" p WHERE p."%[6]s" = t."%[6]s" AND p.InitiatingProcessUniqueId <> '' AND p.InitiatingProcessUniqueId = %[5]s))`,
		maxTables, place, strings.Join(columns, ", "), table, guid, actorNumber, actorTable)
}

// findActors finds the processes of the raw rows, for all tables at once: the search goes
// through all processes. $acted has the rows and the processes, $actor the processes.
func (f *finish) findActors() {
	// Table after table: in one statement each would have the processes' ids in memory for itself.
	for i, table := range rawOf {
		if i == 0 {
			f.given("$instance").make("$acted", "%s", f.acting(i, raw(table)))
		} else {
			f.given("$instance", raw(table)).fill("$acted", "%s", f.acting(i, raw(table)))
		}
	}
	better := []string{"x.AccountSid = '' AND i.AccountSid <> '' AND (x.AccountName = '' OR x.AccountName = i.AccountName AND x.AccountDomain = i.AccountDomain)"}
	for _, p := range actorColumns() {
		if p.has != "" {
			better = append(better, "x.lacks"+p.column+" AND "+p.has)
		}
	}
	// One that is found by its process id and the time must have what the row lacks.
	f.given("$acted").make("$acted", `
SELECT r // %[1]d AS r, r %% %[1]d AS tab, id FROM "$acted" WHERE id IS NOT NULL
UNION ALL
SELECT x.r // %[1]d, x.r %% %[1]d, i.id FROM %[2]s n
JOIN "$life" l ON l.id = n.v
JOIN "$instance" i ON i.id = n.v
JOIN "$acted" x ON x.r = n.r
LEFT JOIN "$parent" p ON p.id = i.id
WHERE n.ts <= l.stop + %[3]d AND (n.name = '' OR n.name = lower(i.FileName)) AND (%[4]s)`, maxTables,
		nearest(lastUpTo, "device, pid", "name", fmt.Sprintf(`
    SELECT r, device, pid, ts + %d AS ts, name FROM "$acted" WHERE id IS NULL`, int64(slack)), lives), int64(2*slack), strings.Join(better, " OR "))
	f.given("$acted").make("$actor", `
SELECT i.src, i.id, i.guid, i.pid, i.start, i.parent_pid, coalesce(i.parent_start, p.parent_start) AS parent_start,
    CASE WHEN i.parent_name = '' THEN coalesce(p.parent_name, '') ELSE i.parent_name END AS parent_name
  FROM "$instance" i LEFT JOIN "$parent" p ON p.id = i.id WHERE i.id IN (SELECT id FROM "$acted")`)
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

// numberActors gives raw rows the numbers of their processes, whose details go to actorTable. A
// row whose process was known by Sysmon's id, and is no longer, keeps it: the process's own
// row went when Defender's was found.
func (f *finish) numberActors() {
	numbers := []string{fmt.Sprintf(`SELECT max("%s") AS n FROM "%s"`, actorNumber, actorTable)}
	for _, table := range rawOf {
		numbers = append(numbers, fmt.Sprintf(`SELECT max("%s") FROM "%s"`, actorNumber, raw(table)))
	}
	f.given("$actor").make("$number", "SELECT coalesce(max(n), 0) AS last FROM (%s)", strings.Join(numbers, " UNION ALL "))
	f.given("$actor").fill(actorTable, "%s", f.actorRows())
	for i, table := range rawOf {
		f.given("$actor").some("$acted", fmt.Sprintf("tab = %d", i)).do(`
UPDATE "%[1]s" t SET "%[2]s" = n.last + x.id FROM "$acted" x, "$number" n WHERE x.tab = %[3]d AND x.r = t.rowid`, raw(table), actorNumber, i)
	}
	f.drop("$number")
}

// forgetActors removes processes that no raw row is of any more.
func (f *finish) forgetActors() {
	var numbers []string
	for _, table := range rawOf {
		numbers = append(numbers, fmt.Sprintf(`SELECT "%[1]s" FROM "%[2]s" WHERE "%[1]s" IS NOT NULL`, actorNumber, raw(table)))
	}
	f.given(actorTable).do(`DELETE FROM "%[1]s" WHERE "%[2]s" NOT IN (%[3]s)`, actorTable, actorNumber, strings.Join(numbers, " UNION ALL "))
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

// actorRows selects the processes of $actor as actorTable has them: what their own rows say,
// or those that mention them, and of twins what Defender's row of them says besides.
func (f *finish) actorRows() string {
	var own []string
	for _, d := range details() {
		own = append(own, strings.TrimPrefix(d.own, "t."))
	}
	rows := f.processRows(own...)
	items := []string{fmt.Sprintf(`n.last + a.id AS "%s"`, actorNumber)}
	for _, p := range actorColumns() {
		from := p.from
		if p.text {
			from = "coalesce(" + from + ", '')"
		}
		items = append(items, fmt.Sprintf(`%s AS "%s"`, from, p.name()))
	}
	return fmt.Sprintf(`
SELECT %s
FROM (
  SELECT a.* REPLACE (%s)
  FROM (
    SELECT a.*, %s
    FROM "$actor" a JOIN %s t ON t."$row" = a.src
    UNION ALL
    SELECT a.*, %s
    FROM "$actor" a JOIN "$mentioned" t ON t.src = a.src) a
  LEFT JOIN "$twin" x ON x.src = a.src LEFT JOIN %s t ON t."$row" = x.exported) a, "$number" n`, strings.Join(items, ", "),
		columnsOf(detail.ofTwins), columnsOf(func(d detail) string { return d.own }), rows, columnsOf(func(d detail) string { return "t." + d.name }), rows)
}

// targets fills the process that was opened or got a thread, which the events name
// only by image and id.
func (f *finish) targets() {
	c := &change{}
	c.set("ProcessCommandLine", "CASE WHEN t.ProcessCommandLine = '' THEN a.ProcessCommandLine ELSE t.ProcessCommandLine END")
	c.set("ProcessCreationTime", "coalesce(t.ProcessCreationTime, i.start)")
	digests := []string{"SHA1", "SHA256", "MD5"}
	for _, h := range digests {
		c.set(h, fmt.Sprintf("CASE WHEN t.%s = '' THEN a.%s ELSE t.%s END", h, h, h))
	}
	table := raw("DeviceEvents")
	f.given("$guid").rewrite(table, c, `"`+table+`" t
JOIN "$wanted" w ON w.DeviceId = t.DeviceId
JOIN "$guid" g ON g.device = w.device AND g.guid = (json_extract_string(CASE WHEN json_valid(t.AdditionalFields) THEN t.AdditionalFields END, '$.TargetProcessUniqueId'))
JOIN "$instance" i ON i.id = g.id
JOIN `+f.processRows(append(digests, "ProcessCommandLine")...)+` a ON a."$row" = i.src
WHERE t.ActionType IN ('OpenProcessApiCall', 'CreateRemoteThreadApiCall') AND t."$Origin" = 'sysmon' AND t.ProcessCreationTime IS NULL`)
}
