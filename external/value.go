package external

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var (
	guidForm    = regexp.MustCompile(`^\{?([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})\}?$`)
	decimalForm = regexp.MustCompile(`^[+-]?[0-9]{1,34}(\.[0-9]{1,34})?$`)
)

// fromText reads a field as a value of a type; what is none is null.
func fromText(s string, t types.Type) types.Value {
	v := types.Value{Type: t}
	ok := true
	trimmed := strings.TrimSpace(s)
	switch t {
	case types.String:
		v.Str = s
	case types.Dynamic:
		d, parsed := dynamic.Parse(trimmed)
		if !parsed {
			d = dynamic.Text(s)
		}
		if trimmed == "" || d.Kind == dynamic.Null {
			return types.Null(t)
		}
		v.Str = d.String()
	case types.Bool:
		switch strings.ToLower(trimmed) {
		case "true", "1":
			v.Int = 1
		case "false", "0":
		default:
			ok = false
		}
	case types.Int, types.Long:
		v.Int, ok = whole(trimmed)
		if t == types.Int && (v.Int < math.MinInt32 || v.Int > math.MaxInt32) {
			ok = false
		}
	case types.Real:
		f, err := strconv.ParseFloat(trimmed, 64)
		v.Real, ok = f, err == nil
	case types.Decimal:
		v.Str, ok = trimmed, decimalForm.MatchString(trimmed)
	case types.GUID:
		m := guidForm.FindStringSubmatch(trimmed)
		if ok = m != nil; ok {
			v.Str = strings.ToLower(m[1])
		}
	case types.DateTime:
		v.Int, ok = types.ParseDateTime(trimmed)
	case types.TimeSpan:
		v.Int, ok = types.ParseTimeSpan(trimmed)
	}
	if !ok {
		return types.Null(t)
	}
	return v
}

// whole reads a whole number, also in hexadecimal.
func whole(s string) (int64, bool) {
	if hex, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		n, err := strconv.ParseUint(hex, 16, 64)
		return int64(n), err == nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// fromDynamic reads a JSON value as a value of a type; what is none is null.
func fromDynamic(d dynamic.Value, t types.Type) types.Value {
	if d.Kind == dynamic.Null {
		return types.Null(t)
	}
	switch t {
	case types.Dynamic:
		return types.Value{Type: t, Str: d.String()}
	case types.Int, types.Long:
		if f, ok := d.Number(); ok && d.Kind == dynamic.Real && math.Abs(f) < 1<<53 {
			return fromText(strconv.FormatInt(int64(f), 10), t)
		}
	}
	if d.Kind == dynamic.String {
		return fromText(d.Str, t)
	}
	return fromText(d.String(), t)
}
