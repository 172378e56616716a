package duckdb

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// conversionTemplates write the conversions that a query asks for. Null and what can't be
// read become null, or the empty string.
var conversionTemplates = map[string]sqlgen.Template{
	"convert_angle":       goFunc("convert_angle"),
	"convert_energy":      goFunc("convert_energy"),
	"convert_force":       goFunc("convert_force"),
	"convert_length":      goFunc("convert_length"),
	"convert_mass":        goFunc("convert_mass"),
	"convert_speed":       goFunc("convert_speed"),
	"convert_temperature": goFunc("convert_temperature"),
	"convert_volume":      goFunc("convert_volume"),
	"format_bytes":        formatBytes,
	"gettype":             getType,
	"tobool":              conversion(types.Bool),
	"todatetime":          conversion(types.DateTime),
	"todecimal":           conversion(types.Decimal),
	"todouble":            conversion(types.Real),
	"toguid":              conversion(types.GUID),
	"tohex":               toHex,
	"toint":               conversion(types.Int),
	"tolong":              conversion(types.Long),
	"tostring":            conversion(types.String),
	"totimespan":          conversion(types.TimeSpan),
}

// conversion is the template of to<type>(x).
func conversion(to types.Type) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) { return convertTo(c.Args[0], to) }
}

// convertTo writes x converted to another type, as to<type>(x) converts it.
func convertTo(x sqlgen.Operand, to types.Type) (string, error) {
	if x.Type == to && to != types.Dynamic {
		return x.SQL, nil
	}
	if isNull(x) {
		return Literal(types.Null(to)), nil
	}
	p, ok := conversionPatterns[to][x.Type]
	switch {
	case to == types.String:
		return textOperand(x).SQL, nil
	case to == types.Dynamic:
		return dynamicOperand(x).SQL, nil
	case !ok:
		return "", fmt.Errorf("%s can't be converted to %s", x.Type, to)
	}
	return fill(p, []sqlgen.Operand{x})
}

// conversionPatterns are the conversions to each type but string and dynamic, by the type
// that is converted.
var conversionPatterns = map[types.Type]map[types.Type]string{
	types.Bool: {
		types.Int:      "({0} <> 0)",
		types.Long:     "({0} <> 0)",
		types.Real:     "({0} <> 0)",
		types.Decimal:  "(TRY_CAST({0} AS DOUBLE) <> 0)",
		types.DateTime: "({0} <> 0)",
		types.TimeSpan: "({0} <> 0)",
		types.String:   "kql_text_bool({0})",
		types.Dynamic:  "kql_dynamic_bool({0})",
		types.GUID:     "CAST(NULL AS BOOLEAN)",
	},
	types.Int: {
		types.Bool:     "CAST({0} AS INTEGER)",
		types.Long:     "kql_low_int({0})",
		types.Real:     "kql_low_int(kql_real_long({0}))",
		types.Decimal:  "kql_low_int(kql_decimal_long({0}))",
		types.DateTime: "kql_low_int({0})",
		types.TimeSpan: "kql_low_int({0})",
		types.String:   "kql_text_int({0})",
		types.Dynamic:  "kql_dynamic_int({0})",
		types.GUID:     "CAST(NULL AS INTEGER)",
	},
	types.Long: {
		types.Bool:     "CAST({0} AS BIGINT)",
		types.Int:      "CAST({0} AS BIGINT)",
		types.Real:     "kql_real_long({0})",
		types.Decimal:  "kql_decimal_long({0})",
		types.DateTime: "{0}",
		types.TimeSpan: "{0}",
		types.String:   "kql_text_long({0})",
		types.Dynamic:  "kql_dynamic_long({0})",
		types.GUID:     "CAST(NULL AS BIGINT)",
	},
	types.Real: {
		types.Bool:     "CAST({0} AS DOUBLE)",
		types.Int:      "CAST({0} AS DOUBLE)",
		types.Long:     "CAST({0} AS DOUBLE)",
		types.Decimal:  "TRY_CAST({0} AS DOUBLE)",
		types.DateTime: "CAST({0} AS DOUBLE)",
		types.TimeSpan: "CAST({0} AS DOUBLE)",
		types.String:   "kql_text_real({0})",
		types.Dynamic:  "kql_dynamic_real({0})",
		types.GUID:     "CAST(NULL AS DOUBLE)",
	},
	types.Decimal: {
		types.Bool:     "CAST(CAST({0} AS INTEGER) AS VARCHAR)",
		types.Int:      "CAST({0} AS VARCHAR)",
		types.Long:     "CAST({0} AS VARCHAR)",
		types.Real:     "kql_real_decimal({0})",
		types.DateTime: "CAST({0} AS VARCHAR)",
		types.TimeSpan: "CAST({0} AS VARCHAR)",
		types.String:   "kql_todecimal({0})",
		types.Dynamic:  "kql_todecimal(kql_dynamic_text({0}))",
		types.GUID:     "CAST(NULL AS VARCHAR)",
	},
	types.DateTime: {
		types.Bool:     "CAST(NULL AS BIGINT)",
		types.Int:      "kql_datetime_range(CAST({0} AS BIGINT))",
		types.Long:     "kql_datetime_range({0})",
		types.Real:     "kql_datetime_range(kql_real_long({0}))",
		types.Decimal:  "kql_datetime_range(kql_decimal_long({0}))",
		types.TimeSpan: "kql_datetime_range({0})",
		types.String:   "kql_todatetime({0})",
		types.Dynamic:  "kql_dynamic_datetime({0})",
		types.GUID:     "CAST(NULL AS BIGINT)",
	},
	types.TimeSpan: {
		types.Bool:     "CAST(NULL AS BIGINT)",
		types.Int:      "CAST({0} AS BIGINT)",
		types.Long:     "{0}",
		types.Real:     "kql_real_long({0})",
		types.Decimal:  "kql_decimal_long({0})",
		types.DateTime: "{0}",
		types.String:   "kql_totimespan({0})",
		types.Dynamic:  "kql_dynamic_timespan({0})",
		types.GUID:     "CAST(NULL AS BIGINT)",
	},
	types.GUID: {
		types.String:  "kql_toguid({0})",
		types.Dynamic: "kql_toguid(kql_dynamic_text({0}))",
	},
}

