package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// graph is a bound graph: its edges, and its nodes if they were given.
type graph struct {
	edges          *rel
	nodes          *rel // nil: nodes are the ends of edges
	source, target string
	id             string // column of nodes that holds the id; its name for nodes that were not given
	idVisible      bool   // the id can be named: with_node_id
	directed       bool
}

// nodeColumns are the properties of a node.
func (g *graph) nodeColumns() types.Schema {
	if g.nodes == nil {
		if !g.idVisible {
			return nil
		}
		return types.Schema{{Name: g.id, Type: g.idType()}}
	}
	var cols types.Schema
	for _, c := range g.nodes.cols {
		if c.Name != nodeKey {
			cols = append(cols, c)
		}
	}
	return cols
}

func (g *graph) idType() types.Type { return g.edges.cols[g.edges.cols.Index(g.source)].Type }

// nodeKey is the hidden column that holds the id of a given node.
const nodeKey = "$node"

func takesGraph(o syntax.Operator) bool {
	switch o.(type) {
	case *syntax.AsOp, *syntax.ConsumeOp:
		return true
	}
	return needsGraph(o)
}

func needsGraph(o syntax.Operator) bool {
	switch o.(type) {
	case *syntax.GraphMarkComponentsOp, *syntax.GraphMatchOp, *syntax.GraphShortestPathsOp, *syntax.GraphToTableOp,
		*syntax.GraphWhereEdgesOp, *syntax.GraphWhereNodesOp:
		return true
	}
	return false
}

// graphRel is a rel that stands for a graph.
func graphRel(g *graph) *rel { return &rel{graph: g, node: g.edges.node} }

// makeGraphOp binds make-graph.
//
// Source: https://learn.microsoft.com/kusto/query/make-graph-operator
func (b *binder) makeGraphOp(o *syntax.MakeGraphOp, r *rel, v *env) *rel {
	if o.PartitionedBy != nil {
		return b.unsupportedOp(o, "partitioned-by")
	}
	in := v.rows(r)
	source, ok1 := b.endColumn(o.Source, in)
	target, ok2 := b.endColumn(o.Target, in)
	if r.bad || !ok1 || !ok2 {
		return badRel()
	}
	g := &graph{edges: r.visible(), source: source, target: target, directed: o.Directed}
	if !b.sameEnds(g, o) {
		return badRel()
	}
	if o.WithNodeID != nil {
		g.id, g.idVisible = o.WithNodeID.Value, true
		return graphRel(g)
	}
	if len(o.WithNodes) == 0 {
		g.id = nodeKey
		return graphRel(g)
	}
	var tables []*rel
	for _, n := range o.WithNodes {
		t := b.table(n.Table, v).visible()
		key := b.scalar(n.On, v.rows(t))
		if t.bad || bad(key) {
			return badRel()
		}
		if key.Type() != g.idType() {
			b.errorf(codeJoinKeyTypes, n.On.Span(), "nodes have an id of type %s, the edges' ends are of type %s", key.Type(), g.idType())
			return badRel()
		}
		cols := append(append(types.Schema(nil), t.cols...), types.Column{Name: nodeKey, Type: key.Type()})
		tables = append(tables, t.project(cols, append(t.columns(), key), n.Span()))
	}
	g.nodes = b.union(tables, false, "", o.Span()).visible()
	g.id = nodeKey
	if g.nodes.bad {
		return badRel()
	}
	return graphRel(g)
}

// endColumn resolves the column of edges that names an end.
func (b *binder) endColumn(e syntax.Expr, v *env) (string, bool) {
	x := b.scalar(e, v)
	if bad(x) {
		return "", false
	}
	c, ok := x.(*plan.Column)
	if !ok {
		b.errorf(codeColumnExpected, e.Span(), "make-graph needs columns that name the ends of an edge")
		return "", false
	}
	if c.T == types.Dynamic {
		b.error(codeDynamicKey, e.Span(), "a node's id can't be dynamic", "convert it: | extend "+c.Name+" = tostring("+c.Name+")")
		return "", false
	}
	return c.Name, true
}

