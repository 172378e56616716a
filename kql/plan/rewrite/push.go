package rewrite

import (
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// push moves the conditions of a filter below the operators that let them through.
// It runs from the leaves up, so that one step at a time is enough for a filter
// that was there; those it makes are pushed on.
func push(n plan.Node) plan.Node {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n
	}
	return pushFilter(f)
}

// pushFilter pushes one filter as far as it goes.
func pushFilter(f *plan.Filter) plan.Node {
	if u, ok := f.Input.(*plan.Union); ok && len(u.Inputs) == 0 {
		return u // no rows to choose from
	}
	var stay, down []plan.Expr
	for _, x := range plan.Conjuncts(f.Predicate) {
		if !plan.Volatile(x) && passes(f.Input, x) {
			down = append(down, x)
		} else {
			stay = append(stay, x)
		}
	}
	if len(down) == 0 {
		return f
	}
	in := below(f.Input, down, f)
	if len(stay) == 0 {
		return in
	}
	c := *f
	c.Input, c.Predicate = in, conjunction(stay, f)
	return &c
}

// conjunction joins predicates by and; like is the filter that they came from.
func conjunction(xs []plan.Expr, like *plan.Filter) plan.Expr {
	if len(xs) == 1 {
		return xs[0]
	}
	and := findAnd(like.Predicate)
	x := xs[0]
	for _, y := range xs[1:] {
		x = &plan.Call{Func: and, Args: []plan.Expr{x, y}, T: types.Bool}
	}
	return x
}

// findAnd returns the function and of a predicate that was split at it.
func findAnd(x plan.Expr) *builtin.Function { return x.(*plan.Call).Func }

// columnsOf collects the columns that x reads.
func columnsOf(x plan.Expr) map[string]bool {
	set := map[string]bool{}
	plan.WalkExpr(x, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Column); ok {
			set[c.Name] = true
		}
		return true
	})
	return set
}

// passes reports whether a condition on n's rows may stand below n instead.
func passes(n plan.Node, x plan.Expr) bool {
	used := columnsOf(x)
	all := func(ok func(name string) bool) bool {
		for name := range used {
			if !ok(name) {
				return false
			}
		}
		return true
	}
	switch n := n.(type) {
	case *plan.Aggregate:
		return len(n.Keys) > 0 && all(func(name string) bool {
			i := slices.IndexFunc(n.Keys, func(k plan.Named) bool { return k.Name == name })
			return i >= 0 && !plan.Volatile(n.Keys[i].X)
		})
	case *plan.Distinct, *plan.Sort:
		return true
	case *plan.Filter:
		return passes(n.Input, x)
	case *plan.Join:
		_, ok := joinSide(n, used)
		return ok
	case *plan.Project:
		return transparent(n, used, n.Columns.Finder())
	case *plan.Union:
		return len(n.Inputs) > 0
	case *plan.Unnest:
		return all(func(name string) bool {
			return name != n.Index && name != n.RowID && !slices.ContainsFunc(n.Items, func(it plan.UnnestItem) bool { return it.As.Name == name })
		})
	}
	return false
}

// transparent reports whether a condition on used columns, which stand where find says,
// may be put below n.
func transparent(n *plan.Project, used map[string]bool, find func(name string) int) bool {
	if slices.ContainsFunc(n.Exprs, plan.HasWindow) {
		return false
	}
	for name := range used {
		if i := find(name); i < 0 || !cheap(n.Exprs[i]) {
			return false
		}
	}
	return true
}

// cheap reports whether computing x for more rows, or twice, costs nothing.
func cheap(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Column, *plan.Const:
		return true
	case *plan.Convert:
		return cheap(x.X)
	}
	return false
}

// below returns n with the conditions below it.
func below(n plan.Node, xs []plan.Expr, f *plan.Filter) plan.Node {
	pred := conjunction(xs, f)
	filter := func(in plan.Node, x plan.Expr) plan.Node {
		return pushFilter(&plan.Filter{Out: plan.Out{Columns: in.Schema(), At: f.At}, Input: in, Predicate: x})
	}
	switch n := n.(type) {
	case *plan.Aggregate:
		c := *n
		c.Input = filter(n.Input, substitute(pred, func(name string) plan.Expr {
			return n.Keys[slices.IndexFunc(n.Keys, func(k plan.Named) bool { return k.Name == name })].X
		}))
		return &c
	case *plan.Filter:
		c := *n
		c.Input = below(n.Input, xs, f)
		return &c
	case *plan.Join:
		c := *n
		for _, x := range xs {
			right, _ := joinSide(n, columnsOf(x))
			x = substitute(x, func(name string) plan.Expr {
				s := n.Sources[n.Columns.Index(name)]
				in := n.Left
				if s.Right {
					in = n.Right
				}
				return &plan.Column{Name: s.Name, T: in.Schema()[in.Schema().Index(s.Name)].Type}
			})
			if right {
				c.Right = filter(c.Right, x)
			} else {
				c.Left = filter(c.Left, x)
			}
		}
		return &c
	case *plan.Project:
		c := *n
		find := n.Columns.Finder()
		c.Input = filter(n.Input, substitute(pred, func(name string) plan.Expr { return n.Exprs[find(name)] }))
		return &c
	case *plan.Union:
		c := *n
		c.Inputs = make([]plan.Node, len(n.Inputs))
		find, used := n.Columns.Finder(), columnsOf(pred)
		for i, in := range n.Inputs {
			if p, ok := in.(*plan.Project); ok && transparent(p, used, find) {
				in := *p
				in.Input = filter(p.Input, substitute(pred, func(name string) plan.Expr { return p.Exprs[find(name)] }))
				c.Inputs[i] = &in
				continue
			}
			schema := in.Schema()
			c.Inputs[i] = filter(in, substitute(pred, func(name string) plan.Expr {
				col := schema[find(name)]
				return &plan.Column{Name: col.Name, T: col.Type}
			}))
		}
		return &c
	}
	return plan.MapInputs(n, func(in plan.Node) plan.Node { return filter(in, pred) })
}

// substitute replaces the columns of x. What is known then is computed at once: a
// condition on all columns of all tables is nearly nothing for one of them.
func substitute(x plan.Expr, f func(name string) plan.Expr) plan.Expr {
	return plan.MapExpr(x, func(x plan.Expr) plan.Expr {
		if c, ok := x.(*plan.Column); ok {
			return f(c.Name)
		}
		return foldExpr(x)
	})
}

// joinSide tells the side of a join whose rows a condition on these columns may
// restrict before the join: a side whose rows the join does not pad with null. Of an
// innerunique join only keys may be restricted on the left, or another row of a key
// would be kept.
func joinSide(n *plan.Join, used map[string]bool) (right, ok bool) {
	left := false
	for name := range used {
		i := n.Columns.Index(name)
		if i < 0 {
			return false, false
		}
		s := n.Sources[i]
		if s.Right {
			right = true
		} else {
			left = true
			if n.Kind == plan.InnerUnique && !slices.ContainsFunc(n.On, func(on plan.On) bool { return isColumn(on.Left, s.Name) }) {
				return false, false
			}
		}
	}
	if left == right {
		return false, false
	}
	switch n.Kind {
	case plan.Cross, plan.Inner, plan.InnerUnique:
		return right, true
	case plan.LeftAnti, plan.LeftOuter, plan.LeftSemi:
		return right, left
	case plan.RightAnti, plan.RightOuter, plan.RightSemi:
		return right, right
	}
	return false, false
}

func isColumn(x plan.Expr, name string) bool {
	c, ok := x.(*plan.Column)
	return ok && c.Name == name
}
