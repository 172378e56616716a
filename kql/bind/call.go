package bind

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
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

// ingestionTime binds ingestion_time(): the hidden column of stored rows.
func (b *binder) ingestionTime(e *syntax.Call, v *env) plan.Expr {
	b.wantsIngestion = true
	if v.row != nil && (v.row.hidden || v.row.bad) {
		return &plan.Column{Name: plan.IngestionTime, T: types.DateTime}
	}
	if b.ingestion {
		b.warn(codeIngestion, e.Span(), "these rows have no ingestion time, it is null",
			"ask for ingestion_time() next to the table, before summarize or join")
	}
	return nullOf(types.DateTime)
}

// columnIfExists binds column_ifexists("name", default).
func (b *binder) columnIfExists(e *syntax.Call, v *env) plan.Expr {
	f := builtin.Lookup("column_ifexists", builtin.Scalar)
	if len(e.Args) != 2 {
		b.countError(f, len(e.Args), e.Span())
		return unknown()
	}
	name := b.scalar(e.Args[0], v)
	def := b.scalar(e.Args[1], v)
	if bad(name) || v.row != nil && v.row.bad {
		return unknown()
	}
	s, ok := stringOf(name)
	if !ok {
		b.errorf(codeConstantExpected, e.Args[0].Span(), "a column's name is expected as a constant string")
		return unknown()
	}
	if v.row != nil {
		if i := v.row.cols.Index(s); i >= 0 {
			return v.row.column(i)
		}
		if c, ok := v.row.aliases[s]; ok {
			return v.row.column(v.row.cols.Index(c))
		}
	}
	return def
}

// packAll binds pack_all([ignore_null_empty]) to a call of pack_all with the flag and
// then the name and value of each column.
func (b *binder) packAll(e *syntax.Call, v *env) plan.Expr {
	f := builtin.Lookup("pack_all", builtin.Scalar)
	if len(e.Args) > 1 || v.row == nil {
		b.countError(f, len(e.Args), e.Span())
		return unknown()
	}
	var flag plan.Expr = boolean(false)
	if len(e.Args) == 1 {
		if flag = b.scalar(e.Args[0], v); bad(flag) {
			return flag
		}
	}
	args := []plan.Expr{flag}
	for i := range v.row.cols {
		args = append(args, text(v.row.cols[i].Name), v.row.column(i))
	}
	return &plan.Call{Func: f, Args: args, T: types.Dynamic, At: e.Span()}
}

// bagPackColumns binds bag_pack_columns(a, b) as bag_pack("a", a, "b", b).
func (b *binder) bagPackColumns(e *syntax.Call, v *env) plan.Expr {
	var args []plan.Expr
	for _, a := range e.Args {
		if _, star := a.(*syntax.Star); star && v.row != nil {
			for i := range v.row.cols {
				args = append(args, text(v.row.cols[i].Name), v.row.column(i))
			}
			continue
		}
		x := b.scalar(a, v)
		if bad(x) {
			return x
		}
		name, ok := b.autoName(a, v)
		if !ok {
			b.errorf(codeColumnExpected, a.Span(), "bag_pack_columns takes columns, this has no name")
			return unknown()
		}
		args = append(args, text(name), x)
	}
	return fn("bag_pack", types.Dynamic, e.Span(), args...)
}

// toScalar binds toscalar(X): the first value of a table, or the value itself.
func (b *binder) toScalar(e *syntax.Call, v *env) plan.Expr {
	if len(e.Args) != 1 {
		b.errorf(codeArgumentCount, e.Span(), "'toscalar' takes 1 argument, %d found", len(e.Args))
		return unknown()
	}
	val := b.inside(e.Args[0], v.tables())
	if val.x != nil {
		return b.once(val.x, e.Span())
	}
	if val.rel == nil || val.rel.bad {
		return unknown()
	}
	r := val.rel.visible()
	if len(r.cols) == 0 {
		b.errorf(codeTableExpected, e.Args[0].Span(), "the table has no columns")
		return unknown()
	}
	first := r
	if len(r.cols) > 1 {
		first = r.project(r.cols[:1], []plan.Expr{r.column(0)}, source.NoSpan)
	}
	return &plan.ScalarQuery{Table: b.firstRow(first), T: r.cols[0].Type}
}

// firstRow is a table of which only the first row is read. A let may use its value in
// several places; they share it.
func (b *binder) firstRow(r *rel) plan.Node {
	if _, ref := r.node.(*plan.Ref); ref || plan.OfGroup(r.node) {
		return r.node
	}
	if !oneRow(r.node) {
		r = r.with(&plan.Limit{Out: r.same(source.NoSpan), Input: r.node, Count: long(1)})
	}
	return b.useTable(&entity{rel: r, shared: b.share("toscalar", r, true)}).node
}

// oneRow reports whether n is a single group of rows.
func oneRow(n plan.Node) bool {
	for {
		p, ok := n.(*plan.Project)
		if !ok {
			a, ok := n.(*plan.Aggregate)
			return ok && len(a.Keys) == 0
		}
		n = p.Input
	}
}

// inside binds an expression that may be a table inside another one: such a table is made once,
// and can't depend on the row that is at hand outside.
func (b *binder) inside(e syntax.Expr, v *env) value {
	x := e
	for {
		p, ok := x.(*syntax.Paren)
		if !ok {
			break
		}
		x = p.X
	}
	if _, ok := x.(*syntax.Pipeline); ok {
		b.level++
		defer func() { b.level-- }()
	}
	return b.bind(e, v)
}

