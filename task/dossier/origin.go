package dossier

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// merge puts together what two logs say of one change: the same kind within moments.
// The Security log's row, which has the definition and the account, leads. An update
// that the scheduler writes in the instant of a creation is part of the creation.
func merge(events []*event) []*event {
	sorted := append([]*event(nil), events...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		switch {
		case !a.time.Equal(b.time.Time):
			return a.time.Before(b.time.Time)
		case a.source != b.source:
			return a.source < b.source
		}
		return a.id < b.id
	})
	var out []*event
	for _, e := range sorted {
		if !changes[e.kind] {
			out = append(out, e)
			continue
		}
		var twin *event
		for i := len(out) - 1; i >= 0 && e.time.Sub(out[i].time.Time) <= instant; i-- {
			o := out[i]
			part := o.kind == "created" && e.kind == "updated" && !e.defined
			if part || o.kind == e.kind && (o.source != e.source || o.id == e.id && o.defined && !e.defined) {
				twin = o
				break
			}
		}
		if twin == nil {
			own := *e
			own.proof = append([]finding.Source(nil), e.proof...)
			out = append(out, &own)
			continue
		}
		twin.fill(e)
	}
	return out
}

// changes are the kinds of events that somebody asked for.
var changes = map[string]bool{"created": true, "updated": true, "deleted": true, "enabled": true, "disabled": true}

// fill completes an event by another log's.
func (e *event) fill(o *event) {
	if o.kind == e.kind && (o.defined && !e.defined || o.logonID != 0 && e.logonID == 0) {
		proof := append(append([]finding.Source(nil), o.proof...), e.proof...)
		first := e.time
		account := e.account
		*e = *o
		e.proof = proof
		if first.Before(e.time.Time) {
			e.time = first
		}
		if e.account == "" {
			e.account = account
		}
		return
	}
	e.proof = addProof(e.proof, o.proof...)
	if e.callerPID == 0 {
		e.callerPID, e.caller = o.callerPID, o.caller
	}
	e.remote = e.remote || o.remote
}

// definitions lists what events and stores say the task is, and how that changed.
func (l *life) definitions(k *known, device string, events []*event) {
	from := len(l.d.Definitions)
	var before *finding.Definition
	for _, e := range events {
		if !e.defined && len(e.actions) == 0 || e.kind != "created" && e.kind != "updated" {
			continue
		}
		d := finding.Definition{Time: e.time, Device: device, How: e.kind, By: e.account, Actions: e.actions, Principal: e.principal, RunLevel: e.runLevel,
			Triggers: e.triggers, Hidden: e.hidden, Proof: e.proof[0]}
		if before != nil {
			d.Changes = differences(before, &d)
		}
		l.d.Definitions = append(l.d.Definitions, d)
		before = &l.d.Definitions[len(l.d.Definitions)-1]
		if len(l.d.Definitions)-from >= maxMoments {
			l.d.More++
			break
		}
	}
	if l.name == "" {
		return
	}
	stores := k.stores[device+"|"+l.name]
	if len(stores) == 0 && len(l.d.Devices) == 1 && device != "" {
		stores = k.stores["|"+l.name] // a copied file names no device
	}
	for _, s := range stores {
		d := s.definition
		if d.Device != device {
			d.How += ", of a device that is not named"
		}
		if before != nil {
			d.Changes = differences(before, &d)
		}
		l.d.Definitions = append(l.d.Definitions, d)
	}
}

// differences says in sentences what b has other than a.
func differences(a, b *finding.Definition) []string {
	var out []string
	if was, is := actionsText(a.Actions), actionsText(b.Actions); was != "" && is != "" && cmdline.Arguments(was) != cmdline.Arguments(is) {
		out = append(out, fmt.Sprintf("runs %s instead of %s", finding.Shorten(is, 300), finding.Shorten(was, 300)))
	}
	for _, p := range []struct{ what, was, is string }{
		{"runs as", a.Principal, b.Principal}, {"run level", a.RunLevel, b.RunLevel}, {"starts", a.Triggers, b.Triggers},
	} {
		if p.was != "" && p.is != "" && !strings.EqualFold(p.was, p.is) {
			out = append(out, fmt.Sprintf("%s %s instead of %s", p.what, finding.Shorten(p.is, 200), finding.Shorten(p.was, 200)))
		}
	}
	if a.Hidden != b.Hidden {
		out = append(out, map[bool]string{true: "is hidden now", false: "is no longer hidden"}[b.Hidden])
	}
	return out
}

func actionsText(actions []finding.TaskAction) string {
	parts := make([]string, 0, len(actions))
	for _, a := range actions {
		parts = append(parts, a.Text())
	}
	return strings.Join(parts, ", then ")
}

