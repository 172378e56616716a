package dossier

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// moments puts the task's events into the finding's timeline, in place of what hunts
// said of the same events in fewer words.
func (l *life) moments(device string, events []*event) {
	kept := l.f.Timeline[:0]
	for _, m := range l.f.Timeline {
		told := false
		for _, e := range events {
			told = told || m.Device == device && near(m.Time, e.time) && strings.HasPrefix(m.Source.Table, "ScheduledTaskEvents") && strings.HasPrefix(m.What, "task ")
		}
		if !told {
			kept = append(kept, m)
		}
	}
	l.f.Timeline = kept
	for i, e := range events {
		if i >= finding.MaxEvidence {
			l.f.More += len(events) - i
			break
		}
		l.f.Timeline = append(l.f.Timeline, moment(e))
	}
}

// moment says what one event of a task is.
func moment(e *event) finding.Moment {
	run := strings.TrimSpace(e.command + " " + e.arguments)
	kind := kinds[e.kind]
	if kind == "" {
		kind = e.kind
	}
	what := "task " + kind
	switch e.kind {
	case "created", "updated":
		if run != "" {
			what += ", runs " + finding.Shorten(run, 300)
		}
	case "actionstarted", "processcreated", "actioncompleted", "actionfailed":
		what = "task's " + kind + ": " + finding.Shorten(run, 300)
	}
	if who := e.account; who != "" {
		what += " (" + who + ")"
	}
	if e.hasResult && e.result != 0 {
		what += ", result " + result(e.result)
	}
	m := finding.Moment{Time: e.time, Device: e.device, What: what, Source: e.proof[0]}
	if len(e.proof) > 1 {
		m.Detail = "also " + strings.TrimPrefix(e.proof[1].Table, "ScheduledTaskEvents, ")
	}
	return m
}

// kinds are the kinds of events of several words.
var kinds = map[string]string{"startfailed": "start failed", "processcreated": "process created", "actionstarted": "action started",
	"actioncompleted": "action completed", "actionfailed": "action failed"}

// enrich adds what the dossier found to the finding's task, processes and timeline.
func (l *life) enrich() {
	l.refine()
	for _, p := range l.ordered() {
		n := l.d.Nodes[l.procs[p]]
		if n.Role != RoleStarted && n.Role != RoleChild {
			continue
		}
		known := false
		for _, have := range l.f.Processes {
			known = known || have.Device == p.device && have.PID == p.pid && near(have.Time, p.created)
		}
		if known || len(l.f.Processes) >= finding.MaxEvidence {
			continue
		}
		add := finding.Process{Role: n.Role, Device: p.device, Time: p.created, PID: p.pid, FileName: p.file, FolderPath: p.folder, CommandLine: p.line, Account: p.account, SHA1: p.sha1}
		if add.CommandLine == "" {
			add.CommandLine = p.file
		}
		if p.parent != nil {
			add.Parent, add.ParentPID, add.ParentCreated = p.parent.line, p.parent.pid, p.parent.created
			if add.Parent == "" {
				add.Parent = p.parent.file
			}
		}
		l.f.Processes = append(l.f.Processes, add)
		verb := "which started "
		if n.Role == RoleStarted {
			verb = "started by the Task Scheduler: "
		}
		if p.own {
			l.f.Timeline = append(l.f.Timeline, finding.Moment{Time: p.created, Device: p.device, What: verb + finding.Shorten(add.CommandLine, 300), Source: p.proof})
		}
	}
	for _, e := range l.d.Effects {
		if n := l.d.Nodes[e.Process]; e.Kind == "network" {
			l.f.Timeline = append(l.f.Timeline, finding.Moment{Time: e.Time, Device: n.Device, What: n.Label + " " + e.What, Source: e.Proof})
		}
	}
	for _, e := range l.d.Edges {
		if e.Object != "" {
			what := l.d.Nodes[e.From].Label + " " + strings.TrimSuffix(e.Verb, namedBy) + ", which an action of the task names"
			l.f.Timeline = append(l.f.Timeline, finding.Moment{Time: e.Time, Device: l.d.Nodes[e.To].Device, What: what, Source: e.Proof[0]})
			continue
		}
		if n := l.d.Nodes[e.From]; n.Kind == finding.HostNode && (strings.HasPrefix(e.Verb, "read ") || strings.HasPrefix(e.Verb, "deleted ") || strings.HasPrefix(e.Verb, "opened ")) {
			what := fmt.Sprintf("%s %s", n.Label, strings.TrimSuffix(e.Verb, " of"))
			l.f.Timeline = append(l.f.Timeline, finding.Moment{Time: e.Time, Device: l.d.Nodes[e.To].Device, What: what, Source: e.Proof[0]})
		}
	}
}

// refine lets the last definition that an event carries speak for the task where a
// hunt had it from a command line, which says less and may not have come true.
func (l *life) refine() {
	t := l.f.Task
	if t == nil {
		return
	}
	for i := len(l.d.Definitions) - 1; i >= 0; i-- {
		d := &l.d.Definitions[i]
		if d.How != "created" && d.How != "updated" || len(d.Actions) == 0 {
			continue
		}
		if d.Principal != "" {
			t.Principal, t.RunLevel = d.Principal, d.RunLevel
		}
		if d.Triggers != "" {
			t.Starting = d.Starting
		}
		return
	}
}
