package duckdb

import (
	"runtime"
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
	inline [4]byte // the first bytes of the text
	rest   uint64  // the next bytes, or the pointer to the whole text
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
		return unsafe.Slice(&s.inline[0], s.length)
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

// builder writes rows into a chunk of its own. Long strings stand in Go memory,
// pinned until the chunk was consumed.
type builder struct {
	chunk  mapping.DataChunk
	cols   []builderColumn
	rows   int
	blocks [][]byte // that strings are put into, one after the other
	block  int      // how many of them are full
	at     int      // where the next string goes in the one after these
	used   int      // bytes of all strings
	pin    runtime.Pinner
	big    runtime.Pinner // strings with memory of their own
}

type builderColumn struct {
	typ      types.Type
	sql      mapping.Type
	vec      mapping.Vector
	data     unsafe.Pointer
	validity unsafe.Pointer // nil until the chunk has its first null here
}

const (
	// textMost is how much text makes a chunk full. Much smaller chunks cost DuckDB more: it
	// takes samples of each. Much larger ones would leave the processor's cache.
	textMost  = 2 << 20
	textBlock = 256 << 10
	// bigText is from which length on a string has memory of its own.
	bigText = textBlock / 4
)

// size is how much memory the chunk may take, in bytes.
func (b *builder) size() int64 { return int64(textMost + len(b.cols)*capacity*16) }

// newBuilder makes an empty chunk with the given columns.
func newBuilder(columns types.Schema) *builder {
	b := &builder{cols: make([]builderColumn, len(columns))}
	logical := make([]mapping.LogicalType, len(columns))
	for i, c := range columns {
		b.cols[i].typ, b.cols[i].sql = c.Type, sqlType(c.Type)
		logical[i] = mapping.CreateLogicalType(b.cols[i].sql)
	}
	b.chunk = mapping.CreateDataChunk(logical)
	for i := range logical {
		mapping.DestroyLogicalType(&logical[i])
	}
	b.point()
	return b
}

// point finds the vectors' memory, which a reset may have moved.
func (b *builder) point() {
	for i := range b.cols {
		c := &b.cols[i]
		c.vec = mapping.DataChunkGetVector(b.chunk, mapping.IdxT(i))
		c.data = mapping.VectorGetData(c.vec)
		c.validity = nil
	}
}

// reset empties the chunk after it was consumed.
func (b *builder) reset() {
	mapping.DataChunkReset(b.chunk)
	b.rows, b.used, b.block, b.at = 0, 0, 0, 0
	b.big.Unpin()
	b.point()
}

func (b *builder) close() {
	mapping.DestroyDataChunk(&b.chunk)
	b.big.Unpin()
	b.pin.Unpin()
}

// full reports whether the chunk has to be consumed before the next row.
func (b *builder) full() bool { return b.rows == capacity || b.used >= textMost }

// set writes v into column i of the current row. A value of another type is a
// bug of the caller's and is written as null.
func (b *builder) set(i int, v *types.Value) {
	c, row := &b.cols[i], b.rows
	if v.Null || v.Type != c.typ && (sqlType(v.Type) != c.sql || v.Type == types.Unknown) {
		if c.typ == types.String {
			*(*duckString)(unsafe.Add(c.data, row*16)) = duckString{}
			return
		}
		c.setNull(row)
		return
	}
	switch c.sql {
	case mapping.TypeBoolean:
		*(*bool)(unsafe.Add(c.data, row)) = v.Int != 0
	case mapping.TypeInteger:
		*(*int32)(unsafe.Add(c.data, row*4)) = int32(v.Int)
	case mapping.TypeBigInt:
		*(*int64)(unsafe.Add(c.data, row*8)) = v.Int
	case mapping.TypeDouble:
		*(*float64)(unsafe.Add(c.data, row*8)) = v.Real
	default:
		*(*duckString)(unsafe.Add(c.data, row*16)) = b.text(v.Str)
	}
}

// setNull marks a row of the column as null.
func (c *builderColumn) setNull(row int) {
	if c.validity == nil {
		mapping.VectorEnsureValidityWritable(c.vec)
		c.validity = mapping.VectorGetValidity(c.vec)
	}
	if c.sql == mapping.TypeVarchar {
		*(*duckString)(unsafe.Add(c.data, row*16)) = duckString{}
	}
	*(*uint64)(unsafe.Add(c.validity, row/64*8)) &^= 1 << (row % 64)
}

// text places a string where the chunk can point to it.
func (b *builder) text(s string) duckString {
	var d duckString
	if len(s) <= inlineLen {
		copy(unsafe.Slice(&d.inline[0], inlineLen), s)
		const highs = 0x8080808080808080
		if uint64(*(*uint32)(unsafe.Pointer(&d.inline)))&highs|d.rest&highs == 0 { // ASCII
			d.length = uint32(len(s))
			return d
		}
		d = duckString{}
	}
	s = validText(s)
	d.length = uint32(len(s))
	if len(s) <= inlineLen {
		copy(unsafe.Slice(&d.inline[0], inlineLen), s)
		return d
	}
	copy(d.inline[:], s)
	d.rest = uint64(uintptr(unsafe.Pointer(b.place(s))))
	return d
}

// place copies a string to where it stays until the chunk was consumed.
func (b *builder) place(s string) *byte {
	b.used += len(s)
	if len(s) >= bigText {
		own := []byte(s)
		b.big.Pin(&own[0])
		return &own[0]
	}
	if len(b.blocks) > 0 && b.at+len(s) > textBlock {
		b.block++
		b.at = 0
	}
	if b.block == len(b.blocks) {
		block := make([]byte, textBlock)
		b.pin.Pin(&block[0])
		b.blocks = append(b.blocks, block)
	}
	p := &b.blocks[b.block][b.at]
	b.at += copy(b.blocks[b.block][b.at:], s)
	return p
}
