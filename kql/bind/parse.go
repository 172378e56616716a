package bind

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	kqlsyntax "github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// parsed is a column of a parse pattern and the capture group that holds its text.
type parsed struct {
	name  string
	t     types.Type
	group int64
	at    source.Span
}

// parseOp binds parse and parse-where: the pattern becomes a regular expression,
// each column a capture group of it.
//
// Source: https://learn.microsoft.com/kusto/query/parse-operator
func (b *binder) parseOp(o kqlsyntax.Operator, params []*kqlsyntax.Named, e kqlsyntax.Expr, parts []*kqlsyntax.ParsePart, where bool, r *rel, v *env) *rel {
	kind, p := param(params, "kind")
	switch kind {
	case "":
		kind = "simple"
	case "simple", "regex", "relaxed":
	default:
		b.error(codeBadParameter, p.Span(), "'"+kind+"' is no kind of parse", "kinds are simple, regex and relaxed")
		return badRel()
	}
	flags, _ := param(params, "flags")
	x := b.scalar(e, v.rows(r))
	if !b.checkPattern(parts) {
		return badRel()
	}
	pattern, columns := parsePattern(kind, flags, parts)
	if kind == "regex" {
		if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
			b.errorf(codeBadPattern, o.Span(), "the pattern is no regular expression: %v", err)
			return badRel()
		}
	}
	if bad(x) || r.bad {
		return b.parsedColumns(r, columns, nil, o.Span())
	}
	if x.Type() != types.String {
		if x.Type() == types.Dynamic {
			x = convert(x, types.String)
		} else {
			x = fn("tostring", types.String, e.Span(), x)
		}
	}
	return b.parseWith(o, pattern, columns, x, kind != "relaxed", where, r)
}

// parseWith computes the columns of a parse over text x. strict says that all
// columns must convert, or none has a value.
func (b *binder) parseWith(o kqlsyntax.Operator, pattern string, columns []parsed, x plan.Expr, strict, where bool, r *rel) *rel {
	at := o.Span()
	values := make([]plan.Expr, len(columns))
	var valid plan.Expr
	for i, c := range columns {
		group := fn("extract", types.String, at, text(pattern), long(c.group), x)
		values[i] = typedText(group, c.t, at)
		if c.t == types.String || c.t == types.Dynamic {
			continue
		}
		ok := fn("isnotnull", types.Bool, at, values[i])
		if valid == nil {
			valid = ok
		} else {
			valid = opCall("and", types.Bool, at, valid, ok)
		}
	}
	if where {
		var match plan.Expr = opCall("matches regex", types.Bool, at, x, text(pattern))
		if valid != nil && strict {
			match = opCall("and", types.Bool, at, match, valid)
		}
		r = r.with(&plan.Filter{Out: r.same(at), Input: r.node, Predicate: match})
	} else if strict && valid != nil {
		for i, c := range columns {
			values[i] = fn("iff", c.t, at, valid, values[i], nullOf(c.t))
		}
	}
	return b.parsedColumns(r, columns, values, at)
}

// parsedColumns puts the columns behind r's, or in the place of those of the same name.
func (b *binder) parsedColumns(r *rel, columns []parsed, values []plan.Expr, at source.Span) *rel {
	p := newProjection()
	p.all(r)
	for i, c := range columns {
		out := outColumn{name: c.name, t: c.t, x: unknown()}
		if values != nil {
			out.x = values[i]
		}
		b.declare(p, out, c.at, true)
	}
	return b.finish(p, r, at)
}

// typedText converts text to a type as the to.. functions do.
func typedText(x plan.Expr, t types.Type, at source.Span) plan.Expr {
	name := map[types.Type]string{
		types.Bool: "tobool", types.DateTime: "todatetime", types.Decimal: "todecimal", types.Dynamic: "parse_json", types.GUID: "toguid",
		types.Int: "toint", types.Long: "tolong", types.Real: "toreal", types.TimeSpan: "totimespan",
	}[t]
	if name == "" {
		return x
	}
	return &plan.Call{Func: must(builtin.Scalar, name), Args: []plan.Expr{x}, T: t, At: at}
}

// checkPattern reports parts of a parse pattern that can't follow each other.
func (b *binder) checkPattern(parts []*kqlsyntax.ParsePart) bool {
	ok := true
	fail := func(p *kqlsyntax.ParsePart, message, hint string) {
		b.error(codeBadPattern, p.Span(), message, hint)
		ok = false
	}
	seen := map[string]bool{}
	for i, p := range parts {
		var before *kqlsyntax.ParsePart
		if i > 0 {
			before = parts[i-1]
		}
		switch {
		case p.Star:
			if i+1 < len(parts) && parts[i+1].Text == nil {
				fail(p, "a text must follow * in a parse pattern", "")
			}
			if before != nil && before.Column != nil && textColumn(before.Column) {
				fail(p, "* behind a string column is ambiguous", "put the text that ends the column between them")
			}
		case p.Column != nil:
			if before != nil && before.Text == nil {
				fail(p, "a text must stand before a column of a parse pattern", "")
			}
			if seen[p.Column.Name.Value] {
				fail(p, "the column '"+p.Column.Name.Value+"' is declared twice", "")
			}
			seen[p.Column.Name.Value] = true
		}
	}
	return ok
}

