package sqltext

import (
	"slices"
	"testing"
)

func TestEnds(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func(string, int) int
		sql  string
		at   int
		want int
	}{
		{"string", Literal, `'a' || b`, 0, 3},
		{"doubled quote", Literal, `'it''s' || b`, 0, 7},
		{"quoted name", Literal, `x."a""b".c`, 2, 8},
		{"never ends", Literal, `'it''s`, 0, 6},
		{"word", Word, `lower(x)`, 0, 5},
		{"no word", Word, `(x)`, 0, 0},
		{"bracket", Closing, `f(a, (b))+1`, 1, 9},
		{"bracket in a literal", Closing, `(')', "(")+1`, 0, 10},
		{"mixed brackets", Closing, `([a], {b: 1})`, 0, 13},
		{"never closes", Closing, `(a, (b)`, 0, -1},
	} {
		if got := test.end(test.sql, test.at); got != test.want {
			t.Errorf("%s: the end in %s is %d, want %d", test.name, test.sql, got, test.want)
		}
	}
}

func TestArguments(t *testing.T) {
	for sql, want := range map[string][]string{
		``:                     {``},
		`a`:                    {`a`},
		`a, f(b, c), 'd,''e,'`: {`a`, ` f(b, c)`, ` 'd,''e,'`},
		`[a, b], {c: 1, d: 2}`: {`[a, b]`, ` {c: 1, d: 2}`},
		`a, (b, c`:             {`a`, ` (b, c`},
	} {
		if got := Arguments(sql); !slices.Equal(got, want) {
			t.Errorf("the arguments of %s are %q, want %q", sql, got, want)
		}
	}
}
