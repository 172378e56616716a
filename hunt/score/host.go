package score

import (
	"regexp"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// host judges programs that run something else: shells, script hosts, proxies and
// interpreters.
func (a *action) host(add adder) {
	if a.bare && a.bareHost(add) {
		return
	}
	switch {
	case a.base == "cmd.exe":
		a.cmd(add)
	case shells[a.base]:
		a.powershell(add)
	case scriptHosts[a.base]:
		switch {
		case a.systemFiles():
			add(5, "runs a script of Windows with %s", a.base)
		case a.domainFiles():
			add(10, "runs a script of the domain's share with %s", a.base)
		default:
			add(25, "runs a script with %s", a.base)
		}
	case a.base == "rundll32.exe" || a.base == "regsvr32.exe":
		a.library(add)
	case a.base == "mshta.exe" && strings.Contains(a.args, "://"):
		add(45, "runs a page from the network with mshta")
	case a.base == "mshta.exe" && scriptScheme.MatchString(a.args):
		add(50, "runs script given in the line with mshta")
	case a.base == "explorer.exe" && a.args != "":
		add(15, "opens something with explorer, which then is no child of the task")
	case a.base == "msiexec.exe":
		if strings.Contains(a.args, "://") {
			add(45, "installs a package from the network with msiexec")
		} else {
			add(10, "runs the installer msiexec")
		}
	case a.base == "forfiles.exe" && tidies.MatchString(a.args):
		add(8, "removes or moves files with forfiles")
	case a.base == "forfiles.exe" && forEach.MatchString(a.args):
		add(40, "runs %s, a program of Windows that runs what others bring, with a command for each file", a.base)
	case a.base == "control.exe" && len(a.files) > 0 && !a.systemFiles():
		add(30, "loads a part of the control panel from outside Windows and Program Files")
	case proxies[a.base] > 0:
		add(proxies[a.base], "runs %s, a program of Windows that runs what others bring", a.base)
	case interpreters[a.base] && locate(a.program).points >= writable:
		add(20, "runs the interpreter %s from outside Program Files", a.base)
	case interpreters[a.base] && !locate(a.program).trusted:
		add(8, "runs the interpreter %s from outside Program Files", a.base)
	}
}

// bareHost judges a program that runs something else where no evidence says what: what
// honest tasks use too counts little.
func (a *action) bareHost(add adder) bool {
	points := proxies[a.base]
	switch {
	case shells[a.base]:
		points = 12
	case scriptHosts[a.base]:
		points = 20
	case points == 0:
		return false
	}
	add(points, "runs %s, which runs what it is told; the evidence names no arguments", a.base)
	return true
}

// scriptScheme is how mshta is given script in place of a page.
var scriptScheme = regexp.MustCompile(`(?:javascript|vbscript|about):`)

// tidies is what forfiles is told to do to files where it cleans a folder up.
var tidies = regexp.MustCompile(`/c\s+"?(?:cmd(?:\.exe)?\s+/c\s+)?(?:del|erase|rd|rmdir|move|echo)\b[^&|<>]*$`)

// forEach is how forfiles is given a command.
var forEach = regexp.MustCompile(`[/-]c\s+\S`)

// domainFiles reports whether every file of the arguments lies in the domain's own
// share, where only its administrators write.
func (a *action) domainFiles() bool {
	for _, f := range a.files {
		if !domainShare(f) {
			return false
		}
	}
	return len(a.files) > 0
}

// systemFiles reports whether every file of the arguments is one of Windows or Program Files.
func (a *action) systemFiles() bool {
	for _, f := range a.files {
		bare := !strings.ContainsAny(f, `\/`)
		if !bare && !locate(f).trusted {
			return false
		}
	}
	return len(a.files) > 0
}

// tidying is one command of the shell's own that handles files, and nothing behind it.
var tidying = regexp.MustCompile(`(?i)^(?:del|erase|rd|rmdir|md|mkdir|copy|move|ren|echo)\b[^&|<>]*$`)

var cmdSwitch = regexp.MustCompile(`^(?:/[a-z0-9:]+\s+)*?/[ckr]\b\s*`)

// cmd judges a command shell by the command that it is given.
func (a *action) cmd(add adder) {
	trimmed := strings.TrimSpace(a.args)
	if trimmed == "" {
		add(32, "runs a bare command shell, which does nothing by itself")
		return
	}
	m := cmdSwitch.FindStringIndex(trimmed)
	if m == nil {
		if strings.HasPrefix(trimmed, `\`) {
			add(50, "the program's path goes on behind its closing quote: a variable such as %%windir%% was replaced to start a shell")
			return
		}
		add(12, "runs a command shell")
		return
	}
	inner := strings.Trim(strings.TrimSpace(a.raw[max(0, len(a.raw)-len(trimmed)+m[1]):]), ` "`)
	for {
		lower := strings.ToLower(inner)
		if !strings.HasPrefix(lower, "start ") {
			break
		}
		inner = strings.TrimSpace(inner[len("start "):])
		for strings.HasPrefix(inner, "/") || strings.HasPrefix(inner, `""`) {
			_, inner, _ = strings.Cut(inner, " ")
			inner = strings.TrimSpace(inner)
		}
	}
	if tidying.MatchString(inner) {
		add(8, "lets a command shell remove, copy or move files: \"%s\"", finding.Shorten(inner, 80))
	} else {
		add(12, "goes through a command shell to run \"%s\"", finding.Shorten(inner, 80))
	}
	command, arguments := cmdline.Split(inner)
	if b := newAction(command, arguments); b.base != "cmd.exe" && b.program != "" {
		b.placeholder(add)
		if shells[b.base] || scriptHosts[b.base] || proxies[b.base] > 0 || interpreters[b.base] {
			b.host(add)
		}
		if where := locate(b.program); where.points > 0 && !contains(a.files, b.program) {
			add(where.points, "runs %s from %s", b.base, where.text)
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

var (
	psEncoded = regexp.MustCompile(`(?i)[-/]e(?:c|n|nc|nco|ncod|ncode|ncoded|ncodedc\w*)?\s+['"]?([a-z0-9+/=]{16,})`)
	psHidden  = regexp.MustCompile(`(?i)[-/]w(?:i|in|ind|indo|indow|indows\w*)?\s+(?:hidden|h|1)\b`)
	psEmpty   = regexp.MustCompile(`(?i)[-/]c(?:o|om|omm|omma|omman|ommand)?\s+(?:""|'')?\s*$`)
	psInline  = regexp.MustCompile(`(?i)[-/]c(?:o|om|omm|omma|omman|ommand)?\s`)
	psBypass  = regexp.MustCompile(`(?i)[-/](?:ep|ex\w*|exec\w*)\s+(?:bypass|unrestricted)\b`)
)

// powershell judges how PowerShell is called; what it is told to do is judged by content.
func (a *action) powershell(add adder) {
	line := " " + a.raw
	if m := psEncoded.FindStringSubmatch(line); m != nil {
		add(40, "runs PowerShell with an encoded command of %d characters", len(m[1]))
	}
	if psEmpty.MatchString(line) {
		add(15, "gives PowerShell an empty command: a shell that was prepared for something, or has lost it")
	}
	hidden, bypass := psHidden.MatchString(line), psBypass.MatchString(line)
	switch {
	case hidden && bypass:
		add(25, "runs PowerShell in a hidden window and around its execution policy")
	case hidden && psInline.MatchString(line):
		add(30, "runs PowerShell in a hidden window with a command given in the line")
	case hidden:
		add(20, "runs PowerShell in a hidden window")
	case bypass && a.systemFiles():
		add(8, "runs a script of Program Files or Windows with PowerShell, around its execution policy")
	case bypass:
		add(12, "runs PowerShell around its execution policy")
	case a.systemFiles():
		add(4, "runs a script of Program Files or Windows with PowerShell")
	default:
		add(8, "runs PowerShell")
	}
}

var ordinal = regexp.MustCompile(`,\s*#\d+`)

// library judges rundll32 and regsvr32 by what they load.
func (a *action) library(add adder) {
	switch {
	case strings.Contains(a.args, "javascript:") || strings.Contains(a.args, "vbscript:"):
		add(55, "runs script through %s", a.base)
		return
	case strings.Contains(a.args, "scrobj"):
		add(50, "runs a scriptlet through %s", a.base)
		return
	case strings.Contains(a.args, "comsvcs") && (strings.Contains(a.args, "minidump") || strings.Contains(a.args, "#24")):
		add(55, "dumps the memory of a process with rundll32 and comsvcs.dll")
		return
	case a.args == "":
		add(25, "runs %s without arguments", a.base)
		return
	}
	file := ""
	for _, w := range cmdline.Args(a.args) {
		if !strings.HasPrefix(w, "/") && !strings.HasPrefix(w, "-") {
			file, _, _ = strings.Cut(cmdline.Path(w), ",")
			break
		}
	}
	bare := !strings.ContainsAny(file, `\/`)
	if bare || locate(file).trusted {
		add(5, "loads %s of Windows with %s", cmdline.Base(file), a.base)
	} else {
		add(min(12+locate(file).points, 45), "loads %s with %s from outside Windows and Program Files", cmdline.Base(file), a.base)
	}
	switch ext := cmdline.Ext(file); {
	case ext == ".dll" || ext == ".cpl" || ext == ".ocx":
	case ext != "":
		add(25, "loads a file that does not call itself a library (%s) with %s", ext, a.base)
	case !bare && !locate(file).trusted:
		add(15, "loads a file whose name has no extension with %s", a.base)
	}
	if ordinal.MatchString(a.args) && !locate(file).trusted {
		add(15, "calls the library's entry by number")
	}
}
