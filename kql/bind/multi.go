package bind

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// multiCall binds a call that gives several columns; ok is false if e gives one.
func (b *binder) multiCall(e *syntax.Call, v *env) (cols []outColumn, ok bool) {
	if v.agg != nil && !v.agg.inside {
		if f := builtin.Lookup(e.F.Value, builtin.Aggregate); f != nil {
			switch f.Name {
			case "arg_max", "arg_min", "argmax", "argmin", "take_any":
				return b.rowAggregate(f, e, v), true
			case "any":
				if len(e.Args) != 1 || isStar(e.Args[0]) {
					return b.rowAggregate(f, e, v), true
				}
			case "percentile", "percentiles", "percentilew", "percentilesw":
				return b.percentiles(f, e, v), true
			case "percentiles_array", "percentilesw_array":
				name := ""
				if len(e.Args) > 0 {
					name, _ = b.autoName(e.Args[0], v)
				}
				x := b.aggregateCall(f, e, v)
				return []outColumn{{name: "percentiles_" + name, x: x, t: x.Type()}}, true
			}
			return nil, false
		}
	}
	f := builtin.Lookup(e.F.Value, builtin.Scalar)
	if f == nil {
		return nil, false
	}
	switch {
	case len(f.Parts) > 0:
		return b.partColumns(f, e, v), true
	case f.Name == "array_sort_asc" || f.Name == "array_sort_desc":
		return b.sortedArrays(f, e, v), true
	}
	return nil, false
}

func isStar(e syntax.Expr) bool { _, ok := e.(*syntax.Star); return ok }

// partColumns splits the value of a function with Parts.
func (b *binder) partColumns(f *builtin.Function, e *syntax.Call, v *env) []outColumn {
	x := b.scalarCall(f, e, v)
	name := ""
	if len(e.Args) > 0 {
		name, _ = b.autoName(e.Args[0], v)
	}
	cols := make([]outColumn, len(f.Parts))
	for i, p := range f.Parts {
		c := outColumn{name: f.Prefix + "_" + name + "_" + p.Name, t: p.Type, x: unknown()}
		if !bad(x) {
			c.x = convert(&plan.Path{X: x, Keys: []plan.Expr{long(int64(i))}}, p.Type)
		}
		cols[i] = c
	}
	return cols
}

// sortedArrays splits the value of array_sort_asc, which sorts all its arrays by the first.
func (b *binder) sortedArrays(f *builtin.Function, e *syntax.Call, v *env) []outColumn {
	x := b.scalarCall(f, e, v)
	var cols []outColumn
	for i, a := range e.Args {
		if call, ok := x.(*plan.Call); ok && i < len(call.Args) && call.Args[i].Type() != types.Dynamic {
			break // the flag that says where nulls go
		}
		name, _ := b.autoName(a, v)
		c := outColumn{name: strings.TrimPrefix(name+"_sorted", "_"), t: types.Dynamic, x: unknown()}
		if name == "" {
			c.name = "array_sorted"
		}
		if !bad(x) {
			c.x = &plan.Path{X: x, Keys: []plan.Expr{long(int64(i))}}
		}
		cols = append(cols, c)
	}
	if len(cols) == 1 && !bad(x) {
		cols[0].x = x // of one array the value is the sorted array itself
	}
	if len(cols) == 0 {
		cols = []outColumn{{name: "array_sorted", t: types.Dynamic, x: x}}
	}
	return cols
}

// percentiles binds percentile(s): a column for each percentage.
func (b *binder) percentiles(f *builtin.Function, e *syntax.Call, v *env) []outColumn {
	first := 1
	if strings.HasPrefix(f.Name, "percentilew") || strings.HasPrefix(f.Name, "percentilesw") {
		first = 2
	}
	if len(e.Args) <= first {
		b.countError(f, len(e.Args), e.Span())
		return []outColumn{{x: unknown()}}
	}
	single := must(builtin.Aggregate, "percentile")
	if first == 2 {
		single = must(builtin.Aggregate, "percentilew")
	}
	valueName, _ := b.autoName(e.Args[0], v)
	var cols []outColumn
	for _, p := range e.Args[first:] {
		one := *e
		one.Args = append(append([]syntax.Expr(nil), e.Args[:first]...), p)
		x := b.aggregateCall(single, &one, v)
		cols = append(cols, outColumn{name: "percentile_" + valueName + "_" + b.fragment(p, v), x: x, t: x.Type()})
	}
	return cols
}

// fragment is the part of a name that a constant gives: its letters and digits.
func (b *binder) fragment(e syntax.Expr, v *env) string {
	s := ""
	if l, ok := unparen(e).(*syntax.Literal); ok {
		s = l.Text
	} else if c, ok := constOf(b.scalar(e, v)); ok {
		s = c.Text()
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}
