package casedir

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
	"github.com/goshawk-hunt/goshawk/evidence/evtx/evtxwrite"
	"github.com/goshawk-hunt/goshawk/evidence/jsonl"
	"github.com/goshawk-hunt/goshawk/evidence/taskxml"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// oddReader stands for a reader with a mistake: its files say what it does.
type oddReader struct{}

func (oddReader) Format() string          { return "odd" }
func (oddReader) Detect(head []byte) bool { return bytes.HasPrefix(head, []byte("odd:")) }

func (oddReader) Read(_ context.Context, in evidence.Input, sink evidence.Sink) error {
	text := make([]byte, in.Size)
	in.ReadAt(text, 0)
	if err := sink.Record(&evidence.Record{Kind: evidence.KindEvent, Path: in.Path, Event: evidence.Event{Provider: "odd", Computer: "pc1", EventID: 7, RecordID: uint64(text[4])}}); err != nil {
		return err
	}
	switch strings.TrimSpace(string(text)) {
	case "odd:panic":
		panic("a mistake")
	case "odd:lose": // the engine gives up, and what it had with it
		sink.(*ingest).group.tx.Rollback()
		panic("a mistake")
	case "odd:error":
		return errors.New("the rest makes no sense")
	case "odd:kind": // a record that no one knows
		return sink.Record(&evidence.Record{Kind: 99, Path: in.Path})
	}
	return nil
}

var testReaders = []evidence.Reader{evtx.Reader{}, jsonl.Reader{}, taskxml.Reader{}, oddReader{}, ParquetReader{}}

const testNow = 638_500_000_000_000_000

