package kql

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Window bounds what a query sees in time: rows at or after From and before To, in
// ticks. A zero bound is open.
type Window struct{ From, To int64 }

// eventTimes are the columns that hold when a row happened, best first.
var eventTimes = []string{"Timestamp", "TimeGenerated"}

// Apply puts the bounds above every table that has a time of events; other tables
// are seen whole.
func (w Window) Apply(q *plan.Query) *plan.Query {
	if w == (Window{}) {
		return q
	}
	c := *q
	c.Results = append([]plan.Result(nil), q.Results...)
	// Refs point at their Shared, so these are changed in place.
	for _, s := range c.Shared {
		s.Input = w.bound(s.Input)
	}
	for i := range c.Results {
		c.Results[i].Root = w.bound(c.Results[i].Root)
	}
	return &c
}

func (w Window) bound(n plan.Node) plan.Node {
	scan, ok := n.(*plan.Scan)
	if !ok {
		n = plan.MapExprs(n, func(x plan.Expr) plan.Expr { return plan.MapExpr(x, w.subquery) })
		return plan.MapInputs(n, w.bound)
	}
	for _, name := range eventTimes {
		if i := scan.Columns.Index(name); i >= 0 && scan.Columns[i].Type == types.DateTime {
			return w.filter(scan, name)
		}
	}
	return scan
}

// subquery bounds the tables inside an expression.
func (w Window) subquery(x plan.Expr) plan.Expr {
	switch x := x.(type) {
	case *plan.InQuery:
		c := *x
		c.Table = w.bound(x.Table)
		return &c
	case *plan.ScalarQuery:
		c := *x
		c.Table = w.bound(x.Table)
		return &c
	}
	return x
}

func (w Window) filter(scan *plan.Scan, column string) plan.Node {
	var n plan.Node = scan
	add := func(op string, ticks int64) {
		n = &plan.Filter{Out: scan.Out, Input: n, Predicate: &plan.Call{
			Func: builtin.Lookup(op, builtin.Infix), T: types.Bool, At: scan.At,
			Args: []plan.Expr{&plan.Column{Name: column, T: types.DateTime}, &plan.Const{Value: types.Value{Type: types.DateTime, Int: ticks}}},
		}}
	}
	if w.From != 0 {
		add(">=", w.From)
	}
	if w.To != 0 {
		add("<", w.To)
	}
	return n
}
