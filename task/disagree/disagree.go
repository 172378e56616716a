// Package disagree knows how the places where Windows keeps a task can contradict each
// other, and what each contradiction means: between the XML file, the two keys of the
// registry and the events, and within each.
//
// A check is a query over ScheduledTasks, ScheduledTaskEvents and the Device tables. It
// compares only stores that the evidence has: a store that was not collected is no
// disagreement.
package disagree

import (
	_ "embed"
	"strings"
)

// Check is one named disagreement.
type Check struct {
	ID string // in words with hyphens
	// Severity is info, low, medium or high: what one such disagreement is worth alone.
	Severity string
	Title    string
	// Meaning says what it is a sign of, Benign what else it may be.
	Meaning, Benign string
	// Techniques are ATT&CK ids, the fitting one first.
	Techniques []string
	// Query answers with the columns of Columns; it stands behind the text of Prelude.
	Query string
}

// Columns are what every query answers with, in this order.
var Columns = []string{"Timestamp", "DeviceName", "TaskName", "Detail", "SourceFile", "SourceOffset"}

//go:embed prelude.kql
var prelude string

//go:embed checks.txt
var checksText string

// KQL returns the whole query of a check. emptied are the rows of a datatable, in KQL, of
// the task files of no bytes or of zeros only: File, Name of the task, Why.
func (c *Check) KQL(emptied string) string {
	return before(emptied) + "\n" + c.Query + "\n| project " + strings.Join(Columns, ", ") + "\n| sort by DeviceName asc, TaskName asc, Detail asc, SourceFile asc"
}

// StoresKQL is a query that counts what stores there are: DeviceName, Store, Tasks,
// and Compared, which says whether the files and the registry are of one machine.
func StoresKQL() string {
	return before("") + `
Stores
| summarize Tasks = dcount(Key) by Machine, Store
| join kind=leftouter Machines on Machine
| project DeviceName = Machine, Store, Tasks, Compared = coalesce(Compared, false)
| sort by DeviceName asc, Store asc`
}

func before(emptied string) string {
	return "let Emptied = datatable(File:string, Name:string, Why:string) [" + emptied + "];\n" + prelude
}

// Checks returns all checks, the gravest first as they are listed.
func Checks() []Check { return parse(checksText) }

// parse reads checks: paragraphs of "key: value" lines, whose query follows the line
// "query:" and ends with the paragraph that a line "---" begins.
func parse(text string) []Check {
	var list []Check
	for _, part := range strings.Split(text, "\n---\n") {
		head, query, _ := strings.Cut(part, "\nquery:\n")
		c := Check{Query: strings.TrimSpace(query)}
		for line := range strings.Lines(head) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch key {
			case "id":
				c.ID = value
			case "severity":
				c.Severity = value
			case "title":
				c.Title = value
			case "meaning":
				c.Meaning = value
			case "benign":
				c.Benign = value
			case "techniques":
				c.Techniques = strings.Fields(value)
			}
		}
		if c.ID != "" {
			list = append(list, c)
		}
	}
	return list
}
