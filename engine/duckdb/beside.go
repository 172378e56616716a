package duckdb

import (
	"context"
	"maps"
	"slices"

	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// A file that may not be written to can still be asked together with rows that are not in
// it: they are in a database in memory, and each connection has a view that makes the
// table's name mean them. DuckDB looks for a name among what is temporary first.

// besideName is what DuckDB calls the database in memory.
const besideName = "beside"

// Beside makes an empty table in memory that stands in for the file's table of the name,
// whether there is one or not, as long as the database is open. Transactions append to it.
func (d *DB) Beside(ctx context.Context, name string, columns types.Schema) error {
	all := withHidden(columns)
	sql := "ATTACH IF NOT EXISTS ':memory:' AS " + besideName + " (READ_WRITE); DROP TABLE IF EXISTS " + besideTable(name) + "; " +
		d.createTable(besideTable(name), all)
	if err := d.Exec(ctx, sql); err != nil {
		return err
	}
	d.tablesMu.Lock()
	if d.beside == nil {
		d.beside = map[string]*table{}
	}
	d.beside[name] = &table{columns: all}
	d.tablesMu.Unlock()
	d.renew()
	return nil
}

// renew closes the connections that wait for use: those to come have views of all tables
// that stand in for others.
func (d *DB) renew() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.idle {
		c.close()
	}
	d.idle = nil
}

// standIns are the statements by which a connection's names mean the tables in memory.
func (d *DB) standIns() []string {
	d.tablesMu.Lock()
	defer d.tablesMu.Unlock()
	var list []string
	for _, name := range slices.Sorted(maps.Keys(d.beside)) {
		list = append(list, "CREATE OR REPLACE TEMP VIEW "+dialect.Ident(name)+" AS FROM "+besideTable(name))
	}
	return list
}

// place is the database that has a table, "" for that of the file.
func (d *DB) place(name string) string {
	d.tablesMu.Lock()
	defer d.tablesMu.Unlock()
	if d.beside[name] != nil {
		return besideName
	}
	return ""
}

// besideTable names a table in memory, as SQL.
func besideTable(name string) string { return besideName + ".main." + dialect.Ident(name) }
