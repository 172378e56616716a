package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// This file binds the plugins that look for values which many rows have together.

const (
	patternWeight = "$weight"
	patternSide   = "$side"
)

// leastShare is the smallest threshold that Kusto takes: a pattern of fewer rows is chance.
const leastShare = 0.015

// patterns binds autocluster, basket, diffpatterns and diffpatterns_text.
//
// Source: https://learn.microsoft.com/kusto/query/autocluster-plugin, basket-plugin,
// diffpatterns-plugin, diffpatterns-text-plugin
func (p *pluginCall) patterns() *rel {
	l := pluginLayouts[p.f.Name]
	a, ok := p.arguments(l)
	s := &segmentCall{pluginCall: p, args: a, spec: &plan.PatternSpec{Threshold: 0.05, SizeWeight: 0.5}}
	s.ok = ok
	if ok {
		switch p.f.Name {
		case "autocluster":
			s.autocluster()
		case "basket":
			s.basket()
		case "diffpatterns":
			s.diffpatterns()
		default:
			s.diffpatternsText()
		}
	}
	var natural types.Schema
	if ok {
		natural = l.columns(p, a)
	}
	cols := s.outputs(natural)
	if !s.ok || p.r.bad || len(cols) == 0 {
		return &rel{bad: true, open: true, cols: cols, node: p.r.node}
	}
	if p.f.Name != "basket" {
		p.b.warn(codeOwnChoice, p.c.F.Span(), "which patterns '"+p.f.Name+"' chooses may differ from Kusto's",
			"each pattern given is counted exactly; evaluate basket(..) gives all frequent ones")
	}
	in := s.input()
	node := &plan.Plugin{Out: plan.Out{Columns: cols, At: p.at()}, Name: p.f.Name, Input: in.node, Spec: s.spec}
	if !plan.OfGroup(in.node) { // the rows are read twice: for the frequent values, and for the patterns
		ent := p.b.again(in)
		node.Input, node.Right = p.b.useTable(ent).node, p.b.useTable(ent).node
	}
	return newRel(node, cols)
}

// segmentCall is the call of one of those plugins while its arguments are read.
type segmentCall struct {
	*pluginCall
	args *pluginArgs
	spec *plan.PatternSpec
	ok   bool
	// taken are the columns that say something of a row and are no part of patterns.
	taken  []string
	weight plan.Expr
	// split is the condition for the first of two sets, among those that filter are kept.
	split, filter plan.Expr
}

func (s *segmentCall) autocluster() {
	s.spec.SizeWeight = s.number(0, 0.5, 0, 1)
	s.weighted(1)
	s.spec.Seeds = int(s.number(2, 25, 1, 1000))
	s.wildcards(3)
}

func (s *segmentCall) basket() {
	s.spec.Threshold = s.number(0, 0.05, leastShare, 1)
	s.weighted(1)
	s.spec.MaxDimensions = int(s.number(2, 5, 1, 1000))
	s.wildcards(3)
}

func (s *segmentCall) diffpatterns() {
	c, isColumn := s.args.args[0].(*plan.Column)
	if !isColumn {
		s.ok = false
		return
	}
	s.taken = append(s.taken, c.Name)
	var value plan.Expr = c
	if c.T != types.String {
		value = fn("tostring", types.String, s.at(), c)
	}
	first := opCall("==", types.Bool, s.at(), value, s.args.args[1])
	s.split = first
	s.filter = opCall("or", types.Bool, s.at(), first, opCall("==", types.Bool, s.at(), value, s.args.args[2]))
	for _, i := range []int{1, 2} {
		if !constant(s.args.args[i]) {
			s.b.errorf(codeConstantExpected, s.c.Args[i].Span(), "'%s' takes a constant here", s.f.Name)
			s.ok = false
		}
	}
	s.weighted(3)
	s.spec.Threshold = s.number(4, 0.05, leastShare, 1)
	s.spec.MaxDimensions = int(s.number(5, 0, 1, 1000))
	s.wildcards(6)
}

func (s *segmentCall) diffpatternsText() {
	s.split = s.args.args[1]
	s.spec.MinTokens = int(s.number(2, 1, 0, 200))
	s.spec.Threshold = s.number(3, 0.05, leastShare, 1)
	s.spec.MaxDimensions = int(s.number(4, 20, 1, 20))
	c, isColumn := s.args.args[0].(*plan.Column)
	if !isColumn {
		s.ok = false
		return
	}
	for _, other := range s.r.cols {
		if other.Name != c.Name {
			s.taken = append(s.taken, other.Name)
		}
	}
}

// number is the value of a numeric argument, its default if it is left out or "~".
func (s *segmentCall) number(i int, without, least, most float64) float64 {
	if i >= len(s.args.args) || isTilde(unnamed(s.c.Args[i])) {
		return without
	}
	n, ok := s.b.bounded(s.args.args[i], s.c.Args[i].Span(), s.f.Name, least, most)
	if !ok {
		s.ok = false
		return without
	}
	return n
}

