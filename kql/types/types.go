// Package types holds KQL's scalar types, schemas and values.
//
// Source: Kusto scalar data types,
// https://learn.microsoft.com/kusto/query/scalar-data-types/
package types

import "strings"

// Type is a KQL scalar type. The zero value is Unknown: the type of an
// expression that could not be bound.
type Type uint8

const (
	Unknown Type = iota
	Bool
	DateTime // ticks of 100 ns since 0001-01-01
	Decimal
	Dynamic // any JSON value
	GUID
	Int  // 32 bits
	Long // 64 bits
	Real // IEEE double
	String
	TimeSpan // ticks of 100 ns
)

var names = [...]string{"unknown", "bool", "datetime", "decimal", "dynamic", "guid", "int", "long", "real", "string", "timespan"}

// String returns KQL's name of the type.
func (t Type) String() string { return names[t] }

// IsNumeric reports whether t is int, long, real or decimal.
func (t Type) IsNumeric() bool { return t == Int || t == Long || t == Real || t == Decimal }

// Parse returns the type of a KQL type name or one of its aliases (date, time,
// boolean, double, uuid, uniqueid, int32, int64 ..), as used in typeof, datatable
// and function parameters.
func Parse(name string) (Type, bool) {
	switch strings.ToLower(name) {
	case "bool", "boolean":
		return Bool, true
	case "datetime", "date":
		return DateTime, true
	case "decimal":
		return Decimal, true
	case "dynamic":
		return Dynamic, true
	case "guid", "uuid", "uniqueid":
		return GUID, true
	case "int", "int32", "uint", "uint32", "int8", "uint8", "int16", "uint16":
		return Int, true
	case "long", "int64", "ulong", "uint64":
		return Long, true
	case "real", "double", "float":
		return Real, true
	case "string":
		return String, true
	case "timespan", "time":
		return TimeSpan, true
	}
	return Unknown, false
}

// Column is a named, typed column.
type Column struct {
	Name string
	Type Type
}

// Schema is a list of columns in order. Names are unique and case-sensitive.
type Schema []Column

// Index returns the position of a column by its exact name, or -1.
func (s Schema) Index(name string) int {
	for i := range s {
		if s[i].Name == name {
			return i
		}
	}
	return -1
}

// Finder returns Index, made for many look-ups in as many columns as all tables have.
func (s Schema) Finder() func(name string) int {
	if len(s) < 64 {
		return s.Index
	}
	places := make(map[string]int, len(s))
	for i := len(s) - 1; i >= 0; i-- {
		places[s[i].Name] = i
	}
	return func(name string) int {
		if i, ok := places[name]; ok {
			return i
		}
		return -1
	}
}

// String prints the schema as KQL does: (a:long, b:string).
func (s Schema) String() string {
	var b strings.Builder
	b.WriteByte('(')
	for i, c := range s {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.Name)
		b.WriteByte(':')
		b.WriteString(c.Type.String())
	}
	b.WriteByte(')')
	return b.String()
}

// Value is one scalar. The zero Value is the null of type Unknown; a string is
// never null.
type Value struct {
	Type Type
	Null bool
	// Int holds Bool (0 or 1), Int, Long, DateTime and TimeSpan (ticks).
	Int int64
	// Real holds Real.
	Real float64
	// Str holds String, GUID (lower case with dashes), Decimal (digits) and
	// Dynamic (JSON text).
	Str string
}

// Null returns the null of a type; for String that is the empty string.
func Null(t Type) Value { return Value{Type: t, Null: t != String} }
