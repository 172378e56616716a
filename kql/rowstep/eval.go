package rowstep

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// evaluate computes an expression for one row.
type evaluate func(f *frame) types.Value

// frame is what an expression of a step can read: a row and the values kept by the
// step's state.
type frame struct {
	row []types.Value
	// state returns a value that a StateColumn reads.
	state func(step int, name string) types.Value
}

// compiler turns expressions into Go functions. What depends on the input alone
// was computed by SQL before: what is left combines a row with the state.
type compiler struct {
	columns types.Schema // of frame.row
}

func (c *compiler) compile(x plan.Expr) (evaluate, error) {
	switch x := x.(type) {
	case *plan.Const:
		v := x.Value
		return func(*frame) types.Value { return v }, nil
	case *plan.Column:
		i := c.columns.Index(x.Name)
		if i < 0 {
			return nil, fmt.Errorf("no column %s", x.Name)
		}
		return func(f *frame) types.Value { return f.row[i] }, nil
	case *plan.StateColumn:
		step, name := x.Step, x.Name
		return func(f *frame) types.Value { return f.state(step, name) }, nil
	case *plan.Convert:
		e, err := c.compile(x.X)
		if err != nil {
			return nil, err
		}
		t := x.T
		return func(f *frame) types.Value { return convert(e(f), t) }, nil
	case *plan.Path:
		return c.path(x)
	case *plan.Call:
		return c.call(x)
	}
	return nil, fmt.Errorf("an expression over the state that is not supported")
}

// path reads members and elements of a dynamic value.
func (c *compiler) path(x *plan.Path) (evaluate, error) {
	base, err := c.compile(x.X)
	if err != nil {
		return nil, err
	}
	keys, err := c.all(x.Keys)
	if err != nil {
		return nil, err
	}
	return func(f *frame) types.Value {
		v := parse(convert(base(f), types.Dynamic))
		for _, key := range keys {
			switch k := key(f); {
			case k.Null:
				return types.Null(types.Dynamic)
			case k.Type == types.Int || k.Type == types.Long:
				v = v.Index(k.Int)
			default:
				v, _ = v.Member(cellText(k))
			}
		}
		return v.Scalar()
	}, nil
}

func (c *compiler) all(xs []plan.Expr) ([]evaluate, error) {
	list := make([]evaluate, len(xs))
	for i, x := range xs {
		e, err := c.compile(x)
		if err != nil {
			return nil, err
		}
		list[i] = e
	}
	return list, nil
}

func (c *compiler) call(x *plan.Call) (evaluate, error) {
	args, err := c.all(x.Args)
	if err != nil {
		return nil, err
	}
	if e := control(x.Func.Name, args, x.T); e != nil {
		return e, nil
	}
	op, err := operationOf(x)
	if err != nil {
		return nil, err
	}
	t := x.T
	return func(f *frame) types.Value {
		values := make([]types.Value, len(args))
		for i, a := range args {
			values[i] = a(f)
		}
		return op(values, t)
	}, nil
}

// operationOf returns what computes a call from the values of its arguments.
func operationOf(x *plan.Call) (operation, error) {
	name := x.Func.Name
	if op := operators[name]; op != nil {
		return op, nil
	}
	if op := functions[name]; op != nil {
		return op, nil
	}
	if name == "datetime_diff" {
		if unit, ok := x.Args[0].(*plan.Const); ok {
			return unitDiff(unit.Value.Str)
		}
	}
	f := function(name)
	if f == nil || f.Volatile || f.Result != x.T || len(f.Params) != len(x.Args) && !(f.Variadic && len(f.Params) <= len(x.Args)+1) {
		return nil, fmt.Errorf("'%s' of a step's state is not supported", name)
	}
	return func(a []types.Value, _ types.Type) types.Value {
		for i := range a {
			a[i] = convert(a[i], f.Params[min(i, len(f.Params)-1)])
		}
		return f.Eval(a)
	}, nil
}

