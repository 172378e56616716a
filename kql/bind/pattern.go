package bind

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// pattern is declare pattern: tables by the values of its arguments and path.
type pattern struct {
	stmt  *syntax.PatternStmt
	scope *scope // where it was declared
}

// declarePattern binds declare pattern.
//
// Source: https://learn.microsoft.com/kusto/query/pattern-statement
func (b *binder) declarePattern(st *syntax.PatternStmt, v *env) {
	if st.Name == nil {
		b.failed = true
		return
	}
	seen := map[string]bool{}
	for _, p := range st.Params {
		if p.Name != nil && p.Type != types.String {
			b.errorf(codeArgumentType, p.Span(), "an argument of a pattern is a string")
		}
	}
	for _, e := range st.Entries {
		if len(e.Values) != len(st.Params) {
			b.errorf(codeArgumentCount, e.Span(), "the pattern takes %d %s, %d found", len(st.Params), plural("argument", len(st.Params), len(st.Params)), len(e.Values))
		}
		if e.Path != nil && st.Path == nil {
			b.errorf(codeArgumentCount, e.Path.Span(), "the pattern declares no path")
		}
		key, ok := patternKey(e.Values, e.Path)
		if !ok {
			b.errorf(codeConstantExpected, e.Span(), "the values of a pattern are string literals")
		}
		if seen[key] {
			b.errorf(codeDuplicateName, e.Span(), "the pattern has these values already")
		}
		seen[key] = true
	}
	b.define(v.scope, st.Name, &entity{pattern: &pattern{stmt: st, scope: v.scope}})
}

// patternKey is the text of string literals; ok is false if one is none.
func patternKey(values []syntax.Expr, path syntax.Expr) (key string, ok bool) {
	var parts []string
	for _, v := range values {
		l, isString := unparen(v).(*syntax.Literal)
		if !isString || l.Kind != syntax.LitString {
			return "", false
		}
		parts = append(parts, jsonString(l.Text))
	}
	key = "(" + strings.Join(parts, ", ") + ")"
	if path != nil {
		l, isString := unparen(path).(*syntax.Literal)
		if !isString || l.Kind != syntax.LitString {
			return "", false
		}
		key += ".[" + jsonString(l.Text) + "]"
	}
	return key, true
}

// calledPattern returns the pattern that a call names, or nil.
func (b *binder) calledPattern(c *syntax.Call, v *env) *pattern {
	if c.F == nil || c.X != nil {
		return nil
	}
	if ent := v.scope.lookup(c.F.Value); ent != nil {
		return ent.pattern
	}
	return nil
}

// callPattern binds pattern(values).path by the body that stands for these values.
func (b *binder) callPattern(p *pattern, c *syntax.Call, path *string, at source.Span, v *env) value {
	values := make([]syntax.Expr, len(c.Args))
	for i, a := range c.Args {
		x, ok := stringOf(fold(b.scalar(a, v.tables())))
		if !ok {
			b.errorf(codeConstantExpected, a.Span(), "an argument of the pattern '%s' is a constant string", c.F.Value)
			return value{rel: badRel()}
		}
		values[i] = &syntax.Literal{Kind: syntax.LitString, Text: x}
	}
	var last syntax.Expr
	if path != nil {
		last = &syntax.Literal{Kind: syntax.LitString, Text: *path}
	}
	want, _ := patternKey(values, last)
	var known []string
	for _, e := range p.stmt.Entries {
		key, _ := patternKey(e.Values, e.Path)
		if key == want {
			return b.patternBody(p, e, at)
		}
		known = append(known, c.F.Value+key)
	}
	hint := "declare it with a definition: declare pattern " + c.F.Value + " = (..) { .. }"
	if len(known) > 0 {
		hint = "it has " + quoted(known[:min(len(known), 5)])
	}
	b.error(codeUnknownFunction, at, "the pattern is not defined for "+c.F.Value+want, hint)
	return value{rel: badRel()}
}

func (b *binder) patternBody(p *pattern, e *syntax.PatternEntry, at source.Span) value {
	if b.depth >= maxDepth {
		b.error(codeTooLarge, at, "patterns call each other too deep", "")
		return value{rel: badRel()}
	}
	b.depth++
	inner := &env{scope: p.scope.inner()}
	result := value{rel: badRel()}
	for _, st := range e.Body {
		if val := b.statement(st, inner); val != nil {
			result = *val
		}
	}
	b.depth--
	return result
}