func (b *binder) sameEnds(g *graph, o *syntax.MakeGraphOp) bool {
	s, t := g.idType(), g.edges.cols[g.edges.cols.Index(g.target)].Type
	if s != t {
		b.errorf(codeJoinKeyTypes, o.Span(), "the ends of an edge have different types: %s and %s", s, t)
		return false
	}
	return true
}

// graphScope is what the conditions and projections of a graph pattern can name.
type graphScope struct {
	g        *graph
	elements []plan.GraphElement
	// inner is set inside all(e, ..), any and map: the properties of one edge or node.
	inner types.Schema
}

func (s *graphScope) find(name string) int {
	for i, e := range s.elements {
		if e.Name == name && name != "" {
			return i
		}
	}
	return -1
}

// elementColumn resolves element.property.
func (b *binder) elementColumn(n, c *syntax.Name, v *env) plan.Expr {
	i := v.graph.find(n.Value)
	if i < 0 {
		return nil
	}
	e := v.graph.elements[i]
	cols := v.graph.g.nodeColumns()
	what := "node"
	if e.Edge {
		cols, what = v.graph.g.edges.cols, "edge"
	}
	j := cols.Index(c.Value)
	if j < 0 {
		b.report(b.noColumn(c, cols, " of the "+what+" '"+n.Value+"'"))
		return unknown()
	}
	t := cols[j].Type
	if e.Variable {
		t = types.Dynamic
	}
	return &plan.StateColumn{Step: i, Name: c.Value, T: t}
}

// graphColumn resolves a bare name inside a graph pattern: an element as a whole, or
// inside all, any and map a property of the element looked at.
func (b *binder) graphColumn(n *syntax.Name, v *env) plan.Expr {
	if i := v.graph.inner.Index(n.Value); i >= 0 {
		return &plan.Column{Name: n.Value, T: v.graph.inner[i].Type}
	}
	if i := v.graph.find(n.Value); i >= 0 {
		return &plan.StateColumn{Step: i, T: types.Dynamic}
	}
	return nil
}

// graphFunction binds the functions of graph patterns; nil if f is none or stands elsewhere.
func (b *binder) graphFunction(f *builtin.Function, e *syntax.Call, v *env) plan.Expr {
	if v.graph == nil {
		return nil
	}
	switch f.Name {
	case "all", "any", "map":
		if len(e.Args) != 2 {
			b.countError(f, len(e.Args), e.Span())
			return unknown()
		}
		x, edge := b.pathElement(e.Args[0], v)
		if bad(x) {
			return x
		}
		inner := *v
		scope := *v.graph
		scope.inner = scope.g.nodeColumns()
		if edge {
			scope.inner = scope.g.edges.cols
		}
		inner.graph = &scope
		y := b.scalar(e.Args[1], &inner)
		if bad(y) {
			return y
		}
		t := types.Bool
		if f.Name == "map" {
			t = types.Dynamic
		} else if y.Type() != types.Bool {
			b.errorf(codeBoolExpected, e.Args[1].Span(), "'%s' needs a condition, this is %s", f.Name, article(y.Type()))
			return unknown()
		}
		return &plan.Call{Func: f, Args: []plan.Expr{x, y}, T: t, At: e.Span()}
	case "inner_nodes", "node_degree_in", "node_degree_out", "node_id", "edge_id", "labels":
		var args []plan.Expr
		for _, a := range e.Args {
			x := b.scalar(a, v)
			if bad(x) {
				return x
			}
			args = append(args, x)
		}
		t := types.Dynamic
		if len(f.Overloads) > 0 && f.Overloads[0].Result != nil {
			t = f.Overloads[0].Result(nil)
		}
		return &plan.Call{Func: f, Args: args, T: t, At: e.Span()}
	}
	return nil
}

