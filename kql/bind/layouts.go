package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// pluginLayout says which columns a plugin gives.
type pluginLayout struct {
	columns func(p *pluginCall, a *pluginArgs) types.Schema
	// skips says that "~" stands for an argument's default.
	skips bool
	// whole says that the plugin reads all columns, not just those in its arguments.
	whole bool
}

// pluginLayouts are the plugins whose columns follow from their arguments.
//
// Source: the plugins' pages under https://learn.microsoft.com/kusto/query/ and the
// columns that Microsoft's binder gives them.
var pluginLayouts = map[string]pluginLayout{
	"active_users_count": timeline(col("dcount", types.Long)),
	"activity_counts_metrics": timeline(
		col("count", types.Long), col("dcount", types.Long), col("new_dcount", types.Long), col("aggregated_dcount", types.Long)),
	"activity_engagement": timeline(
		col("dcount_activities_inner", types.Long), col("dcount_activities_outer", types.Long), col("activity_ratio", types.Real)),
	"activity_metrics": timeline(
		col("dcount_values", types.Long), col("dcount_newvalues", types.Long), col("retention_rate", types.Real), col("churn_rate", types.Real)),
	"autocluster": {columns: segments(col("SegmentId", types.Long), col("Count", types.Long), col("Percent", types.Real)), skips: true},
	"basket":      {columns: segments(col("SegmentId", types.Long), col("Count", types.Long), col("Percent", types.Real)), skips: true},
	"dcount_intersect": {whole: true, columns: func(p *pluginCall, a *pluginArgs) types.Schema {
		cols := append(types.Schema(nil), p.r.cols...)
		for i := range a.args {
			cols = append(cols, col("s"+itoa(i), types.Long))
		}
		return cols
	}},
	"diffpatterns": {columns: segments(
		col("SegmentId", types.Long), col("CountA", types.Long), col("CountB", types.Long), col("PercentA", types.Real),
		col("PercentB", types.Real), col("PercentDiffAB", types.Real)), skips: true},
	"diffpatterns_text": {columns: func(*pluginCall, *pluginArgs) types.Schema {
		return types.Schema{col("Count_of_True", types.Long), col("Count_of_False", types.Long), col("Percent_of_True", types.Real),
			col("Percent_of_False", types.Real), col("Pattern", types.String)}
	}, skips: true},
	"funnel_sequence":            {columns: funnelSequence},
	"funnel_sequence_completion": {columns: funnelCompletion},
	"new_activity_metrics":       {columns: newActivity},
	"rolling_percentile":         {columns: rollingPercentile},
	"rows_near": {whole: true, columns: func(p *pluginCall, _ *pluginArgs) types.Schema {
		return p.r.cols
	}},
	"schema_merge":          {columns: schemaMerge},
	"sequence_detect":       {columns: sequenceDetect},
	"session_count":         timeline(col("count_sessions", types.Long)),
	"sliding_window_counts": timeline(col("Count", types.Long), col("Dcount", types.Long)),
}

func col(name string, t types.Type) types.Column { return types.Column{Name: name, Type: t} }

// timeline is the layout of plugins that give the timeline, the dimensions and figures.
func timeline(figures ...types.Column) pluginLayout {
	return pluginLayout{columns: func(p *pluginCall, a *pluginArgs) types.Schema {
		return append(p.axes(a), figures...)
	}}
}

// axes are the timeline column and the dimensions.
func (p *pluginCall) axes(a *pluginArgs) types.Schema {
	var cols types.Schema
	for _, name := range append([]string{a.spec.Timeline}, a.spec.Dimensions...) {
		if i := p.r.cols.Index(name); i >= 0 {
			cols = append(cols, p.r.cols[i])
		}
	}
	return cols
}

// segments is the layout of pattern finders: figures, then the input's columns.
func segments(figures ...types.Column) func(*pluginCall, *pluginArgs) types.Schema {
	return func(p *pluginCall, _ *pluginArgs) types.Schema {
		return append(append(types.Schema(nil), figures...), p.r.cols...)
	}
}

func funnelSequence(p *pluginCall, a *pluginArgs) types.Schema {
	cols := p.axes(a)
	if len(a.args) > 6 {
		t := a.typeOf(6)
		cols = append(cols, col("prev", t), col("next", t))
	}
	return append(cols, col("dcount", types.Long), col("samples", types.Dynamic))
}

func funnelCompletion(p *pluginCall, a *pluginArgs) types.Schema {
	cols := p.axes(a)
	if len(a.args) > 5 {
		cols = append(cols, col(a.names[5], types.String))
	}
	return append(cols, col("Period", types.TimeSpan), col("dcount", types.Long))
}

func newActivity(p *pluginCall, a *pluginArgs) types.Schema {
	var cols types.Schema
	if i := p.r.cols.Index(a.spec.Timeline); i >= 0 {
		c := p.r.cols[i]
		cols = append(cols, col("from_"+c.Name, c.Type), col("to_"+c.Name, c.Type))
	}
	for _, name := range a.spec.Dimensions {
		cols = append(cols, p.r.cols[p.r.cols.Index(name)])
	}
	return append(cols, col("dcount_new_values", types.Long), col("dcount_retained_values", types.Long),
		col("dcount_churn_values", types.Long), col("retention_rate", types.Real), col("churn_rate", types.Real))
}

func rollingPercentile(p *pluginCall, a *pluginArgs) types.Schema {
	var cols types.Schema
	if c, ok := a.args[2].(*plan.Column); ok {
		cols = append(cols, col(c.Name, c.T))
	}
	for _, name := range a.spec.Dimensions {
		cols = append(cols, p.r.cols[p.r.cols.Index(name)])
	}
	written := func(i int) string {
		if l, ok := unparen(p.c.Args[i]).(*syntax.Literal); ok {
			return l.Text
		}
		return "0"
	}
	return append(cols, col("rolling_"+written(4)+"_percentile_"+a.names[0]+"_"+written(1), a.typeOf(0)))
}

func sequenceDetect(p *pluginCall, a *pluginArgs) types.Schema {
	var dimensions, steps types.Schema
	t := types.DateTime
	if i := p.r.cols.Index(a.spec.Timeline); i >= 0 {
		t = p.r.cols[i].Type
	}
	for i := 3; i < len(a.args); i++ {
		if a.typeOf(i) == types.Bool {
			steps = append(steps, col(a.names[i]+"_"+a.spec.Timeline, t))
		} else if c, ok := a.args[i].(*plan.Column); ok {
			dimensions = append(dimensions, col(c.Name, c.T))
		}
	}
	return append(append(dimensions, steps...), col("Duration", types.TimeSpan))
}

// schemaColumns are the columns that getschema gives.
var schemaColumns = types.Schema{
	{Name: "ColumnName", Type: types.String}, {Name: "ColumnOrdinal", Type: types.Long},
	{Name: "DataType", Type: types.String}, {Name: "ColumnType", Type: types.String},
}

func schemaMerge(p *pluginCall, _ *pluginArgs) types.Schema {
	for _, want := range schemaColumns {
		if i := p.r.cols.Index(want.Name); !p.r.bad && (i < 0 || p.r.cols[i].Type != want.Type) {
			p.b.error(codeArgumentType, p.at(), "schema_merge needs a column "+want.Name+":"+want.Type.String(), "give it the output of getschema")
		}
	}
	return schemaColumns
}
