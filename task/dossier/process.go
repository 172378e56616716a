package dossier

import (
	"context"
	"maps"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// process is one process, from a row of its own or from what a row says of its parent.
type process struct {
	device       string
	pid          int64
	created      finding.Time
	file, folder string
	line         string
	account      string
	sha1         string
	logonID      int64
	parent       *process // as the row has it; nil when it says nothing
	own          bool     // has a row of its own
	proof        finding.Source
}

func (p *process) name() string {
	switch {
	case p.file != "":
		return p.file
	case p.line != "":
		program, _ := cmdline.Split(p.line)
		return cmdline.Base(program)
	}
	return "process " + decimal(p.pid)
}

// key tells processes of one graph apart.
func (p *process) key() string {
	return "process|" + p.device + "|" + decimal(p.pid) + "|" + p.created.String() + "|" + p.line
}

func (p *process) scheduler() bool { return cmdline.IsScheduler(p.file, p.line) }

// same reports whether two rows speak of one process: the same id at the same time,
// or, where one names no id, the same command line at the same time.
func (p *process) same(o *process) bool {
	if p.device != o.device {
		return false
	}
	if p.pid != 0 && o.pid != 0 {
		return p.pid == o.pid && (near(p.created, o.created) || p.created.IsZero() || o.created.IsZero())
	}
	const apart = 2 * instant // rows without an id come from shippers that round times
	d := p.created.Sub(o.created.Time)
	return p.line != "" && p.line == o.line && d > -apart && d < apart
}

// complete takes over what the other row of the same process says more.
func (p *process) complete(o *process) {
	for _, f := range []struct{ to, from *string }{
		{&p.file, &o.file}, {&p.folder, &o.folder}, {&p.line, &o.line}, {&p.account, &o.account}, {&p.sha1, &o.sha1},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	if p.pid == 0 {
		p.pid = o.pid
	}
	if p.created.IsZero() {
		p.created = o.created
	}
	if p.logonID == 0 {
		p.logonID = o.logonID
	}
	if p.parent == nil {
		p.parent = o.parent
	}
	if !p.own && o.own {
		p.own, p.proof = true, o.proof
	}
}

// askProcesses fetches the processes that events and hunts name, their ancestors and
// what they started, and those that may be a task's action; one query a generation.
func (k *known) askProcesses(ctx context.Context, q Querier) error {
	a := &ancestry{up: numbers{}, down: numbers{}, programs: k.programs(), askedUp: numbers{}, askedDown: numbers{}}
	k.seeds(a)
	return k.climb(ctx, q, a)
}

// climb fetches the processes that are wanted, then their parents and children.
func (k *known) climb(ctx context.Context, q Querier, a *ancestry) error {
	if len(k.devices) == 0 || a.done() {
		return nil
	}
	seen := map[string]bool{}
	for generation := 0; generation < generations && !a.done(); generation++ {
		var fresh []*process
		err := k.each(ctx, q, "processes", `DeviceProcessEvents
| where DeviceName in~ (`+k.devices.list()+`) and (`+a.where()+`)
| project Timestamp, DeviceName, AccountName, FileName, FolderPath, ProcessCommandLine, ProcessId, ProcessCreationTime, SHA1, LogonId, InitiatingProcessFileName,
    InitiatingProcessFolderPath, InitiatingProcessCommandLine, InitiatingProcessId, InitiatingProcessCreationTime, InitiatingProcessParentId, InitiatingProcessParentFileName, ReportId`,
			func(t *cell.Row) {
				p := readProcess(t)
				key := p.key() + "|" + p.proof.Record
				if !seen[key] {
					seen[key] = true
					fresh = append(fresh, k.add(p))
				}
			})
		if err != nil {
			return err
		}
		a.next(fresh)
	}
	return nil
}

// seeds are the processes that events and findings name: what stands above a creator and
// below what a task started.
func (k *known) seeds(a *ancestry) {
	for _, events := range k.events {
		for _, e := range events {
			if e.callerPID != 0 {
				a.up[e.callerPID] = true
			}
			if e.pid != 0 {
				a.up[e.pid], a.down[e.pid] = true, true
			}
		}
	}
	for _, list := range k.plants {
		for _, p := range list {
			if p.writer != nil && p.writer.pid != 0 {
				a.up[p.writer.pid] = true
			}
		}
	}
	for _, l := range k.lives {
		for _, p := range l.f.Processes {
			if p.PID != 0 {
				a.up[p.PID] = true
			}
			if p.ParentPID != 0 && p.Role == RoleCreator {
				a.up[p.ParentPID] = true
			}
			if p.PID != 0 && (p.Role == RoleStarted || p.Role == RoleChild) && !cmdline.IsScheduler(p.FileName, p.CommandLine) {
				a.down[p.PID] = true
			}
		}
	}
}

// ancestry is what is still asked for of the trees of processes, and what was.
type ancestry struct {
	up, down           numbers // processes whose own row, and whose children's rows are wanted
	programs           set     // files that tasks run
	askedUp, askedDown numbers
}

func (a *ancestry) done() bool { return len(a.up)+len(a.down)+len(a.programs) == 0 }

// where is the condition for the rows that are wanted.
func (a *ancestry) where() string {
	where := `ProcessId in (` + or0(a.up) + `) or InitiatingProcessId in (` + or0(a.down) + `)`
	if len(a.programs) > 0 {
		where += ` or (FileName in~ (` + a.programs.list() + `) and (InitiatingProcessFileName in~ ("svchost.exe", "taskeng.exe") or isempty(InitiatingProcessFileName)))`
	}
	return where
}

// next asks for the parents and children of the processes that were found.
func (a *ancestry) next(fresh []*process) {
	maps.Copy(a.askedUp, a.up)
	maps.Copy(a.askedDown, a.down)
	programs := a.programs
	a.up, a.down, a.programs = numbers{}, numbers{}, set{}
	for _, p := range fresh {
		ppid := parentPID(p)
		starts := a.askedDown[ppid] || programs[strings.ToLower(p.file)]
		if starts && p.pid != 0 && !a.askedDown[p.pid] && !p.scheduler() {
			a.down[p.pid] = true
		}
		if a.askedUp[p.pid] && ppid != 0 && !a.askedUp[ppid] && !starts {
			a.up[ppid] = true
		}
	}
}

func or0(n numbers) string {
	if len(n) == 0 {
		return "-1"
	}
	return n.list()
}

func parentPID(p *process) int64 {
	if p.parent == nil {
		return 0
	}
	return p.parent.pid
}

// programs are the file names of the tasks' actions.
func (k *known) programs() set {
	out := set{}
	add := func(actions []finding.TaskAction) {
		for _, a := range actions {
			name := cmdline.Base(cmdline.Path(a.Command))
			if name != "" && !strings.Contains(name, ".") {
				name += ".exe"
			}
			out.add(name)
		}
	}
	for _, l := range k.lives {
		if t := l.f.Task; t != nil {
			add(t.Actions)
			add(t.Former)
		}
	}
	for _, events := range k.events {
		for _, e := range events {
			add(e.actions)
		}
	}
	return out
}

func readProcess(t *cell.Row) *process {
	p := &process{device: t.Lower("DeviceName"), pid: t.Int("ProcessId"), created: t.Time("ProcessCreationTime"), file: t.Text("FileName"),
		folder: t.Text("FolderPath"), line: t.Text("ProcessCommandLine"), account: t.Text("AccountName"), sha1: t.Lower("SHA1"), logonID: t.Int("LogonId"),
		own: true, proof: finding.Source{Table: "DeviceProcessEvents", Record: t.Text("ReportId")}}
	if p.created.IsZero() {
		p.created = t.Time("Timestamp")
	}
	if t.Int("InitiatingProcessId") != 0 || t.Text("InitiatingProcessFileName") != "" {
		p.parent = &process{device: p.device, pid: t.Int("InitiatingProcessId"), created: t.Time("InitiatingProcessCreationTime"), file: t.Text("InitiatingProcessFileName"),
			folder: t.Text("InitiatingProcessFolderPath"), line: t.Text("InitiatingProcessCommandLine"), proof: p.proof}
		if t.Text("InitiatingProcessParentFileName") != "" {
			p.parent.parent = &process{device: p.device, pid: t.Int("InitiatingProcessParentId"), file: t.Text("InitiatingProcessParentFileName"), proof: p.proof}
		}
	}
	return p
}

// add keeps a process, or completes the one that is the same.
func (k *known) add(p *process) *process {
	key := p.device + "|" + decimal(p.pid)
	for _, have := range k.byPID[key] {
		if have.same(p) {
			have.complete(p)
			return have
		}
	}
	k.byPID[key] = append(k.byPID[key], p)
	if ppid := parentPID(p); ppid != 0 {
		child := p.device + "|" + decimal(ppid)
		k.byChild[child] = append(k.byChild[child], p)
	}
	if p.parent == nil || p.parent.file == "" || p.parent.scheduler() || strings.EqualFold(p.parent.file, "svchost.exe") && p.parent.line == "" {
		file := p.device + "|" + strings.ToLower(p.file)
		k.byFile[file] = append(k.byFile[file], p)
	}
	return p
}

// at returns the process that had an id at a moment: of those with the id the last
// that began before, and within its lifetime. exact is true when it began at that moment.
func (k *known) at(device string, pid int64, t finding.Time) (p *process, exact bool) {
	if pid == 0 {
		return nil, false
	}
	for _, have := range k.byPID[device+"|"+decimal(pid)] {
		d := t.Sub(have.created.Time)
		if d < -2*instant || d > lifetime {
			continue
		}
		if p == nil || have.created.After(p.created.Time) {
			p = have
		}
	}
	return p, p != nil && near(p.created, t)
}

// began returns the process with the id that began at that moment.
func (k *known) began(device string, pid int64, created finding.Time) *process {
	for _, have := range k.byPID[device+"|"+decimal(pid)] {
		if near(have.created, created) {
			return have
		}
	}
	return nil
}

// reported is a process as a hunt has it, completed by its own row where there is one.
func (k *known) reported(p finding.Process) *process {
	out := &process{device: strings.ToLower(p.Device), pid: p.PID, created: p.Time, file: p.FileName, folder: p.FolderPath, line: p.CommandLine,
		account: p.Account, sha1: p.SHA1}
	if p.ParentPID != 0 || p.Parent != "" {
		program, _ := cmdline.Split(p.Parent)
		out.parent = &process{device: out.device, pid: p.ParentPID, created: p.ParentCreated, line: p.Parent, file: cmdline.Base(program)}
	}
	if out.pid != 0 {
		for _, have := range k.byPID[out.device+"|"+decimal(out.pid)] {
			if have.same(out) {
				return have
			}
		}
		// Of a caller the time may be that of the event that names it.
		if have, _ := k.at(out.device, out.pid, out.created); p.Role == RoleCreator && have != nil && strings.EqualFold(have.name(), out.name()) && (out.line == "" || strings.EqualFold(have.line, out.line)) {
			return have
		}
	} else {
		for key, list := range k.byPID {
			if !strings.HasPrefix(key, out.device+"|") {
				continue
			}
			for _, have := range list {
				if have.same(out) {
					return have
				}
			}
		}
	}
	return k.add(out)
}
