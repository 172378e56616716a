// Package score says why a scheduled task is suspicious, in sentences with points.
//
// The score is a sum; nothing is hidden in it. Each file judges one kind of property
// and each sentence names what it saw. Points are a judgement: 10 for a property that
// many honest tasks have, 20 for one that few have, 40 and more for one that hardly
// any honest task has. finding.Grade adds them up.
//
// What a task calls itself never lowers its score. Only a definition that agrees with
// the catalogue of known tasks in path, action, arguments and principal does, and it
// takes back exactly what the definition had given.
package score

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// Facts are what the evidence says about one task or process of the fleet.
type Facts struct {
	Task      *finding.Task // nil when no task is known
	Processes []finding.Process
	Accounts  []string // who made or changed the task, or ran the process
	SIDs      []string
	// Events counts what happened to the task: created, updated, deleted ..
	Events map[string]int
	// Devices counts the devices on which the same was seen, Fleet those of the case,
	// Runs the executions; 0 when unknown.
	Devices, Fleet, Runs int
	// Baseline is what the team's baseline says; nil without one.
	Baseline *Baseline
}

// Verdict is what Judge found.
type Verdict struct {
	Reasons []finding.Reason
	// Known is the name of the known task that the definition agrees with, or "".
	Known string
}

// Judge gives the reasons that follow from the facts.
func Judge(f Facts) Verdict {
	var v Verdict
	defined := definition(f)
	v.Reasons = append(v.Reasons, defined...)
	v.Reasons = append(v.Reasons, creators(f)...)
	if k := knownTask(f); k != nil {
		v.Known = k.name
		sum := 0
		for _, r := range defined {
			sum += r.Points
		}
		switch {
		case sum > 0 && k.trusted():
			v.Reasons = append(v.Reasons, finding.Reason{Points: -sum, Property: finding.Action,
				Text: fmt.Sprintf("agrees with %s in %s, so its definition counts for nothing", k.name, k.agreement)})
		case sum > 0:
			v.Reasons = append(v.Reasons, finding.Reason{Points: -sum / 2, Property: finding.Action,
				Text: fmt.Sprintf("agrees with %s in %s, but its program lies where users may write: its definition counts half", k.name, k.agreement)})
		}
	}
	return v
}

// definition gives the reasons that lie in the task itself, or in what was started.
func definition(f Facts) []finding.Reason {
	var out []finding.Reason
	person := ""
	if f.Task != nil && (f.Events["created"] > 0 || f.Events["updated"] > 0) {
		person = Person(f.Accounts, f.SIDs)
	}
	risky, owned := false, false // owned: by a user, who may change what runs
	for _, a := range runs(f) {
		rs := Action(a)
		out = append(out, rs...)
		for _, r := range rs {
			risky = risky || r.Points >= 20
		}
		risky = risky || person != "" && exposed(a)
		owned = owned || inProfile(a)
	}
	if t := f.Task; t != nil {
		out = append(out, otherKinds(t, person)...)
		out = append(out, unread(t)...)
		out = append(out, severalActions(t)...)
		out = append(out, privilege(t, risky || owned, person)...)
		out = append(out, trigger(t, risky)...)
		out = append(out, hidden(t)...)
		out = append(out, names(t, f)...)
		if person != "" {
			out = append(out, author(t, person)...)
		}
	}
	if f.Task == nil && (risky || owned) {
		for _, p := range f.Processes {
			if account := strings.ToLower(p.Account); p.Role == "started" && (account == "system" || strings.HasSuffix(account, `\system`)) {
				out = append(out, finding.Reason{Points: 18, Property: finding.Privilege, Text: "runs that as SYSTEM"})
				break
			}
		}
	}
	return append(out, rarity(f)...)
}

// exposed reports whether what an action runs lies where any user may write.
func exposed(a finding.TaskAction) bool {
	x := newAction(a.Command, a.Arguments)
	for _, file := range append(x.files, x.program) {
		if locate(file).points >= writable {
			return true
		}
	}
	return false
}

// inProfile reports whether what an action runs lies in the folders of one user: none of
// the known tasks runs such a thing with more rights than that user has.
func inProfile(a finding.TaskAction) bool {
	x := newAction(a.Command, a.Arguments)
	return slices.ContainsFunc(append(x.files, x.program), func(file string) bool { return strings.HasPrefix(file, `c:\users\`) })
}

// runs returns what the task runs: its actions now and before, and, where no action
// is known, the processes that the scheduler started.
func runs(f Facts) []finding.TaskAction {
	var out []finding.TaskAction
	if f.Task != nil {
		out = append(append(out, f.Task.Actions...), f.Task.Former...)
	}
	if len(out) > 0 {
		return out
	}
	for _, p := range f.Processes {
		if p.Role == "started" {
			out = append(out, started(p))
		}
	}
	return out
}
