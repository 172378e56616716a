package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// findOp binds find: rows of many tables for which a predicate holds, in common columns.
//
// Source: https://learn.microsoft.com/kusto/query/find-operator
func (b *binder) findOp(o *syntax.FindOp, r *rel, v *env) *rel {
	tables := b.searched(o, o.In, r, v)
	f := &finding{b: b, o: o, v: v}
	f.sourceColumn, _ = param(o.Params, "withsource", "with_source")
	if f.sourceColumn == "" {
		f.sourceColumn = "source_"
	}
	for _, t := range tables {
		if t.bad {
			return badRel()
		}
	}
	return f.bind(tables)
}

// finding is one find being bound.
type finding struct {
	b            *binder
	o            *syntax.FindOp
	v            *env
	sourceColumn string
	all          layout          // columns of all tables
	referred     map[string]bool // columns that the predicate names
	free         bool            // the predicate looks into all columns
}

func (f *finding) bind(tables []*rel) *rel {
	f.all = unifyColumns(tables, false)
	names := map[string]bool{}
	for _, t := range tables {
		for _, c := range t.cols {
			names[c.Name] = true
		}
	}
	f.referred = map[string]bool{}
	f.refer(f.o.Where, names)
	if !f.check(tables) {
		return badRel()
	}
	var read []*rel
	for _, t := range tables {
		if len(tables) == 1 || f.free || f.mentions(t) {
			read = append(read, t)
		}
	}
	cols, pack := f.columns(read)
	return f.union(read, cols, pack)
}

// check binds the predicate once over all columns, for its mistakes.
func (f *finding) check(tables []*rel) bool {
	var cols types.Schema
	seen := map[string]bool{}
	for _, t := range tables {
		for _, c := range t.cols {
			if !seen[c.Name] {
				seen[c.Name] = true
				cols = append(cols, c)
			}
		}
	}
	in := f.v.rows(&rel{cols: cols, node: &plan.Values{}})
	in.star = starColumns(&rel{cols: cols[:min(len(cols), 1)]})
	return !bad(f.b.searchCondition(f.o.Where, in, false))
}

// refer collects the columns that the predicate names.
func (f *finding) refer(e syntax.Expr, names map[string]bool) {
	switch x := e.(type) {
	case *syntax.Name:
		if names[x.Value] {
			f.referred[x.Value] = true
		}
	case *syntax.Star:
		f.free = true
	case *syntax.Literal:
		// a word alone looks into all columns
	case *syntax.Paren:
		f.refer(x.X, names)
	case *syntax.Binary:
		for _, side := range []syntax.Expr{x.X, x.Y} {
			if l, ok := unparen(side).(*syntax.Literal); ok && (x.Op == "and" || x.Op == "or") && l.Kind == syntax.LitString {
				f.free = true
			}
			f.refer(side, names)
		}
	case *syntax.Unary:
		f.refer(x.X, names)
	case *syntax.Between:
		f.refer(x.X, names)
		f.refer(x.Low, names)
		f.refer(x.High, names)
	case *syntax.In:
		f.refer(x.X, names)
		for _, y := range x.List {
			f.refer(y, names)
		}
	case *syntax.Call:
		for _, a := range x.Args {
			f.refer(a, names)
		}
	case *syntax.Member:
		f.refer(x.X, names)
	case *syntax.Index:
		f.refer(x.X, names)
		f.refer(x.I, names)
	}
	if l, ok := unparen(f.o.Where).(*syntax.Literal); ok && l.Kind == syntax.LitString {
		f.free = true
	}
}

// mentions reports whether a table has a column that the predicate names.
func (f *finding) mentions(t *rel) bool {
	for name := range f.referred {
		if t.cols.Index(name) >= 0 {
			return true
		}
	}
	return false
}

