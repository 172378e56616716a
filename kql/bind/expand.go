package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// expansion is what mv-expand and mv-apply have in common.
type expansion struct {
	items []plan.UnnestItem
	// applied names the input columns that are expanded themselves.
	applied map[string]bool
	index   string
	limit   plan.Expr
	bags    bool
}

// mvExpandOp binds mv-expand.
func (b *binder) mvExpandOp(o *syntax.MvExpandOp, r *rel, v *env) *rel {
	x, out := b.expand(o.Columns, o.Limit, o.Params, r, v, o.Span())
	if r.bad || out.bad {
		return out
	}
	node := &plan.Unnest{
		Out: out.same(o.Span()), Input: r.node, Items: x.items, Index: x.index,
		Limit: x.limit, Outer: true, BagArray: x.bags,
	}
	return b.unnest(node, out)
}

// unnest finishes a rel over an Unnest. The node puts its items where a column of
// the same name stood, and the others behind.
func (b *binder) unnest(node *plan.Unnest, out *rel) *rel {
	c := *out
	c.node = node
	c.keepAliases()
	return &c
}

// expand binds the columns of mv-expand or mv-apply; the rel has the columns of the result, no node yet.
func (b *binder) expand(list []syntax.Expr, limit syntax.Expr, params []*syntax.Named, r *rel, v *env, at source.Span) (*expansion, *rel) {
	x := &expansion{applied: map[string]bool{}}
	p := newProjection()
	p.all(r)
	in := v.rows(r)
	for _, e := range list {
		b.expandItem(x, p, e, in)
	}
	cols, _ := p.schema()
	if name, _ := param(params, "with_itemindex"); name != "" {
		name = p.add(outColumn{name: name, t: types.Long, x: long(0)}, "", false, false)
		x.index = name
		cols, _ = p.schema()
	}
	kind, n := param(params, "kind", "bagexpansion")
	switch kind {
	case "", "bag":
	case "array":
		x.bags = true
	default:
		b.error(codeBadParameter, n.Span(), "'"+kind+"' is no way to expand a bag", "kinds are bag and array")
	}
	if limit != nil {
		x.limit = b.count(limit, v)
	}
	out := *r
	out.cols = cols
	for _, it := range x.items {
		out.bad = out.bad || it.As.Type == types.Unknown
	}
	return x, &out
}

// expandItem binds one expanded expression.
func (b *binder) expandItem(x *expansion, p *projection, e syntax.Expr, v *env) {
	var as *types.Type
	if to, ok := e.(*syntax.ToTypeof); ok {
		t, _ := typeLiteral(to.Type)
		as = &t
		if to.X == nil {
			return
		}
		e = to.X
	}
	inner := e
	named, isNamed := e.(*syntax.Named)
	if isNamed {
		inner = named.X
		if to, ok := inner.(*syntax.ToTypeof); ok {
			t, _ := typeLiteral(to.Type)
			as, inner = &t, to.X
		}
	}
	val := b.asDynamic(b.scalar(inner, v), inner.Span())
	if !bad(val) && val.Type() != types.Dynamic {
		hint := "parse it first: parse_json(..)"
		if val.Type() == types.String {
			hint = "parse it first: parse_json(..), or cut it: split(.., \",\")"
		}
		b.error(codeArgumentType, inner.Span(), "mv-expand takes a dynamic array or bag, this is "+article(val.Type()), hint)
		val = unknown()
	}
	t := val.Type()
	if as != nil && t != types.Unknown {
		t = *as
	}
	c := outColumn{x: val, t: t}
	switch from, plain := b.plainColumn(inner, v); {
	case isNamed && len(named.Names) > 0:
		c.name = named.Names[0].Value
		b.declare(p, c, named.Names[0].Span(), true)
	case plain:
		c.name = from
		x.applied[from] = true
		b.declare(p, c, inner.Span(), true)
	default:
		name, ok := b.autoName(inner, v)
		if !ok {
			name = b.defaultName(v, true)
		}
		c.name = name
		c.name = p.add(c, "", true, false)
	}
	x.items = append(x.items, plan.UnnestItem{X: val, As: types.Column{Name: c.name, Type: t}})
}

// mvApplyOp binds mv-apply: a subquery over the expanded rows of each row.
func (b *binder) mvApplyOp(o *syntax.MvApplyOp, r *rel, v *env) *rel {
	x, expanded := b.expand(o.Columns, o.Limit, o.Params, r, v, o.Span())
	if o.ID != nil {
		b.scalar(o.ID, v.rows(r))
	}
	if r.bad {
		expanded.bad = true
	}
	if expanded.bad {
		return b.bodyOf(o.On, expanded, v)
	}
	rowID := b.fresh("row")
	cols := append(types.Schema(nil), expanded.cols...)
	in := &plan.Unnest{Input: r.node, Items: x.items, Index: x.index, RowID: rowID, Limit: x.limit, BagArray: x.bags}
	in.Out = expanded.out(append(cols, types.Column{Name: rowID, Type: types.Long}), o.Span())
	plain := *expanded
	plain.serialized = true // the items have an order
	plain.node = in
	b.groups = append(b.groups, group{in, &plan.Column{Name: rowID, T: types.Long}})
	body := b.bodyOf(o.On, b.outerRel(&plain), v)
	b.groups = b.groups[:len(b.groups)-1]
	if body.bad {
		return body
	}
	body = body.visible()
	if !b.groupBody(o, body) {
		return badRel()
	}
	return b.applyResult(o, r, x, in, rowID, body)
}