// control writes the operators that do not compute all of their arguments.
func control(name string, args []evaluate, t types.Type) evaluate {
	switch name {
	case "and":
		return func(f *frame) types.Value { return junction(f, args, 0) }
	case "or":
		return func(f *frame) types.Value { return junction(f, args, 1) }
	case "coalesce":
		return func(f *frame) types.Value {
			for _, a := range args {
				if v := a(f); !v.Null && (t != types.String || v.Str != "") {
					return v
				}
			}
			return types.Null(t)
		}
	case "iff", "case":
		return func(f *frame) types.Value {
			for i := 0; i+1 < len(args); i += 2 {
				if v := args[i](f); !v.Null && v.Int != 0 {
					return args[i+1](f)
				}
			}
			return args[len(args)-1](f)
		}
	}
	return nil
}

// junction is and (stop 0) or or (stop 1) in three-valued logic.
func junction(f *frame, args []evaluate, stop int64) types.Value {
	null := false
	for _, a := range args {
		v := a(f)
		if v.Null {
			null = true
		} else if v.Int == stop {
			return v
		}
	}
	if null {
		return types.Null(types.Bool)
	}
	return types.Value{Type: types.Bool, Int: 1 - stop}
}

// operators are the operators and functions that states are compared with.
var operators = map[string]operation{
	"!between":   func(a []types.Value, _ types.Type) types.Value { return not(between(a)) },
	"!in":        func(a []types.Value, _ types.Type) types.Value { return not(among(a, equal)) },
	"!=":         func(a []types.Value, _ types.Type) types.Value { return not(equal(a[0], a[1])) },
	"!~":         func(a []types.Value, _ types.Type) types.Value { return not(alike(a[0], a[1])) },
	"%":          func(a []types.Value, t types.Type) types.Value { return compute('%', a[0], a[1], t) },
	"*":          func(a []types.Value, t types.Type) types.Value { return compute('*', a[0], a[1], t) },
	"+":          func(a []types.Value, t types.Type) types.Value { return compute('+', a[0], a[1], t) },
	"-":          func(a []types.Value, t types.Type) types.Value { return compute('-', a[0], a[1], t) },
	"/":          func(a []types.Value, t types.Type) types.Value { return compute('/', a[0], a[1], t) },
	"<":          func(a []types.Value, _ types.Type) types.Value { return order(a, func(c int) bool { return c < 0 }) },
	"<=":         func(a []types.Value, _ types.Type) types.Value { return order(a, func(c int) bool { return c <= 0 }) },
	"==":         func(a []types.Value, _ types.Type) types.Value { return equal(a[0], a[1]) },
	"=~":         func(a []types.Value, _ types.Type) types.Value { return alike(a[0], a[1]) },
	">":          func(a []types.Value, _ types.Type) types.Value { return order(a, func(c int) bool { return c > 0 }) },
	">=":         func(a []types.Value, _ types.Type) types.Value { return order(a, func(c int) bool { return c >= 0 }) },
	"between":    func(a []types.Value, _ types.Type) types.Value { return between(a) },
	"in":         func(a []types.Value, _ types.Type) types.Value { return among(a, equal) },
	"isempty":    func(a []types.Value, _ types.Type) types.Value { return boolean(a[0].Null || cellText(a[0]) == "") },
	"isnotempty": func(a []types.Value, _ types.Type) types.Value { return boolean(!a[0].Null && cellText(a[0]) != "") },
	"isnotnull":  func(a []types.Value, _ types.Type) types.Value { return boolean(!a[0].Null) },
	"isnull":     func(a []types.Value, _ types.Type) types.Value { return boolean(a[0].Null) },
	"max_of":     func(a []types.Value, t types.Type) types.Value { return extreme(a, t, 1) },
	"min_of":     func(a []types.Value, t types.Type) types.Value { return extreme(a, t, -1) },
	"not":        func(a []types.Value, _ types.Type) types.Value { return not(a[0]) },
	"strcat":     func(a []types.Value, t types.Type) types.Value { return concat(a) },
}

func not(v types.Value) types.Value {
	if !v.Null {
		v.Int = 1 - v.Int
	}
	return v
}

