package dossier

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// Hints name the evidence that would close a gap.
const (
	hintTask  = `auditpol /set /subcategory:"Other Object Access Events" /success:enable`
	hintRuns  = "wevtutil sl Microsoft-Windows-TaskScheduler/Operational /e:true"
	hintProc  = "Defender for Endpoint, Sysmon, or the audit of Process Creation with command lines"
	hintLogon = `auditpol /set /subcategory:"Logon" /success:enable`
	hintDeed  = "Defender for Endpoint, or Sysmon with NetworkConnect, FileCreate and RegistryEvent"
	hintStore = `collect C:\Windows\System32\Tasks and the SOFTWARE hive`
)

// gaps says what of the life the case can't tell. A log that is there and says nothing
// is told apart from one that is not there.
func (l *life) gaps(k *known) {
	for _, device := range l.d.Devices {
		if l.name != "" && l.touches(device) {
			l.originGaps(k, device)
			l.runGaps(k, device)
		}
	}
	l.plantGaps(k)
	l.deedGaps()
	if l.d.Others > 0 {
		l.gap(finding.Defined, fmt.Sprintf("the same task is on %s, whose life is not told here: %s", further(l.d.Others), names(l.d.OtherDevices)), "goshawk hunt --dossier-devices tells of more")
	}
}

func (l *life) gap(c finding.Chapter, text, hint string) {
	l.d.Gaps = append(l.d.Gaps, finding.Gap{Chapter: c, Text: text, Hint: hint})
}

// touches reports whether anything is known of the task on a device, or it is the only one.
func (l *life) touches(device string) bool {
	if len(l.d.Devices) == 1 {
		return true
	}
	_, ok := l.nodes["task|"+device]
	for _, d := range l.d.Definitions {
		ok = ok || d.Device == device
	}
	return ok
}

func (l *life) on(device string) string {
	if len(l.d.Devices) == 1 {
		return ""
	}
	return " on " + device
}

func (l *life) originGaps(k *known, device string) {
	events := merge(k.events[device+"|"+l.name])
	var created *event
	asked, removed := false, false
	for _, e := range events {
		if e.kind == "created" && created == nil {
			created = e
		}
		removed = removed || e.kind == "deleted"
	}
	for _, e := range l.d.Edges {
		n := l.d.Nodes[e.From]
		asked = asked || n.Kind == finding.ProcessNode && n.Role == RoleCreator
	}
	switch {
	case created == nil && (l.sees(device, "security-task") || l.sees(device, "taskscheduler") || l.sees(device, "defender-task")):
		l.gap(finding.Origin, "no event of its creation"+l.on(device)+", though such events of others are there: it is older than the log, or was made past the Task Scheduler", "")
	case created == nil && asked && k.born(device, l.name) != nil:
		w := k.born(device, l.name)
		l.gap(finding.Origin, fmt.Sprintf("no event says that it was made%s; that its %s was written at %s does", l.on(device), w.what, w.time), hintTask)
	case created == nil && asked && len(l.stored(k, device)) > 0:
		l.gap(finding.Origin, "no event says that it was made"+l.on(device)+"; that it was asked for and is stored does", hintTask)
	case created == nil && asked:
		l.gap(finding.Origin, "no event says that it was made"+l.on(device)+", only that it was asked for: no log of task changes is in the case", hintTask)
	case created == nil:
		l.gap(finding.Origin, "who made it and when is not known"+l.on(device)+": no log of task changes is in the case", hintTask)
	case created.callerPID == 0 && !asked && l.cameFrom(device) != "":
		l.gap(finding.Origin, "by which program it was asked for"+l.on(device)+" only the evidence of "+l.cameFrom(device)+" tells", "collect that computer's evidence too")
	case created.callerPID == 0 && !created.remote && !asked:
		l.gap(finding.Origin, "the event of its creation"+l.on(device)+" names no process: by which program it was asked for is not known", hintProc)
	case created.callerPID != 0 && k.caller(device, created) == nil:
		hint := hintProc
		text := fmt.Sprintf("process %d asked for it%s; no process events are in the case", created.callerPID, l.on(device))
		if l.sees(device, "process") {
			text, hint = fmt.Sprintf("process %d asked for it%s; it began before the process events of the case", created.callerPID, l.on(device)), ""
		}
		l.gap(finding.Origin, text, hint)
	}
	if created != nil && !builtInLogons[created.logonID] && k.session(device, created.logonID, created.time) == nil {
		text := fmt.Sprintf("where the logon 0x%x%s came from is not known: its logon is not in the case", created.logonID, l.on(device))
		hint := ""
		if !l.sees(device, "logon") {
			hint = hintLogon
		}
		l.gap(finding.Origin, text, hint)
	}
	l.clearedGap(k, device, created)
	if len(l.actions()) == 0 && !l.com() {
		text := "no definition is in the case"
		if l.f.Task != nil && l.f.Task.Damage != "" {
			text = "its definition breaks off before its actions (" + l.f.Task.Damage + ")"
		}
		l.gap(finding.Defined, "what it runs"+l.on(device)+" is not known: "+text, hintStore)
	} else if l.f.Task != nil && l.f.Task.Damage != "" {
		l.gap(finding.Defined, "a definition of it could not be read to its end, and what stood behind is not known: "+l.f.Task.Damage, hintStore)
	}
	if !removed && created != nil {
		l.gap(finding.End, "no event of its removal"+l.on(device)+": it may still be there", "")
	}
}

