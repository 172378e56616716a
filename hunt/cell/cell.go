// Package cell reads the cells of a query's answer: by the column's name, as text,
// number, time or truth, with one meaning of "nothing there" for all who read rows.
package cell

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Row is one row of an answer. At says which cell a name means; names may be columns or
// whatever else the reader calls them.
type Row struct {
	At    map[string]int
	Cells []types.Value
}

// New returns a reader of an answer's rows by the names of its columns; Cells is set for
// each row in turn.
func New(schema types.Schema) *Row {
	r := &Row{At: make(map[string]int, len(schema))}
	for i, c := range schema {
		r.At[c.Name] = i
	}
	return r
}

// Value returns the named cell, a null one where the answer has no such column.
func (r *Row) Value(name string) types.Value {
	if i, ok := r.At[name]; ok && i < len(r.Cells) {
		return r.Cells[i]
	}
	return types.Value{Null: true}
}

// Text returns a cell as people read it, "" for null and for Windows' "-".
func (r *Row) Text(name string) string {
	s := Plain(r.Value(name))
	if s == "-" {
		return ""
	}
	return s
}

// Lower is Text in lower case, for names that are compared.
func (r *Row) Lower(name string) string { return strings.ToLower(r.Text(name)) }

// Int returns a number, also one that is written as text (0x for hexadecimal); 0 where
// there is none.
func (r *Row) Int(name string) int64 {
	v := r.Value(name)
	switch {
	case v.Null:
		return 0
	case v.Type == types.Long || v.Type == types.Int:
		return v.Int
	case v.Type == types.Real:
		return int64(v.Real)
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(Plain(v)), 0, 64)
	return n
}

// Time returns a moment, zero where there is none.
func (r *Row) Time(name string) finding.Time {
	if v := r.Value(name); !v.Null && v.Type == types.DateTime {
		return finding.FromTicks(v.Int)
	}
	return finding.Time{}
}

// Yes reports whether a cell is true.
func (r *Row) Yes(name string) bool {
	v := r.Value(name)
	return !v.Null && v.Type == types.Bool && v.Int != 0
}

// Has reports whether a cell is not null.
func (r *Row) Has(name string) bool { return !r.Value(name).Null }

// Plain returns a value as people read it; a dynamic string without its quotes.
func Plain(v types.Value) string {
	if v.Null {
		return ""
	}
	if v.Type == types.Dynamic && strings.HasPrefix(v.Str, `"`) {
		var s string
		if json.Unmarshal([]byte(v.Str), &s) == nil {
			return s
		}
	}
	return v.Text()
}
