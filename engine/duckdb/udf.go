package duckdb

/*
#include <stdint.h>

void goshawk_scalar(void *info, void *input, void *output);
void goshawk_delete(void *extra);

// Of DuckDB's C interface, which package mapping links.
void duckdb_vector_assign_string_element_len(void *vector, uint64_t index, const char *str, uint64_t len);

int duckdb_pending_prepared_streaming(void *statement, void **pending);

// assign_strings copies n strings, which stand one after the other in text and
// end at ends[i], into a vector: one call into C for a whole chunk.
static void assign_strings(void *vector, const char *text, const uint32_t *ends, uint64_t n) {
	uint32_t start = 0;
	for (uint64_t i = 0; i < n; i++) {
		duckdb_vector_assign_string_element_len(vector, i, text + start, ends[i] - start);
		start = ends[i];
	}
}
*/
import "C"

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/duckdb/duckdb-go/mapping"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/scalar"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// udf is a function of package scalar as DuckDB calls it.
type udf struct {
	name     string
	params   []types.Type // at the call: of a variadic function the last may repeat
	variadic bool
	result   types.Type
	eval     func([]types.Value) types.Value
}

// registerFunctions makes every Go function callable from SQL as kql_<name>. The
// registration is the database's, not only the connection's. The replaced ones stand in
// for those of the same name.
func (c *conn) registerFunctions(replaced []scalar.Function) error {
	for _, f := range scalar.Functions {
		if own := slices.IndexFunc(replaced, func(r scalar.Function) bool { return r.Name == f.Name }); own >= 0 {
			f = replaced[own]
		}
		u := &udf{name: "kql_" + f.Name, params: f.Params, variadic: f.Variadic, result: f.Result, eval: f.Eval}
		if err := c.register(u, f.Volatile); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) register(u *udf, volatile bool) error {
	f := mapping.CreateScalarFunction()
	defer mapping.DestroyScalarFunction(&f)
	mapping.ScalarFunctionSetName(f, u.name)
	params := u.params
	if u.variadic {
		last := mapping.CreateLogicalType(sqlType(params[len(params)-1]))
		mapping.ScalarFunctionSetVarargs(f, last)
		mapping.DestroyLogicalType(&last)
		params = params[:len(params)-1]
	}
	for _, p := range params {
		t := mapping.CreateLogicalType(sqlType(p))
		mapping.ScalarFunctionAddParameter(f, t)
		mapping.DestroyLogicalType(&t)
	}
	result := mapping.CreateLogicalType(sqlType(u.result))
	mapping.ScalarFunctionSetReturnType(f, result)
	mapping.DestroyLogicalType(&result)
	mapping.ScalarFunctionSetSpecialHandling(f)
	if volatile {
		mapping.ScalarFunctionSetVolatile(f)
	}
	mapping.ScalarFunctionSetExtraInfo(f, newHandle(u), C.goshawk_delete)
	mapping.ScalarFunctionSetFunction(f, C.goshawk_scalar)
	if mapping.RegisterScalarFunction(c.conn, f) == mapping.StateError {
		return &engine.Error{Op: "open", Message: fmt.Sprintf("function %s cannot be registered", u.name)}
	}
	return nil
}

// pendingStreaming begins a statement whose rows are computed as they are fetched,
// so that a result is never held as a whole. Package mapping does not have it.
func pendingStreaming(stmt mapping.PreparedStatement, pending *mapping.PendingResult) mapping.State {
	return mapping.State(C.duckdb_pending_prepared_streaming(stmt.Ptr, &pending.Ptr))
}

// goshawk_scalar computes one chunk of a Go function's results.
//
//export goshawk_scalar
func goshawk_scalar(info, input, output unsafe.Pointer) {
	fi := mapping.FunctionInfo{Ptr: info}
	u := held(mapping.ScalarFunctionGetExtraInfo(fi)).(*udf)
	defer func() {
		// A panic must not unwind into DuckDB's frames.
		if p := recover(); p != nil {
			mapping.ScalarFunctionSetError(fi, fmt.Sprintf("function %s failed: %v", u.name, p))
		}
	}()
	u.chunk(mapping.DataChunk{Ptr: input}, mapping.Vector{Ptr: output})
}

// chunk evaluates the function for every row of the input.
func (u *udf) chunk(input mapping.DataChunk, output mapping.Vector) {
	size := int(mapping.DataChunkGetSize(input))
	cols := make([]column, mapping.DataChunkGetColumnCount(input))
	for i := range cols {
		t := u.params[min(i, len(u.params)-1)]
		cols[i] = column{typ: t, sql: sqlType(t)}
		cols[i].load(mapping.DataChunkGetVector(input, mapping.IdxT(i)), size)
	}
	out := resultVector{vec: output, typ: u.result, sql: sqlType(u.result), data: mapping.VectorGetData(output)}
	if out.sql == mapping.TypeVarchar {
		out.ends = make([]uint32, 0, size)
	}
	args := make([]types.Value, len(cols))
	for row := 0; row < size; row++ {
		for i := range cols {
			args[i] = cols[i].value(row)
		}
		v := u.eval(args)
		out.set(row, &v)
	}
	out.finish()
}

// resultVector is the output of a function for one chunk.
type resultVector struct {
	vec      mapping.Vector
	typ      types.Type
	sql      mapping.Type
	data     unsafe.Pointer
	validity unsafe.Pointer
	text     []byte   // all strings of the chunk
	ends     []uint32 // where each ends
}

func (r *resultVector) set(row int, v *types.Value) {
	null := v.Null && r.typ != types.String
	if null {
		if r.validity == nil {
			mapping.VectorEnsureValidityWritable(r.vec)
			r.validity = mapping.VectorGetValidity(r.vec)
		}
		*(*uint64)(unsafe.Add(r.validity, row/64*8)) &^= 1 << (row % 64)
	}
	switch r.sql {
	case mapping.TypeBoolean:
		*(*bool)(unsafe.Add(r.data, row)) = v.Int != 0
	case mapping.TypeInteger:
		*(*int32)(unsafe.Add(r.data, row*4)) = int32(v.Int)
	case mapping.TypeBigInt:
		*(*int64)(unsafe.Add(r.data, row*8)) = v.Int
	case mapping.TypeDouble:
		*(*float64)(unsafe.Add(r.data, row*8)) = v.Real
	default:
		if !null {
			r.text = append(r.text, validText(v.Str)...)
		}
		if len(r.text) > math.MaxUint32 {
			panic("more than 4 GB of text")
		}
		r.ends = append(r.ends, uint32(len(r.text)))
	}
}

// finish copies the strings into DuckDB's memory.
func (r *resultVector) finish() {
	if len(r.ends) == 0 {
		return
	}
	r.text = append(r.text, 0) // so that there is a first byte
	C.assign_strings(r.vec.Ptr, (*C.char)(unsafe.Pointer(&r.text[0])), (*C.uint32_t)(&r.ends[0]), C.uint64_t(len(r.ends)))
}
