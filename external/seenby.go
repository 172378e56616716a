package external

import (
	"errors"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// seenBy is T | invoke SeenBy(): which devices have seen the row's device on the net.
// Only Defender's service knows; the column is null and the answer says so.
var seenBy = bind.TableFunction{
	Name: seenByName, Columns: types.Schema{{Name: "SeenBy", Type: types.Dynamic}},
	Doc: "The onboarded devices that have seen a device; unknown offline.",
}

func (s *Session) seenByPlugin(_ []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	a, ok := spec.(*plan.AppendSpec)
	if !ok || len(a.Sources) != len(out) {
		return nil, errors.New("expected the columns of the table")
	}
	from := make([]int, len(out))
	for i, src := range a.Sources {
		from[i] = -1
		if !src.Right {
			from[i] = in.Index(src.Name)
		}
	}
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		s.warn("SeenBy is null: only Defender's service knows which devices have seen another")
		row := make([]types.Value, len(out))
		for {
			r, err := rows.Next()
			if err != nil || r == nil {
				return err
			}
			for i, f := range from {
				row[i] = types.Null(out[i].Type)
				if f >= 0 {
					row[i] = r[f]
				}
			}
			if err := emit(row); err != nil {
				return err
			}
		}
	}, nil
}
