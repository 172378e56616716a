// Package builtin is the one table of what KQL offers: scalar functions,
// aggregates, operators, window functions and plugins, with their types, names
// and documentation. Binder, SQL dialects, docs and completion all read it.
//
// A function's implementation is a dialect's business; a test proves that every
// row here is decided by every dialect.
package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// Kind tells where a function may stand.
type Kind uint8

const (
	Scalar    Kind = iota + 1
	Aggregate      // in summarize, make-series, pivot ..
	Infix          // binary and unary operators, named as written: "+", "has", "in~", "neg"
	Window         // prev, next, row_number ..: needs a serialized input
	Plugin         // evaluate: Result is nil, the binder knows its schema
)

// Naming tells the automatic name of a column computed by the function.
// Source: observed on Microsoft's binder; see docs/language.md.
type Naming uint8

const (
	NameNone      Naming = iota // Column1, Column2 ..
	NameFirstArg                // the name of the first argument: bin(Timestamp, 1h) is Timestamp, tostring(a.b) is a_b
	NamePrefix                  // Prefix + "_" : count_
	NamePrefixArg               // Prefix + "_" + name of the first argument: dcount_FileName; Prefix_ alone if it has none
	NameOnlyArg                 // the name of the argument if there is just one: make_datetime(a)
	NameColumnArg               // the text of the first argument if the input has such a column: column_ifexists
	NameExact                   // Prefix as it is: ingestion_time() is $IngestionTime
)

// Param is one parameter of an overload.
type Param struct {
	Name  string
	Types []types.Type // accepted; nil accepts every scalar type
	Const bool         // must be constant for the query
	// Common says that the arguments of all Common parameters are converted to the one
	// type that they have in common (int and long: long; anything and dynamic: dynamic),
	// as in iff, case, coalesce, max_of.
	Common bool
	// Optional parameters stand at the end.
	Optional bool
}

// Overload is one accepted list of parameters.
type Overload struct {
	Params []Param
	// Variadic says that the last parameter may repeat (at least once unless Optional).
	Variadic bool
	// Result gives the type of the call from the types of its arguments.
	Result func(args []types.Type) types.Type
}

// Function is one row of the table.
type Function struct {
	Name      string // KQL's canonical spelling
	Aliases   []string
	Kind      Kind
	Overloads []Overload
	Naming    Naming
	Prefix    string
	// Deprecated names the function to use instead, "" if it is current.
	Deprecated string
	// Volatile functions give another value each time: rand, new_guid.
	Volatile bool
	// Unsupported says why no dialect has it ("needs a cloud service"), "" if it is supported.
	Unsupported string
	Doc         string // one sentence, in our own words
	Example     string // a runnable query; a test runs it
	Page        string // page name under learn.microsoft.com/kusto/query/
}

// Fixed returns a Result rule that is always t.
func Fixed(t types.Type) func([]types.Type) types.Type {
	return func([]types.Type) types.Type { return t }
}

// SameAs returns a Result rule that is the type of argument i.
func SameAs(i int) func([]types.Type) types.Type {
	return func(args []types.Type) types.Type {
		if i < len(args) {
			return args[i]
		}
		return types.Unknown
	}
}
