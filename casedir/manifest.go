package casedir

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// The manifest: what a case was made of. It is kept in the same file as the rows,
// so that a source and its lines are committed together.
var manifestTables = []string{
	`CREATE TABLE IF NOT EXISTS goshawk_meta (name VARCHAR PRIMARY KEY, value BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_sources (
		id BIGINT PRIMARY KEY, sha256 VARCHAR NOT NULL, path VARCHAR NOT NULL, format VARCHAR NOT NULL, size BIGINT NOT NULL,
		records BIGINT NOT NULL, stored BIGINT NOT NULL, rows BIGINT NOT NULL, damages BIGINT NOT NULL,
		first_event BIGINT NOT NULL, last_event BIGINT NOT NULL, ingested BIGINT NOT NULL, name VARCHAR NOT NULL,
		UNIQUE (sha256, name))`,
	`CREATE TABLE IF NOT EXISTS goshawk_rows (source BIGINT NOT NULL, name VARCHAR NOT NULL, rows BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_damages (source BIGINT NOT NULL, path VARCHAR NOT NULL, place BIGINT NOT NULL, length BIGINT NOT NULL, reason VARCHAR NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_notes (source BIGINT NOT NULL, path VARCHAR NOT NULL, place BIGINT NOT NULL, reason VARCHAR NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_set_aside (source BIGINT NOT NULL, reason VARCHAR NOT NULL, records BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_problems (source BIGINT NOT NULL, reason VARCHAR NOT NULL, number BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_unplaced (source BIGINT NOT NULL, field VARCHAR NOT NULL, number BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_logs (source BIGINT NOT NULL, computer VARCHAR NOT NULL, channel VARCHAR NOT NULL, records BIGINT NOT NULL,
		first_number BIGINT NOT NULL, last_number BIGINT NOT NULL, missing BIGINT NOT NULL)`,
	// Every file that was ever given, also what could not be read.
	`CREATE TABLE IF NOT EXISTS goshawk_files (path VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, size BIGINT NOT NULL, outcome VARCHAR NOT NULL, reason VARCHAR NOT NULL, seen BIGINT NOT NULL)`,
	// What the second stage of normalisation did to the number of rows, and the records it found twice.
	`CREATE TABLE IF NOT EXISTS goshawk_completions (name VARCHAR NOT NULL, rows BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_copies (source BIGINT NOT NULL, records BIGINT NOT NULL)`,
}

// manifestNames are the names of the manifest's tables.
func manifestNames() []string {
	names := make([]string, len(manifestTables))
	for i, sql := range manifestTables {
		names[i] = strings.Fields(sql)[5] // CREATE TABLE IF NOT EXISTS name
	}
	return names
}

// Source is one line of the manifest. Times are ticks, 0 if unknown.
type Source struct {
	ID       int64  `json:"id"`
	SHA256   string `json:"sha256"`
	Name     string `json:"name,omitempty"` // of the task that the path names: the source is its content under that name
	Path     string `json:"path"`
	Format   string `json:"format"`
	Size     int64  `json:"size"`
	Records  int64  `json:"records"`
	Stored   int64  `json:"stored"` // records that gave rows; the others were set aside with reasons
	Rows     int64  `json:"rows"`
	Damages  int64  `json:"damages"`
	First    int64  `json:"-"`
	Last     int64  `json:"-"`
	Ingested int64  `json:"-"`
}

var sourceSchema = columns("id sha256:string path:string format:string size records stored rows damages first_event last_event ingested name:string")

// columns makes a schema of names; a name is a long unless it says otherwise.
func columns(names string) types.Schema {
	var s types.Schema
	for _, word := range strings.Fields(names) {
		name, kind, typed := strings.Cut(word, ":")
		c := types.Column{Name: name, Type: types.Long}
		if typed && kind == "string" {
			c.Type = types.String
		}
		s = append(s, c)
	}
	return s
}

// Sources returns the manifest in the order of ingestion.
func (c *Case) Sources(ctx context.Context) ([]Source, error) {
	rows, err := c.sql(ctx, `SELECT id, sha256, path, format, size, records, stored, rows, damages, first_event, last_event, ingested, name FROM goshawk_sources ORDER BY id`, sourceSchema)
	if err != nil {
		return nil, err
	}
	list := make([]Source, len(rows))
	for i, r := range rows {
		list[i] = Source{ID: r[0].Int, SHA256: r[1].Str, Path: r[2].Str, Format: r[3].Str, Size: r[4].Int, Records: r[5].Int,
			Stored: r[6].Int, Rows: r[7].Int, Damages: r[8].Int, First: r[9].Int, Last: r[10].Int, Ingested: r[11].Int, Name: r[12].Str}
	}
	return list, nil
}

// identity is what makes a source known: its content, under its name if its path gives one.
func identity(sha256, name string) string { return sha256 + strings.ToLower(name) }

// nameOf is the name that the path of a file gives to what it holds, "" for most.
func nameOf(f *archive.File) string {
	n, ok := f.Reader.(evidence.Named)
	if !ok {
		return ""
	}
	name := n.Name(f.Path)
	if c := collectionOf(f.Path); c != nil && c.Label != "" {
		name = c.Label + "|" + name // a default task has one content on all machines
	}
	return name
}

