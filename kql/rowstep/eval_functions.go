package rowstep

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// operation computes an operator or a function of type t.
type operation func(args []types.Value, t types.Type) types.Value

// functions are the scalar functions and text operators that steps need most often;
// package scalar has others under the same names.
var functions = func() map[string]operation {
	m := map[string]operation{
		"abs":          numeric(func(n int64) int64 { return max(n, -n) }, math.Abs, "decimal_abs"),
		"!in~":         func(a []types.Value, _ types.Type) types.Value { return not(among(a, alike)) },
		"array_length": arrayLength,
		"bin":          bin,
		"ceiling":      numeric(func(n int64) int64 { return n }, math.Ceil, "decimal_ceiling"),
		"dayofweek": func(a []types.Value, t types.Type) types.Value {
			return timePart(a, t, func(n int64) int64 { return (n/types.TicksPerDay + 1) % 7 * types.TicksPerDay })
		},
		"getyear": func(a []types.Value, t types.Type) types.Value {
			return timePart(a, t, calendarBins("year").index)
		},
		"hourofday": func(a []types.Value, t types.Type) types.Value {
			return timePart(a, t, func(n int64) int64 { return n % types.TicksPerDay / types.TicksPerHour })
		},
		"in~": func(a []types.Value, _ types.Type) types.Value { return among(a, alike) },
		"isfinite": func(a []types.Value, _ types.Type) types.Value {
			return realTest(a[0], func(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) })
		},
		"isinf": func(a []types.Value, _ types.Type) types.Value {
			return realTest(a[0], func(f float64) bool { return math.IsInf(f, 0) })
		},
		"isnan": func(a []types.Value, _ types.Type) types.Value { return realTest(a[0], math.IsNaN) },
		"matches regex": func(a []types.Value, _ types.Type) types.Value {
			return call("matches", convert(a[0], types.String), convert(a[1], types.String))
		},
		"monthofyear": func(a []types.Value, t types.Type) types.Value {
			return timePart(a, t, func(n int64) int64 { return calendarBins("month").index(n)%12 + 1 })
		},
		"neg": func(a []types.Value, t types.Type) types.Value {
			return compute('-', convert(whole(0, types.Long), t), a[0], t)
		},
		"pack_array":     packArray,
		"pos":            func(a []types.Value, _ types.Type) types.Value { return a[0] },
		"replace_string": replaceString,
		"round":          round,
		"startofday":     startOfDay,
		"string_size":    func(a []types.Value, _ types.Type) types.Value { return whole(int64(len(cellText(a[0]))), types.Long) },
		"strlen": func(a []types.Value, _ types.Type) types.Value {
			return whole(int64(utf8.RuneCountInString(cellText(a[0]))), types.Long)
		},
		"substring": substring,
		"tolower":   onText(strings.ToLower),
		"toupper":   onText(strings.ToUpper),
	}
	for _, name := range []string{"tobool", "todatetime", "todecimal", "todouble", "toguid", "toint", "tolong", "tostring", "totimespan"} {
		m[name] = func(a []types.Value, t types.Type) types.Value { return convert(a[0], t) }
	}
	for name, holds := range textTests {
		folded := func(s, part string) bool { return holds(strings.ToLower(s), strings.ToLower(part)) }
		m[name], m["!"+name] = textTest(folded, true), textTest(folded, false)
		m[name+"_cs"], m["!"+name+"_cs"] = textTest(holds, true), textTest(holds, false)
	}
	for name, cut := range termTests {
		for _, cs := range []bool{false, true} {
			has := func(s, term string) bool { return hasTerm(s, term, cut.left, cut.right, cs) }
			full := name
			if cs {
				full += "_cs"
			}
			m[full], m["!"+full] = textTest(has, true), textTest(has, false)
		}
	}
	return m
}()

var textTests = map[string]func(s, part string) bool{"contains": strings.Contains, "endswith": strings.HasSuffix, "startswith": strings.HasPrefix}

var termTests = map[string]struct{ left, right bool }{"has": {true, true}, "hasprefix": {true, false}, "hassuffix": {false, true}}

func hasTerm(s, term string, left, right, cs bool) bool {
	text := func(s string) types.Value { return types.Value{Type: types.String, Str: s} }
	return call("has_term", text(s), text(term), boolean(left), boolean(right), boolean(cs)).Int == 1
}

func textTest(holds func(s, part string) bool, want bool) operation {
	return func(a []types.Value, _ types.Type) types.Value {
		return boolean(holds(cellText(a[0]), cellText(a[1])) == want)
	}
}

func onText(f func(string) string) operation {
	return func(a []types.Value, t types.Type) types.Value {
		return types.Value{Type: t, Str: f(cellText(a[0]))}
	}
}

// numeric is a function of one number: of ticks and integers, of reals, of decimals.
func numeric(integer func(int64) int64, realFunc func(float64) float64, decimalFunc string) operation {
	return func(a []types.Value, t types.Type) types.Value {
		switch v := convert(a[0], t); {
		case v.Null:
			return v
		case t == types.Real:
			return types.Value{Type: t, Real: realFunc(v.Real)}
		case t == types.Decimal:
			return call(decimalFunc, v)
		default:
			return whole(integer(v.Int), t)
		}
	}
}