func openCase(t testing.TB, dir string) *Case {
	t.Helper()
	c, err := Open(t.Context(), dir, true, Options{Threads: 2, Memory: "1GB"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func ingestInto(t testing.TB, c *Case, paths ...string) *Account {
	t.Helper()
	a, err := c.Ingest(t.Context(), paths, IngestOptions{Readers: testReaders, Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	if problems, err := c.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("the case does not hold what its account says: %v %v", problems, err)
	}
	return a
}

func write(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func count(t testing.TB, c *Case, table string) int64 {
	t.Helper()
	v, err := c.scalar(t.Context(), `SELECT count(*) FROM `+c.dialect.From(table, nil), types.Long)
	if err != nil {
		t.Fatal(err)
	}
	return v.Int
}

// outcomes are the names of the files of an account with what became of them.
func outcomes(a *Account) string {
	var list []string
	for _, f := range a.Files {
		list = append(list, filepath.Base(f.Path)+" "+f.Outcome)
	}
	return strings.Join(list, ", ")
}

// asQueried is what a query over all columns of a table reads.
func asQueried(c *Case, table string) string {
	var columns []string
	if def := c.cat.Table(table); def != nil {
		columns = sqlgen.ColumnNames(def.Stored())
	}
	return c.dialect.From(table, columns)
}

// contents digests the rows of all tables. The time of ingestion is of the run and not
// of the rows, and numbers that only join the parts of rows are counted.
func contents(t testing.TB, c *Case) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name := range c.tables {
		if def := stored(name); def != nil && def.Stored().Index("$Header") >= 0 {
			continue // read with WindowsEvent
		}
		sql := fmt.Sprintf(`SELECT count(*), coalesce(CAST(bit_xor(hash(t)) AS VARCHAR), '') FROM (SELECT COLUMNS(c -> c <> '$IngestionTime') FROM %s) t`, asQueried(c, name))
		if def := stored(name); def != nil && def.Stored().Index("$Process") >= 0 {
			sql = fmt.Sprintf(`SELECT count(*), '' FROM "%s"`, name)
		}
		rows, err := c.sql(t.Context(), sql, columns("n h:string"))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = fmt.Sprintf("%d rows %s", rows[0][0].Int, rows[0][1].Str)
	}
	return out
}

// stored is the definition of a table that normalisation fills, nil if it is none.
func stored(name string) *catalog.Table {
	list := normalize.Tables()
	if i := slices.IndexFunc(list, func(t *catalog.Table) bool { return t.Name == name }); i >= 0 {
		return list[i]
	}
	return nil
}

// sameContents wants two cases to have the same rows.
func sameContents(t testing.TB, what string, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: table %s has %s, want %s", what, name, got[name], want[name])
		}
	}
}

// row is a line of Defender's streaming export.
func row(table, properties string) string {
	return fmt.Sprintf(`{"time":"2024-05-01T10:02:00Z","category":"AdvancedHunting-%s","properties":{"Timestamp":"2024-05-01T10:00:00Z",%s}}`+"\n", table, properties)
}

// process is a record of event 4688 of the security log.
func process(number uint64, program string) evidence.Event {
	text := func(s string) evidence.Value { return evidence.Value{Kind: evidence.String, Str: s} }
	return evidence.Event{Provider: "Microsoft-Windows-Security-Auditing", Channel: "Security", Computer: "pc1.corp.example", EventID: 4688, RecordID: number,
		Time: testNow + int64(number)*100*evidence.TicksPerSecond,
		Data: []evidence.Field{{Name: "SubjectUserName", Value: text("kim")}, {Name: "NewProcessId", Value: evidence.Value{Kind: evidence.Hex, Num: 4096 + number}},
			{Name: "NewProcessName", Value: text(`C:\Windows\System32\` + program)}, {Name: "CommandLine", Value: text(program + " /x")}}}
}

// writeLog writes records from..to of a log.
func writeLog(t testing.TB, dir, name string, from, to uint64) string {
	t.Helper()
	return writeEvents(t, dir, name, to-from+1, func(n uint64) evidence.Event {
		return process(from+n, fmt.Sprintf("p%d.exe", (from+n)%7))
	})
}

// writeEvents writes a log of count events.
func writeEvents(t testing.TB, dir, name string, count uint64, event func(n uint64) evidence.Event) string {
	t.Helper()
	path := filepath.Join(dir, name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := evtxwrite.New(f)
	if err != nil {
		t.Fatal(err)
	}
	for n := range count {
		e := event(n)
		if err := w.Write(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOnlyToldDevices completes the devices of which new sources tell, and no others; also
// one that gets another name by them.
func TestOnlyToldDevices(t *testing.T) {
	dir := t.TempDir()
	c := openCase(t, filepath.Join(dir, "case"))
	logOf := func(computer string, number uint64) string {
		return writeEvents(t, dir, fmt.Sprintf("%s-%d.evtx", computer, number), 3, func(n uint64) evidence.Event {
			e := process(number+n, "a.exe")
			e.Computer = computer
			return e
		})
	}
	var told int64
	ingest := func(paths ...string) {
		t.Helper()
		told = 0
		if _, err := c.Ingest(t.Context(), paths, IngestOptions{Readers: testReaders, Now: testNow, Completing: func(_, of int64) { told = of }}); err != nil {
			t.Fatal(err)
		}
	}
	ingest(logOf("pc1", 1), logOf("pc2.corp.example", 1), logOf("pc3.corp.example", 1))
	if told != 3 {
		t.Errorf("%d devices completed at first", told)
	}
	ingest(logOf("pc1.corp.example", 11))
	if told != 1 {
		t.Errorf("%d devices completed with a log of one", told)
	}
	_, rows, _, err := c.Querier(Clock{Now: testNow}).Query(t.Context(), "q", `DeviceProcessEvents | summarize n = count() by DeviceName, DeviceId | summarize strcat_array(array_sort_asc(make_list(strcat(DeviceName, " ", n))), ", ")`)
	if want := "pc1.corp.example 6, pc2.corp.example 3, pc3.corp.example 3"; err != nil || rows[0][0].Str != want {
		t.Errorf("%v, %v, want %s", err, rows, want)
	}
	// What an interrupted run left is done whatever the next one brings.
	if err := c.setMeta(t.Context(), "completed", 0); err != nil {
		t.Fatal(err)
	}
	if ingest(logOf("pc2.corp.example", 21)); told != 3 {
		t.Errorf("%d devices completed after an interruption", told)
	}
	if ingest(logOf("pc2.corp.example", 21)); told != 0 {
		t.Errorf("%d devices completed with nothing new", told)
	}
}

// Most tables of the catalogue are made when their first row comes, which may be in the
// middle of a file.
func TestTableMadeInTheMiddle(t *testing.T) {
	dir := t.TempDir()
	mixed := write(t, dir, "mixed.jsonl", row("DeviceEvents", `"DeviceId":"a","ActionType":"X"`)+row("IdentityDirectoryEvents", `"ActionType":"Account Password changed"`)+
		row("DeviceEvents", `"DeviceId":"b","ActionType":"X"`)+row("CloudAppEvents", `"ActionType":"Add"`))
	c := openCase(t, filepath.Join(dir, "case"))
	a := ingestInto(t, c, mixed)
	if got := outcomes(a); got != "mixed.jsonl read" {
		t.Errorf("outcomes: %s", got)
	}
	for table, want := range map[string]int64{"DeviceEvents": 2, "IdentityDirectoryEvents": 1, "CloudAppEvents": 1} {
		if got := count(t, c, table); got != want || a.Rows[table] != want {
			t.Errorf("%s has %d rows, the account says %d, want %d", table, got, a.Rows[table], want)
		}
	}
	// The tables are there for the next source too, and for one that fails they are not.
	more := write(t, dir, "more.jsonl", row("IdentityDirectoryEvents", `"ActionType":"another"`))
	ingestInto(t, c, more)
	if got := count(t, c, "IdentityDirectoryEvents"); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
}

// A mistake over one file is that file's.
func TestOneFileFails(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "logs/a.jsonl", row("DeviceEvents", `"DeviceId":"a","ActionType":"X"`))
	write(t, dir, "logs/b.odd", "odd:panic")
	write(t, dir, "logs/c.odd", "odd:error")
	write(t, dir, "logs/d.odd", "odd:kind")
	write(t, dir, "logs/e.txt", "milk, eggs")
	write(t, dir, "logs/f.jsonl", row("DeviceEvents", `"DeviceId":"b","ActionType":"X"`))
	c := openCase(t, filepath.Join(dir, "case"))
	a := ingestInto(t, c, filepath.Join(dir, "logs"))
	if got, want := outcomes(a), "a.jsonl read, b.odd failed, c.odd damaged, d.odd read, e.txt unknown, f.jsonl read"; got != want {
		t.Errorf("outcomes: %s, want %s", got, want)
	}
	if failed := a.Failed(); len(failed) != 1 || !strings.Contains(failed[0].Reason, "a mistake") {
		t.Errorf("failed: %v", failed)
	}
	if got := count(t, c, "DeviceEvents"); got != 2 {
		t.Errorf("DeviceEvents has %d rows, want 2", got)
	}
	if got := count(t, c, "WindowsEvent"); got != 2 { // of c and d, nothing of b
		t.Errorf("WindowsEvent has %d rows, want 2", got)
	}
	if aside := a.Files[3].SetAside["record of an unknown kind"]; aside != 1 {
		t.Errorf("%d records set aside, want 1", aside)
	}
	sources, err := c.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range sources { // a file that fails leaves no hole, so that a run that is repeated gives the same
		if s.ID != int64(i+1) {
			t.Errorf("source %s has number %d, want %d", s.Path, s.ID, i+1)
		}
	}
}

// A file that takes the transaction with it that it shares with others is the only one that
// fails all the same.
func TestOneFileFailsTogether(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "logs/a.jsonl", row("DeviceEvents", `"DeviceId":"a","ActionType":"X"`))
	write(t, dir, "logs/b.txt", "milk, eggs")
	write(t, dir, "logs/c.odd", "odd:lose")
	write(t, dir, "logs/d.jsonl", row("IdentityDirectoryEvents", `"ActionType":"Y"`))
	c := openCase(t, filepath.Join(dir, "case"))
	a := ingestInto(t, c, filepath.Join(dir, "logs"))
	if got, want := outcomes(a), "a.jsonl read, b.txt unknown, c.odd failed, d.jsonl read"; got != want {
		t.Errorf("outcomes: %s, want %s", got, want)
	}
	if got := count(t, c, "DeviceEvents") + count(t, c, "IdentityDirectoryEvents"); got != 2 || a.Records != 2 {
		t.Errorf("%d rows of %d records, want 2 and 2", got, a.Records)
	}
	if got := count(t, c, "WindowsEvent"); got != 0 {
		t.Errorf("%d rows of the file that failed", got)
	}
}

// The records of a log come again with its archive, its copy and its export: each is
// kept once, whether they are read together or one after another.
func TestNoRecordTwice(t *testing.T) {
	dir := t.TempDir()
	old := writeLog(t, dir, "Archive-Security.evtx", 1, 60)
	current := writeLog(t, dir, "Security.evtx", 41, 100)
	again := writeLog(t, dir, "Copy.evtx", 30, 80)
	c := openCase(t, filepath.Join(dir, "at-once"))
	a := ingestInto(t, c, old, current, again)
	if got := count(t, c, "WindowsEvent"); got != 100 {
		t.Errorf("%d records, want 100", got)
	}
	if got := count(t, c, "DeviceProcessEvents"); got != 100 {
		t.Errorf("%d processes, want 100", got)
	}
	if a.Records != 171 || a.Copies != 71 {
		t.Errorf("the account has %d records and %d copies, want 171 and 71", a.Records, a.Copies)
	}
	later := openCase(t, filepath.Join(dir, "later"))
	for _, path := range []string{old, current, again, old} {
		ingestInto(t, later, path)
	}
	sameContents(t, "one after another", contents(t, later), contents(t, c))
}

// What was given twice under any name is read once.
func TestKnownContent(t *testing.T) {
	dir := t.TempDir()
	text := row("DeviceEvents", `"DeviceId":"a","ActionType":"X"`)
	write(t, dir, "logs/a.jsonl", text)
	write(t, dir, "logs/sub/b.jsonl", text)
	c := openCase(t, filepath.Join(dir, "case"))
	if got, want := outcomes(ingestInto(t, c, filepath.Join(dir, "logs"), filepath.Join(dir, "logs", "sub"))), "a.jsonl read, b.jsonl known"; got != want {
		t.Errorf("outcomes: %s, want %s", got, want)
	}
	if got, want := outcomes(ingestInto(t, c, filepath.Join(dir, "logs", "sub"))), "b.jsonl known"; got != want {
		t.Errorf("outcomes: %s, want %s", got, want)
	}
	if got := count(t, c, "DeviceEvents"); got != 1 {
		t.Errorf("%d rows, want 1", got)
	}
	if got := count(t, c, "goshawk_files"); got != 2 {
		t.Errorf("the manifest has %d files, want 2", got)
	}
}

// Explain says of every file what would become of it, and makes no case.
func TestExplain(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.jsonl", row("DeviceEvents", `"DeviceId":"a","ActionType":"X","Unheard":1`)+row("NoSuchTable", `"a":1`))
	write(t, dir, "b.jsonl", row("DeviceEvents", `"DeviceId":"a","ActionType":"X","Unheard":1`)+row("NoSuchTable", `"a":1`))
	write(t, dir, "c.odd", "odd:panic")
	write(t, dir, "d.txt", "eggs")
	writeLog(t, dir, "e.evtx", 1, 3)
	a, err := Explain(t.Context(), []string{dir}, IngestOptions{Readers: testReaders})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := outcomes(a), "a.jsonl read, b.jsonl known, c.odd failed, d.txt unknown, e.evtx read"; got != want {
		t.Errorf("outcomes: %s, want %s", got, want)
	}
	f := a.Files[0]
	if f.Tables["DeviceEvents"] != 1 || f.Unknown["DeviceEvents.Unheard"] != 1 || len(f.SetAside) != 1 || f.Records != 2 {
		t.Errorf("%+v", f)
	}
	if e := a.Files[4]; e.Tables["WindowsEvent"] != 3 || len(e.Logs) != 1 {
		t.Errorf("%+v", e)
	}
}

func TestParseMemory(t *testing.T) {
	for text, want := range map[string]int64{"4GB": 4e9, "512 MB": 512e6, "1.5GiB": 3 << 29, "1g": 1e9, "900000000": 900e6} {
		if m, err := ParseMemory(text); err != nil || m.Total != want || m.Engine+m.Go > m.Total {
			t.Errorf("%s: %+v %v", text, m, err)
		}
	}
	for _, text := range []string{"much", "-1GB", "10MB", "GB", "1e30GB"} {
		if m, err := ParseMemory(text); err == nil {
			t.Errorf("%s: %+v", text, m)
		}
	}
	if m, err := ParseMemory(""); err != nil || m.Total < 512<<20 {
		t.Errorf("%+v %v", m, err)
	}
}

// An ingestion that is asked to stop leaves what it committed; the next one completes it.
func TestStopped(t *testing.T) {
	dir := t.TempDir()
	logs := evidenceOf(t, dir)
	c := openCase(t, filepath.Join(dir, "case"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := c.Ingest(ctx, []string{logs}, IngestOptions{Readers: testReaders, Now: testNow, Progress: func(p Progress) {
		if p.Files == 2 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || !c.Unfinished() {
		t.Errorf("%v, unfinished %v", err, c.Unfinished())
	}
	if sources, err := c.Sources(t.Context()); err != nil || len(sources) != 2 {
		t.Errorf("%d sources, want 2: %v", len(sources), err)
	}
	ingestInto(t, c, logs)
	whole := openCase(t, filepath.Join(dir, "whole"))
	ingestInto(t, whole, logs)
	sameContents(t, "completed", contents(t, c), contents(t, whole))
}

// Overlapping exports give each row once, also of tables whose rows have no identity; rows
// that are alike within one export are as many as it has.
func TestOverlappingExports(t *testing.T) {
	dir := t.TempDir()
	device := func(n int) string {
		return row("DeviceEvents", fmt.Sprintf(`"DeviceId":"a","ActionType":"X","ReportId":%d`, n))
	}
	directory := func(n int) string {
		return row("IdentityDirectoryEvents", fmt.Sprintf(`"ActionType":"Y","AccountName":"kim%d"`, n))
	}
	network := row("DeviceNetworkEvents", `"DeviceName":"pc1","RemoteIP":"192.0.2.1"`) // no report
	first := write(t, dir, "first.jsonl", device(1)+device(2)+directory(1)+directory(2)+directory(2)+network+network)
	second := write(t, dir, "second.jsonl", device(2)+device(3)+directory(2)+directory(2)+directory(3)+network+network+network)
	third := write(t, dir, "third.jsonl", network+directory(1))
	want := map[string]int64{"DeviceEvents": 3, "IdentityDirectoryEvents": 4, "DeviceNetworkEvents": 3}
	for name, runs := range map[string][][]string{"at once": {{first, second, third}}, "one by one": {{first}, {second}, {third}}, "backwards": {{third}, {second}, {first}}} {
		c := openCase(t, filepath.Join(dir, name))
		for _, paths := range runs {
			ingestInto(t, c, paths...)
		}
		for table, rows := range want {
			if got := count(t, c, table); got != rows {
				t.Errorf("%s: %s has %d rows, want %d", name, table, got, rows)
			}
		}
	}
}

// TestBigMember reads a member of an archive that is too big for memory into a new case,
// and finds nothing left of it nor of what a killed run left.
func TestBigMember(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for i := range 200 {
		fmt.Fprintf(z, `{"Timestamp":"2024-05-01T10:00:00Z","DeviceName":"pc1","DeviceId":"d","ActionType":"ScheduledTaskCreated","ReportId":%d}`+"\n", i+1)
	}
	z.Close()
	path := write(t, dir, "rows.json.gz", packed.String())
	left := write(t, dir, "case/tmp/goshawk-123/member-1", "left by a killed run")
	c := openCase(t, filepath.Join(dir, "case"))
	a, err := c.Ingest(t.Context(), []string{path}, IngestOptions{Readers: testReaders, Now: testNow, Limits: archive.Limits{InMemory: 1 << 10}})
	if err != nil || a.Records != 200 {
		t.Errorf("%d records, %v", a.Records, err)
	}
	info, err := c.Info(t.Context())
	want := FileInfo{Path: path, SHA256: fmt.Sprintf("%x", sha256.Sum256(packed.Bytes())), Size: int64(packed.Len()), Outcome: "read"}
	if err != nil || len(info.AlsoRead) != 1 || info.AlsoRead[0] != want || len(info.NotRead) > 0 {
		t.Errorf("archives %+v, not read %+v, %v; want %+v", info.AlsoRead, info.NotRead, err, want)
	}
	if _, err := os.Stat(left); err == nil {
		t.Errorf("%s is still there", left)
	}
	list, _ := os.ReadDir(filepath.Join(dir, "case", "tmp"))
	for _, d := range list {
		if strings.HasPrefix(d.Name(), archive.TempPrefix) {
			t.Errorf("%s is left", d.Name())
		}
	}
}

// TestManyUnread bounds how many files that are no evidence the account lists.
func TestManyUnread(t *testing.T) {
	var a Account
	for i := range maxUnread + 5 {
		a.list(FileReport{Path: fmt.Sprintf("a.zip!b/%d", i), Outcome: []string{"empty", "refused", "damaged"}[i%3]})
	}
	a.list(FileReport{Outcome: "unknown", SHA256: "aa"}) // a source
	a.list(FileReport{Outcome: "damaged"})
	if len(a.Files) != maxUnread+2 || a.Unlisted != 5 {
		t.Errorf("%d listed, %d not", len(a.Files), a.Unlisted)
	}
	// The manifest has a line for those that are not listed.
	c := openCase(t, t.TempDir())
	in := &ingestion{Case: c, account: &a}
	if err := in.note(t.Context()); err != nil {
		t.Fatal(err)
	}
	info, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := info.NotRead[len(info.NotRead)-1]
	if last.Path != "a.zip!*" || last.Reason != "5 more files of which nothing was read, not listed one by one" {
		t.Errorf("%+v", last)
	}
}

// TestRecoveredFillsNoGap: a record that was found outside of its place says that it was
// there, and not that it is.
func TestRecoveredFillsNoGap(t *testing.T) {
	dir := t.TempDir()
	read := func(path string) []byte {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// The first log lies over a longer one whose last records are still there.
	upTo := func(count uint64) []byte {
		return read(writeEvents(t, dir, fmt.Sprintf("%d.evtx", count), count, func(n uint64) evidence.Event { return process(n+1+n/4*20, "p.exe") }))
	}
	long, short := upTo(8), upTo(4)
	free := 4096 + int(binary.LittleEndian.Uint32(short[4096+48:]))
	over := write(t, dir, "over.evtx", string(short[:free])+string(long[free:]))
	c := openCase(t, filepath.Join(dir, "case"))
	a, err := c.Ingest(t.Context(), []string{over, writeLog(t, dir, "later.evtx", 40, 41)}, IngestOptions{Readers: []evidence.Reader{evtx.Reader{Options: evtx.Options{Recover: true}}}, Now: testNow})
	if err != nil || a.Records != 10 || len(a.Files[0].Logs) != 1 || a.Files[0].Logs[0].Last != 4 {
		t.Fatalf("%v, %d records, %+v", err, a.Records, a.Files[0].Logs)
	}
	info, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Logs) != 1 || info.Logs[0].Missing != 35 || info.Logs[0].Gaps != 1 || info.Logs[0].Last != 41 {
		t.Errorf("%+v", info.Logs)
	}
}
