package duckdb

import (
	"context"
	"fmt"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
)

// A file that rows are read into is attached to a database in memory: DuckDB takes the size
// of row groups only so.

const (
	// attachedName is what DuckDB calls the file, which no query does.
	attachedName = "evidence"
	// rowGroup is how many rows DuckDB compresses together. Each commit compresses the last
	// ones of every table again until they are that many, which with DuckDB's own 122880
	// takes a third of the time of reading evidence in; a case gets some percent larger.
	rowGroup = 20480
)

// attaches says whether the database at path is attached.
func (o *Options) attaches(path string) bool { return o.Filling && path != "" }

// attach opens the file at path, and closes the database to all others.
func (c *conn) attach(path string) error {
	var res mapping.Result
	defer mapping.DestroyResult(&res)
	if mapping.Query(c.conn, fmt.Sprintf("ATTACH %s AS %s (ROW_GROUP_SIZE %d, STORAGE_VERSION 'latest'); SET enable_external_access = false",
		dialect.Text(path), attachedName, rowGroup), &res) == mapping.StateError {
		return &engine.Error{Op: "open", Message: openFailure(path, clean(mapping.ResultError(&res)))}
	}
	c.db.attached = true
	return c.use()
}

// use has names of tables mean those of the attached file, if there is one.
func (c *conn) use() error {
	if !c.db.attached {
		return nil
	}
	return c.exec(context.Background(), "connect", "USE "+attachedName)
}
