package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// binary binds X Op Y.
func (b *binder) binary(e *syntax.Binary, v *env) plan.Expr {
	if s, ok := e.X.(*syntax.Star); ok {
		return b.starCompare(e, s, v)
	}
	x := b.scalar(e.X, v)
	if b.unquoted(e, x, v) {
		return unknown()
	}
	y := b.scalar(e.Y, v)
	if bad(x) || bad(y) {
		return unknown()
	}
	r, ok := infix(e.Op, x, y, e.Span())
	if !ok {
		b.operandError(e.Op, e.Span(), x.Type(), y.Type())
		return unknown()
	}
	if x.Type() == types.String && y.Type() == types.String {
		b.literally(e.Op, y, e.Y.Span())
	}
	return r
}

// operandError reports an operator that is not defined between two types.
func (b *binder) operandError(op string, at source.Span, x, y types.Type) {
	b.error(codeOperandTypes, at, "'"+op+"' is not defined between "+x.String()+" and "+y.String(), operandHint(op, x, y))
}

// infix returns x op y with the operands converted as KQL does silently, ok false if
// the operator is not defined between the types.
func infix(op string, x, y plan.Expr, at source.Span) (r plan.Expr, ok bool) {
	if current, old := oldOperators[op]; old {
		op = current
	}
	switch op {
	case "and", "or":
		return logicalOp(op, x, y, at)
	case "+", "-", "*", "/", "%":
		return arithmetic(op, x, y, at)
	case "==", "!=":
		return equality(op, x, y, at)
	case "<", "<=", ">", ">=":
		return order(op, x, y, at)
	}
	x, okx := asText(x)
	y, oky := asText(y)
	if !okx || !oky {
		return nil, false
	}
	return opCall(op, types.Bool, at, x, y), true
}

// oldOperators are spellings of earlier days.
var oldOperators = map[string]string{
	"<>": "!=", "containscs": "contains_cs", "hascs": "has_cs", "notcontains": "!contains", "notcontainscs": "!contains_cs",
	"startswithcs": "startswith_cs", "endswithcs": "endswith_cs", ":": "has",
}

func opCall(op string, t types.Type, at source.Span, args ...plan.Expr) plan.Expr {
	return &plan.Call{Func: mustInfix(op), Args: args, T: t, At: at}
}

// asText converts a dynamic value to a string; other types are no text.
func asText(x plan.Expr) (plan.Expr, bool) {
	switch x.Type() {
	case types.String:
		return x, true
	case types.Dynamic:
		return convert(x, types.String), true
	}
	return x, false
}

func logicalOp(op string, x, y plan.Expr, at source.Span) (plan.Expr, bool) {
	for _, p := range []*plan.Expr{&x, &y} {
		switch (*p).Type() {
		case types.Bool:
		case types.Dynamic:
			*p = convert(*p, types.Bool)
		default:
			return nil, false
		}
	}
	return opCall(op, types.Bool, at, x, y), true
}

// wider returns the wider of two numeric types.
func wider(a, b types.Type) types.Type {
	rank := map[types.Type]int{types.Int: 1, types.Long: 2, types.Real: 3, types.Decimal: 4}
	if rank[a] >= rank[b] {
		return a
	}
	return b
}

// widest is the result of arithmetic between numbers: int counts as long.
func widest(a, b types.Type) types.Type { return wider(types.Long, wider(a, b)) }

// arithmetic binds + - * / %.
func arithmetic(op string, x, y plan.Expr, at source.Span) (plan.Expr, bool) {
	a, c := x.Type(), y.Type()
	if a.IsNumeric() && c.IsNumeric() {
		t := widest(a, c)
		return opCall(op, t, at, convert(x, t), convert(y, t)), true
	}
	if a == types.Dynamic || c == types.Dynamic {
		return dynamicArithmetic(op, x, y, at)
	}
	t := momentResult(op, a, c)
	if t == types.Unknown {
		return nil, false
	}
	return opCall(op, t, at, plainNumber(x), plainNumber(y)), true
}

// plainNumber narrows the number types that meet timespans to long and real.
func plainNumber(x plan.Expr) plan.Expr {
	switch x.Type() {
	case types.Int:
		return convert(x, types.Long)
	case types.Decimal:
		return convert(x, types.Real)
	}
	return x
}

