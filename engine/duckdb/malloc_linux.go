package duckdb

/*
#include <stdio.h>
#include <sys/types.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// The allocator inside DuckDB, in those of its builds that have one.
extern int duckdb_je_mallctl(const char *name, void *old, size_t *oldlen, void *value, size_t len) __attribute__((weak));

static size_t count(const char *name) {
	size_t n = 0, len = sizeof n;
	duckdb_je_mallctl(name, &n, &len, NULL, 0);
	return n;
}

// purge gives pages that are free back, if they are more than most bytes.
static void purge(size_t most) {
	if (!duckdb_je_mallctl)
		return;
	unsigned long long now = 1;
	size_t len = sizeof now;
	duckdb_je_mallctl("epoch", &now, &len, &now, len);
	if (count("stats.resident") <= count("stats.active") + count("stats.metadata") + most)
		return;
	duckdb_je_mallctl("arena.4096.purge", NULL, NULL, NULL, 0); // 4096 means all
}

// purge_fully has purged pages leave the process, and not only be marked as free to take.
static void purge_fully(void) {
	if (!duckdb_je_mallctl)
		return;
	ssize_t at_once = 0;
	unsigned arenas = 0;
	size_t len = sizeof arenas;
	duckdb_je_mallctl("arenas.narenas", &arenas, &len, NULL, 0);
	duckdb_je_mallctl("arenas.muzzy_decay_ms", NULL, NULL, &at_once, sizeof at_once);
	for (unsigned i = 0; i < arenas; i++) { // those that are yet to be made refuse, and will be like that
		char name[48];
		snprintf(name, sizeof name, "arena.%u.muzzy_decay_ms", i);
		duckdb_je_mallctl(name, NULL, NULL, &at_once, sizeof at_once);
	}
}

static void trim(size_t most) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
	if (mallinfo2().fordblks > most)
		malloc_trim(0);
#endif
}
*/
import "C"

// DuckDB takes blocks and vectors from an allocator of its own, which has an arena for
// some threads each and keeps what was freed in one for a second of that arena's work:
// in an arena whose threads went on to others, for good. Small things it takes from the
// C library, which gives nothing back from between what is in use. Both together kept
// 400 MB of a run whose tables took 300.

// purge gives the pages that DuckDB's own allocator has free back to the system, if
// they are more than most bytes. It costs as much as a look at some counters otherwise.
func purge(most int64) { C.purge(C.size_t(most)) }

// purgeFully is to be called before purge.
func purgeFully() { C.purge_fully() }

// trim gives back what the C library has free, if that is more than most bytes. It walks
// through all that is free, which takes milliseconds.
func trim(most int64) { C.trim(C.size_t(most)) }
