package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// rel is a SELECT under construction. Operators are added to it as long as SQL's
// order of evaluation (FROM, WHERE, GROUP BY, windows, DISTINCT, ORDER BY, LIMIT)
// allows; then it becomes a named part and a new rel reads from that.
type rel struct {
	label    string   // the word of KQL that the part is named after
	from     string   // without FROM, "" if there is none
	cols     []column // in the order of the node's schema
	hidden   []column // carried along: groups of an Apply, keys of the order
	where    []string
	guards   []string // those of where that cost little, however often they are computed
	grouped  bool
	groupBy  []string
	distinct string // "", "DISTINCT" or "DISTINCT ON (..)"
	qualify  string
	order    []key // the order of the rows, "" unknown
	limit    string
	windowed bool // a column is a window function or unnested: rows must not be dropped any more
	// row is the name of the hidden column that numbers the rows, "" if none does.
	row string
	// part are the names of the hidden columns that tell the groups of the Apply nodes around apart.
	part []string
	// literal says that the rows are made of the few constants of a query: Kusto keeps
	// them in the order in which they stand, and groups in that of their first row.
	literal bool
	// lossy says that a group of the innermost Apply may have lost all its rows.
	lossy bool
}

// column is one output column.
type column struct {
	name  string // in the plan
	alias string // in SQL, once the relation is closed
	typ   types.Type
	sql   string
	// trivial columns are names and literals: they cost nothing to repeat.
	trivial bool
	// volatile columns have another value each time they are computed.
	volatile bool
	window   bool
	// missing columns are null, or the empty text, in every row: no table has them.
	missing bool
	weight  float64 // of the SQL, 0 if it is short
	// deep is the length that the SQL may get in the engine, which writes the columns of
	// parts in place of their names when it moves filters down.
	deep float64
	// doc is the SQL of what paths into a column lead into that is a text read as JSON: the
	// text itself, not the value printed anew.
	doc string
	// texts is the SQL list of the texts of which an aggregate makes the column's array.
	texts string
	// carried columns are hidden ones from which columns are computed further up.
	carried bool
}

// key is one key of the order of rows.
type key struct {
	sql        string
	desc       bool
	nullsFirst bool
}

// clone copies r so that the copy may be changed.
func (r *rel) clone() *rel {
	c := *r
	c.cols = slices.Clone(r.cols)
	c.hidden = slices.Clone(r.hidden)
	c.where = slices.Clone(r.where)
	c.guards = slices.Clone(r.guards)
	c.groupBy = slices.Clone(r.groupBy)
	c.order = slices.Clone(r.order)
	c.part = slices.Clone(r.part)
	return &c
}

// lookup finds a column by its name in the plan.
func (r *rel) lookup(name string) *column {
	for i := range r.cols {
		if r.cols[i].name == name {
			return &r.cols[i]
		}
	}
	for i := range r.hidden {
		if r.hidden[i].name == name {
			return &r.hidden[i]
		}
	}
	return nil
}

// only returns r with just the columns of schema, in its order, and no hidden ones.
func (r *rel) only(schema types.Schema) *rel {
	c := r.keep(schema)
	c.hidden = nil
	return c
}

// keep returns r with just the columns of schema, in its order, and the hidden ones.
func (r *rel) keep(schema types.Schema) *rel {
	c := r.clone()
	c.cols = c.cols[:0]
	find := r.finder()
	for _, s := range schema {
		if col := find(s.Name); col != nil {
			c.cols = append(c.cols, *col)
		}
	}
	return c
}

// finder returns lookup, made for as many columns as a union of all tables has.
func (r *rel) finder() func(name string) *column {
	if len(r.cols) < 64 {
		return r.lookup
	}
	places := make(map[string]*column, len(r.cols)+len(r.hidden))
	for _, list := range [][]column{r.hidden, r.cols} {
		for i := len(list) - 1; i >= 0; i-- {
			places[list[i].name] = &list[i]
		}
	}
	return func(name string) *column { return places[name] }
}

// present returns r without the columns that are missing.
func (r *rel) present() *rel {
	c := r.clone()
	c.cols = slices.DeleteFunc(c.cols, func(c column) bool { return c.missing })
	return c
}

// hide adds a hidden column under a name that r does not have yet, and returns the name.
func (r *rel) hide(name string, c column) string {
	base := name
	for i := 2; r.lookup(name) != nil; i++ {
		name = fmt.Sprintf("%s%d", base, i)
	}
	c.name = name
	r.hidden = append(r.hidden, c)
	return name
}

// withoutHidden returns r without its hidden columns.
func (r *rel) withoutHidden() *rel {
	c := r.clone()
	c.hidden = nil
	return c
}

