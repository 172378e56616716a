package score

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// creators judges who asked the scheduler: the account, and the processes.
func creators(f Facts) []finding.Reason {
	var out []finding.Reason
	if f.Task != nil && (f.Events["created"] > 0 || f.Events["updated"] > 0) {
		out = append(out, identities(f)...)
	}
	for _, p := range f.Processes {
		if p.Role == "creator" {
			out = append(out, creator(p)...)
		}
	}
	return strongest(out)
}

// identities judges the accounts.
func identities(f Facts) []finding.Reason {
	var out []finding.Reason
	for _, sid := range f.SIDs {
		switch {
		case sid == "S-1-5-19" || sid == "S-1-5-20":
			if !inWindowsFolder(f.Task.Name) {
				out = append(out, finding.Reason{Points: 25, Property: finding.Creator,
					Text: fmt.Sprintf("registered by a service account (%s), which has no reason to", sid)})
			}
		case strings.HasPrefix(sid, "S-1-5-80-") || strings.HasPrefix(sid, "S-1-5-82-"):
			out = append(out, finding.Reason{Points: 35, Property: finding.Creator,
				Text: fmt.Sprintf("registered by the identity of a service or web site (%s)", sid)})
		}
	}
	if person := Person(f.Accounts, f.SIDs); person != "" && inWindowsFolder(f.Task.Name) {
		out = append(out, finding.Reason{Points: 20, Property: finding.Creator,
			Text: fmt.Sprintf("the user %s made it in Windows' own folder of tasks", person)})
	}
	return out
}

// Person returns the first account that is neither a computer nor a built-in identity, or "".
func Person(accounts, sids []string) string {
	human := len(sids) == 0
	for _, s := range sids {
		if strings.HasPrefix(s, "S-1-5-21-") || strings.HasPrefix(s, "S-1-12-1-") {
			human = true
		}
	}
	if !human {
		return ""
	}
	for _, a := range accounts {
		name := strings.ToLower(a)
		if i := strings.LastIndexByte(name, '\\'); i >= 0 {
			name = name[i+1:]
		}
		switch {
		case name == "" || strings.HasSuffix(name, "$") || strings.HasPrefix(name, "s-1-5-"):
		case name == "system" || name == "local service" || name == "network service" || name == "localsystem":
		default:
			return a
		}
	}
	return ""
}

// askedBy begins the fact that a program asked for the task, by itself or through another.
const askedBy = "asked-by:"

// creator judges one process that asked for the task, and what started it.
func creator(p finding.Process) []finding.Reason {
	var out []finding.Reason
	name := strings.ToLower(p.FileName)
	if name == "" {
		program, _ := cmdline.Split(p.CommandLine)
		name = strings.ToLower(cmdline.Base(program))
	}
	path := cmdline.Path(p.FolderPath)
	if u, ok := unusualCreators[name]; ok {
		out = append(out, finding.Reason{Points: u.points, Property: finding.Creator, Fact: askedBy + name,
			Text: fmt.Sprintf("asked for by %s: %s", u.what, name)})
	} else if where := locate(path); where.points >= 20 {
		out = append(out, finding.Reason{Points: where.points, Property: finding.Creator, Fact: askedBy + name,
			Text: fmt.Sprintf("asked for by %s from %s", name, where.text)})
	}
	if name == "schtasks.exe" || name == "at.exe" {
		out = append(out, finding.Reason{Points: 4, Property: finding.Creator, Text: "asked for with " + name})
	} else if request, ok := cmdline.Schtasks(p.CommandLine); ok && request.Verb == "create" && name != "" && !shells[name] {
		out = append(out, finding.Reason{Points: 35, Property: finding.Creator, Fact: "renamed-schtasks",
			Text: fmt.Sprintf("%s was given the arguments of schtasks: a renamed copy", name)})
	}
	program, _ := cmdline.Split(p.Parent)
	parent := strings.ToLower(cmdline.Base(program))
	if u, ok := unusualCreators[parent]; ok && parent != "reg.exe" {
		out = append(out, finding.Reason{Points: u.points, Property: finding.Creator, Fact: askedBy + parent,
			Text: fmt.Sprintf("the one who asked was started by %s: %s", u.what, parent)})
	} else if where := locate(cmdline.Path(program)); where.points >= 20 {
		out = append(out, finding.Reason{Points: where.points, Property: finding.Creator, Fact: askedBy + parent,
			Text: fmt.Sprintf("the one who asked was started by %s from %s", parent, where.text)})
	}
	if r, ok := cmdline.Parse(p.CommandLine); ok {
		out = append(out, requested(r)...)
	}
	return out
}

// requested judges what the command line asked for besides the action.
func requested(r cmdline.Request) []finding.Reason {
	var out []finding.Reason
	if r.Remote != "" && r.Verb == "create" {
		out = append(out, finding.Reason{Points: 25, Property: finding.Creator, Fact: "remote",
			Text: "made on another computer: " + finding.Shorten(r.Remote, 60)})
	}
	if r.XML != "" {
		if where := locate(cmdline.Path(r.XML)); where.points >= 20 {
			out = append(out, finding.Reason{Points: where.points, Property: finding.Creator, Fact: "definition-file",
				Text: "the definition was read from " + finding.Shorten(cmdline.Base(r.XML), 60) + " in " + where.text})
		}
		if ext := cmdline.Ext(r.XML); ext != ".xml" {
			out = append(out, finding.Reason{Points: 15, Property: finding.Creator,
				Text: fmt.Sprintf("the definition's file does not call itself XML (%s)", finding.Shorten(cmdline.Base(r.XML), 60))})
		}
	}
	return out
}

// strongest keeps the strongest reasons of one property: the whole of the first, and
// at most three.
func strongest(in []finding.Reason) []finding.Reason {
	best := map[string]finding.Reason{}
	var order []string
	for _, r := range in {
		if old, ok := best[r.Text]; !ok || r.Points > old.Points {
			if !ok {
				order = append(order, r.Text)
			}
			best[r.Text] = r
		}
	}
	out := make([]finding.Reason, 0, len(order))
	for _, t := range order {
		out = append(out, best[t])
	}
	return out
}
