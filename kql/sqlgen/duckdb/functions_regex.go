package duckdb

import (
	"fmt"
	"regexp/syntax"

	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// regexTemplates write the functions of regular expressions. Constant expressions, the
// common case, run in DuckDB's RE2; others in Go.
var regexTemplates = map[string]sqlgen.Template{
	"extract":       extract,
	"extract_all":   extractAll,
	"regex_quote":   textFunc("regex_quote"),
	"replace":       func(c sqlgen.Call) (string, error) { return replaceRegex(c.Args[2], c.Args[0], c.Args[1]) },
	"replace_regex": func(c sqlgen.Call) (string, error) { return replaceRegex(c.Args[0], c.Args[1], c.Args[2]) },
	"trim":          trim(true, true),
	"trim_end":      trim(false, true),
	"trim_start":    trim(true, false),
}

// constRegex returns a constant regular expression in RE2's syntax, and its number of groups.
func constRegex(o sqlgen.Operand) (pattern string, groups int, constant bool, err error) {
	s, ok := constText(o)
	if !ok {
		return "", 0, false, nil
	}
	re, err := scalar.TranslateRegex(s)
	if err != nil {
		return "", 0, true, err
	}
	p, err := syntax.Parse(re, syntax.Perl)
	if err != nil {
		return "", 0, true, fmt.Errorf("regular expression: %w", err)
	}
	return re, p.MaxCap(), true, nil
}

// maxGroup is the last group that DuckDB's regexp_extract gives.
const maxGroup = 9

func extract(c sqlgen.Call) (string, error) {
	x := textOperand(c.Args[2])
	re, groups, constant, err := constRegex(c.Args[0])
	if err != nil {
		return "", err
	}
	group, constGroup := constLong(c.Args[1])
	sql := ""
	switch {
	case constant && constGroup && (group < 0 || group > int64(groups)):
		sql = "''"
	case constant && constGroup && group <= maxGroup:
		sql = fmt.Sprintf("regexp_extract(%s, %s, %d)", x.SQL, Text(re), group)
	default:
		sql = goCall("extract", c.Args[0], longOperand(c.Args[1]), x)
	}
	switch c.Type {
	case types.String, types.Unknown:
		return sql, nil
	case types.Dynamic:
		return "kql_parse_json(" + sql + ")", nil
	}
	return convertTo(sqlgen.Operand{SQL: sql, Type: types.String}, c.Type)
}

func extractAll(c sqlgen.Call) (string, error) {
	x := textOperand(c.Args[len(c.Args)-1])
	re, groups, constant, err := constRegex(c.Args[0])
	if err != nil {
		return "", err
	}
	if constant && groups == 0 {
		return "", fmt.Errorf("needs a regular expression with at least one capture group")
	}
	if constant && groups == 1 && len(c.Args) == 2 {
		return fmt.Sprintf("nullif(CAST(to_json(regexp_extract_all(%s, %s, 1)) AS VARCHAR), '[]')", x.SQL, Text(re)), nil
	}
	which := "CAST(NULL AS VARCHAR)"
	if len(c.Args) > 2 {
		which = c.Args[1].SQL
	}
	return goCall("extract_all", c.Args[0], sqlgen.Operand{SQL: which}, x), nil
}

func replaceRegex(x, pattern, rewrite sqlgen.Operand) (string, error) {
	re, groups, constant, err := constRegex(pattern)
	if err != nil {
		return "", err
	}
	to, constTo := constText(rewrite)
	if constant && constTo {
		plain, err := scalar.TranslateRewrite(to, groups)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("regexp_replace(%s, %s, %s, 'g')", textOperand(x).SQL, Text(re), Text(plain)), nil
	}
	return goCall("replace_regex", textOperand(x), pattern, rewrite), nil
}

// trim removes one match at the start, at the end or at both.
func trim(start, end bool) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		x := textOperand(c.Args[1]).SQL
		re, _, constant, err := constRegex(c.Args[0])
		if err != nil {
			return "", err
		}
		if !constant {
			return fmt.Sprintf("kql_trim(%s, %s, %t, %t)", c.Args[0].SQL, x, start, end), nil
		}
		if start {
			x = fmt.Sprintf("regexp_replace(%s, %s, '')", x, Text(`\A(?:`+re+`)`))
		}
		if end {
			x = fmt.Sprintf("regexp_replace(%s, %s, '')", x, Text(`(?:`+re+`)\z`))
		}
		return x, nil
	}
}
