package duckdb_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/csvfile"
	"github.com/goshawk-hunt/goshawk/evidence/jsonl"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// BenchmarkExports ingests an export of Defender as JSON lines and as CSV, and has the
// engine alone read the same file into a table of the same types, in turn. It tells
// both rates by the clock and by processor time, and the ratios.
func BenchmarkExports(b *testing.B) {
	for _, format := range []struct {
		name  string
		write func(io.Writer, int) error
		from  func(path string, columns types.Schema) string
	}{
		{"jsonl", writeDefenderJSON, readJSONAlone},
		{"csv", writeDefenderCSV, readCSVAlone},
	} {
		b.Run(format.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "export."+format.name)
			size := writeExport(b, path, format.write)
			b.SetBytes(size)
			var ours, alone took
			for b.Loop() {
				ours.add(func() { ingestExport(b, path) })
				alone.add(func() { readAlone(b, format.from(path, exportColumns())) })
			}
			mb := float64(size) * float64(b.N) / 1e6
			b.ReportMetric(mb/ours.wall.Seconds(), "ours-MB/s")
			b.ReportMetric(mb/alone.wall.Seconds(), "engine-MB/s")
			b.ReportMetric(alone.wall.Seconds()/ours.wall.Seconds(), "ratio")
			b.ReportMetric(alone.cpu/ours.cpu, "ratio-by-cpu")
		})
	}
}

// took sums up what runs took.
type took struct {
	wall time.Duration
	cpu  float64
}

func (t *took) add(f func()) {
	started, before := time.Now(), processorSeconds()
	f()
	t.wall += time.Since(started)
	t.cpu += processorSeconds() - before
}

func processorSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// ingestExport reads the file into rows of a new case on disk.
func ingestExport(b *testing.B, path string) {
	ctx := context.Background()
	c, err := casedir.Open(ctx, filepath.Join(b.TempDir(), "case"), true, casedir.Options{})
	if err != nil {
		b.Fatal(err)
	}
	readers := []evidence.Reader{jsonl.Reader{}, csvfile.Reader{}}
	a, err := c.Ingest(ctx, []string{path}, casedir.IngestOptions{Readers: readers, Now: types.UnixEpoch})
	if err != nil || a.Rows["DeviceProcessEvents"] != exportRows {
		b.Fatalf("%v, rows %v", err, a.Rows)
	}
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
}

// readAlone has DuckDB, with nothing of ours, make a table on disk of a SELECT.
func readAlone(b *testing.B, from string) {
	var db mapping.Database
	var conn mapping.Connection
	var config mapping.Config
	var result mapping.Result
	if mapping.CreateConfig(&config) == mapping.StateError {
		b.Fatal("no configuration")
	}
	defer mapping.DestroyConfig(&config)
	mapping.SetConfig(config, "storage_compatibility_version", "latest")
	var msg string
	if mapping.OpenExt(filepath.Join(b.TempDir(), "alone.duckdb"), &db, config, &msg) == mapping.StateError {
		b.Fatal(msg)
	}
	defer mapping.Close(&db)
	if mapping.Connect(db, &conn) == mapping.StateError {
		b.Fatal("no connection")
	}
	defer mapping.Disconnect(&conn)
	if mapping.Query(conn, "CREATE TABLE t AS "+from, &result) == mapping.StateError {
		b.Fatal(mapping.ResultError(&result))
	}
	mapping.DestroyResult(&result)
	if mapping.Query(conn, fmt.Sprintf("SELECT CASE WHEN count(*) = %d THEN 1 ELSE error('rows') END FROM t", exportRows), &result) == mapping.StateError {
		b.Fatal(mapping.ResultError(&result))
	}
	mapping.DestroyResult(&result)
}

const exportRows = 60_000

// exportColumns are the columns of the file: those of the table that Defender exports.
func exportColumns() types.Schema {
	var s types.Schema
	for _, c := range catalog.Default().Table("DeviceProcessEvents").Columns {
		if c.Name == "LogonID" { // repeats LogonId
			break
		}
		s = append(s, c.Column)
	}
	return s
}

