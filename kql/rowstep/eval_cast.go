package rowstep

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// convert gives a value another type as to<type>() does; what does not convert is null.
func convert(v types.Value, t types.Type) types.Value {
	switch {
	case v.Type == t:
		return v
	case t == types.String:
		return types.Value{Type: t, Str: cellText(v)}
	case v.Null:
		return types.Null(t)
	case t == types.Dynamic:
		return scalar.Dynamic(v)
	case v.Type == types.String:
		return convertText(v.Str, t)
	case v.Type == types.Dynamic:
		return convertDynamic(v, t)
	}
	switch t {
	case types.Bool:
		if v.Type == types.Decimal {
			v = convertText(v.Str, types.Real)
		}
		return boolean(v.Int != 0 || v.Real != 0)
	case types.Int, types.Long:
		return convertWhole(v, t)
	case types.Real:
		if v.Type == types.Decimal {
			return convertText(v.Str, t)
		}
		return types.Value{Type: t, Real: float64(v.Int)}
	case types.DateTime, types.TimeSpan:
		return ticks(convertWhole(v, types.Long), t)
	case types.Decimal:
		if v.Type == types.Real {
			return call("real_decimal", v)
		}
		return types.Value{Type: t, Str: strconv.FormatInt(v.Int, 10)}
	}
	return types.Null(t)
}

// convertWhole cuts off the fraction of a number; an int keeps the low bits.
func convertWhole(v types.Value, t types.Type) types.Value {
	switch v.Type {
	case types.Real:
		if !(math.Abs(v.Real) < 1<<63) {
			return types.Null(t)
		}
		return whole(int64(v.Real), t)
	case types.Decimal:
		if v = call("decimal_long", v); v.Null {
			return types.Null(t)
		}
	case types.GUID:
		return types.Null(t)
	}
	return whole(v.Int, t)
}

// ticks is a long as a datetime or timespan, null beyond the years of a datetime.
func ticks(v types.Value, t types.Type) types.Value {
	if v.Null || t == types.DateTime && (v.Int < 0 || v.Int > types.MaxDateTime) {
		return types.Null(t)
	}
	return types.Value{Type: t, Int: v.Int}
}

func convertText(s string, t types.Type) types.Value {
	switch t {
	case types.GUID:
		return call("toguid", types.Value{Type: types.String, Str: s})
	case types.Decimal:
		return call("todecimal", types.Value{Type: types.String, Str: s})
	}
	return convertDynamic(dynamic.Text(s).Scalar(), t)
}

func convertDynamic(v types.Value, t types.Type) types.Value {
	switch t {
	case types.GUID, types.Decimal:
		return convertText(plainText(parse(v)), t)
	}
	return call("dynamic_"+t.String(), v)
}

// call computes a function of package scalar that is known to be there.
func call(name string, args ...types.Value) types.Value { return function(name).Eval(args) }

// function returns a function of package scalar, nil if there is none of the name.
func function(name string) *scalar.Function {
	i, ok := slices.BinarySearchFunc(scalar.Functions, name, func(f scalar.Function, name string) int { return cmp.Compare(f.Name, name) })
	if !ok {
		return nil
	}
	return &scalar.Functions[i]
}
