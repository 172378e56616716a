package dossier

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
)

// maxKeys bounds the registry keys whose names are looked for in command lines.
const maxKeys = 100

// namer is a process whose command line names what an action names too.
type namer struct {
	process *process
	named   cmdline.Named
}

// askNamers fetches the processes whose command lines name a file or a key that an action
// names and that no row has anybody write: a download, a copy, a reg add. On devices where
// only processes are logged they are all that tells of it.
func (k *known) askNamers(ctx context.Context, q Querier) error {
	words, keys := set{}, set{}
	for _, l := range k.lives {
		for _, device := range l.d.Devices {
			u := l.unwritten(k, device)
			for _, f := range u.files {
				words.add(cmdline.Base(f))
			}
			for _, e := range u.entries {
				both := `ProcessCommandLine has ` + syntax.Quote(cmdline.Base(e.Path))
				if e.Value != "" {
					both += ` and ProcessCommandLine has ` + syntax.Quote(e.Value)
				}
				keys.add(both)
			}
		}
	}
	if len(words)+len(keys) == 0 || len(k.devices) == 0 {
		return nil
	}
	where := slices.Sorted(maps.Keys(keys))
	where = where[:min(len(where), maxKeys)]
	if len(words) > 0 {
		where = append(where, `ProcessCommandLine has_any (`+words.list()+`)`)
	}
	return k.each(ctx, q, "command lines that name the same", `DeviceProcessEvents
| where DeviceName in~ (`+k.devices.list()+`) and (`+strings.Join(where, " or ")+`)
| project Timestamp, DeviceName, AccountName, FileName, FolderPath, ProcessCommandLine, ProcessId, ProcessCreationTime, SHA1, LogonId, InitiatingProcessFileName,
    InitiatingProcessFolderPath, InitiatingProcessCommandLine, InitiatingProcessId, InitiatingProcessCreationTime, ReportId`, func(t *cell.Row) {
		p := readProcess(t)
		if _, asks := cmdline.Parse(p.line); !asks {
			k.namers[p.device] = append(k.namers[p.device], &namer{process: p, named: cmdline.Names(p.line, "")})
		}
	})
}

// namers tells of the processes whose command lines named, before the task ran first or
// was made, what an action names.
func (l *life) namers(k *known, device string, events []*event) {
	const most = 5
	told := 0
	u := l.unwritten(k, device)
	for _, n := range k.namers[device] {
		name := n.shared(u)
		if name == "" || l.own(n.process) || over(events, n.process.created) {
			continue
		}
		if told++; told > most {
			l.d.More++
			continue
		}
		p := k.add(n.process)
		l.ancestors(k, p)
		l.link(finding.Edge{Chapter: finding.Defined, From: l.process(p, RolePlanter), To: l.taskNode(device), Verb: "named " + finding.Shorten(name, 200) + " in its command line, as does an action of",
			Time: p.created, Confidence: finding.Possible, Why: "whether it wrote it no row says" + around(events, p.created), Proof: []finding.Source{p.proof}})
	}
}

// own reports whether a process is of the task itself: one that it started, or its command
// line is an action.
func (l *life) own(p *process) bool {
	for have, at := range l.procs {
		if role := l.d.Nodes[at].Role; have.same(p) && (role == RoleStarted || role == RoleChild) {
			return true
		}
	}
	for _, a := range l.actions() {
		if sameLine(p.line, a) {
			return true
		}
	}
	return false
}

// shared returns what a command line names and an action too, "" for nothing.
func (n *namer) shared(u *unwritten) string {
	for _, f := range n.named.Files {
		if strings.EqualFold(cmdline.Base(f), n.process.name()) {
			continue // itself
		}
		for _, o := range u.files {
			if f == o || anyUsers(f) == anyUsers(o) && (strings.Contains(f, anyUser) || strings.Contains(o, anyUser)) {
				return f
			}
		}
	}
	for _, r := range n.named.Registry {
		for _, o := range u.entries {
			if (o.Covers(r.Key) || r.Covers(o.Key)) && (o.Any || r.Any || o.Value == r.Value) {
				return r.Text
			}
		}
	}
	return ""
}
