package dossier

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// runs puts the events of each run together by the run's id. The event of a process's
// creation (129) carries no such id; it belongs to the run whose action has the same
// process id within moments.
func (l *life) runs(k *known, device string, events []*event) {
	byID := map[string]*finding.Run{}
	var order []*finding.Run
	for _, e := range events {
		if e.instance == "" || changes[e.kind] {
			continue
		}
		r := byID[e.instance]
		if r == nil {
			r = &finding.Run{Device: device, Instance: e.instance, Confidence: finding.Certain, Why: "the events have the run's id"}
			byID[e.instance] = r
			order = append(order, r)
		}
		addRun(r, e)
	}
	for _, e := range events {
		if e.kind != "processcreated" || e.instance != "" {
			continue
		}
		var of *finding.Run
		for _, r := range order {
			if e.pid != 0 && r.PID == e.pid && near(r.Began, e.time) {
				of = r
			}
		}
		if of == nil {
			of = &finding.Run{Device: device, Confidence: finding.Certain, Why: "the event names task and process"}
			order = append(order, of)
		}
		addRun(of, e)
	}
	for i, r := range requested(order) {
		if i >= maxMoments {
			l.d.More++
			continue
		}
		l.d.Runs = append(l.d.Runs, *r)
		l.started(k, device, r)
	}
}

// requested joins a start that was asked for with the one run of that moment. A task of a
// group runs in the session of whoever is logged on, and the run then has another id
// than the request.
func requested(runs []*finding.Run) []*finding.Run {
	bare := func(r *finding.Run) bool {
		return r.Cause != "" && r.PID == 0 && r.As == "" && r.Action == "" && r.Ended.IsZero()
	}
	var out []*finding.Run
	for _, r := range runs {
		var of []*finding.Run
		for _, q := range runs {
			if bare(r) && q.Cause == "" && q.As != "" && near(q.Began, r.Began) {
				of = append(of, q)
			}
		}
		if len(of) != 1 {
			out = append(out, r)
			continue
		}
		q := of[0]
		q.Cause, q.Confidence, q.Proof = r.Cause, finding.Likely, addProof(q.Proof, r.Proof...)
		q.Why = "the events have the run's id; the request has another, and is of the same moment"
	}
	return out
}

// causes says what the event of a trigger means; ids of the TaskScheduler log.
var causes = map[int64]string{107: "a time", 108: "an event", 110: "hand", 114: "a start that was missed and made up for", 117: "idleness", 118: "the start of Windows",
	119: "a logon", 120: "a session's start from afar", 124: "a session's unlocking", 145: "waking up"}

// addRun takes over what one event says of a run.
func addRun(r *finding.Run, e *event) {
	r.Proof = addProof(r.Proof, e.proof...)
	if r.Began.IsZero() || e.time.Before(r.Began.Time) {
		r.Began = e.time
	}
	if c := causes[e.id]; c != "" {
		r.Cause = c
		if e.id == 110 && e.userContext != "" {
			r.Cause += " of " + e.userContext
		}
	}
	switch e.kind {
	case "completed", "terminated", "actioncompleted", "actionfailed":
		if e.time.After(r.Ended.Time) {
			r.Ended = e.time
		}
	}
	if r.As == "" && (e.kind == "started" || e.kind == "completed") {
		r.As = e.userContext
	}
	if e.pid != 0 {
		r.PID = e.pid
	}
	if text := strings.TrimSpace(e.command + " " + e.arguments); text != "" && len(text) > len(r.Action) {
		r.Action = finding.Shorten(text, 400)
	}
	if e.hasResult {
		r.Result = result(e.result)
	}
}

// result writes a result code with its meaning.
func result(code int64) string {
	meaning := map[uint32]string{0: "success", 1: "the program returned 1", 0x41301: "still running", 0x41306: "ended by a user", 0x80070001: "the program returned 1",
		0x80070002: "file not found", 0x80070005: "access denied", 0x800710e0: "refused by an administrator", 0xc000013a: "ended by a console", 0x8004131f: "an instance was running"}
	if m := meaning[uint32(code)]; m != "" {
		return fmt.Sprintf("0x%x, %s", uint32(code), m)
	}
	return fmt.Sprintf("0x%x", uint32(code))
}

