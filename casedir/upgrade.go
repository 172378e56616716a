package casedir

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// upgrade gives a case that an earlier version made what the catalogue has got since:
// columns, which old rows have empty, tables, and views. The columns come together or not
// at all. known are the tables that the case has, version is its layout.
func (c *Case) upgrade(ctx context.Context, version int64, known map[string]types.Schema) error {
	widened, err := c.widen(ctx, known)
	if err != nil {
		return fmt.Errorf("bring the case in %s up to this version: %w; if this does not go away, ingest the evidence again into a new case", c.Dir, err)
	}
	for _, t := range normalize.Tables() {
		if err := c.ensure(ctx, t); err != nil {
			return err
		}
	}
	if err := c.moveRows(ctx, version); err != nil {
		return fmt.Errorf("bring the case in %s up to this version: %w; if this does not go away, ingest the evidence again into a new case", c.Dir, err)
	}
	made, err := c.meta(ctx, viewsMeta)
	if err != nil || !widened && made == viewsMark(false) && c.hasViews() {
		return err
	}
	return c.views(ctx)
}

// prepareReading checks a case that is only read: it must have all that prepare makes.
func (c *Case) prepareReading(ctx context.Context) error {
	known, err := c.db.Tables(ctx)
	if err != nil {
		return err
	}
	for name := range known {
		c.tables[name] = true
	}
	names := manifestNames()
	for i := range names {
		names[i] = quote(names[i])
	}
	have, err := c.scalar(ctx, `SELECT count(*) FROM duckdb_tables() WHERE table_name IN (`+strings.Join(names, ", ")+`)`, types.Long)
	if err != nil || have.Int < int64(len(names)) {
		return errors.Join(err, errStale)
	}
	version, err := c.meta(ctx, "format")
	if err != nil {
		return err
	}
	if !readable(version) {
		return otherVersion(version)
	}
	made, err := c.meta(ctx, viewsMeta)
	if err != nil {
		return err
	}
	older := version < formatVersion
	if older { // all that can be asked for is in the tables of the catalogue
		for _, t := range normalize.Tables() {
			if c.cat.Table(t.Name) == nil {
				delete(known, t.Name)
				delete(c.tables, t.Name)
			}
		}
	}
	missing := func(t *catalog.Table) bool {
		return !c.exists(t.Name) && (!older || c.cat.Table(t.Name) != nil)
	}
	if version == 0 || made != viewsMark(older) || !c.hasViews() || slices.ContainsFunc(normalize.Tables(), missing) || len(c.outdated(known)) > 0 {
		return errStale
	}
	if named, err := c.sourcesNamed(ctx); err != nil || !named {
		return errors.Join(err, errStale)
	}
	pending, err := c.meta(ctx, "pending")
	if err == nil && pending != 0 && (older || writable(filepath.Join(c.Dir, FileName))) {
		return errStale
	}
	return errors.Join(err, c.wasInterrupted(ctx))
}

// moveRows moves the rows of events, which the layout before had whole. No earlier version may
// write to the case from then on.
func (c *Case) moveRows(ctx context.Context, version int64) error {
	if version == formatVersion {
		return nil
	}
	if c.upgrading != nil {
		c.upgrading()
	}
	return c.inOne(ctx, func(ctx context.Context, tx engine.Tx) error {
		return execAll(ctx, tx, append(normalize.Move(), metaSQL("format", formatVersion))...)
	})
}

// sourcesNamed says whether the manifest knows sources by their names too.
func (c *Case) sourcesNamed(ctx context.Context) (bool, error) {
	n, err := c.scalar(ctx, `SELECT count(*) FROM duckdb_columns() WHERE table_name = 'goshawk_sources' AND column_name = 'name'`, types.Long)
	return n.Int > 0, err
}

// nameSources makes the sources' table of an older case anew: it held each content once.
func (c *Case) nameSources(ctx context.Context) error {
	if named, err := c.sourcesNamed(ctx); err != nil || named {
		return err
	}
	create := manifestTables[slices.Index(manifestNames(), "goshawk_sources")]
	return c.inOne(ctx, func(ctx context.Context, tx engine.Tx) error {
		return execAll(ctx, tx,
			`CREATE TEMP TABLE older_sources AS FROM goshawk_sources`, `DROP TABLE goshawk_sources`, create,
			`INSERT INTO goshawk_sources SELECT *, '' FROM older_sources`, `DROP TABLE older_sources`)
	})
}

// widen adds the columns that tables lack in one transaction, and says whether any table
// was not as the catalogue has it.
func (c *Case) widen(ctx context.Context, known map[string]types.Schema) (bool, error) {
	old := c.outdated(known)
	if len(old) == 0 {
		return false, nil
	}
	err := c.inOne(ctx, func(ctx context.Context, tx engine.Tx) error {
		for _, t := range old {
			if err := tx.Create(ctx, t.Name, t.Stored()); err != nil {
				return err
			}
		}
		return nil
	})
	return err == nil, err
}

// outdated lists the tables that the case has otherwise than the catalogue.
func (c *Case) outdated(known map[string]types.Schema) []*catalog.Table {
	old := slices.DeleteFunc(slices.Collect(maps.Values(c.cat.Tables)), func(t *catalog.Table) bool {
		return !outdated(known, t)
	})
	for _, t := range normalize.Tables() {
		if c.cat.Table(t.Name) == nil && outdated(known, t) {
			old = append(old, t)
		}
	}
	return old
}

// outdated says whether the case has a table with other columns than the catalogue, or in
// another order: rows come in the catalogue's.
func outdated(known map[string]types.Schema, t *catalog.Table) bool {
	have, ok := known[t.Name]
	want := t.Stored()
	return ok && !t.View && (len(have) < len(want) || !slices.Equal(have[:len(want)], want))
}

// viewsMeta is the name of the number that tells which views the case has.
const viewsMeta = "views"

// viewsMark is a number of what the views are made of, or, if whole, were made of in a case
// that has rows stored whole only.
func viewsMark(whole bool) int64 {
	h := fnv.New64a()
	views, cat := normalize.Views(), catalog.Default()
	for _, name := range slices.Sorted(maps.Keys(views)) {
		fmt.Fprintf(h, "%s\x00%s\x00", name, views[name].SQL(cat.Table(name), whole))
	}
	return int64(h.Sum64())
}

func (c *Case) hasViews() bool {
	for name := range normalize.Views() {
		if !c.exists(name) {
			return false
		}
	}
	return true
}

// views makes the views of the catalogue.
func (c *Case) views(ctx context.Context) error {
	return c.inOne(ctx, c.makeViews)
}

func (c *Case) makeViews(ctx context.Context, tx engine.Tx) error {
	for name, v := range normalize.Views() {
		t := c.cat.Table(name)
		if t == nil {
			return fmt.Errorf("BUG: view %s is not in the catalogue", name)
		}
		if err := tx.CreateView(ctx, name, t.Stored(), v.SQL(t, false)); err != nil {
			return err
		}
		c.has([]string{name})
	}
	return tx.Exec(ctx, metaSQL(viewsMeta, viewsMark(false)))
}

// inOne runs some changes of the case as one transaction: each transaction waits for the
// disk.
func (c *Case) inOne(ctx context.Context, change func(context.Context, engine.Tx) error) error {
	tx, err := c.db.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := change(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// execAll runs statements inside a transaction, up to the first that fails.
func execAll(ctx context.Context, tx engine.Tx, list ...string) error {
	for _, sql := range list {
		if err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
