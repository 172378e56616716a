package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/source"
)

// complete puts parts that are used once in their place, and keeps the others in the
// order of their definition.
func (b *binder) complete(q *plan.Query, at source.Span) *plan.Query {
	if b.failed {
		return nil
	}
	for i := range q.Results {
		if !b.fits(q.Results[i].Root, at) {
			return nil
		}
	}
	uses := map[*plan.Shared]int{}
	seen := map[*plan.Shared]bool{}
	count := func(n plan.Node) bool {
		r, ok := n.(*plan.Ref)
		if !ok {
			return true
		}
		uses[r.Shared]++
		if seen[r.Shared] {
			return false
		}
		seen[r.Shared] = true
		return true
	}
	for _, r := range q.Results {
		plan.Walk(r.Root, count)
	}
	in := &inliner{uses: uses, done: map[*plan.Shared]plan.Node{}}
	for i := range q.Results {
		q.Results[i].Root = in.node(q.Results[i].Root)
	}
	for _, s := range b.shared {
		if uses[s] > 1 {
			s.Input = in.shared(s)
			s.ID = len(q.Shared) + 1
			q.Shared = append(q.Shared, s)
		}
	}
	if err := plan.Check(q); err != nil {
		b.error(CodeInternal, at, "internal error: "+err.Error(), "please report the query with this message")
		return nil
	}
	return q
}

// inliner replaces references to parts that are used once, or all references if it
// has no count of uses.
type inliner struct {
	uses map[*plan.Shared]int
	done map[*plan.Shared]plan.Node
}

func (in *inliner) shared(s *plan.Shared) plan.Node {
	if n, ok := in.done[s]; ok {
		return n
	}
	n := in.node(s.Input)
	in.done[s] = n
	return n
}

func (in *inliner) node(n plan.Node) plan.Node {
	if r, ok := n.(*plan.Ref); ok {
		if in.uses[r.Shared] > 1 {
			return n
		}
		return in.shared(r.Shared)
	}
	n = plan.MapInputs(n, in.node)
	return plan.MapExprs(n, func(x plan.Expr) plan.Expr { return plan.MapTables(x, in.node) })
}

// fits reports whether the plan, with shared expressions counted at each use, is
// within bounds: lets that double themselves stay small here but not in SQL.
func (b *binder) fits(root plan.Node, at source.Span) bool {
	return b.measured(newMeasure().node(root), at)
}

// measured reports whether a part of the query of a size is within bounds. What has a name
// is measured before it is used: what looks through its uses would not come to an end.
func (b *binder) measured(size int, at source.Span) bool {
	if size > maxSize {
		b.error(codeTooLarge, at, "the query grows too large when its lets and functions are expanded", "")
	}
	return size <= maxSize
}

// measure computes sizes, each node and expression once.
type measure struct {
	nodes map[plan.Node]int
	exprs map[plan.Expr]int
}

func newMeasure() *measure {
	return &measure{nodes: map[plan.Node]int{}, exprs: map[plan.Expr]int{}}
}

func (m *measure) node(n plan.Node) int {
	if s, ok := m.nodes[n]; ok {
		if _, ref := n.(*plan.Ref); ref {
			return 1
		}
		return s
	}
	size := 1
	for _, x := range plan.Exprs(n) {
		size = min(size+m.expr(x), maxSize+1)
	}
	for _, in := range plan.Inputs(n) {
		size = min(size+m.node(in), maxSize+1)
	}
	if r, ok := n.(*plan.Ref); ok {
		if _, known := m.nodes[r.Shared.Input]; !known {
			size = min(size+m.node(r.Shared.Input), maxSize+1)
		}
	}
	m.nodes[n] = size
	return size
}

func (m *measure) expr(x plan.Expr) int {
	if s, ok := m.exprs[x]; ok {
		return s
	}
	size := 1
	for _, y := range plan.Operands(x) {
		size = min(size+m.expr(y), maxSize+1)
	}
	if t := plan.Table(x); t != nil {
		size = min(size+m.node(t), maxSize+1)
	}
	m.exprs[x] = size
	return size
}
