package duckdb

// functionMacros are the SQL macros that the function templates call, in the order of
// their definition: a macro may use earlier ones. DuckDB copies a macro's arguments to
// each of their places, and a chain of macros copies the copies, so that a macro names
// an argument once wherever that is possible. What must repeat one is written by the
// template itself, where the generator can see it.
var functionMacros = []string{
	// Integers. Of a wider one the low bits count, wherever Kusto converts or overflows.
	`CREATE OR REPLACE TEMP MACRO kql_low_int(x) AS CAST(xor(x & 4294967295, 2147483648) - 2147483648 AS INTEGER)`,
	`CREATE OR REPLACE TEMP MACRO kql_low_long(h) AS CAST(((h + 9223372036854775808::HUGEINT) & 18446744073709551615::HUGEINT) - 9223372036854775808::HUGEINT AS BIGINT)`,
	`CREATE OR REPLACE TEMP MACRO kql_half(x) AS (x BETWEEN -4611686018427387904 AND 4611686018427387903)`,
	`CREATE OR REPLACE TEMP MACRO kql_short(x) AS (x BETWEEN -2147483648 AND 2147483647)`,
	// Towards zero; null for what is no long.
	`CREATE OR REPLACE TEMP MACRO kql_real_long(x) AS TRY_CAST(trunc(x) AS BIGINT)`,
	// The greatest multiple of b that is not above a.
	`CREATE OR REPLACE TEMP MACRO kql_bin(a, b) AS (CASE WHEN b <= 0 THEN NULL WHEN kql_half(a) AND kql_half(b) THEN a - ((a % b) + b) % b
		ELSE kql_low_long(a - ((a::HUGEINT % b) + b) % b) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_real_bin(a, b) AS (CASE WHEN b > 0 THEN floor(a / b) * b WHEN isnan(a) OR isnan(b) THEN 'nan'::DOUBLE END)`,
	// Digits may be negative.
	`CREATE OR REPLACE TEMP MACRO kql_round_long(x, digits) AS (CASE WHEN digits >= 0 THEN x ELSE CAST(round(x, CAST(digits AS INTEGER)) AS BIGINT) END)`,

	// Datetimes: ticks since 0001-01-01, a Monday. What leaves years 1 to 9999 is null.
	`CREATE OR REPLACE TEMP MACRO kql_datetime_range(t) AS (CASE WHEN t BETWEEN 0 AND 3155378975999999999 THEN t END)`,
	`CREATE OR REPLACE TEMP MACRO kql_day(t) AS (t // 864000000000)`,
	`CREATE OR REPLACE TEMP MACRO kql_date(t) AS (DATE '0001-01-01' + CAST(t // 864000000000 AS INTEGER))`,
	`CREATE OR REPLACE TEMP MACRO kql_of_date(d) AS (CAST(CAST(d AS DATE) - DATE '0001-01-01' AS BIGINT) * 864000000000)`,
	`CREATE OR REPLACE TEMP MACRO kql_datetime_text(t) AS (strftime(make_timestamp(t // 10 - 62135596800000000), '%Y-%m-%dT%H:%M:%S.%f') || CAST(t % 10 AS VARCHAR) || 'Z')`,
	// The start of the unit that is n units after t's.
	`CREATE OR REPLACE TEMP MACRO kql_start_day(t, n) AS ((kql_day(t) + n) * 864000000000)`,
	`CREATE OR REPLACE TEMP MACRO kql_start_week(t, n) AS ((((kql_day(t) + 1) // 7 + n) * 7 - 1) * 864000000000)`,
	`CREATE OR REPLACE TEMP MACRO kql_start_month(t, n) AS kql_of_date(date_trunc('month', kql_date(t)) + to_months(CAST(greatest(least(n, 130000), -130000) AS INTEGER)))`,
	`CREATE OR REPLACE TEMP MACRO kql_start_year(t, n) AS kql_of_date(date_trunc('year', kql_date(t)) + to_months(CAST(12 * greatest(least(n, 11000), -11000) AS INTEGER)))`,
	`CREATE OR REPLACE TEMP MACRO kql_months(t) AS (CAST(year(kql_date(t)) AS BIGINT) * 12 + month(kql_date(t)))`,
	`CREATE OR REPLACE TEMP MACRO kql_quarters(t) AS (CAST(year(kql_date(t)) AS BIGINT) * 4 + quarter(kql_date(t)))`,
	// The same day of another month, or that month's last day.
	`CREATE OR REPLACE TEMP MACRO kql_add_months(t, n) AS kql_datetime_range(kql_of_date(kql_date(t) + to_months(CAST(greatest(least(n, 130000), -130000) AS INTEGER))) + t % 864000000000)`,

	// Text as numbers: blanks around are allowed, fractions in integers are not.
	// The pattern lets 1x2 through, which is no number to the cast either, so that one pass decides.
	`CREATE OR REPLACE TEMP MACRO kql_integer(s) AS regexp_extract(s, '^\s*([+-]?[0-9]+(?:[xX][0-9a-fA-F]+)?)\s*$', 1)`,
	`CREATE OR REPLACE TEMP MACRO kql_text_long(s) AS TRY_CAST(kql_integer(s) AS BIGINT)`,
	`CREATE OR REPLACE TEMP MACRO kql_text_int(s) AS TRY_CAST(kql_integer(s) AS INTEGER)`,
	`CREATE OR REPLACE TEMP MACRO kql_text_real(s) AS TRY_CAST(regexp_extract(s, '(?i)^\s*([+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf|infinity|nan))\s*$', 1) AS DOUBLE)`,
	`CREATE OR REPLACE TEMP MACRO kql_text_bool(s) AS (CASE lower(trim(s, chr(32) || chr(9) || chr(10) || chr(13))) WHEN 'true' THEN true WHEN 'false' THEN false ELSE kql_text_long(s) <> 0 END)`,
	// A part of a text; the start may count from the end.
	`CREATE OR REPLACE TEMP MACRO kql_substring(s, start, n) AS substring(s, CAST(CASE WHEN start < 0 THEN greatest(length(s) + start, 0) ELSE start END AS BIGINT) + 1, CAST(n AS BIGINT))`,
	// One part of a list as a list, null where there is none.
	`CREATE OR REPLACE TEMP MACRO kql_part(l, i) AS nullif(list_slice(l, CASE WHEN i >= 0 THEN i + 1 END, i + 1), [])`,

	// Dynamic values: JSON text.
	`CREATE OR REPLACE TEMP MACRO kql_real_json(x) AS (CASE WHEN isfinite(x) THEN CAST(x AS VARCHAR) WHEN isnan(x) THEN '"NaN"'
		WHEN x > 0 THEN '"Infinity"' WHEN x < 0 THEN '"-Infinity"' END)`,
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_text(j) AS coalesce(json_extract_string(j, '$'), '')`,
	`CREATE OR REPLACE TEMP MACRO kql_dynamic_type(j) AS (CASE json_type(j) WHEN 'VARCHAR' THEN 'string' WHEN 'OBJECT' THEN 'dictionary' WHEN 'ARRAY' THEN 'array'
		WHEN 'BOOLEAN' THEN 'bool' WHEN 'BIGINT' THEN 'long' WHEN 'UBIGINT' THEN CASE WHEN length(j) < 19 OR TRY_CAST(j AS BIGINT) IS NOT NULL THEN 'long' ELSE 'double' END
		WHEN 'DOUBLE' THEN 'double' WHEN 'HUGEINT' THEN 'double' ELSE 'null' END)`,
	`CREATE OR REPLACE TEMP MACRO kql_array_length(j) AS (CASE WHEN starts_with(j, '[') THEN CAST(json_array_length(j) AS BIGINT) END)`,
	// The elements of arrays and the other values of a list, as one array.
	`CREATE OR REPLACE TEMP MACRO kql_flat(list) AS '[' || array_to_string(list_transform(list_filter(list, lambda e: e IS NULL OR e <> '[]'),
		lambda e: CASE WHEN e IS NULL THEN 'null' WHEN starts_with(e, '[') THEN substring(e, 2, length(e) - 2) ELSE e END), ',') || ']'`,
	// Text that is no JSON is a string; a null inside is null. The engine takes NaN for a number, JSON has none.
	`CREATE OR REPLACE TEMP MACRO kql_json_text(s) AS (CASE WHEN NOT contains(s, 'NaN') AND NOT contains(s, 'Infinity') THEN json_valid(s)
		WHEN regexp_matches(regexp_replace(s, '"(?:[^"\\]|\\.)*"', '', 'g'), 'NaN|Infinity') THEN false ELSE json_valid(s) END)`,
	`CREATE OR REPLACE TEMP MACRO kql_document(s) AS TRY_CAST(CASE WHEN NOT contains(s, 'NaN') AND NOT contains(s, 'Infinity') THEN s WHEN kql_json_text(s) THEN s END AS JSON)`,
	`CREATE OR REPLACE TEMP MACRO kql_parse_json(s) AS (CASE WHEN kql_json_text(s) THEN nullif(CAST(json(s) AS VARCHAR), 'null') WHEN s <> '' THEN CAST(to_json(s) AS VARCHAR) END)`,
}
