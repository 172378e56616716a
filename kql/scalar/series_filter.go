package scalar

import (
	"math"
	"math/cmplx"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var seriesFilterFunctions = []Function{
	{Name: "series_fill_backward", Params: dynamics(2), Result: types.Dynamic, Eval: fill(fillBackward)},
	{Name: "series_fill_const", Params: dynamics(3), Result: types.Dynamic, Eval: fillConst},
	{Name: "series_fill_forward", Params: dynamics(2), Result: types.Dynamic, Eval: fill(fillForward)},
	{Name: "series_fill_linear", Params: dynamics(4), Result: types.Dynamic, Eval: fillLinear},
	{Name: "series_fft", Params: dynamics(2), Result: types.Dynamic, Eval: fourier(false)},
	{Name: "series_fir", Params: dynamics(4), Result: types.Dynamic, Eval: fir},
	{Name: "series_ifft", Params: dynamics(2), Result: types.Dynamic, Eval: fourier(true)},
	{Name: "series_iir", Params: dynamics(3), Result: types.Dynamic, Eval: iir},
}

// missing tells which elements are missing: null, or the placeholder that the call names.
func missing(placeholder dynamic.Value) func(dynamic.Value) bool {
	return func(v dynamic.Value) bool {
		return v.Kind == dynamic.Null || placeholder.Kind != dynamic.Null && v.Same(placeholder)
	}
}

func fill(f func(items []dynamic.Value, gap func(dynamic.Value) bool)) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		items, ok := array(a[0])
		if !ok {
			return nullDynamic
		}
		f(items, missing(read(a[1])))
		return dynamic.List(items).Scalar()
	}
}

func fillForward(items []dynamic.Value, gap func(dynamic.Value) bool) {
	for i := 1; i < len(items); i++ {
		if gap(items[i]) {
			items[i] = items[i-1]
		}
	}
}

func fillBackward(items []dynamic.Value, gap func(dynamic.Value) bool) {
	for i := len(items) - 2; i >= 0; i-- {
		if gap(items[i]) {
			items[i] = items[i+1]
		}
	}
}

func fillConst(a []types.Value) types.Value {
	with := read(a[1])
	if a[1].Null {
		with = dynamic.Number(0)
	}
	return fill(func(items []dynamic.Value, gap func(dynamic.Value) bool) {
		for i := range items {
			if gap(items[i]) {
				items[i] = with
			}
		}
	})([]types.Value{a[0], a[2]})
}

// fillLinear interpolates; a[1] is the placeholder, a[2] says whether to fill the edges with
// the nearest value (yes if not given), a[3] the value of a series without any. A series of
// integers stays one.
func fillLinear(a []types.Value) types.Value {
	edges := read(a[2])
	fillEdges := edges.Kind != dynamic.Bool || edges.Int != 0
	return fill(func(items []dynamic.Value, gap func(dynamic.Value) bool) {
		last := -1
		for i := range items {
			if gap(items[i]) {
				continue
			}
			if i > last+1 {
				fillGap(items, last, i, fillEdges)
			}
			last = i
		}
		switch {
		case last < 0:
			with := read(a[3])
			if a[3].Null {
				with = dynamic.Number(0)
			}
			for i := range items {
				items[i] = with
			}
		case fillEdges:
			for i := last + 1; i < len(items); i++ {
				items[i] = items[last]
			}
		}
	})([]types.Value{a[0], a[1]})
}

// fillGap fills between the known positions from (-1: the start) and to.
func fillGap(items []dynamic.Value, from, to int, edges bool) {
	if from < 0 {
		for i := 0; i < to && edges; i++ {
			items[i] = items[to]
		}
		return
	}
	x, ok1 := items[from].Number()
	y, ok2 := items[to].Number()
	if !ok1 || !ok2 {
		return
	}
	step := (y - x) / float64(to-from)
	whole := !slices.ContainsFunc(items, func(v dynamic.Value) bool { return v.Kind == dynamic.Real })
	for i := from + 1; i < to; i++ {
		items[i] = dynamic.Float(x + step*float64(i-from))
		if whole {
			items[i] = dynamic.Number(int64(items[i].Real))
		}
	}
}

