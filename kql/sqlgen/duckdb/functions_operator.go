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
	"+":          arithmetic("+", "kql_add"),
	"-":          arithmetic("-", "kql_subtract"),
	"*":          arithmetic("*", "kql_multiply"),
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
	"assert":     pattern("(CASE WHEN {0} THEN true ELSE error({1}) END)"),
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

// arithmetic writes + - *; wrap names the macro that wraps longs around.
func arithmetic(op, wrap string) sqlgen.Template {
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
		if c.Type == types.DateTime {
			switch op {
			case "+":
				return fmt.Sprintf("kql_datetime_add(%s, %s)", x.SQL, y.SQL), nil
			case "-":
				return fmt.Sprintf("kql_datetime_subtract(%s, %s)", x.SQL, y.SQL), nil
			}
			return fmt.Sprintf("kql_datetime_range(%s)", wrapping(op, wrap, x.SQL, y.SQL)), nil
		}
		if x.Type == types.DateTime && y.Type == types.DateTime && op == "-" {
			return fmt.Sprintf("(%s - %s)", x.SQL, y.SQL), nil
		}
		return wrapping(op, wrap, x.SQL, y.SQL), nil
	}
}

// wrapping writes an operation on longs that wraps around. The macro is fast for
// columns and constants, but names its operands several times: written within each
// other, ten additions would be millions of nodes. Computed operands are named once.
func wrapping(op, wrap, x, y string) string {
	if strings.ContainsRune(x, '(') || strings.ContainsRune(y, '(') {
		return fmt.Sprintf("kql_low_long(CAST(%s AS HUGEINT) %s %s)", x, op, y)
	}
	return fmt.Sprintf("%s(%s, %s)", wrap, x, y)
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
	return inRange(fmt.Sprintf("kql_divide(%s, %s)", longOperand(x).SQL, longOperand(y).SQL), c.Type), nil
}

func modulo(c sqlgen.Call) (string, error) {
	x, y := c.Args[0], c.Args[1]
	switch {
	case c.Type == types.Decimal:
		return goCall("decimal_modulo", x, y), nil
	case c.Type == types.Dynamic:
		return dynamicArithmetic("%", x, y), nil
	case c.Type == types.Real:
		return fmt.Sprintf("kql_real_modulo(%s, %s)", realOperand(x).SQL, realOperand(y).SQL), nil
	case y.Type == types.Real:
		return fmt.Sprintf("kql_real_long(kql_real_modulo(%s, %s))", realOperand(x).SQL, y.SQL), nil
	}
	return fmt.Sprintf("kql_modulo(%s, %s)", longOperand(x).SQL, longOperand(y).SQL), nil
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
	return "kql_negate(" + longOperand(x).SQL + ")", nil
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
		case neverNull(x) && neverNull(y):
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
	for _, x := range c.Args {
		if x.Type == types.Decimal || x.Type == types.String || x.Type == types.Dynamic {
			return "", fmt.Errorf("is not supported for %s", x.Type)
		}
		if x.Type == types.Real {
			return withReal(pattern("({0} BETWEEN {1} - {2} AND {1} + {2})"))(c)
		}
	}
	return withLong(pattern("({0} BETWEEN kql_subtract({1}, {2}) AND kql_add({1}, {2}))"))(c)
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
	sql := "(CASE"
	last := len(c.Args) - 1
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
