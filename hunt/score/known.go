package score

import (
	_ "embed"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// knownText is the catalogue of known tasks: one a line, fields separated by tabs:
// how well it is known (measured, observed, named, believed), software, path, kind,
// command or class id, arguments, principal.
//
//go:embed known.tsv
var knownText string

// knownEntry is one known task with its fields normalised for comparison.
type knownEntry struct {
	name      string // "the known task \X (Windows)"
	grade     string
	path      string
	kind      string
	command   string
	arguments string
	principal string
	agreement string // what a task agreed in
}

// catalogue is the known tasks by what they are looked up by.
type catalogue struct {
	byPath  map[string][]*knownEntry
	byRun   map[string]*knownEntry // program|arguments
	folders map[string]bool
	pairs   *pairs
}

// known is the catalogue that ships with Goshawk; it is never changed.
var known = readKnown(knownText)

func readKnown(text string) *catalogue {
	c := &catalogue{byPath: map[string][]*knownEntry{}, byRun: map[string]*knownEntry{},
		folders: map[string]bool{`\microsoft`: true, `\microsoft\windows`: true},
		pairs:   &pairs{count: map[[2]rune]float64{}, first: map[rune]float64{}}}
	for _, line := range strings.Split(text, "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 7 || strings.HasPrefix(line, "#") {
			continue
		}
		e := &knownEntry{
			grade: f[0], name: "the known task " + f[2] + " (" + f[1] + ")",
			path: cmdline.TaskName(f[2]), kind: f[3], command: commandOf(f[3], f[4]),
			arguments: cmdline.Arguments(f[5]), principal: strings.ToLower(f[6]),
		}
		c.byPath[e.path] = append(c.byPath[e.path], e)
		if e.kind == "exec" && e.command != "" {
			c.byRun[cmdline.Base(e.command)+"|"+e.arguments] = e
		}
		for dir := cmdline.Dir(e.path); dir != ""; dir = cmdline.Dir(dir) {
			c.folders[dir] = true
		}
		c.pairs.learn(cmdline.Base(f[2]))
	}
	return c
}

// commandOf normalises a program; a class or a handler's name only by its case.
func commandOf(kind, s string) string {
	if kind == "com" {
		return strings.ToLower(s)
	}
	return cmdline.Path(s)
}

// knownTask returns the known task that the facts agree with as a whole, or nil. The
// name alone never suffices, and neither does any one field.
func knownTask(f Facts) *knownEntry {
	if f.Task != nil && f.Task.Name != "" && len(f.Task.Former) == 0 {
		for _, e := range known.byPath[cmdline.TaskName(f.Task.Name)] {
			if what := e.agrees(f); what != "" {
				k := *e
				k.agreement = what
				return &k
			}
		}
		return nil
	}
	if f.Task == nil {
		return knownRun(f)
	}
	return nil
}

// agrees says in what a task agrees with the entry, "" when in too little.
func (e *knownEntry) agrees(f Facts) string {
	t := f.Task
	if len(t.Actions) == 0 {
		return ""
	}
	if len(t.Actions) != 1 {
		return ""
	}
	a := t.Actions[0]
	if e.kind == "com" {
		// Events name a COM action by its handler, definitions by its class.
		if !strings.EqualFold(a.ClassID, e.command) && (a.ClassID != "" || strings.ToLower(a.Command) != e.command && cmdline.Base(cmdline.Path(a.Command)) != "taskhostw.exe") {
			return ""
		}
		return "path and class"
	}
	if e.kind != "exec" || !e.trusted() || !samePath(cmdline.Path(a.Command), e.command) {
		return ""
	}
	if a.Arguments != "" && cmdline.Arguments(a.Arguments) != e.arguments {
		return ""
	}
	if e.principal != "" && t.Principal != "" && !samePrincipal(e.principal, t.Principal) {
		return ""
	}
	return "path, program, arguments and principal"
}

// trusted reports whether the entry may explain a task away: it was seen, or its
// program lies where only administrators write.
func (e *knownEntry) trusted() bool {
	switch e.grade {
	case "measured", "observed":
		return true
	}
	return locate(e.command).trusted
}

// knownRun finds the known task whose action every started process is.
func knownRun(f Facts) *knownEntry {
	var hit *knownEntry
	for _, p := range f.Processes {
		if p.Role != "started" {
			continue
		}
		program, rest := cmdline.Split(p.CommandLine)
		path := cmdline.Path(p.FolderPath)
		if path == "" {
			path = cmdline.Path(program)
		}
		e := known.byRun[cmdline.Base(path)+"|"+cmdline.Arguments(rest)]
		if e == nil || !samePath(path, e.command) || !e.trusted() {
			return nil
		}
		hit = e
	}
	if hit == nil {
		return nil
	}
	k := *hit
	k.agreement = "program and arguments"
	return &k
}

// samePath compares programs: equal when normalised, or both of one name in places
// that only administrators write to. A bare name stands for System32.
func samePath(a, b string) bool {
	if a == b {
		return true
	}
	if cmdline.Base(a) != cmdline.Base(b) {
		return false
	}
	return protected(a) && protected(b)
}

func protected(path string) bool {
	return !strings.ContainsAny(path, `\/`) || locate(path).trusted
}

// knownByName returns a known task of that path, whatever its action.
func knownByName(name string) *knownEntry {
	es := known.byPath[cmdline.TaskName(name)]
	if len(es) == 0 {
		return nil
	}
	return es[0]
}

// samePrincipal compares classes of accounts: SYSTEM with SYSTEM, any group with any
// group, any user with any user.
func samePrincipal(a, b string) bool { return principalClass(a) == principalClass(b) }

func principalClass(s string) string {
	s = strings.ToLower(s)
	switch {
	case s == "s-1-5-18" || s == "system" || strings.HasSuffix(s, `\system`) || s == "localsystem":
		return "system"
	case s == "s-1-5-19" || s == "s-1-5-20" || strings.Contains(s, "local service") || strings.Contains(s, "network service") || s == "localservice" || s == "networkservice":
		return "service"
	}
	return "other"
}

// started reads a process that the scheduler started as an action.
func started(p finding.Process) finding.TaskAction {
	program, rest := cmdline.Split(p.CommandLine)
	if p.FolderPath != "" {
		program = p.FolderPath
	} else if program == "" {
		program = p.FileName
	}
	return finding.TaskAction{Kind: "Exec", Command: program, Arguments: rest}
}
