package duckdb

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// datetimeTemplates write functions of time. A datetime is ticks of 100 ns since 0001-01-01,
// a Monday, so that days, weeks and shorter units are integer arithmetic; months and years
// go by the calendar.
var datetimeTemplates = map[string]sqlgen.Template{
	"ago":                              unsupported("the binder replaces it by a constant"),
	"datetime_add":                     datetimeAdd,
	"datetime_diff":                    datetimeDiff,
	"datetime_list_timezones":          goFunc("datetime_list_timezones"),
	"datetime_local_to_utc":            goFunc("datetime_local_to_utc"),
	"datetime_part":                    datetimePart,
	"datetime_utc_to_local":            goFunc("datetime_utc_to_local"),
	"dayofmonth":                       pattern("CAST(day(kql_date({0})) AS INTEGER)"),
	"dayofweek":                        pattern("((kql_day({0}) + 1) % 7 * 864000000000)"),
	"dayofyear":                        pattern("CAST(dayofyear(kql_date({0})) AS INTEGER)"),
	"endofday":                         startOf("day", true),
	"endofmonth":                       startOf("month", true),
	"endofweek":                        startOf("week", true),
	"endofyear":                        startOf("year", true),
	"format_datetime":                  goFunc("format_datetime"),
	"format_timespan":                  goFunc("format_timespan"),
	"getmonth":                         pattern("CAST(month(kql_date({0})) AS INTEGER)"),
	"getyear":                          pattern("CAST(year(kql_date({0})) AS INTEGER)"),
	"hourofday":                        pattern("CAST({0} // 36000000000 % 24 AS INTEGER)"),
	"make_datetime":                    makeDatetime,
	"make_timespan":                    makeTimespan,
	"monthofyear":                      pattern("CAST(month(kql_date({0})) AS INTEGER)"),
	"now":                              unsupported("the binder replaces it by a constant"),
	"startofday":                       startOf("day", false),
	"startofmonth":                     startOf("month", false),
	"startofweek":                      startOf("week", false),
	"startofyear":                      startOf("year", false),
	"unixtime_microseconds_todatetime": unixTime(10, 1),
	"unixtime_milliseconds_todatetime": unixTime(10_000, 1),
	"unixtime_nanoseconds_todatetime":  unixTime(1, 100),
	"unixtime_seconds_todatetime":      unixTime(10_000_000, 1),
	"week_of_year":                     pattern("CAST(weekofyear(kql_date({0})) AS INTEGER)"),
}

// startOf writes startof<unit> and endof<unit> with their optional offset: the end of a unit
// is the last tick before the next one.
func startOf(unit string, end bool) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		t, next := c.Args[0].SQL, int64(0)
		if end {
			next = 1
		}
		if len(c.Args) == 1 && unit != "week" {
			// Within the range of datetimes, the units around are as well, but for the first
			// and the last week.
			sql := fmt.Sprintf("kql_start_%s(%s, %d)", unit, t, next)
			if end {
				sql = "(" + sql + " - 1)"
			}
			return sql, nil
		}
		offset := "0"
		if len(c.Args) > 1 {
			offset = longOperand(c.Args[1]).SQL
		}
		most := mostUnits[unit]
		sql := fmt.Sprintf("kql_start_%s(%s, greatest(least(%s, %d), %d) + %d)", unit, t, offset, most, -most, next)
		return fmt.Sprintf("kql_datetime_range(%s - %d)", sql, next), nil
	}
}

// mostUnits are more of a unit than the range of datetimes holds, and few enough that
// their ticks fit a long.
var mostUnits = map[string]int{"day": 4_000_000, "week": 600_000, "month": 130_000, "year": 11_000}

// unitTicks are the units of fixed length, by every name that Kusto takes.
var unitTicks = map[string]int64{
	"week":        6_048_000_000_000,
	"day":         864_000_000_000,
	"hour":        36_000_000_000,
	"minute":      600_000_000,
	"second":      10_000_000,
	"millisecond": 10_000,
	"microsecond": 10,
}

// unitName returns the constant unit of datetime_add and its kin in lower case.
func unitName(o sqlgen.Operand) (string, error) {
	s, ok := constText(o)
	if !ok {
		return "", fmt.Errorf("needs a constant unit")
	}
	return strings.ToLower(s), nil
}

func datetimeAdd(c sqlgen.Call) (string, error) {
	unit, err := unitName(c.Args[0])
	if err != nil {
		return "", err
	}
	n, t := longOperand(c.Args[1]).SQL, c.Args[2].SQL
	if months := map[string]int{"year": 12, "quarter": 3, "month": 1}[unit]; months > 0 {
		return fmt.Sprintf("kql_add_months(%s, %d * greatest(least(%s, 200000), -200000))", t, months, n), nil
	}
	if unit == "nanosecond" {
		return datetimeSum("+", c.Args[2], sqlgen.Operand{SQL: "(" + n + " // 100)", Type: types.TimeSpan}), nil
	}
	ticks, ok := unitTicks[unit]
	if !ok {
		return "", fmt.Errorf("knows no unit %q", unit)
	}
	if k, ok := constLong(c.Args[1]); ok && k >= -maxTicks/ticks && k <= maxTicks/ticks {
		return datetimeShift(t, k*ticks), nil
	}
	return datetimeUnits(t, n, ticks), nil
}

