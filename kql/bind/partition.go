package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// maxPartitions is how many values the key of a partition over a whole query may have, as
// in Kusto.
const maxPartitions = 64

// partitionQuery binds partition by key { query }: the query is run once for each value of
// the key, which stands in it for the column. The values are read beforehand.
//
// Source: https://learn.microsoft.com/kusto/query/partition-operator
func (b *binder) partitionQuery(o *syntax.PartitionOp, key plan.Expr, r *rel, v *env) *rel {
	if r.bad {
		return r
	}
	if !hasSource(o.Body) {
		b.error(codeNotFirst, o.Body.Span(), "the query in the braces needs a table of its own", "put a query over the rows of each group between ( and )")
		return badRel()
	}
	if plan.OfGroup(r.node) {
		b.error(codeUnsupported, o.Keyword(), "a partition by a whole query inside of another one is not supported", "")
		return badRel()
	}
	name := key.(*plan.Column).Name
	const value = "$value"
	cols := types.Schema{{Name: value, Type: key.Type()}}
	in := r.visible().project(cols, []plan.Expr{key}, source.NoSpan)
	rows, known := b.discover(&plan.Limit{
		Out:   plan.Out{Columns: cols},
		Input: &plan.Distinct{Out: plan.Out{Columns: cols}, Input: in.node}, Count: long(maxPartitions + 1),
	}, o.Span())
	if len(rows) > maxPartitions {
		b.errorf(codeTooLarge, o.By.Span(), "the key of the partition has more than %d values", maxPartitions)
		return badRel()
	}
	var tables []*rel
	for _, row := range rows {
		tables = append(tables, b.partitionOf(o, name, &plan.Const{Value: row[0]}, v))
	}
	if len(tables) == 0 { // nothing, with the columns that the query gives
		t := b.partitionOf(o, name, nullOf(key.Type()), v)
		if t.bad {
			return t
		}
		none := t.visible().with(&plan.Values{Out: plan.Out{Columns: t.cols, At: o.Span()}})
		none.open = t.open || !known
		return none
	}
	return b.union(tables, false, "", o.Span())
}

// partitionOf binds the query of a partition for one value of the key.
func (b *binder) partitionOf(o *syntax.PartitionOp, name string, value plan.Expr, v *env) *rel {
	inner := &env{scope: v.scope.inner()}
	inner.scope.names[name] = &entity{x: value}
	return b.table(o.Body, inner)
}

// hasSource reports whether a query reads something of its own, and not the rows before it.
func hasSource(p *syntax.Pipeline) bool {
	if p == nil {
		return false
	}
	if p.Source != nil || len(p.Ops) == 0 {
		return p.Source != nil
	}
	switch p.Ops[0].(type) {
	case *syntax.FindOp, *syntax.PrintOp, *syntax.RangeOp:
		return true
	}
	return false
}

// groupInList reports whether in (..) or a like operator reads a table that is computed
// from the rows of a group, such as P behind as P.
func groupInList(n plan.Node) bool {
	found := false
	seen := map[*plan.Shared]bool{}
	plan.Walk(n, func(n plan.Node) bool {
		if r, ok := n.(*plan.Ref); ok {
			if seen[r.Shared] {
				return false
			}
			seen[r.Shared] = true
		}
		for _, x := range plan.Exprs(n) {
			plan.WalkExpr(x, func(x plan.Expr) bool {
				q, ok := x.(*plan.InQuery)
				found = found || ok && plan.OfGroup(q.Table)
				return !found
			})
		}
		return !found
	})
	return found
}
