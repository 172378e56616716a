package rowstep

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// maxSearch bounds the edges that a search in a graph may follow.
const maxSearch = 200_000_000

// pattern is a graph pattern over a graph, and the match that is being built.
type pattern struct {
	*digraph
	spec    *plan.GraphSpec
	where   [][]bool // by element: which edges or nodes it may be; nil: all
	inner   [][]bool // by element: which nodes may be within its path
	checks  []check
	outputs []output
	steps   int // edges followed
	most    int // of those

	bound []int32   // by element: its node, -1 if there is none yet
	paths [][]int32 // by element: the edges of an edge, from left to right
	row   []types.Value
	emit  func([]types.Value) error
}

// check is a condition over several elements.
type check struct {
	elements []int
	holds    evaluate
}

// output is an output column: where it is read from.
type output struct {
	plan.GraphOutput
	column int
	edge   bool // the element
	kind   types.Type
}

func newPattern(g *digraph, s *plan.GraphSpec, out types.Schema, emit func([]types.Value) error) (*pattern, error) {
	n := len(s.Elements)
	p := &pattern{
		digraph: g, spec: s, emit: emit, most: maxSearch, row: make([]types.Value, len(out)),
		where: make([][]bool, n), inner: make([][]bool, n), bound: make([]int32, n), paths: make([][]int32, n),
	}
	var err error
	for i, e := range s.Elements {
		p.bound[i] = -1
		if p.where[i], err = g.holds(e.Edge, e.Where); err != nil {
			return nil, err
		}
		if p.inner[i], err = g.holds(false, e.Inner); err != nil {
			return nil, err
		}
	}
	c := &compiler{}
	for _, x := range s.Checks {
		holds, err := c.compile(x)
		if err != nil {
			return nil, err
		}
		k := check{holds: holds}
		plan.WalkExpr(x, func(y plan.Expr) bool {
			if s, ok := y.(*plan.StateColumn); ok {
				k.elements = append(k.elements, s.Step)
			}
			return true
		})
		p.checks = append(p.checks, k)
	}
	for i, o := range s.Outputs {
		edge := s.Elements[o.Element].Edge
		c, err := g.column(edge && !o.Inner, o.Column)
		if err != nil {
			return nil, err
		}
		p.outputs = append(p.outputs, output{GraphOutput: o, column: c, edge: edge, kind: out[i].Type})
	}
	return p, nil
}

// spend counts an edge that was followed.
func (p *pattern) spend() error {
	if p.steps++; p.steps > p.most {
		return fmt.Errorf("the search followed more than %d edges: shorten the path or put conditions on its edges", p.most)
	}
	return nil
}

// node reports whether a node may be element i.
func (p *pattern) node(i int, n int32) bool { return p.where[i] == nil || p.where[i][n] }

// neighbour is an edge with the node at its other end.
type neighbour struct{ edge, node int32 }

// neighbours appends the edges that element i may be from a node; backwards is from the
// pattern's right to its left.
func (p *pattern) neighbours(list []neighbour, i int, n int32, backwards bool) []neighbour {
	e := p.spec.Elements[i]
	ok := p.where[i]
	if e.Either || e.Reverse == backwards {
		for _, edge := range p.out.of(n) {
			if ok == nil || ok[edge] {
				list = append(list, neighbour{edge, p.to[edge]})
			}
		}
	}
	if e.Either || e.Reverse != backwards {
		for _, edge := range p.in.of(n) {
			if e.Either && p.from[edge] == p.to[edge] {
				continue // a loop is there once
			}
			if ok == nil || ok[edge] {
				list = append(list, neighbour{edge, p.from[edge]})
			}
		}
	}
	return list
}

// state is what checks read of the match.
func (p *pattern) state(element int, name string) types.Value {
	if p.spec.Elements[element].Edge {
		return p.edges[p.paths[element][0]][p.edgeSchema.Index(name)]
	}
	return p.nodes[p.bound[element]][p.nodeSchema.Index(name)]
}

func (p *pattern) checked(list []check) bool {
	f := &frame{state: p.state}
	for _, c := range list {
		if v := c.holds(f); v.Null || v.Int == 0 {
			return false
		}
	}
	return true
}

// put emits the match; left gives the node on the left of an edge of variable length.
func (p *pattern) put(left func(element int) int32) error {
	for i, o := range p.outputs {
		p.row[i] = p.value(&o, left)
	}
	return p.emit(p.row)
}

func (p *pattern) value(o *output, left func(element int) int32) types.Value {
	if !o.edge {
		return p.nodes[p.bound[o.Element]][o.column]
	}
	path := p.paths[o.Element]
	if !p.spec.Elements[o.Element].Variable {
		return p.edges[path[0]][o.column]
	}
	values := make([]types.Value, 0, len(path))
	if o.Inner {
		n := left(o.Element)
		for i, edge := range path {
			if i > 0 {
				values = append(values, p.nodes[n][o.column])
			}
			n = p.other(edge, n)
		}
	} else {
		for _, edge := range path {
			values = append(values, p.edges[edge][o.column])
		}
	}
	if o.Fold != "" {
		for _, v := range values {
			if (!v.Null && v.Int != 0) == (o.Fold == "any") {
				return boolean(o.Fold == "any")
			}
		}
		return boolean(o.Fold == "all")
	}
	items := make([]dynamic.Value, len(values))
	for i, v := range values {
		items[i] = dynamic.Of(v)
	}
	return dynamic.List(items).Scalar()
}

// other is the node at the other end of an edge.
func (g *digraph) other(edge, node int32) int32 {
	if g.from[edge] == node {
		return g.to[edge]
	}
	return g.from[edge]
}

// graphSpec reads the spec of a graph step.
func graphSpec(spec any, out types.Schema, run func(p *pattern) error) (sqlgen.RowFunc, error) {
	s, ok := spec.(*plan.GraphSpec)
	if !ok || len(s.Outputs) != len(out) {
		return nil, fmt.Errorf("the binder prepared no pattern")
	}
	return func(edges, nodes sqlgen.Rows, emit func([]types.Value) error) error {
		g, err := readGraph(edges, nodes, s.Source, s.Target, s.NodeID)
		if err != nil {
			return err
		}
		p, err := newPattern(g, s, out, emit)
		if err != nil {
			return err
		}
		return run(p)
	}, nil
}
