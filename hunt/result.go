package hunt

import (
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
)

// Result is what a run of hunts gave.
type Result struct {
	Findings []finding.Finding `json:"findings"` // ranked
	Outcomes []Outcome         `json:"hunts"`    // one per rule, in the rules' order
	Coverage Coverage          `json:"coverage"`
	// Exclusions say what each of the team's exclusions hid, and why one was not applied.
	Exclusions []exclusion.Outcome `json:"exclusions,omitempty"`
	// Notes are sentences that a reader of the findings has to know, such as how
	// many files' reputation was unknown.
	Notes []string `json:"notes,omitempty"`
}

// Outcome is how one rule's run went.
type Outcome struct {
	Rule     *Rule         `json:"-"`
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Rows     int           `json:"rows"`
	Findings int           `json:"findings"` // findings that the rule points at
	Took     time.Duration `json:"tookNanoseconds"`
	Err      error         `json:"-"`
	Error    string        `json:"error,omitempty"`
	Warnings []string      `json:"warnings,omitempty"`
	// Filtered counts by exclusion the rows that the filters inside the query hid.
	Filtered map[string]int `json:"filtered,omitempty"`
	refused  []string       // exclusions that the query can't have inside
	// Sight says whether the case held the evidence that the rule lives on.
	Sight   Sight    `json:"sight"`
	Missing []string `json:"missing,omitempty"` // what the evidence lacks, one sentence each
}
