package rowstep

import (
	"fmt"
	"math/big"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// topHitters keeps the rows of the largest weights. Kusto moves all into a binary heap
// with the lightest on top, in the order in which they were seen first, and takes off
// what is too much: that decides which of equal ones stay, and in which order.
func topHitters(args []sqlgen.Operand, _ any, in, _ types.Schema) (sqlgen.RowFunc, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("needs a number of rows and a weight")
	}
	count, err := constant(args, 0)
	if err != nil {
		return nil, err
	}
	weight, err := columnIndex(args[1], in)
	if err != nil {
		return nil, err
	}
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		list, err := all(rows)
		if err != nil {
			return err
		}
		h := hitters{weight: weight}
		for _, row := range list {
			h.push(row)
		}
		for len(h.rows) > 0 {
			left := len(h.rows)
			row := h.pop()
			if int64(left) > count.Int {
				continue
			}
			if err := emit(row); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// hitters is a heap of rows, the lightest first.
type hitters struct {
	rows   [][]types.Value
	weight int
}

// lighter reports whether the weight of a is less than that of b.
func (h *hitters) lighter(a, b []types.Value) bool {
	x, y := a[h.weight], b[h.weight]
	switch {
	case x.Null || y.Null:
		return x.Null && !y.Null
	case x.Type == types.Real:
		return x.Real < y.Real
	case x.Type == types.Decimal:
		return decimalLess(x.Str, y.Str)
	}
	return x.Int < y.Int
}

// decimalLess compares decimals, which have up to 34 digits.
func decimalLess(a, b string) bool {
	x, _, _ := big.ParseFloat(a, 10, 128, big.ToNearestEven)
	y, _, _ := big.ParseFloat(b, 10, 128, big.ToNearestEven)
	return x != nil && y != nil && x.Cmp(y) < 0
}

func (h *hitters) push(row []types.Value) {
	h.rows = append(h.rows, nil)
	h.rise(len(h.rows)-1, row)
}

// rise puts row at i or above, wherever what is above isn't heavier.
func (h *hitters) rise(i int, row []types.Value) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h.lighter(row, h.rows[parent]) {
			break
		}
		h.rows[i] = h.rows[parent]
		i = parent
	}
	h.rows[i] = row
}

// pop takes the first row. The hole sinks to the bottom, along the lighter children and
// the left one of equals; the last row fills it and rises.
func (h *hitters) pop() []types.Value {
	first := h.rows[0]
	n := len(h.rows)
	hole := 0
	for child := 1; child < n; child = 2*hole + 1 {
		if child+1 < n && h.lighter(h.rows[child+1], h.rows[child]) {
			child++
		}
		h.rows[hole] = h.rows[child]
		hole = child
	}
	if hole < n-1 {
		h.rise(hole, h.rows[n-1])
	}
	h.rows = h.rows[:n-1]
	return first
}
