package duckdb

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// mathTemplates write mathematics. DuckDB raises where Kusto gives NaN, infinity or null.
var mathTemplates = map[string]sqlgen.Template{
	"abs":                abs,
	"acos":               withReal(pattern("(CASE WHEN abs({0}) <= 1 THEN acos({0}) WHEN {0} IS NOT NULL THEN 'nan'::DOUBLE END)")),
	"asin":               withReal(pattern("(CASE WHEN abs({0}) <= 1 THEN asin({0}) WHEN {0} IS NOT NULL THEN 'nan'::DOUBLE END)")),
	"atan":               withReal(pattern("atan({0})")),
	"atan2":              withReal(pattern("atan2({0}, {1})")),
	"beta_cdf":           withReal(goFunc("beta_cdf")),
	"beta_inv":           withReal(goFunc("beta_inv")),
	"beta_pdf":           withReal(goFunc("beta_pdf")),
	"bin":                bin,
	"bin_at":             binAt,
	"binary_and":         withLong(pattern("({0} & {1})")),
	"binary_not":         withLong(pattern("(~ {0})")),
	"binary_or":          withLong(pattern("({0} | {1})")),
	"binary_shift_left":  withLong(goFunc("binary_shift_left")),
	"binary_shift_right": withLong(goFunc("binary_shift_right")),
	"binary_xor":         withLong(pattern("xor({0}, {1})")),
	"bitset_count_ones":  withLong(pattern("CAST(bit_count({0}) AS BIGINT)")),
	"ceiling":            rounding("ceil", "ceiling"),
	"cos":                withReal(finite("cos({0})")),
	"cot":                withReal(pattern("(CASE WHEN {0} = 0 THEN 'inf'::DOUBLE WHEN isfinite({0}) THEN 1 / tan({0}) WHEN {0} IS NOT NULL THEN 'nan'::DOUBLE END)")),
	"degrees":            withReal(pattern("degrees({0})")),
	"erf":                withReal(goFunc("erf")),
	"erfc":               withReal(goFunc("erfc")),
	"exp":                withReal(pattern("exp({0})")),
	"exp10":              withReal(pattern("pow(10, {0})")),
	"exp2":               withReal(pattern("pow(2, {0})")),
	"gamma":              withReal(goFunc("gamma")),
	"hash":               hash,
	"hash_md5":           withText(pattern("md5({0})")),
	"hash_sha1":          withText(pattern("sha1({0})")),
	"hash_sha256":        withText(pattern("sha256({0})")),
	"isfinite":           withReal(pattern("isfinite({0})")),
	"isinf":              withReal(pattern("isinf({0})")),
	"isnan":              withReal(pattern("isnan({0})")),
	"log":                logarithm("ln"),
	"log10":              logarithm("log10"),
	"log2":               logarithm("log2"),
	"loggamma":           withReal(goFunc("loggamma")),
	"new_guid":           pattern("CAST(gen_random_uuid() AS VARCHAR)"),
	"pi":                 pattern("pi()"),
	"pow":                withReal(pattern("pow({0}, {1})")),
	"radians":            withReal(pattern("radians({0})")),
	"rand":               random,
	"round":              round,
	"sign":               withReal(pattern("(CASE WHEN isnan({0}) THEN 'nan'::DOUBLE ELSE CAST(sign({0}) AS DOUBLE) END)")),
	"sin":                withReal(finite("sin({0})")),
	"sqrt":               withReal(pattern("(CASE WHEN {0} < 0 THEN 'nan'::DOUBLE ELSE sqrt({0}) END)")),
	"tan":                withReal(finite("tan({0})")),
	"welch_test":         withReal(goFunc("welch_test")),
}

// finite guards a function that DuckDB refuses for infinities.
func finite(p string) sqlgen.Template {
	return pattern("(CASE WHEN isfinite({0}) THEN " + p + " WHEN {0} IS NOT NULL THEN 'nan'::DOUBLE END)")
}

// logarithm of zero is minus infinity, of a negative number null.
func logarithm(name string) sqlgen.Template {
	return withReal(pattern("(CASE WHEN {0} > 0 THEN " + name + "({0}) WHEN {0} = 0 THEN '-inf'::DOUBLE END)"))
}

func abs(c sqlgen.Call) (string, error) {
	x := c.Args[0]
	switch x.Type {
	case types.Real:
		return "abs(" + x.SQL + ")", nil
	case types.Decimal:
		return goCall("decimal_abs", x), nil
	}
	x = longOperand(x)
	return fmt.Sprintf("(CASE WHEN %[1]s < 0 AND %[1]s > -9223372036854775808 THEN -%[1]s ELSE %[1]s END)", x.SQL), nil
}

// rounding writes a rounding to integers, which leaves integers alone.
func rounding(name, decimal string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		switch x := c.Args[0]; x.Type {
		case types.Real:
			return name + "(" + x.SQL + ")", nil
		case types.Decimal:
			return goCall("decimal_"+decimal, x), nil
		default:
			return x.SQL, nil
		}
	}
}

