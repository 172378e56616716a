package bind

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// autoName returns the name of a column that an expression gets without an author's
// one; ok is false where it is Column1, Column2 ..
func (b *binder) autoName(e syntax.Expr, v *env) (name string, ok bool) {
	switch e := e.(type) {
	case *syntax.Paren:
		return b.autoName(e.X, v)
	case *syntax.Name:
		return e.Value, true
	case *syntax.Named:
		if len(e.Names) > 0 {
			return e.Names[0].Value, true
		}
	case *syntax.ToTypeof:
		return b.autoName(e.X, v)
	case *syntax.Member:
		if n, isName := e.X.(*syntax.Name); isName && (n.Value == "$left" || n.Value == "$right") && !n.Quoted {
			return e.Name.Value, true
		}
		left, _ := b.autoName(e.X, v)
		return joinName(left, e.Name.Value), true
	case *syntax.Index:
		left, _ := b.autoName(e.X, v)
		return joinName(left, indexName(e.I)), true
	case *syntax.Call:
		if e.X == nil && e.F != nil {
			return b.callName(e, v)
		}
	}
	return "", false
}

func joinName(left, right string) string {
	if strings.TrimSpace(left) == "" {
		return right
	}
	return left + "_" + right
}

// indexName is the part of a column's name that [..] gives: constants as they are.
func indexName(e syntax.Expr) string {
	l, ok := unparen(e).(*syntax.Literal)
	if !ok {
		return ""
	}
	switch l.Kind {
	case syntax.LitString, syntax.LitInt, syntax.LitLong:
		if l.Negative {
			return "-" + strings.TrimPrefix(l.Text, "-")
		}
		return l.Text
	}
	return ""
}

func (b *binder) callName(e *syntax.Call, v *env) (string, bool) {
	f := b.namedFunction(e, v)
	if f == nil {
		return "", false
	}
	first := func() (string, bool) {
		if len(e.Args) == 0 {
			return "", false
		}
		return b.autoName(e.Args[0], v)
	}
	switch f.Naming {
	case builtin.NameFirstArg:
		return first()
	case builtin.NamePrefix:
		return f.Prefix + "_", true
	case builtin.NameExact:
		return f.Prefix, true
	case builtin.NamePrefixArg:
		name, _ := first()
		return f.Prefix + "_" + name, true
	case builtin.NamePrefixArgs:
		name, _ := first()
		if len(e.Args) > 1 {
			second, _ := b.autoName(e.Args[1], v)
			name += "_" + second
		}
		return f.Prefix + "_" + name, true
	case builtin.NameCustom:
		if f.Name == "any" && f.Kind == builtin.Aggregate {
			name, _ := first()
			return f.Prefix + "_" + name, true
		}
		if strings.HasPrefix(f.Name, "covariance") && len(e.Args) > 1 {
			x, _ := first()
			y, _ := b.autoName(e.Args[1], v)
			return f.Prefix + "_" + x + "_" + y, true
		}
	case builtin.NameOnlyArg:
		if len(e.Args) == 1 {
			return first()
		}
	case builtin.NameColumnArg:
		if len(e.Args) > 0 && v.row != nil {
			if l, ok := unparen(e.Args[0]).(*syntax.Literal); ok && l.Kind == syntax.LitString && v.row.cols.Index(l.Text) >= 0 {
				return l.Text, true
			}
			if s, ok := b.constantText(e.Args[0], v); ok && v.row.cols.Index(s) >= 0 {
				return s, true
			}
		}
	}
	return "", false
}

// constantText returns the text of a let that is a constant string.
func (b *binder) constantText(e syntax.Expr, v *env) (string, bool) {
	if n, ok := unparen(e).(*syntax.Name); ok {
		if ent := v.scope.lookup(n.Value); ent != nil && ent.x != nil {
			return stringOf(ent.x)
		}
	}
	return "", false
}

// namedFunction returns the row of the function that a call calls, nil for user functions.
func (b *binder) namedFunction(e *syntax.Call, v *env) *builtin.Function {
	if v.agg != nil && !v.agg.inside {
		if f := builtin.Lookup(e.F.Value, builtin.Aggregate); f != nil {
			return f
		}
	}
	if f := builtin.Lookup(e.F.Value, builtin.Scalar); f != nil {
		return f
	}
	return builtin.Lookup(e.F.Value, builtin.Window)
}

// conversions are the functions that leave a value of their own type as it is: a
// column under one of them keeps its identity.
var conversions = map[string]bool{
	"tobool": true, "toboolean": true, "todatetime": true, "todecimal": true, "todouble": true, "todynamic": true,
	"toguid": true, "toint": true, "tolong": true, "toreal": true, "tostring": true, "totime": true, "totimespan": true,
}

// plainColumn returns the name of the input column that an expression is, behind
// parentheses and conversions that change nothing.
func (b *binder) plainColumn(e syntax.Expr, v *env) (string, bool) {
	switch e := e.(type) {
	case *syntax.Paren:
		return b.plainColumn(e.X, v)
	case *syntax.Name:
		if v.row == nil {
			return "", false
		}
		if v.row.cols.Index(e.Value) >= 0 {
			return e.Value, true
		}
	case *syntax.Member:
		if n, ok := e.X.(*syntax.Name); ok && n.Value == "$left" && v.row != nil && v.right != nil {
			return e.Name.Value, v.row.cols.Index(e.Name.Value) >= 0
		}
	case *syntax.Call:
		if e.X != nil || len(e.Args) != 1 || !conversions[e.F.Value] || v.row == nil {
			return "", false
		}
		n, ok := e.Args[0].(*syntax.Name)
		if !ok {
			return "", false
		}
		i := v.row.cols.Index(n.Value)
		if i < 0 {
			return "", false
		}
		f := builtin.Lookup(e.F.Value, builtin.Scalar)
		if f == nil || len(f.Overloads) == 0 || f.Overloads[0].Result == nil {
			return "", false
		}
		t := v.row.cols[i].Type
		if f.Overloads[0].Result(nil) == t {
			return n.Value, true
		}
	}
	return "", false
}
