package duckdb

import (
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
)

// functions gathers the templates of every family of scalar functions and operators.
func functions() map[string]sqlgen.Template { return map[string]sqlgen.Template{} }

// aggregates gathers the templates of the aggregates.
func aggregates() map[string]sqlgen.AggTemplate { return map[string]sqlgen.AggTemplate{} }

// windows gathers the templates of the window functions.
func windows() map[string]sqlgen.Template { return map[string]sqlgen.Template{} }

// functionMacros are the macros that the templates call.
var functionMacros []string
