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

// calls reports whether x calls a function of which is is true, outside of the tables in x.
func calls(x Expr, is func(*builtin.Function) bool) bool {
	found := false
	WalkExpr(x, func(x Expr) bool {
		if c, ok := x.(*Call); ok && is(c.Func) {
			found = true
		}
		return !found
	})
	return found
}
