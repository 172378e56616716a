package sqlgen

import (
	"fmt"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// over is the window clause of a window function; partition restricts it further.
func (sc *scope) over(partition string) string { return sc.st.overPart(sc.r, partition) }

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

// restarts reports whether the restart argument is anything but false.
func (st *statement) restarts(x *plan.Call, arg int) bool {
	c, ok := x.Args[arg].(*plan.Const)
	return !ok || c.Value.Null || c.Value.Int != 0
}

// run is the number of the run of rows that a restart argument has begun: an
// expression that exists only between the passes over a scope.
type run struct{ plan.Expr }

// restarting writes a window function that starts again where its restart argument
// is true: the runs are groups, numbered by a part below.
func (sc *scope) restarting(x *plan.Call, args []Operand, restart int) Operand {
	key := x.Args[restart]
	group := sc.runs[key]
	if group == nil {
		group = &run{key}
		sc.runs[key] = group
	}
	name, ok := sc.hoisted[group]
	if !ok {
		if !slices.Contains(sc.hoists, plan.Expr(group)) && len(sc.hoists) == 0 {
			sc.hoists = append(sc.hoists, group)
		}
		return sc.placeholder(x)
	}
	args = slices.Delete(slices.Clone(args), restart, restart+1)
	sql, err := sc.windowCall(x, args, sc.over(sc.r.lookup(name).sql))
	if err != nil {
		sc.st.fail(codeFunction, x.At, "", "'%s' is not supported: %v", x.Func.Name, err)
		return sc.placeholder(x)
	}
	return Operand{SQL: atom(sql), Type: x.T}
}

// windowCall writes a window function by its template.
func (sc *scope) windowCall(x *plan.Call, args []Operand, over string) (string, error) {
	t := sc.st.d.Windows[x.Func.Name]
	if t == nil {
		return "", fmt.Errorf("the %s dialect does not have it", sc.st.d.Name)
	}
	return t(Call{Name: x.Func.Name, Args: args, Type: x.T, Over: over})
}

// number writes the number of the run that a row belongs to.
func (sc *scope) number(r *run) Operand {
	op := sc.operand(r.Expr)
	sql := fmt.Sprintf("CAST(sum(CASE WHEN %s THEN 1 ELSE 0 END) OVER (%s) AS %s)", op.SQL, sc.over(""), sc.st.d.TypeName(types.Long))
	return Operand{SQL: sql, Type: types.Long}
}
