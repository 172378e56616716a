package normalize

import "github.com/goshawk-hunt/goshawk/task"

// originTaskCache is that of the task events that the Schedule service's own writes to
// the registry tell of.
const originTaskCache = "taskcache"

// cacheEvents makes events of tasks from what the Schedule service wrote below
// TaskCache\Tree: the value Id is written when a task is registered, the value Index alone
// when it is changed, and the key goes with the task. Where nothing but the registry is
// watched these are the only record of a task's life; they know neither who asked nor what
// the task runs. What another log tells of is not told twice. They are made anew each
// time, for a better record may have come.
func (f *finish) cacheEvents() {
	f.given("ScheduledTaskEvents").do(`DELETE FROM ScheduledTaskEvents WHERE "$Origin" = '%s'`, originTaskCache)
	const table = "DeviceRegistryEvents"
	f.given().among(table, `contains(lower(RegistryKey), '\schedule\taskcache\tree\') OR contains(lower(PreviousRegistryKey), '\schedule\taskcache\tree\')`, "RegistryKey", "PreviousRegistryKey").do(`
INSERT INTO ScheduledTaskEvents BY NAME
WITH wrote AS (
  SELECT *, CASE WHEN RegistryKey <> '' THEN RegistryKey ELSE PreviousRegistryKey END AS path,
    CASE WHEN ActionType = 'RegistryKeyDeleted' THEN '%[2]s' WHEN RegistryValueName = 'Id' THEN '%[3]s' ELSE '%[4]s' END AS action
  FROM %[7]s
  WHERE lower(InitiatingProcessFileName) = 'svchost.exe' AND (contains(InitiatingProcessCommandLine, 'Schedule') OR NOT contains(InitiatingProcessCommandLine, '-s '))
    AND Timestamp IS NOT NULL AND (ActionType = 'RegistryValueSet' AND RegistryValueName IN ('Id', 'Index') OR ActionType = 'RegistryKeyDeleted')),
told AS (
  SELECT DeviceId, DeviceName, Timestamp, action, regexp_extract(path, '(?i)\\Schedule\\TaskCache\\Tree(\\.+)$', 1) AS name,
    "$Source", "$Offset", "$Key", "$IngestionTime", ReportId
  FROM wrote WHERE regexp_matches(path, '(?i)\\Schedule\\TaskCache\\Tree\\.')),
once AS (
  SELECT * FROM told QUALIFY row_number() OVER (PARTITION BY DeviceId, lower(name), action, Timestamp // %[1]d ORDER BY Timestamp, "$Offset") = 1)
SELECT t.Timestamp, t.DeviceId, t.DeviceName, t.action AS ActionType, t.name AS TaskName, 'Registry' AS Source, '%[5]s' AS ContentState, t.ReportId,
  t."$Source", t."$Offset", '%[6]s' AS "$Origin", t."$Key", t."$IngestionTime"
FROM once t
WHERE NOT EXISTS (
  FROM %[8]s s WHERE s.DeviceId = t.DeviceId AND lower(s.TaskName) = lower(t.name) AND s.Timestamp BETWEEN t.Timestamp - %[1]d AND t.Timestamp + %[1]d
    AND s.ActionType IN ('%[2]s', '%[3]s', '%[4]s'))
AND NOT (t.action = '%[4]s' AND EXISTS (
  FROM once o WHERE o.DeviceId = t.DeviceId AND o.name = t.name AND o.action = '%[3]s' AND o.Timestamp BETWEEN t.Timestamp - %[1]d AND t.Timestamp + %[1]d))`,
		int64(10*second), taskDeleted, taskCreated, taskUpdated, task.Absent.String(), originTaskCache,
		f.source(table, "RegistryKey", "PreviousRegistryKey", "RegistryValueName", "ActionType", "Timestamp", "DeviceId", "DeviceName", "ReportId",
			"InitiatingProcessFileName", "InitiatingProcessCommandLine", "$Source", "$Offset", "$Key", "$IngestionTime"),
		f.source("ScheduledTaskEvents", "DeviceId", "TaskName", "Timestamp", "ActionType"))
}
