// Package catalog knows the tables that hunts are written against: Defender XDR
// advanced hunting and Microsoft Sentinel, as data, and the views between them.
package catalog

import "github.com/goshawk-hunt/goshawk/kql/types"

// Table is one table of the catalogue.
type Table struct {
	Name    string
	Columns []Column
	Doc     string // one sentence in our own words
	// Product is "Defender XDR", "Sentinel" or "Goshawk".
	Product string
	// View is true when rows are not stored under this name but computed from others.
	View bool
	// Aliases are columns that only another vocabulary has (TimeGenerated for Timestamp).
	// A query may name them, and * does not bring them.
	Aliases map[string]string
	// Hidden are stored behind Columns and seen by no query: what normalisation needs
	// to find rows again. Their names begin with "$".
	Hidden types.Schema
}

// Column is a column of a Table.
type Column struct {
	types.Column
	Doc string
	// DynamicText marks a string column that holds JSON and may be used as dynamic
	// too (x.AdditionalFields.TaskName), as its twin in the other product is.
	DynamicText bool
}

// Catalog is a set of tables and stored functions by exact name. The zero value is empty.
type Catalog struct {
	Tables    map[string]*Table
	Functions map[string]string // stored functions: name -> KQL text of "(params) { body }"
}

// Table returns a table by exact name, or nil.
func (c *Catalog) Table(name string) *Table { return c.Tables[name] }

// Schema returns the table's columns without their documentation.
func (t *Table) Schema() types.Schema {
	s := make(types.Schema, len(t.Columns))
	for i, c := range t.Columns {
		s[i] = c.Column
	}
	return s
}

// Stored returns the schema of the rows that are appended to a stored table: the
// columns, then the hidden ones.
func (t *Table) Stored() types.Schema { return append(t.Schema(), t.Hidden...) }
