// Package arch holds the walls of the house as a test: which package may import
// which.
package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/golden"
)

const module = "github.com/goshawk-hunt/goshawk/"

// allowed says for each package, or for a tree with /**, what it may import of the
// project. The longest matching key counts; a package may import its own tree.
var allowed = map[string][]string{
	"source":                  {},
	"kql/types":               {},
	"kql/builtin":             {"kql/types"},
	"kql/dynamic":             {"kql/types", "internal/jsontext"},
	"kql/syntax":              {"source", "kql/types"},
	"kql/plan":                {"source", "kql/types", "kql/builtin"},
	"kql/plan/rewrite":        {"source", "kql/types", "kql/builtin", "kql/plan", "kql/scalar", "kql/dynamic"},
	"kql/bind":                {"source", "kql/types", "kql/builtin", "kql/plan", "kql/syntax", "kql/dynamic", "kql/scalar"},
	"kql/scalar":              {"kql/types", "kql/dynamic", "internal/jsontext"},
	"kql/mend":                {"source", "kql/types", "kql/bind", "kql/syntax"},
	"kql/sqlgen":              {"source", "kql/types", "kql/builtin", "kql/plan"},
	"kql/sqlgen/sqltext":      {},
	"kql/sqlgen/duckdb":       {"kql/types", "kql/builtin", "kql/plan", "kql/sqlgen", "kql/sqlgen/sqltext", "kql/scalar", "kql/rowstep", "kql/dynamic", "internal/jsontext"},
	"kql/rowstep":             {"kql/types", "kql/builtin", "kql/plan", "kql/sqlgen", "kql/scalar", "kql/dynamic", "internal/jsontext"},
	"kql":                     {"source", "kql/**"},
	"catalog":                 {"kql/types"},
	"evidence":                {},
	"evidence/**":             {"evidence", "evidence/text", "evidence/ticks", "evidence/column", "evidence/evidencetest", "internal/jsontext"},
	"evidence/evidencetest":   {"evidence", "internal/golden"}, // what tests of readers share
	"evidence/archive":        {"evidence", "evidence/text"},
	"evidence/evtx/evtxwrite": {"evidence"},
	"task":                    {"evidence", "evidence/text", "internal/jsontext"},
	"task/disagree":           {},
	"normalize/stored":        {"**"}, // tests over stored rows
	"normalize":               {"evidence", "evidence/**", "catalog", "kql/types", "task", "hunt/cmdline", "internal/jsontext"},
	"engine":                  {"catalog", "kql/**"},
	"engine/duckdb":           {"engine", "kql/**"},
	"external":                {"kql/**"},
	"prevalence":              {"catalog", "kql/**", "evidence/ticks"},
	"baseline":                {"finding", "kql/types"},
	"finding":                 {},
	"hunt/exclusion":          {"source", "finding", "hunt/cmdline", "kql/types", "kql/syntax"},
	"hunt/rulefile":           {"source", "hunt/attack", "hunt/sigma", "kql/syntax"},
	"hunt/sigma":              {"kql/syntax"},
	"hunt/cmdline":            {},
	"task/dossier":            {"kql/types", "kql/syntax", "finding", "hunt/cmdline", "hunt/cell"},
	"hunt":                    {"kql/types", "finding", "hunt/**", "task", "task/dossier", "source"},
	"hunt/**":                 {"kql/types", "finding", "hunt/**", "task", "source"},
	"hunts":                   {"hunt"},
	"report":                  {"finding", "hunt", "hunt/exclusion"},
	"simulate":                {"evidence", "evidence/evtx/evtxwrite"},
	"casedir":                 {"**"},
	"cli":                     {"**"},
	"cli/forms":               {"**"}, // a test over every form of evidence
	"cli/behaviours":          {"**"}, // a test over every behaviour in every telemetry
	"cli/labelled":            {"**"}, // a test over labelled evidence
	"cmd/goshawk":             {"cli"},
	"internal/**":             {"**"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestImports(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = golden.Root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	page, err := os.ReadFile(filepath.Join(golden.Root(t), "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		key, may := rule(name)
		if key == "" {
			t.Errorf("%s has no place in the house: add it to the list here and to ARCHITECTURE.md", name)
			continue
		}
		seen++
		if !described(string(page), name) {
			t.Errorf("ARCHITECTURE.md has no row for %s", name)
		}
		for _, imported := range p.Imports {
			other, ours := strings.CutPrefix(imported, module)
			if ours && !covers(may, other) && !sameTree(key, name, other) {
				t.Errorf("%s must not import %s", name, other)
			}
			if strings.HasPrefix(imported, "github.com/duckdb/") && name != "engine/duckdb" {
				t.Errorf("%s must not import %s: only engine/duckdb knows DuckDB", name, imported)
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d packages seen, the list is not that short", seen)
	}
}

// described reports whether the page names a package, or the folder of its kind by folder/*.
func described(page, name string) bool {
	return strings.Contains(page, "`"+name+"`") || strings.HasPrefix(name, "evidence/") && strings.Contains(page, "`evidence/*`") ||
		strings.Contains(page, "`"+name+"/<id>`")
}

// rule finds the longest key that covers a package.
func rule(name string) (key string, may []string) {
	for k, list := range allowed {
		if covers([]string{k}, name) && len(k) > len(key) {
			key, may = k, list
		}
	}
	return key, may
}

func covers(patterns []string, name string) bool {
	for _, p := range patterns {
		tree, whole := strings.CutSuffix(p, "**")
		if p == name || whole && strings.HasPrefix(name, tree) {
			return true
		}
	}
	return false
}

// sameTree lets a package import what stands below it.
func sameTree(key, name, other string) bool {
	return !strings.HasSuffix(key, "**") && strings.HasPrefix(other, name+"/")
}
