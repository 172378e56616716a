package sqlgen

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Bounds on what a value of a query may become. A column that joins another one to itself
// doubles it, and so do sixty of them in a row.
const (
	usualText = 32       // bytes of a value that is read, for want of a better estimate
	maxText   = 64 << 20 // bytes of a value that the query makes
	maxRepeat = 1024     // of strrep
)

// sizes are the estimated bytes of the columns of a node, by their names.
type sizes map[string]float64

// boundText refuses expressions whose value would outgrow the engine's memory: their size is
// estimated from the operations alone.
func (g *generator) boundText(n plan.Node) sizes {
	if s, ok := g.sized[n]; ok {
		return s
	}
	g.sized[n] = sizes{} // a node does not stand above itself, but a broken plan ends too
	in := sizes{}
	most := float64(usualText)
	for _, input := range plan.Inputs(n) {
		for name, size := range g.boundText(input) {
			in[name] = max(in[name], size)
			most = max(most, size)
		}
	}
	if r, ok := n.(*plan.Ref); ok {
		in = g.boundText(r.Shared.Input)
	}
	e := estimate{g: g, in: in, done: map[plan.Expr]float64{}}
	made := make([]float64, 0, len(in))
	for _, x := range plan.Exprs(n) {
		size := e.of(x)
		made = append(made, size)
		most = max(most, size)
	}
	out := sizes{}
	_, project := n.(*plan.Project)
	for i, c := range n.Schema() {
		size, known := in[c.Name]
		switch {
		case project && i < len(made):
			size = made[i]
		case !known:
			size = most
		}
		if size > usualText {
			out[c.Name] = size
		}
	}
	g.sized[n] = out
	return out
}

// estimate knows the sizes of a node's input. An expression may stand in others at many
// places, so each is looked at once.
type estimate struct {
	g    *generator
	in   sizes
	done map[plan.Expr]float64
}

// of estimates the bytes of an expression's value.
func (e *estimate) of(x plan.Expr) float64 {
	size, ok := e.done[x]
	if !ok {
		size = e.value(x)
		e.done[x] = size
	}
	return size
}

func (e *estimate) value(x plan.Expr) float64 {
	if t := plan.Table(x); t != nil {
		s := e.g.boundText(t)
		if cols := t.Schema(); len(cols) > 0 {
			return max(s[cols[0].Name], usualText)
		}
		return usualText
	}
	switch x := x.(type) {
	case *plan.Const:
		return float64(len(x.Value.Str))
	case *plan.Column:
		return max(e.in[x.Name], usualText)
	case *plan.Call:
		return e.call(x)
	}
	size := 0.0
	for _, y := range plan.Operands(x) {
		size = max(size, e.of(y))
	}
	return size
}

func (e *estimate) call(x *plan.Call) float64 {
	sum, most := 0.0, 0.0
	for _, y := range x.Args {
		part := e.of(y)
		sum += part
		most = max(most, part)
	}
	if x.T != types.String && x.T != types.Dynamic {
		return usualText
	}
	size := most
	switch x.Func.Name {
	case "array_concat", "bag_merge", "bag_pack", "pack_array", "set_union", "strcat", "strcat_delim", "zip":
		size = sum
	case "replace_regex":
		size = sum
	case "replace_string":
		size = sum
		what, ok := constText(x.Args[1])
		if with, ok2 := constText(x.Args[2]); ok && ok2 && what != "" && strings.Contains(with, what) {
			// It may be done again to what it made.
			size = e.of(x.Args[0]) * float64(len(with)) / float64(len(what))
		}
	case "strrep":
		if c, ok := constant(x.Args[1]); ok {
			size = sum * float64(min(max(c.Value.Int, 1), maxRepeat))
		}
	}
	if size > maxText {
		e.g.fail(codeTooComplex, x.At, "make it shorter on the way, as with substring(..)", "a value of '%s' may grow beyond %d MB", x.Func.Name, maxText>>20)
		return usualText // said once
	}
	return size
}

func constant(x plan.Expr) (*plan.Const, bool) {
	if c, ok := x.(*plan.Convert); ok {
		x = c.X
	}
	c, ok := x.(*plan.Const)
	return c, ok && !c.Value.Null
}

func constText(x plan.Expr) (string, bool) {
	c, ok := constant(x)
	if !ok {
		return "", false
	}
	return c.Value.Str, true
}
