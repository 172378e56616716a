package rowstep

import (
	"math"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// fromDynamic converts a dynamic value to a type as to<type>() does for the values
// that JSON has; what does not convert is null.
func fromDynamic(v dynamic.Value, t types.Type) types.Value {
	if t == types.String {
		return types.Value{Type: t, Str: plainText(v)}
	}
	if v.Kind == dynamic.Null {
		return types.Null(t)
	}
	switch t {
	case types.Dynamic:
		return types.Value{Type: t, Str: v.String()}
	case types.Bool:
		switch v.Kind {
		case dynamic.Bool:
			return types.Value{Type: t, Int: v.Int}
		case dynamic.Long:
			return boolean(v.Int != 0)
		case dynamic.String:
			if b, err := strconv.ParseBool(strings.ToLower(v.Str)); err == nil {
				return boolean(b)
			}
		}
	case types.Int, types.Long:
		switch v.Kind {
		case dynamic.Bool, dynamic.Long:
			return whole(v.Int, t)
		case dynamic.Real:
			if math.Abs(v.Real) < 1<<63 {
				return whole(int64(v.Real), t)
			}
		case dynamic.String:
			if n, err := strconv.ParseInt(strings.TrimSpace(v.Str), 10, 64); err == nil {
				return whole(n, t)
			}
		}
	case types.Real:
		if f, ok := v.Number(); ok {
			return types.Value{Type: t, Real: f}
		}
		if v.Kind == dynamic.String {
			if f, err := strconv.ParseFloat(strings.TrimSpace(v.Str), 64); err == nil {
				return types.Value{Type: t, Real: f}
			}
		}
	case types.DateTime, types.TimeSpan, types.GUID, types.Decimal:
		return textTo(plainText(v), t)
	}
	return types.Null(t)
}

func whole(n int64, t types.Type) types.Value {
	if t == types.Int {
		n = int64(int32(n))
	}
	return types.Value{Type: t, Int: n}
}

func boolean(b bool) types.Value {
	v := types.Value{Type: types.Bool}
	if b {
		v.Int = 1
	}
	return v
}

// plainText is tostring of a dynamic value.
func plainText(v dynamic.Value) string {
	switch v.Kind {
	case dynamic.Null:
		return ""
	case dynamic.String:
		return v.Str
	}
	return v.String()
}

// parse reads a dynamic cell.
func parse(v types.Value) dynamic.Value {
	if v.Null {
		return dynamic.Value{}
	}
	d, _ := dynamic.Parse(v.Str)
	return d
}

// textTo reads a text as to<type>() does, for types that JSON has no form of.
func textTo(s string, t types.Type) types.Value {
	s = strings.TrimSpace(s)
	switch t {
	case types.DateTime:
		if n, ok := types.ParseDateTime(s); ok {
			return types.Value{Type: t, Int: n}
		}
	case types.TimeSpan:
		if n, ok := types.ParseTimeSpan(s); ok {
			return types.Value{Type: t, Int: n}
		}
	case types.GUID:
		if isGUID(s) {
			return types.Value{Type: t, Str: strings.ToLower(s)}
		}
	case types.Decimal:
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return types.Value{Type: t, Str: s}
		}
	}
	return types.Null(t)
}

// isGUID reports whether s is a guid with dashes.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		switch dash := i == 8 || i == 13 || i == 18 || i == 23; {
		case dash && c != '-':
			return false
		case !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)):
			return false
		}
	}
	return true
}
