package dynamic

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestFormatReal(t *testing.T) {
	tests := []struct {
		f    float64
		want string
	}{
		{0.30000000000000004, "0.30000000000000007"},
		{1.0 / 3, "0.3333333333333333"},
		{1500, "1500.0"},
		{1e11, "100000000000.0"},
		{-2.5, "-2.5"},
		{math.Copysign(0, -1), "-0.0"},
		{0, "0.0"},
		{0.1, "0.1"},
		{3.14159, "3.14159"},
		{1e22, "1e22"},
		{1.5e-7, "1.5e-7"},
		{0.00001, "0.00001"},
		{math.Inf(1), "inf"},
		{math.NaN(), "NaN"},
	}
	for _, tt := range tests {
		if got := FormatReal(tt.f); got != tt.want {
			t.Errorf("FormatReal(%v) = %s, want %s", tt.f, got, tt.want)
		}
	}
}

func TestParsePrint(t *testing.T) {
	tests := []struct{ in, want string }{
		{` [1, 2.50, 1e3, -0.5] `, `[1,2.5,1000.0,-0.5]`},
		{`{"a":1,"b":{"c":[null,true]},"a":2}`, `{"a":2,"b":{"c":[null,true]}}`},
		{`"\u00e9\ud83d\ude00\n\/"`, `"é😀\n/"`},
		{`"\ud800x"`, `"` + "\uFFFD" + `x"`},
		{`9223372036854775807`, `9223372036854775807`},
		{`9223372036854775808`, `9223372036854776000.0`},
		{`1e400`, `"Infinity"`},
		{`{}`, `{}`},
		{`[]`, `[]`},
	}
	for _, tt := range tests {
		v, ok := Parse(tt.in)
		if !ok {
			t.Errorf("Parse(%s) failed", tt.in)
			continue
		}
		if got := string(v.Append(nil)); got != tt.want {
			t.Errorf("Parse(%s) prints %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{``, ` `, `[1,]`, `{a:1}`, `{"a" 1}`, `nan`, `01`, `1.`, `.5`, `+1`, "\"\t\"", `"\x"`, `[1] x`, `"abc`,
		strings.Repeat("[", 100000)} {
		if v, ok := Parse(s); ok {
			t.Errorf("Parse(%.20q) = %v", s, v)
		}
	}
}

func TestSame(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true},
		{`1`, `"1"`, false},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, true},
		{`{"a":1,"b":2}`, `{"a":1,"c":2}`, false},
		{`[1,2]`, `[2,1]`, false},
		{`null`, `null`, true},
		{`9007199254740993`, `9007199254740992`, false},
	}
	for _, tt := range tests {
		a, _ := Parse(tt.a)
		b, _ := Parse(tt.b)
		if got := a.Same(b); got != tt.want {
			t.Errorf("%s same as %s: %v", tt.a, tt.b, got)
		}
		if tt.want && a.Key() != b.Key() {
			t.Errorf("keys differ: %s %s", a.Key(), b.Key())
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,"x\u0041"]}`, `[[[]]]`, `-0`, `1e999`, `"\ud83d"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := Parse(s)
		if ok != json.Valid([]byte(s)) && strings.Count(s, "[")+strings.Count(s, "{") < maxDepth {
			t.Fatalf("Parse(%q) ok=%v, encoding/json says %v", s, ok, !ok)
		}
		if !ok {
			return
		}
		text := v.Append(nil)
		w, ok := Parse(string(text))
		if !ok {
			t.Fatalf("Parse(%q) prints %s, which is no JSON", s, text)
		}
		if again := w.Append(nil); string(again) != string(text) {
			t.Fatalf("%s prints as %s", text, again)
		}
	})
}
