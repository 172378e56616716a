package rowstep

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Bounds of the search for patterns: rows that differ in frequent values, and their cells.
const (
	maxPatternRows  = 2_000_000
	maxPatternCells = 100_000_000
)

// patternTable is a table reduced to its frequent values: rows that are equal in them are
// one, with the weight of all.
type patternTable struct {
	// values are the frequent values of each column; in a row, n stands for values[column][n-1]
	// and 0 for any other.
	values [][]types.Value
	rows   [][]uint16
	weight [][2]float64 // of each row, in the first and in the second set
	total  [2]float64
	two    bool // there are two sets
	work   int  // cells that may still be looked at
}

// byValue maps the values of one column.
type byValue[T any] struct {
	texts map[string]T
	bits  map[bitsValue]T
}

// bitsValue is a value without text as a key: NaN equals itself.
type bitsValue struct {
	null bool
	bits int64
}

func newByValue[T any]() *byValue[T] {
	return &byValue[T]{texts: map[string]T{}, bits: map[bitsValue]T{}}
}

// textual reports whether values of a type are texts; their null is the empty one.
func textual(t types.Type) bool {
	return t == types.String || t == types.Dynamic || t == types.GUID || t == types.Decimal
}

func bitsOf(v types.Value) bitsValue {
	switch {
	case v.Null:
		return bitsValue{null: true}
	case v.Type == types.Real && v.Real != v.Real:
		return bitsValue{bits: int64(math.Float64bits(math.NaN()))}
	case v.Type == types.Real:
		return bitsValue{bits: int64(math.Float64bits(v.Real + 0))} // -0 is 0
	}
	return bitsValue{bits: v.Int}
}

func (m *byValue[T]) get(v types.Value) T {
	if textual(v.Type) {
		return m.texts[v.Str]
	}
	return m.bits[bitsOf(v)]
}

func (m *byValue[T]) set(v types.Value, x T) {
	if textual(v.Type) {
		m.texts[v.Str] = x
	} else {
		m.bits[bitsOf(v)] = x
	}
}

func (m *byValue[T]) remove(v types.Value) {
	if textual(v.Type) {
		delete(m.texts, v.Str)
	} else {
		delete(m.bits, bitsOf(v))
	}
}

// frequents finds values that may have a share of the rows of either set: whatever has more
// than one of k+1 parts is among the k values that it holds.
//
// Source: Misra, Gries: Finding repeated elements, 1982.
type frequents struct {
	k    int
	held []*tally
	at   *byValue[*tally]
}

// tally is a value with what is left of its weight.
type tally struct {
	value  types.Value
	weight float64
}

func (f *frequents) add(v types.Value, weight float64) {
	if t := f.at.get(v); t != nil {
		t.weight += weight
		return
	}
	if len(f.held) >= f.k {
		least := weight
		for _, t := range f.held {
			least = min(least, t.weight)
		}
		f.held = slices.DeleteFunc(f.held, func(t *tally) bool {
			if t.weight -= least; t.weight <= 0 {
				f.at.remove(t.value)
				return true
			}
			return false
		})
		if weight -= least; weight <= 0 {
			return
		}
	}
	t := &tally{value: v, weight: weight}
	f.held = append(f.held, t)
	f.at.set(v, t)
}

// patternReader reads the input of a pattern finder.
type patternReader struct {
	spec         *plan.PatternSpec
	dims         []int
	weight, side int // -1: none
	// cells turns a row into the values of its columns, in place of dims.
	cells func(row []types.Value, into []types.Value) []types.Value
	width int
}

func newPatternReader(spec *plan.PatternSpec, in types.Schema) (*patternReader, error) {
	r := &patternReader{spec: spec, weight: -1, side: -1, width: len(spec.Dimensions)}
	for _, name := range spec.Dimensions {
		i := in.Index(name)
		if i < 0 {
			return nil, fmt.Errorf("the input lacks the column %s", name)
		}
		r.dims = append(r.dims, i)
	}
	if spec.Weight != "" {
		r.weight = in.Index(spec.Weight)
	}
	if spec.Side != "" {
		r.side = in.Index(spec.Side)
	}
	r.cells = func(row, into []types.Value) []types.Value {
		for _, i := range r.dims {
			into = append(into, row[i])
		}
		return into
	}
	return r, nil
}

// weigh is the weight of a row and its set; rows that weigh nothing are left out.
func (r *patternReader) weigh(row []types.Value) (weight float64, set int) {
	weight = 1
	if r.weight >= 0 {
		v := row[r.weight]
		if weight = v.Real; v.Null || !(weight > 0) || math.IsInf(weight, 0) {
			return 0, 0
		}
	}
	if r.side >= 0 && (row[r.side].Null || row[r.side].Int == 0) {
		set = 1
	}
	return weight, set
}

// read reads the rows twice: for their frequent values, and for the rows in these. Without
// a second copy of the rows they are kept meanwhile.
func (r *patternReader) read(rows, again sqlgen.Rows, share float64) (*patternTable, error) {
	walk := func(f func([]types.Value) error) error { return each(again, f) }
	if again == nil || len(again.Schema()) == 0 {
		list, err := all(rows)
		if err != nil {
			return nil, err
		}
		walk = func(f func([]types.Value) error) error { return eachOf(list, f) }
		rows = nil
	}
	t, err := r.candidates(walk, share)
	if err != nil {
		return nil, err
	}
	if rows != nil {
		walk = func(f func([]types.Value) error) error { return each(rows, f) }
	}
	if err := r.encode(t, walk); err != nil {
		return nil, err
	}
	t.drop(share)
	return t, nil
}

