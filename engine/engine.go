// Package engine says what a place where rows live and plans run must offer.
// engine/duckdb is the embedded one.
package engine

import (
	"context"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Engine holds tables and runs programs.
type Engine interface {
	// Create makes a table with these columns if it is not there yet. Every table
	// also has the hidden column plan.IngestionTime.
	Create(ctx context.Context, table string, columns types.Schema) error
	// CreateView makes or replaces a named KQL-visible view given as engine SQL.
	CreateView(ctx context.Context, name, sql string) error
	// Tables lists the stored tables and views with their columns.
	Tables(ctx context.Context) (map[string]types.Schema, error)
	// Begin starts the transaction of one source of evidence.
	Begin(ctx context.Context) (Tx, error)
	// Run executes a program; each is called once per result, in order.
	Run(ctx context.Context, p *sqlgen.Program, each func(result sqlgen.Select, rows sqlgen.Rows) error) error
	// Explain returns the engine's own plan of a program as text, with timings if analyze.
	Explain(ctx context.Context, p *sqlgen.Program, analyze bool) (string, error)
	// Exec runs engine SQL that returns no rows (manifest, maintenance).
	Exec(ctx context.Context, sql string, args ...any) error
	Close() error
}

// Tx appends rows; nothing is visible before Commit.
type Tx interface {
	// Append adds one row: values parallel to the columns given to Create.
	// The values' strings are copied before Append returns.
	Append(table string, row []types.Value) error
	// Exec runs engine SQL inside the transaction.
	Exec(ctx context.Context, sql string, args ...any) error
	Commit() error
	Rollback() error
}
