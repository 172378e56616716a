package duckdb

import (
	"context"
	"fmt"
	"os"

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
	// blockSize is that of a new file, in bytes. Each column of a table that gets rows has a
	// block in memory, so smaller ones leave more of it; still smaller ones take more time
	// than they save.
	blockSize = 128 << 10
)

// attaches says whether the database at path is attached.
func (o *Options) attaches(path string) bool { return o.Filling && path != "" }

// attach opens the file at path, and closes the database to all others.
func (c *conn) attach(path string) error {
	blocks := ""
	if st, err := os.Stat(path); err != nil || st.Size() == 0 { // a file keeps the size that it was made with
		blocks = fmt.Sprintf("BLOCK_SIZE %d, ", blockSize)
	}
	var res mapping.Result
	defer mapping.DestroyResult(&res)
	if mapping.Query(c.conn, fmt.Sprintf("ATTACH %s AS %s (%sROW_GROUP_SIZE %d, STORAGE_VERSION 'latest'); SET enable_external_access = false",
		dialect.Text(path), attachedName, blocks, rowGroup), &res) == mapping.StateError {
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

// besideReader runs commit while another transaction reads. A checkpoint, which a commit
// may be, is then only of what is new: with nobody else at work DuckDB also puts the short
// row groups at the ends of tables together, and compresses all their rows again, those of
// each commit with the next one. The last commit of an ingestion does that once for all.
func (d *DB) besideReader(commit func() error) error {
	c, err := d.acquire()
	if err != nil {
		return err
	}
	defer d.release(c)
	ctx := context.Background()
	if err := c.exec(ctx, "commit", "BEGIN TRANSACTION READ ONLY; SELECT count(*) FROM duckdb_schemas() WHERE database_name = current_database()"); err != nil {
		c.broken = true
		return err
	}
	err = commit()
	if c.exec(ctx, "commit", "ROLLBACK") != nil {
		c.broken = true
	}
	return err
}
