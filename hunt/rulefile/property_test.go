package rulefile

import (
	"os"
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/source"
)

// wrapped is a form of rule file around a query.
type wrapped struct {
	name   string
	text   func(query string) string
	format Format
	repair bool
}

func indented(q, by string) string {
	return by + strings.ReplaceAll(q, "\n", "\n"+by)
}

// flat drops the indentation of every line.
func flat(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimLeft(lines[i], " \t")
	}
	return strings.Join(lines, "\n")
}

const huntingHead = `id: 11111111-2222-3333-4444-555555555555
name: A rule of ours
description: |
  Finds things.
  And other things: many.
requiredDataConnectors:
  - connectorId: MicrosoftThreatProtection
    dataTypes:
      - DeviceProcessEvents
      - DeviceEvents
  - connectorId: SecurityEvents
    dataTypes:
      - SecurityEvent
tactics:
  - Persistence
relevantTechniques:
  - T1053.005
query: |
`

const huntingTail = `
entityMappings:
  - entityType: Host
    fieldMappings:
      - identifier: FullName
        columnName: DeviceName
version: 1.0.2
`

var forms = []wrapped{
	{"hunting", func(q string) string { return huntingHead + indented(q, "  ") + huntingTail }, Hunting, false},
	{"windows line breaks", func(q string) string {
		return strings.ReplaceAll(huntingHead+indented(q, "    ")+huntingTail, "\n", "\r\n")
	}, Hunting, false},
	{"lost", func(q string) string { return flat(huntingHead + q + huntingTail) }, Hunting, true},
	{"lost in a document", func(q string) string {
		return "We found this rule.\nIt reads:\n" + flat(huntingHead+q+huntingTail) + "\nThis rule helped us a lot.\n"
	}, Hunting, true},
	{"falconforce", func(q string) string {
		return "# A rule of ours\n\n## Metadata\n**ID:** R-1\n\n---\n## False Positives\nSome.\n\n## Detection\n\n**Language:** Kusto\n\n**Query:**\n```C#\n" + q + "\n```\n\n---\n## Version History\n| Version | Date |\n|---|---|\n| 1.1 | 2024 |\n"
	}, FalconForce, false},
	{"file", func(q string) string { return "// Title: A rule of ours\n\n" + q + "\n" }, KQL, false},
}

// TestFormsCorpus puts public queries into every form of rule file and reads them
// back: the query has the same code, and its places lead to the file.
func TestFormsCorpus(t *testing.T) {
	list := corpusQueries(t)
	every := 7 // a sample, unless the whole is wanted
	if os.Getenv("REQUIRE_SHARED") == "1" {
		every = 1
	}
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			whole, total, shown := 0, 0, 0
			for i, q := range list {
				if i%every > 0 {
					continue
				}
				if strings.Contains(q, "```") || strings.Contains(q, "\t") {
					continue // a fence ends there, and YAML has no tabs at the margin
				}
				total++
				text := form.text(strings.TrimSpace(q))
				rules, diags := Read(source.NewFile("rule.kql", text), Options{Repair: form.repair})
				if len(rules) == 1 && sameCode(rules[0].Query, q) && !hasErrors(diags) {
					whole++
					checkPlaces(t, text, rules[0].Query, rules[0].Span)
					if form.format == Hunting {
						checkHunting(t, rules[0], form.repair)
					}
					continue
				}
				if shown++; shown <= 3 {
					t.Logf("%d rules, %v, of\n%s", len(rules), diags, text)
					for _, r := range rules {
						t.Logf("read\n%s", r.Query)
					}
				}
			}
			t.Logf("%d of %d read whole", whole, total)
			if float64(whole) < 0.99*float64(total) {
				t.Errorf("%d of %d read whole, expected 99%%", whole, total)
			}
		})
	}
}

func hasErrors(list []source.Diagnostic) bool {
	for _, d := range list {
		if d.Severity == source.Error {
			return true
		}
	}
	return false
}

// checkHunting checks the fields around the query.
func checkHunting(t *testing.T, r *Rule, repaired bool) {
	t.Helper()
	if r.ID != "11111111-2222-3333-4444-555555555555" || r.Name != "A rule of ours" || r.Version != "1.0.2" || r.Repaired != repaired ||
		r.Description != "Finds things.\nAnd other things: many." || strings.Join(r.Techniques, " ") != "T1053.005" ||
		strings.Join(r.Tactics, " ") != "Persistence" || strings.Join(r.Tables, " ") != "DeviceProcessEvents DeviceEvents SecurityEvent" ||
		len(r.Connectors) != 2 || r.Connectors[1].ID != "SecurityEvents" || len(r.Entities) != 1 ||
		r.Entities[0].Type != "Host" || len(r.Entities[0].Fields) != 1 || r.Entities[0].Fields[0].Identifier != "FullName" || r.Entities[0].Fields[0].Column != "DeviceName" {
		t.Fatalf("fields differ: %+v", r)
	}
}