// bin is the greatest multiple of a size that is not above a value; sizes that are not
// positive give null.
func bin(a []types.Value, t types.Type) types.Value {
	if a[0].Null || a[1].Null {
		return types.Null(t)
	}
	switch t {
	case types.Real:
		x, size := convert(a[0], t).Real, convert(a[1], t).Real
		if !(size > 0) {
			return types.Null(t)
		}
		return types.Value{Type: t, Real: math.Floor(x/size) * size}
	case types.Decimal:
		return call("decimal_bin", convert(a[0], t), convert(a[1], t))
	}
	size := convert(a[1], types.Long).Int
	if size <= 0 {
		return types.Null(t)
	}
	x := a[0].Int
	return whole(x-(x%size+size)%size, t)
}

func round(a []types.Value, t types.Type) types.Value {
	digits := types.Value{Type: types.Long}
	if len(a) > 1 {
		digits = convert(a[1], types.Long)
	}
	x := convert(a[0], t)
	switch {
	case x.Null || digits.Null:
		return types.Null(t)
	case t == types.Decimal:
		return call("decimal_round", x, digits)
	case t == types.Real:
		x.Real = roundReal(x.Real, digits.Int)
		return x
	}
	if digits.Int < 0 {
		x.Int = int64(roundReal(float64(x.Int), digits.Int))
	}
	return x
}

// roundReal rounds half away from zero; where scaling overflows the number stays.
func roundReal(x float64, digits int64) float64 {
	scale := math.Pow(10, math.Abs(float64(digits)))
	y := math.Round(x*scale) / scale
	if digits < 0 {
		y = math.Round(x/scale) * scale
	}
	if math.IsInf(y, 0) || math.IsNaN(y) {
		return x
	}
	return y
}

func arrayLength(a []types.Value, t types.Type) types.Value {
	v := parse(a[0])
	if v.Kind != dynamic.Array {
		return types.Null(t)
	}
	return whole(int64(len(v.Items)), t)
}

func packArray(a []types.Value, _ types.Type) types.Value {
	items := make([]dynamic.Value, len(a))
	for i, v := range a {
		items[i] = parse(scalar.Dynamic(v))
	}
	return dynamic.List(items).Scalar()
}

// substring counts characters; a negative start counts from the end.
func substring(a []types.Value, t types.Type) types.Value {
	s := []rune(cellText(a[0]))
	n := int64(len(s))
	start := convert(a[1], types.Long)
	length := whole(n, types.Long)
	if len(a) > 2 {
		length = convert(a[2], types.Long)
	}
	if start.Null || length.Null {
		return types.Value{Type: t}
	}
	from := start.Int
	if from < 0 {
		from = max(n+from, 0)
	}
	from = min(from, n)
	return types.Value{Type: t, Str: string(s[from : from+min(max(length.Int, 0), n-from)])}
}

// maxReplaced bounds a text that replacing makes, in bytes.
const maxReplaced = 64 << 20

// replaceString replaces each occurrence; nothing is replaced by an empty search, nor
// where the text would outgrow what a value may hold.
func replaceString(a []types.Value, t types.Type) types.Value {
	s, old, by := cellText(a[0]), cellText(a[1]), cellText(a[2])
	if old != "" && len(s)+strings.Count(s, old)*(len(by)-len(old)) <= maxReplaced {
		s = strings.ReplaceAll(s, old, by)
	}
	return types.Value{Type: t, Str: s}
}

func realTest(v types.Value, holds func(float64) bool) types.Value {
	if v = convert(v, types.Real); v.Null {
		return types.Null(types.Bool)
	}
	return boolean(holds(v.Real))
}

// timePart computes a part of a datetime from its ticks.
func timePart(a []types.Value, t types.Type, part func(int64) int64) types.Value {
	if a[0].Null {
		return types.Null(t)
	}
	return whole(part(a[0].Int), t)
}

// startOfDay moves by the days of its second argument.
func startOfDay(a []types.Value, t types.Type) types.Value {
	offset := types.Value{Type: types.Long}
	if len(a) > 1 {
		offset = convert(a[1], types.Long)
	}
	if a[0].Null || offset.Null {
		return types.Null(t)
	}
	return ticks(types.Value{Type: types.Long, Int: a[0].Int - a[0].Int%types.TicksPerDay + offset.Int*types.TicksPerDay}, t)
}

// unitTicks are the units of datetime_diff that have one length.
var unitTicks = map[string]int64{
	"day": types.TicksPerDay, "hour": types.TicksPerHour, "minute": types.TicksPerMinute, "second": types.TicksPerSecond,
	"millisecond": types.TicksPerMillisecond, "microsecond": 10,
}

// unitDiff returns datetime_diff in a unit: the borders of the unit between two times.
func unitDiff(unit string) (operation, error) {
	unit = strings.ToLower(unit)
	var count func(ticks int64) int64
	switch unit {
	case "week", "month", "year":
		count = calendarBins(unit).index
	case "quarter":
		count = func(n int64) int64 { return calendarBins("month").index(n) / 3 }
	case "nanosecond":
		count = func(n int64) int64 { return n * 100 }
	default:
		size, ok := unitTicks[unit]
		if !ok {
			return nil, fmt.Errorf("'datetime_diff' knows no unit '%s'", unit)
		}
		count = func(n int64) int64 { return n / size }
	}
	return func(a []types.Value, t types.Type) types.Value {
		if a[1].Null || a[2].Null {
			return types.Null(t)
		}
		return whole(count(a[1].Int)-count(a[2].Int), t)
	}, nil
}
