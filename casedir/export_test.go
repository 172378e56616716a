package casedir

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/simulate"
)

// fleetEvidence is a fleet told by Defender's export, by logs, and by events without a
// number, two of which are alike.
func fleetEvidence(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := simulate.Generate(simulate.Options{Devices: 5, Days: 1, Load: 0.02}).Write(dir, simulate.Mixed); err != nil {
		t.Fatal(err)
	}
	row := `{"TimeGenerated":"2025-06-30T10:00:00.1234567Z","Computer":"pc9.corp.example","Channel":"Security","EventID":4624,"EventSourceName":"Microsoft-Windows-Security-Auditing","TargetUserName":"kim","TargetDomainName":"corp","LogonType":3,"TargetLogonId":"0x77"}` + "\n"
	write(t, dir, filepath.Join(simulate.EvidenceDir, "sentinel.jsonl"), row+row+strings.Replace(row, "4624", "4625", 1))
	return filepath.Join(dir, simulate.EvidenceDir)
}

// told is how often each device, time and action stands in each table.
func told(t *testing.T, c *Case) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name := range c.tables {
		def := catalog.Default().Table(name)
		if def == nil {
			continue
		}
		items := []string{"count(*)"}
		for _, column := range []string{"Timestamp", "TimeGenerated", "DeviceName", "Computer", "ActionType", "EventID", "TaskName"} {
			if def.Stored().Index(column) >= 0 {
				items = append(items, fmt.Sprintf(`sum(hash("%s") %% 1000000007)`, column))
			}
		}
		v, err := c.scalar(t.Context(), fmt.Sprintf(`SELECT concat_ws(' ', %s) FROM %s`, strings.Join(items, ", "), asQueried(c, name)), types.String)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = v.Str
	}
	return out
}

// exported exports a case.
func exported(t *testing.T, folder string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	if _, _, err := Export(t.Context(), folder, out, Options{Threads: 2}, func(int, int, string) {}); err != nil {
		t.Fatal(err)
	}
	return out
}

// The rows of a case's export are the case's own: into whatever case they come, in
// whatever order, they are there once.
func TestExportComesBack(t *testing.T) {
	from := fleetEvidence(t)
	folder := filepath.Join(t.TempDir(), "case")
	c := openCase(t, folder)
	ingestInto(t, c, from)
	want := told(t, c)
	for _, table := range []string{"DeviceEvents", "DeviceProcessEvents", "DeviceNetworkEvents", "DeviceRegistryEvents", "DeviceFileEvents", "DeviceLogonEvents", "ScheduledTaskEvents", "ScheduledTasks", "WindowsEvent"} {
		if count(t, c, table) == 0 {
			t.Errorf("no rows of %s: the test is blind for them", table)
		}
	}
	c.Close()
	out := exported(t, folder)

	for name, runs := range map[string][][]string{
		"with the evidence":   {{out, from}},
		"before the evidence": {{out}, {from}},
		"alone":               {{out}},
	} {
		t.Run(name, func(t *testing.T) {
			c := openCase(t, filepath.Join(t.TempDir(), "case"))
			for _, run := range runs {
				ingestInto(t, c, run...)
			}
			sameContents(t, name, told(t, c), want)
		})
	}

	c = openCase(t, folder)
	before := contents(t, c)
	a := ingestInto(t, c, out)
	after := contents(t, c)
	for table := range before {
		if !strings.HasPrefix(table, "goshawk_") && before[table] != after[table] {
			t.Errorf("table %s was %s, and is %s with its own export", table, before[table], after[table])
		}
	}
	if a.Copies != a.Stored {
		t.Errorf("%d copies of %d records stored", a.Copies, a.Stored)
	}
}

// Whoever writes a row with the key of another can't make that one vanish, and hides his
// own only where the case says the same of that device at that time.
func TestExportForged(t *testing.T) {
	from := fleetEvidence(t)
	folder := filepath.Join(t.TempDir(), "case")
	c := openCase(t, folder)
	ingestInto(t, c, from)
	network, events := count(t, c, "DeviceNetworkEvents"), count(t, c, "WindowsEvent")
	c.Close()
	out, forged := exported(t, folder), t.TempDir()
	db, err := duckdb.Open("", duckdb.Options{Folders: []string{out, forged}})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]string{
		"later":  `"Timestamp" + INTERVAL 1 HOUR AS "Timestamp"`,
		"device": `'other.corp.example' AS DeviceName`,
		"action": `'ConnectionFailed' AS ActionType`,
		"said":   `'203.0.113.7' AS RemoteIP`,
	} {
		sql := fmt.Sprintf(`COPY (SELECT * REPLACE (%s) FROM read_parquet('%s/DeviceNetworkEvents/*/*.parquet') WHERE ActionType <> 'ConnectionFailed' AND _Origin <> 'exported') TO '%s/%s.parquet' (FORMAT parquet, KV_METADATA {%s: 'DeviceNetworkEvents'})`,
			change, out, forged, name, tableMark)
		if err := db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	// An event without a number that claims another's place and says something else.
	sql := fmt.Sprintf(`COPY (SELECT * REPLACE (replace(EventData, 'kim', 'eve') AS EventData) FROM read_parquet('%s/WindowsEvent/*/*.parquet') WHERE EventRecordId = '' AND EventID = 4625) TO '%s/event.parquet' (FORMAT parquet, KV_METADATA {%s: 'WindowsEvent'})`, out, forged, tableMark)
	if err := db.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
	db.Close()
	c = openCase(t, folder)
	own, err := c.scalar(t.Context(), `SELECT count(*) FROM `+asQueried(c, "DeviceNetworkEvents")+` WHERE ActionType <> 'ConnectionFailed' AND "$Origin" <> 'exported'`, types.Long)
	if err != nil || own.Int == 0 {
		t.Fatalf("%d rows of events: %v", own.Int, err)
	}
	c.Close()
	for name, runs := range map[string][][]string{"before": {{forged}, {from}}, "after": {{from}, {forged}}} {
		t.Run(name, func(t *testing.T) {
			c := openCase(t, filepath.Join(t.TempDir(), "case"))
			for _, run := range runs {
				ingestInto(t, c, run...)
			}
			if got := count(t, c, "DeviceNetworkEvents"); got != network+3*own.Int {
				t.Errorf("%d rows, want the %d of the evidence and three times %d", got, network, own.Int)
			}
			v, err := c.scalar(t.Context(), `SELECT count(*) FROM `+asQueried(c, "DeviceNetworkEvents")+` WHERE RemoteIP = '203.0.113.7'`, types.Long)
			if err != nil || v.Int != 0 {
				t.Errorf("%d forged rows stand in the place of others: %v", v.Int, err)
			}
			if got := count(t, c, "WindowsEvent"); got != events+1 {
				t.Errorf("%d events, want %d", got, events+1)
			}
		})
	}
}
