package casedir

import (
	"context"
	"fmt"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Replace puts rows in place of those that a table of the catalogue has, such as those
// of a baseline. The rows have the table's columns in their order. In a case that can't
// be written to they are there until it is closed.
func (c *Case) Replace(ctx context.Context, table string, rows [][]types.Value) error {
	t := c.cat.Table(table)
	if t == nil {
		return fmt.Errorf("no table %s", table)
	}
	return c.replace(ctx, t, func(_ context.Context, tx engine.Tx) error {
		for _, row := range rows {
			if err := tx.Append(t.Name, row); err != nil {
				return err
			}
		}
		return nil
	})
}

// replace empties a table and fills it anew, both or neither.
func (c *Case) replace(ctx context.Context, t *catalog.Table, fill func(context.Context, engine.Tx) error) error {
	if c.readOnly {
		if err := c.db.Beside(ctx, t.Name, t.Stored()); err != nil {
			return err
		}
		c.has([]string{t.Name})
		return c.inOne(ctx, fill)
	}
	if err := c.ensure(ctx, t); err != nil {
		return err
	}
	return c.inOne(ctx, func(ctx context.Context, tx engine.Tx) error {
		if err := tx.Exec(ctx, "DELETE FROM "+ident(t.Name)); err != nil {
			return err
		}
		return fill(ctx, tx)
	})
}
