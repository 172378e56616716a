package duckdb_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/kql"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// benchTables fill the tables of the hunts with rows that have the proportions of a
// fleet: few images, many command lines, one in a thousand run by the Schedule service.
var benchTables = map[string]string{
	"DeviceProcessEvents": `INSERT INTO "DeviceProcessEvents" BY NAME SELECT
  638400000000000000 + i * 10000000 AS "Timestamp",
  'host-' || (hash(i) % 500) AS "DeviceName", 'id-' || (hash(i) % 500) AS "DeviceId",
  ['cmd.exe','powershell.exe','svchost.exe','chrome.exe','rundll32.exe','conhost.exe','msiexec.exe','MpCmdRun.exe'][1 + (hash(i + 1) % 8)::INT] AS "FileName",
  'C:\' || ['Windows\System32','Program Files\App','Users\u' || (hash(i) % 900) || '\AppData'][1 + (hash(i + 2) % 3)::INT] || '\x' || (hash(i + 3) % 5000) || '.exe' AS "FolderPath",
  'run.exe -n ' || (hash(i + 4) % 100000) || ' /quiet -p "C:\data\' || (hash(i + 5) % 1000000) || '.bin"' AS "ProcessCommandLine",
  i % 65536 AS "ProcessId", 'user' || (hash(i + 6) % 700) AS "AccountName",
  CASE WHEN hash(i + 7) % 1000 = 0 THEN 'svchost.exe' ELSE ['explorer.exe','cmd.exe','services.exe','svchost.exe'][1 + (hash(i + 8) % 4)::INT] END AS "InitiatingProcessFileName",
  CASE WHEN hash(i + 7) % 1000 = 0 THEN 'svchost.exe -k netsvcs -p -s Schedule' ELSE 'parent.exe -id ' || (hash(i + 9) % 200000) END AS "InitiatingProcessCommandLine",
  lower(md5(((hash(i + 10) % 40000))::VARCHAR)) || '00000000' AS "SHA1",
  CASE WHEN i % 3 = 0 THEN '{"TaskName":"\\t' || (i % 977) || '","n":' || i || '}' ELSE '' END AS "AdditionalFields",
  638400000000000000 + i * 10000000 + 77 AS "$IngestionTime"
FROM range($ROWS) AS r(i)`,
}

