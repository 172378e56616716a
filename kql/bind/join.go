package bind

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

var joinKinds = map[string]plan.JoinKind{
	"": plan.InnerUnique, "innerunique": plan.InnerUnique, "inner": plan.Inner,
	"leftouter": plan.LeftOuter, "left-outer": plan.LeftOuter, "outer": plan.FullOuter,
	"rightouter": plan.RightOuter, "right-outer": plan.RightOuter,
	"fullouter": plan.FullOuter, "full-outer": plan.FullOuter,
	"leftsemi": plan.LeftSemi, "left-semi": plan.LeftSemi, "semi": plan.LeftSemi,
	"rightsemi": plan.RightSemi, "right-semi": plan.RightSemi,
	"leftanti": plan.LeftAnti, "left-anti": plan.LeftAnti, "leftantisemi": plan.LeftAnti, "anti": plan.LeftAnti,
	"rightanti": plan.RightAnti, "right-anti": plan.RightAnti, "rightantisemi": plan.RightAnti,
	"cross": plan.Cross,
}

// joinOp binds join.
func (b *binder) joinOp(o *syntax.JoinOp, r *rel, v *env) *rel {
	text, p := param(o.Params, "kind")
	kind, ok := joinKinds[text]
	if !ok {
		hint := "kinds are innerunique, inner, leftouter, rightouter, fullouter, leftsemi, rightsemi, leftanti, rightanti"
		if meant := joinKindFor[strings.ToLower(text)]; meant != "" {
			hint = "did you mean '" + meant + "'? " + hint
		}
		b.error(codeBadParameter, p.Span(), "'"+text+"' is no kind of join", hint)
	}
	right := b.table(o.Right, v).visible()
	left := r.visible()
	if o.Where != nil {
		b.error(codeJoinCondition, o.Where.Span(), "a join needs 'on' with columns that are equal on both sides", "join on columns, then filter with where")
		return badRel()
	}
	if len(o.On) == 0 && kind != plan.Cross {
		if len(o.Params) == 0 || text != "cross" {
			b.error(codeJoinCondition, o.Keyword(), "this join has no condition", "write on Column, or on $left.A == $right.B")
		}
	}
	keys := b.conditions(o.On, left, right, v)
	b.warnTimeJoin(keys.on, left, right, o)
	var cols types.Schema
	var sources []plan.JoinSource
	var open []*rel
	if kind != plan.RightSemi && kind != plan.RightAnti {
		open = append(open, left)
		for _, c := range left.cols {
			cols = append(cols, c)
			sources = append(sources, plan.JoinSource{Name: c.Name})
		}
	}
	if kind != plan.LeftSemi && kind != plan.LeftAnti {
		open = append(open, right)
		for _, c := range right.cols {
			cols = append(cols, c)
			sources = append(sources, plan.JoinSource{Right: true, Name: c.Name})
		}
	}
	return b.join(kind, left, right, keys, uniqueColumns(cols), sources, open, o.Span())
}

// join makes the node of a join.
func (b *binder) join(kind plan.JoinKind, left, right *rel, k joinKeys, cols types.Schema, sources []plan.JoinSource, open []*rel, at source.Span) *rel {
	if left.bad || right.bad {
		return &rel{bad: true, open: true, cols: cols, node: left.node}
	}
	on := k.on
	if k.never {
		on = append(slices.Clone(on), plan.On{Left: long(0), Right: long(1)})
	}
	if kind == plan.Cross {
		on = nil
	}
	node := &plan.Join{
		Out: plan.Out{Columns: cols, At: at}, Kind: kind,
		Left: left.node, Right: right.node, On: on, Sources: sources,
	}
	out := newRel(node, cols)
	out.opens(open...)
	out.aliases = mergeAliases(left, right, cols)
	return out
}

// mergeAliases keeps the other names of the left side's columns.
func mergeAliases(left, _ *rel, cols types.Schema) map[string]string {
	c := rel{cols: cols, aliases: left.aliases}
	c.keepAliases()
	return c.aliases
}

// uniqueColumns renames columns that repeat a name: the first keeps it, [c, c, c1]
// becomes [c, c2, c1].
func uniqueColumns(cols types.Schema) types.Schema {
	first := make(map[string]int, len(cols))
	names := make(uniqueNames, len(cols))
	for i, c := range cols {
		if _, ok := first[c.Name]; !ok {
			first[c.Name] = i
			names[c.Name] = 0
		}
	}
	out := append(types.Schema(nil), cols...)
	for i, c := range cols {
		if first[c.Name] != i {
			out[i].Name = names.add(c.Name, c.Name)
		}
	}
	return out
}

