package syntax

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/source"
)

// goldenQueries returns the queries of the archives of testdata/dir.
func goldenQueries(tb testing.TB, dir string) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no archives in testdata/%s: %v", dir, err)
	}
	var list []string
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range a.Files {
			if strings.HasSuffix(f.Name, ".kql") {
				list = append(list, strings.TrimSuffix(string(f.Data), "\n"))
			}
		}
	}
	return list
}

// TestWalk compares the nodes that Walk visits with those that reflection finds,
// and checks that the goldens have every type of node.
func TestWalk(t *testing.T) {
	seen := map[string]bool{}
	for _, query := range append(goldenQueries(t, "tree"), goldenQueries(t, "errors")...) {
		s, _ := Parse(source.NewFile("query", query))
		want := map[Node]bool{}
		var collect func(n Node)
		collect = func(n Node) {
			want[n] = true
			seen[reflect.TypeOf(n).Elem().Name()] = true
			eachChild(reflect.ValueOf(n).Elem(), collect)
		}
		collect(s)
		got := map[Node]int{}
		Walk(s, func(n Node) bool {
			got[n]++
			return true
		})
		for n := range want {
			if got[n] != 1 {
				t.Errorf("Walk visits a %T %d times in %q", n, got[n], query)
			}
			delete(got, n)
		}
		for n := range got {
			t.Errorf("Walk visits a %T that the tree does not hold in %q", n, query)
		}
	}
	for _, file := range []string{"tree.go", "operators.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^\s*(?:type )?(\w+) +struct ?\{`).FindAllSubmatch(text, -1) {
			if name := string(m[1]); name != "At" && name != "OpAt" && !seen[name] {
				t.Errorf("no golden query has a %s", name)
			}
		}
	}
}

// TestWalkStops checks that nothing below a refused node is visited.
func TestWalkStops(t *testing.T) {
	s, _ := Parse(source.NewFile("query", "T | where a == 1 | take 2"))
	var names []string
	Walk(s, func(n Node) bool {
		if name, ok := n.(*Name); ok {
			names = append(names, name.Value)
		}
		_, where := n.(*WhereOp)
		return !where
	})
	if got := strings.Join(names, " "); got != "T" {
		t.Errorf("visited the names %q, expected T alone", got)
	}
	Walk(nil, func(Node) bool { t.Error("visited nil"); return true })
}