// benchHunts are pairs of a hunt and the SQL that an analyst who knows the engine
// would write by hand for the same rows.
var benchHunts = []struct{ name, kql, sql string }{
	{
		"rare execution",
		`let Running = materialize(DeviceProcessEvents
| where InitiatingProcessFileName == "svchost.exe"
| where InitiatingProcessCommandLine == "svchost.exe -k netsvcs -p -s Schedule"
| project Timestamp, DeviceName, AccountName, FileName, ProcessCommandLine, ProcessId, FolderPath
| where FileName != "MpCmdRun.exe"
| where FolderPath !startswith @"C:\Windows\System32\" or FileName =~ "cmd.exe" or FileName =~ "powershell.exe");
Running | summarize count() by FileName, ProcessCommandLine, FolderPath | where count_ < 10
| join Running on FileName, ProcessCommandLine, FolderPath
| project Timestamp, DeviceName, FileName, ProcessCommandLine, FolderPath, AccountName, count_`,
		`WITH r AS MATERIALIZED (SELECT "Timestamp", "DeviceName", "AccountName", "FileName", "ProcessCommandLine", "FolderPath"
FROM "DeviceProcessEvents" WHERE "InitiatingProcessFileName" = 'svchost.exe'
AND "InitiatingProcessCommandLine" = 'svchost.exe -k netsvcs -p -s Schedule' AND "FileName" <> 'MpCmdRun.exe'
AND (NOT starts_with(lower("FolderPath"), 'c:\windows\system32\') OR lower("FileName") IN ('cmd.exe', 'powershell.exe')))
SELECT r."Timestamp", r."DeviceName", r."FileName", r."ProcessCommandLine", r."FolderPath", r."AccountName", c.n
FROM (SELECT "FileName", "ProcessCommandLine", "FolderPath", count(*) AS n FROM r GROUP BY ALL HAVING count(*) < 10) c
JOIN r USING ("FileName", "ProcessCommandLine", "FolderPath")`,
	},
	{
		"contains",
		`DeviceProcessEvents | where ProcessCommandLine contains "DATA\\77777" | project Timestamp, DeviceName, ProcessCommandLine`,
		`SELECT "Timestamp", "DeviceName", "ProcessCommandLine" FROM "DeviceProcessEvents" WHERE contains(lower("ProcessCommandLine"), 'data\77777')`,
	},
	{
		"has",
		`DeviceProcessEvents | where ProcessCommandLine has "77777" | count`,
		`SELECT count(*) FROM "DeviceProcessEvents" WHERE contains(lower("ProcessCommandLine"), '77777') AND regexp_matches("ProcessCommandLine", '(?i)(^|[^\pL\pN])77777([^\pL\pN]|$)')`,
	},
	{
		"equality",
		`DeviceProcessEvents | where FileName =~ "RUNDLL32.exe" | summarize count() by AccountName`,
		`SELECT "AccountName", count(*) FROM "DeviceProcessEvents" WHERE lower("FileName") = 'rundll32.exe' GROUP BY 1`,
	},
	{
		"group",
		`DeviceProcessEvents | summarize n=count(), hosts=dcount(DeviceName), seen=min(Timestamp), until=max(Timestamp) by FileName, AccountName | where n < 5000 | top 20 by n`,
		`SELECT "FileName", "AccountName", count(*) AS n, approx_count_distinct("DeviceName"), min("Timestamp"), max("Timestamp") FROM "DeviceProcessEvents" GROUP BY 1, 2 HAVING count(*) < 5000 ORDER BY n DESC LIMIT 20`,
	},
	{
		"latest row",
		`DeviceProcessEvents | summarize arg_max(Timestamp, ProcessCommandLine, AccountName) by DeviceName`,
		`SELECT "DeviceName", max("Timestamp"), arg_max("ProcessCommandLine", "Timestamp"), arg_max("AccountName", "Timestamp") FROM "DeviceProcessEvents" GROUP BY 1`,
	},
	{
		"time bins",
		`DeviceProcessEvents | where Timestamp > datetime(2024-01-05) | summarize count() by bin(Timestamp, 1h), FileName`,
		`SELECT "Timestamp" - "Timestamp" % 36000000000 AS t, "FileName", count(*) FROM "DeviceProcessEvents" WHERE "Timestamp" > 638400096000000000 GROUP BY 1, 2`,
	},
	{
		"rare hashes",
		`let Rare = DeviceProcessEvents | summarize d=dcount(DeviceId) by SHA1 | where d < 3;
DeviceProcessEvents | where SHA1 in (Rare) | summarize count() by SHA1, FileName`,
		`SELECT "SHA1", "FileName", count(*) FROM "DeviceProcessEvents" WHERE "SHA1" IN (SELECT "SHA1" FROM "DeviceProcessEvents" GROUP BY 1 HAVING approx_count_distinct("DeviceId") < 3) GROUP BY 1, 2`,
	},
	{
		"json",
		`DeviceProcessEvents | where isnotempty(AdditionalFields) | extend TaskName = tostring(parse_json(AdditionalFields).TaskName) | summarize count() by TaskName | where count_ < 100`,
		`SELECT coalesce("AdditionalFields" ->> '$.TaskName', ''), count(*) FROM "DeviceProcessEvents" WHERE "AdditionalFields" <> '' GROUP BY 1 HAVING count(*) < 100`,
	},
	{
		"sets",
		`DeviceProcessEvents | where FileName == "cmd.exe" | summarize Paths = make_set(AccountName) by DeviceName`,
		`SELECT "DeviceName", to_json(list(DISTINCT "AccountName"))::VARCHAR FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe' GROUP BY 1`,
	},
	{
		"sorted",
		`DeviceProcessEvents | where FileName == "cmd.exe" and AccountName == "user7" | sort by Timestamp desc | project Timestamp, ProcessCommandLine`,
		`SELECT "Timestamp", "ProcessCommandLine" FROM "DeviceProcessEvents" WHERE "FileName" = 'cmd.exe' AND "AccountName" = 'user7' ORDER BY "Timestamp" DESC`,
	},
}

