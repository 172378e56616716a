package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// graphMatchOp binds graph-match.
//
// Source: https://learn.microsoft.com/kusto/query/graph-match-operator
func (b *binder) graphMatchOp(o *syntax.GraphMatchOp, r *rel, v *env) *rel {
	cycles, _ := param(o.Params, "cycles")
	m := &matching{b: b, r: r, v: v, spec: &plan.GraphSpec{Cycles: cycles}}
	return m.bind("graph-match", o, o.Patterns, o.Where, o.Project)
}

// graphShortestPathsOp binds graph-shortest-paths.
//
// Source: https://learn.microsoft.com/kusto/query/graph-shortest-paths-operator
func (b *binder) graphShortestPathsOp(o *syntax.GraphShortestPathsOp, r *rel, v *env) *rel {
	output, _ := param(o.Params, "output")
	if output == "" {
		output = "any"
	}
	m := &matching{b: b, r: r, v: v, shortest: true, spec: &plan.GraphSpec{All: output == "all", Cycles: "all"}}
	return m.bind("graph-shortest-paths", o, o.Patterns, o.Where, o.Project)
}

// matching is one graph pattern being bound.
type matching struct {
	b        *binder
	r        *rel
	v        *env
	spec     *plan.GraphSpec
	shortest bool
	lift     *lifting
}

func (m *matching) bind(name string, o syntax.Operator, patterns []*syntax.GraphPattern, where syntax.Expr, project []syntax.Expr) *rel {
	if m.r.bad || m.r.graph == nil {
		return badRel()
	}
	g := m.r.graph
	for _, p := range patterns {
		m.pattern(p)
	}
	m.checkShape(o)
	m.spec.Source, m.spec.Target, m.spec.NodeID = g.source, g.target, g.id
	if len(project) == 0 {
		m.b.error(codeArgumentCount, o.Keyword(), "a graph pattern needs a project", "write project a.Column, e.Column ..")
		return badRel()
	}
	in := *m.v.tables()
	in.graph = &graphScope{g: g, elements: m.spec.Elements}
	var condition plan.Expr
	if where != nil {
		condition = m.b.condition(where, &in)
	}
	p := newProjection()
	for _, e := range project {
		m.b.item(p, e, &in, styleProject, "")
	}
	cols, xs := p.schema()
	for i, x := range xs {
		if bad(x) {
			m.b.failed = true
		}
		if m.variable(x) && cols[i].Type != types.Dynamic {
			cols[i].Type = types.Dynamic
		}
	}
	if m.b.failed || condition != nil && bad(condition) {
		return &rel{bad: true, open: true, cols: cols, node: m.r.node}
	}
	m.lift = newLifting(m, o.Span())
	return m.lift.plan(name, condition, cols, xs)
}

// checkShape checks that the patterns hang together, and that a shortest path is one.
func (m *matching) checkShape(o syntax.Operator) {
	joined := map[int]bool{}
	for grown := true; grown; {
		grown = false
		for i, p := range m.spec.Patterns {
			touches := i == 0
			for _, e := range p.Elements {
				touches = touches || joined[e]
			}
			for _, e := range p.Elements {
				if touches && !joined[e] {
					joined[e], grown = true, true
				}
			}
		}
	}
	if len(joined) < len(m.spec.Elements) {
		m.b.error(codeBadPattern, o.Span(), "the patterns do not hang together", "use a node of one pattern in the other")
	}
	if !m.shortest {
		return
	}
	variable := 0
	for _, e := range m.spec.Elements {
		if e.Variable {
			variable++
		}
	}
	if len(m.spec.Patterns) != 1 || variable == 0 {
		m.b.error(codeBadPattern, o.Span(), "graph-shortest-paths needs one pattern with an edge of variable length", "write (a)-[e*1..5]->(b)")
	}
}

// variable reports whether an expression reads an edge of variable length.
func (m *matching) variable(x plan.Expr) bool {
	found := false
	plan.WalkExpr(x, func(y plan.Expr) bool {
		s, ok := y.(*plan.StateColumn)
		found = found || ok && m.spec.Elements[s.Step].Variable
		return !found
	})
	return found
}

// pattern adds a chain of nodes and edges.
func (m *matching) pattern(p *syntax.GraphPattern) {
	var path plan.GraphPath
	for i, n := range p.Nodes {
		path.Elements = append(path.Elements, m.node(n))
		if i < len(p.Edges) {
			path.Elements = append(path.Elements, m.edge(p.Edges[i]))
		}
	}
	if len(p.Nodes) != len(p.Edges)+1 {
		m.b.errorf(codeBadPattern, p.Span(), "a graph pattern alternates nodes and edges, and ends with a node")
	}
	m.spec.Patterns = append(m.spec.Patterns, path)
}

func (m *matching) node(n *syntax.GraphNode) int {
	name := ""
	if n.Name != nil {
		name = n.Name.Value
		for i, e := range m.spec.Elements {
			if e.Name == name && !e.Edge {
				return i
			}
		}
	}
	m.spec.Elements = append(m.spec.Elements, plan.GraphElement{Name: name})
	return len(m.spec.Elements) - 1
}

// maxHops bounds the length of a variable edge.
const maxHops = 1000

func (m *matching) edge(e *syntax.GraphEdge) int {
	el := plan.GraphElement{Edge: true, Variable: e.Variable, Min: 1, Max: 1, Reverse: e.Direction == "<-", Either: e.Direction == "--" || !m.r.graph.directed}
	if e.Name != nil {
		el.Name = e.Name.Value
		for _, other := range m.spec.Elements {
			if other.Name == el.Name {
				m.b.errorf(codeBadPattern, e.Span(), "the name '%s' is used twice", el.Name)
			}
		}
	}
	if e.Variable {
		el.Min, el.Max = m.hops(e.Min, 1), m.hops(e.Max, maxHops)
		if el.Max < el.Min {
			m.b.errorf(codeBadPattern, e.Span(), "an edge of %d to %d hops", el.Min, el.Max)
		}
	}
	m.spec.Elements = append(m.spec.Elements, el)
	return len(m.spec.Elements) - 1
}

func (m *matching) hops(e syntax.Expr, missing int) int {
	if e == nil {
		return missing
	}
	x := m.b.scalar(e, m.v.tables())
	n, ok := intOf(x)
	if !ok || n < 0 || n > maxHops {
		if !bad(x) {
			m.b.errorf(codeBadValue, e.Span(), "the length of a path is a constant from 0 to %d", maxHops)
		}
		return missing
	}
	return int(n)
}
