package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// plugins are the plugins of evaluate.
var plugins = []Function{
	{
		Name: "active_users_count", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("IdColumn", notDynamic...)), form(FormColumn, par("TimelineColumn", summables...)), constant(par("Start", summables...)), constant(par("End", summables...)), constant(par("LookbackWindow", summables...)), constant(par("Period", summables...)), constant(par("ActivePeriods", summables...)), constant(par("Step", summables...)), opt(form(FormColumn, par("Dimension", notDynamic...)))),
		},
		Doc:     "Counts ids that were active in enough periods before each step.",
		Example: `datatable(u:string, t:datetime)["a", datetime(2024-01-01), "a", datetime(2024-01-02)] | evaluate active_users_count(u, t, datetime(2024-01-01), datetime(2024-01-03), 7d, 1d, 1, 1d)`,
		Page:    "active-users-count-plugin",
	},
	{
		Name: "activity_counts_metrics", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("IdColumn", notDynamic...)), form(FormColumn, par("TimelineColumn", summables...)), constant(par("Start", summables...)), constant(par("End", summables...)), constant(par("Step", summables...)), opt(form(FormColumn, par("Dimension", notDynamic...)))),
		},
		Doc:     "Counts totals, distinct, new and cumulative ids per step.",
		Example: `datatable(u:string, t:datetime)["a", datetime(2024-01-01), "b", datetime(2024-01-02)] | evaluate activity_counts_metrics(u, t, datetime(2024-01-01), datetime(2024-01-03), 1d)`,
		Page:    "activity-counts-metrics-plugin",
	},
	{
		Name: "activity_engagement", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormColumn, par("IdColumn", notDynamic...)), form(FormColumn, par("TimelineColumn", summables...)), constant(par("InnerActivityWindow", summables...)), constant(par("OuterActivityWindow", summables...))),
			many(0, nil, form(FormColumn, par("IdColumn", notDynamic...)), form(FormColumn, par("TimelineColumn", summables...)), constant(par("Start", summables...)), constant(par("End", summables...)), constant(par("InnerActivityWindow", summables...)), constant(par("OuterActivityWindow", summables...)), opt(form(FormColumn, par("Dimension", notDynamic...)))),
		},
		Doc:     "Gives the ratio of ids active in an inner and an outer window.",
		Example: `datatable(u:string, t:datetime)["a", datetime(2024-01-01), "b", datetime(2024-01-02)] | evaluate activity_engagement(u, t, 1d, 7d)`,
		Page:    "activity-engagement-plugin",
	},
	{
		Name: "activity_metrics", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("IdColumn")), form(FormColumn, par("TimelineColumn", summables...)), constant(par("Start", summables...)), constant(par("End", summables...)), constant(par("Step", summables...)), opt(form(FormColumn, par("Dimension", notDynamic...)))),
			sig(nil, form(FormColumn, par("IdColumn")), form(FormColumn, par("TimelineColumn", summables...)), opt(constant(par("Start", summables...))), opt(constant(par("End", summables...)))),
		},
		Doc:     "Gives distinct and new ids, retention and churn per step.",
		Example: `datatable(u:string, t:datetime)["a", datetime(2024-01-01), "b", datetime(2024-01-02)] | evaluate activity_metrics(u, t, datetime(2024-01-01), datetime(2024-01-03), 1d)`,
		Page:    "activity-metrics-plugin",
	},
	{
		Name: "autocluster", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, opt(par("SizeWeight", types.Real)), opt(form(FormColumn, par("WeightColumn"))), opt(par("NumSeeds", integers...)), opt(par("CustomWildcard"))),
		},
		Doc:     "Finds common patterns of the rows.",
		Example: `datatable(a:string, b:string)["x", "1", "x", "2", "x", "1"] | evaluate autocluster()`,
		Page:    "autocluster-plugin",
	},
	{
		Name: "bag_unpack", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormColumn, par("column")), opt(constant(par("column_prefix", types.String)))),
		},
		Doc:     "Turns the keys of a property bag into columns.",
		Example: `print d = dynamic({"a": 1, "b": "x"}) | evaluate bag_unpack(d)`,
		Page:    "bag-unpack-plugin",
	},
	{
		Name: "basket", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, opt(par("Threshold", types.Real)), opt(form(FormColumn, par("WeightColumn"))), opt(par("MaxDimensions", integers...)), opt(par("CustomWildcard"))),
		},
		Doc:     "Finds frequent patterns of the rows.",
		Example: `datatable(a:string, b:string)["x", "1", "x", "2", "x", "1"] | evaluate basket()`,
		Page:    "basket-plugin",
	},
	{
		Name: "dcount_intersect", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, par("hll", types.Dynamic), par("hll", types.Dynamic)),
		},
		Doc:     "Counts the distinct values that sketches have in common.",
		Example: "range x from 1 to 9 step 1 | summarize a = hll(x), b = hll(x) | evaluate dcount_intersect(a, b)",
		Page:    "dcount-intersect-plugin",
	},
	{
		Name: "diffpatterns", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("SplitColumn")), par("SplitValueA", types.String), par("SplitValueB", types.String), opt(form(FormColumn, par("WeightColumn"))), opt(par("Threshold", types.Real)), opt(par("MaxDimensions", integers...)), opt(par("CustomWildcard"))),
		},
		Doc:     "Finds patterns that tell two sets of rows apart.",
		Example: `datatable(a:string, b:string)["x", "1", "y", "2"] | evaluate diffpatterns(a, "x", "y")`,
		Page:    "diffpatterns-plugin",
	},
	{
		Name: "diffpatterns_text", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("TextColumn", types.String)), par("BooleanCondition", types.Bool), opt(par("MinTokens")), opt(par("Threshold")), opt(par("MaxTokens"))),
		},
		Doc:     "Finds patterns of text that tell two sets of rows apart.",
		Example: `datatable(a:string, b:bool)["x y", true, "z", false] | evaluate diffpatterns_text(a, b)`,
		Page:    "diffpatterns-text-plugin",
	},
	{
		Name: "estimate_rows_count", Kind: Plugin,
		Overloads: []Overload{
			sig(nil),
		},
		Doc:     "Estimates the number of rows.",
		Example: "print a = 1 | evaluate estimate_rows_count()",
		Page:    "estimate-rows-count-plugin",
	},
	{
		Name: "funnel_sequence", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormColumn, par("IdColumn", notDynamic...)), form(FormColumn, par("TimelineColumn", summables...)), constant(par("Start", summables...)), constant(par("End", summables...)), constant(par("MaxWindowSizeBetweenSteps", summables...)), constant(par("Step", summables...)), form(FormColumn, par("StateColumn", notDynamic...)), constant(par("Sequence", types.Dynamic))),
		},
		Doc:     "Counts ids by the states before and after a sequence.",
		Example: `datatable(u:string, t:datetime, s:string)["a", datetime(2024-01-01), "x", "a", datetime(2024-01-02), "y"] | evaluate funnel_sequence(u, t, datetime(2024-01-01), datetime(2024-01-03), 1d, 1d, s, dynamic(["x"]))`,
		Page:    "funnel-sequence-plugin",
	},
	{
		Name: "funnel_sequence_completion", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormColumn, par("IdColumn", notDynamic...)), form(FormColumn, par("TimelineColumn", summables...)), constant(par("Start", summables...)), constant(par("End", summables...)), constant(par("BinSize", summables...)), form(FormColumn, par("StateColumn", notDynamic...)), constant(par("Sequence", types.Dynamic)), constant(par("MaxSequencePeriods", types.Dynamic))),
		},
		Doc:     "Counts ids that complete a sequence within periods.",
		Example: `datatable(u:string, t:datetime, s:string)["a", datetime(2024-01-01), "x", "a", datetime(2024-01-02), "y"] | evaluate funnel_sequence_completion(u, t, datetime(2024-01-01), datetime(2024-01-03), 1d, s, dynamic(["x", "y"]), dynamic([1d, 2d]))`,
		Page:    "funnel-sequence-completion-plugin",
	},
	{
		Name: "geo_line_lookup", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormTable, par("LookupTable")), form(FormColumn, par("LookupLineKey", types.Dynamic)), form(FormColumn, par("SourceLongitude")), form(FormColumn, par("SourceLatitude")), constant(par("radius", types.Real)), opt(constant(par("return_unmatched", types.Bool))), opt(constant(par("lookup_area_radius", types.Real))), opt(constant(par("return_lookup_key", types.Bool)))),
		},
		Doc:     "Joins points with the lines of a table that are near.",
		Example: `let L = datatable(p:dynamic, n:string)[dynamic({"type":"LineString","coordinates":[[1,1],[2,2]]}), "a"]; datatable(x:real, y:real)[1.5, 1.5] | evaluate geo_line_lookup(L, p, x, y, 1000)`,
		Page:    "geo-line-lookup-plugin",
	},
	{
		Name: "geo_polygon_lookup", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormTable, par("LookupTable")), form(FormColumn, par("LookupPolygonKey", types.Dynamic)), form(FormColumn, par("SourceLongitude")), form(FormColumn, par("SourceLatitude")), opt(constant(par("radius", types.Real))), opt(constant(par("return_unmatched", types.Bool))), opt(constant(par("lookup_area_radius", types.Real))), opt(constant(par("return_lookup_key", types.Bool)))),
		},
		Doc:     "Joins points with the polygons of a table that contain them.",
		Example: `let P = datatable(p:dynamic, n:string)[dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}), "a"]; datatable(x:real, y:real)[1.5, 1.2] | evaluate geo_polygon_lookup(P, p, x, y)`,
		Page:    "geo-polygon-lookup-plugin",
	},
	{
		Name: "identity", Kind: Plugin,
		Overloads: []Overload{
			sig(nil),
		},
		Doc:     "Gives its input.",
		Example: "print a = 1 | evaluate identity()",
		Page:    "identity-plugin",
	},
	{
		Name: "ipv4_lookup", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormTable, par("LookupTable")), form(FormColumn, par("SourceIPv4Key")), form(FormColumn, par("IPv4LookupKey")), opt(par("more"))),
		},
		Doc:     "Joins addresses with the networks of a table that contain them.",
		Example: `let N = datatable(net:string, n:string)["10.0.0.0/8", "lab"]; datatable(ip:string)["10.1.2.3"] | evaluate ipv4_lookup(N, ip, net)`,
		Page:    "ipv4-lookup-plugin",
	},
	{
		Name: "ipv6_lookup", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormTable, par("LookupTable")), form(FormColumn, par("SourceIPv6Key")), form(FormColumn, par("IPv6LookupKey")), opt(constant(par("return_unmatched", types.Bool)))),
		},
		Doc:     "Joins addresses with the networks of a table that contain them.",
		Example: `let N = datatable(net:string, n:string)["fe80::/10", "link"]; datatable(ip:string)["fe80::1"] | evaluate ipv6_lookup(N, ip, net)`,
		Page:    "ipv6-lookup-plugin",
	},
	{
		Name: "narrow", Kind: Plugin,
		Overloads: []Overload{
			sig(nil),
		},
		Doc:     "Turns each cell into a row of row number, column name and value.",
		Example: `print a = 1, b = "x" | evaluate narrow()`,
		Page:    "narrow-plugin",
	},
	{
		Name: "new_activity_metrics", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("IdColumn", notDynamic...)), form(FormColumn, par("TimelineColumn", summables...)), constant(par("Start", summables...)), constant(par("End", summables...)), par("Window"), opt(constant(par("Cohort"))), opt(par("more"))),
		},
		Doc:     "Gives retention and churn of cohorts of new ids.",
		Example: `datatable(u:string, t:datetime)["a", datetime(2024-01-01), "b", datetime(2024-01-02)] | evaluate new_activity_metrics(u, t, datetime(2024-01-01), datetime(2024-01-03), 1d)`,
		Page:    "new-activity-metrics-plugin",
	},
	{
		Name: "pivot", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("pivotColumn", notDynamic...)), opt(form(FormAggregate, par("aggregateFunction"))), opt(form(FormColumn, par("columnName")))),
		},
		Doc:     "Turns the values of a column into columns of an aggregate.",
		Example: `datatable(a:string, b:string)["x", "1", "y", "2"] | evaluate pivot(b, count())`,
		Page:    "pivot-plugin",
	},
	{
		Name: "preview", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("NumberOfRows", integers...)),
		},
		Doc:     "Gives some rows and their count.",
		Example: "range x from 1 to 9 step 1 | evaluate preview(3)",
		Page:    "preview-plugin",
	},
	{
		Name: "rolling_percentile", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("ValueColumn", summables...)), constant(par("Percentile", numbers...)), form(FormColumn, par("IndexColumn", summables...)), par("BinSize", summables...), constant(par("BinsPerWindow", integers...)), opt(form(FormColumn, par("Dimension", notDynamic...)))),
		},
		Doc:     "Gives percentiles over a rolling window of bins.",
		Example: "range x from 1 to 9 step 1 | evaluate rolling_percentile(x, 50, x, 1, 3)",
		Page:    "rolling-percentile-plugin",
	},
	{
		Name: "rows_near", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("Condition", types.Bool), constant(par("NumRows", integers...)), opt(constant(par("NumRowsAfter", integers...)))),
		},
		Doc:     "Gives the rows near those that match a condition.",
		Example: "range x from 1 to 9 step 1 | serialize | evaluate rows_near(x == 5, 1)",
		Page:    "rows-near-plugin",
	},
	{
		Name: "schema_merge", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, opt(constant(par("PreserveOrder", types.Bool)))),
		},
		Doc:     "Merges schemas as getschema gives them.",
		Example: "union (print a = 1 | getschema), (print a = 2, b = 3 | getschema) | evaluate schema_merge()",
		Page:    "schema-merge-plugin",
	},
	{
		Name: "sequence_detect", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("TimelineColumn", summables...)), constant(par("MaxSeqeunceStepWindow", summables...)), constant(par("MaxSequenceSpan", summables...)), par("Expr", types.Bool), opt(par("more"))),
		},
		Doc:     "Finds sequences of predicates in time.",
		Example: `datatable(t:datetime, s:string)[datetime(2024-01-01), "x", datetime(2024-01-02), "y"] | evaluate sequence_detect(t, 2d, 5d, x = (s == "x"), y = (s == "y"))`,
		Page:    "sequence-detect-plugin",
	},
	{
		Name: "session_count", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("IdColumn", notDynamic...)), form(FormColumn, par("TimelineColumn", summables...)), constant(par("Start", summables...)), constant(par("End", summables...)), constant(par("Bin", summables...)), constant(par("LookBackWindow", summables...)), opt(form(FormColumn, par("Dimension", notDynamic...)))),
		},
		Doc:     "Counts sessions of ids per bin.",
		Example: `datatable(u:string, t:long)["a", 1, "a", 2] | evaluate session_count(u, t, 1, 10, 5, 2)`,
		Page:    "session-count-plugin",
	},
	{
		Name: "sliding_window_counts", Kind: Plugin,
		Overloads: []Overload{
			many(0, nil, form(FormColumn, par("IdColumn", notDynamic...)), form(FormColumn, par("TimelineColumn", summables...)), constant(par("Start", summables...)), constant(par("End", summables...)), constant(par("LookBackWindow", summables...)), constant(par("Step", summables...)), opt(form(FormColumn, par("Dimension", notDynamic...)))),
		},
		Doc:     "Counts and distinctly counts ids over a sliding window.",
		Example: `datatable(u:string, t:datetime)["a", datetime(2024-01-01), "b", datetime(2024-01-02)] | evaluate sliding_window_counts(u, t, datetime(2024-01-01), datetime(2024-01-03), 2d, 1d)`,
		Page:    "sliding-window-counts-plugin",
	},
}
