// Package task is the scheduled task itself: what its definition says and where
// its parts are kept.
//
// A definition reaches a defender in many forms: the XML file of Windows, the same
// text inside event 4698, often escaped or cut off, and JSON made from it by
// Defender and by collectors. Parse reads all of them into one Definition.
package task

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/internal/jsontext"
)

// State says how much of a definition could be read.
type State uint8

const (
	// Absent: there was no definition, only blanks or nothing.
	Absent State = iota
	// Whole: everything was read.
	Whole
	// Damaged: what stands in the Definition was read from a text that is cut off or
	// not well formed. More may have stood there.
	Damaged
)

// String is "absent", "whole" or "damaged".
func (s State) String() string {
	return [...]string{"absent", "whole", "damaged"}[s]
}

// Definition is what a task's definition says, in the terms of the schema
// http://schemas.microsoft.com/windows/2004/02/mit/task (MS-TSCH section 2.5).
// Texts are as written; nothing is expanded.
type Definition struct {
	State  State
	Damage string // what is wrong with a damaged definition

	Version string // of the schema: "1.2"

	Author, Description, URI, Source string
	Date, SecurityDescriptor         string

	Triggers   []Trigger
	Principals []Principal
	Actions    []Action
	// Context is the ID of the principal that the actions run as.
	Context string

	Enabled bool // of the settings, true if not said
	Hidden  bool

	root *element // Task
}

// Trigger is one trigger.
type Trigger struct {
	Kind    string // name of the element: "LogonTrigger"
	ID      string
	Enabled bool // true if not said
	// StartBoundary and EndBoundary are local times unless they carry a zone.
	StartBoundary, EndBoundary string
	UserID                     string
	Delay                      string // Delay or RandomDelay, as ISO 8601 duration
	Interval, Duration         string // Repetition
	StateChange                string // of SessionStateChangeTrigger
	Subscription               string // of EventTrigger: an XML query of event logs
	StateName                  string // of WnfStateChangeTrigger, in hexadecimal
	Schedule                   string // of CalendarTrigger: "ScheduleByDay"
}

// Principal is an account that actions run as.
type Principal struct {
	ID, DisplayName string
	UserID, GroupID string
	AccountName     string // besides the SID in UserID or GroupID; of the registry
	LogonType       string // S4U, Password, InteractiveToken ..
	RunLevel        string // LeastPrivilege, HighestAvailable
}

// Action is one action.
type Action struct {
	Kind string // name of the element: Exec, ComHandler, SendEmail, ShowMessage
	ID   string
	// Command, Arguments and WorkingDirectory are Exec's.
	Command, Arguments, WorkingDirectory string
	// ClassID and Data are ComHandler's.
	ClassID, Data string
	// Parts are those of SendEmail and ShowMessage, and elements that the schema does
	// not know, in their order.
	Parts []Part
}

// Part is a part of an action by the name of its element.
type Part struct{ Name, Value string }

// Parse reads a definition: XML, also escaped for a text around it, without a Task
// root, or damaged; or JSON made from such XML, with or without the root, with inner
// levels as text again, and with attributes as @x, -x, #attributes or Attrx. It
// never fails: State tells what became of it.
func Parse(text string) *Definition {
	return newDefinition(parse(text))
}

func newDefinition(root *element, damage string) *Definition {
	d := &Definition{Enabled: true, root: root, Damage: damage}
	switch {
	case root == nil && damage == "":
		return d
	case root == nil:
		d.State = Damaged
		return d
	case damage != "":
		d.State = Damaged
	default:
		d.State = Whole
	}
	d.Version = root.attribute("version")
	info := root.child("RegistrationInfo")
	d.Author, d.Description, d.URI, d.Source = info.value("Author"), info.value("Description"), info.value("URI"), info.value("Source")
	d.Date, d.SecurityDescriptor = info.value("Date"), info.value("SecurityDescriptor")
	for _, e := range root.child("Triggers").children() {
		d.Triggers = append(d.Triggers, trigger(e))
	}
	for _, e := range root.child("Principals").children() {
		if e.name == "Principal" {
			d.Principals = append(d.Principals, Principal{
				ID: e.attribute("id"), DisplayName: e.value("DisplayName"), UserID: e.value("UserId"), GroupID: e.value("GroupId"), AccountName: e.value("AccountName"),
				LogonType: e.value("LogonType"), RunLevel: e.value("RunLevel"),
			})
		}
	}
	settings := root.child("Settings")
	d.Enabled = truth(settings.value("Enabled"), true)
	d.Hidden = truth(settings.value("Hidden"), false)
	actions := root.child("Actions")
	d.Context = actions.attribute("Context")
	for _, e := range actions.children() {
		d.Actions = append(d.Actions, action(e))
	}
	return d
}

// parts are those of a definition that say what a task is and does.
var parts = [...]string{"RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"}

// Account says of a damaged definition what is wrong with it, which of its parts were
// read and which were not; of another nothing. Actions count as read when one of them
// says what it does.
func (d *Definition) Account() string {
	if d.State != Damaged {
		return ""
	}
	var read, unread []string
	for _, part := range parts {
		found := d.root != nil && len(d.root.child(part).children()) > 0
		if part == "Actions" {
			found = slices.ContainsFunc(d.Actions, func(a Action) bool { return a.Command != "" || a.ClassID != "" || len(a.Parts) > 0 })
		}
		if found {
			read = append(read, part)
		} else {
			unread = append(unread, part)
		}
	}
	account := d.Damage
	if len(read) > 0 {
		account += "; read: " + strings.Join(read, ", ")
	}
	if len(unread) > 0 {
		account += "; not read: " + strings.Join(unread, ", ")
	}
	return account
}

