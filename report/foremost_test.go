package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/report"
)

// What is told above all is what adds most to the score: a second strong reason of one kind
// before a weak one of another, an even one of another kind before it.
func TestAboveAllIsWhatWeighsMost(t *testing.T) {
	for name, c := range map[string]struct {
		reasons []finding.Reason
		want    string
	}{
		"a word of a script": {[]finding.Reason{{Points: 45, Property: finding.Action, Text: "a page"}, {Points: 40, Property: finding.Action, Text: "a loader"},
			{Points: 25, Property: finding.Action, Text: "a folder"}, {Points: 10, Property: finding.Script, Text: "a word"}}, "a page; a loader; a word"},
		"circumstances of a weak task": {[]finding.Reason{{Points: 15, Property: finding.Creator, Text: "a shell"}, {Points: 12, Property: finding.Rarity, Text: "rare"},
			{Points: 14, Property: finding.Creator, Text: "a parent"}}, "a shell; a parent; rare"},
		"witnesses of a strong one": {[]finding.Reason{{Points: 40, Property: finding.Action, Text: "a loader"}, {Points: 15, Property: finding.Action, Text: "a folder"},
			{Points: 12, Property: finding.Rarity, Text: "rare"}}, "a loader; rare; a folder"},
		"beyond the bound of a property": {[]finding.Reason{{Points: 60, Property: finding.Store, Text: "a"}, {Points: 50, Property: finding.Store, Text: "b"},
			{Points: 40, Property: finding.Store, Text: "c"}, {Points: 5, Property: finding.Name, Text: "d"}}, "a; b; d"},
		"of equal points": {[]finding.Reason{{Points: 20, Property: finding.Script, Text: "script"}, {Points: 20, Property: finding.Store, Text: "store"},
			{Points: 20, Property: finding.Behaviour, Text: "behaviour"}, {Points: 20, Property: finding.Action, Text: "action"}}, "action; store; script"},
	} {
		f := finding.Finding{ID: "1", Title: "A task", Severity: finding.High, Reasons: c.reasons}
		f.Grade()
		var b bytes.Buffer
		if err := report.HTML(&b, report.Data{Result: &hunt.Result{Findings: []finding.Finding{f}}}); err != nil {
			t.Fatal(err)
		}
		_, top, _ := strings.Cut(b.String(), "<b>Above all:</b> ")
		if top, _, _ = strings.Cut(top, ".</p>"); top != c.want {
			t.Errorf("%s: %q, want %q", name, top, c.want)
		}
	}
}
