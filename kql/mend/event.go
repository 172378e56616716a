package mend

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// Actions is implemented by a catalogue that knows which ActionType stands for an
// event id of Windows.
type Actions interface {
	Action(table, event string) (action string, ok bool)
}

// eventFilter returns the fix of a comparison with an event id where the table has
// ActionType instead: EventID == 4698 becomes ActionType == "ScheduledTaskCreated".
func (m *mender) eventFilter(script *syntax.Script, d source.Diagnostic) *source.Fix {
	actions, ok := m.o.Catalog.(Actions)
	if !ok || d.Fix == nil || d.Fix.Edits[0].Text != "ActionType" {
		return nil
	}
	var table string
	var fix *source.Fix
	syntax.Walk(script, func(n syntax.Node) bool {
		at := n.Span()
		if fix != nil || d.Span.Start < at.Start || d.Span.End > at.End {
			return false
		}
		if name := sourceOf(n); name != "" {
			table = name
		}
		column, op, ids := comparison(n)
		if column == nil || column.Span() != d.Span {
			return true
		}
		var names []string
		for _, id := range ids {
			action, ok := actions.Action(table, id)
			if !ok {
				return false
			}
			names = append(names, "\""+action+"\"")
		}
		text := "ActionType " + op + " "
		if strings.HasSuffix(op, "in") || strings.HasSuffix(op, "in~") {
			text += "(" + strings.Join(names, ", ") + ")"
		} else {
			text += names[0]
		}
		fix = source.Replace(at, text)
		return false
	})
	return fix
}

// sourceOf returns the table that a pipeline begins with.
func sourceOf(n syntax.Node) string {
	p, ok := n.(*syntax.Pipeline)
	if !ok {
		return ""
	}
	x := p.Source
	for {
		paren, ok := x.(*syntax.Paren)
		if !ok {
			break
		}
		x = paren.X
	}
	if name, ok := x.(*syntax.Name); ok {
		return name.Value
	}
	return ""
}

// comparison takes name == 1 and name in (1, 2) apart.
func comparison(n syntax.Node) (column *syntax.Name, op string, ids []string) {
	var list []syntax.Expr
	switch n := n.(type) {
	case *syntax.Binary:
		if n.Op != "==" && n.Op != "!=" && n.Op != "=~" && n.Op != "!~" {
			return nil, "", nil
		}
		column, _ = n.X.(*syntax.Name)
		op, list = n.Op, []syntax.Expr{n.Y}
	case *syntax.In:
		if n.Op != "in" && n.Op != "!in" && n.Op != "in~" && n.Op != "!in~" {
			return nil, "", nil
		}
		column, _ = n.X.(*syntax.Name)
		op, list = n.Op, n.List
	}
	for _, x := range list {
		literal, ok := x.(*syntax.Literal)
		if !ok || literal.Null {
			return nil, "", nil
		}
		ids = append(ids, literal.Text)
	}
	return column, op, ids
}
