package duckdb_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
)

// foundingPairs are the hunts that the project was founded for, read from their
// documents.
func foundingPairs(tb testing.TB) []benchPair {
	tb.Helper()
	blog := indented(document(tb, "000"))
	if len(blog) != 3 {
		tb.Fatalf("%d queries in the first founding document, expected 3", len(blog))
	}
	_, rare, ok := strings.Cut(document(tb, "003"), "```C#\n")
	rare, _, ok2 := strings.Cut(rare, "```")
	if !ok || !ok2 {
		tb.Fatal("no query in the fourth founding document")
	}
	return []benchPair{
		{name: "rare creation", kql: blog[0], sql: rareCreation},
		{name: "rare execution", kql: blog[1], sql: rareExecution},
		{name: "activity of rare tasks", kql: blog[2], sql: rareActivity, unordered: true},
		{name: "new rare binaries", kql: rare, sql: newBinaries, unordered: true},
	}
}

func document(tb testing.TB, prefix string) string {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join(golden.Shared(tb), "seeds", prefix+"*"))
	if err != nil || len(names) != 1 {
		tb.Fatalf("founding document %s: %v %v", prefix, names, err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// indented returns the blocks of a text that are indented by four blanks.
func indented(text string) []string {
	var blocks []string
	block := ""
	for _, line := range append(strings.Split(text, "\n"), "end") {
		if rest, ok := strings.CutPrefix(line, "    "); ok {
			block += rest + "\n"
		} else if strings.TrimSpace(line) != "" && block != "" {
			blocks, block = append(blocks, block), ""
		}
	}
	return blocks
}

const rareCreation = `WITH t AS MATERIALIZED (
SELECT "Timestamp", "DeviceName", "InitiatingProcessFileName", "InitiatingProcessAccountName", j ->> '$.TaskName' AS task, coalesce(j ->> '$.TaskContent.Actions.Exec.Command', '') AS c,
  coalesce(j ->> '$.TaskContent.Actions.Exec.Arguments', '') AS a, j ->> '$.SubjectUserName' AS who, j ->> '$.TaskContent.Triggers' AS triggers
FROM (SELECT *, "AdditionalFields" AS j FROM "DeviceEvents" WHERE contains(lower("ActionType"), 'scheduledtaskcreated')))
SELECT c, a, n, t."Timestamp", t."DeviceName", t."InitiatingProcessFileName", t."InitiatingProcessAccountName", t.task, t.who, t.triggers
FROM (SELECT c, a, count(*) AS n FROM t GROUP BY 1, 2 HAVING count(*) < 3) AS g JOIN t USING (c, a)`

// scheduledRuns is what two of the hunts begin with.
const scheduledRuns = `"InitiatingProcessFileName" = 'svchost.exe' AND "InitiatingProcessCommandLine" = 'svchost.exe -k netsvcs -p -s Schedule' AND "FileName" <> 'MpCmdRun.exe'
AND (NOT starts_with(lower("FolderPath"), 'c:\windows\system32\') OR lower("FileName") IN ('cmd.exe', 'powershell.exe', 'rundll32.exe', 'regsvr32.exe'))`

const rareExecution = `WITH r AS MATERIALIZED (SELECT "Timestamp", "DeviceName", "AccountName", "FileName", "ProcessCommandLine", "FolderPath" FROM "DeviceProcessEvents" WHERE ` + scheduledRuns + `)
SELECT r."Timestamp", r."DeviceName", r."FileName", r."ProcessCommandLine", r."FolderPath", r."AccountName", c.n
FROM (SELECT "FileName", "ProcessCommandLine", "FolderPath", count(*) AS n FROM r GROUP BY ALL HAVING count(*) < 10) c
JOIN r USING ("FileName", "ProcessCommandLine", "FolderPath")`

const activityColumns = `"ActionType", "InitiatingProcessFileName", "InitiatingProcessId", "InitiatingProcessCommandLine", "InitiatingProcessCreationTime", "InitiatingProcessFolderPath", "DeviceName"`

const rareActivity = `WITH r AS MATERIALIZED (SELECT "FileName" AS f, "ProcessCommandLine" AS c, "FolderPath" AS p FROM "DeviceProcessEvents" WHERE ` + scheduledRuns + ` GROUP BY ALL HAVING count(*) < 3),
u AS (SELECT ` + activityColumns + `, "FileName", '' AS ip FROM "DeviceProcessEvents"
UNION ALL SELECT ` + activityColumns + `, '', "RemoteIP" FROM "DeviceNetworkEvents" UNION ALL SELECT ` + activityColumns + `, "FileName", '' FROM "DeviceFileEvents"
UNION ALL SELECT ` + activityColumns + `, '', '' FROM "DeviceRegistryEvents" UNION ALL SELECT ` + activityColumns + `, '', "RemoteIP" FROM "DeviceLogonEvents"
UNION ALL SELECT ` + activityColumns + `, "FileName", '' FROM "DeviceImageLoadEvents" UNION ALL SELECT ` + activityColumns + `, "FileName", "RemoteIP" FROM "DeviceEvents")
SELECT list(DISTINCT "ActionType"), list(DISTINCT "FileName"), list(DISTINCT ip), "InitiatingProcessFileName", "InitiatingProcessId", "InitiatingProcessCommandLine", "InitiatingProcessCreationTime", "DeviceName"
FROM u WHERE lower("InitiatingProcessFileName") IN (SELECT lower(f) FROM r) AND lower("InitiatingProcessCommandLine") IN (SELECT lower(c) FROM r)
AND lower("InitiatingProcessFolderPath") IN (SELECT lower(p) FROM r) GROUP BY 4, 5, 6, 7, 8`

// newBinaries leaves out FileProfile, of which nothing is known in the benchmark.
const newBinaries = `WITH s AS MATERIALIZED (SELECT * FROM "DeviceProcessEvents" WHERE "Timestamp" >= 638416512000000000 AND lower("ActionType") = 'processcreated'
AND starts_with(lower("InitiatingProcessCommandLine"), 'svchost.exe -k netsvcs -p') AND contains(lower("InitiatingProcessCommandLine"), 'schedule')),
e AS MATERIALIZED (SELECT s.*, f, l FROM s JOIN (SELECT "DeviceId", "SHA1", min("Timestamp") AS f, max("Timestamp") AS l FROM s GROUP BY ALL
HAVING f >= 638420832000000000 AND l >= 638420832000000000) USING ("DeviceId", "SHA1") WHERE "$IngestionTime" >= 638420832000000000),
m AS (SELECT "SHA1", count(DISTINCT "DeviceId") AS n FROM e GROUP BY 1 ORDER BY 2 LIMIT 1000)
SELECT e."SHA1", max("Timestamp"), arg_max(e, "Timestamp"), list(DISTINCT "DeviceName"), count(DISTINCT "DeviceName")
FROM (SELECT DISTINCT lower("SHA1") AS h FROM m) AS k JOIN e ON e."SHA1" = k.h GROUP BY 1`
