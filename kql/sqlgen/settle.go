package sqlgen

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// hoist computes expressions as hidden columns of a part below.
func (st *statement) hoist(r *rel, xs []plan.Expr, hoisted map[plan.Expr]string) *rel {
	sc := &scope{st: st, r: r, windows: true, hoisted: hoisted, derived: map[derivedKey]*derived{}}
	for _, x := range xs {
		if c, ok := x.(*plan.Call); ok && st.d.WindowSteps[c.Func.Name] != nil {
			return st.hoistStep(sc, c) // the others come next
		}
	}
	next := r.clone()
	for _, x := range xs {
		c := column{typ: types.Long, window: true}
		if d, ok := x.(*derived); ok {
			c.sql = d.write(sc)
		} else {
			c = sc.computed(x)
		}
		hoisted[x] = next.hide("$value", c)
		next.windowed = next.windowed || c.window
	}
	return st.close(next)
}

// hoistCommon computes each of the expressions that occur more than once as one hidden
// column of a part below.
func (st *statement) hoistCommon(r *rel, parts [][]plan.Expr, hoisted map[plan.Expr]string) *rel {
	firsts := make([]plan.Expr, len(parts))
	for i, equal := range parts {
		firsts[i] = equal[0]
	}
	r = st.hoist(r, firsts, hoisted)
	for _, equal := range parts {
		for _, x := range equal {
			hoisted[x] = hoisted[equal[0]]
		}
	}
	return r
}

// computed makes a column of an expression.
func (sc *scope) computed(x plan.Expr) column {
	return column{typ: x.Type(), sql: sc.operand(x).SQL, volatile: plan.Volatile(x), window: plan.HasWindow(x)}
}

// hoistStep computes one window function by a step.
func (st *statement) hoistStep(sc *scope, x *plan.Call) *rel {
	args := make([]Operand, len(x.Args))
	for i, a := range x.Args {
		args[i] = sc.operand(a)
	}
	r, name := st.windowStep(sc.r, x, args)
	sc.hoisted[x] = name
	return r
}

// settles says whether a computed column of r is read more than once by xs: r is to be
// closed then, so that it is computed once.
func (r *rel) settles(xs []plan.Expr) bool {
	uses := map[string]int{}
	var count func(x plan.Expr) bool
	count = func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Column:
			uses[x.Name]++
		case *plan.Path:
			c, ok := x.X.(*plan.Column)
			if !ok || r.document(c.Name) == "" {
				return true
			}
			for _, k := range x.Keys {
				plan.WalkExpr(k, count)
			}
			return false
		}
		return true
	}
	for _, x := range xs {
		plan.WalkExpr(x, count)
	}
	for name, n := range uses {
		c := r.lookup(name)
		if c == nil || c.trivial {
			continue
		}
		if n > 1 || c.volatile || c.window && !slices.ContainsFunc(xs, isColumn(name)) || len(c.sql) > longSQL {
			return true
		}
	}
	return false
}

// guarded has the long columns of r computed only for rows that pass its guards. The engine
// puts the conditions of what reads r before those of r, and in them the columns of r in
// place of their names.
func (r *rel) guarded() *rel {
	if len(r.guards) == 0 {
		return r
	}
	r = r.clone()
	guard := strings.Join(r.guards, " AND ")
	for i := range r.cols {
		if c := &r.cols[i]; len(c.sql) > shortSQL && !c.volatile && !c.window {
			c.sql = "CASE WHEN " + guard + " THEN " + c.sql + " END"
		}
	}
	return r
}

// maxDeep is the length from which on a computed column is kept from being written
// in place of its name. It grows exponentially where columns are computed from
// themselves more than once (x = iff(a, f(x), x)).
const maxDeep = 20_000

// settled closes r; a part with columns that grew too long is computed once.
func (st *statement) settled(r *rel) *rel {
	long := false
	for _, c := range r.cols {
		long = long || c.deep > maxDeep
	}
	if !long {
		return st.close(r)
	}
	r = st.named(r, cmp(r.label, "part"), true)
	for i := range r.cols {
		r.cols[i].deep = 0
	}
	return r
}

// deep is how long x may get when the engine writes the columns of r in place of
// their names; sql is x as it is written.
func (r *rel) deep(x plan.Expr, sql string) float64 {
	length := float64(len(sql))
	plan.WalkExpr(x, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Column); ok {
			if col := r.lookup(c.Name); col != nil {
				length += col.deep
			}
		}
		return true
	})
	return length
}

func isColumn(name string) func(plan.Expr) bool {
	return func(x plan.Expr) bool {
		c, ok := x.(*plan.Column)
		return ok && c.Name == name
	}
}

// shortSQL is the length in bytes up to which SQL is taken to be cheap.
const shortSQL = 300

// longSQL is the length in bytes from which SQL is computed in a part of its own
// rather than repeated.
const longSQL = 1000
