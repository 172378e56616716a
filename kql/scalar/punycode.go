package scalar

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

var punycodeFunctions = []Function{
	{Name: "punycode_decode", Params: []types.Type{types.String}, Result: types.String, Eval: punycodeText(decodePunycode)},
	{Name: "punycode_domain_decode", Params: []types.Type{types.String}, Result: types.String, Eval: domainDecode},
	{Name: "punycode_domain_encode", Params: []types.Type{types.String}, Result: types.String, Eval: domainEncode},
	{Name: "punycode_encode", Params: []types.Type{types.String}, Result: types.String, Eval: punycodeText(encodePunycode)},
}

func punycodeText(f func(string) (string, bool)) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		s, ok := f(a[0].Str)
		if !ok {
			return text("")
		}
		return text(s)
	}
}

// domainDecode decodes the labels of a domain name that begin with xn--.
func domainDecode(a []types.Value) types.Value {
	labels := strings.Split(a[0].Str, ".")
	for i, l := range labels {
		if rest, ok := strings.CutPrefix(l, "xn--"); ok {
			d, ok := decodePunycode(rest)
			if !ok {
				return text("")
			}
			labels[i] = d
		}
	}
	return text(strings.Join(labels, "."))
}

// dots are the characters that part the labels of a domain name (RFC 3490 section 3.1).
var dots = strings.NewReplacer("\u3002", ".", "\uFF0E", ".", "\uFF61", ".")

// domainEncode encodes the labels of a domain name that are not ASCII.
func domainEncode(a []types.Value) types.Value {
	labels := strings.Split(dots.Replace(a[0].Str), ".")
	for i, l := range labels {
		if isASCII(l) {
			continue
		}
		e, ok := encodePunycode(l)
		if !ok {
			return text("")
		}
		labels[i] = "xn--" + e
	}
	return text(strings.Join(labels, "."))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Parameters of Punycode, RFC 3492 section 5.
const (
	punyBase  = 36
	punyTMin  = 1
	punyTMax  = 26
	punySkew  = 38
	punyDamp  = 700
	punyBias  = 72
	punyFirst = 128
	punyMax   = 4096 // characters of a text that is encoded or decoded: the algorithm is quadratic
)

func punyAdapt(delta, count int32, first bool) int32 {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / count
	k := int32(0)
	for delta > (punyBase-punyTMin)*punyTMax/2 {
		delta /= punyBase - punyTMin
		k += punyBase
	}
	return k + (punyBase-punyTMin+1)*delta/(delta+punySkew)
}

func punyThreshold(k, bias int32) int32 { return min(max(k-bias, punyTMin), punyTMax) }

func decodePunycode(s string) (string, bool) {
	if len(s) > punyMax || !isASCII(s) {
		return "", false
	}
	var out []rune
	if i := strings.LastIndexByte(s, '-'); i >= 0 {
		out = []rune(s[:i])
		s = s[i+1:]
	}
	n, i, bias := int32(punyFirst), int32(0), int32(punyBias)
	for len(s) > 0 {
		start, w := i, int32(1)
		for k := int32(punyBase); ; k += punyBase {
			if s == "" {
				return "", false
			}
			d, ok := punyDigit(s[0])
			s = s[1:]
			if !ok || d > (math.MaxInt32-i)/w {
				return "", false
			}
			i += d * w
			t := punyThreshold(k, bias)
			if d < t {
				break
			}
			if w > math.MaxInt32/(punyBase-t) {
				return "", false
			}
			w *= punyBase - t
		}
		count := int32(len(out) + 1)
		bias = punyAdapt(i-start, count, start == 0)
		n += i / count
		i %= count
		if n < 0 || n > utf8.MaxRune || !utf8.ValidRune(n) {
			return "", false
		}
		out = append(out, 0)
		copy(out[i+1:], out[i:])
		out[i] = n
		i++
	}
	return string(out), true
}

func punyDigit(c byte) (int32, bool) {
	switch {
	case c >= '0' && c <= '9':
		return int32(c-'0') + 26, true
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		return int32(c | 0x20 - 'a'), true
	}
	return 0, false
}

func encodePunycode(s string) (string, bool) {
	runes := []rune(s)
	if len(runes) > punyMax {
		return "", false
	}
	var b strings.Builder
	for _, r := range runes {
		if r < punyFirst {
			b.WriteRune(r)
		}
	}
	basic := int32(b.Len())
	if basic > 0 {
		b.WriteByte('-')
	}
	n, delta, bias := int32(punyFirst), int32(0), int32(punyBias)
	for h := basic; int(h) < len(runes); {
		next := rune(math.MaxInt32)
		for _, r := range runes {
			if r >= n && r < next {
				next = r
			}
		}
		if next-n > (math.MaxInt32-delta)/(h+1) {
			return "", false
		}
		delta += (next - n) * (h + 1)
		n = next
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			q := delta
			for k := int32(punyBase); ; k += punyBase {
				t := punyThreshold(k, bias)
				if q < t {
					break
				}
				b.WriteByte(punyLetter(t + (q-t)%(punyBase-t)))
				q = (q - t) / (punyBase - t)
			}
			b.WriteByte(punyLetter(q))
			bias = punyAdapt(delta, h+1, h == basic)
			delta = 0
			h++
		}
		delta++
		n++
	}
	return b.String(), true
}

func punyLetter(d int32) byte {
	if d < 26 {
		return 'a' + byte(d)
	}
	return '0' + byte(d-26)
}
