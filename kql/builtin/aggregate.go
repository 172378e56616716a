package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// aggregates count, add, compare and choose values of a group.
var aggregates = []Function{
	{
		Name: "any", Kind: Aggregate,
		Naming: NameCustom, Prefix: "any",
		Overloads: []Overload{
			sig(SameAs(0), par("expr")),
			many(0, SameAs(0), par("expr"), par("expr")),
			sig(SameAs(0), form(FormOnlyStar, par("expr"))),
		},
		Deprecated: "take_any",
		Doc:        "Gives any value of the group, not null where there is one.",
		Example:    "print a = 1 | summarize any(a)",
		Page:       "any-aggregation-function",
	},
	{
		Name: "anyif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "anyif",
		Overloads: []Overload{
			sig(SameAs(0), par("expr"), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:       "any",
		Deprecated: "take_anyif",
		Doc:        "Gives any value of the group where a condition is true.",
		Example:    "print a = 1 | summarize anyif(a, true)",
		Page:       "anyif-aggregation-function",
	},
	{
		Name: "arg_max", Kind: Aggregate,
		Naming: NameCustom, Prefix: "max",
		Overloads: []Overload{
			many(0, SameAs(0), par("maximized", orderable...), opt(form(FormStar, par("returned")))),
		},
		Doc:     "Gives the row with the greatest value.",
		Example: `datatable(a:long, b:string)[1, "x", 2, "y"] | summarize arg_max(a, *)`,
		Page:    "arg-max-aggregation-function",
	},
	{
		Name: "arg_min", Kind: Aggregate,
		Naming: NameCustom, Prefix: "min",
		Overloads: []Overload{
			many(0, SameAs(0), par("minimized", orderable...), opt(form(FormStar, par("returned")))),
		},
		Doc:     "Gives the row with the least value.",
		Example: `datatable(a:long, b:string)[1, "x", 2, "y"] | summarize arg_min(a, b)`,
		Page:    "arg-min-aggregation-function",
	},
	{
		Name: "argmax", Kind: Aggregate,
		Naming: NameCustom, Prefix: "max",
		Overloads: []Overload{
			many(0, SameAs(0), par("maximized", orderable...), opt(form(FormStar, par("returned")))),
		},
		Deprecated: "arg_max",
		Doc:        "Gives the row with the greatest value, with the old column names.",
		Example:    `datatable(a:long, b:string)[1, "x", 2, "y"] | summarize argmax(a, b)`,
		Page:       "argmax-aggregation-function",
	},
	{
		Name: "argmin", Kind: Aggregate,
		Naming: NameCustom, Prefix: "min",
		Overloads: []Overload{
			many(0, SameAs(0), par("minimized", orderable...), opt(form(FormStar, par("returned")))),
		},
		Deprecated: "arg_min",
		Doc:        "Gives the row with the least value, with the old column names.",
		Example:    `datatable(a:long, b:string)[1, "x", 2, "y"] | summarize argmin(a, b)`,
		Page:       "argmin-aggregation-function",
	},
	{
		Name: "avg", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "avg",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", integers...)),
			sig(Fixed(types.Real), par("expr", types.Real)),
			sig(Fixed(types.Decimal), par("expr", types.Decimal)),
			sig(Fixed(types.TimeSpan), par("expr", types.TimeSpan)),
			sig(Fixed(types.DateTime), par("expr", types.DateTime)),
		},
		Doc:     "Gives the average of the values.",
		Example: "range x from 1 to 3 step 1 | summarize avg(x)",
		Page:    "avg-aggregation-function",
	},
	{
		Name: "avgif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "avgif",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", integers...), form(FormPredicate, par("predicate", types.Bool))),
			sig(Fixed(types.Real), par("expr", types.Real), form(FormPredicate, par("predicate", types.Bool))),
			sig(Fixed(types.Decimal), par("expr", types.Decimal), form(FormPredicate, par("predicate", types.Bool))),
			sig(Fixed(types.TimeSpan), par("expr", types.TimeSpan), form(FormPredicate, par("predicate", types.Bool))),
			sig(Fixed(types.DateTime), par("expr", types.DateTime), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "avg",
		Doc:     "Gives the average of the values where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize avgif(x, x > 1)",
		Page:    "avgif-aggregation-function",
	},
	{
		Name: "binary_all_and", Kind: Aggregate,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("expr", integers...)),
		},
		Doc:     "Gives the bitwise and of the values.",
		Example: "range x from 1 to 3 step 1 | summarize binary_all_and(x)",
		Page:    "binary-all-and-aggregation-function",
	},
	{
		Name: "binary_all_or", Kind: Aggregate,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("expr", integers...)),
		},
		Doc:     "Gives the bitwise or of the values.",
		Example: "range x from 1 to 3 step 1 | summarize binary_all_or(x)",
		Page:    "binary-all-or-aggregation-function",
	},
	{
		Name: "binary_all_xor", Kind: Aggregate,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("expr", integers...)),
		},
		Doc:     "Gives the bitwise exclusive or of the values.",
		Example: "range x from 1 to 3 step 1 | summarize binary_all_xor(x)",
		Page:    "binary-all-xor-aggregation-function",
	},
	{
		Name: "cnt", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "cnt",
		Overloads: []Overload{
			sig(Fixed(types.Long)),
		},
		Deprecated: "count",
		Doc:        "Counts the rows.",
		Example:    "range x from 1 to 3 step 1 | summarize cnt()",
		Page:       "cnt-aggregation-function",
	},
	{
		Name: "count", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "count",
		Overloads: []Overload{
			sig(Fixed(types.Long)),
			sig(Fixed(types.Long), par("expr")),
		},
		Doc:     "Counts the rows.",
		Example: "range x from 1 to 3 step 1 | summarize count()",
		Page:    "count-aggregation-function",
	},
	{
		Name: "countif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "countif",
		Overloads: []Overload{
			sig(Fixed(types.Long), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "count",
		Doc:     "Counts the rows where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize countif(x > 1)",
		Page:    "countif-aggregation-function",
	},
	{
		Name: "covariance", Kind: Aggregate,
		Naming: NameCustom, Prefix: "covariance",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...), par("expr", summables...)),
		},
		Doc:     "Gives the covariance of a sample.",
		Example: "range x from 1 to 3 step 1 | summarize covariance(x, x * x)",
		Page:    "covariance-aggregation-function",
	},
	{
		Name: "covarianceif", Kind: Aggregate,
		Naming: NameCustom, Prefix: "covarianceif",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...), par("expr", summables...), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "covariance",
		Doc:     "Gives the covariance of a sample where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize covarianceif(x, x * x, x > 1)",
		Page:    "covarianceif-aggregation-function",
	},
	{
		Name: "covariancep", Kind: Aggregate,
		Naming: NameCustom, Prefix: "covariancep",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...), par("expr", summables...)),
		},
		Doc:     "Gives the covariance of a population.",
		Example: "range x from 1 to 3 step 1 | summarize covariancep(x, x * x)",
		Page:    "covariancep-aggregation-function",
	},
	{
		Name: "covariancepif", Kind: Aggregate,
		Naming: NameCustom, Prefix: "covariancepif",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...), par("expr", summables...), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "covariancep",
		Doc:     "Gives the covariance of a population where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize covariancepif(x, x * x, x > 1)",
		Page:    "covariancepif-aggregation-function",
	},
	{
		Name: "max", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "max",
		Overloads: []Overload{
			sig(SameAs(0), par("expr", orderable...)),
		},
		Doc:     "Gives the greatest value.",
		Example: "range x from 1 to 3 step 1 | summarize max(x)",
		Page:    "max-aggregation-function",
	},
	{
		Name: "maxif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "maxif",
		Overloads: []Overload{
			sig(SameAs(0), par("expr", orderable...), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "max",
		Doc:     "Gives the greatest value where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize maxif(x, x < 3)",
		Page:    "maxif-aggregation-function",
	},
	{
		Name: "min", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "min",
		Overloads: []Overload{
			sig(SameAs(0), par("expr", orderable...)),
		},
		Doc:     "Gives the least value.",
		Example: "range x from 1 to 3 step 1 | summarize min(x)",
		Page:    "min-aggregation-function",
	},
	{
		Name: "minif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "minif",
		Overloads: []Overload{
			sig(SameAs(0), par("expr", orderable...), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "min",
		Doc:     "Gives the least value where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize minif(x, x > 1)",
		Page:    "minif-aggregation-function",
	},
	{
		Name: "passthrough", Kind: Aggregate,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("expr")),
		},
		Doc:     "Gives any value of the group.",
		Example: "print a = 1 | summarize passthrough(a)",
		Page:    "passthrough-aggregation-function",
	},
	{
		Name: "stdev", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "stdev",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...)),
		},
		Doc:     "Gives the standard deviation of a sample.",
		Example: "range x from 1 to 3 step 1 | summarize stdev(x)",
		Page:    "stdev-aggregation-function",
	},
	{
		Name: "stdevif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "stdevif",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "stdev",
		Doc:     "Gives the standard deviation of a sample where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize stdevif(x, x > 1)",
		Page:    "stdevif-aggregation-function",
	},
	{
		Name: "stdevp", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "stdevp",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...)),
		},
		Doc:     "Gives the standard deviation of a population.",
		Example: "range x from 1 to 3 step 1 | summarize stdevp(x)",
		Page:    "stdevp-aggregation-function",
	},
	{
		Name: "sum", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "sum",
		Overloads: []Overload{
			sig(promoted, par("expr", summables...)),
		},
		Doc:     "Sums the values.",
		Example: "range x from 1 to 3 step 1 | summarize sum(x)",
		Page:    "sum-aggregation-function",
	},
	{
		Name: "sumif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "sumif",
		Overloads: []Overload{
			sig(promoted, par("expr", summables...), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "sum",
		Doc:     "Sums the values where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize sumif(x, x > 1)",
		Page:    "sumif-aggregation-function",
	},
	{
		Name: "take_any", Kind: Aggregate,
		Naming: NameCustom, Prefix: "any",
		Overloads: []Overload{
			many(0, SameAs(0), form(FormStar, par("expr"))),
		},
		Doc:     "Gives any value of the group, not null where there is one.",
		Example: "print a = 1 | summarize take_any(a)",
		Page:    "take-any-aggregation-function",
	},
	{
		Name: "take_anyif", Kind: Aggregate,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(SameAs(0), par("expr"), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "take_any",
		Doc:     "Gives any value of the group where a condition is true.",
		Example: "print a = 1 | summarize take_anyif(a, true)",
		Page:    "take-anyif-aggregation-function",
	},
	{
		Name: "variance", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "variance",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...)),
		},
		Doc:     "Gives the variance of a sample.",
		Example: "range x from 1 to 3 step 1 | summarize variance(x)",
		Page:    "variance-aggregation-function",
	},
	{
		Name: "varianceif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "varianceif",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "variance",
		Doc:     "Gives the variance of a sample where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize varianceif(x, x > 1)",
		Page:    "varianceif-aggregation-function",
	},
	{
		Name: "variancep", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "variancep",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...)),
		},
		Doc:     "Gives the variance of a population.",
		Example: "range x from 1 to 3 step 1 | summarize variancep(x)",
		Page:    "variancep-aggregation-function",
	},
	{
		Name: "variancepif", Kind: Aggregate,
		Naming: NamePrefixArg, Prefix: "variancepif",
		Overloads: []Overload{
			sig(Fixed(types.Real), par("expr", summables...), form(FormPredicate, par("predicate", types.Bool))),
		},
		Base:    "variancep",
		Doc:     "Gives the variance of a population where a condition is true.",
		Example: "range x from 1 to 3 step 1 | summarize variancepif(x, x > 1)",
		Page:    "variancepif-aggregation-function",
	},
}