// momentResult is the type of arithmetic with datetimes and timespans, Unknown if
// it is not defined.
func momentResult(op string, a, c types.Type) types.Type {
	const dt, ts = types.DateTime, types.TimeSpan
	switch op {
	case "+":
		switch {
		case a == ts && c == ts:
			return ts
		case (a == dt || a == ts) && (c == dt || c == ts):
			return dt
		}
	case "-":
		switch {
		case a == ts && c == ts, a == dt && c == dt:
			return ts
		case a == dt && c == ts, a == ts && c == dt:
			return dt
		}
	case "*":
		switch {
		case a == ts && (c == ts || c.IsNumeric()), a.IsNumeric() && c == ts:
			return ts
		case a == dt && c.IsNumeric(), a.IsNumeric() && c == dt:
			return dt
		}
	case "/":
		switch {
		case a == ts && c == ts, a == dt && (c == dt || c == ts):
			return types.Real
		case a == ts && c.IsNumeric():
			return ts
		case a == dt && c.IsNumeric():
			return dt
		}
	case "%":
		switch {
		case a == ts && (c == ts || c.IsNumeric()), a == dt && (c == dt || c == ts):
			return ts
		case a == dt && c.IsNumeric():
			return dt
		}
	}
	return types.Unknown
}

// dynamicArithmetic binds arithmetic with a dynamic operand: it takes the type of
// the other one.
func dynamicArithmetic(op string, x, y plan.Expr, at source.Span) (plan.Expr, bool) {
	a, c := x.Type(), y.Type()
	if a == types.Dynamic && c == types.Dynamic {
		return opCall(op, types.Dynamic, at, x, y), true
	}
	other := a
	if a == types.Dynamic {
		other = c
	}
	switch {
	case other.IsNumeric():
		t := widest(other, other)
		return opCall(op, t, at, convert(x, t), convert(y, t)), true
	case other == types.DateTime && op == "-":
		return opCall(op, types.TimeSpan, at, convert(x, other), convert(y, other)), true
	case other == types.TimeSpan && (op == "+" || op == "-"):
		return opCall(op, types.TimeSpan, at, convert(x, other), convert(y, other)), true
	case other == types.DateTime && op == "+":
		// a datetime and a dynamic: the dynamic is a length of time
		if a == types.Dynamic {
			return opCall(op, types.DateTime, at, convert(x, types.TimeSpan), y), true
		}
		return opCall(op, types.DateTime, at, x, convert(y, types.TimeSpan)), true
	}
	return nil, false
}

// equality binds == and !=.
func equality(op string, x, y plan.Expr, at source.Span) (plan.Expr, bool) {
	x, y, ok := comparable(x, y)
	if !ok {
		return nil, false
	}
	return opCall(op, types.Bool, at, x, y), true
}

// comparable converts two values to one type in which they can be compared.
func comparable(x, y plan.Expr) (plan.Expr, plan.Expr, bool) {
	a, c := x.Type(), y.Type()
	switch {
	case a == types.Dynamic && c == types.Dynamic:
		return nil, nil, false
	case a == c:
		return x, y, true
	case a.IsNumeric() && c.IsNumeric():
		t := wider(a, c)
		return convert(x, t), convert(y, t), true
	case a == types.Bool && c.IsNumeric(), a.IsNumeric() && c == types.Bool:
		t := wider(types.Long, types.Long)
		if a == types.Real || c == types.Real {
			t = types.Real
		}
		return convert(x, t), convert(y, t), true
	case a == types.Dynamic:
		t := compareAs(c)
		return convert(x, t), convert(y, t), true
	case c == types.Dynamic:
		t := compareAs(a)
		return convert(x, t), convert(y, t), true
	}
	if v, ok := literalAs(y, a); ok {
		return x, v, true
	}
	if v, ok := literalAs(x, c); ok {
		return v, y, true
	}
	return nil, nil, false
}

// literalAs reads a constant as the type that it is compared with: EventID == "4688",
// ResultType == 0.
func literalAs(x plan.Expr, t types.Type) (plan.Expr, bool) {
	c, ok := fold(x).(*plan.Const)
	if !ok || c.Value.Null {
		return nil, false
	}
	from := c.Value.Type
	switch {
	case from == types.String && t != types.Dynamic:
		v, ok := fromText(c.Value.Str, t)
		return &plan.Const{Value: v}, ok
	case t == types.String && (from.IsNumeric() || from == types.GUID):
		return text(c.Value.Text()), true
	case t == types.String && from == types.Bool:
		// a text is compared with a bool by its lower-case word
		return text([]string{"false", "true"}[c.Value.Int]), true
	}
	return nil, false
}

// compareAs is the type in which a dynamic value is compared with a value of type
// t: integers as real, because the dynamic one may have a fraction.
func compareAs(t types.Type) types.Type {
	if t == types.Int || t == types.Long {
		return types.Real
	}
	return t
}

