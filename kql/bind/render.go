package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// renderOp keeps the chart hint.
func (b *binder) renderOp(o *syntax.RenderOp, r *rel) *rel {
	render := &plan.Render{Chart: o.Chart, Properties: map[string]string{}}
	for _, list := range [][]*syntax.Named{o.Params, o.With} {
		for _, p := range list {
			if len(p.Names) == 1 {
				render.Properties[p.Names[0].Value] = paramText(p.X)
			}
		}
	}
	b.render = render
	return r
}
