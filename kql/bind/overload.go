package bind

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// match grades how an argument fits a parameter, better ones greater.
type match uint8

const (
	matchNone match = iota
	matchUnknown
	matchPromoted
	matchOneOfMany
	matchScalar
	matchExact
)

func grade(p builtin.Param, t types.Type) match {
	if t == types.Unknown {
		return matchUnknown
	}
	if p.Types == nil {
		return matchScalar
	}
	best := matchNone
	for _, c := range p.Types {
		switch {
		case c == t && len(p.Types) == 1:
			return matchExact
		case c == t:
			return matchOneOfMany
		case promotable(t, c) && !(t == types.Dynamic && p.NeverDynamic()):
			best = matchPromoted
		}
	}
	return best
}

// choose returns the overload that fits the arguments best, nil if none takes so
// many. The overload that fits most arguments wins, then the one whose worst
// argument fits best, then the one whose best does.
func choose(f *builtin.Function, args []types.Type) *builtin.Overload {
	var best *builtin.Overload
	var bestScore [3]int
	for i := range f.Overloads {
		o := &f.Overloads[i]
		if !o.Accepts(len(args)) {
			continue
		}
		score := [3]int{0, int(matchExact), 0}
		for j, t := range args {
			g := int(grade(o.Param(j, len(args)), t))
			if g > 0 {
				score[0]++
			}
			score[1] = min(score[1], g)
			score[2] = max(score[2], g)
		}
		if best == nil || better(score, bestScore) {
			best, bestScore = o, score
		}
	}
	return best
}

func better(a, b [3]int) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] > b[i]
		}
	}
	return false
}

// countError reports a wrong number of arguments.
func (b *binder) countError(f *builtin.Function, n int, at source.Span) {
	least, most, block := -1, 0, 0
	for _, o := range f.Overloads {
		block = max(block, o.Block)
		required := 0
		for _, p := range o.Params {
			if !p.Optional {
				required++
			}
		}
		if least < 0 || required < least {
			least = required
		}
		switch {
		case o.Max > 0:
			most = max(most, o.Max)
		case o.Variadic || o.Block > 0:
			most = 1 << 30
		default:
			most = max(most, len(o.Params))
		}
	}
	want := itoa(least) + " to " + itoa(most)
	switch {
	case most >= 1<<30:
		want = "at least " + itoa(least)
	case least == most:
		want = itoa(least)
	}
	if block > 1 && n > least {
		b.error(codeArgumentCount, at, "'"+f.Name+"' takes "+itoa(least)+", "+itoa(least+block)+", "+itoa(least+2*block)+" .. arguments, "+itoa(n)+" found", usage(f))
		return
	}
	b.error(codeArgumentCount, at, "'"+f.Name+"' takes "+want+plural(" argument", max(least, 1), most)+", "+itoa(n)+" found", usage(f))
}

func plural(word string, least, most int) string {
	if least == 1 && most == 1 {
		return word
	}
	return word + "s"
}

// usage shows how a function is called.
func usage(f *builtin.Function) string {
	if len(f.Overloads) == 0 {
		return ""
	}
	var parts []string
	o := f.Overloads[0]
	for _, p := range o.Params {
		name := p.Name
		if p.Optional {
			name = "[" + name + "]"
		}
		parts = append(parts, name)
	}
	if o.Variadic || o.Block > 0 {
		parts = append(parts, "..")
	}
	return f.Name + "(" + strings.Join(parts, ", ") + ")"
}

// arguments checks bound arguments against an overload and converts them. skip
// says which arguments the call does not carry.
func (b *binder) arguments(f *builtin.Function, o *builtin.Overload, args []plan.Expr, nodes []syntax.Expr) bool {
	ok := true
	for i, x := range args {
		if x == nil || bad(x) {
			ok = ok && x == nil
			continue
		}
		p := o.Param(i, len(args))
		if grade(p, x.Type()) == matchNone && grade(p, types.Dynamic) != matchNone {
			x = b.asDynamic(x, nodes[i].Span())
			args[i] = x
		}
		if grade(p, x.Type()) == matchNone {
			b.argumentError(f, p, x.Type(), nodes[i].Span())
			ok = false
			continue
		}
		if p.Const && !constant(x) {
			b.error(codeConstantExpected, nodes[i].Span(),
				"'"+p.Name+"' of '"+f.Name+"' must be the same for all rows", "use a literal or a let")
			ok = false
			continue
		}
		args[i] = fit(x, p)
	}
	return ok
}

// fit converts an argument to the type that the parameter takes.
func fit(x plan.Expr, p builtin.Param) plan.Expr {
	t := x.Type()
	if p.Types == nil {
		return x
	}
	for _, c := range p.Types {
		if c == t {
			return x
		}
	}
	for _, c := range p.Types {
		if promotable(t, c) {
			return convert(x, c)
		}
	}
	return x
}

func (b *binder) argumentError(f *builtin.Function, p builtin.Param, t types.Type, at source.Span) {
	hint := ""
	switch {
	case len(p.Types) == 1 && p.Types[0] == types.Dynamic && t == types.String:
		hint = "parse the text first: parse_json(..)"
	case p.NeverDynamic():
		hint = "convert it, as in tostring(..)"
	case len(p.Types) > 0 && p.Types[0] != types.Dynamic:
		hint = "convert it: to" + p.Types[0].String() + "(..)"
	}
	b.error(codeArgumentType, at, "'"+p.Name+"' of '"+f.Name+"' takes "+typeList(p.Types)+", this is "+article(t), hint)
}

func typeList(ts []types.Type) string {
	if len(ts) == 0 {
		return "any value"
	}
	names := make([]string, len(ts))
	for i, t := range ts {
		names[i] = t.String()
	}
	if len(names) == 1 {
		return article(ts[0])
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// unify converts the arguments of Common parameters to the result's type.
func unify(o *builtin.Overload, args []plan.Expr, t types.Type) {
	for i, x := range args {
		if x != nil && o.Param(i, len(args)).Common {
			args[i] = convert(x, t)
		}
	}
}
