package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// Generate writes a plan as SQL of a dialect. Diagnostics say what the dialect
// can't do; the program is nil if any of them is an error.
func Generate(q *plan.Query, d *Dialect) (*Program, []source.Diagnostic) {
	g := &generator{d: d, program: &Program{}, stored: map[*plan.Shared]*rel{}, tables: map[string]bool{}, plugins: map[*plan.Shared]bool{}, once: map[*plan.Shared]bool{}, sized: map[plan.Node]sizes{}}
	g.survey(q)
	for _, r := range q.Results {
		g.boundText(r.Root)
	}
	if len(g.diags) > 0 {
		return nil, g.diags
	}
	for _, r := range q.Results {
		st := g.statement()
		root := st.node(r.Root)
		sel := st.finish(root, visible(r.Root.Schema()))
		sel.Name = r.Name
		g.program.Results = append(g.program.Results, sel)
	}
	if len(g.diags) > 0 {
		return nil, g.diags
	}
	return g.program, nil
}

// generator is the state of one Generate.
type generator struct {
	d       *Dialect
	program *Program
	diags   []source.Diagnostic
	// stored are shared parts that a step has stored in a table.
	stored map[*plan.Shared]*rel
	// store says that shared parts which are computed once must outlive a statement.
	store bool
	// literal says that the whole query reads constants only, and that an operator
	// shows the order in which they stand.
	literal bool
	tables  map[string]bool       // names of stored tables in lower case: no CTE may hide them
	plugins map[*plan.Shared]bool // shared parts whose rows are computed outside SQL, in part
	once    map[*plan.Shared]bool // shared parts that are computed once
	sized   map[plan.Node]sizes   // by boundText
}

// maxCopies is the number of shared parts that one use of a shared part may stand for
// before it is computed once: an engine that writes parts out where they are used would
// never end with parts that use each other twice, forty deep.
const maxCopies = 64

// survey finds what has to be known before the first statement is written.
func (g *generator) survey(q *plan.Query) {
	g.store = len(q.Results) > 1
	stored := false
	visit := func(n plan.Node) {
		switch n := n.(type) {
		case *plan.Aggregate, *plan.Distinct, *plan.Sort:
			g.literal = true
		case *plan.Top:
			g.literal = true
			g.store = g.store || n.Hitters
		case *plan.Plugin:
			g.store, stored = true, true
		case *plan.Scan:
			stored = true
			g.tables[strings.ToLower(n.Table)] = true
			if v := g.d.Views[n.Table]; v != nil {
				g.tables[strings.ToLower(v.Table)] = true
			}
		}
	}
	copies := map[*plan.Shared]int{}
	for _, s := range q.Shared {
		walk(s.Input, visit)
		g.plugins[s] = g.usesPlugin(s.Input)
		n := 1
		walk(s.Input, func(in plan.Node) {
			if r, ok := in.(*plan.Ref); ok {
				n += copies[r.Shared]
			}
		})
		if s.Materialized || n > maxCopies {
			g.once[s] = true
			n = 1
		}
		copies[s] = n
	}
	for _, r := range q.Results {
		walk(r.Root, visit)
	}
	if g.store {
		g.crossing(q)
	}
	g.literal = g.literal && !stored
}

// fail records that something can't be written in the dialect.
func (g *generator) fail(code string, at source.Span, hint, format string, args ...any) {
	d := source.Diagnostic{Code: code, Message: fmt.Sprintf(format, args...), Span: at, Hint: hint}
	if !slices.Contains(g.diags, d) {
		g.diags = append(g.diags, d)
	}
}

// visible returns the columns that a result shows.
func visible(s types.Schema) types.Schema {
	var v types.Schema
	for _, c := range s {
		if c.Name != plan.IngestionTime {
			v = append(v, c)
		}
	}
	return v
}

// statement is one SQL statement under construction.
type statement struct {
	*generator
	ctes   []cte
	names  map[string]bool // of CTEs, lower case
	refs   map[*plan.Shared]*rel
	outers []*group // of the Apply nodes around, the innermost last
	// narrowed are the views of which only what the operators above read is there so far.
	narrowed map[*plan.Scan]*rel
	depth    int
}

