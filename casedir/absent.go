package casedir

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/bind"
)

// Missing says which tables a query may name though neither the catalogue nor the
// user has them. They are empty, and a warning says so.
type Missing int

// The ways to deal with missing tables.
const (
	// MissingCustom lets custom tables of a workspace (NAME_CL) be missing.
	MissingCustom Missing = iota
	// MissingNone refuses all.
	MissingNone
	// MissingAny lets every table be missing: it may be a parser function of somebody's
	// workspace. It is for runs without data.
	MissingAny
)

// absent returns what is known of a table that is not here, nil if it must be here.
func (m Missing) absent(n bind.Named) *bind.Absent {
	name, custom := n.Table, strings.HasSuffix(n.Table, catalog.CustomSuffix) && !n.Elsewhere
	if m == MissingNone || m == MissingCustom && !custom || !custom && len(n.Near) > 0 && !catalog.IsParser(name) {
		return nil
	}
	a := &bind.Absent{Columns: catalog.Custom(), Type: catalog.CustomType}
	if custom {
		a.Message = "the custom table '" + name + "' is not here: it is taken as empty, the types of its columns by the suffixes of their names"
		a.Hint = "functions/" + name + ".csv of the case can give its rows"
		return a
	}
	if n.Elsewhere {
		a.Message = "other clusters, databases and workspaces can't be reached: '" + name + "' is taken as empty"
		a.Hint = "write " + name + " alone to read the table of the case"
		return a
	}
	a.Message = "unknown table '" + name + "': it is taken as an empty table that has every column"
	a.Hint = "a parser function of a workspace is read with --functions DIR (.kql, or Sentinel's parser .yaml); --strict refuses what is unknown"
	return a
}
