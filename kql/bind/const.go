package bind

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// constant reports whether x has the same value for every row.
func constant(x plan.Expr) bool {
	is := true
	seen := map[plan.Expr]bool{} // lets that use each other twice, forty deep, are walked once
	plan.WalkExpr(x, func(y plan.Expr) bool {
		if seen[y] {
			return false
		}
		seen[y] = true
		switch y := y.(type) {
		case *plan.Column, *plan.StateColumn, *plan.AggRef:
			is = false
		case *plan.InQuery:
			is = is && constant(y.X)
		}
		return is
	})
	return is
}

// constOf returns x's value if it is known now.
func constOf(x plan.Expr) (types.Value, bool) {
	if c, ok := fold(x).(*plan.Const); ok && c.Value.Type != types.Unknown {
		return c.Value, true
	}
	return types.Value{}, false
}

// intOf returns x's value if it is an integer that is known now.
func intOf(x plan.Expr) (int64, bool) {
	v, ok := constOf(x)
	if !ok || v.Null || v.Type != types.Int && v.Type != types.Long {
		return 0, false
	}
	return v.Int, true
}

// stringOf returns x's value if it is a string that is known now.
func stringOf(x plan.Expr) (string, bool) {
	v, ok := constOf(x)
	if !ok || v.Null {
		return "", false
	}
	if v.Type == types.Dynamic {
		if v, ok = fromJSON(v, types.String); !ok {
			return "", false
		}
	}
	return v.Str, v.Type == types.String
}

// negate returns -v for numbers and timespans; int becomes what it was.
func negate(v types.Value) (types.Value, bool) {
	switch v.Type {
	case types.Int, types.Long, types.TimeSpan:
		v.Int = -v.Int
		return v, true
	case types.Real:
		v.Real = -v.Real
		return v, true
	case types.Decimal:
		if v.Null || v.Str == "0" {
			return v, true
		}
		if rest, ok := strings.CutPrefix(v.Str, "-"); ok {
			v.Str = rest
		} else {
			v.Str = "-" + v.Str
		}
		return v, true
	}
	return v, false
}

// fold evaluates what the binder itself must know (limits, bounds, names): sums and
// products of integers and times, joined strings. Folding for speed is a rewrite.
func fold(x plan.Expr) plan.Expr {
	switch x := x.(type) {
	case *plan.Convert:
		if c, ok := fold(x.X).(*plan.Const); ok {
			return convert(c, x.T)
		}
	case *plan.Call:
		values := make([]types.Value, len(x.Args))
		for i, a := range x.Args {
			c, ok := fold(a).(*plan.Const)
			if !ok {
				return x
			}
			values[i] = c.Value
		}
		if v, ok := foldCall(x, values); ok {
			return &plan.Const{Value: v}
		}
	}
	return x
}

func foldCall(x *plan.Call, args []types.Value) (types.Value, bool) {
	for _, a := range args {
		if a.Null {
			return types.Value{}, false
		}
	}
	switch x.Func.Name {
	case "strcat":
		var b strings.Builder
		for _, a := range args {
			if a.Type != types.String {
				return types.Value{}, false
			}
			b.WriteString(a.Str)
		}
		return types.Value{Type: types.String, Str: b.String()}, true
	case "tostring":
		if args[0].Type == types.String {
			return args[0], true
		}
	case "neg":
		return negate(args[0])
	case "+", "-", "*", "/":
		if len(args) == 2 {
			return foldArithmetic(x.Func.Name, x.T, args[0], args[1])
		}
	}
	return types.Value{}, false
}

// whole says that a type's values are in Value.Int.
func whole(t types.Type) bool {
	return t == types.Int || t == types.Long || t == types.DateTime || t == types.TimeSpan
}

func foldArithmetic(op string, t types.Type, x, y types.Value) (types.Value, bool) {
	if t == types.TimeSpan && (x.Type == types.Real || y.Type == types.Real) && (op == "*" || op == "/") {
		return foldScaled(op, x, y)
	}
	if !whole(x.Type) || !whole(y.Type) || !whole(t) {
		return types.Value{}, false
	}
	v := types.Value{Type: t}
	switch op {
	case "+":
		v.Int = x.Int + y.Int
	case "-":
		v.Int = x.Int - y.Int
	case "*":
		v.Int = x.Int * y.Int
	case "/":
		if y.Int == 0 {
			return v, false
		}
		v.Int = x.Int / y.Int
	}
	if t == types.DateTime && (v.Int < 0 || v.Int > types.MaxDateTime) {
		return v, false
	}
	return v, true
}

// foldScaled multiplies or divides a timespan by a real.
func foldScaled(op string, x, y types.Value) (types.Value, bool) {
	if x.Type == types.Real {
		x, y = y, x
		if op == "/" {
			return types.Value{}, false
		}
	}
	if y.Type != types.Real || y.Real == 0 && op == "/" {
		return types.Value{}, false
	}
	f := float64(x.Int) * y.Real
	if op == "/" {
		f = float64(x.Int) / y.Real
	}
	if f > 9e18 || f < -9e18 || f != f {
		return types.Value{}, false
	}
	return types.Value{Type: types.TimeSpan, Int: int64(f)}, true
}
