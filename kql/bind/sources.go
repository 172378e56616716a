package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// declaredColumns is the schema of declared columns; a name can be declared once.
func (b *binder) declaredColumns(list []*syntax.TypedName) types.Schema {
	var s types.Schema
	for _, c := range list {
		if s.Index(c.Name.Value) >= 0 {
			b.error(codeDuplicateColumn, c.Span(), "the column '"+c.Name.Value+"' is declared twice", "")
			continue
		}
		s = append(s, types.Column{Name: c.Name.Value, Type: c.Type})
	}
	return s
}

// datatable binds datatable(..)[..]: rows of constants.
func (b *binder) datatable(e *syntax.Datatable, v *env) *rel {
	cols := b.declaredColumns(e.Columns)
	n := len(e.Columns)
	if n == 0 || len(cols) != n {
		if n == 0 {
			b.errorf(codeArgumentCount, e.Span(), "a datatable needs columns")
		}
		return badRel()
	}
	if len(e.Values)%n != 0 {
		b.errorf(codeArgumentCount, e.Span(), "%d values do not fill rows of %d columns", len(e.Values), n)
		return badRel()
	}
	rows := make([][]plan.Expr, 0, len(e.Values)/n)
	for i := 0; i < len(e.Values); i += n {
		row := make([]plan.Expr, n)
		for j := range n {
			row[j] = b.cell(e.Values[i+j], cols[j], v)
		}
		rows = append(rows, row)
	}
	return newRel(&plan.Values{Out: plan.Out{Columns: cols, At: e.Span()}, Rows: rows}, cols)
}

// cell binds one value of a datatable as its column's type; what can't be read as
// that is null.
func (b *binder) cell(e syntax.Expr, c types.Column, v *env) plan.Expr {
	if n, ok := leastLong(e); ok {
		e = n
	}
	x := fold(b.scalar(e, v.tables()))
	if bad(x) || x.Type() == c.Type {
		return x
	}
	k, ok := x.(*plan.Const)
	if !ok {
		if !constant(x) {
			b.errorf(codeConstantExpected, e.Span(), "a constant is expected in a datatable")
			return unknown()
		}
		return b.coerce(x, c.Type, e.Span(), c.Name)
	}
	if k.Value.Null {
		return nullOf(c.Type)
	}
	if val, ok := constAs(k.Value, c.Type); ok {
		return &plan.Const{Value: val}
	}
	if k.Value.Type == types.String {
		return nullOf(c.Type)
	}
	b.errorf(codeArgumentType, e.Span(), "the column '%s' is %s, this is %s", c.Name, article(c.Type), article(k.Value.Type))
	return unknown()
}

// leastLong returns -9223372036854775808, which only a datatable takes: the number
// without its sign is no long.
func leastLong(e syntax.Expr) (*syntax.Literal, bool) {
	u, ok := e.(*syntax.Unary)
	if !ok || u.Op != "-" {
		return nil, false
	}
	l, ok := u.X.(*syntax.Literal)
	if !ok || l.Kind != syntax.LitLong || l.Text != "9223372036854775808" {
		return nil, false
	}
	negative := *l
	negative.Negative = true
	return &negative, true
}

// constAs converts a constant to type t the way a datatable does.
func constAs(v types.Value, t types.Type) (types.Value, bool) {
	if out, ok := convertConst(v, t); ok {
		return out, true
	}
	switch {
	case v.Type == types.String && t == types.Dynamic:
		return types.Value{Type: t, Str: jsonString(v.Str)}, true
	case v.Type == types.String:
		return fromText(v.Str, t)
	case t == types.Dynamic:
		return types.Value{Type: t, Str: jsonValue(v)}, true
	case v.Type == types.Dynamic:
		return fromJSON(v, t)
	case t == types.String:
		return types.Value{Type: t, Str: v.Text()}, true
	case v.Type == types.Long && t == types.Int:
		return types.Value{Type: t, Int: int64(int32(v.Int))}, true
	case v.Type == types.Real && (t == types.Long || t == types.Int):
		return types.Value{Type: t, Int: int64(v.Real)}, true
	case v.Type == types.Real && t == types.Decimal:
		return decimalValue(jsonValue(v))
	case v.Type == types.Decimal && t == types.Real:
		return realValue(v.Str)
	case t == types.Bool && (v.Type == types.Long || v.Type == types.Int):
		out := types.Value{Type: t}
		if v.Int != 0 {
			out.Int = 1
		}
		return out, true
	case v.Type == types.Bool && t == types.Int, v.Type == types.Bool && t == types.Real:
		return types.Value{Type: t, Int: v.Int, Real: float64(v.Int)}, true
	case t == types.DateTime && v.Type == types.Long, t == types.TimeSpan && v.Type == types.Long:
		return types.Value{Type: t, Int: v.Int}, true
	}
	return v, false
}

