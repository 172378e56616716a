package bind

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// This file knows what people who come from other languages write, and says how KQL
// writes it.

// habit recognises a name that is a word of another language or a function without
// its brackets, and returns the way out; "" if it is neither.
func habit(name string) string {
	switch strings.ToLower(name) {
	case "null", "nil", "none", "undefined":
		return "KQL tests it with isnull(x) or isnotnull(x); a string is never null: isempty(x), isnotempty(x)"
	case "case":
		return "write case(condition, value, condition, value, .., other)"
	case "distinct":
		return "count different values with dcount(x) or count_distinct(x)"
	}
	if name == strings.ToLower(name) && (builtin.Lookup(name, builtin.Aggregate) != nil || builtin.Lookup(name, builtin.Scalar) != nil) {
		return "'" + name + "' is a function: write " + name + "(..)"
	}
	return ""
}

// unquoted recognises a text without quotes on the right side of a comparison: a name,
// or names with dots, that nothing here has. It reports it and returns true.
func (b *binder) unquoted(e *syntax.Binary, x plan.Expr, v *env) bool {
	switch e.Op {
	case "and", "or", "+", "-", "*", "/", "%", "<", ">", "<=", ">=":
		return false
	}
	n, dotted := root(e.Y)
	if n == nil || v.row == nil || v.row.bad || bad(x) || x.Type() != types.String || b.known(n, v) || habit(n.Value) != "" {
		return false
	}
	if !dotted && (b.nearColumn(n.Value, v.row.cols) != "" || len(nearest(n.Value, v.scope.all())) > 0 || looksLikeList(n.Value)) {
		return false
	}
	said := b.file.Text[max(0, e.Y.Span().Start):min(len(b.file.Text), e.Y.Span().End)]
	if b.foreign > 0 {
		said = n.Value
	}
	b.report(source.Diagnostic{Code: codeUnknownColumn, Span: e.Y.Span(), Message: "unknown column '" + n.Value + "'",
		Hint: "text stands in quotes: " + syntax.Quote(said), Fix: source.Replace(e.Y.Span(), syntax.Quote(said))})
	return true
}

// root returns the name that a.b.c begins with, nil for another expression.
func root(e syntax.Expr) (n *syntax.Name, dotted bool) {
	for {
		switch x := e.(type) {
		case *syntax.Name:
			return x, dotted
		case *syntax.Member:
			e, dotted = x.X, true
		default:
			return nil, false
		}
	}
}

// known reports whether a name means anything among the columns, lets and tables.
func (b *binder) known(n *syntax.Name, v *env) bool {
	for _, r := range []*rel{v.row, v.right} {
		if r == nil {
			continue
		}
		if _, alias := r.aliases[n.Value]; alias || r.cols.Index(n.Value) >= 0 || r.openTo(n.Value) {
			return true
		}
	}
	return v.graph != nil || v.missing.Index(n.Value) >= 0 || b.exists(n, v)
}

// namedWithTwo recognises n == count() where a column is to get a name.
func (b *binder) namedWithTwo(e syntax.Expr, v *env) bool {
	c, ok := e.(*syntax.Binary)
	if !ok || c.Op != "==" || v.row == nil || v.row.bad {
		return false
	}
	n, ok := c.X.(*syntax.Name)
	if !ok || b.known(n, v) {
		return false
	}
	b.report(source.Diagnostic{Code: codeUnknownColumn, Span: n.Span(), Message: "unknown column '" + n.Value + "'",
		Hint: "to give a name to a value write one =: " + n.Value + " = .."})
	return true
}

