package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// sampleOp binds sample.
func (b *binder) sampleOp(o *syntax.SampleOp, r *rel, v *env) *rel {
	n := b.count(o.Count, v)
	if r.bad || n == nil {
		return r
	}
	return r.with(&plan.Sample{Out: r.same(o.Span()), Input: r.node, Count: n})
}

// sampleDistinctOp binds sample-distinct: some of the distinct values of a column.
func (b *binder) sampleDistinctOp(o *syntax.SampleDistinctOp, r *rel, v *env) *rel {
	n := b.count(o.Count, v)
	p := newProjection()
	b.item(p, o.Of, v.rows(r), styleProject, "Column1")
	if len(p.cols) != 1 {
		return badRel()
	}
	cols, xs := p.schema()
	if r.bad || n == nil || cols[0].Type == types.Unknown {
		return &rel{cols: cols, node: r.node}
	}
	if cols[0].Type == types.Dynamic {
		b.error(codeDynamicKey, o.Of.Span(), "sample-distinct needs a plain value, this is a dynamic", "convert it: tostring(..)")
		return badRel()
	}
	in := r.visible().project(cols, xs, o.Span())
	out := plan.Out{Columns: cols, At: o.Span()}
	return newRel(&plan.Limit{Out: out, Input: &plan.Distinct{Out: out, Input: in.node}, Count: n}, cols)
}

// topHittersOp binds top-hitters: the values that occur most, or weigh most.
func (b *binder) topHittersOp(o *syntax.TopHittersOp, r *rel, v *env) *rel {
	n := b.count(o.Count, v)
	p := newProjection()
	in := v.rows(r)
	b.items(p, []syntax.Expr{o.Of}, in, styleProject)
	if len(p.cols) != 1 {
		return badRel()
	}
	key := p.cols[0]
	g := plan.Agg{Func: must(aggregateKind, "count"), Type: types.Long}
	ofName, _ := b.autoName(o.Of, in)
	name := "approximate_count_" + ofName
	if o.By != nil {
		by := b.scalar(o.By, in)
		if !bad(by) && !by.Type().IsNumeric() {
			b.errorf(codeArgumentType, o.By.Span(), "top-hitters by needs a number, this is %s", article(by.Type()))
			by = unknown()
		}
		if bad(by) {
			return badRel()
		}
		t := by.Type()
		if t == types.Int {
			t = types.Long
		}
		g = plan.Agg{Func: must(aggregateKind, "sum"), Args: []plan.Expr{by}, Type: t}
		byName, _ := b.autoName(o.By, in)
		name = "approximate_sum_" + byName
	}
	g.Name = p.names.add(name, name)
	cols := types.Schema{{Name: key.name, Type: key.t}, {Name: g.Name, Type: g.Type}}
	if r.bad || n == nil || bad(key.x) {
		return &rel{cols: cols, node: r.node}
	}
	out := plan.Out{Columns: cols, At: o.Span()}
	group := &plan.Aggregate{Out: out, Input: r.node, Keys: []plan.Named{{Name: key.name, X: key.x}}, Aggs: []plan.Agg{g}}
	s := newRel(&plan.Top{Out: out, Input: group, Count: n, Hitters: true, By: []plan.Order{
		{X: &plan.Column{Name: g.Name, T: g.Type}, Desc: true},
		{X: &plan.Column{Name: key.name, T: key.t}, Desc: true}, // equal ones in an order of some kind
	}}, cols)
	s.serialized = true
	return s
}

// nestedLevel is one clause of top-nested, bound.
type nestedLevel struct {
	count  plan.Expr // nil: all
	of     plan.Expr // over the input
	name   string    // of the value in the result
	aggs   []plan.Agg
	by     plan.Expr // over aggs
	byName string
	desc   bool
	others *plan.Const
	key    string // column of the extended input that holds of
}

