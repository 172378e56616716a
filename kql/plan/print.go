package plan

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Print writes a query's plan as an indented tree, inputs below their node: for
// goldens, --explain and people.
func Print(q *Query) string {
	var p printer
	for _, s := range q.Shared {
		p.line(0, "shared %s%s", refName(s), map[bool]string{true: " materialized"}[s.Materialized])
		p.node(1, s.Input)
	}
	for _, r := range q.Results {
		name := ""
		if r.Name != "" {
			name = " " + r.Name
		}
		p.line(0, "result%s %s", name, r.Root.Schema())
		p.node(1, r.Root)
	}
	if q.Render != nil {
		keys := make([]string, 0, len(q.Render.Properties))
		for k := range q.Render.Properties {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		text := "render " + q.Render.Chart
		for _, k := range keys {
			text += " " + k + "=" + strconv.Quote(q.Render.Properties[k])
		}
		p.line(0, "%s", text)
	}
	return p.b.String()
}

// PrintNode writes one node and what is below it.
func PrintNode(n Node) string {
	var p printer
	p.node(0, n)
	return p.b.String()
}

func refName(s *Shared) string {
	if s.Name == "" {
		return fmt.Sprintf("#%d", s.ID)
	}
	return fmt.Sprintf("#%d %s", s.ID, s.Name)
}

type printer struct{ b strings.Builder }

func (p *printer) line(depth int, format string, args ...any) {
	p.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

func (p *printer) node(depth int, n Node) {
	p.line(depth, "%s", head(n))
	for _, x := range Exprs(n) {
		p.subqueries(depth+1, x)
	}
	for _, in := range Inputs(n) {
		p.node(depth+1, in)
	}
}

// subqueries prints the tables that an expression reads.
func (p *printer) subqueries(depth int, x Expr) {
	WalkExpr(x, func(y Expr) bool {
		if t := Table(y); t != nil {
			if in, ok := y.(*InQuery); ok {
				p.line(depth, "table of %s %s", PrintExpr(in.X), in.Op)
			} else {
				p.line(depth, "table of toscalar")
			}
			p.node(depth+1, t)
		}
		return true
	})
}

func head(n Node) string {
	switch n := n.(type) {
	case *Aggregate:
		return "aggregate" + aggs(n.Aggs) + by(n.Keys)
	case *Apply:
		s := "apply by " + PrintExpr(n.Key)
		if len(n.Pass) > 0 {
			s += " pass " + strings.Join(n.Pass, ", ")
		}
		return s
	case *Distinct:
		return "distinct"
	case *Filter:
		return "filter " + PrintExpr(n.Predicate)
	case *Join:
		return joinHead(n)
	case *Limit:
		return "limit " + PrintExpr(n.Count)
	case *Outer:
		return "outer " + n.Columns.String()
	case *Plugin:
		s := "plugin " + n.Name + "(" + list(n.Args) + ")"
		if n.Spec != nil {
			s += " " + specText(n.Spec)
		}
		return s + " " + n.Columns.String()
	case *Project:
		return "project " + projection(n)
	case *Range:
		return fmt.Sprintf("range %s from %s to %s step %s", n.Columns, PrintExpr(n.From), PrintExpr(n.To), PrintExpr(n.Step))
	case *Ref:
		return "ref " + refName(n.Shared)
	case *Sample:
		return "sample " + PrintExpr(n.Count)
	case *Scan:
		return "scan " + n.Table + " " + n.Columns.String()
	case *Serialize:
		return "serialize"
	case *Series:
		return seriesHead(n)
	case *Sort:
		return "sort" + orders(n.By)
	case *Top:
		return "top " + PrintExpr(n.Count) + orders(n.By)
	case *Union:
		return "union " + n.Columns.String()
	case *Unnest:
		return unnestHead(n)
	case *Values:
		return valuesHead(n)
	}
	panic("plan: unknown node")
}

// projection names only what is new or renamed: columns that pass through are
// printed as their names.
func projection(n *Project) string {
	parts := make([]string, len(n.Exprs))
	for i, x := range n.Exprs {
		if i >= len(n.Columns) { // of a broken plan, which Check reports
			parts[i] = PrintExpr(x)
			continue
		}
		name := n.Columns[i].Name
		if c, ok := x.(*Column); ok && c.Name == name {
			parts[i] = name
			continue
		}
		parts[i] = fmt.Sprintf("%s:%s = %s", name, n.Columns[i].Type, PrintExpr(x))
	}
	return strings.Join(parts, ", ")
}

func joinHead(n *Join) string {
	on := make([]string, len(n.On))
	for i, o := range n.On {
		on[i] = PrintExpr(o.Left) + " == " + PrintExpr(o.Right)
	}
	out := make([]string, len(n.Sources))
	for i, s := range n.Sources {
		side := "left."
		if s.Right {
			side = "right."
		}
		out[i] = n.Columns[i].Name
		if s.Right || s.Name != n.Columns[i].Name {
			out[i] += " = " + side + s.Name
		}
	}
	return fmt.Sprintf("join %s on %s (%s)", n.Kind, strings.Join(on, " and "), strings.Join(out, ", "))
}

func seriesHead(n *Series) string {
	s := "series" + aggs(n.Aggs) + " on " + n.Axis.Name + " = " + PrintExpr(n.Axis.X)
	for _, p := range []struct {
		word string
		x    Expr
	}{{"from", n.From}, {"to", n.To}, {"step", n.Step}} {
		if p.x != nil {
			s += " " + p.word + " " + PrintExpr(p.x)
		}
	}
	if n.ToInclusive {
		s += " inclusive"
	}
	if n.NonEmpty {
		s += " nonempty"
	}
	for i, d := range n.Defaults {
		if d != nil {
			s += fmt.Sprintf(" default %s = %s", n.Aggs[i].Name, PrintExpr(d))
		}
	}
	return s + by(n.Keys)
}

func unnestHead(n *Unnest) string {
	items := make([]string, len(n.Items))
	for i, it := range n.Items {
		items[i] = fmt.Sprintf("%s:%s = %s", it.As.Name, it.As.Type, PrintExpr(it.X))
	}
	s := "unnest " + strings.Join(items, ", ")
	if n.Index != "" {
		s += " index " + n.Index
	}
	if n.RowID != "" {
		s += " rowid " + n.RowID
	}
	if n.Limit != nil {
		s += " limit " + PrintExpr(n.Limit)
	}
	if n.Outer {
		s += " outer"
	}
	if n.BagArray {
		s += " bags as arrays"
	}
	return s
}

func valuesHead(n *Values) string {
	const shown = 20
	rows := make([]string, 0, len(n.Rows))
	for i, r := range n.Rows {
		if i == shown {
			rows = append(rows, fmt.Sprintf(".. %d more", len(n.Rows)-shown))
			break
		}
		rows = append(rows, "["+list(r)+"]")
	}
	return "values " + n.Columns.String() + " " + strings.Join(rows, " ")
}

func aggs(as []Agg) string {
	parts := make([]string, len(as))
	for i, a := range as {
		parts[i] = fmt.Sprintf("%s:%s = %s", a.Name, a.Type, aggText(a))
	}
	if len(parts) == 0 {
		return ""
	}
	return " " + strings.Join(parts, ", ")
}

func aggText(a Agg) string {
	s := a.Func.Name + "(" + list(a.Args) + ")"
	if a.Group != 0 {
		s += fmt.Sprintf("@%d", a.Group)
	}
	if a.Filter != nil {
		s += " if " + PrintExpr(a.Filter)
	}
	return s
}

func by(keys []Named) string {
	if len(keys) == 0 {
		return ""
	}
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = PrintExpr(k.X)
		if c, ok := k.X.(*Column); !ok || c.Name != k.Name {
			parts[i] = k.Name + " = " + parts[i]
		}
	}
	return " by " + strings.Join(parts, ", ")
}

func orders(os []Order) string {
	parts := make([]string, len(os))
	for i, o := range os {
		parts[i] = " by "
		if i > 0 {
			parts[i] = ", "
		}
		parts[i] += PrintExpr(o.X)
		if o.Desc {
			parts[i] += " desc"
		} else {
			parts[i] += " asc"
		}
		if o.NullsFirst {
			parts[i] += " nulls first"
		} else {
			parts[i] += " nulls last"
		}
	}
	return strings.Join(parts, "")
}

func list(xs []Expr) string {
	parts := make([]string, len(xs))
	for i, x := range xs {
		parts[i] = PrintExpr(x)
	}
	return strings.Join(parts, ", ")
}

// PrintExpr writes an expression, calls in prefix form and operators infix.
func PrintExpr(x Expr) string {
	switch x := x.(type) {
	case nil:
		return "nil"
	case *AggRef:
		return aggText(x.Agg)
	case *Call:
		return callText(x)
	case *Column:
		return columnName(x.Name)
	case *Const:
		return ConstText(x.Value)
	case *Convert:
		return fmt.Sprintf("%s<%s>", x.T, PrintExpr(x.X))
	case *InQuery:
		return fmt.Sprintf("(%s %s table)", PrintExpr(x.X), x.Op)
	case *Path:
		s := PrintExpr(x.X)
		for _, k := range x.Keys {
			s += "[" + PrintExpr(k) + "]"
		}
		return s
	case *ScalarQuery:
		return fmt.Sprintf("toscalar:%s(table)", x.T)
	case *StateColumn:
		return fmt.Sprintf("#%d.%s", x.Step, columnName(x.Name))
	}
	panic("plan: unknown expression")
}

func callText(x *Call) string {
	word := x.Func.Name != "" && (x.Func.Name[0] < 'a' || x.Func.Name[0] > 'z')
	if len(x.Args) == 2 && x.Func.Kind == builtin.Infix {
		return "(" + PrintExpr(x.Args[0]) + " " + x.Func.Name + " " + PrintExpr(x.Args[1]) + ")"
	}
	if word && len(x.Args) == 1 {
		return x.Func.Name + PrintExpr(x.Args[0])
	}
	return x.Func.Name + "(" + list(x.Args) + ")"
}

func columnName(name string) string {
	for i, r := range name {
		if r != '_' && r != '$' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return "['" + name + "']"
		}
	}
	return name
}

