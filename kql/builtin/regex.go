package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// regexFunctions are the functions of regular expressions.
var regexFunctions = []Function{
	{
		Name: "extract", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), constant(par("regex", types.String)), par("captureGroup", types.Long), par("source", types.String)),
			sig(lastType, constant(par("regex", types.String)), par("captureGroup", types.Long), par("source", types.String), form(FormType, par("typeLiteral"))),
		},
		Doc:     "Gives a capture group of the first match of a regular expression, or the empty string.",
		Example: `print extract("/tn ([^ ]+)", 1, "schtasks /tn Update /f")`,
		Page:    "extract-function",
	},
	{
		Name: "extract_all", Kind: Scalar, Aliases: []string{"extractall"},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), constant(par("regex", types.String)), par("source", types.String)),
			sig(Fixed(types.Dynamic), constant(par("regex", types.String)), par("captureGroups", types.Dynamic), par("source", types.String)),
		},
		Doc:     "Gives all matches of a regular expression as an array of groups.",
		Example: `print extract_all("([a-z])([0-9])", "a1b2")`,
		Page:    "extract-all-function",
	},
	{
		Name: "regex_quote", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string")),
		},
		Doc:     "Escapes a string so that a regular expression matches it literally.",
		Example: `print regex_quote("a.b")`,
		Page:    "regex-quote-function",
	},
	{
		Name: "replace", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), constant(par("regex", types.String)), constant(par("rewrite", types.String)), par("source", types.String)),
		},
		Deprecated: "replace_regex or replace_string",
		Doc:        "Replaces every match of a regular expression.",
		Example:    `print replace("[0-9]+", "#", "a1b22")`,
		Page:       "replace-function",
	},
	{
		Name: "replace_regex", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("source", types.String), constant(par("lookup_regex", types.String)), constant(par("rewrite_pattern", types.String))),
		},
		Doc:     `Replaces every match of a regular expression; \\1 stands for a group.`,
		Example: `print replace_regex("a1b22", "[0-9]+", "#")`,
		Page:    "replace-regex-function",
	},
}