// applyResult lays out mv-apply's columns: the input's that are not expanded, those
// that the subquery makes again in its place, then the subquery's others.
func (b *binder) applyResult(o *syntax.MvApplyOp, r *rel, x *expansion, in *plan.Unnest, rowID string, body *rel) *rel {
	p := newProjection()
	for i, c := range r.cols {
		if !x.applied[c.Name] {
			p.add(outColumn{name: c.Name, x: r.column(i), t: c.Type}, "", false, false)
		}
	}
	for i, c := range body.cols {
		p.add(outColumn{name: c.Name, x: body.column(i), t: c.Type}, "", true, false)
	}
	node := &plan.Apply{Input: in, Key: &plan.Column{Name: rowID, T: types.Long}, Body: body.node}
	all := append(types.Schema(nil), body.cols...)
	for _, c := range r.cols {
		if body.cols.Index(c.Name) < 0 && !x.applied[c.Name] {
			node.Pass = append(node.Pass, c.Name)
			all = append(all, c)
		}
	}
	if r.hidden {
		node.Pass = append(node.Pass, plan.IngestionTime)
	}
	out := *r
	node.Out = out.out(all, o.Span())
	out.node, out.cols = node, all
	cols, xs := p.schema()
	return out.project(cols, xs, o.Span())
}

// group is an Apply whose body is being bound.
type group struct {
	input plan.Node
	key   plan.Expr
}

// ungrouped returns the rows of n in all groups, where n stands inside the body of an Apply.
func (b *binder) ungrouped(n plan.Node) plan.Node {
	for i := len(b.groups) - 1; i >= 0 && plan.OfGroup(n); i-- {
		n = &plan.Apply{Out: plan.Out{Columns: n.Schema()}, Input: b.groups[i].input, Key: b.groups[i].key, Body: n}
	}
	return n
}

// groupBody complains of what the body of an Apply can't read.
func (b *binder) groupBody(o syntax.Operator, body *rel) bool {
	if groupInList(body.node) {
		b.error(codeUnsupported, o.Keyword(), "the rows of a group can't be read in a list of values", "compute the values with summarize and join")
		return false
	}
	return true
}

// outerRel stands inside a subquery for the rows of a group of r.
func (b *binder) outerRel(r *rel) *rel {
	c := *r
	c.hidden = false
	c.name = ""
	c.node = &plan.Outer{Out: plan.Out{Columns: r.cols}}
	return &c
}

// bodyOf binds a subquery over an implied table.
func (b *binder) bodyOf(p *syntax.Pipeline, outer *rel, v *env) *rel {
	in := v.tables()
	in.outer = outer
	if p == nil {
		return outer
	}
	return b.single(b.pipeline(p, in), p.Span())
}

// partitionOp binds partition: a subquery over the rows of each value of a column.
func (b *binder) partitionOp(o *syntax.PartitionOp, r *rel, v *env) *rel {
	key := b.scalar(o.By, v.rows(r))
	if !bad(key) && key.Type() == types.Dynamic {
		b.errorf(codeDynamicKey, o.By.Span(), "partition needs a plain column, this is a dynamic")
		key = unknown()
	}
	if _, ok := b.plainColumn(o.By, v.rows(r)); !ok && !bad(key) {
		b.error(codeColumnExpected, o.By.Span(), "partition needs a column", "compute it before: | extend key = ..")
		key = unknown()
	}
	if o.Braces && !bad(key) {
		return b.partitionQuery(o, key, r, v)
	}
	if c, ok := key.(*plan.Column); ok && !r.bad && makesGraph(o.Body) && !plan.OfGroup(r.node) {
		return b.partitionGraphs(o, c, r, v)
	}
	outer := *r
	if !r.bad {
		outer = *b.outerRel(r)
	}
	outer.serialized = r.serialized
	b.groups = append(b.groups, group{r.visible().node, key})
	body := b.bodyOf(o.Body, &outer, v)
	b.groups = b.groups[:len(b.groups)-1]
	if r.bad || body.bad || bad(key) {
		body.bad = body.bad || r.bad || bad(key)
		return body
	}
	body = body.visible()
	if !b.groupBody(o, body) {
		return badRel()
	}
	node := &plan.Apply{Out: plan.Out{Columns: body.cols, At: o.Span()}, Input: r.visible().node, Key: key, Body: body.node}
	return newRel(node, body.cols)
}