func textColumn(c *kqlsyntax.TypedName) bool {
	return c.Type == types.String || c.Type == types.Unknown
}

// parsePattern writes a parse pattern as a regular expression anchored at the
// beginning. Text is as short as what follows allows, the last column takes the
// rest; in regex mode text is as long as possible.
func parsePattern(kind, flags string, parts []*kqlsyntax.ParsePart) (pattern string, columns []parsed) {
	var w strings.Builder
	short, long := "(.*?)", "(.*)"
	if kind == "regex" {
		short = "(.*)"
		if flags != "" {
			w.WriteString("(?" + flags + ")")
		}
	} else {
		w.WriteString("(?s)")
	}
	w.WriteByte('^')
	group := int64(0)
	for i, p := range parts {
		switch {
		case p.Star:
			if kind == "regex" && strings.Contains(flags, "U") {
				w.WriteString(".*")
			} else {
				w.WriteString(".*?")
			}
		case p.Text != nil:
			if kind != "regex" {
				w.WriteString(regexp.QuoteMeta(p.Text.Text))
				break
			}
			w.WriteString("(?:" + p.Text.Text + ")")
			group += countGroups(p.Text.Text)
		case p.Column != nil:
			group++
			t := p.Column.Type
			if t == types.Unknown {
				t = types.String
			}
			columns = append(columns, parsed{p.Column.Name.Value, t, group, p.Span()})
			last := i == len(parts)-1
			starNext := !last && parts[i+1].Star
			switch {
			case starNext || kind == "regex" && t != types.String:
				w.WriteString(valuePattern(t))
				if kind == "relaxed" {
					w.WriteByte('?')
				}
			case last:
				w.WriteString(long)
			default:
				w.WriteString(short)
			}
			if last && kind != "regex" {
				w.WriteByte('$')
			}
		}
	}
	return w.String(), columns
}

// valuePattern matches the text of a value whose end nothing else marks.
func valuePattern(t types.Type) string {
	switch t {
	case types.Int, types.Long:
		return `([-+]?\d+)`
	case types.Real, types.Decimal:
		return `([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)`
	case types.Bool:
		return `([Tt]rue|[Ff]alse|[01])`
	case types.GUID:
		return `([0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12})`
	case types.DateTime:
		return `([-0-9/:.TZ+]+(?: [0-9:.]+(?: ?[AP]M)?)?)`
	case types.TimeSpan:
		return `(-?[0-9:.]+[a-z]*)`
	}
	return `(.*)`
}

// countGroups counts the capture groups of a regular expression.
func countGroups(pattern string) int64 {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	return int64(re.MaxCap())
}

// parseKvOp binds parse-kv.
//
// Source: https://learn.microsoft.com/kusto/query/parse-kv-operator
func (b *binder) parseKvOp(o *kqlsyntax.ParseKvOp, r *rel, v *env) *rel {
	x := b.scalar(o.X, v.rows(r))
	keys := b.declaredColumns(o.Columns)
	spec := &plan.KeyValueSpec{Keys: keys}
	for _, p := range o.With {
		if len(p.Names) != 1 {
			continue
		}
		s := paramText(p.X)
		switch p.Names[0].Value {
		case "pair_delimiter":
			spec.PairDelimiter = s
		case "kv_delimiter":
			spec.KeyDelimiter = s
		case "quote":
			spec.Quotes = append(spec.Quotes, s)
		case "escape":
			spec.Escapes = append(spec.Escapes, s)
		case "greedy":
			spec.Greedy = s == "true"
		case "regex":
			spec.Regex = s
			if re, err := regexp.Compile(s); err != nil || re.NumSubexp() != 2 {
				b.errorf(codeBadPattern, p.Span(), "the regex of parse-kv needs two groups, for key and value")
				return badRel()
			}
		default:
			b.errorf(codeBadParameter, p.Span(), "'%s' is no property of parse-kv", p.Names[0].Value)
		}
	}
	p := newProjection()
	p.all(r)
	for i, c := range keys {
		b.declare(p, outColumn{name: c.Name, t: c.Type, x: unknown()}, o.Columns[min(i, len(o.Columns)-1)].Span(), true)
	}
	cols, _ := p.schema()
	if bad(x) || r.bad {
		return &rel{bad: true, open: true, cols: cols, node: r.node}
	}
	if x.Type() != types.String {
		x = fn("tostring", types.String, o.X.Span(), x)
	}
	out := *r.visible()
	out.node = &plan.Plugin{Out: plan.Out{Columns: cols, At: o.Span()}, Name: "parse-kv", Input: out.node, Args: []plan.Expr{x}, Spec: spec}
	out.cols = cols
	return &out
}
