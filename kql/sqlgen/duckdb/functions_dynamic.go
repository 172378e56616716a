package duckdb

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// dynamicTemplates write the functions of arrays and property bags.
var dynamicTemplates = map[string]sqlgen.Template{
	"array_concat":       withDynamic(goFunc("array_concat")),
	"array_iff":          withDynamic(goFunc("array_iff")),
	"array_index_of":     arrayIndexOf,
	"array_length":       pattern("kql_array_length({0})"),
	"array_reverse":      goFunc("array_reverse"),
	"array_rotate_left":  withLong(goFunc("array_rotate_left")),
	"array_rotate_right": withLong(goFunc("array_rotate_right")),
	"array_shift_left":   arrayShift("array_shift_left"),
	"array_shift_right":  arrayShift("array_shift_right"),
	"array_slice":        withLong(goFunc("array_slice")),
	"array_sort_asc":     arraySort("array_sort_asc"),
	"array_sort_desc":    arraySort("array_sort_desc"),
	"array_split":        withDynamic(goFunc("array_split")),
	"bag_has_key":        goFunc("bag_has_key"),
	"bag_keys":           goFunc("bag_keys"),
	"bag_merge":          withDynamic(goFunc("bag_merge")),
	"bag_pack":           bagPack,
	"bag_pack_columns":   bagPack,
	"bag_remove_keys":    goFunc("bag_remove_keys"),
	"bag_set_key":        bagSetKey,
	"bag_zip":            goFunc("bag_zip"),
	"dcount_hll":         goFunc("dcount_hll"),
	"dynamic_to_json":    dynamicToJSON,
	"hll_merge":          withDynamic(goFunc("hll_merge")),
	"jaccard_index":      goFunc("jaccard_index"),
	"pack_all":           packAll,
	"pack_array":         packArray,
	"percentile_tdigest": percentileTdigest,
	"percentiles_array_tdigest": func(c sqlgen.Call) (string, error) {
		return goCall("percentiles_array_tdigest", c.Args[0], sqlgen.Operand{SQL: listedNumbers(c.Args[1:])}), nil
	},
	"percentrank_tdigest": tdigestRank("percentrank_tdigest"),
	"range":               rangeArray,
	"rank_tdigest":        tdigestRank("rank_tdigest"),
	"repeat":              repeat,
	"set_difference":      withDynamic(goFunc("set_difference")),
	"set_equals":          goFunc("set_equals"),
	"set_has_element":     withDynamic(goFunc("set_has_element")),
	"set_intersect":       withDynamic(goFunc("set_intersect")),
	"set_union":           withDynamic(goFunc("set_union")),
	"tdigest_merge":       withDynamic(goFunc("tdigest_merge")),
	"treepath":            goFunc("treepath"),
	"zip":                 withDynamic(goFunc("zip")),
	// Rows give bytes as Kusto estimates them: the text, or the width of the type.
	"estimate_data_size": estimateDataSize,
}

// withDynamic makes all arguments dynamic.
func withDynamic(t sqlgen.Template) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		args := append([]sqlgen.Operand(nil), c.Args...)
		for i := range args {
			args[i] = dynamicOperand(args[i])
		}
		c.Args = args
		return t(c)
	}
}

// dynamicToJSON writes a dynamic value with its keys in order; other values are text as they
// always are.
func dynamicToJSON(c sqlgen.Call) (string, error) {
	if x := c.Args[0]; x.Type != types.Dynamic {
		return textOperand(x).SQL, nil
	}
	return goCall("dynamic_to_json", c.Args...), nil
}

// dynamicText is tostring of a dynamic value; a member is read as text in one step.
func dynamicText(x sqlgen.Operand) string {
	if x.Text != "" {
		return "coalesce(" + x.Text + ", '')"
	}
	if p := x.Path; p != nil && p.X.Type == types.Dynamic && allPlain(p.Keys) && len(p.Keys) > 0 {
		return "coalesce(json_extract_string(" + p.X.SQL + ", " + Text(jsonPath(p.Keys)) + "), '')"
	}
	return "kql_dynamic_text(" + x.SQL + ")"
}

// bagPack writes a bag from keys and values, or from pairs of a name and a column.
func bagPack(c sqlgen.Call) (string, error) {
	seen := map[string]bool{}
	parts := []string{`'{`}
	for i := 0; i+1 < len(c.Args); i += 2 {
		key, ok := constText(textOperand(c.Args[i]))
		if !ok || seen[key] {
			return goCall("bag_pack", allDynamic(c.Args)...), nil
		}
		seen[key] = true
		lead := ""
		if i > 0 {
			lead = ","
		}
		parts[len(parts)-1] += strings.ReplaceAll(lead+string(dynamic.AppendQuoted(nil, key))+":", "'", "''") + `'`
		parts = append(parts, "coalesce("+dynamicOperand(c.Args[i+1]).SQL+", 'null')", `'`)
	}
	if len(c.Args) == 0 {
		return `'{}'`, nil
	}
	parts[len(parts)-1] += `}'`
	return "(" + strings.Join(parts, " || ") + ")", nil
}

// packAll writes a bag of all columns: the first argument says whether to leave out nulls and
// empty texts, names and values follow.
func packAll(c sqlgen.Call) (string, error) {
	if len(c.Args) == 0 {
		return "'{}'", nil
	}
	flag := c.Args[0]
	c.Args = c.Args[1:]
	full, err := bagPack(c)
	if err != nil || flag.Const != nil && flag.Const.Int == 0 {
		return full, err
	}
	filled := goCall("bag_pack_nonempty", allDynamic(c.Args)...)
	if flag.Const != nil {
		return filled, nil
	}
	return "(CASE WHEN " + flag.SQL + " THEN " + filled + " ELSE " + full + " END)", nil
}

