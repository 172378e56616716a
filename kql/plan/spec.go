package plan

import "github.com/goshawk-hunt/goshawk/kql/types"

// Spec is what a Plugin's binder prepared for the code that computes its rows.
// Specs without expressions need not implement it.
type Spec interface {
	// MapExprs returns a copy whose expressions are f of the spec's.
	MapExprs(f func(Expr) Expr) Spec
}

// StateColumn reads, inside a ScanSpec, the column Name of the row that Step
// matched last, or inside a GraphSpec the property Name of the matched element Step.
// Step is the index of the step or of the element.
type StateColumn struct {
	Step int
	Name string
	T    types.Type
}

// Type returns the column's type.
func (x *StateColumn) Type() types.Type { return x.T }

func (*StateColumn) expr() {}

// ScanSpec is the spec of plugin "scan": rows in order are matched against the
// steps of a sequence. In Partition, Order and the step expressions, a Column
// reads the current input row; a StateColumn reads a step's state.
//
// Source: https://learn.microsoft.com/kusto/query/scan-operator
type ScanSpec struct {
	Partition []Expr
	Order     []Order // of the input within a partition; empty: as it comes
	Declared  []ScanColumn
	Steps     []ScanStep
	MatchID   string // output column of the match id, "" if not wanted
	StepName  string // output column of the step's name, "" if not wanted
}

// ScanColumn is a declared column with its value before any assignment.
type ScanColumn struct {
	types.Column
	Default Expr // nil: null
}

// ScanStep is one step; Output is "all", "last" or "none".
type ScanStep struct {
	Name      string
	Optional  bool
	Output    string
	Condition Expr
	Assign    []ScanAssign
}

// ScanAssign sets the declared column at index Column.
type ScanAssign struct {
	Column int
	X      Expr
}

// MapExprs implements Spec.
func (s *ScanSpec) MapExprs(f func(Expr) Expr) Spec {
	c := *s
	c.Partition = mapList(s.Partition, f)
	c.Order = mapOrder(s.Order, f)
	c.Declared = make([]ScanColumn, len(s.Declared))
	for i, d := range s.Declared {
		if d.Default != nil {
			d.Default = f(d.Default)
		}
		c.Declared[i] = d
	}
	c.Steps = make([]ScanStep, len(s.Steps))
	for i, st := range s.Steps {
		st.Condition = f(st.Condition)
		as := make([]ScanAssign, len(st.Assign))
		for j, a := range st.Assign {
			as[j] = ScanAssign{a.Column, f(a.X)}
		}
		st.Assign = as
		c.Steps[i] = st
	}
	return &c
}

// ReduceSpec is the spec of plugin "reduce": it clusters the strings of Args[0].
//
// Source: https://learn.microsoft.com/kusto/query/reduce-operator
type ReduceSpec struct {
	Threshold  float64
	Characters string
	// KeepRows is kind=source: every input row with its pattern, not one row per pattern.
	KeepRows bool
}

// PatternSpec is the spec of plugins "autocluster", "basket", "diffpatterns" and
// "diffpatterns_text": the values that many rows have together. Input holds the columns in
// which they are looked for, and Weight and Side; Right, if there is one, gives the same
// rows a second time.
type PatternSpec struct {
	// Dimensions are the columns of Input that a pattern may fix; of diffpatterns_text the text.
	Dimensions []string
	Weight     string // column of Input: a row's weight, a real; "": 1
	Side       string // column of Input: whether the row is of the first of two sets; "": one set
	// Threshold is the least share of the rows that a pattern has, or the least difference
	// between its shares of both sets.
	Threshold     float64
	SizeWeight    float64 // of autocluster: 0 for the most columns, 1 for the most rows
	Seeds         int     // of autocluster: the most patterns
	MaxDimensions int     // of a pattern, less those that follow from the others; 0: no bound
	MinTokens     int     // of diffpatterns_text: the fewest words of a pattern
	Wildcards     []types.Value
	Outputs       []PatternOutput // parallel to the plugin's Columns
}

// Wildcard is the value that stands for any in a column of type t: the last one given for
// the type, or null.
func (s *PatternSpec) Wildcard(t types.Type) types.Value {
	w := types.Null(t)
	for _, v := range s.Wildcards {
		if v.Type == t {
			w = v
		}
	}
	return w
}

// PatternOutput is an output column: the figure of that number, or if Column isn't "" what
// the pattern fixes that column of Input to.
type PatternOutput struct {
	Figure int
	Column string
}

