package builtin

import (
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

func TestRowsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for f := range All() {
		key := string(rune('0'+f.Kind)) + f.Name
		if seen[key] {
			t.Errorf("%s: listed twice", f.Name)
		}
		seen[key] = true
		for _, a := range f.Aliases {
			if seen[string(rune('0'+f.Kind))+a] {
				t.Errorf("%s: alias %s is a row too", f.Name, a)
			}
		}
		switch {
		case len(f.Overloads) == 0:
			t.Errorf("%s: no overload", f.Name)
		case !strings.HasSuffix(f.Doc, ".") || strings.Count(f.Doc, "\n") > 0:
			t.Errorf("%s: Doc must be one sentence", f.Name)
		case f.Example == "":
			t.Errorf("%s: no example", f.Name)
		case f.Page == "":
			t.Errorf("%s: no page", f.Name)
		}
		usesName := strings.Contains(f.Example, f.Name) || slices.ContainsFunc(f.Aliases, func(a string) bool { return strings.Contains(f.Example, a) })
		if !usesName && f.Name != "neg" && f.Name != "pos" {
			t.Errorf("%s: example does not use it: %s", f.Name, f.Example)
		}
		if f.Base != "" && Lookup(f.Base, f.Kind) == nil {
			t.Errorf("%s: no aggregate %s", f.Name, f.Base)
		}
		for i := range f.Overloads {
			checkOverload(t, f, &f.Overloads[i])
		}
	}
}

func checkOverload(t *testing.T, f *Function, o *Overload) {
	t.Helper()
	if (o.Result == nil) != (f.Kind == Plugin) {
		t.Errorf("%s: Result is for all but plugins", f.Name)
	}
	optional := false
	for _, p := range o.Params {
		if optional && !p.Optional && o.Block == 0 {
			t.Errorf("%s: %s must be optional like the ones before it", f.Name, p.Name)
		}
		optional = optional || p.Optional
	}
	if o.Block > len(o.Params) || o.Block > 0 && o.Variadic {
		t.Errorf("%s: bad block", f.Name)
	}
}

func TestFamiliesAreSorted(t *testing.T) {
	for _, kind := range families {
		for _, rows := range kind {
			if !slices.IsSortedFunc(rows, func(a, b Function) int { return strings.Compare(a.Name, b.Name) }) {
				t.Errorf("the family of %s is not in alphabetical order", rows[0].Name)
			}
		}
	}
}

func TestResults(t *testing.T) {
	tests := []struct {
		name string
		kind Kind
		args []types.Type
		want types.Type
	}{
		{"bin", Scalar, []types.Type{types.Int, types.Int}, types.Long},
		{"bin", Scalar, []types.Type{types.Long, types.Real}, types.Real},
		{"iff", Scalar, []types.Type{types.Bool, types.Int, types.Real}, types.Real},
		{"iff", Scalar, []types.Type{types.Bool, types.Dynamic, types.String}, types.String},
		{"iff", Scalar, []types.Type{types.Bool, types.Long, types.String}, types.Dynamic},
		{"case", Scalar, []types.Type{types.Bool, types.Int, types.Bool, types.Int, types.Long}, types.Long},
		{"max_of", Scalar, []types.Type{types.Int, types.Int}, types.Int},
		{"coalesce", Scalar, []types.Type{types.String, types.Long}, types.Unknown},
		{"sum", Aggregate, []types.Type{types.Int}, types.Long},
		{"neg", Infix, []types.Type{types.Int}, types.Long},
		{"+", Infix, []types.Type{types.Long, types.Decimal}, types.Decimal},
		{"make_list", Aggregate, []types.Type{types.Int}, types.Dynamic},
	}
	for _, tt := range tests {
		f := Lookup(tt.name, tt.kind)
		if f == nil {
			t.Fatalf("no row %s", tt.name)
		}
		if got := f.Overloads[0].Result(tt.args); got != tt.want {
			t.Errorf("%s(%v) is %v, want %v", tt.name, tt.args, got, tt.want)
		}
	}
}

func TestOverloadParams(t *testing.T) {
	c := Lookup("case", Scalar).Overloads[0]
	for n, want := range map[int]bool{1: false, 2: false, 3: true, 4: false, 5: true} {
		if got := c.Accepts(n); got != want {
			t.Errorf("case accepts %d arguments: %v", n, got)
		}
	}
	if got := c.Param(4, 5).Name; got != "else" {
		t.Errorf("last parameter of case is %s", got)
	}
	if got := c.Param(2, 5).Name; got != "predicate" {
		t.Errorf("third parameter of case is %s", got)
	}
	s := Lookup("strcat_delim", Scalar).Overloads[0]
	if s.Accepts(2) || !s.Accepts(3) || !s.Accepts(9) {
		t.Error("strcat_delim needs a delimiter and two values or more")
	}
}
