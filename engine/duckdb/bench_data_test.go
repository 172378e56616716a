package duckdb_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
)

// benchStart is the time of the first row, 2024-01-01, and benchNow that of the query.
const (
	benchStart = 638396640000000000
	benchNow   = benchStart + 30*864000000000
)

// benchTable fills a table with rows that have the proportions of a fleet of 500
// devices over 30 days: few images, many command lines, one process in 2,000 run by
// the Schedule service. share is its part of the rows asked for.
type benchTable struct {
	name  string
	share float64
	sql   string // with $ROWS, the time $START and the number of command lines $IDS
}

// benchTask says that the Schedule service ran the process.
const benchTask = `(hash(i + 8) % 4 = 3 AND hash(i + 7) % 100 = 0)`

// benchParent is what every table says of the process that acted.
const benchParent = `'host-' || (hash(i) % 500) AS "DeviceName", 'id-' || (hash(i) % 500) AS "DeviceId",
  $START + i * (25920000000000 // $ROWS) AS "Timestamp", $START + i * (25920000000000 // $ROWS) + 600000000 AS "$IngestionTime",
  ['explorer.exe','cmd.exe','services.exe','svchost.exe'][1 + (hash(i + 8) % 4)::INT] AS "InitiatingProcessFileName",
  CASE WHEN ` + benchTask + ` THEN 'svchost.exe -k netsvcs -p -s Schedule' ELSE 'parent.exe -id ' || (hash(i + 9) % $IDS) END AS "InitiatingProcessCommandLine",
  'C:\' || ['Windows\System32','Program Files\App'][1 + (hash(i + 2) % 2)::INT] || '\x' || (hash(i + 3) % 50) || '.exe' AS "InitiatingProcessFolderPath",
  'user' || (hash(i + 6) % 700) AS "InitiatingProcessAccountName", (hash(i + 12) % 500)::BIGINT AS "InitiatingProcessId",
  $START - (hash(i + 13) % 100) * 10000000 AS "InitiatingProcessCreationTime"`

var benchTables = []benchTable{
	{"DeviceProcessEvents", 1, `SELECT ` + benchParent + `, 'ProcessCreated' AS "ActionType",
  ['cmd.exe','powershell.exe','svchost.exe','chrome.exe','rundll32.exe','conhost.exe','msiexec.exe','MpCmdRun.exe'][1 + (hash(i + 1) % 8)::INT] AS "FileName",
  CASE WHEN ` + benchTask + ` THEN 'C:\Program Files\App\x' || (hash(i + 14) % 50) || '.exe' ELSE 'C:\' || ['Windows\System32','Program Files\App','Users\u' || (hash(i) % 900) || '\AppData'][1 + (hash(i + 2) % 3)::INT] || '\x' || (hash(i + 3) % 5000) || '.exe' END AS "FolderPath",
  CASE WHEN ` + benchTask + ` THEN 'parent.exe -id ' || (hash(i + 15) % $IDS) ELSE 'run.exe -n ' || (hash(i + 4) % 100000) || CASE WHEN hash(i + 16) % 500 = 0 THEN ' /uninstall' ELSE ' /quiet' END
    || ' -p "C:\data\' || (hash(i + 5) % 1000000) || '.bin"' END AS "ProcessCommandLine",
  (hash(i + 17) % 500)::BIGINT AS "ProcessId", 'user' || (hash(i + 6) % 700) AS "AccountName",
  substring(md5((hash(i + 10) % 40000)::VARCHAR) || md5(''), 1, 40) AS "SHA1",
  CASE WHEN i % 3 = 0 THEN '{"TaskName":"\\t' || (i % 977) || '","n":' || i || '}' ELSE '' END AS "AdditionalFields"
FROM range($ROWS) AS r(i)`},
	{"DeviceEvents", 0.1, `SELECT ` + benchParent + `,
  CASE WHEN hash(i + 20) % 20 = 0 THEN 'ScheduledTaskCreated' ELSE 'OtherAlertRelatedActivity' END AS "ActionType",
  'f' || (hash(i + 21) % 300) || '.dll' AS "FileName",
  CASE WHEN hash(i + 20) % 20 = 0 THEN json_object('TaskName', '\t' || (i % 977), 'SubjectUserName', 'user' || (hash(i) % 700), 'TaskContent', json_object('Triggers', 'daily',
    'Actions', json_object('Exec', json_object('Command', 'c' || (hash(i + 22) % 4000) || '.exe', 'Arguments', '-a ' || (hash(i + 23) % 9)))))::VARCHAR ELSE '{"n":' || i || '}' END AS "AdditionalFields"
FROM range($ROWS) AS r(i)`},
	{"DeviceNetworkEvents", 0.25, `SELECT ` + benchParent + `, ['ConnectionSuccess','ConnectionFailed'][1 + (hash(i + 20) % 2)::INT] AS "ActionType",
  '203.0.' || (hash(i + 21) % 114) || '.' || (hash(i + 22) % 250) AS "RemoteIP", [443, 80, 445, 8080][1 + (hash(i + 23) % 4)::INT] AS "RemotePort",
  CASE WHEN i % 2 = 0 THEN 'host' || (hash(i + 24) % 5000) || '.example.org' ELSE '' END AS "RemoteUrl"
FROM range($ROWS) AS r(i)`},
	{"DeviceFileEvents", 0.1, benchFiles},
	{"DeviceRegistryEvents", 0.1, `SELECT ` + benchParent + `, 'RegistryValueSet' AS "ActionType" FROM range($ROWS) AS r(i)`},
	{"DeviceLogonEvents", 0.05, `SELECT ` + benchParent + `, 'LogonSuccess' AS "ActionType" FROM range($ROWS) AS r(i)`},
	{"DeviceImageLoadEvents", 0.1, benchFiles},
}

