package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// collectAggregates collect the values of a group in one dynamic value.
var collectAggregates = []Function{
	{
		Name: "buildschema", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "schema",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr", types.Dynamic)),
		},
		Doc:     "Describes the schema of dynamic values.",
		Example: `print b = dynamic({"a": 1}) | summarize buildschema(b)`,
		Page:    "buildschema-aggregation-function",
	},
	{
		Name: "make_bag", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "bag",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr", types.Dynamic), opt(par("maxSize", integers...))),
		},
		Doc:     "Merges property bags into one.",
		Example: `print b = dynamic({"a": 1}) | summarize make_bag(b)`,
		Page:    "make-bag-aggregation-function",
	},
	{
		Name: "make_bag_if", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "bag",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr", types.Dynamic), form(FormPredicate, par("predicate", types.Bool)), opt(par("maxSize", integers...))),
		},
		Base:    "make_bag",
		Doc:     "Merges property bags into one where a condition is true.",
		Example: `print b = dynamic({"a": 1}) | summarize make_bag_if(b, true)`,
		Page:    "make-bag-if-aggregation-function",
	},
	{
		Name: "make_dictionary", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "dictionary",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr", types.Dynamic), opt(par("maxSize", integers...))),
		},
		Doc:     "Merges property bags into one, up to 128 keys if no number is given: an old form of make_bag.",
		Example: `print b = dynamic({"a": 1}) | summarize make_dictionary(b)`,
		Page:    "make-dictionary-aggregation-function",
	},
	{
		Name: "make_list", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "list",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr"), opt(par("maxSize", integers...))),
		},
		Doc:     "Collects the values in an array.",
		Example: "range x from 1 to 3 step 1 | summarize make_list(x)",
		Page:    "make-list-aggregation-function",
	},
	{
		Name: "make_list_if", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "list",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr"), form(FormPredicate, par("predicate", types.Bool)), opt(par("maxSize", integers...))),
		},
		Base:    "make_list",
		Doc:     "Collects the values in an array where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize make_list_if(x, x > 1)",
		Page:    "make-list-if-aggregation-function",
	},
	{
		Name: "make_list_with_nulls", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "list",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr")),
		},
		Doc:     "Collects the values in an array, nulls included.",
		Example: "datatable(x:long)[1, long(null)] | summarize make_list_with_nulls(x)",
		Page:    "make-list-with-nulls-aggregation-function",
	},
	{
		Name: "make_set", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "set",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr"), opt(par("maxSize", integers...))),
		},
		Doc:     "Collects the distinct values in an array.",
		Example: "range x from 1 to 3 step 1 | summarize make_set(x % 2)",
		Page:    "make-set-aggregation-function",
	},
	{
		Name: "make_set_if", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "set",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr"), form(FormPredicate, par("predicate", types.Bool)), opt(par("maxSize", integers...))),
		},
		Base:    "make_set",
		Doc:     "Collects the distinct values in an array where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize make_set_if(x, x > 1)",
		Page:    "make-set-if-aggregation-function",
	},
	{
		Name: "makelist", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "list",
		Deprecated: "make_list",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr"), opt(par("maxSize", integers...))),
		},
		Doc:     "Collects the values in an array, the first 128 if no number is given: an old form of make_list.",
		Example: "range x from 1 to 3 step 1 | summarize makelist(x)",
		Page:    "make-list-aggregation-function",
	},
	{
		Name: "makeset", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "set",
		Deprecated: "make_set",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("expr"), opt(par("maxSize", integers...))),
		},
		Doc:     "Collects the distinct values in an array, 128 of them if no number is given: an old form of make_set.",
		Example: "range x from 1 to 3 step 1 | summarize makeset(x % 2)",
		Page:    "make-set-aggregation-function",
	},
}
