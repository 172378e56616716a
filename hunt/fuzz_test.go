package hunt

import (
	"testing"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

func FuzzRow(f *testing.F) {
	f.Add(`\a`, `schtasks /create /tn "a" /tr b`, `[{"Type":"Exec","Command":"c"}]`, `{"TimeTrigger":{"Repetition":{"Interval":"PT1M"}}}`, "svchost.exe -k netsvcs")
	f.Add("\u202e", "\x00", "[", "{", "\"")
	f.Fuzz(func(t *testing.T, name, line, actions, triggers, parent string) {
		schema := types.Schema{{Name: "TaskName", Type: types.String}, {Name: "ProcessCommandLine", Type: types.String}, {Name: "Actions", Type: types.Dynamic},
			{Name: "Triggers", Type: types.Dynamic}, {Name: "InitiatingProcessCommandLine", Type: types.String}, {Name: "Timestamp", Type: types.DateTime}}
		rule := &Rule{ID: "r", Name: "r", Query: "T", Signals: []Signal{{Points: 5, Property: finding.Name, Text: "{TaskName} {Actions} {Nothing}"}}}
		r := newReader(rule, schema)
		r.Cells = []types.Value{{Type: types.String, Str: name}, {Type: types.String, Str: line}, {Type: types.Dynamic, Str: actions},
			{Type: types.Dynamic, Str: triggers}, {Type: types.String, Str: parent}, {Type: types.DateTime, Int: 638396640000000000}}
		for _, g := range gather([]*item{r.item(rule), r.item(rule)}) {
			got := build(g, 10, nil)
			if got.Title == "" || got.ID == "" || got.Score < 0 {
				t.Errorf("a finding without title, fingerprint or with a score below 0: %+v", got)
			}
			if len(got.Title) > 400 && utf8.ValidString(name) {
				t.Errorf("a title of %d bytes", len(got.Title))
			}
		}
	})
}