// order binds < <= > >=.
func order(op string, x, y plan.Expr, at source.Span) (plan.Expr, bool) {
	a, c := x.Type(), y.Type()
	countable := func(t types.Type) bool { return t.IsNumeric() || t == types.Bool }
	if a == types.Dynamic && c == types.Dynamic {
		return opCall(op, types.Bool, at, x, y), true
	}
	switch {
	case countable(a) && countable(c),
		a == c && (a == types.DateTime || a == types.TimeSpan || a == types.Dynamic),
		a == types.Dynamic && (c.IsNumeric() || c == types.DateTime || c == types.TimeSpan),
		c == types.Dynamic && (a.IsNumeric() || a == types.DateTime || a == types.TimeSpan):
	default:
		return nil, false
	}
	if a == types.Bool && c == types.Bool {
		return opCall(op, types.Bool, at, convert(x, types.Long), convert(y, types.Long)), true
	}
	return equality(op, x, y, at)
}

// unary binds -X and +X.
func (b *binder) unary(e *syntax.Unary, v *env) plan.Expr {
	x := b.scalar(e.X, v)
	if bad(x) {
		return x
	}
	t := x.Type()
	if !t.IsNumeric() && t != types.TimeSpan && t != types.Dynamic {
		b.errorf(codeOperandTypes, e.Span(), "'%s' is not defined for %s", e.Op, t)
		return unknown()
	}
	if e.Op == "+" {
		return x
	}
	if c, ok := x.(*plan.Const); ok {
		if n, ok := negate(c.Value); ok {
			return &plan.Const{Value: n}
		}
	}
	if t == types.Int {
		t = types.Long
	}
	return opCall("neg", t, e.Span(), convert(x, t))
}

// between binds X between (Low .. High).
func (b *binder) between(e *syntax.Between, v *env) plan.Expr {
	name := "between"
	if e.Not {
		name = "!between"
	}
	x, low, high := b.scalar(e.X, v), b.scalar(e.Low, v), b.scalar(e.High, v)
	if bad(x) || bad(low) || bad(high) {
		return unknown()
	}
	if low.Type() == types.DateTime && high.Type() == types.TimeSpan {
		high = fold(opCall("+", types.DateTime, e.High.Span(), low, high))
	}
	tx, tl, th := x.Type(), low.Type(), high.Type()
	switch {
	case tx.IsNumeric() && tl.IsNumeric() && th.IsNumeric():
		t := wider(tx, wider(tl, th))
		return opCall(name, types.Bool, e.Span(), convert(x, t), convert(low, t), convert(high, t))
	case tx == tl && tl == th && (tx == types.DateTime || tx == types.TimeSpan):
		return opCall(name, types.Bool, e.Span(), x, low, high)
	case tx == types.Dynamic && tl == th && tl != types.Dynamic && (tl.IsNumeric() || tl == types.DateTime || tl == types.TimeSpan):
		t := compareAs(tl)
		return opCall(name, types.Bool, e.Span(), convert(x, t), convert(low, t), convert(high, t))
	case (tx.IsNumeric() || tx == types.DateTime || tx == types.TimeSpan) && (tl == types.Dynamic || tl == tx) && (th == types.Dynamic || th == tx):
		return opCall(name, types.Bool, e.Span(), x, convert(low, tx), convert(high, tx))
	}
	b.error(codeOperandTypes, e.Span(), "'"+name+"' is not defined for "+tx.String()+", "+tl.String()+" and "+th.String(),
		"all three must be numbers, datetimes or timespans of one type; the end may be a timespan after a datetime start")
	return unknown()
}

// starCompare binds * op Y of search and find: some column compares so.
func (b *binder) starCompare(e *syntax.Binary, s *syntax.Star, v *env) plan.Expr {
	if v.star == nil {
		b.error(codeMisplaced, s.Span(), "* can't be compared here", "name the column, or use search")
		return unknown()
	}
	y := b.scalar(e.Y, v)
	if bad(y) {
		return y
	}
	return b.anyColumn(e.Op, y, e.Span(), v.star)
}

// anyColumn returns a condition that is true if one of the columns compares with y.
func (b *binder) anyColumn(op string, y plan.Expr, at source.Span, columns []*plan.Column) plan.Expr {
	var any plan.Expr
	if !b.steps(len(columns)/starWork, at) {
		return unknown()
	}
	for _, c := range columns {
		x, ok := infix(op, c, y, at)
		if !ok {
			continue
		}
		if any == nil {
			any = x
		} else {
			any = opCall("or", types.Bool, at, any, x)
		}
	}
	if any == nil {
		return boolean(false)
	}
	return any
}
