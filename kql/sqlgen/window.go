package sqlgen

import (
	"fmt"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// over is the window clause of a window function; partition restricts it further.
func (sc *scope) over(partition string) string { return sc.st.overPart(sc.r, partition) }

// derived is a column that a window function needs in a part below: SQL has no window
// function over another. It is an expression that exists only between the passes
// over a scope.
type derived struct {
	plan.Expr
	write func(sc *scope) string
}

// derivedKey names a derived column of an expression.
type derivedKey struct {
	x    plan.Expr
	what string
}

// derive returns the SQL of a derived column of type long, or "" as long as it is
// not there.
func (sc *scope) derive(x plan.Expr, what string, write func(sc *scope) string) string {
	d := sc.derived[derivedKey{x, what}]
	if d == nil {
		d = &derived{x, write}
		sc.derived[derivedKey{x, what}] = d
	}
	if name, ok := sc.hoisted[d]; ok {
		return sc.r.lookup(name).sql
	}
	// What it is made of may have to be there first.
	if len(sc.hoists) == 0 {
		sc.hoists = append(sc.hoists, d)
	}
	return ""
}

// restartArg returns the index of a window function's restart argument, or -1.
func restartArg(x *plan.Call) int {
	switch x.Func.Name {
	case "row_cumsum", "row_number", "row_rank_dense", "row_rank_min":
		if len(x.Args) > 1 {
			return 1
		}
	}
	return -1
}

// windowFunction writes a window function over arguments that are no window functions.
func (sc *scope) windowFunction(x *plan.Call, args []Operand) (string, error) {
	partition := ""
	if i := restartArg(x); i >= 0 {
		if c := args[i].Const; c == nil || c.Int != 0 {
			partition = sc.runs(x.Args[i])
			if partition == "" {
				return "NULL", nil
			}
		}
		args = slices.Delete(slices.Clone(args), i, i+1)
	}
	if aggregate := ranks[x.Func.Name]; aggregate != "" {
		return sc.rank(x, aggregate, partition), nil
	}
	t := sc.st.d.Windows[x.Func.Name]
	if t == nil {
		return "", fmt.Errorf("the %s dialect does not have it", sc.st.d.Name)
	}
	return t(Call{Name: x.Func.Name, Args: args, Type: x.T, Over: sc.over(partition)})
}

// runs numbers the runs of rows that begin where a restart argument is true.
func (sc *scope) runs(restart plan.Expr) string {
	return sc.derive(restart, "run", func(sc *scope) string {
		return fmt.Sprintf("CAST(sum(CASE WHEN %s THEN 1 ELSE 0 END) OVER (%s) AS %s)",
			sc.operand(restart).SQL, sc.over(""), sc.st.d.TypeName(types.Long))
	})
}

// ranks are the window functions that count runs of equal values, with the aggregate
// over the numbers of the rows that begin one.
var ranks = map[string]string{
	"row_rank":       "count",
	"row_rank_dense": "count",
	"row_rank_min":   "max",
}

// rank writes the number of runs of equal values so far (count), or the number of the
// row that began the run (max).
func (sc *scope) rank(x *plan.Call, aggregate, partition string) string {
	begin := sc.derive(x, "begin", func(sc *scope) string {
		value, over := sc.operand(x.Args[0]).SQL, sc.over(partition)
		return fmt.Sprintf("CASE WHEN row_number() OVER (%[2]s) = 1 OR %[1]s IS DISTINCT FROM lag(%[1]s) OVER (%[2]s) THEN row_number() OVER (%[2]s) END", value, over)
	})
	if begin == "" {
		return "NULL"
	}
	return fmt.Sprintf("CAST(%s(%s) OVER (%s) AS %s)", aggregate, begin, sc.over(partition), sc.st.d.TypeName(types.Long))
}

// windowStep computes a window function that SQL has nothing for by a step in Go,
// and returns r with the result as a hidden column.
func (st *statement) windowStep(r *rel, x *plan.Call, args []Operand) (*rel, string) {
	if r = st.carryOrder(r); slices.ContainsFunc(r.hidden, untyped) {
		// A step's table needs the types of its columns: the rows' numbers stand for their keys.
		r.row = ""
		r = st.numbered(r)
		r.hidden = slices.DeleteFunc(r.hidden, untyped)
	}
	in := r.clone()
	in.cols, in.hidden = slices.Concat(r.cols, r.hidden), nil
	for i, a := range args {
		name := fmt.Sprintf("$argument%d", i+1)
		in.cols = append(in.cols, column{name: name, typ: a.Type, sql: a.SQL})
		args[i] = Operand{Type: a.Type, Column: name, Const: a.Const}
	}
	in.order = append(in.groupKeys(), in.order...)
	first := st.fork().stepSelect(in)
	width := len(r.cols) + len(r.hidden)
	out := append(slices.Clone(first.Schema[:width]), types.Column{Name: "$window", Type: x.T})
	f, err := st.d.WindowSteps[x.Func.Name](args, r.part, first.Schema, out)
	if err != nil {
		st.fail(codeFunction, x.At, "", "'%s' is not supported: %v", x.Func.Name, err)
		return r, ""
	}
	name := r.hide("$window", column{typ: x.T})
	return st.stepTable(x.Func.Name, f, first, Select{}, r), name
}

// untyped columns are keys of an order that nobody else reads.
func untyped(c column) bool { return c.typ == types.Unknown }

// groupKeys sorts rows by their groups.
func (r *rel) groupKeys() []key {
	var keys []key
	for _, p := range r.part {
		keys = append(keys, key{sql: r.lookup(p).sql})
	}
	return keys
}
