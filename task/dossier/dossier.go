// Package dossier tells the life of the tasks that findings point at: who asked for a
// task and from where, how it was defined and changed, when it ran, what it started,
// what those processes did, and what ended it.
//
// The case is asked once per table for all findings together, never once per task.
// Every edge names the rows that prove it and how sure it is; what the case can't tell
// becomes a gap. All text is the evidence's, that is the attacker's.
package dossier

import (
	"context"
	"sort"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// The roles of a process towards a task.
const (
	RoleCreator = "creator" // made, changed, started or removed the task
	RoleStarted = "started" // was started by the Task Scheduler
	RoleChild   = "child"   // descends from a started one
	RoleParent  = "parent"  // an ancestor of a creator
	RoleWriter  = "writer"  // wrote the task's file or registry entries
	RolePlanter = "planter" // wrote what the task's actions name
)

const (
	generations = 3  // of processes, upwards and downwards
	nodesEach   = 30 // nodes and edges of one device, so that many devices make no dossier small
	edgesEach   = 75
	maxEffects  = 200
	maxMoments  = 60 // of one chapter and device

	lifetime = 12 * time.Hour // how long a process whose creation is unknown is taken to live
	instant  = time.Second    // how far two sources may differ about one moment
	soon     = 30 * time.Second
)

// Devices is on how many devices a dossier tells of one task by default. The same task
// lives much the same life on each; the first device to have it and those of which hunts
// said most differ if any do.
const Devices = 4

// Sees reports whether a device has any row of a kind of evidence, named as in
// hunt.Kinds; it decides whether nothing found means that nothing happened.
type Sees func(device, kind string) bool

// Gather gives each finding its dossier, on at most so many devices (0 means Devices),
// adds what it learns to the finding's processes and timeline, and returns sentences
// about what could not be asked. Only ctx ends it early.
func Gather(ctx context.Context, q Querier, sees Sees, devices int, fs []*finding.Finding) (notes []string) {
	if len(fs) == 0 {
		return nil
	}
	if devices <= 0 {
		devices = Devices
	}
	lives := make([]*life, 0, len(fs))
	for _, f := range fs {
		lives = append(lives, newLife(f, sees, devices))
	}
	k := newKnown(lives)
	for _, ask := range []struct {
		what string
		f    func(context.Context, Querier) error
	}{
		{"the events of the tasks found", k.askEvents},
		{"the stores of the tasks found", k.askStores},
		{"who wrote the tasks' files and registry entries", k.askWrites},
		{"who wrote what the tasks' actions name", k.askPlants},
		{"which command lines name the same", k.askNamers},
		{"the processes around the tasks found", k.askProcesses},
		{"the logons of those who asked", k.askLogons},
		{"the connections by which they came", k.askCarriers},
		{"the shares that they used", k.askShares},
		{"what the processes did", k.askEffects},
		{"when the processes ended", k.askEnds},
		{"when the Security log was cleared", k.askClearings},
	} {
		if err := ask.f(ctx, q); err != nil {
			notes = append(notes, ask.what+" could not be added: "+err.Error())
		}
	}
	if k.cut {
		notes = append(notes, "the case holds so many rows about the tasks found that the latest are left out of the dossiers")
	}
	k.settle()
	for _, l := range lives {
		l.tell(k)
	}
	return notes
}

// life is the dossier of one finding in the making.
type life struct {
	f        *finding.Finding
	d        *finding.Dossier
	name     string // the task's path for comparison; "" when no task is known
	sees     Sees
	named    cmdline.Named         // what its actions name
	readings []string              // of the variables in named.Files, for the system's own account
	nobodys  map[string]*unwritten // by device
	nodes    map[string]int        // by what a node is, to its place
	procs    map[*process]int
	links    map[edgeKey]int
}

type edgeKey struct {
	from, to int
	verb     string
}

func newLife(f *finding.Finding, sees Sees, devices int) *life {
	l := &life{f: f, d: &finding.Dossier{}, sees: sees, nobodys: map[string]*unwritten{}, nodes: map[string]int{}, procs: map[*process]int{}, links: map[edgeKey]int{}}
	if f.Task != nil {
		l.name = cmdline.ExactTaskName(f.Task.Name)
	}
	l.d.Devices = f.Devices
	if len(f.Devices) == 0 {
		l.d.Devices = []string{""} // a task's file names no device
	}
	if len(f.Devices) > devices {
		l.d.Devices, l.d.OtherDevices = foremost(f, devices)
		l.d.Others = len(l.d.OtherDevices)
	}
	return l
}

// foremost parts a finding's devices into those whose life is told and the others, each
// sorted: the first that had the task, then those of which the hunts said most.
func foremost(f *finding.Finding, n int) (told, others []string) {
	count := map[string]int{}
	for i, m := range f.Timeline { // in order of time, what has none first
		if count[m.Device]++; !m.Time.IsZero() && (i == 0 || f.Timeline[i-1].Time.IsZero()) {
			count[m.Device] += len(f.Timeline)
		}
	}
	devices := append([]string(nil), f.Devices...)
	sort.SliceStable(devices, func(i, j int) bool { return count[devices[i]] > count[devices[j]] })
	told, others = devices[:n:n], devices[n:]
	sort.Strings(told)
	sort.Strings(others)
	return told, others
}

// tell assembles the life from what is known.
func (l *life) tell(k *known) {
	for _, device := range l.d.Devices {
		events := merge(k.events[device+"|"+l.name])
		if l.name == "" {
			events = nil
		}
		l.definitions(k, device, events)
		l.origin(k, device, events)
		l.writes(k, device)
		l.shares(k, device, events)
		l.runs(k, device, events)
		l.unlogged(k, device, events)
		l.moments(device, events)
	}
	l.descendants(k)
	for _, device := range l.d.Devices {
		events := merge(k.events[device+"|"+l.name])
		l.planted(k, device, events)
		l.namers(k, device, events)
	}
	l.effects(k)
	l.ends(k)
	l.gaps(k)
	l.order()
	l.f.Dossier = l.d
	l.enrich()
}

// node returns the place of a node, made when it is new; -1 when there are too many.
func (l *life) node(key string, n finding.Node) int {
	if i, ok := l.nodes[key]; ok {
		return i
	}
	if len(l.d.Nodes) >= nodesEach*max(len(l.d.Devices), Devices) {
		l.d.More++
		return -1
	}
	l.nodes[key] = len(l.d.Nodes)
	l.d.Nodes = append(l.d.Nodes, n)
	return len(l.d.Nodes) - 1
}

func (l *life) taskNode(device string) int {
	n := finding.Node{Kind: finding.TaskNode, Device: device, Label: "a task that no event names"}
	if t := l.f.Task; t != nil {
		if t.Name != "" {
			n.Label = t.Name
		}
		if len(t.Actions) > 0 {
			n.Detail = finding.Shorten(t.Actions[0].Text(), 400)
		}
	}
	return l.node("task|"+device, n)
}

// process returns the place of a process. A role that says more replaces a weaker one.
func (l *life) process(p *process, role string) int {
	if i, ok := l.procs[p]; ok {
		if rank[role] > rank[l.d.Nodes[i].Role] {
			l.d.Nodes[i].Role = role
		}
		return i
	}
	i := l.node(p.key(), finding.Node{Kind: finding.ProcessNode, Device: p.device, Label: p.name(), Detail: finding.Shorten(p.line, 2000),
		Time: p.created, PID: p.pid, Account: p.account, SHA1: p.sha1, Role: role})
	if i >= 0 {
		l.procs[p] = i
	}
	return i
}

var rank = map[string]int{RoleWriter: 1, RoleParent: 1, RolePlanter: 2, RoleChild: 2, RoleStarted: 3, RoleCreator: 4}

// link adds an edge. The same statement proven again keeps the surer of both, the
// earlier time and all proofs.
func (l *life) link(e finding.Edge) {
	if e.From < 0 || e.To < 0 || e.From == e.To {
		return
	}
	key := edgeKey{e.From, e.To, e.Verb}
	if i, ok := l.links[key]; ok {
		have := &l.d.Edges[i]
		have.Proof = addProof(have.Proof, e.Proof...)
		if sure[e.Confidence] > sure[have.Confidence] {
			have.Confidence, have.Why = e.Confidence, e.Why
		}
		if have.Time.IsZero() || !e.Time.IsZero() && e.Time.Before(have.Time.Time) {
			have.Time = e.Time
		}
		return
	}
	if len(l.d.Edges) >= edgesEach*max(len(l.d.Devices), Devices) {
		l.d.More++
		return
	}
	l.links[key] = len(l.d.Edges)
	l.d.Edges = append(l.d.Edges, e)
}

var sure = map[finding.Confidence]int{finding.Possible: 1, finding.Likely: 2, finding.Certain: 3}

// addProof adds rows that are not there yet, at most 8.
func addProof(have []finding.Source, more ...finding.Source) []finding.Source {
	for _, m := range more {
		known := m == finding.Source{}
		for _, h := range have {
			known = known || h == m
		}
		if !known && len(have) < 8 {
			have = append(have, m)
		}
	}
	return have
}

// order sorts the parts for reading.
func (l *life) order() {
	chapters := map[finding.Chapter]int{finding.Origin: 0, finding.Defined: 1, finding.Execution: 2, finding.Behaved: 3, finding.End: 4}
	sort.SliceStable(l.d.Edges, func(i, j int) bool {
		a, b := &l.d.Edges[i], &l.d.Edges[j]
		if a.Chapter != b.Chapter {
			return chapters[a.Chapter] < chapters[b.Chapter]
		}
		return a.Time.Before(b.Time.Time)
	})
	sort.SliceStable(l.d.Runs, func(i, j int) bool { return l.d.Runs[i].Began.Before(l.d.Runs[j].Began.Time) })
	sort.SliceStable(l.d.Gaps, func(i, j int) bool { return chapters[l.d.Gaps[i].Chapter] < chapters[l.d.Gaps[j].Chapter] })
	sort.SliceStable(l.d.Effects, func(i, j int) bool { return l.d.Effects[i].Time.Before(l.d.Effects[j].Time.Time) })
}

// near reports whether two times of one moment, from two sources, agree.
func near(a, b finding.Time) bool {
	d := a.Sub(b.Time)
	return d >= -instant && d <= instant
}