// conditions binds the on list of join and lookup.
func (b *binder) conditions(list []syntax.Expr, left, right *rel, v *env) joinKeys {
	var k joinKeys
	for _, e := range list {
		k = b.joinCondition(k, e, left, right, v)
	}
	return k
}

// joinKeys are the equalities of a join.
type joinKeys struct {
	on []plan.On
	// never says that a key is a column that no row has: nothing matches.
	never bool
}

func (b *binder) joinCondition(k joinKeys, e syntax.Expr, left, right *rel, v *env) joinKeys {
	e = unparen(e)
	switch x := e.(type) {
	case *syntax.Bad:
		b.failed = true
		return k
	case *syntax.Name:
		l, r := b.sideColumn(left, x), b.sideColumn(right, x)
		if l == nil || r == nil {
			b.missingSide(x, l, r, left, right)
			return k
		}
		return b.addOn(k, l, r, e.Span())
	case *syntax.Binary:
		switch x.Op {
		case "and":
			k = b.joinCondition(k, x.X, left, right, v)
			return b.joinCondition(k, x.Y, left, right, v)
		case "==":
			return b.joinEquality(k, x, left, right, v)
		}
	}
	b.error(codeJoinCondition, e.Span(), "a join condition is a column of both sides, or $left.A == $right.B",
		"compute other conditions before the join with extend, or filter after it with where")
	return k
}

// sideColumn returns a column of one side, nil if it has none of the name.
func (b *binder) sideColumn(r *rel, n *syntax.Name) plan.Expr {
	if i := r.index(n.Value); i >= 0 {
		return r.column(i)
	}
	if r.bad {
		return unknown()
	}
	if r.openTo(n.Value) {
		return b.openColumn(n, r)
	}
	return nil
}

func (b *binder) missingSide(n *syntax.Name, l, r plan.Expr, left, right *rel) {
	where, cols := "left", left.cols
	if l != nil {
		where, cols = "right", right.cols
	}
	if l == nil && r == nil {
		where = "left and right"
	}
	near := b.nearColumn(n.Value, cols)
	hint := ""
	var fix *source.Fix
	if near != "" {
		hint = "join on different names with $left.A == $right.B; the " + where + " side has " + near
		equal := ""
		if l != nil {
			equal = "$left." + n.Value + " == $right." + near
		} else if r != nil {
			equal = "$left." + near + " == $right." + n.Value
		}
		if equal != "" {
			hint, fix = "write on "+equal, source.Replace(n.Span(), equal)
		}
	}
	b.report(source.Diagnostic{Code: codeJoinSides, Span: n.Span(), Hint: hint, Fix: fix,
		Message: "'" + n.Value + "' must be a column of both sides, the " + where + " side has none"})
}

// joinEquality binds $left.a == $right.b, either way round.
func (b *binder) joinEquality(k joinKeys, e *syntax.Binary, left, right *rel, v *env) joinKeys {
	x, xSide := b.sideOf(e.X, left, right, v)
	y, ySide := b.sideOf(e.Y, left, right, v)
	if xSide == 'r' && ySide == 'l' {
		x, y, xSide, ySide = y, x, ySide, xSide
	}
	if xSide != 'l' || ySide != 'r' {
		hint := "write $left.A == $right.B"
		if l, ok := e.X.(*syntax.Member); ok && l.Name != nil {
			if r, ok := e.Y.(*syntax.Member); ok && r.Name != nil {
				hint = "the sides are called $left and $right: $left." + l.Name.Value + " == $right." + r.Name.Value
			}
		}
		b.error(codeJoinCondition, e.Span(), "an equality in a join compares a column of each side", hint)
		return k
	}
	if x == nil || y == nil {
		return k
	}
	return b.addOn(k, x, y, e.Span())
}

// sideOf binds one operand of a join's equality: side is 'l', 'r' or 0.
func (b *binder) sideOf(e syntax.Expr, left, right *rel, v *env) (x plan.Expr, side byte) {
	e = unparen(e)
	if m, ok := e.(*syntax.Member); ok {
		if n, isName := unparen(m.X).(*syntax.Name); isName && !n.Quoted && (n.Value == "$left" || n.Value == "$right") {
			r, side := left, byte('l')
			if n.Value == "$right" {
				r, side = right, 'r'
			}
			x := b.columnOf(r, m.Name, "the "+n.Value[1:]+" side")
			return x, side
		}
	}
	return nil, 0
}