// started joins the task with the process that a run names by its id. Where no process
// event of it is in the case, the run's own event stands for the process.
func (l *life) started(k *known, device string, r *finding.Run) {
	if r.PID == 0 {
		return
	}
	var p *process
	for _, have := range k.byPID[device+"|"+decimal(r.PID)] {
		if d := have.created.Sub(r.Began.Time); d >= -2*instant && d <= 2*instant {
			p = have
		}
	}
	why := fmt.Sprintf("the run's event names process %d, and a process with this id began in that moment", r.PID)
	if p == nil {
		program, _ := cmdline.Split(r.Action)
		p = k.add(&process{device: device, pid: r.PID, created: r.Began, file: cmdline.Base(program), line: r.Action, account: r.As, proof: r.Proof[0]})
		why = fmt.Sprintf("the run's event names process %d; no process event of it is in the case", r.PID)
	}
	if strings.HasPrefix(strings.ToLower(p.file), "taskhost") || p.scheduler() {
		return // the host of a COM action, which serves many tasks
	}
	l.link(finding.Edge{Chapter: finding.Execution, From: l.taskNode(device), To: l.process(p, RoleStarted), Verb: "started", Time: r.Began, Confidence: finding.Certain, Why: why,
		Proof: addProof(append([]finding.Source(nil), r.Proof...), p.proof)})
}

// unlogged finds processes that came of the task where no run's event says so: started
// by the scheduler, or by a service host whose command line is unknown, with the
// action's whole command line, or, where command lines are not logged, with its program
// moments after the task was made or started.
func (l *life) unlogged(k *known, device string, events []*event) {
	const most = 20
	found := 0
	add := func(p *process, c finding.Confidence, why string) {
		if at, ok := l.procs[p]; ok && l.d.Nodes[at].Role == RoleStarted {
			return
		}
		if found++; found > most {
			l.d.More++
			return
		}
		l.link(finding.Edge{Chapter: finding.Execution, From: l.taskNode(device), To: l.process(p, RoleStarted), Verb: "started", Time: p.created, Confidence: c, Why: why, Proof: []finding.Source{p.proof}})
	}
	for _, a := range l.actions() {
		base := cmdline.Base(cmdline.Path(a.Command))
		if base == "" {
			continue
		}
		if !strings.Contains(base, ".") {
			base += ".exe"
		}
		for _, p := range k.byFile[device+"|"+base] {
			switch d, what := sinceChange(events, p.created); {
			case p.line != "" && sameLine(p.line, a) && alive(events, p.created):
				why := "its command line is the task's action"
				if p.parent != nil && p.parent.scheduler() {
					why += ", and the Task Scheduler started it"
				} else {
					why += ", and its parent may be the Task Scheduler's service host"
				}
				if what != "" {
					why += fmt.Sprintf(", %s after the task was %s", finding.Human(d), what)
				}
				add(p, finding.Likely, why)
			case p.line == "" && what != "" && d <= 5*time.Second:
				why := fmt.Sprintf("the action's program began %s after the task was %s; its command line was not logged", finding.Human(d), what)
				if child := k.childOf(p, a.Arguments); child != "" {
					add(p, finding.Likely, why+", but it started "+child+", which the action's arguments name")
					continue
				}
				add(p, finding.Possible, why)
			}
		}
	}
	for i := range l.f.Processes {
		if p := &l.f.Processes[i]; p.Role == RoleStarted && p.Device == device && !cmdline.IsScheduler(p.FileName, p.CommandLine) {
			own := k.reported(*p)
			switch after, asked := l.askedToRun(device, own.created); {
			case l.name == "":
				add(own, finding.Certain, "its parent is the Task Scheduler; which task it was no event says")
			case len(l.actions()) > 0:
				add(own, finding.Likely, "the Task Scheduler started it, and it fits the task's action")
			case asked:
				add(own, finding.Likely, "the Task Scheduler started it "+finding.Human(after)+" after the task was asked to run; what the task runs no row says")
			default:
				add(own, finding.Possible, "the Task Scheduler started it in the time of the task; what the task runs no row says")
			}
		}
	}
}

// childOf returns the program that a process started and that a command line names, or "".
func (k *known) childOf(p *process, arguments string) string {
	if p.pid == 0 {
		return ""
	}
	words := strings.FieldsFunc(strings.ToLower(arguments), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' && r != '.'
	})
	for _, c := range k.byChild[p.device+"|"+decimal(p.pid)] {
		d := c.created.Sub(p.created.Time)
		if d < -instant || d > soon || c.file == "" {
			continue
		}
		for _, w := range words {
			if name := strings.ToLower(c.file); w == name || w+".exe" == name {
				return c.file
			}
		}
	}
	return ""
}

