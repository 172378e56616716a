package duckdb_test

// benchPair is a query and the SQL that an analyst who knows the engine would write
// by hand for the same rows.
type benchPair struct {
	name, kql, sql string
	// unordered says that sets in the rows may stand in another order.
	unordered bool
}

// benchPairs are the shapes that public hunts have most often.
var benchPairs = []benchPair{
	{
		name: "where and project",
		kql:  `DeviceProcessEvents | where FileName == "rundll32.exe" and AccountName == "user7" | project Timestamp, DeviceName, ProcessCommandLine`,
		sql:  `SELECT "Timestamp", "DeviceName", "ProcessCommandLine" FROM "DeviceProcessEvents" WHERE "FileName" = 'rundll32.exe' AND "AccountName" = 'user7'`,
	},
	{
		name: "time span",
		kql:  `DeviceProcessEvents | where Timestamp > ago(7d) | where ProcessId == 411 | project Timestamp, DeviceName, FileName`,
		sql:  `SELECT "Timestamp", "DeviceName", "FileName" FROM "DeviceProcessEvents" WHERE "Timestamp" > 638416512000000000 AND "ProcessId" = 411`,
	},
	{
		name: "between",
		kql:  `DeviceProcessEvents | where Timestamp between (datetime(2024-01-05) .. datetime(2024-01-06)) | summarize count() by DeviceName`,
		sql:  `SELECT "DeviceName", count(*) FROM "DeviceProcessEvents" WHERE "Timestamp" BETWEEN 638400096000000000 AND 638400960000000000 GROUP BY 1`,
	},
	{
		name: "extend",
		kql:  `DeviceProcessEvents | extend Key = strcat(tolower(DeviceName), "/", FileName) | where FolderPath startswith @"C:\Program Files" | summarize n=count() by Key`,
		sql:  `SELECT lower("DeviceName") || '/' || "FileName" AS k, count(*) FROM "DeviceProcessEvents" WHERE starts_with(lower("FolderPath"), 'c:\program files') GROUP BY 1`,
	},
	{
		name:      "group",
		kql:       `DeviceProcessEvents | summarize n=count(), seen=min(Timestamp), until=max(Timestamp) by FileName, AccountName | where n < 5000 | top 20 by n`,
		sql:       `SELECT "FileName", "AccountName", count(*) AS n, min("Timestamp"), max("Timestamp") FROM "DeviceProcessEvents" GROUP BY 1, 2 HAVING count(*) < 5000 ORDER BY n DESC LIMIT 20`,
		unordered: true,
	},
	{
		name: "or",
		kql:  `DeviceProcessEvents | where FileName == "cmd.exe" or FileName == "powershell.exe" and AccountName != "user3" | summarize count() by AccountName`,
		sql:  `SELECT "AccountName", count(*) FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe' OR "FileName" = 'powershell.exe' AND "AccountName" <> 'user3' GROUP BY 1`,
	},
	{
		name: "has_any",
		kql:  `DeviceProcessEvents | where ProcessCommandLine has_any ("77777", "88888", "99999") | project Timestamp, DeviceName, ProcessCommandLine`,
		sql: `SELECT "Timestamp", "DeviceName", "ProcessCommandLine" FROM "DeviceProcessEvents"
WHERE (contains("ProcessCommandLine", '77777') OR contains("ProcessCommandLine", '88888') OR contains("ProcessCommandLine", '99999'))
AND regexp_matches("ProcessCommandLine", '(^|[^\pL\pN])(77777|88888|99999)([^\pL\pN]|$)')`,
	},
	{
		name: "has_any of a list",
		kql: `let Words = dynamic(["777.bin", "Uninstall", "/noisy", "mimikatz"]);
DeviceProcessEvents | where ProcessCommandLine has_any (Words) | summarize count() by DeviceName`,
		sql: `SELECT "DeviceName", count(*) FROM "DeviceProcessEvents"
WHERE regexp_matches("ProcessCommandLine", '(?i)(^|[^\pL\pN])(777\.bin|uninstall|mimikatz)([^\pL\pN]|$)|/noisy([^\pL\pN]|$)') GROUP BY 1`,
	},
	{
		name: "contains",
		kql:  `DeviceProcessEvents | where ProcessCommandLine contains "DATA\\77777" | project Timestamp, DeviceName, ProcessCommandLine`,
		sql:  `SELECT "Timestamp", "DeviceName", "ProcessCommandLine" FROM "DeviceProcessEvents" WHERE contains(lower("ProcessCommandLine"), 'data\77777')`,
	},
	{
		name: "has",
		kql:  `DeviceProcessEvents | where ProcessCommandLine has "77777" | count`,
		sql:  `SELECT count(*) FROM "DeviceProcessEvents" WHERE contains("ProcessCommandLine", '77777') AND regexp_matches("ProcessCommandLine", '(^|[^\pL\pN])77777([^\pL\pN]|$)')`,
	},
	{
		name: "=~",
		kql:  `DeviceProcessEvents | where FileName =~ "RUNDLL32.exe" | summarize count() by AccountName`,
		sql:  `SELECT "AccountName", count(*) FROM "DeviceProcessEvents" WHERE lower("FileName") = 'rundll32.exe' GROUP BY 1`,
	},
	{
		name: "json",
		kql:  `DeviceProcessEvents | where isnotempty(AdditionalFields) | extend TaskName = tostring(parse_json(AdditionalFields).TaskName) | summarize count() by TaskName | where count_ < 100`,
		sql:  `SELECT coalesce("AdditionalFields" ->> '$.TaskName', ''), count(*) FROM "DeviceProcessEvents" WHERE "AdditionalFields" <> '' GROUP BY 1 HAVING count(*) < 100`,
	},
	{
		name: "in",
		kql:  `DeviceProcessEvents | where AccountName in ("user1", "user22", "user333") | summarize count() by FileName`,
		sql:  `SELECT "FileName", count(*) FROM "DeviceProcessEvents" WHERE "AccountName" IN ('user1', 'user22', 'user333') GROUP BY 1`,
	},
	{
		name: "in a query",
		kql: `let Rare = DeviceProcessEvents | summarize n=count() by SHA1 | where n < 480;
DeviceProcessEvents | where SHA1 in (Rare) | summarize count() by SHA1, FileName`,
		sql: `SELECT "SHA1", "FileName", count(*) FROM "DeviceProcessEvents" WHERE "SHA1" IN (SELECT "SHA1" FROM "DeviceProcessEvents" GROUP BY 1 HAVING count(*) < 480) GROUP BY 1, 2`,
	},
	{
		name: "sort",
		kql:  `DeviceProcessEvents | where FileName == "cmd.exe" and AccountName startswith "user7" | sort by Timestamp desc | project Timestamp, ProcessCommandLine`,
		sql:  `SELECT "Timestamp", "ProcessCommandLine" FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe' AND starts_with(lower("AccountName"), 'user7') ORDER BY "Timestamp" DESC`,
	},
	{
		name: "top",
		kql:  `DeviceProcessEvents | top 100 by Timestamp desc | project Timestamp, DeviceName, ProcessCommandLine`,
		sql:  `SELECT "Timestamp", "DeviceName", "ProcessCommandLine" FROM "DeviceProcessEvents" ORDER BY "Timestamp" DESC LIMIT 100`,
	},
	{
		name: "join inner",
		kql: `DeviceProcessEvents | where FileName == "rundll32.exe" and InitiatingProcessFileName == "cmd.exe"
| join kind=inner (DeviceNetworkEvents | where RemotePort == 443) on DeviceId, $left.ProcessId == $right.InitiatingProcessId
| summarize count() by RemoteIP`,
		sql: `SELECT n."RemoteIP", count(*) FROM "DeviceProcessEvents" p JOIN "DeviceNetworkEvents" n ON p."DeviceId" = n."DeviceId" AND p."ProcessId" = n."InitiatingProcessId"
WHERE p."FileName" = 'rundll32.exe' AND p."InitiatingProcessFileName" = 'cmd.exe' AND n."RemotePort" = 443 GROUP BY 1`,
	},
	{
		name: "join",
		kql: `DeviceProcessEvents | where AccountName == "user7" | project DeviceName, FileName
| join (DeviceNetworkEvents | where RemoteUrl has "host77") on DeviceName | summarize count() by FileName, RemoteUrl`,
		sql: `SELECT p."FileName", n."RemoteUrl", count(*) FROM (SELECT DISTINCT ON ("DeviceName") "DeviceName", "FileName" FROM "DeviceProcessEvents" WHERE "AccountName" = 'user7') p
JOIN "DeviceNetworkEvents" n USING ("DeviceName") WHERE contains(lower(n."RemoteUrl"), 'host77') AND regexp_matches(n."RemoteUrl", '(?i)(^|[^\pL\pN])host77([^\pL\pN]|$)') GROUP BY 1, 2`,
		unordered: true,
	},
	{
		name: "leftouter",
		kql: `DeviceProcessEvents | where AccountName == "user7"
| join kind=leftouter (DeviceNetworkEvents | summarize Flows=count() by DeviceName, RemotePort) on DeviceName | where RemotePort == 445 | summarize sum(Flows) by FileName`,
		sql: `SELECT p."FileName", CAST(sum(n.f) AS BIGINT) FROM "DeviceProcessEvents" p JOIN (SELECT "DeviceName", count(*) AS f FROM "DeviceNetworkEvents" WHERE "RemotePort" = 445 GROUP BY 1) n USING ("DeviceName")
WHERE p."AccountName" = 'user7' GROUP BY 1`,
	},
	{
		name: "leftanti",
		kql:  `DeviceNetworkEvents | where RemotePort == 445 | join kind=leftanti (DeviceProcessEvents | where FileName == "cmd.exe") on DeviceId, $left.InitiatingProcessAccountName == $right.AccountName | count`,
		sql: `SELECT count(*) FROM "DeviceNetworkEvents" n ANTI JOIN (SELECT "DeviceId", "AccountName" FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe') p
ON n."DeviceId" = p."DeviceId" AND n."InitiatingProcessAccountName" = p."AccountName" WHERE n."RemotePort" = 445`,
	},
	{
		name:      "make_set",
		kql:       `DeviceProcessEvents | where FileName == "cmd.exe" | summarize Accounts = make_set(AccountName) by DeviceName`,
		sql:       `SELECT "DeviceName", to_json(list(DISTINCT "AccountName"))::VARCHAR FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe' GROUP BY 1`,
		unordered: true,
	},
	{
		name: "distinct",
		kql:  `DeviceProcessEvents | where InitiatingProcessFileName == "services.exe" | distinct DeviceName, FolderPath`,
		sql:  `SELECT DISTINCT "DeviceName", "FolderPath" FROM "DeviceProcessEvents" WHERE "InitiatingProcessFileName" = 'services.exe'`,
	},
	{
		name: "endswith",
		kql:  `DeviceProcessEvents | where FolderPath endswith @"\x77.EXE" | project Timestamp, DeviceName, FolderPath`,
		sql:  `SELECT "Timestamp", "DeviceName", "FolderPath" FROM "DeviceProcessEvents" WHERE suffix(lower("FolderPath"), '\x77.exe')`,
	},
	{
		name: "in~",
		kql:  `DeviceProcessEvents | where FileName in~ ("CMD.exe", "PowerShell.exe") and not(AccountName in~ ("USER1", "USER2")) | count`,
		sql:  `SELECT count(*) FROM "DeviceProcessEvents" WHERE lower("FileName") IN ('cmd.exe', 'powershell.exe') AND lower("AccountName") NOT IN ('user1', 'user2')`,
	},
	{
		name: "matches regex",
		kql:  `DeviceProcessEvents | where ProcessCommandLine matches regex @"-n 77\d+ /quiet" | summarize count() by DeviceName`,
		sql:  `SELECT "DeviceName", count(*) FROM "DeviceProcessEvents" WHERE regexp_matches("ProcessCommandLine", '-n 77\d+ /quiet') GROUP BY 1`,
	},
	{
		name: "arg_max",
		kql:  `DeviceProcessEvents | summarize arg_max(Timestamp, ProcessCommandLine, AccountName) by DeviceName`,
		sql:  `SELECT "DeviceName", max("Timestamp"), arg_max("ProcessCommandLine", "Timestamp"), arg_max("AccountName", "Timestamp") FROM "DeviceProcessEvents" GROUP BY 1`,
	},
	{
		name: "arg_max of all",
		kql:  `DeviceNetworkEvents | summarize arg_max(Timestamp, *) by DeviceName, RemotePort | where RemotePort == 443 | project DeviceName, RemoteIP, RemoteUrl, InitiatingProcessCommandLine`,
		sql: `SELECT "DeviceName", r.a, r.b, r.c FROM (SELECT "DeviceName", arg_max(row("RemoteIP", "RemoteUrl", "InitiatingProcessCommandLine"), "Timestamp") AS r0 FROM "DeviceNetworkEvents"
WHERE "RemotePort" = 443 GROUP BY 1) t, LATERAL (SELECT {'a': r0[1], 'b': r0[2], 'c': r0[3]} AS r)`,
	},
	{
		name: "dcount",
		kql:  `DeviceProcessEvents | summarize Devices=dcount(DeviceName) by FileName, AccountName`,
		sql:  `SELECT "FileName", "AccountName", count(DISTINCT "DeviceName") FROM "DeviceProcessEvents" GROUP BY 1, 2`,
	},
	{
		name: "union",
		kql: `union DeviceProcessEvents, DeviceNetworkEvents, DeviceFileEvents | where InitiatingProcessCommandLine has "77"
| summarize count() by ActionType, DeviceName`,
		sql: `SELECT "ActionType", "DeviceName", count(*) FROM (SELECT "ActionType", "DeviceName", "InitiatingProcessCommandLine" AS c FROM "DeviceProcessEvents" UNION ALL
SELECT "ActionType", "DeviceName", "InitiatingProcessCommandLine" FROM "DeviceNetworkEvents" UNION ALL SELECT "ActionType", "DeviceName", "InitiatingProcessCommandLine" FROM "DeviceFileEvents")
WHERE contains(c, '77') AND regexp_matches(c, '(^|[^\pL\pN])77([^\pL\pN]|$)') GROUP BY 1, 2`,
	},
	{
		name: "has_all",
		kql:  `DeviceProcessEvents | where ProcessCommandLine has_all ("77777", "quiet") | count`,
		sql: `SELECT count(*) FROM "DeviceProcessEvents" WHERE contains("ProcessCommandLine", '77777') AND contains(lower("ProcessCommandLine"), 'quiet')
AND regexp_matches("ProcessCommandLine", '(^|[^\pL\pN])77777([^\pL\pN]|$)') AND regexp_matches("ProcessCommandLine", '(?i)(^|[^\pL\pN])quiet([^\pL\pN]|$)')`,
	},
	{
		name: "split and case",
		kql: `DeviceProcessEvents | where FileName == "cmd.exe" | extend Part = tostring(split(FolderPath, "\\")[1])
| extend Kind = case(Part == "Windows", "system", Part == "Users", "user", "other") | summarize count() by Kind, AccountName`,
		sql: `SELECT CASE split_part("FolderPath", '\', 2) WHEN 'Windows' THEN 'system' WHEN 'Users' THEN 'user' ELSE 'other' END, "AccountName", count(*)
FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe' GROUP BY 1, 2`,
	},
	{
		name: "extract",
		kql:  `DeviceProcessEvents | where FileName == "cmd.exe" | extend Number = toint(extract(@"-n (\d+)", 1, ProcessCommandLine)) | where Number < 100 | summarize count() by Number`,
		sql: `SELECT n, count(*) FROM (SELECT TRY_CAST(regexp_extract("ProcessCommandLine", '-n (\d+)', 1) AS INTEGER) AS n FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe')
WHERE n < 100 GROUP BY 1`,
	},
	{
		name: "time bins",
		kql:  `DeviceProcessEvents | where Timestamp > datetime(2024-01-05) | summarize count() by bin(Timestamp, 1h), FileName`,
		sql:  `SELECT "Timestamp" - "Timestamp" % 36000000000 AS t, "FileName", count(*) FROM "DeviceProcessEvents" WHERE "Timestamp" > 638400096000000000 GROUP BY 1, 2`,
	},
	{
		name: "mv-expand",
		kql: `DeviceProcessEvents | where FileName == "cmd.exe" | summarize Accounts = make_set(AccountName) by DeviceName
| mv-expand Account = Accounts to typeof(string) | summarize Devices = count() by Account`,
		sql: `SELECT a, count(*) FROM (SELECT DISTINCT "DeviceName", "AccountName" AS a FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe') GROUP BY 1`,
	},
	{
		name: "materialize",
		kql: `let Running = materialize(DeviceProcessEvents | where InitiatingProcessFileName == "svchost.exe" and FolderPath !startswith @"C:\Windows\");
let Many = toscalar(Running | count);
Running | summarize n=count(), Devices=dcount(DeviceName) by FolderPath | where n < 3 and Many > 100 | join kind=inner Running on FolderPath | project Timestamp, DeviceName, FolderPath, n`,
		sql: `WITH r AS MATERIALIZED (SELECT "Timestamp", "DeviceName", "FolderPath" FROM "DeviceProcessEvents" WHERE "InitiatingProcessFileName" = 'svchost.exe' AND NOT starts_with(lower("FolderPath"), 'c:\windows\'))
SELECT r."Timestamp", r."DeviceName", r."FolderPath", g.n FROM (SELECT "FolderPath", count(*) AS n FROM r GROUP BY 1) g JOIN r USING ("FolderPath") WHERE g.n < 3 AND (SELECT count(*) FROM r) > 100`,
	},
	{
		name: "members of a document",
		kql: `DeviceEvents | where ActionType == "ScheduledTaskCreated" | extend Fields = parse_json(AdditionalFields)
| extend TaskName = tostring(Fields.TaskName), User = tostring(Fields.SubjectUserName), Command = tostring(Fields.TaskContent.Actions.Exec.Command)
| where TaskName has "t77" or Command startswith "c7" | summarize count() by TaskName, User, Command`,
		sql: `SELECT t, u, c, count(*) FROM (SELECT coalesce("AdditionalFields" ->> '$.TaskName', '') AS t, coalesce("AdditionalFields" ->> '$.SubjectUserName', '') AS u,
coalesce("AdditionalFields" ->> '$.TaskContent.Actions.Exec.Command', '') AS c FROM "DeviceEvents" WHERE "ActionType" = 'ScheduledTaskCreated')
WHERE contains(lower(t), 't77') AND regexp_matches(t, '(?i)(^|[^\pL\pN])t77([^\pL\pN]|$)') OR starts_with(lower(c), 'c7') GROUP BY 1, 2, 3`,
	},
	{
		name: "toscalar",
		kql: `let All = toscalar(DeviceProcessEvents | summarize dcount(DeviceName));
DeviceProcessEvents | where FileName == "cmd.exe" | summarize Devices = dcount(DeviceName) by FolderPath | where Devices * 100 < All | extend Share = 100.0 * Devices / All | sort by Share asc, FolderPath asc | take 50`,
		sql: `WITH a AS MATERIALIZED (SELECT count(DISTINCT "DeviceName") AS n FROM "DeviceProcessEvents")
SELECT "FolderPath", d, 100.0::DOUBLE * d / (SELECT n FROM a) AS s FROM (SELECT "FolderPath", count(DISTINCT "DeviceName") AS d FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe' GROUP BY 1)
WHERE d * 100 < (SELECT n FROM a) ORDER BY s, "FolderPath" LIMIT 50`,
	},
	{
		name: "countif",
		kql:  `DeviceProcessEvents | summarize Shells = countif(FileName in ("cmd.exe", "powershell.exe")), First = minif(Timestamp, FileName == "cmd.exe"), n = count() by AccountName | where Shells > 5`,
		sql: `SELECT "AccountName", count(*) FILTER (WHERE "FileName" IN ('cmd.exe', 'powershell.exe')) AS s, min("Timestamp") FILTER (WHERE "FileName" = 'cmd.exe'), count(*)
FROM "DeviceProcessEvents" GROUP BY 1 HAVING s > 5`,
	},
	{
		name: "parse",
		kql:  `DeviceProcessEvents | where FileName == "cmd.exe" | parse ProcessCommandLine with * "-n " Number:long " " Rest | where Number < 50 | summarize count() by Number, Rest`,
		sql: `SELECT n, r, count(*) FROM (SELECT TRY_CAST(regexp_extract("ProcessCommandLine", '-n (\d+) (.*)', 1) AS BIGINT) AS n, regexp_extract("ProcessCommandLine", '-n (\d+) (.*)', 2) AS r
FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe') WHERE n < 50 GROUP BY 1, 2`,
	},
	{
		name: "mv-expand of split",
		kql:  `DeviceProcessEvents | where FileName == "cmd.exe" and AccountName == "user7" | mv-expand Word = split(ProcessCommandLine, " ") to typeof(string) | summarize count() by Word`,
		sql:  `SELECT w, count(*) FROM (SELECT unnest(string_split("ProcessCommandLine", ' ')) AS w FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe' AND "AccountName" = 'user7') GROUP BY 1`,
	},
	{
		name: "make_list",
		kql:  `DeviceProcessEvents | where FileName == "cmd.exe" and AccountName startswith "user7" | summarize Lines = make_list(ProcessCommandLine), n = dcount(FolderPath) by DeviceName, bin(Timestamp, 1d)`,
		sql: `SELECT "DeviceName", "Timestamp" - "Timestamp" % 864000000000 AS t, to_json(list("ProcessCommandLine"))::VARCHAR, count(DISTINCT "FolderPath") AS n FROM "DeviceProcessEvents"
WHERE "FileName" = 'cmd.exe' AND starts_with(lower("AccountName"), 'user7') GROUP BY 1, 2`,
		unordered: true,
	},
	{
		name: "coalesced outer join",
		kql: `DeviceProcessEvents | where AccountName == "user7" | join kind=leftouter (DeviceFileEvents | where FileName endswith "7.dll" | project DeviceId, InitiatingProcessId, Dll = FileName) on DeviceId, $left.ProcessId == $right.InitiatingProcessId
| extend Loaded = iff(isempty(Dll), "none", Dll) | summarize count() by Loaded`,
		sql: `SELECT CASE WHEN coalesce(f."FileName", '') = '' THEN 'none' ELSE f."FileName" END, count(*) FROM (SELECT * FROM "DeviceProcessEvents" WHERE "AccountName" = 'user7') p
LEFT JOIN (SELECT * FROM "DeviceFileEvents" WHERE suffix(lower("FileName"), '7.dll')) f ON p."DeviceId" = f."DeviceId" AND p."ProcessId" = f."InitiatingProcessId" GROUP BY 1`,
	},
}
