// Package column knows how exports of query results write columns, whatever the
// file format: columns that a union split, and the columns that name the table.
package column

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Part gives the column that a name like AdditionalFields_dynamic is a part of,
// "" if it is none: Kusto writes columns of a union so when their types clash.
func Part(name string) string {
	i := strings.LastIndexByte(name, '_')
	if i <= 0 {
		return ""
	}
	switch name[i+1:] {
	case "string", "dynamic", "long", "int", "real", "bool", "datetime", "guid", "timespan", "decimal":
		return name[:i]
	}
	return ""
}

// Fold puts the parts of split columns together again, in place: the value of a
// row is in one of them, the others are empty. Should two hold a value, the
// second keeps its name.
func Fold(fields []evidence.Field) []evidence.Field {
	out := fields[:0]
	for _, f := range fields {
		base := Part(f.Name)
		if base == "" {
			base = f.Name
		}
		i := index(out, base)
		switch {
		case i < 0:
			f.Name = base
		case empty(f.Value):
			continue
		case empty(out[i].Value):
			out[i].Value = f.Value
			continue
		}
		out = append(out, f)
	}
	return out
}

func index(fields []evidence.Field, name string) int {
	for i := range fields {
		if fields[i].Name == name {
			return i
		}
	}
	return -1
}

func empty(v evidence.Value) bool {
	return v.Kind == evidence.Null || v.Kind == evidence.String && v.Str == ""
}

// Table gives the table that a row's own columns name: Type, as Log Analytics
// writes, or $table of search and find. It is "" if there is none.
func Table(fields []evidence.Field) string {
	for _, f := range fields {
		if (f.Name == "Type" || f.Name == "$table") && f.Value.Kind == evidence.String && IsTable(f.Value.Str) {
			return f.Value.Str
		}
	}
	return ""
}

// IsTable says whether s can name a table.
func IsTable(s string) bool {
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
