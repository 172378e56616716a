package rowstep

import (
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// graphShortestPaths is graph-shortest-paths: for each pair of nodes that the two ends of
// the pattern may be, one path with the fewest edges, or all of them.
//
// Source: https://learn.microsoft.com/kusto/query/graph-shortest-paths-operator
func graphShortestPaths(_ []sqlgen.Operand, spec any, _, out types.Schema) (sqlgen.RowFunc, error) {
	return graphSpec(spec, out, func(p *pattern) error {
		f := &pathFinder{pattern: p, chain: p.spec.Patterns[0].Elements}
		variable := 0
		for _, e := range p.spec.Elements {
			if e.Variable {
				variable++
			}
		}
		f.single = variable == 1
		for n := range int32(len(p.nodes)) {
			if p.node(f.chain[0], n) {
				if err := f.from(n); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// pathFinder searches the shortest paths from one node, breadth first, over the places in
// the pattern where a path can be.
type pathFinder struct {
	*pattern
	chain  []int // the pattern's elements
	single bool  // it has one edge of variable length
	source int32
	places []place
	index  map[placeKey]int32
	level  []int32 // places as far from the source as the search is
	next   []int32
	list   []neighbour
}

// place is a node at a position of the chain; within an edge of variable length, after a
// number of hops.
type place struct {
	position, hops int
	node           int32
	distance       int
	back           []arrival
}

// arrival is a way to come to a place: from another one, over an edge or, -1, none.
type arrival struct{ place, edge int32 }

type placeKey struct {
	position, hops int
	node           int32
}

func (f *pathFinder) from(source int32) error {
	f.source, f.places, f.index = source, f.places[:0], map[placeKey]int32{}
	f.level, f.next = f.level[:0], f.next[:0]
	f.reach(place{node: source}, arrival{-1, -1}, &f.level)
	var ends []int32
	for len(f.level) > 0 {
		for i := 0; i < len(f.level); i++ { // it grows by steps that take no edge
			at := f.level[i]
			if f.places[at].position == len(f.chain)-1 {
				ends = append(ends, at)
				continue
			}
			if err := f.step(at); err != nil {
				return err
			}
		}
		f.level, f.next = f.next, f.level[:0]
	}
	for _, end := range ends {
		if err := f.trace(end, nil); err != nil {
			return err
		}
	}
	return nil
}

// step goes on from a place.
func (f *pathFinder) step(at int32) error {
	p := f.places[at]
	if p.position%2 == 0 {
		if edge := f.chain[p.position+1]; f.spec.Elements[edge].Variable {
			f.reach(place{position: p.position + 1, node: p.node, distance: p.distance}, arrival{at, -1}, &f.level)
			return nil
		}
		return f.along(at, p.position+1, p.position+2, 0)
	}
	e := f.spec.Elements[f.chain[p.position]]
	if p.hops >= e.Min && f.fits(p.position+1, p.node) {
		f.reach(place{position: p.position + 1, node: p.node, distance: p.distance}, arrival{at, -1}, &f.level)
	}
	inner := f.inner[f.chain[p.position]]
	if p.hops == e.Max || p.hops > 0 && inner != nil && !inner[p.node] {
		return nil
	}
	return f.along(at, p.position, p.position, p.hops+1)
}

// along follows the edges of the element at one position to another.
func (f *pathFinder) along(at int32, edge, to, hops int) error {
	p := f.places[at]
	f.list = f.neighbours(f.list[:0], f.chain[edge], p.node, false)
	for _, n := range f.list {
		if err := f.spend(); err != nil {
			return err
		}
		if edge == to || f.fits(to, n.node) {
			f.reach(place{position: to, hops: hops, node: n.node, distance: p.distance + 1}, arrival{at, n.edge}, &f.next)
		}
	}
	return nil
}

// fits reports whether a node may be the element at a position.
func (f *pathFinder) fits(position int, n int32) bool {
	e := f.chain[position]
	return f.node(e, n) && (e != f.chain[0] || n == f.source)
}

// reach comes to a place: for the first time, or on another way as short.
func (f *pathFinder) reach(p place, back arrival, queue *[]int32) {
	key := placeKey{p.position, p.hops, p.node}
	if f.single && p.position%2 == 1 { // more hops than needed make no difference
		key.hops = min(p.hops, f.spec.Elements[f.chain[p.position]].Min)
	}
	if i, ok := f.index[key]; ok {
		if f.spec.All && f.places[i].distance == p.distance {
			f.places[i].back = append(f.places[i].back, back)
		}
		return
	}
	p.back = []arrival{back}
	f.index[key] = int32(len(f.places))
	*queue = append(*queue, int32(len(f.places)))
	f.places = append(f.places, p)
}

// trace emits the ways to a place, of which tail is the rest, the last first.
func (f *pathFinder) trace(at int32, tail []arrival) error {
	for _, b := range f.places[at].back {
		if err := f.spend(); err != nil {
			return err
		}
		way := append(tail, arrival{at, b.edge})
		var err error
		if b.place < 0 {
			err = f.found(way)
		} else {
			err = f.trace(b.place, way)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// found emits a path: the places on it with the edges that lead there, the last first.
func (f *pathFinder) found(way []arrival) error {
	for _, e := range f.chain {
		f.paths[e] = f.paths[e][:0]
	}
	for _, w := range slices.Backward(way) {
		p := f.places[w.place]
		if p.position%2 == 0 {
			f.bound[f.chain[p.position]] = p.node
		}
		if w.edge >= 0 {
			position := p.position
			if position%2 == 0 {
				position--
			}
			f.paths[f.chain[position]] = append(f.paths[f.chain[position]], w.edge)
		}
	}
	return f.put(func(edge int) int32 { return f.bound[f.chain[slices.Index(f.chain, edge)-1]] })
}
