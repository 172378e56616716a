package normalize

import (
	"fmt"
	"strings"
)

// slack is how much later than an event of it the start of a process may be noted:
// two logs have two clocks.
const slack = second

// actors fills the InitiatingProcess columns of all tables from the processes of the
// case.
func (f *finish) actors() {
	tables := f.tablesWith("InitiatingProcessCommandLine")
	f.wanted(tables)
	f.instances()
	f.lifetimes()
	f.parents()
	f.findActors()
	for i, table := range tables {
		f.fillActors(i, table)
	}
	f.drop("$found")
}

// versionInfo are the columns of a file's version resource.
var versionInfo = []string{"CompanyName", "ProductName", "ProductVersion", "InternalFileName", "OriginalFileName", "FileDescription"}

// instances collects the processes of the case: those whose start was recorded, and
// those that are only known as parents, by their own id where they have one.
func (f *finish) instances() {
	var info, none []string
	for _, v := range versionInfo {
		info = append(info, "ProcessVersionInfo"+v+" AS "+v)
		none = append(none, "max(InitiatingProcessVersionInfo"+v+")")
	}
	f.given("$wanted", "DeviceProcessEvents").make("$instance", `
WITH own AS (
  SELECT DeviceId, ProcessUniqueId AS guid, ProcessId AS pid, coalesce(ProcessCreationTime, Timestamp) AS start, Timestamp AS seen, false AS mentioned,
    FileName, FolderPath, ProcessCommandLine AS CommandLine, SHA1, SHA256, MD5, FileSize, ProcessIntegrityLevel AS IntegrityLevel,
    ProcessTokenElevation AS TokenElevation, AccountDomain, AccountName, AccountSid, LogonId, CreatedProcessSessionId AS SessionId,
    %s,
    InitiatingProcessUniqueId AS parent_guid, InitiatingProcessId AS parent_pid, InitiatingProcessCreationTime AS parent_start,
    CASE WHEN "$ParentName" <> '' THEN "$ParentName" ELSE InitiatingProcessFileName END AS parent_name, "$Key" AS k
  FROM DeviceProcessEvents WHERE ActionType = 'ProcessCreated' AND ProcessId IS NOT NULL AND Timestamp IS NOT NULL AND DeviceId IN (FROM "$wanted")),
mentioned AS (
  SELECT DeviceId, InitiatingProcessUniqueId AS guid, InitiatingProcessId AS pid, max(InitiatingProcessCreationTime) AS start, min(Timestamp) AS seen, true AS mentioned,
    coalesce(max(nullif("$ParentName", '')), max(InitiatingProcessFileName)) AS FileName, max(InitiatingProcessFolderPath), InitiatingProcessCommandLine,
    max(InitiatingProcessSHA1), max(InitiatingProcessSHA256), max(InitiatingProcessMD5), max(InitiatingProcessFileSize), max(InitiatingProcessIntegrityLevel),
    max(InitiatingProcessTokenElevation), max(InitiatingProcessAccountDomain), max(InitiatingProcessAccountName), max(InitiatingProcessAccountSid), max(InitiatingProcessLogonId), max(InitiatingProcessSessionId),
    %s,
    '', max(InitiatingProcessParentId), max(InitiatingProcessParentCreationTime), max(InitiatingProcessParentFileName), min("$Key") AS k
  FROM DeviceProcessEvents
  WHERE InitiatingProcessCommandLine <> '' AND InitiatingProcessId IS NOT NULL AND Timestamp IS NOT NULL AND DeviceId IN (FROM "$wanted")
    AND NOT contains(AdditionalFields, '"ScheduleService"')
    AND (InitiatingProcessUniqueId <> '' OR InitiatingProcessCreationTime IS NOT NULL)
  GROUP BY DeviceId, guid, pid, InitiatingProcessCommandLine, CASE WHEN InitiatingProcessUniqueId = '' THEN InitiatingProcessCreationTime END)
SELECT row_number() OVER (ORDER BY DeviceId, mentioned, seen, pid, k) AS id, * FROM (
  SELECT * FROM own UNION ALL
  SELECT m.* FROM mentioned m
  WHERE NOT EXISTS (FROM own o WHERE o.DeviceId = m.DeviceId AND o.guid = m.guid AND m.guid <> '')
    AND NOT EXISTS (FROM own o WHERE o.DeviceId = m.DeviceId AND o.pid = m.pid AND abs(o.start - m.start) <= %d)
  QUALIFY row_number() OVER (PARTITION BY DeviceId, guid, pid, start ORDER BY seen, k) = 1)`,
		strings.Join(info, ", "), strings.Join(none, ", "), 2*second)
	f.given("$instance").make("$guid", `
SELECT DeviceId, guid, min(id) AS id FROM "$instance" WHERE guid <> '' GROUP BY DeviceId, guid`)
}

