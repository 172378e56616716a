package duckdb

import (
	"fmt"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// rows reads a result as typed values.
type rows struct {
	schema types.Schema
	result *mapping.Result
	chunk  mapping.DataChunk
	cols   []column
	size   int
	next   int
	row    []types.Value
	place  []int // of each column in row
	sql    string
}

// newRows checks that a result has the columns of s that aren't missing, and prepares to
// read it.
func newRows(result *mapping.Result, s sqlgen.Select) (*rows, error) {
	r := &rows{schema: s.Schema, result: result, row: make([]types.Value, len(s.Schema)), sql: s.SQL}
	for i, c := range s.Schema {
		if s.Missing != nil && s.Missing[i] {
			r.row[i] = types.Null(c.Type)
		} else {
			r.place = append(r.place, i)
		}
	}
	n := int(mapping.ColumnCount(result))
	if len(r.place) == 0 {
		n = 0 // rows without columns: SQL has one that nothing reads
	}
	if n != len(r.place) {
		return nil, &engine.Error{Op: "run", SQL: s.SQL, Message: fmt.Sprintf("the generated SQL has %d columns, not %d", n, len(r.place))}
	}
	r.cols = make([]column, n)
	for i, place := range r.place {
		c := s.Schema[place]
		got := mapping.ColumnType(result, mapping.IdxT(i))
		if got != sqlType(c.Type) {
			return nil, &engine.Error{Op: "run", SQL: s.SQL, Message: fmt.Sprintf("column %q is computed as %s, not as %s", c.Name, typeName(got), c.Type)}
		}
		r.cols[i] = column{typ: c.Type, sql: got}
	}
	return r, nil
}

// typeName names a DuckDB type in an error.
func typeName(t mapping.Type) string {
	switch t {
	case mapping.TypeBoolean:
		return "BOOLEAN"
	case mapping.TypeInteger:
		return "INTEGER"
	case mapping.TypeBigInt:
		return "BIGINT"
	case mapping.TypeHugeInt:
		return "HUGEINT"
	case mapping.TypeDouble:
		return "DOUBLE"
	case mapping.TypeVarchar:
		return "VARCHAR"
	case mapping.TypeDecimal:
		return "DECIMAL"
	case mapping.TypeList:
		return "LIST"
	case mapping.TypeStruct:
		return "STRUCT"
	case mapping.TypeUBigInt:
		return "UBIGINT"
	case mapping.TypeSQLNull:
		return "NULL"
	}
	return fmt.Sprintf("type %d", t)
}

// Schema returns the columns of the rows.
func (r *rows) Schema() types.Schema { return r.schema }

// Next returns the next row, or nil at the end.
func (r *rows) Next() ([]types.Value, error) {
	for r.next == r.size {
		r.freeChunk()
		r.chunk = mapping.FetchChunk(*r.result)
		if r.chunk.Ptr == nil {
			// A streaming result fails where it is read.
			if msg := mapping.ResultError(r.result); msg != "" {
				return nil, failure("run", r.sql, msg)
			}
			return nil, nil
		}
		r.size, r.next = int(mapping.DataChunkGetSize(r.chunk)), 0
		for i := range r.cols {
			r.cols[i].load(mapping.DataChunkGetVector(r.chunk, mapping.IdxT(i)), r.size)
		}
	}
	for i := range r.cols {
		r.row[r.place[i]] = r.cols[i].value(r.next)
	}
	r.next++
	return r.row, nil
}

func (r *rows) freeChunk() {
	if r.chunk.Ptr != nil {
		mapping.DestroyDataChunk(&r.chunk)
	}
	r.size, r.next = 0, 0
}
