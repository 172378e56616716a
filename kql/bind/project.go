package bind

import (
	"sort"
	"strings"
	"unicode"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// finish makes the rel of a projection over r.
func (b *binder) finish(p *projection, r *rel, at source.Span) *rel {
	cols, xs := p.schema()
	if r.bad {
		return &rel{bad: r.bad, open: true, cols: cols, node: r.node}
	}
	return r.project(cols, xs, at)
}

// projectOp binds project.
func (b *binder) projectOp(o *syntax.ProjectOp, r *rel, v *env) *rel {
	if len(o.Columns) == 0 {
		b.error(codeArgumentCount, o.Span(), "project needs columns", "write | project Timestamp, DeviceName; leave project out to keep all columns")
		return badRel()
	}
	in := v.rows(r)
	in.window = true
	p := newProjection()
	b.items(p, o.Columns, in, styleProject)
	out := b.finish(p, r, o.Span())
	out.open, out.grows = r.bad, false // columns that nobody named are gone
	out.bad = false
	return out
}

// extendOp binds extend.
func (b *binder) extendOp(o *syntax.ExtendOp, r *rel, v *env) *rel {
	return b.extend(o.Columns, r, v, o.Span())
}

func (b *binder) extend(list []syntax.Expr, r *rel, v *env, at source.Span) *rel {
	in := v.rows(r)
	in.window = true
	p := newProjection()
	p.all(r)
	b.items(p, list, in, styleExtend)
	return b.finish(p, r, at)
}

// printOp binds print: one row of computed values.
func (b *binder) printOp(o *syntax.PrintOp, r *rel, v *env) *rel {
	b.notFirst(o, r)
	p := newProjection()
	for i, e := range o.Columns {
		b.item(p, e, v.tables(), stylePrint, "print_"+itoa(i))
	}
	cols, xs := p.schema()
	return newRel(&plan.Values{Out: plan.Out{Columns: cols, At: o.Span()}, Rows: [][]plan.Expr{xs}}, cols)
}

// listed resolves the columns of project-away and its kin: names and patterns.
func (b *binder) listed(list []syntax.Expr, r *rel) map[string]bool {
	names := map[string]bool{}
	for _, e := range list {
		for _, i := range b.matching(e, r) {
			names[r.cols[i].Name] = true
		}
	}
	return names
}

// matching returns the columns that a name or a pattern names.
func (b *binder) matching(e syntax.Expr, r *rel) []int {
	var found []int
	switch e := unparen(e).(type) {
	case *syntax.Wildcard:
		for i, c := range r.cols {
			if wildcard(e.Pattern, c.Name) {
				found = append(found, i)
			}
		}
		if len(found) == 0 && !r.open {
			b.errorf(codeUnknownColumn, e.Span(), "no column matches '%s'", e.Pattern)
		}
	case *syntax.Star:
		for i := range r.cols {
			found = append(found, i)
		}
	case *syntax.Name:
		if i := r.index(e.Value); i >= 0 {
			return []int{i}
		}
		if r.openTo(e.Value) {
			b.openColumn(e, r)
		} else {
			b.report(b.noColumn(e, r.cols, ""))
		}
	default:
		if !r.bad {
			b.errorf(codeColumnExpected, e.Span(), "a column is expected here")
		}
	}
	return found
}

// wildcard reports whether a name matches a pattern in which * stands for any text.
func wildcard(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	if !strings.HasPrefix(name, parts[0]) {
		return false
	}
	name = name[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return strings.HasSuffix(name, last)
}

// keep returns r with only the columns that want accepts, in their order.
func (b *binder) keep(r *rel, at source.Span, want func(name string) bool) *rel {
	var cols types.Schema
	var xs []plan.Expr
	for i, c := range r.cols {
		if want(c.Name) {
			cols = append(cols, c)
			xs = append(xs, r.column(i))
		}
	}
	if r.bad {
		return r
	}
	return r.project(cols, xs, at)
}

// projectAwayOp binds project-away.
func (b *binder) projectAwayOp(o *syntax.ProjectAwayOp, r *rel) *rel {
	names := b.listed(o.Columns, r)
	return b.keep(r, o.Span(), func(name string) bool { return !names[name] })
}

// projectKeepOp binds project-keep.
func (b *binder) projectKeepOp(o *syntax.ProjectKeepOp, r *rel) *rel {
	names := b.listed(o.Columns, r)
	out := b.keep(r, o.Span(), func(name string) bool { return names[name] })
	return out
}

// projectRenameOp binds project-rename.
func (b *binder) projectRenameOp(o *syntax.ProjectRenameOp, r *rel) *rel {
	cols := append(types.Schema(nil), r.cols...)
	xs := r.columns()
	declared := map[string]bool{}
	for _, n := range o.Columns {
		if len(n.Names) != 1 {
			continue
		}
		to := n.Names[0]
		from, ok := unparen(n.X).(*syntax.Name)
		if !ok {
			b.errorf(codeColumnExpected, n.X.Span(), "a column is expected here")
			continue
		}
		if declared[to.Value] {
			b.error(codeDuplicateColumn, to.Span(), "the column '"+to.Value+"' is declared twice", "")
			continue
		}
		i := r.index(from.Value)
		if i < 0 {
			if !r.open {
				b.report(b.noColumn(from, r.cols, ""))
			}
			continue
		}
		if j := r.cols.Index(to.Value); j >= 0 && j != i {
			b.error(codeDuplicateColumn, to.Span(), "there is a column '"+to.Value+"' already", "rename or drop that one first, in an operator of its own: project-away "+to.Value)
			continue
		}
		if cols[i].Name != r.cols[i].Name {
			b.error(codeDuplicateColumn, from.Span(), "the column '"+from.Value+"' is renamed twice", "")
			continue
		}
		declared[to.Value] = true
		cols[i].Name = to.Value
	}
	if r.bad {
		return r
	}
	out := *r
	return out.project(cols, xs, o.Span())
}

// projectReorderOp binds project-reorder: the listed columns first, the others behind.
func (b *binder) projectReorderOp(o *syntax.ProjectReorderOp, r *rel) *rel {
	taken := map[int]bool{}
	var order []int
	for _, c := range o.Columns {
		found := b.matching(c.X, r)
		if c.Dir != "" && len(found) > 1 {
			sortColumns(found, r.cols, c.Dir)
		}
		for _, i := range found {
			if !taken[i] {
				taken[i] = true
				order = append(order, i)
			}
		}
	}
	for i := range r.cols {
		if !taken[i] {
			order = append(order, i)
		}
	}
	if r.bad {
		return r
	}
	cols := make(types.Schema, len(order))
	xs := make([]plan.Expr, len(order))
	for k, i := range order {
		cols[k], xs[k] = r.cols[i], r.column(i)
	}
	return r.project(cols, xs, o.Span())
}

// sortColumns sorts columns by name; the granny orders compare runs of digits as numbers.
func sortColumns(found []int, cols types.Schema, dir string) {
	granny := strings.HasPrefix(dir, "granny")
	sort.SliceStable(found, func(i, j int) bool {
		x, y := strings.ToUpper(cols[found[i]].Name), strings.ToUpper(cols[found[j]].Name)
		if strings.HasSuffix(dir, "desc") {
			x, y = y, x
		}
		if granny {
			return grannyLess(x, y)
		}
		return x < y
	})
}

func grannyLess(x, y string) bool {
	for x != "" && y != "" {
		if unicode.IsDigit(rune(x[0])) && unicode.IsDigit(rune(y[0])) {
			nx, rx := cutNumber(x)
			ny, ry := cutNumber(y)
			if len(nx) != len(ny) {
				return len(nx) < len(ny)
			}
			if nx != ny {
				return nx < ny
			}
			x, y = rx, ry
			continue
		}
		if x[0] != y[0] {
			return x[0] < y[0]
		}
		x, y = x[1:], y[1:]
	}
	return len(x) < len(y)
}

func cutNumber(s string) (number, rest string) {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return strings.TrimLeft(s[:n], "0"), s[n:]
}

// projectByNamesOp binds project-by-names: columns by the names in constants.
func (b *binder) projectByNamesOp(o *syntax.ProjectByNamesOp, r *rel, v *env) *rel {
	var cols types.Schema
	var xs []plan.Expr
	taken := map[int]bool{}
	for _, e := range o.Columns {
		for _, pattern := range b.nameList(e, v) {
			for i, c := range r.cols {
				if wildcard(pattern, c.Name) && !taken[i] {
					taken[i] = true
					cols = append(cols, c)
					xs = append(xs, r.column(i))
				}
			}
		}
	}
	if r.bad {
		return r
	}
	if len(cols) == 0 && !b.failed {
		b.error(codeUnknownColumn, o.Span(), "the table has none of these columns", "getschema lists what it has")
		return badRel()
	}
	return r.project(cols, xs, o.Span())
}

// nameList returns the strings of a constant string or array of strings.
func (b *binder) nameList(e syntax.Expr, v *env) []string {
	switch n := unparen(e).(type) {
	case *syntax.Wildcard:
		return []string{n.Pattern}
	case *syntax.Star:
		return []string{"*"}
	}
	x := b.scalar(e, v.tables())
	if bad(x) {
		return nil
	}
	if s, ok := stringOf(x); ok && x.Type() == types.String {
		return []string{s}
	}
	var names []string
	if c, ok := constOf(x); ok && c.Type == types.Dynamic {
		items, _ := arrayItems(c)
		for _, item := range items {
			if s, ok := stringOf(item); ok {
				names = append(names, s)
			}
		}
		return names
	}
	b.errorf(codeConstantExpected, e.Span(), "names of columns are expected as constants")
	return nil
}