// tidy drops the hidden columns that nothing can read any more.
func (st *statement) tidy(r *rel) {
	r.hidden = slices.DeleteFunc(r.hidden, func(c column) bool {
		return !c.carried && c.name != r.row && !slices.Contains(r.part, c.name) && !st.passes(c.name) &&
			!slices.ContainsFunc(r.order, func(k key) bool { return k.sql == c.sql })
	})
}

// drop removes a hidden column.
func (r *rel) drop(name string) {
	r.hidden = slices.DeleteFunc(r.hidden, func(c column) bool { return c.name == name })
}

// What an operator is about to add to a SELECT.
type clause uint8

const (
	addFilter clause = iota
	addProject
	addGroup
	addOrder
	addLimit
)

// open returns r, closed if the clause can't be added to it as it stands.
func (st *statement) open(r *rel, add clause) *rel {
	var must bool
	switch add {
	case addFilter, addGroup:
		must = r.grouped || r.distinct != "" || r.limit != "" || r.windowed || r.qualify != ""
	case addProject:
		must = r.distinct != "" || r.windowed
	case addOrder:
		must = r.distinct != "" || r.limit != ""
	case addLimit:
		must = r.limit != ""
	}
	if must {
		return st.close(r)
	}
	return r.clone()
}

// plain reports whether r only reads a named part as it is.
func (r *rel) plain(d *Dialect) bool {
	if len(r.where) > 0 || r.grouped || r.distinct != "" || r.qualify != "" || r.limit != "" || r.windowed {
		return false
	}
	for _, list := range [][]column{r.cols, r.hidden} {
		for _, c := range list {
			if c.sql != d.Ident(c.name) {
				return false
			}
		}
	}
	return r.from != "" && !strings.ContainsAny(r.from, " (")
}

// close makes r a named part of the statement and returns a rel that reads it.
func (st *statement) close(r *rel) *rel { return st.named(r, cmp(r.label, "part"), false) }

func cmp(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// named is close with a name of its own; materialized parts are computed once.
func (st *statement) named(r *rel, label string, materialized bool) *rel {
	r = st.carryOrder(r)
	s := st.sqlNames(r)
	name := st.add(label, st.text(s.present(), r.limit != "" || strings.HasPrefix(r.distinct, "DISTINCT ON")), materialized)
	return st.reader(s, st.d.Ident(name), "")
}

// carryOrder makes every key of r's order one of its columns.
func (st *statement) carryOrder(r *rel) *rel {
	r = r.clone()
	for i, k := range r.order {
		if !slices.ContainsFunc(r.cols, k.is) && !slices.ContainsFunc(r.hidden, k.is) {
			r.hide(fmt.Sprintf("$order%d", i+1), column{sql: k.sql})
		}
	}
	return r
}

func (k key) is(c column) bool { return c.sql == k.sql && !c.volatile }

// sqlNames returns r with names that differ in more than case, as SQL needs; the
// names in the plan are kept in the columns.
func (st *statement) sqlNames(r *rel) *rel {
	seen := map[string]bool{}
	for _, list := range [][]column{r.cols, r.hidden} {
		for i := range list {
			alias := list[i].name
			for n := 2; seen[strings.ToLower(alias)]; n++ {
				alias = fmt.Sprintf("%s$%d", list[i].name, n)
			}
			seen[strings.ToLower(alias)] = true
			list[i].alias = alias
		}
	}
	return r
}

// reader returns a rel that reads the columns of r from a named part; qualifier is
// put before their names in a join.
func (st *statement) reader(r *rel, from, qualifier string) *rel {
	n := &rel{from: from, part: r.part, row: r.row, lossy: r.lossy, literal: r.literal}
	read := func(cols []column) []column {
		out := make([]column, len(cols))
		for i, c := range cols {
			if out[i] = c; !c.missing {
				out[i] = column{name: c.name, typ: c.typ, sql: qualifier + st.d.Ident(c.alias), trivial: true, deep: c.deep, carried: c.carried}
			}
		}
		return out
	}
	n.cols, n.hidden = read(r.cols), read(r.hidden)
	for _, k := range r.order {
		if i := slices.IndexFunc(r.cols, k.is); i >= 0 {
			k.sql = n.cols[i].sql
		} else if i := slices.IndexFunc(r.hidden, k.is); i >= 0 {
			k.sql = n.hidden[i].sql
		}
		n.order = append(n.order, k)
	}
	return n
}

// empty is a relation without rows.
func empty(schema types.Schema, d *Dialect) *rel {
	r := &rel{where: []string{"false"}}
	for _, c := range schema {
		r.cols = append(r.cols, column{name: c.Name, typ: c.Type, sql: d.Literal(types.Null(c.Type)), trivial: true})
	}
	return r
}
