package duckdb_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// stateFunctions are expressions over a column v, by its type, and values of it.
var stateFunctions = []struct{ typ, values, exprs string }{
	{"long", "5; -7; 0; long(null); 9223372036854775807",
		"v + 1; v * 3; v / 2; v % 3; -v; abs(v); bin(v, 2); toint(v); tobool(v); todatetime(v); totimespan(v); todecimal(v); v between (0 .. 5); v !between (0 .. 5); v in (5, 3); v !in (5, 3); pack_array(v, 1); 1h * v; datetime(2024-01-01) + 1d * v; dynamic([10, 20])[v]; coalesce(v, -1)"},
	{"int", "5; int(null); -2147483648", "v + 1; v * v; -v; abs(v); round(v); bin(v, 2); v + 1.5"},
	{"real", "5.5; -7.25; real(null); 1e300; real(nan); real(+inf)",
		"v / 0; v % 3; bin(v, 2.5); toint(v); tolong(v); tobool(v); tostring(v); todecimal(v); round(v, 1); ceiling(v); max_of(v, 2); min_of(v, -8.5); isnan(v); isfinite(v); v == 5.5; 1h * v"},
	{"decimal", "decimal(1.5); decimal(-2.25); decimal(null)",
		"v + 1; v * 3; v / 2; v % 2; -v; abs(v); bin(v, decimal(2)); toint(v); todouble(v); v > 1; v == decimal(1.5); round(v, 1); v between (decimal(0) .. decimal(2))"},
	{"string", `"abc"; ""; " 0x1F "; "1.5"; "Hello World"; "é𝓗x"; "2024-01-31"; "true"; "1:02:03"; "{\"a\":[1,2]}"`,
		`strlen(v); string_size(v); toupper(v); substring(v, 1); substring(v, -2, 1); toint(v); tolong(v); todouble(v); tobool(v); todatetime(v); totimespan(v); todecimal(v); toguid(v); v has "world"; v !has_cs "world"; v contains "L"; v !contains_cs "L"; v startswith "HE"; v endswith_cs "c"; v hasprefix "wo"; v hassuffix "llo"; v in~ ("ABC"); v !in~ ("ABC"); v =~ "ABC"; v matches regex "[a-c]+"; replace_string(v, "a", "bb"); isempty(v); reverse(v); countof(v, "l")`},
	{"datetime", "datetime(2024-02-29 12:34:56.789); datetime(null); datetime(0001-01-01); datetime(9999-12-31 23:59:59)",
		`v + 1d; v - 1h; v - datetime(2024-01-01); bin(v, 1h); tolong(v); tostring(v); startofday(v); startofday(v, 1); dayofweek(v); hourofday(v); monthofyear(v); getyear(v); datetime_diff("week", datetime(2024-03-03), v); datetime_diff("month", v, datetime(2019-12-31)); datetime_diff("quarter", v, datetime(2019-12-31)); datetime_diff("year", v, datetime(2019-12-31)); datetime_diff("minute", v, datetime(2019-12-31))`},
	{"timespan", "1h; -90m; timespan(null); 1tick", "v * 2; v * 1.5; v / 2; v / 1h; v % 7m; -v; abs(v); bin(v, 30m); tostring(v); v / 0; v / 0.0; datetime(2024-01-01) + v"},
	{"dynamic", `dynamic({"a":[1, {"b":"x"}], "n":5}); dynamic([1, "two", 3.5]); dynamic(null); dynamic("text")`,
		"v.n; v.a[1].b; v[-1]; array_length(v); tostring(v); toint(v); tolong(v.n); todouble(v); isnull(v); bag_keys(v); strcat(v, 1); array_concat(v, dynamic([9])); set_union(v, dynamic([1]))"},
	{"bool", "true; bool(null)", "not(v); v and true; v or false; toint(v); tostring(v)"},
}

// column is v as a word of an expression.
var column = regexp.MustCompile(`\bv\b`)

// TestScanState holds that a step computes from its state what extend computes from a
// column: each row comes twice, and the second one reads the first one's values.
func TestScanState(t *testing.T) {
	db := emptyDatabase(t)
	for _, c := range stateFunctions {
		values, exprs := strings.Split(c.values, "; "), strings.Split(c.exprs, "; ")
		var once, twice []string
		for i, v := range values {
			row := fmt.Sprintf("%d, %s", i, v)
			once, twice = append(once, row), append(twice, row, row)
		}
		for _, x := range exprs {
			table := "datatable(i:long, v:" + c.typ + ")"
			want := answerText(db, fmt.Sprintf("%s[%s] | project i, o = %s | sort by i asc", table, strings.Join(once, ", "), x))
			head, _, _ := strings.Cut(want, "\n")
			_, typ, ok := strings.Cut(strings.TrimSuffix(head, ")"), "o:")
			if !ok {
				t.Errorf("%s: %s", x, want)
				continue
			}
			state := column.ReplaceAllString(x, "kept.v")
			got := answerText(db, fmt.Sprintf("%s[%s] | serialize | scan declare (o:%s) with (step kept output=none: true; step read: kept.i == i => o = %s;) | project i, o | sort by i asc",
				table, strings.Join(twice, ", "), typ, state))
			if got != want {
				t.Errorf("%s of %s\ngot\n%s\nwant\n%s", x, c.typ, got, want)
			}
		}
	}
}
