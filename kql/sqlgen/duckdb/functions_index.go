package duckdb

import (
	"maps"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
)

// functions gathers the templates of every family of scalar functions and operators.
func functions() map[string]sqlgen.Template { return maps.Clone(scalarTemplates) }

// aggregates gathers the templates of the aggregates.
func aggregates() map[string]sqlgen.AggTemplate { return maps.Clone(aggregateTemplates) }

// windows gathers the templates of the window functions.
func windows() map[string]sqlgen.Template { return maps.Clone(windowTemplates) }