// lifetimes tells from when to when an id meant which process. A process ends when it
// is said to, when another gets its id, or when the system starts again. One that is
// only known as a parent began after what ended last before it was seen.
func (f *finish) lifetimes() {
	const exits = `SELECT DISTINCT DeviceId, ProcessId AS pid, Timestamp AS ts, Timestamp AS v FROM "$ProcessExit" WHERE Timestamp IS NOT NULL AND ProcessId >= 0`
	const mentioned = `SELECT id AS r, DeviceId, pid, seen AS ts FROM "$instance" WHERE start IS NULL AND pid > 4`
	const known = `SELECT id AS r, DeviceId, pid, start AS ts FROM "$life"`
	f.given("$instance").make("$life", `
SELECT id, DeviceId, pid, start, CAST(NULL AS BIGINT) AS stop FROM "$instance" WHERE start IS NOT NULL AND pid > 4
UNION ALL
SELECT m.r, m.DeviceId, m.pid, coalesce(greatest(b.v, e.v, o.v + 1), 0), NULL
FROM (%s) m
LEFT JOIN %s b ON b.r = m.r
LEFT JOIN %s e ON e.r = m.r
LEFT JOIN %s o ON o.r = m.r`, mentioned,
		nearest(lastUpTo, "DeviceId", "", mentioned, boots),
		nearest(lastBefore, "DeviceId, pid", "", mentioned, exits),
		nearest(lastBefore, "DeviceId, pid", "", mentioned, `SELECT DeviceId, pid, start AS ts, start AS v FROM "$instance" WHERE start IS NOT NULL`))
	f.given("$life").make("$life", `
SELECT l.id, l.DeviceId, l.pid, l.start, coalesce(least(l.next, e.v, b.v), %d) AS stop
FROM (SELECT *, lead(start) OVER (PARTITION BY DeviceId, pid ORDER BY start, id) AS next FROM "$life") l
LEFT JOIN %s e ON e.r = l.id
LEFT JOIN %s b ON b.r = l.id`, int64(9e18),
		nearest(firstFrom, "DeviceId, pid", "", known, exits),
		nearest(firstBehind, "DeviceId", "", known, boots))
}

// boots are the starts of systems.
const boots = `SELECT DISTINCT DeviceId, Timestamp AS ts, Timestamp AS v FROM "$ProcessExit" WHERE Timestamp IS NOT NULL AND ProcessId = -1`

// lives are the processes by their ids.
const lives = `SELECT DeviceId, pid, start AS ts, id AS v FROM "$life"`

// parents finds the parent of each process, by its own id or else by its number.
func (f *finish) parents() {
	f.given("$instance").make("$parent", `
SELECT i.id, g.id AS parent FROM "$instance" i JOIN "$guid" g ON g.DeviceId = i.DeviceId AND g.guid = i.parent_guid WHERE i.parent_guid <> ''
UNION ALL
SELECT n.r, n.v FROM %s n
JOIN "$life" l ON l.id = n.v
JOIN "$instance" p ON p.id = n.v
WHERE n.ts <= l.stop + %d AND n.v <> n.r AND (n.parent_name = '' OR lower(n.parent_name) = lower(p.FileName))`,
		nearest(lastUpTo, "DeviceId, pid", "parent_name", `
  SELECT id AS r, DeviceId, parent_pid AS pid, start AS ts, parent_name FROM "$instance" x
  WHERE start IS NOT NULL AND parent_pid > 4 AND NOT EXISTS (FROM "$guid" g WHERE g.DeviceId = x.DeviceId AND g.guid = x.parent_guid)`, lives), int64(slack))
}

// actor is a subquery of what each process gives to the rows of what it did, its own
// parent included.
const actor = `(
SELECT i.* REPLACE (
    CASE WHEN i.parent_name = '' THEN coalesce(p.FileName, '') ELSE i.parent_name END AS parent_name,
    coalesce(i.parent_start, p.start) AS parent_start),
  p.CommandLine AS parent_line
FROM "$instance" i LEFT JOIN "$parent" r ON r.id = i.id LEFT JOIN "$instance" p ON p.id = r.parent)`

// wanted collects the rows that lack something which their process may have, of all
// tables, and the devices whose processes are wanted at all: an export that is whole
// has none.
func (f *finish) wanted(tables []string) {
	var lacking []string
	for i, table := range tables {
		lacking = append(lacking, f.lacking(i, table))
	}
	f.given().make("$lacking", "%s", strings.Join(lacking, "\nUNION ALL "))
	f.given().make("$wanted", `SELECT DeviceId FROM "$lacking" UNION SELECT DeviceId FROM DeviceEvents t WHERE %s`, targeted)
}

