package plan

// Inputs returns the tables that a node reads, in order; not those inside its
// expressions (InQuery, ScalarQuery), and not a Ref's shared part.
func Inputs(n Node) []Node {
	switch n := n.(type) {
	case *Aggregate:
		return []Node{n.Input}
	case *Apply:
		return []Node{n.Input, n.Body}
	case *Distinct:
		return []Node{n.Input}
	case *Filter:
		return []Node{n.Input}
	case *Join:
		return []Node{n.Left, n.Right}
	case *Limit:
		return []Node{n.Input}
	case *Outer:
		return nil
	case *Plugin:
		var in []Node
		if n.Input != nil {
			in = append(in, n.Input)
		}
		if n.Right != nil {
			in = append(in, n.Right)
		}
		return in
	case *Project:
		return []Node{n.Input}
	case *Range:
		return nil
	case *Ref:
		return nil
	case *Sample:
		return []Node{n.Input}
	case *Scan:
		return nil
	case *Serialize:
		return []Node{n.Input}
	case *Series:
		return []Node{n.Input}
	case *Sort:
		return []Node{n.Input}
	case *Top:
		return []Node{n.Input}
	case *Union:
		return n.Inputs
	case *Unnest:
		return []Node{n.Input}
	case *Values:
		return nil
	}
	panic("plan: unknown node")
}

// MapInputs returns a shallow copy of n whose inputs are f of n's inputs.
func MapInputs(n Node, f func(Node) Node) Node {
	switch n := n.(type) {
	case *Aggregate:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Apply:
		c := *n
		c.Input, c.Body = f(n.Input), f(n.Body)
		return &c
	case *Distinct:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Filter:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Join:
		c := *n
		c.Left, c.Right = f(n.Left), f(n.Right)
		return &c
	case *Limit:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Outer:
		c := *n
		return &c
	case *Plugin:
		c := *n
		if n.Input != nil {
			c.Input = f(n.Input)
		}
		if n.Right != nil {
			c.Right = f(n.Right)
		}
		return &c
	case *Project:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Range:
		c := *n
		return &c
	case *Ref:
		c := *n
		return &c
	case *Sample:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Scan:
		c := *n
		return &c
	case *Serialize:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Series:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Sort:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Top:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Union:
		c := *n
		c.Inputs = make([]Node, len(n.Inputs))
		for i, in := range n.Inputs {
			c.Inputs[i] = f(in)
		}
		return &c
	case *Unnest:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Values:
		c := *n
		return &c
	}
	panic("plan: unknown node")
}

// MapExprs returns a shallow copy of n whose own expressions are f of n's; f
// gets whole expressions (use MapExpr to go into them). A nil expression stays nil.
func MapExprs(n Node, f func(Expr) Expr) Node {
	one := func(x Expr) Expr {
		if x == nil {
			return nil
		}
		return f(x)
	}
	switch n := n.(type) {
	case *Aggregate:
		c := *n
		c.Keys, c.Aggs = mapNamed(n.Keys, one), mapAggs(n.Aggs, one)
		return &c
	case *Apply:
		c := *n
		c.Key = one(n.Key)
		return &c
	case *Filter:
		c := *n
		c.Predicate = one(n.Predicate)
		return &c
	case *Join:
		c := *n
		c.On = make([]On, len(n.On))
		for i, on := range n.On {
			c.On[i] = On{one(on.Left), one(on.Right)}
		}
		return &c
	case *Limit:
		c := *n
		c.Count = one(n.Count)
		return &c
	case *Plugin:
		c := *n
		c.Args = mapList(n.Args, one)
		if s, ok := n.Spec.(Spec); ok {
			c.Spec = s.MapExprs(one)
		}
		return &c
	case *Project:
		c := *n
		c.Exprs = mapList(n.Exprs, one)
		return &c
	case *Range:
		c := *n
		c.From, c.To, c.Step = one(n.From), one(n.To), one(n.Step)
		return &c
	case *Sample:
		c := *n
		c.Count = one(n.Count)
		return &c
	case *Series:
		c := *n
		c.Keys, c.Aggs = mapNamed(n.Keys, one), mapAggs(n.Aggs, one)
		c.Axis.X = one(n.Axis.X)
		c.From, c.To, c.Step = one(n.From), one(n.To), one(n.Step)
		c.Defaults = mapList(n.Defaults, one)
		return &c
	case *Sort:
		c := *n
		c.By = mapOrder(n.By, one)
		return &c
	case *Top:
		c := *n
		c.Count, c.By = one(n.Count), mapOrder(n.By, one)
		return &c
	case *Unnest:
		c := *n
		c.Items = make([]UnnestItem, len(n.Items))
		for i, it := range n.Items {
			it.X = one(it.X)
			c.Items[i] = it
		}
		c.Limit = one(n.Limit)
		return &c
	case *Values:
		c := *n
		c.Rows = make([][]Expr, len(n.Rows))
		for i, r := range n.Rows {
			c.Rows[i] = mapList(r, one)
		}
		return &c
	case *Distinct, *Outer, *Ref, *Scan, *Serialize, *Union:
		return n
	}
	panic("plan: unknown node")
}

// mapList returns xs itself, without room to grow into, where f changes nothing: most
// rewrites pass over most of a plan, and a union of all tables has thousands of columns.
func mapList(xs []Expr, f func(Expr) Expr) []Expr {
	for i, x := range xs {
		y := f(x)
		if y == x {
			continue
		}
		out := make([]Expr, len(xs))
		copy(out, xs[:i])
		out[i] = y
		for j, x := range xs[i+1:] {
			out[i+1+j] = f(x)
		}
		return out
	}
	return xs[:len(xs):len(xs)]
}