// compare orders two values of comparable types; ok is false if one is null or NaN.
func compare(a, b types.Value) (int, bool) {
	if a.Null || b.Null {
		return 0, false
	}
	if a.Type == types.Decimal || b.Type == types.Decimal {
		v := call("decimal_compare", convert(a, types.Decimal), convert(b, types.Decimal))
		return int(v.Int), !v.Null
	}
	if a.Type == types.Real || b.Type == types.Real {
		x, y := number(a), number(b)
		return cmp.Compare(x, y), !math.IsNaN(x) && !math.IsNaN(y)
	}
	switch a.Type {
	case types.String, types.GUID, types.Dynamic:
		return strings.Compare(a.Str, b.Str), true
	}
	return cmp.Compare(a.Int, b.Int), true
}

func number(v types.Value) float64 {
	if v.Type == types.Real {
		return v.Real
	}
	return float64(v.Int)
}

func order(a []types.Value, holds func(int) bool) types.Value {
	c, ok := compare(a[0], a[1])
	if !ok {
		if a[0].Null || a[1].Null {
			return types.Null(types.Bool)
		}
		return boolean(false)
	}
	return boolean(holds(c))
}

// equal is ==: null of both sides is null, null of one side false.
func equal(a, b types.Value) types.Value {
	if a.Null && b.Null {
		return types.Null(types.Bool)
	}
	c, ok := compare(a, b)
	return boolean(ok && c == 0)
}

// among is in: the first value is the same as one of the others.
func among(a []types.Value, same func(a, b types.Value) types.Value) types.Value {
	for _, v := range a[1:] {
		if same(a[0], v).Int == 1 {
			return boolean(true)
		}
	}
	return boolean(false)
}

func alike(a, b types.Value) types.Value { return boolean(strings.EqualFold(a.Str, b.Str)) }

func between(a []types.Value) types.Value {
	low, high := order([]types.Value{a[0], a[1]}, func(c int) bool { return c >= 0 }), order([]types.Value{a[0], a[2]}, func(c int) bool { return c <= 0 })
	if low.Null || high.Null {
		return types.Null(types.Bool)
	}
	return boolean(low.Int&high.Int == 1)
}

func extreme(a []types.Value, t types.Type, sign int) types.Value {
	best := types.Null(t)
	for _, v := range a {
		if v.Null {
			continue
		}
		if c, ok := compare(v, best); best.Null || ok && c*sign > 0 {
			best = v
		}
	}
	return convert(best, t)
}

func concat(a []types.Value) types.Value {
	var b strings.Builder
	for _, v := range a {
		b.WriteString(cellText(v))
	}
	return types.Value{Type: types.String, Str: b.String()}
}

// compute is arithmetic on numbers and times; whole numbers wrap.
func compute(op byte, a, b types.Value, t types.Type) types.Value {
	if a.Null || b.Null {
		return types.Null(t)
	}
	if t == types.Decimal {
		return call(decimalOperators[op], convert(a, t), convert(b, t))
	}
	if t == types.Real || a.Type == types.Real || b.Type == types.Real {
		f := types.Value{Type: types.Real, Real: realCompute(op, number(a), number(b))}
		return convert(f, t)
	}
	if b.Int == 0 && (op == '/' || op == '%') {
		return types.Null(t)
	}
	switch op {
	case '+':
		return ticksOrWhole(a.Int+b.Int, t)
	case '-':
		return ticksOrWhole(a.Int-b.Int, t)
	case '*':
		return whole(a.Int*b.Int, t)
	case '/':
		return whole(a.Int/b.Int, t)
	}
	m := a.Int % b.Int
	if m < 0 {
		m += max(b.Int, -b.Int)
	}
	return whole(m, t)
}

var decimalOperators = map[byte]string{'%': "decimal_modulo", '*': "decimal_multiply", '+': "decimal_add", '-': "decimal_subtract", '/': "decimal_divide"}

// ticksOrWhole is a sum, null where it is no datetime.
func ticksOrWhole(n int64, t types.Type) types.Value {
	if t == types.DateTime {
		return ticks(types.Value{Type: types.Long, Int: n}, t)
	}
	return whole(n, t)
}

func realCompute(op byte, a, b float64) float64 {
	switch op {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	case '/':
		return a / b
	}
	m := math.Mod(a, b)
	if m < 0 {
		m += math.Abs(b)
	}
	return m
}
