package bind

import (
	"math"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// literal binds a constant as it was written.
func (b *binder) literal(l *syntax.Literal) plan.Expr {
	v, ok := b.literalValue(l)
	if !ok {
		b.error(codeBadLiteral, l.Span(), "'"+l.Text+"' is no "+literalType(l.Kind).String()+" value", literalHint(l.Kind))
		return unknown()
	}
	return &plan.Const{Value: v}
}

func literalType(k syntax.LiteralKind) types.Type {
	switch k {
	case syntax.LitBool:
		return types.Bool
	case syntax.LitDateTime:
		return types.DateTime
	case syntax.LitDecimal:
		return types.Decimal
	case syntax.LitDynamic:
		return types.Dynamic
	case syntax.LitGUID:
		return types.GUID
	case syntax.LitInt:
		return types.Int
	case syntax.LitLong:
		return types.Long
	case syntax.LitReal:
		return types.Real
	case syntax.LitString:
		return types.String
	case syntax.LitTimeSpan:
		return types.TimeSpan
	}
	return types.Unknown
}

func literalHint(k syntax.LiteralKind) string {
	switch k {
	case syntax.LitDateTime:
		return "write it as datetime(2024-01-31 23:59:59)"
	case syntax.LitTimeSpan:
		return "write it as 1d, 2h, 30m, 15s or time(1.02:03:04)"
	case syntax.LitGUID:
		return "write it as guid(74be27de-1e4e-49d9-b579-fe0b331d3642)"
	}
	return ""
}

func (b *binder) literalValue(l *syntax.Literal) (types.Value, bool) {
	t := literalType(l.Kind)
	v := types.Value{Type: t}
	if l.Null {
		return types.Null(t), true
	}
	digits := l.Text
	if l.Negative && !strings.HasPrefix(digits, "-") {
		digits = "-" + digits
	}
	switch l.Kind {
	case syntax.LitBool:
		switch strings.ToLower(l.Text) {
		case "true", "1":
			v.Int = 1
		case "false", "0":
		default:
			return v, false
		}
		return v, true
	case syntax.LitDateTime:
		if strings.EqualFold(l.Text, "now") || l.Text == "" {
			v.Int = b.o.Now
			return v, true
		}
		var ok bool
		v.Int, ok = types.ParseDateTime(strings.Trim(l.Text, `"'`))
		return v, ok
	case syntax.LitDecimal:
		return decimalValue(digits)
	case syntax.LitDynamic:
		text, ok := b.jsonText(l.JSON)
		v.Str, v.Null = text, text == "null"
		return v, ok
	case syntax.LitGUID:
		var ok bool
		v.Str, ok = parseGUID(l.Text)
		return v, ok
	case syntax.LitInt, syntax.LitLong:
		return integerValue(t, digits)
	case syntax.LitReal:
		return realValue(digits)
	case syntax.LitString:
		v.Str = l.Text
		return v, true
	case syntax.LitTimeSpan:
		var ok bool
		v.Int, ok = types.ParseTimeSpan(digits)
		return v, ok
	}
	return v, false
}

func integerValue(t types.Type, digits string) (types.Value, bool) {
	bits := 64
	if t == types.Int {
		bits = 32
	}
	n, err := strconv.ParseInt(strings.ToLower(digits), 0, bits)
	if err != nil {
		trimmed := strings.TrimLeft(digits, "0") // 010 is ten
		if n, err = strconv.ParseInt(trimmed, 10, bits); err != nil {
			u, uerr := strconv.ParseUint(digits, 0, bits) // 0xFFFFFFFFFFFFFFFF
			if uerr != nil || !strings.HasPrefix(strings.ToLower(digits), "0x") {
				return types.Value{}, false
			}
			n = int64(u)
		}
	} else if len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '7' {
		n, _ = strconv.ParseInt(digits, 10, bits)
	}
	return types.Value{Type: t, Int: n}, true
}

func realValue(digits string) (types.Value, bool) {
	v := types.Value{Type: types.Real}
	switch strings.ToLower(digits) {
	case "nan", "-nan":
		v.Real = math.NaN()
		return v, true
	case "+inf", "inf":
		v.Real = math.Inf(1)
		return v, true
	case "-inf":
		v.Real = math.Inf(-1)
		return v, true
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil && !math.IsInf(f, 0) {
		return v, false
	}
	v.Real = f
	return v, true
}

// decimalValue keeps the digits, without exponent and needless zeros.
func decimalValue(digits string) (types.Value, bool) {
	s, ok := canonicalDecimal(digits)
	return types.Value{Type: types.Decimal, Str: s}, ok
}

func canonicalDecimal(s string) (string, bool) {
	s = strings.TrimSpace(s)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimLeft(s, "+-")
	mantissa, exponent, hasExp := strings.Cut(strings.ToLower(s), "e")
	e := 0
	if hasExp {
		n, err := strconv.Atoi(exponent)
		if err != nil || n < -400 || n > 400 {
			return "", false
		}
		e = n
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	if whole+frac == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return "", false
	}
	for ; e > 0; e-- {
		if frac == "" {
			frac = "0"
		}
		whole, frac = whole+frac[:1], frac[1:]
	}
	for ; e < 0; e++ {
		if whole == "" {
			whole = "0"
		}
		whole, frac = whole[:len(whole)-1], whole[len(whole)-1:]+frac
	}
	whole = strings.TrimLeft(whole, "0")
	frac = strings.TrimRight(frac, "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if frac != "" {
		out += "." + frac
	}
	if neg && out != "0" {
		out = "-" + out
	}
	return out, true
}

// parseGUID reads a guid with or without dashes and braces into its canonical form.
func parseGUID(s string) (string, bool) {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), `{}()"'`))
	hex := strings.ReplaceAll(s, "-", "")
	if len(hex) != 32 || strings.Trim(hex, "0123456789abcdef") != "" {
		return "", false
	}
	if len(s) != 32 && (len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-') {
		return "", false
	}
	return hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:], true
}
