package simulate

import (
	"fmt"
	"slices"
	"strings"
)

// The truth about the founding hunts: what each must return over a fleet, computed
// from what happened, by other means than a query. Tests hold the hunts against it.

// RareCreations returns "device|task|command|arguments|count" for every registered
// task whose command and arguments were registered less than below times. The
// command of a task with several actions, or with none that runs a program, is
// empty, as a query that reads one Exec sees it.
func (f *Fleet) RareCreations(below int) []string {
	type creation struct{ device, task, command, arguments string }
	var all []creation
	count := map[string]int{}
	for _, e := range f.Events {
		if e.Kind != TaskCreated {
			continue
		}
		c := creation{device: e.Device.Name, task: e.Task.Path}
		if len(e.Task.Actions) == 1 {
			c.command, c.arguments = e.Task.Actions[0].Command, e.Task.Actions[0].Arguments
		}
		count[c.command+"|"+c.arguments]++
		all = append(all, c)
	}
	var out []string
	for _, c := range all {
		if n := count[c.command+"|"+c.arguments]; n < below {
			out = append(out, fmt.Sprintf("%s|%s|%s|%s|%d", c.device, c.task, c.command, c.arguments, n))
		}
	}
	slices.Sort(out)
	return out
}

// scheduledRun is a child of the Schedule service as a hunt sees it.
type scheduledRun struct{ name, line, path string }

func (r scheduledRun) key() string { return r.name + "|" + r.line + "|" + r.path }

// scheduledOf returns the run if it is one that the founding execution hunts look
// at: not Defender's scanner, and outside System32 or one of four programs.
func scheduledOf(p *Process) (scheduledRun, bool) {
	if p.Parent == nil || p.Parent != p.Device.schedule || p.Name() == "MpCmdRun.exe" {
		return scheduledRun{}, false
	}
	r := scheduledRun{p.Name(), withoutDirectory(p.CommandLine), p.File.Path}
	switch strings.ToLower(r.name) {
	case "cmd.exe", "powershell.exe", "rundll32.exe", "regsvr32.exe":
		return r, true
	}
	return r, !strings.HasPrefix(strings.ToLower(r.path), `c:\windows\system32\`)
}

// RareRuns returns "device|name|command line|path|count" for every run by the
// Schedule service whose program, line and path occur less than below times.
func (f *Fleet) RareRuns(below int) []string {
	count := map[string]int{}
	f.runs(func(_ *Process, r scheduledRun) { count[r.key()]++ })
	var out []string
	f.runs(func(p *Process, r scheduledRun) {
		if n := count[r.key()]; n < below {
			out = append(out, fmt.Sprintf("%s|%s|%d", p.Device.Name, r.key(), n))
		}
	})
	slices.Sort(out)
	return out
}

func (f *Fleet) runs(visit func(*Process, scheduledRun)) {
	for _, e := range f.Events {
		if e.Kind == ProcessCreated {
			if r, ok := scheduledOf(e.Process); ok {
				visit(e.Process, r)
			}
		}
	}
}

// RareActivity returns "device|process id|name|command line" for every process
// that did something and whose name, command line and path each belong to a run
// that occurs less than below times.
func (f *Fleet) RareActivity(below int) []string {
	count := map[string]int{}
	f.runs(func(_ *Process, r scheduledRun) { count[r.key()]++ })
	names, lines, paths := map[string]bool{}, map[string]bool{}, map[string]bool{}
	f.runs(func(_ *Process, r scheduledRun) {
		if count[r.key()] < below {
			names[strings.ToLower(r.name)], lines[strings.ToLower(r.line)], paths[strings.ToLower(r.path)] = true, true, true
		}
	})
	seen := map[string]bool{}
	for _, e := range f.Events {
		p := e.Process
		switch e.Kind {
		case ProcessCreated:
			p = p.Parent
		case TaskStarted, Logon:
			continue
		}
		if p == nil || !f.visible(&e) {
			continue
		}
		line := withoutDirectory(p.CommandLine)
		if names[strings.ToLower(p.Name())] && lines[strings.ToLower(line)] && paths[strings.ToLower(p.File.Path)] {
			seen[fmt.Sprintf("%s|%d|%s|%s", p.Device.Name, p.PID, strings.ToLower(p.Name()), line)] = true
		}
	}
	var out []string
	for k := range seen {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// visible says whether a device's telemetry holds an event of this kind with the
// process that caused it.
func (f *Fleet) visible(e *Event) bool {
	if e.Device.Telemetry != Audit {
		return true
	}
	return e.Kind == ProcessCreated
}

// NewRareBinaries returns the SHA1 of every program that the Schedule service ran
// on a device for the first time within the last recent days of the last lookback
// days, and that fewer than below devices of the world know.
func (f *Fleet) NewRareBinaries(now int64, lookback, recent int, below int64) []string {
	type place struct {
		device *Device
		sha1   string
	}
	first := map[place]int64{}
	known := map[string]int64{}
	for _, e := range f.Events {
		p := e.Process
		if e.Kind != ProcessCreated || p.Parent == nil || p.Parent != p.Device.schedule || e.Time < now-int64(lookback)*day {
			continue
		}
		if p.Device.Telemetry == Audit {
			continue // 4688 carries no hash
		}
		at := place{p.Device, p.File.SHA1}
		if t, ok := first[at]; !ok || e.Time < t {
			first[at] = e.Time
		}
		known[p.File.SHA1] = p.File.Prevalence
	}
	found := map[string]bool{}
	for at, t := range first {
		if t >= now-int64(recent)*day && known[at.sha1] < below {
			found[at.sha1] = true
		}
	}
	var out []string
	for sha1 := range found {
		out = append(out, sha1)
	}
	slices.Sort(out)
	return out
}

// LastEvent returns the time of the fleet's last event in ticks.
func (f *Fleet) LastEvent() int64 { return f.Events[len(f.Events)-1].Time }
