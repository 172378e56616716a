package duckdb

// functionMacros are the SQL macros that the function templates call, in the order of
// their definition: a macro may use earlier ones. A macro's argument may be evaluated more
// than once, so that none of them takes a volatile one.
var functionMacros = []string{
	// Integers. A long is cut to its low 32 bits, wherever toint gets one.
	`CREATE OR REPLACE TEMP MACRO kql_low_int(x) AS CAST(CASE WHEN x BETWEEN -2147483648 AND 2147483647 THEN x
		WHEN (x & 4294967295) > 2147483647 THEN (x & 4294967295) - 4294967296 ELSE x & 4294967295 END AS INTEGER)`,
	// Towards zero; null for what is no long.
	`CREATE OR REPLACE TEMP MACRO kql_real_long(x) AS (CASE WHEN abs(x) < 9223372036854775808.0::DOUBLE THEN CAST(trunc(x) AS BIGINT) END)`,
	// kql_low_long keeps the low 64 bits of a HUGEINT, as Kusto wraps a sum or product of two
	// longs. It names its operand once: see wrapping.
	`CREATE OR REPLACE TEMP MACRO kql_low_long(h) AS CAST(((h + 9223372036854775808::HUGEINT) & 18446744073709551615::HUGEINT) - 9223372036854775808::HUGEINT AS BIGINT)`,
	// DuckDB raises where a long overflows. TRY is no way out: where a column has nulls, 1.4.3
	// lets it set the operand itself to null. Half the range is enough to be sure.
	`CREATE OR REPLACE TEMP MACRO kql_half(x) AS (x BETWEEN -4611686018427387904 AND 4611686018427387903)`,
	`CREATE OR REPLACE TEMP MACRO kql_short(x) AS (x BETWEEN -2147483648 AND 2147483647)`,
	`CREATE OR REPLACE TEMP MACRO kql_add(a, b) AS (CASE WHEN kql_half(a) AND kql_half(b) THEN a + b ELSE kql_low_long(a::HUGEINT + b) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_subtract(a, b) AS (CASE WHEN kql_half(a) AND kql_half(b) THEN a - b ELSE kql_low_long(a::HUGEINT - b) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_multiply(a, b) AS (CASE WHEN kql_short(a) AND kql_short(b) THEN a * b ELSE kql_low_long(a::HUGEINT * b) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_negate(a) AS (CASE WHEN a = -9223372036854775808 THEN a ELSE -a END)`,
	`CREATE OR REPLACE TEMP MACRO kql_divide(a, b) AS (CASE WHEN b = -1 THEN kql_negate(a) ELSE a // b END)`,
	`CREATE OR REPLACE TEMP MACRO kql_positive(r, b) AS (CASE WHEN r < 0 THEN CASE WHEN b < 0 THEN r - b ELSE r + b END ELSE r END)`,
	// The remainder is never negative: -5 % 3 is 1.
	`CREATE OR REPLACE TEMP MACRO kql_modulo(a, b) AS (CASE WHEN b = -1 THEN a * 0 ELSE kql_positive(a % b, b) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_real_modulo(a, b) AS kql_positive(a % b, b)`,
	// The greatest multiple of b that is not above a.
	`CREATE OR REPLACE TEMP MACRO kql_bin(a, b) AS (CASE WHEN b <= 0 THEN NULL WHEN kql_half(a) AND kql_half(b) THEN a - ((a % b) + b) % b
		ELSE kql_low_long(a - ((a::HUGEINT % b) + b) % b) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_real_bin(a, b) AS (CASE WHEN b > 0 THEN floor(a / b) * b WHEN isnan(a) OR isnan(b) THEN 'nan'::DOUBLE END)`,

	// Years 1 to 9999; what leaves them is null.
	`CREATE OR REPLACE TEMP MACRO kql_datetime_range(t) AS (CASE WHEN t BETWEEN 0 AND 3155378975999999999 THEN t END)`,
	`CREATE OR REPLACE TEMP MACRO kql_tick_range(t) AS (t BETWEEN -3155378975999999999 AND 3155378975999999999)`,
	// A datetime and a length of time; t is ticks of either.
	`CREATE OR REPLACE TEMP MACRO kql_datetime_add(t, d) AS (CASE WHEN kql_tick_range(t) AND kql_tick_range(d) THEN kql_datetime_range(t + d) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_datetime_subtract(t, d) AS (CASE WHEN kql_tick_range(t) AND kql_tick_range(d) THEN kql_datetime_range(t - d) END)`,
	// n units of so many ticks after t.
	`CREATE OR REPLACE TEMP MACRO kql_datetime_units(t, n, ticks) AS (CASE WHEN n BETWEEN -(3155378975999999999 // ticks) AND 3155378975999999999 // ticks
		THEN kql_datetime_range(t + n * ticks) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_timestamp(t) AS make_timestamp(t // 10 - 62135596800000000)`,
	`CREATE OR REPLACE TEMP MACRO kql_ticks(ts) AS ((epoch_us(ts) + 62135596800000000) * 10)`,
	`CREATE OR REPLACE TEMP MACRO kql_day(t) AS (t // 864000000000)`,
	`CREATE OR REPLACE TEMP MACRO kql_date(t) AS (DATE '0001-01-01' + CAST(t // 864000000000 AS INTEGER))`,
	`CREATE OR REPLACE TEMP MACRO kql_of_date(d) AS (CAST(d - DATE '0001-01-01' AS BIGINT) * 864000000000)`,
	`CREATE OR REPLACE TEMP MACRO kql_datetime_text(t) AS (strftime(kql_timestamp(t), '%Y-%m-%dT%H:%M:%S.%f') || CAST(t % 10 AS VARCHAR) || 'Z')`,

	// The start of the unit that is n units away from t's. Day 0 was a Monday.
	`CREATE OR REPLACE TEMP MACRO kql_start_day(t, n) AS ((kql_day(t) + n) * 864000000000)`,
	`CREATE OR REPLACE TEMP MACRO kql_start_week(t, n) AS ((((kql_day(t) + 1) // 7 + n) * 7 - 1) * 864000000000)`,
	`CREATE OR REPLACE TEMP MACRO kql_months(t) AS (CAST(year(kql_date(t)) AS BIGINT) * 12 + month(kql_date(t)))`,
	`CREATE OR REPLACE TEMP MACRO kql_quarters(t) AS (CAST(year(kql_date(t)) AS BIGINT) * 4 + quarter(kql_date(t)))`,
	`CREATE OR REPLACE TEMP MACRO kql_start_month(t, n) AS (CASE WHEN kql_months(t) + n BETWEEN 13 AND 120001
		THEN kql_of_date(make_date(CAST((kql_months(t) + n - 1) // 12 AS INTEGER), CAST((kql_months(t) + n - 1) % 12 + 1 AS INTEGER), 1)) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_start_year(t, n) AS (CASE WHEN year(kql_date(t)) + n BETWEEN 1 AND 10000
		THEN kql_of_date(make_date(CAST(year(kql_date(t)) + n AS INTEGER), 1, 1)) END)`,
	// The same day of another month, or that month's last day.
	`CREATE OR REPLACE TEMP MACRO kql_add_months(t, n) AS (CASE WHEN kql_months(t) + n BETWEEN 13 AND 120000
		THEN kql_of_date(CAST(kql_date(t) + to_months(CAST(n AS INTEGER)) AS DATE)) + t % 864000000000 END)`,

	// Text as numbers: blanks around are allowed, fractions are not in integers.
	`CREATE OR REPLACE TEMP MACRO kql_trimmed(s) AS trim(s, chr(32) || chr(9) || chr(10) || chr(11) || chr(12) || chr(13))`,
	`CREATE OR REPLACE TEMP MACRO kql_text_long(s) AS (CASE WHEN regexp_full_match(s, '\s*[+-]?(?:[0-9]+|0[xX][0-9a-fA-F]+)\s*') THEN
		CASE WHEN contains(lower(s), 'x') THEN kql_hex_long(s) ELSE TRY_CAST(kql_trimmed(s) AS BIGINT) END END)`,
	`CREATE OR REPLACE TEMP MACRO kql_text_int(s) AS (CASE WHEN kql_text_long(s) BETWEEN -2147483648 AND 2147483647 THEN CAST(kql_text_long(s) AS INTEGER) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_text_real(s) AS (CASE WHEN regexp_full_match(s, '(?i)\s*[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf|infinity|nan)\s*')
		THEN TRY_CAST(kql_trimmed(s) AS DOUBLE) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_text_bool(s) AS (CASE lower(kql_trimmed(s)) WHEN 'true' THEN true WHEN 'false' THEN false ELSE kql_text_long(s) <> 0 END)`,

	// A part of a text; the start may count from the end.
	`CREATE OR REPLACE TEMP MACRO kql_substring(s, start, n) AS substring(s, CAST(CASE WHEN start < 0 THEN greatest(length(s) + start, 0) ELSE start END AS BIGINT) + 1, CAST(n AS BIGINT))`,
	// One part of a list as a list, null where there is none.
	`CREATE OR REPLACE TEMP MACRO kql_part(l, i) AS (CASE WHEN i >= 0 AND i < len(l) THEN l[i + 1 : i + 1] END)`,
	// Rounds half away from zero; digits may be negative.
	`CREATE OR REPLACE TEMP MACRO kql_round(x, digits) AS (CASE WHEN isfinite(x) THEN round(x, CAST(digits AS INTEGER)) ELSE x END)`,
	`CREATE OR REPLACE TEMP MACRO kql_round_long(x, digits) AS (CASE WHEN digits >= 0 THEN x ELSE CAST(round(x, CAST(digits AS INTEGER)) AS BIGINT) END)`,

	// Reals in JSON.
	`CREATE OR REPLACE TEMP MACRO kql_real_json(x) AS (CASE WHEN isfinite(x) THEN CAST(x AS VARCHAR) WHEN isnan(x) THEN '"NaN"'
		WHEN x > 0 THEN '"Infinity"' WHEN x < 0 THEN '"-Infinity"' END)`,

	// Dynamic values: JSON text.
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_text(j) AS (CASE WHEN j IS NULL THEN '' WHEN starts_with(j, '"') THEN json_extract_string(j, '$') ELSE j END)`,
	`CREATE OR REPLACE TEMP MACRO kql_json_long(j) AS (CASE WHEN j = 'true' THEN 1 WHEN j = 'false' THEN 0
		WHEN regexp_full_match(j, '-?[0-9]+') THEN coalesce(TRY_CAST(j AS BIGINT), kql_real_long(TRY_CAST(j AS DOUBLE)))
		ELSE kql_real_long(TRY_CAST(j AS DOUBLE)) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_long(j) AS (CASE WHEN starts_with(j, '"') THEN kql_text_long(json_extract_string(j, '$')) ELSE kql_json_long(j) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_int(j) AS (CASE WHEN starts_with(j, '"') THEN kql_text_int(json_extract_string(j, '$')) ELSE kql_low_int(kql_json_long(j)) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_real(j) AS (CASE WHEN starts_with(j, '"') THEN kql_text_real(json_extract_string(j, '$'))
		WHEN j = 'true' THEN 1 WHEN j = 'false' THEN 0 ELSE TRY_CAST(j AS DOUBLE) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_bool(j) AS (CASE WHEN starts_with(j, '"') THEN kql_text_bool(json_extract_string(j, '$'))
		WHEN j = 'true' THEN true WHEN j = 'false' THEN false ELSE TRY_CAST(j AS DOUBLE) <> 0 END)`,
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_datetime(j) AS (CASE WHEN starts_with(j, '"') THEN kql_todatetime(json_extract_string(j, '$')) ELSE kql_datetime_range(kql_json_long(j)) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_timespan(j) AS (CASE WHEN starts_with(j, '"') THEN kql_totimespan(json_extract_string(j, '$')) ELSE kql_json_long(j) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_type(j) AS (CASE WHEN j IS NULL THEN 'null' WHEN starts_with(j, '"') THEN 'string' WHEN starts_with(j, '{') THEN 'dictionary'
		WHEN starts_with(j, '[') THEN 'array' WHEN j IN ('true', 'false') THEN 'bool'
		WHEN regexp_full_match(j, '-?[0-9]{1,19}') THEN 'long' ELSE 'double' END)`,
	`CREATE OR REPLACE TEMP MACRO kql_array_length(j) AS (CASE WHEN starts_with(j, '[') THEN CAST(json_array_length(j) AS BIGINT) END)`,
	// The elements of arrays and the other values of a list, as one array.
	`CREATE OR REPLACE TEMP MACRO kql_flat(list) AS '[' || array_to_string(list_transform(list_filter(list, lambda e: e IS NULL OR e <> '[]'),
		lambda e: CASE WHEN e IS NULL THEN 'null' WHEN starts_with(e, '[') THEN substring(e, 2, length(e) - 2) ELSE e END), ',') || ']'`,
	// Text that is no JSON is a string; a null inside is null.
	`CREATE OR REPLACE TEMP MACRO kql_parse_json(s) AS (CASE WHEN json_valid(s) THEN nullif(CAST(json(s) AS VARCHAR), 'null') WHEN s <> '' THEN CAST(to_json(s) AS VARCHAR) END)`,
}
