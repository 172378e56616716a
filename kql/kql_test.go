package kql_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/internal/kqltest"
	"github.com/goshawk-hunt/goshawk/kql"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen/duckdb"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/source"
)

func options() kql.Options { return kql.Options{Options: kqltest.Options(), Dialect: duckdb.New()} }

func compile(t *testing.T, query string, o kql.Options) *kql.Compiled {
	t.Helper()
	c, d := kql.Compile("query", query, o)
	if c == nil {
		t.Fatal(d.Error())
	}
	return c
}

func TestCompile(t *testing.T) {
	c := compile(t, `let P = Network | project Id; Process | where Id in (P) | summarize n = count() by Device | render barchart`, options())
	if got := c.Schema.String(); got != "(Device:string, n:long)" {
		t.Errorf("columns %s", got)
	}
	if !slices.Equal(c.Tables, []string{"Network", "Process"}) {
		t.Errorf("tables %v", c.Tables)
	}
	if c.Render == nil || c.Render.Chart != "barchart" {
		t.Errorf("render %v", c.Render)
	}
	if len(c.Program.Results) != 1 || !strings.HasPrefix(c.Program.Results[0].SQL, "SELECT ") {
		t.Errorf("program %v", c.Program)
	}
}

// A query with mistakes has no program, and all mistakes are told at once as far as
// the text can be read.
func TestCompileTellsMistakes(t *testing.T) {
	for _, c := range []struct {
		query string
		codes []string
	}{
		{`Process | where`, []string{"KQL0036"}},
		{`Process | where Nam == "a" | project Devic`, []string{"KQL0101", "KQL0101"}},
		{`Proces | take 1`, []string{"KQL0102"}},
		{`.show tables`, []string{"KQL0028"}},
	} {
		compiled, d := kql.Compile("query", c.query, options())
		if compiled != nil || d.Err() == nil {
			t.Errorf("%s compiles", c.query)
			continue
		}
		var got []string
		for _, x := range d.List {
			if x.Severity == source.Error {
				got = append(got, x.Code)
			}
		}
		if !slices.Equal(got, c.codes) {
			t.Errorf("%s: %v, expected %v", c.query, got, c.codes)
		}
	}
}

// What goes wrong inside is a diagnostic, never a crash.
func TestCompileSurvivesPanics(t *testing.T) {
	o := options()
	o.Rewrite = func(*plan.Query) *plan.Query { panic("broken") }
	c, d := kql.Compile("query", "Process", o)
	if c != nil || len(d.List) != 1 || d.List[0].Code != "KQL0999" || !strings.Contains(d.List[0].Message, "broken") {
		t.Errorf("%v %v", c, d)
	}
}

func TestCompileAppliesRewrites(t *testing.T) {
	c := compile(t, `Process | extend x = 1 | where true and Name == "a" | project Device`, options())
	if got, want := c.Program.Results[0].SQL, "SELECT \"Device\"\nFROM \"Process\"\nWHERE (\"Name\" = 'a')"; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
}

func TestGenerate(t *testing.T) {
	p, err := kql.Generate(kqltest.Bind(t, "Process | count"), options())
	if err != nil || p.Results[0].SQL != "SELECT count(*) AS \"Count\"\nFROM \"Process\"" {
		t.Errorf("%v %v", p, err)
	}
}

// The columns that only the data knows are asked of Discover.
func TestDiscover(t *testing.T) {
	query := "Process | project Fields | evaluate bag_unpack(Fields)"
	o := options()
	c := compile(t, query, o)
	if !c.Plan.Results[0].Open {
		t.Error("columns are said to be known without data")
	}
	asked := 0
	o.Discover = func(q *plan.Query) ([][]types.Value, error) {
		asked++
		return nil, errors.New("no data at hand")
	}
	if c, d := kql.Compile("query", query, o); c != nil || asked != 1 || d.List[0].Code != "KQL0164" {
		t.Errorf("asked %d times: %v", asked, d)
	}
}

func TestWindow(t *testing.T) {
	for _, c := range []struct {
		name   string
		window kql.Window
		query  string
		want   []string // in the SQL, in order
	}{
		{"open", kql.Window{}, `Process | count`, []string{"FROM \"Process\""}},
		{"from", kql.Window{From: 5}, `Process | count`, []string{`"Timestamp" >= 5`}},
		{"both", kql.Window{From: 5, To: 9}, `Process | count`, []string{`"Timestamp" >= 5`, `"Timestamp" < 9`}},
		{"below a join", kql.Window{From: 5}, `Process | join kind=inner Network on Device | count`, []string{`"Timestamp" >= 5`, `"Timestamp" >= 5`}},
		{"in a subquery", kql.Window{To: 9}, `print x = toscalar(Process | count)`, []string{`"Timestamp" < 9`}},
		{"in a list", kql.Window{To: 9}, `range i from 1 to 3 step 1 | where i in (Network | project Id)`, []string{`"Timestamp" < 9`}},
		{"undated", kql.Window{From: 5, To: 9}, `Network | count`, []string{`"Timestamp" >= 5`, `IS NULL`, `"Timestamp" < 9`, `IS NULL`, `copied`}},
		{"in a shared part", kql.Window{From: 5}, `let P = materialize(Process); union P, P | count`, []string{`"Timestamp" >= 5`}},
	} {
		o := options()
		o.Rewrite = func(q *plan.Query) *plan.Query {
			return c.window.Apply(q, kql.Undated{Table: "Network", Column: "Device", Values: []string{"copied"}})
		}
		sql := compile(t, c.query, o).Program.Results[0].SQL
		rest := sql
		for _, want := range c.want {
			_, after, ok := strings.Cut(rest, want)
			if !ok {
				t.Errorf("%s: %q is missing in\n%s", c.name, want, sql)
				break
			}
			rest = after
		}
		if c.window == (kql.Window{}) && strings.Contains(sql, "Timestamp") {
			t.Errorf("%s: bounded:\n%s", c.name, sql)
		}
	}
}

// A compilation ends early, without a program, when it is stopped, however far it has come.
func TestStop(t *testing.T) {
	query := "Process" + strings.Repeat(" | where strlen(Device) > 1 and strlen(Device) < 9", 400)
	asked := 0
	o := options()
	o.Stop = func() error { asked++; return nil }
	if _, d := kql.Compile("query", query, o); d.Err() != nil || asked < 4 {
		t.Fatalf("asked %d times: %v", asked, d.Err())
	}
	for at := 1; at <= asked; at++ {
		left := at
		o.Stop = func() error {
			if left--; left <= 0 {
				return context.Canceled
			}
			return nil
		}
		c, d := kql.Compile("query", query, o)
		if c != nil || d.Err() == nil || !strings.Contains(d.Err().Error(), "stopped") {
			t.Errorf("stopped the %d. time: %v %v", at, c, d.Err())
		}
	}
}
