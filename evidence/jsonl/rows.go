package jsonl

import (
	"math"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
)

// streamPrefix starts the category of Defender's streaming API; the table follows.
const streamPrefix = "AdvancedHunting-"

// stream builds a row of Defender's streaming API: the columns are properties,
// what stands around them is transport.
func (r *reading) stream(obj uint32) {
	d := &r.doc
	r.rec.Row.Table = strings.TrimPrefix(d.textAt(obj, "category"), streamPrefix)
	props, _ := d.find(obj, "properties")
	r.columnsOf(props, nil)
}

// row builds a row of an object whose members are its columns.
func (r *reading) row(obj uint32, c *frame) {
	r.columnsOf(obj, c)
	r.setTable()
}

// setTable names the table by the columns that say it.
func (r *reading) setTable() {
	for _, f := range r.rec.Row.Fields {
		if (f.Name == "Type" || f.Name == "$table") && f.Value.Kind == evidence.String && isTableName(f.Value.Str) {
			r.rec.Row.Table = f.Value.Str
		}
	}
}

// isTableName says whether s can name a table.
func isTableName(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if !(c >= 'a' && c <= 'z' || s[i] == '_' || i > 0 && s[i] >= '0' && s[i] <= '9') {
			return false
		}
	}
	return true
}

// columnsOf takes the members of an object as columns.
func (r *reading) columnsOf(obj uint32, c *frame) {
	d := &r.doc
	suffixed := false
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		key := d.key(m)
		if strings.Contains(key, "@odata.") {
			continue
		}
		v := d.value(m)
		if c != nil && c.types != nil {
			v = convert(v, c.types[key])
		}
		suffixed = suffixed || foldedName(key) != ""
		r.field(key, v)
	}
	if suffixed {
		r.fields = foldColumns(r.fields)
	}
	r.rec.Row.Fields = r.fields
}

// foldedName gives the column that a name like AdditionalFields_dynamic is a part
// of, "" if it is none: a union writes columns whose types clash so.
func foldedName(key string) string {
	i := strings.LastIndexByte(key, '_')
	if i <= 0 {
		return ""
	}
	switch key[i+1:] {
	case "string", "dynamic", "long", "int", "real", "bool", "datetime", "guid", "timespan", "decimal":
		return key[:i]
	}
	return ""
}

// foldColumns puts the parts of a column together again: the value of a row is
// in one of them, the others are empty. Should two hold a value, the second
// keeps its name.
func foldColumns(fields []evidence.Field) []evidence.Field {
	out := fields[:0]
	for _, f := range fields {
		base := foldedName(f.Name)
		if base == "" {
			base = f.Name
		}
		i := indexOf(out, base)
		switch {
		case i < 0:
			f.Name = base
		case isEmpty(f.Value):
			continue
		case isEmpty(out[i].Value):
			out[i].Value = f.Value
			continue
		}
		out = append(out, f)
	}
	return out
}

func indexOf(fields []evidence.Field, name string) int {
	for i := range fields {
		if fields[i].Name == name {
			return i
		}
	}
	return -1
}

func isEmpty(v evidence.Value) bool {
	return v.Kind == evidence.Null || v.Kind == evidence.String && v.Str == ""
}

// columnType is the type that an export declares for a column, as far as JSON
// does not show it.
type columnType uint8

const (
	plainColumn columnType = iota
	datetimeColumn
	boolColumn
	guidColumn
	dynamicColumn
	realColumn
)

// typeOf reads the type names of all query APIs: those of KQL and those of .NET.
func typeOf(s string) columnType {
	switch strings.ToLower(strings.TrimPrefix(s, "System.")) {
	case "datetime", "datetimeoffset":
		return datetimeColumn
	case "bool", "boolean", "sbyte":
		return boolColumn
	case "guid", "uuid", "uniqueid":
		return guidColumn
	case "dynamic", "object":
		return dynamicColumn
	case "real", "double":
		return realColumn
	}
	return plainColumn
}

// convert gives a value the type that its column has. What does not fit stays.
func convert(v evidence.Value, t columnType) evidence.Value {
	switch {
	case t == plainColumn:
	case v.Kind == evidence.String && v.Str == "":
		if t != dynamicColumn {
			return evidence.Value{}
		}
	case t == datetimeColumn && v.Kind == evidence.String:
		if at, ok := ticks.Parse(v.Str); ok {
			return evidence.Value{Kind: evidence.Time, Num: uint64(at.Ticks)}
		}
	case t == boolColumn && v.Kind == evidence.Int && v.Num <= 1:
		v.Kind = evidence.Bool
	case t == guidColumn && v.Kind == evidence.String:
		v.Kind = evidence.GUID
		v.Str = strings.ToLower(v.Str)
	case t == dynamicColumn && v.Kind == evidence.String && (v.Str[0] == '{' || v.Str[0] == '['):
		v.Kind = evidence.JSON
	case t == realColumn && v.Kind == evidence.String: // NaN and the infinities
		if f, err := strconv.ParseFloat(v.Str, 64); err == nil {
			return evidence.Value{Kind: evidence.Real, Num: math.Float64bits(f)}
		}
	}
	return v
}
