package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// refusedPlugins are the plugins that this machine alone can't run; each says why.
var refusedPlugins = []Function{
	{
		Name: "ai_chat_completion", Kind: Plugin,
		Overloads:   []Overload{many(0, nil, par("Chat"), par("ConnectionString", types.String), opt(par("more")))},
		Unsupported: "would leave the machine",
		Doc:         "Asks a language model.",
		Example:     `print q = "a" | evaluate ai_chat_completion(q, "https://a.example")`,
		Page:        "ai-chat-completion-plugin",
	},
	{
		Name: "ai_chat_completion_prompt", Kind: Plugin,
		Overloads:   []Overload{many(0, nil, par("Prompt"), par("ConnectionString", types.String), opt(par("more")))},
		Unsupported: "would leave the machine",
		Doc:         "Asks a language model.",
		Example:     `print q = "a" | evaluate ai_chat_completion_prompt(q, "https://a.example")`,
		Page:        "ai-chat-completion-prompt-plugin",
	},
	{
		Name: "ai_embed_text", Kind: Plugin,
		Overloads:   []Overload{many(0, nil, par("Text"), par("ConnectionString", types.String), opt(par("more")))},
		Unsupported: "would leave the machine",
		Doc:         "Embeds texts by a language model.",
		Example:     `print q = "a" | evaluate ai_embed_text(q, "https://a.example")`,
		Page:        "ai-embed-text-plugin",
	},
	{
		Name: "ai_embeddings", Kind: Plugin,
		Overloads:   []Overload{many(0, nil, par("Text"), par("ConnectionString", types.String), opt(par("more")))},
		Unsupported: "would leave the machine",
		Doc:         "Embeds texts by a language model.",
		Example:     `print q = "a" | evaluate ai_embeddings(q, "https://a.example")`,
		Page:        "ai-embeddings-plugin",
	},
	{
		Name: "azure_digital_twins_query_request", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("endpoint", types.String), par("sql_query", types.String)),
		},
		Unsupported: "needs a cloud service",
		Doc:         "Queries Azure Digital Twins.",
		Example:     `evaluate azure_digital_twins_query_request("https://twins.example", "select * from digitaltwins")`,
		Page:        "azure-digital-twins-query-request-plugin",
	},
	{
		Name: "cosmosdb_sql_request", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("connection_string", types.String), par("sql_query", types.String), opt(par("sql_parameters", types.Dynamic)), opt(par("options", types.Dynamic))),
		},
		Unsupported: "needs a cloud service",
		Doc:         "Queries Azure Cosmos DB.",
		Example:     `evaluate cosmosdb_sql_request("AccountEndpoint=https://a.example;Database=d;Collection=c", "select * from c")`,
		Page:        "cosmosdb-sql-request-plugin",
	},
	{
		Name: "csharp", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormType, par("OutputSchema")), par("Script", types.String), opt(par("Arguments", types.Dynamic))),
		},
		Unsupported: "runs foreign code",
		Doc:         "Runs a C# script over the rows.",
		Example:     `print a = 1 | evaluate csharp(typeof(*), "")`,
		Page:        "csharp-plugin",
	},
	{
		Name: "dax_request", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("connection_string", types.String), par("dax_query", types.String), opt(par("dax_parameters", types.Dynamic)), opt(par("options", types.Dynamic))),
		},
		Unsupported: "would leave the machine",
		Doc:         "Queries a semantic model.",
		Example:     `evaluate dax_request("Data Source=a.example", "EVALUATE t")`,
		Page:        "dax-request-plugin",
	},
	{
		Name: "execute_query", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("connection_string", types.String), par("query", types.String)),
		},
		Unsupported: "needs a Kusto cluster",
		Doc:         "Runs a query on a cluster.",
		Example:     `evaluate execute_query("https://a.example", "print 1")`,
		Page:        "execute-query-plugin",
	},
	{
		Name: "execute_show_command", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("connection_string", types.String), par("command", types.String)),
		},
		Unsupported: "needs a Kusto cluster",
		Doc:         "Runs a command on a cluster.",
		Example:     `evaluate execute_show_command("https://a.example", ".show tables")`,
		Page:        "execute-show-command-plugin",
	},
	{
		Name: "external_datatable", Kind: Plugin,
		Overloads: []Overload{
			sig(nil),
		},
		Unsupported: "needs a Kusto cluster",
		Doc:         "Reads external data.",
		Example:     "evaluate external_datatable()",
		Page:        "external-datatable-plugin",
	},
	{
		Name: "http_request", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, constant(par("Uri", types.String)), opt(par("RequestHeaders", types.Dynamic)), opt(par("Options", types.Dynamic))),
		},
		Unsupported: "would leave the machine",
		Doc:         "Sends an HTTP GET request.",
		Example:     `evaluate http_request("https://a.example")`,
		Page:        "http-request-plugin",
	},
	{
		Name: "http_request_post", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, constant(par("Uri", types.String)), opt(par("RequestHeaders", types.Dynamic)), opt(par("Options", types.Dynamic)), opt(constant(par("Content", types.String)))),
		},
		Unsupported: "would leave the machine",
		Doc:         "Sends an HTTP POST request.",
		Example:     `evaluate http_request_post("https://a.example")`,
		Page:        "http-request-post-plugin",
	},
	{
		Name: "identity_v3", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, constant(par("mode", types.String)), constant(par("exceptionText", types.String))),
		},
		Unsupported: "is internal to Kusto",
		Doc:         "Gives its input.",
		Example:     `print a = 1 | evaluate identity_v3("", "")`,
		Page:        "identity-v3-plugin",
	},
	{
		Name: "infer_storage_schema", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("Options", types.Dynamic)),
		},
		Unsupported: "needs a cloud service",
		Doc:         "Infers the schema of external files.",
		Example:     "evaluate infer_storage_schema(dynamic({}))",
		Page:        "infer-storage-schema-plugin",
	},
	{
		Name: "infer_storage_schema_with_suggestions", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("Options", types.Dynamic)),
		},
		Unsupported: "needs a cloud service",
		Doc:         "Infers the schema of external files.",
		Example:     "evaluate infer_storage_schema_with_suggestions(dynamic({}))",
		Page:        "infer-storage-schema-with-suggestions-plugin",
	},
	{
		Name: "mysql_request", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("connection_string", types.String), par("sql_query", types.String), opt(par("sql_parameters", types.Dynamic)), opt(par("options", types.Dynamic))),
		},
		Unsupported: "would leave the machine",
		Doc:         "Queries a MySQL server.",
		Example:     `evaluate mysql_request("Server=a.example", "select 1")`,
		Page:        "mysql-request-plugin",
	},
	{
		Name: "postgresql_request", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("connection_string", types.String), par("sql_query", types.String), opt(par("sql_parameters", types.Dynamic)), opt(par("options", types.Dynamic))),
		},
		Unsupported: "would leave the machine",
		Doc:         "Queries a PostgreSQL server.",
		Example:     `evaluate postgresql_request("Host=a.example", "select 1")`,
		Page:        "postgresql-request-plugin",
	},
	{
		Name: "python", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormType, par("OutputSchema")), par("Script", types.String), opt(par("Arguments", types.Dynamic)), opt(par("Artifacts", types.Dynamic))),
		},
		Unsupported: "runs foreign code",
		Doc:         "Runs a Python script over the rows.",
		Example:     `print a = 1 | evaluate python(typeof(*), "result = df")`,
		Page:        "python-plugin",
	},
	{
		Name: "r", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, form(FormType, par("OutputSchema")), par("Script", types.String), opt(par("Arguments", types.Dynamic))),
		},
		Unsupported: "runs foreign code",
		Doc:         "Runs an R script over the rows.",
		Example:     `print a = 1 | evaluate r(typeof(*), "result <- df")`,
		Page:        "r-plugin",
	},
	{
		Name: "sql_request", Kind: Plugin,
		Overloads: []Overload{
			sig(nil, par("connection_string", types.String), par("sql_query", types.String), opt(par("sql_parameters", types.Dynamic)), opt(par("options", types.Dynamic))),
		},
		Unsupported: "would leave the machine",
		Doc:         "Queries a SQL server.",
		Example:     `evaluate sql_request("Server=a.example", "select 1")`,
		Page:        "sql-request-plugin",
	},
}