// bounded reads a constant number that must not leave its bounds; of names what takes it.
func (b *binder) bounded(x plan.Expr, at source.Span, of string, least, most float64) (n float64, ok bool) {
	c, isConst := constOf(convert(x, types.Real))
	switch {
	case !isConst || c.Null:
		b.errorf(codeConstantExpected, at, "'%s' takes a constant number here", of)
	case c.Real < least || c.Real > most || c.Real != c.Real:
		b.errorf(codeBadValue, at, "'%s' takes a number from %g to %g here, this is %g", of, least, most, c.Real)
	default:
		return c.Real, true
	}
	return 0, false
}

// weighted reads the column of weights.
func (s *segmentCall) weighted(i int) {
	if i >= len(s.args.args) || isTilde(unnamed(s.c.Args[i])) {
		return
	}
	c, isColumn := s.args.args[i].(*plan.Column)
	if !isColumn {
		s.ok = false
		return
	}
	if !c.T.IsNumeric() {
		s.b.error(codeArgumentType, s.c.Args[i].Span(), "the weight of a row is a number, '"+c.Name+"' is "+article(c.T), `"~" stands for a weight of 1`)
		s.ok = false
		return
	}
	s.taken = append(s.taken, c.Name)
	s.weight = convert(c, types.Real)
}

// wildcards reads the values that stand for any: each for the columns of its type.
func (s *segmentCall) wildcards(from int) {
	for i := from; i < len(s.args.args); i++ {
		if isTilde(unnamed(s.c.Args[i])) {
			continue
		}
		c, isConst := constOf(s.args.args[i])
		if !isConst {
			s.b.errorf(codeConstantExpected, s.c.Args[i].Span(), "'%s' takes a constant here", s.f.Name)
			s.ok = false
			continue
		}
		s.spec.Wildcards = append(s.spec.Wildcards, c)
	}
}

// outputs are the columns of the result: those of the plugin, or of them the ones that are
// declared.
func (s *segmentCall) outputs(natural types.Schema) types.Schema {
	figures := len(natural) - len(s.r.cols)
	if s.f.Name == "diffpatterns_text" {
		figures = len(natural)
	}
	cols := uniqueColumns(natural)
	output := func(i int) plan.PatternOutput {
		if i < figures {
			return plan.PatternOutput{Figure: i}
		}
		return plan.PatternOutput{Column: s.r.cols[i-figures].Name}
	}
	wanted, declared := s.schema(s.r.cols)
	if !declared {
		for i := range cols {
			s.spec.Outputs = append(s.spec.Outputs, output(i))
		}
		return cols
	}
	for _, c := range wanted {
		i := cols.Index(c.Name)
		if i < 0 || cols[i].Type != c.Type {
			if s.ok {
				s.b.errorf(codeArgumentType, s.at(), "'%s' gives no column %s of type %s", s.f.Name, c.Name, c.Type)
				s.ok = false
			}
			continue
		}
		s.spec.Outputs = append(s.spec.Outputs, output(i))
	}
	return wanted
}

// input are the columns in which patterns are looked for, with the rows' weights and sets.
func (s *segmentCall) input() *rel {
	in := s.r.visible()
	if s.filter != nil {
		in = in.with(&plan.Filter{Out: in.same(s.at()), Input: in.node, Predicate: s.filter})
	}
	taken := map[string]bool{}
	for _, name := range s.taken {
		taken[name] = true
	}
	var cols types.Schema
	var xs []plan.Expr
	for i, c := range in.cols {
		if !taken[c.Name] {
			cols, xs = append(cols, c), append(xs, in.column(i))
			s.spec.Dimensions = append(s.spec.Dimensions, c.Name)
		}
	}
	add := func(name string, x plan.Expr) string {
		if x == nil {
			return ""
		}
		cols, xs = append(cols, types.Column{Name: name, Type: x.Type()}), append(xs, x)
		return name
	}
	s.spec.Weight = add(patternWeight, s.weight)
	s.spec.Side = add(patternSide, s.split)
	if len(cols) == 0 { // a table of weights alone
		cols, xs = types.Schema{{Name: patternWeight, Type: types.Real}}, []plan.Expr{&plan.Const{Value: types.Value{Type: types.Real, Real: 1}}}
	}
	return in.project(cols, xs, s.at())
}

// again makes a table one that is read several times: stored, unless it only filters and
// computes rows of the case, which is as cheap to repeat.
func (b *binder) again(r *rel) *entity {
	return &entity{rel: r, shared: b.share("", r, !repeatable(r.node))}
}

// repeatable reports whether a table is made of stored rows one by one, the same each time.
func repeatable(n plan.Node) bool {
	for _, x := range plan.Exprs(n) {
		same := true
		plan.WalkExpr(x, func(y plan.Expr) bool {
			c, isCall := y.(*plan.Call)
			same = same && plan.Table(y) == nil && !(isCall && c.Func.Volatile)
			return same
		})
		if !same {
			return false
		}
	}
	switch n := n.(type) {
	case *plan.Filter:
		return repeatable(n.Input)
	case *plan.Project:
		return repeatable(n.Input)
	case *plan.Scan:
		return true
	}
	return false
}
