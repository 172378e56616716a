package normalize

import (
	"context"
	"fmt"
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
}

// Need is a table, stored or temporary, or those of its rows for which Where holds, if
// it is not "".
type Need struct{ Table, Where string }

// Store is a transaction that steps run in.
type Store interface {
	Exec(ctx context.Context, sql string, args ...any) error
	// Some says whether a query has rows.
	Some(ctx context.Context, sql string) (bool, error)
}

// Complete runs steps in order, and leaves out those that have nothing to do. fresh says
// whether a stored table got rows since the last time.
func Complete(ctx context.Context, tx Store, steps []Step, fresh func(table string) bool) error {
	made, filled := map[string]bool{}, map[Need]bool{}
	// has says whether there are rows; what it learns holds until a table is made anew,
	// for no step but the last gives a table its first row.
	has := func(n Need) (bool, error) {
		if strings.HasPrefix(n.Table, "$") && n.Table != exitTable && n.Table != hostTable && !made[n.Table] {
			return false, nil
		}
		if known, ok := filled[n]; ok {
			return known, nil
		}
		where := ""
		if n.Where != "" {
			where = " WHERE " + n.Where
		}
		some, err := tx.Some(ctx, fmt.Sprintf(`SELECT 1 FROM "%s"%s LIMIT 1`, n.Table, where))
		filled[n] = some
		return some, err
	}
	for _, s := range steps {
		todo := (s.New == "" || fresh(s.New)) && (s.Drops == "" || made[s.Drops])
		for _, n := range s.Needs {
			if !todo {
				break
			}
			var err error
			if todo, err = has(n); err != nil {
				return err
			}
		}
		if !todo {
			continue
		}
		if err := tx.Exec(ctx, s.SQL); err != nil {
			return fmt.Errorf("%w in\n%s", err, s.SQL)
		}
		if s.Drops != "" {
			delete(made, s.Drops)
		}
		if s.Makes != "" {
			made[s.Makes] = true
			for n := range filled {
				if n.Table == s.Makes {
					delete(filled, n)
				}
			}
		}
	}
	return nil
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
	g.needs = append(g.needs[:len(g.needs):len(g.needs)], Need{table, where})
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

// drop drops temporary tables that were made.
func (f *finish) drop(tables ...string) {
	for _, t := range tables {
		f.steps = append(f.steps, Step{SQL: fmt.Sprintf(`DROP TABLE "%s"`, t), Drops: t})
	}
}

// rewrite gives rows of a table, called t in from, new values. from is what follows
// FROM and names each row at most once.
func (g given) rewrite(table string, c *change, from string) {
	g = g.some(table, "")
	g.make("$changed", "SELECT t.rowid AS \"$row\", t.* REPLACE (\n    %s)\nFROM %s", c.replace(), from)
	changed := g.f.given("$changed")
	changed.do(`DELETE FROM "%s" WHERE rowid IN (SELECT "$row" FROM "$changed")`, table)
	changed.do(`INSERT INTO "%s" SELECT * EXCLUDE ("$row") FROM "$changed"`, table)
	g.f.drop("$changed")
}
