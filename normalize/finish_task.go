package normalize

import "fmt"

// scheduleLine is the command line of the Schedule service in Defender's form. Events
// that know it have their own; this one is for those whose parent is recognised.
const scheduleLine = "svchost.exe -k netsvcs -p -s Schedule"

// scheduler recognises the Schedule service as parent where its own start was not
// recorded, which is the rule for event 4688: the service starts with the system. The
// rows say so in AdditionalFields.ScheduleService, which names the evidence:
//
//	log          the task scheduler's log was written by that process id
//	process      event 129, 200 or 201 names the child's process id
//	taskhostw    the parent started taskhostw.exe, which only the service does
//	action       the child is the action of a task that is known on the device
//	output       the child is a shell whose output goes to a file of its own in the temp
//	             folder, as remote execution through the scheduler has it
//
// Evidence holds for all children of that process id until the system starts again.
func (f *finish) scheduler() {
	table := raw(processTable)
	f.given(table).make("$orphan", `
SELECT t."$row" AS r, t.DeviceId, t.InitiatingProcessId AS parent, t.ProcessId AS pid, t.Timestamp AS ts, lower(t.FileName) AS name,
  lower(t.FolderPath) AS path, lower(t.ProcessCommandLine) AS line, CAST(0 AS BIGINT) AS boot
FROM %s t
WHERE t.InitiatingProcessFileName = 'svchost.exe' AND t.InitiatingProcessCommandLine = '' AND t.InitiatingProcessId > 4 AND t.Timestamp IS NOT NULL`,
		newSource(f.tables[processTable], f.tables[table]).numbered("DeviceId", "InitiatingProcessId", "ProcessId", "Timestamp", "FileName", "FolderPath", "ProcessCommandLine",
			"InitiatingProcessFileName", "InitiatingProcessCommandLine"))
	f.given("$orphan").make("$orphan", `
SELECT o.* REPLACE (coalesce(b.v, 0) AS boot)
FROM "$orphan" o LEFT JOIN %s b ON b.r = o.r`, nearest(lastUpTo, "DeviceId", "", `SELECT r, DeviceId, ts FROM "$orphan"`, boots))
	f.given("$orphan").make("$schedule", `
WITH event AS (
  SELECT row_number() OVER () AS r, DeviceId, Timestamp AS ts, EventId, ProcessId AS pid, TRY_CAST((json_extract_string(CASE WHEN json_valid(AdditionalFields) THEN AdditionalFields END, '$.SchedulerProcessId')) AS BIGINT) AS scheduler
  FROM %[4]s WHERE Source = 'TaskScheduler' AND Timestamp IS NOT NULL),
action AS (
  SELECT DISTINCT DeviceId, lower(list_last(string_split(trim(json_extract_string(a, '$.Command'), '" '), '\'))) AS name,
    lower(trim(coalesce(json_extract_string(a, '$.Arguments'), ''))) AS arguments
  FROM (SELECT DeviceId, unnest(CAST(json_extract(CASE WHEN json_valid(Actions) THEN Actions END, '$[*]') AS VARCHAR[])) AS a FROM (
    SELECT DISTINCT DeviceId, Actions FROM %[5]s WHERE ActionType IN ('ScheduledTaskCreated', 'ScheduledTaskUpdated', 'ScheduledTaskEnabled') AND json_valid(Actions)
    UNION SELECT DeviceId, Actions FROM ScheduledTasks WHERE json_valid(Actions) AND DeviceId <> ''))
  WHERE json_extract_string(a, '$.Command') <> ''),
evidence AS (
  SELECT e.DeviceId, e.scheduler AS parent, coalesce(b.v, 0) AS boot, 1 AS rank, 'log' AS how
  FROM event e LEFT JOIN %[3]s b ON b.r = e.r WHERE e.scheduler IS NOT NULL
  UNION
  SELECT o.DeviceId, o.parent, o.boot, 2, 'process' FROM "$orphan" o JOIN event e
    ON e.DeviceId = o.DeviceId AND e.pid = o.pid AND e.EventId IN (129, 200, 201) AND e.ts BETWEEN o.ts - %[1]d AND o.ts + %[2]d
  UNION
  SELECT DeviceId, parent, boot, 3, 'taskhostw' FROM "$orphan" WHERE name = 'taskhostw.exe'
  UNION
  SELECT o.DeviceId, o.parent, o.boot, 4, 'action' FROM "$orphan" o JOIN action a
    ON a.DeviceId = o.DeviceId AND (a.name = o.name OR a.name || '.exe' = o.name) AND (a.arguments <> '' AND ends_with(trim(o.line), a.arguments) OR a.arguments = '' AND NOT contains(trim(o.line, '" '), ' '))
  UNION
  SELECT DeviceId, parent, boot, 5, 'output' FROM "$orphan" WHERE name = 'cmd.exe' AND regexp_matches(line, '/c .*>\s*(%%windir%%|%%systemroot%%|c:\\windows)\\temp\\\w+\.tmp 2>&1\s*$'))
SELECT DeviceId, parent, boot, arg_min(how, rank) AS how FROM evidence GROUP BY DeviceId, parent, boot`, int64(2*second), int64(30*second),
		nearest(lastUpTo, "DeviceId", "", "SELECT r, DeviceId, ts FROM event WHERE scheduler IS NOT NULL", boots),
		f.asRead("ScheduledTaskEvents", "DeviceId", "Timestamp", "EventId", "ProcessId", "AdditionalFields", "Source"), f.asRead("ScheduledTaskEvents", "DeviceId", "Actions", "ActionType"))
	c := &change{}
	c.set("InitiatingProcessCommandLine", "'"+scheduleLine+"'")
	c.set("AdditionalFields", `CAST(json_merge_patch(CASE WHEN t.AdditionalFields = '' THEN '{}' ELSE t.AdditionalFields END, json_object('ScheduleService', s.how)) AS VARCHAR)`)
	f.given("$schedule").rewrite(table, c, `"$orphan" o JOIN "`+table+`" t ON t.rowid = o.r
JOIN "$schedule" s ON s.DeviceId = o.DeviceId AND s.parent = o.parent AND s.boot = o.boot`)
	f.drop("$orphan")
	f.drop("$schedule")
}

