package scalar

import (
	"math"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// dynamics are n dynamic parameters.
func dynamics(n int) []types.Type {
	t := make([]types.Type, n)
	for i := range t {
		t[i] = types.Dynamic
	}
	return t
}

var seriesFunctions = []Function{
	{Name: "series_add", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(numbersBy(func(x, y float64) float64 { return x + y }, "+"))},
	{Name: "series_subtract", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(numbersBy(func(x, y float64) float64 { return x - y }, "-"))},
	{Name: "series_multiply", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(numbersBy(func(x, y float64) float64 { return x * y }, "*"))},
	{Name: "series_divide", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(numbersBy(func(x, y float64) float64 { return x / y }, ""))},
	{Name: "series_pow", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(numbersBy(math.Pow, ""))},
	{Name: "series_equals", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(compareBy(func(x, y float64) bool { return x == y }))},
	{Name: "series_not_equals", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(compareBy(func(x, y float64) bool { return x != y }))},
	{Name: "series_greater", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(compareBy(func(x, y float64) bool { return x > y }))},
	{Name: "series_greater_equals", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(compareBy(func(x, y float64) bool { return x >= y }))},
	{Name: "series_less", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(compareBy(func(x, y float64) bool { return x < y }))},
	{Name: "series_less_equals", Params: dynamics(2), Result: types.Dynamic, Eval: elementwise(compareBy(func(x, y float64) bool { return x <= y }))},
	{Name: "series_abs", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Abs)},
	{Name: "series_acos", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Acos)},
	{Name: "series_asin", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Asin)},
	{Name: "series_atan", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Atan)},
	{Name: "series_ceiling", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Ceil)},
	{Name: "series_cos", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Cos)},
	{Name: "series_exp", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Exp)},
	{Name: "series_floor", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Floor)},
	{Name: "series_log", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Log)},
	{Name: "series_sign", Params: dynamics(1), Result: types.Dynamic, Eval: each(sign)},
	{Name: "series_sin", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Sin)},
	{Name: "series_tan", Params: dynamics(1), Result: types.Dynamic, Eval: each(math.Tan)},
	{Name: "series_cosine_similarity", Params: dynamics(2), Result: types.Real, Eval: paired(cosine)},
	{Name: "series_dot_product", Params: dynamics(2), Result: types.Real, Eval: dotProduct},
	{Name: "series_magnitude", Params: dynamics(1), Result: types.Real, Eval: reduce(magnitude)},
	{Name: "series_pearson_correlation", Params: dynamics(2), Result: types.Real, Eval: correlation},
	{Name: "series_product", Params: dynamics(1), Result: types.Real, Eval: reduce(product)},
	{Name: "series_sum", Params: dynamics(1), Result: types.Real, Eval: reduce(sumOf)},
	{Name: "series_stats", Params: dynamics(2), Result: types.Dynamic, Eval: func(a []types.Value) types.Value { return seriesStats(a, false) }},
	{Name: "series_stats_dynamic", Params: dynamics(2), Result: types.Dynamic, Eval: func(a []types.Value) types.Value { return seriesStats(a, true) }},
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

// elementwise applies f to the elements of two series, or of a series and a number. Elements
// that are no numbers, or that one series lacks, give null.
func elementwise(f func(x, y dynamic.Value) dynamic.Value) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		x, y := read(a[0]), read(a[1])
		n := max(len(x.Items), len(y.Items))
		_, xn := x.Number()
		_, yn := y.Number()
		switch {
		case x.Kind == dynamic.Array && y.Kind == dynamic.Array:
		case x.Kind == dynamic.Array && yn, xn && y.Kind == dynamic.Array:
		default:
			return nullDynamic
		}
		out := make([]dynamic.Value, n)
		for i := range out {
			p, q := x, y
			if !xn {
				p = x.Index(int64(i))
			}
			if !yn {
				q = y.Index(int64(i))
			}
			out[i] = f(p, q)
		}
		return dynamic.List(out).Scalar()
	}
}

// numbersBy computes with reals, or with longs where both are and op has a meaning for them.
func numbersBy(f func(x, y float64) float64, op string) func(x, y dynamic.Value) dynamic.Value {
	return func(x, y dynamic.Value) dynamic.Value {
		if op != "" && x.Kind == dynamic.Long && y.Kind == dynamic.Long {
			return longArithmetic(op, x.Int, y.Int)
		}
		p, ok1 := x.Number()
		q, ok2 := y.Number()
		if !ok1 || !ok2 {
			return dynamic.Value{}
		}
		return dynamic.Float(f(p, q))
	}
}

func compareBy(f func(x, y float64) bool) func(x, y dynamic.Value) dynamic.Value {
	return func(x, y dynamic.Value) dynamic.Value {
		p, ok1 := x.Number()
		q, ok2 := y.Number()
		if !ok1 || !ok2 {
			return dynamic.Value{}
		}
		return dynamic.Truth(f(p, q))
	}
}

// each applies f to every number of a series; other elements become null.
func each(f func(float64) float64) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		items, ok := array(a[0])
		if !ok {
			return nullDynamic
		}
		out := make([]dynamic.Value, len(items))
		for i, item := range items {
			if x, ok := item.Number(); ok {
				out[i] = dynamic.Float(f(x))
			}
		}
		return dynamic.List(out).Scalar()
	}
}