// ConstText writes a constant as a KQL literal.
func ConstText(v types.Value) string {
	if v.Null {
		return v.Type.String() + "(null)"
	}
	switch v.Type {
	case types.String:
		return strconv.Quote(v.Str)
	case types.Bool:
		return strconv.FormatBool(v.Int != 0)
	case types.Long:
		return strconv.FormatInt(v.Int, 10)
	case types.Int:
		return fmt.Sprintf("int(%d)", v.Int)
	}
	return v.Type.String() + "(" + v.Text() + ")"
}

// specText prints a spec's fields without its expressions' addresses.
func specText(spec any) string {
	v := reflect.ValueOf(spec)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return reflectText(v)
}

func reflectText(v reflect.Value) string {
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case Expr:
			if x != nil {
				return PrintExpr(x)
			}
		case types.Value:
			return ConstText(x)
		case types.Type:
			return x.String()
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		var parts []string
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() || v.Field(i).IsZero() {
				continue
			}
			parts = append(parts, v.Type().Field(i).Name+":"+reflectText(v.Field(i)))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			parts = append(parts, reflectText(v.Index(i)))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		return reflectText(v.Elem())
	case reflect.String:
		return strconv.Quote(v.String())
	}
	return fmt.Sprint(v)
}

// String returns KQL's name of the kind.
func (k JoinKind) String() string {
	return [...]string{"innerunique", "inner", "leftouter", "rightouter", "fullouter", "leftsemi", "rightsemi", "leftanti", "rightanti", "cross"}[k]
}
