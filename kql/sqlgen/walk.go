package sqlgen

import (
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
)

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

// crossing finds the shared parts that are worth storing: several statements of the
// program read them, and each would join or group their rows anew.
func (g *generator) crossing(q *plan.Query) {
	readers := map[*plan.Shared]map[plan.Node]bool{}
	for _, r := range q.Results {
		statements(r.Root, r.Root, readers)
	}
	for _, s := range slices.Backward(q.Shared) {
		if len(readers[s]) > 1 && costly(s.Input) {
			g.once[s] = true
		}
		if g.once[s] {
			statements(s.Input, s.Input, readers)
			continue
		}
		for reader := range readers[s] {
			statements(s.Input, reader, readers)
		}
	}
}

// statements notes for the shared parts that n refers to which statement reads them:
// reader, or the step of a plugin in between.
func statements(n, reader plan.Node, readers map[*plan.Shared]map[plan.Node]bool) {
	switch x := n.(type) {
	case *plan.Plugin:
		reader = n
	case *plan.Ref:
		if readers[x.Shared] == nil {
			readers[x.Shared] = map[plan.Node]bool{}
		}
		readers[x.Shared][reader] = true
	}
	for _, x := range plan.Exprs(n) {
		plan.WalkExpr(x, func(x plan.Expr) bool {
			if t := plan.Table(x); t != nil {
				statements(t, reader, readers)
			}
			return true
		})
	}
	for _, in := range plan.Inputs(n) {
		statements(in, reader, readers)
	}
}

// costly reports whether n joins or groups rows.
func costly(n plan.Node) bool {
	found := false
	walk(n, func(n plan.Node) {
		switch n.(type) {
		case *plan.Aggregate, *plan.Distinct, *plan.Join:
			found = true
		}
	})
	return found
}
