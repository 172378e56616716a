package bind

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/source"
)

// doubling are functions each of which calls the one before twice.
var doubling = func() string {
	var b strings.Builder
	for i := 1; i <= 20; i++ {
		fmt.Fprintf(&b, " let f%d = () { union f%d(), f%d() };", i, i-1, i-1)
	}
	return b.String()
}()

// Codes lists the codes of this package in order. Every example is tested to get its
// code, and every mended query to have no error.
var Codes = [...]source.Code{
	{Code: codeUnknownColumn, Title: "Unknown column", Explanation: "The table at this place has no such column. Names are matched by case. The hint tells what this table calls it, a near name, or which columns there are; Defender and Sentinel often name the same thing differently.",
		Example: `DeviceProcessEvents | where Filename == "a.exe"`, Mended: `DeviceProcessEvents | where FileName == "a.exe"`},
	{Code: codeUnknownTable, Title: "Unknown table", Explanation: "There is no table, let or stored function of this name. Text must stand in quotes.",
		Example: `DeviceProcesEvents | take 1`, Mended: `DeviceProcessEvents | take 1`},
	{Code: codeUnknownFunction, Title: "Unknown function", Explanation: "There is no function of this name. docs/language.md lists all.",
		Example: `print strlenn("a")`, Mended: `print strlen("a")`},
	{Code: codeUnknownName, Title: "Unknown name", Explanation: "The name is neither a column here nor a let nor a table. Text must stand in quotes.",
		Example: `let tools = dynamic(["psexec.exe"]); DeviceProcessEvents | where FileName in (toolz)`, Mended: `let tools = dynamic(["psexec.exe"]); DeviceProcessEvents | where FileName in (tools)`},
	{Code: codeUnknownPlugin, Title: "Unknown plugin", Explanation: "evaluate knows no plugin of this name.",
		Example: `DeviceProcessEvents | evaluate bag_unpak(AdditionalFields)`},
	{Code: codeMisplaced, Title: "An aggregate or plugin in the wrong place", Explanation: "Aggregates such as count() compute one value of many rows: they stand in summarize. Window functions need rows in order.",
		Example: `DeviceProcessEvents | where count() > 1`, Mended: `DeviceProcessEvents | summarize n = count() | where n > 1`},
	{Code: codeUnsupported, Title: "Not supported", Explanation: "Kusto has it, Goshawk does not: mostly because it needs a cloud service. docs/language.md lists what is refused and why.",
		Example: `cluster("help").database("Samples").StormEvents | take 1`},
	{Code: codeAbsent, Title: "A table that is not here", Explanation: "A warning: the table is taken as empty. A custom table (NAME_CL) has columns by Azure Monitor's suffixes: _s string, _d real, _b bool, _t datetime, _g guid as string. What is no such table and no name nearly like a known one may be a parser function of a workspace: check and dry runs let it have any column. --functions DIR gives its text, functions/NAME.csv the rows of a table, --strict refuses it.",
		Example: `MyLog_CL | where user_s == "a" and size_d > 1`, Mended: `DeviceEvents | where AccountName == "a"`},
	{Code: codeOperandTypes, Title: "An operator between types that it does not take", Explanation: "The message says both types. Convert one side with tostring(), tolong(), todatetime() and their kin.",
		Example: `DeviceProcessEvents | where Timestamp > "2024-01-01"`, Mended: `DeviceProcessEvents | where Timestamp > datetime(2024-01-01)`},
	{Code: codeArgumentType, Title: "An argument of the wrong type", Explanation: "The message says what the function takes and what it was given.",
		Example: `print ago(7)`, Mended: `print ago(7d)`},
	{Code: codeArgumentCount, Title: "Too few or too many arguments", Explanation: "The hint shows how the function is called.",
		Example: `print strlen()`, Mended: `print strlen("a")`},
	{Code: codeScalarExpected, Title: "A table where a value is expected", Explanation: "toscalar(..) takes the first value of a table; in (..) compares with its first column.",
		Example: `print n = (DeviceProcessEvents | count)`, Mended: `print n = toscalar(DeviceProcessEvents | count)`},
	{Code: codeTableExpected, Title: "A value where a table is expected", Explanation: "A pipeline begins with a table.",
		Example: `let n = 5; n | take 1`, Mended: `let n = range n from 5 to 5 step 1; n | take 1`},
	{Code: codeConstantExpected, Title: "A value that must not depend on rows", Explanation: "The same value must hold for all rows here, such as the number of take.",
		Example: `DeviceProcessEvents | extend t = extract(FileName, 0, ProcessCommandLine)`, Mended: `DeviceProcessEvents | extend t = extract("[a-z]+", 0, ProcessCommandLine)`},
	{Code: codeBoolExpected, Title: "A condition that is no bool", Explanation: "where needs something that is true or false: compare the value, or test it with isnotempty().",
		Example: `DeviceProcessEvents | where FileName`, Mended: `DeviceProcessEvents | where isnotempty(FileName)`},
	{Code: codeBadValue, Title: "A value outside of what is allowed", Explanation: "The message says which values are.",
		Example: `range x from 1 to 5 step 0`, Mended: `range x from 1 to 5 step 1`},
	{Code: codeNoCommonType, Title: "Values of different types", Explanation: "All branches or elements must have one type. Convert them.",
		Example: `print coalesce(1, "none")`, Mended: `print coalesce(tostring(1), "none")`},
	{Code: codeBadLiteral, Title: "No value of its type", Explanation: "The text in the brackets is no value of the type.",
		Example: `print datetime(2024-13-01)`, Mended: `print datetime(2024-12-01)`},
	{Code: codeDuplicateName, Title: "A name declared twice", Explanation: "A let or parameter of this name exists already.",
		Example: `let a = 1; let a = 2; print a`, Mended: `let a = 1; let b = 2; print a + b`},
	{Code: codeDuplicateColumn, Title: "A column declared twice", Explanation: "One operator gives the same name to two columns.",
		Example: `datatable(a:string, a:long)["x", 1]`, Mended: `datatable(a:string, b:long)["x", 1]`},
	{Code: codeColumnExpected, Title: "A column is expected", Explanation: "Only the name of a column may stand here.",
		Example: `DeviceEvents | evaluate pivot(strcat(ActionType, "!"))`, Mended: `DeviceEvents | project ActionType, DeviceName | evaluate pivot(ActionType)`},
	{Code: codeNameCount, Title: "More names than values", Explanation: "(a, b) = x needs an x that gives as many values.",
		Example: `print (a, b) = 1`, Mended: `print a = 1`},
	{Code: codeJoinCondition, Title: "A join condition of another form", Explanation: "A join compares columns for equality: a name that both sides have, or $left.a == $right.b. Other conditions go into a where after the join.",
		Example: `DeviceProcessEvents | join DeviceEvents on DeviceId == "a"`, Mended: `DeviceProcessEvents | where DeviceId == "a" | join DeviceEvents on DeviceId`},
	{Code: codeJoinKeyTypes, Title: "Join keys of different types", Explanation: "The message says both types. Convert one side with extend before the join.",
		Example: `DeviceProcessEvents | join DeviceEvents on $left.ProcessId == $right.DeviceId`, Mended: `DeviceProcessEvents | join DeviceEvents on $left.ProcessId == $right.InitiatingProcessId`},
	{Code: codeJoinSides, Title: "A join column that one side lacks", Explanation: "A plain name must be a column of both sides; $left.a == $right.b joins columns of different names.",
		Example: `DeviceProcessEvents | join (DeviceInfo | project DeviceName) on DeviceId`, Mended: `DeviceProcessEvents | join (DeviceInfo | project DeviceName) on DeviceName`},
	{Code: codeJoinOnTime, Title: "A join on equal time stamps", Explanation: "A warning: two events hardly ever have the same time to 100 nanoseconds. Join on the device and compare the times in a where, or join on bin(Timestamp, 1m).",
		Example: `DeviceProcessEvents | join DeviceEvents on Timestamp`, Mended: `DeviceProcessEvents | join DeviceEvents on DeviceId | where abs(Timestamp - Timestamp1) < 1m`},
	{Code: codeNotFirst, Title: "An operator in the wrong place of the pipeline", Explanation: "A pipeline begins with a table; operators follow.",
		Example: `where FileName == "a"`, Mended: `DeviceProcessEvents | where FileName == "a"`},
	{Code: codeNotAllowedInside, Title: "An operator that can't stand in a subquery", Explanation: "Some operators give several tables and stand only at the end of the query.",
		Example: `DeviceEvents | fork (fork (take 1) (take 2)) (take 3)`, Mended: `DeviceEvents | fork (take 1) (take 2) (take 3)`},
	{Code: codeNeedsOrder, Title: "A window function over rows without order", Explanation: "prev, next, row_number and their kin need rows in order: put sort by or serialize before.",
		Example: `DeviceProcessEvents | extend p = prev(FileName)`, Mended: `DeviceProcessEvents | sort by Timestamp asc | extend p = prev(FileName)`},
	{Code: codeBadParameter, Title: "A bad parameter of an operator", Explanation: "The parameter is unknown or has a value that it does not take.",
		Example: `DeviceProcessEvents | join kind=sideways DeviceEvents on DeviceId`, Mended: `DeviceProcessEvents | join kind=inner DeviceEvents on DeviceId`},
	{Code: codeBadPattern, Title: "A pattern that can't work", Explanation: "The pattern of parse or of a graph contradicts itself.",
		Example: `DeviceEvents | project A = DeviceId, B = AccountName | make-graph A --> B | graph-match (x)-[e*5..1]->(y) project y`},
	{Code: codeDeprecated, Title: "An old name", Explanation: "A warning: the function or table still answers, newer queries call it by the name in the message. The tables of Defender before 2020 (ProcessCreationEvents) answer under the old names of their columns too (EventTime, ComputerName).",
		Example: `print replace("a", "b", "cat")`, Mended: `print replace_string("cat", "a", "b")`},
	{Code: codeLiteral, Title: "A text that reads like a pattern", Explanation: "A warning: has, contains, == and their kin take each character as it is, so that * and .* stand for themselves. Leave them out, or use matches regex.",
		Example: `DeviceProcessEvents | where ProcessCommandLine has "*mimikatz*"`, Mended: `DeviceProcessEvents | where ProcessCommandLine contains "mimikatz"`},
	{Code: codeFuture, Title: "A time in the future", Explanation: "A warning: ago(7d) is seven days before now, so that ago(-7d) lies seven days ahead and no event is later.",
		Example: `DeviceEvents | where Timestamp > ago(-7d)`, Mended: `DeviceEvents | where Timestamp > ago(7d)`},
	{Code: codeTooLarge, Title: "The query grows too large", Explanation: "Lets and functions are written out where they are used; here they double too often. Use materialize or fewer uses.",
		Example: "let f0 = () { print a = 1 };" + doubling + " f20 | count", Shown: "let f0 = () { print a = 1 }; let f1 = () { union f0(), f0() }; .. let f20 = () { union f19(), f19() }; f20 | count"},
	{Code: codeNotAQuery, Title: "A statement that is no query", Explanation: "The text is of a kind that Goshawk does not run.",
		NoExample: "The parser finds such texts first: see KQL0028."},
	{Code: CodeNoQuery, Title: "No query", Explanation: "The text has lets only: it must end with a table or a pipeline. A dry run accepts a text that defines functions or values for others, with a warning.",
		Example: `let a = 1;`, Mended: `let a = 1; print a`},
	{Code: codeParameter, Title: "A query parameter without a value", Explanation: "declare query_parameters names values that the caller gives; a default makes the query run by itself.",
		Example: `declare query_parameters(x:long); print x`, Mended: `declare query_parameters(x:long = 1); print x`},
	{Code: codeDiscovery, Title: "The columns could not be found out", Explanation: "What columns bag_unpack or pivot give depends on the rows, and these could not be read. Declare the columns: evaluate bag_unpack(x) : (a:string).",
		Example: `externaldata(d:dynamic)["https://example.com/a.json"] with (format="json") | evaluate bag_unpack(d)`, Mended: `externaldata(d:dynamic)["https://example.com/a.json"] with (format="json") | evaluate bag_unpack(d) : (name:string)`},
	{Code: codeDynamicKey, Title: "A dynamic value as a key", Explanation: "Groups and joins need plain values: convert it with tostring().",
		Example: `print d = dynamic([1]) | summarize count() by d`, Mended: `print d = dynamic([1]) | summarize count() by tostring(d)`},
	{Code: codeIngestion, Title: "ingestion_time() where rows have lost it", Explanation: "A warning: after summarize, join and the like a row has no time of its own at which it was stored; the value is null.",
		Example: `DeviceEvents | summarize count() by DeviceName | where ingestion_time() > ago(1d)`, Mended: `DeviceEvents | where ingestion_time() > ago(1d) | summarize count() by DeviceName`},
	{Code: codeFunctionBody, Title: "A stored function with errors", Explanation: "The text of the function that the query calls has errors; the message tells them.",
		Example: `Broken("a")`},
	{Code: codeNoData, Title: "A column that no row has", Explanation: "A warning: with the rows at hand bag_unpack or pivot gives no such column; it is taken as null.",
		Example: `print d = dynamic({"a":1}) | evaluate bag_unpack(d) | where b == 1`, Mended: `print d = dynamic({"a":1}) | evaluate bag_unpack(d) | where a == 1`},
	{Code: codeOwnChoice, Title: "A choice that Kusto may make otherwise", Explanation: "A warning: Microsoft names the method of autocluster, diffpatterns, diffpatterns_text, reduce, funnel_sequence and funnel_sequence_completion, but not all of its choices. Goshawk follows the method; what it counts is exact, and the same rows always give the same answer, but Kusto may choose other patterns or pair other steps. docs/language.md tells the method. evaluate basket(..) leaves no choice, it gives all frequent patterns; nor do sequence_detect and scan.",
		Example: `DeviceProcessEvents | project FileName, AccountName | evaluate autocluster()`, Mended: `DeviceProcessEvents | project FileName, AccountName | evaluate basket()`},
	{Code: CodeInternal, Title: "A plan that breaks its own rules", Explanation: "A mistake of Goshawk. Please report the query.",
		NoExample: "No query is known that gets it."},
}
