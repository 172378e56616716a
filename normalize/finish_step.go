package normalize

import (
	"context"
	"fmt"
	"maps"
	"strings"
)

// Step is one statement of the second stage, in DuckDB's SQL. Most cases have nothing for
// most steps, and a statement over a table of a hundred columns takes milliseconds before
// it finds that out, so a step says what it needs.
type Step struct {
	SQL string
	// Needs must all have a row, or the step would change nothing.
	Needs []Need
	// New is a table that must have got rows since the stage last ran, "" if the step
	// looks at more than new rows.
	New string
	// Makes is the temporary table that the step makes, Drops the one that it drops.
	Makes, Drops string
	// Fills is a table that the step may give its first rows.
	Fills string
	// Rounds are run for each round of the temporary table Each, which has the columns round,
	// its number from 0 on, and device, that of a device from 1 on. SQL is empty then; before
	// a round, Makes is made of its rows, and each is committed.
	Each   string
	Rounds []Step
}

// Need is a table, stored or temporary, or those of its rows for which Where holds, if
// it is not "". From is what is read, if it is not the table alone.
type Need struct{ Table, Where, From string }

// Store is a transaction that steps run in.
type Store interface {
	Exec(ctx context.Context, sql string, args ...any) error
	// Some says whether a query has rows.
	Some(ctx context.Context, sql string) (bool, error)
	// Number is the value of a query of one BIGINT.
	Number(ctx context.Context, sql string) (int64, error)
	// Renew commits and goes on with the temporary tables.
	Renew() error
}

// Complete runs steps in order, and leaves out those that have nothing to do. fresh says
// whether a stored table got rows since the last time. tell is told of how many of all
// devices the events were completed.
func Complete(ctx context.Context, tx Store, steps []Step, fresh func(table string) bool, tell func(devices, of int64)) error {
	c := &completion{ctx: ctx, tx: tx, fresh: fresh, tell: tell, made: map[string]bool{}, filled: map[Need]bool{}}
	return c.run(steps)
}

// completion is a run of steps.
type completion struct {
	ctx   context.Context
	tx    Store
	fresh func(table string) bool
	tell  func(devices, of int64)
	made  map[string]bool // temporary tables that there are
	// filled is what is known to have rows or none. It holds until a table is made anew or
	// filled.
	filled map[Need]bool
}

