package bind

import (
	"regexp"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// searchTable is the column that says from which table a row of search comes.
const searchTable = "$table"

// searchOp binds search: rows of one or many tables in which something matches.
func (b *binder) searchOp(o *syntax.SearchOp, r *rel, v *env) *rel {
	tables := b.searched(o, o.In, r, v)
	kind, p := param(o.Params, "kind")
	if kind != "" && kind != "default" && kind != "case_insensitive" && kind != "case_sensitive" {
		b.error(codeBadParameter, p.Span(), "'"+kind+"' is no kind of search", "kinds are default, case_insensitive and case_sensitive")
	}
	if r == nil && len(o.In) == 0 {
		tables = thatMayMatch(o.Where, tables)
	}
	all := unifyColumns(tables, false)
	var kept []*rel
	anyBad := false
	for _, t := range tables {
		if t.bad {
			anyBad = true
			continue
		}
		if t.empty {
			kept = append(kept, t)
			continue
		}
		in := v.rows(t)
		in.star = starColumns(t)
		in.missing = all.cols
		x := b.searchCondition(o.Where, in, kind == "case_sensitive")
		anyBad = anyBad || bad(x)
		if !bad(x) {
			kept = append(kept, t.with(&plan.Filter{Out: t.same(o.Span()), Input: t.node, Predicate: x}))
		}
	}
	if len(tables) > 0 && len(kept) > 0 && tables[0].empty {
		// the condition is checked even where there is nothing to search
		in := v.rows(&rel{cols: all.cols, node: &plan.Values{}})
		in.star = starColumns(&rel{cols: all.cols[:min(len(all.cols), 1)]})
		anyBad = bad(b.searchCondition(o.Where, in, false)) || anyBad
	}
	if anyBad || len(tables) == 0 {
		return badRel()
	}
	return b.union(kept, false, searchTable, o.Span())
}

// thatMayMatch leaves out the tables without a column that the predicate of a search
// over everything compares: as in find, they are no part of the result. Of no such
// table at all it keeps every one, so that the unknown name is said.
func thatMayMatch(where syntax.Expr, tables []*rel) []*rel {
	var kept []*rel
	for _, t := range tables {
		if t.bad || mayMatch(where, t) {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		return tables
	}
	return kept
}

// mayMatch reports whether a row of t can match a search predicate: a comparison with a
// column that t lacks holds for none.
func mayMatch(e syntax.Expr, t *rel) bool {
	switch x := e.(type) {
	case *syntax.Paren:
		return mayMatch(x.X, t)
	case *syntax.Binary:
		switch x.Op {
		case "and":
			return mayMatch(x.X, t) && mayMatch(x.Y, t)
		case "or":
			return mayMatch(x.X, t) || mayMatch(x.Y, t)
		}
		return !lacksColumn(x.X, t)
	case *syntax.Between:
		return !lacksColumn(x.X, t)
	case *syntax.In:
		return !lacksColumn(x.X, t)
	}
	return true
}

// lacksColumn reports whether e is the name of a column that t does not have.
func lacksColumn(e syntax.Expr, t *rel) bool {
	n, ok := unparen(e).(*syntax.Name)
	return ok && t.cols.Index(n.Value) < 0
}

// searched returns the tables that search or find read.
func (b *binder) searched(o syntax.Operator, in []syntax.Expr, r *rel, v *env) []*rel {
	if r != nil {
		if len(in) > 0 {
			b.notFirst(o, r)
		}
		t := *r
		if !r.plain() {
			t.name = "search_arg0"
			if _, finds := o.(*syntax.FindOp); finds {
				t.name = "find_arg0"
			}
		}
		return []*rel{&t}
	}
	if len(in) == 0 {
		return b.matchingTables("*", v, o.Keyword())
	}
	var tables []*rel
	for _, e := range in {
		tables = append(tables, b.unionTables(e, v, false)...)
	}
	return tables
}

// searchCondition binds a search predicate: words stand for "some column has it".
func (b *binder) searchCondition(e syntax.Expr, v *env, cased bool) plan.Expr {
	switch x := e.(type) {
	case *syntax.Paren:
		return b.searchCondition(x.X, v, cased)
	case *syntax.Star:
		return boolean(true)
	case *syntax.Literal:
		if x.Kind == syntax.LitString {
			return b.searchWord(x.Text, v.star, e.Span(), cased)
		}
		if x.Kind != syntax.LitBool {
			return b.searchWord(x.Text, v.star, e.Span(), cased)
		}
	case *syntax.Call:
		if x.F != nil && x.X == nil && x.F.Value == "not" && len(x.Args) == 1 {
			y := b.searchCondition(x.Args[0], v, cased)
			if bad(y) {
				return y
			}
			return fn("not", types.Bool, e.Span(), y)
		}
	case *syntax.Binary:
		switch x.Op {
		case "and", "or":
			l, r := b.searchCondition(x.X, v, cased), b.searchCondition(x.Y, v, cased)
			if bad(l) || bad(r) {
				return unknown()
			}
			return opCall(x.Op, types.Bool, e.Span(), l, r)
		case ":":
			return b.searchColumn(x, v, cased)
		}
	}
	return b.condition(e, v)
}

// searchColumn binds column:"word".
func (b *binder) searchColumn(e *syntax.Binary, v *env, cased bool) plan.Expr {
	y := b.scalar(e.Y, v)
	word, ok := stringOf(y)
	if bad(y) {
		return y
	}
	if !ok {
		if c, isConst := constOf(y); isConst {
			word, ok = c.Text(), true
		}
	}
	if !ok {
		b.errorf(codeConstantExpected, e.Y.Span(), "a search word must be a constant")
		return unknown()
	}
	if isStar(e.X) {
		return b.searchWord(word, v.star, e.Span(), cased)
	}
	x := b.scalar(e.X, v)
	if bad(x) {
		return x
	}
	if t, ok := asText(x); ok {
		x = t
	} else {
		x = fn("tostring", types.String, e.X.Span(), x)
	}
	return wordMatch(word, x, e.Span(), cased)
}

// searchWord returns the condition that some column has a word.
func (b *binder) searchWord(word string, columns []*plan.Column, at source.Span, cased bool) plan.Expr {
	if word == "*" {
		return boolean(true)
	}
	var any plan.Expr
	if !b.steps(len(columns)/starWork, at) {
		return unknown()
	}
	for _, c := range columns {
		var x plan.Expr = c
		switch c.T {
		case types.String:
		case types.Dynamic:
			x = convert(c, types.String)
		default: // numbers and times are not searched
			continue
		}
		one := wordMatch(word, x, at, cased)
		if any == nil {
			any = one
		} else {
			any = opCall("or", types.Bool, at, any, one)
		}
	}
	if any == nil {
		return boolean(false)
	}
	return any
}

// wordMatch compares text with a search word: stars at its ends and within stand for any text.
func wordMatch(word string, x plan.Expr, at source.Span, cased bool) plan.Expr {
	suffix := ""
	if cased {
		suffix = "_cs"
	}
	inner := strings.Trim(word, "*")
	op := "has"
	switch {
	case strings.Contains(inner, "*"):
		flags := "(?is)"
		if cased {
			flags = "(?s)"
		}
		parts := strings.Split(word, "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		return opCall("matches regex", types.Bool, at, x, text(flags+strings.Join(parts, ".*")))
	case inner == "":
		return boolean(true)
	case strings.HasPrefix(word, "*") && strings.HasSuffix(word, "*"):
		op = "contains"
	case strings.HasSuffix(word, "*"):
		op = "hasprefix"
	case strings.HasPrefix(word, "*"):
		op = "hassuffix"
	}
	return opCall(op+suffix, types.Bool, at, x, text(inner))
}
