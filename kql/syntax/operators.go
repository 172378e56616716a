package syntax

import "github.com/goshawk-hunt/goshawk/source"

// Operator is a tabular operator; keep the list alphabetical here and in every
// switch. Hints and other name=value pairs between the keyword and the operands
// are Params, in order.
type Operator interface {
	Node
	Keyword() source.Span
	operator()
}

// OpAt is embedded by every operator: its whole span, its keyword and its
// name=value parameters (kind=, hint.strategy=, withsource= ..).
type OpAt struct {
	At
	KeywordAt source.Span
	Params    []*Named
}

// Keyword returns the place of the operator's name.
func (o OpAt) Keyword() source.Span { return o.KeywordAt }

func (OpAt) operator() {}

// Order is one key of sort, top ..; Desc and NullsFirst hold the words that were
// written, defaults are bind's business.
type Order struct {
	At
	X     Expr
	Dir   string // "asc", "desc", "granny-asc", "granny-desc" or ""
	Nulls string // "first", "last" or ""
}

// ScanStep is step name [optional] [output=all|last|none]: condition => a = x, ..
type ScanStep struct {
	At
	Name      *Name
	Optional  bool
	Output    string
	Condition Expr
	Assign    []*Named
}

// ParsePart is one part of a parse pattern: *, a string literal, or a column
// with an optional type.
type ParsePart struct {
	At
	Star   bool
	Text   *Literal
	Column *TypedName
}

// GraphPattern is (a)-[e]->(b)<-[f*1..5]-(c): alternating nodes and edges.
type GraphPattern struct {
	At
	Nodes []*GraphNode
	Edges []*GraphEdge
}

// GraphNode is (name) or ().
type GraphNode struct {
	At
	Name *Name
}

// GraphEdge is -[name*min..max]->; Direction is "->", "<-" or "--".
type GraphEdge struct {
	At
	Name      *Name
	Direction string
	Variable  bool // has *min..max
	Min, Max  Expr
}

// TopNestedClause is [N] of X [with others = Y] by Aggregate [asc|desc].
type TopNestedClause struct {
	At
	Count  Expr // nil: all
	Of     Expr // may be *Named
	Others Expr
	By     Order
}

