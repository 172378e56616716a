package bind

import (
	"strconv"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// convert returns x as type t: the conversions that KQL makes silently.
func convert(x plan.Expr, t types.Type) plan.Expr {
	from := x.Type()
	if from == t || from == types.Unknown || t == types.Unknown {
		return x
	}
	if c, ok := x.(*plan.Const); ok {
		if v, ok := convertConst(c.Value, t); ok {
			return &plan.Const{Value: v}
		}
	}
	if c, ok := x.(*plan.Convert); ok && widening(c.X.Type(), c.T, t) {
		return convert(c.X, t)
	}
	return &plan.Convert{X: x, T: t}
}

// widening reports whether a chain of conversions loses nothing by leaving out mid.
func widening(from, mid, to types.Type) bool {
	return from == types.Int && mid == types.Long && (to == types.Real || to == types.Decimal)
}

// convertConst converts a constant where the result is plain.
func convertConst(v types.Value, t types.Type) (types.Value, bool) {
	if v.Null && t != types.String {
		return types.Null(t), true
	}
	switch {
	case v.Type == types.Int && t == types.Long:
		return types.Value{Type: t, Int: v.Int}, true
	case (v.Type == types.Int || v.Type == types.Long) && t == types.Real:
		return types.Value{Type: t, Real: float64(v.Int)}, true
	case (v.Type == types.Int || v.Type == types.Long) && t == types.Decimal:
		return types.Value{Type: t, Str: strconv.FormatInt(v.Int, 10)}, true
	case v.Type == types.Bool && t == types.Long:
		return types.Value{Type: t, Int: v.Int}, true
	}
	return v, false
}

// promotable reports whether a value of type from is silently taken where t stands:
// a narrower number, or a dynamic value as text.
func promotable(from, t types.Type) bool {
	switch t {
	case types.Long:
		return from == types.Int
	case types.Real:
		return from == types.Int || from == types.Long
	case types.Decimal:
		return from == types.Int || from == types.Long || from == types.Real
	case types.String:
		return from == types.Dynamic
	}
	return false
}

func mustInfix(name string) *builtin.Function { return must(builtin.Infix, name) }
