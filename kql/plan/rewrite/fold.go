package rewrite

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// fold drops predicates that are always true and the constant operands of and and or.
func fold(n plan.Node) plan.Node {
	n = plan.MapExprs(n, func(x plan.Expr) plan.Expr { return plan.MapExpr(x, foldExpr) })
	if f, ok := n.(*plan.Filter); ok && isConst(f.Predicate, true) {
		return f.Input
	}
	return n
}

func foldExpr(x plan.Expr) plan.Expr {
	c, ok := x.(*plan.Call)
	if !ok || len(c.Args) == 0 {
		return x
	}
	switch c.Func.Name {
	case "and":
		return junction(c, true)
	case "or":
		return junction(c, false)
	case "not":
		if v, ok := c.Args[0].(*plan.Const); ok && v.Value.Type == types.Bool && !v.Value.Null {
			return constant(v.Value.Int == 0)
		}
	}
	return x
}

// junction simplifies and (neutral true) and or (neutral false).
func junction(c *plan.Call, neutral bool) plan.Expr {
	var args []plan.Expr
	for _, a := range c.Args {
		if isConst(a, !neutral) {
			return a
		}
		if !isConst(a, neutral) {
			args = append(args, a)
		}
	}
	switch {
	case len(args) == len(c.Args):
		return c
	case len(args) == 0:
		return constant(neutral)
	case len(args) == 1:
		return args[0]
	}
	n := *c
	n.Args = args
	return &n
}

func constant(b bool) plan.Expr {
	v := types.Value{Type: types.Bool}
	if b {
		v.Int = 1
	}
	return &plan.Const{Value: v}
}

// isConst reports whether x is the constant b.
func isConst(x plan.Expr, b bool) bool {
	c, ok := x.(*plan.Const)
	return ok && c.Value.Type == types.Bool && !c.Value.Null && (c.Value.Int != 0) == b
}
