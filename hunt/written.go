package hunt

import (
	"encoding/json"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/task"
	"github.com/goshawk-hunt/goshawk/task/dossier"
)

// A rule may return rows of tasks as Defender writes them, with what they say of the task
// in AdditionalFields, or a definition and nothing of what it says.

// written reads what the row says of the task only within another text.
func (r *reader) written(t *finding.Task) {
	content := r.Text(colDefinition)
	if strings.HasPrefix(r.Text(colAction), "ScheduledTask") {
		if name, definition := additional(cell.Plain(r.named("AdditionalFields"))); t.Name == "" || t.Name == name {
			t.Name = name
			if content == "" {
				content = definition
			}
		}
	}
	if content == "" || len(t.Actions) > 0 {
		return
	}
	d := task.Parse(content)
	if d.State == task.Absent {
		return
	}
	t.Actions = dossier.Actions(string(d.AppendActions(nil)))
	if t.Definition == "" {
		t.Definition = finding.Shorten(content, maxText)
	}
	if t.Triggers == "" {
		t.Starting = dossier.Starting(string(d.AppendTriggers(nil)))
	}
	if p := d.Principal(); p != nil && t.Principal == "" {
		t.Principal, t.RunLevel, t.LogonType = p.UserID, p.RunLevel, p.LogonType
		if t.Principal == "" {
			t.Principal = p.GroupID
		}
	}
	if t.Author == "" {
		t.Author = d.Author
	}
	t.Hidden = t.Hidden || d.Hidden
}

// additional returns the task's name and its definition, the new one of a change, that
// Defender's AdditionalFields hold.
func additional(text string) (name, definition string) {
	var fields struct {
		TaskName                    string
		TaskContent, TaskContentNew json.RawMessage
	}
	if json.Unmarshal([]byte(text), &fields) != nil {
		return "", ""
	}
	for _, raw := range []json.RawMessage{fields.TaskContentNew, fields.TaskContent} {
		if json.Unmarshal(raw, &definition) != nil { // an object as it is
			definition = string(raw)
		}
		if definition != "" {
			break
		}
	}
	return fields.TaskName, definition
}
