package bind

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// clock binds now() and ago(x) to the query's clock.
func (b *binder) clock(e *syntax.Call, v *env) plan.Expr {
	f := builtin.Lookup(e.F.Value, builtin.Scalar)
	now := &plan.Const{Value: types.Value{Type: types.DateTime, Int: b.o.Now}}
	if t, ok := b.settings["query_now"]; ok && t.Type == types.DateTime {
		now.Value = t
	}
	if len(e.Args) == 0 && e.F.Value == "now" {
		return now
	}
	if len(e.Args) != 1 {
		b.countError(f, len(e.Args), e.Span())
		return unknown()
	}
	x := b.scalar(e.Args[0], v)
	if bad(x) {
		return x
	}
	if x.Type() == types.Dynamic {
		x = convert(x, types.TimeSpan)
	}
	if x.Type() != types.TimeSpan {
		hint := ""
		if x.Type().IsNumeric() {
			hint = "give it a unit: " + e.F.Value + "(7d)"
		} else if x.Type() == types.String {
			hint = "a time stands without quotes: " + e.F.Value + "(7d)"
		}
		b.error(codeArgumentType, e.Args[0].Span(), "'"+e.F.Value+"' takes a timespan, this is "+article(x.Type()), hint)
		return unknown()
	}
	sign := "+"
	if e.F.Value == "ago" {
		sign = "-"
		if k, ok := constOf(fold(x)); ok && !k.Null && k.Int < 0 {
			b.warn(codeFuture, e.Span(), "ago of a negative timespan is a time in the future", "write ago(7d) for what was seven days ago")
		}
	}
	return fold(opCall(sign, types.DateTime, e.Span(), now, fold(x)))
}

// binAuto binds bin_auto(x): bin_at by the size and the fixed point that set
// statements give.
func (b *binder) binAuto(e *syntax.Call, v *env) plan.Expr {
	size, ok := b.settings["query_bin_auto_size"]
	if !ok {
		b.error(codeBadValue, e.Span(), "'bin_auto' needs a size", "set query_bin_auto_size = 1h; or write bin(x, 1h)")
		return unknown()
	}
	if len(e.Args) != 1 {
		b.countError(must(builtin.Scalar, "bin_auto"), len(e.Args), e.Span())
		return unknown()
	}
	x := b.scalar(e.Args[0], v)
	if bad(x) {
		return x
	}
	at, ok := b.settings["query_bin_auto_at"]
	if !ok || at.Null {
		at = types.Value{Type: x.Type()}
	}
	f := must(builtin.Scalar, "bin_at")
	args := []plan.Expr{x, &plan.Const{Value: size}, &plan.Const{Value: at}}
	ts := []types.Type{x.Type(), size.Type, at.Type}
	o := choose(f, ts)
	if o == nil {
		b.countError(f, len(ts), e.Span())
		return unknown()
	}
	return b.finishCall(f, o, args, []syntax.Expr{e.Args[0], e, e}, ts, e)
}

// formatLetters are what the formats of format_datetime and format_timespan may hold:
// specifiers and delimiters. There is no way to write other text in them.
//
// Source: https://learn.microsoft.com/kusto/query/format-datetime-function
const formatLetters = "dfFhHmMsty /-:,._[]"

// timeFormat checks the constant format of a time.
func (b *binder) timeFormat(f *builtin.Function, args []plan.Expr, nodes []syntax.Expr) bool {
	if f.Name != "format_datetime" && f.Name != "format_timespan" || len(args) != 2 {
		return true
	}
	format, ok := stringOf(args[1])
	if !ok {
		return true
	}
	odd := strings.Trim(format, formatLetters)
	if odd == "" {
		return true
	}
	r := []rune(odd)[0]
	b.error(codeBadValue, nodes[1].Span(), "the format of '"+f.Name+"' can't hold '"+string(r)+"'", "join texts: strcat(format_datetime(t, \"yyyy-MM-dd\"), \"T\", format_datetime(t, \"HH:mm:ss\"))")
	return false
}
