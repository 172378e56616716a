package casedir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Compact writes the case in dir anew, its rows in an order that makes them small, and
// puts the new file in the place of the old one. A run that is killed leaves the old
// one. It returns the bytes before and after.
func Compact(ctx context.Context, dir string, o Options) (before, after int64, err error) {
	old := filepath.Join(dir, FileName)
	if _, err := os.Stat(old); err == nil && !writable(old) {
		return 0, 0, fmt.Errorf("%s may not be written to, and compacting writes the case anew", old)
	}
	c, err := Open(ctx, dir, false, o)
	if err != nil {
		return 0, 0, err
	}
	// The log of changes must be empty: it would be taken for the new file's.
	tables, err := c.db.Tables(ctx)
	if err != nil {
		c.Close()
		return 0, 0, err
	}
	err = errors.Join(c.Finish(ctx), c.db.Exec(ctx, "CHECKPOINT"), c.Close())
	if err != nil {
		return 0, 0, err
	}
	if _, err := os.Stat(old + ".wal"); !errors.Is(err, fs.ErrNotExist) {
		return 0, 0, fmt.Errorf("%s.wal is still there: another goshawk has the case open", old)
	}
	fresh := filepath.Join(dir, "compact.duckdb")
	for _, name := range []string{fresh, fresh + ".wal"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, 0, err
		}
	}
	defer os.Remove(fresh)
	if err := rewrite(ctx, dir, old, fresh, tables, o); err != nil {
		return 0, 0, fmt.Errorf("write the case anew: %w", err)
	}
	if before, err = fileSize(old); err != nil {
		return 0, 0, err
	}
	if after, err = fileSize(fresh); err != nil {
		return 0, 0, err
	}
	return before, after, os.Rename(fresh, old)
}

func fileSize(path string) (int64, error) {
	st, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

// rewrite copies the case file old to fresh.
func rewrite(ctx context.Context, dir, old, fresh string, tables map[string]types.Schema, o Options) error {
	file, err := filepath.Abs(old)
	if err != nil {
		return err
	}
	o.files = []string{file, file + ".wal"}
	if o.TempDir == "" {
		o.TempDir = filepath.Join(dir, tempDir)
	}
	c, err := open(ctx, dir, fresh, o)
	if err != nil {
		return err
	}
	return errors.Join(c.takeFrom(ctx, file, tables), c.Close())
}

// takeFrom fills an empty case with everything of another.
func (c *Case) takeFrom(ctx context.Context, file string, tables map[string]types.Schema) error {
	if err := c.db.Exec(ctx, "ATTACH "+quote(file)+" AS old (READ_ONLY)"); err != nil {
		return err
	}
	rows, err := c.sql(ctx, `SELECT table_name FROM duckdb_tables() WHERE database_name = 'old' AND NOT internal ORDER BY table_name`, columns("name:string"))
	if err != nil {
		return err
	}
	for _, r := range rows {
		name := r[0].Str
		order := ""
		if schema := tables[name]; schema != nil {
			if err := c.db.Create(ctx, name, schema); err != nil {
				return err
			}
			order = smallOrder(schema)
		}
		sql := fmt.Sprintf(`DELETE FROM main.%[1]s; INSERT INTO main.%[1]s BY NAME SELECT * FROM old.main.%[1]s%[2]s`, ident(name), order)
		if err := c.db.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return c.db.Exec(ctx, "DETACH old; CHECKPOINT")
}

// smallOrder is the order of rows that compresses well: rows of one device and kind, one
// after another in time, differ in little.
func smallOrder(schema types.Schema) string {
	have := map[string]bool{}
	for _, c := range schema {
		have[c.Name] = true
	}
	var by []string
	for _, name := range sortColumns {
		if have[name] {
			by = append(by, ident(name))
		}
	}
	if len(by) == 0 {
		return ""
	}
	return " ORDER BY " + strings.Join(by, ", ")
}

var sortColumns = []string{"ActionType", "Channel", "$Header", "EventID", "DeviceId", "Computer", "Timestamp", "TimeGenerated"}
