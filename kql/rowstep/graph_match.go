package rowstep

import (
	"math"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// graphMatch is graph-match: every way in which nodes and edges of a graph fit the patterns.
//
// Source: https://learn.microsoft.com/kusto/query/graph-match-operator
func graphMatch(_ []sqlgen.Operand, spec any, _, out types.Schema) (sqlgen.RowFunc, error) {
	return graphSpec(spec, out, func(p *pattern) error { return newMatcher(p).run() })
}

// link is an edge of the patterns in the order in which the search follows them.
type link struct {
	left, edge, right int // elements
	backwards         bool
	closing           bool    // both ends are bound before
	checks            []check // that can be made once the link is followed
	// distance is from each node to the nearest that the far end may be; nil: unknown.
	distance []int32
}

func (l *link) start() int {
	if l.backwards {
		return l.right
	}
	return l.left
}

func (l *link) end() int {
	if l.backwards {
		return l.left
	}
	return l.right
}

// matcher searches for the matches of a pattern, from one node on.
type matcher struct {
	*pattern
	first       int // element that the search begins with
	firstChecks []check
	links       []link
	unique      bool // each edge once
	simple      bool // each node once
	usedEdges   []bool
	usedNodes   []int32
	scratch     [][]neighbour // by depth
	depth       int
}

func newMatcher(p *pattern) *matcher {
	m := &matcher{pattern: p, usedEdges: make([]bool, len(p.edges)), usedNodes: make([]int32, len(p.nodes))}
	m.simple = p.spec.Cycles == "none"
	m.unique = p.spec.Cycles != "all" && !m.simple
	m.order()
	return m
}

// order chooses the node to begin with, that with the fewest candidates, and puts the
// links in an order in which each begins at a node that is bound.
func (m *matcher) order() {
	var open []link
	fewest := math.MaxInt
	for _, path := range m.spec.Patterns {
		for i, e := range path.Elements {
			if i%2 == 1 {
				open = append(open, link{left: path.Elements[i-1], edge: e, right: path.Elements[i+1]})
			} else if n := m.candidates(e); n < fewest {
				m.first, fewest = e, n
			}
		}
	}
	bound := map[int]bool{m.first: true}
	checks := slices.Clone(m.checks)
	ready := func() []check {
		var list []check
		checks = slices.DeleteFunc(checks, func(c check) bool {
			for _, e := range c.elements {
				if !bound[e] {
					return false
				}
			}
			list = append(list, c)
			return true
		})
		return list
	}
	m.firstChecks = ready()
	for len(open) > 0 {
		i := m.next(open, bound)
		l := open[i]
		open = slices.Delete(open, i, i+1)
		l.backwards = !bound[l.left]
		l.closing = bound[l.left] && bound[l.right]
		bound[l.left], bound[l.right], bound[l.edge] = true, true, true
		l.checks = ready()
		if m.spec.Elements[l.edge].Variable {
			l.distance = m.distances(&l)
		}
		m.links = append(m.links, l)
	}
}

// candidates counts the nodes that an element may be.
func (m *matcher) candidates(element int) int {
	if m.where[element] == nil {
		return len(m.nodes)
	}
	n := 0
	for _, ok := range m.where[element] {
		if ok {
			n++
		}
	}
	return n
}

// next chooses the link to follow: one between bound nodes if there is one, and a single
// edge before a path.
func (m *matcher) next(open []link, bound map[int]bool) int {
	best, rank := 0, 4
	for i, l := range open {
		r := 3
		switch variable := m.spec.Elements[l.edge].Variable; {
		case bound[l.left] && bound[l.right]:
			r = 0
		case (bound[l.left] || bound[l.right]) && !variable:
			r = 1
		case bound[l.left] || bound[l.right]:
			r = 2
		}
		if r < rank {
			best, rank = i, r
		}
	}
	return best
}

// distances measures how far each node is from the nearest one that the far end of a
// path may be, so that the search turns round where none is in reach.
func (m *matcher) distances(l *link) []int32 {
	ok := m.where[l.end()]
	if ok == nil {
		return nil
	}
	most := int32(m.spec.Elements[l.edge].Max)
	distance := make([]int32, len(m.nodes))
	var level []int32
	for n := range distance {
		distance[n] = math.MaxInt32
		if ok[n] {
			distance[n] = 0
			level = append(level, int32(n))
		}
	}
	var list []neighbour
	for d := int32(1); d <= most && len(level) > 0; d++ {
		var next []int32
		for _, n := range level {
			list = m.neighbours(list[:0], l.edge, n, !l.backwards)
			for _, to := range list {
				if distance[to.node] == math.MaxInt32 {
					distance[to.node] = d
					next = append(next, to.node)
				}
			}
		}
		level = next
	}
	return distance
}

func (m *matcher) run() error {
	for n := range int32(len(m.nodes)) {
		if !m.node(m.first, n) {
			continue
		}
		m.bound[m.first] = n
		m.usedNodes[n]++
		if m.checked(m.firstChecks) {
			if err := m.follow(0); err != nil {
				return err
			}
		}
		m.usedNodes[n]--
	}
	return nil
}

// follow matches the links from k on.
func (m *matcher) follow(k int) error {
	if k == len(m.links) {
		return m.put(m.left)
	}
	l := &m.links[k]
	if m.simple && l.closing {
		return nil
	}
	if m.spec.Elements[l.edge].Variable {
		return m.walk(k, m.bound[l.start()], nil)
	}
	list := m.take(l, m.bound[l.start()])
	defer m.release()
	for _, to := range list {
		if err := m.spend(); err != nil {
			return err
		}
		if !m.enter(to.edge) {
			continue
		}
		m.paths[l.edge] = append(m.paths[l.edge][:0], to.edge)
		err := m.arrive(k, to.node)
		m.leave(to.edge)
		if err != nil {
			return err
		}
	}
	return nil
}

// take lists the neighbours of a node in memory of its own for each depth.
func (m *matcher) take(l *link, n int32) []neighbour {
	if m.depth == len(m.scratch) {
		m.scratch = append(m.scratch, nil)
	}
	m.scratch[m.depth] = m.neighbours(m.scratch[m.depth][:0], l.edge, n, l.backwards)
	m.depth++
	return m.scratch[m.depth-1]
}

func (m *matcher) release() { m.depth-- }

// enter marks an edge as used; false if it may not be used again.
func (m *matcher) enter(edge int32) bool {
	if !m.unique {
		return true
	}
	if m.usedEdges[edge] {
		return false
	}
	m.usedEdges[edge] = true
	return true
}

func (m *matcher) leave(edge int32) {
	if m.unique {
		m.usedEdges[edge] = false
	}
}

// arrive ends link k in a node.
func (m *matcher) arrive(k int, n int32) error {
	l := &m.links[k]
	end := l.end()
	if l.closing {
		if m.bound[end] != n || !m.checked(l.checks) {
			return nil
		}
		return m.follow(k + 1)
	}
	if !m.node(end, n) || m.simple && m.usedNodes[n] > 0 && len(m.paths[l.edge]) > 0 {
		return nil
	}
	m.bound[end] = n
	m.usedNodes[n]++
	var err error
	if m.checked(l.checks) {
		err = m.follow(k + 1)
	}
	m.usedNodes[n]--
	m.bound[end] = -1
	return err
}

// walk extends the path of link k, which has reached node n.
func (m *matcher) walk(k int, n int32, path []int32) error {
	l := &m.links[k]
	e := m.spec.Elements[l.edge]
	if len(path) >= e.Min {
		m.paths[l.edge] = append(m.paths[l.edge][:0], path...)
		if l.backwards {
			slices.Reverse(m.paths[l.edge])
		}
		if err := m.arrive(k, n); err != nil {
			return err
		}
	}
	if len(path) == e.Max {
		return nil
	}
	if len(path) > 0 { // n would be within the path
		if m.inner[l.edge] != nil && !m.inner[l.edge][n] || m.simple && m.usedNodes[n] > 0 {
			return nil
		}
		m.usedNodes[n]++
		defer func() { m.usedNodes[n]-- }()
	}
	list := m.take(l, n)
	defer m.release()
	for _, to := range list {
		if err := m.spend(); err != nil {
			return err
		}
		if l.distance != nil && (l.distance[to.node] == math.MaxInt32 || int(l.distance[to.node]) > e.Max-len(path)-1) || !m.enter(to.edge) {
			continue
		}
		err := m.walk(k, to.node, append(path, to.edge))
		m.leave(to.edge)
		if err != nil {
			return err
		}
	}
	return nil
}

// left is the node on the left of an edge.
func (m *matcher) left(edge int) int32 {
	for i := range m.links {
		if m.links[i].edge == edge {
			return m.bound[m.links[i].left]
		}
	}
	return -1
}
