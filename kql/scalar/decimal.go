package scalar

import (
	"math"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// decimals computes with 34 digits, as IEEE 754 decimal128 does.
var decimals = func() *apd.Context {
	c := apd.BaseContext.WithPrecision(34)
	c.Rounding = apd.RoundHalfEven
	c.MaxExponent, c.MinExponent = 6144, -6143
	c.Traps = 0
	return c
}()

var decimalPair = []types.Type{types.Decimal, types.Decimal}

var decimalFunctions = []Function{
	{Name: "decimal_abs", Params: decimalPair[:1], Result: types.Decimal, Eval: decimalUnary(decimals.Abs)},
	{Name: "decimal_add", Params: decimalPair, Result: types.Decimal, Eval: decimalBinary(decimals.Add)},
	{Name: "decimal_avg", Params: []types.Type{types.Dynamic}, Result: types.Decimal, Eval: decimalAvg},
	{Name: "decimal_bin", Params: decimalPair, Result: types.Decimal, Eval: decimalBinary(decimalBin)},
	{Name: "decimal_bin_at", Params: []types.Type{types.Decimal, types.Decimal, types.Decimal}, Result: types.Decimal, Eval: decimalBinAt},
	{Name: "decimal_ceiling", Params: decimalPair[:1], Result: types.Decimal, Eval: decimalUnary(decimals.Ceil)},
	{Name: "decimal_compare", Params: decimalPair, Result: types.Long, Eval: decimalCompare},
	{Name: "decimal_divide", Params: decimalPair, Result: types.Decimal, Eval: decimalBinary(decimals.Quo)},
	{Name: "decimal_extreme", Params: []types.Type{types.Decimal, types.Decimal, types.Bool}, Result: types.Decimal, Eval: decimalExtreme},
	{Name: "decimal_extremes", Params: []types.Type{types.Dynamic, types.Bool}, Result: types.Decimal, Eval: decimalExtremes},
	{Name: "decimal_long", Params: decimalPair[:1], Result: types.Long, Eval: decimalLong},
	{Name: "decimal_modulo", Params: decimalPair, Result: types.Decimal, Eval: decimalBinary(decimalModulo)},
	{Name: "decimal_multiply", Params: decimalPair, Result: types.Decimal, Eval: decimalBinary(decimals.Mul)},
	{Name: "decimal_round", Params: []types.Type{types.Decimal, types.Long}, Result: types.Decimal, Eval: decimalRound},
	{Name: "decimal_subtract", Params: decimalPair, Result: types.Decimal, Eval: decimalBinary(decimals.Sub)},
	{Name: "decimal_sum", Params: []types.Type{types.Dynamic}, Result: types.Decimal, Eval: decimalSum},
	{Name: "parse_version", Params: []types.Type{types.String}, Result: types.Decimal, Eval: parseVersion},
	{Name: "real_decimal", Params: []types.Type{types.Real}, Result: types.Decimal, Eval: realDecimal},
	{Name: "todecimal", Params: []types.Type{types.String}, Result: types.Decimal, Eval: toDecimal},
}

// parseDecimal reads digits with an optional sign, point and exponent.
func parseDecimal(s string) (*apd.Decimal, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 256 || strings.Trim(s, "+-0123456789.eE") != "" {
		return nil, false
	}
	var d apd.Decimal
	if _, _, err := decimals.SetString(&d, s); err != nil || d.Form != apd.Finite {
		return nil, false
	}
	return &d, true
}

// decimalValue writes a decimal in its canonical digits; what is no number is null.
func decimalValue(d *apd.Decimal) types.Value {
	if d.Form != apd.Finite {
		return nullDecimal
	}
	d.Reduce(d)
	if d.IsZero() {
		return types.Value{Type: types.Decimal, Str: "0"}
	}
	format := byte('f')
	if d.Exponent > 40 || d.Exponent < -60 {
		format = 'E'
	}
	return types.Value{Type: types.Decimal, Str: d.Text(format)}
}

func decimalBinary(op func(d, x, y *apd.Decimal) (apd.Condition, error)) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		x, ok1 := parseDecimal(a[0].Str)
		y, ok2 := parseDecimal(a[1].Str)
		if a[0].Null || a[1].Null || !ok1 || !ok2 {
			return nullDecimal
		}
		var d apd.Decimal
		if _, err := op(&d, x, y); err != nil {
			return nullDecimal
		}
		return decimalValue(&d)
	}
}

func decimalUnary(op func(d, x *apd.Decimal) (apd.Condition, error)) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		x, ok := parseDecimal(a[0].Str)
		if a[0].Null || !ok {
			return nullDecimal
		}
		var d apd.Decimal
		if _, err := op(&d, x); err != nil {
			return nullDecimal
		}
		return decimalValue(&d)
	}
}

