package bind

import (
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// quoted lists names as 'a', 'b' or 'c'.
func quoted(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "'" + names[0] + "'"
	}
	return "'" + strings.Join(names[:len(names)-1], "', '") + "' or '" + names[len(names)-1] + "'"
}

func columnNames(cols types.Schema) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return names
}

// nearColumn returns the column that a name most probably means, "" if none.
func (b *binder) nearColumn(name string, cols types.Schema) string {
	for _, c := range cols {
		if strings.EqualFold(c.Name, name) {
			return c.Name
		}
	}
	for _, c := range b.columnFor(name) {
		if cols.Index(c) >= 0 {
			return c
		}
	}
	if near := nearest(name, columnNames(cols)); len(near) > 0 {
		return near[0]
	}
	return ""
}

// columnFor returns the columns that hold what people call name elsewhere.
func (b *binder) columnFor(name string) []string {
	found := columnWords[strings.ToLower(name)]
	if vocabulary, ok := b.o.Catalog.(Vocabulary); ok {
		found = append(vocabulary.ColumnFor(name), found...)
	}
	return found
}

// tableFor returns the tables that hold what people call name elsewhere.
func (b *binder) tableFor(name string) []string {
	found := tableWords[strings.ToLower(name)]
	if vocabulary, ok := b.o.Catalog.(Vocabulary); ok {
		found = append(vocabulary.TableFor(name), found...)
	}
	var known []string
	for _, t := range found {
		if _, ok := b.o.Catalog.Table(t); ok && !contains(known, t) {
			known = append(known, t)
		}
	}
	return known
}

// noColumn is the message that a table lacks a column: what it has that is near, what
// the name is called here, and which table has it.
func (b *binder) noColumn(n *syntax.Name, cols types.Schema, where string) source.Diagnostic {
	d := source.Diagnostic{Code: codeUnknownColumn, Span: n.Span(), Message: "unknown column '" + n.Value + "'" + where}
	if _, ok := syntax.DashComment(b.file.Text, min(n.Span().Start, len(b.file.Text))); ok && b.foreign == 0 {
		d.Hint = "'--' begins no comment in KQL: write // before it"
		return d
	}
	if split := splitColumn(n.Value, cols); len(split) > 1 {
		d.Fix = replaceName(n, split)
		d.Hint = "it is of several types in the tables of the union, which calls it " + quoted(split) + "; write one of these, or name tables that agree, such as Device*"
		return d
	}
	var here []string
	for _, c := range cols {
		if strings.EqualFold(c.Name, n.Value) {
			here = append(here, c.Name)
		}
	}
	for _, c := range b.columnFor(n.Value) {
		if cols.Index(c) >= 0 && !contains(here, c) {
			here = append(here, c)
		}
	}
	if len(here) > 0 {
		if c := cols[cols.Index(here[0])]; holdsMany(c.Name) && !strings.EqualFold(c.Name, n.Value) {
			d.Hint = "it stands inside of '" + c.Name + "'"
			if x := inside(c, n.Value); x != "" {
				d.Fix = source.Replace(n.Span(), x)
				d.Hint += ": write " + x
			}
			return d
		}
		d.Fix = replaceName(n, here)
		d.Hint = "this table calls it '" + here[0] + "'"
		if len(here) > 1 {
			d.Hint += "; it also has " + quoted(here[1:])
		}
		return d
	}
	if near := nearest(n.Value, columnNames(cols)); len(near) > 0 {
		d.Fix = replaceName(n, near)
		d.Hint = "did you mean " + quoted(near) + "?"
		return d
	}
	if d.Hint = habit(n.Value); d.Hint != "" {
		return d
	}
	if c := named(n.Value, cols); c != "" {
		d.Fix = replaceName(n, []string{c})
		d.Hint = "the column is called '" + c + "'"
		return d
	}
	if tables := b.tablesWith(n.Value); len(tables) > 0 {
		d.Hint = "the column is in " + strings.Join(tables, ", ") + "; "
	}
	d.Hint += "the table has " + shortList(columnNames(cols), 8)
	return d
}

