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

// words are words that people put into the names of tasks; with the known names they
// teach which letter pairs are ordinary.
//
//go:embed words.txt
var words string

// folders are the folders of Windows' tasks in other versions than the measured one.
//
//go:embed folders.txt
var folders string

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
	byPath   map[string][]*knownEntry
	patterns []*knownEntry          // those with * in their path
	byRun    map[string]*knownEntry // program|arguments
	classes  map[string]bool        // COM classes that known tasks load
	folders  map[string]bool        // those in which a known task lies
	pairs    *pairs
}

// known is the catalogue that ships with Goshawk; it is never changed.
var known = readKnown(knownText)

func readKnown(text string) *catalogue {
	c := &catalogue{byPath: map[string][]*knownEntry{}, byRun: map[string]*knownEntry{},
		classes: map[string]bool{}, folders: map[string]bool{},
		pairs: &pairs{count: map[[2]rune]float64{}, first: map[rune]float64{}}}
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
		if strings.Contains(e.path, "*") {
			c.patterns = append(c.patterns, e)
		} else {
			c.byPath[e.path] = append(c.byPath[e.path], e)
		}
		if e.kind == "com" {
			c.classes[e.command] = true
		}
		if e.kind == "exec" && e.command != "" && !strings.Contains(e.command+e.arguments, "*") {
			c.byRun[cmdline.Base(e.command)+"|"+e.arguments] = e
		}
		c.folders[cmdline.Dir(e.path)] = true
		c.pairs.learn(cmdline.Base(f[2]))
	}
	for line := range strings.Lines(folders) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			c.folders[cmdline.TaskName(`\Microsoft\Windows\`+line)] = true
		}
	}
	for _, w := range strings.Fields(words) {
		c.pairs.learn(w)
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
	if f.Task == nil {
		return knownRun(f)
	}
	if f.Task.Name == "" || len(f.Task.Former) > 0 {
		return nil
	}
	for _, e := range known.named(f.Task.Name) {
		if what := e.agrees(f.Task); what != "" {
			k := *e
			k.agreement = what
			return &k
		}
	}
	return nil
}

// named returns the known tasks of that path.
func (c *catalogue) named(name string) []*knownEntry {
	path := cmdline.TaskName(name)
	out := c.byPath[path]
	for _, e := range c.patterns {
		if matches(e.path, path) {
			out = append(out[:len(out):len(out)], e)
		}
	}
	return out
}

// agrees says in what a task agrees with the entry, "" when in too little.
func (e *knownEntry) agrees(t *finding.Task) string {
	if len(t.Actions) != 1 || e.command == "" {
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
	if e.kind != "exec" || !samePath(cmdline.Path(a.Command), e.command) {
		return ""
	}
	others := runsOthers(cmdline.Base(e.command))
	if a.Arguments != "" && !agree(e.arguments, cmdline.Arguments(a.Arguments), others) {
		return ""
	}
	if e.arguments == "*" && others {
		return "" // whatever a shell is told to do would agree
	}
	if e.principal != "" && t.Principal != "" && !samePrincipal(e.principal, t.Principal) {
		return ""
	}
	return "path, program, arguments and principal"
}

// runsOthers reports whether a program runs what its arguments say.
func runsOthers(base string) bool {
	return shells[base] || scriptHosts[base] || proxies[base] > 0 || interpreters[base]
}

// trusted reports whether the entry may explain a task away as a whole: it was seen,
// or its program lies where only administrators write.
func (e *knownEntry) trusted() bool {
	switch e.grade {
	case "measured", "observed":
		return true
	}
	return protected(e.command)
}

// agree compares arguments with a pattern. For a program that runs what it is told, *
// stands for a plain word only: what could end a command and begin another does not agree.
func agree(pattern, text string, runsOthers bool) bool {
	if !matches(pattern, text) {
		return false
	}
	if !runsOthers {
		return true
	}
	const breaks = ";|&`(){}$"
	return strings.Count(pattern, "'") == strings.Count(text, "'") && countAny(pattern, breaks) == countAny(text, breaks)
}

// countAny counts the characters of a text that are among others.
func countAny(text, chars string) (n int) {
	for _, c := range text {
		if strings.ContainsRune(chars, c) {
			n++
		}
	}
	return n
}

// matches compares a text with a pattern in which * stands for anything.
func matches(pattern, text string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if !strings.HasPrefix(text, first) {
		return false
	}
	text = text[len(first):]
	for {
		var part string
		part, rest, star = strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(text, part)
		}
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
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
	if a == b || matches(b, a) {
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

// borrowedFrom returns the known task whose path the task has, when all that is known
// of that path has another action.
func borrowedFrom(t *finding.Task, actions []finding.TaskAction) *knownEntry {
	var other *knownEntry
	for _, e := range known.named(t.Name) {
		if e.command == "" {
			return nil
		}
		for _, a := range actions {
			one := finding.Task{Name: t.Name, Actions: []finding.TaskAction{a}}
			if e.agrees(&one) != "" {
				return nil
			}
		}
		other = e
	}
	return other
}

// vague reports whether the entry says too little to call the actions another's: nobody
// saw the task, and its program, which they run too, does what its user tells it.
func (e *knownEntry) vague(actions []finding.TaskAction) bool {
	if e.grade != "believed" || !runsOthers(cmdline.Base(e.command)) || strings.Contains(e.arguments, "*") {
		return false
	}
	for _, a := range actions {
		if !samePath(cmdline.Path(a.Command), e.command) {
			return false
		}
	}
	return true
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