// enter writes the source's lines of the manifest, in its transaction.
func (s *ingest) enter(ctx context.Context) error {
	r := s.report
	id := fmt.Sprint(s.id)
	var b batch
	b.add("goshawk_sources", id, quote(r.SHA256), quote(r.Path), quote(r.Format), r.Size, r.Records, r.Stored, r.Rows,
		int64(len(r.Damages))+r.More, r.First, r.Last, s.options.Now, quote(r.name))
	for _, d := range r.Damages {
		b.add("goshawk_damages", id, quote(d.Path), d.Offset, d.Length, quote(d.Reason))
	}
	for _, d := range r.Notes {
		b.add("goshawk_notes", id, quote(d.Path), d.Offset, quote(d.Reason))
	}
	b.counts("goshawk_rows", id, r.Tables)
	b.counts("goshawk_set_aside", id, r.SetAside)
	b.counts("goshawk_problems", id, r.Problems)
	b.counts("goshawk_unplaced", id, r.Unknown)
	for _, l := range r.Logs {
		b.add("goshawk_logs", id, quote(l.Computer), quote(l.Channel), l.Records, l.First, l.Last, l.Missing)
	}
	b.sql = append(b.sql, `INSERT OR REPLACE INTO goshawk_meta VALUES ('pending', 1)`)
	return execAll(ctx, s.group.tx, b.sql...)
}

// note writes what became of every file of the run.
func (in *ingestion) note(ctx context.Context) error {
	var b batch
	files := slices.Concat(in.account.Files, in.archives)
	for i := range files {
		f := &files[i]
		if f.Outcome == outcomeKnown && in.known[identity(f.SHA256, f.name)] == f.Path {
			continue // it has its line as what it was when it was read
		}
		b.add("goshawk_files", quote(f.Path), quote(f.SHA256), f.Size, quote(f.Outcome), quote(f.Reason), in.options.Now)
	}
	for _, where := range slices.Sorted(maps.Keys(in.account.leftOut)) {
		b.add("goshawk_files", quote(where+"*"), quote(""), 0, quote(archive.Unknown.String()),
			quote(fmt.Sprintf("%d more files of which nothing was read, not listed one by one", in.account.leftOut[where])), in.options.Now)
	}
	// A path has the line of the last time it was given.
	sql := append(b.sql, `DELETE FROM goshawk_files o WHERE EXISTS (FROM goshawk_files n WHERE n.path = o.path AND n.rowid > o.rowid)`)
	return in.inOne(ctx, func(ctx context.Context, tx engine.Tx) error { return execAll(ctx, tx, sql...) })
}

// batch makes INSERT statements of many rows each.
type batch struct {
	sql   []string
	table string
	rows  int
}

// batchRows keeps a statement small enough to parse at once.
const batchRows = 500

// add adds a row: numbers, and texts of SQL.
func (b *batch) add(table string, values ...any) {
	row := "("
	for i, v := range values {
		if i > 0 {
			row += ", "
		}
		row += fmt.Sprint(v)
	}
	row += ")"
	if n := len(b.sql) - 1; n >= 0 && b.table == table && b.rows < batchRows {
		b.sql[n] += ", " + row
		b.rows++
		return
	}
	b.sql = append(b.sql, "INSERT INTO "+table+" VALUES "+row)
	b.table, b.rows = table, 1
}

func (b *batch) counts(table, id string, m map[string]int64) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		b.add(table, id, quote(name), m[name])
	}
}

// LastEvent returns the time of the last event of the evidence in ticks, 0 if
// there is none.
func (c *Case) LastEvent(ctx context.Context) (int64, error) {
	v, err := c.scalar(ctx, `SELECT coalesce(max(last_event), 0) FROM goshawk_sources`, types.Long)
	return v.Int, err
}

// meta reads a number that the case keeps about itself, 0 if it is not there.
func (c *Case) meta(ctx context.Context, name string) (int64, error) {
	v, err := c.scalar(ctx, `SELECT value FROM goshawk_meta WHERE name = `+quote(name), types.Long)
	return v.Int, err
}

func (c *Case) setMeta(ctx context.Context, name string, value int64) error {
	return c.db.Exec(ctx, metaSQL(name, value))
}

func metaSQL(name string, value int64) string {
	return fmt.Sprintf(`INSERT OR REPLACE INTO goshawk_meta VALUES (%s, %d)`, quote(name), value)
}

// sql runs a query of our own over the manifest.
func (c *Case) sql(ctx context.Context, sql string, schema types.Schema) ([][]types.Value, error) {
	var out [][]types.Value
	program := &sqlgen.Program{Results: []sqlgen.Select{{SQL: sql, Schema: schema}}}
	err := c.db.Run(ctx, program, func(_ sqlgen.Select, rows sqlgen.Rows) error {
		var err error
		out, err = Collect(rows)
		return err
	})
	return out, err
}

// Collect reads all rows; the values are copies.
func Collect(rows sqlgen.Rows) ([][]types.Value, error) {
	var out [][]types.Value
	for {
		row, err := rows.Next()
		if row == nil || err != nil {
			return out, err
		}
		kept := make([]types.Value, len(row))
		for i, v := range row {
			v.Str = strings.Clone(v.Str)
			kept[i] = v
		}
		out = append(out, kept)
	}
}

func sortLogs(list []Log) {
	slices.SortFunc(list, func(a, b Log) int {
		return cmp.Or(strings.Compare(a.Computer, b.Computer), strings.Compare(a.Channel, b.Channel))
	})
}

// quote writes a SQL string literal.
func quote(s string) string {
	return "'" + strings.ReplaceAll(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD"), "'", "''") + "'"
}
