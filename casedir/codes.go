package casedir

import "github.com/goshawk-hunt/goshawk/source"

// Codes lists the codes of running a query, in order.
var Codes = [...]source.Code{
	{Code: "KQL0500", Title: "The engine could not run the query", Explanation: "The query is correct, but running it failed: it needs more memory than the engine may use (--memory), nests deeper than the engine can read, or meets a value that can't be computed. The message says which."},
	{Code: "KQL0501", Title: "The query ran out of its time", Explanation: "It was stopped after --timeout. Filter by time or device first, or allow more."},
	{Code: "KQL0510", Title: "Data from outside could not be read", Explanation: "externaldata or a watchlist has no file here; the message says what was looked for."},
	{Code: "KQL0599", Title: "Another failure", Explanation: "The message says what failed."},
	{Code: "KQL0999", Title: "Internal error", Explanation: "A mistake of Goshawk. Please report the query with the message."},
}
