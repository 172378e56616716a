package sqlgen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
)

// Lets and functions are written out where they are used, and those that use each other
// twice double at each level. From manyParts parts on, expressions are searched for
// parts of at least commonParts that occur more than once: those are computed once.
const (
	manyParts   = 500
	commonParts = 16
	maxCalls    = 20_000 // in the expressions of one operator, above which the engine takes gigabytes
)

// common returns the innermost large parts that occur more than once in xs, each one
// with all the expressions that equal it, and the number of calls in xs.
func common(xs []plan.Expr, hoisted map[plan.Expr]string) (found [][]plan.Expr, calls int) {
	n := 0
	for _, x := range xs {
		plan.WalkExpr(x, func(x plan.Expr) bool {
			n++
			if _, ok := x.(*plan.Call); ok && hoisted[x] == "" {
				calls++
			}
			return hoisted[x] == ""
		})
	}
	if n < manyParts {
		return nil, calls
	}
	c := &commons{hoisted: hoisted, ids: map[string]int{}}
	for _, x := range xs {
		c.part(x)
	}
	for _, k := range c.kinds {
		if k.repeats() && !k.outer(c.kinds) {
			found = append(found, k.at)
		}
	}
	return found, calls
}

// commons tells equal parts of expressions from others.
type commons struct {
	hoisted map[plan.Expr]string
	ids     map[string]int // of kinds, by what they are made of
	kinds   []*kind
}

// kind is what equal parts have in common.
type kind struct {
	at       []plan.Expr
	operands []int
	size     int
	volatile bool
	common   int // 0 unknown, 1 it is or holds a part that is worth computing once, 2 not
}

// part returns the id of x's kind.
func (c *commons) part(x plan.Expr) int {
	var key strings.Builder
	k := kind{size: 1}
	if name := c.hoisted[x]; name != "" {
		key.WriteString("hoisted " + strconv.Quote(name))
	} else {
		c.describe(&key, x, &k)
	}
	id, ok := c.ids[key.String()]
	if !ok {
		id = len(c.kinds)
		c.ids[key.String()] = id
		c.kinds = append(c.kinds, &k)
	}
	c.kinds[id].at = append(c.kinds[id].at, x)
	return id
}

// describe writes what makes x equal to another expression.
func (c *commons) describe(key *strings.Builder, x plan.Expr, k *kind) {
	switch x := x.(type) {
	case *plan.Call:
		fmt.Fprintf(key, "call %s %s", x.Func.Name, x.T)
		k.volatile = x.Func.Volatile || x.Func.Kind == builtin.Window
	case *plan.Column:
		key.WriteString("column " + strconv.Quote(x.Name))
	case *plan.Const:
		v := x.Value
		if v.Null || len(v.Str) > 1000 {
			fmt.Fprintf(key, "at %p", x)
			break
		}
		fmt.Fprintf(key, "const %s %v", v.Type, v)
	case *plan.Convert:
		fmt.Fprintf(key, "convert %s", x.T)
	case *plan.Path:
		key.WriteString("path")
	case *plan.ScalarQuery:
		if r, ok := x.Table.(*plan.Ref); ok {
			fmt.Fprintf(key, "first of %p", r.Shared)
			k.size = commonParts
			break
		}
		fmt.Fprintf(key, "at %p", x)
	default:
		fmt.Fprintf(key, "at %p", x)
	}
	for _, o := range plan.Operands(x) {
		id := c.part(o)
		k.operands = append(k.operands, id)
		k.size += c.kinds[id].size
		k.volatile = k.volatile || c.kinds[id].volatile
		fmt.Fprintf(key, " %d", id)
	}
}

// repeats reports whether k is a large part that occurs more than once with one value.
func (k *kind) repeats() bool {
	return len(k.at) > 1 && k.size >= commonParts && !k.volatile
}

// outer reports whether a part of k is worth computing once before k itself is.
func (k *kind) outer(kinds []*kind) bool {
	for _, id := range k.operands {
		if kinds[id].worth(kinds) {
			return true
		}
	}
	return false
}

func (k *kind) worth(kinds []*kind) bool {
	if k.common == 0 {
		k.common = 2
		if k.repeats() || k.outer(kinds) {
			k.common = 1
		}
	}
	return k.common == 1
}
