package dossier

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// requesters tells of the processes of a device whose command line or deed asked for
// the task. A shell that only passed the request on to a child is that child's parent.
func (l *life) requesters(k *known, device string) {
	var all []*process
	for i := range l.f.Processes {
		if p := &l.f.Processes[i]; p.Role == RoleCreator && p.Device == device {
			all = append(all, k.reported(*p))
		}
	}
	for _, p := range all {
		passed := false
		for _, c := range all {
			passed = passed || c != p && descends(c, p) && (asks(p) == "" || asks(c) == asks(p))
		}
		if !passed {
			l.requester(k, p)
		}
	}
}

// descends reports whether c comes of p, as far as its row tells.
func descends(c, p *process) bool {
	a := c.parent
	for range generations { // ids that were used again may go in a circle
		if a == nil {
			return false
		}
		if a.pid != 0 && a.pid == p.pid && (a.created.IsZero() || near(a.created, p.created)) {
			return true
		}
		a = a.parent
	}
	return false
}

// asks is what a command line asks for, in short; "" when it asks for nothing.
func asks(p *process) string {
	r, ok := cmdline.Parse(p.line)
	if !ok {
		return ""
	}
	return r.Verb + "|" + cmdline.ExactTaskName(r.TaskName)
}

// requester tells of one process that asked.
func (l *life) requester(k *known, p *process) {
	at := l.process(p, RoleCreator)
	l.ancestors(k, p)
	verb, done, device, chapter := "asked for", slices.Collect(maps.Keys(changes)), p.device, finding.Origin
	why, names := "a row about the task names it as the one who asked, and its command line does not say for what", "the row names it as the one who asked"
	if r, ok := cmdline.Parse(p.line); ok {
		why, names, done = "its command line asks for it; no event says that it was done", "its command line names the task", nil
		if v := requests[r.Verb]; v.verb != "" {
			verb, done = v.verb, v.kinds
		}
		switch r.Verb {
		case "delete", "disable":
			chapter = finding.End
		case "run":
			chapter = finding.Execution
		}
		device = l.target(r.Remote, p.device)
	}
	if verb == "asked for" && k.wroteStores(p, device, l.name) {
		return // told by what it wrote
	}
	e := finding.Edge{Chapter: chapter, From: at, To: l.taskNode(device), Verb: verb, Time: p.created, Confidence: finding.Likely,
		Why: why, Proof: []finding.Source{p.proof}}
	if w := k.written(device, l.name, p.created, verb); w != nil {
		e.Why = fmt.Sprintf("%s, and %s %s the task's %s %s later; no event says it", names, w.file, map[bool]string{true: "deleted", false: "wrote"}[w.action == "Deleted"],
			w.what, finding.Human(max(w.time.Sub(p.created.Time), 0)))
		e.Proof = addProof(e.Proof, w.proof)
	}
	l.cameTrue(k, p, device, &e)
	for _, ev := range merge(k.events[device+"|"+l.name]) {
		d := ev.time.Sub(p.created.Time)
		if d < -2*instant || d > soon || !oneOf(ev.kind, done) {
			continue
		}
		if ev.callerPID != 0 && ev.callerPID == p.pid && device == p.device {
			return // told by the event itself
		}
		e.Why = fmt.Sprintf("%s, and the event of it is %s apart", names, apart(p.created, ev.time))
		if device != p.device {
			e.Why = fmt.Sprintf("%s and the computer, and the event of it there is %s apart", names, apart(p.created, ev.time))
			l.byConnection(k, p, ev, &e)
		}
		e.Proof = addProof(e.Proof, ev.proof...)
		if device == p.device && ev.logonID == p.logonID && !builtInLogons[p.logonID] {
			e.Why += fmt.Sprintf("; both have the logon 0x%x", p.logonID)
			e.Confidence = finding.Certain
			l.ran(k, p.device, l.account(k, p.device, ev.account, ev.logonID, ev.time, ev.remote), p, ev)
		}
		break
	}
	l.link(e)
}

// cameTrue adds to a request for a task that the task is stored as it was asked for. A
// definition is dated in the local time of its maker: the same second of the hour, in a
// zone that there is, is the time of the request.
func (l *life) cameTrue(k *known, p *process, device string, e *finding.Edge) {
	const zone = 15 * time.Minute // zones differ by multiples of it
	r, ok := cmdline.Parse(p.line)
	if !ok || r.Verb != "create" || r.Command == "" || l.name == "" {
		return
	}
	asked := cmdline.Arguments(r.Command + " " + r.Arguments)
	for _, s := range l.stored(k, device) {
		if !slices.ContainsFunc(s.definition.Actions, func(a finding.TaskAction) bool { return cmdline.Arguments(a.Text()) == asked }) {
			continue
		}
		e.Why = "its command line names the task and what it runs, and the definition " + s.definition.How + " is the same; no event says that it was done"
		e.Proof = addProof(e.Proof, s.definition.Proof)
		offset := s.dated.Sub(p.created.Time).Round(zone)
		if d := s.dated.Add(-offset).Sub(p.created.Time); !s.dated.IsZero() && d.Abs() <= 2*time.Second && offset.Abs() <= 14*time.Hour {
			e.Why += fmt.Sprintf("; it is dated %s, which is the second of the request where clocks are at UTC%+03d:%02d", s.dated.UTC().Format("15:04:05"),
				int(offset.Hours()), int(offset.Abs().Minutes())%60)
		}
		return
	}
}

