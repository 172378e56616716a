package duckdb

import (
	"context"
	"fmt"
	"time"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// tx is the transaction of some sources.
type tx struct {
	db       *DB
	before   <-chan struct{} // closed when the transaction is over that must end first
	over     chan struct{}   // closed when this one is
	conn     *conn           // nil until start
	ingested types.Value     // the ingestion time of rows that bring none
	tables   map[string]*appender
	recent   [2]*appender // of the tables that rows came for last; those that have ended are without a builder
	feeder   feeder
	made     map[string]*table // made or widened here, known to others from Commit on
	done     bool
	renewed  bool
}

// Begin starts a transaction on a connection of its own.
func (d *DB) Begin(ctx context.Context) (engine.Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := d.newTx()
	if err := t.start(); err != nil {
		return nil, err
	}
	return t, nil
}

// BeginAfter starts a transaction that takes rows at once, while another one that Begin or
// BeginAfter gave is still being committed by another goroutine. It starts inside the
// database when that one is over; what needs the database waits.
func (d *DB) BeginAfter(ctx context.Context, other engine.Tx) (engine.Tx, error) {
	before, ok := other.(*tx)
	if !ok {
		return d.Begin(ctx)
	}
	t := d.newTx()
	t.before = before.over
	return t, ctx.Err()
}

func (d *DB) newTx() *tx {
	now := time.Now().UnixNano()/100 + types.UnixEpoch
	return &tx{
		db:       d,
		over:     make(chan struct{}),
		ingested: types.Value{Type: types.DateTime, Int: now},
		tables:   map[string]*appender{},
		made:     map[string]*table{},
	}
}

// start starts the transaction inside the database, if that was not done. The feeder does,
// or else who waited for it.
func (t *tx) start() error {
	if t.conn != nil {
		return nil
	}
	if t.before != nil {
		<-t.before
	}
	c, err := t.db.acquire()
	if err != nil {
		return err
	}
	if err := c.exec(context.Background(), "begin", "BEGIN TRANSACTION"); err != nil {
		t.db.release(c)
		return err
	}
	t.conn = c
	return nil
}

// Create makes a table, or adds the columns that it lacks, inside the transaction.
func (t *tx) Create(ctx context.Context, name string, columns types.Schema) error {
	if err := t.ready(); err != nil {
		return err
	}
	info, err := t.table(ctx, name)
	if err != nil {
		return err
	}
	sql, all, err := t.db.createOrWiden(name, info, columns)
	if err != nil || sql == "" {
		return err
	}
	if a := t.tables[name]; a != nil { // its columns change
		if err := a.finish(t.conn); err != nil {
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

// CreateView makes or replaces a view inside the transaction.
func (t *tx) CreateView(ctx context.Context, name string, columns types.Schema, sql string) error {
	create, all := createView(name, columns, sql)
	if err := t.run(ctx, create); err != nil {
		return err
	}
	t.made[name] = &table{view: true, columns: all}
	return nil
}

// ready waits until nothing is under way and the transaction has started.
func (t *tx) ready() error {
	if err := t.feeder.wait(); err != nil {
		return err
	}
	return t.start()
}

// table is what is known of a table inside the transaction, nil if there is none.
func (t *tx) table(ctx context.Context, name string) (*table, error) {
	if info := t.made[name]; info != nil {
		return info, nil
	}
	if info := t.db.knows(name); info != nil {
		return info, nil
	}
	if err := t.ready(); err != nil {
		return nil, err
	}
	tables, err := t.conn.catalogue(ctx)
	return tables[name], err
}

// Append adds one row to a table.
func (t *tx) Append(table string, row []types.Value) error {
	a, err := t.appender(table)
	if err != nil {
		return err
	}
	n := len(row)
	if n != a.width && n != a.width+1 {
		return &engine.Error{Op: "append", Message: fmt.Sprintf("a row of %d values for table %s with %d columns", n, table, a.width)}
	}
	if a.full() {
		if err := t.feeder.hand(t, a); err != nil {
			return err
		}
	}
	cols := a.cols[:a.width]
	for i := range cols {
		v := &row[i]
		if v.Null {
			continue
		}
		if v.Type != cols[i].typ {
			if v.Type != types.Unknown {
				return &engine.Error{Op: "append", Message: fmt.Sprintf("column %s.%s is %s, the value is %s", table, a.schema[i].Name, cols[i].typ, v.Type)}
			}
			continue
		}
		a.put(&cols[i], v)
	}
	ingested := &t.ingested
	if n > a.width {
		ingested = &row[a.width]
	}
	a.set(a.width, ingested)
	a.rows++
	return nil
}

// appender is that of a table. Rows of few tables come in turn, so those of the last ones
// are looked at first.
func (t *tx) appender(table string) (*appender, error) {
	for _, a := range t.recent {
		if a != nil && a.builder != nil && a.table == table {
			return a, nil
		}
	}
	a := t.tables[table]
	if a == nil {
		if t.done {
			return nil, &engine.Error{Op: "append", Message: "the transaction is over"}
		}
		var err error
		if a, err = t.open(table); err != nil {
			return nil, err
		}
		t.tables[table] = a
	}
	t.recent[0], t.recent[1] = a, t.recent[0]
	return a, nil
}

// open starts appending to a table whose columns stand in the catalog.
func (t *tx) open(table string) (*appender, error) {
	info, err := t.table(context.Background(), table)
	if err != nil {
		return nil, err
	}
	if info == nil || info.view {
		return nil, &engine.Error{Op: "append", Message: fmt.Sprintf("no table %q to append to", table)}
	}
	brings := info.visible()
	a := t.db.newAppender(t.db.place(table), table, info.columns, withHidden(brings))
	a.width = len(brings)
	return a, nil
}

// Exec runs SQL inside the transaction, after the rows appended so far.
func (t *tx) Exec(ctx context.Context, sql string, args ...any) error {
	if changesTables(sql) {
		defer t.db.learn("", nil)
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
func (t *tx) Some(ctx context.Context, sql string) (some bool, err error) {
	err = t.first(ctx, sql, func(mapping.DataChunk) { some = true })
	return some, err
}

// Number is the value of a query of one BIGINT, 0 if it has no row or that is null.
func (t *tx) Number(ctx context.Context, sql string) (n int64, err error) {
	err = t.first(ctx, sql, func(chunk mapping.DataChunk) {
		c := column{typ: types.Long, sql: mapping.TypeBigInt}
		c.load(mapping.DataChunkGetVector(chunk, 0), 1)
		n = c.value(0).Int
	})
	return n, err
}

// first gives take the first chunk of a query, if it has rows.
func (t *tx) first(ctx context.Context, sql string, take func(mapping.DataChunk)) error {
	if err := t.settle(sql); err != nil {
		return err
	}
	res, err := t.conn.query(ctx, "exec", sql)
	if err != nil {
		return err
	}
	defer mapping.DestroyResult(&res)
	chunk := mapping.FetchChunk(res)
	if chunk.Ptr == nil {
		return nil
	}
	defer mapping.DestroyDataChunk(&chunk)
	if mapping.DataChunkGetSize(chunk) > 0 {
		take(chunk)
	}
	return nil
}

// settle brings the rows appended so far into the transaction.
func (t *tx) settle(sql string) error {
	if t.done {
		return &engine.Error{Op: "exec", Message: "the transaction is over", SQL: sql}
	}
	if err := t.ready(); err != nil {
		return err
	}
	for _, a := range t.tables {
		if err := a.flush(t.conn); err != nil {
			return err
		}
	}
	return nil
}

// Commit writes all rows and makes them visible together.
func (t *tx) Commit() error {
	if err := t.commit(); err != nil {
		return err
	}
	t.end()
	return nil
}

// Renew commits and starts another transaction on the same connection.
func (t *tx) Renew() error {
	if err := t.commit(); err != nil {
		return err
	}
	t.renewed = true
	clear(t.made)
	if err := t.conn.exec(context.Background(), "begin", "BEGIN TRANSACTION"); err != nil {
		t.conn.broken = true
		t.end()
		return err
	}
	return nil
}

// commit writes all rows. The transaction is over if it fails.
func (t *tx) commit() error {
	if t.done {
		return &engine.Error{Op: "commit", Message: "the transaction is over"}
	}
	if err := t.ready(); err != nil {
		t.Rollback()
		return err
	}
	for name, a := range t.tables {
		if err := a.finish(t.conn); err != nil {
			t.Rollback()
			return err
		}
		delete(t.tables, name)
	}
	end := func() error { return t.conn.exec(context.Background(), "commit", "COMMIT") }
	var err error
	if t.db.attached && !t.renewed {
		err = t.db.besideReader(end)
	} else {
		err = end()
	}
	if err != nil {
		t.Rollback()
		return err
	}
	for name, info := range t.made {
		t.db.learn(name, info)
	}
	if most := t.db.opts.Freed; most > 0 && t.db.filling.Load() {
		trim(most)
	}
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
	// An appender that failed has ended the transaction already. The temporary tables of an
	// earlier transaction end with the connection.
	if t.conn != nil && t.conn.exec(context.Background(), "rollback", "ROLLBACK") != nil || t.renewed {
		t.conn.broken = true
	}
	t.db.learn("", nil) // the catalogue may have been read with the tables made here
	t.end()
	return nil
}

func (t *tx) end() {
	t.feeder.stop()
	t.done = true
	t.tables = nil
	if t.conn != nil {
		t.db.release(t.conn)
	}
	close(t.over)
}
