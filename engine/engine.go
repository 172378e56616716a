// Package engine says what a place where rows live and plans run must offer.
// engine/duckdb is the embedded one.
package engine

import (
	"context"
	"errors"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Engine holds tables and runs programs. It is safe for concurrent use.
type Engine interface {
	// Create makes a table with these columns if it is not there yet; columns that
	// an older table lacks are added to it. Every table also has the hidden column
	// plan.IngestionTime.
	Create(ctx context.Context, table string, columns types.Schema) error
	// CreateView makes or replaces a KQL-visible view given as engine SQL, whose
	// columns are the given ones in order, then plan.IngestionTime.
	CreateView(ctx context.Context, name string, columns types.Schema, sql string) error
	// Tables lists the stored tables and views with their columns, hidden ones
	// left out. Tables made by Exec have no KQL types and are not listed.
	Tables(ctx context.Context) (map[string]types.Schema, error)
	// Begin starts the transaction of one source of evidence.
	Begin(ctx context.Context) (Tx, error)
	// Run executes a program; each is called once per result, in order. It must
	// not keep rows after it returns.
	Run(ctx context.Context, p *sqlgen.Program, each func(result sqlgen.Select, rows sqlgen.Rows) error) error
	// Explain returns the engine's own plan of a program as text, with timings if analyze.
	Explain(ctx context.Context, p *sqlgen.Program, analyze bool) (string, error)
	// Exec runs engine SQL that returns no rows (manifest, maintenance). Arguments
	// stand for ? in it: bool, int, int64, float64, string or nil.
	Exec(ctx context.Context, sql string, args ...any) error
	Close() error
}

// Tx appends rows; nothing is visible before Commit. It is for one goroutine.
type Tx interface {
	// Append adds one row: values parallel to the columns given to Create, then
	// optionally the row's ingestion time; without it the row carries the time at
	// which the transaction began. The values' strings are copied before Append returns.
	Append(table string, row []types.Value) error
	// Create makes a table like Engine.Create, inside the transaction: its rows can be
	// appended at once, and a rollback takes the table with it.
	Create(ctx context.Context, table string, columns types.Schema) error
	// CreateView makes or replaces a view like Engine.CreateView, inside the transaction.
	CreateView(ctx context.Context, name string, columns types.Schema, sql string) error
	// Exec runs engine SQL inside the transaction.
	Exec(ctx context.Context, sql string, args ...any) error
	// Some says whether a query has rows, those appended so far included.
	Some(ctx context.Context, sql string) (bool, error)
	// Number is the value of a query of one BIGINT, 0 if it has no row or that is null.
	Number(ctx context.Context, sql string) (int64, error)
	// Renew makes all that was done visible, as Commit does, and goes on in a new
	// transaction that has the temporary tables of the old one.
	Renew() error
	// Commit makes all rows visible, or none if it fails.
	Commit() error
	// Rollback leaves nothing of the transaction. After Commit it does nothing.
	Rollback() error
}

// ErrStorage is the cause of an Error when the place of the data failed: a full disk,
// a medium that can't be read or written. What follows would fail alike.
var ErrStorage = errors.New("the storage of the case failed")

// ErrMemory is the cause of an Error when a statement needs more memory than the engine
// may use. One that does less at a time may work.
var ErrMemory = errors.New("the engine has too little memory")

// Error is a failure inside an engine. Message says what failed in words for the
// user of a query; Cause and SQL are for debugging and may quote evidence.
type Error struct {
	Op      string // what the engine was doing: "run", "append", "open" ..
	Message string
	SQL     string // the statement, "" if none
	Cause   error
}

// Error returns the message with its operation.
func (e *Error) Error() string { return e.Op + ": " + e.Message }

// Unwrap returns the engine's own error.
func (e *Error) Unwrap() error { return e.Cause }
