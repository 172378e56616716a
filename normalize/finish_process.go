package normalize

import "fmt"

// processes leaves one row per process and learns the SIDs of accounts.
func (f *finish) processes() {
	f.mergeProcesses()
	f.dropExported()
	f.sids()
}

// samePair matches the rows s and w of one process: the same id and program within two
// seconds, and each the other's nearest.
const samePair = `
  FROM DeviceProcessEvents s JOIN DeviceProcessEvents w
  ON s.DeviceId = w.DeviceId AND s.ProcessId = w.ProcessId AND lower(s.FileName) = lower(w.FileName)
    AND abs(s.Timestamp - w.Timestamp) <= %d
  WHERE s."$Origin" IN (%s) AND w."$Origin" IN (%s)
    AND s.ActionType = 'ProcessCreated' AND w.ActionType = 'ProcessCreated'
  QUALIFY row_number() OVER (PARTITION BY s.rowid ORDER BY abs(s.Timestamp - w.Timestamp), w."$Key") = 1
    AND row_number() OVER (PARTITION BY w.rowid ORDER BY abs(s.Timestamp - w.Timestamp), s."$Key") = 1`

// mergeProcesses makes one row of Sysmon's event 1 and the security log's 4688 about
// the same process. Hunts count rows, and two rows would count twice. Sysmon's row
// says more and gets what only the other knows. A row that was merged already takes the
// record in once more when another copy of its log arrives.
func (f *finish) mergeProcesses() {
	f.given("DeviceProcessEvents").make("$pair", `SELECT s.rowid AS s, w.rowid AS w `+samePair, 2*second, "'sysmon', 'sysmon+security'", "'security'")
	c := &change{}
	for _, name := range []string{"ProcessTokenElevation", "ProcessIntegrityLevel", "ProcessCommandLine", "$ParentName", "InitiatingProcessFileName", "InitiatingProcessFolderPath"} {
		c.set(name, fmt.Sprintf(`CASE WHEN t."%s" = '' THEN w."%s" ELSE t."%s" END`, name, name, name))
	}
	c.set("AccountSid", "CASE WHEN t.AccountSid = '' AND t.AccountName IN ('', w.AccountName) THEN w.AccountSid ELSE t.AccountSid END")
	// 4688 always says who started the process, Sysmon's event only of late.
	for _, name := range []string{"InitiatingProcessAccountDomain", "InitiatingProcessAccountName", "InitiatingProcessAccountSid"} {
		c.set(name, fmt.Sprintf("CASE WHEN w.InitiatingProcessAccountName <> '' THEN w.%s ELSE t.%s END", name, name))
	}
	c.set("InitiatingProcessLogonId", "coalesce(w.InitiatingProcessLogonId, t.InitiatingProcessLogonId)")
	for _, name := range []string{"LogonId", "InitiatingProcessId"} {
		c.set(name, fmt.Sprintf("coalesce(t.%s, w.%s)", name, name))
	}
	c.set("$Origin", "'"+originMerged+"'")
	f.given("$pair").rewrite("DeviceProcessEvents", c, `"$pair" p JOIN DeviceProcessEvents t ON t.rowid = p.s JOIN DeviceProcessEvents w ON w.rowid = p.w`)
	f.given("$pair").do(`DELETE FROM DeviceProcessEvents WHERE rowid IN (SELECT w FROM "$pair")`)
	f.drop("$pair")
}

// dropExported removes rows of events about processes that the case has as rows of
// Defender.
func (f *finish) dropExported() {
	f.given("DeviceProcessEvents").make("$pair", `SELECT w.rowid AS w `+samePair, 2*second, "'exported'", "'sysmon', 'security', 'sysmon+security'")
	f.given("$pair").do(`DELETE FROM DeviceProcessEvents WHERE rowid IN (SELECT w FROM "$pair")`)
	f.drop("$pair")
}

// sids gives the accounts of Sysmon's rows their SIDs, where records of the security
// log tell them.
func (f *finish) sids() {
	f.given("DeviceProcessEvents").make("$sid", `
SELECT DeviceId, domain, name, min(sid) AS sid FROM (
  SELECT DeviceId, AccountDomain AS domain, AccountName AS name, AccountSid AS sid FROM DeviceProcessEvents
  UNION ALL SELECT DeviceId, InitiatingProcessAccountDomain, InitiatingProcessAccountName, InitiatingProcessAccountSid FROM DeviceProcessEvents
  UNION ALL SELECT DeviceId, AccountDomain, AccountName, AccountSid FROM DeviceLogonEvents WHERE ActionType = 'LogonSuccess'
  UNION ALL SELECT DeviceId, InitiatingProcessAccountDomain, InitiatingProcessAccountName, InitiatingProcessAccountSid FROM DeviceEvents)
WHERE starts_with(sid, 'S-1-') AND name <> ''
GROUP BY DeviceId, domain, name HAVING count(DISTINCT sid) = 1`)
	c := &change{}
	c.set("AccountSid", "CASE WHEN t.AccountSid = '' THEN coalesce(a.sid, '') ELSE t.AccountSid END")
	c.set("InitiatingProcessAccountSid", "CASE WHEN t.InitiatingProcessAccountSid = '' THEN coalesce(b.sid, '') ELSE t.InitiatingProcessAccountSid END")
	f.given("$sid").rewrite("DeviceProcessEvents", c, `DeviceProcessEvents t
LEFT JOIN "$sid" a ON t.AccountSid = '' AND a.DeviceId = t.DeviceId AND a.domain = t.AccountDomain AND a.name = t.AccountName
LEFT JOIN "$sid" b ON t.InitiatingProcessAccountSid = '' AND b.DeviceId = t.DeviceId AND b.domain = t.InitiatingProcessAccountDomain AND b.name = t.InitiatingProcessAccountName
WHERE t."$Origin" <> 'exported' AND (a.sid IS NOT NULL OR b.sid IS NOT NULL)`)
	f.drop("$sid")
}
