package duckdb

import "slices"

// Prelude returns the statements that a connection runs before generated SQL:
// the macros that templates call.
func Prelude() []string { return slices.Concat(dynamicMacros, functionMacros) }