// askedToRun returns how long before a moment somebody asked for a run of the task.
func (l *life) askedToRun(device string, t finding.Time) (since time.Duration, asked bool) {
	for i := range l.d.Edges {
		e := &l.d.Edges[i]
		if d := t.Sub(e.Time.Time); e.Verb == "asked to run" && l.d.Nodes[e.To].Device == device && d >= -instant && d <= soon && (!asked || d < since) {
			since, asked = max(d, 0), true
		}
	}
	return since, asked
}

// actions are the task's actions now and before.
func (l *life) actions() []finding.TaskAction {
	var out []finding.TaskAction
	seen := set{}
	keep := func(actions []finding.TaskAction) {
		for _, a := range actions {
			if key := strings.ToLower(a.Text()); a.Command != "" && !seen[key] {
				seen[key] = true
				out = append(out, a)
			}
		}
	}
	if t := l.f.Task; t != nil {
		keep(t.Actions)
		keep(t.Former)
	}
	for _, d := range l.d.Definitions {
		keep(d.Actions)
	}
	return out
}

// sameLine reports whether a process was started with an action's program and arguments.
func sameLine(line string, a finding.TaskAction) bool {
	_, rest := cmdline.Split(line)
	command, arguments := a.Command, a.Arguments
	if arguments == "" {
		if program, more := cmdline.Split(command); more != "" {
			command, arguments = program, more
		}
	}
	if cmdline.Arguments(rest) != cmdline.Arguments(arguments) {
		return false
	}
	program, _ := cmdline.Split(line)
	return strings.TrimSuffix(cmdline.Base(cmdline.Path(program)), ".exe") == strings.TrimSuffix(cmdline.Base(cmdline.Path(command)), ".exe")
}

// sinceChange returns how long before a moment the task was made, changed or started last.
func sinceChange(events []*event, t finding.Time) (since time.Duration, what string) {
	for _, e := range events {
		if !oneOf(e.kind, []string{"created", "updated", "started", "triggered"}) {
			continue
		}
		if d := t.Sub(e.time.Time); d >= -instant && d < lifetime && (what == "" || d <= since) {
			since, what = max(d, 0), e.kind
		}
	}
	return since, what
}

// alive reports whether the task was there at a moment: not before its creation, and
// not a minute after its removal.
func alive(events []*event, t finding.Time) bool {
	there, first := true, true
	for _, e := range events {
		d := t.Sub(e.time.Time)
		if first && e.kind == "created" && d < -instant {
			return false
		}
		first = first && !changes[e.kind]
		switch {
		case d < -instant:
			return there
		case e.kind == "created":
			there = true
		case e.kind == "deleted" && d > time.Minute:
			there = false
		}
	}
	return there
}

// descendants follows what the started processes started in turn.
func (l *life) descendants(k *known) {
	var queue []*process
	for _, n := range l.ordered() {
		if l.d.Nodes[l.procs[n]].Role == RoleStarted {
			queue = append(queue, n)
		}
	}
	depth := map[*process]int{}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		if depth[p] >= generations || p.pid == 0 {
			continue
		}
		for _, c := range k.byChild[p.device+"|"+decimal(p.pid)] {
			confidence, why := finding.Certain, "the row of the process names its parent by id and creation"
			if !c.parent.created.IsZero() && !p.created.IsZero() {
				if !near(c.parent.created, p.created) {
					continue
				}
			} else {
				if d := c.created.Sub(p.created.Time); d < -instant || d > lifetime {
					continue
				}
				confidence, why = finding.Likely, "the row of the process names its parent by an id that was this process's"
			}
			if _, told := l.procs[c]; told {
				if l.d.Nodes[l.procs[c]].Role == RoleStarted {
					continue
				}
			} else {
				depth[c] = depth[p] + 1
				queue = append(queue, c)
			}
			l.link(finding.Edge{Chapter: finding.Execution, From: l.procs[p], To: l.process(c, RoleChild), Verb: "started", Time: c.created, Confidence: confidence, Why: why, Proof: []finding.Source{c.proof}})
		}
	}
}

// ordered returns the life's processes in the order of their nodes.
func (l *life) ordered() []*process {
	out := make([]*process, len(l.d.Nodes))
	for p, i := range l.procs {
		if out[i] == nil || p.own {
			out[i] = p
		}
	}
	kept := out[:0]
	for _, p := range out {
		if p != nil {
			kept = append(kept, p)
		}
	}
	return kept
}
