package normalize

import (
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
	"github.com/goshawk-hunt/goshawk/internal/jsontext"
	"github.com/goshawk-hunt/goshawk/task"
)

// placed are the columns of schtasks' list that have a column of their own. Its times are
// written as the machine's language has them and stay text.
var placed = map[string]bool{"Author": true, "Comment": true, "Run As User": true, "Start In": true}

// schtasksRow makes the row of a task as schtasks /query /v /fo csv lists it: what it runs
// is one text, of which the program is cut off as Windows would.
func (n *Normalizer) schtasksRow(r *evidence.Record) error {
	l := &evidence.Listing{}
	values := map[string]string{}
	var run, name string
	version := uint64(fnvOffset)
	for i := range r.Row.Fields {
		f := &r.Row.Fields[i]
		s := strings.TrimSpace(f.Value.Text())
		if s == f.Name && s == "TaskName" {
			return n.setAside("header of schtasks' list, which it repeats for each folder")
		}
		if s == "" || s == "N/A" {
			continue
		}
		version = hashString(hashString(version, f.Name), s)
		switch f.Name {
		case "HostName":
			l.Computer = s
		case "TaskName":
			name = s
		case "Task To Run":
			run = s
		case "Last Result":
			l.LastResult, l.HasResult = integer(&f.Value)
		default:
			values[f.Name] = s
		}
	}
	if name == "" {
		return n.setAside("row of schtasks' list without a task's name")
	}
	r.Task.Listing, r.Task.Modified = l, 0
	t, device := n.beginFile(r, storeList, name)
	n.definition(t, task.Parse(listedDefinition(name, run, values)), "")
	t.str(cContentState, task.Absent.String())                                          // it is the list's account, not the content
	for _, c := range [...]column{cDefinitionHash, cHidden, cTriggers, cTriggerKinds} { // it doesn't say
		t.clear(c)
	}
	t.listing(l)
	o := n.object()
	for i := range r.Row.Fields {
		if f := &r.Row.Fields[i]; !placed[f.Name] {
			o.str(f.Name, values[f.Name])
		}
	}
	t.str(cAdditionalFields, o.text())
	t.int(cKey, n.taskKey(storeList, device.name, name, strconv.FormatUint(version, 16)))
	return n.emit(t)
}

// listedDefinition writes what a list says of a task as a definition.
func listedDefinition(name, run string, values map[string]string) string {
	b := []byte(`{"RegistrationInfo":{"URI":`)
	b = jsontext.AppendString(b, name)
	b = jsontext.AppendString(append(b, `,"Author":`...), values["Author"])
	b = jsontext.AppendString(append(b, `,"Description":`...), values["Comment"])
	b = append(b, `},"Principals":{"Principal":{"UserId":`...)
	b = jsontext.AppendString(b, values["Run As User"])
	b = append(b, `}},"Settings":{"Enabled":`...)
	if values["Scheduled Task State"] == "Disabled" {
		b = append(b, "false"...)
	} else {
		b = append(b, "true"...)
	}
	b = append(b, `},"Actions":{`...)
	if run == "COM handler" {
		b = append(b, `"ComHandler":{}`...)
	} else if run != "" {
		program, rest := cmdline.Split(run)
		b = jsontext.AppendString(append(b, `"Exec":{"Command":`...), program)
		b = jsontext.AppendString(append(b, `,"Arguments":`...), rest)
		b = jsontext.AppendString(append(b, `,"WorkingDirectory":`...), values["Start In"])
		b = append(b, '}')
	}
	return string(append(b, "}}"...))
}
