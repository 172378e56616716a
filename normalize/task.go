package normalize

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
	"github.com/goshawk-hunt/goshawk/internal/jsontext"
	"github.com/goshawk-hunt/goshawk/task"
)

// Words of Defender for what happened to a task, and ours in their manner for what it
// does not report.
const (
	taskCreated         = "ScheduledTaskCreated"
	taskUpdated         = "ScheduledTaskUpdated"
	taskDeleted         = "ScheduledTaskDeleted"
	taskEnabled         = "ScheduledTaskEnabled"
	taskDisabled        = "ScheduledTaskDisabled"
	taskTriggered       = "ScheduledTaskTriggered"
	taskStarted         = "ScheduledTaskStarted"
	taskStartFailed     = "ScheduledTaskStartFailed"
	taskCompleted       = "ScheduledTaskCompleted"
	taskTerminated      = "ScheduledTaskTerminated"
	taskMissed          = "ScheduledTaskMissed"
	taskProcessCreated  = "ScheduledTaskProcessCreated"
	taskActionStarted   = "ScheduledTaskActionStarted"
	taskActionCompleted = "ScheduledTaskActionCompleted"
	taskActionFailed    = "ScheduledTaskActionFailed"
)

// securityActions are the words for events 4698 to 4702.
var securityActions = [...]string{taskCreated, taskDeleted, taskEnabled, taskDisabled, taskUpdated}

// securityTask makes the rows of a task event of the security log: Defender's, with
// the definition as JSON, and ours.
func (n *Normalizer) securityTask(ev *event) error {
	action := securityActions[ev.EventID-4698]
	name := ev.text("TaskName")
	if name == "" {
		n.problem("task event without a task name")
	}
	content := ev.text("TaskContentNew")
	if content == "" {
		content = ev.text("TaskContent")
	}
	content = text.Document(content)
	d := task.Parse(content)
	if d.State == task.Damaged {
		n.problem("task definition damaged: " + d.Damage)
	}
	client, known := ev.number("ClientProcessId")
	parent, _ := ev.number("ParentProcessId")

	t := n.device
	n.begin(t, ev, action)
	n.subject(t, ev)
	t.number(cInitiatingProcessId, client, client != 0)
	t.number(cInitiatingProcessParentId, parent, parent != 0)
	t.str(cAdditionalFields, n.taskFields(ev, name, d))
	if err := n.emit(t); err != nil {
		return err
	}

	t = n.taskEvents
	n.begin(t, ev, action)
	t.str(cSource, "Security")
	t.int(cEventId, int64(ev.EventID))
	t.str(cTaskName, name)
	a := n.subject(t, ev)
	t.account(a)
	id, ok := ev.number("SubjectLogonId")
	t.number(cLogonId, id, ok)
	t.number(cInitiatingProcessId, client, client != 0)
	t.number(cInitiatingProcessParentId, parent, parent != 0)
	if known {
		t.bool(cIsRemote, client == 0)
	}
	n.definition(t, d, content)
	if d.State == task.Damaged {
		o := n.object()
		o.str("Damage", d.Account())
		t.str(cAdditionalFields, o.text())
	}
	if err := n.emit(t); err != nil {
		return err
	}
	return n.eventDefinition(t, d)
}

// taskFields makes AdditionalFields of a task event as Defender has it: TaskContent is
// the text of a JSON object of what stands below Task.
func (n *Normalizer) taskFields(ev *event, name string, d *task.Definition) string {
	var content string
	if d.State != task.Absent {
		m := n.mark()
		n.arena = d.AppendContent(n.arena)
		content = n.since(m)
	}
	o := n.object()
	o.str("TaskName", name)
	for _, name := range []string{"SubjectUserName", "SubjectDomainName", "SubjectUserSid", "SubjectLogonId"} {
		o.str(name, ev.text(name))
	}
	for _, name := range []string{"ClientProcessStartKey", "ClientProcessId", "ParentProcessId", "RpcCallClientLocality"} {
		v, ok := ev.number(name)
		o.int(name, v, ok)
	}
	o.str("FQDN", ev.text("FQDN"))
	o.str("TaskContent", content)
	if d.State == task.Damaged {
		o.str("TaskContentState", d.State.String())
	}
	return o.text()
}

