package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// ingestionTime binds ingestion_time(): the hidden column of stored rows.
func (b *binder) ingestionTime(e *syntax.Call, v *env) plan.Expr {
	b.wantsIngestion = true
	if v.row != nil && (v.row.hidden || v.row.bad) {
		return &plan.Column{Name: plan.IngestionTime, T: types.DateTime}
	}
	if b.ingestion {
		b.warn(codeIngestion, e.Span(), "these rows have no ingestion time, it is null",
			"ask for ingestion_time() next to the table, before summarize or join")
	}
	return nullOf(types.DateTime)
}

// columnIfExists binds column_ifexists("name", default).
func (b *binder) columnIfExists(e *syntax.Call, v *env) plan.Expr {
	f := builtin.Lookup("column_ifexists", builtin.Scalar)
	if len(e.Args) != 2 {
		b.countError(f, len(e.Args), e.Span())
		return unknown()
	}
	name := b.scalar(e.Args[0], v)
	def := b.scalar(e.Args[1], v)
	if bad(name) || v.row != nil && v.row.bad {
		return unknown()
	}
	s, ok := stringOf(name)
	if !ok {
		b.errorf(codeConstantExpected, e.Args[0].Span(), "a column's name is expected as a constant string")
		return unknown()
	}
	if v.row != nil {
		if i := v.row.index(s); i >= 0 {
			return v.row.column(i)
		}
	}
	return def
}

// packAll binds pack_all([ignore_null_empty]) to a call of pack_all with the flag and
// then the name and value of each column.
func (b *binder) packAll(e *syntax.Call, v *env) plan.Expr {
	f := builtin.Lookup("pack_all", builtin.Scalar)
	if len(e.Args) > 1 || v.row == nil {
		b.countError(f, len(e.Args), e.Span())
		return unknown()
	}
	var flag plan.Expr = boolean(false)
	if len(e.Args) == 1 {
		if flag = b.scalar(e.Args[0], v); bad(flag) {
			return flag
		}
	}
	args := []plan.Expr{flag}
	for i := range v.row.cols {
		args = append(args, text(v.row.cols[i].Name), v.row.column(i))
	}
	return &plan.Call{Func: f, Args: args, T: types.Dynamic, At: e.Span()}
}

// bagPackColumns binds bag_pack_columns(a, b) as bag_pack("a", a, "b", b).
func (b *binder) bagPackColumns(e *syntax.Call, v *env) plan.Expr {
	var args []plan.Expr
	for _, a := range e.Args {
		if _, star := a.(*syntax.Star); star && v.row != nil {
			for i := range v.row.cols {
				args = append(args, text(v.row.cols[i].Name), v.row.column(i))
			}
			continue
		}
		x := b.scalar(a, v)
		if bad(x) {
			return x
		}
		name, ok := b.autoName(a, v)
		if !ok {
			b.errorf(codeColumnExpected, a.Span(), "bag_pack_columns takes columns, this has no name")
			return unknown()
		}
		args = append(args, text(name), x)
	}
	return fn("bag_pack", types.Dynamic, e.Span(), args...)
}
