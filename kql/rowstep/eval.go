package rowstep

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
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
	case *plan.Call:
		return c.call(x)
	}
	return nil, fmt.Errorf("an expression over the state that is not supported")
}

func (c *compiler) call(x *plan.Call) (evaluate, error) {
	args := make([]evaluate, len(x.Args))
	for i, a := range x.Args {
		e, err := c.compile(a)
		if err != nil {
			return nil, err
		}
		args[i] = e
	}
	name := x.Func.Name
	if e := control(name, args, x.T); e != nil {
		return e, nil
	}
	if f := operators[name]; f != nil {
		t := x.T
		return func(f1 *frame) types.Value {
			values := make([]types.Value, len(args))
			for i, a := range args {
				values[i] = a(f1)
			}
			return f(values, t)
		}, nil
	}
	i, ok := slices.BinarySearchFunc(scalar.Functions, name, func(f scalar.Function, name string) int { return cmp.Compare(f.Name, name) })
	if !ok {
		return nil, fmt.Errorf("'%s' of a step's state is not supported", name)
	}
	f := &scalar.Functions[i]
	return func(f1 *frame) types.Value {
		values := make([]types.Value, len(args))
		for i, a := range args {
			values[i] = a(f1)
		}
		return f.Eval(values)
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

// convert is a silent conversion.
func convert(v types.Value, t types.Type) types.Value {
	if v.Type == t {
		return v
	}
	if v.Null {
		return types.Null(t)
	}
	switch t {
	case types.Real:
		if v.Type == types.Int || v.Type == types.Long {
			return types.Value{Type: t, Real: float64(v.Int)}
		}
	case types.Long, types.DateTime, types.TimeSpan:
		v.Type = t
		return v
	case types.String:
		return types.Value{Type: t, Str: cellText(v)}
	case types.Dynamic:
		return types.Value{Type: t, Str: string(types.AppendJSON(nil, v))}
	}
	if v.Type == types.Dynamic {
		return fromDynamic(parse(v), t)
	}
	return types.Null(t)
}

// operators are the operators and functions that states are compared with.
var operators = map[string]func(args []types.Value, t types.Type) types.Value{
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
	"isempty":    func(a []types.Value, _ types.Type) types.Value { return boolean(a[0].Null || cellText(a[0]) == "") },
	"isnotempty": func(a []types.Value, _ types.Type) types.Value { return boolean(!a[0].Null && cellText(a[0]) != "") },
	"isnotnull":  func(a []types.Value, _ types.Type) types.Value { return boolean(!a[0].Null) },
	"isnull":     func(a []types.Value, _ types.Type) types.Value { return boolean(a[0].Null) },
	"max_of":     func(a []types.Value, t types.Type) types.Value { return extreme(a, t, 1) },
	"min_of":     func(a []types.Value, t types.Type) types.Value { return extreme(a, t, -1) },
	"not":        func(a []types.Value, _ types.Type) types.Value { return not(a[0]) },
	"strcat":     func(a []types.Value, t types.Type) types.Value { return concat(a) },
	"tostring":   func(a []types.Value, t types.Type) types.Value { return types.Value{Type: t, Str: cellText(a[0])} },
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
	if a.Type == types.Real || b.Type == types.Real {
		x, y := number(a), number(b)
		return cmp.Compare(x, y), !math.IsNaN(x) && !math.IsNaN(y)
	}
	switch a.Type {
	case types.String, types.GUID, types.Dynamic, types.Decimal:
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
	if t == types.Real || a.Type == types.Real || b.Type == types.Real {
		f := realCompute(op, number(a), number(b))
		if t == types.Real {
			return types.Value{Type: t, Real: f}
		}
		return types.Value{Type: t, Int: int64(f)}
	}
	if b.Int == 0 && (op == '/' || op == '%') {
		return types.Null(t)
	}
	switch op {
	case '+':
		return whole(a.Int+b.Int, t)
	case '-':
		return whole(a.Int-b.Int, t)
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
