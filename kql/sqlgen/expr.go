package sqlgen

import (
	"errors"
	"fmt"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// scope writes expressions over the columns of a rel.
type scope struct {
	st      *statement
	r       *rel
	windows bool // window functions may stand here, if they stand outermost
	// hoisted are expressions that are columns of r by now.
	hoisted map[plan.Expr]string
	// hoists are expressions that have to become columns of r first.
	hoists []plan.Expr
	// derived are columns that window functions need below themselves.
	derived map[derivedKey]*derived
	window  int // nesting of window functions
	// condition says that null is as good as false for the expression to be written.
	condition bool
}

// exprs writes expressions over r. Window functions inside others, and long
// arguments that a template repeats, become columns of a part of their own, so the
// returned rel may be another one.
func (st *statement) exprs(r *rel, xs []plan.Expr, windows bool) (*rel, []Operand) {
	return st.write(r, xs, scope{windows: windows})
}

// nulls stand for expressions that can't be written.
func nulls(xs []plan.Expr, d *Dialect) []Operand {
	ops := make([]Operand, len(xs))
	for i, x := range xs {
		ops[i] = Operand{SQL: d.Literal(types.Null(x.Type())), Type: x.Type()}
	}
	return ops
}

// conditions writes expressions of which null is as good as false.
func (st *statement) conditions(r *rel, xs []plan.Expr) (*rel, []Operand) {
	return st.write(r, xs, scope{condition: true})
}

func (st *statement) write(r *rel, xs []plan.Expr, how scope) (*rel, []Operand) {
	if r.settles(xs) {
		if how.condition {
			r = r.guarded()
		}
		r = st.settled(r)
	}
	if slices.ContainsFunc(xs, plan.HasWindow) {
		r = st.numbered(r)
	}
	hoisted, derived := map[plan.Expr]string{}, map[derivedKey]*derived{}
	for {
		parts, calls := common(xs, hoisted)
		if len(parts) > 0 {
			r = st.hoistCommon(r, parts, hoisted)
			continue
		}
		if calls > maxCalls {
			st.fail(codeTooComplex, source.Span{}, "split it with extend, or use a table of values", "the expressions of one operator have %d calls, at most %d are supported", calls, maxCalls)
			return r, nulls(xs, st.d)
		}
		sc := &scope{st: st, r: r, windows: how.windows, condition: how.condition, hoisted: hoisted, derived: derived}
		ops := make([]Operand, len(xs))
		for i, x := range xs {
			ops[i] = sc.operand(x)
		}
		if len(sc.hoists) == 0 {
			return r, ops
		}
		r = st.hoist(r, sc.hoists, hoisted)
	}
}

// expr writes one expression.
func (st *statement) expr(r *rel, x plan.Expr) (*rel, Operand) {
	r, ops := st.exprs(r, []plan.Expr{x}, false)
	return r, ops[0]
}

// constant writes an expression without columns.
func (st *statement) constant(x plan.Expr) Operand {
	r, op := st.expr(&rel{}, x)
	if r.from != "" {
		op.SQL = "(SELECT " + op.SQL + " FROM " + r.from + ")"
	}
	return op
}

// operand writes an expression.
func (sc *scope) operand(x plan.Expr) Operand {
	if name, ok := sc.hoisted[x]; ok {
		return Operand{SQL: sc.r.lookup(name).sql, Type: x.Type()}
	}
	d := sc.st.d
	condition := sc.condition
	defer func() { sc.condition = condition }()
	if c, ok := x.(*plan.Call); !ok || c.Func.Name != "and" && c.Func.Name != "or" {
		sc.condition = false
	}
	switch x := x.(type) {
	case *plan.AggRef:
		panic("sqlgen: an aggregate outside of Aggregate")
	case *plan.Call:
		return sc.call(x, condition)
	case *plan.Column:
		c := sc.r.lookup(x.Name)
		if c == nil {
			panic(fmt.Sprintf("sqlgen: no column %q below", x.Name))
		}
		op := Operand{SQL: atom(c.sql), Type: x.T, Column: x.Name, weight: c.weight}
		if c.missing {
			null := types.Null(x.T)
			op.Const = &null
		}
		return op
	case *plan.Const:
		return Operand{SQL: d.Literal(x.Value), Type: x.Value.Type, Const: &x.Value}
	case *plan.Convert:
		op := sc.operand(x.X)
		sql, err := d.Convert(op, x.T)
		if err != nil {
			sc.st.fail(codeFunction, source.Span{}, "", "%s to %s: %v", x.X.Type(), x.T, err)
			sql = d.Literal(types.Null(x.T))
		}
		return Operand{SQL: atom(sql), Type: x.T, weight: sc.st.weight(sql)}
	case *plan.InQuery:
		return sc.inQuery(x, condition)
	case *plan.Path:
		return sc.path(x)
	case *plan.ScalarQuery:
		return sc.scalarQuery(x)
	}
	panic(fmt.Sprintf("sqlgen: unknown expression %T", x))
}

// call writes a function call by the dialect's template.
func (sc *scope) call(x *plan.Call, condition bool) Operand {
	window := x.Func.Kind == builtin.Window
	if window && (!sc.windows || sc.window > 0) {
		return sc.below(x)
	}
	step := window && sc.st.d.WindowSteps[x.Func.Name] != nil
	before := len(sc.hoists)
	if window {
		sc.window++
	}
	args := make([]Operand, len(x.Args))
	for i, a := range x.Args {
		args[i] = sc.operand(a)
	}
	if window {
		sc.window--
	}
	if len(sc.hoists) > before {
		return sc.placeholder(x)
	}
	if step {
		return sc.below(x)
	}
	sql, err := sc.template(x, args, condition)
	if err != nil {
		if failed := AssertionError(""); errors.As(err, &failed) {
			sc.st.fail(codeAssert, x.At, "", "assert() has failed with message: '%s'", failed)
		} else {
			sc.st.fail(codeFunction, x.At, "", "'%s' is not supported: %v", x.Func.Name, err)
		}
		return Operand{SQL: sc.st.d.Literal(types.Null(x.T)), Type: x.T}
	}
	if window {
		return Operand{SQL: atom(sql), Type: x.T}
	}
	weight, repeated := sc.weigh(x, args, condition)
	if weight > longWeight {
		for i, a := range args {
			if repeated[i] && a.weight > shortWeight {
				sc.hoists = append(sc.hoists, x.Args[i])
			}
		}
	}
	if len(sc.hoists) > before {
		return sc.placeholder(x)
	}
	if len(sql) > maxSQL || weight > maxSQL {
		sc.st.fail(codeTooComplex, x.At, "split it with extend", "the expression is too long for the engine")
		return sc.placeholder(x)
	}
	return Operand{SQL: atom(sql), Type: x.T, weight: weight}
}

// Weights, in bytes of SQL after macros were written out: from longWeight on an
// expression is taken apart at the repeated arguments that are above shortWeight.
const (
	longWeight  = 4000
	shortWeight = 100
)

// weigh returns the weight of a call and which of its arguments it computes more
// than once.
func (sc *scope) weigh(x *plan.Call, args []Operand, condition bool) (weight float64, repeated []bool) {
	marked, names := slices.Clone(args), make([]string, len(args))
	for i := range args {
		names[i] = fmt.Sprintf("kqlarg%d", i)
		marked[i].SQL = names[i]
	}
	repeated = make([]bool, len(args))
	sql, err := sc.template(x, marked, condition)
	if err != nil {
		return 0, repeated
	}
	weight, uses := sc.st.d.Weigh(sql, names)
	for i := range args {
		if args[i].weight == 0 {
			args[i].weight = float64(len(args[i].SQL))
		}
		weight += uses[i] * args[i].weight
		repeated[i] = uses[i] > 1
	}
	return weight, repeated
}

// weight weighs SQL.
func (st *statement) weight(sql string) float64 {
	w, _ := st.d.Weigh(sql, nil)
	return w
}

// maxSQL bounds one expression.
const maxSQL = 4 << 20

// below leaves an expression to be computed by a part below.
func (sc *scope) below(x plan.Expr) Operand {
	sc.hoists = append(sc.hoists, x)
	return sc.placeholder(x)
}

// placeholder stands for an expression whose SQL will be written again.
func (sc *scope) placeholder(x plan.Expr) Operand {
	return Operand{SQL: "NULL", Type: x.Type()}
}

func (sc *scope) template(x *plan.Call, args []Operand, condition bool) (string, error) {
	d := sc.st.d
	if x.Func.Kind == builtin.Window {
		return sc.windowFunction(x, args)
	}
	c := Call{Name: x.Func.Name, Args: args, Type: x.T, Condition: condition}
	t := d.Functions[x.Func.Name]
	if t == nil {
		if x.Func.Unsupported != "" {
			return "", fmt.Errorf("%s", x.Func.Unsupported)
		}
		return "", fmt.Errorf("the %s dialect does not have it", d.Name)
	}
	return t(c)
}

// apply1 writes a call of a function with one argument.
func (st *statement) apply1(name string, x Operand) string {
	t := st.d.Functions[name]
	if t == nil {
		st.fail(codeFunction, source.Span{}, "", "the %s dialect has no '%s'", st.d.Name, name)
		return x.SQL
	}
	typ := types.String
	sql, err := t(Call{Name: name, Args: []Operand{x}, Type: typ})
	if err != nil {
		st.fail(codeFunction, source.Span{}, "", "'%s' is not supported: %v", name, err)
		return x.SQL
	}
	return atom(sql)
}
