package normalize

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Sources write what stands in FROM for the tables whose rows lie in more than one stored
// table, by name: an item that has the columns that are named, of Table.Stored() and the
// ingestion time. What only columns that are not named need is not read.
func Sources() map[string]func(columns []string) string {
	cat := catalog.Default()
	raws := map[string]*catalog.Table{}
	for _, t := range rawTables(cat) {
		raws[t.Name] = t
	}
	sources := map[string]func([]string) string{windowsEvent: eventRows}
	for _, name := range rawOf {
		sources[name] = newSource(cat.Table(name), raws[raw(name)]).sql
	}
	return sources
}

// source is a table with raw rows.
type source struct {
	table, raw string
	// values write the columns from raw row t and its process a.
	values map[string]string
}

func newSource(whole, own *catalog.Table) *source {
	s := &source{table: whole.Name, raw: own.Name, values: map[string]string{"Type": "'" + whole.Name + "'"}}
	stored := own.Stored()
	has := func(column string) bool { return stored.Index(column) >= 0 }
	for _, c := range whole.Stored() {
		switch {
		case has(c.Name):
			s.values[c.Name] = `t."` + c.Name + `"`
		case s.values[c.Name] != "":
		default:
			s.values[c.Name] = blank(c.Type)
		}
	}
	actor := actorValues(has, whole)
	for i, column := range actor.columns {
		s.values[column] = actor.values[i]
	}
	return s
}

// blank is the value of a column of which a row says nothing.
func blank(typ types.Type) string {
	if typ == types.String {
		return "''"
	}
	return "CAST(NULL AS " + sqlTypes[typ] + ")"
}

// sql is the source with some columns.
func (s *source) sql(columns []string) string {
	if len(columns) == 0 {
		return fmt.Sprintf(`(SELECT 1 AS one FROM "%s" UNION ALL SELECT 1 FROM "%s")`, s.table, s.raw)
	}
	wide := make([]string, len(columns))
	for i, name := range columns {
		wide[i] = `"` + name + `"`
	}
	return fmt.Sprintf(`(SELECT %s FROM "%s" UNION ALL %s)`, strings.Join(wide, ", "), s.table, s.rows("", columns))
}

// numbered is columns of the raw rows alone, with their numbers, "$row".
func (s *source) numbered(columns ...string) string {
	return "(" + s.rows(`t.rowid AS "$row", `, columns) + ")"
}

func (s *source) rows(number string, columns []string) string {
	narrow := make([]string, len(columns))
	for i, name := range columns {
		value, known := s.values[name]
		if !known {
			value = `t."` + name + `"`
		}
		narrow[i] = fmt.Sprintf(`%s AS "%s"`, value, name)
	}
	list, from := strings.Join(narrow, ", "), `"`+s.raw+`" t`
	if strings.Contains(list, `a."`) {
		from += fmt.Sprintf(` LEFT JOIN "%[1]s" a ON a."%[2]s" = t."%[2]s"`, actorTable, actorNumber)
	}
	return fmt.Sprintf("SELECT %s%s FROM %s", number, list, from)
}
