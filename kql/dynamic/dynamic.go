// Package dynamic is KQL's dynamic type: JSON values as Kusto reads, names, orders,
// compares and prints them.
//
// Source: https://learn.microsoft.com/kusto/query/scalar-data-types/dynamic
package dynamic

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Kind is the kind of a dynamic value.
type Kind uint8

const (
	Null Kind = iota
	Bool
	Long
	Real
	String
	Array
	Bag
)

// Value is one dynamic value. The zero Value is null.
type Value struct {
	Kind Kind
	Int  int64   // Bool (0 or 1) and Long
	Real float64 // Real
	Str  string  // String
	// Items are the elements of an Array and the values of a Bag, whose Keys are parallel.
	Items []Value
	Keys  []string
}

// Of returns a value of another type as dynamic: datetimes, timespans, guids and
// decimals become strings. A dynamic value is parsed.
func Of(v types.Value) Value {
	if v.Null {
		return Value{}
	}
	switch v.Type {
	case types.Bool:
		return Value{Kind: Bool, Int: v.Int}
	case types.Int, types.Long:
		return Value{Kind: Long, Int: v.Int}
	case types.Real:
		return Value{Kind: Real, Real: v.Real}
	case types.DateTime:
		return Text(types.FormatDateTime(v.Int))
	case types.TimeSpan:
		return Text(types.FormatTimeSpan(v.Int))
	case types.Dynamic:
		d, _ := Parse(v.Str)
		return d
	case types.Unknown:
		return Value{}
	}
	return Text(v.Str)
}

// Text returns a string value.
func Text(s string) Value { return Value{Kind: String, Str: s} }

// Number returns a Long value.
func Number(n int64) Value { return Value{Kind: Long, Int: n} }

// Float returns a Real value.
func Float(f float64) Value { return Value{Kind: Real, Real: f} }

// List returns an array.
func List(items []Value) Value { return Value{Kind: Array, Items: items} }

// Truth returns a Bool value.
func Truth(b bool) Value {
	if b {
		return Value{Kind: Bool, Int: 1}
	}
	return Value{Kind: Bool}
}

// Member returns the value of a bag's key; ok is false if v has no such key.
func (v Value) Member(key string) (member Value, ok bool) {
	if v.Kind != Bag {
		return Value{}, false
	}
	if i := slices.Index(v.Keys, key); i >= 0 {
		return v.Items[i], true
	}
	return Value{}, false
}

// Index returns element i of an array, from the end if i is negative; null if there is none.
func (v Value) Index(i int64) Value {
	n := int64(len(v.Items))
	if i < 0 {
		i += n
	}
	if v.Kind != Array || i < 0 || i >= n {
		return Value{}
	}
	return v.Items[i]
}

// Follow reads the value at a path: a String is a bag's key, a Long an array's index. It is
// null if there is none.
func (v Value) Follow(path []types.Value) Value {
	for _, k := range path {
		if k.Type == types.String {
			v, _ = v.Member(k.Str)
		} else {
			v = v.Index(k.Int)
		}
	}
	return v
}

// Set gives a bag's key a value, in place if the bag has the key.
func (v *Value) Set(key string, item Value) {
	if i := slices.Index(v.Keys, key); i >= 0 {
		v.Items[i] = item
		return
	}
	v.Keys = append(v.Keys, key)
	v.Items = append(v.Items, item)
}

// Number returns the number that v is; ok is false for other kinds.
func (v Value) Number() (f float64, ok bool) {
	switch v.Kind {
	case Long:
		return float64(v.Int), true
	case Real:
		return v.Real, true
	}
	return math.NaN(), false
}

// TypeName names v as gettype does.
func (v Value) TypeName() string {
	switch v.Kind {
	case Bool:
		return "bool"
	case Long:
		return "long"
	case Real:
		return "double"
	case String:
		return "string"
	case Array:
		return "array"
	case Bag:
		return "dictionary"
	}
	return "null"
}

