package casedir

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// evidenceOf writes a bit of everything below dir.
func evidenceOf(t testing.TB, dir string) string {
	t.Helper()
	logs := filepath.Join(dir, "logs")
	write(t, logs, "a.jsonl", row("DeviceEvents", `"DeviceId":"a","ActionType":"X","Unheard":1`)+row("IdentityDirectoryEvents", `"ActionType":"Y"`))
	writeLog(t, logs, "Security.evtx", 1, 40)
	writeLog(t, logs, "Archive.evtx", 21, 60)
	write(t, logs, "note.txt", "milk")
	write(t, logs, "torn.jsonl", row("DeviceEvents", `"DeviceId":"b","ActionType":"Z"`)+`{"time":"2024-`)
	return logs
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(t.Context(), dir, false, Options{}); !errors.Is(err, ErrNoCase) || !strings.Contains(err.Error(), "goshawk ingest") {
		t.Errorf("a missing case: %v", err)
	}
	c := openCase(t, dir)
	if err := c.setMeta(t.Context(), "format", 99); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if _, err := Open(t.Context(), dir, false, Options{}); err == nil || !strings.Contains(err.Error(), "another version") {
		t.Errorf("a case of another version: %v", err)
	}
	other := filepath.Join(dir, "other")
	write(t, other, FileName, strings.Repeat("this is no database ", 300))
	if _, err := Open(t.Context(), other, false, Options{}); err == nil {
		t.Error("a file that is no case was opened")
	}
}

