package casedir

import (
	"context"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// The manifest: what a case was made of. It is kept in the same file as the rows,
// so that a source and its line are committed together.
var manifestTables = []string{
	`CREATE TABLE IF NOT EXISTS goshawk_meta (name VARCHAR PRIMARY KEY, value BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_sources (
		id BIGINT PRIMARY KEY, sha256 VARCHAR UNIQUE NOT NULL, path VARCHAR NOT NULL, format VARCHAR NOT NULL, size BIGINT NOT NULL,
		records BIGINT NOT NULL, stored BIGINT NOT NULL, rows BIGINT NOT NULL, damages BIGINT NOT NULL,
		first_event BIGINT NOT NULL, last_event BIGINT NOT NULL, ingested BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_damages (source BIGINT NOT NULL, path VARCHAR NOT NULL, place BIGINT NOT NULL, length BIGINT NOT NULL, reason VARCHAR NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS goshawk_set_aside (source BIGINT NOT NULL, reason VARCHAR NOT NULL, records BIGINT NOT NULL)`,
}

// Source is one line of the manifest. Times are ticks, 0 if unknown.
type Source struct {
	ID       int64  `json:"id"`
	SHA256   string `json:"sha256"`
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

var sourceSchema = types.Schema{
	{Name: "id", Type: types.Long}, {Name: "sha256", Type: types.String}, {Name: "path", Type: types.String}, {Name: "format", Type: types.String},
	{Name: "size", Type: types.Long}, {Name: "records", Type: types.Long}, {Name: "stored", Type: types.Long}, {Name: "rows", Type: types.Long},
	{Name: "damages", Type: types.Long}, {Name: "first_event", Type: types.Long}, {Name: "last_event", Type: types.Long}, {Name: "ingested", Type: types.Long},
}

// Sources returns the manifest in the order of ingestion.
func (c *Case) Sources(ctx context.Context) ([]Source, error) {
	rows, err := c.sql(ctx, `SELECT id, sha256, path, format, size, records, stored, rows, damages, first_event, last_event, ingested FROM goshawk_sources ORDER BY id`, sourceSchema)
	if err != nil {
		return nil, err
	}
	list := make([]Source, len(rows))
	for i, r := range rows {
		list[i] = Source{ID: r[0].Int, SHA256: r[1].Str, Path: r[2].Str, Format: r[3].Str, Size: r[4].Int, Records: r[5].Int,
			Stored: r[6].Int, Rows: r[7].Int, Damages: r[8].Int, First: r[9].Int, Last: r[10].Int, Ingested: r[11].Int}
	}
	return list, nil
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
	return c.db.Exec(ctx, fmt.Sprintf(`INSERT OR REPLACE INTO goshawk_meta VALUES (%s, %d)`, quote(name), value))
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

// quote writes a SQL string literal.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
