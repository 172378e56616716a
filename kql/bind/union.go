package bind

import (
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// unionOp binds union.
func (b *binder) unionOp(o *syntax.UnionOp, r *rel, v *env) *rel {
	kind, p := param(o.Params, "kind")
	if kind != "" && kind != "outer" && kind != "inner" {
		b.error(codeBadParameter, p.Span(), "'"+kind+"' is no kind of union", "kinds are outer and inner")
	}
	fuzzy, _ := param(o.Params, "isfuzzy")
	withSource, _ := param(o.Params, "withsource", "with_source")
	var tables []*rel
	if r != nil {
		tables = append(tables, r)
	}
	for _, e := range o.Tables {
		tables = append(tables, b.unionTables(e, v, fuzzy == "true")...)
	}
	return b.union(tables, kind == "inner", withSource, o.Span())
}

// unionTables resolves one operand of union, search or find; a pattern gives several.
// fuzzy leaves out tables that do not exist.
func (b *binder) unionTables(e syntax.Expr, v *env, fuzzy bool) []*rel {
	switch x := unparen(e).(type) {
	case *syntax.Wildcard:
		tables := b.matchingTables(x.Pattern, v, e.Span())
		if len(tables) == 0 {
			if r := b.absentPattern(x); r != nil {
				return []*rel{r}
			}
		}
		if len(tables) == 0 && !fuzzy {
			b.errorf(codeUnknownTable, e.Span(), "no table matches '%s'", x.Pattern)
		}
		return tables
	case *syntax.Star:
		return b.matchingTables("*", v, e.Span())
	case *syntax.Name:
		if fuzzy && !b.exists(x, v) && b.absentOf(x, v) == nil {
			b.warn(codeUnknownTable, e.Span(), "there is no table '"+x.Value+"', isfuzzy leaves it out", "")
			return nil
		}
	}
	mark := b.mark()
	t := b.table(e, v)
	if fuzzy && b.unresolved(mark) {
		b.undo(mark)
		b.warn(codeUnknownTable, e.Span(), "this part names what does not exist, isfuzzy leaves it out", "")
		return nil
	}
	if n, ok := unparen(e).(*syntax.Name); ok && fuzzy && t.absent {
		t = b.onlyNamed(t, n.Value)
	}
	return []*rel{t.named(b.sourceName(e, t, v))}
}

// onlyNamed leaves a table that is not here the columns that the query names: isfuzzy
// leaves the table out, and what such tables have in common is no column of the union.
func (b *binder) onlyNamed(t *rel, table string) *rel {
	c := *t
	c.cols = nil
	for _, col := range t.cols {
		if slices.Contains(b.assumed.columns[table], col.Name) {
			c.cols = append(c.cols, col)
		}
	}
	c.node = &plan.Values{Out: c.same(source.NoSpan)}
	return &c
}

// sourceName is what withsource= shows for an operand: the name of a table or view;
// "" for anything computed.
func (b *binder) sourceName(e syntax.Expr, t *rel, v *env) string {
	switch x := unparen(e).(type) {
	case *syntax.Pipeline:
		if n := len(x.Ops); n > 0 {
			if as, ok := x.Ops[n-1].(*syntax.AsOp); ok && as.Name != nil {
				return as.Name.Value
			}
		}
	case *syntax.Name:
		if ent := v.scope.lookup(x.Value); ent != nil {
			if ent.view || ent.named {
				return x.Value
			}
			if !t.plain() {
				return ""
			}
			return t.table
		}
		return x.Value
	case *syntax.Call:
		if t.plain() {
			return t.table
		}
		if x.F != nil {
			if ent := v.scope.lookup(x.F.Value); ent != nil && ent.view {
				return x.F.Value
			}
		}
	}
	return ""
}

// exists reports whether a name means a table.
func (b *binder) exists(n *syntax.Name, v *env) bool {
	if v.scope.lookup(n.Value) != nil {
		return true
	}
	if _, ok := b.o.Catalog.Table(n.Value); ok {
		return true
	}
	if _, ok := b.o.Catalog.Function(n.Value); ok {
		return true
	}
	if vocabulary, ok := b.o.Catalog.(Vocabulary); ok {
		if _, ok := vocabulary.Renamed(n.Value); ok {
			return true
		}
	}
	return b.tabular[n.Value] != nil
}

// matchingTables returns the catalogue's tables and the query's views that match a pattern.
func (b *binder) matchingTables(pattern string, v *env, at source.Span) []*rel {
	var tables []*rel
	for _, name := range b.o.Catalog.TableNames() {
		if wildcard(pattern, name) {
			if t := b.scan(name, at); t != nil {
				t.empty = b.o.Empty != nil && b.o.Empty(name)
				tables = append(tables, t)
			}
		}
	}
	for _, name := range v.scope.views() {
		if ent := v.scope.lookup(name); wildcard(pattern, name) && ent != nil && ent.fn != nil {
			if val := b.callUser(ent.fn, nil, at, v); val.rel != nil {
				tables = append(tables, val.rel.named(name))
			}
		}
	}
	return tables
}

// layout is how the columns of several tables come together in a union.
type layout struct {
	cols types.Schema
	// to gives for each table and each of its columns the place in cols, -1 if it is left out.
	to [][]int
}

// unifyColumns lays out the columns of several tables: one column for each name and
// type, those of one name with the type behind it. inner keeps what all tables have.
func unifyColumns(tables []*rel, inner bool) layout {
	type variant struct {
		t     types.Type
		count int
		place int
	}
	most := 0
	for _, t := range tables {
		most = max(most, len(t.cols))
	}
	variants := make(map[string][]*variant, most)
	var order []string
	for _, t := range tables {
		for _, c := range t.cols {
			list, seen := variants[c.Name]
			if !seen {
				order = append(order, c.Name)
			}
			found := false
			for _, v := range list {
				if v.t == c.Type {
					v.count++
					found = true
				}
			}
			if !found {
				variants[c.Name] = append(list, &variant{t: c.Type, count: 1, place: -1})
			}
		}
	}
	var l layout
	names := make(uniqueNames, len(order))
	for _, name := range order {
		if len(variants[name]) == 1 {
			names[name] = 0 // a name that is not in dispute stays
		}
	}
	for _, name := range order {
		list := variants[name]
		for _, v := range list {
			if inner && v.count < len(tables) {
				continue
			}
			out := name
			if len(list) > 1 {
				out = name + "_" + v.t.String()
				out = names.add(out, out)
			}
			v.place = len(l.cols)
			l.cols = append(l.cols, types.Column{Name: out, Type: v.t})
		}
	}
	l.to = make([][]int, len(tables))
	for i, t := range tables {
		l.to[i] = make([]int, len(t.cols))
		for j, c := range t.cols {
			for _, v := range variants[c.Name] {
				if v.t == c.Type {
					l.to[i][j] = v.place
				}
			}
		}
	}
	return l
}

// union appends tables, aligned to common columns; withSource names a column that
// holds the table's name.
func (b *binder) union(tables []*rel, inner bool, withSource string, at source.Span) *rel {
	anyBad, hidden := false, b.ingestion
	for _, t := range tables {
		anyBad = anyBad || t.bad
		if !t.empty {
			b.work += len(t.cols) / 8 // wide tables cost more than one step
		}
	}
	l := unifyColumns(tables, inner)
	var cols types.Schema
	if withSource != "" {
		cols = append(cols, types.Column{Name: withSource, Type: types.String})
	}
	cols = append(cols, l.cols...)
	if withSource != "" {
		cols = uniqueColumns(cols)
	}
	if anyBad {
		return &rel{bad: true, open: true, cols: cols, node: &plan.Values{}}
	}
	if len(tables) == 1 && withSource == "" && !tables[0].empty {
		return tables[0]
	}
	out := &rel{cols: cols, hidden: hidden, aliases: unionAliases(tables, cols)}
	out.opens(tables...)
	node := &plan.Union{Out: out.same(at)}
	nulls := map[types.Type]plan.Expr{}
	for i, t := range tables {
		if !t.empty {
			node.Inputs = append(node.Inputs, align(t, i, l, cols, nulls, withSource, hidden, at))
		}
	}
	out.node = node
	return out
}

// unionAliases are the other names on which all tables agree.
func unionAliases(tables []*rel, cols types.Schema) map[string]string {
	if len(tables) == 0 {
		return nil
	}
	shared := map[string]string{}
	for alias, column := range tables[0].aliases {
		agree := cols.Index(column) >= 0 && cols.Index(alias) < 0
		for _, t := range tables[1:] {
			agree = agree && t.aliases[alias] == column
		}
		if agree {
			shared[alias] = column
		}
	}
	return shared
}

// align projects table i to the layout of a union; nulls holds the null of each type.
func align(t *rel, i int, l layout, cols types.Schema, nulls map[types.Type]plan.Expr, withSource string, hidden bool, at source.Span) plan.Node {
	null := func(t types.Type) plan.Expr {
		if nulls[t] == nil {
			nulls[t] = nullOf(t)
		}
		return nulls[t]
	}
	xs := make([]plan.Expr, 0, len(cols)+1)
	if withSource != "" {
		name := t.name
		if name == "" {
			name = "union_arg" + itoa(i)
		}
		xs = append(xs, text(name))
	}
	first := len(xs)
	for _, c := range l.cols {
		xs = append(xs, null(c.Type))
	}
	for j, place := range l.to[i] {
		if place >= 0 {
			xs[first+place] = t.column(j)
		}
	}
	columns := append(make(types.Schema, 0, len(cols)+1), cols...)
	if hidden {
		columns = append(columns, types.Column{Name: plan.IngestionTime, Type: types.DateTime})
		if t.hidden {
			xs = append(xs, &plan.Column{Name: plan.IngestionTime, T: types.DateTime})
		} else {
			xs = append(xs, null(types.DateTime))
		}
	}
	return &plan.Project{Out: plan.Out{Columns: columns, At: at}, Input: t.node, Exprs: xs}
}

// mark is a point to which what was reported can be undone.
type mark struct {
	diagnostics int
	failed      bool
}

func (b *binder) mark() mark { return mark{len(b.diagnostics), b.failed} }

// unresolved reports whether an entity was not found since m.
func (b *binder) unresolved(m mark) bool {
	for _, d := range b.diagnostics[m.diagnostics:] {
		if d.Severity == source.Error && (d.Code == codeUnknownTable || d.Code == codeUnknownFunction) {
			return true
		}
	}
	return false
}

// undo forgets what was reported since m.
func (b *binder) undo(m mark) {
	for _, d := range b.diagnostics[m.diagnostics:] {
		delete(b.reported, report{d.Code, d.Span, d.Message})
	}
	b.diagnostics, b.failed = b.diagnostics[:m.diagnostics], m.failed
}
