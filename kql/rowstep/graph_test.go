package rowstep

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// table is rows in memory.
type table struct {
	schema types.Schema
	rows   [][]types.Value
}

func (t *table) Schema() types.Schema { return t.schema }

func (t *table) Next() ([]types.Value, error) {
	if len(t.rows) == 0 {
		return nil, nil
	}
	row := t.rows[0]
	t.rows = t.rows[1:]
	return row, nil
}

var _ sqlgen.Rows = (*table)(nil)

func number64(n int) types.Value { return types.Value{Type: types.Long, Int: int64(n)} }

// randomGraph is a graph of n nodes, of which some are marked, and m edges.
func randomGraph(r *rand.Rand, n, m int) (edges, nodes *table) {
	long := func(name string) types.Column { return types.Column{Name: name, Type: types.Long} }
	nodes = &table{schema: types.Schema{long("id"), {Name: "mark", Type: types.Bool}}}
	for i := range n {
		nodes.rows = append(nodes.rows, []types.Value{number64(i), boolean(r.IntN(2) == 0)})
	}
	edges = &table{schema: types.Schema{long("from"), long("to"), long("edge")}}
	for i := range m {
		edges.rows = append(edges.rows, []types.Value{number64(r.IntN(n)), number64(r.IntN(n)), number64(i)})
	}
	return edges, nodes
}

// patternSpec is (a)-[e]->(b)-[p*1..3]->(c), with marks on some of the nodes.
func patternSpec(cycles string, marked ...int) *plan.GraphSpec {
	s := &plan.GraphSpec{
		Source: "from", Target: "to", NodeID: "id", Cycles: cycles,
		Patterns: []plan.GraphPath{{Elements: []int{0, 1, 2, 3, 4}}},
		Elements: []plan.GraphElement{{Name: "a"}, {Name: "e", Edge: true, Min: 1, Max: 1}, {Name: "b"}, {Name: "p", Edge: true, Variable: true, Min: 1, Max: 3}, {Name: "c"}},
		Outputs:  []plan.GraphOutput{{Element: 0, Column: "id"}, {Element: 1, Column: "edge"}, {Element: 3, Column: "edge"}, {Element: 4, Column: "id"}},
	}
	for _, m := range marked {
		s.Elements[m].Where = []string{"mark"}
	}
	return s
}

var patternOut = types.Schema{{Name: "a", Type: types.Long}, {Name: "e", Type: types.Long}, {Name: "p", Type: types.Dynamic}, {Name: "c", Type: types.Long}}

func matches(t *testing.T, s *plan.GraphSpec, edges, nodes table) []string {
	t.Helper()
	f, err := graphMatch(nil, s, nil, patternOut)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	err = f(&edges, &nodes, func(row []types.Value) error {
		list = append(list, fmt.Sprintf("%d -%d-> %s %d", row[0].Int, row[1].Int, row[2].Str, row[3].Int))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// naive finds the same matches by trying every sequence of two to four edges.
func naive(cycles string, marked []int, edges, nodes table) []string {
	var list []string
	mark := func(n int64) bool { return nodes.rows[n][1].Int == 1 }
	var walk func(way []int)
	walk = func(way []int) {
		if len(way) >= 2 {
			first, last := edges.rows[way[0]], edges.rows[way[len(way)-1]]
			ends := map[int]int64{0: first[0].Int, 2: first[1].Int, 4: last[1].Int}
			ok := true
			for _, m := range marked {
				ok = ok && mark(ends[m])
			}
			seen := map[int64]bool{first[0].Int: true}
			used := map[int]bool{}
			for _, e := range way {
				to := edges.rows[e][1].Int
				ok = ok && (cycles != "none" || !seen[to]) && (cycles != "unique_edges" || !used[e])
				seen[to], used[e] = true, true
			}
			if ok {
				var text []string
				for _, e := range way[1:] {
					text = append(text, fmt.Sprint(e))
				}
				list = append(list, fmt.Sprintf("%d -%d-> [%s] %d", ends[0], way[0], strings.Join(text, ","), ends[4]))
			}
		}
		if len(way) == 4 {
			return
		}
		for i, e := range edges.rows {
			if len(way) == 0 || edges.rows[way[len(way)-1]][1].Int == e[0].Int {
				walk(append(slices.Clone(way), i))
			}
		}
	}
	walk(nil)
	slices.Sort(list)
	return list
}

func TestGraphMatchIsExhaustive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		edges, nodes := randomGraph(r, 2+r.IntN(5), r.IntN(10))
		for _, cycles := range []string{"all", "none", "unique_edges"} {
			for _, marked := range [][]int{nil, {0}, {2}, {4}, {0, 4}} {
				got, want := matches(t, patternSpec(cycles, marked...), *edges, *nodes), naive(cycles, marked, *edges, *nodes)
				if !slices.Equal(got, want) {
					t.Fatalf("round %d, cycles %s, marked %v, edges %v:\ngot  %q\nwant %q", round, cycles, marked, edges.rows, got, want)
				}
			}
		}
	}
}

// TestShortestPathsAreMatches checks that the shortest paths are those matches that none is shorter than.
func TestShortestPathsAreMatches(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		edges, nodes := randomGraph(r, 2+r.IntN(5), r.IntN(10))
		s := patternSpec("all", 0)
		s.All = true
		shortest := map[string]int{}
		way := func(m string) (ends string, length int) {
			f := strings.Fields(m)
			return f[0] + " " + f[3], strings.Count(f[2], ",") + 1
		}
		all := naive("all", []int{0}, *edges, *nodes)
		for _, m := range all {
			ends, n := way(m)
			if old, ok := shortest[ends]; !ok || n < old {
				shortest[ends] = n
			}
		}
		want := slices.DeleteFunc(all, func(m string) bool { ends, n := way(m); return n > shortest[ends] })
		f, err := graphShortestPaths(nil, s, nil, patternOut)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		e, n := *edges, *nodes
		err = f(&e, &n, func(row []types.Value) error {
			got = append(got, fmt.Sprintf("%d -%d-> %s %d", row[0].Int, row[1].Int, row[2].Str, row[3].Int))
			return nil
		})
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("edges %v: %v\ngot  %q\nwant %q", edges.rows, err, got, want)
		}
	}
}

func TestGraphSearchIsBounded(t *testing.T) {
	edges, nodes := randomGraph(rand.New(rand.NewPCG(5, 6)), 10, 200)
	g, err := readGraph(edges, nodes, "from", "to", "id")
	if err != nil {
		t.Fatal(err)
	}
	s := patternSpec("all")
	s.Elements[3].Max = 30
	p, err := newPattern(g, s, patternOut, func([]types.Value) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	p.most = 10_000
	if err := newMatcher(p).run(); err == nil || !strings.Contains(err.Error(), "more than 10000 edges") {
		t.Errorf("a search without end ended with %v", err)
	}
}
