package duckdb_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/engine/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// hostileTexts are what breaks out of quotes where quoting is wrong.
var hostileTexts = []string{
	`'`, `''`, `"`, `\`, `\'`, `\\'`, `'; DROP TABLE sentinel; --`, `" ; DROP TABLE sentinel; --`, `$$`, `$1`, `?`, `:a`, `%s`, `{0}`, `/* */`, "--", "\n", "\r\n", "\t",
	"\x00", "a\x00b", "'\x00'", "\u2028", "é", "日本", "\U0001F980", "\ufeff", "\u202e", `']['`, "`", "```", "~~~", `\u0041`, `kqlarg0`, `NULL`, `1e999`,
}

// kqlString writes a text as a KQL string.
func kqlString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\x00", `\u0000`).Replace(s) + `"`
}

// checkQuoting holds that a text comes back from the engine as it was written, wherever
// it stands in a query, and that nothing of it is executed.
func checkQuoting(t *testing.T, db *duckdb.DB, text string) {
	q := kqlString(text)
	json := string(types.AppendJSON(nil, types.Value{Type: types.String, Str: text}))
	for _, c := range []struct{ query, want string }{
		{"print x = " + q, text},
		{"datatable(a:string)[" + q + "] | where a == " + q + " and a in (" + q + ", 'other') | project x = a", text},
		{"range i from 1 to 1 step 1 | extend a = " + q + " | where a startswith_cs " + q + " and a contains_cs " + q + " | project x = strcat('<', a, '>')", "<" + text + ">"},
		{"print d = dynamic([" + json + "]) | project x = tostring(d[0])", text},
		{"print d = bag_pack('k', " + q + ") | project x = tostring(d.k)", text},
		{"range i from 1 to 1 step 1 | summarize a = make_list(" + q + ") by k = " + q + " | project x = k", text},
	} {
		rows, err := answer(db, c.query)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%q: %d rows, %v", c.query, len(rows), err)
		}
		if got := rows[0][0].Str; got != c.want {
			t.Errorf("%q: got %q, expected %q", c.query, got, c.want)
		}
	}
	if text != "" && checkable(text) {
		checkName(t, db, text)
	}
	if _, err := answer(db, "print 1"); err != nil {
		t.Fatalf("after %q the engine says %v", text, err)
	}
	if tables, err := db.Tables(context.Background()); err != nil || tables["sentinel"] == nil {
		t.Fatalf("%q was executed: %v", text, err)
	}
}

// checkable reports whether KQL allows a text as a column's name.
func checkable(s string) bool { return !strings.ContainsAny(s, "\n\r\x00") && len(s) < 200 }

// checkName holds that a column of this name is that column.
func checkName(t *testing.T, db *duckdb.DB, name string) {
	q := "[" + kqlString(name) + "]"
	query := "print " + q + " = 7 | extend other = " + q + " + 1 | where " + q + " == 7 | summarize n = sum(" + q + ") by " + q + " | join kind=inner (print " + q + " = 7) on " + q + " | project x = n"
	p, err := compiled(db, query)
	if err != nil {
		return // not every text is a name, and the parser says so
	}
	rows, err := rowsOf(db, p)
	if err != nil || len(rows) != 1 || rows[0][0].Int != 7 {
		t.Errorf("%q: %v %v", query, rows, err)
	}
}

func quotingDatabase(tb testing.TB) *duckdb.DB {
	tb.Helper()
	db, err := duckdb.Open("", duckdb.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	if err := db.Create(context.Background(), "sentinel", types.Schema{{Name: "a", Type: types.Long}}); err != nil {
		tb.Fatal(err)
	}
	return db
}

func TestQuoting(t *testing.T) {
	db := quotingDatabase(t)
	for _, s := range hostileTexts {
		checkQuoting(t, db, s)
	}
}

func FuzzQuoting(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s)
	}
	db := quotingDatabase(f)
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > 500 {
			t.Skip() // KQL is UTF-8
		}
		checkQuoting(t, db, s)
	})
}
