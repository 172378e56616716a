package duckdb

import (
	"fmt"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TestNestedUnion wants every row of unions below unions, in the forms that are written.
func TestNestedUnion(t *testing.T) {
	const many, few, one = "SELECT n FROM t1", "SELECT n FROM t2", "SELECT n FROM t3"
	tests := []struct {
		sql    string
		nested bool
		rows   int
	}{
		{many + " UNION ALL SELECT n FROM (" + few + " UNION ALL " + one + ")", true, 3021},
		{`WITH "union" AS (` + few + " UNION ALL " + one + `) ` + many + ` UNION ALL SELECT n FROM "union" WHERE n >= 0`, true, 3021},
		{`WITH "a" AS (` + few + " UNION ALL " + one + `), "b" AS (` + many + ` UNION ALL SELECT n FROM "a") SELECT n FROM "b"`, true, 3021},
		{many + " UNION ALL " + few + " UNION ALL " + one, false, 3021},
		{"SELECT n FROM (" + many + " UNION ALL " + few + " UNION ALL " + one + ") WHERE 'UNION ALL (' <> ''", false, 3021},
		{many + " UNION ALL " + one, false, 3001},
		{one, false, 1},
	}
	db := open(t, "", Options{Threads: 2})
	for table, n := range map[string]int{"t1": 3000, "t2": 20, "t3": 1} {
		if err := db.Exec(t.Context(), fmt.Sprintf("CREATE TABLE %s AS SELECT range AS n FROM range(%d)", table, n)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range tests {
		if got := nestedUnion(tt.sql); got != tt.nested {
			t.Errorf("nested: %v, %s", got, tt.sql)
		}
		if rows := run(t, db, query(tt.sql, types.Schema{{Name: "n", Type: types.Long}})); len(rows) != tt.rows {
			t.Errorf("%d rows, want %d of %s", len(rows), tt.rows, tt.sql)
		}
	}
}
