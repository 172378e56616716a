package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// matchOperators are the operators that look for text in text, and in lists.
var matchOperators = []Function{
	{
		Name: "!contains", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text does not contain the other, whatever the case.",
		Example: `print "schtasks" !contains "job"`,
		Page:    "not-contains-operator",
	},
	{
		Name: "!contains_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text does not contain the other in this case.",
		Example: `print "schtasks" !contains_cs "TASK"`,
		Page:    "not-contains-cs-operator",
	},
	{
		Name: "!endswith", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text does not end with the other, whatever the case.",
		Example: `print "schtasks.exe" !endswith ".dll"`,
		Page:    "not-endswith-operator",
	},
	{
		Name: "!endswith_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text does not end with the other in this case.",
		Example: `print "schtasks.exe" !endswith_cs ".EXE"`,
		Page:    "not-endswith-cs-operator",
	},
	{
		Name: "!has", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if the text has not the term, whatever the case.",
		Example: `print "schtasks /Create" !has "delete"`,
		Page:    "not-has-operator",
	},
	{
		Name: "!has_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if the text has not the term in this case.",
		Example: `print "schtasks /Create" !has_cs "create"`,
		Page:    "not-has-cs-operator",
	},
	{
		Name: "!hasprefix", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if no term begins with the text, whatever the case.",
		Example: `print "schtasks /create" !hasprefix "tasks"`,
		Page:    "not-hasprefix-operator",
	},
	{
		Name: "!hasprefix_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if no term begins with the text in this case.",
		Example: `print "schtasks /create" !hasprefix_cs "Sch"`,
		Page:    "not-hasprefix-cs-operator",
	},
	{
		Name: "!hassuffix", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if no term ends with the text, whatever the case.",
		Example: `print "schtasks /create" !hassuffix "sch"`,
		Page:    "not-hassuffix-operator",
	},
	{
		Name: "!hassuffix_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if no term ends with the text in this case.",
		Example: `print "schtasks /create" !hassuffix_cs "Tasks"`,
		Page:    "not-hassuffix-cs-operator",
	},
	{
		Name: "!in", Kind: Infix,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("value", types.Bool), par("value")),
			many(0, Fixed(types.Bool), par("value", notBool...), par("value")),
		},
		Doc:     "True if the value is none of the list; strings compare by case.",
		Example: `print "c" !in ("a", "b")`,
		Page:    "not-in-cs-operator",
	},
	{
		Name: "!in~", Kind: Infix,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("value", texts...), par("value")),
		},
		Doc:     "True if the string is none of the list, whatever the case.",
		Example: `print "c" !in~ ("a", "b")`,
		Page:    "not-in-operator",
	},
	{
		Name: "!startswith", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text does not begin with the other, whatever the case.",
		Example: `print "schtasks" !startswith "at"`,
		Page:    "not-startswith-operator",
	},
	{
		Name: "!startswith_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text does not begin with the other in this case.",
		Example: `print "schtasks" !startswith_cs "SCH"`,
		Page:    "not-startswith-cs-operator",
	},
	{
		Name: "!~", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the strings differ whatever their case.",
		Example: `print "AT.EXE" !~ "at.exe"`,
		Page:    "not-equals-operator",
	},
	{
		Name: ":", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text has the term; the operator of search.",
		Example: `datatable(a:string)["x y"] | search a:"x"`,
		Page:    "search-operator",
	},
	{
		Name: "=~", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if both strings are equal whatever their case.",
		Example: `print "AT.EXE" =~ "at.exe"`,
		Page:    "equals-operator",
	},
	{
		Name: "contains", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text contains the other, whatever the case.",
		Example: `print "schtasks" contains "TASK"`,
		Page:    "contains-operator",
	},
	{
		Name: "contains_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text contains the other in this case.",
		Example: `print "schtasks" contains_cs "task"`,
		Page:    "contains-cs-operator",
	},
	{
		Name: "endswith", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text ends with the other, whatever the case.",
		Example: `print "schtasks.exe" endswith ".EXE"`,
		Page:    "endswith-operator",
	},
	{
		Name: "endswith_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text ends with the other in this case.",
		Example: `print "schtasks.exe" endswith_cs ".exe"`,
		Page:    "endswith-cs-operator",
	},
	{
		Name: "has", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if the text has the term, whatever the case.",
		Example: `print "schtasks /Create" has "create"`,
		Page:    "has-operator",
	},
	{
		Name: "has_all", Kind: Infix,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("value", texts...), par("value")),
		},
		Doc:     "True if the text has all of the terms, whatever the case.",
		Example: `print "schtasks /create" has_all ("create", "schtasks")`,
		Page:    "has-all-operator",
	},
	{
		Name: "has_any", Kind: Infix,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("value", texts...), par("value")),
		},
		Doc:     "True if the text has one of the terms, whatever the case.",
		Example: `print "schtasks /create" has_any ("create", "change")`,
		Page:    "has-any-operator",
	},
	{
		Name: "has_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if the text has the term in this case.",
		Example: `print "schtasks /Create" has_cs "Create"`,
		Page:    "has-cs-operator",
	},
	{
		Name: "hasprefix", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if a term begins with the text, whatever the case.",
		Example: `print "schtasks /create" hasprefix "SCH"`,
		Page:    "hasprefix-operator",
	},
	{
		Name: "hasprefix_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if a term begins with the text in this case.",
		Example: `print "schtasks /create" hasprefix_cs "sch"`,
		Page:    "hasprefix-cs-operator",
	},
	{
		Name: "hassuffix", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if a term ends with the text, whatever the case.",
		Example: `print "schtasks /create" hassuffix "TASKS"`,
		Page:    "hassuffix-operator",
	},
	{
		Name: "hassuffix_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", types.String)),
		},
		Doc:     "True if a term ends with the text in this case.",
		Example: `print "schtasks /create" hassuffix_cs "tasks"`,
		Page:    "hassuffix-cs-operator",
	},
	{
		Name: "in", Kind: Infix,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("value", types.Bool), par("value")),
			many(0, Fixed(types.Bool), par("value", notBool...), par("value")),
		},
		Doc:     "True if the value is one of the list; strings compare by case.",
		Example: `print "a" in ("a", "b")`,
		Page:    "in-cs-operator",
	},
	{
		Name: "in~", Kind: Infix,
		Overloads: []Overload{
			many(0, Fixed(types.Bool), par("value", texts...), par("value")),
		},
		Doc:     "True if the string is one of the list, whatever the case.",
		Example: `print "A" in~ ("a", "b")`,
		Page:    "in-operator",
	},
	{
		Name: "like", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text matches a SQL pattern, whatever the case.",
		Example: `print "schtasks" like "SCH%"`,
		Page:    "datatypes-string-operators",
	},
	{
		Name: "likecs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text matches a SQL pattern in this case.",
		Example: `print "schtasks" likecs "sch%"`,
		Page:    "datatypes-string-operators",
	},
	{
		Name: "matches regex", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if a regular expression (RE2) matches within the text.",
		Example: `print "at12" matches regex "[0-9]+$"`,
		Page:    "matches-regex-operator",
	},
	{
		Name: "notlike", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text does not match a SQL pattern, whatever the case.",
		Example: `print "schtasks" notlike "at%"`,
		Page:    "datatypes-string-operators",
	},
	{
		Name: "notlikecs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text does not match a SQL pattern in this case.",
		Example: `print "schtasks" notlikecs "SCH%"`,
		Page:    "datatypes-string-operators",
	},
	{
		Name: "startswith", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text begins with the other, whatever the case.",
		Example: `print "schtasks" startswith "SCH"`,
		Page:    "startswith-operator",
	},
	{
		Name: "startswith_cs", Kind: Infix,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("left", texts...), par("right", texts...)),
		},
		Doc:     "True if the text begins with the other in this case.",
		Example: `print "schtasks" startswith_cs "sch"`,
		Page:    "startswith-cs-operator",
	},
}
