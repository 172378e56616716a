package normalize

import (
	"fmt"
	"strings"
)

// processes leaves one row per process, learns the SIDs of accounts, and completes all
// rows from their processes. All of that goes by device, so that some devices at a time are
// enough.
func (f *finish) processes() {
	tables := f.tablesWith("InitiatingProcessCommandLine")
	f.rounds(tables)
	f.each("$round", "$wanted", func() {
		f.mergeProcesses()
		f.twins()
		f.sids()
		f.actors(tables)
	})
	f.forgetActors()
	f.drop("$round")
}

// rounds collects the devices that have processes, unless all were exported, or whose
// processes are wanted, for rows lack what their process may have: an export that is whole
// has none. Devices whose logs were read one after the other are taken together: their rows
// lie together.
func (f *finish) rounds(tables []string) {
	wanted := []string{
		`SELECT DeviceId, "$Source" AS s FROM DeviceEvents t WHERE ` + targeted,
		`SELECT DeviceId, "$Source" FROM DeviceProcessEvents WHERE "$Origin" NOT IN ('exported', 'copy')`,
	}
	for _, table := range tables {
		wanted = append(wanted, fmt.Sprintf(`SELECT DeviceId, "$Source" FROM "%s" t WHERE %s`, table, f.lacks(table)))
	}
	for _, table := range rawOf {
		wanted = append(wanted, fmt.Sprintf(`SELECT DeviceId, "$Source" FROM "%s"`, raw(table)))
	}
	f.given().make("$round", `
SELECT DeviceId, device, (before // %d) AS round FROM (
  SELECT DeviceId, row_number() OVER w AS device, CAST(sum(n) OVER w - n AS BIGINT) AS before
  FROM (SELECT DeviceId, count(*) AS n, min(s) AS s FROM (%s)%s GROUP BY DeviceId)
  WINDOW w AS (ORDER BY s, DeviceId))`, max(1, f.roundRows), strings.Join(wanted, "\nUNION ALL "), f.told())
}

// told restricts devices to those of which the sources after those that are completed
// tell. One whose name or id changed since is among them: the source that gave it the new
// one has rows of it.
func (f *finish) told() string {
	if f.completed == 0 {
		return ""
	}
	var parts []string
	for _, table := range append(withRaw(f.tablesWith("DeviceName")), exitTable) {
		parts = append(parts, fmt.Sprintf(`SELECT DeviceId FROM "%s" WHERE "$Source" > %d`, table, f.completed))
	}
	return " WHERE DeviceId IN (" + strings.Join(parts, " UNION ALL ") + ")"
}

// starts collects the processes of the devices $wanted that were told to start, in $start.
func (f *finish) starts(g given) {
	g.make("$start", `
SELECT t.rowid AS r, w.device, t.ProcessId AS pid, lower(t.FileName) AS name, t.Timestamp AS ts, t."$Origin" AS origin, t."$Key" AS k
FROM DeviceProcessEvents t JOIN "$wanted" w ON w.DeviceId = t.DeviceId
WHERE t.ActionType = 'ProcessCreated' AND t.ProcessId IS NOT NULL AND t.Timestamp IS NOT NULL`)
}

// pairs matches the rows s and w of one process among $start, each of some origins: the same
// id and program within two seconds, and each the other's nearest.
func (f *finish) pairs(sOrigins, wOrigins string) {
	f.given("$start").make("$pair", `
SELECT s.r AS s, w.r AS w FROM "$start" s JOIN "$start" w
  ON s.device = w.device AND s.pid = w.pid AND s.name = w.name AND abs(s.ts - w.ts) <= %d
  WHERE s.origin IN (%s) AND w.origin IN (%s)
  QUALIFY row_number() OVER (PARTITION BY s.r ORDER BY abs(s.ts - w.ts), w.k) = 1
    AND row_number() OVER (PARTITION BY w.r ORDER BY abs(s.ts - w.ts), s.k) = 1`, 2*second, sOrigins, wOrigins)
	f.drop("$start")
}