// origin tells who asked for the task's changes, from where, through which process.
func (l *life) origin(k *known, device string, events []*event) {
	told := 0
	for _, e := range events {
		if !changes[e.kind] {
			continue
		}
		if told++; told > maxMoments {
			l.d.More++
			continue
		}
		chapter := finding.Defined
		if e.kind == "deleted" || e.kind == "disabled" {
			chapter = finding.End
		}
		account := l.account(k, device, e.account, e.logonID, e.time, e.remote)
		if p := k.caller(device, e); p != nil {
			at := l.process(p, RoleCreator)
			l.ancestors(k, p)
			l.link(finding.Edge{Chapter: chapter, From: at, To: l.taskNode(device), Verb: e.kind, Time: e.time, Confidence: finding.Certain,
				Why: fmt.Sprintf("the event names process %d as its caller, and %s had that id", e.callerPID, p.name()), Proof: append(e.proof, p.proof)})
			l.ran(k, device, account, p, e)
			continue
		}
		l.link(finding.Edge{Chapter: chapter, From: account, To: l.taskNode(device), Verb: e.kind, Time: e.time, Confidence: finding.Certain, Why: accountWhy(e), Proof: e.proof})
	}
	l.requesters(k, device)
}

func accountWhy(e *event) string {
	switch {
	case e.remote:
		return "the event names the account and no local process: another computer asked"
	case e.callerPID != 0:
		return fmt.Sprintf("the event names the account and process %d, of which no row is in the case", e.callerPID)
	case e.account == "":
		return "the event names nobody"
	}
	return "the event names the account, and no process"
}

// caller returns the process that an event names as its caller.
func (k *known) caller(device string, e *event) *process {
	if e.callerPID == 0 {
		return nil
	}
	if !e.caller.IsZero() {
		if p := k.began(device, e.callerPID, e.caller); p != nil {
			return p
		}
	}
	p, _ := k.at(device, e.callerPID, e.time)
	return p
}

// ran joins the account with the process by their logon.
func (l *life) ran(k *known, device string, account int, p *process, e *event) {
	if account < 0 || p.logonID != e.logonID || builtInLogons[e.logonID] || p.device != device {
		return
	}
	l.link(finding.Edge{Chapter: finding.Origin, From: account, To: l.process(p, RoleCreator), Verb: "ran", Time: p.created, Confidence: finding.Certain,
		Why: fmt.Sprintf("the process and the event have the logon 0x%x", e.logonID), Proof: append([]finding.Source{p.proof}, e.proof...)})
}

// account returns the node of an account in one logon, and joins it with the computer
// that it came from. The logon in which a remote request is carried out often names no
// address; the one that brought it is then the account's nearest earlier logon that does.
func (l *life) account(k *known, device, name string, logonID int64, t finding.Time, remote bool) int {
	if name == "" {
		name = "somebody"
	}
	n := finding.Node{Kind: finding.AccountNode, Device: device, Label: name}
	session := k.session(device, logonID, t)
	switch {
	case session != nil:
		n.Detail, n.Time = fmt.Sprintf("%s logon 0x%x", strings.ToLower(session.kind), logonID), session.time
	case !builtInLogons[logonID]:
		n.Detail = fmt.Sprintf("logon 0x%x", logonID)
	case logonID == 0x3e7:
		n.Detail = "the system's own logon"
	}
	at := l.node(fmt.Sprintf("account|%s|%s|%d", device, strings.ToLower(name), logonID), n)
	if at < 0 {
		return at
	}
	if session != nil && session.remote != "" {
		l.link(finding.Edge{Chapter: finding.Origin, From: l.host(session.remote), To: at, Verb: "logged on from", Time: session.time, Confidence: finding.Certain,
			Why: fmt.Sprintf("the logon 0x%x of the event came from there", logonID), Proof: []finding.Source{session.proof}})
		return at
	}
	if session == nil && !remote || builtInLogons[logonID] && !remote || session != nil && !strings.EqualFold(session.kind, "Network") {
		return at
	}
	if g := k.neighbour(device, name, t); g != nil {
		why := fmt.Sprintf("the logon of the event names no address; the account's network logon 0x%x, %s before the event, does", g.id, Human(t.Sub(g.time.Time)))
		proof := []finding.Source{g.proof}
		if session != nil {
			proof = append(proof, session.proof)
		}
		l.link(finding.Edge{Chapter: finding.Origin, From: l.host(g.remote), To: at, Verb: "logged on from", Time: g.time, Confidence: finding.Likely, Why: why, Proof: proof})
	}
	return at
}

