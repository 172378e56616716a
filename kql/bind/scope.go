package bind

import (
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// scope holds the lets and parameters that can be named, inner ones first.
type scope struct {
	parent *scope
	names  map[string]*entity
}

func (s *scope) lookup(name string) *entity {
	for ; s != nil; s = s.parent {
		if e := s.names[name]; e != nil {
			return e
		}
	}
	return nil
}

func (s *scope) inner() *scope { return &scope{parent: s, names: map[string]*entity{}} }

// entity is what a let or a parameter names: a value, a table or a function.
type entity struct {
	x      plan.Expr
	rel    *rel
	shared *plan.Shared
	fn     *function
	// pattern is set for declare pattern.
	pattern *pattern
	bad     bool
	// group is set for an entity group, and place for a database of one: database("a").
	group *entityGroup
	place syntax.Expr
	// view says that union and search wildcards see it.
	view bool
	// named says that the table got its name from an operator: as, graph-to-table.
	named bool
	// grouped says that the table or value is made of the rows of a group, inside of so many groups.
	grouped bool
	groups  int
	// level is 1 + the number of tables inside expressions around a scalar let or parameter.
	level int
}

// function is a user function: let f = (params) { body } or a stored one.
type function struct {
	name   string
	lit    *syntax.FuncLit
	scope  *scope // where it was defined
	stored bool   // its text is not the query's
	bad    bool
}

// env is what an expression can name at its place.
type env struct {
	scope *scope
	row   *rel // columns at hand, nil: none
	right *rel // the right side of a join condition
	agg   *aggregation
	// window says that prev, next, row_number .. may stand here; ordered that the rows have an order.
	window  bool
	source  bool           // a table is expected, and nothing else
	outer   *rel           // what a pipeline without source reads
	steps   []scanState    // names of scan steps
	graph   *graphScope    // elements of a graph pattern
	star    []*plan.Column // columns that * means in a search predicate
	missing types.Schema   // columns of other tables that are null here: search and find
}

// tables returns an environment for a table: no columns, aggregates or windows.
func (v *env) tables() *env { return &env{scope: v.scope} }

// rows returns an environment for scalar expressions over r.
func (v *env) rows(r *rel) *env { return &env{scope: v.scope, row: r, outer: v.outer} }

// value is a bound expression of any kind: a scalar, a table, or neither if it
// could not be bound.
type value struct {
	x   plan.Expr
	rel *rel
}