// pathElement binds the first argument of all, any and map: a variable-length edge,
// or the nodes within one.
func (b *binder) pathElement(e syntax.Expr, v *env) (x plan.Expr, edge bool) {
	switch n := unparen(e).(type) {
	case *syntax.Name:
		if i := v.graph.find(n.Value); i >= 0 && v.graph.elements[i].Variable {
			return &plan.StateColumn{Step: i, T: types.Dynamic}, true
		}
	case *syntax.Call:
		if n.F != nil && n.F.Value == "inner_nodes" {
			return b.scalar(e, v), false
		}
	}
	b.errorf(codeColumnExpected, e.Span(), "an edge of variable length is expected here, such as e in -[e*1..3]->")
	return unknown(), false
}

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
	m := &matching{b: b, r: r, v: v, spec: &plan.GraphSpec{Shortest: true, Output: output}}
	return m.bind("graph-shortest-paths", o, o.Patterns, o.Where, o.Project)
}

// matching is one graph pattern being bound.
type matching struct {
	b    *binder
	r    *rel
	v    *env
	spec *plan.GraphSpec
}

func (m *matching) bind(name string, o syntax.Operator, patterns []*syntax.GraphPattern, where syntax.Expr, project []syntax.Expr) *rel {
	if m.r.bad || m.r.graph == nil {
		return badRel()
	}
	g := m.r.graph
	for _, p := range patterns {
		m.pattern(p)
	}
	m.spec.Source, m.spec.Target, m.spec.Directed = g.source, g.target, g.directed
	m.spec.NodeID = g.id
	if len(project) == 0 {
		m.b.error(codeArgumentCount, o.Keyword(), "a graph pattern needs a project", "write project a.Column, e.Column ..")
		return badRel()
	}
	in := *m.v.tables()
	in.graph = &graphScope{g: g, elements: m.spec.Elements}
	if where != nil {
		m.spec.Where = m.b.condition(where, &in)
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
	m.spec.Project = xs
	if m.b.failed {
		return &rel{bad: true, open: true, cols: cols, node: m.r.node}
	}
	node := &plan.Plugin{Out: plan.Out{Columns: cols, At: o.Span()}, Name: name, Input: g.edges.node, Spec: m.spec}
	if g.nodes != nil {
		node.Right = g.nodes.node
	}
	return newRel(node, cols)
}

// variable reports whether an expression reads an edge of variable length.
func (m *matching) variable(x plan.Expr) bool {
	found := false
	plan.WalkExpr(x, func(y plan.Expr) bool {
		if s, ok := y.(*plan.StateColumn); ok && m.spec.Elements[s.Step].Variable {
			found = true
		}
		return true
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

// graphMarkComponentsOp binds graph-mark-components: each node gets the number of
// its connected component.
func (b *binder) graphMarkComponentsOp(o *syntax.GraphMarkComponentsOp, r *rel) *rel {
	if r.bad || r.graph == nil {
		return badRel()
	}
	g := *r.graph
	nodes := b.nodeTable(&g)
	spec := &plan.ComponentsSpec{NodeID: g.id, Source: g.source, Target: g.target, Kind: "weak", Column: "ComponentId"}
	if kind, _ := param(o.Params, "kind"); kind != "" {
		spec.Kind = kind
	}
	if name, _ := param(o.Params, "with_component_id"); name != "" {
		spec.Column = name
	}
	cols := append(append(types.Schema(nil), nodes.cols...), types.Column{Name: spec.Column, Type: types.Long})
	cols = uniqueColumns(cols)
	spec.Column = cols[len(cols)-1].Name
	g.nodes = newRel(&plan.Plugin{
		Out: plan.Out{Columns: cols, At: o.Span()}, Name: "graph-mark-components", Input: nodes.node, Right: g.edges.node, Spec: spec,
	}, cols)
	return graphRel(&g)
}

// nodeTable is the table of a graph's nodes; those that were not given are the
// distinct ends of the edges.
func (b *binder) nodeTable(g *graph) *rel {
	if g.nodes != nil {
		return g.nodes
	}
	cols := types.Schema{{Name: g.id, Type: g.idType()}}
	edges := b.useTable(&entity{rel: g.edges, shared: b.share("", g.edges, false)})
	ends := &plan.Union{Out: plan.Out{Columns: cols}}
	for _, end := range []string{g.source, g.target} {
		e := edges.project(cols, []plan.Expr{&plan.Column{Name: end, T: g.idType()}}, nowhere)
		ends.Inputs = append(ends.Inputs, e.node)
	}
	return newRel(&plan.Distinct{Out: plan.Out{Columns: cols}, Input: ends}, cols)
}

// graphWhereNodesOp binds graph-where-nodes: nodes that hold the condition, and the
// edges between them.
func (b *binder) graphWhereNodesOp(o *syntax.GraphWhereNodesOp, r *rel, v *env) *rel {
	if r.bad || r.graph == nil {
		return badRel()
	}
	g := *r.graph
	nodes := b.nodeTable(&g)
	p := b.condition(o.Predicate, v.rows(nodes))
	if bad(p) {
		return badRel()
	}
	kept := nodes.with(&plan.Filter{Out: nodes.same(o.Span()), Input: nodes.node, Predicate: p})
	ent := &entity{rel: kept, shared: b.share("", kept, true)}
	edges := g.edges
	for _, end := range []string{g.source, g.target} {
		sources := make([]plan.JoinSource, len(edges.cols))
		for i, c := range edges.cols {
			sources[i] = plan.JoinSource{Name: c.Name}
		}
		edges = newRel(&plan.Join{
			Out: plan.Out{Columns: edges.cols, At: o.Span()}, Kind: plan.LeftSemi, Left: edges.node, Right: b.useTable(ent).node, Sources: sources,
			On: []plan.On{{Left: &plan.Column{Name: end, T: g.idType()}, Right: &plan.Column{Name: g.id, T: g.idType()}}},
		}, edges.cols)
	}
	g.edges, g.nodes = edges, b.useTable(ent)
	return graphRel(&g)
}

// graphWhereEdgesOp binds graph-where-edges.
func (b *binder) graphWhereEdgesOp(o *syntax.GraphWhereEdgesOp, r *rel, v *env) *rel {
	if r.bad || r.graph == nil {
		return badRel()
	}
	g := *r.graph
	p := b.condition(o.Predicate, v.rows(g.edges))
	if bad(p) {
		return badRel()
	}
	g.nodes = b.nodeTable(&g)
	g.edges = g.edges.with(&plan.Filter{Out: g.edges.same(o.Span()), Input: g.edges.node, Predicate: p})
	return graphRel(&g)
}

// graphToTableOp binds graph-to-table: the nodes or the edges, or both as named results.
func (b *binder) graphToTableOp(o *syntax.GraphToTableOp, r *rel) *rel {
	if r.bad || r.graph == nil {
		return badRel()
	}
	var tables []*rel
	for _, out := range o.Outputs {
		tables = append(tables, b.graphTable(out, r.graph))
	}
	switch len(tables) {
	case 0:
		return badRel()
	case 1:
		return tables[0]
	}
	both := &rel{cols: tables[0].cols, node: tables[0].node}
	for i, t := range tables {
		if o.Outputs[i].Name == nil {
			b.errorf(codeArgumentCount, o.Outputs[i].Span(), "two tables of a graph need names: nodes as N, edges as E")
			return badRel()
		}
		both.results = append(both.results, plan.Result{Name: o.Outputs[i].Name.Value, Root: t.node})
	}
	return both
}

// graphTable is the table of a graph's nodes or edges, with hashes of the ids first
// where the author asks for them.
func (b *binder) graphTable(out *syntax.GraphOutput, g *graph) *rel {
	t := g.edges
	hashes := [][2]string{{"with_source_id", g.source}, {"with_target_id", g.target}}
	if out.Kind == "nodes" {
		t = b.nodeTable(g)
		hashes = [][2]string{{"with_node_id", g.id}}
	}
	var cols types.Schema
	var xs []plan.Expr
	for _, h := range hashes {
		if name, _ := param(out.Params, h[0]); name != "" {
			cols = append(cols, types.Column{Name: name, Type: types.Long})
			xs = append(xs, fn("hash", types.Long, out.Span(), &plan.Column{Name: h[1], T: g.idType()}))
		}
	}
	for i, c := range t.cols {
		if c.Name != nodeKey {
			cols, xs = append(cols, c), append(xs, t.column(i))
		}
	}
	return t.project(uniqueColumns(cols), xs, out.Span())
}
