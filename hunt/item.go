package hunt

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
	"github.com/goshawk-hunt/goshawk/task/dossier"
)

// The roles of a process towards a task.
const (
	roleCreator = dossier.RoleCreator
	roleStarted = dossier.RoleStarted
	roleChild   = dossier.RoleChild
	roleRelated = "related"
)

// item is what one row of one rule says.
type item struct {
	rule      *Rule
	task      finding.Task
	taskEvent string
	request   cmdline.Request // what the row's command line asks of the scheduler
	processes []finding.Process
	asker     int64 // id of the process that did what the row tells, 0 when unknown
	devices   []string
	accounts  []string
	sids      []string
	time      finding.Time
	signals   map[int]finding.Reason // by their index in the rule
	// techniques are those of the rule that the row is evidence of.
	techniques []string
	moment     finding.Moment
	row        finding.Row
	title      string
	// deviceCount and runCount are 0 when the row doesn't tell.
	deviceCount, runCount int64
	atLeast               int64 // the score below which the row alone makes no finding
}

// item turns the reader's current row into an item.
func (r *reader) item(rule *Rule) *item {
	it := &item{rule: rule, time: r.Time(colTime), title: r.Text(colTitle),
		deviceCount: r.Int(colDeviceCount), runCount: r.Int(colRunCount), atLeast: r.Int(colAtLeast),
		row: finding.Row{Hunt: rule.ID, Columns: r.fields()}}
	it.devices = r.list(colDevices)
	if d := r.Text(colDevice); d != "" {
		it.devices = append(it.devices, d)
	}
	for i, d := range it.devices {
		it.devices[i] = strings.ToLower(d)
	}
	it.taskEvent = strings.ToLower(r.Text(colTaskKind))
	if what, ok := strings.CutPrefix(r.Text(colAction), "ScheduledTask"); ok && it.taskEvent == "" {
		it.taskEvent = strings.ToLower(what)
	}
	it.task, it.asker = r.task(), r.Int(colParentPID)
	r.processes(it)
	if n := it.task.Name; n != "" && n[0] != '\\' {
		it.task.Name = `\` + n // command lines leave the root's backslash out
	}
	if it.ran() {
		for i := range it.task.Actions {
			it.task.Actions[i].Bare = true
		}
	}
	it.accounts = r.list(colAccount)
	it.sids = r.list(colSID)
	if user := r.Text(colParentUser); len(it.accounts) == 0 && it.taskEvent != "" && user != "" { // Defender's rows of tasks
		it.accounts = []string{user}
		if sid := cell.Plain(r.named("InitiatingProcessAccountSid")); len(it.sids) == 0 && sid != "" {
			it.sids = []string{sid}
		}
	}
	it.signals = map[int]finding.Reason{}
	for i, s := range rule.Signals {
		if s.When == "" || r.holds(s.When) {
			it.signals[i] = finding.Reason{Points: s.Points, Property: s.Property, Text: r.fill(s.Text), Fact: strings.ToLower(r.fill(s.Fact))}
		}
	}
	for _, id := range rule.Techniques {
		if when := rule.TechniquesWhen[id]; when == "" || r.holds(when) {
			it.techniques = append(it.techniques, id)
		}
	}
	it.moment = finding.Moment{Time: it.time, What: r.what(it), Detail: r.Text(colDetail),
		Source: finding.Source{Table: r.Text(colSource), Record: r.Text(colRecord), Hunt: rule.ID}}
	if len(it.devices) == 1 {
		it.moment.Device = it.devices[0]
	}
	return it
}

// maxDamage bounds what is said of a definition that could not be read.
const maxDamage = 400

// task reads the task that the row speaks of.
func (r *reader) task() finding.Task {
	t := finding.Task{
		Name: r.Text(colTask), Principal: r.Text(colPrincipal), RunLevel: r.Text(colRunLevel),
		LogonType: r.Text(colLogonType), Starting: dossier.Starting(cell.Plain(r.Value(colTriggers))),
		Author: r.Text(colAuthor), Definition: finding.Shorten(r.Text(colDefinition), maxText), Damage: finding.Shorten(r.Text(colDamage), maxDamage),
	}
	hidden := r.Text(colHidden)
	t.Hidden = hidden == "true" || hidden == "1" || hidden == "True"
	t.Actions = dossier.Actions(r.Value(colActions).Str)
	command, classID := r.Text(colCommand), r.Text(colClassID)
	if len(t.Actions) == 0 && (command != "" || classID != "") {
		a := finding.TaskAction{Kind: "Exec", Command: command, Arguments: r.Text(colArguments), ClassID: classID}
		if classID != "" && command == "" {
			a.Kind = "ComHandler"
		}
		t.Actions = []finding.TaskAction{a}
	}
	r.written(&t)
	return t
}

// processes reads the row's process and, where it is a row about a task, the process
// that asked for it.
func (r *reader) processes(it *item) {
	device := ""
	if len(it.devices) == 1 {
		device = it.devices[0]
	}
	parent := r.Text(colParentLine)
	if parent == "" {
		parent = r.Text(colParentPath)
	}
	if parent == "" {
		parent = r.Text(colParentFile)
	}
	p := finding.Process{
		Role: strings.ToLower(r.Text(colRole)), Device: device, Time: r.Time(colCreation), PID: r.Int(colPID),
		FileName: r.Text(colFile), FolderPath: r.Text(colFolder), CommandLine: r.Text(colCommandLine),
		Account: r.Text(colAccount), SHA1: strings.ToLower(r.Text(colSHA1)),
		Parent: parent, ParentPID: r.Int(colParentPID), ParentCreated: r.Time(colParentTime),
	}
	if p.Time.IsZero() {
		p.Time = it.time
	}
	if p.FileName == "" && p.FolderPath != "" {
		p.FileName = cmdline.Base(p.FolderPath)
	}
	byScheduler := cmdline.IsScheduler(r.Text(colParentFile), parent)
	switch {
	case p.CommandLine == "" && (p.FileName == "" || p.PID == 0):
		// No process of its own: the initiating one asked for what the row reports.
		if byScheduler || parent == "" {
			return
		}
		role := roleCreator
		if it.task.Name == "" && it.taskEvent == "" {
			role = roleRelated // the row is about what this process did
		}
		if strings.EqualFold(cmdline.Base(parent), "svchost.exe") {
			return // a service whose command line is unknown, most likely the scheduler itself
		}
		started := p.ParentCreated
		if started.IsZero() {
			started = it.time
		}
		p = finding.Process{Role: role, Device: device, Time: started, PID: p.ParentPID,
			FileName: r.Text(colParentFile), FolderPath: r.Text(colParentPath), CommandLine: r.Text(colParentLine),
			Account: r.Text(colParentUser)}
	case p.Role == "" && byScheduler:
		p.Role = roleStarted
	}
	if req, ok := cmdline.Parse(p.CommandLine); ok {
		it.request = req
		it.applyRequest()
		if p.Role == "" {
			p.Role = roleCreator
		}
	}
	if p.Role == "" {
		p.Role = roleRelated
	}
	it.processes = append(it.processes, p)
}

// applyRequest fills in what the command line says about the task and the row does not.
func (it *item) applyRequest() {
	q, t := it.request, &it.task
	if t.Name == "" {
		t.Name = q.TaskName
	}
	if t.Name == "" && q.Tool == "at" {
		t.Name = `\At`
	}
	if cmdline.ExactTaskName(t.Name) != cmdline.ExactTaskName(q.TaskName) && q.TaskName != "" {
		return
	}
	if len(t.Actions) == 0 && q.Command != "" {
		t.Actions = []finding.TaskAction{{Kind: "Exec", Command: q.Command, Arguments: q.Arguments}}
	}
	if t.Principal == "" {
		t.Principal = q.RunAs
	}
	if t.RunLevel == "" {
		t.RunLevel = q.RunLevel
	}
	if t.Triggers == "" {
		t.Starting = dossier.Starting(q.Schedule)
	}
	if it.taskEvent == "" {
		it.taskEvent = requestEvents[q.Verb]
	}
}

// requestEvents says what a requested verb does, in the words of task events.
var requestEvents = map[string]string{
	"create": "created", "change": "updated", "delete": "deleted", "run": "started",
	"enable": "enabled", "disable": "disabled",
}

// what returns the row's line in the timeline.
func (r *reader) what(it *item) string {
	if w := r.Text(colWhat); w != "" {
		return w
	}
	p := finding.Process{}
	if len(it.processes) > 0 {
		p = it.processes[0]
	}
	line := p.CommandLine
	if line == "" {
		line = p.FileName
	}
	switch {
	case it.request.Verb != "":
		return "asked for: " + finding.Shorten(line, 400)
	case it.taskEvent != "":
		return "task " + it.taskEvent
	case p.Role == roleStarted:
		return "started by the Task Scheduler: " + finding.Shorten(line, 400)
	case line != "":
		return finding.Shorten(line, 400)
	}
	return it.rule.Name
}
