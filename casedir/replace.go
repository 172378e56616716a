package casedir

import (
	"context"
	"fmt"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Replace puts rows in place of those that a table of the catalogue has, such as those
// of a baseline. The rows have the table's columns in their order.
func (c *Case) Replace(ctx context.Context, table string, rows [][]types.Value) error {
	t := c.cat.Table(table)
	if t == nil {
		return fmt.Errorf("no table %s", table)
	}
	if c.readOnly {
		return fmt.Errorf("the case in %s can't be written to, and its table %s would have to be: copy the case, or name the evidence itself", c.Dir, table)
	}
	if err := c.ensure(ctx, t); err != nil {
		return err
	}
	return c.inOne(ctx, func(ctx context.Context, tx engine.Tx) error {
		if err := tx.Exec(ctx, `DELETE FROM "`+t.Name+`"`); err != nil {
			return err
		}
		for _, row := range rows {
			if err := tx.Append(t.Name, row); err != nil {
				return err
			}
		}
		return nil
	})
}
