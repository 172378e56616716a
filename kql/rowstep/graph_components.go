package rowstep

import (
	"fmt"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// markComponents is graph-mark-components: the nodes with the number of their component,
// from 0 on in the order of the nodes' ids.
//
// Source: https://learn.microsoft.com/kusto/query/graph-mark-components-operator
func markComponents(_ []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	s, ok := spec.(*plan.ComponentsSpec)
	if !ok || len(out) != len(in)+1 {
		return nil, fmt.Errorf("the binder prepared no graph")
	}
	return func(nodes, edges sqlgen.Rows, emit func([]types.Value) error) error {
		g, err := readGraph(edges, nodes, s.Source, s.Target, s.NodeID)
		if err != nil {
			return err
		}
		component := g.weak()
		if s.Kind == "strong" {
			component = g.strong()
		}
		id := in.Index(s.NodeID)
		order := make([]int32, len(g.nodes))
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortFunc(order, func(x, y int32) int {
			c, _ := compare(g.nodes[x][id], g.nodes[y][id])
			return c
		})
		numbers := map[int32]int64{}
		row := make([]types.Value, len(out))
		for _, n := range order {
			number, known := numbers[component[n]]
			if !known {
				number = int64(len(numbers))
				numbers[component[n]] = number
			}
			copy(row, g.nodes[n])
			row[len(in)] = longs(number)
			if err := emit(row); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// weak returns for each node one that stands for its component, directions ignored.
func (g *digraph) weak() []int32 {
	parent := make([]int32, len(g.nodes))
	for i := range parent {
		parent[i] = int32(i)
	}
	root := func(n int32) int32 {
		for parent[n] != n {
			parent[n] = parent[parent[n]]
			n = parent[n]
		}
		return n
	}
	for e := range g.edges {
		a, b := root(g.from[e]), root(g.to[e])
		parent[max(a, b)] = min(a, b)
	}
	for n := range parent {
		parent[n] = root(int32(n))
	}
	return parent
}

// strong returns for each node one that stands for its strongly connected component
// (Tarjan's algorithm, without recursion).
func (g *digraph) strong() []int32 {
	n := len(g.nodes)
	component, number, low := make([]int32, n), make([]int32, n), make([]int32, n) // numbers from 1 on
	next := make([]int32, n)                                                       // edge to look at
	onStack := make([]bool, n)
	var stack, path []int32
	count := int32(0)
	enter := func(v int32) {
		count++
		number[v], low[v], onStack[v] = count, count, true
		stack, path = append(stack, v), append(path, v)
	}
	for start := range int32(n) {
		if number[start] != 0 {
			continue
		}
		enter(start)
		for len(path) > 0 {
			v := path[len(path)-1]
			if edges := g.out.of(v); int(next[v]) < len(edges) {
				to := g.to[edges[next[v]]]
				next[v]++
				if number[to] == 0 {
					enter(to)
				} else if onStack[to] {
					low[v] = min(low[v], number[to])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				u := path[len(path)-1]
				low[u] = min(low[u], low[v])
			}
			for low[v] == number[v] {
				w := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				component[w], onStack[w] = v, false
				if w == v {
					break
				}
			}
		}
	}
	return component
}