// TestHuntSpeed compares generated with hand-written SQL. It runs with
// GOSHAWK_BENCH_ROWS=20000000 or any other number of rows; GOSHAWK_BENCH_DB keeps the
// table between runs.
func TestHuntSpeed(t *testing.T) {
	rows, err := strconv.Atoi(os.Getenv("GOSHAWK_BENCH_ROWS"))
	if err != nil {
		t.Skip("GOSHAWK_BENCH_ROWS is not set")
	}
	db, cat := benchDatabase(t, rows)
	options := kql.Options{Dialect: dialect.New()}
	options.Catalog = cat.Binder()
	options.Now = 638500000000000000
	var ratios []float64
	for _, h := range benchHunts {
		start := time.Now()
		c, diagnostics := kql.Compile(h.name, h.kql, options)
		compile := time.Since(start)
		if c == nil {
			t.Fatal(diagnostics.Error())
		}
		g, h1 := fastest(t, db, digest(c.Program.Steps, c.Program.Results[0].SQL)), fastest(t, db, digest(nil, h.sql))
		ratio := float64(g.time) / float64(h1.time)
		ratios = append(ratios, ratio)
		t.Logf("%-16s %9s generated, %9s by hand, ratio %.2f, compiled in %s, rows %d and %d", h.name,
			g.time.Round(100*time.Microsecond), h1.time.Round(100*time.Microsecond), ratio, compile.Round(10*time.Microsecond), g.rows, h1.rows)
	}
	slices.Sort(ratios)
	t.Logf("median ratio %.2f, worst %.2f", ratios[len(ratios)/2], ratios[len(ratios)-1])
}

func benchDatabase(t *testing.T, rows int) (*duckdb.DB, *catalog.Catalog) {
	path := os.Getenv("GOSHAWK_BENCH_DB")
	if path == "" {
		path = filepath.Join(t.TempDir(), "bench.duckdb")
	}
	_, missing := os.Stat(path)
	db, err := duckdb.Open(path, duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	cat := catalog.Default()
	for name, sql := range benchTables {
		if missing == nil {
			break
		}
		if err := db.Create(context.Background(), name, cat.Table(name).Schema()); err != nil {
			t.Fatal(err)
		}
		// The rows of strings that the generator leaves out are empty, as stored rows are.
		if err := db.Exec(context.Background(), strings.ReplaceAll(sql, "$ROWS", fmt.Sprint(rows))); err != nil {
			t.Fatal(err)
		}
	}
	return db, cat
}

// digest is a program that computes every value of a query but returns one row.
func digest(steps []sqlgen.Step, sql string) *sqlgen.Program {
	return &sqlgen.Program{Steps: steps, Results: []sqlgen.Select{{
		SQL:    "SELECT count(*), CAST(bit_xor(hash(x)) % 1000 AS BIGINT) FROM (" + sql + ") AS x",
		Schema: types.Schema{{Name: "n", Type: types.Long}, {Name: "hash", Type: types.Long}},
	}}}
}

type measured struct {
	time time.Duration
	rows int64
}

// fastest runs a program three times.
func fastest(t *testing.T, db *duckdb.DB, p *sqlgen.Program) measured {
	best := measured{time: time.Hour}
	for range 3 {
		start := time.Now()
		err := db.Run(context.Background(), p, func(_ sqlgen.Select, rows sqlgen.Rows) error {
			row, err := rows.Next()
			if err == nil {
				best.rows = row[0].Int
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		best.time = min(best.time, time.Since(start))
	}
	return best
}
