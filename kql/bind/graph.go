package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// graph is a bound graph: its edges, and its nodes if they were given.
type graph struct {
	edges          *rel
	nodes          *rel // nil: nodes are the ends of edges
	source, target string
	keys           []string // columns of nodes that their tables name as the id
	id             string   // column of nodes that holds the id; its name for nodes that were not given
	idVisible      bool     // the id can be named: with_node_id
	directed       bool
	merged         bool // nodes has one row for each id, and all ends of edges
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

// graphOfGroup says what does the work of many graphs.
const graphOfGroup = "make one graph of all rows, with the group in the ids: extend A = strcat(Group, '/', A), B = strcat(Group, '/', B) | make-graph A --> B"

// makeGraphOp binds make-graph.
//
// Source: https://learn.microsoft.com/kusto/query/make-graph-operator
func (b *binder) makeGraphOp(o *syntax.MakeGraphOp, r *rel, v *env) *rel {
	if !r.bad && plan.OfGroup(r.node) {
		return b.unsupportedOp(o, "a graph of the rows of a group", graphOfGroup)
	}
	if o.PartitionedBy != nil {
		return b.partitionedGraph(o, r, v)
	}
	return b.graphOf(o, r, v, nil)
}

// graphOf binds a graph, of all rows or of one part of them.
func (b *binder) graphOf(o *syntax.MakeGraphOp, r *rel, v *env, part *graphPart) *rel {
	in := v.rows(r)
	source, ok1 := b.endColumn(o.Source, in)
	target, ok2 := b.endColumn(o.Target, in)
	if r.bad || !ok1 || !ok2 {
		return badRel()
	}
	g := &graph{edges: part.of(r.visible(), o.Span()), source: source, target: target, directed: o.Directed}
	if !b.sameEnds(g, o) {
		return badRel()
	}
	if o.WithNodeID != nil {
		g.id, g.idVisible = o.WithNodeID.Value, true
		return graphRel(g)
	}
	g.id = nodeKey
	if len(o.WithNodes) > 0 && !b.givenNodes(g, o, v, part) {
		return badRel()
	}
	return graphRel(g)
}

// givenNodes binds the tables of a graph's nodes.
func (b *binder) givenNodes(g *graph, o *syntax.MakeGraphOp, v *env, part *graphPart) bool {
	var tables []*rel
	for _, n := range o.WithNodes {
		t := b.table(n.Table, v).visible()
		key := b.scalar(n.On, v.rows(t))
		if t.bad || bad(key) {
			return false
		}
		if key.Type() != g.idType() {
			b.errorf(codeJoinKeyTypes, n.On.Span(), "nodes have an id of type %s, the edges' ends are of type %s", key.Type(), g.idType())
			return false
		}
		if part != nil && !b.hasPart(t, part, n.Span()) {
			return false
		}
		t = part.of(t, n.Span())
		if c, ok := key.(*plan.Column); ok {
			g.keys = append(g.keys, c.Name)
		}
		cols := append(append(types.Schema(nil), t.cols...), types.Column{Name: nodeKey, Type: key.Type()})
		tables = append(tables, t.project(cols, append(t.columns(), key), n.Span()))
	}
	g.nodes = b.union(tables, false, "", o.Span()).visible()
	return !g.nodes.bad
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
	inner      types.Schema
	innerNodes bool // they are a node's
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
	g.merged = true
	g.nodes = newRel(&plan.Plugin{
		Out: plan.Out{Columns: cols, At: o.Span()}, Name: "graph-mark-components", Input: nodes.node, Right: g.edges.node, Spec: spec,
	}, cols)
	return graphRel(&g)
}

// nodeTable is the table of a graph's nodes, one row for each id: those given, their
// properties merged, and the ends of edges that were not.
func (b *binder) nodeTable(g *graph) *rel {
	if g.merged {
		return g.nodes
	}
	id := types.Column{Name: g.id, Type: g.idType()}
	cols := types.Schema{id}
	if g.nodes != nil {
		cols = g.nodes.cols
	}
	all := &plan.Union{Out: plan.Out{Columns: cols}}
	if g.nodes != nil {
		all.Inputs = append(all.Inputs, g.nodes.node)
	}
	edges := b.useTable(&entity{rel: g.edges, shared: b.share("", g.edges, false)})
	for _, end := range []string{g.source, g.target} {
		xs := make([]plan.Expr, len(cols))
		for i, c := range cols {
			xs[i] = nullOf(c.Type)
			if c.Name == g.id || c.Type == g.idType() && contains(g.keys, c.Name) {
				xs[i] = &plan.Column{Name: end, T: g.idType()}
			}
		}
		all.Inputs = append(all.Inputs, edges.project(cols, xs, source.NoSpan).node)
	}
	if g.nodes == nil {
		return newRel(&plan.Distinct{Out: plan.Out{Columns: cols}, Input: all}, cols)
	}
	merge := &plan.Aggregate{Input: all, Keys: []plan.Named{{Name: g.id, X: &plan.Column{Name: g.id, T: id.Type}}}}
	merge.Columns = types.Schema{id}
	for _, c := range cols {
		if c.Name == g.id {
			continue
		}
		x := &plan.Column{Name: c.Name, T: c.Type}
		agg := plan.Agg{Name: c.Name, Func: must(aggregateKind, "take_any"), Args: []plan.Expr{x}, Type: c.Type}
		if c.Type == types.String {
			agg.Filter = fn("isnotempty", types.Bool, source.NoSpan, x)
		}
		merge.Columns, merge.Aggs = append(merge.Columns, c), append(merge.Aggs, agg)
	}
	merged := newRel(merge, merge.Columns)
	xs := make([]plan.Expr, len(cols))
	for i, c := range cols {
		xs[i] = &plan.Column{Name: c.Name, T: c.Type}
	}
	return merged.project(cols, xs, source.NoSpan)
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
	g.edges, g.nodes, g.merged = edges, b.useTable(ent), true
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
	g.nodes, g.merged = b.nodeTable(&g), true
	g.edges = g.edges.with(&plan.Filter{Out: g.edges.same(o.Span()), Input: g.edges.node, Predicate: p})
	return graphRel(&g)
}

// graphToTableOp binds graph-to-table: the nodes or the edges, or both as named results.
func (b *binder) graphToTableOp(o *syntax.GraphToTableOp, r *rel, v *env) *rel {
	if r.bad || r.graph == nil {
		return badRel()
	}
	var tables []*rel
	for _, out := range o.Outputs {
		t := b.graphTable(out, r.graph)
		if out.Name != nil { // later statements can name it
			t = b.nameResult(out.Name, t, v)
		}
		tables = append(tables, t)
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
