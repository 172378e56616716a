package bind

import (
	"strings"

	"slices"
	"strconv"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

func itoa(n int) string { return strconv.Itoa(n) }

// unknown stands for an expression that could not be bound; it silences what uses it.
func unknown() plan.Expr {
	return &plan.Const{Value: types.Value{Type: types.Unknown, Null: true}}
}

// bad reports whether x could not be bound.
func bad(x plan.Expr) bool { return x == nil || x.Type() == types.Unknown }

// scalar binds an expression that must be a value.
func (b *binder) scalar(e syntax.Expr, v *env) plan.Expr {
	r := b.bind(e, v)
	if r.x != nil {
		return r.x
	}
	if r.rel != nil && !r.rel.bad {
		b.error(codeScalarExpected, e.Span(), "a table where a value is expected",
			"use toscalar(..) to take the first value of a table, or in (..) to compare with all of its first column")
	}
	return unknown()
}

// table binds an expression that must be a table.
func (b *binder) table(e syntax.Expr, v *env) *rel {
	t := v.tables()
	t.outer, t.source = v.outer, true
	r := b.bind(e, t)
	if r.rel != nil {
		if r.rel.graph != nil {
			b.error(codeTableExpected, e.Span(), "a graph where a table is expected",
				"graph-match or graph-to-table make a table of a graph")
			return badRel()
		}
		return b.single(r.rel, e.Span())
	}
	if r.x != nil && !bad(r.x) {
		b.errorf(codeTableExpected, e.Span(), "a value of type %s where a table is expected", r.x.Type())
	}
	return badRel()
}

// single complains of several results where one table is expected.
func (b *binder) single(r *rel, at source.Span) *rel {
	r = r.leading()
	if r.results == nil || r.bad {
		return r
	}
	b.error(codeNotAllowedInside, at, "several tables where one is expected", "fork, facet and two tables of a graph are results of a whole query")
	return badRel()
}

// bind binds an expression of any kind.
func (b *binder) bind(e syntax.Expr, v *env) value {
	if !b.step(e.Span()) {
		return value{x: unknown()}
	}
	switch e := e.(type) {
	case *syntax.Bad:
		b.failed = true
		return value{x: unknown()}
	case *syntax.Between:
		return value{x: b.between(e, v)}
	case *syntax.Binary:
		return value{x: b.binary(e, v)}
	case *syntax.Call:
		return b.call(e, v)
	case *syntax.DataScope:
		return b.bind(e.X, v)
	case *syntax.Datatable:
		return value{rel: b.datatable(e, v)}
	case *syntax.EntityGroup, *syntax.InlineExternalTable:
		b.errorf(codeUnsupported, e.Span(), "objects of a Kusto cluster can't be reached")
		return value{rel: badRel()}
	case *syntax.ExternalData:
		return value{rel: b.externalData(e, v)}
	case *syntax.FuncLit:
		b.errorf(codeMisplaced, e.Span(), "a function where a value is expected; give it a name with let")
	case *syntax.In:
		return value{x: b.in(e, v)}
	case *syntax.Index:
		return value{x: b.index(e, v)}
	case *syntax.JSONArray, *syntax.JSONObject:
		return value{x: b.jsonLiteral(e)}
	case *syntax.Literal:
		return value{x: b.literal(e)}
	case *syntax.Member:
		return b.member(e, v)
	case *syntax.Name:
		return b.name(e, v)
	case *syntax.Named:
		b.errorf(codeMisplaced, e.Span(), "a named value can't stand here")
		return b.bind(e.X, v)
	case *syntax.NameList:
		b.errorf(codeMisplaced, e.Span(), "a list of names can't stand here")
	case *syntax.Paren:
		return b.bind(e.X, v)
	case *syntax.Pipeline:
		return b.pipelineValue(e, v)
	case *syntax.Star:
		b.errorf(codeMisplaced, e.Span(), "* can't stand here")
	case *syntax.ToTypeof:
		return b.bind(e.X, v)
	case *syntax.TypedName:
		b.errorf(codeMisplaced, e.Span(), "a declaration where a value is expected")
	case *syntax.Unary:
		return value{x: b.unary(e, v)}
	case *syntax.Wildcard:
		b.errorf(codeMisplaced, e.Span(), "a name pattern can't stand here")
	}
	return value{x: unknown()}
}

// unparen removes parentheses.
func unparen(e syntax.Expr) syntax.Expr {
	for {
		p, ok := e.(*syntax.Paren)
		if !ok {
			return e
		}
		e = p.X
	}
}

// condition binds an expression that must be a bool.
func (b *binder) condition(e syntax.Expr, v *env) plan.Expr {
	x := b.scalar(e, v)
	if bad(x) || x.Type() == types.Bool {
		return x
	}
	var hint string
	switch x.Type() {
	case types.Dynamic:
		hint = "convert it: tobool(..), or compare it with a value"
	case types.String:
		hint = "compare it with a value, or test it: isnotempty(..)"
	default:
		hint = "compare it with a value"
	}
	b.error(codeBoolExpected, e.Span(), "a condition must be a bool, this is "+article(x.Type()), hint)
	return unknown()
}

func article(t types.Type) string {
	if t == types.Int {
		return "an int"
	}
	return "a " + t.String()
}

// member binds X.Name: a path into a dynamic value, $left.c and $right.c, or a
// column of a scan step or graph element.
func (b *binder) member(e *syntax.Member, v *env) value {
	if n, ok := unparen(e.X).(*syntax.Name); ok && !n.Quoted {
		switch {
		case n.Value == "$left" && v.row != nil:
			return value{x: b.columnOf(v.row, e.Name, "the left side")}
		case n.Value == "$right" && v.right != nil:
			return value{x: b.columnOf(v.right, e.Name, "the right side")}
		}
		if x := b.stepColumn(n, e.Name, v); x != nil {
			return value{x: x}
		}
		if v.row == nil || v.row.cols.Index(n.Value) < 0 {
			if strings.HasPrefix(e.Name.Value, "$current_") {
				b.errorf(codeUnsupported, e.Span(), "'%s' is not supported: a case is no database of a cluster", e.Name.Value)
				return value{x: unknown()}
			}
			if m := v.scope.placed(e); m != nil {
				return b.qualified(m, v)
			}
		}
		if v.row == nil || v.row.cols.Index(n.Value) < 0 {
			if ent := v.scope.lookup(n.Value); ent == nil && v.row == nil {
				return b.qualified(e, v)
			}
		}
	}
	if c, ok := unparen(e.X).(*syntax.Call); ok {
		if isClusterPath(c) {
			return b.qualified(e, v)
		}
		if p := b.calledPattern(c, v); p != nil {
			return b.callPattern(p, c, &e.Name.Value, e.Span(), v)
		}
	}
	if m, ok := unparen(e.X).(*syntax.Member); ok && isClusterMember(m) {
		return b.qualified(e, v)
	}
	x := b.scalar(e.X, v)
	if bad(x) {
		return value{x: x}
	}
	key := &plan.Const{Value: types.Value{Type: types.String, Str: e.Name.Value}}
	return value{x: b.path(x, key, e.Name.Span())}
}

// index binds X[I].
func (b *binder) index(e *syntax.Index, v *env) plan.Expr {
	x := b.scalar(e.X, v)
	i := b.scalar(e.I, v)
	if bad(x) || bad(i) {
		return unknown()
	}
	switch i.Type() {
	case types.Int:
		i = convert(i, types.Long)
	case types.Long, types.String, types.Dynamic:
	default:
		b.errorf(codeOperandTypes, e.I.Span(), "an element is selected by a string or an integer, this is %s", article(i.Type()))
		return unknown()
	}
	return b.path(x, i, e.Span())
}

// path adds one key to a path into a dynamic value.
func (b *binder) path(x, key plan.Expr, at source.Span) plan.Expr {
	x = b.asDynamic(x, at)
	if x.Type() != types.Dynamic {
		hint := ""
		if x.Type() == types.String {
			hint = "parse it first: parse_json(..)"
		}
		b.error(codeOperandTypes, at, "only a dynamic value has members, this is "+article(x.Type()), hint)
		return unknown()
	}
	if p, ok := x.(*plan.Path); ok {
		return &plan.Path{X: p.X, Keys: append(p.Keys[:len(p.Keys):len(p.Keys)], key)}
	}
	return &plan.Path{X: x, Keys: []plan.Expr{key}}
}

// DynamicText may be implemented by a Catalog with string columns of JSON that have
// members too, because their twins in another product are dynamic.
type DynamicText interface {
	DynamicText(table, column string) bool
}

// asDynamic parses a string column that stands for JSON text; other values stay.
func (b *binder) asDynamic(x plan.Expr, at source.Span) plan.Expr {
	if b.dynamicText(x) {
		return fn("parse_json", types.Dynamic, at, x)
	}
	return x
}

// dynamicText reports whether x is a string column whose name stands for JSON text in
// a table of the catalogue. It is asked only where a string would be an error.
func (b *binder) dynamicText(x plan.Expr) bool {
	c, ok := x.(*plan.Column)
	if !ok || c.T != types.String {
		return false
	}
	texts, ok := b.o.Catalog.(DynamicText)
	if !ok {
		return false
	}
	return slices.ContainsFunc(b.holders(c.Name), func(table string) bool { return texts.DynamicText(table, c.Name) })
}
