package score

import (
	"fmt"
	"net/netip"
	"regexp"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// The points of what the processes of a task did. Software that updates itself connects
// and writes programs too, so that those are weak by themselves.
const (
	connectedPoints = 8
	wrotePoints     = 18
	autostartPoints = 25
	injectedPoints  = 25
	openedPoints    = 20
	// telling is from where a pattern of a command line is told of a child.
	telling = 20
)

// Effects gives the reasons that lie in what the processes of the task did, as far as the
// dossier proves it: every step from the task to the process, and the process's deed,
// certain or likely. What a hunt said of the same property already, with as many points,
// is not said again; a task that is known gets only what its children were told to do.
func Effects(f *finding.Finding) []finding.Reason {
	d := f.Dossier
	if d == nil {
		return nil
	}
	most, said := map[finding.Property]int{}, map[string]bool{}
	for _, r := range f.Reasons {
		most[r.Property] = max(most[r.Property], r.Points)
		said[r.Text] = true
	}
	of := proven(d)
	list := ordered(d, of, said)
	if f.Known == "" {
		list = append(list, deeds(d, of)...)
	}
	var out []finding.Reason
	for _, r := range list {
		if r.Points > most[r.Property] {
			out = append(out, r)
		}
	}
	return out
}

// proven marks the processes that a task started, themselves or through others, without
// a step that is only possible.
func proven(d *finding.Dossier) map[int]bool {
	of := map[int]bool{}
	for i, n := range d.Nodes {
		if n.Kind == finding.TaskNode {
			of[i] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for _, e := range d.Edges {
			if e.Chapter == finding.Execution && e.Confidence != finding.Possible && of[e.From] && !of[e.To] {
				of[e.To], changed = true, true
			}
		}
	}
	for i, n := range d.Nodes {
		if n.Kind != finding.ProcessNode {
			delete(of, i)
		}
	}
	return of
}

// ordered judges the command lines of the processes below the task's own. What the
// task's own command says is judged by its action.
func ordered(d *finding.Dossier, of map[int]bool, said map[string]bool) []finding.Reason {
	lines := map[string][]string{} // by the pattern's text
	points := map[string]int{}
	for i, n := range d.Nodes {
		if !of[i] || n.Role != "child" || n.Detail == "" {
			continue
		}
		program, arguments := cmdline.Split(n.Detail)
		a := newAction(program, arguments)
		for _, g := range patterns {
			for _, p := range g {
				if !p.re.MatchString(a.line) {
					continue
				}
				if p.points >= telling && !said[p.text] {
					lines[p.text], points[p.text] = append(lines[p.text], n.Label), p.points
				}
				break
			}
		}
	}
	var out []finding.Reason
	for text, names := range lines {
		out = append(out, finding.Reason{Points: points[text], Property: finding.Behaviour, Text: fmt.Sprintf("%s that it started %s (%s)", processes(len(names)), text, some(names))})
	}
	return out
}

func processes(n int) string {
	if n == 1 {
		return "a process"
	}
	return fmt.Sprintf("each of %d processes", n)
}

// deeds judges what the processes did to the network, files, registry and others.
func deeds(d *finding.Dossier, of map[int]bool) []finding.Reason {
	var addresses, written, started, injected, opened []string
	for _, e := range d.Effects {
		if !of[e.Process] || e.Confidence == finding.Possible {
			continue
		}
		verb, what, _ := strings.Cut(e.What, " ")
		switch e.Kind {
		case "network":
			if to, ok := strings.CutPrefix(e.What, "connected to "); ok && public(to) {
				addresses = append(addresses, to)
			}
		case "file":
			what = strings.TrimPrefix(what, "to ")
			if (verb == "created" || verb == "wrote" || verb == "renamed") && planted(what) {
				written = append(written, what)
			}
		case "registry":
			if key, _, _ := strings.Cut(what, " = "); (verb == "set" || verb == "created") && autostart.MatchString(key) {
				started = append(started, key)
			}
		default:
			switch {
			case strings.HasPrefix(verb, "CreateRemoteThread") || strings.HasPrefix(verb, "QueueUserApcRemote") || verb == "ProcessTampering":
				injected = append(injected, what)
			case verb == "OpenProcessApiCall" && strings.EqualFold(what, "lsass.exe"):
				opened = append(opened, d.Nodes[e.Process].Label)
			}
		}
	}
	var out []finding.Reason
	for _, k := range []struct {
		points   int
		property finding.Property
		text     string
		list     []string
	}{
		{connectedPoints, finding.Network, "its processes connected to public addresses: %s", addresses},
		{wrotePoints, finding.Behaviour, "its processes wrote programs or scripts where users may write: %s", written},
		{autostartPoints, finding.Behaviour, "its processes wrote to places from where programs start by themselves: %s", started},
		{injectedPoints, finding.Behaviour, "its processes reached into other processes: %s", injected},
		{openedPoints, finding.Behaviour, "its processes opened lsass, which holds credentials: %s", opened},
	} {
		if len(k.list) > 0 {
			out = append(out, finding.Reason{Points: k.points, Property: k.property, Text: fmt.Sprintf(k.text, some(k.list))})
		}
	}
	return out
}

// public reports whether an address of the form IP:port is one of the Internet.
func public(to string) bool {
	to, _, _ = strings.Cut(to, " ")
	ip, err := netip.ParseAddr(to)
	if err != nil {
		if i := strings.LastIndexByte(to, ':'); i > 0 {
			ip, err = netip.ParseAddr(strings.Trim(to[:i], "[]"))
		}
	}
	ip = ip.Unmap()
	return err == nil && ip.IsGlobalUnicast() && !ip.IsPrivate()
}

// planted reports whether a file is a program or script where users may write.
func planted(file string) bool {
	p := cmdline.Path(file)
	return runnable(p) && locate(p).points > 0 && !strings.Contains(p, "__psscriptpolicytest_")
}

var autostart = regexp.MustCompile(`(?i)\\(?:currentversion\\run(?:once)?(?:\\|$)|winlogon(?:\\|$)|image file execution options\\|services\\[^\\]+(?:\\parameters)?(?:\\(?:imagepath|servicedll))?$)`)

// some names the first of a list, without repetitions, and counts the others.
func some(list []string) string {
	const shown = 3
	sort.Strings(list)
	var names []string
	for i, s := range list {
		if i == 0 || s != list[i-1] {
			names = append(names, finding.Shorten(s, 120))
		}
	}
	if n := len(names) - shown; n > 0 {
		return strings.Join(names[:shown], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(names, ", ")
}
