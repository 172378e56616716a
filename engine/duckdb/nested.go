package duckdb

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen/sqltext"
)

// nestedUnion reports whether a statement may have a union below another. DuckDB 1.4.3 ends
// a streaming result of several threads too early when the last branch of a UNION ALL is
// itself one: the rows of that one's later branches are lost, without an error. Such a
// result has to be read whole. Branches in one pair of brackets are one union.
func nestedUnion(sql string) bool {
	const union = "UNION ALL"
	if strings.Count(sql, union) < 2 {
		return false
	}
	var open []bool // for each bracket that is open, whether a union stands directly in it
	outer, unions := false, 0
	for i := 0; i < len(sql); {
		switch c := sql[i]; {
		case c == '\'' || c == '"':
			i = sqltext.Literal(sql, i)
			continue
		case c == '(':
			open = append(open, false)
		case c == ')' && len(open) > 0:
			open = open[:len(open)-1]
		case c == 'U' && strings.HasPrefix(sql[i:], union):
			here := &outer
			if len(open) > 0 {
				here = &open[len(open)-1]
			}
			if !*here {
				*here, unions = true, unions+1
			}
			if unions > 1 {
				return true
			}
			i += len(union)
			continue
		}
		i++
	}
	return false
}