// findActors finds the processes of the rows that lack something which their process
// has, for all tables at once: the search goes through all processes of the case.
func (f *finish) findActors() {
	better := []string{"x.InitiatingProcessAccountSid = '' AND a.AccountSid <> '' AND (x.InitiatingProcessAccountName = '' OR x.InitiatingProcessAccountName = a.AccountName AND x.InitiatingProcessAccountDomain = a.AccountDomain)"}
	for _, p := range f.actorColumns() {
		switch {
		case !p.sign:
		case p.text:
			better = append(better, fmt.Sprintf("x.InitiatingProcess%s = '' AND %s <> ''", p.column, p.from))
		default:
			better = append(better, fmt.Sprintf("x.InitiatingProcess%s IS NULL AND %s IS NOT NULL", p.column, p.from))
		}
	}
	f.given("$lacking", "$instance").make("$found", `
WITH found AS (
  SELECT t.r, g.id FROM "$lacking" t JOIN "$guid" g ON g.DeviceId = t.DeviceId AND g.guid = t.guid WHERE t.guid <> ''
  UNION ALL
  SELECT n.r, n.v FROM %s n
  JOIN "$life" l ON l.id = n.v
  JOIN "$instance" i ON i.id = n.v
  WHERE n.ts <= l.stop + %d AND (n.name = '' OR n.name = lower(i.FileName)))
SELECT x.r // %d AS r, x.r %% %d AS tab, a.id FROM found f JOIN "$lacking" x ON x.r = f.r JOIN %s a ON a.id = f.id WHERE %s`,
		nearest(lastUpTo, "DeviceId, pid", "name", fmt.Sprintf(`
    SELECT r, DeviceId, pid, ts + %d AS ts, name FROM "$lacking" t
    WHERE pid > 4 AND ts IS NOT NULL AND NOT EXISTS (FROM "$guid" g WHERE g.DeviceId = t.DeviceId AND g.guid = t.guid)`, int64(slack)), lives),
		int64(2*slack), maxTables, maxTables, actor, strings.Join(better, " OR "))
	f.drop("$lacking")
	f.drop("$wanted")
	f.given("$found").make("$actor", `SELECT * FROM %s WHERE id IN (SELECT id FROM "$found")`, actor)
}

// maxTables is more than there are tables: rows of all of them are told apart by their
// number times this, and the table's place.
const maxTables = 16

// lacking selects the rows of a table that lack what shows whether their process was
// known. The rest comes with it.
func (f *finish) lacking(place int, table string) string {
	guid := "''"
	if f.has(table, "InitiatingProcessUniqueId") {
		guid = "t.InitiatingProcessUniqueId"
	}
	missing, signs := []string{"t.InitiatingProcessAccountSid = ''"}, []string{"InitiatingProcessAccountDomain", "InitiatingProcessAccountName", "InitiatingProcessAccountSid"}
	for _, p := range f.actorColumns() {
		column := "InitiatingProcess" + p.column
		switch {
		case !p.sign:
			continue
		case !f.has(table, column) && p.text: // nothing to lack
			column = "'-' AS " + column
		case !f.has(table, column):
			column = "0 AS " + column
		case p.text:
			missing = append(missing, fmt.Sprintf("t.%s = ''", column))
		default:
			missing = append(missing, fmt.Sprintf("t.%s IS NULL", column))
		}
		signs = append(signs, column)
	}
	return fmt.Sprintf(`
SELECT t.rowid * %d + %d AS r, t.DeviceId, t.InitiatingProcessId AS pid, t.Timestamp AS ts, t.InitiatingProcessFileName AS name, %s AS guid, %s
FROM "%s" t WHERE t."$Origin" <> 'exported' AND (%s)`, maxTables, place, guid, strings.Join(signs, ", "), table, strings.Join(missing, " OR "))
}

