package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// datetimeFunctions are the functions of dates.
var datetimeFunctions = []Function{
	{
		Name: "ago", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("timespan", types.TimeSpan)),
		},
		Doc:     "Gives the time a timespan before now.",
		Example: "print ago(1d) < now()",
		Page:    "ago-function",
	},
	{
		Name: "around", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("value"), par("center"), par("delta")),
		},
		Doc:     "Says whether a value is within a distance of a centre.",
		Example: "print around(datetime(2024-01-31), datetime(2024-01-30), 1d)",
		Page:    "around-function",
	},
	{
		Name: "datetime_add", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), constant(par("part", types.String)), par("value", integers...), par("datetime", types.DateTime)),
		},
		Doc:     "Adds calendar units to a datetime.",
		Example: `print datetime_add("month", 1, datetime(2024-01-31))`,
		Page:    "datetime-add-function",
	},
	{
		Name: "datetime_diff", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), constant(par("part", types.String)), par("datetime1", types.DateTime), par("datetime2", types.DateTime)),
		},
		Doc:     "Counts the calendar boundaries between two datetimes.",
		Example: `print datetime_diff("day", datetime(2024-02-01), datetime(2024-01-31 23:00))`,
		Page:    "datetime-diff-function",
	},
	{
		Name: "datetime_list_timezones", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic)),
		},
		Doc:     "Lists the time zones that the conversions know.",
		Example: "print array_length(datetime_list_timezones()) > 100",
		Page:    "datetime-list-timezones-function",
	},
	{
		Name: "datetime_local_to_utc", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("from", types.DateTime), par("timezone", types.String)),
		},
		Doc:     "Converts a time of a time zone to UTC.",
		Example: `print datetime_local_to_utc(datetime(2024-07-01 12:00), "Europe/Madrid")`,
		Page:    "datetime-local-to-utc-function",
	},
	{
		Name: "datetime_part", Kind: Scalar, Aliases: []string{"datepart"},
		Overloads: []Overload{
			sig(Fixed(types.Int), constant(par("part", types.String)), par("date", types.DateTime)),
		},
		Doc:     "Gives a part of a datetime.",
		Example: `print datetime_part("hour", datetime(2024-01-31 12:30))`,
		Page:    "datetime-part-function",
	},
	{
		Name: "datetime_utc_to_local", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("from", types.DateTime), par("timezone", types.String)),
		},
		Doc:     "Converts a UTC time to the time of a time zone.",
		Example: `print datetime_utc_to_local(datetime(2024-07-01 12:00), "US/Pacific")`,
		Page:    "datetime-utc-to-local-function",
	},
	{
		Name: "dayofmonth", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Int), par("date", types.DateTime)),
		},
		Doc:     "Gives the day of the month.",
		Example: "print dayofmonth(datetime(2024-01-31))",
		Page:    "dayofmonth-function",
	},
	{
		Name: "dayofweek", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.TimeSpan), par("date", types.DateTime)),
		},
		Doc:     "Gives the days since the preceding Sunday as a timespan.",
		Example: "print dayofweek(datetime(2024-01-31))",
		Page:    "dayofweek-function",
	},
	{
		Name: "dayofyear", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Int), par("date", types.DateTime)),
		},
		Doc:     "Gives the day of the year.",
		Example: "print dayofyear(datetime(2024-01-31))",
		Page:    "dayofyear-function",
	},
	{
		Name: "endofday", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("date", types.DateTime), opt(par("offset", types.Long))),
		},
		Doc:     "Gives the last tick of the day, shifted by days.",
		Example: "print endofday(datetime(2024-01-31 12:30))",
		Page:    "endofday-function",
	},
	{
		Name: "endofmonth", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("date", types.DateTime), opt(par("offset", types.Long))),
		},
		Doc:     "Gives the last tick of the month, shifted by months.",
		Example: "print endofmonth(datetime(2024-01-31 12:30))",
		Page:    "endofmonth-function",
	},
	{
		Name: "endofweek", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("date", types.DateTime), opt(par("offset", types.Long))),
		},
		Doc:     "Gives the last tick of the week (Saturday), shifted by weeks.",
		Example: "print endofweek(datetime(2024-01-31 12:30))",
		Page:    "endofweek-function",
	},
	{
		Name: "endofyear", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("date", types.DateTime), opt(par("offset", types.Long))),
		},
		Doc:     "Gives the last tick of the year, shifted by years.",
		Example: "print endofyear(datetime(2024-01-31 12:30))",
		Page:    "endofyear-function",
	},
	{
		Name: "format_datetime", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.String), par("date", types.DateTime), constant(par("format", types.String))),
		},
		Doc:     "Writes a datetime in a format.",
		Example: `print format_datetime(datetime(2024-01-31 12:34:56), "yyyy-MM-dd HH:mm")`,
		Page:    "format-datetime-function",
	},
	{
		Name: "format_timespan", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.String), par("timespan", types.TimeSpan), constant(par("format", types.String))),
		},
		Doc:     "Writes a timespan in a format.",
		Example: `print format_timespan(1d + 2h, "d.hh:mm")`,
		Page:    "format-timespan-function",
	},
	{
		Name: "getmonth", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Int), par("date", types.DateTime)),
		},
		Doc:     "Gives the month.",
		Example: "print getmonth(datetime(2024-01-31))",
		Page:    "getmonth-function",
	},
	{
		Name: "getyear", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Int), par("date", types.DateTime)),
		},
		Doc:     "Gives the year.",
		Example: "print getyear(datetime(2024-01-31))",
		Page:    "getyear-function",
	},
	{
		Name: "hourofday", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Int), par("date", types.DateTime)),
		},
		Doc:     "Gives the hour of the day.",
		Example: "print hourofday(datetime(2024-01-31 12:30))",
		Page:    "hourofday-function",
	},
	{
		Name: "make_datetime", Kind: Scalar,
		Naming: NameOnlyArg,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("year", numbers...), par("month", numbers...), par("day", numbers...), opt(par("hour", numbers...)), opt(par("minute", numbers...)), opt(par("second", numbers...))),
			sig(Fixed(types.DateTime), par("value")),
		},
		Doc:     "Makes a datetime of its parts.",
		Example: "print make_datetime(2024, 1, 31, 12, 30, 1.5)",
		Page:    "make-datetime-function",
	},
	{
		Name: "make_timespan", Kind: Scalar,
		Naming: NameOnlyArg,
		Overloads: []Overload{
			sig(Fixed(types.TimeSpan), par("days", numbers...), par("hours", numbers...), par("minutes", numbers...), par("seconds", numbers...)),
			sig(Fixed(types.TimeSpan), par("hours", numbers...), par("minutes", numbers...), opt(par("seconds", numbers...))),
			sig(Fixed(types.TimeSpan), par("value")),
		},
		Doc:     "Makes a timespan of its parts.",
		Example: "print make_timespan(1, 12, 30, 55)",
		Page:    "make-timespan-function",
	},
	{
		Name: "monthofyear", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Int), par("date", types.DateTime)),
		},
		Doc:     "Gives the month of the year.",
		Example: "print monthofyear(datetime(2024-01-31))",
		Page:    "monthofyear-function",
	},
	{
		Name: "now", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), opt(par("offset", types.TimeSpan))),
		},
		Doc:     "Gives the time at which the query runs, shifted by a timespan.",
		Example: "print now(-1h) < now()",
		Page:    "now-function",
	},
	{
		Name: "startofday", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("date", types.DateTime), opt(par("offset", types.Long))),
		},
		Doc:     "Gives the start of the day, shifted by days.",
		Example: "print startofday(datetime(2024-01-31 12:30), -1)",
		Page:    "startofday-function",
	},
	{
		Name: "startofmonth", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("date", types.DateTime), opt(par("offset", types.Long))),
		},
		Doc:     "Gives the start of the month, shifted by months.",
		Example: "print startofmonth(datetime(2024-01-31 12:30))",
		Page:    "startofmonth-function",
	},
	{
		Name: "startofweek", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("date", types.DateTime), opt(par("offset", types.Long))),
		},
		Doc:     "Gives the start of the week (Sunday), shifted by weeks.",
		Example: "print startofweek(datetime(2024-01-31 12:30))",
		Page:    "startofweek-function",
	},
	{
		Name: "startofyear", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("date", types.DateTime), opt(par("offset", types.Long))),
		},
		Doc:     "Gives the start of the year, shifted by years.",
		Example: "print startofyear(datetime(2024-01-31 12:30))",
		Page:    "startofyear-function",
	},
	{
		Name: "unixtime_microseconds_todatetime", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("number", numbers...)),
		},
		Doc:     "Converts microseconds since 1970 to a datetime.",
		Example: "print unixtime_microseconds_todatetime(1706702400000000)",
		Page:    "unixtime-microseconds-todatetime-function",
	},
	{
		Name: "unixtime_milliseconds_todatetime", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("number", numbers...)),
		},
		Doc:     "Converts milliseconds since 1970 to a datetime.",
		Example: "print unixtime_milliseconds_todatetime(1706702400000)",
		Page:    "unixtime-milliseconds-todatetime-function",
	},
	{
		Name: "unixtime_nanoseconds_todatetime", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("number", numbers...)),
		},
		Doc:     "Converts nanoseconds since 1970 to a datetime.",
		Example: "print unixtime_nanoseconds_todatetime(1706702400000000000)",
		Page:    "unixtime-nanoseconds-todatetime-function",
	},
	{
		Name: "unixtime_seconds_todatetime", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.DateTime), par("number", numbers...)),
		},
		Doc:     "Converts seconds since 1970 to a datetime.",
		Example: "print unixtime_seconds_todatetime(1706702400)",
		Page:    "unixtime-seconds-todatetime-function",
	},
	{
		Name: "week_of_year", Kind: Scalar, Aliases: []string{"weekofyear"},
		Overloads: []Overload{
			sig(Fixed(types.Int), par("date", types.DateTime)),
		},
		Doc:     "Gives the ISO 8601 week of the year.",
		Example: "print week_of_year(datetime(2024-01-31))",
		Page:    "week-of-year-function",
	},
}