func action(e *element) Action {
	a := Action{Kind: e.name, ID: e.attribute("id")}
	for _, k := range e.kids {
		switch {
		case k.name == "Command" && a.Command == "":
			a.Command = k.text
		case k.name == "Arguments" && a.Arguments == "":
			a.Arguments = k.text
		case k.name == "WorkingDirectory" && a.WorkingDirectory == "":
			a.WorkingDirectory = k.text
		case k.name == "ClassId" && a.ClassID == "":
			a.ClassID = k.text
		case k.name == "Data" && a.Data == "":
			a.Data = k.inner()
		default:
			a.add(k.name, k.inner())
		}
	}
	return a
}

func trigger(e *element) Trigger {
	t := Trigger{
		Kind: e.name, ID: e.attribute("id"), Enabled: truth(e.value("Enabled"), true),
		StartBoundary: e.value("StartBoundary"), EndBoundary: e.value("EndBoundary"),
		UserID: e.value("UserId"), Delay: e.value("Delay"),
		StateChange: e.value("StateChange"), Subscription: e.value("Subscription"), StateName: e.value("StateName"),
	}
	if t.Delay == "" {
		t.Delay = e.value("RandomDelay")
	}
	if r := e.child("Repetition"); r != nil {
		t.Interval, t.Duration = r.value("Interval"), r.value("Duration")
	}
	for _, k := range e.children() {
		if strings.HasPrefix(k.name, "ScheduleBy") {
			t.Schedule = k.name
			break
		}
	}
	return t
}

// truth reads a boolean of XML Schema.
func truth(s string, unsaid bool) bool {
	switch strings.TrimSpace(s) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	return unsaid
}

// Exec returns the first action that runs a command, or the first action at all, or
// nil if there is none.
func (d *Definition) Exec() *Action {
	for i := range d.Actions {
		if d.Actions[i].Command != "" {
			return &d.Actions[i]
		}
	}
	if len(d.Actions) > 0 {
		return &d.Actions[0]
	}
	return nil
}

// ClassID returns the class of the first action that is a COM handler, or "".
func (d *Definition) ClassID() string {
	for i := range d.Actions {
		if d.Actions[i].ClassID != "" {
			return d.Actions[i].ClassID
		}
	}
	return ""
}

// Principal returns the principal that the actions run as: the one of Context, else
// the first, else nil.
func (d *Definition) Principal() *Principal {
	for i := range d.Principals {
		if d.Principals[i].ID == d.Context {
			return &d.Principals[i]
		}
	}
	if len(d.Principals) > 0 {
		return &d.Principals[0]
	}
	return nil
}

// TriggerKinds returns the kinds of the triggers in order.
func (d *Definition) TriggerKinds() []string {
	kinds := make([]string, len(d.Triggers))
	for i := range d.Triggers {
		kinds[i] = d.Triggers[i].Kind
	}
	return kinds
}

// ActionKinds returns the kinds of the actions in order.
func (d *Definition) ActionKinds() []string {
	kinds := make([]string, len(d.Actions))
	for i := range d.Actions {
		kinds[i] = d.Actions[i].Kind
	}
	return kinds
}

// AppendContent appends the definition as Defender's TaskContent: a JSON object of
// what stands below Task. Text becomes a string, an attribute a member "@name", an
// element that repeats an array. Without a definition it appends "{}".
func (d *Definition) AppendContent(b []byte) []byte {
	if d.root == nil {
		return append(b, "{}"...)
	}
	return appendMembers(b, d.root, false)
}

// AppendTriggers appends the triggers as JSON in the form of AppendContent.
func (d *Definition) AppendTriggers(b []byte) []byte { return d.appendPart(b, "Triggers") }

// AppendSettings appends the settings as JSON in the form of AppendContent.
func (d *Definition) AppendSettings(b []byte) []byte { return d.appendPart(b, "Settings") }

func (d *Definition) appendPart(b []byte, name string) []byte {
	part := d.root.child(name)
	if part == nil {
		return append(b, "{}"...)
	}
	return appendMembers(b, part, true)
}

// AppendActions appends all actions as a JSON array of objects with Type and the
// fields of their kind.
func (d *Definition) AppendActions(b []byte) []byte {
	b = append(b, '[')
	for i := range d.Actions {
		a := &d.Actions[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(append(b, `{"Type":`...), a.Kind)
		for _, f := range [...]struct{ name, value string }{
			{"Command", a.Command}, {"Arguments", a.Arguments}, {"WorkingDirectory", a.WorkingDirectory},
			{"ClassId", a.ClassID}, {"Data", a.Data},
		} {
			if f.value != "" {
				b = jsontext.AppendString(append(append(append(b, `,"`...), f.name...), `":`...), f.value)
			}
		}
		b = appendParts(b, a.Parts)
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendParts appends parts as members of an object; those of one name are an array.
func appendParts(b []byte, parts []Part) []byte {
	for i, p := range parts {
		same := func(q Part) bool { return q.Name == p.Name }
		if slices.ContainsFunc(parts[:i], same) {
			continue // written with the first of its name
		}
		name := p.Name
		switch name {
		case "Type", "Command", "Arguments", "WorkingDirectory", "ClassId", "Data":
			name = "Again" + name // an action that has one twice
		}
		b = append(jsontext.AppendString(append(b, ','), name), ':')
		if !slices.ContainsFunc(parts[i+1:], same) {
			b = jsontext.AppendString(b, p.Value)
			continue
		}
		b = append(b, '[')
		for j, q := range parts[i:] {
			if !same(q) {
				continue
			}
			if j > 0 {
				b = append(b, ',')
			}
			b = jsontext.AppendString(b, q.Value)
		}
		b = append(b, ']')
	}
	return b
}
