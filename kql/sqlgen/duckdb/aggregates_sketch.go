package duckdb

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// sketchTemplates write percentiles and the sketches of values. Percentiles are exact, by
// nearest rank.
var sketchTemplates = map[string]sqlgen.AggTemplate{
	"hll":                hll,
	"hll_merge":          collectJSON("hll_merge_all"),
	"percentile":         percentile,
	"percentiles_array":  percentilesArray,
	"percentilesw_array": weightedArray,
	"percentilew":        weighted,
	"tdigest":            tdigest,
	"tdigest_merge":      collectJSON("tdigest_merge_all"),
}

// share returns a constant percentage as a share of 1.
func share(o sqlgen.Operand) (float64, error) {
	if o.Const == nil || o.Const.Null {
		return 0, fmt.Errorf("needs a constant percentage")
	}
	p, err := number(*o.Const)
	if err != nil {
		return 0, err
	}
	if !(p >= 0 && p <= 100) {
		return 0, fmt.Errorf("needs a percentage from 0 to 100, this is %v", p)
	}
	return p / 100, nil
}

func number(v types.Value) (float64, error) {
	switch v.Type {
	case types.Int, types.Long:
		return float64(v.Int), nil
	case types.Real:
		return v.Real, nil
	case types.Decimal:
		return strconv.ParseFloat(v.Str, 64)
	}
	return 0, fmt.Errorf("needs a number, this is %s", v.Type)
}

// shares returns the percentages of percentiles_array: numbers, or one array of them.
func shares(args []sqlgen.Operand) ([]float64, error) {
	if len(args) == 1 && args[0].Const != nil && args[0].Type == types.Dynamic {
		d, ok := dynamic.Parse(args[0].Const.Str)
		if !ok || d.Kind != dynamic.Array {
			return nil, fmt.Errorf("needs an array of percentages")
		}
		args = make([]sqlgen.Operand, len(d.Items))
		for i, item := range d.Items {
			f, ok := item.Number()
			if !ok {
				return nil, fmt.Errorf("needs an array of percentages")
			}
			args[i].Const = &types.Value{Type: types.Real, Real: f}
		}
	}
	out := make([]float64, len(args))
	for i, a := range args {
		f, err := share(a)
		if err != nil {
			return nil, err
		}
		out[i] = f
	}
	return out, nil
}

func literal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// rankable is the value of percentile as SQL orders it.
func rankable(x sqlgen.Operand) string {
	switch x.Type {
	case types.Decimal:
		return "TRY_CAST(" + x.SQL + " AS DOUBLE)"
	case types.Dynamic:
		return "kql_dynamic_real(" + x.SQL + ")"
	case types.Int:
		return "CAST(" + x.SQL + " AS BIGINT)"
	}
	return x.SQL
}

func percentile(c sqlgen.AggCall) (string, error) {
	q, err := share(c.Args[1])
	if err != nil {
		return "", err
	}
	x := c.Args[0]
	sql := aggregate(c, "quantile_disc("+rankable(x)+", "+literal(q)+")")
	switch {
	case x.Type == types.String:
		return "coalesce(" + sql + ", '')", nil
	case x.Type == types.Dynamic:
		return "kql_real_json(" + sql + ")", nil
	case x.Type == types.Decimal && c.Type == types.Decimal:
		return "CAST(" + sql + " AS VARCHAR)", nil
	}
	return sql, nil
}

func percentilesArray(c sqlgen.AggCall) (string, error) {
	qs, err := shares(c.Args[1:])
	if err != nil {
		return "", err
	}
	parts := make([]string, len(qs))
	for i, q := range qs {
		parts[i] = literal(q)
	}
	x := c.Args[0]
	list := aggregate(c, "quantile_disc("+rankable(x)+", ["+strings.Join(parts, ", ")+"])")
	elem := x.Type
	if elem == types.Decimal || elem == types.Dynamic {
		elem = types.Real
	}
	return arrayOf("coalesce("+list+", [])", elem, maxItems), nil
}

// pairs collects values and their weights as [[value, weight], ..].
func pairs(c sqlgen.AggCall, value, weight string) string {
	return "CAST(to_json(coalesce(" + aggregate(c, "list([CAST("+value+" AS VARCHAR), CAST("+weight+" AS VARCHAR)])", value+" IS NOT NULL", weight+" IS NOT NULL") + ", [])) AS VARCHAR)"
}

// weighted writes percentilew(value, weight, percentage).
func weighted(c sqlgen.AggCall) (string, error) {
	q, err := share(c.Args[2])
	if err != nil {
		return "", err
	}
	x := c.Args[0]
	sql := fmt.Sprintf("kql_weighted_percentile(%s, %s::DOUBLE)", pairs(c, rankable(x), c.Args[1].SQL), literal(q))
	to := c.Type
	if to == types.DateTime || to == types.TimeSpan {
		to = types.Long // ticks
	}
	return convertTo(sqlgen.Operand{SQL: sql, Type: types.Dynamic}, to)
}

func weightedArray(c sqlgen.AggCall) (string, error) {
	qs, err := shares(c.Args[2:])
	if err != nil {
		return "", err
	}
	parts := make([]string, len(qs))
	for i, q := range qs {
		parts[i] = fmt.Sprintf("kql_weighted_percentile(%s, %s::DOUBLE)", pairs(c, rankable(c.Args[0]), c.Args[1].SQL), literal(q))
	}
	return "kql_array([" + strings.Join(parts, ", ") + "])", nil
}

// hll collects the hashes of the distinct values; Go makes registers of many.
func hll(c sqlgen.AggCall) (string, error) {
	x := textOperand(c.Args[0]).SQL
	list := aggregate(c, "list(DISTINCT CAST(hash("+x+") AS VARCHAR))", c.Args[0].SQL+" IS NOT NULL")
	return "kql_hll(CAST(to_json(coalesce(" + list + ", [])) AS VARCHAR))", nil
}

func tdigest(c sqlgen.AggCall) (string, error) {
	weight := "1"
	if len(c.Args) > 1 {
		weight = c.Args[1].SQL
	}
	x := c.Args[0]
	value := x.SQL // longs and ticks as they are: a real would lose digits
	if x.Type != types.Long && x.Type != types.Int && x.Type != types.DateTime && x.Type != types.TimeSpan {
		value = realOperand(x).SQL
	}
	return "kql_tdigest(" + pairs(c, value, weight) + ", " + Text(x.Type.String()) + ")", nil
}
