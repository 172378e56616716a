package casedir

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// Finish does what only the whole case can tell, if sources came since it was
// last done.
func (c *Case) Finish(ctx context.Context) error {
	_, err := c.finish(ctx, func(int64, int64) {})
	return err
}

// finish also says how many records were found to be copies of others; tell is
// normalize.Complete's.
func (c *Case) finish(ctx context.Context, tell func(devices, of int64)) (copies int64, err error) {
	pending, err := c.meta(ctx, "pending")
	if err != nil || pending == 0 || c.readOnly {
		return 0, err // of what can't be written to, the user is told that it is unfinished
	}
	before, err := c.copies(ctx)
	if err != nil {
		return 0, err
	}
	// More memory can't be had, but done at a time less.
	for _, try := range []struct{ threads, rows int }{{c.memory.Threads, c.memory.Rows}, {1, c.memory.Rows}, {1, c.memory.Rows / 10}} {
		if err = c.completeAll(ctx, try.threads, try.rows, tell); !errors.Is(err, engine.ErrMemory) {
			break
		}
	}
	if err != nil {
		return 0, fmt.Errorf("complete the case: %w", err)
	}
	after, err := c.copies(ctx)
	return after - before, err
}

// completeAll runs the second stage. What is committed of it before it fails stays, and
// nothing of it is done twice.
func (c *Case) completeAll(ctx context.Context, threads, rows int, tell func(devices, of int64)) error {
	last, err := c.meta(ctx, "finished")
	if err != nil {
		return err
	}
	completed, err := c.meta(ctx, "completed")
	if err != nil {
		return err
	}
	fresh, err := c.fresh(ctx, last)
	if err != nil {
		return err
	}
	if err := c.db.Stored(ctx, threads, engineText(c.memory.Completing)); err != nil {
		return err
	}
	return c.inOne(ctx, func(ctx context.Context, tx engine.Tx) error {
		return complete(ctx, tx, c.exportedOnly(), rows, last, completed, fresh, tell)
	})
}

// exportedOnly lists the tables of the case that only exports feed.
func (c *Case) exportedOnly() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for name := range c.tables {
		if t := c.cat.Table(name); t != nil && t.Hidden.Index("$Key") >= 0 {
			names = append(names, name)
		}
	}
	for _, t := range normalize.Tables() {
		names = slices.DeleteFunc(names, func(name string) bool { return name == t.Name })
	}
	slices.Sort(names)
	return names
}

func (c *Case) copies(ctx context.Context) (int64, error) {
	v, err := c.scalar(ctx, `SELECT CAST(coalesce(sum(records), 0) AS BIGINT) FROM goshawk_copies`, types.Long)
	return v.Int, err
}

// complete runs the second stage of normalisation over the sources after last, and what of
// it goes by device over the devices of the sources after completed, roundRows
// rows of events at a time where it can, and notes how it changed the number
// of rows, so that the account can be checked ever after.
func complete(ctx context.Context, tx engine.Tx, exported []string, roundRows int, last, completed int64, fresh func(table string) bool, tell func(devices, of int64)) error {
	names := slices.Clone(exported)
	for _, t := range normalize.Tables() {
		names = append(names, t.Name)
	}
	records, err := recordsBySource(ctx, tx, names, last)
	if err != nil {
		return err
	}
	stages := normalize.Finish(last, completed, roundRows)
	for _, name := range exported {
		stages.Same = append(stages.Same, normalize.FinishExported(catalog.Default().Table(name), last)...)
	}
	all := counted{Tx: tx, ctx: ctx, tables: names, records: records}
	if err := all.run(stages.Same, fresh, tell, `INSERT OR REPLACE INTO goshawk_meta SELECT 'finished', coalesce(max(id), 0) FROM goshawk_sources`); err != nil {
		return err
	}
	if err := tx.Renew(); err != nil {
		return err
	}
	joined := counted{Tx: tx, ctx: ctx, tables: normalize.Joined()}
	if err := joined.run(stages.Processes, fresh, tell); err != nil {
		return err
	}
	return all.run(stages.Tasks, fresh, tell, `INSERT OR REPLACE INTO goshawk_meta SELECT 'completed', coalesce(max(id), 0) FROM goshawk_sources`,
		`INSERT OR REPLACE INTO goshawk_meta VALUES ('pending', 0)`)
}

