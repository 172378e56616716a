package duckdb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
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
	for _, name := range slices.Sorted(maps.Keys(d.included)) {
		list = append(list, "CREATE OR REPLACE TEMP VIEW "+dialect.Ident(name)+" AS "+d.included[name])
	}
	return list
}

// Include makes the name of a table of the file mean its rows and those of a query, which has
// its columns or some of them by name, as long as the database is open. It is for files that
// are only read.
func (d *DB) Include(ctx context.Context, name, query string) error {
	var file string
	err := d.with(ctx, func(c *conn) (err error) {
		file, err = c.database(ctx)
		return err
	})
	if err != nil {
		return err
	}
	d.tablesMu.Lock()
	if d.included == nil {
		d.included = map[string]string{}
	}
	d.included[name] = fmt.Sprintf("FROM %s.main.%s UNION ALL BY NAME %s", dialect.Ident(file), dialect.Ident(name), query)
	d.tablesMu.Unlock()
	d.renew()
	return nil
}

// database is what DuckDB calls the file.
func (c *conn) database(ctx context.Context) (string, error) {
	const sql = "SELECT current_database()"
	res, err := c.query(ctx, "database", sql)
	if err != nil {
		return "", err
	}
	defer mapping.DestroyResult(&res)
	r, err := newRows(&res, sqlgen.Select{SQL: sql, Schema: types.Schema{{Name: "name", Type: types.String}}})
	if err != nil {
		return "", err
	}
	defer r.freeChunk()
	row, err := r.Next()
	if err != nil || row == nil {
		return "", err
	}
	return strings.Clone(row[0].Str), nil
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
