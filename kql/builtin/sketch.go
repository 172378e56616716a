package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// sketchFunctions are the functions of sketches.
var sketchFunctions = []Function{
	{
		Name: "dcount_hll", Kind: Scalar,
		Naming: NamePrefixArg, Prefix: "dcount_hll",
		Overloads: []Overload{
			sig(Fixed(types.Long), par("hll", types.Dynamic)),
		},
		Doc:     "Gives the number of distinct values of a sketch.",
		Example: "range x from 1 to 9 step 1 | summarize h = hll(x) | project dcount_hll(h)",
		Page:    "dcount-hll-function",
	},
	{
		Name: "hll_merge", Kind: Scalar,
		Naming: NameExact, Prefix: "hll_merged_result",
		Overloads: []Overload{
			many(16, Fixed(types.Dynamic), par("hll", types.Dynamic), par("hll", types.Dynamic)),
		},
		Doc:     "Merges sketches of distinct values.",
		Example: "range x from 1 to 9 step 1 | summarize a = hll(x), b = hll(x) | project dcount_hll(hll_merge(a, b))",
		Page:    "hll-merge-function",
	},
	{
		Name: "percentile_tdigest", Kind: Scalar,
		Naming: NamePrefixArg, Prefix: "percentile_tdigest",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("tdigest", types.Dynamic), par("percentile1", types.Real)),
			sig(lastType, par("tdigest", types.Dynamic), par("percentile1", types.Real), form(FormType, par("type"))),
		},
		Doc:     "Reads a percentile from a t-digest.",
		Example: "range x from 1 to 9 step 1 | summarize d = tdigest(x) | project percentile_tdigest(d, 50)",
		Page:    "percentile-tdigest-function",
	},
	{
		Name: "percentiles_array_tdigest", Kind: Scalar,
		Naming: NamePrefixArg, Prefix: "percentile_tdigest",
		Overloads: []Overload{
			many(0, Fixed(types.Dynamic), par("tdigest", types.Dynamic), par("percentile", types.Real)),
			sig(Fixed(types.Dynamic), par("tdigest", types.Dynamic), par("percentiles", types.Dynamic)),
			sig(Fixed(types.Dynamic), par("tdigest", types.Dynamic), par("percentiles", types.Dynamic), form(FormType, par("type"))),
		},
		Doc:     "Reads several percentiles from a t-digest as an array.",
		Example: "range x from 1 to 9 step 1 | summarize d = tdigest(x) | project percentiles_array_tdigest(d, 25, 75)",
		Page:    "percentiles-array-tdigest-function",
	},
	{
		Name: "percentrank_tdigest", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("digest", types.Dynamic), par("value")),
		},
		Doc:     "Gives the percentage rank of a value in a t-digest.",
		Example: "range x from 1 to 9 step 1 | summarize d = tdigest(x) | project percentrank_tdigest(d, 5)",
		Page:    "percentrank-tdigest-function",
	},
	{
		Name: "rank_tdigest", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Real), par("digest", types.Dynamic), par("value")),
		},
		Doc:     "Gives the rank of a value in a t-digest.",
		Example: "range x from 1 to 9 step 1 | summarize d = tdigest(x) | project rank_tdigest(d, 5)",
		Page:    "rank-tdigest-function",
	},
	{
		Name: "tdigest_merge", Kind: Scalar, Aliases: []string{"merge_tdigest"},
		Naming: NameExact, Prefix: "tdigests_merge_result",
		Overloads: []Overload{
			many(16, Fixed(types.Dynamic), par("tdigest", types.Dynamic), par("tdigest", types.Dynamic)),
		},
		Doc:     "Merges t-digests.",
		Example: "range x from 1 to 9 step 1 | summarize a = tdigest(x), b = tdigest(x) | project percentile_tdigest(tdigest_merge(a, b), 50)",
		Page:    "tdigest-merge-function",
	},
}
