package rulefile

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/goshawk-hunt/goshawk/source"
)

// FuzzRead looks for files that make Read panic or give places outside of the
// file.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(paths) == 0 {
		f.Fatalf("no archives in testdata: %v", err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(string(file.Data))
		}
	}
	for _, c := range Codes {
		f.Add(c.Example)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 20_000 {
			return
		}
		for _, repair := range []bool{false, true} {
			file := source.NewFile("file.kql", text)
			rules, diags := Read(file, Options{Repair: repair})
			if len(rules) == 0 && len(diags) == 0 && Detect(text) != Analytics && Detect(text) != Hunting {
				t.Errorf("neither a rule nor a diagnostic for %q", text)
			}
			for _, d := range diags {
				inside(t, d.Span, text)
			}
			for _, r := range rules {
				inside(t, r.QueryAt, text)
				for i := range len(r.Query) {
					inside(t, r.Span(source.Span{Start: i, End: i + 1}), text)
				}
			}
			_ = (&source.Diagnostics{File: file, List: diags}).Error()
		}
		for _, b := range queriesOf(text) {
			inside(t, b.At, text)
		}
	})
}

func inside(t *testing.T, s source.Span, text string) {
	t.Helper()
	if s != source.NoSpan && (!s.IsValid() || s.End > len(text)) {
		t.Fatalf("span %v outside of %q", s, text)
	}
}
