package simulate

import (
	"fmt"
	"strings"
)

// Task is a scheduled task as it is registered.
type Task struct {
	Path      string // "\Vendor\Name"
	Author    string
	Actions   []Action
	Trigger   string // "logon", "boot", "daily", "weekly", "minute:5", "once", "none"
	Principal string // SID; "user" is whoever works on the device, "creator" whoever made it
	Highest   bool
	Hidden    bool
	// Remote is true when the request came over RPC from another host.
	Remote bool
}

// Action runs a program, or a COM handler when CLSID is set.
type Action struct{ Command, Arguments, CLSID string }

// account returns whom the task runs as.
func (t *Task) account(d *Device) Account {
	if t.Principal == "user" {
		return d.User
	}
	return system
}

// XML returns the definition as Task Scheduler writes it, in UTF-8.
func (t *Task) XML(d *Device) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n")
	b.WriteString("<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n")
	fmt.Fprintf(&b, "  <RegistrationInfo>\r\n    <Author>%s</Author>\r\n    <URI>%s</URI>\r\n  </RegistrationInfo>\r\n", escapeXML(t.Author), escapeXML(t.Path))
	b.WriteString("  <Triggers>\r\n")
	b.WriteString(t.triggerXML())
	b.WriteString("  </Triggers>\r\n  <Principals>\r\n    <Principal id=\"Author\">\r\n")
	fmt.Fprintf(&b, "      <UserId>%s</UserId>\r\n", t.account(d).SID)
	if t.Principal == "user" {
		b.WriteString("      <LogonType>InteractiveToken</LogonType>\r\n")
	}
	level := "LeastPrivilege"
	if t.Highest {
		level = "HighestAvailable"
	}
	fmt.Fprintf(&b, "      <RunLevel>%s</RunLevel>\r\n    </Principal>\r\n  </Principals>\r\n", level)
	fmt.Fprintf(&b, "  <Settings>\r\n    <Enabled>true</Enabled>\r\n    <Hidden>%v</Hidden>\r\n  </Settings>\r\n", t.Hidden)
	b.WriteString("  <Actions Context=\"Author\">\r\n")
	for _, a := range t.Actions {
		if a.CLSID != "" {
			fmt.Fprintf(&b, "    <ComHandler>\r\n      <ClassId>%s</ClassId>\r\n    </ComHandler>\r\n", a.CLSID)
			continue
		}
		fmt.Fprintf(&b, "    <Exec>\r\n      <Command>%s</Command>\r\n", escapeXML(a.Command))
		if a.Arguments != "" {
			fmt.Fprintf(&b, "      <Arguments>%s</Arguments>\r\n", escapeXML(a.Arguments))
		}
		b.WriteString("    </Exec>\r\n")
	}
	b.WriteString("  </Actions>\r\n</Task>")
	return b.String()
}

func (t *Task) triggerXML() string {
	kind, n, _ := strings.Cut(t.Trigger, ":")
	const start = "<StartBoundary>2025-06-01T09:00:00</StartBoundary>"
	switch kind {
	case "logon":
		return "    <LogonTrigger>\r\n      <Enabled>true</Enabled>\r\n    </LogonTrigger>\r\n"
	case "boot":
		return "    <BootTrigger>\r\n      <Enabled>true</Enabled>\r\n    </BootTrigger>\r\n"
	case "daily":
		return "    <CalendarTrigger>\r\n      " + start + "\r\n      <ScheduleByDay>\r\n        <DaysInterval>1</DaysInterval>\r\n      </ScheduleByDay>\r\n    </CalendarTrigger>\r\n"
	case "weekly":
		return "    <CalendarTrigger>\r\n      " + start + "\r\n      <ScheduleByWeek>\r\n        <WeeksInterval>1</WeeksInterval>\r\n        <DaysOfWeek>\r\n          <Monday />\r\n        </DaysOfWeek>\r\n      </ScheduleByWeek>\r\n    </CalendarTrigger>\r\n"
	case "minute":
		return "    <TimeTrigger>\r\n      <Repetition>\r\n        <Interval>PT" + n + "M</Interval>\r\n      </Repetition>\r\n      " + start + "\r\n    </TimeTrigger>\r\n"
	case "once":
		return "    <TimeTrigger>\r\n      " + start + "\r\n    </TimeTrigger>\r\n"
	}
	return ""
}

// triggersJSON is the Triggers part of Defender's TaskContent.
func (t *Task) triggersJSON() map[string]any {
	kind, n, _ := strings.Cut(t.Trigger, ":")
	const start = "2025-06-01T09:00:00"
	switch kind {
	case "logon":
		return map[string]any{"LogonTrigger": map[string]any{"Enabled": "true"}}
	case "boot":
		return map[string]any{"BootTrigger": map[string]any{"Enabled": "true"}}
	case "daily":
		return map[string]any{"CalendarTrigger": map[string]any{"StartBoundary": start, "ScheduleByDay": map[string]any{"DaysInterval": "1"}}}
	case "weekly":
		return map[string]any{"CalendarTrigger": map[string]any{"StartBoundary": start, "ScheduleByWeek": map[string]any{"WeeksInterval": "1"}}}
	case "minute":
		return map[string]any{"TimeTrigger": map[string]any{"StartBoundary": start, "Repetition": map[string]any{"Interval": "PT" + n + "M"}}}
	case "once":
		return map[string]any{"TimeTrigger": map[string]any{"StartBoundary": start}}
	}
	return map[string]any{}
}

// content is Defender's TaskContent: what stands below the Task element.
func (t *Task) content(d *Device) map[string]any {
	var exec, com []any
	for _, a := range t.Actions {
		if a.CLSID != "" {
			com = append(com, map[string]any{"ClassId": a.CLSID})
			continue
		}
		x := map[string]any{"Command": a.Command}
		if a.Arguments != "" {
			x["Arguments"] = a.Arguments
		}
		exec = append(exec, x)
	}
	actions := map[string]any{}
	for name, list := range map[string][]any{"Exec": exec, "ComHandler": com} {
		switch len(list) {
		case 0:
		case 1:
			actions[name] = list[0]
		default:
			actions[name] = list
		}
	}
	level := "LeastPrivilege"
	if t.Highest {
		level = "HighestAvailable"
	}
	return map[string]any{
		"RegistrationInfo": map[string]any{"Author": t.Author, "URI": t.Path},
		"Triggers":         t.triggersJSON(),
		"Principals":       map[string]any{"Principal": map[string]any{"UserId": t.account(d).SID, "RunLevel": level}},
		"Settings":         map[string]any{"Enabled": "true", "Hidden": fmt.Sprint(t.Hidden)},
		"Actions":          actions,
	}
}

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escapeXML(s string) string { return xmlEscaper.Replace(s) }
