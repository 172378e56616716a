package rewrite

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// fold computes what is known before any row is read, as far as it changes the shape
// of the plan or of an operator: conditions, the choice between values, the text that
// is searched for. An engine computes other constants once by itself. Predicates that
// are always true go.
func fold(n plan.Node) plan.Node {
	n = plan.MapExprs(n, func(x plan.Expr) plan.Expr { return plan.MapExpr(x, foldExpr) })
	if f, ok := n.(*plan.Filter); ok && isConst(f.Predicate, true) {
		return f.Input
	}
	return n
}

func foldExpr(x plan.Expr) plan.Expr {
	switch x := x.(type) {
	case *plan.Call:
		if len(x.Args) > 0 {
			return foldCall(x)
		}
	case *plan.Convert:
		return foldConvert(x)
	}
	return x
}

func foldCall(c *plan.Call) plan.Expr {
	switch c.Func.Name {
	case "and":
		return junction(c, true)
	case "or":
		return junction(c, false)
	case "not":
		if v, ok := value(c.Args[0]); ok && v.Type == types.Bool {
			return constant(v.Int == 0)
		}
	case "neg":
		if v, ok := value(c.Args[0]); ok && (v.Type == types.Int || v.Type == types.Long || v.Type == types.TimeSpan) && c.T == v.Type {
			v.Int = -v.Int
			return &plan.Const{Value: v}
		}
	case "iff", "iif", "case":
		return choice(c)
	case "tolower", "toupper", "strcat":
		return foldText(c)
	case "==", "!=", "<", "<=", ">", ">=", "=~", "!~":
		if len(c.Args) == 2 {
			return comparison(c)
		}
	case "in", "!in":
		return narrow(c)
	case "has", "has_cs", "contains", "contains_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs",
		"startswith", "startswith_cs", "endswith", "endswith_cs":
		if len(c.Args) == 2 && noText(c.Args[0]) {
			if v, ok := value(c.Args[1]); ok && v.Type == types.String && v.Str != "" {
				return constant(false)
			}
		}
	}
	return c
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
