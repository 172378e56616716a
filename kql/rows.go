package kql

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
)

// WithoutTables returns a rewrite that takes the tables of which lacking is true as
// empty: for stores that have not made a table yet.
func WithoutTables(lacking func(table string) bool) func(*plan.Query) *plan.Query {
	l := lack(lacking)
	return func(q *plan.Query) *plan.Query {
		c := *q
		c.Results = append([]plan.Result(nil), q.Results...)
		// Refs point at their Shared, so these are changed in place.
		for _, s := range c.Shared {
			s.Input = l.node(s.Input)
		}
		for i := range c.Results {
			c.Results[i].Root = l.node(c.Results[i].Root)
		}
		return &c
	}
}

type lack func(table string) bool

func (l lack) node(n plan.Node) plan.Node {
	if scan, ok := n.(*plan.Scan); ok {
		if l(scan.Table) {
			return &plan.Values{Out: scan.Out}
		}
		return scan
	}
	n = plan.MapExprs(n, func(x plan.Expr) plan.Expr { return plan.MapExpr(x, l.subquery) })
	return plan.MapInputs(n, l.node)
}

// subquery looks into the tables inside an expression.
func (l lack) subquery(x plan.Expr) plan.Expr {
	switch x := x.(type) {
	case *plan.InQuery:
		c := *x
		c.Table = l.node(x.Table)
		return &c
	case *plan.ScalarQuery:
		c := *x
		c.Table = l.node(x.Table)
		return &c
	}
	return x
}