// logons says of sessions that event 4672 gave special privileges to that their
// account is an administrator.
func (f *finish) logons() {
	table := raw("DeviceLogonEvents")
	f.given(table).make("$privileged", `
SELECT "$DeviceId" AS DeviceId, TRY_CAST(json_extract_string(EventData, '$.SubjectLogonId') AS BIGINT) AS LogonId, TimeGenerated AS ts
FROM %s WHERE EventID = 4672 AND Channel = 'Security'`, eventRows([]string{"EventID", "Channel", "$DeviceId", "EventData", "TimeGenerated"}))
	c := &change{}
	c.set("IsLocalAdmin", "true")
	f.given("$privileged").rewrite(table, c, fmt.Sprintf(`"%[1]s" t SEMI JOIN "$privileged" p
ON p.DeviceId = t.DeviceId AND p.LogonId = t.LogonId AND p.ts BETWEEN t.Timestamp - %[2]d AND t.Timestamp + %[2]d
WHERE t.ActionType = 'LogonSuccess' AND t.IsLocalAdmin IS NULL AND t."$Origin" = 'security'`, table, int64(5*second)))
	f.drop("$privileged")
}

// services drops the system log's rows of installed services that the security log
// tells too.
func (f *finish) services() {
	const table = "DeviceEvents"
	name := func(row string) string {
		return fmt.Sprintf("(json_extract_string(CASE WHEN json_valid(%[1]s.AdditionalFields) THEN %[1]s.AdditionalFields END, '$.ServiceName'))", row)
	}
	for _, from := range []string{table, raw(table)} {
		f.given().some(from, `"$Origin" = 'system' AND ActionType = 'ServiceInstalled'`).do(`
DELETE FROM "%[1]s" WHERE rowid IN (
  SELECT s.rowid FROM "%[1]s" s SEMI JOIN %[2]s w
  ON w.DeviceId = s.DeviceId AND w.Timestamp BETWEEN s.Timestamp - %[3]d AND s.Timestamp + %[3]d AND w."$Origin" <> 'system' AND w.ActionType = 'ServiceInstalled' AND %[4]s = %[5]s
  WHERE s."$Origin" = 'system' AND s.ActionType = 'ServiceInstalled')`,
			from, f.source(table, "DeviceId", "Timestamp", "ActionType", "AdditionalFields", "$Origin"), int64(10*second), name("w"), name("s"))
	}
}

// taskRows makes Defender's rows of registered, changed and deleted tasks from the task
// scheduler's log and from its writes to the registry, where neither the security log nor
// Defender tells them. They have no definition. They are made anew each time, for a better
// record may have come.
func (f *finish) taskRows() {
	f.given("DeviceEvents").do(`DELETE FROM DeviceEvents WHERE "$Origin" IN ('taskscheduler', '%s')`, originTaskCache)
	const told = `"$Origin" NOT IN ('exported', 'copy') AND (Source = 'TaskScheduler' AND EventId IN (106, 140, 141, 142) OR Source = 'Registry')`
	const table = "ScheduledTaskEvents"
	f.given().among(table, told, "$Origin", "Source", "EventId").do(`
INSERT INTO DeviceEvents BY NAME
SELECT Timestamp, DeviceId, DeviceName, ActionType, ReportId, InitiatingProcessAccountDomain, InitiatingProcessAccountName, InitiatingProcessAccountSid,
  CAST(json_object('TaskName', TaskName, 'SubjectUserName', AccountName, 'Source', Source) AS VARCHAR) AS AdditionalFields,
  'DeviceEvents' AS Type, "$Source", "$Offset", "$Origin", "$Key", "$IngestionTime"
FROM (SELECT *, AccountDomain AS InitiatingProcessAccountDomain, AccountName AS InitiatingProcessAccountName, AccountSid AS InitiatingProcessAccountSid
  FROM %[3]s WHERE %[2]s) t
WHERE NOT EXISTS (
  FROM %[4]s s WHERE s.Source NOT IN ('TaskScheduler', 'Registry') AND s.DeviceId = t.DeviceId AND lower(s.TaskName) = lower(t.TaskName)
    AND s.Timestamp BETWEEN t.Timestamp - %[1]d AND t.Timestamp + %[1]d)`, int64(10*second), told,
		f.source(table, "Timestamp", "DeviceId", "DeviceName", "ActionType", "ReportId", "TaskName", "AccountDomain", "AccountName", "AccountSid", "Source", "EventId",
			"$Source", "$Offset", "$Origin", "$Key", "$IngestionTime"),
		f.source(table, "Source", "DeviceId", "TaskName", "Timestamp"))
}
