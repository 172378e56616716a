package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Several KQL types share one SQL type and SQL ignores the case of names, so the
// columns of a table as KQL knows them are kept, in order, as the table's comment in
// DuckDB's own catalogue: a JSON array of names and types.

// table is what the database's catalogue says of a table or view.
type table struct {
	view    bool
	columns types.Schema // hidden ones included
}

// visible returns the columns that KQL sees.
func (t *table) visible() types.Schema {
	var s types.Schema
	for _, c := range t.columns {
		if c.Name != plan.IngestionTime {
			s = append(s, c)
		}
	}
	return s
}

// The names that the columns of a table have in the file are read too: a table that lost
// one, whatever its comment says, gets it again.
const tablesSQL = `
SELECT table_name, false, t.comment, CAST(to_json(c.names) AS VARCHAR) FROM duckdb_tables() t
JOIN (SELECT table_oid, list(lower(column_name)) AS names FROM duckdb_columns() WHERE database_name = current_database() AND NOT internal GROUP BY table_oid) c USING (table_oid)
WHERE t.database_name = current_database() AND NOT temporary AND NOT internal AND t.comment IS NOT NULL
UNION ALL
SELECT view_name, true, comment, '' FROM duckdb_views()
WHERE database_name = current_database() AND NOT temporary AND NOT internal AND comment IS NOT NULL`

// catalogue returns what is known of the tables. It is read from the database once:
// DuckDB's listing computes the size of every table.
func (c *conn) catalogue(ctx context.Context) (map[string]*table, error) {
	c.db.tablesMu.Lock()
	defer c.db.tablesMu.Unlock()
	if c.db.known == nil {
		known, err := c.readCatalogue(ctx)
		if err != nil {
			return nil, err
		}
		c.db.known = known
	}
	all := maps.Clone(c.db.known)
	maps.Copy(all, c.db.beside)
	return all, nil
}

// knows returns what was read of a table, nil if nothing was.
func (d *DB) knows(name string) *table {
	d.tablesMu.Lock()
	defer d.tablesMu.Unlock()
	if t := d.beside[name]; t != nil {
		return t
	}
	return d.known[name]
}

// learn records a table that was made or changed; nil forgets everything.
func (d *DB) learn(name string, t *table) {
	d.tablesMu.Lock()
	defer d.tablesMu.Unlock()
	if t == nil {
		d.known = nil
	} else if d.known != nil {
		d.known[name] = t
	}
}

func (c *conn) readCatalogue(ctx context.Context) (map[string]*table, error) {
	res, err := c.query(ctx, "tables", tablesSQL)
	if err != nil {
		return nil, err
	}
	defer mapping.DestroyResult(&res)
	r, err := newRows(&res, sqlgen.Select{SQL: tablesSQL, Schema: types.Schema{
		{Name: "table", Type: types.String}, {Name: "view", Type: types.Bool}, {Name: "columns", Type: types.String},
		{Name: "names", Type: types.String},
	}})
	if err != nil {
		return nil, err
	}
	defer r.freeChunk()
	tables := map[string]*table{}
	for {
		row, err := r.Next()
		if err != nil {
			return nil, err
		}
		if row == nil {
			return tables, nil
		}
		t := &table{view: row[1].Int != 0}
		var columns [][2]string
		if json.Unmarshal([]byte(row[2].Str), &columns) != nil {
			continue // somebody else's comment
		}
		for _, c := range columns {
			typ, _ := types.Parse(c[1])
			t.columns = append(t.columns, types.Column{Name: c[0], Type: typ})
		}
		var names []string
		if json.Unmarshal([]byte(row[3].Str), &names) == nil {
			t.columns = present(t.columns, names)
		}
		tables[row[0].Str] = t
	}
}

// present returns the columns that are in the file, whose names there, in lower case,
// are given.
func present(columns types.Schema, names []string) types.Schema {
	var s types.Schema
	for i, name := range sqlgen.ColumnNames(columns) {
		if slices.Contains(names, strings.ToLower(name)) {
			s = append(s, columns[i])
		}
	}
	return s
}

// comment is the statement that records the KQL types of a table's or view's columns; its
// name is given as SQL.
func comment(kind, name string, columns types.Schema) string {
	list := make([][2]string, len(columns))
	for i, c := range columns {
		list[i] = [2]string{c.Name, c.Type.String()}
	}
	text, _ := json.Marshal(list) // strings always marshal
	return fmt.Sprintf(" COMMENT ON %s %s IS %s;", kind, name, dialect.Text(string(text)))
}

// withHidden returns the columns and the hidden one that every table has.
func withHidden(columns types.Schema) types.Schema {
	all := append(types.Schema{}, columns...)
	return append(all, types.Column{Name: plan.IngestionTime, Type: types.DateTime})
}

