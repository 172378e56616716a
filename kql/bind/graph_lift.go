package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// lifting moves what a graph pattern computes to where it is cheapest: what reads one
// element becomes a column of the table of edges or of nodes, which the search reads; what
// is left is computed over the matches.
type lifting struct {
	*matching
	at           source.Span
	edges, nodes *rel
	edgeExtra    extraColumns
	nodeExtra    extraColumns
	outputs      []plan.GraphOutput
	cols         types.Schema // parallel to outputs
}

// extraColumns are the computed columns of a table.
type extraColumns struct {
	cols  types.Schema
	xs    []plan.Expr
	names map[string]string // by the expression's text
}

func newLifting(m *matching, at source.Span) *lifting {
	l := &lifting{matching: m, at: at, edges: m.r.graph.edges, nodes: m.b.nodeTable(m.r.graph)}
	l.edgeExtra.names, l.nodeExtra.names = map[string]string{}, map[string]string{}
	return l
}

// plan makes the step, a filter for conditions that it can't check, and the projection.
func (l *lifting) plan(name string, condition plan.Expr, cols types.Schema, xs []plan.Expr) *rel {
	var left []plan.Expr
	for _, c := range plan.Conjuncts(condition) {
		if !l.place(c) {
			left = append(left, c)
		}
	}
	var after plan.Expr
	for _, c := range left {
		if l.eachEdge(c) {
			l.b.error(codeUnsupported, l.at, "a condition on each edge of a path and on something else is not supported", "put the condition on the edges into all(edge, ..)")
			return badRel()
		}
		x := l.lifted(c)
		if l.comparison(x) && readsElement(x) && !l.shortest {
			l.spec.Checks = append(l.spec.Checks, x)
			continue
		}
		if l.shortest && !l.endsOnly(x) {
			l.b.error(codeUnsupported, l.at, "graph-shortest-paths supports conditions on single elements, on both ends, and all(..)", "")
			return badRel()
		}
		x = l.output(x)
		if after == nil {
			after = x
		} else {
			after = &plan.Call{Func: mustInfix("and"), Args: []plan.Expr{after, x}, T: types.Bool, At: l.at}
		}
	}
	out := make([]plan.Expr, len(xs))
	for i, x := range xs {
		y := l.lifted(x)
		if _, bare := y.(*plan.StateColumn); !bare && l.eachEdge(y) {
			l.b.error(codeUnsupported, l.at, "an expression over each edge of a path and over something else is not supported", "compute it over the edges with map(edge, ..)")
			return badRel()
		}
		out[i] = l.output(y)
		if t := out[i].Type(); t != cols[i].Type {
			out[i] = convert(out[i], cols[i].Type)
		}
	}
	if len(l.outputs) == 0 {
		l.add(plan.GraphOutput{Column: l.spec.NodeID}, l.r.graph.idType())
	}
	l.spec.Outputs = l.outputs
	var node plan.Node = &plan.Plugin{
		Out: plan.Out{Columns: l.cols, At: l.at}, Name: name, Spec: l.spec,
		Input: l.edgeExtra.over(l.edges, l.at, l.spec.Source, l.spec.Target), Right: l.nodeTable(),
	}
	if after != nil {
		node = &plan.Filter{Out: plan.Out{Columns: l.cols, At: l.at}, Input: node, Predicate: after}
	}
	return newRel(node, l.cols).project(cols, out, l.at)
}

// readsElement reports whether an expression reads anything of a match.
func readsElement(x plan.Expr) bool {
	found := false
	plan.WalkExpr(x, func(y plan.Expr) bool {
		_, ok := y.(*plan.StateColumn)
		found = found || ok
		return !found
	})
	return found
}

// place makes a condition one of a single element, if it is.
func (l *lifting) place(x plan.Expr) bool {
	if c, ok := x.(*plan.Call); ok && c.Func.Name == "all" {
		element, inner := pathOf(c)
		e := &l.spec.Elements[element]
		if name := l.pathColumn(c.Args[1], inner); inner {
			e.Inner = append(e.Inner, name)
		} else {
			e.Where = append(e.Where, name)
		}
		return true
	}
	only, ok := l.single(x)
	if !ok || l.wholePath(x) {
		return false
	}
	e := &l.spec.Elements[only]
	e.Where = append(e.Where, l.column(only, x))
	return true
}

