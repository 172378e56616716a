package catalog_test

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
)

func TestFunctionForms(t *testing.T) {
	tests := []struct{ text, name, body string }{
		{".create function F(a:string) { T | where x == a }", "F", "(a:string) { T | where x == a }"},
		{".create-or-alter function with (folder='x', docstring='y') F () {\n T\n}\n", "F", "() {\n T\n}"},
		{".create function ifnotexists ['F'](){ T }", "F", "(){ T }"},
		{"// what it is\nlet F = (a:long = 1) { print \"}\", a // } no end\n};\n// end\n", "F", "(a:long = 1) { print \"}\", a // } no end\n}"},
		{"(a:long) { print @\"\\\", a }", "file", "(a:long) { print @\"\\\", a }"},
		{"let x = 5;\nT | where y == x", "file", "() {\nlet x = 5;\nT | where y == x\n}"},
		{"let f = (a:long) { a + 1 };\nprint f(1)", "file", "() {\nlet f = (a:long) { a + 1 };\nprint f(1)\n}"},
		{"(T | take 1) | count", "file", "() {\n(T | take 1) | count\n}"},
		{"", "file", "() {\n\n}"},
	}
	for _, tt := range tests {
		name, body := catalog.Function("file", tt.text)
		if name != tt.name || body != tt.body {
			t.Errorf("%q: got %s %q, want %s %q", tt.text, name, body, tt.name, tt.body)
		}
	}
}

func FuzzFunction(f *testing.F) {
	f.Add("let f = (a:long) { a };")
	f.Add(".create function f() { \"}\" }")
	f.Fuzz(func(t *testing.T, text string) {
		if name, body := catalog.Function("file", text); name == "" || body == "" {
			t.Errorf("%q: a function without name or body", text)
		}
	})
}
