package duckdb

import (
	"fmt"
	"math"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// operatorTemplates write arithmetic, comparison and logic, and the functions that choose.
var operatorTemplates = map[string]sqlgen.Template{
	"and":        pattern("({0} AND {1})"),
	"or":         pattern("({0} OR {1})"),
	"not":        pattern("(NOT {0})"),
	"+":          arithmetic("+"),
	"-":          arithmetic("-"),
	"*":          arithmetic("*"),
	"/":          divide,
	"%":          modulo,
	"neg":        negate,
	"pos":        pattern("{0}"),
	"==":         equal(false),
	"!=":         equal(true),
	"<":          less("<", 1),
	"<=":         less("<=", 1),
	">":          less(">", 0),
	">=":         less(">=", 0),
	"between":    between(false),
	"!between":   between(true),
	"assert":     assert,
	"around":     around,
	"case":       choose,
	"coalesce":   coalesce,
	"iff":        choose,
	"isempty":    empty(false),
	"isnotempty": empty(true),
	"isnull":     null(false),
	"isnotnull":  null(true),
	"max_of":     extreme(false),
	"min_of":     extreme(true),
}

// goDecimal are the Go functions of decimal arithmetic.
var goDecimal = map[string]string{"+": "decimal_add", "-": "decimal_subtract", "*": "decimal_multiply", "/": "decimal_divide", "%": "decimal_modulo"}

// arithmetic writes + - *.
func arithmetic(op string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		x, y := c.Args[0], c.Args[1]
		switch {
		case c.Type == types.Decimal:
			return goCall(goDecimal[op], x, y), nil
		case c.Type == types.Dynamic:
			return dynamicArithmetic(op, x, y), nil
		case x.Type == types.Real && y.Type == types.Real:
			return fmt.Sprintf("(%s %s %s)", x.SQL, op, y.SQL), nil
		case x.Type == types.Real || y.Type == types.Real:
			// a length of time and a factor
			sql := fmt.Sprintf("kql_real_long(CAST(%s AS DOUBLE) %s CAST(%s AS DOUBLE))", x.SQL, op, y.SQL)
			return inRange(sql, c.Type), nil
		}
		x, y = longOperand(x), longOperand(y)
		switch {
		case c.Type == types.DateTime:
			return datetimeSum(op, x, y), nil
		case x.Type == types.DateTime && y.Type == types.DateTime && op == "-":
			return fmt.Sprintf("(%s - %s)", x.SQL, y.SQL), nil
		}
		return wrapped(op, x, y), nil
	}
}

// light reports whether an operand may be repeated without a thought.
func light(o sqlgen.Operand) bool { return o.Column != "" || o.Const != nil }

// wrapped writes + - * of longs, which wrap around in Kusto and raise in DuckDB. In half the
// range nothing can happen; beyond it, and for long operands, 128 bits do. (TRY is no way
// out: where a column has nulls, DuckDB 1.4.3 lets it set the operand itself to null.)
func wrapped(op string, x, y sqlgen.Operand) string {
	wide := "kql_low_long(" + widened(op, x) + " " + op + " " + widened(op, y) + ")"
	if !light(x) || !light(y) {
		return wide
	}
	test := "kql_half"
	if op == "*" {
		test = "kql_short"
	}
	safe := ""
	for _, o := range []sqlgen.Operand{x, y} {
		if n, ok := constLike(o); ok && n > -1<<31 && n < 1<<31 {
			continue
		}
		if safe != "" {
			safe += " AND "
		}
		safe += test + "(" + o.SQL + ")"
	}
	if safe == "" {
		return fmt.Sprintf("(%s %s %s)", x.SQL, op, y.SQL)
	}
	return fmt.Sprintf("(CASE WHEN %s THEN %s %s %s ELSE %s END)", safe, x.SQL, op, y.SQL, wide)
}

// maxTerms is the number of longs that 128 bits can sum up without wrapping in between.
const maxTerms = 50

// widened writes an operand of 128 bits. A sum of such need not be wrapped before it is
// added to.
func widened(op string, o sqlgen.Operand) string {
	inner, ok := strings.CutPrefix(o.SQL, "kql_low_long(")
	if ok && op == "+" && !strings.Contains(inner, "*") && strings.Count(inner, "::HUGEINT") < maxTerms {
		return "(" + inner
	}
	return o.SQL + "::HUGEINT"
}

// maxTicks is the last instant of a datetime.
const maxTicks = types.MaxDateTime

