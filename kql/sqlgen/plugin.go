package sqlgen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// plugin computes rows in Go: a step stores them in a table that the statement reads.
func (st *statement) plugin(n *plan.Plugin) *rel {
	if s, ok := n.Spec.(*plan.KeyValueSpec); ok {
		return st.keyValues(n, s)
	}
	prepare := st.d.Plugins[n.Name]
	if prepare == nil {
		st.fail(codePlugin, n.At, "", "'%s' is not supported: how Kusto does it is not published", n.Name)
		return empty(n.Columns, st.d)
	}
	if r := st.appendKeyed(n, prepare); r != nil {
		return r
	}
	var in, right *rel
	var first, second Select
	var args []Operand
	spec := n.Spec
	own := st.fork()
	if n.Input != nil {
		in = own.node(n.Input).keep(n.Input.Schema())
	} else {
		in = &rel{where: []string{"false"}, cols: []column{{name: "$none", typ: types.Bool, sql: "true"}}}
	}
	if s, ok := spec.(*plan.ScanSpec); ok {
		in = own.partitioned(in, s)
	}
	in, args, spec = own.inputs(in, n)
	keys := slices.Clone(in.part)
	in, carried := own.stepRows(in)
	first = own.stepSelect(in)
	if n.Right != nil {
		other := st.fork()
		right = other.node(n.Right)
		if len(right.part) > 0 || len(keys) > 0 {
			st.fail(codePlace, n.At, "", "'%s' with a second table of the group is not supported here", n.Name)
		}
		right = right.only(n.Right.Schema())
		second = other.stepSelect(right)
	}
	out := slices.Clone(n.Columns)
	f, err := prepare(args, spec, first.Schema[:len(first.Schema)-len(carried)], out)
	if err != nil {
		st.fail(codePlugin, n.At, "", "'%s': %v", n.Name, err)
		return empty(n.Columns, st.d)
	}
	if len(keys) > 0 {
		f = grouping(f, len(first.Schema)-len(carried), len(carried), n.Columns)
	}
	shape := &rel{hidden: carried, part: keys, lossy: true}
	for _, c := range n.Columns {
		shape.cols = append(shape.cols, column{name: c.Name, typ: c.Type})
	}
	return st.stepTable(n.Name, f, first, second, shape)
}

// partitioned orders the input of scan by its partitions, and within them by the
// order wanted or the one that it has.
func (st *statement) partitioned(in *rel, s *plan.ScanSpec) *rel {
	by := make([]plan.Order, 0, len(s.Partition)+len(s.Order))
	for _, p := range s.Partition {
		by = append(by, plan.Order{X: p})
	}
	if len(s.Order) > 0 {
		return st.orderedBy(in, append(by, s.Order...))
	}
	if len(by) == 0 {
		return in
	}
	in = st.numbered(in)
	order := in.order
	r := st.orderedBy(in, by)
	r.order = append(r.order, order...)
	return r
}

// stepTable adds a step whose table has the columns of shape, and returns a rel that
// reads it.
func (st *statement) stepTable(word string, f RowFunc, first, second Select, shape *rel) *rel {
	shape = st.sqlNames(shape.clone())
	var schema types.Schema
	for _, c := range slices.Concat(shape.cols, shape.hidden) {
		schema = append(schema, types.Column{Name: c.alias, Type: c.typ})
	}
	table := st.temporary(word)
	st.program.Steps = append(st.program.Steps, Step{Table: table, Select: first, Right: second, Schema: schema, Func: f})
	return st.reader(shape, st.d.Ident(table), "")
}

// temporary names the table of a step.
func (g *generator) temporary(word string) string {
	word = strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return '_'
		}
		return r
	}, word)
	return fmt.Sprintf("$step%d_%s", len(g.program.Steps)+1, word)
}

// fork starts a statement that may use what this one has named so far.
func (st *statement) fork() *statement {
	own := *st
	own.ctes = slices.Clone(st.ctes)
	own.names = maps.Clone(st.names)
	own.refs = maps.Clone(st.refs)
	return &own
}

