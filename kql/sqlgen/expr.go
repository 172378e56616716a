package sqlgen

import (
	"errors"
	"fmt"
	"slices"
	"strings"

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
	r = st.settle(r, xs)
	if slices.ContainsFunc(xs, hasWindow) {
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

// hoist computes expressions as hidden columns of a part below.
func (st *statement) hoist(r *rel, xs []plan.Expr, hoisted map[plan.Expr]string) *rel {
	sc := &scope{st: st, r: r, windows: true, hoisted: hoisted, derived: map[derivedKey]*derived{}}
	for _, x := range xs {
		if c, ok := x.(*plan.Call); ok && st.d.WindowSteps[c.Func.Name] != nil {
			return st.hoistStep(sc, c) // the others come next
		}
	}
	next := r.clone()
	for _, x := range xs {
		c := column{typ: types.Long, window: true}
		if d, ok := x.(*derived); ok {
			c.sql = d.write(sc)
		} else {
			c = sc.computed(x)
		}
		hoisted[x] = next.hide("$value", c)
		next.windowed = next.windowed || c.window
	}
	return st.close(next)
}

// hoistCommon computes each of the expressions that occur more than once as one hidden
// column of a part below.
func (st *statement) hoistCommon(r *rel, parts [][]plan.Expr, hoisted map[plan.Expr]string) *rel {
	firsts := make([]plan.Expr, len(parts))
	for i, equal := range parts {
		firsts[i] = equal[0]
	}
	r = st.hoist(r, firsts, hoisted)
	for _, equal := range parts {
		for _, x := range equal {
			hoisted[x] = hoisted[equal[0]]
		}
	}
	return r
}

// computed makes a column of an expression.
func (sc *scope) computed(x plan.Expr) column {
	return column{typ: x.Type(), sql: sc.operand(x).SQL, volatile: isVolatile(x), window: hasWindow(x)}
}

// hoistStep computes one window function by a step.
func (st *statement) hoistStep(sc *scope, x *plan.Call) *rel {
	args := make([]Operand, len(x.Args))
	for i, a := range x.Args {
		args[i] = sc.operand(a)
	}
	r, name := st.windowStep(sc.r, x, args)
	sc.hoisted[x] = name
	return r
}

// settle closes r if one of its computed columns is read more than once by xs, so
// that it is computed once.
func (st *statement) settle(r *rel, xs []plan.Expr) *rel {
	uses := map[string]int{}
	var count func(x plan.Expr) bool
	count = func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Column:
			uses[x.Name]++
		case *plan.Path:
			c, ok := x.X.(*plan.Column)
			if !ok || r.document(c.Name) == "" {
				return true
			}
			for _, k := range x.Keys {
				plan.WalkExpr(k, count)
			}
			return false
		}
		return true
	}
	for _, x := range xs {
		plan.WalkExpr(x, count)
	}
	for name, n := range uses {
		c := r.lookup(name)
		if c == nil || c.trivial {
			continue
		}
		if n > 1 || c.volatile || c.window && !slices.ContainsFunc(xs, isColumn(name)) || len(c.sql) > longSQL {
			return st.settled(r)
		}
	}
	return r
}

// maxDeep is the length from which on a computed column is kept from being written
// in place of its name. It grows exponentially where columns are computed from
// themselves more than once (x = iff(a, f(x), x)).
const maxDeep = 20_000

// settled closes r; a part with columns that grew too long is computed once.
func (st *statement) settled(r *rel) *rel {
	long := false
	for _, c := range r.cols {
		long = long || c.deep > maxDeep
	}
	if !long {
		return st.close(r)
	}
	r = st.named(r, cmp(r.label, "part"), true)
	for i := range r.cols {
		r.cols[i].deep = 0
	}
	return r
}

// deep is how long x may get when the engine writes the columns of r in place of
// their names; sql is x as it is written.
func (r *rel) deep(x plan.Expr, sql string) float64 {
	length := float64(len(sql))
	plan.WalkExpr(x, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Column); ok {
			if col := r.lookup(c.Name); col != nil {
				length += col.deep
			}
		}
		return true
	})
	return length
}

func isColumn(name string) func(plan.Expr) bool {
	return func(x plan.Expr) bool {
		c, ok := x.(*plan.Column)
		return ok && c.Name == name
	}
}

// longSQL is the length in bytes from which SQL is computed in a part of its own
// rather than repeated.
const longSQL = 1000

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

