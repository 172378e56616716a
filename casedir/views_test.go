package casedir

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/kql/types"
	"github.com/goshawk-hunt/goshawk/normalize"
)

// A query computes of a view only what it needs, and gets what the whole view has.
func TestQueriesOverViews(t *testing.T) {
	dir := t.TempDir()
	c := openCase(t, filepath.Join(dir, "case"))
	logs := evidenceOf(t, dir)
	writeEvents(t, logs, "System.evtx", 9, func(n uint64) evidence.Event {
		e := process(n, fmt.Sprintf("<q%d>", n%3))
		e.Channel, e.Provider = "System", "Other"
		return e
	})
	ingestInto(t, c, logs)
	for name := range normalize.Views() {
		all := c.cat.Table(name).Stored()
		ask := func(kql, sql string, columns types.Schema) {
			t.Helper()
			schema, got, _, err := c.Querier(Clock{}).Query(t.Context(), "query", kql)
			if err != nil {
				t.Fatal(err)
			}
			if schema.String() != columns.String() {
				t.Fatalf("%s: columns %s", kql, schema)
			}
			list := ""
			for i, col := range columns {
				if i > 0 {
					list += ", "
				}
				list += `"` + col.Name + `"`
			}
			want, err := c.sql(t.Context(), "SELECT "+list+` FROM "`+name+`" WHERE `+sql, columns)
			if err != nil {
				t.Fatal(err)
			}
			sorted := func(rows [][]types.Value) []string {
				lines := make([]string, len(rows))
				for i, r := range rows {
					lines[i] = fmt.Sprint(r)
				}
				slices.Sort(lines)
				return lines
			}
			if len(want) == 0 && !(name == "SecurityEvent" && strings.Contains(kql, "q1")) {
				t.Errorf("%s: no rows", kql)
			}
			if !slices.Equal(sorted(got), sorted(want)) {
				t.Errorf("%s: %d rows, the view has %d: %v", kql, len(got), len(want), got)
			}
		}
		ask(name, "true", all)
		ask(name+` | where EventData contains "q1" or EventData contains "q2" | where EventID > 0`, `contains(EventData, 'q1') OR contains(EventData, 'q2')`, all)
		ask(name+" | where Computer has 'corp' | top 3 by TimeGenerated asc", `true ORDER BY TimeGenerated LIMIT 3`, all)
		ask(name+" | sort by TimeGenerated asc | take 7 | project Computer, EventID", `true ORDER BY TimeGenerated LIMIT 7`, types.Schema{{Name: "Computer", Type: types.String}, {Name: "EventID", Type: types.Int}})
		if name == "SecurityEvent" {
			ask(name+` | where Process =~ "P3.exe" or Process has "p4"`, `Process IN ('p3.exe', 'p4.exe')`, all)
		}
	}
}