// holdsMany reports whether a column holds many values under names of their own: the
// JSON of Defender's AdditionalFields, the XML or JSON of EventData.
func holdsMany(column string) bool { return column == "AdditionalFields" || column == "EventData" }

// inside writes how a value is taken out of such a column. It is "" for a key that is not
// spelled as those are.
func inside(c types.Column, key string) string {
	if key == strings.ToLower(key) || syntax.Print(&syntax.Name{Value: key}) != key {
		return ""
	}
	switch {
	case c.Type == types.Dynamic:
		return "tostring(" + c.Name + "." + key + ")"
	case c.Name == "EventData":
		return `extract('"` + key + `">([^<]*)', 1, EventData)`
	}
	return "tostring(parse_json(" + c.Name + ")." + key + ")"
}

// splitColumn returns what a union calls a column that has several types in its tables.
func splitColumn(name string, cols types.Schema) []string {
	var split []string
	for _, c := range cols {
		if c.Name == name+"_"+c.Type.String() {
			split = append(split, c.Name)
		}
	}
	return split
}

// named returns the column whose name a longer one ends with, as make_list_x for list_x.
func named(name string, cols types.Schema) string {
	for _, c := range cols {
		if rest, ok := strings.CutSuffix(name, c.Name); ok && strings.Contains(c.Name, "_") && strings.HasSuffix(rest, "_") {
			return c.Name
		}
	}
	return ""
}

// replaceName writes the first of names for n, or else the next.
func replaceName(n *syntax.Name, names []string) *source.Fix {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = syntax.Print(&syntax.Name{Value: name})
	}
	return source.Replace(n.Span(), texts...)
}

// tablesWith returns tables that have a column, the Defender ones first.
func (b *binder) tablesWith(column string) []string {
	var device, other []string
	for _, name := range b.holders(column) {
		if strings.HasPrefix(name, "Device") || name == "SecurityEvent" {
			device = append(device, name)
		} else {
			other = append(other, name)
		}
	}
	all := append(device, other...)
	return all[:min(len(all), 3)]
}

// holders lists the tables that have a column, sorted.
func (b *binder) holders(column string) []string {
	if indexed, ok := b.o.Catalog.(Indexed); ok {
		return indexed.TablesWith(column)
	}
	var tables []string
	for _, name := range b.o.Catalog.TableNames() {
		if schema, _ := b.o.Catalog.Table(name); schema.Index(column) >= 0 {
			tables = append(tables, name)
		}
	}
	return tables
}

func shortList(names []string, most int) string {
	if len(names) == 0 {
		return "no columns"
	}
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + itoa(len(names)-most) + " more"
}

// unknownColumn reports a name that is neither a column at hand nor a let.
func (b *binder) unknownColumn(n *syntax.Name, v *env) {
	if lets := nearest(n.Value, v.scope.all()); len(lets) > 0 && b.nearColumn(n.Value, v.row.cols) == "" {
		b.error(codeUnknownName, n.Span(), "unknown name '"+n.Value+"'", "did you mean "+quoted(lets)+"?")
		return
	}
	if looksLikeList(n.Value) && b.nearColumn(n.Value, v.row.cols) == "" && named(n.Value, v.row.cols) == "" {
		b.undefinedList(n)
		return
	}
	b.report(b.noColumn(n, v.row.cols, ""))
}

