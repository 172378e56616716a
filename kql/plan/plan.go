// Package plan is what a query means: a typed algebra in which names are
// resolved, functions and lets are expanded, automatic names are chosen and
// every expression has its type. It uses algebra's words (Filter, Aggregate);
// the words of KQL are in package syntax.
//
// Columns are referred to by their exact name in the schema of the node's
// input: names are unique within a schema.
package plan

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// Query is a whole query: shared parts in the order of their definition (a later
// one may refer to earlier ones) and one result, or several for fork and facet.
type Query struct {
	Shared  []*Shared
	Results []Result
	Render  *Render // nil without render
}

// Result is one table of the answer.
type Result struct {
	Name string // "" for the only one
	Root Node
	// Open says that columns may be missing because they depend on data that was not
	// at hand (bag_unpack or pivot when a query is only checked).
	Open bool
}

// Shared is a part of the plan that is used more than once or must be computed
// once. Ref refers to it.
type Shared struct {
	ID           int
	Name         string // of the let, for readers of the SQL
	Input        Node
	Materialized bool // materialize(): computed once
}

// Render is the chart hint of render.
type Render struct {
	Chart      string
	Properties map[string]string
}

// Node is a relational operator. Schema is its output, hidden columns last.
// Keep the list alphabetical here and in every switch.
type Node interface {
	Schema() types.Schema
	node()
}

// Out is embedded by every node: its output schema, fixed by bind.
type Out struct {
	Columns types.Schema
	// At is the operator's place in the query text, for diagnostics of later stages.
	At source.Span
}

// Schema returns the node's output columns.
func (o *Out) Schema() types.Schema { return o.Columns }

func (*Out) node() {}

// IngestionTime is the hidden column that a Scan offers after its own columns
// when the query asks for ingestion_time(). It is passed on by row-preserving
// nodes and never part of a result.
const IngestionTime = "$IngestionTime"

type (
	// Aggregate groups by Keys (none: one group, and one row even for no input)
	// and computes Aggs. Output: keys, then aggregates.
	Aggregate struct {
		Out
		Input Node
		Keys  []Named // X may be any scalar expression
		Aggs  []Agg
	}
	// Distinct keeps one row of each.
	Distinct struct {
		Out
		Input Node
	}
	// Filter keeps rows whose Predicate is true.
	Filter struct {
		Out
		Input     Node
		Predicate Expr
	}
	// Join joins two inputs. Output: Columns, each from one side as Sources says.
	// Equality matches null with null. InnerUnique keeps one arbitrary left row per key.
	Join struct {
		Out
		Kind        JoinKind
		Left, Right Node
		On          []On
		Sources     []JoinSource // parallel to Columns
	}
	// Limit keeps Count arbitrary rows, or the first ones if Input is sorted.
	Limit struct {
		Out
		Input Node
		Count Expr // constant
	}
	// Plugin is evaluate and other steps whose rows are computed outside SQL; Args are
	// constants or column references. Spec holds what the plugin's binder prepared.
	Plugin struct {
		Out
		Name  string
		Input Node // nil if it needs none
		Right Node // second table, e.g. ipv4_lookup; nil if none
		Args  []Expr
		Spec  any
	}
	// Project computes every output column.
	Project struct {
		Out
		Input Node
		Exprs []Expr // parallel to Columns
	}
	// Range is the rows From, From+Step .. up to To in one column.
	Range struct {
		Out
		From, To, Step Expr
	}
	// Ref is a use of a Shared part, of all or some of its columns.
	Ref struct {
		Out
		Shared *Shared
	}
	// Sample keeps Count random rows.
	Sample struct {
		Out
		Input Node
		Count Expr
	}
	// Scan reads a stored table. Columns are those that the query may use (rewrite
	// narrows them), in the order of the catalogue.
	Scan struct {
		Out
		Table string
	}
	// Serialize marks that Input's order is to be kept; window functions in the
	// Project above read it.
	Serialize struct {
		Out
		Input Node
	}
	// Series is make-series: for each group one row, the axis column and the
	// aggregates as arrays.
	Series struct {
		Out
		Input          Node
		Keys           []Named
		Axis           Named
		From, To, Step Expr // From and To may be nil: from the data
		Aggs           []Agg
		Defaults       []Expr // parallel to Aggs, nil: 0
		ToInclusive    bool   // the old in range(..) form includes its end
		// NonEmpty gives one series of defaults if there are no rows: no Keys, From and To known.
		NonEmpty bool
	}
	// Sort orders rows.
	Sort struct {
		Out
		Input Node
		By    []Order
	}
	// Top is Sort and Limit in one. Hitters says that it is that of top-hitters, whose
	// choice among equal rows follows from the order in which they stand.
	Top struct {
		Out
		Input   Node
		Count   Expr
		By      []Order
		Hitters bool
	}
	// Union appends inputs; each is aligned to Columns by a Project that bind put above it.
	Union struct {
		Out
		Inputs []Node
	}
	// Unnest is mv-expand and the outer half of mv-apply: one row per element of the Items,
	// side by side, the shorter ones padded with null. Empty lists give no row; if all items
	// are null, they give one row with null (mv-expand) or none (mv-apply, Outer false).
	Unnest struct {
		Out
		Input Node
		Items []UnnestItem
		Index string // column of the 0-based item index, "" if none
		RowID string // column that gets a number unique to the input row, "" if none
		Limit Expr   // rows per input row, nil: none
		Outer bool
		// BagArray says that a property bag expands to [key, value] pairs, not to bags.
		BagArray bool
	}
	// Apply runs Body once for each distinct value of Key (partition; for mv-apply Key is the
	// RowID column of the Unnest below), and appends the results. Inside Body, Outer stands
	// for the rows of the group.
	Apply struct {
		Out
		Input Node
		Key   Expr
		Body  Node
		// Pass names columns of Input that every output row carries after Body's columns (mv-apply).
		Pass []string
	}
	// Outer stands in an Apply's Body for the rows of the group.
	Outer struct{ Out }
	// Values is a constant table: datatable, print.
	Values struct {
		Out
		Rows [][]Expr
	}
)

