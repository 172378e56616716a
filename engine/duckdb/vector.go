package duckdb

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// capacity is the number of rows of a DuckDB data chunk.
var capacity = int(mapping.VectorSize())

// duckString is DuckDB's 16-byte string: up to 12 bytes stand in it, longer ones
// are a prefix and a pointer.
type duckString struct {
	length uint32
	inline uint32 // the first bytes of the text
	rest   uint64 // the next bytes, or the pointer to the whole text
}

const inlineLen = 12

// sqlType is the DuckDB type that holds a KQL type.
func sqlType(t types.Type) mapping.Type {
	switch t {
	case types.Bool:
		return mapping.TypeBoolean
	case types.Int:
		return mapping.TypeInteger
	case types.Long, types.DateTime, types.TimeSpan:
		return mapping.TypeBigInt
	case types.Real:
		return mapping.TypeDouble
	}
	return mapping.TypeVarchar
}

// sqlTypeName is the name of sqlType in SQL.
func sqlTypeName(t types.Type) string {
	switch sqlType(t) {
	case mapping.TypeBoolean:
		return "BOOLEAN"
	case mapping.TypeInteger:
		return "INTEGER"
	case mapping.TypeBigInt:
		return "BIGINT"
	case mapping.TypeDouble:
		return "DOUBLE"
	}
	return "VARCHAR"
}

// validText returns s as valid UTF-8: DuckDB's text functions rely on it.
func validText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// column reads one column of a chunk as values.
type column struct {
	typ      types.Type
	sql      mapping.Type
	data     unsafe.Pointer
	validity unsafe.Pointer // nil: all rows are valid
	text     []string       // of a text column, copied out of DuckDB's memory
}

// load points the column at a vector of size rows.
func (c *column) load(vec mapping.Vector, size int) {
	c.data = mapping.VectorGetData(vec)
	c.validity = mapping.VectorGetValidity(vec)
	if c.sql == mapping.TypeVarchar {
		c.loadText(size)
	}
}

// loadText copies the strings of all rows into one buffer.
func (c *column) loadText(size int) {
	strs := unsafe.Slice((*duckString)(c.data), size)
	if cap(c.text) < size {
		c.text = make([]string, max(size, capacity))
	}
	c.text = c.text[:size]
	total := 0
	for i := range strs {
		if c.valid(i) {
			total += int(strs[i].length)
		}
	}
	var buf strings.Builder
	buf.Grow(total)
	var last *byte
	for i := range strs {
		if !c.valid(i) {
			c.text[i] = ""
			continue
		}
		raw := strs[i].bytes()
		// Flattened constants point to the same text in every row.
		if p := unsafe.SliceData(raw); len(raw) > inlineLen && p == last && len(c.text[i-1]) == len(raw) {
			c.text[i] = c.text[i-1]
			continue
		} else {
			last = p
		}
		start := buf.Len()
		buf.Write(raw)
		c.text[i] = buf.String()[start:]
	}
}

// bytes returns the string's text in DuckDB's memory.
func (s *duckString) bytes() []byte {
	if s.length <= inlineLen {
		return unsafe.Slice((*byte)(unsafe.Pointer(&s.inline)), s.length)
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&s.rest)), s.length)
}

func (c *column) valid(row int) bool {
	if c.validity == nil {
		return true
	}
	word := *(*uint64)(unsafe.Add(c.validity, row/64*8))
	return word&(1<<(row%64)) != 0
}

// value returns the value of a row.
func (c *column) value(row int) types.Value {
	if !c.valid(row) {
		return types.Null(c.typ)
	}
	v := types.Value{Type: c.typ}
	switch c.sql {
	case mapping.TypeBoolean:
		if *(*bool)(unsafe.Add(c.data, row)) {
			v.Int = 1
		}
	case mapping.TypeInteger:
		v.Int = int64(*(*int32)(unsafe.Add(c.data, row*4)))
	case mapping.TypeBigInt:
		v.Int = *(*int64)(unsafe.Add(c.data, row*8))
	case mapping.TypeDouble:
		v.Real = *(*float64)(unsafe.Add(c.data, row*8))
	default:
		v.Str = c.text[row]
	}
	return v
}
