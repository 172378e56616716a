package bind_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/kql/bind"
	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/source"
)

type conformanceCase struct {
	ID, Query, Confidence string
	Strict                bool
	ExpectError           any `json:"expect_error"`
	Expected              *struct {
		Columns []struct{ Name, Type string }
	}
}

// TestConformance binds the queries whose results Microsoft's engine gave, and
// compares the names and types of their columns; what that engine refuses must be
// refused. LIST=file writes what differs.
func TestConformance(t *testing.T) {
	o := bind.Options{Catalog: oracleSchemas(t), Functions: oracleFunctions(), Now: now, Empty: func(string) bool { return true }}
	var list strings.Builder
	var total, bound, same, mustRefuse, refused int
	for _, c := range readLines[conformanceCase](t, "conformance", "cases.jsonl") {
		q, diags := bindText(c.Query, o)
		if c.ExpectError != nil && c.ExpectError != false && c.ExpectError != "" {
			mustRefuse++
			if q == nil {
				refused++
			} else {
				fmt.Fprintf(&list, "ACCEPTED %s\n  %s\n", c.ID, oneLine(c.Query))
			}
			continue
		}
		if !c.Strict || c.Confidence != "real-kusto" || c.Expected == nil {
			continue
		}
		if q == nil && strings.Contains(c.Query, "geo_") {
			continue // geometry is refused by name
		}
		total++
		if q == nil {
			for _, d := range diags.List {
				if d.Severity == source.Error {
					fmt.Fprintf(&list, "REFUSED %s %s: %s\n  %s\n", c.ID, d.Code, d.Message, oneLine(c.Query))
					break
				}
			}
			continue
		}
		bound++
		if err := plan.Check(q); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		if q.Results[0].Open {
			same++
			continue
		}
		var have, want []string
		equal := len(q.Results[0].Root.Schema()) == len(c.Expected.Columns)
		for i, col := range q.Results[0].Root.Schema() {
			have = append(have, col.Name+":"+col.Type.String())
			if equal {
				w := c.Expected.Columns[i]
				equal = w.Name == col.Name && (w.Type == "" || strings.Contains("|"+w.Type+"|", "|"+col.Type.String()+"|"))
			}
		}
		for _, w := range c.Expected.Columns {
			want = append(want, w.Name+":"+w.Type)
		}
		if equal {
			same++
		} else {
			fmt.Fprintf(&list, "DIFFERS %s\n  %s\n  want %s\n  have %s\n", c.ID, oneLine(c.Query), strings.Join(want, ", "), strings.Join(have, ", "))
		}
	}
	t.Logf("bound %d of %d, columns equal %d, refused %d of %d", bound, total, same, refused, mustRefuse)
	if path := os.Getenv("LIST"); path != "" {
		if err := os.WriteFile(path, []byte(list.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if same*100 < total*98 || refused*100 < mustRefuse*95 {
		t.Errorf("fewer than 98%% of the columns are equal or fewer than 95%% of the mistakes refused; LIST=file shows which")
	}
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return s[max(0, len(s)-400):]
}
