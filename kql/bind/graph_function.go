package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// graphOnly are the functions that have a meaning in graph patterns alone.
var graphOnly = map[string]bool{
	"all": true, "any": true, "inner_nodes": true, "labels": true, "map": true,
	"node_degree_in": true, "node_degree_out": true, "node_id": true,
}

// graphFunction binds the functions of graph patterns; nil if f is none or stands elsewhere.
func (b *binder) graphFunction(f *builtin.Function, e *syntax.Call, v *env) plan.Expr {
	if v.graph == nil {
		return nil
	}
	switch f.Name {
	case "all", "any", "map":
		if len(e.Args) != 2 {
			b.countError(f, len(e.Args), e.Span())
			return unknown()
		}
		x, edge := b.pathElement(e.Args[0], v)
		if bad(x) {
			return x
		}
		inner := *v
		scope := *v.graph
		scope.inner, scope.innerNodes = scope.g.nodeColumns(), !edge
		if edge {
			scope.inner = scope.g.edges.cols
		}
		inner.graph = &scope
		y := b.scalar(e.Args[1], &inner)
		if bad(y) {
			return y
		}
		t := types.Bool
		if f.Name == "map" {
			t = types.Dynamic
		} else if y.Type() != types.Bool {
			b.errorf(codeBoolExpected, e.Args[1].Span(), "'%s' needs a condition, this is %s", f.Name, article(y.Type()))
			return unknown()
		}
		return &plan.Call{Func: f, Args: []plan.Expr{x, y}, T: t, At: e.Span()}
	case "inner_nodes":
		if len(e.Args) == 1 {
			if n, ok := unparen(e.Args[0]).(*syntax.Name); ok {
				if i := v.graph.find(n.Value); i >= 0 && v.graph.elements[i].Variable {
					return &plan.Call{Func: f, Args: []plan.Expr{&plan.StateColumn{Step: i, T: types.Dynamic}}, T: types.Dynamic, At: e.Span()}
				}
			}
		}
		b.errorf(codeColumnExpected, e.Span(), "'inner_nodes' takes an edge of variable length")
		return unknown()
	case "labels":
		return b.labels(f, e, v)
	case "node_degree_in", "node_degree_out", "node_id":
		return b.nodeFunction(f, e, v)
	}
	return nil
}

// labels binds labels: graphs of make-graph have none.
//
// Source: https://learn.microsoft.com/kusto/query/labels-graph-function
func (b *binder) labels(f *builtin.Function, e *syntax.Call, v *env) plan.Expr {
	switch {
	case len(e.Args) > 1:
		b.countError(f, len(e.Args), e.Span())
		return unknown()
	case len(e.Args) == 0 && v.graph.inner == nil:
		b.errorf(codeColumnExpected, e.Span(), "'labels' without an argument stands inside all, any or map")
		return unknown()
	case len(e.Args) == 1:
		if n, ok := unparen(e.Args[0]).(*syntax.Name); !ok || v.graph.find(n.Value) < 0 {
			b.errorf(codeColumnExpected, e.Args[0].Span(), "'labels' takes a node or an edge of the pattern")
			return unknown()
		}
	}
	return &plan.Const{Value: types.Value{Type: types.Dynamic, Str: "[]"}}
}

// pathElement binds the first argument of all, any and map: a variable-length edge,
// or the nodes within one.
func (b *binder) pathElement(e syntax.Expr, v *env) (x plan.Expr, edge bool) {
	switch n := unparen(e).(type) {
	case *syntax.Name:
		if i := v.graph.find(n.Value); i >= 0 && v.graph.elements[i].Variable {
			return &plan.StateColumn{Step: i, T: types.Dynamic}, true
		}
	case *syntax.Call:
		if n.F != nil && n.F.Value == "inner_nodes" {
			return b.graphFunction(builtin.Lookup("inner_nodes", builtin.Scalar), n, v), false
		}
	}
	b.errorf(codeColumnExpected, e.Span(), "an edge of variable length is expected here, such as e in -[e*1..3]->")
	return unknown(), false
}

// Columns that node functions read.
const (
	nodeDegreeIn  = "$degree_in"
	nodeDegreeOut = "$degree_out"
	nodeText      = "$node_id"
)

// nodeFunction binds the functions of a node: with an argument that node of the pattern,
// without one the node within a path that all, any or map look at.
func (b *binder) nodeFunction(f *builtin.Function, e *syntax.Call, v *env) plan.Expr {
	column := map[string]plan.Column{
		"node_degree_in": {Name: nodeDegreeIn, T: types.Long}, "node_degree_out": {Name: nodeDegreeOut, T: types.Long}, "node_id": {Name: nodeText, T: types.String},
	}[f.Name]
	switch len(e.Args) {
	case 0:
		if v.graph.innerNodes {
			return &column
		}
		b.errorf(codeColumnExpected, e.Span(), "'%s' without an argument stands inside all, any or map over inner_nodes", f.Name)
		return unknown()
	case 1:
		if n, ok := unparen(e.Args[0]).(*syntax.Name); ok {
			if i := v.graph.find(n.Value); i >= 0 && !v.graph.elements[i].Edge {
				return &plan.StateColumn{Step: i, Name: column.Name, T: column.T}
			}
		}
		b.errorf(codeColumnExpected, e.Args[0].Span(), "'%s' takes a node of the pattern", f.Name)
		return unknown()
	}
	b.countError(f, len(e.Args), e.Span())
	return unknown()
}
