package scalar

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var convertFunctions = []Function{
	{Name: "format_bytes", Params: []types.Type{types.Real, types.Long, types.String}, Result: types.String, Eval: formatBytes},
	{Name: "hash_bytes", Params: []types.Type{types.Long, types.Long}, Result: types.Long, Eval: hashBytes},
	{Name: "hash_real", Params: []types.Type{types.Real}, Result: types.Long, Eval: hashReal},
	{Name: "hash_xxhash64", Params: []types.Type{types.String}, Result: types.Long,
		Eval: func(a []types.Value) types.Value { return long(int64(xxhash.Sum64String(a[0].Str))) }},
	{Name: "real_text", Params: []types.Type{types.Real}, Result: types.String,
		Eval: func(a []types.Value) types.Value { return text(Text(a[0])) }},
	{Name: "timespan_text", Params: []types.Type{types.TimeSpan}, Result: types.String,
		Eval: func(a []types.Value) types.Value { return text(Text(a[0])) }},
	{Name: "toguid", Params: []types.Type{types.String}, Result: types.GUID, Eval: toGUID},
	{Name: "tohex", Params: []types.Type{types.Long, types.Long, types.Long}, Result: types.String, Eval: toHex},
}

// Text converts a value to text as tostring does; null is the empty text.
func Text(v types.Value) string {
	if v.Null {
		return ""
	}
	switch v.Type {
	case types.Bool:
		if v.Int != 0 {
			return "True"
		}
		return "False"
	case types.Int, types.Long:
		return strconv.FormatInt(v.Int, 10)
	case types.Real:
		return dynamic.FormatReal(v.Real)
	case types.DateTime:
		return types.FormatDateTime(v.Int)
	case types.TimeSpan:
		return types.FormatTimeSpan(v.Int)
	case types.Dynamic:
		d, ok := dynamic.Parse(v.Str)
		if !ok {
			return v.Str
		}
		return d.String()
	}
	return v.Str
}

// Dynamic converts a value to a dynamic one.
func Dynamic(v types.Value) types.Value {
	if v.Type == types.Dynamic {
		return v
	}
	return dynamic.Of(v).Scalar()
}

// toHex writes the low bits of a number.
func toHex(a []types.Value) types.Value {
	if a[0].Null {
		return text("")
	}
	n := uint64(a[0].Int)
	if a[1].Int == 32 {
		n = uint64(uint32(n))
	}
	s := strconv.FormatUint(n, 16)
	if pad := min(a[2].Int, 16) - int64(len(s)); pad > 0 && !a[2].Null {
		s = strings.Repeat("0", int(pad)) + s
	}
	return text(s)
}

// toGUID reads the 32 hexadecimal digits of a guid, in braces or parentheses or without. Dashes
// may stand between its groups; what follows the digits does not matter.
func toGUID(a []types.Value) types.Value {
	s := strings.TrimSpace(a[0].Str)
	if s != "" && (s[0] == '{' || s[0] == '(') {
		s = s[1:]
	}
	var b strings.Builder
	digits, dashed := 0, false
	for i := 0; i < len(s) && digits < 32; i++ {
		border := digits == 8 || digits == 12 || digits == 16 || digits == 20
		if s[i] == '-' && border && !dashed {
			dashed = true
			continue
		}
		if _, hex := hexValue(s[i]); !hex {
			return nullGUID
		}
		if border {
			b.WriteByte('-')
		}
		b.WriteByte(s[i])
		digits++
		dashed = false
	}
	if digits < 32 {
		return nullGUID
	}
	return types.Value{Type: types.GUID, Str: strings.ToLower(b.String())}
}

// hashBytes hashes the low a[1] bytes of a number, least byte first.
func hashBytes(a []types.Value) types.Value {
	if a[0].Null {
		return nullLong
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(a[0].Int))
	return long(int64(xxhash.Sum64(b[:min(max(a[1].Int, 1), 8)])))
}

func hashReal(a []types.Value) types.Value {
	if a[0].Null {
		return nullLong
	}
	return hashBytes([]types.Value{long(int64(math.Float64bits(a[0].Real))), long(8)})
}

var byteUnits = []string{"Bytes", "KB", "MB", "GB", "TB", "PB", "EB"}

