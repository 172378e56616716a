package rowstep

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// session is row_window_session: each row gets the first value of its session. A new
// one begins when a value is too far from the session's first or from the row before,
// or where the fourth argument is true.
//
// Source: https://learn.microsoft.com/kusto/query/row-window-session-function
func session(args []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	cols := make([]int, len(args))
	for i, a := range args {
		c, err := columnIndex(a, in)
		if err != nil {
			return nil, err
		}
		cols[i] = c
	}
	if len(cols) < 3 {
		return nil, fmt.Errorf("needs a value and two distances")
	}
	var groups []int
	names, _ := spec.([]string)
	for _, name := range names {
		groups = append(groups, in.Index(name))
	}
	width := len(out) - 1
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		var first, last types.Value
		var group []types.Value
		begun := false
		row := make([]types.Value, len(out))
		return each(rows, func(r []types.Value) error {
			v := r[cols[0]]
			same := begun
			for i, g := range groups {
				same = same && group[i] == r[g]
			}
			restart := len(cols) > 3 && !r[cols[3]].Null && r[cols[3]].Int != 0
			if !same || restart || v.Null || first.Null ||
				further(v, first, r[cols[1]]) || further(v, last, r[cols[2]]) {
				first, begun = v, true
				group = group[:0]
				for _, g := range groups {
					group = append(group, r[g])
				}
			}
			last = v
			copy(row, r[:width])
			row[width] = first
			return emit(row)
		})
	}, nil
}

// further reports whether v is more than distance after from.
func further(v, from, distance types.Value) bool {
	if distance.Null {
		return false
	}
	if v.Type == types.Real {
		return v.Real-from.Real > number(distance)
	}
	return v.Int-from.Int > distance.Int
}
