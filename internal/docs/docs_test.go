package docs

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/internal/golden"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// TestPages holds the pages up to date; UPDATE_GOLDEN=1 writes them.
func TestPages(t *testing.T) {
	errors, err := Errors(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"errors.md": errors, "language.md": Language()} {
		golden.Compare(t, filepath.Join(golden.Root(t), "docs", name), want)
	}
}

// TestCodes holds that the codes are in order, that each is explained and has an
// example that gets it, and that what is put right gets no error.
func TestCodes(t *testing.T) {
	s, err := newSpeaker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for _, stage := range s.stages() {
		for i, c := range stage.codes {
			if i > 0 && stage.codes[i-1].Code >= c.Code {
				t.Errorf("%s is out of order", c.Code)
			}
			if c.Title == "" || c.Explanation == "" {
				t.Errorf("%s is not explained", c.Code)
			}
			if (c.Example == "") == (c.NoExample == "") {
				t.Errorf("%s needs an example, or else a reason why it has none", c.Code)
			}
			if c.Example == "" {
				continue
			}
			if d := stage.said(t.Context(), c.Code, c.Example); message(d, c) == "" {
				t.Errorf("%s: %.200s gives\n%.500s", c.Code, c.Example, d.Error())
			}
			if c.Mended == "" || stage.title == "Running" {
				continue
			}
			if d := stage.said(t.Context(), c.Code, c.Mended); d.HasErrors() && c.Code != "KQL0164" {
				t.Errorf("%s: the mended text %s gives\n%v", c.Code, c.Mended, d.Error())
			}
		}
	}
}

// TestOperators holds that the table has every operator of the language, that its
// examples run.
func TestOperators(t *testing.T) {
	compiler := newCompiler(t)
	db, err := duckdb.Open("", duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var have []string
	for i, o := range operators {
		have = append(have, o.name)
		if i > 0 && operators[i-1].name >= o.name {
			t.Errorf("%s is out of order", o.name)
		}
		if o.example == "" {
			continue
		}
		c, d := compiler.Compile("query", o.example, now)
		if d.HasErrors() {
			t.Errorf("%s: %s gives\n%v", o.name, o.example, d.Error())
			continue
		}
		if len(c.Tables) > 0 {
			continue // stored tables are not here
		}
		if err := db.Run(t.Context(), c.Program, drain); err != nil {
			t.Errorf("%s: %s: %v", o.name, o.example, err)
		}
		if !strings.Contains(o.example, o.name) {
			t.Errorf("%s: the example does not use it", o.name)
		}
	}
	for _, name := range syntax.Operators() {
		if !slices.Contains(have, name) && !strings.HasPrefix(name, "_") {
			t.Errorf("the operator %s is missing", name)
		}
	}
}

// drain reads all rows.
func drain(_ sqlgen.Select, rows sqlgen.Rows) error {
	for {
		row, err := rows.Next()
		if err != nil || row == nil {
			return err
		}
	}
}

func newCompiler(t *testing.T) *casedir.Compiler {
	c, err := casedir.NewCompiler(casedir.MissingCustom)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