// textOperand returns x as text, as tostring writes it.
func textOperand(x sqlgen.Operand) sqlgen.Operand {
	if x.Type == types.String {
		return x
	}
	if x.Const != nil {
		v := types.Value{Type: types.String, Str: scalar.Text(*x.Const)}
		return sqlgen.Operand{SQL: Literal(v), Type: types.String, Const: &v}
	}
	sql := ""
	switch x.Type {
	case types.Bool:
		sql = "(CASE " + x.SQL + " WHEN true THEN 'True' WHEN false THEN 'False' ELSE '' END)"
	case types.Int, types.Long:
		sql = "coalesce(CAST(" + x.SQL + " AS VARCHAR), '')"
	case types.Real:
		sql = "kql_real_text(" + x.SQL + ")"
	case types.DateTime:
		sql = "coalesce(kql_datetime_text(" + x.SQL + "), '')"
	case types.TimeSpan:
		sql = "kql_timespan_text(" + x.SQL + ")"
	case types.Dynamic:
		sql = dynamicText(x)
	default:
		sql = "coalesce(" + x.SQL + ", '')"
	}
	return sqlgen.Operand{SQL: sql, Type: types.String}
}

// dynamicOperand returns x as a dynamic value: JSON text.
func dynamicOperand(x sqlgen.Operand) sqlgen.Operand {
	if x.Type == types.Dynamic {
		return x
	}
	if x.Const != nil {
		v := scalar.Dynamic(*x.Const)
		return sqlgen.Operand{SQL: Literal(v), Type: types.Dynamic, Const: &v}
	}
	sql := ""
	switch x.Type {
	case types.Bool, types.Int, types.Long:
		sql = "CAST(" + x.SQL + " AS VARCHAR)"
	case types.Real:
		sql = "kql_real_json(" + x.SQL + ")"
	case types.String:
		sql = "CAST(to_json(" + x.SQL + ") AS VARCHAR)"
	case types.DateTime:
		sql = `CAST('"' || kql_datetime_text(` + x.SQL + `) || '"' AS VARCHAR)` // a constant null has no type else
	case types.TimeSpan:
		sql = `(CASE WHEN ` + x.SQL + ` IS NOT NULL THEN '"' || kql_timespan_text(` + x.SQL + `) || '"' END)`
	default:
		sql = `('"' || ` + x.SQL + ` || '"')`
	}
	return sqlgen.Operand{SQL: sql, Type: types.Dynamic}
}

// realOperand returns a number as a real.
func realOperand(x sqlgen.Operand) sqlgen.Operand {
	if x.Type == types.Real || x.Type == types.Unknown {
		return x
	}
	if v, ok := constLong(x); ok {
		r := types.Value{Type: types.Real, Real: float64(v)}
		return sqlgen.Operand{SQL: Literal(r), Type: types.Real, Const: &r}
	}
	sql, err := convertTo(x, types.Real)
	if err != nil {
		return x
	}
	return sqlgen.Operand{SQL: sql, Type: types.Real}
}

// longOperand returns an integer as a long.
func longOperand(x sqlgen.Operand) sqlgen.Operand {
	if x.Type != types.Int {
		return x
	}
	if v, ok := constLong(x); ok {
		r := types.Value{Type: types.Long, Int: v}
		return sqlgen.Operand{SQL: Literal(r), Type: types.Long, Const: &r}
	}
	return sqlgen.Operand{SQL: "CAST(" + x.SQL + " AS BIGINT)", Type: types.Long, Column: x.Column}
}

// withLong makes int arguments long.
func withLong(t sqlgen.Template) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		args := append([]sqlgen.Operand(nil), c.Args...)
		for i := range args {
			args[i] = longOperand(args[i])
		}
		c.Args = args
		return t(c)
	}
}

func toHex(c sqlgen.Call) (string, error) {
	x, bits := c.Args[0], int64(64)
	if x.Type == types.Int {
		bits = 32
	}
	least := "0::BIGINT"
	if len(c.Args) > 1 {
		least = longOperand(c.Args[1]).SQL
	}
	return fmt.Sprintf("kql_tohex(%s, %d::BIGINT, %s)", longOperand(x).SQL, bits, least), nil
}

func formatBytes(c sqlgen.Call) (string, error) {
	precision, unit := "0::BIGINT", "''"
	if len(c.Args) > 1 {
		sql, err := convertTo(c.Args[1], types.Long)
		if err != nil {
			return "", err
		}
		precision = sql
	}
	if len(c.Args) > 2 {
		unit = c.Args[2].SQL
	}
	return fmt.Sprintf("kql_format_bytes(%s, %s, %s)", realOperand(c.Args[0]).SQL, precision, unit), nil
}

// getType names the type of a value; of a dynamic one the kind that it holds.
func getType(c sqlgen.Call) (string, error) {
	x := c.Args[0]
	if x.Type == types.Dynamic {
		return "kql_dynamic_type(" + x.SQL + ")", nil
	}
	return Text(x.Type.String()), nil
}
