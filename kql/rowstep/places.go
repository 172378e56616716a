package rowstep

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// geoLookup joins points with the lines that are near, or with the polygons that contain
// them or are near.
//
// Source: https://learn.microsoft.com/kusto/query/geo-polygon-lookup-plugin
func geoLookup(_ []sqlgen.Operand, spec any, _, out types.Schema) (sqlgen.RowFunc, error) {
	s, ok := spec.(*plan.PlaceSpec)
	if !ok {
		return nil, fmt.Errorf("the binder prepared no lookup")
	}
	return func(rows, right sqlgen.Rows, emit func([]types.Value) error) error {
		t, err := readShapes(s, right)
		if err != nil {
			return err
		}
		in := rows.Schema()
		lon, lat := in.Index(s.Longitude), in.Index(s.Latitude)
		if lon < 0 || lat < 0 {
			return fmt.Errorf("the table has no column of coordinates")
		}
		row := make([]types.Value, len(out))
		put := func(r, match []types.Value) error {
			for i, src := range s.Sources {
				switch {
				case !src.Right:
					row[i] = r[in.Index(src.Name)]
				case match == nil:
					row[i] = types.Null(out[i].Type)
				default:
					row[i] = match[t.schema.Index(src.Name)]
				}
			}
			return emit(row)
		}
		return each(rows, func(r []types.Value) error {
			found := false
			for i, shape := range t.shapes {
				if t.matches(s, shape, r[lon], r[lat]) {
					found = true
					if err := put(r, t.rows[i]); err != nil {
						return err
					}
				}
			}
			if !found && s.ReturnUnmatched {
				return put(r, nil)
			}
			return nil
		})
	}, nil
}

// shapeTable are the rows of the second table that hold a shape.
type shapeTable struct {
	schema types.Schema
	rows   [][]types.Value
	shapes []*scalar.Shape
}

func readShapes(s *plan.PlaceSpec, right sqlgen.Rows) (*shapeTable, error) {
	if right == nil {
		return nil, fmt.Errorf("the lookup has no table of shapes")
	}
	t := &shapeTable{schema: right.Schema()}
	col := t.schema.Index(s.Shape)
	if col < 0 {
		return nil, fmt.Errorf("the table of shapes has no column %s", s.Shape)
	}
	rows, err := all(right)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if shape, ok := scalar.ParseShape(row[col]); ok && shape.IsLine() == s.Lines {
			t.rows, t.shapes = append(t.rows, row), append(t.shapes, shape)
		}
	}
	return t, nil
}

func (t *shapeTable) matches(s *plan.PlaceSpec, shape *scalar.Shape, lon, lat types.Value) bool {
	if s.Radius == nil {
		inside, ok := shape.Contains(lon, lat)
		return ok && inside
	}
	metres, ok := shape.Distance(lon, lat)
	return ok && metres <= *s.Radius
}
