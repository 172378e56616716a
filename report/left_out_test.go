package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
)

// What exclusions hid, nearly hid and did not do is in every form for people.
func TestExclusions(t *testing.T) {
	r := &hunt.Result{Exclusions: []exclusion.Outcome{
		{ID: "backup", Owner: "me", Reason: "ours", Expires: "2999-01-01", Applied: true, Hidden: 1, Partly: 2, Undecided: 3, Unlisted: 1,
			Unknown:  []exclusion.Unknown{{Column: "FolderPath", Findings: 1}, {Column: "Signer", Findings: 3}},
			Findings: []exclusion.Hidden{{Title: "Task <b> runs", Severity: finding.Low, Score: 22, Devices: []string{"pc1"}}}},
		{ID: "gone", Owner: "me", Reason: "ours", Why: "it expired on 2001-01-01"},
		{ID: "loose", Owner: "me", Reason: "ours", Expires: "2999-01-01", Applied: true, Forced: true, InQuery: true, Hidden: 7},
	}}
	var text, page bytes.Buffer
	if err := Coverage(&text, r, TableOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&page, Data{Result: r}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"hid 1 finding: exclusion backup of me until 2999-01-01: ours", "hid 7 rows: exclusion loose", "not applied exclusion gone of me: it expired on 2001-01-01",
		"forced: it rests only on text that the attacker chooses", "Task <b> runs (pc1)"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
	for _, want := range []string{"not hidden: 3 findings without a value in what it asks for: FolderPath (1), Signer (3)",
		"not hidden: 2 findings of which it covers some actions or processes, and not all", "not hidden: 1 finding with more actions and processes than are kept"} {
		if !strings.Contains(text.String(), want) || !strings.Contains(page.String(), want) {
			t.Errorf("%q is not in the text and on the page:\n%s", want, text.String())
		}
	}
	if !strings.Contains(page.String(), "Task &lt;b&gt; runs") || !strings.Contains(page.String(), "it expired on 2001-01-01") {
		t.Error("the page lacks what was hidden")
	}
}