// cte is one named part of a statement.
type cte struct {
	name         string
	sql          string
	materialized bool
}

func (g *generator) statement() *statement {
	return &statement{generator: g, names: map[string]bool{}, refs: map[*plan.Shared]*rel{}, narrowed: map[*plan.Scan]*rel{}}
}

// add names a part of the statement and returns its name.
func (st *statement) add(label, sql string, materialized bool) string {
	name := st.unused(label)
	st.ctes = append(st.ctes, cte{name, sql, materialized})
	return name
}

// unused returns label, numbered if the statement or the store has the name already.
func (st *statement) unused(label string) string {
	name := label
	for i := 1; st.names[strings.ToLower(name)] || st.tables[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s_%d", label, i)
	}
	st.names[strings.ToLower(name)] = true
	return name
}

// finish writes the statement whose last part is r, with exactly the columns of schema.
func (st *statement) finish(r *rel, schema types.Schema) Select {
	r = r.only(schema)
	s := Select{Schema: schema}
	if missing := func(c column) bool { return c.missing }; slices.ContainsFunc(r.cols, missing) {
		s.Missing = make([]bool, len(r.cols))
		for i, c := range r.cols {
			s.Missing[i] = c.missing
		}
		r = r.present()
	}
	s.SQL = st.sql(r, true)
	return s
}

// sql writes the statement whose last part is r, with the named parts that it needs.
func (st *statement) sql(r *rel, ordered bool) string {
	last := st.text(r, ordered)
	needed := make([]bool, len(st.ctes))
	readers := []string{last}
	for i := len(st.ctes) - 1; i >= 0; i-- {
		name := st.d.Ident(st.ctes[i].name)
		if slices.ContainsFunc(readers, func(sql string) bool { return strings.Contains(sql, name) }) {
			needed[i] = true
			readers = append(readers, st.ctes[i].sql)
		}
	}
	var b strings.Builder
	for i, c := range st.ctes {
		if !needed[i] {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(",\n")
		} else {
			b.WriteString("WITH ")
		}
		b.WriteString(st.d.Ident(c.name))
		b.WriteString(" AS ")
		if c.materialized {
			b.WriteString("MATERIALIZED ")
		}
		b.WriteString("(\n  ")
		b.WriteString(indent(c.sql))
		b.WriteString("\n)")
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(last)
	return b.String()
}

// maxDepth bounds the nesting of nodes: a chain of a thousand operators is no hunt.
const maxDepth = 5000

// node writes a node and everything below it.
func (st *statement) node(n plan.Node) *rel {
	st.depth++
	defer func() { st.depth-- }()
	if st.depth > maxDepth {
		st.fail(codeTooComplex, source.Span{}, "split the query", "the query nests more than %d operators", maxDepth)
		return empty(n.Schema(), st.d)
	}
	if r := st.view(n); r != nil {
		return r
	}
	switch n := n.(type) {
	case *plan.Aggregate:
		return st.aggregate(n)
	case *plan.Apply:
		return st.apply(n)
	case *plan.Distinct:
		return st.distinct(n)
	case *plan.Filter:
		return st.filter(n)
	case *plan.Join:
		return st.join(n)
	case *plan.Limit:
		return st.limit(n)
	case *plan.Outer:
		return st.outer(n)
	case *plan.Plugin:
		return st.plugin(n)
	case *plan.Project:
		return st.project(n)
	case *plan.Range:
		return st.rangeRows(n)
	case *plan.Ref:
		return st.ref(n)
	case *plan.Sample:
		return st.sample(n)
	case *plan.Scan:
		return st.scan(n)
	case *plan.Serialize:
		return st.serialize(n)
	case *plan.Series:
		return st.series(n)
	case *plan.Sort:
		return st.sort(n)
	case *plan.Top:
		return st.top(n)
	case *plan.Union:
		return st.union(n)
	case *plan.Unnest:
		return st.unnest(n)
	case *plan.Values:
		return st.values(n)
	}
	panic(fmt.Sprintf("sqlgen: unknown node %T", n))
}