// definition sets what a definition says. content is its text.
func (n *Normalizer) definition(t *table, d *task.Definition, content string) {
	t.str(cTaskContent, content)
	t.str(cContentState, d.State.String())
	if d.State == task.Absent {
		return
	}
	if a := d.Exec(); a != nil {
		t.str(cCommand, a.Command)
		t.str(cArguments, a.Arguments)
		t.str(cWorkingDirectory, a.WorkingDirectory)
		t.str(cNormalizedCommand, task.NormalizeCommand(a.Command))
	}
	t.str(cClassId, d.ClassID())
	t.int(cActionCount, int64(len(d.Actions)))
	t.str(cActionKinds, n.list(d.ActionKinds()))
	m := n.mark()
	n.arena = d.AppendActions(n.arena)
	t.str(cActions, n.since(m))
	m = n.mark()
	n.arena = d.AppendTriggers(n.arena)
	t.str(cTriggers, n.since(m))
	kinds := d.TriggerKinds()
	t.str(cTriggerTypes, strings.Join(kinds, " "))
	t.str(cTriggerKinds, n.list(kinds))
	if p := d.Principal(); p != nil {
		n.principal(t, p)
	}
	t.bool(cHidden, d.Hidden)
	t.bool(cEnabled, d.Enabled)
	t.str(cAuthor, d.Author)
	t.str(cDescription, d.Description)
	t.str(cURI, d.URI)
	t.str(cVersion, d.Version)
	t.str(cSecurityDescriptor, d.SecurityDescriptor)
	t.str(cDefinitionHash, d.Hash())
	if registered, ok := ticks.Parse(d.Date); ok {
		t.time(cRegistrationTime, registered.Ticks)
	}
}

// list makes a JSON array of texts.
func (n *Normalizer) list(items []string) string {
	m := n.mark()
	n.arena = append(n.arena, '[')
	for i, s := range items {
		if i > 0 {
			n.arena = append(n.arena, ',')
		}
		n.arena = jsontext.AppendString(n.arena, s)
	}
	n.arena = append(n.arena, ']')
	return n.since(m)
}

// operational says what an event of the task scheduler's log means, and which of its
// fields hold what.
type operational struct {
	action  string
	trigger string // of taskTriggered and others: what started it
}

var operationalEvents = map[uint32]operational{
	100: {action: taskStarted},
	101: {action: taskStartFailed},
	102: {action: taskCompleted},
	103: {action: taskActionFailed},
	104: {action: taskStartFailed},
	106: {action: taskCreated},
	107: {taskTriggered, "time"},
	108: {taskTriggered, "event"},
	109: {taskTriggered, "registration"},
	110: {taskTriggered, "user"},
	111: {action: taskTerminated},
	114: {action: taskMissed},
	117: {taskTriggered, "idle"},
	118: {taskTriggered, "boot"},
	119: {taskTriggered, "logon"},
	120: {taskTriggered, "console connect"},
	121: {taskTriggered, "console disconnect"},
	122: {taskTriggered, "remote connect"},
	123: {taskTriggered, "remote disconnect"},
	124: {taskTriggered, "lock"},
	125: {taskTriggered, "unlock"},
	129: {action: taskProcessCreated},
	140: {action: taskUpdated},
	141: {action: taskDeleted},
	142: {action: taskDisabled},
	145: {taskTriggered, "wake"},
	153: {action: taskMissed},
	200: {action: taskActionStarted},
	201: {action: taskActionCompleted},
	202: {action: taskActionFailed},
	203: {action: taskActionFailed},
}

// taskScheduler makes the row of an event of the task scheduler's operational log.
// Finish makes Defender's rows of those that the security log does not tell better.
func (n *Normalizer) taskScheduler(ev *event) error {
	op, ok := operationalEvents[ev.EventID]
	if !ok {
		return nil
	}
	ev.origin = originTaskScheduler
	t := n.taskEvents
	n.begin(t, ev, op.action)
	t.str(cSource, "TaskScheduler")
	t.int(cEventId, int64(ev.EventID))
	t.str(cTaskName, ev.text("TaskName"))
	t.str(cContentState, task.Absent.String())
	user := ev.text("UserContext")
	if user == "" {
		user = ev.text("UserName")
	}
	t.str(cUserContext, user)
	t.str(cTrigger, op.trigger)
	if user != "(NONE)" && user != "(default user)" {
		t.account(n.account(user))
	}
	instance := ev.guid("InstanceId")
	if instance == "" {
		instance = ev.guid("TaskInstanceId")
	}
	if instance == "" && (ev.EventID < 130 || ev.EventID >= 200) {
		instance = ev.ActivityID
	}
	t.str(cInstanceId, instance)
	command := ev.text("ActionName")
	if command == "" {
		command = ev.text("Path")
	}
	t.str(cCommand, command)
	t.str(cNormalizedCommand, task.NormalizeCommand(command))
	pid, ok := ev.number("ProcessID")
	if !ok {
		pid, ok = ev.number("EnginePID")
	}
	t.number(cProcessId, pid, ok && pid != 0)
	result, ok := ev.number("ResultCode")
	t.number(cResultCode, result, ok)
	o := n.object()
	if ev.ProcessID != 0 && ev.EventID < 200 {
		// The service itself writes these; events of actions came from its engines once.
		o.int("SchedulerProcessId", int64(ev.ProcessID), true)
	}
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}
