package duckdb

import (
	"math"
	"unsafe"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// builder writes rows into a chunk of its own.
//
// A row costs what those of its cells cost that have a value: for cells without one
// nothing is written until a cell of a later row has. A column with one value in all rows,
// or with none, is shown to DuckDB as such.
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
	varied   bool // the known rows stand in vec; else the first one does and all are like it
	known    int
	vec      mapping.Vector
	data     unsafe.Pointer
	validity unsafe.Pointer // nil until the chunk has its first null here
	one      mapping.Vector // a constant
	value    unsafe.Pointer // of the constant
	null     mapping.Vector // a constant without a value; of strings there is none
	shown    mapping.Vector // which of these DuckDB gets, since seal
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
		c.one = newConstant(logical[i], zeroValue(c.sql))
		c.value = mapping.VectorGetData(c.one)
		if c.typ != types.String {
			c.null = newConstant(logical[i], nullValue(logical[i]))
		}
	}
	b.chunk = mapping.CreateDataChunk(logical)
	for i := range logical {
		mapping.DestroyLogicalType(&logical[i])
	}
	b.point()
	return b
}

// newConstant makes a vector that has v in all rows. It takes v over.
func newConstant(t mapping.LogicalType, v mapping.Value) mapping.Vector {
	vec := mapping.CreateVector(t, 1)
	mapping.VectorReferenceValue(vec, v)
	mapping.DestroyValue(&v)
	return vec
}

// zeroValue is a value of a type.
func zeroValue(t mapping.Type) mapping.Value {
	switch t {
	case mapping.TypeBoolean:
		return mapping.CreateBool(false)
	case mapping.TypeInteger:
		return mapping.CreateInt32(0)
	case mapping.TypeBigInt:
		return mapping.CreateInt64(0)
	case mapping.TypeDouble:
		return mapping.CreateDouble(0)
	}
	return mapping.CreateVarcharLength("", 0)
}

// nullValue is the null of a type. DuckDB gives one out of a list only.
func nullValue(t mapping.LogicalType) mapping.Value {
	untyped := mapping.CreateNullValue()
	list := mapping.CreateListValue(t, []mapping.Value{untyped})
	defer mapping.DestroyValue(&untyped)
	defer mapping.DestroyValue(&list)
	return mapping.GetListChild(list, 0)
}

// point finds the vectors' memory, which a reset may have moved.
func (b *builder) point() {
	for i := range b.cols {
		c := &b.cols[i]
		c.vec = mapping.DataChunkGetVector(b.chunk, mapping.IdxT(i))
		c.data = mapping.VectorGetData(c.vec)
		c.validity = nil
		c.known, c.varied = 0, false
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
	for i := range b.cols {
		c := &b.cols[i]
		mapping.DestroyVector(&c.one)
		if c.null.Ptr != nil {
			mapping.DestroyVector(&c.null)
		}
	}
	b.texts.close()
}

// full reports whether the chunk has to be consumed before the next row.
func (b *builder) full() bool { return b.rows == capacity || b.texts.used >= textMost }

// seal makes the chunk ready to be consumed.
func (b *builder) seal() {
	for i := range b.cols {
		c := &b.cols[i]
		switch {
		case c.known == 0 && c.typ != types.String:
			c.shown = c.null
		case c.known == 0:
			*(*duckString)(c.value) = duckString{}
			c.shown = c.one
		case !c.varied && c.known == b.rows:
			c.fix()
			c.shown = c.one
		default:
			c.vary()
			c.fill(b.rows)
			c.shown = c.vec
		}
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
	if !c.varied {
		if c.known == row && row > 0 && c.same(v) {
			c.known++
			return
		}
		if row > 0 {
			c.vary()
		}
	}
	if c.known != row {
		c.fill(row)
	}
	c.known = row + 1
	switch c.sql {
	case mapping.TypeVarchar:
		*(*duckString)(unsafe.Add(c.data, row*16)) = b.texts.put(v.Str)
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

// same says whether v is the value of the first row.
func (c *builderColumn) same(v *types.Value) bool {
	switch c.sql {
	case mapping.TypeBoolean:
		return *(*bool)(c.data) == (v.Int != 0)
	case mapping.TypeInteger:
		return *(*int32)(c.data) == int32(v.Int)
	case mapping.TypeBigInt:
		return *(*int64)(c.data) == v.Int
	case mapping.TypeDouble:
		return *(*uint64)(c.data) == math.Float64bits(v.Real)
	}
	return string((*duckString)(c.data).bytes()) == v.Str
}

// fix makes the value of the first row the constant.
func (c *builderColumn) fix() {
	switch c.sql {
	case mapping.TypeBoolean:
		*(*bool)(c.value) = *(*bool)(c.data)
	case mapping.TypeInteger:
		*(*int32)(c.value) = *(*int32)(c.data)
	case mapping.TypeBigInt, mapping.TypeDouble:
		*(*uint64)(c.value) = *(*uint64)(c.data)
	default:
		*(*duckString)(c.value) = *(*duckString)(c.data)
	}
}

// vary writes the value of the first row into all known ones.
func (c *builderColumn) vary() {
	if c.varied {
		return
	}
	c.varied = true
	switch c.sql {
	case mapping.TypeBoolean:
		repeat(unsafe.Slice((*bool)(c.data), c.known))
	case mapping.TypeInteger:
		repeat(unsafe.Slice((*int32)(c.data), c.known))
	case mapping.TypeBigInt, mapping.TypeDouble:
		repeat(unsafe.Slice((*uint64)(c.data), c.known))
	default:
		repeat(unsafe.Slice((*duckString)(c.data), c.known))
	}
}

// repeat gives all items the value of the first.
func repeat[T any](list []T) {
	for i := 1; i < len(list); i++ {
		list[i] = list[0]
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
