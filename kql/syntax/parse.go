package syntax

import "github.com/goshawk-hunt/goshawk/source"

// Parse reads a query text. It always returns a Script; what could not be read
// is in the diagnostics and stands as Bad nodes in the tree.
func Parse(f *source.File) (*Script, []source.Diagnostic) {
	return &Script{}, []source.Diagnostic{{Code: "KQL0001", Message: "parser not built", Span: source.NoSpan}}
}