// amended are the columns of processTable that $amended has new values for.
var amended = []string{
	"ProcessTokenElevation", "ProcessIntegrityLevel", "ProcessCommandLine", "$ParentName", "InitiatingProcessFileName", "InitiatingProcessFolderPath",
	"AccountSid", "InitiatingProcessAccountDomain", "InitiatingProcessAccountName", "InitiatingProcessAccountSid",
	"InitiatingProcessLogonId", "LogonId", "InitiatingProcessId", "$Origin",
}

// amendedFrom lists the amended columns, each as value gives it.
func amendedFrom(value func(column string) string) string {
	items := make([]string, len(amended))
	for i, name := range amended {
		items[i] = fmt.Sprintf(`%s AS "%s"`, value(name), name)
	}
	return strings.Join(items, ", ")
}

// current is what stands for a table in FROM, which of its columns is the number of a row,
// and what * must leave out for that. Processes are as $amended has them: their wide rows
// are written once, when all is known of them.
func current(table string) (from, row, but string) {
	if table != processTable {
		return fmt.Sprintf(`"%s"`, table), "rowid", ""
	}
	values := amendedFrom(func(name string) string {
		return fmt.Sprintf(`CASE WHEN m.r IS NULL THEN p."%s" ELSE m."%s" END`, name, name)
	})
	return fmt.Sprintf(`(SELECT p.rowid AS "$row", p.* REPLACE (%s) FROM %s p LEFT JOIN "$amended" m ON m.r = p.rowid)`, values, processTable), `"$row"`, ` EXCLUDE ("$row")`
}

// mergeProcesses makes one row of Sysmon's event 1 and the security log's 4688 about
// the same process. Hunts count rows, and two rows would count twice. Sysmon's row
// says more and gets what only the other knows. A row that was merged already takes the
// record in once more when another copy of its log arrives.
func (f *finish) mergeProcesses() {
	f.given("$wanted").make("$amended", `SELECT rowid AS r, %s FROM %s WHERE false`, amendedFrom(func(name string) string { return `"` + name + `"` }), processTable)
	f.starts(f.given("$wanted").some(processTable, `"$Origin" = 'security'`).some(processTable, `"$Origin" IN ('sysmon', 'sysmon+security')`))
	f.pairs("'sysmon', 'sysmon+security'", "'security'")
	f.given("$pair").make("$amended", `
SELECT p.s AS r, %[1]s
FROM "$pair" p JOIN %[2]s t ON t.rowid = p.s JOIN %[2]s w ON w.rowid = p.w`, amendedFrom(merged), processTable)
	f.given("$pair").do(`DELETE FROM %s WHERE rowid IN (SELECT w FROM "$pair")`, processTable)
	f.drop("$pair")
}

// merged is the value of an amended column for Sysmon's row t and the security log's w.
func merged(column string) string {
	switch column {
	case "$Origin":
		return "'" + originMerged + "'"
	case "AccountSid":
		return "CASE WHEN t.AccountSid = '' AND t.AccountName IN ('', w.AccountName) THEN w.AccountSid ELSE t.AccountSid END"
	case "InitiatingProcessAccountDomain", "InitiatingProcessAccountName", "InitiatingProcessAccountSid":
		// 4688 always says who started the process, Sysmon's event only of late.
		return fmt.Sprintf("CASE WHEN w.InitiatingProcessAccountName <> '' THEN w.%s ELSE t.%s END", column, column)
	case "InitiatingProcessLogonId":
		return "coalesce(w.InitiatingProcessLogonId, t.InitiatingProcessLogonId)"
	case "LogonId", "InitiatingProcessId":
		return fmt.Sprintf("coalesce(t.%s, w.%s)", column, column)
	default:
		return fmt.Sprintf(`CASE WHEN t."%s" = '' THEN w."%s" ELSE t."%s" END`, column, column, column)
	}
}

