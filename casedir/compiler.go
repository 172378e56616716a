package casedir

import (
	"context"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/external"
	"github.com/goshawk-hunt/goshawk/kql"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/mend"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	dialect "github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/normalize"
	"github.com/goshawk-hunt/goshawk/prevalence"
	"github.com/goshawk-hunt/goshawk/source"
)

// Compiler compiles queries as a case does, without one: against the catalogue's
// tables, with no data and no engine. It is safe for concurrent use.
type Compiler struct {
	cat     *catalog.Catalog
	names   catalog.Names
	dialect *sqlgen.Dialect
	missing Missing
	user    []external.Table
}

// NewCompiler returns a compiler over the whole catalogue and the stored functions and
// tables of folders.
func NewCompiler(missing Missing, folders ...string) (*Compiler, error) {
	c := &Compiler{cat: tables(), missing: missing, dialect: overTables(dialect.New(), everyTable)}
	for _, dir := range folders {
		tables, err := readFunctions(c.cat, dir)
		if err != nil {
			return nil, err
		}
		c.user = append(c.user, tables...)
	}
	c.names = c.cat.Binder()
	return c, nil
}

// Catalog returns the tables that queries may name.
func (c *Compiler) Catalog() *catalog.Catalog { return c.cat }

// Compile compiles one query; now is what now() means, in ticks.
func (c *Compiler) Compile(name, text string, now int64) (*kql.Compiled, *source.Diagnostics) {
	a := c.unanswered()
	return kql.Compile(name, text, kql.Options{Dialect: a.install(c.dialect), Options: c.options(a, text, now)})
}

// everyTable says that a case has a table.
func everyTable(string) bool { return true }

// overTables returns d with the views of the catalogue, and what reads the tables whose rows
// lie in several stored ones that exist.
func overTables(d *sqlgen.Dialect, exists func(table string) bool) *sqlgen.Dialect {
	d.Sources = map[string]sqlgen.Source{}
	for name, source := range normalize.Sources() {
		if exists(normalize.Raw(name)) {
			d.Sources[name] = source
		}
	}
	d.Views = map[string]*sqlgen.View{}
	for name, v := range normalize.Views() {
		d.Views[name] = (*sqlgen.View)(&v)
	}
	return d
}

// Mend rewrites a query that names what the catalogue doesn't have.
func (c *Compiler) Mend(name, text string, now int64) *mend.Result {
	return mend.Query(name, text, c.options(c.unanswered(), text, now))
}

// unanswered compiles what only runs with data.
func (c *Compiler) unanswered() calls {
	return calls{prevalence.NewSession(nil), external.Source{Dry: true, Tables: c.user}.Session(context.Background())}
}

func (c *Compiler) options(a calls, text string, now int64) bind.Options {
	return bind.Options{Catalog: c.names, Now: now, Functions: a.functions(text), Empty: func(string) bool { return true }, Absent: c.missing.absent}
}
