// Package rewrite makes a plan cheaper without changing its rows. Each rewrite
// stands in its own file; Apply is their list.
package rewrite

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
)

// Apply returns the plan after all rewrites, in the order in which they profit from
// each other. The plan given is not changed.
func Apply(q *plan.Query) *plan.Query { return Until(q, func() bool { return false }) }

// Until is Apply without the rewrites that would follow once stop is true.
func Until(q *plan.Query, stop func() bool) *plan.Query {
	for _, rewrite := range []func(*plan.Query) *plan.Query{
		inline,
		each(fold),
		each(unique),
		each(push),
		each(fold), // a condition below a union meets the nulls of the columns that a table lacks
		prune,
	} {
		if stop() {
			break
		}
		q = rewrite(q)
	}
	return q
}

// each is the rewrite of every node by f.
func each(f func(plan.Node) plan.Node) func(*plan.Query) *plan.Query {
	return func(q *plan.Query) *plan.Query { return nodes(q, f) }
}

// nodes rewrites every node of the query from the leaves up, in shared parts and in
// the tables of expressions too.
func nodes(q *plan.Query, f func(plan.Node) plan.Node) *plan.Query {
	c := *q
	c.Shared = make([]*plan.Shared, len(q.Shared))
	m := &mapper{f: f, shared: map[*plan.Shared]*plan.Shared{}}
	for i, s := range q.Shared {
		n := *s
		n.Input = m.node(s.Input)
		c.Shared[i] = &n
		m.shared[s] = &n
	}
	c.Results = make([]plan.Result, len(q.Results))
	for i, r := range q.Results {
		c.Results[i] = plan.Result{Name: r.Name, Root: m.node(r.Root), Open: r.Open}
	}
	return &c
}

// mapper rebuilds nodes bottom up.
type mapper struct {
	f      func(plan.Node) plan.Node
	shared map[*plan.Shared]*plan.Shared
}

func (m *mapper) node(n plan.Node) plan.Node {
	if r, ok := n.(*plan.Ref); ok {
		c := *r
		if s := m.shared[r.Shared]; s != nil {
			c.Shared = s
		}
		return m.f(&c)
	}
	n = plan.MapInputs(n, m.node)
	n = plan.MapExprs(n, m.expr)
	return m.f(n)
}

func (m *mapper) expr(x plan.Expr) plan.Expr { return plan.MapTables(x, m.node) }
