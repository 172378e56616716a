package jsonl

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/column"
)

// frame is what the objects around a value say about it.
type frame struct {
	envelope name
	columns  []declared            // of the arrays in rows
	types    map[string]columnType // of the members of objects in results
	table    string
	skip     bool // the rows are no result of the query
}

// declared is a column of a table in the response of a query API.
type declared struct {
	name string
	typ  columnType
}

// isEnvelope says whether a member of this name holds records in its array.
func isEnvelope(n name) bool {
	switch n {
	case nValue, nResults, nRecords, nTables, nEvents, nData, nHits, nRows, nDocuments:
		return true
	}
	return false
}

// learn takes what a member says about the members after it.
func (r *reading) learn(f *frame, m uint32) {
	d := &r.doc
	switch d.nodes[m].name {
	case nColumns:
		f.columns = r.columnList(m)
		f.skip = f.skip || isSystemTable(f.columns)
	case nSchema:
		f.types = map[string]columnType{}
		for _, c := range r.columnList(m) {
			f.types[c.name] = c.typ
		}
	case nTableKind:
		f.skip = f.skip || d.text(m) != "PrimaryResult"
	case nTableName, nName:
		if t := d.text(m); column.IsTable(t) && t != "PrimaryResult" && !strings.HasPrefix(t, "Table_") {
			f.table = strings.Clone(t)
		}
	case nHasErrors:
		if d.nodes[m].kind == kTrue {
			r.damageAt(d.nodes[m].start, "the export says that its query failed in part")
		}
	case nError, nErrors:
		if k := d.nodes[m].kind; k == kObject || k == kArray {
			msg := first(d.textAt(m, "message"), d.textAt(m, "code"))
			r.damageAt(d.nodes[m].start, strings.TrimSuffix("the export holds an error of its query: "+msg, ": "))
		}
	}
}

// columnList reads the declarations of columns in any of the query APIs' forms.
func (r *reading) columnList(list uint32) []declared {
	d := &r.doc
	var out []declared
	if d.nodes[list].kind != kArray {
		return nil
	}
	for m := list + 1; m < d.nodes[list].next; m = d.nodes[m].next {
		name := first(d.textAt(m, "ColumnName"), d.textAt(m, "name"), d.textAt(m, "Name"))
		typ := first(d.textAt(m, "ColumnType"), d.textAt(m, "type"), d.textAt(m, "Type"), d.textAt(m, "DataType"))
		out = append(out, declared{strings.Clone(strings.ToValidUTF8(name, "\uFFFD")), typeOf(typ)})
	}
	return out
}

// isSystemTable recognises the tables of a version 1 response that describe the
// query instead of holding its result.
func isSystemTable(c []declared) bool {
	has := func(names ...string) bool {
		for _, n := range names {
			found := false
			for i := range c {
				found = found || c[i].name == n
			}
			if !found {
				return false
			}
		}
		return true
	}
	return len(c) == 1 && c[0].name == "Value" || has("SeverityName", "StatusDescription") || has("Ordinal", "Kind", "PrettyName")
}

// tableRow emits a row that is an array of values.
func (r *reading) tableRow(array uint32, f *frame) error {
	d := &r.doc
	switch {
	case f.skip:
		return nil
	case len(f.columns) == 0:
		r.damageAt(d.nodes[array].start, "row of values without the names of its columns")
		return nil
	}
	r.start("kusto", evidence.KindRow, array)
	i, suffixed := 0, false
	for m := array + 1; m < d.nodes[array].next; m = d.nodes[m].next {
		if i == len(f.columns) {
			break
		}
		c := f.columns[i]
		i++
		suffixed = suffixed || column.Part(c.name) != ""
		r.field(c.name, convert(d.value(m), c.typ))
	}
	if got := d.count(array); got != len(f.columns) {
		r.damageAt(d.nodes[array].start, "row has another number of values than there are columns")
		return nil
	}
	if suffixed {
		r.fields = column.Fold(r.fields)
	}
	r.rec.Row.Fields = r.fields
	if r.rec.Row.Table = column.Table(r.fields); r.rec.Row.Table == "" {
		r.rec.Row.Table = f.table
	}
	return r.emit()
}

// count is the number of members of a container.
func (d *doc) count(i uint32) (n int) {
	for m := i + 1; m < d.nodes[i].next; m = d.nodes[m].next {
		n++
	}
	return n
}
