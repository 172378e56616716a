package bind

import (
	"regexp"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// searchTable is the column that says from which table a row of search comes.
const searchTable = "$table"

// searchOp binds search: rows of one or many tables in which something matches.
func (b *binder) searchOp(o *syntax.SearchOp, r *rel, v *env) *rel {
	tables := b.searched(o, o.In, r, v)
	kind, p := param(o.Params, "kind")
	if kind != "" && kind != "default" && kind != "case_insensitive" && kind != "case_sensitive" {
		b.error(codeBadParameter, p.Span(), "'"+kind+"' is no kind of search", "kinds are default, case_insensitive and case_sensitive")
	}
	if r == nil && len(o.In) == 0 {
		tables = thatMayMatch(o.Where, tables)
	}
	all := unifyColumns(tables, false)
	var kept []*rel
	anyBad := false
	for _, t := range tables {
		if t.bad {
			anyBad = true
			continue
		}
		if t.empty {
			kept = append(kept, t)
			continue
		}
		in := v.rows(t)
		in.star = starColumns(t)
		in.missing = all.cols
		x := b.searchCondition(o.Where, in, kind == "case_sensitive")
		anyBad = anyBad || bad(x)
		if !bad(x) {
			kept = append(kept, t.with(&plan.Filter{Out: t.same(o.Span()), Input: t.node, Predicate: x}))
		}
	}
	if len(tables) > 0 && len(kept) > 0 && tables[0].empty {
		// the condition is checked even where there is nothing to search
		in := v.rows(&rel{cols: all.cols, node: &plan.Values{}})
		in.star = starColumns(&rel{cols: all.cols[:min(len(all.cols), 1)]})
		anyBad = bad(b.searchCondition(o.Where, in, false)) || anyBad
	}
	if anyBad || len(tables) == 0 {
		return badRel()
	}
	return b.union(kept, false, searchTable, o.Span())
}

// thatMayMatch leaves out the tables without a column that the predicate of a search
// over everything compares: as in find, they are no part of the result. Of no such
// table at all it keeps every one, so that the unknown name is said.
func thatMayMatch(where syntax.Expr, tables []*rel) []*rel {
	var kept []*rel
	for _, t := range tables {
		if t.bad || mayMatch(where, t) {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		return tables
	}
	return kept
}

// mayMatch reports whether a row of t can match a search predicate: a comparison with a
// column that t lacks holds for none.
func mayMatch(e syntax.Expr, t *rel) bool {
	switch x := e.(type) {
	case *syntax.Paren:
		return mayMatch(x.X, t)
	case *syntax.Binary:
		switch x.Op {
		case "and":
			return mayMatch(x.X, t) && mayMatch(x.Y, t)
		case "or":
			return mayMatch(x.X, t) || mayMatch(x.Y, t)
		}
		return !lacksColumn(x.X, t)
	case *syntax.Between:
		return !lacksColumn(x.X, t)
	case *syntax.In:
		return !lacksColumn(x.X, t)
	}
	return true
}

// lacksColumn reports whether e is the name of a column that t does not have.
func lacksColumn(e syntax.Expr, t *rel) bool {
	n, ok := unparen(e).(*syntax.Name)
	return ok && t.cols.Index(n.Value) < 0
}

// searched returns the tables that search or find read.
func (b *binder) searched(o syntax.Operator, in []syntax.Expr, r *rel, v *env) []*rel {
	if r != nil {
		if len(in) > 0 {
			b.notFirst(o, r)
		}
		t := *r
		if !r.plain() {
			t.name = "search_arg0"
			if _, finds := o.(*syntax.FindOp); finds {
				t.name = "find_arg0"
			}
		}
		return []*rel{&t}
	}
	if len(in) == 0 {
		return b.matchingTables("*", v, o.Keyword())
	}
	var tables []*rel
	for _, e := range in {
		tables = append(tables, b.unionTables(e, v, false)...)
	}
	return tables
}

// searchCondition binds a search predicate: words stand for "some column has it".
func (b *binder) searchCondition(e syntax.Expr, v *env, cased bool) plan.Expr {
	switch x := e.(type) {
	case *syntax.Paren:
		return b.searchCondition(x.X, v, cased)
	case *syntax.Star:
		return boolean(true)
	case *syntax.Literal:
		if x.Kind == syntax.LitString {
			return b.searchWord(x.Text, v.star, e.Span(), cased)
		}
		if x.Kind != syntax.LitBool {
			return b.searchWord(x.Text, v.star, e.Span(), cased)
		}
	case *syntax.Call:
		if x.F != nil && x.X == nil && x.F.Value == "not" && len(x.Args) == 1 {
			y := b.searchCondition(x.Args[0], v, cased)
			if bad(y) {
				return y
			}
			return fn("not", types.Bool, e.Span(), y)
		}
	case *syntax.Binary:
		switch x.Op {
		case "and", "or":
			l, r := b.searchCondition(x.X, v, cased), b.searchCondition(x.Y, v, cased)
			if bad(l) || bad(r) {
				return unknown()
			}
			return opCall(x.Op, types.Bool, e.Span(), l, r)
		case ":":
			return b.searchColumn(x, v, cased)
		}
	}
	return b.condition(e, v)
}

// searchColumn binds column:"word".
func (b *binder) searchColumn(e *syntax.Binary, v *env, cased bool) plan.Expr {
	y := b.scalar(e.Y, v)
	word, ok := stringOf(y)
	if bad(y) {
		return y
	}
	if !ok {
		if c, isConst := constOf(y); isConst {
			word, ok = c.Text(), true
		}
	}
	if !ok {
		b.errorf(codeConstantExpected, e.Y.Span(), "a search word must be a constant")
		return unknown()
	}
	if isStar(e.X) {
		return b.searchWord(word, v.star, e.Span(), cased)
	}
	x := b.scalar(e.X, v)
	if bad(x) {
		return x
	}
	if t, ok := asText(x); ok {
		x = t
	} else {
		x = fn("tostring", types.String, e.X.Span(), x)
	}
	return wordMatch(word, x, e.Span(), cased)
}

// searchWord returns the condition that some column has a word.
func (b *binder) searchWord(word string, columns []*plan.Column, at source.Span, cased bool) plan.Expr {
	if word == "*" {
		return boolean(true)
	}
	var any plan.Expr
	if !b.steps(len(columns)/starWork, at) {
		return unknown()
	}
	for _, c := range columns {
		var x plan.Expr = c
		switch c.T {
		case types.String:
		case types.Dynamic:
			x = convert(c, types.String)
		default: // numbers and times are not searched
			continue
		}
		one := wordMatch(word, x, at, cased)
		if any == nil {
			any = one
		} else {
			any = opCall("or", types.Bool, at, any, one)
		}
	}
	if any == nil {
		return boolean(false)
	}
	return any
}

// wordMatch compares text with a search word: stars at its ends and within stand for any text.
func wordMatch(word string, x plan.Expr, at source.Span, cased bool) plan.Expr {
	suffix := ""
	if cased {
		suffix = "_cs"
	}
	inner := strings.Trim(word, "*")
	op := "has"
	switch {
	case strings.Contains(inner, "*"):
		flags := "(?is)"
		if cased {
			flags = "(?s)"
		}
		parts := strings.Split(word, "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		return opCall("matches regex", types.Bool, at, x, text(flags+strings.Join(parts, ".*")))
	case inner == "":
		return boolean(true)
	case strings.HasPrefix(word, "*") && strings.HasSuffix(word, "*"):
		op = "contains"
	case strings.HasSuffix(word, "*"):
		op = "hasprefix"
	case strings.HasPrefix(word, "*"):
		op = "hassuffix"
	}
	return opCall(op+suffix, types.Bool, at, x, text(inner))
}

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
