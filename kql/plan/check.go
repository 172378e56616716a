package plan

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Check reports the first place where a plan breaks its own rules: a column that the
// input lacks or has in another type, lists that must be parallel, names that
// repeat, an expression without a type. It is for tests and for those who rewrite plans.
func Check(q *Query) error {
	c := &checker{shared: map[*Shared]bool{}}
	for _, s := range q.Shared {
		if err := c.node(s.Input, nil); err != nil {
			return fmt.Errorf("shared #%d: %w", s.ID, err)
		}
		c.shared[s] = true
	}
	for _, r := range q.Results {
		if err := c.node(r.Root, nil); err != nil {
			return err
		}
		for _, col := range r.Root.Schema() {
			if col.Name == IngestionTime {
				return fmt.Errorf("the result shows the hidden column %s", col.Name)
			}
		}
	}
	return nil
}

// checker walks a plan; shared are the parts that may be referred to.
type checker struct{ shared map[*Shared]bool }

// node checks n and what is below it; outer is what Outer stands for.
func (c *checker) node(n Node, outer types.Schema) error {
	if err := unique(n.Schema()); err != nil {
		return fmt.Errorf("%s: %w", head(n), err)
	}
	for i, in := range Inputs(n) {
		below := outer
		if a, ok := n.(*Apply); ok && i == 1 {
			below = a.Input.Schema()
		}
		if err := c.node(in, below); err != nil {
			return err
		}
	}
	if err := c.own(n, outer); err != nil {
		return fmt.Errorf("%s: %w", head(n), err)
	}
	return nil
}

// own checks what n itself says.
func (c *checker) own(n Node, outer types.Schema) error {
	switch n := n.(type) {
	case *Join:
		return c.join(n, outer)
	case *Outer:
		for _, col := range n.Columns {
			if i := outer.Index(col.Name); i < 0 || outer[i].Type != col.Type {
				return fmt.Errorf("the group has no column %s:%s", col.Name, col.Type)
			}
		}
		return nil
	case *Project:
		if len(n.Exprs) != len(n.Columns) {
			return fmt.Errorf("%d expressions for %d columns", len(n.Exprs), len(n.Columns))
		}
		for i, x := range n.Exprs {
			if x.Type() != n.Columns[i].Type {
				return fmt.Errorf("column %s:%s is computed as %s", n.Columns[i].Name, n.Columns[i].Type, x.Type())
			}
		}
	case *Ref:
		if !c.shared[n.Shared] {
			return fmt.Errorf("the shared part is not defined before")
		}
		shared := n.Shared.Input.Schema()
		for _, col := range n.Columns {
			if i := shared.Index(col.Name); i < 0 || shared[i].Type != col.Type {
				return fmt.Errorf("the shared part has no column %s:%s", col.Name, col.Type)
			}
		}
		return nil
	case *Union:
		for i, in := range n.Inputs {
			if err := sameColumns(n.Columns, in.Schema()); err != nil {
				return fmt.Errorf("input %d: %w", i, err)
			}
		}
	case *Values:
		for _, r := range n.Rows {
			if len(r) != len(n.Columns) {
				return fmt.Errorf("%d values for %d columns", len(r), len(n.Columns))
			}
		}
	case *Aggregate:
		if len(n.Keys)+len(n.Aggs) != len(n.Columns) {
			return fmt.Errorf("%d keys and aggregates for %d columns", len(n.Keys)+len(n.Aggs), len(n.Columns))
		}
	case *Distinct, *Filter, *Limit, *Sample, *Serialize, *Sort, *Top:
		if err := sameColumns(n.Schema(), Inputs(n)[0].Schema()); err != nil {
			return err
		}
	}
	return c.expressions(n, outer)
}

// expressions checks the expressions of n against the columns of its inputs.
func (c *checker) expressions(n Node, outer types.Schema) error {
	var visible types.Schema
	for _, in := range Inputs(n) {
		visible = append(visible, in.Schema()...)
	}
	if p, ok := n.(*Plugin); ok {
		// what a spec's expressions read is the plugin's own business
		for _, x := range p.Args {
			if err := c.expr(x, visible, outer); err != nil {
				return err
			}
		}
		return nil
	}
	for _, x := range Exprs(n) {
		if err := c.expr(x, visible, outer); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) join(n *Join, outer types.Schema) error {
	left, right := n.Left.Schema(), n.Right.Schema()
	if len(n.Sources) != len(n.Columns) {
		return fmt.Errorf("%d sources for %d columns", len(n.Sources), len(n.Columns))
	}
	for i, s := range n.Sources {
		side := left
		if s.Right {
			side = right
		}
		if j := side.Index(s.Name); j < 0 || side[j].Type != n.Columns[i].Type {
			return fmt.Errorf("column %s:%s has no source %s", n.Columns[i].Name, n.Columns[i].Type, s.Name)
		}
	}
	for _, on := range n.On {
		if on.Left.Type() != on.Right.Type() {
			return fmt.Errorf("keys of types %s and %s", on.Left.Type(), on.Right.Type())
		}
		if err := c.expr(on.Left, left, outer); err != nil {
			return err
		}
		if err := c.expr(on.Right, right, outer); err != nil {
			return err
		}
	}
	return nil
}

// expr checks one expression over the columns of an input.
func (c *checker) expr(x Expr, columns types.Schema, outer types.Schema) error {
	var err error
	WalkExpr(x, func(y Expr) bool {
		if err != nil {
			return false
		}
		if y.Type() == types.Unknown {
			err = fmt.Errorf("%s has no type", PrintExpr(y))
			return false
		}
		if col, ok := y.(*Column); ok {
			if i := columns.Index(col.Name); i < 0 || columns[i].Type != col.T {
				err = fmt.Errorf("the input has no column %s:%s", col.Name, col.T)
			}
		}
		if t := Table(y); t != nil {
			err = c.node(t, outer)
		}
		return err == nil
	})
	return err
}

func unique(s types.Schema) error {
	seen := make(map[string]bool, len(s))
	for _, c := range s {
		if seen[c.Name] {
			return fmt.Errorf("the column %s is there twice", c.Name)
		}
		seen[c.Name] = true
		if c.Name == "" || c.Type == types.Unknown {
			return fmt.Errorf("the column %q has no name or no type", c.Name)
		}
	}
	return nil
}

func sameColumns(a, b types.Schema) error {
	if len(a) != len(b) {
		return fmt.Errorf("%d columns over an input of %d", len(a), len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			return fmt.Errorf("column %d is %s:%s, the input's %s:%s", i+1, a[i].Name, a[i].Type, b[i].Name, b[i].Type)
		}
	}
	return nil
}
