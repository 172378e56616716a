package duckdb

import (
	"context"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestManyChunks appends to two tables in turn, more rows than may be under way, with
// SQL in between, and finds every row in its place.
func TestManyChunks(t *testing.T) {
	ctx := context.Background()
	db := open(t, "", Options{})
	for _, name := range []string{"A", "B"} {
		if err := db.Create(ctx, name, types.Schema{{Name: "N", Type: types.Long}, {Name: "Text", Type: types.String}}); err != nil {
			t.Fatal(err)
		}
	}
	count := func(sql string, want int64) {
		t.Helper()
		if got := run(t, db, query(sql, types.Schema{{Name: "n", Type: types.Long}}))[0][0].Int; got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	const rows = 60_000
	tx := fillTwo(t, db, rows)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	count(`SELECT count(*) FROM "A"`, 0)
	tx = fillTwo(t, db, rows)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	count(`SELECT count(*) FROM "A"`, rows)
	count(`SELECT CAST(sum(N) AS BIGINT) FROM "A"`, rows*(rows-1)/2)
	count(`SELECT CAST(sum(length("Text")) AS BIGINT) FROM "A"`, rows/2*901)
	count(`SELECT count(*) FROM (SELECT N, row_number() OVER (ORDER BY rowid) - 1 AS n FROM "A") WHERE N <> n`, 0)
	count(`SELECT count(*) FROM "B"`, rows-rows/4)
}

// fillTwo appends the numbers below rows to A and B, short and long texts with them, and
// half way removes the odd ones from B.
func fillTwo(t *testing.T, db *DB, rows int64) engine.Tx {
	t.Helper()
	ctx := context.Background()
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{strings.Repeat("x", 900), "a"}
	for i := range rows {
		for _, name := range []string{"A", "B"} {
			if err := tx.Append(name, []types.Value{{Type: types.Long, Int: i}, {Type: types.String, Str: texts[i%2]}}); err != nil {
				t.Fatal(err)
			}
		}
		if i == rows/2 {
			if err := tx.Exec(ctx, `DELETE FROM "B" WHERE N % 2 = 1`); err != nil {
				t.Fatal(err)
			}
		}
	}
	return tx
}

// What fails while it runs says why.
func TestFailureSaysWhy(t *testing.T) {
	db := open(t, "", Options{Threads: 2})
	err := db.Exec(t.Context(), `SELECT CAST('n' || i AS INTEGER) FROM range(10) r(i)`)
	if err == nil || !strings.Contains(err.Error(), "'n0'") {
		t.Errorf("%v", err)
	}
}

// Rows that DuckDB refuses while others follow are an error of the transaction, which ends.
func TestRefusedRows(t *testing.T) {
	ctx := context.Background()
	db := open(t, "", Options{})
	schema := types.Schema{{Name: "N", Type: types.Long}}
	err := db.Exec(ctx, `CREATE TABLE "A" ("N" BIGINT CHECK ("N" <> 5000), "$IngestionTime" BIGINT); `+comment("TABLE", "A", withHidden(schema)))
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i := int64(0); i < 1_000_000 && err == nil; i++ {
		err = tx.Append("A", []types.Value{{Type: types.Long, Int: i}})
	}
	if err == nil || !strings.Contains(err.Error(), "rows for table A were refused") {
		t.Errorf("%v, want an error that names the table", err)
	}
	if err := tx.Commit(); err == nil {
		t.Error("rows were committed that the table does not take")
	}
	if got := run(t, db, query(`SELECT count(*) AS n FROM "A"`, types.Schema{{Name: "n", Type: types.Long}}))[0][0].Int; got != 0 {
		t.Errorf("%d rows are left", got)
	}
}
