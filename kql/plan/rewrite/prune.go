package rewrite

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// prune drops the columns that nothing reads.
func prune(q *plan.Query) *plan.Query {
	p := &pruner{shared: map[*plan.Shared]set{}, copies: map[*plan.Shared]*plan.Shared{}}
	c := *q
	c.Shared = make([]*plan.Shared, len(q.Shared))
	for i, s := range q.Shared {
		n := *s
		c.Shared[i] = &n
		p.copies[s] = &n
		p.shared[s] = set{}
	}
	c.Results = make([]plan.Result, len(q.Results))
	for i, r := range q.Results {
		c.Results[i] = plan.Result{Name: r.Name, Root: p.node(r.Root, setOf(r.Root.Schema())), Open: r.Open}
	}
	// A later part may read an earlier one, and its readers are all known by now.
	for i := len(q.Shared) - 1; i >= 0; i-- {
		s := q.Shared[i]
		c.Shared[i].Input = p.node(s.Input, p.shared[s])
	}
	return &c
}

// set is a set of column names.
type set map[string]bool

func setOf(s types.Schema) set {
	names := set{}
	for _, c := range s {
		names[c.Name] = true
	}
	return names
}

// pruner knows what is read of shared parts and of the groups around.
type pruner struct {
	shared map[*plan.Shared]set
	copies map[*plan.Shared]*plan.Shared
	outers []set
}

// reads adds the columns that the expressions read to need.
func (p *pruner) reads(need set, xs ...plan.Expr) set {
	for _, x := range xs {
		plan.WalkExpr(x, func(x plan.Expr) bool {
			if c, ok := x.(*plan.Column); ok {
				need[c.Name] = true
			}
			return true
		})
	}
	return need
}

// tables prunes the tables inside the expressions of n, of which only the first
// column is read.
func (p *pruner) tables(n plan.Node) plan.Node {
	return plan.MapExprs(n, func(x plan.Expr) plan.Expr {
		return plan.MapTables(x, func(t plan.Node) plan.Node {
			if t == nil || len(t.Schema()) == 0 {
				return t
			}
			return p.node(t, set{t.Schema()[0].Name: true})
		})
	})
}

// kept returns the columns of s that are needed, in order.
func kept(s types.Schema, need set) types.Schema {
	out := make(types.Schema, 0, len(s))
	for _, c := range s {
		if need[c.Name] {
			out = append(out, c)
		}
	}
	return out
}

// twins returns need and every column that another differs from in case only: an
// engine that ignores case tells them apart by their order.
func twins(s types.Schema, need set) set {
	first := map[string]string{}
	all := need
	for _, c := range s {
		low := strings.ToLower(c.Name)
		if other, ok := first[low]; ok {
			if len(all) == len(need) {
				all = clone(need)
			}
			all[other], all[c.Name] = true, true
			continue
		}
		first[low] = c.Name
	}
	return all
}

func clone(s set) set {
	c := make(set, len(s))
	for k := range s {
		c[k] = true
	}
	return c
}

// node returns n with at least the columns of need.
func (p *pruner) node(n plan.Node, need set) plan.Node {
	n = p.tables(n)
	switch n := n.(type) {
	case *plan.Aggregate:
		return p.aggregate(n, need)
	case *plan.Apply:
		return p.apply(n, need)
	case *plan.Join:
		return p.join(n, need)
	case *plan.Outer:
		outer := p.outers[len(p.outers)-1]
		for name := range need {
			outer[name] = true
		}
		c := *n
		c.Columns = kept(n.Columns, need)
		return &c
	case *plan.Project:
		c := *n
		c.Columns, c.Exprs = nil, nil
		below := set{}
		for i, col := range n.Columns {
			if need[col.Name] {
				c.Columns = append(c.Columns, col)
				c.Exprs = append(c.Exprs, n.Exprs[i])
			}
		}
		c.Input = p.node(n.Input, p.reads(below, c.Exprs...))
		return &c
	case *plan.Ref:
		for name := range need {
			p.shared[n.Shared][name] = true
		}
		c := *n
		c.Shared = p.copies[n.Shared]
		c.Columns = kept(n.Columns, need)
		return &c
	case *plan.Scan:
		c := *n
		c.Columns = kept(n.Columns, twins(n.Columns, need))
		return &c
	case *plan.Series:
		return p.series(n, need)
	case *plan.Union:
		return p.union(n, need)
	case *plan.Unnest:
		return p.unnest(n, need)
	case *plan.Values:
		return values(n, need)
	case *plan.Filter, *plan.Limit, *plan.Sample, *plan.Serialize, *plan.Sort, *plan.Top:
		below := p.reads(clone(need), plan.Exprs(n)...)
		n2 := plan.MapInputs(n, func(in plan.Node) plan.Node { return p.node(in, below) })
		return withColumns(n2, plan.Inputs(n2)[0].Schema())
	}
	// Distinct, Range and Plugin need all that they have.
	return plan.MapInputs(n, func(in plan.Node) plan.Node { return p.node(in, setOf(in.Schema())) })
}

// withColumns sets the columns of a node that passes its input's on.
func withColumns(n plan.Node, s types.Schema) plan.Node {
	switch n := n.(type) {
	case *plan.Filter:
		n.Columns = s
	case *plan.Limit:
		n.Columns = s
	case *plan.Sample:
		n.Columns = s
	case *plan.Serialize:
		n.Columns = s
	case *plan.Sort:
		n.Columns = s
	case *plan.Top:
		n.Columns = s
	}
	return n
}