// columns lays out the result: the wanted columns, and whether a pack_ column holds the rest.
func (f *finding) columns(read []*rel) (cols types.Schema, pack bool) {
	o := f.o
	if len(o.Project) > 0 && !o.Smart {
		for _, e := range o.Project {
			switch x := e.(type) {
			case *syntax.TypedName:
				cols = append(cols, types.Column{Name: x.Name.Value, Type: x.Type})
			case *syntax.Name:
				if t := typeIn(read, x.Value); t != types.Unknown {
					cols = append(cols, types.Column{Name: x.Value, Type: t})
				} else {
					f.b.report(f.b.noColumn(x, f.all.cols, ""))
				}
			case *syntax.Call:
				pack = pack || x.F != nil && (x.F.Value == "pack" || x.F.Value == "pack_all")
			}
		}
		return f.away(cols, pack, pack)
	}
	cols = append(cols, common(read)...)
	for _, t := range read {
		for _, c := range t.cols {
			if f.referred[c.Name] && cols.Index(c.Name) < 0 {
				cols = append(cols, c)
			}
		}
	}
	for _, t := range read {
		for _, c := range t.cols {
			pack = pack || cols.Index(c.Name) < 0
		}
	}
	return f.away(cols, pack, false)
}

// away applies project-away.
func (f *finding) away(cols types.Schema, pack, explicit bool) (types.Schema, bool) {
	for _, e := range f.o.ProjectAway {
		if isStar(e) {
			return nil, pack && explicit
		}
		n, ok := e.(*syntax.Name)
		if !ok {
			continue
		}
		if n.Value == "pack_" {
			pack = false
		}
		var kept types.Schema
		for _, c := range cols {
			if c.Name != n.Value {
				kept = append(kept, c)
			}
		}
		cols = kept
	}
	return cols, pack
}

// typeIn is the type of a column in the first table that has it.
func typeIn(tables []*rel, name string) types.Type {
	for _, t := range tables {
		if i := t.cols.Index(name); i >= 0 {
			return t.cols[i].Type
		}
	}
	return types.Unknown
}

// common returns the columns that all tables have with one type.
func common(tables []*rel) types.Schema {
	var cols types.Schema
	if len(tables) == 0 {
		return nil
	}
	for _, c := range tables[0].cols {
		everywhere := true
		for _, t := range tables[1:] {
			i := t.cols.Index(c.Name)
			everywhere = everywhere && i >= 0
			if i >= 0 && t.cols[i].Type != c.Type {
				c.Type = types.Dynamic
			}
		}
		if everywhere {
			cols = append(cols, c)
		}
	}
	return cols
}

// union filters and projects each table and appends them.
func (f *finding) union(read []*rel, cols types.Schema, pack bool) *rel {
	at := f.o.Span()
	all := append(types.Schema{{Name: f.sourceColumn, Type: types.String}}, cols...)
	if pack {
		all = append(all, types.Column{Name: "pack_", Type: types.Dynamic})
	}
	all = uniqueColumns(all)
	node := &plan.Union{Out: plan.Out{Columns: all, At: at}}
	for _, t := range read {
		if t.empty {
			continue
		}
		in := f.v.rows(t)
		in.star = starColumns(t)
		in.missing = f.all.cols
		x := f.b.searchCondition(f.o.Where, in, false)
		if bad(x) {
			return badRel()
		}
		filtered := &plan.Filter{Out: t.same(at), Input: t.node, Predicate: x}
		xs := []plan.Expr{text(t.name)}
		for _, c := range cols {
			xs = append(xs, f.value(t, c, at))
		}
		if pack {
			xs = append(xs, f.packed(t, cols, at))
		}
		node.Inputs = append(node.Inputs, &plan.Project{Out: plan.Out{Columns: all, At: at}, Input: filtered, Exprs: xs})
	}
	out := newRel(node, all)
	out.opens(read...)
	return out
}

// value is a table's column in the result's type, null if it has none.
func (f *finding) value(t *rel, c types.Column, at source.Span) plan.Expr {
	i := t.cols.Index(c.Name)
	if i < 0 {
		return nullOf(c.Type)
	}
	x := t.column(i)
	if x.T == c.Type {
		return x
	}
	if c.Type == types.String {
		return fn("tostring", types.String, at, x)
	}
	return convert(x, c.Type)
}

// packed is a bag of the columns that the result does not show.
func (f *finding) packed(t *rel, cols types.Schema, at source.Span) plan.Expr {
	args := []plan.Expr{boolean(true)}
	for i, c := range t.cols {
		if cols.Index(c.Name) < 0 {
			args = append(args, text(c.Name), t.column(i))
		}
	}
	if len(args) == 1 {
		return nullOf(types.Dynamic)
	}
	return fn("pack_all", types.Dynamic, at, args...)
}
