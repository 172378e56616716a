package plan

import "github.com/goshawk-hunt/goshawk/kql/builtin"

// Volatile reports whether x has another value each time it is computed.
func Volatile(x Expr) bool {
	return calls(x, func(f *builtin.Function) bool { return f.Volatile })
}

// HasWindow reports whether x looks at other rows: prev, next, row_number ..
func HasWindow(x Expr) bool {
	return calls(x, func(f *builtin.Function) bool { return f.Kind == builtin.Window })
}

// HasTable reports whether x reads a table (InQuery, ScalarQuery).
func HasTable(x Expr) bool {
	return contains(x, func(x Expr) bool { return Table(x) != nil })
}

// calls reports whether x calls a function of which is is true, outside of the tables in x.
func calls(x Expr, is func(*builtin.Function) bool) bool {
	return contains(x, func(x Expr) bool {
		c, ok := x.(*Call)
		return ok && is(c.Func)
	})
}

// contains reports whether is is true of x or of an expression in it.
func contains(x Expr, is func(Expr) bool) bool {
	found := false
	WalkExpr(x, func(x Expr) bool {
		found = found || is(x)
		return !found
	})
	return found
}

// Conjuncts splits a predicate at its outermost and; nil, which holds of all rows, has none.
func Conjuncts(x Expr) []Expr {
	if x == nil {
		return nil
	}
	c, ok := x.(*Call)
	if !ok || c.Func.Name != "and" {
		return []Expr{x}
	}
	var list []Expr
	for _, a := range c.Args {
		list = append(list, Conjuncts(a)...)
	}
	return list
}
