package duckdb

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// ipTemplates write the functions of addresses.
var ipTemplates = map[string]sqlgen.Template{
	"format_ipv4":              formatIPv4("format_ipv4"),
	"format_ipv4_mask":         formatIPv4("format_ipv4_mask"),
	"geo_info_from_ip_address": goFunc("geo_info_from_ip_address"),
	"has_any_ipv4":             withText(anyOf("has_any_ipv4", false), 0),
	"has_any_ipv4_prefix":      withText(anyOf("has_any_ipv4", true), 0),
	"has_ipv4":                 withText(hasIPv4(false)),
	"has_ipv4_prefix":          withText(hasIPv4(true)),
	"ipv4_compare":             comparePrefix("ipv4_compare", "32"),
	"ipv4_is_in_any_range":     withText(inAnyRange("ipv4_is_in_any_range"), 0),
	"ipv4_is_in_range":         goFunc("ipv4_is_in_range"),
	"ipv4_is_match":            comparePrefix("ipv4_is_match", "32"),
	"ipv4_is_private":          goFunc("ipv4_is_private"),
	"ipv4_netmask_suffix":      goFunc("ipv4_netmask_suffix"),
	"ipv4_range_to_cidr_list":  goFunc("ipv4_range_to_cidr_list"),
	"ipv6_compare":             comparePrefix("ipv6_compare", "128"),
	"ipv6_is_in_any_range":     withText(inAnyRange("ipv6_is_in_any_range"), 0),
	"ipv6_is_in_range":         goFunc("ipv6_is_in_range"),
	"ipv6_is_match":            comparePrefix("ipv6_is_match", "128"),
	"parse_ipv4":               goFunc("parse_ipv4"),
	"parse_ipv4_mask":          withLong(goFunc("parse_ipv4_mask")),
	"parse_ipv6":               goFunc("parse_ipv6"),
	"parse_ipv6_mask":          withLong(goFunc("parse_ipv6_mask")),
}

// comparePrefix adds the widest prefix where none is given.
func comparePrefix(name, widest string) sqlgen.Template {
	return withLong(padded(name, "", "", widest+"::BIGINT"))
}

func formatIPv4(name string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		args := []sqlgen.Operand{textOperand(c.Args[0]), {SQL: "32::BIGINT"}}
		if len(c.Args) > 1 {
			args[1] = longOperand(c.Args[1])
		}
		return goCall(name, args...), nil
	}
}

// listed gathers the arguments from the second on, or the array that stands for them, as one
// dynamic array.
func listed(args []sqlgen.Operand) string {
	if len(args) == 2 && args[1].Type == types.Dynamic {
		return args[1].SQL
	}
	parts := make([]string, 0, len(args))
	for _, a := range args[1:] {
		parts = append(parts, textOperand(a).SQL)
	}
	return "CAST(to_json([" + strings.Join(parts, ", ") + "]) AS VARCHAR)"
}

func inAnyRange(name string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		return goCall(name, c.Args[0], sqlgen.Operand{SQL: listed(c.Args)}), nil
	}
}

func anyOf(name string, prefix bool) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		return goCall(name, c.Args[0], sqlgen.Operand{SQL: listed(c.Args)}, boolOperand(prefix)), nil
	}
}

// hasIPv4 looks for the plain text first, where it is constant.
func hasIPv4(prefix bool) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		sql := goCall("has_ipv4", c.Args[0], c.Args[1], boolOperand(prefix))
		if _, ok := constText(c.Args[1]); ok {
			return "(contains(" + c.Args[0].SQL + ", " + c.Args[1].SQL + ") AND " + sql + ")", nil
		}
		return sql, nil
	}
}

func boolOperand(b bool) sqlgen.Operand {
	if b {
		return sqlgen.Operand{SQL: "true", Type: types.Bool}
	}
	return sqlgen.Operand{SQL: "false", Type: types.Bool}
}
