package duckdb

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// converter writes conversions that KQL makes silently. Those that a function makes
// too are the function's.
type converter struct {
	functions map[string]sqlgen.Template
}

// toFunctions name the conversion functions by their result.
var toFunctions = map[types.Type]string{
	types.Bool:     "tobool",
	types.DateTime: "todatetime",
	types.Decimal:  "todecimal",
	types.GUID:     "toguid",
	types.Int:      "toint",
	types.Long:     "tolong",
	types.Real:     "todouble",
	types.String:   "tostring",
	types.TimeSpan: "totimespan",
}

func (c converter) convert(x sqlgen.Operand, to types.Type) (string, error) {
	switch {
	case x.Type == to:
		return x.SQL, nil
	case to == types.Dynamic:
		return dynamicOperand(x).SQL, nil
	case x.Type == types.Int && to == types.Long:
		return "CAST(" + x.SQL + " AS BIGINT)", nil
	case (x.Type == types.Int || x.Type == types.Long) && to == types.Real:
		return "CAST(" + x.SQL + " AS DOUBLE)", nil
	case (x.Type == types.Int || x.Type == types.Long) && to == types.Decimal:
		return "CAST(" + x.SQL + " AS VARCHAR)", nil
	}
	return c.call(toFunctions[to], x, to)
}

func (c converter) call(name string, x sqlgen.Operand, to types.Type) (string, error) {
	t := c.functions[name]
	if t == nil {
		return "", fmt.Errorf("no conversion from %s to %s", x.Type, to)
	}
	return t(sqlgen.Call{Name: name, Args: []sqlgen.Operand{x}, Type: to})
}

// array makes the JSON text of a list.
func array(list string, elem types.Type) string {
	switch elem {
	case types.Bool, types.Int, types.Long, types.String, types.GUID:
		return "CAST(to_json(" + list + ") AS VARCHAR)"
	case types.Dynamic:
		return "kql_array(" + list + ")"
	}
	item := dynamicOperand(sqlgen.Operand{SQL: "item", Type: elem}).SQL
	return "kql_array(list_transform(" + list + ", lambda item: " + item + "))"
}
