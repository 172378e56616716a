package hunt

import (
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
)

// Result is what a run of hunts gave.
type Result struct {
	Findings []finding.Finding `json:"findings"` // ranked
	Outcomes []Outcome         `json:"hunts"`    // one per rule, in the rules' order
	Coverage Coverage          `json:"coverage"`
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
	// Sight says whether the case held the evidence that the rule lives on.
	Sight   Sight    `json:"sight"`
	Missing []string `json:"missing,omitempty"` // what the evidence lacks, one sentence each
}
