package scalar

import (
	"math"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var seriesFitFunctions = []Function{
	{Name: "series_decompose", Params: dynamics(5), Result: types.Dynamic, Eval: seriesDecompose},
	{Name: "series_decompose_anomalies", Params: dynamics(7), Result: types.Dynamic, Eval: seriesAnomalies},
	{Name: "series_decompose_forecast", Params: dynamics(5), Result: types.Dynamic, Eval: seriesForecast},
	{Name: "series_fit_2lines", Params: dynamics(1), Result: types.Dynamic, Eval: fitTwoLines(false)},
	{Name: "series_fit_2lines_dynamic", Params: dynamics(1), Result: types.Dynamic, Eval: fitTwoLines(true)},
	{Name: "series_fit_line", Params: dynamics(1), Result: types.Dynamic, Eval: fitLine(false)},
	{Name: "series_fit_line_dynamic", Params: dynamics(1), Result: types.Dynamic, Eval: fitLine(true)},
	{Name: "series_fit_poly", Params: dynamics(3), Result: types.Dynamic, Eval: fitPoly},
	{Name: "series_outliers", Params: dynamics(2), Result: types.Dynamic, Eval: seriesOutliers},
	{Name: "series_seasonal", Params: dynamics(3), Result: types.Dynamic, Eval: seriesSeasonal},
}

// line is a regression of a series over the positions 0, 1 ..
type line struct {
	slope, intercept    float64
	rsquare             float64
	variance, rvariance float64 // of the series, and of its distance to the line
}

func (l line) at(i int) float64 { return l.intercept + l.slope*float64(i) }

// regress fits the line of least squares to x, whose first element has position start.
func regress(x []float64, start int) line {
	n := float64(len(x))
	mi := float64(start) + (n-1)/2
	mx := mean(x)
	var sxx, sxy float64
	for i, f := range x {
		d := float64(start+i) - mi
		sxx += d * d
		sxy += d * (f - mx)
	}
	var l line
	if sxx > 0 {
		l.slope = sxy / sxx
	}
	l.intercept = mx - l.slope*mi
	l.variance = variance(x)
	rest := make([]float64, len(x))
	for i, f := range x {
		rest[i] = f - l.at(start+i)
	}
	l.rvariance = variance(rest)
	if l.variance > 0 {
		l.rsquare = 1 - l.rvariance/l.variance
	}
	return l
}

func (l line) points(start, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = l.at(start + i)
	}
	return out
}

// finiteSeries reads a series of at least n numbers, all of them finite.
func finiteSeries(v types.Value, n int) ([]float64, bool) {
	x, ok := series(v)
	if !ok || len(x) < n {
		return nil, false
	}
	for _, f := range x {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, false
		}
	}
	return x, true
}

// named gives values as an array, or as a bag.
func named(bag bool, names []string, values []dynamic.Value) types.Value {
	if bag {
		return dynamic.Value{Kind: dynamic.Bag, Keys: names, Items: values}.Scalar()
	}
	return dynamic.List(values).Scalar()
}

func fitLine(bag bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		x, ok := finiteSeries(a[0], 2)
		if !ok {
			return nullDynamic
		}
		l := regress(x, 0)
		return named(bag, []string{"rsquare", "slope", "variance", "rvariance", "interception", "line_fit"}, []dynamic.Value{
			dynamic.Float(l.rsquare), dynamic.Float(l.slope), dynamic.Float(l.variance), dynamic.Float(l.rvariance),
			dynamic.Float(l.intercept), floats(l.points(0, len(x))),
		})
	}
}

// maxSplit bounds the series in which the best split of two lines is sought.
const maxSplit = 1 << 13

// fitTwoLines finds the split at which two lines leave the least.
func fitTwoLines(bag bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		x, ok := finiteSeries(a[0], 4)
		if !ok || len(x) > maxSplit {
			return nullDynamic
		}
		split, least := 0, math.Inf(1)
		rest := residuals(x)
		for at := 2; at <= len(x)-2; at++ {
			if r := rest(0, at) + rest(at, len(x)); r < least {
				split, least = at, r
			}
		}
		left, right := regress(x[:split], 0), regress(x[split:], 0)
		fit := append(left.points(0, split), right.points(0, len(x)-split)...)
		v := variance(x)
		off := make([]float64, len(x))
		for i := range off {
			off[i] = x[i] - fit[i]
		}
		rv, r2 := variance(off), 0.0
		if v > 0 {
			r2 = 1 - rv/v
		}
		f := dynamic.Float
		values := []dynamic.Value{f(r2), dynamic.Number(int64(split)), f(v), f(rv), floats(fit)}
		names := []string{"rsquare", "split_idx", "variance", "rvariance", "line_fit"}
		for _, half := range []struct {
			name string
			line
		}{{"right", right}, {"left", left}} {
			values = append(values, f(half.rsquare), f(half.slope), f(half.intercept), f(half.variance), f(half.rvariance))
			for _, n := range []string{"rsquare", "slope", "interception", "variance", "rvariance"} {
				if bag {
					names = append(names, half.name+"."+n)
				} else {
					names = append(names, half.name+"_"+n)
				}
			}
		}
		if bag {
			return twoLinesBag(values).Scalar()
		}
		return named(false, names, values)
	}
}

