package bind

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// call binds F(Args): what the language itself knows first, then aggregates where
// they may stand, scalar functions, windows, lets, stored functions and tables.
func (b *binder) call(e *syntax.Call, v *env) value {
	if e.F == nil {
		return value{x: unknown()}
	}
	if e.X != nil || e.F.Value == "cluster" || e.F.Value == "database" || e.F.Value == "workspace" || e.F.Value == "adx" {
		return b.qualifiedCall(e, v)
	}
	if val, ok := b.specialCall(e, v); ok {
		return val
	}
	name := e.F.Value
	if f := builtin.Lookup(name, builtin.Aggregate); f != nil && v.agg != nil && !v.agg.inside {
		return value{x: b.aggregateCall(f, e, v)}
	}
	if f := builtin.Lookup(name, builtin.Scalar); f != nil {
		return value{x: b.scalarCall(f, e, v)}
	}
	if f := builtin.Lookup(name, builtin.Window); f != nil {
		return value{x: b.windowCall(f, e, v)}
	}
	if ent := v.scope.lookup(name); ent != nil {
		switch {
		case ent.bad, ent.fn != nil && ent.fn.bad:
			return value{x: unknown()}
		case ent.fn != nil:
			return b.callUser(ent.fn, e.Args, e.Span(), v)
		case ent.pattern != nil:
			return b.callPattern(ent.pattern, e, nil, e.Span(), v)
		case ent.rel != nil && len(e.Args) == 0:
			return value{rel: b.useTable(ent)}
		}
		b.errorf(codeUnknownFunction, e.F.Span(), "'%s' is no function", name)
		return value{x: unknown()}
	}
	if f := b.storedFunction(name); f != nil {
		return b.callUser(f, e.Args, e.Span(), v)
	}
	if f := b.tabular[name]; f != nil {
		if !f.Source {
			b.error(codeMisplaced, e.F.Span(), "'"+name+"' works on a table", "call it as T | invoke "+name+"(..)")
			return value{rel: badRel()}
		}
		return value{rel: b.callTabular(f, nil, e.Args, e.Span(), v)}
	}
	if v.row == nil {
		if r := b.absentTable(e.F, e.Span(), v); r != nil {
			return value{rel: r}
		}
	}
	b.unknownFunction(e, v)
	return value{x: unknown()}
}

// specialCall binds the calls whose arguments are no plain values.
func (b *binder) specialCall(e *syntax.Call, v *env) (value, bool) {
	switch e.F.Value {
	case "materialize", "materialized_view_combine":
		return b.materialize(e, v), true
	case "toscalar":
		return value{x: b.toScalar(e, v)}, true
	case "totable":
		if len(e.Args) == 1 {
			return value{rel: b.table(e.Args[0], v)}, true
		}
	case "table":
		return value{rel: b.tableCall(e, v)}, true
	case "view":
		if len(e.Args) == 1 {
			return b.bind(e.Args[0], v), true
		}
	case "external_table", "materialized_view", "stored_query_result", "graph", "entity_group":
		b.error(codeUnsupported, e.Span(), "'"+e.F.Value+"' needs an object of a Kusto cluster", "")
		return value{rel: badRel()}, true
	case "now", "ago":
		return value{x: b.clock(e, v)}, true
	case "bin_auto":
		return value{x: b.binAuto(e, v)}, true
	case "ingestion_time":
		return value{x: b.ingestionTime(e, v)}, true
	case "column_ifexists", "columnifexists":
		return value{x: b.columnIfExists(e, v)}, true
	case "pack_all":
		return value{x: b.packAll(e, v)}, true
	case "bag_pack_columns":
		return value{x: b.bagPackColumns(e, v)}, true
	case "column_names_of":
		if len(e.Args) == 1 {
			r := b.table(e.Args[0], v)
			names := make([]string, len(r.cols))
			for i, c := range r.cols {
				names[i] = jsonString(c.Name)
			}
			return value{x: &plan.Const{Value: types.Value{Type: types.Dynamic, Str: "[" + strings.Join(names, ",") + "]"}}}, true
		}
	case "typeof":
		b.errorf(codeMisplaced, e.Span(), "typeof(..) can only stand as an argument that asks for a type")
		return value{x: unknown()}, true
	}
	return value{}, false
}

// scalarCall binds a call of a scalar function.
func (b *binder) scalarCall(f *builtin.Function, e *syntax.Call, v *env) plan.Expr {
	if f.Unsupported != "" {
		b.error(codeUnsupported, e.F.Span(), "'"+e.F.Value+"' is not supported: "+f.Unsupported, "")
		return unknown()
	}
	if f.Deprecated != "" && e.F.Value == f.Name {
		b.warn(codeDeprecated, e.F.Span(), "'"+f.Name+"' is an old name", "write "+f.Deprecated)
	}
	if v.graph == nil && graphOnly[f.Name] {
		b.error(codeMisplaced, e.F.Span(), "'"+f.Name+"' reads a graph's pattern", "it stands in the where and project of graph-match and graph-shortest-paths")
		return unknown()
	}
	if x := b.graphFunction(f, e, v); x != nil {
		return x
	}
	args, nodes, ts, ok := b.callArguments(f, e, v)
	if !ok {
		return unknown()
	}
	o := choose(f, ts)
	if o == nil {
		b.countError(f, len(ts), e.Span())
		return unknown()
	}
	return b.finishCall(f, o, args, nodes, ts, e)
}