// flag reads an optional bool.
func flag(v types.Value, otherwise bool) bool {
	d := read(v)
	if d.Kind != dynamic.Bool {
		return otherwise
	}
	return d.Int != 0
}

// maxFilter bounds the coefficients of a filter.
const maxFilter = 1 << 10

// fir is the sum of the last elements, each times its coefficient. a[2] asks for coefficients
// that sum up to 1 (the default if none is negative), a[3] centres the window.
func fir(a []types.Value) types.Value {
	x, ok1 := series(a[0])
	filter, ok2 := series(a[1])
	if !ok1 || !ok2 || len(filter) == 0 || len(filter) > maxFilter {
		return nullDynamic
	}
	negative := false
	for _, f := range filter {
		negative = negative || f < 0
	}
	scale := 1.0
	if flag(a[2], !negative) {
		if negative {
			return nullDynamic
		}
		scale = sumOf(filter)
	}
	shift := 0
	if flag(a[3], false) {
		shift = (len(filter) - 1) / 2
	}
	out := make([]float64, len(x))
	for i := range out {
		sum := 0.0
		for j, f := range filter {
			if k := i + shift - j; k >= 0 && k < len(x) {
				sum += f * x[k]
			}
		}
		out[i] = sum / scale
	}
	return floats(out).Scalar()
}

// iir is an infinite impulse response filter with the numerators a[1] and denominators a[2].
func iir(a []types.Value) types.Value {
	x, ok1 := series(a[0])
	b, ok2 := series(a[1])
	c, ok3 := series(a[2])
	if !ok1 || !ok2 || !ok3 || len(b) == 0 || len(c) == 0 || len(b) > maxFilter || len(c) > maxFilter || c[0] == 0 {
		return nullDynamic
	}
	out := make([]float64, len(x))
	for i := range out {
		sum := 0.0
		for j := 0; j < len(b) && j <= i; j++ {
			sum += b[j] * x[i-j]
		}
		for j := 1; j < len(c) && j <= i; j++ {
			sum -= c[j] * out[i-j]
		}
		out[i] = sum / c[0]
	}
	return floats(out).Scalar()
}

// maxFourier bounds the length of a series that is transformed.
const maxFourier = 1 << 14

// fourier gives the real and the imaginary parts of a transform.
func fourier(inverse bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		re, ok := series(a[0])
		im, okIm := series(a[1])
		if !ok || len(re) > maxFourier || okIm && len(im) != len(re) {
			return nullDynamic
		}
		z := make([]complex128, len(re))
		for i := range z {
			z[i] = complex(re[i], 0)
			if okIm {
				z[i] = complex(re[i], im[i])
			}
		}
		z = transform(z, inverse)
		x, y := make([]float64, len(z)), make([]float64, len(z))
		for i, c := range z {
			if inverse {
				c /= complex(float64(len(z)), 0)
			}
			x[i], y[i] = real(c), imag(c)
		}
		return dynamic.List([]dynamic.Value{floats(x), floats(y)}).Scalar()
	}
}

// transform is the discrete Fourier transform: halving while the length is even, by
// definition for the rest.
func transform(z []complex128, inverse bool) []complex128 {
	n := len(z)
	if n <= 1 {
		return z
	}
	turn := -2 * math.Pi / float64(n)
	if inverse {
		turn = -turn
	}
	out := make([]complex128, n)
	if n%2 == 1 {
		for k := range out {
			for j, c := range z {
				out[k] += c * cmplx.Rect(1, turn*float64(j*k%n))
			}
		}
		return out
	}
	even, odd := make([]complex128, n/2), make([]complex128, n/2)
	for i := range even {
		even[i], odd[i] = z[2*i], z[2*i+1]
	}
	even, odd = transform(even, inverse), transform(odd, inverse)
	for k := range even {
		t := cmplx.Rect(1, turn*float64(k)) * odd[k]
		out[k], out[k+n/2] = even[k]+t, even[k]-t
	}
	return out
}
