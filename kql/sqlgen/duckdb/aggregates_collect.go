package duckdb

import (
	"fmt"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// collectTemplates write the aggregates that collect values in a dynamic one.
var collectTemplates = map[string]sqlgen.AggTemplate{
	"buildschema":          collectJSON("buildschema"),
	"make_bag":             makeBag,
	"make_dictionary":      upTo(oldItems, makeBag),
	"make_list":            makeList,
	"make_list_with_nulls": makeListWithNulls,
	"make_set":             makeSet,
	"makelist":             upTo(oldItems, makeList),
	"makeset":              upTo(oldItems, makeSet),
}

// maxItems is the most elements that make_list, make_set and make_bag give; oldItems is what
// their old forms give without being asked for more.
const (
	maxItems = 1048576
	oldItems = 128
)

// upTo gives a call without a greatest size one.
func upTo(n int64, t sqlgen.AggTemplate) sqlgen.AggTemplate {
	return func(c sqlgen.AggCall) (string, error) {
		if len(c.Args) == 1 {
			v := types.Value{Type: types.Long, Int: n}
			c.Args = append(slices.Clone(c.Args), sqlgen.Operand{SQL: Literal(v), Type: types.Long, Const: &v})
		}
		return t(c)
	}
}

// limit returns the constant greatest number of elements.
func limit(c sqlgen.AggCall, arg int) (int64, error) {
	if len(c.Args) <= arg {
		return maxItems, nil
	}
	n, ok := constLong(c.Args[arg])
	if !ok {
		return 0, fmt.Errorf("needs a constant greatest size")
	}
	return min(max(n, 0), maxItems), nil
}

// arrayOf writes a list of values as a dynamic array, cut to n elements.
func arrayOf(list string, elem types.Type, n int64) string {
	if n < maxItems {
		list = fmt.Sprintf("list_slice(%s, 1, %d)", list, n)
	}
	switch elem {
	case types.Bool, types.Int, types.Long, types.String, types.GUID, types.Decimal:
		return "CAST(to_json(" + list + ") AS VARCHAR)"
	case types.Dynamic:
		return "kql_array(" + list + ")"
	}
	item := dynamicOperand(sqlgen.Operand{SQL: "item", Type: elem}).SQL
	return "kql_array(list_transform(" + list + ", lambda item: " + item + "))"
}

// makeList drops nulls; dynamic nulls stay, and the elements of dynamic arrays are taken one
// by one.
func makeList(c sqlgen.AggCall) (string, error) {
	n, err := limit(c, 1)
	if err != nil {
		return "", err
	}
	x := c.Args[0]
	if x.Type == types.Dynamic {
		all := "coalesce(" + aggregate(c, "list("+ordered(c, x.SQL)+")") + ", [])"
		if n < maxItems {
			return fmt.Sprintf("kql_array_slice(kql_flat(%s), 0, %d)", all, n-1), nil
		}
		return "kql_flat(" + all + ")", nil
	}
	conditions := []string{}
	if !neverNull(x) {
		conditions = append(conditions, x.SQL+" IS NOT NULL")
	}
	list := "coalesce(" + aggregate(c, "list("+ordered(c, x.SQL)+")", conditions...) + ", [])"
	return arrayOf(list, x.Type, n), nil
}

func makeListWithNulls(c sqlgen.AggCall) (string, error) {
	x := c.Args[0]
	list := "coalesce(" + aggregate(c, "list("+ordered(c, x.SQL)+")") + ", [])"
	return arrayOf(list, x.Type, maxItems), nil
}

// makeSet gives the distinct values in the order of the values, so that equal input gives
// equal output however many threads work; over a query's own few rows in that of their first.
func makeSet(c sqlgen.AggCall) (string, error) {
	n, err := limit(c, 1)
	if err != nil {
		return "", err
	}
	x := c.Args[0]
	if c.FirstSeen {
		list := "coalesce(" + aggregate(c, "list("+ordered(c, x.SQL)+")", x.SQL+" IS NOT NULL") + ", [])"
		if x.Type == types.Dynamic {
			return fmt.Sprintf("kql_set(kql_flat(%s), %d::BIGINT)", list, n), nil
		}
		return fmt.Sprintf("kql_set(%s, %d::BIGINT)", arrayOf(list, x.Type, maxItems), n), nil
	}
	if x.Type == types.Dynamic {
		all := aggregate(c, "list(DISTINCT "+x.SQL+")", x.SQL+" IS NOT NULL")
		return fmt.Sprintf("kql_set(kql_flat(list_sort(coalesce(%s, []))), %d::BIGINT)", all, n), nil
	}
	conditions := []string{}
	if !neverNull(x) {
		conditions = append(conditions, x.SQL+" IS NOT NULL")
	}
	list := "list_sort(coalesce(" + aggregate(c, "list(DISTINCT "+x.SQL+")", conditions...) + ", []))"
	return arrayOf(list, x.Type, n), nil
}

// collected writes the texts that make_list or make_set collects as an SQL list, those of a
// set in no order.
func collected(c sqlgen.AggCall) string {
	if c.Name != "make_list" && c.Name != "make_set" || c.FirstSeen || c.Args[0].Type != types.String || !neverNull(c.Args[0]) {
		return ""
	}
	if n, err := limit(c, 1); err != nil || n < maxItems {
		return ""
	}
	elements := ordered(c, c.Args[0].SQL)
	if c.Name == "make_set" {
		elements = "DISTINCT " + c.Args[0].SQL
	}
	return "coalesce(" + aggregate(c, "list("+elements+")") + ", [])"
}

// makeBag merges bags up to a number of keys; of a repeated key the first value counts.
func makeBag(c sqlgen.AggCall) (string, error) {
	n, err := limit(c, 1)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("kql_bag_union(%s, %d::BIGINT)", jsonTexts(c), n), nil
}

// jsonTexts joins the dynamic values of a group to one array.
func jsonTexts(c sqlgen.AggCall) string {
	x := c.Args[0].SQL
	return "kql_array(coalesce(" + aggregate(c, "list("+ordered(c, x)+")", x+" IS NOT NULL") + ", []))"
}

// collectJSON passes the dynamic values of a group to a Go function.
func collectJSON(name string) sqlgen.AggTemplate {
	return func(c sqlgen.AggCall) (string, error) { return "kql_" + name + "(" + jsonTexts(c) + ")", nil }
}
