package rowstep

import (
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// dcountIntersect is dcount_intersect: how many distinct values the first sketch has,
// the first two have in common, the first three, and so on.
//
// Source: https://learn.microsoft.com/kusto/query/dcount-intersect-plugin
func dcountIntersect(args []sqlgen.Operand, _ any, in, out types.Schema) (sqlgen.RowFunc, error) {
	cols := make([]int, len(args))
	for i, a := range args {
		c, err := columnIndex(a, in)
		if err != nil {
			return nil, err
		}
		cols[i] = c
	}
	width := len(out) - len(args)
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		row := make([]types.Value, len(out))
		sketches := make([]types.Value, len(args))
		return each(rows, func(r []types.Value) error {
			copy(row, r[:width])
			for i, c := range cols {
				sketches[i] = r[c]
			}
			counts, err := scalar.IntersectSketches(sketches)
			if err != nil {
				return err
			}
			for i := range cols {
				row[width+i] = types.Null(types.Long)
				if i < len(counts) {
					row[width+i] = longs(counts[i])
				}
			}
			return emit(row)
		})
	}, nil
}