type (
	// AsOp is as [hint.materialized=..] Name.
	AsOp struct {
		OpAt
		Name *Name
	}
	// AssertSchemaOp is assert-schema (a:long, ..).
	AssertSchemaOp struct {
		OpAt
		Columns []*TypedName
	}
	// BadOp is an operator that could not be read.
	BadOp struct {
		OpAt
		Name string // its keyword as written
	}
	// ConsumeOp is consume.
	ConsumeOp struct{ OpAt }
	// CountOp is count [as Name].
	CountOp struct {
		OpAt
		Name *Name
	}
	// DistinctOp is distinct *, a, f(b).
	DistinctOp struct {
		OpAt
		Columns []Expr
	}
	// EvaluateOp is evaluate plugin(args) [: schema].
	EvaluateOp struct {
		OpAt
		Plugin     *Call
		Schema     []*TypedName
		SchemaOpen bool // a leading * in the schema
	}
	// ExtendOp is extend a = x, ..
	ExtendOp struct {
		OpAt
		Columns []Expr
	}
	// FacetOp is facet by a, b [with (pipeline)].
	FacetOp struct {
		OpAt
		By   []Expr
		With *Pipeline
	}
	// FindOp is find [withsource=] [in (tables)] where predicate [project ..|project-smart|project-away ..].
	FindOp struct {
		OpAt
		In          []Expr
		Where       Expr
		Project     []Expr
		Smart       bool
		ProjectAway []Expr
	}
	// ForkOp is fork [name=](pipeline) ..
	ForkOp struct {
		OpAt
		Names     []*Name // nil element: unnamed
		Pipelines []*Pipeline
	}
	// GetSchemaOp is getschema.
	GetSchemaOp struct{ OpAt }
	// GraphMarkComponentsOp is graph-mark-components; Params hold its options.
	GraphMarkComponentsOp struct{ OpAt }
	// GraphMatchOp is graph-match patterns where .. project ..
	GraphMatchOp struct {
		OpAt
		Patterns []*GraphPattern
		Where    Expr
		Project  []Expr
	}
	// GraphShortestPathsOp is graph-shortest-paths pattern where .. project ..
	GraphShortestPathsOp struct {
		OpAt
		Patterns []*GraphPattern
		Where    Expr
		Project  []Expr
	}
	// GraphToTableOp is graph-to-table nodes as N, edges as E.
	GraphToTableOp struct {
		OpAt
		Outputs []*GraphOutput
	}
	// GraphWhereEdgesOp is graph-where-edges predicate.
	GraphWhereEdgesOp struct {
		OpAt
		Predicate Expr
	}
	// GraphWhereNodesOp is graph-where-nodes predicate.
	GraphWhereNodesOp struct {
		OpAt
		Predicate Expr
	}
	// InvokeOp is invoke f(args); Function.X is what stands before its last dot.
	InvokeOp struct {
		OpAt
		Function *Call
	}
	// JoinOp is join kind=.. (right) on .., or where ..
	JoinOp struct {
		OpAt
		Right Expr
		On    []Expr
		Where Expr
	}
	// LookupOp is lookup kind=.. (right) on ..
	LookupOp struct {
		OpAt
		Right Expr
		On    []Expr
	}
	// MacroExpandOp is macro-expand group as name (statements).
	MacroExpandOp struct {
		OpAt
		Group Expr
		Name  *Name // nil if no "as"
		Body  []Stmt
	}
	// MakeGraphOp is make-graph src --> dst [with nodes on id, ..] [partitioned-by ..].
	MakeGraphOp struct {
		OpAt
		Source, Target Expr
		Directed       bool // -->, not --
		WithNodes      []*GraphNodes
		WithNodeID     *Name
		PartitionedBy  Expr
		Partition      *Pipeline
	}
	// MakeSeriesOp is make-series a = agg default=.. on t from .. to .. step .. by ..
	MakeSeriesOp struct {
		OpAt
		Series         []*SeriesColumn
		On             Expr
		From, To, Step Expr
		In             Expr // old form: in range(start, stop, step)
		By             []Expr
	}
	// MvApplyOp is mv-apply a to typeof(T), .. limit n [id ..] on (pipeline).
	MvApplyOp struct {
		OpAt
		Columns []Expr
		Limit   Expr
		ID      Expr
		On      *Pipeline
	}
	// MvExpandOp is mv-expand a = x to typeof(T), .. limit n.
	MvExpandOp struct {
		OpAt
		Columns []Expr
		Limit   Expr
	}
	// ParseKvOp is parse-kv X as (a:string, ..) with (..).
	ParseKvOp struct {
		OpAt
		X       Expr
		Columns []*TypedName
		With    []*Named
	}
	// ParseOp is parse kind=.. X with pattern.
	ParseOp struct {
		OpAt
		X     Expr
		Parts []*ParsePart
	}
	// ParseWhereOp is parse-where kind=.. X with pattern.
	ParseWhereOp struct {
		OpAt
		X     Expr
		Parts []*ParsePart
	}
	// PartitionOp is partition by X (pipeline) or { query }.
	PartitionOp struct {
		OpAt
		By     Expr
		In     Expr // old form: in (..)
		Body   *Pipeline
		Braces bool // { .. } form
	}
	// PrintOp is print a = x, ..; it begins a pipeline.
	PrintOp struct {
		OpAt
		Columns []Expr
	}
	// ProjectAwayOp is project-away a, b*.
	ProjectAwayOp struct {
		OpAt
		Columns []Expr
	}
	// ProjectByNamesOp is project-by-names a, dynamic([..]).
	ProjectByNamesOp struct {
		OpAt
		Columns []Expr
	}
	// ProjectKeepOp is project-keep a, b*.
	ProjectKeepOp struct {
		OpAt
		Columns []Expr
	}
	// ProjectOp is project a, b = x.
	ProjectOp struct {
		OpAt
		Columns []Expr
	}
	// ProjectRenameOp is project-rename new = old.
	ProjectRenameOp struct {
		OpAt
		Columns []*Named
	}
	// ProjectReorderOp is project-reorder a, b* asc.
	ProjectReorderOp struct {
		OpAt
		Columns []*Order
	}
	// RangeOp is range x from a to b step c; it begins a pipeline.
	RangeOp struct {
		OpAt
		Name           *Name
		From, To, Step Expr
	}
	// ReduceOp is reduce by X with threshold=.., characters=..
	ReduceOp struct {
		OpAt
		By   Expr
		With []*Named
	}
	// RenderOp is render chart with (..).
	RenderOp struct {
		OpAt
		Chart string
		With  []*Named
	}
	// SampleDistinctOp is sample-distinct n of X.
	SampleDistinctOp struct {
		OpAt
		Count Expr
		Of    Expr
	}
	// SampleOp is sample n.
	SampleOp struct {
		OpAt
		Count Expr
	}
	// ScanOp is scan [with_match_id=..] [order by ..] [partition by ..] [declare (..)] with (steps).
	ScanOp struct {
		OpAt
		OrderBy     []*Order
		PartitionBy []Expr
		Declare     []*Param
		Steps       []*ScanStep
	}
	// SearchOp is search [kind=..] [in (tables)] predicate.
	SearchOp struct {
		OpAt
		In    []Expr
		Where Expr
	}
	// SerializeOp is serialize a = x, ..
	SerializeOp struct {
		OpAt
		Columns []Expr
	}
	// SortOp is sort by or order by.
	SortOp struct {
		OpAt
		By []*Order
	}
	// SummarizeOp is summarize aggregates by keys.
	SummarizeOp struct {
		OpAt
		Aggregates []Expr
		By         []Expr
		HasBy      bool
		Bin        Expr // by .. bin=X, an old form
	}
	// TakeOp is take n or limit n.
	TakeOp struct {
		OpAt
		Count Expr
	}
	// TopHittersOp is top-hitters n of X by Y.
	TopHittersOp struct {
		OpAt
		Count Expr
		Of    Expr
		By    Expr
	}
	// TopNestedOp is top-nested clauses.
	TopNestedOp struct {
		OpAt
		Clauses []*TopNestedClause
	}
	// TopOp is top n by X.
	TopOp struct {
		OpAt
		Count Expr
		By    []*Order
	}
	// UnionOp is union kind=.. withsource=.. tables; it may begin a pipeline.
	UnionOp struct {
		OpAt
		Tables []Expr
	}
	// WhereOp is where or filter. Kusto reads "where a = b" as the condition b under
	// the name a, which means nothing; Parse warns of it.
	WhereOp struct {
		OpAt
		Name      *Name
		Predicate Expr
	}
)

// SeriesColumn is one aggregate of make-series.
type SeriesColumn struct {
	At
	X       Expr // may be *Named
	Default Expr
}

// GraphNodes is one table of nodes of make-graph: (table) on key.
type GraphNodes struct {
	At
	Table Expr
	On    Expr
}

// GraphOutput is nodes|edges as Name with parameters.
type GraphOutput struct {
	At
	Kind   string // "nodes", "edges"
	Name   *Name
	Params []*Named
}
