package rowstep

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// digraph is a graph in memory: rows of edges and nodes, and for each node the edges
// that leave and enter it.
type digraph struct {
	edgeSchema, nodeSchema types.Schema
	edges, nodes           [][]types.Value
	from, to               []int32 // ends of each edge
	out, in                adjacency
}

// adjacency lists the edges of each node: edges[start[n]:start[n+1]].
type adjacency struct{ start, edges []int32 }

func (a *adjacency) of(node int32) []int32 { return a.edges[a.start[node]:a.start[node+1]] }

// readGraph reads the tables of edges and nodes. An end that the nodes lack is an error
// of the plan.
func readGraph(edges, nodes sqlgen.Rows, source, target, id string) (*digraph, error) {
	if nodes == nil {
		return nil, fmt.Errorf("the graph has no nodes")
	}
	g := &digraph{edgeSchema: edges.Schema(), nodeSchema: nodes.Schema()}
	s, t, n := g.edgeSchema.Index(source), g.edgeSchema.Index(target), g.nodeSchema.Index(id)
	if s < 0 || t < 0 || n < 0 {
		return nil, fmt.Errorf("the graph lacks a column of ids")
	}
	var err error
	if g.nodes, err = all(nodes); err != nil {
		return nil, err
	}
	if g.edges, err = all(edges); err != nil {
		return nil, err
	}
	index := make(map[types.Value]int32, len(g.nodes))
	for i, row := range g.nodes {
		index[row[n]] = int32(i)
	}
	g.from, g.to = make([]int32, len(g.edges)), make([]int32, len(g.edges))
	for i, row := range g.edges {
		from, ok1 := index[row[s]]
		to, ok2 := index[row[t]]
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("an edge ends in no node: %s, %s", row[s].Text(), row[t].Text())
		}
		g.from[i], g.to[i] = from, to
	}
	g.out, g.in = adjacent(g.from, len(g.nodes)), adjacent(g.to, len(g.nodes))
	return g, nil
}

// adjacent sorts edges by one of their ends.
func adjacent(end []int32, nodes int) adjacency {
	a := adjacency{start: make([]int32, nodes+1), edges: make([]int32, len(end))}
	for _, n := range end {
		a.start[n+1]++
	}
	for n := range nodes {
		a.start[n+1] += a.start[n]
	}
	next := append([]int32(nil), a.start...)
	for e, n := range end {
		a.edges[next[n]] = int32(e)
		next[n]++
	}
	return a
}

// column returns the position of a column of edges or nodes.
func (g *digraph) column(edge bool, name string) (int, error) {
	schema := g.nodeSchema
	if edge {
		schema = g.edgeSchema
	}
	i := schema.Index(name)
	if i < 0 {
		return 0, fmt.Errorf("the graph has no column %s", name)
	}
	return i, nil
}

// holds returns which rows have true in all of some columns; nil if there are none.
func (g *digraph) holds(edge bool, columns []string) ([]bool, error) {
	if len(columns) == 0 {
		return nil, nil
	}
	rows := g.nodes
	if edge {
		rows = g.edges
	}
	ok := make([]bool, len(rows))
	for i := range ok {
		ok[i] = true
	}
	for _, name := range columns {
		c, err := g.column(edge, name)
		if err != nil {
			return nil, err
		}
		for i, row := range rows {
			ok[i] = ok[i] && !row[c].Null && row[c].Int != 0
		}
	}
	return ok, nil
}