// wholePath reports whether an expression reads an edge of variable length as a whole.
func (l *lifting) wholePath(x plan.Expr) bool {
	found := false
	plan.WalkExpr(x, func(y plan.Expr) bool {
		s, ok := y.(*plan.StateColumn)
		found = found || ok && s.Name == "" && l.spec.Elements[s.Step].Variable
		return !found
	})
	return found
}

// eachEdge reports whether an expression reads a property of an edge of variable length
// outside of all, any and map.
func (l *lifting) eachEdge(x plan.Expr) bool {
	found := false
	plan.WalkExpr(x, func(y plan.Expr) bool {
		if c, ok := y.(*plan.Call); ok && overPath(c) {
			return false
		}
		s, ok := y.(*plan.StateColumn)
		found = found || ok && s.Name != "" && l.spec.Elements[s.Step].Variable
		return !found
	})
	return found
}

// single returns the only element that an expression reads, if it computes nothing over
// whole paths.
func (l *lifting) single(x plan.Expr) (element int, ok bool) {
	element, ok = -1, true
	plan.WalkExpr(x, func(y plan.Expr) bool {
		switch y := y.(type) {
		case *plan.StateColumn:
			ok = ok && (element < 0 || element == y.Step)
			element = y.Step
		case *plan.Call:
			ok = ok && !overPath(y) && !y.Func.Volatile
		}
		return ok
	})
	return element, ok && element >= 0
}

// overPath reports whether a call is all, any or map.
func overPath(c *plan.Call) bool {
	switch c.Func.Name {
	case "all", "any", "map":
		s, ok := c.Args[0].(*plan.StateColumn)
		if inner, isCall := c.Args[0].(*plan.Call); isCall && inner.Func.Name == "inner_nodes" {
			s, ok = inner.Args[0].(*plan.StateColumn)
		}
		return ok && s.Name == ""
	}
	return false
}

// pathOf returns the edge that all, any or map look at, and whether at its inner nodes.
func pathOf(c *plan.Call) (element int, inner bool) {
	if s, ok := c.Args[0].(*plan.StateColumn); ok {
		return s.Step, false
	}
	return c.Args[0].(*plan.Call).Args[0].(*plan.StateColumn).Step, true
}

// column computes an expression over one element as a column of its table. A property of
// an edge of variable length is there that of each of its edges.
func (l *lifting) column(element int, x plan.Expr) string {
	e := l.spec.Elements[element]
	x = plan.MapExpr(x, func(y plan.Expr) plan.Expr {
		s, ok := y.(*plan.StateColumn)
		switch {
		case !ok:
			return y
		case s.Name == "":
			return l.bag(e.Edge)
		}
		c := &plan.Column{Name: s.Name, T: l.typeOf(e.Edge, s)}
		if c.T != s.T {
			return &plan.Convert{X: c, T: s.T}
		}
		return c
	})
	return l.extra(!e.Edge).add(x)
}

// typeOf is the type of a property in its table.
func (l *lifting) typeOf(edge bool, s *plan.StateColumn) types.Type {
	table := l.nodes
	if edge {
		table = l.edges
	}
	if i := table.cols.Index(s.Name); i >= 0 {
		return table.cols[i].Type
	}
	return s.T
}

// bag is a whole element as a property bag.
func (l *lifting) bag(edge bool) plan.Expr {
	cols := l.r.graph.nodeColumns()
	if edge {
		cols = l.edges.cols
	}
	var args []plan.Expr
	for _, c := range cols {
		args = append(args, text(c.Name), &plan.Column{Name: c.Name, T: c.Type})
	}
	return fn("bag_pack", types.Dynamic, l.at, args...)
}

// pathColumn computes what all, any or map want of each edge or node of a path.
func (l *lifting) pathColumn(x plan.Expr, inner bool) string {
	plan.WalkExpr(x, func(y plan.Expr) bool {
		if _, ok := y.(*plan.StateColumn); ok {
			l.b.error(codeUnsupported, l.at, "inside all, any and map only the columns of the edge or node itself can be read", "")
		}
		return true
	})
	return l.extra(inner).add(x)
}

func (l *lifting) extra(node bool) *extraColumns {
	if node {
		return &l.nodeExtra
	}
	return &l.edgeExtra
}

