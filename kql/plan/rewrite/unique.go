package rewrite

import "github.com/goshawk-hunt/goshawk/kql/plan"

// unique makes a plain inner join of an innerunique one whose left rows are unique
// by the join's keys already.
func unique(n plan.Node) plan.Node {
	j, ok := n.(*plan.Join)
	if !ok || j.Kind != plan.InnerUnique {
		return n
	}
	keys := map[string]bool{}
	for _, on := range j.On {
		if c, ok := on.Left.(*plan.Column); ok {
			keys[c.Name] = true
		}
	}
	if !uniqueBy(j.Left, keys) {
		return n
	}
	c := *j
	c.Kind = plan.Inner
	return &c
}

// uniqueBy reports whether no two rows of n agree in all of these columns.
func uniqueBy(n plan.Node, keys map[string]bool) bool {
	switch n := n.(type) {
	case *plan.Aggregate:
		for _, k := range n.Keys {
			if !keys[k.Name] {
				return false
			}
		}
		return true
	case *plan.Distinct:
		for _, c := range n.Columns {
			if !keys[c.Name] {
				return false
			}
		}
		return true
	case *plan.Filter:
		return uniqueBy(n.Input, keys)
	case *plan.Limit:
		return uniqueBy(n.Input, keys)
	case *plan.Project:
		below := map[string]bool{}
		for i, x := range n.Exprs {
			if c, ok := x.(*plan.Column); ok && keys[n.Columns[i].Name] {
				below[c.Name] = true
			}
		}
		return uniqueBy(n.Input, below)
	case *plan.Sort:
		return uniqueBy(n.Input, keys)
	case *plan.Top:
		return uniqueBy(n.Input, keys)
	}
	return false
}
