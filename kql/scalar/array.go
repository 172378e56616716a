package scalar

import (
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var arrayFunctions = []Function{
	{Name: "array_concat", Params: []types.Type{types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: arrayConcat},
	{Name: "array_iff", Params: []types.Type{types.Dynamic, types.Dynamic, types.Dynamic}, Result: types.Dynamic, Eval: arrayIff},
	{Name: "array_index_of", Params: []types.Type{types.Dynamic, types.Dynamic, types.Long, types.Long, types.Long}, Result: types.Long, Eval: arrayIndexOf},
	{Name: "array_reverse", Params: []types.Type{types.Dynamic}, Result: types.Dynamic, Eval: arrayReverse},
	{Name: "array_rotate_left", Params: []types.Type{types.Dynamic, types.Long}, Result: types.Dynamic, Eval: arrayRotate(1)},
	{Name: "array_rotate_right", Params: []types.Type{types.Dynamic, types.Long}, Result: types.Dynamic, Eval: arrayRotate(-1)},
	{Name: "array_shift_left", Params: []types.Type{types.Dynamic, types.Long, types.Dynamic}, Result: types.Dynamic, Eval: arrayShift(1)},
	{Name: "array_shift_right", Params: []types.Type{types.Dynamic, types.Long, types.Dynamic}, Result: types.Dynamic, Eval: arrayShift(-1)},
	{Name: "array_slice", Params: []types.Type{types.Dynamic, types.Long, types.Long}, Result: types.Dynamic, Eval: arraySlice},
	{Name: "array_sort_asc", Params: []types.Type{types.Dynamic, types.Bool}, Result: types.Dynamic, Eval: arraySort(false)},
	{Name: "array_sort_asc_many", Params: []types.Type{types.Bool, types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: arraySortMany(false)},
	{Name: "array_sort_desc", Params: []types.Type{types.Dynamic, types.Bool}, Result: types.Dynamic, Eval: arraySort(true)},
	{Name: "array_sort_desc_many", Params: []types.Type{types.Bool, types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: arraySortMany(true)},
	{Name: "array_split", Params: []types.Type{types.Dynamic, types.Dynamic}, Result: types.Dynamic, Eval: arraySplit},
	{Name: "repeat", Params: []types.Type{types.Dynamic, types.Long}, Result: types.Dynamic, Eval: repeat},
	{Name: "zip", Params: []types.Type{types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: zip},
}

// maxArray is the most elements of an array that a function makes.
const maxArray = 1 << 20

// arrayConcat joins arrays; what is no array has no elements.
func arrayConcat(a []types.Value) types.Value {
	all := []dynamic.Value{}
	for _, v := range a {
		if items, ok := array(v); ok {
			all = append(all, items...)
		}
	}
	return dynamic.List(all).Scalar()
}

// arrayIff chooses by each condition; a value that is no array is chosen as it is.
func arrayIff(a []types.Value) types.Value {
	conditions, ok := array(a[0])
	if !ok {
		return nullDynamic
	}
	yes, no := read(a[1]), read(a[2])
	out := make([]dynamic.Value, len(conditions))
	for i, c := range conditions {
		from := no
		switch c.Kind {
		case dynamic.Bool, dynamic.Long:
			if c.Int != 0 {
				from = yes
			}
		case dynamic.Real:
			if c.Real != 0 {
				from = yes
			}
		default:
			continue
		}
		if from.Kind == dynamic.Array {
			from = from.Index(int64(i))
		}
		out[i] = from
	}
	return dynamic.List(out).Scalar()
}

func arrayIndexOf(a []types.Value) types.Value {
	items, ok := array(a[0])
	if !ok || a[2].Null || a[3].Null || a[4].Null || a[4].Int <= 0 {
		return nullLong
	}
	want := read(a[1])
	n := int64(len(items))
	from := a[2].Int
	if from < 0 {
		from = max(from+n, 0)
	}
	to := n
	if length := a[3].Int; length >= 0 && length < n-from {
		to = from + length
	}
	left := a[4].Int
	for i := from; i < to; i++ {
		if !items[i].Same(want) {
			continue
		}
		if left--; left == 0 {
			return long(i)
		}
	}
	return long(-1)
}

func arrayReverse(a []types.Value) types.Value {
	items, ok := array(a[0])
	if !ok {
		return nullDynamic
	}
	slices.Reverse(items)
	return dynamic.List(items).Scalar()
}

// arrayRotate rotates to the left for direction 1, to the right for -1.
func arrayRotate(direction int64) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		items, ok := array(a[0])
		if !ok || a[1].Null {
			return nullDynamic
		}
		n := int64(len(items))
		if n == 0 {
			return dynamic.List(items).Scalar()
		}
		by := (a[1].Int%n*direction%n + n) % n
		return dynamic.List(slices.Concat(items[by:], items[:by])).Scalar()
	}
}

// arrayShift shifts to the left for direction 1; a[2] fills the gap. Without it null does, or
// the empty string in an array of strings.
func arrayShift(direction int64) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		items, ok := array(a[0])
		if !ok || a[1].Null {
			return nullDynamic
		}
		n := int64(len(items))
		by := min(max(a[1].Int, -n), n) * direction
		with := read(a[2])
		texts := !slices.ContainsFunc(items, func(v dynamic.Value) bool { return v.Kind != dynamic.String })
		if with.Kind == dynamic.Null && texts {
			with = dynamic.Text("")
		}
		out := make([]dynamic.Value, n)
		for i := range out {
			if from := int64(i) + by; from >= 0 && from < n {
				out[i] = items[from]
			} else {
				out[i] = with
			}
		}
		return dynamic.List(out).Scalar()
	}
}

// arraySlice takes the elements from a[1] to a[2], which is included; negative positions
// count from the end.
func arraySlice(a []types.Value) types.Value {
	items, ok := array(a[0])
	if !ok || a[1].Null || a[2].Null {
		return nullDynamic
	}
	n := int64(len(items))
	from, to := a[1].Int, a[2].Int
	if from < 0 {
		from = max(from+n, 0)
	}
	if to < 0 {
		to += n
	}
	to = min(to+1, n)
	if from >= to {
		return dynamic.List(nil).Scalar()
	}
	return dynamic.List(items[from:to]).Scalar()
}

// arraySplit splits before each of the positions in a[1], a number or an array of them.
func arraySplit(a []types.Value) types.Value {
	items, ok := array(a[0])
	if !ok {
		return nullDynamic
	}
	at := read(a[1])
	marks := at.Items
	if at.Kind == dynamic.Long {
		marks = []dynamic.Value{at}
	}
	n := int64(len(items))
	parts := []dynamic.Value{}
	from := int64(0)
	for _, m := range marks {
		if m.Kind != dynamic.Long {
			return nullDynamic
		}
		to := m.Int
		if to < 0 {
			to = max(to+n, 0)
		}
		to = min(max(to, from), n)
		parts = append(parts, dynamic.List(items[from:to]))
		from = to
	}
	return dynamic.List(append(parts, dynamic.List(items[from:]))).Scalar()
}

// sortOrder gives the positions of the elements in sorted order, nulls at the end or the beginning.
func sortOrder(items []dynamic.Value, desc, nullsLast bool) []int {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		x, y := items[i], items[j]
		switch xn, yn := x.Kind == dynamic.Null, y.Kind == dynamic.Null; {
		case xn && yn:
			return 0
		case xn == nullsLast && xn, yn && !nullsLast:
			return 1
		case xn || yn:
			return -1
		case desc:
			return dynamic.Compare(y, x)
		}
		return dynamic.Compare(x, y)
	})
	return order
}