// rangeOp binds range x from a to b step c.
func (b *binder) rangeOp(o *syntax.RangeOp, r *rel, v *env) *rel {
	b.notFirst(o, r)
	in := v.tables()
	from, to, step := b.scalar(o.From, in), b.scalar(o.To, in), b.scalar(o.Step, in)
	name := ""
	if o.Name != nil {
		name = o.Name.Value
	}
	if bad(from) || bad(to) || bad(step) {
		return &rel{cols: types.Schema{{Name: name}}, node: &plan.Values{}, bad: true}
	}
	t, ok := rangeType(from.Type(), to.Type(), step.Type())
	if !ok {
		b.error(codeOperandTypes, o.Span(), "a range can't go from "+from.Type().String()+" to "+to.Type().String()+" by "+step.Type().String(),
			"ranges are of int, long, real, datetime (by a timespan) or timespan")
		return badRel()
	}
	if n, ok := constOf(step); ok && (whole(n.Type) && n.Int == 0 || n.Type == types.Real && n.Real == 0) {
		b.errorf(codeBadValue, o.Step.Span(), "the step of a range can't be 0")
		return badRel()
	}
	cols := types.Schema{{Name: name, Type: t}}
	node := &plan.Range{Out: plan.Out{Columns: cols, At: o.Span()}, From: convert(from, t), To: convert(to, t)}
	if t == types.DateTime {
		node.Step = step
	} else {
		node.Step = convert(step, t)
	}
	s := newRel(node, cols)
	s.serialized = true
	return s
}

// rangeType is the type of a range's column.
func rangeType(from, to, step types.Type) (types.Type, bool) {
	if from == types.Decimal || to == types.Decimal || step == types.Decimal {
		return types.Unknown, false
	}
	if from.IsNumeric() && to.IsNumeric() && step.IsNumeric() {
		if from == types.Int && to == types.Int && step == types.Int {
			return types.Int, true
		}
		return widest(wider(from, to), step), true
	}
	switch {
	case from == types.DateTime && to == types.DateTime && step == types.TimeSpan:
		return types.DateTime, true
	case from == types.TimeSpan && to == types.TimeSpan && step == types.TimeSpan:
		return types.TimeSpan, true
	}
	return types.Unknown, false
}

// externalData binds externaldata(..)[..]: rows of files.
func (b *binder) externalData(e *syntax.ExternalData, v *env) *rel {
	cols := b.declaredColumns(e.Columns)
	spec := &plan.ExternalSpec{Properties: map[string]string{}}
	for _, u := range e.URIs {
		x := b.scalar(u, v.tables())
		if bad(x) {
			continue
		}
		s, ok := stringOf(x)
		if !ok {
			b.errorf(codeConstantExpected, u.Span(), "an address is expected as a constant string")
			continue
		}
		spec.URIs = append(spec.URIs, s)
	}
	for _, p := range e.Params {
		if len(p.Names) != 1 {
			continue
		}
		val := paramText(p.X)
		if p.Names[0].Value == "format" {
			spec.Format = val
		}
		spec.Properties[p.Names[0].Value] = val
	}
	return newRel(&plan.Plugin{Out: plan.Out{Columns: cols, At: e.Span()}, Name: "externaldata", Spec: spec}, cols)
}