// byConnection makes a request certain where the logon of its event came by a connection
// of the process.
func (l *life) byConnection(k *known, p *process, ev *event, e *finding.Edge) {
	g := k.session(ev.device, ev.logonID, ev.time)
	if g == nil {
		return
	}
	if of, row := k.carried(g); of == p {
		e.Why += fmt.Sprintf("; the logon of the event came by its connection, from port %d", g.port)
		e.Confidence, e.Proof = finding.Certain, addProof(e.Proof, g.proof, row)
	}
}

// apart says how far two times are from one another, as far as their sources tell.
func apart(a, b finding.Time) string {
	d := a.Sub(b.Time).Abs()
	if d < time.Second && (a.Nanosecond() == 0 || b.Nanosecond() == 0) {
		return "less than 1 s"
	}
	return finding.Human(d)
}

// wroteStores reports whether a process itself wrote or deleted of the task's file or
// registry entries, past the Task Scheduler.
func (k *known) wroteStores(p *process, device, name string) bool {
	return slices.ContainsFunc(k.writes[device+"|"+name], func(w *write) bool {
		return p.pid != 0 && w.pid == p.pid && (w.created.IsZero() || near(w.created, p.created))
	})
}

// written returns the first trace in file or registry of what a request asked for,
// moments after it.
func (k *known) written(device, name string, t finding.Time, verb string) *write {
	want := map[string]string{"asked to create": "Written", "asked to change": "Written", "asked to delete": "Deleted"}[verb]
	for _, w := range k.writes[device+"|"+name] {
		if d := w.time.Sub(t.Time); w.action == want && d >= -2*instant && d <= soon {
			return w
		}
	}
	return nil
}

// target returns the device that a request names as the other computer, or own.
func (l *life) target(remote, own string) string {
	remote = strings.ToLower(strings.Trim(remote, `\"`))
	if remote == "" {
		return own
	}
	for _, d := range l.d.Devices {
		if d != own && (d == remote || strings.HasPrefix(d, remote+".") || strings.HasPrefix(remote, d+".")) {
			return d
		}
	}
	return own
}

// requests says what a verb of a command line asks for, and which events answer it.
var requests = map[string]struct {
	verb  string
	kinds []string
}{
	"create": {"asked to create", []string{"created", "updated"}}, "change": {"asked to change", []string{"updated"}},
	"delete": {"asked to delete", []string{"deleted"}}, "run": {"asked to run", []string{"started", "triggered"}},
	"enable": {"asked to enable", []string{"enabled", "updated"}}, "disable": {"asked to disable", []string{"disabled", "updated"}},
}

func oneOf(s string, list []string) bool {
	for _, x := range list {
		if s == x {
			return true
		}
	}
	return false
}

// ancestors adds who started a process, and who started that.
func (l *life) ancestors(k *known, p *process) {
	for range generations {
		parent := p.parent
		if parent == nil || parent.file == "" && parent.line == "" && parent.pid == 0 {
			return
		}
		confidence, why := finding.Certain, "the row of the process names its parent"
		if parent.pid != 0 {
			own := k.began(p.device, parent.pid, parent.created)
			if own == nil || parent.created.IsZero() {
				var exact bool
				if own, exact = k.at(p.device, parent.pid, p.created); own != nil && !exact {
					why = "the row of the process names its parent by an id that was this process's"
				}
			}
			if own != nil && own != p {
				if own.file == "" || parent.file == "" || strings.EqualFold(own.file, parent.file) {
					own.complete(parent)
					parent = own
				}
			}
		}
		child := l.process(p, RoleParent)
		at := l.process(l.canonical(k, parent), RoleParent)
		if at == child {
			return
		}
		l.link(finding.Edge{Chapter: finding.Origin, From: at, To: child, Verb: "started", Time: p.created, Confidence: confidence, Why: why, Proof: []finding.Source{p.proof}})
		if roots[strings.ToLower(parent.file)] {
			return
		}
		p = parent
	}
}

// roots are programs behind which nothing more is to learn: who started them is the
// same on every Windows.
var roots = set{"services.exe": true, "explorer.exe": true, "wininit.exe": true, "winlogon.exe": true, "svchost.exe": true, "system": true, "ntoskrnl.exe": true}

// canonical keeps one process for all rows that name it as a parent.
func (l *life) canonical(k *known, p *process) *process {
	if p.own {
		return p
	}
	for have := range l.procs {
		if have.device == p.device && have.pid == p.pid && (p.pid != 0 || have.line == p.line && have.file == p.file) && (near(have.created, p.created) || have.created.IsZero() || p.created.IsZero()) {
			have.complete(p)
			return have
		}
	}
	return p
}
