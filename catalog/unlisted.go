package catalog

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// What queries may name though no table lists it. A column is written as in the files
// of tables: NAME:type is there and null, NAME=OTHER answers as that column.
//
//	workspace COLUMN..         columns of every table of a Log Analytics workspace, which
//	                           Azure Monitor calls standard columns and does not show
//	column TABLE COLUMN..      columns that a table had under another name, or has no longer
//	table OLD NEW COLUMN..     tables that were renamed, with the old names of their columns
//	parser NAME..              parser functions of Sentinel's content whose names are so near
//	                           to a table's that they could be taken for a slip
//
//go:embed tables/unlisted.txt
var unlistedText string

// unlisted is the text above, read.
type unlisted struct {
	workspace map[string]types.Type            // by column
	columns   map[string]map[string]types.Type // by table and column: those that are null
	aliases   map[string]map[string]string     // by table and old name of a column
	tables    map[string]string                // what a table was renamed to
}

func readUnlisted() unlisted {
	u := unlisted{map[string]types.Type{}, map[string]map[string]types.Type{}, map[string]map[string]string{}, map[string]string{}}
	for line := range strings.Lines(unlistedText) {
		words := strings.Fields(line)
		switch words[0] {
		case "workspace":
			u.add("", words[1:])
		case "column":
			u.add(words[1], words[2:])
		case "table":
			u.tables[words[1]] = words[2]
			u.add(words[1], words[3:])
		}
	}
	u.workspace = u.columns[""]
	return u
}

// add reads the columns of a table.
func (u unlisted) add(table string, columns []string) {
	known, aliases := map[string]types.Type{}, map[string]string{}
	for _, c := range columns {
		if old, now, alias := strings.Cut(c, "="); alias {
			aliases[old] = now
			continue
		}
		name, typ, typed := strings.Cut(c, ":")
		known[name] = types.String
		if typed {
			known[name], _ = types.Parse(typ)
		}
	}
	u.columns[table], u.aliases[table] = known, aliases
}

// Aliases returns the columns of a table that answer under another name too, by that
// name: what the column was called before, or in another product. * does not bring them.
func (n Names) Aliases(table string) map[string]string { return n.unlisted().aliases[table] }

// Renamed returns what a table is called now, ok false if it was never renamed.
func (n Names) Renamed(old string) (now string, ok bool) {
	now, ok = n.unlisted().tables[old]
	return now, ok
}

// More returns the types of the columns that a query may name though the table does
// not list them, by their names; nil if there are none. They are the standard columns
// of a workspace, columns that are no longer filled, and those that resources write
// into AzureDiagnostics.
func (n Names) More(table string) func(column string) types.Type {
	t := n.c.Tables[table]
	if t == nil {
		return nil
	}
	u := n.unlisted()
	own := u.columns[table]
	workspace := t.Product == Sentinel || t.Column("_BilledSize") != nil
	if own == nil && !workspace {
		return nil
	}
	return func(column string) types.Type {
		if typ, ok := own[column]; ok {
			return typ
		}
		if workspace {
			if typ, ok := u.workspace[column]; ok {
				return typ
			}
		}
		if table == "AzureDiagnostics" {
			return CustomType(column)
		}
		return types.Unknown
	}
}

// IsParser reports whether a name that no table has is known as a parser function which
// workspaces install from Sentinel's content.
func IsParser(name string) bool {
	for line := range strings.Lines(unlistedText) {
		if words := strings.Fields(line); words[0] == "parser" && slices.Contains(words[1:], name) {
			return true
		}
	}
	return false
}
