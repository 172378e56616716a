package duckdb

import (
	"unsafe"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// builder writes rows into a chunk of its own.
//
// A row costs what those of its cells cost that have a value: for cells without one
// nothing is written until a cell of a later row has, or the chunk is full. Columns that
// have one value in all rows are not shown to DuckDB as such: it takes as long for them.
type builder struct {
	chunk mapping.DataChunk
	cols  []builderColumn
	rows  int
	texts texts
}

// builderColumn is a column of a builder. The first known rows are settled; those after
// them have no value so far.
type builderColumn struct {
	typ      types.Type
	sql      mapping.Type
	known    int
	vec      mapping.Vector
	data     unsafe.Pointer
	validity unsafe.Pointer // nil until the chunk has its first null here
}

// textMost is how much text makes a chunk full. Much smaller chunks cost DuckDB more: it
// takes samples of each. Much larger ones would leave the processor's cache.
const textMost = 2 << 20

// size is how much memory the chunk may take, in bytes.
func (b *builder) size() int64 { return int64(textMost + len(b.cols)*capacity*16) }

// newBuilder makes an empty chunk with the given columns.
func newBuilder(columns types.Schema) *builder {
	b := &builder{cols: make([]builderColumn, len(columns))}
	logical := make([]mapping.LogicalType, len(columns))
	for i, col := range columns {
		c := &b.cols[i]
		c.typ, c.sql = col.Type, sqlType(col.Type)
		logical[i] = mapping.CreateLogicalType(c.sql)
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
		c.known = 0
	}
}

// reset empties the chunk after it was consumed.
func (b *builder) reset() {
	mapping.DataChunkReset(b.chunk)
	b.rows = 0
	b.texts.reset()
	b.point()
}

func (b *builder) close() {
	mapping.DestroyDataChunk(&b.chunk)
	b.texts.close()
}

// full reports whether the chunk has to be consumed before the next row.
func (b *builder) full() bool { return b.rows == capacity || b.texts.used >= textMost }

// seal makes the chunk ready to be consumed.
func (b *builder) seal() {
	for i := range b.cols {
		b.cols[i].fill(b.rows)
	}
}

// set writes v into column i of the current row, once. A value of another type is a
// bug of the caller's and is written as null.
func (b *builder) set(i int, v *types.Value) {
	c := &b.cols[i]
	if !v.Null && (v.Type == c.typ || sqlType(v.Type) == c.sql && v.Type != types.Unknown) {
		b.put(c, v)
	}
}

// put is set for a value of the column's type that is not null.
func (b *builder) put(c *builderColumn, v *types.Value) {
	row := b.rows
	if len(v.Str) == 0 && c.typ == types.String {
		return
	}
	if c.known != row {
		c.fill(row)
	}
	c.known = row + 1
	switch c.sql {
	case mapping.TypeVarchar:
		at := (*duckString)(unsafe.Add(c.data, row*16))
		if row > 0 { // the text of the row before is often meant again
			if last := (*duckString)(unsafe.Add(c.data, row*16-16)); int(last.length) == len(v.Str) && string(last.bytes()) == v.Str {
				*at = *last
				return
			}
		}
		*at = b.texts.put(v.Str)
	case mapping.TypeBigInt:
		*(*int64)(unsafe.Add(c.data, row*8)) = v.Int
	case mapping.TypeInteger:
		*(*int32)(unsafe.Add(c.data, row*4)) = int32(v.Int)
	case mapping.TypeBoolean:
		*(*bool)(unsafe.Add(c.data, row)) = v.Int != 0
	default:
		*(*float64)(unsafe.Add(c.data, row*8)) = v.Real
	}
}

// fill makes the rows from the known ones to the one before row blank: strings are empty,
// the others null.
func (c *builderColumn) fill(row int) {
	if c.known == row {
		return
	}
	if c.sql == mapping.TypeVarchar {
		clear(unsafe.Slice((*duckString)(c.data), row)[c.known:])
	}
	if c.typ != types.String {
		if c.validity == nil {
			mapping.VectorEnsureValidityWritable(c.vec)
			c.validity = mapping.VectorGetValidity(c.vec)
		}
		for i := c.known; i < row; i++ {
			*(*uint64)(unsafe.Add(c.validity, i/64*8)) &^= 1 << (i % 64)
		}
	}
	c.known = row
}