func (l *life) host(address string) int {
	return l.node("host|"+address, finding.Node{Kind: finding.HostNode, Label: address})
}

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
	verb, done, device, chapter := "asked for", []string(nil), p.device, finding.Origin
	if r, ok := cmdline.Parse(p.line); ok {
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
	e := finding.Edge{Chapter: chapter, From: at, To: l.taskNode(device), Verb: verb, Time: p.created, Confidence: finding.Likely,
		Why: "its command line asks for it; no event says that it was done", Proof: []finding.Source{p.proof}}
	if w := k.written(device, l.name, p.created, verb); w != nil {
		e.Why = fmt.Sprintf("its command line names the task, and %s %s the task's %s %s later; no event says it", w.file, map[bool]string{true: "deleted", false: "wrote"}[w.action == "Deleted"],
			w.what, Human(max(w.time.Sub(p.created.Time), 0)))
		e.Proof = addProof(e.Proof, w.proof)
	}
	for _, ev := range merge(k.events[device+"|"+l.name]) {
		d := ev.time.Sub(p.created.Time)
		if d < -2*instant || d > soon || !oneOf(ev.kind, done) {
			continue
		}
		if ev.callerPID != 0 && ev.callerPID == p.pid && device == p.device {
			return // told by the event itself
		}
		e.Why = fmt.Sprintf("its command line names the task, and the event of it is %s apart", Human(d.Abs()))
		if device != p.device {
			e.Why = fmt.Sprintf("its command line names the task and the computer, and the event of it there is %s apart", Human(d.Abs()))
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

// writes tells which processes wrote the task's file and registry entries.
func (l *life) writes(k *known, device string) {
	if l.name == "" {
		return
	}
	for i, w := range k.writes[device+"|"+l.name] {
		if i >= maxMoments {
			l.d.More++
			break
		}
		p := k.began(device, w.pid, w.created)
		if p == nil {
			p = l.canonical(k, &process{device: device, pid: w.pid, created: w.created, file: w.file, folder: w.path, line: w.line, proof: w.proof})
		}
		chapter, verb := finding.Defined, "wrote the "+w.what+" of"
		if strings.Contains(w.action, "Deleted") {
			chapter, verb = finding.End, "deleted the "+w.what+" of"
			if w.names != "" && w.what != "file" {
				verb = "deleted " + finding.Shorten(w.names, 80) + " in the registry of"
			}
		}
		why := fmt.Sprintf("%d rows name it as the writer: %s", w.count, finding.Shorten(w.names, 200))
		if w.count == 1 {
			why = "a row names it as the writer: " + finding.Shorten(w.names, 200)
		}
		if w.names == "" {
			why = fmt.Sprintf("%d rows name it as the writer", w.count)
		}
		l.link(finding.Edge{Chapter: chapter, From: l.process(p, RoleWriter), To: l.taskNode(device), Verb: verb, Time: w.time, Confidence: finding.Certain, Why: why, Proof: []finding.Source{w.proof}})
	}
}

// shares tells what came over the network around the task's changes: the scheduler's
// pipe, and the files that remote execution reads back.
func (l *life) shares(k *known, device string, events []*event) {
	const before, after = 10 * time.Second, 2 * time.Minute
	for _, e := range events {
		if !changes[e.kind] {
			continue
		}
		for _, s := range k.shares[device+"|"+strings.ToLower(e.account)] {
			d := s.time.Sub(e.time.Time)
			if s.remote == "" || d < -before || d > after {
				continue
			}
			edge := finding.Edge{Chapter: finding.Behaved, From: l.host(s.remote), To: l.taskNode(device), Time: s.time, Confidence: finding.Likely,
				Verb: s.kind + " " + finding.Shorten(s.target, 200), Why: fmt.Sprintf("the same account, %s after the task was %s", Human(d.Abs()), e.kind), Proof: []finding.Source{s.proof}}
			switch {
			case s.kind == "pipe" && d <= instant:
				edge.Chapter, edge.Verb = finding.Origin, "opened the Task Scheduler's pipe of"
				edge.Why = fmt.Sprintf("the same account, %s before the task was %s", Human(d.Abs()), e.kind)
			case s.kind == "pipe" || d < 0 || !l.mentions(s.target):
				continue
			default:
				edge.Confidence = finding.Certain
				edge.Why = "the task's action names the file, and " + edge.Why
			}
			l.link(edge)
		}
	}
}

// mentions reports whether an action of the task names the file.
func (l *life) mentions(path string) bool {
	base := strings.ToLower(cmdline.Base(path))
	for _, d := range l.d.Definitions {
		for _, a := range d.Actions {
			if base != "" && strings.Contains(strings.ToLower(a.Command+" "+a.Arguments), base) {
				return true
			}
		}
	}
	return false
}
