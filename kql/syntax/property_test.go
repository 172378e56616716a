package syntax

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/source"
)

// checkFixpoint parses text, prints it, parses that: both trees are equal but
// for spans, and both print the same. It reports whether text had no errors.
func checkFixpoint(t *testing.T, text string) bool {
	t.Helper()
	s, diags := Parse(source.NewFile("query", text))
	checkSpans(t, text, s, diags)
	if hasErrors(diags) {
		_ = Print(s)
		return false
	}
	printed := Print(s)
	f := source.NewFile("printed", printed)
	again, diags := Parse(f)
	if hasErrors(diags) {
		t.Errorf("%s\nprinted from\n%s", (&source.Diagnostics{File: f, List: diags}).Error(), text)
		return true
	}
	if diff := cmp.Diff(dump(s), dump(again)); diff != "" {
		t.Errorf("the tree of the printed text differs (-first +printed):\n%s\n%s\nprinted from\n%s", diff, printed, text)
	}
	if twice := Print(again); twice != printed {
		t.Errorf("print is no fixpoint:\n%s\nthen\n%s", printed, twice)
	}
	return true
}

// checkSpans checks that spans lie in the text, that a node's span covers its
// children's, and that names stand at their span.
func checkSpans(t *testing.T, text string, s *Script, diags []source.Diagnostic) {
	t.Helper()
	for _, d := range diags {
		if d.Span != source.NoSpan && (d.Span.Start < 0 || d.Span.End > len(text) || d.Span.Start > d.Span.End) {
			t.Fatalf("diagnostic %v outside of the text %q", d, text)
		}
	}
	failed := hasErrors(diags)
	var stack []Node
	check := func(n Node) {
		at := n.Span()
		if !at.IsValid() || at.End > len(text) {
			t.Fatalf("%T has span %v in a text of %d bytes: %q", n, at, len(text), text)
		}
		if len(stack) > 0 && !failed {
			if up := stack[len(stack)-1].Span(); at.Start < up.Start || at.End > up.End {
				t.Fatalf("%T %v is not inside %T %v: %q", n, at, stack[len(stack)-1], up, text)
			}
		}
		checkText(t, text[at.Start:at.End], n, failed)
	}
	Walk(s, func(n Node) bool {
		for len(stack) > 0 && !contains(stack[len(stack)-1], n) {
			stack = stack[:len(stack)-1]
		}
		check(n)
		stack = append(stack, n)
		return true
	})
}

// contains reports whether child is a direct part of n, found by reflection.
func contains(n, child Node) bool {
	found := false
	eachChild(reflect.ValueOf(n).Elem(), func(c Node) { found = found || c == child })
	return found
}

// checkText checks that a node's own text is what its kind needs.
func checkText(t *testing.T, text string, n Node, failed bool) {
	t.Helper()
	if !failed && text != strings.TrimSpace(text) {
		if _, script := n.(*Script); !script {
			t.Fatalf("%T covers white space: %q", n, text)
		}
	}
	switch n := n.(type) {
	case *Name:
		if !n.Quoted && text != n.Value {
			t.Fatalf("the name %q covers %q", n.Value, text)
		}
		if n.Quoted && !failed && !strings.HasPrefix(text, "[") && strings.TrimLeft(text, `"'@hH`) == text {
			t.Fatalf("the quoted name %q covers %q", n.Value, text)
		}
	case *Wildcard:
		if strings.Trim(text, "[] ") != n.Pattern {
			t.Fatalf("the pattern %q covers %q", n.Pattern, text)
		}
	case Operator:
		k := n.Keyword()
		if k.IsValid() && !failed && k.Start != n.Span().Start {
			t.Fatalf("%T: keyword at %v, operator at %v", n, k, n.Span())
		}
	}
}

// eachChild calls f for the nodes that the struct v holds directly.
func eachChild(v reflect.Value, f func(Node)) {
	for i := range v.NumField() {
		x := v.Field(i)
		switch x.Kind() {
		case reflect.Pointer, reflect.Interface:
			if n, ok := x.Interface().(Node); ok && !x.IsNil() {
				f(n)
			}
		case reflect.Slice:
			for j := range x.Len() {
				if n, ok := x.Index(j).Interface().(Node); ok && !x.Index(j).IsNil() {
					f(n)
				}
			}
		case reflect.Struct:
			if x.Type() == reflect.TypeFor[source.Span]() || x.Type() == reflect.TypeFor[At]() {
				continue
			}
			if v.Type().Field(i).Anonymous {
				eachChild(x, f)
			} else if n, ok := x.Addr().Interface().(Node); ok {
				f(n)
			}
		}
	}
}

func TestCorpusFixpoint(t *testing.T) {
	for _, q := range readShared(t, "corpus", "queries.jsonl") {
		if !checkFixpoint(t, q.Query) {
			t.Errorf("%s has errors", q.ID)
		}
		if t.Failed() {
			t.Fatal(q.ID)
		}
	}
	for _, q := range readShared(t, "conformance", "cases.jsonl") {
		checkFixpoint(t, q.Query)
		if t.Failed() {
			t.Fatal(q.ID)
		}
	}
}
