package duckdb

/*
#include <stdint.h>
#include <stdlib.h>

void goshawk_rows_bind(void *info);
void goshawk_rows_init(void *info);
void goshawk_rows(void *info, void *output);
void goshawk_delete(void *extra);
*/
import "C"

import (
	"fmt"
	"runtime/cgo"
	"unsafe"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
)

// rowsFunction is the function of SQL that gives the rows of an appender, by its number.
// DuckDB's own appender copies every chunk before it inserts it: this one shows DuckDB the
// chunks where they are.
const rowsFunction = "goshawk_rows"

// registerRows makes rowsFunction known to the database.
func (c *conn) registerRows() error {
	f := mapping.CreateTableFunction()
	defer mapping.DestroyTableFunction(&f)
	mapping.TableFunctionSetName(f, rowsFunction)
	number := mapping.CreateLogicalType(mapping.TypeBigInt)
	mapping.TableFunctionAddParameter(f, number)
	mapping.DestroyLogicalType(&number)
	mapping.TableFunctionSetExtraInfo(f, newHandle(c.db), C.goshawk_delete)
	mapping.TableFunctionSetBind(f, C.goshawk_rows_bind)
	mapping.TableFunctionSetInit(f, C.goshawk_rows_init)
	mapping.TableFunctionSetFunction(f, C.goshawk_rows)
	if mapping.RegisterTableFunction(c.conn, f) == mapping.StateError {
		return &engine.Error{Op: "open", Message: fmt.Sprintf("function %s cannot be registered", rowsFunction)}
	}
	return nil
}

// appenders are those of a database that rowsFunction may be asked for.
type appenders struct {
	last int64
	open map[int64]*appender
}

// enter gives an appender its number.
func (d *DB) enter(a *appender) int64 {
	d.appendersMu.Lock()
	defer d.appendersMu.Unlock()
	if d.appenders.open == nil {
		d.appenders.open = map[int64]*appender{}
	}
	d.appenders.last++
	d.appenders.open[d.appenders.last] = a
	return d.appenders.last
}

// leave takes the number back.
func (d *DB) leave(number int64) {
	d.appendersMu.Lock()
	defer d.appendersMu.Unlock()
	delete(d.appenders.open, number)
}

func (d *DB) numbered(number int64) *appender {
	d.appendersMu.Lock()
	defer d.appendersMu.Unlock()
	return d.appenders.open[number]
}

// newHandle puts a Go value where C can hold it, until goshawk_delete.
func newHandle(v any) unsafe.Pointer {
	p := C.malloc(C.size_t(unsafe.Sizeof(cgo.Handle(0))))
	*(*cgo.Handle)(p) = cgo.NewHandle(v)
	return p
}

// held is the value of a handle.
func held(p unsafe.Pointer) any { return (*(*cgo.Handle)(p)).Value() }

//export goshawk_delete
func goshawk_delete(p unsafe.Pointer) {
	(*(*cgo.Handle)(p)).Delete()
	C.free(p)
}

// goshawk_rows_bind tells the columns of the appender whose number is the argument.
//
//export goshawk_rows_bind
func goshawk_rows_bind(info unsafe.Pointer) {
	bi := mapping.BindInfo{Ptr: info}
	v := mapping.BindGetParameter(bi, 0)
	number := mapping.GetInt64(v)
	mapping.DestroyValue(&v)
	a := held(mapping.BindGetExtraInfo(bi)).(*DB).numbered(number)
	if a == nil {
		mapping.BindSetError(bi, fmt.Sprintf("no rows are numbered %d", number))
		return
	}
	for i, c := range a.schema {
		t := mapping.CreateLogicalType(sqlType(c.Type))
		mapping.BindAddResultColumn(bi, fmt.Sprintf("c%d", i), t)
		mapping.DestroyLogicalType(&t)
	}
	mapping.BindSetBindData(bi, newHandle(a), C.goshawk_delete)
}

//export goshawk_rows_init
func goshawk_rows_init(unsafe.Pointer) {}

// goshawk_rows shows DuckDB the appender's next chunk. DuckDB has done with it when it
// asks for another one.
//
//export goshawk_rows
func goshawk_rows(info, output unsafe.Pointer) {
	fi, out := mapping.FunctionInfo{Ptr: info}, mapping.DataChunk{Ptr: output}
	defer func() {
		// A panic must not unwind into DuckDB's frames.
		if p := recover(); p != nil {
			mapping.FunctionSetError(fi, fmt.Sprintf("function %s failed: %v", rowsFunction, p))
		}
	}()
	a := held(mapping.FunctionGetBindData(fi)).(*appender)
	b := a.next()
	if b == nil {
		mapping.DataChunkSetSize(out, 0)
		return
	}
	for i := range b.cols {
		mapping.VectorReferenceVector(mapping.DataChunkGetVector(out, mapping.IdxT(i)), b.cols[i].vec)
	}
	mapping.DataChunkSetSize(out, mapping.IdxT(b.rows))
}
