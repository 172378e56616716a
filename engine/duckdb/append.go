package duckdb

import (
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// appender writes rows into one table through chunks.
type appender struct {
	*builder
	db      *DB
	catalog string
	table   string
	schema  types.Schema              // the columns that rows bring
	names   []string                  // of these columns in the database
	width   int                       // how many of them every row has: not the hidden one
	number  int64                     // of its rows in the database
	insert  mapping.PreparedStatement // made with the first rows
	next    func() *builder           // while insert runs: the next chunk, nil if there is none

	spare  chan *builder // the chunks that are not being filled, once there are two
	chunks int           // how many there are
}

// newAppender appends to the table catalog.name, which has these columns, rows of the
// columns of brings, in its order.
func (d *DB) newAppender(catalog, name string, columns, brings types.Schema) *appender {
	a := &appender{db: d, catalog: catalog, table: name, schema: brings, width: len(brings), chunks: 1}
	names := map[string]string{}
	for i, name := range sqlgen.ColumnNames(columns) {
		names[columns[i].Name] = name
	}
	for _, c := range brings {
		a.names = append(a.names, dialect.Ident(names[c.Name]))
	}
	a.builder = newBuilder(brings)
	return a
}

// take inserts the chunks that next gives, each until it is asked for another one.
func (a *appender) take(c *conn, next func() *builder) error {
	if a.number == 0 {
		a.number = a.db.enter(a)
	}
	if a.insert.Ptr == nil {
		table := dialect.Ident(a.table)
		if a.catalog != "" {
			table = dialect.Ident(a.catalog) + ".main." + table
		}
		sql := fmt.Sprintf("INSERT INTO %s (%s) FROM %s(%d)", table, strings.Join(a.names, ", "), rowsFunction, a.number)
		if mapping.Prepare(c.conn, sql, &a.insert) == mapping.StateError {
			err := a.failed(mapping.PrepareError(a.insert))
			mapping.DestroyPrepare(&a.insert)
			return err
		}
	}
	a.next = next
	var res mapping.Result
	err := execute(a.insert, &res, mapping.PendingPrepared)
	a.next = nil
	if err != nil {
		return a.failed(err.Error())
	}
	mapping.DestroyResult(&res)
	return nil
}

// flush inserts the chunk that is being filled.
func (a *appender) flush(c *conn) error {
	if a.rows == 0 {
		return nil
	}
	b := a.builder
	b.seal()
	err := a.take(c, func() (full *builder) {
		full, b = b, nil
		return full
	})
	a.reset()
	return err
}

// finish writes what is left and ends the appender.
func (a *appender) finish(c *conn) error {
	if err := a.flush(c); err != nil {
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
	mapping.DestroyPrepare(&a.insert)
	a.db.leave(a.number)
}

func (a *appender) failed(msg string) error {
	return &engine.Error{Op: "append", Message: fmt.Sprintf("rows for table %s were refused: %s", a.table, clean(msg)), Cause: cause(msg)}
}
