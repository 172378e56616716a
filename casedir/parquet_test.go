package casedir

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/external"
)

// writeParquet writes the rows of a query as a Parquet file.
func writeParquet(t testing.TB, query string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "export.parquet")
	db, err := duckdb.Open("", duckdb.Options{Threads: 1, Files: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Exec(t.Context(), "COPY ("+query+") TO "+quote(file)+" (FORMAT parquet)"); err != nil {
		t.Fatal(err)
	}
	return file
}

const parquetRows = `SELECT make_timestamp_ns(1714557600123456700 + i * 1000000000) AS "Timestamp", 'aa' AS DeviceId, 'ws1.corp.example' AS DeviceName,
  'ProcessCreated' AS ActionType, 'tool.exe' AS FileName, CASE WHEN i % 2 = 0 THEN 'tool.exe ' || i END AS ProcessCommandLine, CAST(i AS UINTEGER) AS ProcessId,
  TIMESTAMP '2024-05-01 09:59:59.5' AS ProcessCreationTime, true AS IsInitiatingProcessRemoteSession,
  {'Step': i, 'Note': ['a', 'b']} AS AdditionalFields, CAST(i AS BIGINT) AS ReportId FROM range(3000) t(i)`

// TestParquet ingests an export as Parquet, on disk and as bytes: nothing of it is
// rounded, a null is not a text, nested columns are JSON.
func TestParquet(t *testing.T) {
	file := writeParquet(t, parquetRows)
	c := openCase(t, filepath.Join(t.TempDir(), "case"))
	a, err := c.Ingest(t.Context(), []string{file}, IngestOptions{Readers: []evidence.Reader{ParquetReader{}}, Now: testNow})
	if err != nil || a.Rows["DeviceProcessEvents"] != 3000 {
		t.Fatalf("%v, rows %v, files %+v", err, a.Rows, a.Files)
	}
	for query, want := range map[string]string{
		`DeviceProcessEvents | where ProcessId == 7 | project strcat(Timestamp, " ", ProcessCreationTime)`:                           "2024-05-01T10:00:07.1234567Z 2024-05-01T09:59:59.5000000Z",
		`DeviceProcessEvents | where ReportId == 8 | project strcat(ProcessCommandLine, "|", IsInitiatingProcessRemoteSession)`:      "tool.exe 8|True",
		`DeviceProcessEvents | where ReportId == 8 | project tostring(parse_json(AdditionalFields).Note[1])`:                         "b",
		`DeviceProcessEvents | summarize strcat(countif(isempty(ProcessCommandLine)), " ", count(), " ", countif(isnull(FileSize)))`: "1500 3000 3000",
	} {
		_, rows, _, err := c.Querier(Clock{Now: testNow}).Query(t.Context(), "q", query)
		if err != nil || len(rows) != 1 || rows[0][0].Str != want {
			t.Errorf("%s: %v, %v, want %s", query, rows, err, want)
		}
	}
}

// TestParquetPlaces reads files where they are, whatever folders and files are called: a
// name is no pattern and no column.
func TestParquetPlaces(t *testing.T) {
	data, err := os.ReadFile(writeParquet(t, parquetRows))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.parquet", "DeviceName=other/day=2024-05-01/a.parquet", "a[1].parquet", "a[a]/it's {b}.parquet"} {
		file := filepath.Join(t.TempDir(), filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, data, 0o600)); err != nil {
			t.Skip(err) // not all systems have all names
		}
		c := openCase(t, filepath.Join(t.TempDir(), "case"))
		a, err := c.Ingest(t.Context(), []string{file}, IngestOptions{Readers: []evidence.Reader{ParquetReader{}}, Now: testNow})
		if err != nil || a.Rows["DeviceProcessEvents"] != 3000 || len(a.Files[0].Unknown)+len(a.Files[0].Damages) > 0 {
			t.Errorf("%s: %v, rows %v, files %+v", name, err, a.Rows, a.Files)
		}
	}
}

// rowSink counts what a reader emits.
type rowSink struct {
	rows    int
	damages []evidence.Damage
}

func (s *rowSink) Record(*evidence.Record) error { s.rows++; return nil }
func (s *rowSink) Damage(d evidence.Damage)      { s.damages = append(s.damages, d) }
func (s *rowSink) Progress(int64)                {}

// TestParquetDamaged cuts and changes a file: a damage says so, nothing else happens.
func TestParquetDamaged(t *testing.T) {
	data, err := os.ReadFile(writeParquet(t, parquetRows))
	if err != nil {
		t.Fatal(err)
	}
	read := func(data []byte) *rowSink {
		s := &rowSink{}
		if err := (ParquetReader{}).Read(context.Background(), evidence.Input{Path: "a.parquet", ReaderAt: bytes.NewReader(data), Size: int64(len(data))}, s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := read(data); s.rows != 3000 || len(s.damages) != 0 {
		t.Fatalf("%d rows, damages %v", s.rows, s.damages)
	}
	for name, bad := range map[string][]byte{
		"only the magic": data[:4], "cut": data[:len(data)/2], "no end": data[:len(data)-4],
		"lying": append(append(bytes.Clone(data[:100]), bytes.Repeat([]byte{0xff}, 400)...), data[500:]...),
	} {
		if s := read(bad); len(s.damages) == 0 {
			t.Errorf("%s: %d rows and no damage", name, s.rows)
		}
	}
}

// TestExternalParquet reads a Parquet file by externaldata: times to 100 ns, nested
// columns as dynamic, nulls as nulls; what is no Parquet file is said.
func TestExternalParquet(t *testing.T) {
	mirror := t.TempDir()
	place := filepath.Join(mirror, "example.com")
	if err := os.Mkdir(place, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(writeParquet(t, parquetRows), filepath.Join(place, "a.parquet")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "b.parquet"), []byte("PAR1 and no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Empty(t.Context(), Options{External: external.Source{Mirror: mirror}, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const columns = `(Timestamp:datetime, DeviceName:string, ProcessCommandLine:string, ProcessId:long, AdditionalFields:dynamic)`
	_, rows, _, err := c.Querier(Clock{Now: testNow}).Query(t.Context(), "q", `externaldata`+columns+`["https://example.com/a.parquet"] with (format="parquet")
		| where ProcessId in (4, 5) | project tostring(Timestamp), DeviceName, ProcessCommandLine, ProcessId, tostring(AdditionalFields.Note[1]) | sort by ProcessId asc`)
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	for i, want := range []string{"2024-05-01T10:00:04.1234567Z", "ws1.corp.example", "tool.exe 4", "4", "b"} {
		if got := rows[0][i].Text(); got != want {
			t.Errorf("column %d: %s, want %s", i, got, want)
		}
	}
	if got := rows[1][2].Text(); got != "" {
		t.Errorf("a null of the file is %q", got)
	}
	_, _, _, err = c.Querier(Clock{Now: testNow}).Query(t.Context(), "q", `externaldata(a:string)["https://example.com/b.parquet"]`)
	if err == nil || !strings.Contains(err.Error(), "no Parquet file") {
		t.Errorf("a file that is none: %v", err)
	}
	_, _, _, err = c.Querier(Clock{Now: testNow}).Query(t.Context(), "q", `externaldata(a:string)["https://example.com/a.avro"] with (format="avro")`)
	if err == nil || !strings.Contains(err.Error(), "'avro' is not read") {
		t.Errorf("a format that is not read: %v", err)
	}
}
