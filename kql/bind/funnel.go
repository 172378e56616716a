package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// funnel binds funnel_sequence, which gives three tables, and funnel_sequence_completion.
//
// Source: https://learn.microsoft.com/kusto/query/funnel-sequence-plugin and
// funnel-sequence-completion-plugin
func (p *pluginCall) funnel() *rel {
	out := p.rows()
	if out.bad {
		return out
	}
	p.b.warn(codeOwnChoice, p.c.F.Span(), "which steps '"+p.f.Name+"' takes for one sequence may differ from Kusto's",
		"sequence_detect, summarize and scan leave no choice")
	if p.f.Name != "funnel_sequence" || p.o.Schema != nil || p.o.SchemaOpen {
		return out
	}
	whole := out.node.(*plan.Plugin)
	if !plan.OfGroup(whole.Input) { // three tables of the same rows
		in := &rel{node: whole.Input, cols: whole.Input.Schema()}
		whole.Input = p.b.useTable(p.b.again(in)).node
	}
	out.leads = true
	out.results = []plan.Result{
		{Name: "prev-sequence-next", Root: whole},
		{Name: "prev-sequence", Root: withoutColumn(whole, "next", 2)},
		{Name: "sequence-next", Root: withoutColumn(whole, "prev", 1)},
	}
	return out
}

// withoutColumn is the table of funnel_sequence that lacks a column.
func withoutColumn(whole *plan.Plugin, hidden string, column int) *plan.Plugin {
	n := *whole
	spec := *whole.Spec.(*plan.ActivitySpec)
	spec.Hidden = hidden
	n.Spec = &spec
	n.Columns = append(append(types.Schema(nil), whole.Columns[:column]...), whole.Columns[column+1:]...)
	return &n
}