// topNestedOp binds top-nested: the best groups, within each of them the best
// subgroups, and so on; with others, a row for what is left of each.
//
// Source: https://learn.microsoft.com/kusto/query/top-nested-operator
func (b *binder) topNestedOp(o *syntax.TopNestedOp, r *rel, v *env) *rel {
	names := uniqueNames{}
	var levels []*nestedLevel
	var cols types.Schema
	ok := !r.bad
	for _, c := range o.Clauses {
		l := b.nestedClause(c, r, v, names)
		levels = append(levels, l)
		ok = ok && !bad(l.of) && !bad(l.by)
		cols = append(cols, types.Column{Name: l.name, Type: l.of.Type()}, types.Column{Name: l.byName, Type: l.by.Type()})
	}
	if !ok {
		return &rel{bad: true, open: true, cols: cols, node: r.node}
	}
	n := &nesting{b: b, at: o.Span(), levels: levels}
	if plan.OfGroup(r.node) && (len(levels) > 1 || n.othersFrom(0)) {
		return b.unsupportedOp(o, "levels and others within the rows of a group", "make the group the first level: top-nested of Group by ignore = max(1), top-nested ..")
	}
	s := newRel(n.build(r.visible(), cols), cols)
	s.serialized = true
	return s
}

func (b *binder) nestedClause(c *syntax.TopNestedClause, r *rel, v *env, names uniqueNames) *nestedLevel {
	in := v.rows(r)
	l := &nestedLevel{desc: c.By.Dir != "asc" && c.By.Dir != "granny-asc", key: b.fresh("key")}
	if c.Count != nil {
		l.count = b.count(c.Count, v)
	}
	of := c.Of
	if n, ok := of.(*syntax.Named); ok {
		of = n.X
	}
	l.of = b.scalar(of, in)
	name, _ := b.autoName(c.Of, in)
	if name == "" {
		name = b.defaultName(in, true)
	}
	l.name = names.add(name, name)
	a := &aggregation{}
	ag := v.rows(r)
	ag.agg = a
	byExpr, byName := c.By.X, "aggregated_"+l.name
	if n, ok := byExpr.(*syntax.Named); ok && len(n.Names) > 0 {
		byName, byExpr = n.Names[0].Value, n.X
	}
	l.byName = names.add(byName, byName)
	parts := b.parts(byExpr, ag)
	l.by, l.aggs = parts.cols[0].x, a.aggs
	if c.Others != nil {
		x := b.scalar(c.Others, v.tables())
		if !bad(x) && !bad(l.of) {
			k, isConst := fold(x).(*plan.Const)
			if !isConst {
				b.errorf(codeConstantExpected, c.Others.Span(), "the value of others must be a constant")
			} else if val, ok := constAs(k.Value, l.of.Type()); ok || k.Value.Type == l.of.Type() {
				if !ok {
					val = k.Value
				}
				l.others = &plan.Const{Value: val}
			} else {
				b.errorf(codeArgumentType, c.Others.Span(), "the value of others is %s, the group %s", article(k.Value.Type), article(l.of.Type()))
			}
		}
	}
	return l
}

// nesting builds the plan of a top-nested. For each level it keeps a shared table of
// the chosen groups: the parent's number, the value, the aggregate, an own number.
type nesting struct {
	b      *binder
	at     source.Span
	levels []*nestedLevel
}

const (
	nestedParent = "$parent"
	nestedID     = "$id"
	nestedBy     = "$by"
)

func (n *nesting) build(r *rel, cols types.Schema) plan.Node {
	// the rows, with the values of all levels
	rowCols := append(append(types.Schema(nil), r.cols...), types.Column{Name: nestedParent, Type: types.Long})
	xs := append(r.columns(), long(0))
	for _, l := range n.levels {
		rowCols = append(rowCols, types.Column{Name: l.key, Type: l.of.Type()})
		xs = append(xs, l.of)
	}
	rows := r.project(rowCols, xs, n.at)
	var tops []*rel
	var results []plan.Node
	for k, l := range n.levels {
		rows = n.b.useTable(&entity{rel: rows, shared: n.b.share("", rows, false)})
		top := n.best(rows, l)
		shared := n.b.share("", top, true)
		use := func() *rel { return n.b.useTable(&entity{rel: top, shared: shared}) }
		if n.othersFrom(k) {
			results = append(results, n.left(rows, k, tops, use(), cols))
		}
		tops = append(tops, use())
		rows = n.inside(rows, l, use())
	}
	results = append([]plan.Node{n.chain(tops, cols)}, results...)
	if len(results) == 1 {
		return results[0]
	}
	return &plan.Union{Out: plan.Out{Columns: cols, At: n.at}, Inputs: results}
}