// datetimeSum writes a datetime and a length of time; what leaves years 1 to 9999 is null.
func datetimeSum(op string, x, y sqlgen.Operand) string {
	if op == "*" {
		return "kql_datetime_range(" + wrapped(op, x, y) + ")"
	}
	if n, ok := constLike(y); ok && x.Type == types.DateTime && n >= -maxTicks && n <= maxTicks {
		if op == "-" {
			n = -n
		}
		return datetimeShift(x.SQL, n)
	}
	if n, ok := constLike(x); ok && op == "+" && y.Type == types.DateTime && n >= -maxTicks && n <= maxTicks {
		return datetimeShift(y.SQL, n)
	}
	small := ""
	for _, o := range []sqlgen.Operand{x, y} {
		if o.Type != types.DateTime {
			small += fmt.Sprintf("%s BETWEEN %d AND %d AND ", o.SQL, -int64(maxTicks), int64(maxTicks))
		}
	}
	sum := fmt.Sprintf("%s %s %s", x.SQL, op, y.SQL)
	return fmt.Sprintf("(CASE WHEN %s%s BETWEEN 0 AND %d THEN %s END)", small, sum, int64(maxTicks), sum)
}

// datetimeShift writes a datetime moved by a constant.
func datetimeShift(t string, by int64) string {
	switch {
	case by == 0:
		return t
	case by < 0:
		return fmt.Sprintf("(CASE WHEN %[1]s >= %[2]d THEN %[1]s - %[2]d END)", t, -by)
	}
	return fmt.Sprintf("(CASE WHEN %[1]s <= %[2]d THEN %[1]s + %[3]d END)", t, maxTicks-by, by)
}

func inRange(sql string, t types.Type) string {
	if t == types.DateTime {
		return "kql_datetime_range(" + sql + ")"
	}
	return sql
}

// dynamicArithmetic computes with two dynamic values: as numbers if both are.
func dynamicArithmetic(op string, x, y sqlgen.Operand) string {
	return fmt.Sprintf("kql_dynamic_arithmetic(%s, %s, %s)", Text(op), x.SQL, y.SQL)
}

func divide(c sqlgen.Call) (string, error) {
	x, y := c.Args[0], c.Args[1]
	switch {
	case c.Type == types.Decimal:
		return goCall("decimal_divide", x, y), nil
	case c.Type == types.Dynamic:
		return dynamicArithmetic("/", x, y), nil
	case c.Type == types.Real:
		return fmt.Sprintf("(%s / %s)", realOperand(x).SQL, realOperand(y).SQL), nil
	case y.Type == types.Real:
		return inRange(fmt.Sprintf("kql_real_long(%s / %s)", realOperand(x).SQL, y.SQL), c.Type), nil
	}
	if n, ok := constLong(y); ok && n != 0 && n != -1 {
		return fmt.Sprintf("(%s // %s)", longOperand(x).SQL, longOperand(y).SQL), nil
	}
	x, y = longOperand(x), longOperand(y)
	sql := fmt.Sprintf("(CASE WHEN %[2]s = -1 THEN kql_low_long(-(%[1]s::HUGEINT)) ELSE %[1]s // %[2]s END)", x.SQL, y.SQL)
	return inRange(sql, c.Type), nil
}

func modulo(c sqlgen.Call) (string, error) {
	x, y := c.Args[0], c.Args[1]
	switch {
	case c.Type == types.Decimal:
		return goCall("decimal_modulo", x, y), nil
	case c.Type == types.Dynamic:
		return dynamicArithmetic("%", x, y), nil
	case c.Type == types.Real:
		return remainder(realOperand(x), realOperand(y)), nil
	case y.Type == types.Real:
		return "kql_real_long(" + remainder(realOperand(x), y) + ")", nil
	}
	return remainder(longOperand(x), longOperand(y)), nil
}

// remainder writes a remainder that is never negative: -5 % 3 is 1.
func remainder(x, y sqlgen.Operand) string {
	if n, ok := constLike(y); ok && n != 0 && n > -1<<62 && n < 1<<62 {
		n = max(n, -n)
		return fmt.Sprintf("((%s %% %d + %d) %% %d)", x.SQL, n, n, n)
	}
	rest := fmt.Sprintf("%s %% %s", x.SQL, y.SQL)
	if y.Type != types.Real {
		// the least long divided by -1 raises too
		rest = fmt.Sprintf("%s %% nullif(%s, -1)", x.SQL, y.SQL)
		return fmt.Sprintf("(CASE WHEN %[2]s = -1 THEN %[1]s * 0 WHEN %[3]s < 0 THEN CASE WHEN %[2]s < 0 THEN %[3]s - %[2]s ELSE %[3]s + %[2]s END ELSE %[3]s END)", x.SQL, y.SQL, rest)
	}
	return fmt.Sprintf("(CASE WHEN %[2]s < 0 THEN %[2]s + abs(%[1]s) ELSE %[2]s END)", y.SQL, rest)
}

