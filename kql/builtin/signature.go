package builtin

import (
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Sets of types that parameters accept.
var (
	integers   = []types.Type{types.Int, types.Long}
	numbers    = []types.Type{types.Int, types.Long, types.Real, types.Decimal}
	summables  = []types.Type{types.Int, types.Long, types.Real, types.Decimal, types.TimeSpan, types.DateTime}
	orderable  = []types.Type{types.Int, types.Long, types.Real, types.Decimal, types.TimeSpan, types.DateTime, types.String, types.Bool, types.GUID}
	texts      = []types.Type{types.String, types.Dynamic}
	intArrays  = []types.Type{types.Int, types.Long, types.Dynamic}
	moments    = []types.Type{types.DateTime, types.TimeSpan}
	numOrBool  = []types.Type{types.Int, types.Long, types.Real, types.Decimal, types.Bool}
	notDynamic = []types.Type{types.Bool, types.DateTime, types.Decimal, types.GUID, types.Int, types.Long, types.Real, types.String, types.TimeSpan}
	notBool    = []types.Type{types.DateTime, types.Decimal, types.Dynamic, types.GUID, types.Int, types.Long, types.Real, types.String, types.TimeSpan}
	countable  = []types.Type{types.DateTime, types.Decimal, types.Dynamic, types.GUID, types.Int, types.Long, types.String, types.TimeSpan}
)

// Result is a rule that gives the type of a call from the types of its arguments.
type Result = func(args []types.Type) types.Type

// Fixed returns a Result rule that is always t.
func Fixed(t types.Type) Result {
	return func([]types.Type) types.Type { return t }
}

// SameAs returns a Result rule that is the type of argument i.
func SameAs(i int) Result {
	return func(args []types.Type) types.Type {
		if i < len(args) {
			return args[i]
		}
		return types.Unknown
	}
}

// lastType is the type of the last argument: extract(.., typeof(T)).
func lastType(args []types.Type) types.Type {
	if len(args) == 0 {
		return types.Unknown
	}
	return args[len(args)-1]
}

// promoted is the type of the first argument with int made long: sum, unary minus.
func promoted(args []types.Type) types.Type {
	if len(args) == 0 {
		return types.Unknown
	}
	if args[0] == types.Int {
		return types.Long
	}
	return args[0]
}

// widest is the widest numeric type of the arguments; int counts as long.
func widest(args []types.Type) types.Type {
	t := types.Long
	for _, a := range args {
		switch {
		case !a.IsNumeric():
			return types.Unknown
		case a == types.Decimal, a == types.Real && t != types.Decimal:
			t = a
		}
	}
	return t
}

// common is the type that all arguments can be converted to: the widest of numbers,
// else the one type that all have; Unknown if there is none.
func common(args []types.Type) types.Type {
	t := types.Unknown
	for _, a := range args {
		switch {
		case t == types.Unknown, t == a:
			t = a
		case t.IsNumeric() && a.IsNumeric():
			t = wider(t, a)
		default:
			return types.Unknown
		}
	}
	return t
}

// chosen is the type of iff and case: the common type of the branches (the conditions are
// not among args), where dynamic yields to any other type and types that have nothing in
// common make dynamic.
func chosen(args []types.Type) types.Type {
	rest := make([]types.Type, 0, len(args))
	for _, a := range args {
		if a != types.Dynamic {
			rest = append(rest, a)
		}
	}
	if len(rest) == 0 {
		return types.Dynamic
	}
	if t := common(rest); t != types.Unknown {
		return t
	}
	return types.Dynamic
}

// branches applies chosen to the values among the arguments of iff and case:
// condition, value, .., else.
func branches(args []types.Type) types.Type {
	var values []types.Type
	for i, a := range args {
		if i%2 == 1 || i == len(args)-1 {
			values = append(values, a)
		}
	}
	return chosen(values)
}

func wider(a, b types.Type) types.Type {
	rank := func(t types.Type) int {
		switch t {
		case types.Int:
			return 1
		case types.Long:
			return 2
		case types.Real:
			return 3
		}
		return 4
	}
	if rank(a) >= rank(b) {
		return a
	}
	return b
}

// sig is an overload with a fixed list of parameters.
func sig(r Result, params ...Param) Overload { return Overload{Params: params, Result: r} }

// many is an overload whose last parameter repeats, up to max arguments (0: no bound).
func many(max int, r Result, params ...Param) Overload {
	return Overload{Params: params, Variadic: true, Max: max, Result: r}
}

// blocks is an overload whose first n parameters repeat as a group.
func blocks(n int, r Result, params ...Param) Overload {
	return Overload{Params: params, Block: n, Result: r}
}

// par is a parameter that accepts the types, or every scalar type if none is given.
func par(name string, accepted ...types.Type) Param { return Param{Name: name, Types: accepted} }

func opt(p Param) Param { p.Optional = true; return p }

func constant(p Param) Param { p.Const = true; return p }

func form(f Form, p Param) Param { p.Form = f; return p }

// NeverDynamic reports whether the parameter takes values of every type but dynamic, which
// are then not converted in silence either.
func (p *Param) NeverDynamic() bool {
	return len(p.Types) == len(notDynamic) && !slices.Contains(p.Types, types.Dynamic) && slices.Contains(p.Types, types.Bool)
}

// Accepts reports whether the overload can take n arguments.
func (o *Overload) Accepts(n int) bool {
	least := 0
	for _, p := range o.Params {
		if !p.Optional {
			least++
		}
	}
	if n < least || o.Max > 0 && n > o.Max {
		return false
	}
	if o.Block > 0 {
		return (n-len(o.Params))%o.Block == 0
	}
	return o.Variadic || n <= len(o.Params)
}

// Param returns the parameter that argument i of n stands for.
func (o *Overload) Param(i, n int) Param {
	if o.Block > 0 {
		rest := len(o.Params) - o.Block
		if i >= n-rest {
			return o.Params[len(o.Params)-(n-i)]
		}
		return o.Params[i%o.Block]
	}
	if i >= len(o.Params) {
		i = len(o.Params) - 1
	}
	return o.Params[i]
}

// shared marks a parameter whose argument is converted to the type of the result.
func shared(p Param) Param { p.Common = true; return p }