// GraphSpec is the spec of plugins "graph-match" and "graph-shortest-paths". Input is the
// table of edges; Right the table of nodes, one row for each id, with all ends of edges.
// Both hold, computed, whatever conditions and outputs read of one element.
//
// Source: https://learn.microsoft.com/kusto/query/graph-operators
type GraphSpec struct {
	Source, Target string // columns of Input that hold the ends
	NodeID         string // column of Right that holds the id
	Patterns       []GraphPath
	Elements       []GraphElement // all named and unnamed elements of Patterns
	// Checks are comparisons between elements, over StateColumns of elements that are no
	// edges of variable length.
	Checks  []Expr
	Outputs []GraphOutput // parallel to the plugin's Columns
	Cycles  string        // "all", "none", "unique_edges"
	All     bool          // graph-shortest-paths: all of the shortest, not any one
}

// GraphPath is a chain: Elements[0] a node, then edge, node .. as indexes into GraphSpec.Elements.
type GraphPath struct{ Elements []int }

// GraphElement is one node or edge variable. The same name in two patterns is the same element.
type GraphElement struct {
	Name string
	Edge bool
	// Reverse is <-[e]-, Either is -[e]-.
	Reverse, Either bool
	// Variable edges match a path of Min to Max edges.
	Variable bool
	Min, Max int
	// Where names bool columns, of Input for an edge and of Right for a node, that must be
	// true; of every edge of a path.
	Where []string
	// Inner names bool columns of Right that must be true for every node within a path.
	Inner []string
}

// GraphOutput is a value of a match: column Column of an element; of an edge of variable
// length the array of its edges' values, or with Inner of the nodes' within.
type GraphOutput struct {
	Element int
	Column  string
	Inner   bool
	Fold    string // "": the value or array; "all", "any": of bool values
}

// MapExprs implements Spec.
func (s *GraphSpec) MapExprs(f func(Expr) Expr) Spec {
	c := *s
	c.Checks = mapList(s.Checks, f)
	return &c
}

// ComponentsSpec is the spec of plugin "graph-mark-components": Input is the nodes'
// table, Right the edges'; Column gets the component's id.
type ComponentsSpec struct {
	NodeID         string
	Source, Target string
	Kind           string // "weak", "strong"
	Column         string
}

// LookupSpec is the spec of ipv4_lookup and ipv6_lookup: rows of Input are joined
// with the most specific range of Right that holds the address.
type LookupSpec struct {
	Address, Range  string   // columns of Input and of Right
	Keys            []string // more columns that must be equal on both sides
	ReturnUnmatched bool
	Sources         []JoinSource // parallel to the plugin's Columns
}

// PlaceSpec is the spec of geo_polygon_lookup and geo_line_lookup: rows of Input are joined
// with the rows of Right whose shape contains them or is near.
type PlaceSpec struct {
	Longitude, Latitude string   // columns of Input
	Shape               string   // column of Right: GeoJSON
	Lines               bool     // of lines; otherwise of polygons
	Radius              *float64 // metres; nil: containment
	ReturnUnmatched     bool
	Sources             []JoinSource // parallel to the plugin's Columns
}

// ExternalSpec is the spec of plugin "externaldata": rows read from URIs.
type ExternalSpec struct {
	URIs       []string
	Format     string // "" : by the address' ending
	Properties map[string]string
}

// AppendSpec is the spec of a tabular function that computes columns for each row
// of Input and appends them, such as FileProfile. Sources says for each output column
// whether it is Input's (Right false) or computed (Right true, Name in the
// function's own vocabulary).
type AppendSpec struct {
	Sources []JoinSource
}

// ActivitySpec is the spec of the activity plugins and of sliding windows: Args hold the
// plugin's arguments in the order of its documentation, constants as Const.
type ActivitySpec struct {
	ID, Timeline string   // columns
	Dimensions   []string // columns
	// Cohort is that of new_activity_metrics, nil: all.
	Cohort *types.Value
	// Hidden is "prev" or "next" for the tables of funnel_sequence without that column.
	Hidden string
}

// KeyValueSpec is the spec of plugin "parse-kv": Args[0] is the text; each key becomes the
// output column of its name and type, the other columns are Input's.
//
// Source: https://learn.microsoft.com/kusto/query/parse-kv-operator
type KeyValueSpec struct {
	Keys types.Schema
	// PairDelimiter parts the pairs and KeyDelimiter key and value; both "": any
	// character that is no letter or digit does.
	PairDelimiter, KeyDelimiter string
	Quotes                      []string // one or two characters each: opening and closing
	Escapes                     []string
	Greedy                      bool
	Regex                       string // instead of all others: two groups, key and value
}