// path writes the access to members and elements of a dynamic value.
func (sc *scope) path(x *plan.Path) Operand {
	if op, ok := sc.element(x); ok {
		return op
	}
	base := sc.document(x.X)
	keys := make([]Operand, len(x.Keys))
	consts := make([]types.Value, 0, len(x.Keys))
	for i, k := range x.Keys {
		keys[i] = sc.operand(k)
		if keys[i].Const != nil {
			consts = append(consts, *keys[i].Const)
		}
	}
	sql, err := sc.st.d.Path(base, keys)
	if err != nil {
		sc.st.fail(codeFunction, source.Span{}, "", "dynamic access: %v", err)
		sql = sc.st.d.Literal(types.Null(types.Dynamic))
	}
	op := Operand{SQL: atom(sql), Type: types.Dynamic, weight: sc.st.weight(sql)}
	if len(consts) == len(keys) {
		op.Path = &PathOperand{X: base, Keys: consts}
		if p := base.Path; p != nil {
			op.Path = &PathOperand{X: p.X, Keys: slices.Concat(p.Keys, consts)}
		}
	}
	return op
}

// element writes an element of a list of texts that is made only for it.
func (sc *scope) element(x *plan.Path) (Operand, bool) {
	c, ok := x.X.(*plan.Call)
	if !ok || len(x.Keys) != 1 {
		return Operand{}, false
	}
	key, ok := x.Keys[0].(*plan.Const)
	if !ok || key.Value.Null || key.Value.Type != types.Long && key.Value.Type != types.Int || key.Value.Int < 0 {
		return Operand{}, false
	}
	call := Call{Name: c.Func.Name, Type: c.T, Args: make([]Operand, len(c.Args))}
	for i, a := range c.Args {
		call.Args[i] = sc.operand(a)
	}
	text := sc.st.d.Element(call, key.Value.Int)
	if text == "" {
		return Operand{}, false
	}
	sql, err := sc.st.d.Convert(Operand{SQL: text, Type: types.String}, types.Dynamic)
	if err != nil {
		return Operand{}, false
	}
	return Operand{SQL: atom(sql), Type: types.Dynamic, Text: atom(text), weight: sc.st.weight(sql)}, true
}

// document writes the value that a path leads into. A text that is parsed only to be
// read from is not printed as a dynamic value in between.
func (sc *scope) document(x plan.Expr) Operand {
	if text := parsedText(x); text != nil {
		return Operand{SQL: atom(sc.st.d.Document(sc.operand(text), false)), Type: types.Dynamic}
	}
	if c, ok := x.(*plan.Column); ok && sc.hoisted[x] == "" {
		if doc := sc.r.document(c.Name); doc != "" {
			return Operand{SQL: doc, Type: types.Dynamic}
		}
	}
	return sc.operand(x)
}

// parsedText returns the text that x reads as JSON, nil if it reads none.
func parsedText(x plan.Expr) plan.Expr {
	if c, ok := x.(*plan.Call); ok && c.Func.Name == "parse_json" && len(c.Args) == 1 && c.Args[0].Type() == types.String {
		return c.Args[0]
	}
	return nil
}

// document returns what paths into a column lead into where that is not its value.
func (r *rel) document(name string) string {
	if c := r.lookup(name); c != nil {
		return c.doc
	}
	return ""
}

// inQuery writes X in (table).
func (sc *scope) inQuery(x *plan.InQuery, condition bool) Operand {
	d := sc.st.d
	op := sc.operand(x.X)
	inner := sc.st.subquery(x.Table)
	elem := &inner.cols[0]
	inner = inner.only(types.Schema{{Name: elem.name, Type: elem.typ}})
	elem = &inner.cols[0]
	name, negated := strings.CutPrefix(x.Op, "!")
	var sql string
	switch name {
	case "in", "in~":
		left, right := op.SQL, elem.sql
		if name == "in~" {
			left, right = sc.st.apply1("tolower", op), sc.st.apply1("tolower", Operand{SQL: atom(elem.sql), Type: elem.typ})
		}
		if elem.typ != op.Type && elem.typ == types.Dynamic {
			if t, err := d.Convert(Operand{SQL: atom(elem.sql), Type: elem.typ}, op.Type); err == nil {
				right = t
			}
		}
		elem.sql = right
		if elem.typ != types.String {
			inner = sc.st.open(inner, addFilter)
			inner.where = append(inner.where, inner.cols[0].sql+" IS NOT NULL")
		}
		sql = fmt.Sprintf("%s IN (%s)", left, indent(sc.st.text(inner, false)))
		if negated {
			sql = "NOT (" + sql + ")"
		}
		if op.Type != types.String && op.Const == nil && (negated || !condition) {
			sql = fmt.Sprintf("COALESCE(%s, %t)", sql, negated)
		}
	default:
		sql = sc.anyOf(x, name, op, inner)
		if negated {
			sql = "NOT " + sql
		}
	}
	return Operand{SQL: atom(sql), Type: types.Bool}
}