// twins finds the rows src of events about processes that the case has as rows exported of
// Defender. They go when what they know of their process has been fetched: by the id that
// Sysmon gave it, which only they have, other rows find it.
func (f *finish) twins() {
	f.given("$wanted").make("$twin", `SELECT rowid AS src, rowid AS exported, false AS hasCommandLine, false AS hasTokenElevation FROM %s WHERE false`, processTable)
	f.starts(f.given("$wanted").some(processTable, `"$Origin" = 'exported'`))
	f.pairs("'exported'", "'sysmon', 'security', 'sysmon+security', 'copy'")
	f.given("$pair").make("$twin", `
SELECT p.w AS src, p.s AS exported, t.ProcessCommandLine <> '' AS hasCommandLine, t.ProcessTokenElevation <> '' AS hasTokenElevation
FROM "$pair" p JOIN %s t ON t.rowid = p.s`, processTable)
	f.drop("$pair")
}

// dropTwins removes the rows of events that are twins.
func (f *finish) dropTwins() {
	f.given("$twin").do(`DELETE FROM %s WHERE rowid IN (SELECT src FROM "$twin")`, processTable)
	f.drop("$twin")
}

// sids gives the accounts of Sysmon's rows their SIDs, where records of the security
// log tell them.
func (f *finish) sids() {
	told := func(table, of, where string) string {
		from, row, _ := current(table)
		if table == processTable {
			where += ` AND t.` + row + ` NOT IN (SELECT src FROM "$twin")`
		}
		return fmt.Sprintf(`
  SELECT t.DeviceId, t.%[2]sAccountDomain AS domain, t.%[2]sAccountName AS name, t.%[2]sAccountSid AS sid
  FROM %[1]s t JOIN "$wanted" w ON w.DeviceId = t.DeviceId WHERE starts_with(t.%[2]sAccountSid, 'S-1-') AND t.%[2]sAccountName <> ''%[3]s`, from, of, where)
	}
	f.given("$wanted", processTable).make("$sid", `
SELECT DeviceId, domain, name, min(sid) AS sid FROM (%s)
GROUP BY DeviceId, domain, name HAVING count(DISTINCT sid) = 1`, strings.Join([]string{
		told(processTable, "", ""), told(processTable, "InitiatingProcess", ""),
		told("DeviceLogonEvents", "", " AND t.ActionType = 'LogonSuccess'"), told("DeviceEvents", "InitiatingProcess", ""), told(raw("DeviceEvents"), "InitiatingProcess", "")}, "\n  UNION ALL"))
	from, row, _ := current(processTable)
	values := amendedFrom(func(name string) string {
		switch name {
		case "AccountSid":
			return "CASE WHEN t.AccountSid = '' THEN coalesce(a.sid, '') ELSE t.AccountSid END"
		case "InitiatingProcessAccountSid":
			return "CASE WHEN t.InitiatingProcessAccountSid = '' THEN coalesce(b.sid, '') ELSE t.InitiatingProcessAccountSid END"
		}
		return `t."` + name + `"`
	})
	f.given("$sid").make("$amended", `
SELECT t.%[2]s AS r, %[3]s
FROM %[1]s t JOIN "$wanted" w ON w.DeviceId = t.DeviceId
LEFT JOIN "$sid" a ON t."$Origin" NOT IN ('exported', 'copy') AND t.AccountSid = '' AND a.DeviceId = t.DeviceId AND a.domain = t.AccountDomain AND a.name = t.AccountName
LEFT JOIN "$sid" b ON t."$Origin" NOT IN ('exported', 'copy') AND t.InitiatingProcessAccountSid = '' AND b.DeviceId = t.DeviceId AND b.domain = t.InitiatingProcessAccountDomain AND b.name = t.InitiatingProcessAccountName
WHERE a.sid IS NOT NULL OR b.sid IS NOT NULL OR t.%[2]s IN (SELECT r FROM "$amended")`, from, row, values)
	f.drop("$sid")
}
