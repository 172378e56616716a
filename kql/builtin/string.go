package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// stringFunctions are the functions of strings.
var stringFunctions = []Function{
	{
		Name: "countof", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("source", types.String), par("search", types.String), opt(constant(par("kind", types.String)))),
		},
		Doc:     "Counts the occurrences of a string, or of a regular expression, in a text.",
		Example: `print countof("aaa", "aa")`,
		Page:    "countof-function",
	},
	{
		Name: "has_any_index", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("source", texts...), par("values", types.Dynamic)),
		},
		Doc:     "Gives the index of the first array element that the text has as a term, -1 if none.",
		Example: `print has_any_index("run at logon", dynamic(["boot", "logon"]))`,
		Page:    "has-any-index-function",
	},
	{
		Name: "indexof", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("string"), par("match"), opt(par("start", integers...)), opt(par("length", integers...)), opt(constant(par("occurrence", integers...)))),
		},
		Doc:     "Finds the position of the first (or n-th) occurrence of a string, -1 if absent.",
		Example: `print indexof("a.b.c", ".", 2)`,
		Page:    "indexof-function",
	},
	{
		Name: "indexof_regex", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("string"), constant(par("match")), opt(par("start", integers...)), opt(par("length", integers...)), opt(constant(par("occurrence", integers...)))),
		},
		Doc:     "Finds the position of the first (or n-th) match of a regular expression, -1 if absent.",
		Example: `print indexof_regex("ab12", "[0-9]+")`,
		Page:    "indexof-regex-function",
	},
	{
		Name: "isascii", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("value")),
		},
		Doc:     "Says whether a string is plain ASCII.",
		Example: `print isascii("abc")`,
		Page:    "isascii-function",
	},
	{
		Name: "isempty", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("value")),
		},
		Doc:     "Says whether a string is empty or another value is null.",
		Example: `print isempty("")`,
		Page:    "isempty-function",
	},
	{
		Name: "isnotempty", Kind: Scalar, Aliases: []string{"notempty"},
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("value")),
		},
		Doc:     "Says whether a string is not empty or another value is not null.",
		Example: `print isnotempty("a")`,
		Page:    "isnotempty-function",
	},
	{
		Name: "isutf8", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("value")),
		},
		Doc:     "Says whether a string is valid UTF-8.",
		Example: `print isutf8("abc")`,
		Page:    "isutf8-function",
	},
	{
		Name: "punycode_domain_from_string", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string", types.String)),
		},
		Doc:     "Decodes the ASCII form of an internationalised domain name.",
		Example: `print punycode_domain_from_string("xn--bcher-kva.example")`,
		Page:    "punycode-domain-from-string-function",
	},
	{
		Name: "punycode_domain_to_string", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string", types.String)),
		},
		Doc:     "Encodes an internationalised domain name in its ASCII form.",
		Example: `print punycode_domain_to_string("bücher.example")`,
		Page:    "punycode-domain-to-string-function",
	},
	{
		Name: "punycode_from_string", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string", types.String)),
		},
		Doc:     "Encodes a string in Punycode.",
		Example: `print punycode_from_string("bücher")`,
		Page:    "punycode-from-string-function",
	},
	{
		Name: "punycode_to_string", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string", types.String)),
		},
		Doc:     "Decodes a Punycode string.",
		Example: `print punycode_to_string("bcher-kva")`,
		Page:    "punycode-to-string-function",
	},
	{
		Name: "replace_string", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("text", types.String), par("lookup", types.String), par("rewrite", types.String)),
		},
		Doc:     "Replaces every occurrence of a string.",
		Example: `print replace_string("a-b-c", "-", ".")`,
		Page:    "replace-string-function",
	},
	{
		Name: "replace_strings", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("text", types.String), par("lookups", types.Dynamic), par("rewrites", types.Dynamic)),
		},
		Doc:     "Replaces every occurrence of several strings, each with its own replacement.",
		Example: `print replace_strings("a-b", dynamic(["a", "b"]), dynamic(["1", "2"]))`,
		Page:    "replace-strings-function",
	},
	{
		Name: "reverse", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("value")),
		},
		Doc:     "Reverses the characters of a string.",
		Example: `print reverse("abc")`,
		Page:    "reverse-function",
	},
	{
		Name: "split", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("source"), par("delimiter", types.String), opt(par("requestedIndex", integers...))),
		},
		Doc:     "Splits a string at a delimiter into an array.",
		Example: `print split("a,b,c", ",")`,
		Page:    "split-function",
	},
	{
		Name: "strcat", Kind: Scalar,
		Overloads: []Overload{
			many(64, Fixed(types.String), par("arg")),
		},
		Doc:     "Concatenates its arguments, each converted to a string.",
		Example: `print strcat("task", ":", 1)`,
		Page:    "strcat-function",
	},
	{
		Name: "strcat_array", Kind: Scalar, Aliases: []string{"array_strcat"},
		Overloads: []Overload{
			sig(Fixed(types.String), par("array", types.Dynamic), par("delimiter")),
		},
		Doc:     "Joins the elements of an array into one string with a delimiter.",
		Example: `print strcat_array(dynamic(["a", "b"]), ", ")`,
		Page:    "strcat-array-function",
	},
	{
		Name: "strcat_delim", Kind: Scalar,
		Overloads: []Overload{
			many(65, Fixed(types.String), par("delimiter"), par("arg"), par("arg")),
		},
		Doc:     "Concatenates values with a delimiter between them.",
		Example: `print strcat_delim("-", "a", 1, true)`,
		Page:    "strcat-delim-function",
	},
	{
		Name: "strcmp", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("s1"), par("s2")),
		},
		Doc:     "Compares two strings: -1, 0 or 1.",
		Example: `print strcmp("a", "b")`,
		Page:    "strcmp-function",
	},
	{
		Name: "string_size", Kind: Scalar,
		Naming: NamePrefixArg, Prefix: "string_size",
		Overloads: []Overload{
			sig(Fixed(types.Long), par("string", texts...)),
		},
		Doc:     "Counts the bytes of a string in UTF-8.",
		Example: `print string_size("schtasks")`,
		Page:    "string-size-function",
	},
	{
		Name: "strlen", Kind: Scalar,
		Naming: NamePrefixArg, Prefix: "strlen",
		Overloads: []Overload{
			sig(Fixed(types.Long), par("string", texts...)),
		},
		Doc:     "Counts the characters of a string.",
		Example: `print strlen("schtasks")`,
		Page:    "strlen-function",
	},
	{
		Name: "strrep", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("value"), par("multiplier", types.Long), opt(par("delimiter"))),
		},
		Doc:     "Repeats a value a number of times, with an optional delimiter.",
		Example: `print strrep("ab", 3, ",")`,
		Page:    "strrep-function",
	},
	{
		Name: "substring", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string"), par("start", integers...), opt(par("length", integers...))),
		},
		Doc:     "Takes a part of a string from a 0-based position; a negative one counts from the end.",
		Example: `print substring("schtasks.exe", 3, 5)`,
		Page:    "substring-function",
	},
	{
		Name: "tolower", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("value")),
		},
		Doc:     "Converts a string to lower case.",
		Example: `print tolower("AT.EXE")`,
		Page:    "tolower-function",
	},
	{
		Name: "toupper", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("value")),
		},
		Doc:     "Converts a string to upper case.",
		Example: `print toupper("at.exe")`,
		Page:    "toupper-function",
	},
	{
		Name: "translate", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("searchList", types.String), par("replacementList", types.String), par("source", types.String)),
		},
		Doc:     "Replaces each character of a set by the one at its place in another set.",
		Example: `print translate("krasp", "otsku", "spark")`,
		Page:    "translate-function",
	},
	{
		Name: "trim", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), constant(par("regex", types.String)), par("source", types.String)),
		},
		Doc:     "Removes the leading and trailing matches of a regular expression.",
		Example: `print trim("[ ']+", " 'x' ")`,
		Page:    "trim-function",
	},
	{
		Name: "trim_end", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), constant(par("regex", types.String)), par("source", types.String)),
		},
		Doc:     "Removes the trailing match of a regular expression.",
		Example: `print trim_end("[.]exe", "at.exe")`,
		Page:    "trim-end-function",
	},
	{
		Name: "trim_start", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), constant(par("regex", types.String)), par("source", types.String)),
		},
		Doc:     "Removes the leading match of a regular expression.",
		Example: `print trim_start("0+", "0042")`,
		Page:    "trim-start-function",
	},
	{
		Name: "unicode_codepoints_from_string", Kind: Scalar, Aliases: []string{"to_utf8"},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("value")),
		},
		Doc:     "Gives the code points of a string as an array.",
		Example: `print unicode_codepoints_from_string("ab")`,
		Page:    "unicode-codepoints-from-string-function",
	},
	{
		Name: "unicode_codepoints_to_string", Kind: Scalar, Aliases: []string{"make_string"},
		Overloads: []Overload{
			many(0, Fixed(types.String), par("value", intArrays...)),
		},
		Doc:     "Makes a string of code points or arrays of them.",
		Example: "print unicode_codepoints_to_string(97, dynamic([98, 99]))",
		Page:    "unicode-codepoints-to-string-function",
	},
}
