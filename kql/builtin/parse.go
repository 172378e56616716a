package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// parseFunctions are the functions of parsers.
var parseFunctions = []Function{
	{
		Name: "extractjson", Kind: Scalar, Aliases: []string{"extract_json"},
		Overloads: []Overload{
			sig(Fixed(types.String), constant(par("jsonPath", types.String)), par("jsonText", types.String)),
			sig(lastType, constant(par("jsonPath", types.String)), par("jsonText", types.String), form(FormType, par("type"))),
		},
		Doc:     "Reads a value out of a JSON text by a JSONPath.",
		Example: `print extractjson("$.a.b", '{"a":{"b":1}}', typeof(long))`,
		Page:    "extractjson-function",
	},
	{
		Name: "parse_command_line", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("command"), par("parser", types.String)),
		},
		Doc:     "Splits a command line into its arguments as Windows does.",
		Example: `print parse_command_line(@"at.exe ""a b""", "windows")`,
		Page:    "parse-command-line-function",
	},
	{
		Name: "parse_csv", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("csv_text", texts...)),
		},
		Doc:     "Splits a CSV record into an array.",
		Example: `print parse_csv('a,"b,c"')`,
		Page:    "parse-csv-function",
	},
	{
		Name: "parse_json", Kind: Scalar, Aliases: []string{"parsejson", "todynamic", "toobject"},
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("json_text", texts...)),
		},
		Doc:     "Reads a JSON text; text that is no JSON stays a string.",
		Example: `print parse_json('{"a":1}').a`,
		Page:    "parse-json-function",
	},
	{
		Name: "parse_path", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("path", types.String)),
		},
		Doc:     "Splits a file path into a bag of its parts.",
		Example: `print parse_path(@"C:\Windows\System32\at.exe").Filename`,
		Page:    "parse-path-function",
	},
	{
		Name: "parse_url", Kind: Scalar, Aliases: []string{"parseurl"},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("url", types.String)),
		},
		Doc:     "Splits a URL into a bag of its parts.",
		Example: `print parse_url("https://a.example/b?c=1").Host`,
		Page:    "parse-url-function",
	},
	{
		Name: "parse_urlquery", Kind: Scalar, Aliases: []string{"parseurlquery"},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("query", types.String)),
		},
		Doc:     "Splits a URL query into a bag of its parameters.",
		Example: `print parse_urlquery("a=1&b=2")`,
		Page:    "parse-urlquery-function",
	},
	{
		Name: "parse_user_agent", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("user_agent", types.String), opt(par("look_for", texts...))),
		},
		Doc:     "Reads browser, operating system and device from a user agent.",
		Example: `print parse_user_agent("curl/8.0", "browser")`,
		Page:    "parse-user-agent-function",
	},
	{
		Name: "parse_version", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Decimal), par("version", types.String)),
		},
		Doc:     "Reads a version of up to four parts as a decimal that compares like the version.",
		Example: `print parse_version("10.0.19045.1") > parse_version("6.1")`,
		Page:    "parse-version-function",
	},
	{
		Name: "parse_xml", Kind: Scalar,
		Naming: NameFirstArg,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("xml_text", texts...)),
		},
		Doc:     "Reads an XML text as a property bag.",
		Example: `print parse_xml("<a><b>1</b></a>").a.b`,
		Page:    "parse-xml-function",
	},
}
