package sqlgen

import "github.com/goshawk-hunt/goshawk/kql/types"

// Dialect is what differs between engines, as data. Keys are the names of rows
// in package builtin (canonical spelling).
type Dialect struct {
	Name       string
	Functions  map[string]Template    // scalar functions and operators
	Aggregates map[string]AggTemplate // aggregates
	Windows    map[string]Template    // prev, next, row_number ..; Call.Over holds the window clause's order
	Plugins    map[string]PluginFunc  // evaluate plugins and operators computed in Go
	Literal    func(types.Value) string
	Convert    func(x Operand, to types.Type) (string, error) // silent conversions
}

// Operand is an argument that is SQL already.
type Operand struct {
	SQL   string // safe to embed in any expression: an atom or in parentheses
	Type  types.Type
	Const *types.Value // set when the argument is constant
}

// Call is a function call to be written as SQL.
type Call struct {
	Name string
	Args []Operand
	Type types.Type
	Over string // window functions: "PARTITION BY .. ORDER BY .."
}

// Template writes a call as an SQL expression. An error becomes the diagnostic
// "not supported" at the call's place.
type Template func(c Call) (string, error)

// AggCall is an aggregate to be written as SQL.
type AggCall struct {
	Call
	Filter string // SQL predicate, "" if none
	Order  string // SQL order of the input rows where the aggregate depends on it, "" if unordered
}

// AggTemplate writes an aggregate as an SQL aggregate expression.
type AggTemplate func(c AggCall) (string, error)

// PluginFunc prepares the Go side of a plugin: the RowFunc that computes its rows.
type PluginFunc func(args []Operand, spec any, in types.Schema, out types.Schema) (RowFunc, error)