// operandHint says how to mend an operator between types that it does not take.
func operandHint(op string, x, y types.Type) string {
	number := func(t types.Type) bool { return t.IsNumeric() }
	switch {
	case x == types.String && y == types.String && op == "+":
		return "strings are joined by strcat(a, b)"
	case op == "and" || op == "or":
		if x == types.String || y == types.String {
			return `'` + op + `' joins conditions: repeat what is compared, x == "a" ` + op + ` x == "b"; or write x in ("a", "b"), x has_any ("a", "b")`
		}
		return "'" + op + "' joins conditions: compare the value first"
	case (op == "=~" || op == "!~") && number(x) && number(y):
		return "=~ and !~ compare text; numbers are compared by == and !="
	case x == types.DateTime && number(y) && op != "*" && op != "/" && op != "%":
		if op == "-" || op == "+" {
			return "a number needs a unit to be a time: 7d, 12h, 30m"
		}
		return "a day is written datetime(2024-01-31), a time ago ago(7d)"
	case x == types.TimeSpan && number(y):
		return "a number needs a unit to be a time: 5m, 12h, 7d"
	case op == "<" || op == ">" || op == "<=" || op == ">=":
		switch {
		case x == types.String && y == types.String:
			return "strings have no order here; strcmp(a, b) < 0 compares them"
		case x == types.DateTime && y == types.String:
			return "a day is written datetime(2024-01-31); a text becomes one by todatetime(..)"
		case y == types.String && x != types.Dynamic:
			return "convert the text: to" + x.String() + "(..)"
		case x == types.Dynamic:
			return "convert the dynamic value: to" + y.String() + "(..)"
		}
	case op == "==" || op == "!=" || op == "in" || op == "!in":
		switch {
		case y == types.String:
			return "write the value as " + article(x) + ", or compare tostring(..)"
		case x == types.String:
			return "write the value as a string, or convert the left side: to" + y.String() + "(..)"
		}
	case x.IsNumeric() && (y == types.String || y == types.Dynamic):
		return "text operators need a string: tostring(..)"
	}
	return ""
}

// literally warns of a text with signs of a pattern behind an operator that takes it
// as it is.
func (b *binder) literally(op string, y plan.Expr, at source.Span) {
	s, ok := stringOf(y)
	if !ok || len(s) < 3 {
		return
	}
	switch {
	case op == "matches regex":
		return
	case op == "like" || op == "!like":
		if strings.Trim(s, "*") != s && !strings.Contains(s, "%") {
			b.warn(codeLiteral, at, "'"+op+"' takes * as it is: its sign for any text is %", "write contains, or "+op+" "+syntax.Quote(strings.ReplaceAll(s, "*", "%")))
		}
		return
	case strings.HasPrefix(s, "*") || strings.HasSuffix(s, "*") && !strings.HasSuffix(s, `\*`) && !strings.HasSuffix(s, "/*") && !strings.HasSuffix(s, " *"):
		b.warn(codeLiteral, at, "'"+op+"' takes * as it is: it stands for itself and not for any text",
			"leave it out: contains finds text anywhere, startswith and endswith at an end, matches regex takes a pattern")
	case strings.Contains(s, ".*") && !strings.Contains(s, "*.*"):
		b.warn(codeLiteral, at, "'"+op+"' takes .* as it is: this is no regular expression", "write matches regex")
	}
}

// joinKindFor is the kind of join that a word of SQL means.
var joinKindFor = map[string]string{
	"left": "leftouter", "right": "rightouter", "full": "fullouter", "outer": "fullouter", "semi": "leftsemi", "anti": "leftanti",
	"left outer": "leftouter", "right outer": "rightouter", "cross": "inner",
}

// method recognises value.f(..), which KQL writes f(value, ..). It reports it and
// returns true.
func (b *binder) method(e *syntax.Call, v *env) bool {
	n, _ := root(e.X)
	if n == nil || v.row == nil || !b.known(n, v) && !v.row.bad {
		return false
	}
	hint := "KQL has no methods: a function takes the value in its brackets"
	name := strings.ToLower(e.F.Value)
	switch {
	case functionWords[name] != "":
		hint = "KQL calls it " + functionWords[name]
	case builtin.Lookup(name, builtin.Scalar) != nil && len(e.Args) > 0:
		hint = "KQL has no methods: " + name + "(..) takes the value in its brackets"
	case builtin.Lookup(name, builtin.Scalar) != nil:
		hint = "KQL has no methods: write " + name + "(" + syntax.Print(e.X) + ")"
	}
	b.error(codeUnknownFunction, e.F.Span(), "'"+e.F.Value+"' can't be called on a value", hint)
	return true
}