func arraySort(desc bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		items, ok := array(a[0])
		if !ok {
			return nullDynamic
		}
		return permuted(items, sortOrder(items, desc, a[1].Int != 0)).Scalar()
	}
}

func permuted(items []dynamic.Value, order []int) dynamic.Value {
	out := make([]dynamic.Value, len(order))
	for i, from := range order {
		out[i] = items[from]
	}
	return dynamic.List(out)
}

// arraySortMany sorts the first array and moves the elements of the others of its length
// along; an array of another length gives null.
func arraySortMany(desc bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		if len(a) < 2 {
			return nullDynamic
		}
		first, ok := array(a[1])
		if !ok {
			return nullDynamic
		}
		order := sortOrder(first, desc, a[0].Int != 0)
		all := make([]dynamic.Value, len(a)-1)
		for i, v := range a[1:] {
			if items, ok := array(v); ok && len(items) == len(order) {
				all[i] = permuted(items, order)
			}
		}
		return dynamic.List(all).Scalar()
	}
}

func repeat(a []types.Value) types.Value {
	if a[1].Null || a[1].Int < 0 || a[1].Int > maxArray {
		return nullDynamic
	}
	return dynamic.List(slices.Repeat([]dynamic.Value{read(a[0])}, int(a[1].Int))).Scalar()
}

// zip pairs the elements of arrays; a value that is no array pairs once, shorter ones end in null.
func zip(a []types.Value) types.Value {
	columns := make([][]dynamic.Value, len(a))
	n := 0
	for i, v := range a {
		d := read(v)
		if d.Kind == dynamic.Array {
			columns[i] = d.Items
		} else if d.Kind != dynamic.Null {
			columns[i] = []dynamic.Value{d}
		}
		n = max(n, len(columns[i]))
	}
	rows := make([]dynamic.Value, n)
	for r := range rows {
		row := make([]dynamic.Value, len(columns))
		for i, c := range columns {
			if r < len(c) {
				row[i] = c[r]
			}
		}
		rows[r] = dynamic.List(row)
	}
	return dynamic.List(rows).Scalar()
}