// Tables lists the tables and views that Create and CreateView made.
func (d *DB) Tables(ctx context.Context) (map[string]types.Schema, error) {
	schemas := map[string]types.Schema{}
	err := d.with(ctx, func(c *conn) error {
		tables, err := c.catalogue(ctx)
		for name, t := range tables {
			schemas[name] = t.visible()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return schemas, nil
}

// Create makes a table or adds the columns that it lacks.
func (d *DB) Create(ctx context.Context, name string, columns types.Schema) error {
	return d.with(ctx, func(c *conn) error {
		existing, err := c.catalogue(ctx)
		if err != nil {
			return err
		}
		sql, all, err := c.db.createOrWiden(name, existing[name], columns)
		if err != nil || sql == "" {
			return err
		}
		if err = c.change(ctx, "create", sql); err == nil {
			d.learn(name, &table{columns: all})
		}
		return err
	})
}

// createOrWiden returns the SQL that makes a table, or gives the existing one t the
// columns that it lacks, "" if it lacks none; and the columns that it has then.
func (d *DB) createOrWiden(name string, t *table, columns types.Schema) (string, types.Schema, error) {
	switch {
	case t == nil:
		all := withHidden(columns)
		return d.createTable(dialect.Ident(name), all), all, nil
	case t.view:
		return "", nil, &engine.Error{Op: "create", Message: fmt.Sprintf("%q is a view", name)}
	}
	return addColumns(name, t.columns, columns)
}

// createTable is the SQL that makes a table, whose name is given as SQL.
func (d *DB) createTable(name string, columns types.Schema) string {
	var b strings.Builder
	names := sqlgen.ColumnNames(columns)
	fmt.Fprintf(&b, "CREATE TABLE %s (", name)
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(dialect.Ident(names[i]) + " " + sqlTypeName(c.Type))
		if c.Type == types.String {
			b.WriteString(" NOT NULL DEFAULT ''")
		}
		// The data of events is most of a case. DuckDB would often take it for text with
		// many repeats, which costs three times as much to find out, and the space.
		if c.Type == types.Dynamic || c.Type == types.String && d.opts.Varied != nil && d.opts.Varied(c.Name) {
			b.WriteString(" USING COMPRESSION zstd")
		}
	}
	b.WriteString(");")
	return b.String() + comment("TABLE", name, columns)
}

// addColumns returns the SQL that gives an existing table the columns of want that it
// lacks, or "", and the columns that it has then: those of want first, in its order, for
// that is the order of the rows to come. In the file new columns stand behind the others.
func addColumns(name string, have, want types.Schema) (string, types.Schema, error) {
	all := append(types.Schema{}, want...)
	for _, c := range have {
		if want.Index(c.Name) < 0 {
			all = append(all, c)
		}
	}
	if slices.Equal(all, have) {
		return "", have, nil
	}
	var b strings.Builder
	before, names := sqlgen.ColumnNames(have), sqlgen.ColumnNames(all)
	for k, c := range all {
		i := have.Index(c.Name)
		switch {
		case i >= 0 && have[i].Type != c.Type:
			return "", nil, &engine.Error{Op: "create", Message: fmt.Sprintf("column %s.%s is %s in this case, not %s", name, c.Name, have[i].Type, c.Type)}
		case i >= 0 && before[i] != names[k]:
			return "", nil, &engine.Error{Op: "create", Message: fmt.Sprintf("column %s.%s can't be told from a new one, whose name differs in case only", name, c.Name)}
		case i >= 0:
			continue
		}
		fmt.Fprintf(&b, "ALTER TABLE %s ADD COLUMN %s %s", dialect.Ident(name), dialect.Ident(names[k]), sqlTypeName(c.Type))
		if c.Type == types.String {
			b.WriteString(" DEFAULT ''")
		}
		b.WriteString("; ")
	}
	return b.String() + comment("TABLE", dialect.Ident(name), all), all, nil
}

// CreateView makes or replaces a view.
func (d *DB) CreateView(ctx context.Context, name string, columns types.Schema, sql string) error {
	t, err := d.Begin(ctx)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if err := t.CreateView(ctx, name, columns, sql); err != nil {
		return err
	}
	return t.Commit()
}

// createView is the SQL that makes or replaces a view, and the columns that it has then.
func createView(name string, columns types.Schema, sql string) (string, types.Schema) {
	all := withHidden(columns)
	names := sqlgen.ColumnNames(all)
	for i := range names {
		names[i] = dialect.Ident(names[i])
	}
	create := fmt.Sprintf("CREATE OR REPLACE VIEW %s (%s) AS %s;", dialect.Ident(name), strings.Join(names, ", "), sql)
	return create + comment("VIEW", dialect.Ident(name), all), all
}

// change runs statements in one transaction.
func (c *conn) change(ctx context.Context, op, sql string) error {
	err := c.exec(ctx, op, "BEGIN; "+sql+" COMMIT")
	if err != nil && c.exec(context.Background(), "rollback", "ROLLBACK") != nil {
		c.broken = true
	}
	return err
}