// formatBytes writes a size with the unit that fits, or the one that a[2] names.
func formatBytes(a []types.Value) types.Value {
	if a[0].Null {
		return text("")
	}
	size, unit := a[0].Real, 0
	if want := a[2].Str; want != "" {
		for unit < len(byteUnits)-1 && !strings.EqualFold(byteUnits[unit], want) {
			unit++
		}
		if !strings.EqualFold(byteUnits[unit], want) {
			return text("")
		}
		size /= math.Pow(1024, float64(unit))
	} else {
		for unit < len(byteUnits)-1 && math.Abs(size) >= 1024 {
			size /= 1024
			unit++
		}
	}
	digits := int(min(max(a[1].Int, 0), 15))
	s := strconv.FormatFloat(size, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return text(s + " " + byteUnits[unit])
}

// dynamicFunctions convert dynamic values. Strings are read as text is; of numbers integers
// take the whole part; true is 1.
var dynamicFunctions = []Function{
	{Name: "dynamic_bool", Params: dynamics(1), Result: types.Bool, Eval: dynamicBool},
	{Name: "dynamic_datetime", Params: dynamics(1), Result: types.DateTime, Eval: dynamicTicks(toDateTime, dateTime)},
	{Name: "dynamic_int", Params: dynamics(1), Result: types.Int, Eval: dynamicInt},
	{Name: "dynamic_long", Params: dynamics(1), Result: types.Long, Eval: dynamicLong},
	{Name: "dynamic_real", Params: dynamics(1), Result: types.Real, Eval: dynamicReal},
	{Name: "dynamic_timespan", Params: dynamics(1), Result: types.TimeSpan, Eval: dynamicTicks(toTimeSpan, timeSpan)},
}

func timeSpan(ticks int64) types.Value { return types.Value{Type: types.TimeSpan, Int: ticks} }

// textLong reads an integer, decimal or hexadecimal, with blanks around.
func textLong(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 {
		return 0, false
	}
	base := 10
	if len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		base, digits = 16, digits[2:]
	}
	if digits == "" || strings.ContainsAny(digits, "+-_") {
		return 0, false
	}
	if strings.HasPrefix(s, "-") {
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits, base, 64)
	return n, err == nil
}

// numberLong is the whole part of a number that is no string.
func numberLong(d dynamic.Value) (int64, bool) {
	switch d.Kind {
	case dynamic.Bool, dynamic.Long:
		return d.Int, true
	case dynamic.Real:
		if math.Abs(d.Real) < 1<<63 {
			return int64(d.Real), true
		}
	}
	return 0, false
}

func dynamicLong(a []types.Value) types.Value {
	d := read(a[0])
	n, ok := numberLong(d)
	if d.Kind == dynamic.String {
		n, ok = textLong(d.Str)
	}
	if !ok {
		return nullLong
	}
	return long(n)
}

// dynamicInt keeps the low bits of a number; a string must be an int.
func dynamicInt(a []types.Value) types.Value {
	d := read(a[0])
	n, ok := numberLong(d)
	if d.Kind == dynamic.String {
		n, ok = textLong(d.Str)
		ok = ok && n == int64(int32(n))
	}
	if !ok {
		return types.Null(types.Int)
	}
	return types.Value{Type: types.Int, Int: int64(int32(n))}
}

func dynamicReal(a []types.Value) types.Value {
	d := read(a[0])
	switch d.Kind {
	case dynamic.Bool:
		return realOf(float64(d.Int))
	case dynamic.String:
		s := strings.TrimSpace(d.Str)
		if strings.ContainsAny(s, "xX_pP") {
			return nullReal
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil && !math.IsInf(f, 0) {
			return nullReal
		}
		return realOf(f)
	}
	f, ok := d.Number()
	if !ok {
		return nullReal
	}
	return realOf(f)
}

func dynamicBool(a []types.Value) types.Value {
	d := read(a[0])
	if d.Kind == dynamic.String {
		switch s := strings.TrimSpace(d.Str); {
		case strings.EqualFold(s, "true"):
			return truth(true)
		case strings.EqualFold(s, "false"):
			return truth(false)
		}
		n, ok := textLong(d.Str)
		if !ok {
			return nullBool
		}
		return truth(n != 0)
	}
	if d.Kind == dynamic.Bool {
		return truth(d.Int != 0)
	}
	f, ok := d.Number()
	if !ok {
		return nullBool
	}
	return truth(f != 0)
}

// dynamicTicks reads a time from text, or from a number of ticks.
func dynamicTicks(parse func([]types.Value) types.Value, of func(int64) types.Value) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		d := read(a[0])
		if d.Kind == dynamic.String {
			return parse([]types.Value{text(d.Str)})
		}
		n, ok := numberLong(d)
		if !ok || d.Kind == dynamic.Bool {
			return types.Null(of(0).Type)
		}
		return of(n)
	}
}