// aloneColumn is how the engine reads a column, and what makes of it the type that it
// has in a case.
func aloneColumn(c types.Column) (read, value string) {
	switch c.Type {
	case types.Long:
		return "BIGINT", "%s"
	case types.Bool:
		return "BOOLEAN", "%s"
	case types.DateTime:
		return "TIMESTAMP", "epoch_us(%s) * 10 + 621355968000000000"
	}
	return "VARCHAR", "coalesce(%s, '')"
}

func aloneLists(columns types.Schema, of string) (read, values string) {
	var r, v []string
	for _, c := range columns {
		typ, value := aloneColumn(c)
		r = append(r, fmt.Sprintf(of, c.Name, typ))
		v = append(v, fmt.Sprintf(value, `"`+c.Name+`"`)+` AS "`+c.Name+`"`)
	}
	return strings.Join(r, ", "), strings.Join(v, ", ")
}

func readJSONAlone(path string, columns types.Schema) string {
	fields, values := aloneLists(columns, `"%s" %s`)
	return fmt.Sprintf(`SELECT %s FROM (SELECT unnest(properties) FROM read_json('%s', format = 'newline_delimited', columns = {time: 'VARCHAR', category: 'VARCHAR', properties: 'STRUCT(%s)'}))`,
		values, path, fields)
}

func readCSVAlone(path string, columns types.Schema) string {
	fields, values := aloneLists(columns, `'%s': '%s'`)
	return fmt.Sprintf(`SELECT %s FROM read_csv('%s', header = true, auto_detect = false, quote = '"', escape = '"', columns = {%s})`, values, path, fields)
}

func writeExport(b *testing.B, path string, write func(io.Writer, int) error) int64 {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	if err := write(w, exportRows); err != nil {
		b.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// exportCell is the value of a column in row i: a number, a bool, a text or nil.
func exportCell(c types.Column, i int) any {
	const pattern = `C:\Program Files\Vendor %d\agent%d.exe`
	switch {
	case c.Type == types.DateTime:
		return time.Unix(1718000000+int64(i/7), int64(i%9999999)*100).UTC().Format("2006-01-02T15:04:05.0000000Z")
	case c.Type == types.Bool:
		return i%5 == 0
	case c.Type == types.Long:
		return i*37%99991 + len(c.Name)
	case c.Name == "ActionType":
		return "ProcessCreated"
	case c.Name == "AdditionalFields":
		return fmt.Sprintf(`{"Step":%d,"Note":"a \"quoted\" one"}`, i)
	case strings.HasSuffix(c.Name, "SHA256"):
		return fmt.Sprintf("%064x", i%700*0x9e3779b9)
	case strings.HasSuffix(c.Name, "SHA1"), c.Name == "DeviceId":
		return fmt.Sprintf("%040x", i%700*0x9e3779b9)
	case strings.HasSuffix(c.Name, "CommandLine"):
		return fmt.Sprintf(`"`+pattern+`" --update --id %x`, i%40, i%9, i*0x9e3779b9)
	case strings.HasSuffix(c.Name, "FolderPath"):
		return fmt.Sprintf(pattern, i%40, i%9)
	case strings.Contains(c.Name, "Remote"), strings.HasPrefix(c.Name, "AppGuard"), strings.HasSuffix(c.Name, "Upn"):
		return nil
	}
	return fmt.Sprintf("%s %d", c.Name[len(c.Name)/2:], i%60)
}

func writeDefenderJSON(w io.Writer, rows int) error {
	columns := exportColumns()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range rows {
		properties := map[string]any{}
		for _, c := range columns {
			properties[c.Name] = exportCell(c, i)
		}
		if err := enc.Encode(map[string]any{"time": properties["Timestamp"], "category": "AdvancedHunting-DeviceProcessEvents", "properties": properties}); err != nil {
			return err
		}
	}
	return nil
}

func writeDefenderCSV(w io.Writer, rows int) error {
	columns := exportColumns()
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.Name
	}
	if _, err := fmt.Fprintln(w, strings.Join(line, ",")); err != nil {
		return err
	}
	for i := range rows {
		for j, c := range columns {
			line[j] = ""
			if v := exportCell(c, i); v != nil {
				line[j] = `"` + strings.ReplaceAll(fmt.Sprint(v), `"`, `""`) + `"`
			}
		}
		if _, err := fmt.Fprintln(w, strings.Join(line, ",")); err != nil {
			return err
		}
	}
	return nil
}
