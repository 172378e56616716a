// Package catalog knows the tables that hunts are written against: Defender XDR
// advanced hunting, Microsoft Sentinel, and Goshawk's own, as data.
//
// A table that both products have stands here once, with Defender's columns first
// and Sentinel's after them, so that a hunt in either vocabulary finds its names.
// The tables are the text files under tables/ (see parse.go for their form).
package catalog

import (
	"maps"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Products that tables come from.
const (
	DefenderXDR = "Defender XDR"
	Sentinel    = "Sentinel"
	Goshawk     = "Goshawk"
)

// Table is one table of the catalogue.
type Table struct {
	Name    string
	Columns []Column
	Doc     string // one sentence in our own words
	// Product is one of the constants above.
	Product string
	// View is true when rows are not stored under this name but computed from others.
	View bool
	// Hidden are stored behind Columns and seen by no query: what normalisation needs
	// to find rows again. Their names begin with "$".
	Hidden types.Schema
}

// Column is a column of a Table.
type Column struct {
	types.Column
	Doc string
	// Same names the column of the table whose value this one repeats, as Sentinel's
	// TimeGenerated repeats Timestamp. Such a column is not stored: reading it reads
	// the other one. Where two products spell a column in different case, one of the
	// two is Same as the other, so no two stored columns differ only in case.
	Same string
	// DynamicText marks a string column that holds JSON and may be used as dynamic
	// too (AdditionalFields.TaskName), as its twin in the other product is.
	DynamicText bool
}

// Catalog is a set of tables and stored functions by exact name. The zero value is empty.
type Catalog struct {
	Tables    map[string]*Table
	Functions map[string]string // stored functions: name -> KQL text of "(params) { body }"
}

// Table returns a table by exact name, or nil.
func (c *Catalog) Table(name string) *Table { return c.Tables[name] }

// Names lists the tables, sorted.
func (c *Catalog) Names() []string { return slices.Sorted(maps.Keys(c.Tables)) }

// Column returns a column by exact name, or nil.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// Schema returns the table's columns without their documentation.
func (t *Table) Schema() types.Schema {
	s := make(types.Schema, len(t.Columns))
	for i := range t.Columns {
		s[i] = t.Columns[i].Column
	}
	return s
}

// Stored returns the schema of the rows that are appended to a stored table: the
// columns that do not repeat others, then the hidden ones.
func (t *Table) Stored() types.Schema {
	s := make(types.Schema, 0, len(t.Columns)+len(t.Hidden))
	for i := range t.Columns {
		if t.Columns[i].Same == "" {
			s = append(s, t.Columns[i].Column)
		}
	}
	return append(s, t.Hidden...)
}
