package baseline

import (
	"cmp"
	"slices"
)

// News of an entry.
const (
	NewTask       = "new task"
	NewDefinition = "changed task" // a known task with a definition that is not known
	NewCommand    = "new program"
	NewSigner     = "new signer"
)

// Difference is a thing that one baseline has and another has not.
type Difference struct {
	News  string `json:"news"`
	Entry *Entry `json:"entry"`
	// Known are the definitions that the older baseline has of a changed task.
	Known []*Entry `json:"known,omitempty"`
}

// Diff returns what now has and old has not, in the order in which it was first seen.
// The definition of a new task is part of its entry: it comes once.
func Diff(old, now *Baseline) []Difference {
	known := map[string][]*Entry{}
	for _, e := range old.Entries() {
		if e.Kind == Definition {
			known[e.TaskKey] = append(known[e.TaskKey], e)
		}
	}
	defined := map[string]bool{}
	for _, e := range now.entries {
		if e.Kind == Definition {
			defined[e.TaskKey] = true
		}
	}
	var list []Difference
	for _, e := range now.Entries() {
		if old.Has(e) {
			continue
		}
		d := Difference{Entry: e}
		newTask := !old.Has(&Entry{Kind: Task, TaskKey: e.TaskKey})
		switch e.Kind {
		case Task:
			if defined[e.TaskKey] {
				continue // its definitions say more
			}
			d.News = NewTask
		case Definition:
			d.News, d.Known = NewDefinition, known[e.TaskKey]
			if newTask {
				d.News = NewTask
			} else if len(d.Known) == 0 {
				continue // the older one knows the task, and never saw a definition
			}
		case Command:
			d.News = NewCommand
		case Signer:
			d.News = NewSigner
		}
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b Difference) int { return cmp.Compare(a.Entry.First.UnixNano(), b.Entry.First.UnixNano()) })
	return list
}
