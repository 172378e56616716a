package rewrite

import "github.com/goshawk-hunt/goshawk/kql/plan"

// inline puts a shared part that is used once in the place of its use, where filters
// and unwanted columns reach it.
func inline(q *plan.Query) *plan.Query {
	uses := map[*plan.Shared]int{}
	for _, s := range q.Shared {
		countRefs(s.Input, uses)
	}
	for _, r := range q.Results {
		countRefs(r.Root, uses)
	}
	once := map[*plan.Shared]plan.Node{}
	c := *q
	c.Shared = nil
	kept := map[*plan.Shared]*plan.Shared{}
	m := &mapper{shared: kept, f: func(n plan.Node) plan.Node {
		if r, ok := n.(*plan.Ref); ok {
			if in, ok := once[r.Shared]; ok {
				return in
			}
		}
		return n
	}}
	for _, s := range q.Shared {
		in := m.node(s.Input)
		if uses[s] == 1 {
			once[s] = in
			continue
		}
		n := *s
		n.Input = in
		kept[s] = &n
		if uses[s] > 0 {
			c.Shared = append(c.Shared, &n)
		}
	}
	c.Results = make([]plan.Result, len(q.Results))
	for i, r := range q.Results {
		c.Results[i] = plan.Result{Name: r.Name, Root: m.node(r.Root), Open: r.Open}
	}
	return &c
}

// countRefs counts the uses of shared parts in n. What is used inside an Apply's body
// counts twice, so that it is computed once and not for each group.
func countRefs(n plan.Node, uses map[*plan.Shared]int) {
	weight := 1
	var count func(n plan.Node)
	count = func(n plan.Node) {
		if r, ok := n.(*plan.Ref); ok {
			uses[r.Shared] += weight
		}
		for _, x := range plan.Exprs(n) {
			plan.WalkExpr(x, func(x plan.Expr) bool {
				if t := plan.Table(x); t != nil {
					count(t)
				}
				return true
			})
		}
		if a, ok := n.(*plan.Apply); ok {
			count(a.Input)
			weight++
			count(a.Body)
			weight--
			return
		}
		for _, in := range plan.Inputs(n) {
			count(in)
		}
	}
	count(n)
}
