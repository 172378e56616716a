package syntax

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// runGolden runs produce on every file *.kql of every archive in testdata/dir
// and compares what it returns with the files beside it, by extension.
func runGolden(t *testing.T, dir string, produce func(t *testing.T, query string) map[string]string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in testdata/%s: %v", dir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			fresh := &txtar.Archive{Comment: a.Comment}
			for _, f := range a.Files {
				name, ok := strings.CutSuffix(f.Name, ".kql")
				if !ok {
					continue
				}
				fresh.Files = append(fresh.Files, f)
				got := produce(t, strings.TrimSuffix(string(f.Data), "\n"))
				for _, ext := range []string{"tree", "print", "errors"} {
					if text, ok := got[ext]; ok {
						fresh.Files = append(fresh.Files, txtar.File{Name: name + "." + ext, Data: []byte(text + "\n")})
					}
				}
			}
			want, got := string(txtar.Format(a)), string(txtar.Format(fresh))
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s differs (-want +got); go test -update writes it anew:\n%s", path, diff)
			}
		})
	}
}

// TestTrees reads queries without mistakes: their trees and their print.
func TestTrees(t *testing.T) {
	runGolden(t, "tree", func(t *testing.T, query string) map[string]string {
		f := source.NewFile("query", query)
		s, diags := Parse(f)
		if hasErrors(diags) {
			t.Errorf("%v", &source.Diagnostics{File: f, List: diags})
		}
		checkFixpoint(t, query)
		out := map[string]string{"tree": dump(s.Statements), "print": Print(s)}
		if len(diags) > 0 {
			out["errors"] = (&source.Diagnostics{File: f, List: diags}).Error()
		}
		return out
	})
}

// TestErrors reads queries with mistakes: what is said of them.
func TestErrors(t *testing.T) {
	runGolden(t, "errors", func(t *testing.T, query string) map[string]string {
		f := source.NewFile("query", query)
		s, diags := Parse(f)
		if len(diags) == 0 {
			t.Errorf("no diagnostic for %q", query)
		}
		checkSpans(t, query, s, diags)
		for _, d := range diags {
			if CodeOf(d.Code) == nil {
				t.Errorf("code %s is not in Codes", d.Code)
			}
		}
		return map[string]string{"errors": (&source.Diagnostics{File: f, List: diags}).Error()}
	})
}
