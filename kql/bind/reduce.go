package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// reducedText is the column of the texts that reduce groups, and reducedCount of how often
// each is there.
const (
	reducedText  = "$text"
	reducedCount = "$count"
)

// reduceOp binds reduce: strings by their common patterns.
//
// Source: https://learn.microsoft.com/kusto/query/reduce-operator
func (b *binder) reduceOp(o *syntax.ReduceOp, r *rel, v *env) *rel {
	x := b.scalar(o.By, v.rows(r))
	if !bad(x) && x.Type() != types.String {
		b.error(codeArgumentType, o.By.Span(), "reduce needs a string, this is "+article(x.Type()), "convert it: tostring(..)")
		x = unknown()
	}
	spec := b.reduceSpec(o, v)
	found := types.Schema{{Name: "Pattern", Type: types.String}, {Name: "Count", Type: types.Long}, {Name: "Representative", Type: types.String}}
	cols := found
	if spec.KeepRows {
		cols = uniqueColumns(append(append(types.Schema(nil), r.cols...), found...))
	}
	if r.bad || bad(x) {
		return &rel{bad: r.bad, cols: cols, node: r.node}
	}
	b.warn(codeOwnChoice, o.Keyword(), "which patterns 'reduce' chooses may differ from Kusto's", "")
	in := r.visible()
	if !spec.KeepRows {
		texts := in.project(types.Schema{{Name: reducedText, Type: types.String}}, []plan.Expr{x}, o.Span())
		return newRel(b.reduction(texts, spec, found, o.Span()), cols)
	}
	if plan.OfGroup(in.node) {
		b.error(codeUnsupported, o.Keyword(), "reduce kind=source is not supported within a group", "leave out kind=source, or reduce before the partition")
		return badRel()
	}
	return b.reduceSource(in.project(append(in.cols[:len(in.cols):len(in.cols)], types.Column{Name: reducedText, Type: types.String}), append(in.columns(), x), o.Span()),
		spec, cols, o.Span())
}

// reduceSpec reads the parameters of reduce.
func (b *binder) reduceSpec(o *syntax.ReduceOp, v *env) *plan.ReduceSpec {
	spec := &plan.ReduceSpec{Threshold: 0.1}
	kind, _ := param(o.Params, "kind")
	spec.KeepRows = kind == "source"
	for _, list := range [][]*syntax.Named{o.Params, o.With} {
		for _, p := range list {
			if len(p.Names) != 1 {
				continue
			}
			switch p.Names[0].Value {
			case "threshold":
				if n, ok := b.bounded(b.scalar(p.X, v.tables()), p.X.Span(), "threshold", 0, 1); ok {
					spec.Threshold = n
				}
			case "characters":
				spec.Characters = paramText(p.X)
			}
		}
	}
	return spec
}

// reduction groups the column of texts: counted, the most frequent first.
func (b *binder) reduction(texts *rel, spec *plan.ReduceSpec, cols types.Schema, at source.Span) plan.Node {
	text := &plan.Column{Name: reducedText, T: types.String}
	counted := types.Schema{{Name: reducedText, Type: types.String}, {Name: reducedCount, Type: types.Long}}
	var node plan.Node = &plan.Aggregate{
		Out: plan.Out{Columns: counted, At: at}, Input: texts.node,
		Keys: []plan.Named{{Name: reducedText, X: text}},
		Aggs: []plan.Agg{{Name: reducedCount, Func: must(aggregateKind, "count"), Type: types.Long}},
	}
	node = &plan.Sort{Out: plan.Out{Columns: counted, At: at}, Input: node, By: []plan.Order{
		{X: &plan.Column{Name: reducedCount, T: types.Long}, Desc: true}, {X: text},
	}}
	return &plan.Plugin{Out: plan.Out{Columns: cols, At: at}, Name: "reduce", Input: node, Spec: spec}
}

// reduceSource binds kind=source: each row with its group. The last column of in is the text.
func (b *binder) reduceSource(in *rel, spec *plan.ReduceSpec, cols types.Schema, at source.Span) *rel {
	ent := b.again(in)
	rows, texts := b.useTable(ent), b.useTable(ent)
	const pattern, count, representative = "$pattern", "$rows", "$representative"
	groups := types.Schema{{Name: reducedText, Type: types.String}, {Name: pattern, Type: types.String}, {Name: count, Type: types.Long}, {Name: representative, Type: types.String}}
	text := &plan.Column{Name: reducedText, T: types.String}
	var sources []plan.JoinSource
	for _, c := range in.cols[:len(in.cols)-1] {
		sources = append(sources, plan.JoinSource{Name: c.Name})
	}
	for _, name := range []string{pattern, count, representative} {
		sources = append(sources, plan.JoinSource{Right: true, Name: name})
	}
	return newRel(&plan.Join{
		Out: plan.Out{Columns: cols, At: at}, Kind: plan.Inner, Left: rows.node, Right: b.reduction(texts, spec, groups, at),
		On: []plan.On{{Left: text, Right: text}}, Sources: sources,
	}, cols)
}