// series reads a series of numbers; other elements are NaN.
func series(v types.Value) ([]float64, bool) {
	items, ok := array(v)
	if !ok {
		return nil, false
	}
	out := make([]float64, len(items))
	for i, item := range items {
		out[i], _ = item.Number()
	}
	return out, true
}

// floats makes a series.
func floats(x []float64) dynamic.Value {
	out := make([]dynamic.Value, len(x))
	for i, f := range x {
		out[i] = dynamic.Float(f)
	}
	return dynamic.List(out)
}

// numbers are the elements of a series that are numbers.
func numbers(x []float64) []float64 {
	out := make([]float64, 0, len(x))
	for _, f := range x {
		if !math.IsNaN(f) {
			out = append(out, f)
		}
	}
	return out
}

func reduce(f func([]float64) float64) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		x, ok := series(a[0])
		if !ok {
			return nullReal
		}
		return realOf(f(numbers(x)))
	}
}

func sumOf(x []float64) float64 {
	s := 0.0
	for _, f := range x {
		s += f
	}
	return s
}

func product(x []float64) float64 {
	p := 1.0
	for _, f := range x {
		p *= f
	}
	return p
}

func magnitude(x []float64) float64 {
	s := 0.0
	for _, f := range x {
		s += f * f
	}
	return math.Sqrt(s)
}

// paired applies f to the pairs of numbers of two series; what one of them lacks is left out.
func paired(f func(x, y []float64) float64) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		x, ok1 := series(a[0])
		y, ok2 := series(a[1])
		if !ok1 || !ok2 || len(x) == 0 || len(y) == 0 {
			return nullReal
		}
		n := 0
		for i := range min(len(x), len(y)) {
			if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
				x[n], y[n] = x[i], y[i]
				n++
			}
		}
		return realOf(f(x[:n], y[:n]))
	}
}

// correlation is null for series that are of different lengths or hold anything but numbers.
func correlation(a []types.Value) types.Value {
	x, ok1 := series(a[0])
	y, ok2 := series(a[1])
	if !ok1 || !ok2 || len(x) != len(y) || len(x) == 0 || slices.ContainsFunc(x, math.IsNaN) || slices.ContainsFunc(y, math.IsNaN) {
		return nullReal
	}
	return realOf(pearson(x, y))
}

func dot(x, y []float64) float64 {
	s := 0.0
	for i := range x {
		s += x[i] * y[i]
	}
	return s
}

func cosine(x, y []float64) float64 { return dot(x, y) / (magnitude(x) * magnitude(y)) }

func dotProduct(a []types.Value) types.Value {
	x, y := read(a[0]), read(a[1])
	if f, ok := y.Number(); ok && x.Kind == dynamic.Array {
		s, _ := series(a[0])
		return realOf(f * sumOf(numbers(s)))
	}
	if f, ok := x.Number(); ok && y.Kind == dynamic.Array {
		s, _ := series(a[1])
		return realOf(f * sumOf(numbers(s)))
	}
	return paired(dot)(a)
}

func mean(x []float64) float64 { return sumOf(x) / float64(len(x)) }

func pearson(x, y []float64) float64 {
	mx, my := mean(x), mean(y)
	var sxy, sxx, syy float64
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		sxy += dx * dy
		sxx += dx * dx
		syy += dy * dy
	}
	return sxy / (math.Sqrt(sxx) * math.Sqrt(syy))
}

// variance is that of a sample, 0 of fewer than two values.
func variance(x []float64) float64 {
	if len(x) < 2 {
		return 0
	}
	m, s := mean(x), 0.0
	for _, f := range x {
		s += (f - m) * (f - m)
	}
	return s / float64(len(x)-1)
}

// seriesStats gives min, min_idx, max, max_idx, avg, stdev and variance as an array, or as a
// bag with sum and len too. a[1] says whether to leave out what is not finite, which else makes
// them null.
func seriesStats(a []types.Value, bag bool) types.Value {
	all, ok := series(a[0])
	if !ok {
		return nullDynamic
	}
	skip := flag(a[1], false)
	var x []float64
	low, high := -1, -1
	for i, f := range all {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			if !skip {
				return nullDynamic
			}
			continue
		}
		x = append(x, f)
		if low < 0 || f < all[low] {
			low = i
		}
		if high < 0 || f > all[high] {
			high = i
		}
	}
	if len(x) == 0 {
		return nullDynamic
	}
	v := variance(x)
	names := []string{"min", "min_idx", "max", "max_idx", "avg", "stdev", "variance", "sum", "len"}
	values := []dynamic.Value{
		dynamic.Float(all[low]), dynamic.Number(int64(low)), dynamic.Float(all[high]), dynamic.Number(int64(high)),
		dynamic.Float(mean(x)), dynamic.Float(math.Sqrt(v)), dynamic.Float(v), dynamic.Float(sumOf(x)), dynamic.Number(int64(len(x))),
	}
	if bag {
		return dynamic.Value{Kind: dynamic.Bag, Keys: names, Items: values}.Scalar()
	}
	return dynamic.List(values[:7]).Scalar()
}
