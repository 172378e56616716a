package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// aggregation collects the aggregates of one operator while its expressions are
// bound; the expressions then read them as columns.
type aggregation struct {
	aggs   []plan.Agg
	inside bool     // binding the arguments of an aggregate
	keys   []string // input columns that are group keys as they are
	star   *rel     // the table whose columns * brings, if it may have more of them
}

// collect adds an aggregate and returns the column that reads it. Equal aggregates
// are computed once.
func (b *binder) collect(a *aggregation, g plan.Agg) plan.Expr {
	if g.Group == 0 && !g.Func.Volatile {
		for i := range a.aggs {
			if a.aggs[i].Group == 0 && sameAgg(&a.aggs[i], &g) {
				return &plan.Column{Name: a.aggs[i].Name, T: a.aggs[i].Type}
			}
		}
	}
	g.Name = b.fresh("agg")
	a.aggs = append(a.aggs, g)
	return &plan.Column{Name: g.Name, T: g.Type}
}

func sameAgg(x, y *plan.Agg) bool {
	if x.Func != y.Func || x.Type != y.Type || len(x.Args) != len(y.Args) {
		return false
	}
	for i := range x.Args {
		if plan.PrintExpr(x.Args[i]) != plan.PrintExpr(y.Args[i]) || !constant(x.Args[i]) && plan.HasTable(x.Args[i]) {
			return false
		}
	}
	return plan.PrintExpr(x.Filter) == plan.PrintExpr(y.Filter) && !plan.HasTable(x.Filter)
}

// inside returns an environment for the arguments of an aggregate.
func (v *env) inside() *env {
	inner := *v
	agg := *v.agg
	agg.inside = true
	inner.agg = &agg
	return &inner
}

// aggregateCall binds a call of an aggregate that gives one value.
func (b *binder) aggregateCall(f *builtin.Function, e *syntax.Call, v *env) plan.Expr {
	if f.Unsupported != "" {
		b.error(codeUnsupported, e.F.Span(), "'"+e.F.Value+"' is not supported: "+f.Unsupported, "")
		return unknown()
	}
	if f.Deprecated != "" && e.F.Value == f.Name {
		b.warn(codeDeprecated, e.F.Span(), "'"+f.Name+"' is an old name", "write "+f.Deprecated)
	}
	if len(e.Args) == 1 && f.Name == "count" && !b.isPredicate(e.Args[0], v) {
		// count(x) counts nulls too
		plain := *e
		plain.Args = nil
		e = &plain
	}
	args, nodes, ts, ok := b.callArguments(f, e, v.inside())
	if !ok {
		return unknown()
	}
	o := choose(f, ts)
	if o == nil {
		b.countError(f, len(ts), e.Span())
		return unknown()
	}
	if !b.arguments(f, o, args, nodes) {
		return unknown()
	}
	g := plan.Agg{Func: f, Type: o.Result(ts)}
	unify(o, args, g.Type)
	for i, x := range args {
		if x == nil {
			continue
		}
		if o.Param(i, len(args)).Form == builtin.FormPredicate {
			g.Filter = x
			continue
		}
		g.Args = append(g.Args, x)
	}
	if f.Base != "" {
		g.Func = must(builtin.Aggregate, f.Base)
	}
	return b.collect(v.agg, g)
}

// isPredicate reports whether the argument of count is a condition.
func (b *binder) isPredicate(e syntax.Expr, v *env) bool {
	if isStar(e) {
		return false
	}
	x := b.scalar(e, v.inside())
	return bad(x) || x.Type() == types.Bool
}

// rowAggregate binds arg_max, arg_min, take_any and any: columns that come from one row.
func (b *binder) rowAggregate(f *builtin.Function, e *syntax.Call, v *env) []outColumn {
	if f.Deprecated != "" && e.F.Value == f.Name {
		b.warn(codeDeprecated, e.F.Span(), "'"+f.Name+"' is an old name", "write "+f.Deprecated)
	}
	if len(e.Args) == 0 {
		b.countError(f, 0, e.Span())
		return []outColumn{{x: unknown()}}
	}
	b.group++
	r := &rowAgg{b: b, f: f, v: v, inner: v.inside(), group: b.group, at: e.Span(), repeated: map[string]bool{}}
	for _, a := range e.Args {
		r.anyStar = r.anyStar || isStar(a)
	}
	switch f.Name {
	case "arg_max", "arg_min":
		return r.argMax(e.Args)
	case "argmax", "argmin":
		return r.argMaxOld(e.Args)
	}
	return r.takeAny(e.Args)
}

// rowAgg is one call of a row aggregate being bound.
type rowAgg struct {
	b        *binder
	f        *builtin.Function
	v, inner *env
	group    int
	at       source.Span
	by       plan.Expr // the maximised value, nil for take_any
	repeated map[string]bool
	anyStar  bool
}

// column makes the aggregate that returns x from the chosen row.
func (r *rowAgg) column(name string, x plan.Expr, from string) outColumn {
	c := outColumn{name: name, t: x.Type(), x: x, from: from}
	if bad(x) {
		return c
	}
	g := plan.Agg{Func: r.f, Type: x.Type(), Group: r.group, Args: []plan.Expr{x}}
	switch r.f.Name {
	case "argmax":
		g.Func = must(builtin.Aggregate, "arg_max")
	case "argmin":
		g.Func = must(builtin.Aggregate, "arg_min")
	case "any":
		g.Func = must(builtin.Aggregate, "take_any")
	}
	if r.by != nil {
		g.Args = append(g.Args, r.by)
	}
	c.x = r.b.collect(r.v.agg, g)
	return c
}

