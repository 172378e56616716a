package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// conditionalFunctions are the functions of conditions.
var conditionalFunctions = []Function{
	{
		Name: "assert", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("predicate", types.Bool), par("message", types.String)),
		},
		Doc:     "Fails the query with a message where a condition is false.",
		Example: `print assert(1 < 2, "numbers are broken")`,
		Page:    "assert-function",
	},
	{
		Name: "case", Kind: Scalar,
		Overloads: []Overload{
			blocks(2, branches, par("predicate", types.Bool), shared(par("then")), shared(par("else"))),
		},
		Doc:     "Gives the value of the first true condition, else the last argument.",
		Example: `print case(1 > 2, "a", 2 > 1, "b", "c")`,
		Page:    "case-function",
	},
	{
		Name: "coalesce", Kind: Scalar,
		Overloads: []Overload{
			many(64, common, shared(par("arg")), shared(par("arg"))),
		},
		Doc:     "Gives the first argument that is not null, or not empty for strings.",
		Example: `print coalesce(tolong("x"), 42)`,
		Page:    "coalesce-function",
	},
	{
		Name: "column_ifexists", Kind: Scalar, Aliases: []string{"columnifexists"},
		Naming: NameColumnArg,
		Overloads: []Overload{
			sig(SameAs(1), constant(par("column_name", types.String)), par("defaultValue")),
		},
		Doc:     "Reads a column if the table has it, else gives a default.",
		Example: `print a = 1 | project column_ifexists("b", 0)`,
		Page:    "column-ifexists-function",
	},
	{
		Name: "iff", Kind: Scalar, Aliases: []string{"iif"},
		Overloads: []Overload{
			sig(branches, par("if", types.Bool), shared(par("then")), shared(par("else"))),
		},
		Doc:     "Chooses between two values.",
		Example: `print iff(1 < 2, "yes", "no")`,
		Page:    "iff-function",
	},
	{
		Name: "iscolumnexists", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), constant(par("column_name", types.String))),
		},
		Unsupported: "column_ifexists takes its place",
		Doc:         "Says whether the table has a column.",
		Example:     `print a = 1 | project iscolumnexists("a")`,
		Page:        "iscolumnexists-function",
	},
	{
		Name: "isnotnull", Kind: Scalar, Aliases: []string{"notnull"},
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("expression")),
		},
		Doc:     "Says whether a value is not null.",
		Example: "print isnotnull(1)",
		Page:    "isnotnull-function",
	},
	{
		Name: "isnull", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("expression")),
		},
		Doc:     "Says whether a value is null; a string never is.",
		Example: "print isnull(long(null))",
		Page:    "isnull-function",
	},
	{
		Name: "max_of", Kind: Scalar,
		Overloads: []Overload{
			many(64, common, shared(par("arg", orderable...)), shared(par("arg", orderable...))),
		},
		Doc:     "Gives the greatest argument.",
		Example: "print max_of(1, 3, 2)",
		Page:    "max-of-function",
	},
	{
		Name: "min_of", Kind: Scalar,
		Overloads: []Overload{
			many(64, common, shared(par("arg", orderable...)), shared(par("arg", orderable...))),
		},
		Doc:     "Gives the least argument.",
		Example: "print min_of(1, 3, 2)",
		Page:    "min-of-function",
	},
	{
		Name: "not", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("expression", types.Bool)),
		},
		Doc:     "Negates a bool.",
		Example: "print not(1 > 2)",
		Page:    "not-function",
	},
}