const benchFiles = `SELECT ` + benchParent + `, 'FileCreated' AS "ActionType", 'f' || (hash(i + 21) % 3000) || '.dll' AS "FileName" FROM range($ROWS) AS r(i)`

// benchDatabase makes the tables, or opens those that an earlier run left at path.
func benchDatabase(tb testing.TB, path string, rows int) *duckdb.DB {
	tb.Helper()
	if path == "" {
		path = filepath.Join(tb.TempDir(), "bench.duckdb")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	_, missing := os.Stat(path)
	db, err := duckdb.Open(path, duckdb.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	if missing == nil {
		benchComplete(tb, db, rows)
		return db
	}
	cat := catalog.Default()
	for _, table := range benchTables {
		if err := db.Create(context.Background(), table.name, cat.Table(table.name).Schema()); err != nil {
			tb.Fatal(err)
		}
		// The strings that a SELECT leaves out are empty, as stored rows' are.
		sql := strings.NewReplacer("$ROWS", fmt.Sprint(table.rows(rows)), "$START", fmt.Sprint(int64(benchStart)), "$IDS", fmt.Sprint(max(rows/100, 100))).Replace(table.sql)
		if err := db.Exec(context.Background(), fmt.Sprintf(`INSERT INTO "%s" BY NAME %s`, table.name, sql)); err != nil {
			tb.Fatal(err)
		}
	}
	return db
}

// rows is the number of rows of a table if rows are asked for.
func (t benchTable) rows(rows int) int64 { return max(int64(float64(rows)*t.share), 1) }

// benchComplete checks that an earlier run left the rows that are asked for.
func benchComplete(tb testing.TB, db *duckdb.DB, rows int) {
	tables, err := db.Tables(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	for _, table := range benchTables {
		n := int64(0)
		if tables[table.name] != nil {
			n = measure(tb, db, digest(nil, `SELECT 1 FROM "`+table.name+`"`)).rows
		}
		if n != table.rows(rows) {
			tb.Fatalf("the benchmark's database has %d rows of %s, expected %d: delete it", n, table.name, table.rows(rows))
		}
	}
}