// once makes a value that is the same wherever it is used of one that is new each time.
func (b *binder) once(x plan.Expr, at source.Span) plan.Expr {
	fresh := false
	plan.WalkExpr(x, func(y plan.Expr) bool {
		if c, ok := y.(*plan.Call); ok && c.Func.Volatile {
			fresh = true
		}
		return !fresh
	})
	if !fresh || !constant(x) {
		return x
	}
	cols := types.Schema{{Name: "value", Type: x.Type()}}
	row := newRel(&plan.Values{Out: plan.Out{Columns: cols, At: at}, Rows: [][]plan.Expr{{x}}}, cols)
	return &plan.ScalarQuery{Table: b.useTable(&entity{rel: row, shared: b.share("", row, true)}).node, T: x.Type()}
}

// materialize binds materialize(T): T is computed once.
func (b *binder) materialize(e *syntax.Call, v *env) value {
	var operands []syntax.Expr
	for _, a := range e.Args {
		if _, option := a.(*syntax.Named); !option {
			operands = append(operands, a)
		}
	}
	if len(operands) != 1 {
		b.errorf(codeArgumentCount, e.Span(), "'%s' takes 1 table, %d found", e.F.Value, len(operands))
		return value{rel: badRel()}
	}
	val := b.bind(operands[0], v.tables())
	if val.x != nil && !bad(val.x) {
		b.errorf(codeTableExpected, operands[0].Span(), "a value of type %s where a table is expected", val.x.Type())
		return value{rel: badRel()}
	}
	if val.rel == nil {
		return value{rel: badRel()}
	}
	if val.rel.bad || val.rel.graph != nil {
		return value{rel: val.rel}
	}
	if val.rel = b.single(val.rel, operands[0].Span()); val.rel.bad {
		return value{rel: val.rel}
	}
	return value{rel: b.useTable(&entity{rel: val.rel, shared: b.share("", val.rel, true)})}
}

// share makes a part of the plan that later parts refer to.
func (b *binder) share(name string, r *rel, materialized bool) *plan.Shared {
	s := &plan.Shared{ID: len(b.shared) + 1, Name: name, Input: r.node, Materialized: materialized}
	b.shared = append(b.shared, s)
	return s
}

// tableCall binds table("name").
func (b *binder) tableCall(e *syntax.Call, v *env) *rel {
	if len(e.Args) == 0 {
		b.errorf(codeArgumentCount, e.Span(), "'table' takes the name of a table")
		return badRel()
	}
	x := b.scalar(e.Args[0], v)
	if bad(x) {
		return badRel()
	}
	s, ok := stringOf(x)
	if !ok {
		b.errorf(codeConstantExpected, e.Args[0].Span(), "a table's name is expected as a constant string")
		return badRel()
	}
	n := &syntax.Name{At: syntax.At{At: e.Args[0].Span()}, Value: s}
	if ent := v.scope.lookup(s); ent != nil && ent.rel != nil {
		return b.useTable(ent)
	}
	if val, ok := b.entityName(n, v); ok && val.rel != nil {
		return val.rel
	}
	named := *v
	named.source = true
	if r := b.absentTable(n, e.Span(), &named); r != nil {
		return r
	}
	b.unknownTable(n, v)
	return badRel()
}

// isClusterPath reports whether a call begins a path to another database.
func isClusterPath(c *syntax.Call) bool {
	if c.X != nil {
		return true
	}
	switch c.F.Value {
	case "cluster", "database", "workspace", "app", "resource", "adx", "arg":
		return true
	}
	return false
}

func isClusterMember(m *syntax.Member) bool {
	switch x := unparen(m.X).(type) {
	case *syntax.Call:
		return isClusterPath(x)
	case *syntax.Member:
		return isClusterMember(x)
	}
	return false
}

// qualified binds database("d").T and D.T: tables of other databases are not here.
func (b *binder) qualified(e *syntax.Member, v *env) value {
	if c, ok := unparen(e.X).(*syntax.Call); ok && c.F != nil && c.X == nil && c.F.Value == "database" && len(c.Args) == 0 {
		return b.bind(e.Name, v) // database().T is the current one
	}
	if n, ok := unparen(e.X).(*syntax.Name); ok && b.scan(e.Name.Value, e.Span()) == nil {
		b.unknownTable(n, v)
		return value{x: unknown()}
	}
	if r := b.absentElsewhere(e.Name, e.Span()); r != nil {
		return value{rel: r}
	}
	hint := ""
	if b.scan(e.Name.Value, e.Span()) != nil {
		hint = "this case has one database: write " + e.Name.Value + " alone"
	}
	b.error(codeUnsupported, e.Span(), "other clusters, databases and workspaces can't be reached", hint)
	return value{x: unknown()}
}

func (b *binder) qualifiedCall(e *syntax.Call, v *env) value {
	x := e.X
	if n, ok := x.(*syntax.Name); ok {
		if ent := v.scope.lookup(n.Value); ent != nil && ent.place != nil {
			x = ent.place
		}
	}
	if c, ok := x.(*syntax.Call); ok && c.X == nil && c.F.Value == "database" && len(c.Args) == 0 {
		plain := *e
		plain.X = nil
		return b.call(&plain, v)
	}
	if b.method(e, v) {
		return value{x: unknown()}
	}
	b.error(codeUnsupported, e.Span(), "other clusters, databases and workspaces can't be reached", "")
	return value{x: unknown()}
}
