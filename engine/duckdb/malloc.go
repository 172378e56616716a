package duckdb

/*
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stddef.h>

static void map_from(size_t bytes) {
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, (int)bytes);
#endif
}
*/
import "C"

// The sizes from which on an allocation of DuckDB's is a mapping of its own.
const (
	mapBlocks  = 128 << 10
	mapLargest = 32 << 20 // the most that the C library takes
)

// mapFrom has allocations of a size or more given back to the system when they are
// freed. The C library raises the size as it sees fit, beyond that of DuckDB's blocks,
// and then a process keeps hundreds of megabytes that DuckDB believes to have freed.
// Mappings cost time: they are for where memory is what counts.
func mapFrom(bytes int) { C.map_from(C.size_t(bytes)) }