func (c *completion) run(steps []Step) error {
	for i := range steps {
		s := &steps[i]
		todo, err := c.todo(s)
		if err != nil {
			return err
		}
		switch {
		case !todo:
		case s.Each != "":
			err = c.rounds(s)
		default:
			err = c.exec(s.SQL, s.Makes)
			if s.Drops != "" {
				delete(c.made, s.Drops)
			}
			if s.Fills != "" {
				c.forget(s.Fills)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rounds runs the rounds of a step.
func (c *completion) rounds(s *Step) error {
	devices, err := c.tx.Number(c.ctx, fmt.Sprintf(`SELECT max(device) FROM "%s"`, s.Each))
	if err != nil {
		return err
	}
	last, err := c.tx.Number(c.ctx, fmt.Sprintf(`SELECT max(round) FROM "%s"`, s.Each))
	if err != nil {
		return err
	}
	for n := range last + 1 {
		before, err := c.tx.Number(c.ctx, fmt.Sprintf(`SELECT count(*) FROM "%s" WHERE round < %d`, s.Each, n))
		if err != nil {
			return err
		}
		c.tell(before, devices)
		if err := c.exec(fmt.Sprintf(`CREATE OR REPLACE TEMP TABLE "%s" AS SELECT * EXCLUDE (round) FROM "%s" WHERE round = %d`, s.Makes, s.Each, n), s.Makes); err != nil {
			return err
		}
		if err := c.run(s.Rounds); err != nil {
			return err
		}
		// What a transaction dropped takes memory and disk until it ends.
		if err := c.tx.Renew(); err != nil {
			return err
		}
	}
	c.tell(devices, devices)
	return nil
}

// exec runs a statement that makes a temporary table, if makes is not "".
func (c *completion) exec(sql, makes string) error {
	if err := c.tx.Exec(c.ctx, sql); err != nil {
		return fmt.Errorf("%w in\n%s", err, sql)
	}
	if makes != "" {
		c.note(makes)
	}
	return nil
}

// note notes a table that is made.
func (c *completion) note(table string) {
	c.made[table] = true
	c.forget(table)
}

// forget forgets whether a table has rows.
func (c *completion) forget(table string) {
	maps.DeleteFunc(c.filled, func(n Need, _ bool) bool { return n.Table == table })
}

// todo says whether a step has something to do.
func (c *completion) todo(s *Step) (bool, error) {
	if s.New != "" && !c.fresh(s.New) || s.Drops != "" && !c.made[s.Drops] {
		return false, nil
	}
	for _, n := range s.Needs {
		if some, err := c.has(n); err != nil || !some {
			return false, err
		}
	}
	return true, nil
}

// has says whether there are rows.
func (c *completion) has(n Need) (bool, error) {
	if strings.HasPrefix(n.Table, "$") && !lasting(n.Table) && !c.made[n.Table] {
		return false, nil
	}
	if known, ok := c.filled[n]; ok {
		return known, nil
	}
	where := ""
	if n.Where != "" {
		where = " WHERE " + n.Where
	}
	from := n.From
	if from == "" {
		from = `"` + n.Table + `"`
	}
	some, err := c.tx.Some(c.ctx, "SELECT 1 FROM "+from+where+" LIMIT 1")
	c.filled[n] = some
	return some, err
}

// lasting says of a table whose name begins with "$" that every case has it.
func lasting(table string) bool {
	return table == exitTable || table == hostTable || table == actorTable || table == eventsTable || table == headersTable || isRaw(table)
}

// given is a place for steps that share what they need.
type given struct {
	f     *finish
	needs []Need
	fresh string
}

// given says which tables must have rows for the steps that follow.
func (f *finish) given(tables ...string) given {
	g := given{f: f}
	for _, t := range tables {
		g.needs = append(g.needs, Need{Table: t})
	}
	return g
}

// some adds rows that must be there.
func (g given) some(table, where string) given {
	g.needs = append(g.needs[:len(g.needs):len(g.needs)], Need{Table: table, Where: where})
	return g
}

// among adds rows that must be there, raw or not; where reads columns.
func (g given) among(table, where string, columns ...string) given {
	g.needs = append(g.needs[:len(g.needs):len(g.needs)], Need{Table: table, Where: where, From: g.f.source(table, columns...)})
	return g
}

// new says that the steps look at the new rows of a table only.
func (g given) new(table string) given {
	g.fresh = table
	return g
}

// do adds a statement; args replace %s and %d.
func (g given) do(sql string, args ...any) {
	g.f.steps = append(g.f.steps, Step{SQL: strings.TrimSpace(fmt.Sprintf(sql, args...)), Needs: g.needs, New: g.fresh})
}

// make adds a statement that makes a temporary table of a query.
func (g given) make(table, query string, args ...any) {
	g.do(`CREATE OR REPLACE TEMP TABLE "%s" AS %s`, table, strings.TrimSpace(fmt.Sprintf(query, args...)))
	g.f.steps[len(g.f.steps)-1].Makes = table
}

// fill adds a statement that gives a table the rows of a query, by name.
func (g given) fill(table, query string, args ...any) {
	g.do(`INSERT INTO "%s" BY NAME %s`, table, strings.TrimSpace(fmt.Sprintf(query, args...)))
	g.f.steps[len(g.f.steps)-1].Fills = table
}

// drop drops tables that were made.
func (f *finish) drop(tables ...string) {
	for _, t := range tables {
		f.steps = append(f.steps, Step{SQL: fmt.Sprintf(`DROP TABLE "%s"`, t), Drops: t})
	}
}

// each collects the steps that body adds as rounds, each over one round's rows of the
// temporary table of, which are in table.
func (f *finish) each(of, table string, body func()) {
	outer := f.steps
	f.steps = nil
	body()
	f.steps = append(outer, Step{Each: of, Makes: table, Rounds: f.steps, Needs: []Need{{Table: of}}})
}

// rewrite gives rows of a table, called t in from, new values. from is what follows
// FROM and names each row at most once.
func (g given) rewrite(table string, c *change, from string) {
	sets := make([]string, len(c.columns))
	for i, name := range c.columns {
		sets[i] = fmt.Sprintf(`"%[1]s" = x."%[1]s"`, name)
	}
	g.some(table, "").do(`
UPDATE "%s" SET %s
FROM (SELECT t.rowid AS "$row", %s
FROM %s) x WHERE "%s".rowid = x."$row"`, table, strings.Join(sets, ", "), c.list(), from, table)
}
