package normalize

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// store notes what is run; the tables named in rows have some.
type store struct {
	rows []string
	ran  []string
}

func (s *store) Exec(_ context.Context, sql string, _ ...any) error {
	s.ran = append(s.ran, sql)
	return nil
}

func (s *store) Renew() error { return nil }

func (s *store) Number(context.Context, string) (int64, error) { return 0, nil }

func (s *store) Some(_ context.Context, sql string) (bool, error) {
	return slices.ContainsFunc(s.rows, func(table string) bool { return strings.Contains(sql, `"`+table+`"`) }), nil
}

func TestCompleteLeavesOut(t *testing.T) {
	f := &finish{}
	f.given("Empty").make("$none", "none")
	f.given("Full").make("$some", "some")
	f.given("$none").do("of none")
	f.given("$some").do("of some")
	f.given().some("$some", "x = 1").do("of some where")
	f.given("Full").new("Full").do("new full")
	f.given("Full").new("Old").do("new old")
	f.given("$some", "Empty").do("both")
	f.given().do("always")
	f.drop("$none", "$some")
	f.given("$some").do("behind its end")
	s := &store{rows: []string{"Full", "$some"}}
	if err := Complete(t.Context(), s, f.steps, func(table string) bool { return table == "Full" }, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	want := []string{`CREATE OR REPLACE TEMP TABLE "$some" AS some`, "of some", "of some where", "new full", "always", `DROP TABLE "$some"`}
	if !slices.Equal(s.ran, want) {
		t.Errorf("ran %q, want %q", s.ran, want)
	}
	// All of the second stage over nothing: no statement about rows is run but those that look for work.
	s = &store{}
	if err := Complete(t.Context(), s, Finish(0, 0, 1000).All(), func(string) bool { return false }, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	if len(s.ran) > 8 {
		t.Errorf("%d statements over an empty case: %.80q", len(s.ran), s.ran)
	}
}