// othersFrom reports whether rows that fall out at level k show in the result.
func (n *nesting) othersFrom(k int) bool {
	for _, l := range n.levels[k:] {
		if l.others != nil {
			return true
		}
	}
	return false
}

// best is the table of a level's chosen groups.
func (n *nesting) best(rows *rel, l *nestedLevel) *rel {
	keyCol := types.Column{Name: l.key, Type: l.of.Type()}
	parent := types.Column{Name: nestedParent, Type: types.Long}
	cols := types.Schema{parent, keyCol}
	agg := &plan.Aggregate{Input: rows.node, Keys: []plan.Named{
		{Name: nestedParent, X: &plan.Column{Name: nestedParent, T: types.Long}},
		{Name: l.key, X: &plan.Column{Name: l.key, T: keyCol.Type}},
	}, Aggs: l.aggs}
	agg.Columns = append(append(types.Schema(nil), cols...), aggColumns(l.aggs)...)
	by := types.Column{Name: nestedBy, Type: l.by.Type()}
	cols = append(cols, by)
	groups := newRel(agg, agg.Columns).project(cols, []plan.Expr{
		&plan.Column{Name: nestedParent, T: types.Long}, &plan.Column{Name: l.key, T: keyCol.Type}, l.by,
	}, n.at)
	order := []plan.Order{{X: &plan.Column{Name: nestedBy, T: by.Type}, Desc: l.desc, NullsFirst: !l.desc}}
	out := plan.Out{Columns: cols, At: n.at}
	var chosen plan.Node = groups.node
	if l.count != nil {
		body := &plan.Top{Out: out, Input: &plan.Outer{Out: out}, Count: l.count, By: order}
		chosen = &plan.Apply{Out: out, Input: groups.node, Key: &plan.Column{Name: nestedParent, T: types.Long}, Body: body}
	}
	numbered := append(append(types.Schema(nil), cols...), types.Column{Name: nestedID, Type: types.Long})
	c := newRel(&plan.Serialize{Out: out, Input: &plan.Sort{Out: out, Input: chosen, By: order}}, cols)
	number := &plan.Call{Func: must(windowKind, "row_number"), Args: []plan.Expr{long(1), boolean(false)}, T: types.Long, At: n.at}
	return c.project(numbered, append(c.columns(), number), n.at)
}

func aggColumns(aggs []plan.Agg) types.Schema {
	s := make(types.Schema, len(aggs))
	for i, g := range aggs {
		s[i] = types.Column{Name: g.Name, Type: g.Type}
	}
	return s
}

// inside are the rows of a level's chosen groups; their parent is the group.
func (n *nesting) inside(rows *rel, l *nestedLevel, top *rel) *rel {
	joined := n.join(plan.Inner, rows, l, top)
	xs := make([]plan.Expr, len(rows.cols))
	for i, c := range rows.cols {
		xs[i] = &plan.Column{Name: c.Name, T: c.Type}
		if c.Name == nestedParent {
			xs[i] = &plan.Column{Name: nestedID, T: types.Long}
		}
	}
	return joined.project(rows.cols, xs, n.at)
}

// join joins rows with the groups they belong to, or do not belong to.
func (n *nesting) join(kind plan.JoinKind, rows *rel, l *nestedLevel, top *rel) *rel {
	parent := &plan.Column{Name: nestedParent, T: types.Long}
	key := &plan.Column{Name: l.key, T: l.of.Type()}
	cols := append(types.Schema(nil), rows.cols...)
	sources := make([]plan.JoinSource, len(cols))
	for i, c := range cols {
		sources[i] = plan.JoinSource{Name: c.Name}
	}
	if kind == plan.Inner {
		cols = append(cols, types.Column{Name: nestedID, Type: types.Long})
		sources = append(sources, plan.JoinSource{Right: true, Name: nestedID})
	}
	return newRel(&plan.Join{
		Out: plan.Out{Columns: cols, At: n.at}, Kind: kind, Left: rows.node, Right: top.node,
		On: []plan.On{{Left: parent, Right: parent}, {Left: key, Right: key}}, Sources: sources,
	}, cols)
}

