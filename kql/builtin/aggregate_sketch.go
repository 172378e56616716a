package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// sketchAggregates tell how many values there are and how they are spread, and carry the sketches that others read.
var sketchAggregates = []Function{
	{
		Name: "count_distinct", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "count_distinct",
		Overloads: []Overload{
			sig(Fixed(types.Long), par("expr", notDynamic...)),
		},
		Doc:     "Counts the distinct values.",
		Example: "range x from 1 to 3 step 1 | summarize count_distinct(x % 2)",
		Page:    "count-distinct-aggregation-function",
	},
	{
		Name: "count_distinctif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "count_distinctif",
		Overloads: []Overload{
			sig(Fixed(types.Long), par("expr", notDynamic...), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "count_distinct",
		Doc:     "Counts the distinct values where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize count_distinctif(x, x > 1)",
		Page:    "count-distinctif-aggregation-function",
	},
	{
		Name: "dcount", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "dcount",
		Overloads: []Overload{
			sig(Fixed(types.Long), par("expr"), opt(par("accuracy", notDynamic...))),
		},
		Doc:     "Counts the distinct values, exactly.",
		Example: "range x from 1 to 3 step 1 | summarize dcount(x)",
		Page:    "dcount-aggregation-function",
	},
	{
		Name: "dcountif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "dcountif",
		Overloads: []Overload{
			sig(Fixed(types.Long), par("expr"), form(FormPredicate, par("predicate", types.Bool)), opt(par("accuracy", notDynamic...))),
		},
		Base:    "dcount",
		Doc:     "Counts the distinct values where a condition is true, exactly.",
		Example: "range x from 1 to 3 step 1 | summarize dcountif(x, x > 1)",
		Page:    "dcountif-aggregation-function",
	},
	{
		Name: "hll", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "hll",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr", countable...), opt(par("accuracy", integers...))),
		},
		Doc:     "Makes a sketch of the distinct values, for counting later.",
		Example: "range x from 1 to 9 step 1 | summarize h = hll(x) | project dcount_hll(h)",
		Page:    "hll-aggregation-function",
	},
	{
		Name: "hll_if", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "hll_if",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr", countable...), form(FormPredicate, par("predicate", types.Bool)), opt(par("accuracy", integers...))),
		},
		Base:    "hll",
		Doc:     "Makes a sketch of the distinct values where a condition is true.",
		Example: "range x from 1 to 9 step 1 | summarize h = hll_if(x, x > 3) | project dcount_hll(h)",
		Page:    "hll-if-aggregation-function",
	},
	{
		Name: "hll_merge", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "hll_merge",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("hll", types.Dynamic)),
		},
		Doc:     "Merges sketches of distinct values.",
		Example: "range x from 1 to 9 step 1 | summarize h = hll(x) by x % 2 | summarize m = hll_merge(h) | project dcount_hll(m)",
		Page:    "hll-merge-aggregation-function",
	},
	{
		Name: "percentile", Kind: Aggregate,
		Naming: NameCustom, Prefix: "percentile",
		Overloads: []Overload{
			sig(promoted, par("expr"), par("percentile", numbers...)),
		},
		Doc:     "Gives a percentile of the values by nearest rank.",
		Example: "range x from 1 to 9 step 1 | summarize percentile(x, 50)",
		Page:    "percentile-aggregation-function",
	},
	{
		Name: "percentiles", Kind: Aggregate,
		Naming: NameCustom, Prefix: "percentile",
		Overloads: []Overload{
			many(0, promoted, par("expr"), par("percentile", numbers...)),
		},
		Doc:     "Gives several percentiles of the values as columns.",
		Example: "range x from 1 to 9 step 1 | summarize percentiles(x, 25, 75)",
		Page:    "percentiles-aggregation-function",
	},
	{
		Name: "percentiles_array", Kind: Aggregate,
		Naming: NameCustom, Prefix: "percentiles",
		Overloads: []Overload{
			many(0, Fixed(types.Dynamic), par("expr"), par("percentile", numbers...)),
			sig(Fixed(types.Dynamic), par("expr"), par("percentiles", types.Dynamic)),
		},
		Doc:     "Gives several percentiles of the values as an array.",
		Example: "range x from 1 to 9 step 1 | summarize percentiles_array(x, 25, 75)",
		Page:    "percentiles-array-aggregation-function",
	},
	{
		Name: "percentilesw", Kind: Aggregate,
		Naming: NameCustom, Prefix: "percentile",
		Overloads: []Overload{
			many(0, promoted, par("expr"), par("weight", integers...), par("percentile", numbers...)),
		},
		Doc:     "Gives several percentiles of weighted values as columns.",
		Example: "range x from 1 to 9 step 1 | summarize percentilesw(x, x, 25, 75)",
		Page:    "percentilesw-aggregation-function",
	},
	{
		Name: "percentilesw_array", Kind: Aggregate,
		Naming: NameCustom, Prefix: "percentiles",
		Overloads: []Overload{
			many(0, Fixed(types.Dynamic), par("expr"), par("weight", integers...), par("percentile", numbers...)),
			sig(Fixed(types.Dynamic), par("expr"), par("weight", integers...), par("percentiles", types.Dynamic)),
		},
		Doc:     "Gives several percentiles of weighted values as an array.",
		Example: "range x from 1 to 9 step 1 | summarize percentilesw_array(x, x, 25, 75)",
		Page:    "percentilesw-array-aggregation-function",
	},
	{
		Name: "percentilew", Kind: Aggregate,
		Naming: NameCustom, Prefix: "percentile",
		Overloads: []Overload{
			sig(promoted, par("expr"), par("weight", integers...), par("percentile", numbers...)),
		},
		Doc:     "Gives a percentile of weighted values.",
		Example: "range x from 1 to 9 step 1 | summarize percentilew(x, x, 50)",
		Page:    "percentilew-aggregation-function",
	},
	{
		Name: "tdigest", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "tdigest",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr", summables...), opt(par("weight", integers...))),
		},
		Doc:     "Makes a t-digest of the values, for percentiles later.",
		Example: "range x from 1 to 9 step 1 | summarize d = tdigest(x) | project percentile_tdigest(d, 50)",
		Page:    "tdigest-aggregation-function",
	},
	{
		Name: "tdigest_merge", Kind: Aggregate, Aliases: []string{"merge_tdigest"},
		Naming: NamePrefixArg, Prefix: "merge_tdigests",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("tdigest", types.Dynamic)),
		},
		Doc:     "Merges t-digests.",
		Example: "range x from 1 to 9 step 1 | summarize d = tdigest(x) by x % 2 | summarize m = tdigest_merge(d) | project percentile_tdigest(m, 50)",
		Page:    "tdigest-merge-aggregation-function",
	},
}
