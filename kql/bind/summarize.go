package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

const (
	aggregateKind = builtin.Aggregate
	windowKind    = builtin.Window
)

// keys binds the group keys of summarize, distinct and make-series into p.
func (b *binder) keys(p *projection, list []syntax.Expr, r *rel, v *env, word string) {
	before := len(p.cols)
	in := v.rows(r)
	in.window = r.serialized
	b.items(p, list, in, styleProject)
	for i := before; i < len(p.cols); i++ {
		if isOpenColumn(p.cols[i].x) {
			p.cols[i].x, p.cols[i].t = text(""), types.String
		}
		if p.cols[i].t == types.Dynamic {
			at := list[min(i-before, len(list)-1)].Span()
			b.error(codeDynamicKey, at, "'"+p.cols[i].name+"' is a dynamic value, "+word+" needs a plain one", "convert it: tostring("+p.cols[i].name+")")
		}
	}
}

// summarizeOp binds summarize.
func (b *binder) summarizeOp(o *syntax.SummarizeOp, r *rel, v *env) *rel {
	p := newProjection()
	b.keys(p, o.By, r, v, "a group")
	if len(p.cols) == 0 && len(o.Aggregates) == 0 {
		b.error(codeArgumentCount, o.Span(), "summarize needs an aggregate or a group", "write | summarize count() by Column")
		return badRel()
	}
	a := &aggregation{}
	keys := make([]plan.Named, len(p.cols))
	for i, c := range p.cols {
		keys[i] = plan.Named{Name: c.name, X: c.x}
		from := c.from
		if x, ok := c.x.(*plan.Column); ok { // by x = Column: * does not bring the column again
			from = x.Name
		}
		if from != "" {
			p.skip[from] = true
			a.keys = append(a.keys, from)
		}
	}
	in := v.rows(r)
	in.agg = a
	in.window = r.serialized
	b.items(p, o.Aggregates, in, styleSummarize)
	return b.aggregate(p, keys, a, r, o.Span())
}

// aggregate makes the node of a group with its aggregates; expressions over
// aggregates are computed above it.
func (b *binder) aggregate(p *projection, keys []plan.Named, a *aggregation, r *rel, at source.Span) *rel {
	cols, _ := p.schema()
	if r.bad {
		return &rel{cols: cols, node: r.node, open: false}
	}
	// the keys keep a name of their own until the projection names the results
	names := map[string]string{} // printed key expression -> column
	groups := make([]plan.Named, len(keys))
	var schema types.Schema
	for i, k := range keys {
		groups[i] = k
		names[plan.PrintExpr(k.X)] = k.Name
		schema = append(schema, types.Column{Name: k.Name, Type: k.X.Type()})
	}
	simple := true
	final := make([]plan.Expr, len(p.cols))
	used := map[string]int{}
	for i, c := range p.cols {
		if i < len(keys) {
			final[i] = &plan.Column{Name: keys[i].Name, T: c.t}
			continue
		}
		x, ok := b.overGroups(c.x, names, at)
		if !ok {
			b.error(codeMisplaced, at, "'"+c.name+"' is neither an aggregate nor a group key",
				"put it behind by to make groups of it, or say which value of the group to take: take_any(..), max(..), make_set(..)")
			return badRel()
		}
		final[i] = x
		col, isColumn := x.(*plan.Column)
		if !isColumn || col.Name[0] != '$' || used[col.Name] > 0 {
			simple = false
			continue
		}
		used[col.Name]++
	}
	aggs := append([]plan.Agg(nil), a.aggs...)
	if simple && len(used) == len(aggs) {
		// every result is one aggregate: it takes its name
		byName := make(map[string]plan.Agg, len(aggs))
		for _, g := range aggs {
			byName[g.Name] = g
		}
		sorted := make([]plan.Agg, 0, len(aggs))
		for i := len(keys); i < len(p.cols); i++ {
			if g, ok := byName[final[i].(*plan.Column).Name]; ok {
				g.Name = p.cols[i].name
				sorted = append(sorted, g)
			}
		}
		node := &plan.Aggregate{Out: plan.Out{Columns: cols, At: at}, Input: r.node, Keys: groups, Aggs: sorted}
		return a.opened(newRel(node, cols))
	}
	for _, g := range aggs {
		schema = append(schema, types.Column{Name: g.Name, Type: g.Type})
	}
	node := &plan.Aggregate{Out: plan.Out{Columns: schema, At: at}, Input: r.node, Keys: groups, Aggs: aggs}
	return a.opened(newRel(&plan.Project{Out: plan.Out{Columns: cols, At: at}, Input: node, Exprs: final}, cols))
}

// opened returns r, with the columns that its * may bring besides.
func (a *aggregation) opened(r *rel) *rel {
	if a.star != nil {
		r.opens(a.star)
	}
	return r
}

// overGroups rewrites an expression over aggregates so that it reads the group's
// columns; ok is false if it reads an input column that is no key.
func (b *binder) overGroups(x plan.Expr, keys map[string]string, at source.Span) (plan.Expr, bool) {
	ok := true
	var rewrite func(x plan.Expr) plan.Expr
	rewrite = func(x plan.Expr) plan.Expr {
		if name, found := keys[plan.PrintExpr(x)]; found {
			if _, isConst := x.(*plan.Const); !isConst {
				return &plan.Column{Name: name, T: x.Type()}
			}
		}
		if c, isColumn := x.(*plan.Column); isColumn {
			if c.Name == "" || c.Name[0] != '$' || c.Name == plan.IngestionTime {
				ok = false
			}
			return x
		}
		return plan.MapOperands(x, rewrite)
	}
	return rewrite(x), ok
}

// distinctOp binds distinct.
func (b *binder) distinctOp(o *syntax.DistinctOp, r *rel, v *env) *rel {
	p := newProjection()
	b.keys(p, o.Columns, r, v, "distinct")
	cols, xs := p.schema()
	if r.bad {
		return &rel{cols: cols, node: r.node}
	}
	plain := *r
	plain.hidden = false
	in := plain.project(cols, xs, o.Span())
	return newRel(&plan.Distinct{Out: plan.Out{Columns: cols, At: o.Span()}, Input: in.node}, cols)
}
