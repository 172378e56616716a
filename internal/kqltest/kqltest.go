// Package kqltest is what the tests of the language share: a small catalogue and
// plans over it.
package kqltest

import (
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

// Catalog is a catalogue of two tables, Process and Network.
type Catalog struct{}

var tables = map[string]types.Schema{
	"Network": {
		{Name: "Timestamp", Type: types.DateTime}, {Name: "Device", Type: types.String}, {Name: "Id", Type: types.Long},
		{Name: "RemoteIP", Type: types.String}, {Name: "Port", Type: types.Int},
	},
	"Process": {
		{Name: "Timestamp", Type: types.DateTime}, {Name: "Device", Type: types.String}, {Name: "Id", Type: types.Long},
		{Name: "Name", Type: types.String}, {Name: "CommandLine", Type: types.String}, {Name: "Parent", Type: types.String},
		{Name: "Fields", Type: types.Dynamic}, {Name: "Score", Type: types.Real},
	},
}

// Table returns the columns of a table.
func (Catalog) Table(name string) (types.Schema, bool) { s, ok := tables[name]; return s, ok }

// TableNames lists the tables.
func (Catalog) TableNames() []string { return []string{"Network", "Process"} }

// Function returns no stored function.
func (Catalog) Function(string) (string, bool) { return "", false }

// FunctionNames lists no stored function.
func (Catalog) FunctionNames() []string { return nil }

// Now is the clock of the tests: 2024-01-02.
const Now = 638397504000000000

// Options are the surroundings of the tests' queries.
func Options() bind.Options { return bind.Options{Catalog: Catalog{}, Now: Now} }

// Bind returns the plan of a query without mistakes, before any rewrite.
func Bind(t testing.TB, query string) *plan.Query {
	t.Helper()
	f := source.NewFile("query", query)
	d := source.Diagnostics{File: f}
	script, list := syntax.Parse(f)
	d.List = list
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	q, list := bind.Bind(f, script, Options())
	d.List = list
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	return q
}
