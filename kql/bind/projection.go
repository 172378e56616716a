package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// uniqueNames gives each column a name of its own: a name that is taken gets the
// first free number behind it.
type uniqueNames map[string]int

func (u uniqueNames) add(name, base string) string {
	last, taken := u[name]
	if !taken {
		u[name] = 0
		return name
	}
	for n := last + 1; ; n++ {
		candidate := base + itoa(n)
		if _, taken := u[candidate]; !taken {
			u[name] = n
			u[candidate] = 0
			return candidate
		}
	}
}

// outColumn is one column of a projection being built.
type outColumn struct {
	name string
	x    plan.Expr
	t    types.Type
	from string // input column that it is, "" if it is computed
}

// projection collects output columns under Kusto's rules of names.
type projection struct {
	cols     []outColumn
	index    map[string]int
	declared map[string]bool
	skip     map[string]bool // input columns that are not added again
	names    uniqueNames
}

func newProjection() *projection {
	return &projection{index: map[string]int{}, declared: map[string]bool{}, skip: map[string]bool{}, names: uniqueNames{}}
}

// add appends a column under a unique name, or replaces the one of its name.
func (p *projection) add(c outColumn, base string, replace, once bool) string {
	if c.name == "" || c.from != "" && p.skip[c.from] {
		return c.name
	}
	if i, ok := p.index[c.name]; ok && replace {
		p.cols[i] = c
	} else {
		if base == "" {
			base = c.name
		}
		c.name = p.names.add(c.name, base)
		p.index[c.name] = len(p.cols)
		p.cols = append(p.cols, c)
	}
	if once && c.from != "" {
		p.skip[c.from] = true
	}
	return c.name
}

// declare adds a column whose name the author wrote; one name can be declared once.
func (b *binder) declare(p *projection, c outColumn, at source.Span, replace bool) {
	if p.declared[c.name] {
		b.error(codeDuplicateColumn, at, "the column '"+c.name+"' is declared twice", "")
		return
	}
	if i, ok := p.index[c.name]; ok && replace {
		p.cols[i] = c
		p.declared[c.name] = true
		return
	}
	p.declared[p.add(c, "", false, false)] = true
}

// all adds every column of a table; none of them is added again.
func (p *projection) all(r *rel) {
	if len(p.cols) == 0 && len(p.declared) == 0 && len(p.skip) == 0 {
		n := len(r.cols) + 4
		p.cols, p.index = make([]outColumn, 0, n), make(map[string]int, n)
		p.skip, p.names = make(map[string]bool, n), make(uniqueNames, n)
	}
	for i, c := range r.cols {
		p.add(outColumn{name: c.Name, x: r.column(i), t: c.Type, from: c.Name}, "", false, true)
	}
}

// schema returns the columns and their expressions.
func (p *projection) schema() (types.Schema, []plan.Expr) {
	cols := make(types.Schema, len(p.cols))
	xs := make([]plan.Expr, len(p.cols))
	for i, c := range p.cols {
		cols[i] = types.Column{Name: c.name, Type: c.t}
		xs[i] = c.x
	}
	return cols, xs
}

// style says in which operator a projection stands.
type style uint8

const (
	styleProject style = iota // project, by, distinct
	styleExtend               // extend: columns at hand are replaced
	styleReplace              // mv-expand
	styleSummarize
	stylePrint
)

func (s style) replaces() bool { return s == styleExtend || s == styleReplace }

// defaultName returns the next ColumnN that names nothing here. The numbers go on
// through the whole query, or the body of a function.
func (b *binder) defaultName(v *env, rows bool) string {
	for {
		b.columns++
		name := "Column" + itoa(b.columns)
		if rows && v.row != nil && v.row.cols.Index(name) >= 0 {
			continue
		}
		if v.scope.lookup(name) != nil {
			continue
		}
		return name
	}
}

// items adds the columns of a list of expressions to p.
func (b *binder) items(p *projection, list []syntax.Expr, v *env, s style) {
	for _, e := range list {
		b.item(p, e, v, s, "")
	}
}

// item adds the columns of one expression; fallback names a computed one, "" for ColumnN.
func (b *binder) item(p *projection, e syntax.Expr, v *env, s style, fallback string) {
	switch e := e.(type) {
	case *syntax.Star:
		if v.row != nil {
			for i, c := range v.row.cols {
				p.add(outColumn{name: c.Name, x: v.row.column(i), t: c.Type, from: c.Name}, "", true, false)
			}
		}
		return
	case *syntax.Named:
		b.namedItem(p, e, v, s)
		return
	case *syntax.Wildcard:
		b.error(codeMisplaced, e.Span(), "a name pattern can't stand here", "project-keep, project-away and project-reorder take patterns")
		return
	}
	if b.namedWithTwo(e, v) {
		return
	}
	parts := b.parts(e, v)
	if parts.multi {
		if s == stylePrint && fallback != "" && len(parts.cols) == 1 {
			parts.cols[0].name = fallback
			p.add(parts.cols[0], fallback, false, false)
			return
		}
		for _, c := range parts.cols {
			p.add(c, "", false, false)
		}
		return
	}
	x := parts.cols[0].x
	if from, ok := b.plainColumn(e, v); ok && s != stylePrint {
		b.declare(p, outColumn{name: from, x: x, t: x.Type(), from: from}, e.Span(), s == styleReplace)
		return
	}
	if s == stylePrint && fallback != "" {
		p.add(outColumn{name: fallback, x: x, t: x.Type()}, fallback, false, false)
		return
	}
	name, ok := b.autoName(e, v)
	if !ok {
		name = fallback
		if name == "" {
			name = b.defaultName(v, s == styleExtend)
		}
	}
	p.add(outColumn{name: name, x: x, t: x.Type()}, "", s.replaces(), false)
}

// namedItem adds a = x and (a, b) = x.
func (b *binder) namedItem(p *projection, e *syntax.Named, v *env, s style) {
	parts := b.parts(e.X, v)
	if !parts.multi && len(e.Names) == 1 {
		x := parts.cols[0].x
		c := outColumn{name: e.Names[0].Value, x: x, t: x.Type()}
		_, plain := b.plainColumn(e.X, v)
		b.declare(p, c, e.Names[0].Span(), plain || s.replaces())
		return
	}
	if !parts.multi {
		b.errorf(codeNameCount, e.Span(), "%d names for one value", len(e.Names))
		return
	}
	for i, c := range parts.cols {
		if i < len(e.Names) {
			c.name = e.Names[i].Value
			c.from = ""
			b.declare(p, c, e.Names[i].Span(), s.replaces() || !e.Tuple)
			continue
		}
		if s != stylePrint && (e.Tuple || v.agg != nil) {
			// x = series_stats(..) takes the first value only, x = arg_max(..) all
			p.add(c, "", s.replaces() && e.Tuple, false)
		}
	}
	if len(e.Names) > len(parts.cols) {
		b.errorf(codeNameCount, e.Names[len(parts.cols)].Span(), "%d names for %d values", len(e.Names), len(parts.cols))
	}
}

// values is what one expression gives: one value, or the several of a function
// such as arg_max or series_stats.
type values struct {
	cols  []outColumn
	multi bool
}

// parts binds an expression that may give several columns.
func (b *binder) parts(e syntax.Expr, v *env) values {
	if c, ok := unparen(e).(*syntax.Call); ok && c.X == nil && c.F != nil {
		if cols, ok := b.multiCall(c, v); ok {
			return values{cols, true}
		}
	}
	return values{cols: []outColumn{{x: b.scalar(e, v)}}}
}
