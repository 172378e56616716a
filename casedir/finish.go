package casedir

import (
	"context"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// Finish does what only the whole case can tell, if sources came since it was
// last done.
func (c *Case) Finish(ctx context.Context) error {
	_, err := c.finish(ctx)
	return err
}

// finish also says how many records were found to be copies of others.
func (c *Case) finish(ctx context.Context) (copies int64, err error) {
	pending, err := c.meta(ctx, "pending")
	if err != nil || pending == 0 {
		return 0, err
	}
	before, err := c.copies(ctx)
	if err != nil {
		return 0, err
	}
	tx, err := c.db.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if err := complete(ctx, tx); err != nil {
		return 0, fmt.Errorf("complete the case: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	after, err := c.copies(ctx)
	return after - before, err
}

func (c *Case) copies(ctx context.Context) (int64, error) {
	v, err := c.scalar(ctx, `SELECT CAST(coalesce(sum(records), 0) AS BIGINT) FROM goshawk_copies`, types.Long)
	return v.Int, err
}

// complete runs the second stage of normalisation and notes how it changed the number
// of rows, so that the account can be checked ever after.
func complete(ctx context.Context, tx engine.Tx) error {
	var counts []string
	for _, t := range normalize.Tables() {
		counts = append(counts, fmt.Sprintf(`SELECT %s AS name, count(*) AS n FROM "%s"`, quote(t.Name), t.Name))
	}
	rows := strings.Join(counts, " UNION ALL ")
	const records = `SELECT "$Source" AS source, count(*) AS n FROM WindowsEvent GROUP BY ALL`
	statements := []string{
		`CREATE OR REPLACE TEMP TABLE "$rows" AS ` + rows,
		`CREATE OR REPLACE TEMP TABLE "$records" AS ` + records,
	}
	statements = append(statements, normalize.Finish()...)
	statements = append(statements,
		`INSERT INTO goshawk_completions SELECT b.name, a.n - b.n FROM "$rows" b JOIN (`+rows+`) a USING (name) WHERE a.n <> b.n`,
		`INSERT INTO goshawk_copies SELECT b.source, b.n - coalesce(a.n, 0) FROM "$records" b LEFT JOIN (`+records+`) a USING (source) WHERE b.n <> coalesce(a.n, 0)`,
		`DROP TABLE "$rows"`,
		`DROP TABLE "$records"`,
		`INSERT OR REPLACE INTO goshawk_meta VALUES ('pending', 0)`)
	for _, sql := range statements {
		if err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
