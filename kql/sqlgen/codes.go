package sqlgen

import "github.com/goshawk-hunt/goshawk/source"

// Codes lists the codes of this package in order.
var Codes = [...]source.Code{
	{Code: codeFunction, Title: "A function that is not supported", Explanation: "The engine has nothing for it, or not with these arguments; the message says which. docs/language.md lists what is refused.",
		Example: `print extract("(?<!a)b", 0, "ab")`, Mended: `print extract("[^a]b", 0, "xb")`},
	{Code: codePlugin, Title: "An operator or plugin that is not supported", Explanation: "The message says what and why.",
		Example: `externaldata(a:string)["https://example.com/a.csv"]`},
	{Code: codeTooComplex, Title: "The query is too complex", Explanation: "It nests too deep, or an expression becomes too long: split it with extend or let. Or a text grows too long because it is joined to itself again and again.",
		NoExample: "An expression of megabytes, or thousands of operators in each other."},
	{Code: codePlace, Title: "An operator that can't stand here", Explanation: "The operator works elsewhere, but not inside partition or mv-apply in this form.",
		Example: `DeviceEvents | mv-apply x = dynamic([1]) on (join kind=rightouter DeviceInfo on DeviceId)`},
	{Code: codeAssert, Title: "An assertion that fails", Explanation: "The query says with assert() what must be true, and it is not. The message is the query's own.",
		Example: `print assert(1 > 2, "one is less")`, Mended: `print assert(1 < 2, "one is less")`},
}