// A case made before columns came into the catalogue gets them: what it holds can be
// asked for them, and more evidence goes into it.
func TestOlderCaseIsWidened(t *testing.T) {
	dir := t.TempDir()
	logs := evidenceOf(t, dir)
	home := filepath.Join(dir, "case")
	c := openCase(t, home)
	ingestInto(t, c, logs)
	exec := func(sql string) {
		t.Helper()
		if err := c.db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	// Without a table, a view, columns that their table's description has, and one that it has not.
	exec(`DROP VIEW "SecurityEvent"`)
	exec(`CREATE OR REPLACE VIEW "Event" AS SELECT 1`)
	exec(`UPDATE goshawk_meta SET value = 1 WHERE name = 'views'`)
	exec(`ALTER TABLE "DeviceEvents" DROP COLUMN "ReportId"`)
	exec(`ALTER TABLE "DeviceEvents" DROP COLUMN "ActionType"`)
	exec(`ALTER TABLE "$ProcessExit" DROP COLUMN "ProcessUniqueId"`)
	exec(`DROP TABLE "ScheduledTasks"`)
	// With a manifest that knows a content once.
	exec(`CREATE TABLE older AS SELECT * EXCLUDE (name) FROM goshawk_sources`)
	exec(`DROP TABLE goshawk_sources`)
	exec(`ALTER TABLE older RENAME TO goshawk_sources`)
	stored := c.cat.Table("ScheduledTasks").Stored()
	at := stored.Index("ReportId")
	if err := c.db.Create(t.Context(), "ScheduledTasks", append(stored[:at:at], stored[at+1:]...)); err != nil {
		t.Fatal(err)
	}
	c.Close()
	c = openCase(t, home)
	for _, query := range []string{
		"DeviceEvents | where isnull(ReportId) and ActionType == '' | count", "ScheduledTasks | project ReportId", "SecurityEvent | count", "Event | project RenderedDescription",
	} {
		if _, err := c.Query(t.Context(), "q", query, Clock{}, func(_ sqlgen.Select, rows sqlgen.Rows) error {
			got, err := Collect(rows)
			if strings.HasPrefix(query, "DeviceEvents") && got[0][0].Int != 2 {
				t.Errorf("%s: %v", query, got)
			}
			return err
		}); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
	if again := ingestInto(t, c, logs); again.Records != 0 {
		t.Errorf("%d records read again", again.Records)
	}
	account := ingestInto(t, c, write(t, dir, "more.jsonl", row("DeviceEvents", `"DeviceId":"a","ActionType":"New","ReportId":7,"InitiatingProcessId":4`)), writeLog(t, dir, "Later.evtx", 71, 80))
	if _, err := c.Query(t.Context(), "q", "DeviceEvents | where ReportId == 7 and ActionType == 'New' and DeviceId == 'a' and InitiatingProcessId == 4 | count", Clock{}, func(_ sqlgen.Select, rows sqlgen.Rows) error {
		got, err := Collect(rows)
		if got[0][0].Int != 1 {
			t.Errorf("rows with their values in their columns: %v", got)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if account.Rows["DeviceEvents"] != 1 || len(account.Wrong) != 0 {
		t.Errorf("ingested into the widened case: %v, wrong %v; %+v", account.Rows, account.Wrong, account.Files)
	}
}

// Info tells everything that the ingestion did, from the case alone.
func TestInfo(t *testing.T) {
	dir := t.TempDir()
	logs := evidenceOf(t, dir)
	c := openCase(t, filepath.Join(dir, "case"))
	ingestInto(t, c, logs)
	i, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(i.Sources) != 4 || i.Records != 83 || i.Stored+i.SetAside != i.Records || i.Copies != 20 || len(i.Wrong) != 0 || i.Unfinished {
		t.Errorf("%d sources, %d records, %d stored, %d set aside, %d copies, wrong %v, unfinished %v", len(i.Sources), i.Records, i.Stored, i.SetAside, i.Copies, i.Wrong, i.Unfinished)
	}
	if len(i.NotRead) != 1 || !strings.HasSuffix(i.NotRead[0].Path, "note.txt") {
		t.Errorf("not read: %v", i.NotRead)
	}
	if len(i.Logs) != 1 || i.Logs[0].Records != 60 || i.Logs[0].Missing != 0 || i.Logs[0].Gaps != 0 {
		t.Errorf("logs: %+v", i.Logs)
	}
	for _, s := range i.Sources {
		var rows int64
		for _, n := range s.Tables {
			rows += n
		}
		if rows != s.Rows || len(s.SHA256) != 64 {
			t.Errorf("%s: %d rows by table, %d in all, hash %s", s.Path, rows, s.Rows, s.SHA256)
		}
		switch filepath.Base(s.Path) {
		case "torn.jsonl":
			if len(s.Damaged) != 1 || s.Damaged[0].Offset == 0 || s.Damages != 1 {
				t.Errorf("damages of the torn file: %v", s.Damaged)
			}
		case "a.jsonl":
			if s.Unplaced["DeviceEvents.Unheard"] != 1 {
				t.Errorf("fields without a place: %v", s.Unplaced)
			}
		case "Security.evtx":
			if len(s.Logs) != 1 || s.Logs[0].First != 1 || s.Logs[0].Last != 40 {
				t.Errorf("logs of %s: %v", s.Path, s.Logs)
			}
		}
	}
	// A gap in the numbers of a log is told with its size.
	ingestInto(t, c, writeLog(t, dir, "Later.evtx", 71, 80))
	if i, err = c.Info(t.Context()); err != nil || len(i.Logs) != 1 || i.Logs[0].Missing != 10 || i.Logs[0].Gaps != 1 {
		t.Errorf("logs with a gap: %+v %v", i.Logs, err)
	}
}

// Rows that are lost or added by anything but ingestion show in the account.
func TestCheckFindsLoss(t *testing.T) {
	dir := t.TempDir()
	c := openCase(t, filepath.Join(dir, "case"))
	ingestInto(t, c, evidenceOf(t, dir))
	for table, sql := range map[string]string{
		"DeviceEvents": `DELETE FROM DeviceEvents WHERE ActionType = 'Z'`,
		"WindowsEvent": `INSERT INTO "$Event" SELECT * FROM "$Event" LIMIT 1`,
	} {
		if err := c.db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		wrong, err := c.Check(t.Context())
		if err != nil || !strings.Contains(strings.Join(wrong, "\n"), table) {
			t.Errorf("after %s: %v %v", sql, wrong, err)
		}
	}
}

func TestCompactKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "case")
	c := openCase(t, folder)
	ingestInto(t, c, evidenceOf(t, dir))
	want := contents(t, c)
	c.Close()
	before, after, err := Compact(t.Context(), folder, Options{Threads: 2})
	if err != nil || before == 0 || after == 0 {
		t.Fatalf("%d bytes before, %d after: %v", before, after, err)
	}
	c = openCase(t, folder)
	sameContents(t, "compacted", contents(t, c), want)
	if a := ingestInto(t, c, filepath.Join(dir, "logs")); a.Records != 0 {
		t.Errorf("%d records read again", a.Records)
	}
	ingestInto(t, c, writeLog(t, dir, "More.evtx", 81, 90))
	if got := count(t, c, "WindowsEvent"); got != 70 {
		t.Errorf("%d records, want 70", got)
	}
	left, _ := filepath.Glob(filepath.Join(folder, "compact*"))
	if len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// An export is read back by the engine as any other program would.
func TestExport(t *testing.T) {
	dir := t.TempDir()
	folder, out := filepath.Join(dir, "case"), filepath.Join(dir, "out")
	c := openCase(t, folder)
	ingestInto(t, c, evidenceOf(t, dir))
	want := count(t, c, "WindowsEvent") + count(t, c, "DeviceEvents") + count(t, c, "DeviceProcessEvents") + count(t, c, "IdentityDirectoryEvents")
	c.Close()
	files, rows, err := Export(t.Context(), folder, out, Options{Threads: 2}, func(int, int, string) {})
	if err != nil || rows != want {
		t.Fatalf("%d rows in %d files, want %d rows: %v", rows, files, want, err)
	}
	if _, _, err := Export(t.Context(), folder, out, Options{}, nil); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("an export over another: %v", err)
	}
	db, err := duckdb.Open("", duckdb.Options{Folders: []string{out}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ask := func(sql string) string {
		t.Helper()
		var got string
		p := &sqlgen.Program{Results: []sqlgen.Select{{SQL: sql, Schema: types.Schema{{Name: "v", Type: types.String}}}}}
		err := db.Run(t.Context(), p, func(_ sqlgen.Select, r sqlgen.Rows) error {
			rows, err := Collect(r)
			if len(rows) == 1 {
				got = rows[0][0].Str
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for sql, want := range map[string]string{
		`SELECT CAST(count(*) AS VARCHAR) FROM read_parquet('OUT/WindowsEvent/*/*.parquet')`:                                           "60",
		`SELECT typeof(any_value(Timestamp)) || ' ' || min(Timestamp) FROM read_parquet('OUT/DeviceEvents/day=2024-05-01/*.parquet')`:  "TIMESTAMP_NS 2024-05-01 10:00:00",
		`SELECT any_value(typeof(first_event)) || ' ' || count(*) FROM read_parquet('OUT/goshawk_sources.parquet')`:                    "TIMESTAMP_NS 4",
		`SELECT string_agg(DISTINCT ActionType, ' ' ORDER BY ActionType) FROM read_parquet('OUT/DeviceEvents/*/*.parquet')`:            "X Z",
		`SELECT CAST(min(TimeGenerated) AS VARCHAR) FROM read_parquet('OUT/WindowsEvent/*/*.parquet') WHERE EventRecordId IN (1, '1')`: "2024-04-29 15:08:20",
	} {
		if got := ask(strings.ReplaceAll(sql, "OUT", out)); got != want {
			t.Errorf("%s = %s, want %s", sql, got, want)
		}
	}
	if _, err := os.Stat(out + ".part"); err == nil {
		t.Error("a part of the export is left over")
	}
}

// TestReadOnly opens a case to read: nothing is written to it, unless it must first be
// brought up to this version.
func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	c := openCase(t, dir)
	ingestInto(t, c, write(t, t.TempDir(), "a.jsonl", `{"Timestamp":"2024-05-01T10:00:00Z","DeviceName":"pc1","DeviceId":"d","ActionType":"x","ReportId":1}`))
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	read := func() *Case {
		c, err := Open(t.Context(), dir, false, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		info, err := c.Info(t.Context())
		if err != nil || info.Records != 1 || len(info.Wrong) > 0 {
			t.Errorf("%+v %v", info, err)
		}
		return c
	}
	one, two := read(), read()
	if _, err := one.Ingest(t.Context(), []string{dir}, IngestOptions{Readers: testReaders}); err == nil {
		t.Error("a case that is only read took evidence")
	}
	one.Close()
	two.Close()
	after, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("reading changed the case (%v)", err)
	}

	c = openCase(t, dir)
	if err := c.db.Exec(t.Context(), "DROP TABLE goshawk_notes"); err != nil {
		t.Fatal(err)
	}
	c.Close()
	c = read()
	if c.readOnly {
		t.Error("a case of an earlier version was not brought up to this one")
	}
	c.Close()
	c = read()
	if !c.readOnly {
		t.Error("a case of this version was opened to write")
	}
	c.Close()
}

// TestRawRows asks for rows of events whose processes are not known, and for those of one that
// is.
func TestRawRows(t *testing.T) {
	c := openCase(t, t.TempDir())
	defer c.Close()
	tables := 0
	for _, table := range normalize.Tables() {
		if whole := normalize.Whole(table.Name); whole != table.Name && strings.HasPrefix(whole, "Device") {
			tables++
			if err := c.db.Exec(t.Context(), fmt.Sprintf(`INSERT INTO "%s" (Timestamp, DeviceName, ActionType) VALUES (1, 'pc1', 'raw')`, table.Name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	query := "union withsource=T Device*Events | where DeviceName == 'pc1' and ActionType == 'raw' and InitiatingProcessCommandLine == '' and isnull(InitiatingProcessCreationTime) | summarize make_set(T), count() | project strcat(array_length(set_T), '/', count_)"
	if got, want := first(t, c, query), fmt.Sprintf("%[1]d/%[1]d", tables); got != want || tables < 7 {
		t.Errorf("%q tables and rows, want %s", got, want)
	}
	if got := first(t, c, "DeviceNetworkEvents | where DeviceName == 'pc1' | project strcat(Type, RemoteUrl, InitiatingProcessSHA1, '.')"); got != "DeviceNetworkEvents." {
		t.Errorf("%q", got)
	}
	err := c.db.Exec(t.Context(), `INSERT INTO "$InitiatingProcess" ("$Process", InitiatingProcessCommandLine, InitiatingProcessAccountName) VALUES (7, 'a.exe -b', 'mira');
UPDATE "$RawDeviceNetworkEvents" SET "$Process" = 7`)
	if err != nil {
		t.Fatal(err)
	}
	if got := first(t, c, "DeviceNetworkEvents | where InitiatingProcessCommandLine has 'b' | project strcat(InitiatingProcessCommandLine, '/', InitiatingProcessAccountName)"); got != "a.exe -b/mira" {
		t.Errorf("%q", got)
	}
	if got := first(t, c, "DeviceNetworkEvents | count | project tostring(Count)"); got != "1" {
		t.Errorf("%q rows", got)
	}
}

// TestReplaceBesides puts a baseline and a reputation beside a case that is only read: its
// queries see them in place of what the case has, all at once, and the case stays as it was.
func TestReplaceBesides(t *testing.T) {
	dir := t.TempDir()
	c := openCase(t, dir)
	baseline := func(task string) [][]types.Value {
		var row []types.Value
		for _, column := range c.Catalog().Table("TaskBaseline").Stored() {
			row = append(row, types.Null(column.Type))
		}
		for i := range row {
			if row[i].Type == types.String {
				row[i] = types.Value{Type: types.String, Str: task}
			}
		}
		return [][]types.Value{row}
	}
	ingestInto(t, c, write(t, t.TempDir(), "a.jsonl", `{"Timestamp":"2024-05-01T10:00:00Z","DeviceName":"pc1","DeviceId":"d","ActionType":"x","ReportId":1}`))
	if err := c.Replace(t.Context(), "TaskBaseline", baseline("stored")); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, FileName)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	reputation := write(t, t.TempDir(), "r.csv", "SHA1,Signer\n"+strings.Repeat("a", 40)+",Contoso\n")
	for range 2 { // once more, after it was closed
		if c, err = Open(t.Context(), dir, false, Options{ReadOnly: true}); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]string{
			"TaskBaseline | project TaskKey": "stored",
			"print SHA1 = '" + strings.Repeat("a", 40) + "' | invoke FileProfile(SHA1, 1000) | project Signer": "",
		} {
			if got := first(t, c, query); got != want {
				t.Errorf("before: %s gives %q, want %q", query, got, want)
			}
		}
		for _, task := range []string{"one", "two"} {
			if err := c.Replace(t.Context(), "TaskBaseline", baseline(task)); err != nil {
				t.Fatal(err)
			}
			if got := first(t, c, "TaskBaseline | summarize max(TaskKey), n = count() | project strcat(max_TaskKey, n)"); got != task+"1" {
				t.Errorf("%q after %s was put beside the case", got, task)
			}
		}
		if _, err := c.LoadReputation(t.Context(), reputation); err != nil {
			t.Fatal(err)
		}
		if got := first(t, c, "print SHA1 = '"+strings.Repeat("a", 40)+"' | invoke FileProfile(SHA1, 1000) | project Signer"); got != "Contoso" {
			t.Errorf("the signer is %q", got)
		}
		// what waits for a connection sees them too
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if got := first(t, c, "TaskBaseline | join kind=inner TaskBaseline on TaskKey | project TaskKey"); got != "two" {
					t.Errorf("%q", got)
				}
			})
		}
		all.Wait()
		c.Close()
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the case was changed (%v)", err)
	}
}

// first is the first value of a query's first row, as text.
func first(t *testing.T, c *Case, query string) string {
	t.Helper()
	_, rows, _, err := c.Querier(Clock{}).Query(t.Context(), "test", query)
	if err != nil || len(rows) == 0 {
		t.Errorf("%s: %d rows, %v", query, len(rows), err)
		return ""
	}
	return rows[0][0].Str
}

// A task is its file's content under its name: two of one content are two, and the same
// one in a folder and in an archive is one.
func TestTasksOfOneContent(t *testing.T) {
	dir := t.TempDir()
	const definition = `<?xml version="1.0"?><Task xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Actions><Exec><Command>a.exe</Command></Exec></Actions></Task>`
	first := filepath.Join(dir, "first", "Windows", "System32", "Tasks")
	write(t, first, "One", definition)
	write(t, first, "Two", definition)
	write(t, filepath.Join(dir, "second", "first", "Windows", "System32", "Tasks"), "one", definition)
	c := openCase(t, filepath.Join(dir, "case"))
	a := ingestInto(t, c, filepath.Join(dir, "first"), filepath.Join(dir, "second"))
	if got := outcomes(a); got != "One read, Two read, one known" || len(a.Wrong) > 0 {
		t.Errorf("%s; wrong %v", got, a.Wrong)
	}
	if got := count(t, c, "ScheduledTasks"); got != 2 {
		t.Errorf("%d tasks, want 2", got)
	}
	if a := ingestInto(t, c, filepath.Join(dir, "first")); a.Records != 0 {
		t.Errorf("%d records read again", a.Records)
	}
}

// older makes of a case one of the layout before: all rows are whole in the tables of the
// catalogue, and there are no others.
func older(t *testing.T, c *Case) {
	t.Helper()
	exec := func(sql string) {
		t.Helper()
		if err := c.db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for name := range c.dialect.Sources {
		exec(fmt.Sprintf(`CREATE TABLE moved AS FROM %s; DELETE FROM "%[2]s"; INSERT INTO "%[2]s" BY NAME FROM moved; DROP TABLE moved`, asQueried(c, name), name))
	}
	for _, table := range normalize.Tables() {
		if c.cat.Table(table.Name) == nil && table.Name != "$ProcessExit" && table.Name != "$Host" {
			exec(`DROP TABLE "` + table.Name + `"`)
		}
	}
	for name, v := range normalize.Views() {
		if err := c.db.CreateView(t.Context(), name, c.cat.Table(name).Stored(), v.SQL(c.cat.Table(name), true)); err != nil {
			t.Fatal(err)
		}
	}
	exec(metaSQL("format", formatVersion-1) + ";" + metaSQL(viewsMeta, viewsMark(true)))
}

// TestOlderLayout opens a case of the layout before: what only reads it sees all its rows and
// changes nothing, what writes to it brings it up to this one.
func TestOlderLayout(t *testing.T) {
	dir := t.TempDir()
	logs := evidenceOf(t, dir)
	home := filepath.Join(dir, "case")
	c := openCase(t, home)
	ingestInto(t, c, logs)
	want := contents(t, c)
	older(t, c)
	c.Close()
	same := func(c *Case) {
		t.Helper()
		got := contents(t, c)
		for name := range want {
			if c.cat.Table(name) != nil && got[name] != want[name] {
				t.Errorf("%s has %s, want %s", name, got[name], want[name])
			}
		}
		if wrong, err := c.Check(t.Context()); err != nil || len(wrong) > 0 {
			t.Errorf("%v %v", wrong, err)
		}
		if got := first(t, c, "SecurityEvent | where EventID == 4688 | count | project tostring(Count)"); got != "60" {
			t.Errorf("%s events, want 60", got)
		}
	}
	before, err := os.ReadFile(filepath.Join(home, FileName))
	if err != nil {
		t.Fatal(err)
	}
	c, err = Open(t.Context(), home, false, Options{ReadOnly: true})
	if err != nil || !c.readOnly {
		t.Fatalf("a case of the layout before can't be read: %v", err)
	}
	same(c)
	c.Close()
	if after, err := os.ReadFile(filepath.Join(home, FileName)); err != nil || !bytes.Equal(before, after) {
		t.Errorf("reading changed the case (%v)", err)
	}
	c = openCase(t, home)
	same(c)
	if version, err := c.meta(t.Context(), "format"); err != nil || version != formatVersion {
		t.Errorf("layout %d, %v", version, err)
	}
	if again := ingestInto(t, c, logs, writeLog(t, dir, "More.evtx", 55, 66)); again.Records != 12 || again.Copies != 6 || len(again.Wrong) > 0 {
		t.Errorf("%d records read, %d of them copies, %v", again.Records, again.Copies, again.Wrong)
	}
	if got := count(t, c, "WindowsEvent"); got != 66 {
		t.Errorf("%d events, want 66", got)
	}
	c.Close()
	for _, version := range []int64{formatVersion - 2, formatVersion + 1} {
		other := filepath.Join(dir, fmt.Sprint("layout", version))
		if err := os.CopyFS(other, os.DirFS(home)); err != nil {
			t.Fatal(err)
		}
		c := openCase(t, other)
		if err := c.setMeta(t.Context(), "format", version); err != nil {
			t.Fatal(err)
		}
		c.Close()
		for _, only := range []bool{false, true} {
			if _, err := Open(t.Context(), other, false, Options{ReadOnly: only}); err == nil || !strings.Contains(err.Error(), "another version") {
				t.Errorf("layout %d was opened: %v", version, err)
			}
		}
	}
}
