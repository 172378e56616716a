package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

type graph struct{}
type graphScope struct{}

func (b *binder) graphColumn(n *syntax.Name, v *env) plan.Expr                        { return nil }
func (b *binder) graphFunction(f *builtin.Function, e *syntax.Call, v *env) plan.Expr { return nil }
func (b *binder) stepColumn(n, c *syntax.Name, v *env) plan.Expr                      { return nil }
func takesGraph(o syntax.Operator) bool                                               { return false }
func needsGraph(o syntax.Operator) bool                                               { return false }
func (b *binder) evaluateOp(o *syntax.EvaluateOp, r *rel, v *env) *rel {
	return b.unsupportedOp(o, "later")
}
func (b *binder) graphMarkComponentsOp(o *syntax.GraphMarkComponentsOp, r *rel) *rel {
	return b.unsupportedOp(o, "later")
}
func (b *binder) graphMatchOp(o *syntax.GraphMatchOp, r *rel, v *env) *rel {
	return b.unsupportedOp(o, "later")
}
func (b *binder) graphShortestPathsOp(o *syntax.GraphShortestPathsOp, r *rel, v *env) *rel {
	return b.unsupportedOp(o, "later")
}
func (b *binder) graphToTableOp(o *syntax.GraphToTableOp, r *rel) *rel {
	return b.unsupportedOp(o, "later")
}
func (b *binder) graphWhereEdgesOp(o *syntax.GraphWhereEdgesOp, r *rel, v *env) *rel {
	return b.unsupportedOp(o, "later")
}
func (b *binder) graphWhereNodesOp(o *syntax.GraphWhereNodesOp, r *rel, v *env) *rel {
	return b.unsupportedOp(o, "later")
}
func (b *binder) makeGraphOp(o *syntax.MakeGraphOp, r *rel, v *env) *rel {
	return b.unsupportedOp(o, "later")
}
func (b *binder) scanOp(o *syntax.ScanOp, r *rel, v *env) *rel { return b.unsupportedOp(o, "later") }
