// Package syntax is KQL as it was written: lexer, tree, parser and printer.
//
// Parse returns the statements it could read and the diagnostics of the rest;
// a Bad node stands where nothing could be read, and later stages accept it in
// silence. The tree says nothing of meaning: names are not resolved and types
// are not known. KQL's own words name its nodes (WhereOp, SummarizeOp).
//
// Parts that the grammar needs are never nil, even in a tree with mistakes; those
// that it leaves out are nil or empty. Print writes a tree as canonical KQL, Walk
// visits it, Codes explains the diagnostics.
//
// What is refused is what Kusto refuses: reserved words as names without brackets,
// comparisons in a row, a comma at the end of a list. Where Microsoft's parser and
// this one differ, a comment says so.
//
// A new operator is a struct in operators.go, a keyword in words.go, a reader in
// the op_*.go file of its kind, and a case in print_op.go and walk_op.go; the
// tests fail until all are there and a golden has it.
//
// Source: https://learn.microsoft.com/kusto/query/ and the public grammar of
// Kusto-Query-Language.
package syntax

import (
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// Node is any part of the tree. Span is the bytes it was read from.
type Node interface{ Span() source.Span }

// At is embedded by every node.
type At struct{ At source.Span }

// Span returns the bytes that the node was read from.
func (a At) Span() source.Span { return a.At }

// Script is a whole query text: statements separated by ";".
type Script struct {
	At
	Statements []Stmt
}

// Stmt is a statement; keep the list alphabetical here and in every switch.
type Stmt interface {
	Node
	stmt()
}

type (
	// AliasStmt is alias database N = expr.
	AliasStmt struct {
		At
		Name *Name
		X    Expr
	}
	// BadStmt is what could not be read.
	BadStmt struct{ At }
	// CommandStmt is a management command such as .show tables, kept as text.
	CommandStmt struct {
		At
		Text string
	}
	// DeclareStmt is declare query_parameters(a:long = 1, ..).
	DeclareStmt struct {
		At
		Params []*Param
	}
	// ExprStmt is a query: a pipeline or a scalar expression.
	ExprStmt struct {
		At
		X Expr
	}
	// LetStmt is let name = X; X may be a *FuncLit.
	LetStmt struct {
		At
		Name *Name
		X    Expr
	}
	// PatternStmt is declare pattern name = (a:string)[path:string] { entries }; without
	// the definition Params is nil. Text is the statement as written.
	PatternStmt struct {
		At
		Name    *Name
		Params  []*Param
		Path    *TypedName // nil: none
		Entries []*PatternEntry
		Text    string
	}
	// RestrictStmt is restrict access to (a, b).
	RestrictStmt struct {
		At
		Entities []Expr
		With     []*Named
	}
	// SetStmt is set name = value; Value is nil for a bare option.
	SetStmt struct {
		At
		Name  *Name
		Value Expr
	}
)

// PatternEntry is (values).[path] = { body } of a pattern.
type PatternEntry struct {
	At
	Values []Expr
	Path   Expr // nil: none
	Body   []Stmt
}

func (*AliasStmt) stmt()    {}
func (*BadStmt) stmt()      {}
func (*CommandStmt) stmt()  {}
func (*DeclareStmt) stmt()  {}
func (*ExprStmt) stmt()     {}
func (*LetStmt) stmt()      {}
func (*PatternStmt) stmt()  {}
func (*RestrictStmt) stmt() {}
func (*SetStmt) stmt()      {}

// Expr is a scalar or tabular expression; which of both is known to bind.
type Expr interface {
	Node
	expr()
}

// LiteralKind tells how a Literal was written.
type LiteralKind uint8

const (
	LitBool     LiteralKind = iota + 1
	LitDateTime             // datetime(...) or date(...): Text is what stands between the parentheses, trimmed
	LitDecimal              // decimal(...)
	LitDynamic              // dynamic(...): Value holds the parsed tree in Json
	LitGUID                 // guid(...)
	LitInt                  // int(...)
	LitLong                 // 1, 0x1F, long(...)
	LitReal                 // 1.5, 1e3, real(...), double(...)
	LitString               // any string form; Text is the unescaped value
	LitTimeSpan             // 1d, 2h, time(...), timespan(...)
	LitType                 // typeof(long): Text is the type's name; typeof(a:long,..) has Columns
)

type (
	// Bad is an expression that could not be read.
	Bad struct{ At }
	// Between is X between (Low .. High) or, with Not, !between.
	Between struct {
		At
		OpAt         source.Span
		X, Low, High Expr
		Not          bool
	}
	// Binary is X Op Y. Op is KQL's spelling in lower case: "+", "==", "=~", "!~", "has",
	// "!has_cs", "contains", "startswith", "matches regex", "and", "or", ":" (search) ..
	Binary struct {
		At
		Op   string
		OpAt source.Span
		X, Y Expr
	}
	// Call is F(Args). F is a name or, for database("x").f(..), a *Member's path.
	// toscalar, materialize, view, iff .. are calls like any other.
	Call struct {
		At
		F      *Name
		Args   []Expr
		Params []*Named // toscalar kind=nooptimization (..)
		X      Expr     // what stands before ".F(..)", nil if nothing: cluster("c").database("d").Table is nested Calls and Members
	}
	// Datatable is datatable(a:long, ..)[values].
	Datatable struct {
		At
		Columns []*TypedName
		Values  []Expr
		Params  []*Named // with (...)
	}
	// DataScope is X datascope=Scope, where a table's cold data is left out.
	DataScope struct {
		At
		X     Expr
		Scope *Name
	}
	// EntityGroup is entity_group [cluster(..).database(..), ..].
	EntityGroup struct {
		At
		Items []Expr
	}
	// ExternalData is externaldata(a:long, ..)[uris] with (...).
	ExternalData struct {
		At
		Columns []*TypedName
		URIs    []Expr
		Params  []*Named
	}
	// FuncLit is (params) { body }; View marks view () { }.
	FuncLit struct {
		At
		Params []*Param
		Body   []Stmt
		View   bool
	}
	// In is X in (List): Op is "in", "!in", "in~", "!in~", "has_any", "has_all" and so on.
	// One element may be a tabular expression.
	In struct {
		At
		Op   string
		OpAt source.Span
		X    Expr
		List []Expr
	}
	// Index is X[I].
	Index struct {
		At
		X, I Expr
	}
	// InlineExternalTable is inline_external_table(..) kind=.. dataformat=.. (..),
	// kept as text.
	InlineExternalTable struct {
		At
		Text string
	}
	// JSONArray and JSONObject stand inside dynamic(...) only.
	JSONArray struct {
		At
		Items []Expr
	}
	// JSONObject keeps the order of its keys; duplicates are kept too.
	JSONObject struct {
		At
		Keys   []*Name // unescaped
		Values []Expr
	}
	// Literal is a constant. Null is true for T(null) and for forms that Kusto reads as null.
	Literal struct {
		At
		Kind       LiteralKind
		Text       string // see LiteralKind; for numbers the digits as written
		Null       bool
		Negative   bool         // inside T(-1)
		JSON       Expr         // LitDynamic: *JSONArray, *JSONObject, *Literal or *Unary minus
		Columns    []*TypedName // LitType of a table
		Open       bool         // LitType with *
		Obfuscated bool         // h"..."
	}
	// Member is X.Name (also X["name"] stays an Index).
	Member struct {
		At
		X    Expr
		Name *Name
	}
	// Name is an identifier; Quoted when written ['..'] or [".."]. A bare wildcard such
	// as Device* is a Wildcard.
	Name struct {
		At
		Value       string
		Quoted      bool
		Placeholder bool // {name} or {name[0]}, braces included: a client tool replaces it
	}
	// NameList is a, b, .. as the value of a parameter (ycolumns=a, b).
	NameList struct {
		At
		Names []*Name
	}
	// Named is Names = X: one name, or several as (a, b) = X. Tuple is true in the latter form.
	Named struct {
		At
		Names []*Name
		Tuple bool
		X     Expr
	}
	// Paren is (X), kept for printing and for places where it matters.
	Paren struct {
		At
		X Expr
	}
	// Pipeline is Source | Ops. Source is nil where the operators apply to an implied
	// table (inside mv-apply, partition, fork, facet, or a query that begins with an operator such as range, print, union, search, find).
	Pipeline struct {
		At
		Source Expr
		Ops    []Operator
	}
	// Star is *.
	Star struct{ At }
	// ToTypeof is X to typeof(T), in mv-expand and mv-apply; X is nil in
	// mv-apply to typeof(T) on (..).
	ToTypeof struct {
		At
		X    Expr
		Type *Literal
	}
	// TypedName is name:type.
	TypedName struct {
		At
		Name   *Name
		Type   types.Type
		TypeAt source.Span
		Table  []*TypedName // (a:long, ..) or (*): a tabular parameter
		Open   bool         // (*)
	}
	// Unary is -X or +X.
	Unary struct {
		At
		Op string
		X  Expr
	}
	// Wildcard is a name pattern such as Device* or *Events, and in columns a*.
	Wildcard struct {
		At
		Pattern string
		Quoted  bool // [Device*]
	}
)

// Param is a parameter of a function: name:type = default.
type Param struct {
	TypedName
	Default Expr
}

func (*Bad) expr()                 {}
func (*Between) expr()             {}
func (*Binary) expr()              {}
func (*Call) expr()                {}
func (*DataScope) expr()           {}
func (*Datatable) expr()           {}
func (*EntityGroup) expr()         {}
func (*ExternalData) expr()        {}
func (*FuncLit) expr()             {}
func (*In) expr()                  {}
func (*Index) expr()               {}
func (*InlineExternalTable) expr() {}
func (*JSONArray) expr()           {}
func (*JSONObject) expr()          {}
func (*Literal) expr()             {}
func (*Member) expr()              {}
func (*Name) expr()                {}
func (*NameList) expr()            {}
func (*Named) expr()               {}
func (*Paren) expr()               {}
func (*Pipeline) expr()            {}
func (*Star) expr()                {}
func (*ToTypeof) expr()            {}
func (*TypedName) expr()           {}
func (*Unary) expr()               {}
func (*Wildcard) expr()            {}