// decimalModulo is never negative.
func decimalModulo(d, x, y *apd.Decimal) (apd.Condition, error) {
	c, err := decimals.Rem(d, x, y)
	if err == nil && d.Negative && !d.IsZero() {
		var abs apd.Decimal
		abs.Abs(y)
		return decimals.Add(d, d, &abs)
	}
	return c, err
}

func decimalBin(d, x, size *apd.Decimal) (apd.Condition, error) {
	if size.Negative || size.IsZero() {
		d.Form = apd.NaN
		return 0, nil
	}
	var q apd.Decimal
	if c, err := decimals.Quo(&q, x, size); err != nil {
		return c, err
	}
	if c, err := decimals.Floor(&q, &q); err != nil {
		return c, err
	}
	return decimals.Mul(d, &q, size)
}

func decimalBinAt(a []types.Value) types.Value {
	shifted := decimalBinary(decimals.Sub)([]types.Value{a[0], a[2]})
	return decimalBinary(decimals.Add)([]types.Value{decimalBinary(decimalBin)([]types.Value{shifted, a[1]}), a[2]})
}

func decimalCompare(a []types.Value) types.Value {
	x, ok1 := parseDecimal(a[0].Str)
	y, ok2 := parseDecimal(a[1].Str)
	if a[0].Null || a[1].Null || !ok1 || !ok2 {
		return nullLong
	}
	return long(int64(x.Cmp(y)))
}

// decimalExtreme is the lesser of two decimals if a[2] is true, else the greater; null yields.
func decimalExtreme(a []types.Value) types.Value {
	if a[0].Null {
		return a[1]
	}
	if a[1].Null {
		return a[0]
	}
	c := decimalCompare(a[:2])
	if !c.Null && (c.Int > 0) == (a[2].Int != 0) && c.Int != 0 {
		return a[1]
	}
	return a[0]
}

func decimalExtremes(a []types.Value) types.Value {
	best := nullDecimal
	for _, item := range read(a[0]).Items {
		best = decimalExtreme([]types.Value{best, {Type: types.Decimal, Str: item.String()}, a[1]})
	}
	return best
}

// total sums the decimals of an array.
func total(v types.Value) (sum *apd.Decimal, n int64) {
	sum = new(apd.Decimal)
	for _, item := range read(v).Items {
		d, ok := parseDecimal(item.String())
		if !ok {
			continue
		}
		if _, err := decimals.Add(sum, sum, d); err != nil {
			continue
		}
		n++
	}
	return sum, n
}

func decimalSum(a []types.Value) types.Value {
	sum, _ := total(a[0])
	return decimalValue(sum)
}

func decimalAvg(a []types.Value) types.Value {
	sum, n := total(a[0])
	if n == 0 {
		return nullDecimal
	}
	if _, err := decimals.Quo(sum, sum, apd.New(n, 0)); err != nil {
		return nullDecimal
	}
	return decimalValue(sum)
}

func decimalRound(a []types.Value) types.Value {
	x, ok := parseDecimal(a[0].Str)
	if a[0].Null || a[1].Null || !ok || a[1].Int < -6000 || a[1].Int > 6000 {
		return nullDecimal
	}
	var d apd.Decimal
	c := *decimals
	c.Rounding = apd.RoundHalfUp
	if _, err := c.Quantize(&d, x, int32(-a[1].Int)); err != nil || d.Form != apd.Finite {
		return decimalValue(x)
	}
	return decimalValue(&d)
}

// decimalLong cuts off the fraction; null if the rest is no long.
func decimalLong(a []types.Value) types.Value {
	x, ok := parseDecimal(a[0].Str)
	if a[0].Null || !ok {
		return nullLong
	}
	var d apd.Decimal
	c := *decimals
	c.Rounding = apd.RoundDown
	if _, err := c.RoundToIntegralValue(&d, x); err != nil {
		return nullLong
	}
	n, err := d.Int64()
	if err != nil {
		return nullLong
	}
	return long(n)
}

// realDecimal takes the shortest digits that identify the real.
func realDecimal(a []types.Value) types.Value {
	f := a[0].Real
	if a[0].Null || math.IsNaN(f) || math.IsInf(f, 0) {
		return nullDecimal
	}
	return toDecimal([]types.Value{text(strconv.FormatFloat(f, 'g', -1, 64))})
}

func toDecimal(a []types.Value) types.Value {
	d, ok := parseDecimal(a[0].Str)
	if !ok {
		return nullDecimal
	}
	return decimalValue(d)
}

// parseVersion gives each of up to four parts eight digits.
func parseVersion(a []types.Value) types.Value {
	parts := strings.Split(strings.TrimSpace(a[0].Str), ".")
	if len(parts) > 4 {
		return nullDecimal
	}
	var b strings.Builder
	for i := range 4 {
		p := "0"
		if i < len(parts) {
			p = parts[i]
		}
		n, err := strconv.ParseUint(p, 10, 32)
		if err != nil || n >= 1e8 {
			return nullDecimal
		}
		b.Write(padded(nil, int64(n), 8))
	}
	return toDecimal([]types.Value{text(b.String())})
}