// looksLikeList reports whether a name reads like a list that the author has to fill.
func looksLikeList(name string) bool {
	s := strings.ToLower(name)
	for _, w := range []string{"list", "allow", "exclu", "white", "black", "known", "ioc", "hashes", "domains", "targets"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func (b *binder) undefinedList(n *syntax.Name) {
	name := syntax.Print(n)
	b.report(source.Diagnostic{Code: codeUnknownName, Span: n.Span(), Message: "'" + n.Value + "' is not defined",
		Hint: "define it before the query: let " + name + " = dynamic([\"first\", \"second\"]);",
		Fix:  source.Replace(source.Span{}, "let "+name+" = dynamic([]); // fill in\n")})
}

// unknownTable reports a name that is no table.
func (b *binder) unknownTable(n *syntax.Name, v *env) {
	d := source.Diagnostic{Code: codeUnknownTable, Span: n.Span(), Message: "unknown table '" + n.Value + "'"}
	switch tables := b.tableFor(n.Value); {
	case n.Placeholder:
		d.Message = "the placeholder " + n.Value + " is not filled in"
		d.Hint = "replace it with a table"
	case len(tables) > 0:
		d.Fix = replaceName(n, tables)
		d.Hint = "what you look for is in " + quoted(tables)
		if len(tables) > 0 {
			d.Hint += ": write " + tables[0] + " | .."
		}
	default:
		names := append(v.scope.all(), b.o.Catalog.TableNames()...)
		if near := nearest(n.Value, names); len(near) > 0 {
			d.Fix = replaceName(n, near)
			d.Hint = "did you mean " + quoted(near) + "?"
			if strings.EqualFold(near[0], n.Value) {
				d.Hint = "names are case-sensitive: write '" + near[0] + "'"
			}
		} else if looksLikeList(n.Value) {
			b.undefinedList(n)
			return
		} else {
			d.Hint = noSuchTable
		}
	}
	b.report(d)
}

// noSuchTable is the way out where no known table has a name that is near.
const noSuchTable = "goshawk schema lists the tables; a parser function of a workspace goes into the case's folder functions or is read with --functions DIR"

// all lists the names that a scope can see.
func (s *scope) all() []string {
	var names []string
	for ; s != nil; s = s.parent {
		for n := range s.names {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	return names
}

// views lists the names of lets that wildcards see.
func (s *scope) views() []string {
	var names []string
	for _, n := range s.all() {
		if e := s.lookup(n); e != nil && e.view {
			names = append(names, n)
		}
	}
	return names
}

// unknownFunction reports a call of what is no function.
func (b *binder) unknownFunction(e *syntax.Call, v *env) {
	name := e.F.Value
	if f := builtin.Lookup(name, builtin.Aggregate); f != nil {
		hint := "use it in summarize: | summarize " + name + "(..)"
		if v.agg != nil {
			hint = "compute the inner one first with extend or an earlier summarize"
		}
		b.error(codeMisplaced, e.F.Span(), "the aggregate '"+name+"' can't stand here", hint)
		return
	}
	if builtin.Lookup(name, builtin.Plugin) != nil {
		b.error(codeMisplaced, e.F.Span(), "the plugin '"+name+"' can't stand here", "call it as T | evaluate "+name+"(..)")
		return
	}
	d := source.Diagnostic{Code: codeUnknownFunction, Span: e.F.Span(), Message: "unknown function '" + name + "'"}
	if f := functionWords[strings.ToLower(name)]; f != "" {
		d.Hint = "KQL calls it " + f
		b.report(d)
		return
	}
	names := append(v.scope.all(), b.o.Catalog.FunctionNames()...)
	names = append(names, builtin.Names(builtin.Scalar)...)
	if v.agg != nil {
		names = append(names, builtin.Names(builtin.Aggregate)...)
	}
	for n := range b.tabular {
		names = append(names, n)
	}
	sort.Strings(names)
	if near := nearest(name, names); len(near) > 0 {
		d.Hint = "did you mean " + quoted(near) + "?"
		if strings.EqualFold(near[0], name) {
			d.Hint = "names are case-sensitive: write '" + near[0] + "'"
		}
	} else if v.source {
		d.Hint = noSuchTable
	}
	b.report(d)
}

// unknownTabular reports an invoke of what is no tabular function.
func (b *binder) unknownTabular(c *syntax.Call, v *env) {
	if builtin.Lookup(c.F.Value, builtin.Plugin) != nil {
		b.error(codeMisplaced, c.F.Span(), "'"+c.F.Value+"' is a plugin", "call it as T | evaluate "+c.F.Value+"(..)")
		return
	}
	names := append(v.scope.all(), b.o.Catalog.FunctionNames()...)
	for n := range b.tabular {
		names = append(names, n)
	}
	sort.Strings(names)
	hint := noSuchTable
	if near := nearest(c.F.Value, names); len(near) > 0 {
		hint = "did you mean " + quoted(near) + "?"
	}
	b.error(codeUnknownFunction, c.F.Span(), "unknown function '"+c.F.Value+"'", hint)
}
