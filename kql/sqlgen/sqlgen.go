// Package sqlgen turns a plan into a Program: SQL statements for an engine and,
// where SQL has nothing, steps that run in Go. It never sees the syntax tree;
// what differs between engines is a dialect.
package sqlgen

import (
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Program is what an engine executes: Steps in order, then each Result.
type Program struct {
	Steps   []Step
	Results []Select
}

// Select is a SQL query and the KQL schema of its columns, in order.
type Select struct {
	Name   string // of the result, "" for the only one
	SQL    string
	Schema types.Schema
	// Missing says of each column whether it is null, or the empty text, in every row:
	// SQL leaves such columns out. A nil slice says that it has all of them.
	Missing []bool
}

// Step prepares a temporary table named Table that later SQL reads. Either Func
// is nil and Select's rows are stored as they are, or Func computes the rows from
// the rows of Select (and Right, if it has SQL).
type Step struct {
	Table  string
	Select Select
	Right  Select
	Schema types.Schema // of Table
	Func   RowFunc
}

// RowFunc computes a table from one or two. It must be pure, and bounded by ctx in
// the engine that calls it through emit's error.
type RowFunc func(in, right Rows, emit func(row []types.Value) error) error

// Rows is a forward-only table. Next returns nil, nil at the end; the slice is
// reused by the next call.
type Rows interface {
	Schema() types.Schema
	Next() ([]types.Value, error)
}
