package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// graphPart is one value of the column by which a graph is partitioned; nil is all rows.
type graphPart struct {
	column types.Column
	value  types.Value
}

// of returns the rows of r that belong to the part. r has its column.
func (p *graphPart) of(r *rel, at source.Span) *rel {
	if p == nil {
		return r
	}
	c := &plan.Column{Name: p.column.Name, T: p.column.Type}
	is := plan.Expr(fn("isnull", types.Bool, at, c))
	if !p.value.Null {
		is = opCall("==", types.Bool, at, c, &plan.Const{Value: p.value})
	}
	return r.with(&plan.Filter{Out: r.same(at), Input: r.node, Predicate: is})
}

// hasPart reports whether a table of nodes has the column of the partition, and complains if
// it has none.
func (b *binder) hasPart(t *rel, p *graphPart, at source.Span) bool {
	i := t.cols.Index(p.column.Name)
	switch {
	case i < 0:
		b.error(codeUnknownColumn, at, "the nodes have no column '"+p.column.Name+"', by which the graph is partitioned", "the edges and all tables of nodes need it")
	case t.cols[i].Type != p.column.Type:
		b.errorf(codeJoinKeyTypes, at, "the column '%s' is of type %s in the edges and of type %s in the nodes", p.column.Name, p.column.Type, t.cols[i].Type)
	default:
		return true
	}
	return false
}

// partitionedGraph binds make-graph .. partitioned-by: a graph for each value of a column of
// the edges, and the query over each of them. The values are read beforehand.
//
// Source: https://learn.microsoft.com/kusto/query/make-graph-operator
func (b *binder) partitionedGraph(o *syntax.MakeGraphOp, r *rel, v *env) *rel {
	key := b.scalar(o.PartitionedBy, v.rows(r))
	if r.bad || bad(key) {
		return badRel()
	}
	c, isColumn := key.(*plan.Column)
	switch {
	case !isColumn:
		b.error(codeColumnExpected, o.PartitionedBy.Span(), "partitioned-by needs a column", "compute it before: | extend key = ..")
		return badRel()
	case c.T == types.Dynamic:
		b.errorf(codeDynamicKey, o.PartitionedBy.Span(), "partitioned-by needs a plain column, this is a dynamic")
		return badRel()
	}
	if o.Partition == nil || len(o.Partition.Ops) == 0 {
		b.error(codeTableExpected, o.Span(), "partitioned-by needs a graph operator", "write partitioned-by "+c.Name+" (graph-match ..)")
		return badRel()
	}
	values, r, ok := b.partValues(c, r, o.PartitionedBy.Span())
	if !ok {
		return badRel()
	}
	return b.unionOfParts(values, o.Span(), func(part *graphPart) *rel { return b.partOf(o, r, v, part) })
}

// partValues are the parts into which a column parts the rows of r, which it returns such
// that each part reads the same rows; the part of null alone if there are no rows.
func (b *binder) partValues(c *plan.Column, r *rel, at source.Span) ([]*graphPart, *rel, bool) {
	if !r.plain() {
		v := r.visible()
		r = b.useTable(b.again(v))
	}
	cols := types.Schema{{Name: c.Name, Type: c.T}}
	in := r.visible().project(cols, []plan.Expr{c}, source.NoSpan)
	rows, _ := b.discover(&plan.Limit{
		Out:   plan.Out{Columns: cols},
		Input: &plan.Distinct{Out: plan.Out{Columns: cols}, Input: in.node}, Count: long(maxPartitions + 1),
	}, at)
	if len(rows) > maxPartitions {
		b.error(codeTooLarge, at, "the column has more than "+itoa(maxPartitions)+" values, of which each is a graph", graphOfGroup)
		return nil, r, false
	}
	var parts []*graphPart
	for _, row := range rows {
		parts = append(parts, &graphPart{cols[0], row[0]})
	}
	if len(parts) == 0 {
		parts = []*graphPart{{cols[0], types.Null(c.T)}}
	}
	return parts, r, true
}

// unionOfParts binds a query over each part.
func (b *binder) unionOfParts(parts []*graphPart, at source.Span, bind func(*graphPart) *rel) *rel {
	var tables []*rel
	for _, part := range parts {
		t := bind(part)
		if t.bad {
			return t
		}
		tables = append(tables, t)
	}
	return b.union(tables, false, "", at)
}

// makesGraph reports whether a pipeline makes a graph of the rows that it gets.
func makesGraph(p *syntax.Pipeline) bool {
	if p == nil || p.Source != nil {
		return false
	}
	for _, o := range p.Ops {
		if _, ok := o.(*syntax.MakeGraphOp); ok {
			return true
		}
	}
	return false
}

// partitionGraphs binds partition by a column where the query makes a graph of the rows: a
// query for each value.
func (b *binder) partitionGraphs(o *syntax.PartitionOp, key *plan.Column, r *rel, v *env) *rel {
	parts, r, ok := b.partValues(key, r, o.By.Span())
	if !ok {
		return badRel()
	}
	return b.unionOfParts(parts, o.Span(), func(part *graphPart) *rel {
		t := b.bodyOf(o.Body, part.of(r, o.Span()), v)
		if t.graph != nil {
			b.error(codeTableExpected, o.Body.Span(), "the query of partition gives a graph", "end it with graph-match or graph-to-table")
			return badRel()
		}
		return t
	})
}

// partOf binds the query over one part of a graph.
func (b *binder) partOf(o *syntax.MakeGraphOp, r *rel, v *env, part *graphPart) *rel {
	g := b.graphOf(o, r, v, part)
	if g.bad {
		return g
	}
	t := b.bodyOf(o.Partition, g, v)
	if t.graph != nil {
		b.error(codeTableExpected, o.Partition.Span(), "the query of partitioned-by gives a graph", "end it with graph-match or graph-to-table")
		return badRel()
	}
	return t
}