// anyOf writes X has_any (table) and has_all by a subquery over the terms.
func (sc *scope) anyOf(x *plan.InQuery, name string, op Operand, inner *rel) string {
	base, all := "has", name == "has_all"
	if name != "has_any" && !all {
		sc.st.fail(codeFunction, source.Span{}, "", "'%s' of a table is not supported", x.Op)
		return "false"
	}
	inner = sc.st.close(inner)
	term := Operand{SQL: atom(inner.cols[0].sql), Type: types.String}
	if inner.cols[0].typ != types.String {
		term.SQL = sc.st.apply1("tostring", Operand{SQL: term.SQL, Type: inner.cols[0].typ})
	}
	t := sc.st.d.Functions[base]
	if t == nil {
		return "false"
	}
	cond, err := t(Call{Name: base, Args: []Operand{op, term}, Type: types.Bool})
	if err != nil {
		sc.st.fail(codeFunction, source.Span{}, "", "'%s' is not supported: %v", x.Op, err)
		return "false"
	}
	if all {
		return fmt.Sprintf("(NOT EXISTS (SELECT 1 FROM %s WHERE NOT %s))", inner.from, atom(cond))
	}
	return fmt.Sprintf("EXISTS (SELECT 1 FROM %s WHERE %s)", inner.from, cond)
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

// scalarQuery writes toscalar(table).
func (sc *scope) scalarQuery(x *plan.ScalarQuery) Operand {
	if plan.OfGroup(x.Table) {
		return sc.groupQuery(x)
	}
	r := sc.st.subquery(x.Table)
	first := r.cols[0]
	if r.limit == "" || r.limit == "1" {
		r = r.clone()
		r.limit = "1"
	} else {
		r = sc.st.close(r)
		r.limit = "1"
		first = r.cols[0]
	}
	r = r.only(types.Schema{{Name: first.name, Type: first.typ}})
	sql := "(" + indent(sc.st.text(r, true)) + ")"
	if first.typ == types.String {
		sql = "COALESCE(" + sql + ", '')"
	}
	return Operand{SQL: sql, Type: x.T}
}

// groupQuery writes toscalar of a table that is computed from the rows of a group: the
// first of its rows that belongs to the group of the row at hand.
func (sc *scope) groupQuery(x *plan.ScalarQuery) Operand {
	r := sc.st.take(sc.st.spread(sc.st.node(x.Table)), &plan.Const{Value: types.Value{Type: types.Long, Int: 1}}, "first")
	r = sc.st.close(r)
	first := r.cols[0]
	values := &rel{label: "values", from: r.from}
	values.hide("value", column{typ: first.typ, sql: first.sql})
	var on []string
	for i, p := range r.part {
		if sc.r.lookup(p) == nil {
			sc.st.fail(codePlace, source.Span{}, "compute it first, as a column", "a value of the group's rows is not supported here")
			return Operand{SQL: sc.st.d.Literal(types.Null(x.T)), Type: x.T}
		}
		name := values.hide(fmt.Sprintf("$of%d", i+1), column{typ: r.lookup(p).typ, sql: r.lookup(p).sql})
		on = append(on, atom(sc.r.lookup(p).sql)+" IS NOT DISTINCT FROM "+sc.st.d.Ident(name))
	}
	values = sc.st.close(values)
	sql := fmt.Sprintf("(SELECT %s FROM %s WHERE %s)", sc.st.d.Ident("value"), values.from, strings.Join(on, " AND "))
	if first.typ == types.String {
		sql = "COALESCE(" + sql + ", '')"
	}
	return Operand{SQL: sql, Type: x.T}
}

// subquery writes a table inside an expression.
func (st *statement) subquery(n plan.Node) *rel {
	outers := st.outers
	st.outers = nil
	defer func() { st.outers = outers }()
	return st.node(n)
}

func isVolatile(x plan.Expr) bool {
	found := false
	plan.WalkExpr(x, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Call); ok && c.Func.Volatile {
			found = true
		}
		return !found
	})
	return found
}

func hasWindow(x plan.Expr) bool {
	found := false
	plan.WalkExpr(x, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Call); ok && c.Func.Kind == builtin.Window {
			found = true
		}
		return !found
	})
	return found
}
