package rowstep

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// schemaMerge is schema_merge: the columns of several schemas, each once. A column that
// stands elsewhere than where it came first is an error in its row, unless the order
// may change.
//
// Source: https://learn.microsoft.com/kusto/query/schema-merge-plugin
func schemaMerge(args []sqlgen.Operand, _ any, in, out types.Schema) (sqlgen.RowFunc, error) {
	preserve := true
	if len(args) > 0 {
		v, err := constant(args, 0)
		if err != nil {
			return nil, err
		}
		preserve = v.Null || v.Int != 0
	}
	at := make([]int, len(out))
	for i, c := range out {
		if at[i] = in.Index(c.Name); at[i] < 0 {
			return nil, fmt.Errorf("the input has no column %s", c.Name)
		}
	}
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		merged := map[string][]types.Value{}
		err := each(rows, func(r []types.Value) error {
			row := make([]types.Value, len(at))
			for i, c := range at {
				row[i] = r[c]
			}
			name := row[0].Str
			old, known := merged[name]
			switch {
			case !known:
				if len(merged) == maxRows {
					return fmt.Errorf("there are more than %d columns", maxRows)
				}
				merged[name] = row
			case old[3] != row[3]:
				return fmt.Errorf("the column %s is of type %s and of type %s", name, old[3].Str, row[3].Str)
			case preserve && old[1].Int != row[1].Int:
				const disorder = "ERROR(columns are out of order)"
				old[1].Int, old[2].Str, old[3].Str = -1, "ERROR(unknown CSL type:"+disorder+")", disorder
			default:
				old[1].Int = max(old[1].Int, row[1].Int)
			}
			return nil
		})
		if err != nil {
			return err
		}
		var list [][]types.Value
		for _, row := range merged {
			list = append(list, row)
		}
		slices.SortFunc(list, func(x, y []types.Value) int {
			return cmp.Or(cmp.Compare(uint64(x[1].Int), uint64(y[1].Int)), cmp.Compare(x[0].Str, y[0].Str)) // -1 is last
		})
		for _, row := range list {
			if err := emit(row); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