func (e *extraColumns) add(x plan.Expr) string {
	if c, ok := x.(*plan.Column); ok {
		e.names[c.Name] = c.Name
		return c.Name
	}
	key := plan.PrintExpr(x)
	if name, ok := e.names[key]; ok {
		return name
	}
	name := "$c" + itoa(len(e.cols)+1)
	e.names[key] = name
	e.cols, e.xs = append(e.cols, types.Column{Name: name, Type: x.Type()}), append(e.xs, x)
	return name
}

// over is a table with the computed columns and those of its own that are read.
func (e *extraColumns) over(r *rel, at source.Span, needed ...string) plan.Node {
	read := map[string]bool{}
	for _, n := range needed {
		read[n] = true
	}
	for _, n := range e.names {
		read[n] = true
	}
	var cols types.Schema
	var xs []plan.Expr
	for i, c := range r.cols {
		if read[c.Name] {
			cols, xs = append(cols, c), append(xs, r.column(i))
		}
	}
	return r.project(append(cols, e.cols...), append(xs, e.xs...), at).node
}

// lifted replaces the largest parts of an expression that read one element by columns of
// it; over an edge of variable length they are arrays.
func (l *lifting) lifted(x plan.Expr) plan.Expr {
	if s, ok := x.(*plan.StateColumn); ok {
		if s.Name == "" {
			return &plan.StateColumn{Step: s.Step, Name: l.column(s.Step, s), T: types.Dynamic}
		}
		l.extra(!l.spec.Elements[s.Step].Edge).names[s.Name] = s.Name
		return s
	}
	if c, ok := x.(*plan.Call); ok && overPath(c) {
		return x
	}
	if only, ok := l.single(x); ok && !l.wholePath(x) {
		t := x.Type()
		if l.spec.Elements[only].Variable {
			t = types.Dynamic // one for each edge
		}
		return &plan.StateColumn{Step: only, Name: l.column(only, x), T: t}
	}
	return plan.MapOperands(x, l.lifted)
}

// output replaces what an expression reads of a match by columns of the step.
func (l *lifting) output(x plan.Expr) plan.Expr {
	switch x := x.(type) {
	case *plan.StateColumn:
		return l.add(plan.GraphOutput{Element: x.Step, Column: x.Name}, x.T)
	case *plan.Call:
		if overPath(x) {
			element, inner := pathOf(x)
			o := plan.GraphOutput{Element: element, Inner: inner, Column: l.pathColumn(x.Args[1], inner)}
			if x.Func.Name != "map" {
				o.Fold = x.Func.Name
			}
			return l.add(o, x.T)
		}
	}
	return plan.MapOperands(x, l.output)
}

func (l *lifting) add(o plan.GraphOutput, t types.Type) plan.Expr {
	for i, other := range l.outputs {
		if other == o {
			return &plan.Column{Name: l.cols[i].Name, T: l.cols[i].Type}
		}
	}
	l.extra(!l.spec.Elements[o.Element].Edge || o.Inner).names[o.Column] = o.Column
	c := types.Column{Name: "$g" + itoa(len(l.cols)+1), Type: t}
	l.outputs, l.cols = append(l.outputs, o), append(l.cols, c)
	return &plan.Column{Name: c.Name, T: t}
}

// comparison reports whether the search can check an expression itself: comparisons of
// plain values of one type.
func (l *lifting) comparison(x plan.Expr) bool {
	c, ok := x.(*plan.Call)
	if !ok {
		return false
	}
	switch c.Func.Name {
	case "and", "or", "not":
		for _, a := range c.Args {
			if !l.comparison(a) {
				return false
			}
		}
		return true
	case "==", "!=", "<", "<=", ">", ">=":
		for _, a := range c.Args {
			_, isConst := constOf(a) // a value that is read from a table is none
			if s, isState := a.(*plan.StateColumn); isState && l.spec.Elements[s.Step].Variable || !isState && !isConst {
				return false
			}
			switch t := a.Type(); t {
			case types.Dynamic, types.Decimal, types.Unknown:
				return false
			default:
				if t != c.Args[0].Type() {
					return false
				}
			}
		}
		return true
	}
	return false
}

// endsOnly reports whether an expression reads nothing but the two ends of a path.
func (l *lifting) endsOnly(x plan.Expr) bool {
	chain := l.spec.Patterns[0].Elements
	ends := true
	plan.WalkExpr(x, func(y plan.Expr) bool {
		if s, ok := y.(*plan.StateColumn); ok {
			ends = ends && (s.Step == chain[0] || s.Step == chain[len(chain)-1])
		}
		return ends
	})
	return ends
}