// chain joins the chosen groups of all levels to result rows.
func (n *nesting) chain(tops []*rel, cols types.Schema) plan.Node {
	path := n.path(tops)
	xs := make([]plan.Expr, len(cols))
	for i, c := range cols {
		xs[i] = &plan.Column{Name: c.Name, T: c.Type}
	}
	return path.project(cols, xs, n.at).node
}

// path joins the groups of levels 1 .. k: the result's columns so far and the last
// level's number.
func (n *nesting) path(tops []*rel) *rel {
	var acc *rel
	for k, top := range tops {
		l := n.levels[k]
		named := top.project(types.Schema{
			{Name: nestedParent, Type: types.Long}, {Name: l.name, Type: l.of.Type()},
			{Name: l.byName, Type: l.by.Type()}, {Name: nestedID, Type: types.Long},
		}, []plan.Expr{
			&plan.Column{Name: nestedParent, T: types.Long}, &plan.Column{Name: l.key, T: l.of.Type()},
			&plan.Column{Name: nestedBy, T: l.by.Type()}, &plan.Column{Name: nestedID, T: types.Long},
		}, n.at)
		if acc == nil {
			acc = n.drop(named, nestedParent)
			continue
		}
		acc = n.attach(acc, named)
	}
	return acc
}

// attach joins rows with the groups whose parent they are.
func (n *nesting) attach(acc, next *rel) *rel {
	var cols types.Schema
	var sources []plan.JoinSource
	for _, c := range acc.cols {
		if c.Name != nestedID {
			cols = append(cols, c)
			sources = append(sources, plan.JoinSource{Name: c.Name})
		}
	}
	for _, c := range next.cols {
		if c.Name != nestedParent {
			cols = append(cols, c)
			sources = append(sources, plan.JoinSource{Right: true, Name: c.Name})
		}
	}
	return newRel(&plan.Join{
		Out: plan.Out{Columns: cols, At: n.at}, Kind: plan.Inner, Left: acc.node, Right: next.node, Sources: sources,
		On: []plan.On{{Left: &plan.Column{Name: nestedID, T: types.Long}, Right: &plan.Column{Name: nestedParent, T: types.Long}}},
	}, cols)
}

func (n *nesting) drop(r *rel, name string) *rel {
	return n.b.keep(r, n.at, func(c string) bool { return c != name })
}

// left are the result rows of what falls out at level k: others where the author
// wants them, null where not.
func (n *nesting) left(rows *rel, k int, tops []*rel, top *rel, cols types.Schema) plan.Node {
	l := n.levels[k]
	rest := n.join(plan.LeftAnti, rows, l, top)
	agg := &plan.Aggregate{Input: rest.node, Keys: []plan.Named{{Name: nestedParent, X: &plan.Column{Name: nestedParent, T: types.Long}}}}
	for _, below := range n.levels[k:] {
		if below.others != nil {
			agg.Aggs = append(agg.Aggs, below.aggs...)
		}
	}
	agg.Columns = append(types.Schema{{Name: nestedParent, Type: types.Long}}, aggColumns(agg.Aggs)...)
	sums := newRel(agg, agg.Columns)
	if k > 0 {
		sums = n.attach(n.path(tops), sums)
	}
	xs := make([]plan.Expr, len(cols))
	for i, level := range n.levels {
		of, by := 2*i, 2*i+1
		switch {
		case i < k:
			xs[of], xs[by] = &plan.Column{Name: cols[of].Name, T: cols[of].Type}, &plan.Column{Name: cols[by].Name, T: cols[by].Type}
		case level.others != nil:
			xs[of], xs[by] = level.others, level.by
		default:
			xs[of], xs[by] = nullOf(cols[of].Type), nullOf(cols[by].Type)
		}
	}
	return sums.project(cols, xs, n.at).node
}
