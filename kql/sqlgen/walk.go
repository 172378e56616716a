package sqlgen

import "github.com/goshawk-hunt/goshawk/kql/plan"

// walk visits n, its inputs and the tables inside its expressions, but not what its
// Refs refer to: a part that is shared many times over is walked once, by the caller.
func walk(n plan.Node, visit func(plan.Node)) {
	visit(n)
	for _, x := range plan.Exprs(n) {
		plan.WalkExpr(x, func(x plan.Expr) bool {
			if t := plan.Table(x); t != nil {
				walk(t, visit)
			}
			return true
		})
	}
	for _, in := range plan.Inputs(n) {
		walk(in, visit)
	}
}

// usesPlugin reports whether rows of n are computed outside SQL. Shared parts that
// n refers to have been decided before.
func (g *generator) usesPlugin(n plan.Node) bool {
	found := false
	walk(n, func(n plan.Node) {
		switch n := n.(type) {
		case *plan.Plugin:
			found = true
		case *plan.Top:
			found = found || n.Hitters
		case *plan.Ref:
			found = found || g.plugins[n.Shared]
		}
	})
	return found
}
