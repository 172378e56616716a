package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// metaFunctions are the functions of the query and its surroundings.
var metaFunctions = []Function{
	{
		Name: "column_names_of", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), form(FormTable, par("table"))),
		},
		Doc:     "Lists the column names of a table.",
		Example: "let T = print a = 1, b = 2; print column_names_of(T)",
		Page:    "column-names-of-function",
	},
	{
		Name: "current_cluster_endpoint", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String)),
		},
		Unsupported: "needs a Kusto cluster",
		Doc:         "Names the cluster that runs the query.",
		Example:     "print current_cluster_endpoint()",
		Page:        "current-cluster-endpoint-function",
	},
	{
		Name: "current_database", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String)),
		},
		Unsupported: "needs a Kusto cluster",
		Doc:         "Names the database of the query.",
		Example:     "print current_database()",
		Page:        "current-database-function",
	},
	{
		Name: "current_principal", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String)),
		},
		Unsupported: "needs a signed-in principal",
		Doc:         "Names who runs the query.",
		Example:     "print current_principal()",
		Page:        "current-principal-function",
	},
	{
		Name: "current_principal_details", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic)),
		},
		Unsupported: "needs a signed-in principal",
		Doc:         "Describes who runs the query.",
		Example:     "print current_principal_details()",
		Page:        "current-principal-details-function",
	},
	{
		Name: "current_principal_is_member_of", Kind: Scalar,
		Overloads: []Overload{
			many(64, Fixed(types.Bool), par("group", texts...)),
		},
		Unsupported: "needs a signed-in principal",
		Doc:         "Says whether who runs the query belongs to a group.",
		Example:     `print current_principal_is_member_of("aadgroup=a")`,
		Page:        "current-principal-is-member-of-function",
	},
	{
		Name: "cursor_after", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("cursor", types.String)),
		},
		Unsupported: "needs the database cursors of a Kusto cluster",
		Doc:         "Says whether a row was ingested after a cursor.",
		Example:     `print cursor_after("")`,
		Page:        "cursor-after-function",
	},
	{
		Name: "cursor_before_or_at", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("cursor", types.String)),
		},
		Unsupported: "needs the database cursors of a Kusto cluster",
		Doc:         "Says whether a row was ingested up to a cursor.",
		Example:     `print cursor_before_or_at("")`,
		Page:        "cursor-before-or-at-function",
	},
	{
		Name: "cursor_current", Kind: Scalar, Aliases: []string{"current_cursor"},
		Overloads: []Overload{
			sig(Fixed(types.String)),
		},
		Unsupported: "needs the database cursors of a Kusto cluster",
		Doc:         "Gives the current database cursor.",
		Example:     "print cursor_current()",
		Page:        "cursor-current-function",
	},
	{
		Name: "estimate_data_size", Kind: Scalar,
		Overloads: []Overload{
			many(0, Fixed(types.Long), form(FormColumn, par("column"))),
			sig(Fixed(types.Long), form(FormOnlyStar, par("column"))),
		},
		Doc:     "Estimates the bytes of columns.",
		Example: `print a = 1, b = "x" | project estimate_data_size(a, b)`,
		Page:    "estimate-data-size-function",
	},
	{
		Name: "extent_id", Kind: Scalar, Aliases: []string{"extentid"},
		Overloads: []Overload{
			sig(Fixed(types.GUID)),
		},
		Unsupported: "needs the storage of a Kusto cluster",
		Doc:         "Gives the id of a row's extent.",
		Example:     "print extent_id()",
		Page:        "extent-id-function",
	},
	{
		Name: "extent_tags", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic)),
		},
		Unsupported: "needs the storage of a Kusto cluster",
		Doc:         "Gives the tags of a row's extent.",
		Example:     "print extent_tags()",
		Page:        "extent-tags-function",
	},
	{
		Name: "ingestion_time", Kind: Scalar,
		Naming: NameExact, Prefix: "$IngestionTime",
		Overloads: []Overload{
			sig(Fixed(types.DateTime)),
		},
		Doc:     "Gives the time at which a row was read into the case.",
		Example: "print ingestion_time()",
		Page:    "ingestion-time-function",
	},
	{
		Name: "row_id", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String)),
		},
		Unsupported: "needs the storage of a Kusto cluster",
		Doc:         "Gives the id of a stored row.",
		Example:     "print row_id()",
		Page:        "row-id-function",
	},
}