// cameFrom returns the address from which the task was asked for over the network, "" when
// no row tells it.
func (l *life) cameFrom(device string) string {
	for i := range l.d.Edges {
		e := &l.d.Edges[i]
		if from := &l.d.Nodes[e.From]; from.Kind == finding.HostNode && e.Chapter == finding.Origin && l.d.Nodes[e.To].Device == device {
			return from.Label
		}
	}
	return ""
}

// born returns the first writing of the task's file or registry entries.
func (k *known) born(device, name string) *write {
	for _, w := range k.writes[device+"|"+name] {
		if w.action == "Written" {
			return w
		}
	}
	return nil
}

// com reports whether the task's actions are known to be COM classes.
func (l *life) com() bool {
	for _, d := range l.d.Definitions {
		for _, a := range d.Actions {
			if a.ClassID != "" {
				return true
			}
		}
	}
	return l.f.Task != nil && len(l.f.Task.Actions) > 0
}

func (l *life) runGaps(k *known, device string) {
	started := false
	for _, n := range l.d.Nodes {
		started = started || n.Role == RoleStarted && n.Device == device
	}
	ran := started
	for _, r := range l.d.Runs {
		ran = ran || r.Device == device
	}
	switch {
	case !ran && l.sees(device, "taskscheduler"):
		l.gap(finding.Execution, "no run of it is recorded"+l.on(device)+", though the log of runs is there", "")
	case !ran && l.sees(device, "process"):
		l.gap(finding.Execution, "no process of its action was seen"+l.on(device)+"; the log of runs is not in the case", hintRuns)
	case !ran:
		l.gap(finding.Execution, "whether it ran"+l.on(device)+" is not known: neither the log of runs nor process events are in the case", hintRuns)
	case !l.sees(device, "process") && l.watched(device):
		l.gap(finding.Execution, "what the started process started in turn"+l.on(device)+" is not known: no process events are in the case", hintProc)
	}
}

// watched reports whether a device has events of any kind of what processes do.
func (l *life) watched(device string) bool {
	return slices.ContainsFunc(deedKinds, func(kind string) bool { return l.sees(device, kind) })
}

// deedKinds are the kinds of evidence of what processes do.
var deedKinds = []string{"network", "file", "registry", "image"}

// deedGaps says which kinds of what a process does were not watched.
func (l *life) deedGaps() {
	devices := set{}
	for _, n := range l.d.Nodes {
		if n.Role == RoleStarted || n.Role == RoleChild {
			devices[n.Device] = true
		}
	}
	for _, device := range l.d.Devices {
		if !devices[device] {
			continue
		}
		var blind []string
		for _, kind := range deedKinds {
			if !l.sees(device, kind) {
				blind = append(blind, map[string]string{"network": "connections", "file": "files", "registry": "registry", "image": "loaded libraries"}[kind])
			}
		}
		switch len(blind) {
		case 0:
		case len(deedKinds):
			if !l.sees(device, "process") {
				l.gap(finding.Behaved, "what the started process did"+l.on(device)+" was not watched: no events of processes, connections, files, registry or loaded libraries", hintDeed)
				break
			}
			l.gap(finding.Behaved, "what its processes did"+l.on(device)+" was not watched: no events of connections, files, registry or loaded libraries", hintDeed)
		default:
			l.gap(finding.Behaved, "not watched"+l.on(device)+": "+join(blind), hintDeed)
		}
	}
}

func join(parts []string) string {
	out := ""
	for i, p := range parts {
		switch {
		case i == 0:
			out = p
		case i == len(parts)-1:
			out += " and " + p
		default:
			out += ", " + p
		}
	}
	return out
}

func further(n int) string {
	if n == 1 {
		return "1 more device"
	}
	return fmt.Sprintf("%d more devices", n)
}

// names lists the first of many names.
func names(list []string) string {
	const shown = 8
	if len(list) > shown {
		return strings.Join(list[:shown], ", ") + " .."
	}
	return strings.Join(list, ", ")
}
