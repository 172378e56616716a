package scalar

import (
	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var setFunctions = []Function{
	{Name: "jaccard_index", Params: []types.Type{types.Dynamic, types.Dynamic}, Result: types.Real, Eval: jaccard},
	{Name: "set", Params: []types.Type{types.Dynamic, types.Long}, Result: types.Dynamic, Eval: makeSet},
	{Name: "set_difference", Params: []types.Type{types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: setDifference},
	{Name: "set_equals", Params: []types.Type{types.Dynamic, types.Dynamic}, Result: types.Bool, Eval: setEquals},
	{Name: "set_has_element", Params: []types.Type{types.Dynamic, types.Dynamic}, Result: types.Bool, Eval: setHasElement},
	{Name: "set_intersect", Params: []types.Type{types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: setIntersect},
	{Name: "set_union", Params: []types.Type{types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: setUnion},
}

// distinct returns the distinct elements in their order, and the keys that they have.
func distinct(items []dynamic.Value) ([]dynamic.Value, map[string]bool) {
	seen := make(map[string]bool, len(items))
	out := []dynamic.Value{}
	for _, item := range items {
		if k := item.Key(); !seen[k] {
			seen[k] = true
			out = append(out, item)
		}
	}
	return out, seen
}

// makeSet gives the distinct elements of an array, at most a[1] of them.
func makeSet(a []types.Value) types.Value {
	out, _ := distinct(read(a[0]).Items)
	if n := int(min(max(a[1].Int, 0), maxArray)); len(out) > n {
		out = out[:n]
	}
	return dynamic.List(out).Scalar()
}

func setUnion(a []types.Value) types.Value {
	var all []dynamic.Value
	for _, v := range a {
		items, ok := array(v)
		if !ok {
			return nullDynamic
		}
		all = append(all, items...)
	}
	out, _ := distinct(all)
	return dynamic.List(out).Scalar()
}

func setIntersect(a []types.Value) types.Value {
	return combine(a, true)
}

func setDifference(a []types.Value) types.Value {
	return combine(a, false)
}

// combine keeps the elements of the first array that all others have, or that none has.
func combine(a []types.Value, have bool) types.Value {
	if len(a) == 0 {
		return nullDynamic
	}
	items, ok := array(a[0])
	if !ok {
		return nullDynamic
	}
	out, _ := distinct(items)
	for _, v := range a[1:] {
		other, ok := array(v)
		if !ok {
			return nullDynamic
		}
		_, keys := distinct(other)
		kept := out[:0]
		for _, item := range out {
			if keys[item.Key()] == have {
				kept = append(kept, item)
			}
		}
		out = kept
	}
	return dynamic.List(out).Scalar()
}

func setEquals(a []types.Value) types.Value {
	x, ok1 := array(a[0])
	y, ok2 := array(a[1])
	if !ok1 || !ok2 {
		return nullBool
	}
	_, xs := distinct(x)
	_, ys := distinct(y)
	for k := range xs {
		if !ys[k] {
			return truth(false)
		}
	}
	return truth(len(xs) == len(ys))
}

func setHasElement(a []types.Value) types.Value {
	items, ok := array(a[0])
	if !ok {
		return nullBool
	}
	want := read(a[1])
	for _, item := range items {
		if item.Same(want) {
			return truth(true)
		}
	}
	return truth(false)
}

func jaccard(a []types.Value) types.Value {
	x, ok1 := array(a[0])
	y, ok2 := array(a[1])
	if !ok1 || !ok2 {
		return nullReal
	}
	_, xs := distinct(x)
	_, ys := distinct(y)
	both := 0
	for k := range xs {
		if ys[k] {
			both++
		}
	}
	return realOf(float64(both) / float64(len(xs)+len(ys)-both))
}