func allDynamic(args []sqlgen.Operand) []sqlgen.Operand {
	out := make([]sqlgen.Operand, len(args))
	for i, a := range args {
		out[i] = dynamicOperand(a)
	}
	return out
}

func packArray(c sqlgen.Call) (string, error) {
	return "('[' || " + joined(c.Args) + " || ']')", nil
}

// joined writes values as JSON with commas between them.
func joined(args []sqlgen.Operand) string {
	parts := make([]string, len(args))
	for i, x := range args {
		parts[i] = "coalesce(" + dynamicOperand(x).SQL + ", 'null')"
	}
	return strings.Join(parts, " || ',' || ")
}

// listedNumbers gathers numbers, or the array that stands for them, as one dynamic array.
func listedNumbers(args []sqlgen.Operand) string {
	if len(args) == 1 && args[0].Type == types.Dynamic {
		return args[0].SQL
	}
	return "('[' || " + joined(args) + " || ']')"
}

func arrayIndexOf(c sqlgen.Call) (string, error) {
	c = longFrom(c, 2)
	c.Args[1] = dynamicOperand(c.Args[1])
	return padded("array_index_of", "", "", "0::BIGINT", "-1::BIGINT", "1::BIGINT")(c)
}

func arrayShift(name string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		fillWith := sqlgen.Operand{SQL: "CAST(NULL AS VARCHAR)", Type: types.Dynamic}
		if len(c.Args) > 2 {
			fillWith = dynamicOperand(c.Args[2])
		}
		return goCall(name, c.Args[0], longOperand(c.Args[1]), fillWith), nil
	}
}

// arraySort gives the sorted array; of several arrays an array of them, each sorted like
// the first.
func arraySort(name string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		last := "true"
		args := c.Args
		if n := len(args) - 1; n > 0 && args[n].Type == types.Bool {
			last, args = args[n].SQL, args[:n]
		}
		if len(args) == 1 {
			return fmt.Sprintf("kql_%s(%s, %s)", name, args[0].SQL, last), nil
		}
		return fmt.Sprintf("kql_%s_many(%s, %s)", name, last, list(args)), nil
	}
}

func bagSetKey(c sqlgen.Call) (string, error) {
	return goCall("bag_set_key", c.Args[0], c.Args[1], dynamicOperand(c.Args[2])), nil
}

func percentileTdigest(c sqlgen.Call) (string, error) {
	x := sqlgen.Operand{SQL: goCall("percentile_tdigest", c.Args[0], realOperand(c.Args[1])), Type: types.Dynamic}
	if c.Type == types.Dynamic || c.Type == types.Unknown {
		return x.SQL, nil
	}
	return convertTo(x, c.Type)
}

func tdigestRank(name string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		x := c.Args[1]
		if x.Type == types.DateTime || x.Type == types.TimeSpan {
			x.Type, x.Const = types.Long, nil // ticks, as the digest holds them
		}
		return goCall(name, c.Args[0], dynamicOperand(x)), nil
	}
}

// rangeArray writes range(start, stop, step) as an array.
func rangeArray(c sqlgen.Call) (string, error) {
	x := c.Args[0]
	args := make([]sqlgen.Operand, 3)
	for _, a := range c.Args {
		if a.Type == types.Decimal {
			return "", errors.New("is not supported for decimal")
		}
	}
	kind := "long"
	switch {
	case x.Type == types.DateTime:
		kind = "datetime"
	case x.Type == types.TimeSpan:
		kind = "timespan"
	case x.Type == types.Real || c.Args[1].Type == types.Real || len(c.Args) > 2 && c.Args[2].Type == types.Real:
		kind = "real"
	}
	for i, a := range c.Args {
		want := x.Type
		if i == 2 && want == types.DateTime {
			want = types.TimeSpan
		}
		if a.Type != want && !(a.Type.IsNumeric() && want.IsNumeric()) {
			return "", fmt.Errorf("%s and %s do not go together", x.Type, a.Type)
		}
	}
	for i := range args {
		switch {
		case i == 2 && len(c.Args) < 3 && kind == "real":
			args[i] = sqlgen.Operand{SQL: "1::DOUBLE"}
		case i == 2 && len(c.Args) < 3 && kind == "long":
			args[i] = sqlgen.Operand{SQL: "1::BIGINT"}
		case i == 2 && len(c.Args) < 3:
			args[i] = sqlgen.Operand{SQL: "36000000000::BIGINT"}
		case kind == "real":
			args[i] = realOperand(c.Args[i])
		default:
			args[i] = longOperand(c.Args[i])
		}
	}
	return goCall("range_"+kind, args...), nil
}

func repeat(c sqlgen.Call) (string, error) {
	return goCall("repeat", dynamicOperand(c.Args[0]), longOperand(c.Args[1])), nil
}

// dataWidth is the number of bytes of a value by its type.
var dataWidth = map[types.Type]int{
	types.Bool: 1, types.Int: 4, types.Long: 8, types.Real: 8, types.DateTime: 8, types.TimeSpan: 8, types.GUID: 16, types.Decimal: 16,
}

func estimateDataSize(c sqlgen.Call) (string, error) {
	parts := []string{"0::BIGINT"}
	for _, x := range c.Args {
		if w, ok := dataWidth[x.Type]; ok {
			parts = append(parts, fmt.Sprint(w))
			continue
		}
		parts = append(parts, "strlen("+textOperand(x).SQL+")")
	}
	return "(" + strings.Join(parts, " + ") + ")", nil
}
