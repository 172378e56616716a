package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// rel is a bound table: a plan node and what the binder knows of it besides.
type rel struct {
	node plan.Node
	cols types.Schema // visible columns; node has the hidden one after them
	// bad says that the table could not be bound: every name in it is silently unknown.
	bad bool
	// open says that there may be more columns, which depend on data.
	open bool
	// openTypes gives the type of a column that an open table has besides, where that is
	// known; elsewhere, and where it is nil, they are dynamic.
	openTypes func(name string) types.Type
	// grows says that it may have those more columns whose type openTypes knows.
	grows bool
	// absent says that the table is, or is made of, one that is not here.
	absent bool
	// empty says that the table is known to have no rows: a union takes its columns only.
	empty bool
	// hidden says that node carries plan.IngestionTime.
	hidden bool
	// serialized says that the rows have an order that window functions may read.
	serialized bool
	name       string            // of the table it stands for: withsource=, search and find show it
	table      string            // catalogue table whose aliases may be used, "" once columns changed their meaning
	aliases    map[string]string // columns that answer under another name
	scanned    plan.Node         // the node of the catalogue table that it was before anything was done to it
	graph      *graph            // not nil: a graph, and node is nil
	results    []plan.Result     // several tables: fork, facet
	// leads says that operators behind several tables read the first of them, which node is:
	// those of a plugin.
	leads bool
}

// leading is the table that operators behind r read.
func (r *rel) leading() *rel {
	if !r.leads {
		return r
	}
	c := *r
	c.results, c.leads = nil, false
	return &c
}

// opens makes r as open as the tables that it is made of.
func (r *rel) opens(of ...*rel) {
	var known []func(string) types.Type
	if r.openTypes != nil {
		known = append(known, r.openTypes)
	}
	for _, t := range of {
		r.open, r.absent, r.grows = r.open || t.open, r.absent || t.absent, r.grows || t.grows
		if (t.open || t.grows) && t.openTypes != nil {
			known = append(known, t.openTypes)
		}
	}
	r.openTypes = firstType(known)
}

// firstType asks several tables for the type of a column.
func firstType(of []func(string) types.Type) func(string) types.Type {
	if len(of) < 2 {
		return append(of, nil)[0]
	}
	return func(column string) types.Type {
		for _, typeOf := range of {
			if t := typeOf(column); t != types.Unknown {
				return t
			}
		}
		return types.Unknown
	}
}

// openTo reports whether r may have a column that is not among its columns.
func (r *rel) openTo(column string) bool {
	return r.open || r.grows && r.openTypes(column) != types.Unknown
}

// index is the position of a column by its name or the other one that it answers under, -1
// if there is none.
func (r *rel) index(name string) int {
	if i := r.cols.Index(name); i >= 0 {
		return i
	}
	if column, ok := r.aliases[name]; ok {
		return r.cols.Index(column)
	}
	return -1
}

// badRel stands for what could not be bound.
func badRel() *rel {
	return &rel{bad: true, open: true, node: &plan.Values{}}
}

// plain reports whether r is a catalogue table as it is.
func (r *rel) plain() bool { return r.scanned != nil && r.node == r.scanned }

// with returns a rel over another node with the same columns.
func (r *rel) with(n plan.Node) *rel {
	c := *r
	c.node = n
	return &c
}

// out returns the Out of a node with these visible columns, and the hidden one if r carries it.
func (r *rel) out(cols types.Schema, at source.Span) plan.Out {
	all := append(make(types.Schema, 0, len(cols)+1), cols...)
	if r.hidden {
		all = append(all, types.Column{Name: plan.IngestionTime, Type: types.DateTime})
	}
	return plan.Out{Columns: all, At: at}
}

// same returns the Out of a node that keeps r's columns.
func (r *rel) same(at source.Span) plan.Out { return r.out(r.cols, at) }

// column returns a reference to column i.
func (r *rel) column(i int) *plan.Column {
	return &plan.Column{Name: r.cols[i].Name, T: r.cols[i].Type}
}

// columns returns references to all visible columns.
func (r *rel) columns() []plan.Expr {
	xs := make([]plan.Expr, len(r.cols))
	for i := range r.cols {
		xs[i] = r.column(i)
	}
	return xs
}

// project returns a rel of computed columns over r; the hidden column passes.
func (r *rel) project(cols types.Schema, exprs []plan.Expr, at source.Span) *rel {
	out := r.out(cols, at)
	if r.hidden {
		exprs = append(exprs[:len(exprs):len(exprs)], &plan.Column{Name: plan.IngestionTime, T: types.DateTime})
	}
	c := *r
	c.node = &plan.Project{Out: out, Input: r.node, Exprs: exprs}
	c.cols = cols
	c.keepAliases()
	return &c
}

// keepAliases drops the aliases of columns that are gone.
func (r *rel) keepAliases() {
	if len(r.aliases) == 0 {
		return
	}
	kept := map[string]string{}
	for alias, column := range r.aliases {
		if r.cols.Index(column) >= 0 && r.cols.Index(alias) < 0 {
			kept[alias] = column
		}
	}
	r.aliases = kept
}

// visible returns r without its hidden column.
func (r *rel) visible() *rel {
	if !r.hidden {
		return r
	}
	c := *r
	c.hidden = false
	c.node = &plan.Project{Out: plan.Out{Columns: r.cols}, Input: r.node, Exprs: r.columns()}
	return &c
}

// fresh returns a rel over a node that makes new columns: nothing of what was
// known about the input remains.
func newRel(n plan.Node, cols types.Schema) *rel { return &rel{node: n, cols: cols} }