// String prints v as tostring does: strings as they are, null as "", others as JSON.
func (v Value) String() string {
	switch v.Kind {
	case Null:
		return ""
	case String:
		return v.Str
	}
	return string(v.Append(nil))
}

// Scalar returns v as a dynamic value of the engine: canonical JSON text, or null.
func (v Value) Scalar() types.Value {
	if v.Kind == Null {
		return types.Null(types.Dynamic)
	}
	return types.Value{Type: types.Dynamic, Str: string(v.Append(nil))}
}

// Append appends v as compact JSON, keys in their order.
func (v Value) Append(b []byte) []byte { return v.append(b, false) }

// AppendSorted appends v as compact JSON with the keys of every bag sorted.
func (v Value) AppendSorted(b []byte) []byte { return v.append(b, true) }

func (v Value) append(b []byte, sorted bool) []byte {
	switch v.Kind {
	case Bool:
		return strconv.AppendBool(b, v.Int != 0)
	case Long:
		return strconv.AppendInt(b, v.Int, 10)
	case Real:
		if math.IsNaN(v.Real) || math.IsInf(v.Real, 0) {
			// JSON has no such numbers; Kusto prints them as strings.
			return AppendQuoted(b, nonFinite(v.Real))
		}
		return AppendReal(b, v.Real)
	case String:
		return AppendQuoted(b, v.Str)
	case Array:
		b = append(b, '[')
		for i := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.Items[i].append(b, sorted)
		}
		return append(b, ']')
	case Bag:
		order := make([]int, len(v.Keys))
		for i := range order {
			order[i] = i
		}
		if sorted {
			slices.SortStableFunc(order, func(i, j int) int { return strings.Compare(v.Keys[i], v.Keys[j]) })
		}
		b = append(b, '{')
		for n, i := range order {
			if n > 0 {
				b = append(b, ',')
			}
			b = AppendQuoted(b, v.Keys[i])
			b = append(b, ':')
			b = v.Items[i].append(b, sorted)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

func nonFinite(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case f > 0:
		return "Infinity"
	}
	return "-Infinity"
}

// Same reports whether two values are equal: numbers by value whatever their kind, bags
// whatever the order of their keys.
func (v Value) Same(w Value) bool {
	if v.Kind == Long && w.Kind == Long {
		return v.Int == w.Int
	}
	if x, ok := v.Number(); ok {
		y, ok := w.Number()
		return ok && x == y
	}
	if v.Kind != w.Kind || len(v.Items) != len(w.Items) {
		return false
	}
	switch v.Kind {
	case Bool:
		return v.Int == w.Int
	case String:
		return v.Str == w.Str
	case Array:
		return slices.EqualFunc(v.Items, w.Items, Value.Same)
	case Bag:
		for i, k := range v.Keys {
			m, ok := w.Member(k)
			if !ok || !v.Items[i].Same(m) {
				return false
			}
		}
	}
	return true
}

// Key returns a text that is equal for values that are the Same.
func (v Value) Key() string {
	if v.Kind == Real && v.Real == math.Trunc(v.Real) && math.Abs(v.Real) < 1<<53 {
		v = Number(int64(v.Real))
	}
	return string(v.AppendSorted(nil))
}

// Compare orders values as array_sort_asc does: numbers, then strings, then bools and
// the rest by their text. Null is not ordered here.
func Compare(v, w Value) int {
	x, okx := v.Number()
	y, oky := w.Number()
	switch {
	case v.Kind == Long && w.Kind == Long:
		return cmp.Compare(v.Int, w.Int)
	case okx && oky:
		return cmp.Compare(x, y)
	case v.Kind == String && w.Kind == String:
		return strings.Compare(v.Str, w.Str)
	case rank(v) != rank(w):
		return cmp.Compare(rank(v), rank(w))
	}
	return strings.Compare(v.String(), w.String())
}

func rank(v Value) int {
	switch v.Kind {
	case Long, Real:
		return 1
	case String:
		return 2
	case Bool:
		return 3
	}
	return 4
}
