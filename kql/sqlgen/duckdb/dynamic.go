package duckdb

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen/sqltext"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// dynamicMacros read dynamic values.
var dynamicMacros = []string{
	// The elements of an array, the members of a bag as bags of one, or the value alone.
	`CREATE OR REPLACE TEMP MACRO kql_items(x) AS CASE json_type(x)
  WHEN 'ARRAY' THEN list_transform(CAST(json_extract(x, '$[*]') AS VARCHAR[]), lambda e: NULLIF(e, 'null'))
  WHEN 'OBJECT' THEN list_transform(list_zip(json_keys(x), CAST(json_extract(x, '$.*') AS VARCHAR[])), lambda e: '{' || CAST(to_json(e[1]) AS VARCHAR) || ':' || e[2] || '}')
  ELSE CASE WHEN x IS NULL THEN NULL ELSE [x] END END`,
	`CREATE OR REPLACE TEMP MACRO kql_pairs(x) AS CASE json_type(x)
  WHEN 'OBJECT' THEN list_transform(list_zip(json_keys(x), CAST(json_extract(x, '$.*') AS VARCHAR[])), lambda e: '[' || CAST(to_json(e[1]) AS VARCHAR) || ',' || e[2] || ']')
  ELSE kql_items(x) END`,
	// A list of JSON texts as one array.
	`CREATE OR REPLACE TEMP MACRO kql_array(list) AS '[' || array_to_string(list_transform(list, lambda e: COALESCE(e, 'null')), ',') || ']'`,
	// Numbers before texts, numbers by value.
	`CREATE OR REPLACE TEMP MACRO kql_sort_key(x) AS CASE WHEN x IS NULL THEN NULL
  ELSE {'number': TRY_CAST(x AS DOUBLE), 'text': CASE WHEN TRY_CAST(x AS DOUBLE) IS NULL THEN x END} END`,
	// A member or an element that the row names itself.
	`CREATE OR REPLACE TEMP MACRO kql_member(x, k) AS CASE WHEN json_type(x) = 'OBJECT'
  THEN NULLIF(CAST(json_extract(x, '/' || replace(replace(k, '~', '~0'), '/', '~1')) AS VARCHAR), 'null') END`,
	`CREATE OR REPLACE TEMP MACRO kql_element(x, i) AS CASE WHEN json_type(x) = 'ARRAY'
  THEN NULLIF(CAST(json_extract(x, CASE WHEN i < 0 THEN '$[#' || i || ']' ELSE '$[' || i || ']' END) AS VARCHAR), 'null') END`,
}

func items(x sqlgen.Operand, bagArray bool) string {
	if bagArray {
		return "kql_pairs(" + x.SQL + ")"
	}
	return "kql_items(" + x.SQL + ")"
}

// path reads members and elements one key after the other; runs of constant keys
// in one access.
func path(x sqlgen.Operand, keys []sqlgen.Operand) (string, error) {
	sql := x.SQL
	var run []types.Value
	if p := x.Path; p != nil {
		sql = p.X.SQL
		run = append(run, p.Keys...)
	}
	flush := func() {
		if len(run) > 0 {
			sql = "NULLIF(CAST(json_extract(" + sql + ", " + Text(jsonPath(run)) + ") AS VARCHAR), 'null')"
		}
		run = nil
	}
	for _, k := range keys {
		if k.Const != nil && plainKey(*k.Const) {
			run = append(run, *k.Const)
			continue
		}
		flush()
		switch k.Type {
		case types.String:
			sql = "kql_member(" + sql + ", " + k.SQL + ")"
		case types.Int, types.Long:
			sql = "kql_element(" + sql + ", " + k.SQL + ")"
		case types.Dynamic:
			sql = fmt.Sprintf("CASE json_type(%s) WHEN 'VARCHAR' THEN kql_member(%s, json_extract_string(%s, '$')) ELSE kql_element(%s, TRY_CAST(%s AS BIGINT)) END",
				k.SQL, sql, k.SQL, sql, k.SQL)
		default:
			return "", fmt.Errorf("a key of type %s", k.Type)
		}
	}
	flush()
	return sql, nil
}

// document writes a text as the JSON that paths read; what is no JSON is null. The engine
// takes a bare NaN for a number: exact looks for it, which costs a tenth more.
func document(x sqlgen.Operand, exact bool) string {
	if exact {
		return "kql_document(" + x.SQL + ")"
	}
	return "TRY_CAST(" + x.SQL + " AS JSON)"
}

// plainKey reports whether a constant key can stand in a JSON path.
func plainKey(k types.Value) bool {
	if k.Null {
		return false
	}
	switch k.Type {
	case types.String:
		return k.Str != "" && !strings.ContainsAny(k.Str, "\"*\\\x00")
	case types.Int, types.Long:
		return true
	}
	return false
}

// jsonPath writes constant keys as the path of DuckDB's JSON functions.
func jsonPath(keys []types.Value) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, k := range keys {
		switch {
		case k.Type == types.String && isName(k.Str):
			b.WriteString("." + k.Str)
		case k.Type == types.String:
			b.WriteString(`."` + k.Str + `"`)
		case k.Int < 0:
			b.WriteString("[#" + strconv.FormatInt(k.Int, 10) + "]")
		default:
			b.WriteString("[" + strconv.FormatInt(k.Int, 10) + "]")
		}
	}
	return b.String()
}

// isName reports whether a key needs no quotes in a path.
func isName(key string) bool {
	return key != "" && sqltext.Word(key, 0) == len(key)
}
