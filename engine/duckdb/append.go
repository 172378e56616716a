package duckdb

import (
	"fmt"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// appender writes rows into one table through chunks.
type appender struct {
	*builder
	catalog  string
	table    string
	schema   types.Schema      // the columns that rows bring
	names    map[string]string // of the table's columns in the database
	width    int               // how many of them every row has: not the hidden one
	appender mapping.Appender  // made with the first rows

	spare  chan *builder // the chunks that are not being filled, once there are two
	chunks int           // how many there are
	taken  int           // chunks that came through the feeder
}

// newAppender appends to the table catalog.name, which has these columns, rows of the
// columns of brings, in its order.
func newAppender(catalog, name string, columns, brings types.Schema) *appender {
	a := &appender{catalog: catalog, table: name, schema: brings, width: len(brings), names: map[string]string{}, chunks: 1}
	for i, name := range sqlgen.ColumnNames(columns) {
		a.names[columns[i].Name] = name
	}
	a.builder = newBuilder(brings)
	return a
}

// connect makes DuckDB's part of the appender, if there is none.
func (a *appender) connect(c *conn) error {
	if a.appender.Ptr != nil {
		return nil
	}
	failed := mapping.AppenderCreateExt(c.conn, a.catalog, "main", a.table, &a.appender) == mapping.StateError
	for i := 0; i < len(a.schema) && !failed; i++ {
		failed = mapping.AppenderAddColumn(a.appender, a.names[a.schema[i].Name]) == mapping.StateError
	}
	if !failed {
		return nil
	}
	err := a.failed()
	mapping.AppenderDestroy(&a.appender)
	return err
}

// flush hands the chunk to DuckDB, which copies it.
func (a *appender) flush(c *conn) error {
	if a.rows == 0 {
		return nil
	}
	if err := a.connect(c); err != nil {
		return err
	}
	if mapping.AppendDataChunk(a.appender, a.seal()) == mapping.StateError {
		return a.failed()
	}
	a.reset()
	return nil
}

// settle writes what is left to the table.
func (a *appender) settle(c *conn) error {
	if err := a.flush(c); err != nil {
		return err
	}
	if a.appender.Ptr != nil && mapping.AppenderFlush(a.appender) == mapping.StateError {
		return a.failed()
	}
	return nil
}

// finish writes what is left and ends the appender.
func (a *appender) finish(c *conn) error {
	if err := a.settle(c); err != nil {
		return err
	}
	a.abandon()
	return nil
}

// abandon frees the appender, nothing of which may be under way.
func (a *appender) abandon() {
	if a.builder == nil {
		return
	}
	a.builder.close()
	a.builder = nil
	for range a.chunks - 1 {
		(<-a.spare).close()
	}
	if a.appender.Ptr != nil {
		mapping.AppenderDestroy(&a.appender)
	}
}

func (a *appender) failed() error {
	data := mapping.AppenderErrorData(a.appender)
	defer mapping.DestroyErrorData(&data)
	msg := mapping.ErrorDataMessage(data)
	return &engine.Error{Op: "append", Message: fmt.Sprintf("rows for table %s were refused: %s", a.table, clean(msg)), Cause: cause(msg)}
}
