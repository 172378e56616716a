package casedir

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// TestMoveRows has a case as an earlier version wrote it, rows of events whole in their
// tables, and adds the rest of the evidence: the rows are those of a case of this version.
func TestMoveRows(t *testing.T) {
	dir := t.TempDir()
	fleetLogs(t, dir)
	folder := filepath.Join(dir, "case")
	half, rest := filepath.Join(dir, "logs", "evtx"), filepath.Join(dir, "logs", "json")
	c := openCase(t, folder)
	ingestInto(t, c, half)
	before := contents(t, c)
	moved := 0
	for _, def := range normalize.Tables() {
		raw := normalize.Raw(def.Name)
		if raw == "" {
			continue
		}
		moved++
		columns := append(sqlgen.ColumnNames(def.Stored()), "$IngestionTime")
		err := c.db.Exec(t.Context(), fmt.Sprintf(`CREATE TEMP TABLE whole AS FROM %[1]s; DELETE FROM "%[2]s"; DELETE FROM "%[3]s"; INSERT INTO "%[2]s" BY NAME FROM whole; DROP TABLE whole`,
			c.dialect.From(def.Name, columns), def.Name, raw))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := c.setMeta(t.Context(), "format", formatVersion-1); err != nil || moved < 8 {
		t.Fatalf("%d tables: %v", moved, err)
	}
	if err := c.db.Exec(t.Context(), `DELETE FROM "$InitiatingProcess"`); err != nil {
		t.Fatal(err)
	}
	c.Close()
	told := 0
	for range 2 { // it is done once
		var err error
		if c, err = Open(t.Context(), folder, true, Options{Threads: 2, Upgrading: func() { told++ }}); err != nil {
			t.Fatal(err)
		}
		if told != 1 {
			t.Errorf("told %d times", told)
		}
		c.Close()
	}
	c = openCase(t, folder)
	after := contents(t, c)
	for name := range before {
		if strings.HasPrefix(name, "$") {
			delete(before, name) // equal processes are one now
		}
	}
	sameContents(t, "moved", after, before)
	for _, table := range []string{"DeviceProcessEvents", "DeviceNetworkEvents", "ScheduledTaskEvents"} {
		rows, err := c.sql(t.Context(), fmt.Sprintf(`SELECT count(*), (SELECT count(*) FROM "%s") FROM "%s" WHERE "$Origin" IN ('sysmon', 'security')`, normalize.Raw(table), table), columns("left moved"))
		if err != nil || rows[0][0].Int != 0 || rows[0][1].Int == 0 {
			t.Errorf("%s: %v %v", table, rows, err)
		}
	}
	ingestInto(t, c, rest)
	got := contents(t, c)
	c.Close()
	whole := openCase(t, filepath.Join(dir, "whole"))
	defer whole.Close()
	ingestInto(t, whole, half, rest)
	want := contents(t, whole)
	for name := range want {
		if strings.HasPrefix(name, "$") {
			delete(want, name)
		}
	}
	sameContents(t, "added to", got, want)
}
