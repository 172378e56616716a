package hunt

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// link moves process groups to the task that they belong to: a process that the
// scheduler started, to the task of the device with that action; a process whose
// parent is in a group, to that group.
func link(x *index) {
	byAction := map[string]string{} // device|program|arguments -> key of the only task with it
	for _, g := range x.groups {
		if !strings.Contains(g.key, "|task|") {
			continue
		}
		for _, it := range g.items {
			for _, a := range it.task.Actions {
				for _, k := range actionKeys(it.device(), a) {
					if other, ok := byAction[k]; ok && other != g.key {
						byAction[k] = ""
					} else {
						byAction[k] = g.key
					}
				}
			}
		}
	}
	for _, g := range x.groups {
		if !strings.Contains(g.key, "|process|") {
			continue
		}
		if p := g.items[0].processes[0]; p.Role == roleStarted {
			to := byAction[startedKey(g.items[0].device(), p)]
			if to == "" {
				to = x.requested(g.items[0], p)
			}
			if to != "" {
				x.move(g, to)
			}
		}
	}
	linkAskers(x)
	linkChildren(x)
}

// linkAskers moves rows that name no task, such as a script's text, to the one task for
// which the same process asked at about that time.
func linkAskers(x *index) {
	const apart = 5 * time.Minute
	type asker struct {
		device string
		pid    int64
	}
	tasks := map[asker][]*group{}
	for _, g := range x.groups {
		if !strings.Contains(g.key, "|task|") {
			continue
		}
		for _, it := range g.items {
			for _, p := range it.processes {
				k := asker{it.device(), p.PID}
				if p.Role == roleCreator && p.PID != 0 && !slices.Contains(tasks[k], g) {
					tasks[k] = append(tasks[k], g)
				}
			}
		}
	}
	for _, g := range x.groups {
		if len(g.items) == 0 || !strings.Contains(g.key, "|row|") || g.items[0].asker == 0 {
			continue
		}
		first := g.items[0]
		var to []*group
		for _, t := range tasks[asker{first.device(), first.asker}] {
			if slices.ContainsFunc(t.items, func(it *item) bool { return it.time.Sub(first.time.Time).Abs() < apart }) {
				to = append(to, t)
			}
		}
		if len(to) == 1 {
			x.move(g, to[0].key)
		}
	}
}

// requested returns the key of the one task of the process's device that somebody
// started by hand in the seconds before the process began, and of which no action is
// known that would tell them apart.
func (x *index) requested(it *item, p finding.Process) string {
	const before, after = 3 * time.Second, time.Second
	key := ""
	for _, g := range x.groups {
		if !strings.HasPrefix(g.key, it.device()+"|task|") {
			continue
		}
		started, acts := false, false
		for _, have := range g.items {
			acts = acts || len(have.task.Actions) > 0
			d := p.Time.Sub(have.time.Time)
			started = started || have.taskEvent == "started" && !have.time.IsZero() && d >= -after && d <= before
		}
		if !started {
			continue
		}
		if acts || key != "" {
			return ""
		}
		key = g.key
	}
	return key
}

// move puts the items of g into the group with the key.
func (x *index) move(g *group, key string) {
	to := x.byKey[key]
	if to == nil || to == g {
		return
	}
	to.items = append(to.items, g.items...)
	g.items = nil
}

// linkChildren moves groups of processes whose parent is known in another group,
// repeatedly, so that grandchildren follow.
func linkChildren(x *index) {
	const depth = 4
	for range depth {
		owner := map[string]*group{}
		for _, g := range x.groups {
			for _, it := range g.items {
				for _, p := range it.processes {
					if p.PID != 0 && !p.Time.IsZero() && p.Role != roleRelated {
						owner[it.device()+"|"+processKey(p)] = g
					}
				}
			}
		}
		moved := false
		for _, g := range x.groups {
			if len(g.items) == 0 || !strings.Contains(g.key, "|process|") {
				continue
			}
			p := g.items[0].processes[0]
			if p.ParentPID == 0 || p.ParentCreated.IsZero() {
				continue
			}
			parent := processKey(finding.Process{PID: p.ParentPID, Time: p.ParentCreated})
			if to := owner[g.items[0].device()+"|"+parent]; to != nil && to != g {
				x.move(g, to.key)
				moved = true
			}
		}
		if !moved {
			return
		}
	}
}

// actionKeys are the texts by which a started process recognises its task's action:
// its program's path and arguments, and its program's name and arguments.
func actionKeys(device string, a finding.TaskAction) []string {
	if a.Command == "" {
		return nil
	}
	path, args := cmdline.Path(a.Command), cmdline.Arguments(a.Arguments)
	return []string{device + "|" + cmdline.Base(path) + "|" + args}
}

func startedKey(device string, p finding.Process) string {
	program, rest := cmdline.Split(p.CommandLine)
	name := p.FileName
	if name == "" {
		name = cmdline.Base(program)
	}
	return device + "|" + strings.ToLower(name) + "|" + cmdline.Arguments(rest)
}

// processKey tells processes of one device apart.
func processKey(p finding.Process) string {
	if p.PID != 0 && !p.Time.IsZero() {
		return strconv.FormatInt(p.PID, 10) + "@" + p.Time.String()
	}
	return strconv.FormatInt(p.PID, 10) + "|" + p.FolderPath + "|" + p.CommandLine
}
