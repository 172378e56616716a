package casedir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Export writes the rows of the case in dir as Parquet: out/TABLE/day=2024-05-31/*.parquet,
// and its manifest as out/goshawk_sources.parquet and others. Times are timestamps of
// nanoseconds in UTC (of microseconds in columns that hold years before 1678 or after
// 2261), timespans are ticks of 100 ns, dynamic values are JSON text. out must not be
// there yet, or empty. progress is told each table.
func Export(ctx context.Context, dir, out string, o Options, progress func(n, all int, table string)) (files int, rows int64, err error) {
	if list, err := os.ReadDir(out); err == nil && len(list) > 0 {
		return 0, 0, fmt.Errorf("%s is not empty: name a new folder", out)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, 0, err
	}
	part, err := filepath.Abs(out + ".part")
	if err != nil {
		return 0, 0, err
	}
	if err := os.RemoveAll(part); err != nil {
		return 0, 0, err
	}
	if err := os.MkdirAll(part, 0o700); err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(part)
	o.folders = []string{part}
	c, err := Open(ctx, dir, false, o)
	if err != nil {
		return 0, 0, err
	}
	e := &exporter{Case: c, folder: part}
	err = errors.Join(e.run(ctx, progress), c.Close())
	if err != nil {
		return 0, 0, err
	}
	if err := os.Remove(out); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, 0, err
	}
	err = filepath.WalkDir(part, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files++
		}
		return err
	})
	return files, e.rows, errors.Join(err, os.Rename(part, out))
}

type exporter struct {
	*Case
	folder string
	rows   int64
}

func (e *exporter) run(ctx context.Context, progress func(int, int, string)) error {
	if e.unfinished {
		if err := e.Finish(ctx); err != nil {
			return err
		}
	}
	expected, err := e.expected(ctx)
	if err != nil {
		return err
	}
	var tables []*catalog.Table
	for name := range expected {
		if t := e.cat.Table(name); t != nil {
			tables = append(tables, t)
		}
	}
	slices.SortFunc(tables, func(a, b *catalog.Table) int { return strings.Compare(a.Name, b.Name) })
	for i, t := range tables {
		progress(i, len(tables), t.Name)
		if err := e.table(ctx, t); err != nil {
			return fmt.Errorf("export %s: %w", t.Name, err)
		}
	}
	for _, name := range []string{"goshawk_sources", "goshawk_rows", "goshawk_set_aside", "goshawk_damages", "goshawk_notes", "goshawk_files"} {
		query := "SELECT * FROM " + name
		if name == "goshawk_sources" {
			query = fmt.Sprintf("SELECT * REPLACE (%s AS first_event, %s AS last_event, %s AS ingested) FROM %s",
				timestamp("nullif(first_event, 0)", true), timestamp("nullif(last_event, 0)", true), timestamp("ingested", true), name)
		}
		if err := e.copy(ctx, name, query, filepath.Join(e.folder, name+".parquet"), ""); err != nil {
			return err
		}
	}
	return nil
}

// tableMark is what names the table in a file's metadata: rows that have few values may
// fit several.
const tableMark = "goshawk_table"

// kept are the hidden columns that are exported: where a row is from, and by what it is
// known again when the export is ingested.
var kept = []string{"$Source", "$Offset", "$Origin", "$Key", plan.IngestionTime}

// table exports one table by days.
func (e *exporter) table(ctx context.Context, t *catalog.Table) error {
	n, err := e.counted(ctx, []string{t.Name})
	if err != nil || n[t.Name] == 0 {
		return err
	}
	e.rows += n[t.Name]
	stored, err := e.db.Tables(ctx)
	if err != nil {
		return err
	}
	schema := append(stored[t.Name], types.Column{Name: plan.IngestionTime, Type: types.DateTime})
	names := sqlgen.ColumnNames(schema)
	fine, err := e.fineTimes(ctx, t.Name, schema, names)
	if err != nil {
		return err
	}
	var items []string
	day := ""
	for i, c := range schema {
		item, name := ident(names[i]), names[i]
		switch {
		case c.Type == types.DateTime:
			item = timestamp(item, fine[i])
		case strings.HasPrefix(c.Name, "$") && !slices.Contains(kept, c.Name):
			continue
		}
		if day == "" && c.Type == types.DateTime && (c.Name == "Timestamp" || c.Name == "TimeGenerated") {
			day = fmt.Sprintf("coalesce(strftime(%s, '%%Y-%%m-%%d'), 'unknown')", timestamp(ident(name), false))
		}
		items = append(items, item+" AS "+ident(strings.Replace(name, "$", "_", 1)))
	}
	if day == "" {
		day = "'unknown'"
	}
	query := fmt.Sprintf(`SELECT %s, %s AS "day" FROM %s`, strings.Join(items, ", "), day, e.dialect.From(t.Name, names))
	return e.copy(ctx, t.Name, query, filepath.Join(e.folder, t.Name), `, PARTITION_BY ("day")`)
}

// The years that a timestamp of nanoseconds holds, in ticks.
const (
	firstNano = 529_197_408_000_000_000 // 1678
	lastNano  = 713_413_439_999_999_999 // 2261
)

// fineTimes says which columns of times fit into timestamps of nanoseconds.
func (e *exporter) fineTimes(ctx context.Context, table string, schema types.Schema, names []string) ([]bool, error) {
	fine := make([]bool, len(schema))
	var items, times []string
	var result types.Schema
	for i, c := range schema {
		if c.Type == types.DateTime {
			times = append(times, names[i])
			items = append(items, fmt.Sprintf("CAST(coalesce(min(%[1]s) >= %[2]d AND max(%[1]s) <= %[3]d, true) AS BIGINT)", ident(names[i]), int64(firstNano), int64(lastNano)))
			result = append(result, types.Column{Name: names[i], Type: types.Long})
		}
	}
	rows, err := e.sql(ctx, "SELECT "+strings.Join(items, ", ")+" FROM "+e.dialect.From(table, times), result)
	if err != nil || len(rows) != 1 {
		return nil, err
	}
	next := 0
	for i, c := range schema {
		if c.Type == types.DateTime {
			fine[i] = rows[0][next].Int != 0
			next++
		}
	}
	return fine, nil
}

// copy writes the rows of a query as rows of a table.
func (e *exporter) copy(ctx context.Context, table, query, to, options string) error {
	return e.db.Exec(ctx, fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, COMPRESSION zstd, KV_METADATA {%s: %s}%s)", query, quote(to), tableMark, quote(table), options))
}

// timestamp is ticks as a timestamp.
func timestamp(ticks string, nano bool) string {
	if nano {
		return fmt.Sprintf("make_timestamp_ns((%s - %d) * 100)", ticks, int64(types.UnixEpoch))
	}
	return fmt.Sprintf("make_timestamp((%s - %d) // 10)", ticks, int64(types.UnixEpoch))
}

func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// options of the engine for a case.
func (o Options) engine() duckdb.Options {
	return duckdb.Options{Memory: o.Memory, Threads: o.Threads, TempDir: o.TempDir, Files: o.files, Folders: o.folders, Filling: o.filling, FillMemory: o.fillMemory, ReadOnly: o.ReadOnly,
		Varied: catalog.Varied}
}
