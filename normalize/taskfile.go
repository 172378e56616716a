package normalize

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"unicode/utf16"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/task"
)

// taskFile makes the row of a task definition found as a file.
func (n *Normalizer) taskFile(r *evidence.Record) error {
	if r.Task.Job != nil {
		return n.jobFile(r)
	}
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
	t, device := n.beginFile(r, storeXMLFile, name)
	n.definition(t, d, r.Task.XML)
	t.settings(n, d)
	sum := sha256.Sum256([]byte(r.Task.XML))
	o := n.object()
	o.str("Damage", d.Account())
	o.str("HiddenFrom", hiddenFrom(d))
	if l := r.Task.Listing; l != nil {
		t.listing(l)
		o.str("ListedFile", l.File)
	} else { // the bytes are those that Windows has
		t.str(cSHA256, hex.EncodeToString(sum[:]))
		o.str("FileHash", fileHash(r.Task.XML))
	}
	t.str(cAdditionalFields, o.text())
	t.int(cKey, n.taskKey(storeXMLFile, device.name, name, string(sum[:])))
	return n.emit(t)
}

// listing sets what a tool's list says of a task besides its definition.
func (t *table) listing(l *evidence.Listing) {
	t.str(cTaskId, l.ID)
	t.time(cCreationTime, l.Created)
	t.time(cLastRunTime, l.LastRun)
	t.time(cLastSuccessTime, l.LastSuccess)
	t.number(cLastResult, l.LastResult, l.HasResult)
}

// fileHash is the SHA-256 of a definition as the service writes it to its file: UTF-16LE
// with a byte order mark.
func fileHash(xml string) string {
	units := utf16.Encode([]rune(xml))
	b := make([]byte, 2, 2+2*len(units))
	b[0], b[1] = 0xFF, 0xFE
	for _, u := range units {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// beginFile starts the row of a task that a file holds.
func (n *Normalizer) beginFile(r *evidence.Record, store, name string) (*table, *device) {
	computer := ""
	if r.Task.Listing != nil {
		computer = r.Task.Listing.Computer
	}
	device := n.deviceOf(computer)
	t := n.tasks
	t.begin()
	t.time(cTimestamp, r.Task.Modified)
	t.str(cDeviceId, device.id)
	t.str(cDeviceName, device.name)
	t.str(cStore, store)
	t.str(cTaskName, name)
	t.str(cSourceFile, r.Path)
	t.int(cSourceOffset, r.Offset)
	t.int(cSourceId, n.opt.Source)
	t.int(cOffset, r.Offset)
	t.str(cOrigin, originFile)
	return t, device
}

// jobFile makes the row of a .job file.
func (n *Normalizer) jobFile(r *evidence.Record) error {
	j := task.ParseJob(r.Task.Job)
	t, device := n.beginFile(r, storeJobFile, r.Task.Name)
	n.definition(t, j.Definition, "")
	t.settings(n, j.Definition)
	t.str(cTaskId, j.ID)
	t.time(cLastRunTime, j.LastRun)
	t.int(cLastResult, int64(j.ExitCode))
	t.int(cState, int64(j.Status))
	sum := sha256.Sum256(r.Task.Job)
	t.str(cSHA256, hex.EncodeToString(sum[:]))
	if j.State == task.Damaged {
		n.problem("job file damaged: " + j.Damage)
		o := n.object()
		o.str("Damage", j.Account())
		t.str(cAdditionalFields, o.text())
	}
	t.int(cKey, n.taskKey(storeJobFile, device.name, r.Task.Name, string(sum[:])))
	return n.emit(t)
}

// Words for where a task stands.
const (
	storeXMLFile = "XmlFile"
	storeJobFile = "JobFile"
	storeTree    = "Tree"
	storeTasks   = "Tasks"
	storeEvent   = "Event"
	storeList    = "List"
)

// FileStores are the values of ScheduledTasks.Store by which a row's time is that of a file
// where its definition has none.
func FileStores() []string { return []string{storeXMLFile, storeJobFile} }

// taskKey is the identity of a version of a task in a store: Finish keeps the earliest
// of those that are the same.
func (n *Normalizer) taskKey(store, device, name, version string) int64 {
	h := hashString(hashString(hashString(fnvOffset, store), device), n.lower(name))
	return int64(hashString(h, version))
}

// eventDefinition makes the row of the definition that the event row in work holds.
func (n *Normalizer) eventDefinition(from *table, d *task.Definition) error {
	name := from.get(cTaskName).Str
	if d.State == task.Absent || name == "" {
		return nil
	}
	t := n.tasks
	t.begin()
	for c := range columnCount {
		if at, is := from.at[c], t.at[c]; at >= 0 && is >= 0 && from.row[at].Type == t.row[is].Type {
			t.row[is] = from.row[at]
		}
	}
	t.str(cStore, storeEvent)
	t.settings(n, d)
	if hidden := hiddenFrom(d); hidden != "" {
		o := n.object()
		o.str("Damage", d.Account())
		o.str("HiddenFrom", hidden)
		t.str(cAdditionalFields, o.text())
	}
	t.int(cKey, n.taskKey(storeEvent, from.get(cDeviceName).Str, name, from.get(cDefinitionHash).Str))
	return n.emit(t)
}

// settings sets the settings of a definition as JSON.
func (t *table) settings(n *Normalizer, d *task.Definition) {
	m := n.mark()
	n.arena = d.AppendSettings(n.arena)
	t.str(cSettings, n.since(m))
}
