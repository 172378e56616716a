// Package hunt runs rules over a case and turns the rows that they return into
// findings with reasons.
//
//	rules -> one query each -> rows -> signals -> one finding per task or process -> score -> Result
//
// A rule's query is KQL. What its columns are called decides what they mean: see
// Column. Rules of Goshawk's own and of the user run the same way; a user's rule
// needs no mapping, because the columns of Defender and Sentinel have the same names.
package hunt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/source"
)

// Rule is one hunt: what it looks for, its query, and what is known about it.
type Rule struct {
	ID          string
	Name        string
	Description string
	// Severity is what the author gave the rule, None if nothing. A user's rule
	// reaches at least this severity; a built-in hunt's findings are scored.
	Severity   finding.Severity
	Tactics    []string
	Techniques []string
	// TechniquesWhen names the column for those of Techniques that only some rows are
	// evidence of: the technique holds as a signal with that When does.
	TechniquesWhen map[string]string
	// Tables are those that the query reads, as its author lists them.
	Tables []string
	// Evidence are the kinds of evidence that the rule lives on; each Need is met by
	// any of its kinds.
	Evidence []Need
	// Entities says which column holds what, where the query's own names don't
	// already say it: Column name -> column of the query.
	Entities map[string]string
	// Signals are the reasons that a row of this rule gives.
	Signals []Signal

	FalsePositives []string
	BlindSpots     []string
	References     []string

	Query string
	// Filter is the place in Query for a filter of the user's own environment, nil if
	// its author left none.
	Filter *source.Span
	// File and Line say where the query begins, for diagnostics; File is "" for a
	// rule that is part of Goshawk.
	File    string
	Line    int
	BuiltIn bool
}

// Need is a kind of evidence that a rule lives on, with the alternatives that serve.
type Need struct {
	// For says what the evidence tells, such as "that a task was created".
	For string
	// Any holds names of evidence kinds (see Kinds); one of them is enough.
	Any []string
}

// Signal is a reason that a rule's rows give.
type Signal struct {
	Points   int
	Property finding.Property
	// When names a column; the signal holds for rows where it is true, not empty and
	// not 0. Without it the signal holds for every row.
	When string
	// Text is the sentence; {Column} is replaced by the row's value.
	Text string
	// Fact names what several sources may tell of (finding.Reason); {Column} as in Text.
	Fact string
	// Defined, if not 0, are the points where other rows define the task: then what
	// it runs is judged by itself, and the signal only says by what way it came.
	Defined int
}

// Validate reports what is missing or contradictory in a rule.
func (r *Rule) Validate() error {
	switch {
	case r.ID == "":
		return fmt.Errorf("rule without an id")
	case r.Name == "":
		return fmt.Errorf("rule %s: no name", r.ID)
	case strings.TrimSpace(r.Query) == "":
		return fmt.Errorf("rule %s: no query", r.ID)
	}
	for _, n := range r.Evidence {
		if len(n.Any) == 0 {
			return fmt.Errorf("rule %s: evidence %q lists no kind", r.ID, n.For)
		}
		for _, k := range n.Any {
			if _, ok := kindByName(k); !ok {
				return fmt.Errorf("rule %s: unknown kind of evidence %q", r.ID, k)
			}
		}
	}
	for _, s := range r.Signals {
		if s.Text == "" || s.Property == "" {
			return fmt.Errorf("rule %s: a signal needs a property and a text", r.ID)
		}
	}
	for id := range r.TechniquesWhen {
		if !slices.Contains(r.Techniques, id) {
			return fmt.Errorf("rule %s: techniquesWhen names %q, which is not among relevantTechniques", r.ID, id)
		}
	}
	for c := range r.Entities {
		if !isColumn(c) {
			return fmt.Errorf("rule %s: entity %q is no known column", r.ID, c)
		}
	}
	return nil
}