// addOn checks the types of an equality and adds it.
func (b *binder) addOn(k joinKeys, x, y plan.Expr, at source.Span) joinKeys {
	if bad(x) || bad(y) {
		return k
	}
	if isOpenColumn(x) || isOpenColumn(y) || constant(x) || constant(y) {
		k.never = true
		return k
	}
	for _, key := range []plan.Expr{x, y} {
		if key.Type() == types.Dynamic {
			name := plan.PrintExpr(key)
			b.error(codeDynamicKey, at, "'"+name+"' is a dynamic value, a join needs plain keys", "convert it before the join: extend "+name+" = tostring("+name+")")
			return k
		}
	}
	if x.Type() != y.Type() {
		if integral(x.Type()) && integral(y.Type()) {
			t := wider(x.Type(), y.Type())
			k.on = append(k.on, plan.On{Left: convert(x, t), Right: convert(y, t)})
			return k
		}
		b.error(codeJoinKeyTypes, at, "the join keys have different types: "+x.Type().String()+" on the left, "+y.Type().String()+" on the right",
			"convert one side before the join: extend key = to"+x.Type().String()+"(..)")
		return k
	}
	k.on = append(k.on, plan.On{Left: x, Right: y})
	return k
}

// warnTimeJoin warns of a join on equal time stamps of different tables.
func (b *binder) warnTimeJoin(on []plan.On, left, right *rel, o *syntax.JoinOp) {
	if left.table == right.table && left.table != "" {
		return
	}
	for i, c := range on {
		x, ok := c.Left.(*plan.Column)
		if !ok || x.T != types.DateTime {
			continue
		}
		if !isEventTime(x.Name) {
			continue
		}
		var at source.Span
		if i < len(o.On) {
			at = o.On[i].Span()
		}
		y, _ := c.Right.(*plan.Column)
		near := "| where abs(" + x.Name + " - " + suffixed(y, left) + ") < 2h"
		b.report(source.Diagnostic{Code: codeJoinOnTime, Severity: source.Warning, Span: at,
			Message: "two events rarely have the same time stamp to 100 ns: this join will hardly match",
			Hint:    "join on the other columns, then keep what is close in time: " + near, Fix: closeInTime(o, i, near)})
		return
	}
}

// closeInTime takes the i-th condition from a join and keeps what is near behind it.
// The only condition can't be taken.
func closeInTime(o *syntax.JoinOp, i int, near string) *source.Fix {
	if i >= len(o.On) || len(o.On) < 2 {
		return nil
	}
	cut := source.Span{Start: o.On[i].Span().Start}
	if i+1 < len(o.On) {
		cut.End = o.On[i+1].Span().Start
	} else {
		cut = source.Span{Start: o.On[i-1].Span().End, End: o.On[i].Span().End}
	}
	end := o.Span().End
	return &source.Fix{Edits: []source.Edit{{Span: cut}, {Span: source.Span{Start: end, End: end}, Text: "\n" + near}}}
}

// suffixed is the name of a right column behind the join.
func suffixed(c *plan.Column, left *rel) string {
	if c == nil {
		return "Timestamp1"
	}
	if left.cols.Index(c.Name) >= 0 {
		return c.Name + "1"
	}
	return c.Name
}

func isEventTime(name string) bool {
	for _, t := range timeColumns {
		if t == name {
			return true
		}
	}
	return name == "EventTime"
}

// lookupOp binds lookup: a left outer (or inner) join without the right keys.
func (b *binder) lookupOp(o *syntax.LookupOp, r *rel, v *env) *rel {
	text, p := param(o.Params, "kind")
	kind, ok := map[string]plan.JoinKind{"": plan.LeftOuter, "leftouter": plan.LeftOuter, "inner": plan.Inner}[text]
	if !ok {
		b.error(codeBadParameter, p.Span(), "'"+text+"' is no kind of lookup", "kinds are leftouter and inner")
	}
	right := b.table(o.Right, v).visible()
	left := r.visible()
	if len(o.On) == 0 {
		b.error(codeJoinCondition, o.Keyword(), "this lookup has no condition", "write on Column, or on $left.A == $right.B")
	}
	on := b.conditions(o.On, left, right, v)
	keys := map[string]bool{}
	for _, c := range on.on {
		plan.WalkExpr(c.Right, func(x plan.Expr) bool {
			if col, ok := x.(*plan.Column); ok {
				keys[col.Name] = true
			}
			return true
		})
	}
	var cols types.Schema
	var sources []plan.JoinSource
	for _, c := range left.cols {
		cols = append(cols, c)
		sources = append(sources, plan.JoinSource{Name: c.Name})
	}
	for _, c := range right.cols {
		if !keys[c.Name] {
			cols = append(cols, c)
			sources = append(sources, plan.JoinSource{Right: true, Name: c.Name})
		}
	}
	return b.join(kind, left, right, on, uniqueColumns(cols), sources, []*rel{left, right}, o.Span())
}

// integral reports whether t is int or long.
func integral(t types.Type) bool { return t == types.Int || t == types.Long }
