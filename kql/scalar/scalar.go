// Package scalar holds the scalar functions that an SQL engine can't say, in pure
// Go: each is total, bounded and free of side effects, so that it may run inside
// an engine, as a step of its own or in constant folding.
//
// Arguments and results are as the engine holds them: datetimes and timespans in
// ticks, guids, decimals and dynamic values as text, dynamic null as null.
package scalar

import (
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Function is one Go function.
type Function struct {
	Name   string
	Params []types.Type
	// Variadic says that the last parameter may occur any number of times, also never.
	Variadic bool
	// Volatile functions give another value each time they are called.
	Volatile bool
	Result   types.Type
	// Eval computes the result. Arguments may be null; it must not keep them.
	Eval func(args []types.Value) types.Value
}

// Functions are all functions, in alphabetical order.
var Functions = func() []Function {
	all := slices.Concat(dynamicFunctions, keyValueFunctions, unitFunctions, geoFunctions, sketchFunctions, seriesFunctions, seriesFilterFunctions, seriesFitFunctions, ipFunctions, parseFunctions, datetimeFunctions, decimalFunctions, mathFunctions, arrayFunctions, bagFunctions, setFunctions, convertFunctions, encodeFunctions, punycodeFunctions, regexFunctions, stringFunctions, termFunctions)
	slices.SortFunc(all, func(a, b Function) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}()

// maxText bounds the text that a function makes, in bytes.
const maxText = 64 << 20

// Values of each type.

func text(s string) types.Value { return types.Value{Type: types.String, Str: s} }

func long(n int64) types.Value { return types.Value{Type: types.Long, Int: n} }

func realOf(f float64) types.Value { return types.Value{Type: types.Real, Real: f} }

func truth(b bool) types.Value {
	if b {
		return types.Value{Type: types.Bool, Int: 1}
	}
	return types.Value{Type: types.Bool}
}

var (
	nullBool     = types.Null(types.Bool)
	nullDateTime = types.Null(types.DateTime)
	nullDecimal  = types.Null(types.Decimal)
	nullDynamic  = types.Null(types.Dynamic)
	nullGUID     = types.Null(types.GUID)
	nullLong     = types.Null(types.Long)
	nullReal     = types.Null(types.Real)
	nullTimeSpan = types.Null(types.TimeSpan)
)

// read parses a dynamic argument; what is no JSON is taken as null.
func read(v types.Value) dynamic.Value {
	if v.Null {
		return dynamic.Value{}
	}
	d, _ := dynamic.Parse(v.Str)
	return d
}

// array reads a dynamic argument that must be an array.
func array(v types.Value) (items []dynamic.Value, ok bool) {
	d := read(v)
	return d.Items, d.Kind == dynamic.Array
}
