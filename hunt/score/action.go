package score

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
	"github.com/goshawk-hunt/goshawk/source"
)

// Action judges what a command with its arguments would run.
func Action(what finding.TaskAction) []finding.Reason {
	a := newAction(what.Command, what.Arguments)
	a.bare = what.Bare && a.args == ""
	if a.program == "" {
		return nil
	}
	var out []finding.Reason
	add := func(points int, format string, args ...any) {
		out = append(out, finding.Reason{Points: points, Property: finding.Action, Text: fmt.Sprintf(format, args...)})
	}
	a.place(add)
	a.placeholder(add)
	a.masquerade(add)
	a.host(add)
	a.content(add)
	return out
}

// action is a command taken apart for judging.
type action struct {
	program string // normalised path
	base    string // its last element, with .exe where a bare name lacks an extension
	args    string // lower case, as written
	line    string // program and arguments, lower case, shells' quoting characters removed
	raw     string // arguments in their own case
	files   []string
	bare    bool // whether it has arguments is not known
}

func newAction(command, arguments string) action {
	if arguments == "" && strings.ContainsAny(command, " \t") {
		if program, rest := cmdline.Split(command); runnable(program) || !strings.ContainsAny(program, `\/`) {
			command, arguments = program, rest
		}
	}
	a := action{program: cmdline.Path(command), raw: arguments, args: strings.ToLower(arguments)}
	a.base = cmdline.Base(a.program)
	if a.base != "" && !strings.Contains(a.base, ".") {
		a.base += ".exe"
	}
	a.line = strings.NewReplacer("^", "", "`", "").Replace(a.base + " " + cmdline.Expand(arguments))
	others := runsOthers(a.base) && !shells[a.base] && !libraries[a.base]
	for _, w := range cmdline.Args(arguments) {
		if f := fileIn(w, others); f != "" {
			a.files = append(a.files, f)
		}
	}
	return a
}

// fileIn returns the normalised path that a word of the arguments names, or "": that of
// something that runs, or, where the program runs files of any name, of any file.
func fileIn(word string, any bool) string {
	word = strings.Trim(word, `'"(),;`)
	if i := strings.Index(word, ":\\"); i > 0 {
		word = word[i-1:] // /i:c:\x.msi, -File=c:\x.ps1
	}
	p := cmdline.Path(word)
	p, _, _ = strings.Cut(p, ",") // rundll32's file,entry
	if runnable(p) || any && cmdline.Ext(p) != "" && len(p) > 3 && (p[1:3] == `:\` || strings.HasPrefix(p, `\\`)) {
		return p
	}
	return ""
}

// runnable reports whether a file's extension is one of programs, libraries and scripts.
func runnable(path string) bool {
	switch cmdline.Ext(path) {
	case ".dll", ".exe", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".hta", ".bat", ".cmd", ".wsf", ".scr", ".cpl", ".sct", ".com", ".jar", ".py", ".msi", ".lnk", ".ocx":
		return true
	}
	return false
}

type adder func(points int, format string, args ...any)

// place judges where the program lies, and where the files of its arguments do.
func (a *action) place(add adder) {
	where := locate(a.program)
	worst := place{}
	var file string
	for _, f := range a.files {
		if p := locate(f); p.points > worst.points {
			worst, file = p, f
		}
	}
	switch {
	case where.points > 0 && where.points < writable && worst.points >= where.points:
		// Software and what it works on lie in one folder of their own: that is told once.
	case where.points > 0:
		add(where.points, "runs %s from %s", a.base, where.text)
		if usersOwn(a.program) && scripts[cmdline.Ext(a.program)] {
			add(15, "what it runs there is a script")
		}
	case !strings.ContainsAny(a.program, `\/`) && !a.system():
		add(20, "runs \"%s\" without a path: whatever file of that name is found first", a.program)
	}
	if len(a.program) > 2 && strings.HasPrefix(a.program[1:], `:\`) && strings.Contains(a.program[2:], ":") {
		add(30, "runs an alternate data stream: %s", a.base)
	}
	if worst.points > 0 && !libraries[a.base] {
		add(worst.points, "works on %s in %s", cmdline.Base(file), worst.text)
	}
}

// libraries are the proxies that load libraries; library judges those by itself.
var libraries = map[string]bool{"rundll32.exe": true, "regsvr32.exe": true}

// system reports whether a bare program name is one of Windows' own.
func (a *action) system() bool {
	return systemNames[a.base] || onPath[a.base] || proxies[a.base] > 0 || scriptHosts[a.base] || shells[a.base]
}

var doubleExtension = regexp.MustCompile(`\.(?:pdf|docx?|xlsx?|pptx?|txt|jpe?g|png|gif|zip|rtf|csv|html?|mp[34])\.(?:exe|scr|com|bat|cmd|pif|js|vbs|hta|ps1|lnk)$`)

// placeholder judges a program that shows a window and does nothing else: what a test or
// a payload's first version runs.
func (a *action) placeholder(add adder) {
	if windowed[a.base] && len(a.files) == 0 {
		add(15, "runs %s, which only shows a window: a placeholder or a test", a.base)
	}
}

// masquerade judges names of files that pretend to be another.
func (a *action) masquerade(add adder) {
	inSystem := strings.HasPrefix(a.program, `c:\windows\`) && locate(a.program).trusted
	bare := !strings.ContainsAny(a.program, `\/`)
	if systemNames[a.base] && !inSystem && !bare && !strings.HasPrefix(a.program, "%") {
		add(45, "the program is called %s like one of Windows, but lies in %s", a.base, cmdline.Dir(a.program))
	} else if copied[a.base] && !bare && locate(a.program).points >= writable {
		add(30, "the program is called %s like one of Windows, but lies in %s: a copy loads the libraries beside it", a.base, cmdline.Dir(a.program))
	} else if like := lookalike(a.base); like != "" {
		add(30, "the program is called %s, nearly like %s", a.base, like)
	}
	if doubleExtension.MatchString(a.base) {
		add(35, "the program's name has two extensions: %s", a.base)
	}
	if strings.ContainsAny(a.program, "\u202e\u200f\u200e\u200b") {
		add(40, "the program's path holds invisible or direction-changing characters")
	}
}

// imitated are the system programs whose names are long enough that one letter more, less or
// other is no chance.
var imitated = []string{"svchost", "explorer", "services", "winlogon", "taskhostw", "rundll32", "spoolsv", "dllhost", "conhost", "runtimebroker"}

// lookalike returns the system program whose name a base name almost has: with digits behind
// it, or but for one letter.
func lookalike(base string) string {
	name := strings.TrimRight(strings.TrimSuffix(base, ".exe"), "0123456789_- ")
	if len(name) < 6 {
		return ""
	}
	if exe := name + ".exe"; systemNames[exe] {
		if exe == base {
			return ""
		}
		return exe
	}
	for _, s := range imitated {
		if source.Distance(name, s, 1) == 1 {
			return s + ".exe"
		}
	}
	return ""
}
