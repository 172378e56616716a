package normalize

import "github.com/goshawk-hunt/goshawk/catalog"

// Finish returns the statements of the second stage, in DuckDB's SQL. They run in
// order in one transaction after the rows of all new sources are committed, and
// may run again at any time.
func Finish() []string { return nil }

// Tables returns the tables that every case holds from the start, to be created
// with Table.Stored(). Other tables of the catalogue are created when their
// first row arrives (Options.Create).
func Tables() []*catalog.Table { return nil }

// Views returns the SQL of the tables that are computed from stored ones, by name:
// SecurityEvent and Event over WindowsEvent.
func Views() map[string]string { return nil }
