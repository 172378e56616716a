package cmdline

import (
	"regexp"
	"strings"
)

// Request is what a command line asks of the Task Scheduler.
type Request struct {
	Tool      string // schtasks, at or powershell
	Verb      string // create, change, delete, run, end, query, enable, disable
	TaskName  string
	Command   string // program of the task
	Arguments string
	RunAs     string
	RunLevel  string // HighestAvailable when the command line asks for it
	Schedule  string // such as "minute 1", "onlogon"
	Remote    string // the other computer, without backslashes
	XML       string // file that the definition is read from
}

var schtasksWord = regexp.MustCompile(`(?i)(?:^|[\s"'\\/&|(])schtasks(?:\.exe)?["']?(?:\s+|$)`)

// Schtasks reads the request of a schtasks command line, wherever in the line the
// tool is named (behind cmd /c, for instance). ok is false when there is none with a verb.
func Schtasks(line string) (r Request, ok bool) {
	line = strings.ReplaceAll(line, "^", "")
	at := schtasksWord.FindStringIndex(line)
	if at == nil {
		return renamed(line)
	}
	tail := line[at[1]:]
	// A line wrapped in one outer pair of quotes (cmd /c "schtasks ..") leaves its
	// closing quote at the end of the tail.
	if strings.Count(line[:at[1]], `"`)%2 == 1 && strings.Count(tail, `"`)%2 == 1 {
		if i := strings.LastIndexByte(tail, '"'); i >= 0 {
			tail = tail[:i] + tail[i+1:]
		}
	}
	return switches(Args(tail))
}

// renamed reads the request of a copy of schtasks under another name: only schtasks
// takes /create with /tn and one of /tr and /xml.
func renamed(line string) (Request, bool) {
	r, ok := switches(Args(line))
	if !ok || r.Verb != "create" || r.TaskName == "" || r.Command == "" && r.XML == "" {
		return Request{}, false
	}
	return r, true
}

// switches reads the arguments of schtasks. Both / and - introduce a switch.
func switches(args []string) (Request, bool) {
	r := Request{Tool: "schtasks"}
	value := func(i int) string {
		if i+1 < len(args) {
			return args[i+1]
		}
		return ""
	}
	run, schedule, modifier := "", "", ""
	for i := 0; i < len(args); i++ {
		name, ok := switchName(args[i])
		if !ok {
			continue
		}
		switch name {
		case "create", "change", "delete", "run", "end", "query", "showsid":
			if r.Verb == "" {
				r.Verb = name
			}
			continue
		case "disable", "enable":
			if r.Verb == "change" || r.Verb == "" {
				r.Verb = name
			}
			continue
		case "tn":
			r.TaskName = value(i)
		case "tr":
			run = value(i)
		case "ru":
			r.RunAs = value(i)
			if r.RunAs == "" {
				r.RunAs = "SYSTEM"
			}
		case "rl":
			if strings.EqualFold(value(i), "highest") {
				r.RunLevel = "HighestAvailable"
			}
		case "sc":
			schedule = strings.ToLower(value(i))
		case "mo":
			modifier = value(i)
		case "s":
			r.Remote = strings.TrimLeft(value(i), `\`)
		case "xml":
			r.XML = value(i)
		default:
			continue
		}
		i++
	}
	r.Command, r.Arguments = Split(run)
	r.Schedule = strings.TrimSpace(schedule + " " + modifier)
	return r, r.Verb != ""
}

// switchName returns the lower-case name of a switch.
func switchName(arg string) (string, bool) {
	if len(arg) < 2 || (arg[0] != '/' && arg[0] != '-') {
		return "", false
	}
	return strings.ToLower(strings.TrimLeft(arg, "/-")), true
}

var atLine = regexp.MustCompile(`(?i)(?:^|[\s"\\/])at(?:\.exe)?"?\s+(?:\\\\(\S+)\s+)?(\d{1,2}:\d{2}\S*)\s+(?:/interactive\s+|/every:\S+\s+|/next:\S+\s+)*(.+)$`)

// At reads the request of an at.exe command line.
func At(line string) (r Request, ok bool) {
	m := atLine.FindStringSubmatch(line)
	if m == nil {
		return Request{}, false
	}
	r = Request{Tool: "at", Verb: "create", Remote: m[1], Schedule: m[2], RunAs: "SYSTEM"}
	r.Command, r.Arguments = Split(strings.Trim(m[3], `" `))
	return r, true
}

var (
	psRegister = regexp.MustCompile(`(?i)\b(register|set|new|unregister|disable|enable|start|stop)-scheduledtask\b`)
	psName     = regexp.MustCompile(`(?i)-taskname\s+(?:"([^"]+)"|'([^']+)'|([^\s;|)]+))`)
	psPath     = regexp.MustCompile(`(?i)-taskpath\s+(?:"([^"]+)"|'([^']+)'|([^\s;|)]+))`)
	psExecute  = regexp.MustCompile(`(?i)-execute\s+(?:"([^"]+)"|'([^']+)'|([^\s;|)]+))`)
	psArgument = regexp.MustCompile(`(?i)-argument\s+(?:"([^"]*)"|'([^']*)'|([^\s;|)]+))`)
	psVerbs    = map[string]string{
		"register": "create", "new": "create", "set": "change", "unregister": "delete",
		"disable": "disable", "enable": "enable", "start": "run", "stop": "end",
	}
)

// powerShell reads the request of a command line or script block that uses the
// ScheduledTasks cmdlets. Variables stay as they are written.
func powerShell(text string) (r Request, ok bool) {
	m := psRegister.FindStringSubmatch(text)
	if m == nil {
		return Request{}, false
	}
	r = Request{Tool: "powershell", Verb: psVerbs[strings.ToLower(m[1])]}
	for _, all := range psRegister.FindAllStringSubmatch(text, 16) {
		if v := strings.ToLower(all[1]); v == "register" {
			r.Verb = "create"
		}
	}
	r.TaskName = firstGroup(psName.FindStringSubmatch(text))
	if dir := firstGroup(psPath.FindStringSubmatch(text)); dir != "" && r.TaskName != "" {
		r.TaskName = strings.TrimRight(dir, `\`) + `\` + strings.TrimLeft(r.TaskName, `\`)
	}
	r.Command = firstGroup(psExecute.FindStringSubmatch(text))
	r.Arguments = firstGroup(psArgument.FindStringSubmatch(text))
	return r, true
}

// Parse reads a request in whichever of the three forms the line has.
func Parse(line string) (Request, bool) {
	if r, ok := Schtasks(line); ok {
		return r, true
	}
	if r, ok := powerShell(line); ok {
		return r, true
	}
	return At(line)
}

func firstGroup(m []string) string {
	for i := 1; i < len(m); i++ {
		if m[i] != "" {
			return m[i]
		}
	}
	return ""
}
