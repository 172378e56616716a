package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// nodeTable is the table of nodes with what is read of them.
func (l *lifting) nodeTable() plan.Node {
	table := l.nodes
	for _, name := range []string{nodeDegreeIn, nodeDegreeOut, nodeText} {
		if l.nodeReads(name) {
			table = l.withNodeColumn(table, name)
		}
	}
	return l.nodeExtra.over(table, l.at, l.spec.NodeID)
}

// nodeReads reports whether a column of nodes is read, as it is or in a computed one.
func (l *lifting) nodeReads(name string) bool {
	found := l.nodeExtra.names[name] != ""
	for _, x := range l.nodeExtra.xs {
		plan.WalkExpr(x, func(y plan.Expr) bool {
			if c, ok := y.(*plan.Column); ok && c.Name == name {
				found = true
			}
			return !found
		})
	}
	return found
}

// withNodeColumn adds a column that node functions read.
func (l *lifting) withNodeColumn(table *rel, name string) *rel {
	id := &plan.Column{Name: l.spec.NodeID, T: l.r.graph.idType()}
	if name == nodeText {
		cols := append(table.cols[:len(table.cols):len(table.cols)], types.Column{Name: name, Type: types.String})
		return table.project(cols, append(table.columns(), fn("tostring", types.String, l.at, id)), l.at)
	}
	end := l.spec.Target
	if name == nodeDegreeOut {
		end = l.spec.Source
	}
	edges := l.b.useTable(&entity{rel: l.edges, shared: l.b.share("", l.edges, false)})
	count := types.Column{Name: "$count", Type: types.Long}
	key := types.Column{Name: "$end", Type: id.T}
	degrees := &plan.Aggregate{
		Out: plan.Out{Columns: types.Schema{key, count}}, Input: edges.node,
		Keys: []plan.Named{{Name: key.Name, X: &plan.Column{Name: end, T: id.T}}},
		Aggs: []plan.Agg{{Name: count.Name, Func: must(aggregateKind, "count"), Type: types.Long}},
	}
	join := &plan.Join{
		Out: plan.Out{Columns: append(table.cols[:len(table.cols):len(table.cols)], count)}, Kind: plan.LeftOuter, Left: table.node, Right: degrees,
		On: []plan.On{{Left: id, Right: &plan.Column{Name: key.Name, T: id.T}}},
	}
	for _, c := range table.cols {
		join.Sources = append(join.Sources, plan.JoinSource{Name: c.Name})
	}
	join.Sources = append(join.Sources, plan.JoinSource{Right: true, Name: count.Name})
	joined := newRel(join, join.Columns)
	cols := append(table.cols[:len(table.cols):len(table.cols)], types.Column{Name: name, Type: types.Long})
	zero := fn("coalesce", types.Long, l.at, &plan.Column{Name: count.Name, T: types.Long}, long(0))
	return joined.project(cols, append(table.columns(), zero), l.at)
}
