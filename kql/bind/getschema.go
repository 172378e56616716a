package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// getSchemaOp binds getschema: the columns as rows.
func (b *binder) getSchemaOp(o *syntax.GetSchemaOp, r *rel) *rel {
	cols := types.Schema{
		{Name: "ColumnName", Type: types.String}, {Name: "ColumnOrdinal", Type: types.Long},
		{Name: "DataType", Type: types.String}, {Name: "ColumnType", Type: types.String},
	}
	var rows [][]plan.Expr
	for i, c := range r.cols {
		rows = append(rows, []plan.Expr{text(c.Name), long(int64(i)), text(netType(c.Type)), text(c.Type.String())})
	}
	if kind, _ := param(o.Params, "kind"); kind == "csl" {
		schema := ""
		for i, c := range r.cols {
			if i > 0 {
				schema += ", "
			}
			schema += c.Name + ":" + c.Type.String()
		}
		cols = types.Schema{{Name: "Schema", Type: types.String}}
		rows = [][]plan.Expr{{text(schema)}}
	}
	s := newRel(&plan.Values{Out: plan.Out{Columns: cols, At: o.Span()}, Rows: rows}, cols)
	s.serialized = true
	return s
}

// netType is the name of the .NET type that getschema shows.
func netType(t types.Type) string {
	switch t {
	case types.Bool:
		return "System.SByte"
	case types.DateTime:
		return "System.DateTime"
	case types.Decimal:
		return "System.Data.SqlTypes.SqlDecimal"
	case types.Dynamic:
		return "System.Object"
	case types.GUID:
		return "System.Guid"
	case types.Int:
		return "System.Int32"
	case types.Long:
		return "System.Int64"
	case types.Real:
		return "System.Double"
	case types.TimeSpan:
		return "System.TimeSpan"
	}
	return "System.String"
}

// assertSchemaOp binds assert-schema: the columns must be these.
func (b *binder) assertSchemaOp(o *syntax.AssertSchemaOp, r *rel) *rel {
	if r.bad || r.open {
		return r
	}
	want := typedSchema(o.Columns)
	if want.String() != r.cols.String() {
		b.errorf(codeTableExpected, o.Span(), "the table has the columns %s, asserted are %s", r.cols, want)
	}
	return r
}

// typedSchema is the schema of declared columns.
func typedSchema(list []*syntax.TypedName) types.Schema {
	s := make(types.Schema, 0, len(list))
	for _, c := range list {
		s = append(s, types.Column{Name: c.Name.Value, Type: c.Type})
	}
	return s
}
