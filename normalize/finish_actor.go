package normalize

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	for i, table := range rawOf {
		f.fillRaw(len(tables)+i, table)
	}
	f.drop("$found", "$actor", "$parent", "$life", "$exit", "$guid", "$instance", "$mentioned", "$amended", "$wanted")
}

// maxTables is more than there are tables: rows of all of them are told apart by their
// number times this, and the table's place.
const maxTables = 16

// lacks says of a row t of a table that it lacks what its process may have.
func (f *finish) lacks(table string) string {
	missing := []string{"t.InitiatingProcessAccountSid = ''"}
	for _, p := range actorColumns() {
		if p.has != "" && f.has(table, "InitiatingProcess"+p.column) {
			missing = append(missing, p.lacks())
		}
	}
	return `t."$Origin" NOT IN ('exported', 'copy') AND (` + strings.Join(missing, " OR ") + ")"
}

// lacking selects the rows of a table that lack something, and what they lack; of a raw
// table, which lacks most, those whose process has no id of Sysmon's that is known.
func (f *finish) lacking(place int, table string) string {
	guid := "''"
	if f.has(table, "InitiatingProcessUniqueId") {
		guid = "t.InitiatingProcessUniqueId"
	}
	var signs []string
	for _, p := range actorColumns() {
		lacks := strconv.FormatBool(Whole(table) != table)
		if f.has(table, "InitiatingProcess"+p.column) {
			lacks = p.lacks()
		}
		if p.has != "" {
			signs = append(signs, lacks+" AS lacks"+p.column)
		}
	}
	from, row, _ := current(table)
	where := f.lacks(table)
	if Whole(table) != table {
		where = fmt.Sprintf(`NOT EXISTS (FROM "$guid" g WHERE g.device = w.device AND g.guid = %s)`, guid)
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

// actorValues are the columns of a table's rows t that process a fills: what the row says
// itself stays. whole is the table, or the one that rows of a raw table end in.
func (f *finish) actorValues(table, whole string) *change {
	c := &change{}
	for _, p := range actorColumns() {
		column := "InitiatingProcess" + p.column
		switch {
		case !f.has(whole, column):
			continue
		case !f.has(table, column) && p.text:
			c.set(column, fmt.Sprintf("coalesce(%s, '')", p.from))
			continue
		case !f.has(table, column):
			c.set(column, p.from)
			continue
		}
		if p.text {
			c.set(column, fmt.Sprintf(`CASE WHEN t."%s" = '' THEN coalesce(%s, '') ELSE t."%s" END`, column, p.from, column))
		} else {
			c.set(column, fmt.Sprintf("coalesce(t.%s, %s)", column, p.from))
		}
	}
	// An account is filled as a whole, or its SID alone if the row names the same account.
	const named = "t.InitiatingProcessAccountName <> '' OR a.id IS NULL"
	const same = "t.InitiatingProcessAccountName = a.AccountName AND t.InitiatingProcessAccountDomain = a.AccountDomain"
	c.set("InitiatingProcessAccountDomain", "CASE WHEN "+named+" THEN t.InitiatingProcessAccountDomain ELSE a.AccountDomain END")
	c.set("InitiatingProcessAccountName", "CASE WHEN "+named+" THEN t.InitiatingProcessAccountName ELSE a.AccountName END")
	c.set("InitiatingProcessAccountSid", "CASE WHEN t.InitiatingProcessAccountSid = '' AND (NOT ("+named+") OR "+same+") THEN a.AccountSid ELSE t.InitiatingProcessAccountSid END")
	// The path of a connection's program is the kernel's, with the volume's number.
	c.set("InitiatingProcessFolderPath", `CASE WHEN t.InitiatingProcessFolderPath = '' OR (starts_with(t.InitiatingProcessFolderPath, '\device\') AND a.FolderPath[2:2] = ':' AND ends_with(t.InitiatingProcessFolderPath, lower(a.FolderPath[3:])))
      THEN coalesce(lower(a.FolderPath), '') ELSE t.InitiatingProcessFolderPath END`)
	return c
}

// fillActors completes the rows of a table.
func (f *finish) fillActors(place int, table string) {
	c := f.actorValues(table, table)
	// The join with the actors is an outer one, though each is there: so the engine keeps it
	// last and holds the actors, not the rows completed by them, in memory.
	rows, row, but := current(table)
	from := fmt.Sprintf(`"$found" x JOIN %s t ON t.%s = x.r LEFT JOIN "$actor" a ON a.id = x.id WHERE x.tab = %d`, rows, row, place)
	found := f.given().some("$found", fmt.Sprintf("tab = %d", place))
	once := found.some("$round", oneRound)
	once.like(completed(table), table)
	once.do("INSERT INTO \"%s\" BY NAME SELECT t.*%s REPLACE (\n    %s)\nFROM %s", completed(table), but, c.replace(), from)
	once.do(`DELETE FROM "%s" WHERE rowid IN (SELECT r FROM "$found" WHERE tab = %d)`, table, place)
	f.takeCompleted(table)
	// Of several rounds each is committed, and then all rows are in their table.
	found.some("$round", "round > 0").rewriteRows(table, row, but, c, from)
}

// fillRaw writes the raw rows of a table, each with what is known of its process.
func (f *finish) fillRaw(place int, table string) {
	from := raw(table)
	own, more := &change{}, &change{}
	all := f.actorValues(from, table)
	for i, column := range all.columns {
		if f.has(from, column) {
			own.set(column, all.values[i])
		} else {
			more.set(column, all.values[i])
		}
	}
	here := f.given(from)
	here.some("$actor", "").fill(table, `SELECT '%s' AS Type, t.* REPLACE (
    %s),
    %s
FROM "%s" t JOIN "$wanted" w ON w.DeviceId = t.DeviceId
LEFT JOIN "$guid" g ON g.device = w.device AND g.guid = t.InitiatingProcessUniqueId
LEFT JOIN (SELECT r, id FROM "$found" WHERE tab = %d) x ON x.r = t.rowid
LEFT JOIN "$actor" a ON a.id = coalesce(g.id, x.id)`, table, own.replace(), more.replace(), from, place)
	here.some("$actor", "").do(`DELETE FROM "%s" WHERE DeviceId IN (SELECT DeviceId FROM "$wanted")`, from)
	// No process is known that could complete what is left.
	here.fill(table, `SELECT '%s' AS Type, t.* FROM "%s" t JOIN "$wanted" w ON w.DeviceId = t.DeviceId`, table, from)
	here.do(`DELETE FROM "%s" WHERE DeviceId IN (SELECT DeviceId FROM "$wanted")`, from)
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
	column, from string
	text         bool
	// has says of process i and its parent p that they have the column. It is set for the
	// columns that show whether a row lacks anything.
	has string
}

// lacks says of a row t that it lacks the column.
func (p actorColumn) lacks() string {
	if p.text {
		return fmt.Sprintf("t.InitiatingProcess%s = ''", p.column)
	}
	return fmt.Sprintf("t.InitiatingProcess%s IS NULL", p.column)
}

func actorColumns() []actorColumn {
	columns := []actorColumn{
		{"FileName", "lower(a.FileName)", true, ""},
		{"CommandLine", "a.CommandLine", true, "i.hasCommandLine"},
		{"SHA1", "a.SHA1", true, ""}, {"SHA256", "a.SHA256", true, ""}, {"MD5", "a.MD5", true, ""},
		{"IntegrityLevel", "a.IntegrityLevel", true, ""}, {"TokenElevation", "a.TokenElevation", true, "i.hasTokenElevation"},
		{"UniqueId", "a.guid", true, ""}, {"ParentFileName", "a.parent_name", true, "(i.parent_name <> '' OR p.parent_name <> '')"},
		{"Id", "a.pid", false, ""}, {"FileSize", "a.FileSize", false, ""}, {"LogonId", "a.LogonId", false, ""}, {"SessionId", "a.SessionId", false, ""},
		{"CreationTime", "a.start", false, "i.start IS NOT NULL"},
		{"ParentId", "a.parent_pid", false, ""}, {"ParentCreationTime", "a.parent_start", false, "(i.parent_start IS NOT NULL OR p.parent_start IS NOT NULL)"},
	}
	for _, v := range versionInfo {
		columns = append(columns, actorColumn{"VersionInfo" + v, "a." + v, true, ""})
	}
	return columns
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
