package duckdb

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// scalarTemplates write scalar functions and operators, by their names in package builtin.
var scalarTemplates = merge(conversionTemplates, datetimeTemplates, dynamicTemplates, geoTemplates,
	ipTemplates, matchTemplates, mathTemplates, operatorTemplates, parseTemplates, regexTemplates,
	seriesTemplates, stringTemplates)

func merge[T any](all ...map[string]T) map[string]T {
	out := map[string]T{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

// fill writes an SQL pattern: {0} is the first argument, {*} all of them separated by commas.
func fill(pattern string, args []sqlgen.Operand) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		ref, after, _ := strings.Cut(rest, "}")
		pattern = after
		if ref == "*" {
			b.WriteString(list(args))
			continue
		}
		i, err := strconv.Atoi(ref)
		if err != nil || i >= len(args) {
			return "", fmt.Errorf("has %d arguments, which is not supported", len(args))
		}
		b.WriteString(args[i].SQL)
	}
}

// list writes arguments separated by commas.
func list(args []sqlgen.Operand) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = a.SQL
	}
	return strings.Join(parts, ", ")
}

// pattern is a template that fills an SQL pattern. The pattern must be an atom.
func pattern(p string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) { return fill(p, c.Args) }
}

// goFunc is a template that calls a function of package scalar with the arguments as they are.
func goFunc(name string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) { return goCall(name, c.Args...), nil }
}

func goCall(name string, args ...sqlgen.Operand) string {
	return "kql_" + name + "(" + list(args) + ")"
}

// textFunc is goFunc with all arguments made text.
func textFunc(name string) sqlgen.Template { return withText(goFunc(name)) }

// withText makes the arguments at the given places text before the template sees them; all
// of them if no place is given.
func withText(t sqlgen.Template, places ...int) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		args := append([]sqlgen.Operand(nil), c.Args...)
		for i := range args {
			if len(places) > 0 && !contains(places, i) {
				continue
			}
			args[i] = textOperand(args[i])
		}
		c.Args = args
		return t(c)
	}
}

func contains(places []int, i int) bool {
	for _, p := range places {
		if p == i {
			return true
		}
	}
	return false
}

// padded is goFunc with arguments that were left out filled by SQL defaults, so that a Go
// function has one list of parameters.
func padded(name string, defaults ...string) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		args := append([]sqlgen.Operand(nil), c.Args...)
		for i := len(args); i < len(defaults); i++ {
			args = append(args, sqlgen.Operand{SQL: defaults[i]})
		}
		return goCall(name, args...), nil
	}
}

// real2 makes number arguments DOUBLE.
func withReal(t sqlgen.Template) sqlgen.Template {
	return func(c sqlgen.Call) (string, error) {
		args := append([]sqlgen.Operand(nil), c.Args...)
		for i := range args {
			args[i] = realOperand(args[i])
		}
		c.Args = args
		return t(c)
	}
}

// constText returns the constant text of an argument.
func constText(o sqlgen.Operand) (string, bool) {
	if o.Const == nil || o.Const.Type != types.String {
		return "", false
	}
	return o.Const.Str, true
}

// constLong returns the constant integer of an argument.
func constLong(o sqlgen.Operand) (int64, bool) {
	if o.Const == nil || o.Const.Null || o.Const.Type != types.Long && o.Const.Type != types.Int {
		return 0, false
	}
	return o.Const.Int, true
}

// isNull reports whether an argument is a constant null.
func isNull(o sqlgen.Operand) bool { return o.Const != nil && o.Const.Null }

// neverNull reports whether an argument can't be null: text, and constants that are not.
func neverNull(o sqlgen.Operand) bool {
	return o.Type == types.String || o.Const != nil && !o.Const.Null
}

// unsupported is a template that refuses.
func unsupported(why string) sqlgen.Template {
	return func(sqlgen.Call) (string, error) { return "", fmt.Errorf("%s", why) }
}
