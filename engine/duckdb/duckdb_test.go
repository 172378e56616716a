package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/engine"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// everyType is a table with a column of each type.
var everyType = types.Schema{
	{Name: "b", Type: types.Bool}, {Name: "i", Type: types.Int}, {Name: "l", Type: types.Long},
	{Name: "r", Type: types.Real}, {Name: "s", Type: types.String}, {Name: "t", Type: types.DateTime},
	{Name: "d", Type: types.TimeSpan}, {Name: "g", Type: types.GUID}, {Name: "y", Type: types.Dynamic},
	{Name: "n", Type: types.Decimal},
}

func open(t testing.TB, path string, opts Options) *DB {
	t.Helper()
	if opts.Threads == 0 {
		opts.Threads = 2
	}
	db, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// everyRow is row n of everyType; every third value is null.
func everyRow(n int) []types.Value {
	long := strings.Repeat("x", n%40)
	row := []types.Value{
		{Type: types.Bool, Int: int64(n % 2)}, {Type: types.Int, Int: int64(-n)}, {Type: types.Long, Int: int64(n) << 33},
		{Type: types.Real, Real: float64(n) / 3}, {Type: types.String, Str: fmt.Sprint(n, long)},
		{Type: types.DateTime, Int: types.UnixEpoch + int64(n)}, {Type: types.TimeSpan, Int: int64(-n)},
		{Type: types.GUID, Str: fmt.Sprintf("%08x-0000-0000-0000-000000000000", n)},
		{Type: types.Dynamic, Str: fmt.Sprintf(`{"n":%d}`, n)}, {Type: types.Decimal, Str: fmt.Sprint(n)},
	}
	for i := range row {
		if (n+i)%3 == 0 {
			row[i] = types.Null(row[i].Type)
		}
	}
	return row
}

func run(t testing.TB, db *DB, p *sqlgen.Program) [][]types.Value {
	t.Helper()
	rows, err := collect(db, p)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func collect(db *DB, p *sqlgen.Program) ([][]types.Value, error) {
	var all [][]types.Value
	err := db.Run(context.Background(), p, func(_ sqlgen.Select, rows sqlgen.Rows) error {
		for {
			row, err := rows.Next()
			if err != nil || row == nil {
				return err
			}
			all = append(all, append([]types.Value{}, row...))
		}
	})
	return all, err
}

func query(sql string, schema types.Schema) *sqlgen.Program {
	return &sqlgen.Program{Results: []sqlgen.Select{{SQL: sql, Schema: schema}}}
}

func TestRowsOfEveryTypeComeBack(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "case.duckdb")
	db := open(t, path, Options{})
	if err := db.Create(ctx, "Every", everyType); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const n = 5000
	for i := range n {
		if err := tx.Append("Every", everyRow(i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := run(t, db, query(`SELECT count(*) FROM "Every"`, types.Schema{{Name: "n", Type: types.Long}})); got[0][0].Int != 0 {
		t.Fatalf("%d rows visible before commit", got[0][0].Int)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, path, Options{ReadOnly: true})
	tables, err := db.Tables(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]types.Schema{"Every": everyType}, tables); diff != "" {
		t.Error(diff)
	}
	got := run(t, db, query(`SELECT * EXCLUDE ("`+plan.IngestionTime+`") FROM "Every"`, everyType))
	if len(got) != n {
		t.Fatalf("%d rows, want %d", len(got), n)
	}
	for i, row := range got {
		if diff := cmp.Diff(everyRow(i), row); diff != "" {
			t.Fatalf("row %d: %s", i, diff)
		}
	}
	times := run(t, db, query(`SELECT count(DISTINCT "`+plan.IngestionTime+`"), count(*) FROM "Every" WHERE "`+plan.IngestionTime+`" > 0`,
		types.Schema{{Name: "a", Type: types.Long}, {Name: "b", Type: types.Long}}))
	if times[0][0].Int != 1 || times[0][1].Int != n {
		t.Errorf("ingestion times: %v", times)
	}
}

func TestRollbackLeavesNothing(t *testing.T) {
	ctx := context.Background()
	db := open(t, "", Options{})
	if err := db.Create(ctx, "Every", everyType); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3000 {
		if err := tx.Append("Every", everyRow(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Exec(ctx, `DELETE FROM "Every" WHERE b`); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got := run(t, db, query(`SELECT count(*) FROM "Every"`, types.Schema{{Name: "n", Type: types.Long}})); got[0][0].Int != 0 {
		t.Errorf("%d rows after rollback", got[0][0].Int)
	}
}

func TestHostileText(t *testing.T) {
	ctx := context.Background()
	db := open(t, "", Options{})
	schema := types.Schema{{Name: "s", Type: types.String}, {Name: `we"ird`, Type: types.String}}
	if err := db.Create(ctx, `t"; DROP TABLE x; --`, schema); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("z", 3*textMost)
	texts := []string{"", "\x00", "a\x00b", "\xff\xfe", "twelve bytes", "twelve by\xffes", "thirteen bytes", "o'clock", big, "日本語", strings.Repeat("é", 5), strings.Repeat("é", 6)}
	for i := range 2 * textMost / bigText { // some blocks and some chunks of them
		texts = append(texts, strings.Repeat(string(rune('a'+i%26)), bigText-1+i%3))
	}
	for _, s := range texts {
		row := []types.Value{{Type: types.String, Str: s}, {Type: types.String, Str: s}}
		if err := tx.Append(`t"; DROP TABLE x; --`, row); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	got := run(t, db, query(`SELECT s, "we""ird" FROM "t""; DROP TABLE x; --"`, schema))
	for i, s := range texts {
		if want := validText(s); got[i][0].Str != want || got[i][1].Str != want {
			t.Errorf("%d: got %.40q and %.40q, want %.40q", i, got[i][0].Str, got[i][1].Str, want)
		}
	}
}

func TestClosedToTheOutside(t *testing.T) {
	db := open(t, "", Options{})
	for _, sql := range []string{
		`SELECT * FROM read_csv('/etc/passwd')`, `COPY (SELECT 1) TO '/tmp/goshawk-leak.csv'`, `ATTACH '/tmp/goshawk-other.duckdb'`,
		`SET enable_external_access = true`, `INSTALL httpfs`, `LOAD httpfs`, `SELECT * FROM '/etc/passwd'`, `SELECT * FROM glob('/*')`,
	} {
		if err := db.Exec(context.Background(), sql); err == nil {
			t.Errorf("%s was accepted", sql)
		}
	}
}

// What our own exports and imports need is opened by name, and nothing beside it.
func TestOpenedToOneFolder(t *testing.T) {
	ctx, inside, outside := context.Background(), t.TempDir(), t.TempDir()
	file := filepath.Join(outside, "one.csv")
	if err := os.WriteFile(file, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := open(t, "", Options{Folders: []string{inside}, Files: []string{file}})
	for _, sql := range []string{
		`COPY (SELECT 1 AS a) TO '` + inside + `/a.parquet'`, `SELECT * FROM read_parquet('` + inside + `/a.parquet')`,
		`SELECT * FROM read_csv('` + file + `')`, `ATTACH '` + inside + `/other.duckdb' AS other`,
	} {
		if err := db.Exec(ctx, sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	for _, sql := range []string{
		`COPY (SELECT 1) TO '` + outside + `/leak.csv'`, `SELECT * FROM read_csv('/etc/passwd')`, `COPY (SELECT 1) TO '` + inside + `/../leak.csv'`,
	} {
		if err := db.Exec(ctx, sql); err == nil {
			t.Errorf("%s was accepted", sql)
		}
	}
}

func TestCreateAddsColumns(t *testing.T) {
	ctx := context.Background()
	db := open(t, "", Options{})
	first, second := everyType[:3], everyType[:6]
	for _, s := range []types.Schema{first, second, second} {
		if err := db.Create(ctx, "T", s); err != nil {
			t.Fatal(err)
		}
	}
	tables, err := db.Tables(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(types.Schema(second), tables["T"]); diff != "" {
		t.Error(diff)
	}
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Append("T", everyRow(1)[:6]); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	twins := types.Schema{{Name: "Id", Type: types.String}, {Name: "ID", Type: types.Long}}
	if err := db.Create(ctx, "Twins", twins); err != nil {
		t.Fatal(err)
	}
	if tables, _ = db.Tables(ctx); !cmp.Equal(twins, tables["Twins"]) {
		t.Errorf("twins: %v", tables["Twins"])
	}
	if err := db.Create(ctx, "T", types.Schema{{Name: "l", Type: types.String}}); err == nil {
		t.Error("a column changed its type")
	}
	if err := db.CreateView(ctx, "V", first, `SELECT b, i, l, "$IngestionTime" FROM "T"`); err != nil {
		t.Fatal(err)
	}
	if tables, _ = db.Tables(ctx); len(tables["V"]) != 3 {
		t.Errorf("view: %v", tables["V"])
	}
}

func TestCancel(t *testing.T) {
	db := open(t, "", Options{})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	p := query(`SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = 7`, types.Schema{{Name: "n", Type: types.Long}})
	err := db.Run(ctx, p, func(sqlgen.Select, sqlgen.Rows) error { return nil })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	run(t, db, query(`SELECT 1::BIGINT`, types.Schema{{Name: "n", Type: types.Long}}))
}

func TestStep(t *testing.T) {
	db := open(t, "", Options{})
	in := types.Schema{{Name: "n", Type: types.Long}}
	out := types.Schema{{Name: "n", Type: types.Long}, {Name: "s", Type: types.String}}
	double := func(in, right sqlgen.Rows, emit func([]types.Value) error) error {
		for {
			row, err := in.Next()
			if err != nil || row == nil {
				return err
			}
			if err := emit([]types.Value{{Type: types.Long, Int: row[0].Int * 2}, {Type: types.String, Str: "v"}}); err != nil {
				return err
			}
		}
	}
	program := func(f sqlgen.RowFunc) *sqlgen.Program {
		return &sqlgen.Program{
			Steps:   []sqlgen.Step{{Table: "$step1", Select: sqlgen.Select{SQL: "SELECT * FROM range(5000)", Schema: in}, Schema: out, Func: f}},
			Results: []sqlgen.Select{{SQL: `SELECT sum(n)::BIGINT FROM "$step1"`, Schema: in}},
		}
	}
	for range 2 {
		if got := run(t, db, program(double)); got[0][0].Int != 4999*5000 {
			t.Errorf("got %v", got)
		}
	}
	_, err := collect(db, program(func(in, right sqlgen.Rows, emit func([]types.Value) error) error { panic("boom") }))
	var e *engine.Error
	if !errors.As(err, &e) {
		t.Errorf("a panic gave %v", err)
	}
}

func TestExplain(t *testing.T) {
	db := open(t, "", Options{})
	p := query("SELECT 1::BIGINT", types.Schema{{Name: "n", Type: types.Long}})
	text, err := db.Explain(context.Background(), p, true)
	if err != nil || !strings.HasPrefix(text, "total time 0.") || !strings.Contains(text, "PROJECTION") || strings.Contains(text, "SELECT") {
		t.Errorf("%v: %s", err, text)
	}
}

func BenchmarkAppend(b *testing.B) {
	ctx := context.Background()
	db := open(b, "", Options{})
	if err := db.Create(ctx, "Every", everyType); err != nil {
		b.Fatal(err)
	}
	tx, err := db.Begin(ctx)
	if err != nil {
		b.Fatal(err)
	}
	rows := make([][]types.Value, 1000)
	for i := range rows {
		rows[i] = everyRow(i)
	}
	b.ResetTimer()
	for i := range b.N {
		if err := tx.Append("Every", rows[i%len(rows)]); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	tx.Rollback()
}

// An engine that is being filled works with one thread; then it has all and is locked.
func TestFilled(t *testing.T) {
	db := open(t, "", Options{Filling: true, Threads: 3})
	threads := func(want int64) {
		t.Helper()
		tx, err := db.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if ok, err := tx.Some(t.Context(), fmt.Sprintf("SELECT 1 WHERE current_setting('threads') = %d", want)); err != nil || !ok {
			t.Errorf("not %d threads: %v", want, err)
		}
	}
	threads(1)
	for range 2 {
		if err := db.Filled(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	threads(3)
	if err := db.Exec(t.Context(), "SET threads = 1"); err == nil {
		t.Error("the configuration is open")
	}
	if err := db.Exec(t.Context(), "SET enable_external_access = true"); err == nil {
		t.Error("the way to files is open")
	}
}