// JoinKind is a join's kind; lookup is Inner or LeftOuter with right keys dropped.
type JoinKind uint8

const (
	InnerUnique JoinKind = iota
	Inner
	LeftOuter
	RightOuter
	FullOuter
	LeftSemi
	RightSemi
	LeftAnti
	RightAnti
	Cross
)

// On is one equality of a join; the expressions read the left and the right schema.
type On struct{ Left, Right Expr }

// JoinSource says where an output column of a join comes from.
type JoinSource struct {
	Right bool
	Name  string
}

// UnnestItem is one expanded column.
type UnnestItem struct {
	X  Expr         // dynamic array or bag
	As types.Column // output name and type; X's elements are converted to it
}

// Named is a computed column.
type Named struct {
	Name string
	X    Expr
}

// Order is one sort key.
type Order struct {
	X          Expr
	Desc       bool
	NullsFirst bool
}

// Agg is one aggregate with its output name. arg_max(a, *) and its kin stand as
// one Agg per output column: Func arg_max, Args = [returned expression, maximised
// expression ..]; all of one call share Group, so that they come from one row.
type Agg struct {
	Name   string
	Func   *builtin.Function
	Args   []Expr
	Type   types.Type
	Group  int  // same number: same call; 0 for ordinary aggregates
	Filter Expr // countif, sumif ..: only rows where it is true; nil otherwise
}

// Expr is a scalar expression. Keep the list alphabetical.
type Expr interface {
	Type() types.Type
	expr()
}

type (
	// AggRef is used inside expressions over aggregates that bind could not split; bind
	// normally puts a Project above the Aggregate instead.
	AggRef struct{ Agg Agg }
	// Call is a function or operator applied to arguments, with types already converted
	// where KQL converts silently.
	Call struct {
		Func *builtin.Function
		Args []Expr
		T    types.Type
		At   source.Span
	}
	// Column reads a column of the input.
	Column struct {
		Name string
		T    types.Type
	}
	// Const is a constant.
	Const struct{ Value types.Value }
	// Convert is a silent conversion (int to long, long to real, any to dynamic); explicit ones
	// such as tolong are Calls.
	Convert struct {
		X Expr
		T types.Type
	}
	// InQuery is X in (Table), reading Table's first column; Op is "in", "!in", "in~", "!in~",
	// "has_any", "!has_any" ..
	InQuery struct {
		Op    string
		X     Expr
		Table Node
	}
	// Path is dynamic access X.a[1]: each key is a string (member) or integer (index) expression.
	Path struct {
		X    Expr
		Keys []Expr
	}
	// ScalarQuery is toscalar(table): the first column of the first row, or null.
	ScalarQuery struct {
		Table Node
		T     types.Type
	}
)

// Type returns the type of the aggregate.
func (x *AggRef) Type() types.Type { return x.Agg.Type }

// Type returns the result type of the call.
func (x *Call) Type() types.Type { return x.T }

// Type returns the column's type.
func (x *Column) Type() types.Type { return x.T }

// Type returns the constant's type.
func (x *Const) Type() types.Type { return x.Value.Type }

// Type returns the target type.
func (x *Convert) Type() types.Type { return x.T }

// Type returns types.Bool.
func (x *InQuery) Type() types.Type { return types.Bool }

// Type returns types.Dynamic.
func (x *Path) Type() types.Type { return types.Dynamic }

// Type returns the type of the table's first column.
func (x *ScalarQuery) Type() types.Type { return x.T }

func (*AggRef) expr()      {}
func (*Call) expr()        {}
func (*Column) expr()      {}
func (*Const) expr()       {}
func (*Convert) expr()     {}
func (*InQuery) expr()     {}
func (*Path) expr()        {}
func (*ScalarQuery) expr() {}
