package casedir

import "github.com/goshawk-hunt/goshawk/source"

// Codes lists the codes of running a query, in order.
var Codes = [...]source.Code{
	{Code: "KQL0500", Title: "The engine could not run the query", Explanation: "The query is correct, but running it failed: it needs more memory than the engine may use (--memory), nests deeper than the engine can read, or meets a value that can't be computed. The message says which.",
		NoExample: "It depends on the memory and the rows."},
	{Code: "KQL0501", Title: "The query ran out of its time", Explanation: "It was stopped after --timeout. Filter by time or device first, or allow more.",
		Example: `range x from 1 to 1000000 step 1 | extend k = 1 | join kind=inner (range y from 1 to 1000000 step 1 | extend k = 1) on k | summarize count() by (x + y) % 7`},
	{Code: "KQL0510", Title: "Data from outside could not be read", Explanation: "externaldata or a watchlist has no file here; the message says what was looked for.",
		Example: `externaldata(a:string)["https://example.com/a.csv"]`},
	{Code: "KQL0599", Title: "Another failure", Explanation: "The message says what failed.",
		NoExample: "Whatever has no code of its own."},
	{Code: "KQL0999", Title: "Internal error", Explanation: "A mistake of Goshawk. Please report the query with the message.",
		NoExample: "No query is known that gets it."},
}

// OutOfTime says that a query was stopped.
func OutOfTime() source.Diagnostic {
	return source.Diagnostic{Code: "KQL0501", Message: "the query ran out of its time and was stopped", Span: source.NoSpan,
		Hint: "filter by time or device first, or allow more with --timeout"}
}
