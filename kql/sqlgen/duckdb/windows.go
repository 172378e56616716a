package duckdb

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// windowTemplates write the window functions over the rows in their order. The generator
// has made partitions of restart conditions.
var windowTemplates = map[string]sqlgen.Template{
	"next":               neighbour("lead", "lag"),
	"prev":               neighbour("lag", "lead"),
	"row_cumsum":         cumulative,
	"row_number":         rowNumber,
	"row_rank":           rowRank,
	"row_rank_dense":     denseRank,
	"row_rank_min":       minRank,
	"row_window_session": session,
}

// neighbour writes prev and next; a negative offset looks the other way.
func neighbour(name, opposite string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		name, offset := name, "1"
		if len(c.Args) > 1 {
			n, ok := constLong(c.Args[1])
			if !ok {
				return "", fmt.Errorf("needs a constant offset")
			}
			if n < 0 {
				name, n = opposite, -n
			}
			offset = fmt.Sprint(n)
		}
		def := ""
		if len(c.Args) > 2 {
			sql, err := branch(c.Args[2], c.Type)
			if err != nil {
				return "", err
			}
			def = ", " + sql
		} else if c.Type == types.String {
			def = ", ''"
		}
		return fmt.Sprintf("%s(%s, %s%s) OVER (%s)", name, c.Args[0].SQL, offset, def, c.Over), nil
	}
}

const untilHere = " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"

func cumulative(c sqlgen.Call) (string, error) {
	x := c.Args[0]
	sql := fmt.Sprintf("coalesce(sum(%s) OVER (%s%s), 0)", x.SQL, c.Over, untilHere)
	switch x.Type {
	case types.Real:
		return sql, nil
	case types.Decimal:
		return "", fmt.Errorf("of decimals is not supported")
	case types.Int:
		return "kql_low_int(kql_low_long(" + sql + "))", nil
	}
	return "kql_low_long(" + sql + ")", nil
}

func rowNumber(c sqlgen.Call) (string, error) {
	start := "1"
	if len(c.Args) > 0 {
		start = longOperand(c.Args[0]).SQL
	}
	return fmt.Sprintf("(row_number() OVER (%s) + %s - 1)", c.Over, start), nil
}

// rowRank is the old name of the dense rank; a constant second argument false asks for gaps.
func rowRank(c sqlgen.Call) (string, error) {
	if len(c.Args) > 1 && c.Args[1].Const != nil && c.Args[1].Const.Int == 0 {
		return minRank(c)
	}
	return denseRank(c)
}

func denseRank(c sqlgen.Call) (string, error) {
	return "", fmt.Errorf("needs a step of its own")
}

func minRank(c sqlgen.Call) (string, error) {
	return "", fmt.Errorf("needs a step of its own")
}

func session(c sqlgen.Call) (string, error) {
	return "", fmt.Errorf("needs a step of its own")
}