// datetimeUnits writes a datetime moved by n units of so many ticks.
func datetimeUnits(t, n string, ticks int64) string {
	return fmt.Sprintf("(CASE WHEN %[2]s BETWEEN %[4]d AND %[5]d THEN kql_datetime_range(%[1]s + %[2]s * %[3]d) END)",
		t, n, ticks, -maxTicks/ticks, maxTicks/ticks)
}

// datetimeDiff counts the boundaries of a unit between two times. Weeks begin on Sunday.
func datetimeDiff(c sqlgen.Call) (string, error) {
	unit, err := unitName(c.Args[0])
	if err != nil {
		return "", err
	}
	a, b := c.Args[1].SQL, c.Args[2].SQL
	count := ""
	switch unit {
	case "year":
		count = "CAST(year(kql_date(%s)) AS BIGINT)"
	case "quarter":
		count = "kql_quarters(%s)"
	case "month":
		count = "kql_months(%s)"
	case "week":
		count = "((kql_day(%s) + 1) // 7)"
	case "nanosecond":
		return fmt.Sprintf("kql_low_long((%s - %s)::HUGEINT * 100)", a, b), nil
	default:
		ticks, ok := unitTicks[unit]
		if !ok {
			return "", fmt.Errorf("knows no unit %q", unit)
		}
		count = fmt.Sprintf("(%%s // %d)", ticks)
	}
	return "(" + fmt.Sprintf(count, a) + " - " + fmt.Sprintf(count, b) + ")", nil
}

// partPatterns are the parts of a datetime that datetime_part gives.
var partPatterns = map[string]string{
	"year":         "year(kql_date({1}))",
	"quarter":      "quarter(kql_date({1}))",
	"month":        "month(kql_date({1}))",
	"weekofyear":   "weekofyear(kql_date({1}))",
	"week_of_year": "weekofyear(kql_date({1}))",
	"day":          "day(kql_date({1}))",
	"dayofyear":    "dayofyear(kql_date({1}))",
	"hour":         "{1} // 36000000000 % 24",
	"minute":       "{1} // 600000000 % 60",
	"second":       "{1} // 10000000 % 60",
	"millisecond":  "{1} // 10000 % 1000",
	"microsecond":  "{1} // 10 % 1000000",
	"nanosecond":   "{1} % 10000000 * 100",
}

func datetimePart(c sqlgen.Call) (string, error) {
	unit, err := unitName(c.Args[0])
	if err != nil {
		return "", err
	}
	p, ok := partPatterns[unit]
	if !ok {
		return "", fmt.Errorf("knows no part %q", unit)
	}
	return fill("CAST("+p+" AS INTEGER)", c.Args)
}

// unixTime writes unixtime_<unit>_todatetime: a unit is mul/div ticks.
func unixTime(mul, div int64) sqlgen.Template {
	const epoch = 621_355_968_000_000_000
	return func(c sqlgen.Call) (string, error) {
		x := c.Args[0]
		if x.Type == types.Int || x.Type == types.Long {
			if div > 1 {
				return fmt.Sprintf("kql_datetime_range(%d + %s // %d)", int64(epoch), longOperand(x).SQL, div), nil
			}
			return datetimeUnits(fmt.Sprint(int64(epoch)), longOperand(x).SQL, mul), nil
		}
		return datetimeUnits(fmt.Sprint(int64(epoch)), fmt.Sprintf("kql_real_long(%s * %d / %d)", realOperand(x).SQL, mul, div), 1), nil
	}
}

func makeDatetime(c sqlgen.Call) (string, error) {
	if len(c.Args) == 1 {
		return convertTo(c.Args[0], types.DateTime)
	}
	args := make([]sqlgen.Operand, 6)
	for i := range args {
		args[i] = sqlgen.Operand{SQL: "0::DOUBLE", Type: types.Real}
		if i < len(c.Args) {
			args[i] = realOperand(c.Args[i])
		}
	}
	return goCall("make_datetime", args...), nil
}

// makeTimespan takes (hours, minutes[, seconds]) or (days, hours, minutes, seconds).
func makeTimespan(c sqlgen.Call) (string, error) {
	if len(c.Args) == 1 {
		return convertTo(c.Args[0], types.TimeSpan)
	}
	args := []sqlgen.Operand{{SQL: "0::DOUBLE"}, {SQL: "0::DOUBLE"}, {SQL: "0::DOUBLE"}, {SQL: "0::DOUBLE"}}
	at := 1
	if len(c.Args) == 4 {
		at = 0
	}
	for i, x := range c.Args {
		args[at+i] = realOperand(x)
	}
	return goCall("make_timespan", args...), nil
}
