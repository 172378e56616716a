package rowstep

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// bagUnpack makes columns of the members of a bag. Its arguments are the column, a
// prefix for the new names, what to do when a name is taken (error, replace_source,
// keep_source) and the members to leave out.
//
// Source: https://learn.microsoft.com/kusto/query/bag-unpack-plugin
func bagUnpack(args []sqlgen.Operand, _ any, in, out types.Schema) (sqlgen.RowFunc, error) {
	bag, err := columnIndex(args[0], in)
	if err != nil {
		return nil, err
	}
	prefix, err := constant(args, 1)
	if err != nil {
		return nil, err
	}
	conflict, err := constant(args, 2)
	if err != nil {
		return nil, err
	}
	type source struct {
		column int // of the input, or -1
		member string
	}
	sources := make([]source, len(out))
	for i, c := range out {
		s := source{column: in.Index(c.Name), member: c.Name}
		if s.column == bag {
			s.column = -1
		}
		if s.column >= 0 && conflict.Str == "replace_source" {
			s.column = -1
		}
		if s.column < 0 {
			if len(c.Name) < len(prefix.Str) {
				return nil, fmt.Errorf("column %s has no prefix %q", c.Name, prefix.Str)
			}
			s.member = c.Name[len(prefix.Str):]
		}
		sources[i] = s
	}
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		row := make([]types.Value, len(out))
		return each(rows, func(r []types.Value) error {
			b := parse(r[bag])
			for i, s := range sources {
				if s.column >= 0 {
					row[i] = r[s.column]
					continue
				}
				var m dynamic.Value
				if b.Kind == dynamic.Bag {
					m, _ = b.Member(s.member)
				}
				row[i] = fromDynamic(m, out[i].Type)
			}
			return emit(row)
		})
	}, nil
}

// narrow makes one row of each cell: the row's number, the column's name and the
// value as text.
//
// Source: https://learn.microsoft.com/kusto/query/narrow-plugin
func narrow(_ []sqlgen.Operand, _ any, in, out types.Schema) (sqlgen.RowFunc, error) {
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		n := int64(0)
		row := make([]types.Value, 3)
		return each(rows, func(r []types.Value) error {
			for i, c := range in {
				row[0] = types.Value{Type: types.Long, Int: n}
				row[1] = types.Value{Type: types.String, Str: c.Name}
				row[2] = types.Value{Type: types.String, Str: cellText(r[i])}
				if err := emit(row); err != nil {
					return err
				}
			}
			n++
			return nil
		})
	}, nil
}

// cellText is tostring of a value.
func cellText(v types.Value) string {
	switch {
	case v.Null:
		return ""
	case v.Type == types.Bool && v.Int != 0:
		return "True"
	case v.Type == types.Bool:
		return "False"
	case v.Type == types.Real:
		return dynamic.FormatReal(v.Real)
	case v.Type == types.Dynamic:
		return plainText(parse(v))
	}
	return plainText(dynamic.Of(v))
}