// counted is a transaction that notes how the numbers of rows change, with each change.
type counted struct {
	engine.Tx
	ctx     context.Context
	tables  []string
	records string // SQL that counts records by source, "" if their numbers stay
}

// run runs steps that may change the numbers, and then what says that they are done.
func (c counted) run(steps []normalize.Step, fresh func(table string) bool, tell func(devices, of int64), done ...string) error {
	if err := c.count(); err != nil {
		return err
	}
	if err := normalize.Complete(c.ctx, c, steps, fresh, tell); err != nil {
		return err
	}
	if err := c.note(); err != nil {
		return err
	}
	return c.exec(done...)
}

// Renew commits the changes together with their note.
func (c counted) Renew() error {
	if err := c.note(); err != nil {
		return err
	}
	if err := c.Tx.Renew(); err != nil {
		return err
	}
	return c.count()
}

// count takes down the numbers as they are.
func (c counted) count() error {
	list := []string{`CREATE OR REPLACE TEMP TABLE "$rows" AS ` + c.rows()}
	if c.records != "" {
		list = append(list, `CREATE OR REPLACE TEMP TABLE "$records" AS `+c.records)
	}
	return c.exec(list...)
}

// note stores how the numbers differ from those that were taken down.
func (c counted) note() error {
	list := []string{`INSERT INTO goshawk_completions SELECT b.name, a.n - b.n FROM "$rows" b JOIN (` + c.rows() + `) a USING (name) WHERE a.n <> b.n`, `DROP TABLE "$rows"`}
	if c.records != "" {
		list = append(list, `INSERT INTO goshawk_copies SELECT b.source, b.n - coalesce(a.n, 0) FROM "$records" b LEFT JOIN (`+c.records+`) a USING (source) WHERE b.n <> coalesce(a.n, 0)`, `DROP TABLE "$records"`)
	}
	return c.exec(list...)
}

// rows is the SQL that counts the rows of the tables.
func (c counted) rows() string {
	parts := make([]string, len(c.tables))
	for i, name := range c.tables {
		parts[i] = fmt.Sprintf(`SELECT %s AS name, count(*) AS n FROM "%s"`, quote(normalize.Whole(name)), name)
	}
	return `SELECT name, CAST(sum(n) AS BIGINT) AS n FROM (` + strings.Join(parts, " UNION ALL ") + `) GROUP BY name`
}

func (c counted) exec(list ...string) error { return execAll(c.ctx, c.Tx, list...) }

// recordsBySource is the SQL that counts by source the records that the tables hold: the
// rows of WindowsEvent, and those rows of other tables that were one record each, exported
// rows and task files, if a source after last may have such.
func recordsBySource(ctx context.Context, tx engine.Tx, tables []string, last int64) (string, error) {
	parts := []string{`SELECT "$Source" AS source FROM ` + normalize.Sources()["WindowsEvent"]([]string{"$Source"})}
	exports, err := tx.Some(ctx, fmt.Sprintf(`SELECT 1 FROM goshawk_sources WHERE id > %d AND format <> 'evtx'`, last))
	if err != nil {
		return "", err
	}
	for _, name := range tables {
		if exports && normalize.OneRowARecord(name) {
			parts = append(parts, fmt.Sprintf(`SELECT "$Source" FROM "%s" WHERE "$Origin" IN ('exported', 'file', 'copy')`, name))
		}
	}
	if exports { // its other rows are parts of records
		parts = append(parts, `SELECT "$Source" FROM ScheduledTaskEvents WHERE "$Origin" = 'copy'`)
	}
	return `SELECT source, count(*) AS n FROM (` + strings.Join(parts, " UNION ALL ") + `) GROUP BY ALL`, nil
}

// fresh tells which tables got rows from the sources after last.
func (c *Case) fresh(ctx context.Context, last int64) (func(table string) bool, error) {
	rows, err := c.sql(ctx, fmt.Sprintf(`SELECT DISTINCT name FROM goshawk_rows WHERE source > %d AND rows > 0`, last), columns("name:string"))
	names := map[string]bool{}
	for _, r := range rows {
		names[r[0].Str] = true
	}
	return func(table string) bool { return names[table] }, err
}
