package dynamic

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// AppendReal appends a real as Kusto prints it: 1.0, 0.1, 1e-7, inf, NaN. The digits are
// the shortest that identify the value, cut off below its upper neighbour and not
// rounded: 0.1 + 0.2 is 0.30000000000000007. Source: observed on the engine; the
// algorithm is Grisu2 without its rounding step (Loitsch, "Printing Floating-Point
// Numbers Quickly and Accurately with Integers", 2010).
func AppendReal(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	}
	if math.Signbit(f) {
		b = append(b, '-')
		f = -f
	}
	if f == 0 {
		return append(b, "0.0"...)
	}
	digits, exp := grisu2(f)
	return layout(b, digits, exp)
}

// FormatReal is AppendReal as a string.
func FormatReal(f float64) string { return string(AppendReal(nil, f)) }

// layout writes digits * 10^exp with a decimal point, or with an exponent where the
// number is very large or small.
func layout(b, digits []byte, exp int) []byte {
	n := len(digits)
	point := n + exp // 10^(point-1) <= value < 10^point
	switch {
	case exp >= 0 && point <= 21:
		b = append(b, digits...)
		for range exp {
			b = append(b, '0')
		}
		return append(b, ".0"...)
	case point > 0 && point <= 21:
		b = append(b, digits[:point]...)
		b = append(b, '.')
		return append(b, digits[point:]...)
	case point > -6 && point <= 0:
		b = append(b, "0."...)
		for range -point {
			b = append(b, '0')
		}
		return append(b, digits...)
	}
	b = append(b, digits[0])
	if n > 1 {
		b = append(b, '.')
		b = append(b, digits[1:]...)
	}
	b = append(b, 'e')
	return strconv.AppendInt(b, int64(point-1), 10)
}

// fp is an unsigned floating-point number f * 2^e.
type fp struct {
	f uint64
	e int
}

func (x fp) normal() fp {
	s := bits.LeadingZeros64(x.f)
	return fp{x.f << s, x.e - s}
}

func (x fp) times(y fp) fp {
	hi, lo := bits.Mul64(x.f, y.f)
	if lo>>63 != 0 {
		hi++
	}
	return fp{hi, x.e + y.e + 64}
}

// powers are 10^-348, 10^-340 .. 10^340, rounded to 64 bits.
var powers = func() (p [87]fp) {
	for i := range p {
		p[i] = power(-348 + 8*i)
	}
	return p
}()

func power(n int) fp {
	if n < 0 {
		num := new(big.Int).Lsh(big.NewInt(1), 1300)
		den := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-n)), nil)
		return rounded(num.Quo(num, den), -1300)
	}
	return rounded(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil), 0)
}

func rounded(x *big.Int, e int) fp {
	shift := x.BitLen() - 64
	if shift <= 0 {
		return fp{x.Uint64(), e}.normal()
	}
	half := x.Bit(shift - 1)
	return fp{new(big.Int).Rsh(x, uint(shift)).Uint64() + uint64(half), e + shift}
}

// grisu2 returns the decimal digits and the exponent of f > 0.
func grisu2(f float64) (digits []byte, exp int) {
	const hidden = 1 << 52
	raw := math.Float64bits(f)
	v := fp{raw & (hidden - 1), int(raw>>52&0x7FF) - 1075}
	if v.e == -1075 {
		v.e++
	} else {
		v.f |= hidden
	}
	upper := fp{v.f<<1 + 1, v.e - 1}.normal()
	lower := fp{v.f<<1 - 1, v.e - 1}
	if v.f == hidden {
		lower = fp{v.f<<2 - 1, v.e - 2}
	}
	lower = fp{lower.f << (lower.e - upper.e), upper.e}

	scale, k := cachedPower(upper.e)
	hi, lo := upper.times(scale), lower.times(scale)
	hi.f--
	lo.f++
	return generate(hi, hi.f-lo.f, k)
}

func cachedPower(e int) (fp, int) {
	dk := float64(-61-e)*0.30102999566398114 + 347
	k := int(dk)
	if dk-float64(k) > 0 {
		k++
	}
	i := k>>3 + 1
	return powers[i], 348 - i<<3
}

func generate(hi fp, delta uint64, k int) ([]byte, int) {
	shift := uint(-hi.e)
	one := uint64(1) << shift
	p1, p2 := hi.f>>shift, hi.f&(one-1)
	digits := make([]byte, 0, 20)
	kappa := len(strconv.FormatUint(p1, 10))
	div := pow10(kappa - 1)
	for kappa > 0 {
		d := p1 / div
		p1 %= div
		if d != 0 || len(digits) > 0 {
			digits = append(digits, '0'+byte(d))
		}
		kappa--
		if p1<<shift+p2 <= delta {
			return digits, k + kappa
		}
		div /= 10
	}
	for {
		p2 *= 10
		delta *= 10
		if d := p2 >> shift; d != 0 || len(digits) > 0 {
			digits = append(digits, '0'+byte(d))
		}
		p2 &= one - 1
		kappa--
		if p2 < delta {
			return digits, k + kappa
		}
	}
}

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
