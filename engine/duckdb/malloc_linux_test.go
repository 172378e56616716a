package duckdb

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"
)

// resident is how many bytes of the process are in memory.
func resident(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip(err)
	}
	var size, pages int64
	if _, err := fmt.Fscan(bytes.NewReader(text), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// What DuckDB frees leaves the process while a database is filled, though no thread of it works.
func TestSweep(t *testing.T) {
	const most = 16 << 20
	db, err := Open("", Options{Filling: true, Threads: 1, Freed: most})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	before := resident(t)
	if err := db.Exec(t.Context(), `CREATE TABLE wide AS SELECT range AS a, hash(range) AS b, hash(range + 1) AS c FROM range(10_000_000)`); err != nil {
		t.Fatal(err)
	}
	held := resident(t)
	if err := db.Exec(t.Context(), `DROP TABLE wide`); err != nil {
		t.Fatal(err)
	}
	if held < before+8*most {
		t.Fatalf("a table takes %d MB: the test is too small", (held-before)>>20)
	}
	var left int64
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(sweepEvery) {
		if left = resident(t) - before; left < 4*most {
			return
		}
	}
	t.Errorf("%d MB are still there, of %d", left>>20, (held-before)>>20)
}
