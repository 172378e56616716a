package normalize

import (
	"encoding/json"
	"strings"

	"github.com/goshawk-hunt/goshawk/task"
)

// defenderTask makes the ScheduledTaskEvents row of the DeviceEvents row in work, read
// from path, if that is about a task.
func (n *Normalizer) defenderTask(from *table, path string) error {
	action := from.get(cActionType).Str
	if !strings.HasPrefix(action, "ScheduledTask") {
		return nil
	}
	fields := struct {
		TaskName, SubjectUserName, SubjectDomainName, SubjectUserSid string
		TaskContent, TaskContentNew, SubjectLogonId, ClientProcessId looseText
	}{}
	if err := json.Unmarshal([]byte(from.get(cAdditionalFields).Str), &fields); err != nil {
		n.problem("AdditionalFields of a task event that are not valid JSON")
	}
	content := string(fields.TaskContentNew)
	if content == "" {
		content = string(fields.TaskContent)
	}
	d := task.Parse(content)
	if d.State == task.Damaged {
		n.problem("task definition damaged: " + d.Damage)
	}
	t := n.exportedTaskEvents
	t.begin()
	// The columns that both tables have.
	for c := range columnCount {
		if at, is := from.at[c], t.at[c]; at >= 0 && is >= 0 && from.row[at].Type == t.row[is].Type {
			t.row[is] = from.row[at]
		}
	}
	t.str(cAdditionalFields, "") // DeviceEvents has it
	if d.State == task.Damaged {
		o := n.object()
		o.str("Damage", d.Account())
		t.str(cAdditionalFields, o.text())
	}
	t.str(cSource, "Defender")
	t.int(cEventId, 0)
	t.str(cTaskName, fields.TaskName)
	a := n.named(fields.SubjectDomainName, fields.SubjectUserName, fields.SubjectUserSid)
	if a.name == "" {
		a = account{from.get(cInitiatingProcessAccountDomain).Str, from.get(cInitiatingProcessAccountName).Str, from.get(cInitiatingProcessAccountSid).Str}
	}
	if by := from.get(cInitiatingProcessAccountName).Str; a.sid == "" && strings.EqualFold(a.name, by) {
		a.sid = from.get(cInitiatingProcessAccountSid).Str
	}
	t.account(a)
	logon, ok := parseInteger(string(fields.SubjectLogonId))
	t.number(cLogonId, logon, ok)
	if pid, ok := parseInteger(string(fields.ClientProcessId)); ok {
		t.bool(cIsRemote, pid == 0)
	}
	n.definition(t, d, content)
	t.str(cSourceFile, path)
	t.number(cSourceOffset, from.get(cOffset).Int, true)
	if err := n.emit(t); err != nil {
		return err
	}
	return n.eventDefinition(t, d)
}

// looseText is a JSON string, or the text of any other JSON value.
type looseText string

func (l *looseText) UnmarshalJSON(b []byte) error {
	if b[0] != '"' {
		*l = looseText(b)
		if string(b) == "null" {
			*l = ""
		}
		return nil
	}
	return json.Unmarshal(b, (*string)(l))
}
