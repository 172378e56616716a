package kql

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
)

// WithoutTables returns a rewrite that takes the tables of which lacking is true as
// empty: for stores that have not made a table yet.
func WithoutTables(lacking func(table string) bool) func(*plan.Query) *plan.Query {
	return func(q *plan.Query) *plan.Query {
		return mapScans(q, func(scan *plan.Scan) plan.Node {
			if lacking(scan.Table) {
				return &plan.Values{Out: scan.Out}
			}
			return scan
		})
	}
}

// mapScans returns the query with something else in place of the tables that it reads.
func mapScans(q *plan.Query, f func(*plan.Scan) plan.Node) *plan.Query {
	var node func(plan.Node) plan.Node
	node = func(n plan.Node) plan.Node {
		if scan, ok := n.(*plan.Scan); ok {
			return f(scan)
		}
		n = plan.MapExprs(n, func(x plan.Expr) plan.Expr { return plan.MapTables(x, node) })
		return plan.MapInputs(n, node)
	}
	c := *q
	c.Results = append([]plan.Result(nil), q.Results...)
	// Refs point at their Shared, so these are changed in place.
	for _, s := range c.Shared {
		s.Input = node(s.Input)
	}
	for i := range c.Results {
		c.Results[i].Root = node(c.Results[i].Root)
	}
	return &c
}
