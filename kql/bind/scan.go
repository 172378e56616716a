package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// scanState is a step of a scan that conditions can name: it offers the columns of
// the row that it matched last, and the declared ones.
type scanState struct {
	name  string
	index int
	cols  types.Schema
}

// stepColumn resolves step.column of a scan and element.property of a graph
// pattern, nil if n names neither.
func (b *binder) stepColumn(n, c *syntax.Name, v *env) plan.Expr {
	for _, s := range v.steps {
		if s.name != n.Value {
			continue
		}
		if i := s.cols.Index(c.Value); i >= 0 {
			return &plan.StateColumn{Step: s.index, Name: c.Value, T: s.cols[i].Type}
		}
		b.report(b.noColumn(c, s.cols, " of the step '"+s.name+"'"))
		return unknown()
	}
	if v.graph != nil {
		return b.elementColumn(n, c, v)
	}
	return nil
}

// scanOp binds scan.
//
// Source: https://learn.microsoft.com/kusto/query/scan-operator
func (b *binder) scanOp(o *syntax.ScanOp, r *rel, v *env) *rel {
	in := v.rows(r)
	spec := &plan.ScanSpec{Order: nil}
	if len(o.OrderBy) > 0 {
		spec.Order = b.orders(o.OrderBy, r, v)
	} else if !r.serialized && !r.bad {
		b.error(codeNeedsOrder, o.Keyword(), "scan needs rows in an order", "put | sort by .. before it")
		return badRel()
	}
	ok := !r.bad
	for _, e := range o.PartitionBy {
		x := b.scalar(e, in)
		ok = ok && !bad(x)
		spec.Partition = append(spec.Partition, x)
	}
	p := newProjection()
	p.all(r)
	declared := b.scanDeclared(o, p, spec, v)
	if name, param := param(o.Params, "with_match_id"); param != nil {
		spec.MatchID = p.add(outColumn{name: name, t: types.Long, x: long(0)}, "", false, false)
	}
	if name, param := param(o.Params, "with_step_name"); param != nil {
		spec.StepName = p.add(outColumn{name: name, t: types.String, x: text("")}, "", false, false)
	}
	cols, _ := p.schema()
	ok = b.scanSteps(o, spec, declared, r, in) && ok
	if !ok {
		return &rel{bad: true, open: true, cols: cols, node: r.node}
	}
	input := r.visible()
	out := newRel(&plan.Plugin{Out: plan.Out{Columns: cols, At: o.Span()}, Name: "scan", Input: input.node, Spec: spec}, cols)
	out.serialized = true
	out.aliases = input.aliases
	out.keepAliases()
	return out
}

// scanDeclared binds declare (..) and returns the columns with their defaults.
func (b *binder) scanDeclared(o *syntax.ScanOp, p *projection, spec *plan.ScanSpec, v *env) types.Schema {
	var declared types.Schema
	for _, d := range o.Declare {
		c := types.Column{Name: d.Name.Value, Type: d.Type}
		if declared.Index(c.Name) >= 0 || p.index[c.Name] > 0 || len(p.cols) > 0 && p.cols[0].name == c.Name {
			b.error(codeDuplicateColumn, d.Span(), "there is a column '"+c.Name+"' already", "")
			continue
		}
		var def plan.Expr
		if d.Default != nil {
			def = fold(b.defaultValue(d, v))
			if !bad(def) && !constant(def) {
				b.errorf(codeConstantExpected, d.Default.Span(), "the default of a declared column must be a constant")
			}
		}
		declared = append(declared, c)
		spec.Declared = append(spec.Declared, plan.ScanColumn{Column: c, Default: def})
		p.add(outColumn{name: c.Name, t: c.Type, x: nullOf(c.Type)}, "", false, false)
	}
	return declared
}

// scanSteps binds the steps' conditions and assignments. A declared column without
// a step before it is its default.
func (b *binder) scanSteps(o *syntax.ScanOp, spec *plan.ScanSpec, declared types.Schema, r *rel, in *env) bool {
	state := append(append(types.Schema(nil), r.cols...), declared...)
	steps := make([]scanState, 0, len(o.Steps))
	for i, s := range o.Steps {
		if s.Name != nil {
			steps = append(steps, scanState{name: s.Name.Value, index: i, cols: state})
		}
	}
	env := *in
	env.steps = steps
	env.scope = in.scope.inner()
	for _, d := range spec.Declared {
		x := d.Default
		if x == nil {
			x = nullOf(d.Type)
		}
		env.scope.names[d.Name] = &entity{x: x, bad: bad(x)}
	}
	ok := len(o.Steps) > 0
	for _, s := range o.Steps {
		step := plan.ScanStep{Optional: s.Optional, Output: s.Output, Condition: b.condition(s.Condition, &env)}
		if s.Name != nil {
			step.Name = s.Name.Value
		}
		switch s.Output {
		case "":
			step.Output = "all"
		case "all", "last", "none":
		default:
			b.error(codeBadParameter, s.Span(), "'"+s.Output+"' is no output of a step", "outputs are all, last and none")
		}
		ok = ok && !bad(step.Condition)
		for _, a := range s.Assign {
			x := b.scalar(a.X, &env)
			i := -1
			if len(a.Names) == 1 {
				i = declared.Index(a.Names[0].Value)
			}
			if i < 0 {
				b.error(codeUnknownColumn, a.Span(), "a step can only set declared columns", "declare it: scan declare (name:type = default) with (..)")
				ok = false
				continue
			}
			if !bad(x) {
				x = b.coerce(x, declared[i].Type, a.X.Span(), declared[i].Name)
			}
			ok = ok && !bad(x)
			step.Assign = append(step.Assign, plan.ScanAssign{Column: i, X: x})
		}
		spec.Steps = append(spec.Steps, step)
	}
	return ok
}