func negate(c sqlgen.Call) (string, error) {
	x := c.Args[0]
	switch x.Type {
	case types.Real:
		return "(- " + x.SQL + ")", nil
	case types.Decimal:
		return goCall("decimal_subtract", sqlgen.Operand{SQL: "'0'"}, x), nil
	case types.Dynamic:
		return dynamicArithmetic("-", sqlgen.Operand{SQL: "'0'"}, x), nil
	}
	x = longOperand(x)
	return fmt.Sprintf("(CASE WHEN %[1]s = -9223372036854775808 THEN %[1]s ELSE -%[1]s END)", x.SQL), nil
}

// mayBeNaN reports whether a comparison must look at NaN: DuckDB takes it for the
// greatest number and equal to itself.
func mayBeNaN(o sqlgen.Operand) bool {
	return o.Type == types.Real && (o.Const == nil || math.IsNaN(o.Const.Real))
}

// equal writes == and !=. One null is equal to no value, two nulls give null.
func equal(not bool) sqlgen.Template {
	op, distinct := "=", "IS NOT DISTINCT FROM"
	if not {
		op, distinct = "<>", "IS DISTINCT FROM"
	}
	return func(c sqlgen.Call) (string, error) {
		x, y := c.Args[0], c.Args[1]
		if x.Type == types.Decimal || y.Type == types.Decimal {
			x = sqlgen.Operand{SQL: goCall("decimal_compare", x, y), Type: types.Long}
			y = sqlgen.Operand{SQL: "0", Type: types.Long, Const: &types.Value{Type: types.Long}}
		}
		if x.Type == types.Dynamic && y.Type == types.Dynamic {
			return negated(goCall("dynamic_equal", x, y), not), nil
		}
		sql := ""
		switch {
		case neverNull(x) && neverNull(y) || c.Condition && !not:
			sql = fmt.Sprintf("(%s %s %s)", x.SQL, op, y.SQL)
		case neverNull(x) || neverNull(y):
			sql = fmt.Sprintf("(%s %s %s)", x.SQL, distinct, y.SQL)
		default:
			sql = fmt.Sprintf("(CASE WHEN (%[1]s IS NULL) <> (%[2]s IS NULL) THEN %[4]t ELSE %[1]s %[3]s %[2]s END)", x.SQL, y.SQL, op, not)
		}
		if !mayBeNaN(x) || !mayBeNaN(y) {
			if !constNaN(x) && !constNaN(y) {
				return sql, nil
			}
		}
		if not {
			return fmt.Sprintf("(%s OR coalesce(isnan(%s), false))", sql, x.SQL), nil
		}
		return fmt.Sprintf("(%s AND NOT coalesce(isnan(%s), false))", sql, x.SQL), nil
	}
}

func constNaN(o sqlgen.Operand) bool {
	return o.Type == types.Real && o.Const != nil && !o.Const.Null && math.IsNaN(o.Const.Real)
}

// less writes an order comparison; nan is the operand that would come out greatest if it
// were NaN.
func less(op string, nan int) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		x, y := c.Args[0], c.Args[1]
		if x.Type == types.Decimal || y.Type == types.Decimal {
			return fmt.Sprintf("(%s %s 0)", goCall("decimal_compare", x, y), op), nil
		}
		if x.Type == types.Dynamic && y.Type == types.Dynamic {
			return fmt.Sprintf("(kql_dynamic_real(%s) %s kql_dynamic_real(%s))", x.SQL, op, y.SQL), nil
		}
		sql := fmt.Sprintf("(%s %s %s)", x.SQL, op, y.SQL)
		if mayBeNaN(c.Args[nan]) {
			sql = fmt.Sprintf("(%s AND NOT isnan(%s))", sql, c.Args[nan].SQL)
		}
		return sql, nil
	}
}

// around writes that a value is within a distance of a centre.
func around(c sqlgen.Call) (string, error) {
	kind := types.Long
	for _, x := range c.Args {
		switch x.Type {
		case types.Bool, types.Dynamic, types.GUID, types.String:
			return "", fmt.Errorf("is not supported for %s", x.Type)
		case types.Decimal:
			kind = types.Decimal
		case types.Real:
			if kind != types.Decimal {
				kind = types.Real
			}
		}
	}
	switch kind {
	case types.Real:
		return withReal(pattern("({0} BETWEEN {1} - {2} AND {1} + {2})"))(c)
	case types.Decimal:
		far := sqlgen.Operand{SQL: goCall("decimal_abs", sqlgen.Operand{SQL: goCall("decimal_subtract", decimalOperand(c.Args[0]), decimalOperand(c.Args[1]))})}
		return "(" + goCall("decimal_compare", far, decimalOperand(c.Args[2])) + " <= 0)", nil
	}
	x, at, delta := longOperand(c.Args[0]), longOperand(c.Args[1]), longOperand(c.Args[2])
	return fmt.Sprintf("(%s BETWEEN %s AND %s)", x.SQL, wrapped("-", at, delta), wrapped("+", at, delta)), nil
}

