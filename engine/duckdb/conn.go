package duckdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
)

// pendFunc begins the execution of a statement.
type pendFunc func(mapping.PreparedStatement, *mapping.PendingResult) mapping.State

// conn is one DuckDB connection; it is used by one goroutine at a time.
type conn struct {
	db     *DB
	conn   mapping.Connection
	broken bool // must not be used again
}

// connect opens a connection without the prelude.
func (d *DB) connect() (*conn, error) {
	c := &conn{db: d}
	if mapping.Connect(d.db, &c.conn) == mapping.StateError {
		return nil, &engine.Error{Op: "connect", Message: "the database refused a connection"}
	}
	if err := c.use(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *conn) close() { mapping.Disconnect(&c.conn) }

// prepare defines the macros that generated SQL calls, and what the tables are that stand
// in for those of the file.
func (c *conn) prepare() error {
	list := append(slices.Clip(c.db.prelude), c.db.standIns()...)
	if len(list) == 0 {
		return nil
	}
	return c.exec(context.Background(), "prelude", strings.Join(list, ";\n"))
}

// exec runs one or more statements; only the last may have arguments.
func (c *conn) exec(ctx context.Context, op, sql string, args ...any) error {
	res, err := c.query(ctx, op, sql, args...)
	if err != nil {
		return err
	}
	mapping.DestroyResult(&res)
	return nil
}

// query runs one or more statements and returns the last one's result, which
// the caller destroys. It stops when ctx does.
func (c *conn) query(ctx context.Context, op, sql string, args ...any) (res mapping.Result, err error) {
	stop := c.interruptOn(ctx)
	defer stop()
	return c.start(ctx, op, sql, mapping.PendingPrepared, args...)
}

// start is query without an end: of a streaming result rows are computed while they
// are fetched.
func (c *conn) start(ctx context.Context, op, sql string, pend pendFunc, args ...any) (res mapping.Result, err error) {
	if err := ctx.Err(); err != nil {
		return res, err
	}
	if strings.IndexByte(sql, 0) >= 0 || !utf8.ValidString(sql) {
		return res, &engine.Error{Op: op, Message: "the statement is not text"}
	}
	var extracted mapping.ExtractedStatements
	defer mapping.DestroyExtracted(&extracted)
	n := mapping.ExtractStatements(c.conn, sql, &extracted)
	if n == 0 {
		return res, failure(op, sql, mapping.ExtractStatementsError(extracted))
	}
	for i := mapping.IdxT(0); i < n; i++ {
		var a []any
		if i == n-1 {
			a = args
		} else if i > 0 {
			mapping.DestroyResult(&res)
		}
		if err := c.statement(extracted, i, &res, op, sql, pend, a); err != nil {
			if ctx.Err() != nil {
				return res, ctx.Err()
			}
			return res, err
		}
	}
	return res, nil
}

// statement prepares and executes one extracted statement.
func (c *conn) statement(extracted mapping.ExtractedStatements, i mapping.IdxT, res *mapping.Result, op, sql string, pend pendFunc, args []any) error {
	var stmt mapping.PreparedStatement
	defer mapping.DestroyPrepare(&stmt)
	if mapping.PrepareExtractedStatement(c.conn, extracted, i, &stmt) == mapping.StateError {
		return failure(op, sql, mapping.PrepareError(stmt))
	}
	for k, a := range args {
		if err := bind(stmt, mapping.IdxT(k+1), a); err != nil {
			return &engine.Error{Op: op, Message: err.Error(), SQL: sql}
		}
	}
	if err := execute(stmt, res, pend); err != nil {
		return failure(op, sql, err.Error())
	}
	return nil
}

// execute runs a prepared statement. The error is DuckDB's own; without one the caller
// destroys the result.
func execute(stmt mapping.PreparedStatement, res *mapping.Result, pend pendFunc) error {
	var pending mapping.PendingResult
	defer mapping.DestroyPending(&pending)
	if pend(stmt, &pending) == mapping.StateError || work(pending) == mapping.PendingStateError {
		return errors.New(mapping.PendingError(pending))
	}
	if mapping.ExecutePending(pending, res) == mapping.StateError {
		msg := mapping.ResultError(res)
		mapping.DestroyResult(res)
		return errors.New(msg)
	}
	return nil
}

// idle is how long a thread sleeps that has nothing to do while others work on its
// statement.
const idle = 50 * time.Microsecond

// work takes part in the execution of a statement until its result is ready or it failed.
// DuckDB alone would spin while others work, which costs a busy machine as much as they do.
func work(pending mapping.PendingResult) mapping.PendingState {
	for {
		switch state := mapping.PendingExecuteTask(pending); state {
		case mapping.PendingStateResultNotReady:
		case mapping.PendingStateNoTasksAvailable:
			time.Sleep(idle)
		default:
			return state
		}
	}
}

// bind sets one argument of a statement.
func bind(stmt mapping.PreparedStatement, i mapping.IdxT, arg any) error {
	state := mapping.State(mapping.StateSuccess)
	switch a := arg.(type) {
	case nil:
		state = mapping.BindNull(stmt, i)
	case bool:
		state = mapping.BindBoolean(stmt, i, a)
	case int:
		state = mapping.BindInt64(stmt, i, int64(a))
	case int64:
		state = mapping.BindInt64(stmt, i, a)
	case float64:
		state = mapping.BindDouble(stmt, i, a)
	case string:
		a = validText(a)
		state = mapping.BindVarcharLength(stmt, i, a, mapping.IdxT(len(a)))
	default:
		return fmt.Errorf("argument %d has type %T", i, arg)
	}
	if state == mapping.StateError {
		return fmt.Errorf("argument %d is not wanted", i)
	}
	return nil
}

// interruptOn interrupts the running statement when ctx ends, until the returned
// function is called.
func (c *conn) interruptOn(ctx context.Context) (stop func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	done := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		select {
		case <-done:
			return
		case <-ctx.Done():
		}
		// A statement that starts clears an earlier interrupt, so one is not enough.
		for tick := time.NewTicker(10 * time.Millisecond); ; {
			mapping.Interrupt(c.conn)
			select {
			case <-done:
				tick.Stop()
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		close(done)
		<-finished
	}
}

// failure makes an error of DuckDB's message.
func failure(op, sql, msg string) error {
	return &engine.Error{Op: op, Message: message(msg), SQL: sql, Cause: cause(msg)}
}

// cause is DuckDB's own error, marked when the storage is what failed.
func cause(msg string) error {
	kind, _, _ := strings.Cut(msg, ":")
	storage := kind == "IO Error" || kind == "FATAL Error"
	for _, sign := range []string{"No space left", "Could not write file", "Could not read from file", "database has been invalidated"} {
		storage = storage || strings.Contains(msg, sign)
	}
	if storage {
		return fmt.Errorf("%w: %s", engine.ErrStorage, clean(msg))
	}
	if kind == outOfMemory {
		return fmt.Errorf("%w: %s", engine.ErrMemory, clean(msg))
	}
	return errors.New(clean(msg))
}

// outOfMemory is DuckDB's name of the error.
const outOfMemory = "Out of Memory Error"

// message says in a user's words what kind of failure DuckDB reports; DuckDB's
// own text speaks of generated SQL that the user never wrote.
func message(msg string) string {
	kind, _, _ := strings.Cut(msg, ":")
	if strings.Contains(msg, "Max expression depth") {
		return "an expression or union has more parts than the engine can read: split it with extend or let"
	}
	switch kind {
	case outOfMemory:
		return "the query needs more memory than the engine may use"
	case "INTERRUPT Error":
		return "the query was interrupted"
	case "IO Error":
		return "reading or writing the case failed: " + clean(msg)
	case "Out of Range Error", "Conversion Error", "Invalid Input Error":
		return "a value could not be computed: " + clean(msg)
	case "TransactionContext Error", "Constraint Error":
		return "the case could not be changed: " + clean(msg)
	}
	return "the engine refused the generated SQL: " + clean(msg)
}

// clean keeps the first line of DuckDB's message, without the statement it quotes.
func clean(msg string) string {
	if i := strings.IndexByte(msg, '\n'); i >= 0 {
		msg = msg[:i]
	}
	const most = 300
	if len(msg) > most {
		msg = strings.ToValidUTF8(msg[:most], "") + ".."
	}
	return strings.TrimSpace(msg)
}