// twoLinesBag nests the measures of the halves.
func twoLinesBag(v []dynamic.Value) dynamic.Value {
	half := func(m []dynamic.Value) dynamic.Value {
		return dynamic.Value{Kind: dynamic.Bag, Keys: []string{"rsquare", "slope", "interception", "variance", "rvariance"}, Items: m}
	}
	return dynamic.Value{Kind: dynamic.Bag,
		Keys:  []string{"rsquare", "split_idx", "variance", "rvariance", "line_fit", "right", "left"},
		Items: append(slices.Clone(v[:5]), half(v[5:10]), half(v[10:15]))}
}

// residuals returns a function that gives the sum of squares that a line leaves of x[from:to].
func residuals(x []float64) func(from, to int) float64 {
	n := len(x)
	sx, sxx, six := make([]float64, n+1), make([]float64, n+1), make([]float64, n+1)
	for i, f := range x {
		sx[i+1] = sx[i] + f
		sxx[i+1] = sxx[i] + f*f
		six[i+1] = six[i] + float64(i)*f
	}
	return func(from, to int) float64 {
		m := float64(to - from)
		si := m * float64(from+to-1) / 2
		sii := m*(m*m-1)/12 + si*si/m // around the middle, moved back
		a, b, c := sx[to]-sx[from], sxx[to]-sxx[from], six[to]-six[from]
		dii, dix, dxx := sii-si*si/m, c-si*a/m, b-a*a/m
		if dii == 0 {
			return 0
		}
		return max(dxx-dix*dix/dii, 0)
	}
}

// maxDegree bounds the degree of a polynomial.
const maxDegree = 32

// fitPoly fits a polynomial of degree a[2] (5 if not given) to a series over a[1], or over its positions.
func fitPoly(a []types.Value) types.Value {
	y, ok := finiteSeries(a[0], 2)
	x, okX := finiteSeries(a[1], 2)
	degree := 5
	if d := read(a[2]); d.Kind == dynamic.Long {
		degree = int(min(max(d.Int, 0), maxDegree+1))
	}
	if !ok || degree > maxDegree || okX && len(x) != len(y) {
		return nullDynamic
	}
	if !okX {
		x = make([]float64, len(y))
		for i := range x {
			x[i] = float64(i)
		}
	}
	c, ok := polynomial(x, y, degree)
	if !ok {
		return nullDynamic
	}
	fit, off := make([]float64, len(y)), make([]float64, len(y))
	for i := range fit {
		for j := degree; j >= 0; j-- {
			fit[i] = fit[i]*x[i] + c[j]
		}
		off[i] = y[i] - fit[i]
	}
	v, rv, r2 := variance(y), variance(off), 0.0
	if v > 0 {
		r2 = 1 - rv/v
	}
	return dynamic.List([]dynamic.Value{dynamic.Float(r2), floats(c), dynamic.Float(v), dynamic.Float(rv), floats(fit)}).Scalar()
}

// polynomial solves least squares by Householder reflections; coefficients of the lowest power first.
func polynomial(x, y []float64, degree int) ([]float64, bool) {
	rows, cols := len(x), degree+1
	if rows < cols {
		return nil, false
	}
	m := make([][]float64, rows)
	for i := range m {
		m[i] = make([]float64, cols+1)
		p := 1.0
		for j := range cols {
			m[i][j] = p
			p *= x[i]
		}
		m[i][cols] = y[i]
	}
	for j := range cols {
		norm := 0.0
		for i := j; i < rows; i++ {
			norm = math.Hypot(norm, m[i][j])
		}
		if norm == 0 {
			return nil, false
		}
		if m[j][j] > 0 {
			norm = -norm
		}
		v := make([]float64, rows-j)
		for i := j; i < rows; i++ {
			v[i-j] = m[i][j]
		}
		v[0] -= norm
		vv := dot(v, v)
		for k := j; k <= cols; k++ {
			s := 0.0
			for i := j; i < rows; i++ {
				s += v[i-j] * m[i][k]
			}
			for i := j; i < rows; i++ {
				m[i][k] -= 2 * s / vv * v[i-j]
			}
		}
	}
	c := make([]float64, cols)
	for j := cols - 1; j >= 0; j-- {
		s := m[j][cols]
		for k := j + 1; k < cols; k++ {
			s -= m[j][k] * c[k]
		}
		c[j] = s / m[j][j]
	}
	return c, true
}
