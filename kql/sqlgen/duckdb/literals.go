package duckdb

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Ident quotes a name.
func Ident(name string) string {
	name = strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", "\uFFFD"), "\uFFFD")
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// Text writes s as a string literal. Bytes that are no UTF-8 become U+FFFD, and a
// NUL, which can't stand in a statement, is added by chr(0).
func Text(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	parts := strings.Split(s, "\x00")
	for i, p := range parts {
		parts[i] = "'" + strings.ReplaceAll(p, "'", "''") + "'"
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, " || chr(0) || ") + ")"
}

// sqlTypes are the DuckDB types that hold KQL's.
var sqlTypes = map[types.Type]string{
	types.Bool:     "BOOLEAN",
	types.DateTime: "BIGINT",
	types.Decimal:  "VARCHAR",
	types.Dynamic:  "VARCHAR",
	types.GUID:     "VARCHAR",
	types.Int:      "INTEGER",
	types.Long:     "BIGINT",
	types.Real:     "DOUBLE",
	types.String:   "VARCHAR",
	types.TimeSpan: "BIGINT",
}

// TypeName returns the DuckDB type that holds values of t.
func TypeName(t types.Type) string {
	if s, ok := sqlTypes[t]; ok {
		return s
	}
	return "VARCHAR"
}

// Literal writes a constant; its SQL type is always TypeName of its KQL type.
func Literal(v types.Value) string {
	if v.Null {
		if v.Type == types.String {
			return "''"
		}
		return "CAST(NULL AS " + TypeName(v.Type) + ")"
	}
	switch v.Type {
	case types.Bool:
		if v.Int != 0 {
			return "true"
		}
		return "false"
	case types.Int:
		return integer(int64(int32(v.Int)), math.MinInt32, "INTEGER")
	case types.Long, types.DateTime, types.TimeSpan:
		// A small literal would be an INTEGER, whose arithmetic overflows early.
		return integer(v.Int, math.MinInt64, "BIGINT")
	case types.Real:
		return real(v.Real)
	}
	return Text(v.Str)
}

func integer(i, least int64, typ string) string {
	if i == least {
		return "CAST('" + strconv.FormatInt(i, 10) + "' AS " + typ + ")"
	}
	s := strconv.FormatInt(i, 10)
	if i < 0 {
		s = "(" + s + ")"
	}
	if typ == "INTEGER" || i > math.MaxInt32 || i < math.MinInt32 {
		return s
	}
	return s + "::" + typ
}

func real(f float64) string {
	switch {
	case math.IsNaN(f):
		return "'nan'::DOUBLE"
	case math.IsInf(f, 1):
		return "'inf'::DOUBLE"
	case math.IsInf(f, -1):
		return "'-inf'::DOUBLE"
	case f == 0 && math.Signbit(f):
		return "(-0.0::DOUBLE)"
	}
	s := strconv.FormatFloat(f, 'e', -1, 64) // an exponent makes it a DOUBLE
	if f < 0 {
		return "(" + s + ")"
	}
	return s
}