func (p *pruner) aggregate(n *plan.Aggregate, need set) plan.Node {
	c := *n
	c.Aggs, c.Columns = nil, nil
	below := set{}
	for i, k := range n.Keys {
		c.Columns = append(c.Columns, n.Columns[i])
		p.reads(below, k.X)
	}
	for i, a := range n.Aggs {
		// Without keys there is a row even if nothing of it is read.
		if need[a.Name] || len(n.Keys) == 0 && i == len(n.Aggs)-1 && len(c.Aggs) == 0 {
			c.Aggs = append(c.Aggs, a)
			c.Columns = append(c.Columns, n.Columns[len(n.Keys)+i])
			p.reads(below, a.Args...)
			if a.Filter != nil {
				p.reads(below, a.Filter)
			}
		}
	}
	c.Input = p.node(n.Input, below)
	return &c
}

func (p *pruner) apply(n *plan.Apply, need set) plan.Node {
	c := *n
	c.Pass = nil
	for _, name := range n.Pass {
		if need[name] {
			c.Pass = append(c.Pass, name)
		}
	}
	body := n.Body.Schema()
	bodyNeed := set{}
	for _, col := range body {
		if need[col.Name] {
			bodyNeed[col.Name] = true
		}
	}
	p.outers = append(p.outers, set{})
	c.Body = p.node(n.Body, bodyNeed)
	below := p.outers[len(p.outers)-1]
	p.outers = p.outers[:len(p.outers)-1]
	for _, name := range c.Pass {
		below[name] = true
	}
	c.Input = p.node(n.Input, p.reads(below, n.Key))
	c.Columns = nil
	for i, col := range n.Columns {
		if i < len(body) && c.Body.Schema().Index(col.Name) >= 0 || i >= len(body) && slices.Contains(c.Pass, col.Name) {
			c.Columns = append(c.Columns, col)
		}
	}
	return &c
}

func (p *pruner) join(n *plan.Join, need set) plan.Node {
	c := *n
	c.Columns, c.Sources = nil, nil
	left, right := set{}, set{}
	for i, col := range n.Columns {
		if !need[col.Name] {
			continue
		}
		c.Columns = append(c.Columns, col)
		c.Sources = append(c.Sources, n.Sources[i])
		if n.Sources[i].Right {
			right[n.Sources[i].Name] = true
		} else {
			left[n.Sources[i].Name] = true
		}
	}
	for _, on := range n.On {
		p.reads(left, on.Left)
		p.reads(right, on.Right)
	}
	c.Left, c.Right = p.node(n.Left, left), p.node(n.Right, right)
	return &c
}

func (p *pruner) series(n *plan.Series, need set) plan.Node {
	c := *n
	c.Aggs, c.Defaults, c.Columns = nil, nil, nil
	dropped := set{}
	for i, a := range n.Aggs {
		if !need[a.Name] && len(n.Aggs) > 1 && (i > 0 || len(c.Aggs) > 0) {
			dropped[a.Name] = true
			continue
		}
		c.Aggs = append(c.Aggs, a)
		if i < len(n.Defaults) {
			c.Defaults = append(c.Defaults, n.Defaults[i])
		}
	}
	for _, col := range n.Columns {
		if !dropped[col.Name] {
			c.Columns = append(c.Columns, col)
		}
	}
	c.Input = p.node(n.Input, p.reads(set{}, plan.Exprs(&c)...))
	return &c
}

func (p *pruner) union(n *plan.Union, need set) plan.Node {
	c := *n
	c.Columns = kept(n.Columns, need)
	c.Inputs = make([]plan.Node, len(n.Inputs))
	for i, in := range n.Inputs {
		schema := in.Schema()
		below := set{}
		var wanted types.Schema
		for j, col := range n.Columns {
			if need[col.Name] {
				below[schema[j].Name] = true
				wanted = append(wanted, schema[j])
			}
		}
		in = p.node(in, below)
		if !slices.Equal(in.Schema(), wanted) {
			in = pick(in, wanted)
		}
		c.Inputs[i] = in
	}
	return &c
}

// pick is a Project of some columns.
func pick(in plan.Node, s types.Schema) plan.Node {
	n := &plan.Project{Out: plan.Out{Columns: s}, Input: in}
	for _, c := range s {
		n.Exprs = append(n.Exprs, &plan.Column{Name: c.Name, T: c.Type})
	}
	return n
}

func (p *pruner) unnest(n *plan.Unnest, need set) plan.Node {
	c := *n
	below := clone(need)
	for _, it := range n.Items {
		delete(below, it.As.Name)
	}
	delete(below, n.Index)
	delete(below, n.RowID)
	for _, it := range n.Items {
		p.reads(below, it.X)
	}
	c.Columns = kept(n.Columns, need)
	c.Input = p.node(n.Input, below)
	return &c
}

func values(n *plan.Values, need set) plan.Node {
	c := *n
	c.Columns, c.Rows = kept(n.Columns, need), make([][]plan.Expr, len(n.Rows))
	for r, row := range n.Rows {
		out := make([]plan.Expr, 0, len(c.Columns))
		for i, col := range n.Columns {
			if need[col.Name] {
				out = append(out, row[i])
			}
		}
		c.Rows[r] = out
	}
	return &c
}
