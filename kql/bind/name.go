package bind

import (
	"maps"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// name resolves a name: a column at hand, a let or parameter, a stored function
// without parameters, a table.
func (b *binder) name(n *syntax.Name, v *env) value {
	if x := b.rowColumn(n, v); x != nil {
		return value{x: x}
	}
	if v.row != nil && v.row.bad {
		if ent := v.scope.lookup(n.Value); ent == nil {
			return value{x: unknown()}
		}
	}
	if ent := v.scope.lookup(n.Value); ent != nil {
		return b.use(ent, n, v)
	}
	if i := v.missing.Index(n.Value); i >= 0 {
		return value{x: nullOf(v.missing[i].Type)}
	}
	if v.row != nil && v.row.absent { // a column may well have the name of a table
		return value{x: b.openColumn(n, v.row)}
	}
	if val, ok := b.entityName(n, v); ok {
		return val
	}
	if v.row == nil {
		if r := b.renamed(n, v); r != nil {
			return value{rel: r}
		}
	}
	if v.row != nil && v.row.openTo(n.Value) {
		return value{x: b.openColumn(n, v.row)}
	}
	if v.row != nil {
		b.unknownColumn(n, v)
	} else if r := b.absentTable(n, n.Span(), v); r != nil {
		return value{rel: r}
	} else {
		b.unknownTable(n, v)
	}
	return value{x: unknown()}
}

// rowColumn returns the column that n names among those at hand, or nil.
func (b *binder) rowColumn(n *syntax.Name, v *env) plan.Expr {
	if v.graph != nil {
		if x := b.graphColumn(n, v); x != nil {
			return x
		}
	}
	for _, r := range []*rel{v.row, v.right} {
		if r == nil {
			continue
		}
		if i := r.index(n.Value); i >= 0 {
			return r.column(i)
		}
	}
	return nil
}

// use returns what a let or parameter stands for.
func (b *binder) use(ent *entity, n *syntax.Name, v *env) value {
	switch {
	case ent.bad:
		return value{x: unknown()}
	case ent.grouped && ent.groups != len(b.groups):
		b.error(codeUnsupported, n.Span(), "the rows of a group can't be read in a group of its own", "compute the outer value first, as a column")
		if ent.rel != nil {
			return value{rel: badRel()}
		}
		return value{x: unknown()}
	case ent.x != nil:
		if ent.level > 0 && ent.level <= b.level && !constant(ent.x) {
			b.error(codeConstantExpected, n.Span(), "'"+n.Value+"' depends on the row, and a table inside toscalar(..) or in (..) is made once for all rows",
				"join the table, or look it up with lookup")
			return value{x: unknown()}
		}
		return value{x: ent.x}
	case ent.fn != nil:
		if ent.fn.bad {
			return value{x: unknown()}
		}
		return b.callUser(ent.fn, nil, n.Span(), v)
	case ent.rel != nil:
		return value{rel: b.useTable(ent)}
	}
	switch {
	case ent.place != nil:
		b.error(codeTableExpected, n.Span(), "'"+n.Value+"' is a database", "name a table of it: "+n.Value+".DeviceEvents")
	case ent.group != nil:
		b.error(codeTableExpected, n.Span(), "'"+n.Value+"' is a group of entities", "macro-expand "+n.Value+" as X (X | ..) reads them")
	}
	return value{x: unknown()}
}

// useTable returns one use of a tabular let: a reference to its shared part, or the
// table itself if it is a plain one.
func (b *binder) useTable(ent *entity) *rel {
	if ent.shared == nil {
		return ent.rel
	}
	return ent.rel.with(&plan.Ref{Out: ent.rel.same(source.NoSpan), Shared: ent.shared})
}

// entityName resolves a name against the catalogue.
func (b *binder) entityName(n *syntax.Name, v *env) (value, bool) {
	if f := b.storedFunction(n.Value); f != nil && requiredParams(f) == 0 {
		return b.callUser(f, nil, n.Span(), v), true
	}
	if f := b.tabular[n.Value]; f != nil && f.Source {
		return value{rel: b.callTabular(f, nil, nil, n.Span(), v)}, true
	}
	if r := b.scan(n.Value, n.Span()); r != nil {
		return value{rel: r}, true
	}
	return value{}, false
}

// scan returns the rows of a catalogue table, or nil.
func (b *binder) scan(name string, at source.Span) *rel {
	schema, ok := b.o.Catalog.Table(name)
	if !ok {
		return nil
	}
	stored, exprs := b.storedColumns(name, schema)
	r := newRel(nil, stored)
	r.hidden = b.ingestion
	r.node = &plan.Scan{Out: r.same(at), Table: name}
	if len(stored) < len(schema) {
		r = r.project(schema, exprs, at)
	}
	r.name, r.table, r.scanned = name, name, r.node
	r.aliases = b.tableAliases(name, schema)
	if growing, ok := b.o.Catalog.(Growing); ok {
		if of := growing.More(name); of != nil {
			r.grows, r.openTypes = true, of
		}
	}
	return r
}

// Growing may be implemented by a Catalog that has tables to which columns are added as
// data come, such as AzureDiagnostics.
type Growing interface {
	// More returns the type of a column that is not in the table's schema by its name,
	// Unknown for a name that no added column has; nil if the table does not grow.
	More(table string) func(column string) types.Type
}

// Repeating may be implemented by a Catalog whose tables have columns that repeat
// another one's value under a second name and are not stored.
type Repeating interface {
	// Repeats returns the stored column behind each such column of a table, nil if it has none.
	Repeats(table string) map[string]string
}

// storedColumns returns the columns of a table that are stored, and how all of its
// columns are made of them.
func (b *binder) storedColumns(name string, schema types.Schema) (types.Schema, []plan.Expr) {
	var repeats map[string]string
	if repeating, ok := b.o.Catalog.(Repeating); ok {
		repeats = repeating.Repeats(name)
	}
	if len(repeats) == 0 {
		return schema, nil
	}
	stored := make(types.Schema, 0, len(schema))
	exprs, refs := make([]plan.Expr, len(schema)), make([]plan.Column, len(schema))
	for i, c := range schema {
		source, repeated := repeats[c.Name]
		if !repeated {
			source = c.Name
			stored = append(stored, c)
		}
		refs[i] = plan.Column{Name: source, T: c.Type}
		exprs[i] = &refs[i]
	}
	return stored, exprs
}

// tableAliases asks the catalogue for other names of the table's columns.
func (b *binder) tableAliases(name string, schema types.Schema) map[string]string {
	vocabulary, ok := b.o.Catalog.(Vocabulary)
	if !ok {
		return nil
	}
	var aliases map[string]string
	for alias, c := range vocabulary.Aliases(name) {
		if schema.Index(alias) < 0 && schema.Index(c) >= 0 {
			if aliases == nil {
				aliases = map[string]string{}
			}
			aliases[alias] = c
		}
	}
	return aliases
}

// renamed returns the table that has another name now, with a warning and under the
// old names of its columns too; nil if there is no such table.
func (b *binder) renamed(n *syntax.Name, v *env) *rel {
	vocabulary, ok := b.o.Catalog.(Vocabulary)
	if !ok {
		return nil
	}
	now, ok := vocabulary.Renamed(n.Value)
	if !ok {
		return nil
	}
	known := *n
	known.Value = now
	val, ok := b.entityName(&known, v)
	if !ok || val.rel == nil {
		return nil
	}
	b.warn(codeDeprecated, n.Span(), "the table '"+n.Value+"' is called '"+now+"' now: its rows answer", "write "+now)
	r := *val.rel
	r.aliases = maps.Clone(r.aliases)
	for alias, column := range b.tableAliases(n.Value, r.cols) {
		if r.aliases == nil {
			r.aliases = map[string]string{}
		}
		r.aliases[alias] = column
	}
	return &r
}

// timeColumns are the names that products give to the time of an event.
var timeColumns = []string{"TimeGenerated", "Timestamp"}

// columnOf resolves a column of one side of a join.
func (b *binder) columnOf(r *rel, n *syntax.Name, where string) plan.Expr {
	if x := b.sideColumn(r, n); x != nil {
		return x
	}
	b.report(b.noColumn(n, r.cols, " on "+where))
	return unknown()
}

// openColumn stands for a column that depends on data and that the data at hand do
// not have: it is null.
func (b *binder) openColumn(n *syntax.Name, r *rel) plan.Expr {
	t := types.Unknown
	if r.openTypes != nil {
		t = r.openTypes(n.Value)
	}
	if b.o.Discover != nil && !r.absent {
		b.warn(codeNoData, n.Span(), "no row has a '"+n.Value+"', it is null", "")
	}
	if t != types.Unknown {
		return nullOf(t)
	}
	return &plan.Path{X: nullOf(types.Dynamic), Keys: []plan.Expr{text(n.Value)}}
}

// isOpenColumn reports whether x is an openColumn.
func isOpenColumn(x plan.Expr) bool {
	p, ok := x.(*plan.Path)
	if !ok {
		return false
	}
	c, ok := p.X.(*plan.Const)
	return ok && c.Value.Null && len(p.Keys) == 1
}

// text returns a string constant.
func text(s string) *plan.Const {
	return &plan.Const{Value: types.Value{Type: types.String, Str: s}}
}

// long returns a long constant.
func long(n int64) *plan.Const { return &plan.Const{Value: types.Value{Type: types.Long, Int: n}} }

// boolean returns a bool constant.
func boolean(t bool) *plan.Const {
	c := &plan.Const{Value: types.Value{Type: types.Bool}}
	if t {
		c.Value.Int = 1
	}
	return c
}

// nullOf returns the null of a type.
func nullOf(t types.Type) *plan.Const { return &plan.Const{Value: types.Null(t)} }

// function returns a builtin row that the plan needs; it is a defect if it is missing.
func must(kind builtin.Kind, name string) *builtin.Function {
	if f := builtin.Lookup(name, kind); f != nil {
		return f
	}
	panic("bind: no builtin function " + name)
}

// fn returns a call of a scalar function.
func fn(name string, t types.Type, at source.Span, args ...plan.Expr) *plan.Call {
	return &plan.Call{Func: must(builtin.Scalar, name), Args: args, T: t, At: at}
}
