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

// Undated are the rows of a table that tell what there is and not what happened, and of which
// those whose Column has one of Values may have the time at which a file was copied.
type Undated struct {
	Table, Column string
	Values        []string
}

// Apply puts the bounds above every table that has a time of events; other tables
// are seen whole. Of undated tables rows without a time are seen too, and those of a copied
// file that is younger than the window: neither says that they are not of it.
func (w Window) Apply(q *plan.Query, undated ...Undated) *plan.Query {
	if w == (Window{}) {
		return q
	}
	return mapScans(q, func(scan *plan.Scan) plan.Node {
		for _, name := range eventTimes {
			if i := scan.Columns.Index(name); i >= 0 && scan.Columns[i].Type == types.DateTime {
				return w.bound(scan, name, undated)
			}
		}
		return scan
	})
}

// bound puts the bounds above a table whose time is in a column.
func (w Window) bound(scan *plan.Scan, column string, undated []Undated) plan.Node {
	call := func(name string, kind builtin.Kind, args ...plan.Expr) plan.Expr {
		return &plan.Call{Func: builtin.Lookup(name, kind), T: types.Bool, At: scan.At, Args: args}
	}
	time := func() plan.Expr { return &plan.Column{Name: column, T: types.DateTime} }
	from := call(">=", builtin.Infix, time(), &plan.Const{Value: types.Value{Type: types.DateTime, Int: w.From}})
	to := call("<", builtin.Infix, time(), &plan.Const{Value: types.Value{Type: types.DateTime, Int: w.To}})
	for _, u := range undated {
		if u.Table != scan.Table {
			continue
		}
		from = call("or", builtin.Infix, from, call("isnull", builtin.Scalar, time()))
		to = call("or", builtin.Infix, to, call("isnull", builtin.Scalar, time()))
		for _, v := range u.Values {
			to = call("or", builtin.Infix, to, call("==", builtin.Infix, &plan.Column{Name: u.Column, T: types.String}, &plan.Const{Value: types.Value{Type: types.String, Str: v}}))
		}
	}
	var n plan.Node = scan
	if w.From != 0 {
		n = &plan.Filter{Out: scan.Out, Input: n, Predicate: from}
	}
	if w.To != 0 {
		n = &plan.Filter{Out: scan.Out, Input: n, Predicate: to}
	}
	return n
}
