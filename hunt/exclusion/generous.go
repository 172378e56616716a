package exclusion

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// generous is the predicate that also takes a row for which a test can't be decided,
// because a column that it names has no value there; and these columns. A predicate that
// names none, or is none, has no columns.
func generous(where string) (text string, columns []string) {
	x, err := parsePredicate(where)
	if err != nil {
		return "", nil
	}
	text = lenient(x, &columns)
	return text, columns
}

// lenient writes a condition; what it names of columns that may lack a value is added to
// columns.
func lenient(x syntax.Expr, columns *[]string) string {
	switch n := x.(type) {
	case *syntax.Paren:
		return "(" + lenient(n.X, columns) + ")"
	case *syntax.Binary:
		if n.Op == "and" || n.Op == "or" {
			return "(" + lenient(n.X, columns) + " " + n.Op + " " + lenient(n.Y, columns) + ")"
		}
	}
	var b strings.Builder
	b.WriteString("(" + syntax.Print(x))
	syntax.Walk(x, func(n syntax.Node) bool {
		name, ok := n.(*syntax.Name)
		if !ok || !mayLack(name.Value) {
			return true
		}
		b.WriteString(" or " + lacking(name.Value))
		if !slices.Contains(*columns, name.Value) {
			*columns = append(*columns, name.Value)
		}
		return true
	})
	return b.String() + ")"
}

// lacking is the condition that a column has no value.
func lacking(column string) string { return "isempty(tostring(" + column + "))" }

// mayLack reports whether a column has no value where the evidence does not tell it. Of an
// action without arguments, or a task without an author, all is known.
func mayLack(column string) bool {
	switch column {
	case "TaskName", "RunAs", "CreatorAccount", "DeviceName", "AccountName", "FileName", "FolderPath", "ProcessCommandLine", "SHA1", "InitiatingProcessCommandLine":
		return true
	}
	return slices.Contains(profiled, column)
}
