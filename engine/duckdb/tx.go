package duckdb

import (
	"context"
	"fmt"
	"time"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// unixEpoch is 1970-01-01 in ticks.
const unixEpoch = 621355968000000000

// tx is the transaction of one source.
type tx struct {
	conn     *conn
	ingested types.Value // the ingestion time of rows that bring none
	tables   map[string]*appender
	feeder   feeder
	made     map[string]*table // made or widened here, known to others from Commit on
	done     bool
}

// Begin starts a transaction on a connection of its own.
func (d *DB) Begin(ctx context.Context) (engine.Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := d.acquire()
	if err != nil {
		return nil, err
	}
	if err := c.exec(ctx, "begin", "BEGIN TRANSACTION"); err != nil {
		d.release(c)
		return nil, err
	}
	now := time.Now().UnixNano()/100 + unixEpoch
	return &tx{
		conn:     c,
		ingested: types.Value{Type: types.DateTime, Int: now},
		tables:   map[string]*appender{},
		made:     map[string]*table{},
	}, nil
}

// Create makes a table, or adds the columns that it lacks, inside the transaction.
func (t *tx) Create(ctx context.Context, name string, columns types.Schema) error {
	if err := t.feeder.wait(); err != nil {
		return err
	}
	info, err := t.table(ctx, name)
	if err != nil {
		return err
	}
	sql, all, err := createOrWiden(name, info, columns)
	if err != nil || sql == "" {
		return err
	}
	if a := t.tables[name]; a != nil { // its columns change
		if err := a.finish(); err != nil {
			return err
		}
		delete(t.tables, name)
	}
	if err := t.run(ctx, sql); err != nil {
		return err
	}
	t.made[name] = &table{columns: all}
	return nil
}

// table is what is known of a table inside the transaction, nil if there is none.
func (t *tx) table(ctx context.Context, name string) (*table, error) {
	if info := t.made[name]; info != nil {
		return info, nil
	}
	tables, err := t.conn.catalogue(ctx)
	return tables[name], err
}

// Append adds one row to a table.
func (t *tx) Append(table string, row []types.Value) error {
	a := t.tables[table]
	if a == nil {
		if t.done {
			return &engine.Error{Op: "append", Message: "the transaction is over"}
		}
		var err error
		if a, err = t.open(table); err != nil {
			return err
		}
		t.tables[table] = a
	}
	n := len(row)
	if n != a.width && n != a.width+1 {
		return &engine.Error{Op: "append", Message: fmt.Sprintf("a row of %d values for table %s with %d columns", n, table, a.width)}
	}
	if a.full() {
		if err := t.feeder.hand(a); err != nil {
			return err
		}
	}
	for i := range a.cols[:a.width] {
		v := &row[i]
		if !v.Null && v.Type != a.cols[i].typ && v.Type != types.Unknown {
			return &engine.Error{Op: "append", Message: fmt.Sprintf("column %s.%s is %s, the value is %s", table, a.schema[i].Name, a.cols[i].typ, v.Type)}
		}
		a.set(i, v)
	}
	if n > a.width {
		a.set(a.width, &row[a.width])
	} else {
		a.set(a.width, &t.ingested)
	}
	a.rows++
	return nil
}

// open starts appending to a table whose columns stand in the catalog.
func (t *tx) open(table string) (*appender, error) {
	if err := t.feeder.wait(); err != nil {
		return nil, err
	}
	info, err := t.table(context.Background(), table)
	if err != nil {
		return nil, err
	}
	if info == nil || info.view {
		return nil, &engine.Error{Op: "append", Message: fmt.Sprintf("no table %q to append to", table)}
	}
	brings := info.visible()
	a, err := newAppender(t.conn, "", table, info.columns, withHidden(brings))
	if err == nil {
		a.width = len(brings)
	}
	return a, err
}

// Exec runs SQL inside the transaction, after the rows appended so far.
func (t *tx) Exec(ctx context.Context, sql string, args ...any) error {
	if changesTables(sql) {
		defer t.conn.db.learn("", nil)
	}
	return t.run(ctx, sql, args...)
}

// run runs SQL behind the rows appended so far.
func (t *tx) run(ctx context.Context, sql string, args ...any) error {
	if err := t.settle(sql); err != nil {
		return err
	}
	return t.conn.exec(ctx, "exec", sql, args...)
}

// Some says whether a query has rows.
func (t *tx) Some(ctx context.Context, sql string) (bool, error) {
	if err := t.settle(sql); err != nil {
		return false, err
	}
	res, err := t.conn.query(ctx, "exec", sql)
	if err != nil {
		return false, err
	}
	defer mapping.DestroyResult(&res)
	chunk := mapping.FetchChunk(res)
	if chunk.Ptr == nil {
		return false, nil
	}
	defer mapping.DestroyDataChunk(&chunk)
	return mapping.DataChunkGetSize(chunk) > 0, nil
}

// settle brings the rows appended so far into the transaction.
func (t *tx) settle(sql string) error {
	if t.done {
		return &engine.Error{Op: "exec", Message: "the transaction is over", SQL: sql}
	}
	if err := t.feeder.wait(); err != nil {
		return err
	}
	for _, a := range t.tables {
		if err := a.flush(); err != nil {
			return err
		}
		if mapping.AppenderFlush(a.appender) == mapping.StateError {
			return a.failed()
		}
	}
	return nil
}

// Commit writes all rows and makes them visible together.
func (t *tx) Commit() error {
	if t.done {
		return &engine.Error{Op: "commit", Message: "the transaction is over"}
	}
	if err := t.feeder.wait(); err != nil {
		t.Rollback()
		return err
	}
	for _, a := range t.tables {
		if err := a.finish(); err != nil {
			t.Rollback()
			return err
		}
	}
	if err := t.conn.exec(context.Background(), "commit", "COMMIT"); err != nil {
		t.Rollback()
		return err
	}
	for name, info := range t.made {
		t.conn.db.learn(name, info)
	}
	t.end()
	return nil
}

// Rollback forgets all rows.
func (t *tx) Rollback() error {
	if t.done {
		return nil
	}
	t.feeder.stop()
	for _, a := range t.tables {
		a.abandon()
	}
	// An appender that failed has ended the transaction already.
	if err := t.conn.exec(context.Background(), "rollback", "ROLLBACK"); err != nil {
		t.conn.broken = true
	}
	t.conn.db.learn("", nil) // the catalogue may have been read with the tables made here
	t.end()
	return nil
}

func (t *tx) end() {
	t.feeder.stop()
	t.done = true
	t.tables = nil
	t.conn.db.release(t.conn)
}

// appender writes rows into one table through chunks.
type appender struct {
	*builder
	table    string
	schema   types.Schema // the columns that rows bring
	width    int          // how many of them every row has: not the hidden one
	appender mapping.Appender

	spare chan *builder // the chunk that is not being filled, once there are two
	taken int           // chunks that came through the feeder
}

// newAppender appends to the table catalog.name, which has these columns, rows of the
// columns of brings, in its order.
func newAppender(c *conn, catalog, name string, columns, brings types.Schema) (*appender, error) {
	a := &appender{table: name, schema: brings, width: len(brings)}
	if mapping.AppenderCreateExt(c.conn, catalog, "main", name, &a.appender) == mapping.StateError {
		err := a.failed()
		mapping.AppenderDestroy(&a.appender)
		return nil, err
	}
	names := map[string]string{}
	for i, name := range sqlgen.ColumnNames(columns) {
		names[columns[i].Name] = name
	}
	for _, col := range brings {
		if mapping.AppenderAddColumn(a.appender, names[col.Name]) == mapping.StateError {
			err := a.failed()
			mapping.AppenderDestroy(&a.appender)
			return nil, err
		}
	}
	a.builder = newBuilder(brings)
	return a, nil
}

// flush hands the chunk to DuckDB, which copies it.
func (a *appender) flush() error {
	if a.rows == 0 {
		return nil
	}
	if mapping.AppendDataChunk(a.appender, a.seal()) == mapping.StateError {
		return a.failed()
	}
	a.reset()
	return nil
}

// finish writes what is left and ends the appender.
func (a *appender) finish() error {
	if err := a.flush(); err != nil {
		return err
	}
	if mapping.AppenderFlush(a.appender) == mapping.StateError {
		return a.failed()
	}
	a.abandon()
	return nil
}

// abandon frees the appender.
func (a *appender) abandon() {
	if a.appender.Ptr == nil {
		return
	}
	a.builder.close()
	if a.spare != nil {
		(<-a.spare).close()
	}
	mapping.AppenderDestroy(&a.appender)
}

func (a *appender) failed() error {
	data := mapping.AppenderErrorData(a.appender)
	defer mapping.DestroyErrorData(&data)
	msg := mapping.ErrorDataMessage(data)
	return &engine.Error{Op: "append", Message: fmt.Sprintf("rows for table %s were refused: %s", a.table, clean(msg)), Cause: cause(msg)}
}
