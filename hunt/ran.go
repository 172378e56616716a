package hunt

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// ran reports whether the item only says which program the task ran: the scheduler's
// log of runs has neither arguments nor the other actions, so that it defines nothing.
func (it *item) ran() bool {
	switch it.taskEvent {
	case "", "created", "updated":
		return false
	}
	for _, a := range it.task.Actions {
		if a.Command == "" || a.Arguments != "" {
			return false
		}
	}
	return len(it.task.Actions) > 0 && it.task.Definition == ""
}

// mergeRun adds the programs of a run to a finding's task that has actions: one that is an
// action's completes its path, any other is one that the task had at another time.
func mergeRun(f *finding.Finding, programs []finding.TaskAction) {
	t := f.Task
	for _, p := range programs {
		if i := slices.IndexFunc(t.Actions, func(a finding.TaskAction) bool { return sameProgram(a, p) }); i >= 0 {
			if bare(t.Actions[i]) {
				t.Actions = slices.Clone(t.Actions)
				t.Actions[i].Command = p.Command
			}
			continue
		}
		if !slices.ContainsFunc(t.Former, func(a finding.TaskAction) bool { return sameProgram(a, p) }) {
			addFormer(f, []finding.TaskAction{p})
		}
	}
}

// sameProgram compares programs by path, and by name where one has no path.
func sameProgram(a, b finding.TaskAction) bool {
	if a.Command == "" || b.Command == "" {
		return false
	}
	pa, pb := cmdline.Path(a.Command), cmdline.Path(b.Command)
	if bare(a) || bare(b) {
		return strings.TrimSuffix(cmdline.Base(pa), ".exe") == strings.TrimSuffix(cmdline.Base(pb), ".exe")
	}
	return pa == pb
}

func bare(a finding.TaskAction) bool { return !strings.ContainsAny(a.Command, `\/`) }
