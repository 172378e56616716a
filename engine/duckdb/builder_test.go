package duckdb

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/types"
)

// sparse are ways in which the values of a column follow each other: the number of the
// value that row n has, -1 for none.
var sparse = []func(n int) int{
	func(n int) int { return n },
	func(int) int { return 7 },
	func(int) int { return -1 },
	func(n int) int { return n/5000 - 1 },               // none, then one, then another
	func(n int) int { return 3 - n/3000*4 },             // one, then none
	func(n int) int { return n % 3 },                    // three in turn
	func(n int) int { return n%700 - 1 },                // mostly some
	func(n int) int { return (n+1)%1999/1998*9 - 1 },    // hardly any
	func(n int) int { return min(n%capacity, 1)*5 - 1 }, // none in the first row of a chunk
	func(n int) int { return 4 - n%capacity/2047*5 },    // none in the last
}

// sparseText has all lengths around those at which DuckDB's form changes. Some are not valid.
func sparseText(n int) string {
	if n%5 == 4 {
		return "é" + strings.Repeat("x", n%13) + "\xff" // becomes valid
	}
	return strings.Repeat(fmt.Sprint(n%10), n%34) + strings.Repeat("y", n%3*20)
}

// sparseValue is value n of a type.
func sparseValue(t types.Type, n int) types.Value {
	if n < 0 {
		return types.Null(t)
	}
	v := types.Value{Type: t, Int: int64(n), Real: float64(n) / 3, Str: sparseText(n)}
	switch {
	case t == types.Bool:
		v.Int &= 1
	case t == types.Real && n == 4:
		v.Real = math.NaN()
	}
	return v
}

// TestSparse reads back what was appended, for every type and every order in which values
// and cells without one follow each other.
func TestSparse(t *testing.T) {
	ctx := context.Background()
	db := open(t, "", Options{})
	kinds := []types.Type{types.Bool, types.Int, types.Long, types.Real, types.String, types.Dynamic}
	var schema types.Schema
	for _, k := range kinds {
		for i := range sparse {
			schema = append(schema, types.Column{Name: fmt.Sprintf("%s%d", k, i), Type: k})
		}
	}
	schema = append(schema, types.Column{Name: "N", Type: types.Long})
	if err := db.Create(ctx, "S", schema); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const rows = 3*2048 + 11
	row := func(n int) (r []types.Value) {
		for _, k := range kinds {
			for _, f := range sparse {
				r = append(r, sparseValue(k, f(n)))
			}
		}
		return append(r, types.Value{Type: types.Long, Int: int64(n)})
	}
	for n := range rows {
		if err := tx.Append("S", row(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	got := run(t, db, query(`SELECT * EXCLUDE "$IngestionTime" FROM "S" ORDER BY "N"`, schema))
	if len(got) != rows {
		t.Fatalf("%d rows, want %d", len(got), rows)
	}
	for n, g := range got {
		want := row(n)
		for i := range want {
			want[i].Str = strings.ToValidUTF8(want[i].Str, "\uFFFD")
			if !alike(g[i], want[i]) {
				t.Fatalf("row %d, %s: %v, want %v", n, schema[i].Name, g[i], want[i])
			}
		}
	}
}

// alike compares what the type of two values holds.
func alike(a, b types.Value) bool {
	if a.Type != b.Type || a.Null != b.Null {
		return false
	}
	switch {
	case a.Null:
		return true
	case a.Type == types.Real:
		return math.Float64bits(a.Real) == math.Float64bits(b.Real)
	case a.Type == types.String || a.Type == types.Dynamic:
		return a.Str == b.Str
	}
	return a.Int == b.Int
}

// BenchmarkBuilder fills chunks with rows like those of evidence: many columns, of which
// some have one value all the time, some few values, few another one in each row, and most none.
func BenchmarkBuilder(b *testing.B) {
	var schema types.Schema
	for i := range 70 {
		t := types.String
		if i%4 == 3 {
			t = types.Long
		}
		schema = append(schema, types.Column{Name: fmt.Sprint("c", i), Type: t})
	}
	const rows = 1000
	table := make([][]types.Value, rows)
	for n := range table {
		row := make([]types.Value, len(schema))
		for i, c := range schema {
			row[i] = types.Null(c.Type)
			k := -1
			switch {
			case i < 10:
				k = 1
			case i < 20:
				k = n * 7919 % 90
			case i < 25:
				k = n
			}
			if k >= 0 {
				row[i] = types.Value{Type: c.Type, Int: int64(k), Str: fmt.Sprintf(`C:\Windows\System32\program%d-%d.exe`, i, k)}
			}
		}
		table[n] = row
	}
	c := newBuilder(schema)
	defer c.close()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if c.full() {
			c.seal()
			c.reset()
		}
		row := table[n%rows]
		for i := range row {
			if v := &row[i]; !v.Null {
				c.set(i, v)
			}
		}
		c.rows++
		n++
	}
}
