package duckdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
)

// rowGroup is how many rows DuckDB compresses and writes together while the database is
// being filled. Of every table a transaction writes groups that are full at once and keeps
// the rest in memory; the last group of a table, if it is not full, is compressed again by
// the next commit. A third of DuckDB's own number makes both three times less: over a
// gigabyte of logs that was a third of the processor time.
const rowGroup = 40_960

// attachedName is the name of the file inside a database in memory.
const attachedName = "evidence"

// attached says that the file is opened inside a database in memory: the only way to tell
// DuckDB how large groups of rows are.
func (o Options) attached(path string) bool {
	return o.Filling && !o.ReadOnly && path != "" && len(o.Files)+len(o.Folders) == 0
}

// main is the file that is opened first, "" for memory.
func (o Options) main(path string) string {
	if o.attached(path) {
		return ""
	}
	return path
}

// attach opens the file at path inside the database in memory, and closes the way out
// through which it came.
func (d *DB) attach(path string) error {
	c := &conn{db: d}
	if mapping.Connect(d.db, &c.conn) == mapping.StateError {
		return &engine.Error{Op: "connect", Message: "the database refused a connection"}
	}
	defer c.close()
	err := c.exec(context.Background(), "open", fmt.Sprintf("ATTACH %s AS %s (ROW_GROUP_SIZE %d, STORAGE_VERSION 'latest'); SET enable_external_access = false",
		dialect.Text(path), attachedName, rowGroup))
	var e *engine.Error
	if errors.As(err, &e) && e.Cause != nil {
		return &engine.Error{Op: "open", Message: openFailure(path, e.Cause.Error())}
	}
	d.inside = err == nil
	return err
}

// detach writes what the log of changes has to the file: DuckDB leaves it there when it
// closes a database that is not the first.
func (d *DB) detach() {
	if !d.inside {
		return
	}
	c := &conn{db: d}
	if mapping.Connect(d.db, &c.conn) == mapping.StateError {
		return // the log is read when the file is opened again
	}
	defer c.close()
	_ = c.exec(context.Background(), "close", "CHECKPOINT "+attachedName) // as above
}
