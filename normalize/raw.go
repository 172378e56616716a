package normalize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Of a row of these tables most is what its process is, which only the whole case can
// tell: the second stage writes it, once. Until then what the event itself says waits in
// a narrow table, the raw one.
var rawOf = []string{"DeviceEvents", "DeviceFileEvents", "DeviceImageLoadEvents", "DeviceNetworkEvents", "DeviceRegistryEvents"}

const rawPrefix = "$Raw"

// raw names the raw table of a table.
func raw(table string) string { return rawPrefix + table }

// Whole names the table that the rows of a raw table end in; a table that is none is its own.
func Whole(table string) string { return strings.TrimPrefix(table, rawPrefix) }

// Raw names the raw table of a table, "" if it has none.
func Raw(table string) string {
	if slices.Contains(rawOf, table) {
		return raw(table)
	}
	return ""
}

// rawTables are the raw tables: what an event can say, and of its process no more than what
// names it.
func rawTables(cat *catalog.Catalog) []*catalog.Table {
	said := map[string]bool{}
	for _, name := range columnNames {
		said[name] = true
	}
	for _, c := range learned {
		delete(said, columnNames[c])
	}
	var list []*catalog.Table
	for _, name := range rawOf {
		whole := cat.Table(name)
		t := &catalog.Table{Name: raw(name), Product: catalog.Goshawk, Hidden: whole.Hidden}
		for _, c := range whole.Columns {
			if c.Same == "" && said[c.Name] {
				t.Columns = append(t.Columns, c)
			}
		}
		list = append(list, t)
	}
	return list
}

// RawRows is the query of the rows of a raw table as the whole rows that they were if nothing
// were known of their processes: what a case that may not be written to shows of them.
func RawRows(t *catalog.Table) string {
	whole, has := Whole(t.Name), t.Stored()
	more := []string{fmt.Sprintf(`'%s' AS "Type"`, whole)}
	for _, c := range catalog.Default().Table(whole).Stored() {
		if c.Type == types.String && c.Name != "Type" && has.Index(c.Name) < 0 {
			more = append(more, fmt.Sprintf(`'' AS "%s"`, c.Name))
		}
	}
	return fmt.Sprintf(`SELECT *, %s FROM "%s"`, strings.Join(more, ", "), t.Name)
}

// learned are columns that no event of the raw tables says: they are learned from its
// process. Type is the table's name.
var learned = []column{
	cInitiatingProcessSHA1, cInitiatingProcessSHA256, cInitiatingProcessMD5, cInitiatingProcessIntegrityLevel,
	cInitiatingProcessParentFileName, cInitiatingProcessParentCreationTime, cInitiatingProcessCreationTime,
	cInitiatingProcessSessionId, cInitiatingProcessVersionInfoCompanyName, cInitiatingProcessVersionInfoProductName,
	cInitiatingProcessVersionInfoProductVersion, cInitiatingProcessVersionInfoOriginalFileName, cInitiatingProcessVersionInfoFileDescription,
	cType,
}
