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
	return mapScans(q, w.bound)
}

// bound puts the bounds above a table.
func (w Window) bound(scan *plan.Scan) plan.Node {
	for _, name := range eventTimes {
		if i := scan.Columns.Index(name); i >= 0 && scan.Columns[i].Type == types.DateTime {
			return w.filter(scan, name)
		}
	}
	return scan
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
