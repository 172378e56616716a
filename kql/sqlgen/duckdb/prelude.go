package duckdb

// Prelude returns the statements that a connection runs before generated SQL:
// the macros that templates call.
func Prelude() []string {
	var all []string
	for _, list := range [][]string{dynamicMacros, functionMacros} {
		for _, macro := range list {
			all = append(all, "CREATE OR REPLACE TEMP MACRO "+macro)
		}
	}
	return all
}
