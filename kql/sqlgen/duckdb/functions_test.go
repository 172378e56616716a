package duckdb

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/builtin"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// elsewhere are rows that need no template: the binder or the generator replaces them.
var elsewhere = map[string]string{
	"column_ifexists": "the binder reads the column",
	"column_names_of": "the binder knows the columns",
	"ingestion_time":  "the generator reads the hidden column",
	"all":             "a graph pattern computes it",
	"any":             "a graph pattern computes it",
	"map":             "a graph pattern computes it",
	"inner_nodes":     "a graph pattern computes it",
	"labels":          "a graph pattern computes it",
	"node_id":         "a graph pattern computes it",
	"bin_auto":        "the binder makes bin_at of it",
	"node_degree_in":  "a graph pattern computes it",
	"node_degree_out": "a graph pattern computes it",
}

// TestEveryRowIsDecided compares the function table with the templates both ways.
func TestEveryRowIsDecided(t *testing.T) {
	for f := range builtin.All() {
		var has bool
		switch f.Kind {
		case builtin.Scalar, builtin.Infix:
			_, has = scalarTemplates[f.Name]
			if _, else_ := elsewhere[f.Name]; else_ && f.Kind == builtin.Scalar {
				continue
			}
		case builtin.Aggregate:
			_, has = aggregateTemplates[f.Name]
			// of several percentages the binder makes a percentile each
			has = has || f.Base != "" || f.Name == "percentiles" || f.Name == "percentilesw"
		case builtin.Window:
			_, has = windowTemplates[f.Name]
		case builtin.Plugin:
			continue
		}
		if has == (f.Unsupported != "") {
			t.Errorf("%s: template %v, unsupported %q", f.Name, has, f.Unsupported)
		}
	}
	for name := range scalarTemplates {
		if builtin.Lookup(name, builtin.Scalar) == nil && builtin.Lookup(name, builtin.Infix) == nil {
			t.Errorf("template %s: no such function", name)
		}
	}
	for name := range aggregateTemplates {
		if builtin.Lookup(name, builtin.Aggregate) == nil {
			t.Errorf("template %s: no such aggregate", name)
		}
	}
}

// TestGoFunctionsExist finds the Go functions and macros that templates and macros call.
func TestGoFunctionsExist(t *testing.T) {
	known := map[string]bool{}
	for _, f := range scalar.Functions {
		if known["kql_"+f.Name] {
			t.Errorf("%s: defined twice", f.Name)
		}
		known["kql_"+f.Name] = true
	}
	macro := regexp.MustCompile(`MACRO (kql_\w+)`)
	for _, m := range Prelude() {
		known[macro.FindStringSubmatch(m)[1]] = true
	}
	used := regexp.MustCompile(`kql_\w+`)
	check := func(where, sql string) {
		for _, name := range used.FindAllString(sql, -1) {
			if !known[name] {
				t.Errorf("%s calls %s, which does not exist", where, name)
			}
		}
	}
	for _, m := range Prelude() {
		check("a macro", m)
	}
	for f := range builtin.All() {
		for _, o := range f.Overloads {
			for _, sql := range samples(f, &o) {
				check(f.Name, sql)
			}
		}
	}
}

// samples writes calls of an overload with arguments of each type that it accepts.
func samples(f *builtin.Function, o *builtin.Overload) []string {
	all := []types.Type{types.Bool, types.DateTime, types.Decimal, types.Dynamic, types.GUID, types.Int, types.Long, types.Real, types.String, types.TimeSpan}
	var out []string
	for _, t := range all {
		for n := 1; n <= len(o.Params); n++ {
			if !o.Accepts(n) {
				continue
			}
			call := sqlgen.Call{Name: f.Name, Over: "ORDER BY x", Type: t}
			for i := range n {
				p := o.Param(i, n)
				at := t
				if len(p.Types) > 0 && !strings.Contains(fmt.Sprint(p.Types), t.String()) {
					at = p.Types[0]
				}
				arg := sqlgen.Operand{SQL: fmt.Sprintf("x%d", i), Type: at}
				if p.Const && at == types.String {
					arg.Const = &types.Value{Type: at, Str: "day"}
				}
				call.Args = append(call.Args, arg)
			}
			for _, result := range []types.Type{t, types.Real, types.Long} {
				call.Type = result
				if sql, err := write(f, call); err == nil {
					out = append(out, sql)
				}
			}
		}
	}
	return out
}

func write(f *builtin.Function, c sqlgen.Call) (string, error) {
	var t sqlgen.Template
	switch f.Kind {
	case builtin.Scalar, builtin.Infix:
		t = scalarTemplates[f.Name]
	case builtin.Window:
		t = windowTemplates[f.Name]
	case builtin.Aggregate:
		if a := aggregateTemplates[f.Name]; a != nil {
			return a(sqlgen.AggCall{Call: c})
		}
	}
	if t == nil {
		return "", fmt.Errorf("no template")
	}
	return t(c)
}
