package scalar

import (
	"math"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

var mathFunctions = []Function{
	{Name: "beta_cdf", Params: reals(3), Result: types.Real, Eval: ofReals(betaDistribution)},
	{Name: "beta_inv", Params: reals(3), Result: types.Real, Eval: betaInverse},
	{Name: "beta_pdf", Params: reals(3), Result: types.Real, Eval: ofReals(betaDensity)},
	{Name: "binary_shift_left", Params: []types.Type{types.Long, types.Long}, Result: types.Long, Eval: shift(true)},
	{Name: "binary_shift_right", Params: []types.Type{types.Long, types.Long}, Result: types.Long, Eval: shift(false)},
	{Name: "erf", Params: reals(1), Result: types.Real, Eval: ofReals(func(a []float64) float64 { return math.Erf(a[0]) })},
	{Name: "erfc", Params: reals(1), Result: types.Real, Eval: ofReals(func(a []float64) float64 { return math.Erfc(a[0]) })},
	{Name: "gamma", Params: reals(1), Result: types.Real, Eval: ofReals(func(a []float64) float64 { return math.Gamma(a[0]) })},
	{Name: "loggamma", Params: reals(1), Result: types.Real, Eval: ofReals(func(a []float64) float64 { return logGamma(a[0]) })},
	{Name: "welch_test", Params: reals(6), Result: types.Real, Eval: ofReals(welchTest)},
}

func reals(n int) []types.Type {
	t := make([]types.Type, n)
	for i := range t {
		t[i] = types.Real
	}
	return t
}

// ofReals makes a function of reals null if an argument is null.
func ofReals(f func([]float64) float64) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		x := make([]float64, len(a))
		for i, v := range a {
			if v.Null {
				return nullReal
			}
			x[i] = v.Real
		}
		return realOf(f(x))
	}
}

// shift moves the bits of a long; of the distance the low six bits count, a negative one gives null.
func shift(left bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		if a[0].Null || a[1].Null || a[1].Int < 0 {
			return nullLong
		}
		by := uint(a[1].Int) % 64
		if left {
			return long(a[0].Int << by)
		}
		return long(a[0].Int >> by)
	}
}

func logGamma(x float64) float64 {
	g, _ := math.Lgamma(x)
	return g
}

// betaCDF is the regularised incomplete beta function, by its continued fraction
// (Abramowitz and Stegun 26.5.8).
func betaCDF(x, a, b float64) float64 {
	switch {
	case !(a > 0) || !(b > 0) || math.IsNaN(x):
		return math.NaN()
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	}
	front := math.Exp(logGamma(a+b) - logGamma(a) - logGamma(b) + a*math.Log(x) + b*math.Log1p(-x))
	if x < (a+1)/(a+b+2) {
		return front * betaFraction(x, a, b) / a
	}
	return 1 - front*betaFraction(1-x, b, a)/b
}

func betaFraction(x, a, b float64) float64 {
	const tiny = 1e-300
	guard := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/guard(1-(a+b)*x/(a+1))
	h := d
	for m := 1.0; m <= 1000; m++ {
		for _, n := range [2]float64{
			m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)),
			-(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1)),
		} {
			d = 1 / guard(1+n*d)
			c = guard(1 + n/c)
			h *= d * c
		}
		if math.Abs(d*c-1) < 1e-16 {
			break
		}
	}
	return h
}

// maxBeta is the greatest parameter of the beta distribution that beta_cdf takes.
const maxBeta = 10000

// betaDistribution is betaCDF within the distribution, NaN outside.
func betaDistribution(v []float64) float64 {
	x, a, b := v[0], v[1], v[2]
	if x < 0 || x > 1 || a > maxBeta || b > maxBeta {
		return math.NaN()
	}
	return betaCDF(x, a, b)
}

// betaInverse finds x by halving: the distribution rises. What is no probability gives null.
func betaInverse(v []types.Value) types.Value {
	if v[0].Null || v[1].Null || v[2].Null {
		return nullReal
	}
	p, a, b := v[0].Real, v[1].Real, v[2].Real
	switch {
	case !(a > 0) || !(b > 0) || math.IsNaN(p):
		return realOf(math.NaN())
	case p <= 0 || p > 1:
		return nullReal
	case p == 1:
		return realOf(1)
	}
	low, high := 0.0, 1.0
	for range 200 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if betaCDF(mid, a, b) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return realOf((low + high) / 2)
}

func betaDensity(v []float64) float64 {
	x, a, b := v[0], v[1], v[2]
	if !(a > 0) || !(b > 0) || x <= 0 || x >= 1 {
		return math.NaN()
	}
	return math.Exp(logGamma(a+b)-logGamma(a)-logGamma(b)) * math.Pow(x, a-1) * math.Pow(1-x, b-1)
}

// welchTest gives the two-sided p-value of Welch's test from the means, variances and
// sizes of two samples.
func welchTest(v []float64) float64 {
	m1, v1, n1, m2, v2, n2 := v[0], v[1], v[2], v[3], v[4], v[5]
	s1, s2 := v1/n1, v2/n2
	t := (m1 - m2) / math.Sqrt(s1+s2)
	freedom := (s1 + s2) * (s1 + s2) / (s1*s1/(n1-1) + s2*s2/(n2-1))
	return betaCDF(freedom/(freedom+t*t), freedom/2, 0.5)
}