func round(c sqlgen.Call) (string, error) {
	x, digits := c.Args[0], "0"
	if len(c.Args) > 1 {
		digits = c.Args[1].SQL
	}
	switch x.Type {
	case types.Real:
		return fmt.Sprintf("round(%s, CAST(%s AS INTEGER))", x.SQL, digits), nil
	case types.Decimal:
		return fmt.Sprintf("kql_decimal_round(%s, CAST(%s AS BIGINT))", x.SQL, digits), nil
	}
	sql := fmt.Sprintf("kql_round_long(%s, CAST(%s AS BIGINT))", longOperand(x).SQL, digits)
	if c.Type == types.Int {
		sql = "kql_low_int(" + sql + ")"
	}
	return sql, nil
}

// bin writes bin(x, size): integers and times count in their own units.
func bin(c sqlgen.Call) (string, error) {
	x, size := c.Args[0], c.Args[1]
	switch c.Type {
	case types.Real:
		return realBin(realOperand(x).SQL, realOperand(size)), nil
	case types.Decimal:
		return goCall("decimal_bin", decimalOperand(x), decimalOperand(size)), nil
	}
	return longBin(longOperand(x), longOperand(size)), nil
}

// longBin writes the greatest multiple of a size that is not above x; sizes below 1 give null.
func longBin(x, size sqlgen.Operand) string {
	n, ok := constLike(size)
	switch {
	case ok && n <= 0:
		return "CAST(NULL AS BIGINT)"
	case ok && x.Type == types.DateTime:
		// A datetime is not negative, so that cutting off rounds down.
		return fmt.Sprintf("(%s // %d * %d)", x.SQL, n, n)
	case ok && n < 1<<62:
		return fmt.Sprintf("(%[1]s - (%[1]s %% %[2]d + %[2]d) %% %[2]d)", x.SQL, n)
	}
	return fmt.Sprintf("kql_bin(%s, %s)", x.SQL, size.SQL)
}

func realBin(x string, size sqlgen.Operand) string {
	if size.Const != nil && !size.Const.Null && size.Const.Real > 0 {
		return fmt.Sprintf("(floor(%s / %s) * %s)", x, size.SQL, size.SQL)
	}
	return fmt.Sprintf("kql_real_bin(%s, %s)", x, size.SQL)
}

// constLike returns the constant integer, ticks included, of an argument.
func constLike(o sqlgen.Operand) (int64, bool) {
	if o.Const == nil || o.Const.Null {
		return 0, false
	}
	switch o.Const.Type {
	case types.Int, types.Long, types.DateTime, types.TimeSpan:
		return o.Const.Int, true
	}
	return 0, false
}

func binAt(c sqlgen.Call) (string, error) {
	x, size, at := c.Args[0], c.Args[1], c.Args[2]
	if c.Type == types.Real || size.Type == types.Real {
		from := realOperand(at).SQL
		sql := fmt.Sprintf("(%s + %s)", realBin("("+realOperand(x).SQL+" - "+from+")", realOperand(size)), from)
		if c.Type != types.Real {
			sql = "kql_real_long(" + sql + ")"
		}
		return sql, nil
	}
	if c.Type == types.Decimal {
		return goCall("decimal_bin_at", decimalOperand(x), decimalOperand(size), decimalOperand(at)), nil
	}
	x, size, at = longOperand(x), longOperand(size), longOperand(at)
	distance := sqlgen.Operand{SQL: wrapped("-", x, at), Type: types.TimeSpan}
	return inRange("("+longBin(distance, size)+" + "+at.SQL+")", c.Type), nil
}

func decimalOperand(x sqlgen.Operand) sqlgen.Operand {
	if x.Type == types.Decimal {
		return x
	}
	sql, err := convertTo(x, types.Decimal)
	if err != nil {
		return x
	}
	return sqlgen.Operand{SQL: sql, Type: types.Decimal}
}

// random writes rand(): a real in [0, 1), or an integral one below a bound above 1.
func random(c sqlgen.Call) (string, error) {
	if len(c.Args) == 0 {
		return "random()", nil
	}
	return fmt.Sprintf("(CASE WHEN %[1]s > 1 THEN floor(random() * %[1]s) ELSE random() END)", longOperand(c.Args[0]).SQL), nil
}

// hash hashes the bytes of a value; a second argument makes the result a remainder.
func hash(c sqlgen.Call) (string, error) {
	sql := ""
	switch x := c.Args[0]; x.Type {
	case types.Long, types.DateTime, types.TimeSpan:
		sql = "kql_hash_bytes(" + x.SQL + ", 8::BIGINT)"
	case types.Int:
		sql = "kql_hash_bytes(CAST(" + x.SQL + " AS BIGINT), 4::BIGINT)"
	case types.Bool:
		sql = "kql_hash_bytes(CAST(" + x.SQL + " AS BIGINT), 1::BIGINT)"
	case types.Real:
		sql = "kql_hash_real(" + x.SQL + ")"
	default:
		sql = "kql_hash_xxhash64(" + textOperand(x).SQL + ")"
	}
	if len(c.Args) > 1 {
		return remainder(sqlgen.Operand{SQL: sql, Type: types.Long}, longOperand(c.Args[1])), nil
	}
	return sql, nil
}
