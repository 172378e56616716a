package duckdb

import (
	"fmt"
	"math"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// aggregateTemplates write aggregates, by their names in package builtin. An empty group,
// or one of nulls only, gives what Kusto gives: sum 0, average NaN, lists empty.
var aggregateTemplates = merge(map[string]sqlgen.AggTemplate{
	"any":            anyValue,
	"anyif":          anyValue,
	"arg_max":        argExtreme("arg_max", "inf"),
	"arg_min":        argExtreme("arg_min", "-inf"),
	"argmax":         argExtreme("arg_max", "inf"),
	"argmin":         argExtreme("arg_min", "-inf"),
	"avg":            average,
	"binary_all_and": plainAgg("bit_and"),
	"binary_all_or":  plainAgg("bit_or"),
	"binary_all_xor": plainAgg("bit_xor"),
	"cnt":            count,
	"count":          count,
	"count_distinct": countDistinct,
	"countif":        count,
	"covariance":     moment("covar_samp", 2),
	"covariancep":    moment("covar_pop", 2),
	"dcount":         countDistinct,
	"max":            extremeAgg("max", false),
	"min":            extremeAgg("min", true),
	"passthrough":    anyValue,
	"stdev":          moment("stddev_samp", 1),
	"stdevp":         moment("stddev_pop", 1),
	"sum":            sum,
	"take_any":       anyValue,
	"variance":       moment("var_samp", 1),
	"variancep":      moment("var_pop", 1),
}, collectTemplates, sketchTemplates)

// aggregate writes a call of an SQL aggregate with its filter; further conditions are added to it.
func aggregate(c sqlgen.AggCall, call string, conditions ...string) string {
	if c.Filter != "" {
		conditions = append(conditions, c.Filter)
	}
	if len(conditions) == 0 {
		return call
	}
	for i, f := range conditions {
		conditions[i] = "(" + f + ")"
	}
	return call + " FILTER (WHERE " + strings.Join(conditions, " AND ") + ")"
}

// ordered writes the argument of an aggregate that depends on the order of its input.
func ordered(c sqlgen.AggCall, arg string) string {
	if c.Order != "" {
		return arg + " ORDER BY " + c.Order
	}
	return arg
}

func plainAgg(name string) sqlgen.AggTemplate {
	return func(c sqlgen.AggCall) (string, error) {
		return aggregate(c, name+"("+c.Args[0].SQL+")"), nil
	}
}

// count counts rows, those with nulls too.
func count(c sqlgen.AggCall) (string, error) { return aggregate(c, "count(*)"), nil }

// countDistinct counts exactly, where Kusto's dcount estimates. Nulls do not count.
func countDistinct(c sqlgen.AggCall) (string, error) {
	return aggregate(c, "count(DISTINCT "+c.Args[0].SQL+")"), nil
}

func sum(c sqlgen.AggCall) (string, error) {
	switch x := c.Args[0]; x.Type {
	case types.Real:
		return "coalesce(" + aggregate(c, "sum("+x.SQL+")") + ", 0)", nil
	case types.Decimal:
		return "kql_decimal_sum(" + jsonList(c, x.SQL) + ")", nil
	case types.Dynamic:
		return "kql_real_json(coalesce(" + aggregate(c, "sum(kql_dynamic_real("+x.SQL+"))") + ", 0))", nil
	case types.Bool:
		return "coalesce(CAST(" + aggregate(c, "sum(CAST("+x.SQL+" AS INTEGER))") + " AS BIGINT), 0)", nil
	default:
		// The sum of longs is a HUGEINT; Kusto's wraps around.
		return "coalesce(kql_low_long(" + aggregate(c, "sum("+x.SQL+")") + "), 0)", nil
	}
}

// jsonList collects the values of a group that are not null, as JSON texts in an array.
func jsonList(c sqlgen.AggCall, sql string) string {
	return "CAST(to_json(coalesce(" + aggregate(c, "list("+ordered(c, sql)+")", sql+" IS NOT NULL") + ", [])) AS VARCHAR)"
}

func average(c sqlgen.AggCall) (string, error) {
	x := c.Args[0]
	switch x.Type {
	case types.Real:
		return "coalesce(" + aggregate(c, "avg("+x.SQL+")") + ", 'nan'::DOUBLE)", nil
	case types.Decimal:
		return "kql_decimal_avg(" + jsonList(c, x.SQL) + ")", nil
	case types.Dynamic:
		return "kql_real_json(coalesce(" + aggregate(c, "avg(kql_dynamic_real("+x.SQL+"))") + ", 'nan'::DOUBLE))", nil
	}
	total := "kql_low_long(" + aggregate(c, "sum("+x.SQL+")") + ")"
	n := aggregate(c, "count("+x.SQL+")")
	if x.Type == types.DateTime || x.Type == types.TimeSpan {
		// Ticks of many times overflow a long, but not the HUGEINT of the sum.
		return "CAST(" + aggregate(c, "sum("+x.SQL+")") + " // " + n + " AS BIGINT)", nil
	}
	return "coalesce(CAST(" + total + " AS DOUBLE) / " + n + ", 'nan'::DOUBLE)", nil
}

// extremeAgg writes min and max.
func extremeAgg(name string, least bool) sqlgen.AggTemplate {
	return func(c sqlgen.AggCall) (string, error) {
		x := c.Args[0]
		switch x.Type {
		case types.String:
			return "coalesce(" + aggregate(c, name+"("+x.SQL+")") + ", '')", nil
		case types.Decimal:
			return fmt.Sprintf("kql_decimal_extremes(%s, %t)", jsonList(c, x.SQL), least), nil
		case types.Dynamic:
			return "arg_" + aggregate(c, name+"("+x.SQL+", kql_sort_key("+x.SQL+"))"), nil
		}
		return aggregate(c, name+"("+x.SQL+")"), nil
	}
}

// moment writes deviations, variances and covariances: 0 for a single value, NaN where a value
// is not finite or so great that its square isn't, of which DuckDB makes an error.
func moment(name string, args int) sqlgen.AggTemplate {
	return func(c sqlgen.AggCall) (string, error) {
		parts := make([]string, args)
		var tame []string
		for i := range parts {
			parts[i] = realOperand(c.Args[i]).SQL
			if t := c.Args[i].Type; t == types.Int || t == types.Long {
				continue
			}
			tame = append(tame, "abs("+parts[i]+") <= 1e150")
			parts[i] = "CASE WHEN " + tame[len(tame)-1] + " THEN " + parts[i] + " END"
		}
		sql := "coalesce(" + aggregate(c, name+"("+strings.Join(parts, ", ")+")") + ", 0)"
		if len(tame) == 0 {
			return sql, nil
		}
		return "(CASE WHEN " + aggregate(c, "bool_and("+strings.Join(tame, " AND ")+")") + " = false THEN 'nan'::DOUBLE ELSE " + sql + " END)", nil
	}
}

// anyValue gives a value that is not null where there is one.
func anyValue(c sqlgen.AggCall) (string, error) {
	if c.Row {
		return fromRow(c, aggregate(c, "first("+c.Args[0].SQL+")")), nil
	}
	sql := aggregate(c, "any_value("+c.Args[0].SQL+")")
	if c.Type == types.String && c.Args[0].Type == types.String {
		return "coalesce(" + aggregate(c, "any_value(nullif("+c.Args[0].SQL+", ''))") + ", '')", nil
	}
	return sql, nil
}

// argExtreme gives the value of the row with the greatest or least key. Null keys count
// only if there are no others; NaN prevails. DuckDB's arg_max_null takes the first such
// row whatever its value, so that several of one key tell of the same row. (To pack the
// values into one struct costs several times as much.)
func argExtreme(name, prevails string) sqlgen.AggTemplate {
	return func(c sqlgen.AggCall) (string, error) {
		if len(c.Args) < 2 {
			return "", fmt.Errorf("needs a value to compare")
		}
		arg, key := c.Args[0].SQL, c.Args[1]
		by := key.SQL
		switch key.Type {
		case types.Real:
			if prevails == "-inf" {
				by = "(CASE WHEN isnan(" + by + ") THEN '-inf'::DOUBLE ELSE " + by + " END)"
			}
		case types.Decimal:
			by = "TRY_CAST(" + by + " AS DOUBLE)"
		}
		best := func(by string) string { return aggregate(c, name+"_null("+arg+", "+by+")") }
		switch {
		case neverNull(key):
			return fromRow(c, best(by)), nil
		case key.Type == types.DateTime:
			// No time is as small or great.
			least := "-1"
			if prevails == "-inf" {
				least = fmt.Sprint(int64(math.MaxInt64))
			}
			return fromRow(c, best("coalesce("+by+", "+least+")")), nil
		}
		sql := fmt.Sprintf("(CASE WHEN %s = 0 THEN %s ELSE %s END)", aggregate(c, "count("+by+")"), aggregate(c, "first("+arg+")"), best(by))
		return fromRow(c, sql), nil
	}
}

// fromRow writes the value of one row: a string is never null, though a group may be empty.
func fromRow(c sqlgen.AggCall, sql string) string {
	if c.Type == types.String {
		return "coalesce(" + sql + ", '')"
	}
	return sql
}