func between(not bool) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		x, low, high := c.Args[0], c.Args[1], c.Args[2]
		if x.Type == types.Decimal || low.Type == types.Decimal || high.Type == types.Decimal {
			sql := fmt.Sprintf("(%s >= 0 AND %s <= 0)", goCall("decimal_compare", x, low), goCall("decimal_compare", x, high))
			return negated(sql, not), nil
		}
		if high.Type == types.TimeSpan && low.Type == types.DateTime {
			high.SQL = "(" + low.SQL + " + " + high.SQL + ")"
		}
		sql := fmt.Sprintf("(%s BETWEEN %s AND %s)", x.SQL, low.SQL, high.SQL)
		if mayBeNaN(high) {
			sql = fmt.Sprintf("(%s AND NOT isnan(%s))", sql, high.SQL)
		}
		return negated(sql, not), nil
	}
}

// choose writes iff and case: condition, value, .., default. A null condition is false.
func choose(c sqlgen.Call) (string, error) {
	if len(c.Args)%2 == 0 {
		return "", fmt.Errorf("with %d arguments is not supported", len(c.Args))
	}
	last := len(c.Args) - 1
	if last == 2 && c.Args[1].Type == c.Type && c.Type != types.String && isNull(c.Args[2]) && c.Args[0].SQL == "("+c.Args[1].SQL+" IS NOT NULL)" {
		return c.Args[1].SQL, nil
	}
	sql := "(CASE"
	for i := 0; i < last; i += 2 {
		v, err := branch(c.Args[i+1], c.Type)
		if err != nil {
			return "", err
		}
		sql += " WHEN " + c.Args[i].SQL + " THEN " + v
	}
	v, err := branch(c.Args[last], c.Type)
	return sql + " ELSE " + v + " END)", err
}

// branch converts a value to the type of the whole.
func branch(x sqlgen.Operand, t types.Type) (string, error) {
	if x.Type == t || t == types.Unknown || x.Type == types.Unknown {
		return x.SQL, nil
	}
	return convertTo(x, t)
}

func coalesce(c sqlgen.Call) (string, error) {
	sql := ""
	for i, x := range c.Args {
		v, err := branch(x, c.Type)
		if err != nil {
			return "", err
		}
		if c.Type == types.String && i < len(c.Args)-1 {
			v = "nullif(" + v + ", '')"
		}
		if i > 0 {
			sql += ", "
		}
		sql += v
	}
	if c.Type == types.String {
		sql += ", ''"
	}
	return "coalesce(" + sql + ")", nil
}

func empty(not bool) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		x := c.Args[0]
		if x.Type != types.String && x.Type != types.Dynamic {
			return null(not)(c)
		}
		op := "="
		if not {
			op = "<>"
		}
		return "(" + textOperand(x).SQL + " " + op + " '')", nil
	}
}

func null(not bool) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		x := c.Args[0]
		if x.Type == types.String {
			// Text is never null; the column is still read, so that it stays a column.
			return fmt.Sprintf("%t", not), nil
		}
		if not {
			return "(" + x.SQL + " IS NOT NULL)", nil
		}
		return "(" + x.SQL + " IS NULL)", nil
	}
}

// extreme writes max_of and min_of, where null yields and NaN prevails.
func extreme(least bool) sqlgen.Template {
	name := "greatest" // NaN is the greatest to DuckDB
	if least {
		name = "least"
	}
	return func(c sqlgen.Call) (string, error) {
		args := make([]sqlgen.Operand, len(c.Args))
		nan := ""
		for i, x := range c.Args {
			v, err := branch(x, c.Type)
			if err != nil {
				return "", err
			}
			args[i] = sqlgen.Operand{SQL: v, Type: c.Type}
			if c.Type == types.Real && mayBeNaN(x) {
				if nan != "" {
					nan += " OR "
				}
				nan += "isnan(" + v + ")"
			}
		}
		if c.Type == types.Decimal {
			sql := args[0].SQL
			for _, x := range args[1:] {
				sql = fmt.Sprintf("kql_decimal_extreme(%s, %s, %t)", sql, x.SQL, least)
			}
			return sql, nil
		}
		sql := name + "(" + list(args) + ")"
		if least && nan != "" {
			sql = "(CASE WHEN " + nan + " THEN 'nan'::DOUBLE ELSE " + sql + " END)"
		}
		return sql, nil
	}
}

// assert fails while the query is compiled where the condition is a constant.
func assert(c sqlgen.Call) (string, error) {
	if v := c.Args[0].Const; v != nil && (v.Null || v.Int == 0) {
		message, _ := constText(c.Args[1])
		return "", sqlgen.AssertionError(message)
	}
	return fill("(CASE WHEN {0} THEN true ELSE error({1}) END)", c.Args)
}
