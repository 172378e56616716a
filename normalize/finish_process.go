package normalize

import (
	"fmt"
	"strings"
)

// processes leaves one row per process, learns the SIDs of accounts, and finds the processes
// of all raw rows. All of that goes by device, so that some devices at a time are
// enough.
func (f *finish) processes() {
	f.rounds()
	f.each("$round", "$wanted", func() {
		f.mergeProcesses()
		f.twins()
		f.sids()
		f.actors()
	})
	f.forgetActors()
	f.drop("$round")
}

// rounds collects the devices that have raw rows: what was exported is whole. Devices whose
// logs were read one after the other are taken together: their rows lie together.
func (f *finish) rounds() {
	var wanted []string
	for _, table := range rawOf {
		wanted = append(wanted, fmt.Sprintf(`SELECT DeviceId, "$Source" AS s FROM "%s"`, raw(table)))
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

// behindRaw is where the numbers begin that processRows gives the rows of processTable: there
// are fewer raw ones.
const behindRaw = 1 << 40

// processRows is what stands in FROM for columns of all rows about processes, as they were read,
// and their numbers, "$row": a raw row has that of its table.
func (f *finish) processRows(columns ...string) string {
	return f.owns(processTable, `rowid AS "$row", `, fmt.Sprintf(`rowid + %d, `, int64(behindRaw)), columns)
}

// asRead is what stands in FROM for columns of a table's rows, as they were read.
func (f *finish) asRead(table string, columns ...string) string {
	return f.owns(table, "", "", columns)
}

func (f *finish) owns(table, rawNumber, number string, columns []string) string {
	own, all := make([]string, len(columns)), make([]string, len(columns))
	stored, said := f.tables[table].Stored(), f.tables[raw(table)].Stored()
	for i, name := range columns {
		all[i] = `"` + name + `"`
		own[i] = all[i]
		if said.Index(name) < 0 {
			own[i] = blank(stored[stored.Index(name)].Type) + " AS " + all[i]
		}
	}
	return fmt.Sprintf(`(SELECT %s%s FROM "%s" UNION ALL SELECT %s%s FROM "%s")`, rawNumber, strings.Join(own, ", "), raw(table), number, strings.Join(all, ", "), table)
}

// starts collects the processes of the devices $wanted that were told to start, in $start.
func (f *finish) starts(g given) {
	g.make("$start", `
SELECT t."$row" AS r, w.device, t.ProcessId AS pid, lower(t.FileName) AS name, t.Timestamp AS ts, t."$Origin" AS origin, t."$Key" AS k
FROM %s t JOIN "$wanted" w ON w.DeviceId = t.DeviceId
WHERE t.ActionType = 'ProcessCreated' AND t.ProcessId IS NOT NULL AND t.Timestamp IS NOT NULL`, f.processRows("DeviceId", "ProcessId", "FileName", "Timestamp", "ActionType", "$Origin", "$Key"))
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

// mergeProcesses makes one row of Sysmon's event 1 and the security log's 4688 about
// the same process. Hunts count rows, and two rows would count twice. Sysmon's row
// says more and gets what only the other knows. A row that was merged already takes the
// record in once more when another copy of its log arrives.
func (f *finish) mergeProcesses() {
	table := raw(processTable)
	f.starts(f.given("$wanted").some(table, `"$Origin" = 'security'`).some(table, `"$Origin" IN ('sysmon', 'sysmon+security')`))
	f.pairs("'sysmon', 'sysmon+security'", "'security'")
	c := &change{}
	for _, column := range []string{
		"ProcessTokenElevation", "ProcessIntegrityLevel", "ProcessCommandLine", "$ParentName", "InitiatingProcessFileName", "InitiatingProcessFolderPath",
		"AccountSid", "InitiatingProcessAccountDomain", "InitiatingProcessAccountName", "InitiatingProcessAccountSid",
		"InitiatingProcessLogonId", "LogonId", "InitiatingProcessId", "$Origin",
	} {
		c.set(column, merged(column))
	}
	f.given("$pair").rewrite(table, c, fmt.Sprintf(`"$pair" p JOIN "%[1]s" t ON t.rowid = p.s JOIN "%[1]s" w ON w.rowid = p.w`, table))
	f.given("$pair").do(`DELETE FROM "%s" WHERE rowid IN (SELECT w FROM "$pair")`, table)
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
FROM "$pair" p JOIN %s t ON t."$row" = p.s`, f.processRows("ProcessCommandLine", "ProcessTokenElevation"))
	f.drop("$pair")
}

// dropTwins removes the rows of events that are twins.
func (f *finish) dropTwins() {
	f.given("$twin").do(`DELETE FROM "%s" WHERE rowid IN (SELECT src FROM "$twin")`, raw(processTable))
	f.given("$twin").do(`DELETE FROM %s WHERE rowid IN (SELECT src - %d FROM "$twin")`, processTable, int64(behindRaw))
	f.drop("$twin")
}

// sids gives the accounts of Sysmon's rows their SIDs, where records of the security
// log tell them.
func (f *finish) sids() {
	told := func(rows, of, where string) string {
		return fmt.Sprintf(`
  SELECT t.DeviceId, t.%[2]sAccountDomain AS domain, t.%[2]sAccountName AS name, t.%[2]sAccountSid AS sid
  FROM %[1]s t JOIN "$wanted" w ON w.DeviceId = t.DeviceId WHERE starts_with(t.%[2]sAccountSid, 'S-1-') AND t.%[2]sAccountName <> ''%[3]s`, rows, of, where)
	}
	account := func(of string) []string {
		return []string{"DeviceId", of + "AccountDomain", of + "AccountName", of + "AccountSid"}
	}
	const actor = "InitiatingProcess"
	const single = ` AND t."$row" NOT IN (SELECT src FROM "$twin")`
	f.given("$wanted", raw(processTable)).make("$sid", `
SELECT DeviceId, domain, name, min(sid) AS sid FROM (%s)
GROUP BY DeviceId, domain, name HAVING count(DISTINCT sid) = 1`, strings.Join([]string{
		told(f.processRows(account("")...), "", single), told(f.processRows(account(actor)...), actor, single),
		told(f.asRead("DeviceLogonEvents", append(account(""), "ActionType")...), "", " AND t.ActionType = 'LogonSuccess'"),
		told(f.asRead("DeviceEvents", account(actor)...), actor, "")}, "\n  UNION ALL"))
	for _, of := range []string{"", actor} {
		f.given("$sid").do(`
UPDATE "%[1]s" t SET "%[2]sAccountSid" = s.sid FROM "$sid" s
WHERE t."%[2]sAccountSid" = '' AND s.DeviceId = t.DeviceId AND s.domain = t."%[2]sAccountDomain" AND s.name = t."%[2]sAccountName"`, raw(processTable), of)
	}
	f.drop("$sid")
}
