package sqlgen

import (
	"math"
	"strings"
	"unicode/utf8"

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
		with, ok2 := constText(x.Args[2])
		if ok && ok2 && what != "" && (strings.Contains(with, what) || single(what)) {
			// It may be done again to what it made, or to what others make of that.
			size = e.of(x.Args[0]) * max(1, float64(len(with))/float64(len(what)))
			if size > maxText {
				size = min(size, e.replaced(x))
			}
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

// maxChain is how many replacements of one another replaced looks at.
const maxChain = 256

// replaced estimates what nested replacements of single characters by constants make. Such
// a one is done to every character by itself, so together they grow a text as much as they
// grow one of its characters: a hundred of them that each put a byte behind another
// character double it once.
func (e *estimate) replaced(x plan.Expr) float64 {
	var pairs []string // a character and what stands for it, the outermost first
	for len(pairs) < 2*maxChain {
		call, ok := x.(*plan.Call)
		if !ok || call.Func.Name != "replace_string" {
			break
		}
		what, ok := constText(call.Args[1])
		with, ok2 := constText(call.Args[2])
		if !ok || !ok2 || !single(what) {
			break
		}
		pairs = append(pairs, what, with)
		x = call.Args[0]
	}
	grown := 1.0
	for i := 0; i < len(pairs); i += 2 {
		text := pairs[i]
		for k := len(pairs) - 2; k >= 0; k -= 2 {
			if text = strings.ReplaceAll(text, pairs[k], pairs[k+1]); len(text) > maxText/usualText {
				return math.Inf(1)
			}
		}
		grown = max(grown, float64(len(text))/float64(len(pairs[i])))
	}
	return e.of(x) * grown
}

// single says whether a text is one character.
func single(text string) bool { return utf8.RuneCountInString(text) == 1 }

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
