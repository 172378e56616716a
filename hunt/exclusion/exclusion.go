// Package exclusion hides findings that a team knows to be harmless, in the open:
// each exclusion is a KQL predicate with an owner, a reason and a day on which it
// ends, and every report says what each one hid.
//
// A predicate is asked of a finding's rows (see Columns): one for every action of its
// task, former ones too, and every process that the task started, for each device. A
// finding is hidden only if all of its rows match: an action that someone adds to an
// excluded task brings the finding back.
//
// An exclusion that rests only on text that whoever makes the task chooses hides the
// next attacker too; see Set.Loose.
package exclusion

import (
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/source"
)

// Exclusion is one entry of a file of exclusions.
type Exclusion struct {
	ID     string
	Name   string
	Owner  string
	Reason string
	// Expires is the last day (UTC) on which it is applied.
	Expires time.Time
	// Off is true for an entry that is kept but not applied (enabled: false).
	Off bool
	// Hunts restricts it to findings of these hunts; empty means all. An exclusion
	// with InQuery needs them.
	Hunts []string
	// Where is the predicate: KQL over Columns, or over the query's own columns.
	Where string
	// InQuery puts "where not(..)" into the place that the hunt's query leaves for a
	// filter of the environment, instead of asking the findings.
	InQuery bool

	// Loose says why the predicate rests only on text that the attacker chooses, ""
	// if it does not.
	Loose   string
	At      source.Span // the entry in its file
	WhereAt source.Span // the predicate
}

// Set is the exclusions of one or more files.
type Set struct {
	List []*Exclusion
	// Forced lets loose exclusions be applied; the report says that it was so.
	Forced bool
}

// State says whether an exclusion is applied at a time, and why not.
func (s *Set) State(x *Exclusion, now time.Time) (applied bool, why string) {
	switch {
	case x.Off:
		return false, "it is off"
	case now.After(x.Expires.Add(24 * time.Hour)):
		return false, "it expired on " + x.Expires.Format(time.DateOnly)
	case x.Loose != "" && !s.Forced:
		return false, x.Loose
	}
	return true, ""
}

// InQuery returns what belongs into the place for the environment's filter of a
// hunt's query, "" if no exclusion speaks of it, and the exclusions that it comes of.
func (s *Set) InQuery(hunt string, now time.Time) (filter string, from []*Exclusion) {
	var b strings.Builder
	for _, x := range s.List {
		if applied, _ := s.State(x, now); !applied || !x.InQuery || !x.covers([]string{hunt}) {
			continue
		}
		// a predicate may end in a comment: the bracket stands on a line of its own
		b.WriteString("| where not(\n" + strings.TrimSpace(x.Where) + "\n)\n")
		from = append(from, x)
	}
	return b.String(), from
}

// covers reports whether an exclusion speaks of any of the hunts.
func (x *Exclusion) covers(hunts []string) bool {
	if len(x.Hunts) == 0 {
		return true
	}
	for _, h := range hunts {
		for _, want := range x.Hunts {
			if strings.EqualFold(h, want) {
				return true
			}
		}
	}
	return false
}
