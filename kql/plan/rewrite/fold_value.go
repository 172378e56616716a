package rewrite

import (
	"cmp"
	"math"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// value returns a constant that is not null.
func value(x plan.Expr) (types.Value, bool) {
	c, ok := x.(*plan.Const)
	if !ok || c.Value.Null {
		return types.Value{}, false
	}
	return c.Value, true
}

// foldConvert widens a constant.
func foldConvert(x *plan.Convert) plan.Expr {
	v, ok := value(x.X)
	switch {
	case !ok || v.Type != types.Int && v.Type != types.Long:
	case x.T == types.Long:
		return &plan.Const{Value: types.Value{Type: types.Long, Int: v.Int}}
	case x.T == types.Real:
		return &plan.Const{Value: types.Value{Type: types.Real, Real: float64(v.Int)}}
	}
	return x
}

// choice drops the branches of iff and case that are never taken.
func choice(c *plan.Call) plan.Expr {
	var args []plan.Expr
	i := 0
	for ; i+1 < len(c.Args); i += 2 {
		cond, isConstant := c.Args[i].(*plan.Const)
		if isConstant && cond.Value.Type != types.Bool {
			return c
		}
		if isConst(c.Args[i], true) {
			i++
			break
		}
		if !isConstant {
			args = append(args, c.Args[i], c.Args[i+1])
		}
	}
	if i >= len(c.Args) {
		return c
	}
	otherwise := c.Args[i]
	if len(args) == 0 && otherwise.Type() == c.T {
		return otherwise
	}
	if len(args) == 0 || len(args)+1 == len(c.Args) || c.Func.Name != "case" {
		return c
	}
	n := *c
	n.Args = append(args, otherwise)
	return &n
}

// noText reports whether x is the empty text for every row, as a column that a table of
// a union lacks is: nothing is found in it.
func noText(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Const:
		return x.Value.Type == types.String && (x.Value.Null || x.Value.Str == "")
	case *plan.Convert:
		c, ok := x.X.(*plan.Const)
		return ok && x.T == types.String && (c.Value.Null || noText(c))
	case *plan.Call:
		return x.Func.Name == "tostring" && len(x.Args) == 1 && x.T == types.String && nothing(x.Args[0])
	}
	return false
}

// nothing reports whether x is null or the empty text for every row.
func nothing(x plan.Expr) bool {
	c, ok := x.(*plan.Const)
	return ok && c.Value.Null || noText(x)
}

// foldText computes the text that a condition searches for. Case beyond ASCII is the
// engine's.
func foldText(c *plan.Call) plan.Expr {
	var b strings.Builder
	for _, a := range c.Args {
		v, ok := value(a)
		if !ok || v.Type != types.String {
			return c
		}
		b.WriteString(v.Str)
	}
	text := b.String()
	if c.Func.Name != "strcat" {
		if !ascii(text) {
			return c
		}
		if c.Func.Name == "tolower" {
			text = strings.ToLower(text)
		} else {
			text = strings.ToUpper(text)
		}
	}
	return &plan.Const{Value: types.Value{Type: types.String, Str: text}}
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// comparison compares two constants, or narrows the comparison of an int with a long.
func comparison(c *plan.Call) plan.Expr {
	x, ok := value(c.Args[0])
	y, ok2 := value(c.Args[1])
	if !ok || !ok2 || x.Type != y.Type {
		return narrow(c)
	}
	var order int
	switch x.Type {
	case types.Bool, types.Int, types.Long, types.DateTime, types.TimeSpan:
		order = cmp.Compare(x.Int, y.Int)
	case types.String:
		if c.Func.Name == "=~" || c.Func.Name == "!~" {
			if !ascii(x.Str) || !ascii(y.Str) {
				return c
			}
			x.Str, y.Str = strings.ToLower(x.Str), strings.ToLower(y.Str)
		}
		order = strings.Compare(x.Str, y.Str)
		if order != 0 && strings.ContainsAny(c.Func.Name, "<>") {
			return c // how texts are ordered is the engine's
		}
	default:
		return c
	}
	switch c.Func.Name {
	case "==", "=~":
		return constant(order == 0)
	case "!=", "!~":
		return constant(order != 0)
	case "<":
		return constant(order < 0)
	case "<=":
		return constant(order <= 0)
	case ">":
		return constant(order > 0)
	}
	return constant(order >= 0)
}

// narrow compares an int that was widened only because the constants beside it are
// long as an int, so that the column is compared as it is stored.
func narrow(c *plan.Call) plan.Expr {
	args := make([]plan.Expr, len(c.Args))
	columns := 0
	for i, a := range c.Args {
		switch a := a.(type) {
		case *plan.Convert:
			if a.T != types.Long || a.X.Type() != types.Int {
				return c
			}
			args[i] = a.X
			columns++
		case *plan.Const:
			v, ok := value(a)
			if !ok || v.Type != types.Long || v.Int < math.MinInt32 || v.Int > math.MaxInt32 {
				return c
			}
			args[i] = &plan.Const{Value: types.Value{Type: types.Int, Int: v.Int}}
		default:
			return c
		}
	}
	if columns == 0 {
		return c
	}
	n := *c
	n.Args = args
	return &n
}
