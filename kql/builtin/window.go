package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// windowFunctions are the window functions.
var windowFunctions = []Function{
	{
		Name: "next", Kind: Window,
		Overloads: []Overload{
			sig(SameAs(0), form(FormColumn, par("column")), opt(par("offset", types.Long)), opt(constant(par("default_value")))),
		},
		Doc:     "Reads a column of a later row.",
		Example: "range x from 1 to 3 step 1 | serialize n = next(x, 1, 0)",
		Page:    "next-function",
	},
	{
		Name: "prev", Kind: Window,
		Overloads: []Overload{
			sig(SameAs(0), form(FormColumn, par("column")), opt(par("offset", types.Long)), opt(constant(par("default_value")))),
		},
		Doc:     "Reads a column of an earlier row.",
		Example: "range x from 1 to 3 step 1 | serialize p = prev(x)",
		Page:    "prev-function",
	},
	{
		Name: "row_cumsum", Kind: Window,
		Overloads: []Overload{
			sig(SameAs(0), par("term", numbers...), opt(par("restart", types.Bool))),
		},
		Doc:     "Sums the rows so far.",
		Example: "range x from 1 to 3 step 1 | serialize s = row_cumsum(x)",
		Page:    "row-cumsum-function",
	},
	{
		Name: "row_number", Kind: Window,
		Overloads: []Overload{
			sig(Fixed(types.Long), opt(par("startingIndex", types.Long)), opt(par("restart", types.Bool))),
		},
		Doc:     "Numbers the rows in their order.",
		Example: "range x from 1 to 3 step 1 | serialize n = row_number()",
		Page:    "row-number-function",
	},
	{
		Name: "row_rank", Kind: Window,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("column", notDynamic...), opt(constant(par("dense", types.Bool)))),
		},
		Deprecated: "row_rank_dense",
		Doc:        "Ranks the rows without gaps.",
		Example:    "range x from 1 to 3 step 1 | serialize r = row_rank(x)",
		Page:       "row-rank-function",
	},
	{
		Name: "row_rank_dense", Kind: Window,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("term", notDynamic...), opt(par("restart", types.Bool))),
		},
		Doc:     "Ranks the rows without gaps: it grows where the value changes.",
		Example: "range x from 1 to 3 step 1 | serialize r = row_rank_dense(x)",
		Page:    "row-rank-dense-function",
	},
	{
		Name: "row_rank_min", Kind: Window,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("term", notDynamic...), opt(par("restart", types.Bool))),
		},
		Doc:     "Ranks the rows with gaps: equal values have the position of the first.",
		Example: "range x from 1 to 3 step 1 | serialize r = row_rank_min(x)",
		Page:    "row-rank-min-function",
	},
	{
		Name: "row_window_session", Kind: Window,
		Overloads: []Overload{
			sig(SameAs(0), par("expr", types.DateTime), par("maxDistanceFromFirst", types.TimeSpan), par("maxDistanceBetweenNeighbors", types.TimeSpan), opt(par("restart", types.Bool))),
		},
		Doc:     "Gives the start of the session that a row's time belongs to.",
		Example: "range t from datetime(2024-01-01) to datetime(2024-01-01 01:00) step 20m | serialize s = row_window_session(t, 1h, 5m)",
		Page:    "row-window-session-function",
	},
}