// fillActors completes the rows of a table: what the row says itself stays.
func (f *finish) fillActors(place int, table string) {
	c := &change{}
	for _, p := range f.actorColumns() {
		column := "InitiatingProcess" + p.column
		if !f.has(table, column) {
			continue
		}
		if p.text {
			c.set(column, fmt.Sprintf(`CASE WHEN t."%s" = '' THEN coalesce(%s, '') ELSE t."%s" END`, column, p.from, column))
		} else {
			c.set(column, fmt.Sprintf("coalesce(t.%s, %s)", column, p.from))
		}
	}
	// An account is filled as a whole, or its SID alone if the row names the same account.
	const named = "t.InitiatingProcessAccountName <> ''"
	const same = "t.InitiatingProcessAccountName = a.AccountName AND t.InitiatingProcessAccountDomain = a.AccountDomain"
	c.set("InitiatingProcessAccountDomain", "CASE WHEN "+named+" THEN t.InitiatingProcessAccountDomain ELSE a.AccountDomain END")
	c.set("InitiatingProcessAccountName", "CASE WHEN "+named+" THEN t.InitiatingProcessAccountName ELSE a.AccountName END")
	c.set("InitiatingProcessAccountSid", "CASE WHEN t.InitiatingProcessAccountSid = '' AND (NOT ("+named+") OR "+same+") THEN a.AccountSid ELSE t.InitiatingProcessAccountSid END")
	// The path of a connection's program is the kernel's, with the volume's number.
	c.set("InitiatingProcessFolderPath", `CASE WHEN t.InitiatingProcessFolderPath = '' OR (starts_with(t.InitiatingProcessFolderPath, '\device\') AND a.FolderPath[2:2] = ':' AND ends_with(t.InitiatingProcessFolderPath, lower(a.FolderPath[3:])))
      THEN lower(a.FolderPath) ELSE t.InitiatingProcessFolderPath END`)
	// The rows are copied first: DuckDB 1.4.3 crashes over a table that gets rows while its
	// rows of the same transaction are read, once these are more than it writes at a time.
	// The join with the actors is an outer one, though each is there: so the engine keeps it
	// last and holds the actors, not the rows completed by them, in memory.
	found := f.given().some("$found", fmt.Sprintf("tab = %d", place))
	found.make("$filled", "SELECT t.* REPLACE (\n    %s)\nFROM \"$found\" x JOIN \"%s\" t ON t.rowid = x.r LEFT JOIN \"$actor\" a ON a.id = x.id WHERE x.tab = %d", c.replace(), table, place)
	found.do(`DELETE FROM "%s" WHERE rowid IN (SELECT r FROM "$found" WHERE tab = %d)`, table, place)
	found.do(`INSERT INTO "%s" SELECT * FROM "$filled"`, table)
	f.drop("$filled")
}

// actorColumn is a column of the initiating process and where it comes from.
type actorColumn struct {
	column, from string
	text         bool
	// sign is set for the columns that show whether a row lacks anything.
	sign bool
}

func (f *finish) actorColumns() []actorColumn {
	columns := []actorColumn{
		{"FileName", "lower(a.FileName)", true, false},
		{"CommandLine", "a.CommandLine", true, true},
		{"SHA1", "a.SHA1", true, false}, {"SHA256", "a.SHA256", true, false}, {"MD5", "a.MD5", true, false},
		{"IntegrityLevel", "a.IntegrityLevel", true, false}, {"TokenElevation", "a.TokenElevation", true, true},
		{"UniqueId", "a.guid", true, false}, {"ParentFileName", "a.parent_name", true, true},
		{"Id", "a.pid", false, false}, {"FileSize", "a.FileSize", false, false}, {"LogonId", "a.LogonId", false, false}, {"SessionId", "a.SessionId", false, false},
		{"CreationTime", "a.start", false, true},
		{"ParentId", "a.parent_pid", false, false}, {"ParentCreationTime", "a.parent_start", false, true},
	}
	for _, v := range versionInfo {
		columns = append(columns, actorColumn{"VersionInfo" + v, "a." + v, true, false})
	}
	return columns
}

// targeted are the rows t of DeviceEvents whose process may be completed.
const targeted = `t.ActionType IN ('OpenProcessApiCall', 'CreateRemoteThreadApiCall') AND t."$Origin" = 'sysmon' AND t.ProcessCreationTime IS NULL`

// targets fills the process that was opened or got a thread, which the events name
// only by image and id.
func (f *finish) targets() {
	c := &change{}
	c.set("ProcessCommandLine", "CASE WHEN t.ProcessCommandLine = '' THEN a.CommandLine ELSE t.ProcessCommandLine END")
	c.set("ProcessCreationTime", "coalesce(t.ProcessCreationTime, a.start)")
	for _, h := range []string{"SHA1", "SHA256", "MD5"} {
		c.set(h, fmt.Sprintf("CASE WHEN t.%s = '' THEN a.%s ELSE t.%s END", h, h, h))
	}
	f.given("$guid").rewrite("DeviceEvents", c, `DeviceEvents t
JOIN "$guid" g ON g.DeviceId = t.DeviceId AND g.guid = (json_extract_string(CASE WHEN json_valid(t.AdditionalFields) THEN t.AdditionalFields END, '$.TargetProcessUniqueId'))
JOIN "$instance" a ON a.id = g.id
WHERE NOT a.mentioned AND `+targeted)
}
