package rowstep

import (
	"fmt"
	"math"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// rowsNear is rows_near: the rows around those where a condition is true.
//
// Source: https://learn.microsoft.com/kusto/query/rows-near-plugin
func rowsNear(args []sqlgen.Operand, _ any, in, out types.Schema) (sqlgen.RowFunc, error) {
	if len(args) < 2 {
		return nil, fmt.Errorf("needs a condition and a number of rows")
	}
	condition := func([]types.Value) types.Value { return *args[0].Const }
	if args[0].Const == nil {
		i, err := columnIndex(args[0], in)
		if err != nil {
			return nil, err
		}
		condition = func(row []types.Value) types.Value { return row[i] }
	}
	var counts [2]int64 // before and after
	for i := range counts {
		v, err := constant(args, min(1+i, len(args)-1))
		if err != nil {
			return nil, err
		}
		if v.Null || v.Int < 0 {
			return nil, fmt.Errorf("the number of rows must not be negative")
		}
		counts[i] = min(v.Int, math.MaxInt32)
	}
	if counts[0] > maxRows {
		return nil, fmt.Errorf("at most %d rows before are supported", maxRows)
	}
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		var held [][]types.Value // rows that a later one may want
		after := int64(0)
		return each(rows, func(row []types.Value) error {
			v := condition(row)
			row = row[:len(out)]
			if !v.Null && v.Int != 0 {
				for _, h := range held {
					if err := emit(h); err != nil {
						return err
					}
				}
				held = held[:0]
				after = counts[1]
				return emit(row)
			}
			if after > 0 {
				after--
				return emit(row)
			}
			if counts[0] == 0 {
				return nil
			}
			if int64(len(held)) == counts[0] {
				held = append(held[:0], held[1:]...)
			}
			held = append(held, append([]types.Value(nil), row...))
			return nil
		})
	}, nil
}
