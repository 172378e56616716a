package golden

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Queries runs produce on every file NAME.kql of every archive in testdata/dir and
// compares what it returns by extension with the files NAME.EXTENSION.
func Queries(t *testing.T, dir string, extensions []string, produce func(t *testing.T, query string) map[string]string) {
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
			Compare(t, path, string(txtar.Format(renew(t, a, extensions, produce))))
		})
	}
}

// renew returns the archive that the queries of a have.
func renew(t *testing.T, a *txtar.Archive, extensions []string, produce func(t *testing.T, query string) map[string]string) *txtar.Archive {
	fresh := &txtar.Archive{Comment: a.Comment}
	for _, f := range a.Files {
		name, ok := strings.CutSuffix(f.Name, ".kql")
		if !ok {
			continue
		}
		fresh.Files = append(fresh.Files, f)
		got := produce(t, strings.TrimSuffix(string(f.Data), "\n"))
		for ext := range got {
			if !slices.Contains(extensions, ext) {
				t.Fatalf("%s: .%s is not among %v", f.Name, ext, extensions)
			}
		}
		for _, ext := range extensions {
			if text, ok := got[ext]; ok {
				fresh.Files = append(fresh.Files, txtar.File{Name: name + "." + ext, Data: []byte(strings.TrimSuffix(text, "\n") + "\n")})
			}
		}
	}
	return fresh
}