// keyed reports whether an input column is a group key as it is.
func (r *rowAgg) keyed(name string) bool {
	for _, k := range r.v.agg.keys {
		if k == name {
			return true
		}
	}
	return false
}

// admits reports whether an input column is still to be returned.
func (r *rowAgg) admits(i int, name string) bool {
	if i == 0 && r.by != nil || !r.anyStar {
		return true
	}
	return !r.repeated[name] && !r.keyed(name)
}

// argument binds one argument; from is the input column that it is.
func (r *rowAgg) argument(a syntax.Expr) (x plan.Expr, name, from string, named bool) {
	if n, ok := a.(*syntax.Named); ok && len(n.Names) > 0 {
		x = r.b.scalar(n.X, r.inner)
		from, _ = r.b.plainColumn(n.X, r.v)
		return x, n.Names[0].Value, from, true
	}
	x = r.b.scalar(a, r.inner)
	from, plain := r.b.plainColumn(a, r.v)
	if plain {
		return x, from, from, false
	}
	name, _ = r.b.autoName(a, r.v)
	return x, name, "", false
}

func (r *rowAgg) orderable(x plan.Expr, at source.Span) plan.Expr {
	if !bad(x) && x.Type() == types.Dynamic {
		r.b.error(codeArgumentType, at, "'"+r.f.Name+"' needs a value with an order, this is a dynamic", "convert it: tostring(..), todatetime(..)")
		return unknown()
	}
	return x
}

func (r *rowAgg) argMax(args []syntax.Expr) []outColumn {
	var cols []outColumn
	prefix := r.f.Prefix
	primary := ""
	for i, a := range args {
		if isStar(a) {
			cols = r.star(cols, i, "")
			continue
		}
		x, name, from, named := r.argument(a)
		if i == 0 {
			x = r.orderable(x, a.Span())
			r.by = x
			primary = name
		}
		switch {
		case from != "" && !r.admits(i, from):
		case named && from != "":
			r.repeated[from] = true
			cols = append(cols, r.column(name, x, ""))
		case from != "":
			mark := from
			if r.repeated[from] || r.keyed(from) {
				mark = ""
			}
			r.repeated[from] = true
			cols = append(cols, r.column(from, x, mark))
		default:
			if name == "" {
				name = prefix + "_"
				if i > 0 {
					name = prefix + "_" + primary + "_arg" + itoa(i)
				}
			}
			cols = append(cols, r.column(name, x, ""))
		}
	}
	return cols
}

// argMaxOld names columns as argmax and argmin do: max_a, max_a_b.
func (r *rowAgg) argMaxOld(args []syntax.Expr) []outColumn {
	var cols []outColumn
	primary := ""
	for i, a := range args {
		if isStar(a) {
			cols = r.star(cols, i, r.f.Prefix+"_"+primary+"_")
			continue
		}
		x, name, from, _ := r.argument(a)
		if i == 0 {
			x = r.orderable(x, a.Span())
			r.by, primary = x, name
			r.repeated[from] = from != ""
			cols = append(cols, r.column(r.f.Prefix+"_"+name, x, ""))
			continue
		}
		if from != "" {
			if !r.admits(i, from) {
				continue
			}
			r.repeated[from] = true
		}
		if name == "" {
			name = "arg" + itoa(i)
		}
		cols = append(cols, r.column(r.f.Prefix+"_"+primary+"_"+name, x, ""))
	}
	return cols
}

func (r *rowAgg) takeAny(args []syntax.Expr) []outColumn {
	var cols []outColumn
	prefix := ""
	if r.f.Name == "any" {
		prefix = "any_"
	}
	for i, a := range args {
		if isStar(a) {
			cols = r.star(cols, i, prefix)
			continue
		}
		x, name, from, named := r.argument(a)
		if from != "" {
			if !r.admits(i, from) {
				continue
			}
			mark := from
			if r.repeated[from] || named || prefix != "" || r.keyed(from) {
				mark = ""
			}
			r.repeated[from] = true
			cols = append(cols, r.column(prefix+name, x, mark))
			continue
		}
		if name == "" {
			name = "arg" + itoa(i)
			if prefix == "" {
				name = "any_" + name
			}
		}
		cols = append(cols, r.column(prefix+name, x, ""))
	}
	return cols
}

// star adds the columns of * that are neither keys nor returned already.
func (r *rowAgg) star(cols []outColumn, i int, prefix string) []outColumn {
	if r.v.row == nil {
		return cols
	}
	if prefix == "" && (r.v.row.absent || r.v.row.grows) {
		r.v.agg.star = r.v.row
	}
	for j, c := range r.v.row.cols {
		if r.repeated[c.Name] || r.keyed(c.Name) {
			continue
		}
		r.repeated[c.Name] = true
		from := c.Name
		if prefix != "" {
			from = ""
		}
		cols = append(cols, r.column(prefix+c.Name, r.v.row.column(j), from))
	}
	return cols
}