func eachOf(list [][]types.Value, f func([]types.Value) error) error {
	for _, row := range list {
		if err := f(row); err != nil {
			return err
		}
	}
	return nil
}

// candidates are the values that may have the share of either set, in an order that does
// not depend on that of the rows.
func (r *patternReader) candidates(walk func(func([]types.Value) error) error, share float64) (*patternTable, error) {
	t := &patternTable{values: make([][]types.Value, r.width), two: r.side >= 0, work: maxPatternWork}
	found := make([][2]*frequents, r.width)
	k := int(1/share) + 1
	for i := range found {
		for set := range found[i] {
			found[i][set] = &frequents{k: k, at: newByValue[*tally]()}
		}
	}
	var cells []types.Value
	err := walk(func(row []types.Value) error {
		weight, set := r.weigh(row)
		if weight == 0 {
			return nil
		}
		t.total[set] += weight
		cells = r.cells(row, cells[:0])
		for i, v := range cells {
			found[i][set].add(v, weight)
		}
		return nil
	})
	for i, sets := range found {
		for _, f := range sets {
			for _, held := range f.held {
				t.values[i] = append(t.values[i], held.value)
			}
		}
		slices.SortFunc(t.values[i], compareValues)
		t.values[i] = slices.CompactFunc(t.values[i], func(x, y types.Value) bool { return compareValues(x, y) == 0 })
	}
	return t, err
}

// compareValues orders values of one type: null is first.
func compareValues(x, y types.Value) int {
	switch {
	case x.Null || y.Null:
		if x.Null == y.Null {
			return 0
		}
		if x.Null {
			return -1
		}
		return 1
	case x.Type == types.Real:
		return cmp.Compare(x.Real, y.Real)
	}
	return cmp.Or(cmp.Compare(x.Int, y.Int), cmp.Compare(x.Str, y.Str))
}

// encode reads the rows in terms of their frequent values.
func (r *patternReader) encode(t *patternTable, walk func(func([]types.Value) error) error) error {
	codes := make([]*byValue[uint16], r.width)
	for i, values := range t.values {
		codes[i] = newByValue[uint16]()
		for n, v := range values {
			codes[i].set(v, uint16(n+1))
		}
	}
	weights := map[string]*[2]float64{}
	var cells []types.Value
	key := make([]byte, 0, 2*r.width)
	err := walk(func(row []types.Value) error {
		weight, set := r.weigh(row)
		if weight == 0 {
			return nil
		}
		cells, key = r.cells(row, cells[:0]), key[:0]
		for i, v := range cells {
			key = binary.BigEndian.AppendUint16(key, codes[i].get(v))
		}
		w := weights[string(key)]
		if w == nil {
			if len(weights) >= maxPatternRows || len(weights)*r.width >= maxPatternCells {
				return fmt.Errorf("too many combinations of frequent values: choose fewer columns with project")
			}
			w = new([2]float64)
			weights[string(key)] = w
		}
		w[set] += weight
		return nil
	})
	if err != nil {
		return err
	}
	keys := make([]string, 0, len(weights))
	for k := range weights {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		row := make([]uint16, r.width)
		for i := range row {
			row[i] = uint16(k[2*i])<<8 | uint16(k[2*i+1])
		}
		t.rows, t.weight = append(t.rows, row), append(t.weight, *weights[k])
	}
	return nil
}

// drop takes values out of the rows that have the share in neither set, and makes rows that
// are equal then one.
func (t *patternTable) drop(share float64) {
	for i := range t.values {
		counts := t.weights(i)
		for _, row := range t.rows {
			if row[i] > 0 && !t.frequent(counts[row[i]], share) {
				row[i] = 0
			}
		}
	}
	order := make([]int, len(t.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return slices.Compare(t.rows[x], t.rows[y]) })
	var rows [][]uint16
	var weight [][2]float64
	for _, i := range order {
		last := len(rows) - 1
		if last < 0 || !slices.Equal(rows[last], t.rows[i]) {
			rows, weight = append(rows, t.rows[i]), append(weight, t.weight[i])
			continue
		}
		for set, w := range t.weight[i] {
			weight[last][set] += w
		}
	}
	t.rows, t.weight = rows, weight
}

// weights are the weights of the values of a column, those of no frequent one first.
func (t *patternTable) weights(column int) [][2]float64 {
	list := make([][2]float64, len(t.values[column])+1)
	for n, row := range t.rows {
		for set, w := range t.weight[n] {
			list[row[column]][set] += w
		}
	}
	return list
}

// frequent reports whether a weight is at least that share of either set.
func (t *patternTable) frequent(w [2]float64, share float64) bool {
	return t.share(w, 0) >= share || t.share(w, 1) >= share
}

// share is the part of a set that has a weight, 0 of an empty set.
func (t *patternTable) share(w [2]float64, set int) float64 {
	if t.total[set] == 0 {
		return 0
	}
	return w[set] / t.total[set]
}