// inputs computes the arguments and the expressions of a spec, as far as they depend
// on the input alone, as columns of the input.
func (st *statement) inputs(in *rel, n *plan.Plugin) (*rel, []Operand, any) {
	var xs []plan.Expr
	names := map[plan.Expr]string{}
	want := func(x plan.Expr) {
		switch x.(type) {
		case *plan.Column, *plan.Const, *plan.StateColumn:
			return
		}
		if _, ok := names[x]; !ok {
			names[x] = fmt.Sprintf("$input%d", len(xs)+1)
			xs = append(xs, x)
		}
	}
	for _, a := range n.Args {
		want(a)
	}
	spec, mappable := n.Spec.(plan.Spec)
	if mappable {
		spec.MapExprs(func(x plan.Expr) plan.Expr {
			for _, part := range stateless(x, in, nil) {
				want(part)
			}
			return x
		})
	}
	if len(xs) > 0 {
		var ops []Operand
		in, ops = st.exprs(st.open(in, addProject), xs, false)
		in = in.clone()
		for i, x := range xs {
			in.cols = append(in.cols, column{name: names[x], typ: x.Type(), sql: ops[i].SQL, volatile: plan.Volatile(x)})
		}
	}
	args := make([]Operand, len(n.Args))
	for i, a := range n.Args {
		args[i] = Operand{Type: a.Type(), Column: names[a]}
		switch a := a.(type) {
		case *plan.Column:
			args[i].Column = a.Name
		case *plan.Const:
			args[i].Const = &a.Value
		}
	}
	if !mappable {
		return in, args, n.Spec
	}
	return in, args, spec.MapExprs(func(x plan.Expr) plan.Expr {
		return replace(x, names)
	})
}

// stateless lists the largest parts of x that read the input alone, and no state
// of the step.
func stateless(x plan.Expr, in *rel, list []plan.Expr) []plan.Expr {
	if x == nil {
		return list
	}
	free := true
	plan.WalkExpr(x, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.StateColumn:
			free = false
		case *plan.Column:
			free = free && in.lookup(x.Name) != nil
		}
		return free
	})
	if free {
		return append(list, x)
	}
	for _, o := range plan.Operands(x) {
		list = stateless(o, in, list)
	}
	return list
}

// replace returns x with the named parts as columns.
func replace(x plan.Expr, names map[plan.Expr]string) plan.Expr {
	if name, ok := names[x]; ok {
		return &plan.Column{Name: name, T: x.Type()}
	}
	return plan.MapOperands(x, func(o plan.Expr) plan.Expr { return replace(o, names) })
}

// stepRows puts the columns of groups behind the others, so that a step can carry
// them, and orders the rows by them.
func (st *statement) stepRows(in *rel) (*rel, []column) {
	r := st.carryOrder(in)
	order := r.order
	st.keepGroups(r)
	carried := slices.Clone(r.hidden)
	if len(carried) == 0 {
		r = in.withoutHidden()
		return r, nil
	}
	r.order = append(r.groupKeys(), order...)
	r.cols = append(slices.Clone(in.cols), carried...)
	r.hidden = nil
	return r, carried
}

// stepSelect finishes the statement of a step's input.
func (st *statement) stepSelect(r *rel) Select {
	r = st.sqlNames(r.clone())
	schema := make(types.Schema, len(r.cols))
	for i, c := range r.cols {
		schema[i] = types.Column{Name: c.name, Type: c.typ}
	}
	return Select{SQL: st.sql(r, true), Schema: schema}
}

// grouping runs f for each group of rows with equal carried values, which stand
// behind the n columns that f reads, and puts them behind the rows that f emits.
func grouping(f RowFunc, n, carried int, out types.Schema) RowFunc {
	return func(in, right Rows, emit func([]types.Value) error) error {
		g := &groupRows{in: in, n: n}
		row := make([]types.Value, len(out)+carried)
		for {
			more, err := g.group()
			if err != nil || !more {
				return err
			}
			copy(row[len(out):], g.key)
			err = f(g, right, func(v []types.Value) error {
				copy(row, v)
				return emit(row)
			})
			if err != nil {
				return err
			}
			if err := g.skip(); err != nil {
				return err
			}
		}
	}
}

// groupRows reads one group after the other of rows that are sorted by their groups.
type groupRows struct {
	in   Rows
	n    int
	key  []types.Value
	next []types.Value // the row read ahead, nil if none
	done bool
	// first says that next is the group's first row, whatever it equals: NaN differs from itself.
	first bool
}

// group moves to the next group.
func (g *groupRows) group() (bool, error) {
	if g.next == nil && !g.done {
		if err := g.read(); err != nil {
			return false, err
		}
	}
	if g.next == nil {
		return false, nil
	}
	g.key = slices.Clone(g.next[g.n:])
	g.first = true
	return true, nil
}

func (g *groupRows) read() error {
	row, err := g.in.Next()
	g.next = row
	g.done = row == nil
	return err
}

// skip reads what is left of the group.
func (g *groupRows) skip() error {
	for {
		row, err := g.Next()
		if err != nil || row == nil {
			return err
		}
	}
}

// Schema returns the columns without the group's.
func (g *groupRows) Schema() types.Schema { return g.in.Schema()[:g.n] }

// Next returns the next row of the group.
func (g *groupRows) Next() ([]types.Value, error) {
	if g.next == nil {
		if g.done {
			return nil, nil
		}
		if err := g.read(); err != nil || g.next == nil {
			return nil, err
		}
	}
	if !g.first && !slices.Equal(g.next[g.n:], g.key) {
		return nil, nil
	}
	g.first = false
	row := g.next[:g.n]
	g.next = nil
	return row, nil
}