func mapNamed(ns []Named, f func(Expr) Expr) []Named {
	out := make([]Named, len(ns))
	for i, n := range ns {
		out[i] = Named{n.Name, f(n.X)}
	}
	return out
}

func mapOrder(os []Order, f func(Expr) Expr) []Order {
	out := make([]Order, len(os))
	for i, o := range os {
		o.X = f(o.X)
		out[i] = o
	}
	return out
}

func mapAggs(as []Agg, f func(Expr) Expr) []Agg {
	out := make([]Agg, len(as))
	for i, a := range as {
		a.Args = mapList(a.Args, f)
		a.Filter = f(a.Filter)
		out[i] = a
	}
	return out
}

// Exprs returns the whole expressions that a node holds itself; the list may be the
// node's own and is not to be changed.
func Exprs(n Node) []Expr {
	if p, ok := n.(*Project); ok {
		return p.Exprs[:len(p.Exprs):len(p.Exprs)]
	}
	var out []Expr
	MapExprs(n, func(x Expr) Expr {
		out = append(out, x)
		return x
	})
	return out
}

// Operands returns the direct sub-expressions of x; tables inside x are not among them.
func Operands(x Expr) []Expr {
	switch x := x.(type) {
	case *AggRef:
		if x.Agg.Filter != nil {
			return append(append([]Expr(nil), x.Agg.Args...), x.Agg.Filter)
		}
		return x.Agg.Args
	case *Call:
		return x.Args
	case *Column, *Const, *ScalarQuery, *StateColumn:
		return nil
	case *Convert:
		return []Expr{x.X}
	case *InQuery:
		return []Expr{x.X}
	case *Path:
		return append([]Expr{x.X}, x.Keys...)
	}
	panic("plan: unknown expression")
}

// Table returns the table that an expression reads (InQuery, ScalarQuery), or nil.
func Table(x Expr) Node {
	switch x := x.(type) {
	case *InQuery:
		return x.Table
	case *ScalarQuery:
		return x.Table
	}
	return nil
}

// MapOperands returns a shallow copy of x whose direct sub-expressions are f of
// x's, and x itself where that changes nothing.
func MapOperands(x Expr, f func(Expr) Expr) Expr {
	switch x := x.(type) {
	case *AggRef:
		args, filter := mapList(x.Agg.Args, f), x.Agg.Filter
		if filter != nil {
			filter = f(filter)
		}
		if sameList(args, x.Agg.Args) && filter == x.Agg.Filter {
			return x
		}
		c := *x
		c.Agg.Args, c.Agg.Filter = args, filter
		return &c
	case *Call:
		args := mapList(x.Args, f)
		if sameList(args, x.Args) {
			return x
		}
		c := *x
		c.Args = args
		return &c
	case *Column, *Const, *ScalarQuery, *StateColumn:
		return x
	case *Convert:
		if y := f(x.X); y != x.X {
			c := *x
			c.X = y
			return &c
		}
		return x
	case *InQuery:
		if y := f(x.X); y != x.X {
			c := *x
			c.X = y
			return &c
		}
		return x
	case *Path:
		y, keys := f(x.X), mapList(x.Keys, f)
		if y == x.X && sameList(keys, x.Keys) {
			return x
		}
		c := *x
		c.X, c.Keys = y, keys
		return &c
	}
	panic("plan: unknown expression")
}

// sameList reports whether mapList has given back the list that it got.
func sameList(a, b []Expr) bool { return len(a) == 0 || &a[0] == &b[0] }

// MapExpr rewrites an expression from the leaves up.
func MapExpr(x Expr, f func(Expr) Expr) Expr {
	return f(MapOperands(x, func(y Expr) Expr { return MapExpr(y, f) }))
}

// MapTables rewrites the tables inside an expression, those of InQuery and ScalarQuery.
func MapTables(x Expr, f func(Node) Node) Expr {
	return MapExpr(x, func(x Expr) Expr {
		switch x := x.(type) {
		case *InQuery:
			c := *x
			c.Table = f(x.Table)
			return &c
		case *ScalarQuery:
			c := *x
			c.Table = f(x.Table)
			return &c
		}
		return x
	})
}

// WalkExpr visits x and its sub-expressions from the top; visit returning false
// skips what is below.
func WalkExpr(x Expr, visit func(Expr) bool) {
	if x == nil || !visit(x) {
		return
	}
	for _, y := range Operands(x) {
		WalkExpr(y, visit)
	}
}

// Walk visits n and all nodes below it from the top, those inside expressions
// and, once for each use, those of shared parts included; visit returning false
// skips what is below.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for _, x := range Exprs(n) {
		WalkExpr(x, func(y Expr) bool {
			if t := Table(y); t != nil {
				Walk(t, visit)
			}
			return true
		})
	}
	for _, in := range Inputs(n) {
		Walk(in, visit)
	}
	if r, ok := n.(*Ref); ok {
		Walk(r.Shared.Input, visit)
	}
}

// OfGroup reports whether n stands inside the body of an Apply and is computed from the
// rows of its group.
func OfGroup(n Node) bool {
	found := false
	seen := map[*Shared]bool{} // parts that use each other twice, forty deep, are walked once
	var visit func(n Node) bool
	visit = func(n Node) bool {
		switch n := n.(type) {
		case *Outer:
			found = true
		case *Ref:
			if seen[n.Shared] {
				return false
			}
			seen[n.Shared] = true
		case *Apply: // its body has rows of its own
			Walk(n.Input, visit)
			return false
		}
		return !found
	}
	Walk(n, visit)
	return found
}
