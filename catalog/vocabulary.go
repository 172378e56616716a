package catalog

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Lines "table NAME TABLES.." and "column NAME COLUMNS..": what a name that people
// write elsewhere (Sysmon, ECS, older products, or by mistake) is called here. Lines
// "event ID TABLE.ACTIONTYPE..": where the events of a Windows log stand.
//
//go:embed tables/equivalents.txt
var equivalentsText string

// Equivalent says what a name that a table of the catalogue does not have is called
// there, best first. Without a column it names the tables that hold what people
// expect in table; without a table it names columns of any. Case does not matter.
func (c *Catalog) Equivalent(table, column string) []string {
	if column == "" {
		return slices.DeleteFunc(equivalents("table", table), func(s string) bool { return c.Tables[s] == nil })
	}
	names := equivalents("column", column)
	if t := c.Tables[table]; t != nil {
		for i := range t.Columns {
			if name := t.Columns[i].Name; strings.EqualFold(name, column) && !slices.Contains(names, name) {
				names = slices.Insert(names, 0, name)
			}
		}
		names = slices.DeleteFunc(names, func(s string) bool { return s == column || t.Column(s) == nil })
	}
	return names
}

func equivalents(kind, name string) []string {
	for line := range strings.Lines(equivalentsText) {
		words := strings.Fields(line)
		if words[0] == kind && strings.EqualFold(words[1], name) {
			return words[2:]
		}
	}
	return nil
}

// Names is the catalogue as the binder of queries asks it: schemas and names
// instead of documentation.
type Names struct {
	c *Catalog
	// sorted lists the tables: mistakes in queries ask for it again and again.
	sorted func() []string
	// holders lists the tables that have a column, sorted.
	holders func() map[string][]string
	// unlisted is what queries may name though no table lists it.
	unlisted func() unlisted
}

// Binder returns the catalogue as the binder of queries asks it. Tables that are
// added later have their schema but are not listed.
func (c *Catalog) Binder() Names {
	return Names{c, sync.OnceValue(c.Names), sync.OnceValue(func() map[string][]string {
		holders := map[string][]string{}
		for _, name := range c.Names() {
			for _, column := range c.Tables[name].Columns {
				holders[column.Name] = append(holders[column.Name], name)
			}
		}
		return holders
	}), sync.OnceValue(readUnlisted)}
}

// TablesWith lists the tables that have a column, sorted.
func (n Names) TablesWith(column string) []string { return slices.Clip(n.holders()[column]) }

// Table returns the columns of a table by its exact name.
func (n Names) Table(name string) (types.Schema, bool) {
	t := n.c.Tables[name]
	if t == nil {
		return nil, false
	}
	return t.Schema(), true
}

// TableNames lists all tables, sorted.
func (n Names) TableNames() []string { return slices.Clip(n.sorted()) }

// Function returns a stored function by its exact name as KQL text "(params) { body }".
func (n Names) Function(name string) (string, bool) {
	text, ok := n.c.Functions[name]
	return text, ok
}

// FunctionNames lists the stored functions, sorted.
func (n Names) FunctionNames() []string { return slices.Sorted(maps.Keys(n.c.Functions)) }

// TableFor returns the tables that hold what people call name elsewhere.
func (n Names) TableFor(name string) []string { return n.c.Equivalent(name, "") }

// ColumnFor returns the columns that hold what people call name elsewhere, best first.
func (n Names) ColumnFor(name string) []string { return n.c.Equivalent("", name) }

// Action returns the ActionType that rows of table have for an event id of Windows,
// ok false if none is made of it.
func (n Names) Action(table, event string) (action string, ok bool) {
	for _, name := range equivalents("event", event) {
		if t, action, _ := strings.Cut(name, "."); t == table {
			return action, true
		}
	}
	return "", false
}

// Repeats returns the columns of a table that are not stored, each with the stored one
// whose value it repeats; nil if all are.
func (n Names) Repeats(table string) map[string]string {
	t := n.c.Tables[table]
	if t == nil {
		return nil
	}
	var repeats map[string]string
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Same != "" {
			if repeats == nil {
				repeats = map[string]string{}
			}
			repeats[c.Name] = c.Same
		}
	}
	return repeats
}

// DynamicText says whether a string column may be used as dynamic too.
func (n Names) DynamicText(table, column string) bool {
	t := n.c.Tables[table]
	if t == nil {
		return false
	}
	c := t.Column(column)
	return c != nil && c.DynamicText
}
