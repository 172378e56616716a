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
	NameNone       Naming = iota // Column1, Column2 ..
	NameFirstArg                 // the name of the first argument: bin(Timestamp, 1h) is Timestamp, tostring(a.b) is a_b
	NamePrefix                   // Prefix + "_" : count_
	NamePrefixArg                // Prefix + "_" + name of the first argument: dcount_FileName; Prefix_ alone if it has none: count_
	NamePrefixArgs               // Prefix, the name of the first and that of the second argument: covariance_x_y
	NameOnlyArg                  // the name of the argument if there is just one: make_datetime(a)
	NameColumnArg                // the text of the first argument if the input has such a column: column_ifexists
	NameExact                    // Prefix as it is: ingestion_time() is $IngestionTime
	NameCustom                   // the binder's own rule: percentile_x_95, arg_max, take_any, functions with Parts
)

// Param is one parameter of an overload.
type Param struct {
	Name  string
	Types []types.Type // accepted; nil accepts every scalar type
	Const bool         // must be constant for the query
	// Common says that the arguments of all Common parameters are converted to the one
	// type that Result gives, as in iff, case, coalesce, max_of.
	Common bool
	// Optional parameters stand at the end.
	Optional bool
	// Form says what else than an expression may, or must, stand here.
	Form Form
}

// Form is the syntactic form of an argument.
type Form uint8

const (
	FormExpr      Form = iota // any expression
	FormColumn                // a bare column name
	FormStar                  // an expression or *
	FormOnlyStar              // * alone
	FormType                  // typeof(T): the binder gives Result the type T for it and the call carries no such argument
	FormTable                 // a tabular expression
	FormAggregate             // an aggregate call
	FormElement               // an expression over the element of the first argument: all, any, map
	FormPredicate             // the condition of an aggregate with Base
)

// Overload is one accepted list of parameters.
type Overload struct {
	Params []Param
	// Variadic says that the last parameter may repeat (at least once unless Optional).
	Variadic bool
	// Block, if not 0, says instead that the first Block parameters repeat as a group:
	// case(condition, value, .., default), bag_pack(key, value, ..).
	Block int
	// Max is the most arguments of a repeating overload, 0 for no bound.
	Max int
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
	// Parts lists the columns of a function that gives several at once (series_stats). The call's
	// value is a dynamic array of them in this order; a column is named Prefix_argument_Part. For
	// array_sort_asc, whose Parts is empty and which gives as many as it has arrays, it is
	// argument_sorted.
	Parts []types.Column
	// Base, of an aggregate with a predicate (sumif, make_set_if), names the aggregate that it
	// applies to the rows where the argument of FormPredicate is true.
	Base string
	// Deprecated names the function to use instead, "" if it is current.
	Deprecated string
	// Volatile functions give another value each time: rand, new_guid.
	Volatile bool
	// Unsupported says why no dialect has it ("needs a cloud service"), "" if it is supported.
	Unsupported string
	// Instead says which query does the work of what is not supported, "" if none is known.
	Instead string
	// Data is what the function answers from, if that is no part of the program: without it
	// the answer is null.
	Data    string
	Doc     string // one sentence, in our own words
	Example string // a runnable query; a test runs it
	Page    string // page name under learn.microsoft.com/kusto/query/
}
