package sqlgen

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Dialect is what differs between engines, as data. Keys are the names of rows
// in package builtin (canonical spelling).
type Dialect struct {
	Name       string
	Views      map[string]*View       // tables that are computed from stored ones, by name
	Sources    map[string]Source      // tables whose rows lie in several stored ones, by name
	Functions  map[string]Template    // scalar functions and operators
	Aggregates map[string]AggTemplate // aggregates
	Windows    map[string]Template    // prev, next, row_number ..; Call.Over holds the window clause's order
	// WindowSteps are window functions computed in Go: their arguments are columns of the
	// input, in order; spec is the names of the columns whose change begins anew ([]string);
	// the output is as many input columns as it has, then the result.
	WindowSteps map[string]PluginFunc
	Plugins     map[string]PluginFunc // evaluate plugins and operators computed in Go
	Literal     func(types.Value) string
	Convert     func(x Operand, to types.Type) (string, error) // silent conversions and elements of dynamic arrays
	Ident       func(name string) string
	TypeName    func(types.Type) string
	// Path reads a member or element of a dynamic value; a key is a string or an integer.
	Path func(x Operand, keys []Operand) (string, error)
	// Weigh returns the length of SQL after the engine has written out its macros, the
	// names in params aside, and how often each of those then occurs. Both grow
	// exponentially with nested macros.
	Weigh func(sql string, params []string) (base float64, uses []float64)
	// KeyValues makes a bag of the keys that parse-kv finds in a text.
	KeyValues func(text Operand, s *plan.KeyValueSpec) string
	// Document is a text as a dynamic value that is only read from by Path: NULL if it
	// is no JSON. Only an exact one takes nothing but JSON for it; the text is a column then.
	Document func(text Operand, exact bool) string
	// Element writes one element of the array that a call makes, counted from 0, as text
	// that is NULL where there is none; "" if the call's elements are not texts.
	Element func(c Call, index int64) string
	// Items makes an SQL list of the elements of a dynamic value, as dynamic values:
	// an array's elements, a bag's one-member bags (or [key, value] arrays if
	// bagArray), any other value alone, of null NULL.
	Items func(x Operand, bagArray bool) string
	// Texts writes the array of texts that a call makes as an SQL list, "" if it makes none.
	Texts func(c Call) string
	// Collected writes the texts of the array that an aggregate makes as an SQL list, in any
	// order if it is a set; "" if they are no texts.
	Collected func(c AggCall) string
	// Array makes a dynamic array of an SQL list of values of type elem.
	Array func(list string, elem types.Type) string
	// Range is a FROM item with the rows from, from+step .. up to to in a column
	// named value: BIGINT for whole numbers and times, DOUBLE for real.
	Range func(from, to, step Operand, t types.Type) string
	// SortKey makes an expression that sorts as values of x's type do, for types whose
	// SQL type sorts otherwise.
	SortKey func(x Operand) string
	// Together rewrites the expressions of one SELECT with regard to each other: what
	// several of them compute may become one. Equal ones stay equal.
	Together func(xs []string) []string
}

// Source writes what stands in FROM for a table whose rows lie in several stored ones: an
// item that has the columns, of those names in SQL. Those that are not named cost nothing.
type Source func(columns []string) string

// Operand is an argument that is SQL already.
type Operand struct {
	SQL   string // safe to embed in any expression: an atom or in parentheses
	Type  types.Type
	Const *types.Value // set when the argument is constant
	// Path is set when the operand is an access into a dynamic value with constant
	// keys, so that a template such as tostring may read the member in one step.
	Path *PathOperand
	// Text is set when a dynamic operand is a string or null: the string, NULL for null.
	Text string
	// Column is the name of the input column that the operand reads, "" otherwise.
	Column string
	weight float64 // by Dialect.Weigh, 0 if it was not needed
}

// PathOperand is a dynamic value and the constant keys into it; a key is a String or
// a Long value.
type PathOperand struct {
	X    Operand
	Keys []types.Value
}

// Call is a function call to be written as SQL.
type Call struct {
	Name string
	Args []Operand
	Type types.Type
	// Condition says that null is as good as false here, as in WHERE.
	Condition bool
	Over      string // window functions: "PARTITION BY .. ORDER BY .."
}

// Template writes a call as an SQL expression. An error becomes the diagnostic
// "not supported" at the call's place.
//
// A template may use an argument more than once: the generator computes long
// arguments that are repeated only once.
type Template func(c Call) (string, error)

// AggCall is an aggregate to be written as SQL.
type AggCall struct {
	Call
	Filter string // SQL predicate, "" if none
	Order  string // SQL order of the input rows where the aggregate depends on it, "" if unordered
	// Row says that the value must come from the same row as those of other aggregates
	// with the same arguments beside it.
	Row bool
	// FirstSeen says that the rows are few and Order is that of the query's text: a set
	// is collected in it.
	FirstSeen bool
}

// AggTemplate writes an aggregate as an SQL aggregate expression. arg_max and arg_min
// get the value to return and the one to maximise.
type AggTemplate func(c AggCall) (string, error)

// PluginFunc prepares the Go side of a plugin: the RowFunc that computes its rows.
type PluginFunc func(args []Operand, spec any, in types.Schema, out types.Schema) (RowFunc, error)