// callArguments binds the arguments of a call; a typeof(T) has its type in ts and no
// argument in args. ok is false if one could not be bound.
func (b *binder) callArguments(f *builtin.Function, e *syntax.Call, v *env) (args []plan.Expr, nodes []syntax.Expr, ts []types.Type, ok bool) {
	ok = true
	for _, a := range e.Args {
		if n, isNamed := a.(*syntax.Named); isNamed {
			a = n.X
		}
		if t, isType := typeLiteral(a); isType {
			args, nodes, ts = append(args, nil), append(nodes, a), append(ts, t)
			if t == types.Unknown {
				b.errorf(codeArgumentType, a.Span(), "a scalar type is expected here")
				ok = false
			}
			continue
		}
		if s, isStar := a.(*syntax.Star); isStar {
			if v.row == nil || !starArgument(f) {
				b.errorf(codeMisplaced, s.Span(), "'%s' does not take *", f.Name)
				ok = false
				continue
			}
			for i := range v.row.cols {
				args, nodes, ts = append(args, v.row.column(i)), append(nodes, a), append(ts, v.row.cols[i].Type)
			}
			continue
		}
		x := b.scalar(a, v)
		ok = ok && !bad(x)
		args, nodes, ts = append(args, x), append(nodes, a), append(ts, x.Type())
	}
	return args, nodes, ts, ok
}

// starArgument reports whether a function takes * for all columns.
func starArgument(f *builtin.Function) bool {
	switch f.Name {
	case "pack_array", "hash_many", "bag_pack_columns":
		return true
	}
	for _, o := range f.Overloads {
		for _, p := range o.Params {
			if p.Form == builtin.FormStar || p.Form == builtin.FormOnlyStar {
				return true
			}
		}
	}
	return false
}

// typeLiteral returns the type of typeof(T).
func typeLiteral(e syntax.Expr) (types.Type, bool) {
	l, ok := unparen(e).(*syntax.Literal)
	if !ok || l.Kind != syntax.LitType {
		return types.Unknown, false
	}
	t, _ := types.Parse(strings.TrimSpace(l.Text))
	return t, true
}

// finishCall checks and converts the arguments and makes the call.
func (b *binder) finishCall(f *builtin.Function, o *builtin.Overload, args []plan.Expr, nodes []syntax.Expr, ts []types.Type, e *syntax.Call) plan.Expr {
	if !b.arguments(f, o, args, nodes) || !b.timeFormat(f, args, nodes) {
		return unknown()
	}
	t := o.Result(ts)
	if f.Data != "" && !contains(b.o.Answered, f.Name) {
		b.warn(codeUnsupported, e.Span(), "'"+f.Name+"' is null without "+f.Data, "")
		return nullOf(t)
	}
	if t == types.Unknown {
		b.error(codeNoCommonType, e.Span(), "the arguments of '"+f.Name+"' have no type in common: "+joinTypes(ts), "convert them to one type: tostring(..), tolong(..)")
		return unknown()
	}
	unify(o, args, t)
	kept := make([]plan.Expr, 0, len(args))
	for _, x := range args {
		if x != nil {
			kept = append(kept, x)
		}
	}
	return &plan.Call{Func: f, Args: kept, T: t, At: e.Span()}
}

func joinTypes(ts []types.Type) string {
	names := make([]string, len(ts))
	for i, t := range ts {
		names[i] = t.String()
	}
	return strings.Join(names, ", ")
}

// windowCall binds prev, next, row_number and their kin.
func (b *binder) windowCall(f *builtin.Function, e *syntax.Call, v *env) plan.Expr {
	if !v.window || v.row == nil {
		b.error(codeMisplaced, e.F.Span(), "'"+f.Name+"' can't stand here", "compute it in extend, project or serialize first, then use the column")
		return unknown()
	}
	if !v.row.serialized && !v.row.bad {
		b.error(codeNeedsOrder, e.F.Span(), "'"+f.Name+"' needs rows in an order", "put | sort by .. or | serialize before it")
		return unknown()
	}
	args, nodes, ts, ok := b.callArguments(f, e, v)
	if !ok {
		return unknown()
	}
	o := choose(f, ts)
	if o == nil {
		b.countError(f, len(ts), e.Span())
		return unknown()
	}
	if (f.Name == "prev" || f.Name == "next") && len(args) > 1 {
		if n, known := intOf(args[1]); known && n <= 0 {
			b.errorf(codeBadValue, nodes[1].Span(), "the offset of '%s' must be at least 1", f.Name)
			return unknown()
		}
	}
	return b.finishCall(f, o, args, nodes, ts, e)
}
