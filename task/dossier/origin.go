package dossier

import (
	"fmt"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

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
		l.link(finding.Edge{Chapter: chapter, From: account, To: l.taskNode(device), Verb: e.kind, Time: e.time, Confidence: finding.Certain, Why: accountWhy(e) + k.privileges(device, e), Proof: addProof(append([]finding.Source(nil), e.proof...), k.rights[device+"|"+decimal(e.logonID)])})
	}
	l.requesters(k, device)
}

// privileges says that the logon of an event has an administrator's rights.
func (k *known) privileges(device string, e *event) string {
	if _, ok := k.rights[device+"|"+decimal(e.logonID)]; !ok {
		return ""
	}
	return "; the logon was given special privileges"
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
	session, special := k.session(device, logonID, t), ""
	switch {
	case session != nil:
		if _, ok := k.rights[device+"|"+decimal(logonID)]; ok {
			special = " with special privileges"
		}
		n.Detail, n.Time = fmt.Sprintf("%s logon 0x%x%s", strings.ToLower(session.kind), logonID, special), session.time
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
		l.carried(k, session, at)
		return at
	}
	if session == nil && !remote || builtInLogons[logonID] && !remote || session != nil && !strings.EqualFold(session.kind, "Network") {
		return at
	}
	g, pipe := k.piped(device, name, t)
	if g == nil {
		g = k.neighbour(device, name, t)
	}
	if g != nil {
		why := fmt.Sprintf("the logon of the event names no address; the account's network logon 0x%x, %s before the event, does", g.id, finding.Human(t.Sub(g.time.Time)))
		proof := []finding.Source{g.proof}
		if pipe != nil {
			why += ", and in it the Task Scheduler's pipe was opened"
			proof = append(proof, pipe.proof)
		}
		if session != nil {
			proof = append(proof, session.proof)
		}
		l.link(finding.Edge{Chapter: finding.Origin, From: l.host(g.remote), To: at, Verb: "logged on from", Time: g.time, Confidence: finding.Likely, Why: why, Proof: proof})
		l.carried(k, g, at)
	}
	return at
}

// carried joins a logon with the process of another device by whose connection it came.
func (l *life) carried(k *known, g *logon, account int) {
	p, row := k.carried(g)
	if p == nil {
		return
	}
	p = l.canonical(k, p)
	at := l.process(p, RoleCreator)
	l.ancestors(k, p)
	l.link(finding.Edge{Chapter: finding.Origin, From: at, To: account, Verb: "connected and logged on as", Time: g.time, Confidence: finding.Certain,
		Why: fmt.Sprintf("the logon came from %s, port %d, and a connection of this process has that end", g.remote, g.port), Proof: []finding.Source{g.proof, row}})
}

func (l *life) host(address string) int {
	return l.node("host|"+address, finding.Node{Kind: finding.HostNode, Label: address})
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
				Verb: s.kind + " " + finding.Shorten(s.target, 200), Why: fmt.Sprintf("the same account, %s after the task was %s", finding.Human(d.Abs()), e.kind), Proof: []finding.Source{s.proof}}
			switch {
			case s.kind == "pipe" && d <= instant:
				edge.Chapter, edge.Verb = finding.Origin, "opened the Task Scheduler's pipe of"
				edge.Why = fmt.Sprintf("the same account, %s before the task was %s", finding.Human(d.Abs()), e.kind)
			case s.kind == "share" && d >= 0:
				edge.Verb = "connected to the share " + s.target + " after asking for"
			case s.kind == "pipe" || s.kind == "share" || d < 0 || !l.mentions(s.target):
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
