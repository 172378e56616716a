package casedir

import (
	"context"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Querier runs the queries of hunts over a case, by one clock.
type Querier struct {
	c     *Case
	clock Clock
}

// Querier returns the case as hunts see it.
func (c *Case) Querier(clock Clock) *Querier { return &Querier{c, clock} }

// Query runs a query and holds its rows in memory.
func (q *Querier) Query(ctx context.Context, name, text string) (schema types.Schema, rows [][]types.Value, warnings []string, err error) {
	answer, err := q.c.Query(ctx, name, text, q.clock, func(result sqlgen.Select, r sqlgen.Rows) error {
		if schema != nil {
			return nil // further results of fork and facet are no rows of a hunt
		}
		schema = r.Schema()
		rows, err = Collect(r)
		return err
	})
	if answer != nil {
		warnings = answer.Warnings
	}
	return schema, rows, warnings, err
}
