package casedir

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/prevalence"
)

// LoadReputation replaces the case's reputation table, from which FileProfile
// answers, by a file: CSV, a JSON array, JSON lines or Parquet.
func (c *Case) LoadReputation(ctx context.Context, path string) (prevalence.Stats, error) {
	stats, err := c.loadReputation(ctx, path)
	if err != nil {
		err = fmt.Errorf("reputation file %s: %w", path, err)
	}
	return stats, err
}

func (c *Case) loadReputation(ctx context.Context, path string) (stats prevalence.Stats, err error) {
	f, err := os.Open(path)
	if err != nil {
		return stats, err
	}
	defer f.Close()
	t := prevalence.Table()
	err = c.replace(ctx, t, func(ctx context.Context, tx engine.Tx) error {
		emit := reputationRow(tx, t.Name, len(t.Stored()))
		var magic [4]byte
		if n, _ := f.ReadAt(magic[:], 0); bytes.Equal(magic[:n], []byte("PAR1")) {
			stats, err = readParquet(ctx, path, emit)
		} else {
			stats, err = prevalence.Read(f, emit)
		}
		return err
	})
	return stats, err
}

// reputationRow appends rows whose last columns are missing.
func reputationRow(tx engine.Tx, table string, width int) func([]types.Value) error {
	full := make([]types.Value, width)
	return func(row []types.Value) error {
		copy(full, row)
		for i := len(row); i < width; i++ {
			full[i] = types.Null(types.DateTime)
		}
		for i := range full {
			full[i].Str = strings.Clone(full[i].Str)
		}
		return tx.Append(table, full)
	}
}

// readParquet reads a Parquet file through an engine of its own, which may read that
// file and nothing else: the case's engine reaches no file.
func readParquet(ctx context.Context, path string, emit func([]types.Value) error) (stats prevalence.Stats, err error) {
	file, err := filepath.Abs(path)
	if err != nil {
		return stats, err
	}
	db, err := duckdb.Open("", duckdb.Options{Memory: "512MB", Threads: 1, Files: []string{file}})
	if err != nil {
		return stats, err
	}
	defer db.Close()
	query := func(sql string, schema types.Schema, each func(sqlgen.Rows) error) error {
		return db.Run(ctx, &sqlgen.Program{Results: []sqlgen.Select{{SQL: sql, Schema: schema}}}, func(_ sqlgen.Select, rows sqlgen.Rows) error { return each(rows) })
	}
	var header, items []string
	var schema types.Schema
	from := "FROM read_parquet(" + quote(file) + ")"
	err = query(`SELECT column_name, column_type FROM (DESCRIBE SELECT * `+from+`)`, columns("name:string type:string"), func(rows sqlgen.Rows) error {
		described, err := Collect(rows)
		for i, r := range described {
			header = append(header, r[0].Str)
			items = append(items, "coalesce("+asText(ident(r[0].Str), r[1].Str)+", '')")
			schema = append(schema, types.Column{Name: fmt.Sprint("c", i), Type: types.String})
		}
		return err
	})
	if err != nil {
		return stats, err
	}
	err = query("SELECT "+strings.Join(items, ", ")+" "+from, schema, func(rows sqlgen.Rows) error {
		record := make([]string, len(header))
		next := func() ([]string, error) {
			row, err := rows.Next()
			if err == nil && row == nil {
				err = io.EOF
			}
			for i := range row {
				record[i] = row[i].Str
			}
			return record, err
		}
		stats, err = prevalence.ReadTable(header, next, emit)
		return err
	})
	return stats, err
}

// asText is a column of a type as the text that a CSV would have.
func asText(column, sqlType string) string {
	switch {
	case sqlType == "BLOB":
		return "lower(hex(" + column + "))"
	case strings.HasPrefix(sqlType, "TIMESTAMP"):
		return "strftime(make_timestamp(epoch_us(" + column + ")), '%Y-%m-%dT%H:%M:%S.%fZ')"
	}
	return "CAST(" + column + " AS VARCHAR)"
}
