package bind

import (
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
		if len(tables) == 0 && !fuzzy {
			b.errorf(codeUnknownTable, e.Span(), "no table matches '%s'", x.Pattern)
		}
		return tables
	case *syntax.Star:
		return b.matchingTables("*", v, e.Span())
	case *syntax.Name:
		if fuzzy && !b.exists(x, v) {
			b.warn(codeUnknownTable, e.Span(), "there is no table '"+x.Value+"', isfuzzy leaves it out", "")
			return nil
		}
	}
	t := b.table(e, v)
	if n, ok := unparen(e).(*syntax.Name); ok && t.name == "" {
		t = t.named(n.Value)
	}
	return []*rel{t}
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
	return b.tabular[n.Value] != nil
}

// matchingTables returns the catalogue's tables and the query's views that match a pattern.
func (b *binder) matchingTables(pattern string, v *env, at source.Span) []*rel {
	var tables []*rel
	for _, name := range b.o.Catalog.TableNames() {
		if wildcard(pattern, name) {
			if t := b.scan(name, at); t != nil {
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

// unified is a column of a union with the columns that flow into it.
type unified struct {
	types.Column
	from []int // index of the column in each table, -1: none
}

// unify lays out the columns of several tables: one column for each name and type,
// those of one name with the type behind it. inner keeps what all tables have.
func unifyColumns(tables []*rel, inner bool) []unified {
	typesOf := map[string][]types.Type{}
	var order []string
	for _, t := range tables {
		for _, c := range t.cols {
			if _, seen := typesOf[c.Name]; !seen {
				order = append(order, c.Name)
			}
			known := false
			for _, k := range typesOf[c.Name] {
				known = known || k == c.Type
			}
			if !known {
				typesOf[c.Name] = append(typesOf[c.Name], c.Type)
			}
		}
	}
	names := uniqueNames{}
	var out []unified
	for _, name := range order {
		for _, t := range typesOf[name] {
			u := unified{Column: types.Column{Name: name, Type: t}, from: make([]int, len(tables))}
			everywhere := true
			for i, table := range tables {
				u.from[i] = -1
				if j := table.cols.Index(name); j >= 0 && table.cols[j].Type == t {
					u.from[i] = j
				} else {
					everywhere = false
				}
			}
			if inner && !everywhere {
				continue
			}
			if len(typesOf[name]) > 1 {
				u.Name = name + "_" + t.String()
			}
			u.Name = names.add(u.Name, u.Name)
			out = append(out, u)
		}
	}
	return out
}

// union appends tables, aligned to common columns; withSource names a column that
// holds the table's name.
func (b *binder) union(tables []*rel, inner bool, withSource string, at source.Span) *rel {
	anyBad, open, hidden := false, false, b.ingestion
	for _, t := range tables {
		anyBad = anyBad || t.bad
		open = open || t.open
	}
	layout := unifyColumns(tables, inner)
	var cols types.Schema
	if withSource != "" {
		cols = append(cols, types.Column{Name: withSource, Type: types.String})
	}
	for _, u := range layout {
		cols = append(cols, u.Column)
	}
	if withSource != "" {
		cols = uniqueColumns(cols)
	}
	if anyBad {
		return &rel{bad: true, open: true, cols: cols, node: &plan.Values{}}
	}
	if len(tables) == 1 && withSource == "" {
		return tables[0]
	}
	out := &rel{cols: cols, open: open, hidden: hidden, aliases: unionAliases(tables, cols)}
	node := &plan.Union{Out: out.same(at)}
	for i, t := range tables {
		node.Inputs = append(node.Inputs, align(t, i, layout, cols, withSource, hidden, at))
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

// align projects table i to the layout of a union.
func align(t *rel, i int, layout []unified, cols types.Schema, withSource string, hidden bool, at source.Span) plan.Node {
	var xs []plan.Expr
	if withSource != "" {
		name := t.name
		if name == "" {
			name = "union_arg" + itoa(i)
		}
		xs = append(xs, text(name))
	}
	for _, u := range layout {
		if j := u.from[i]; j >= 0 {
			xs = append(xs, t.column(j))
		} else {
			xs = append(xs, nullOf(u.Type))
		}
	}
	columns := append(types.Schema(nil), cols...)
	if hidden {
		columns = append(columns, types.Column{Name: plan.IngestionTime, Type: types.DateTime})
		if t.hidden {
			xs = append(xs, &plan.Column{Name: plan.IngestionTime, T: types.DateTime})
		} else {
			xs = append(xs, nullOf(types.DateTime))
		}
	}
	return &plan.Project{Out: plan.Out{Columns: columns, At: at}, Input: t.node, Exprs: xs}
}
