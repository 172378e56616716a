package casedir

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/prevalence"
)

// LoadReputation replaces the case's reputation table, from which FileProfile
// answers, by a file: CSV, a JSON array or JSON lines.
func (c *Case) LoadReputation(ctx context.Context, path string, r io.Reader) (prevalence.Stats, error) {
	var stats prevalence.Stats
	t := prevalence.Table()
	if err := c.ensure(ctx, t); err != nil {
		return stats, err
	}
	tx, err := c.db.Begin(ctx)
	if err != nil {
		return stats, err
	}
	defer tx.Rollback()
	if err := tx.Exec(ctx, `DELETE FROM "`+t.Name+`"`); err != nil {
		return stats, err
	}
	width := len(t.Stored())
	stats, err = prevalence.Read(r, func(row []types.Value) error {
		full := make([]types.Value, width)
		copy(full, row)
		for i := len(row); i < width; i++ {
			full[i] = types.Null(types.DateTime)
		}
		for i := range full {
			full[i].Str = strings.Clone(full[i].Str)
		}
		return tx.Append(t.Name, full)
	})
	if err != nil {
		return stats, fmt.Errorf("reputation file %s: %w", path, err)
	}
	return stats, tx.Commit()
}
