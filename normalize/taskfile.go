package normalize

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
	"github.com/goshawk-hunt/goshawk/task"
)

// taskFile makes the row of a task definition found as a file.
func (n *Normalizer) taskFile(r *evidence.Record) error {
	d := task.Parse(r.Task.XML)
	if d.State == task.Absent {
		return n.setAside("task definition without content")
	}
	if d.State == task.Damaged {
		n.problem("task definition damaged: " + d.Damage)
	}
	name := r.Task.Name
	if name == "" {
		name = d.URI
	}
	if name != "" && name[0] != '\\' {
		name = `\` + name
	}
	device := n.deviceOf("")
	t := n.tasks
	t.begin()
	t.time(cTimestamp, r.Task.Modified)
	t.str(cDeviceId, device.id)
	t.str(cDeviceName, device.name)
	t.str(cStore, "XmlFile")
	t.str(cTaskName, name)
	n.definition(t, d, r.Task.XML)
	t.str(cVersion, d.Version)
	t.str(cSecurityDescriptor, d.SecurityDescriptor)
	if registered, ok := ticks.Parse(d.Date); ok {
		t.time(cRegistrationTime, registered.Ticks)
	}
	m := n.mark()
	n.arena = d.AppendSettings(n.arena)
	t.str(cSettings, n.since(m))
	sum := sha256.Sum256([]byte(r.Task.XML))
	t.str(cSHA256, hex.EncodeToString(sum[:]))
	t.str(cFolderPath, r.Path)
	if d.State == task.Damaged {
		o := n.object()
		o.str("Damage", d.Damage)
		t.str(cAdditionalFields, o.text())
	}
	t.int(cSourceId, n.opt.Source)
	t.int(cOffset, r.Offset)
	t.str(cOrigin, originFile)
	t.int(cKey, int64(hashString(hashString(fnvOffset, device.name), name)))
	return n.emit(t)
}
