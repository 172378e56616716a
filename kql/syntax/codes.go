package syntax

// Code explains a code of this package's diagnostics for docs/errors.md.
type Code struct {
	Code        string
	Title       string // what is wrong, as a heading
	Explanation string // why, and what to do
	Example     string // a query that gets the code
	Mended      string // the same query put right, "" if there is none
}

// CodeOf returns the explanation of a code, nil if this package has none.
func CodeOf(code string) *Code {
	for i := range Codes {
		if Codes[i].Code == code {
			return &Codes[i]
		}
	}
	return nil
}

// Codes lists the codes of this package in order. Every example is tested to get
// its code, and every mended query to have no diagnostic.
var Codes = [...]Code{
	{"KQL0001", "Something else was expected", "The query has a word or sign where the grammar needs another. The message says both.",
		"Process | top 5 Count desc", "Process | top 5 by Count desc"},
	{"KQL0002", "A character that KQL does not have", "Often it comes from a word processor or a web page, which replace quotes, dashes and spaces by similar characters.",
		"Process | where Name == \u201ca.exe\u201d", `Process | where Name == "a.exe"`},
	{"KQL0003", "&& or ||", "KQL joins conditions with the words and, or.",
		"Process | where Id > 1 && Id < 9", "Process | where Id > 1 and Id < 9"},
	{"KQL0004", "A string is not closed", "A string begins and ends with the same quote on one line. Text of several lines stands between ``` and ```.",
		`Process | where Name == "a.exe`, `Process | where Name == "a.exe"`},
	{"KQL0005", "A text of several lines is not closed", "Text that begins with ``` or ~~~ ends with the same three characters.",
		"print ```two\nlines", "print ```two\nlines```"},
	{"KQL0006", "An unknown escape in a string", "In a string \\ begins an escape such as \\n. Paths and regular expressions are easier to write with @ before the string, where \\ means itself.",
		`Process | where Path has "C:\Windows"`, `Process | where Path has @"C:\Windows"`},
	{"KQL0007", "A typed literal is not closed", "datetime(..), guid(..) and the other typed literals end with ) on the same line.",
		"print datetime(2024-01-01", "print datetime(2024-01-01)"},
	{"KQL0008", "A bracket is never closed", "The message points at the opening bracket. Add the closing one where the expression ends.",
		"Process | where (Id > 1 | take 5", "Process | where (Id > 1) | take 5"},
	{"KQL0009", "A bracket closes nothing", "There is one closing bracket too many, or an opening one is missing before it.",
		"Process | where Id > 1) | take 5", "Process | where Id > 1 | take 5"},
	{"KQL0010", "Unknown operator", "Behind | stands an operator. Names are case-sensitive.",
		"Process | were Id > 1", "Process | where Id > 1"},
	{"KQL0011", "No operator behind |", "The query ends with |, has two of them, or something that is no name stands there.",
		"Process | where Id > 1 |", "Process | where Id > 1"},
	{"KQL0012", "Nothing follows a comma", "Kusto does not take a comma at the end of a list of columns or arguments.",
		"Process | project Name, Id,", "Process | project Name, Id"},
	{"KQL0013", "= instead of ==", "= gives a name to a value; == compares. Where Kusto runs the query all the same, with a condition that does not mean what it says, this is a warning.",
		`Process | where Name = "a.exe"`, `Process | where Name == "a.exe"`},
	{"KQL0014", "A name needs brackets", "Keywords and names with other characters than letters, digits and _ are written ['name'].",
		"Process | extend first = Id", "Process | extend ['first'] = Id"},
	{"KQL0015", "Unknown parameter", "The operator has no such parameter.",
		"Process | join knd=inner (Net) on Id", "Process | join kind=inner (Net) on Id"},
	{"KQL0016", "Unknown type", "Columns and parameters have one of Kusto's scalar types.",
		`datatable(Name:text)["a"]`, `datatable(Name:string)["a"]`},
	{"KQL0017", "A guid without guid(..)", "A guid is written guid(..); bare ones are read as subtraction elsewhere.",
		"print 74be27de-1e4e-49d9-b579-fe0b331d3642", "print guid(74be27de-1e4e-49d9-b579-fe0b331d3642)"},
	{"KQL0018", "A space inside a typed literal", "datetime(, long( and the others are one word with their bracket.",
		"print datetime (2024-01-01)", "print datetime(2024-01-01)"},
	{"KQL0019", "A datatable holds literals only", "Put the constants into the datatable and compute behind it.",
		"datatable(At:datetime)[now()]", "print At = now()"},
	{"KQL0020", "A query among values", "Behind in, has_any and has_all stands a list of values or one query. A query inside a list needs brackets of its own.",
		"Process | where Id in (1, Net | project Id)", "Process | where Id in (1, (Net | project Id))"},
	{"KQL0021", "A query as an argument", "An argument of a function that is a query needs brackets of its own.",
		"let f = (T:(Id:long)) { T | count };\nf(Process | take 1)", "let f = (T:(Id:long)) { T | count };\nf((Process | take 1))"},
	{"KQL0022", "A comma inside brackets", "Brackets hold one expression; KQL has no tuples.",
		"Process | where (Id, Name) in (Net)", "Process | where Id in (Net)"},
	{"KQL0023", "project-rename takes new = old only", "Nothing can be computed there.",
		"Process | project-rename Name", "Process | project-rename Image = Name"},
	{"KQL0024", "top by several expressions", "top takes one expression. Sort by several and take the first rows.",
		"Process | top 5 by Id, Name", "Process | sort by Id, Name | take 5"},
	{"KQL0025", "An empty statement", "Two ; follow each other.",
		"let a = 1;; print a", "let a = 1; print a"},
	{"KQL0026", "; is missing between statements", "Every statement but the last ends with ;.",
		"let a = 1\nprint a", "let a = 1;\nprint a"},
	{"KQL0027", "An operator of Kusto's service", "The service writes such operators into queries for itself. They have no meaning outside of it.",
		"Process | __executeAndCache", ""},
	{"KQL0028", "A management command", "Commands begin with a dot and change or list what a cluster holds. Here are queries only.",
		".show tables", ""},
	{"KQL0029", "SQL", "In KQL the table comes first and operators follow, each behind |.",
		"SELECT Name FROM Process", "Process | project Name"},
	{"KQL0030", "Another format", "The text is a rule file or a document, not a query. Passed as a file, its queries are found.",
		"id: 1\nname: rule\nquery: Process", "Process"},
	{"KQL0031", "Nested too deeply", "Brackets and subqueries nest more deeply than any query that people write.", "", ""},
	{"KQL0032", "Too many operators in one expression", "Thousands of comparisons joined with or are a list: use in (..) or a datatable.", "", ""},
	{"KQL0033", "Too long", "The text is larger than the limit for one query.", "", ""},
	{"KQL0034", "Two comparisons in a row", "Comparisons do not chain: a == b == c has no meaning.",
		"Process | where 1 < Id < 9", "Process | where 1 < Id and Id < 9"},
	{"KQL0035", "Upper case", "KQL's words are lower-case.",
		"Process | where Id > 1 AND Id < 9", "Process | where Id > 1 and Id < 9"},
	{"KQL0036", "Something is missing", "The query, a bracket or an operator ends before what the message names.",
		"Process | where Id >", "Process | where Id > 1"},
	{"KQL0037", "not without brackets", "not is a function.",
		"Process | where not Id > 1", "Process | where not(Id > 1)"},
	{"KQL0038", "A list without brackets", "Behind in, has_any, has_all and between stand brackets.",
		`Process | where Name in "a.exe"`, `Process | where Name in ("a.exe")`},
	{"KQL0039", "| is missing before an operator", "Every operator but the first stands behind |.",
		"Process\nwhere Id > 1", "Process\n| where Id > 1"},
	{"KQL0040", "A condition of SQL", "KQL has functions for null and empty values, and operators with ! for negation.",
		"Process | where Name is not null", "Process | where isnotempty(Name)"},
	{"KQL0041", "A label before the query", "Kusto reads \"Query:\" as an operator, so that the table behind it is not found.",
		"Query:\nProcess | take 5", "Process | take 5"},
	{"KQL0042", "Only a name can stand before =", "A new column is a name, in brackets and quotes if it has a dot.",
		"Process | extend Data.Name = 1", "Process | extend ['Data.Name'] = 1"},
	{"KQL0043", "A list without dynamic", "A list of values is dynamic([..]).",
		"print [1, 2]", "print dynamic([1, 2])"},
	{"KQL0044", "Two expressions without anything between them", "A comma, an operator or and/or is missing between them.",
		"Process | project Name Id", "Process | project Name, Id"},
	{"KQL0045", "A quote inside a string", "The quote ends the string. Write \\' inside, or use the other quotes.",
		"print 'it's'", `print "it's"`},
	{"KQL0046", "Nothing on the left side of an operator", "and and or join whole comparisons.",
		`Process | where Name has "a" or has "b"`, `Process | where Name has "a" or Name has "b"`},
	{"KQL0047", "An unknown operator with !", "Operators that can be negated are listed in docs/language.md; anything else is negated with not(..).",
		`Process | where Name !hass "a"`, `Process | where Name !has "a"`},
	{"KQL0048", "An escape of a web page", "The text was copied from the source of a web page, where > is written &gt;.",
		"Process | where Id &gt; 1", "Process | where Id > 1"},
	{"KQL0049", "has any, has all", "The operators are one word.",
		`Process | where Name has any ("a", "b")`, `Process | where Name has_any ("a", "b")`},
}
