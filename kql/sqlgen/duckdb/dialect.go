// Package duckdb is the dialect of DuckDB: how values, operators and functions of
// KQL are written there.
//
// bool is BOOLEAN, int INTEGER, long BIGINT, real DOUBLE, string VARCHAR (never
// NULL), datetime and timespan BIGINT (ticks of 100 ns), guid, decimal and dynamic
// VARCHAR (JSON text; NULL is dynamic null).
package duckdb

import (
	"encoding/json"
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/rowstep"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// New returns the dialect.
func New() *sqlgen.Dialect {
	d := &sqlgen.Dialect{
		Name:        "duckdb",
		Functions:   scalarTemplates,
		Aggregates:  aggregateTemplates,
		Windows:     windowTemplates,
		Plugins:     rowstep.Plugins(),
		WindowSteps: rowstep.Windows(),
		Literal:     Literal,
		Ident:       Ident,
		TypeName:    TypeName,
		Path:        path,
		KeyValues:   keyValues,
		Document:    document,
		Element:     element,
		Items:       items,
		Texts:       texts,
		Collected:   collected,
		Range:       rangeOf,
		SortKey:     sortKey,
		Together:    together,
	}
	c := converter{d.Functions}
	d.Weigh = newWeigher(Prelude()).weigh
	d.Convert, d.Array = c.convert, array
	return d
}

// keyValues passes the way in which parse-kv reads a text to the function that does.
func keyValues(x sqlgen.Operand, s *plan.KeyValueSpec) string {
	kv := scalar.KeyValues{Pair: s.PairDelimiter, Key: s.KeyDelimiter, Quotes: s.Quotes, Escapes: s.Escapes, Greedy: s.Greedy, Regex: s.Regex}
	for _, k := range s.Keys {
		kv.Keys = append(kv.Keys, k.Name)
	}
	text, _ := json.Marshal(kv) // strings always marshal
	return "kql_key_values(" + x.SQL + ", " + Text(string(text)) + ")"
}

// rangeOf is the rows of range. Kusto's step may be negative. The table function makes the
// rows as they are read; a list would be made whole before, and nothing could stop it.
func rangeOf(from, to, step sqlgen.Operand, t types.Type) string {
	const column = `"value"`
	if t == types.Real {
		// A join would not keep the order of the steps.
		return fmt.Sprintf(`(SELECT first + i * step AS %s FROM (SELECT first, step, unnest(range(CASE WHEN step = 0 OR NOT isfinite((last - first) / step) THEN 0 `+
			`ELSE CAST(floor((last - first) / step + 1e-9) AS BIGINT) + 1 END)) AS i FROM (SELECT CAST(%s AS DOUBLE) AS first, CAST(%s AS DOUBLE) AS last, CAST(%s AS DOUBLE) AS step) AS p) AS n)`,
			column, from.SQL, to.SQL, step.SQL)
	}
	return fmt.Sprintf(`(SELECT %s FROM generate_series(CAST(%s AS BIGINT), CAST(%s AS BIGINT), NULLIF(CAST(%s AS BIGINT), 0)) AS n(%[1]s))`,
		column, from.SQL, to.SQL, step.SQL)
}

// sortKey sorts numbers in dynamic values and decimals by their value.
func sortKey(x sqlgen.Operand) string {
	if x.Type == types.Decimal {
		return "TRY_CAST(" + x.SQL + " AS DECIMAL(38, 12))"
	}
	return "kql_sort_key(" + x.SQL + ")"
}
