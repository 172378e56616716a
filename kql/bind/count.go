package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// countOp binds count.
func (b *binder) countOp(o *syntax.CountOp, r *rel) *rel {
	name := "Count"
	if o.Name != nil {
		name = o.Name.Value
	}
	cols := types.Schema{{Name: name, Type: types.Long}}
	if r.bad {
		return &rel{bad: false, open: false, cols: cols, node: r.node}
	}
	return newRel(&plan.Aggregate{
		Out: plan.Out{Columns: cols, At: o.Span()}, Input: r.node,
		Aggs: []plan.Agg{{Name: name, Func: must(aggregateKind, "count"), Type: types.Long}},
	}, cols)
}
