package hunts_test

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/hunts"
	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/prevalence"
	"github.com/goshawk-hunt/goshawk/source"
)

// TestRulesBind compiles every query against the catalogue.
func TestRulesBind(t *testing.T) {
	rules, err := hunts.Load()
	if err != nil {
		t.Fatal(err)
	}
	cat := catalog.Default()
	for _, r := range rules {
		t.Run(r.ID, func(t *testing.T) {
			file := source.NewFile(r.ID, r.Query)
			script, list := syntax.Parse(file)
			d := source.Diagnostics{File: file, List: list}
			if !d.HasErrors() {
				_, list = bind.Bind(file, script, bind.Options{Catalog: cat.Binder(), Functions: prevalence.Functions()})
				d.List = append(d.List, list...)
			}
			if err := d.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}
