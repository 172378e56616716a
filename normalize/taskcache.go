package normalize

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/text"
	"github.com/goshawk-hunt/goshawk/task"
)

// Types of registry values.
const (
	regString = 1
	regExpand = 2
	regDword  = 4
	regMulti  = 7
)

// registryKey takes a key of a hive or of an export: those of the task scheduler's
// cache are tasks. A hive tells what stands there, not who wrote it when, so its keys
// are no rows of DeviceRegistryEvents.
func (n *Normalizer) registryKey(r *evidence.Record) error {
	if computerNameKey.MatchString(r.Registry.Key) {
		return n.computerName(&r.Registry)
	}
	part, rest := cachePlace(r.Registry.Key)
	switch part {
	case "tree":
		if _, ok := valueOf(&r.Registry, "Id"); !ok && !hasAny(&r.Registry, "Index") {
			return n.setAside("registry: folder of the tree of tasks")
		}
		return n.treeKey(r, `\`+rest)
	case "tasks":
		if rest == "" || len(r.Registry.Values) == 0 {
			return n.setAside("registry: key of the task cache that holds no task")
		}
		return n.tasksKey(r, rest)
	case "boot", "logon", "plain", "maintenance":
		if n.listed == nil {
			n.listed = map[string]string{}
		}
		if rest != "" && len(n.listed) < maxListed {
			n.listed[braced(rest)] = strings.ToUpper(part[:1]) + part[1:]
		}
		return n.setAside("registry: list of tasks by what starts them, they stand below Tasks")
	case "":
		return n.setAside("registry: key outside of the task cache")
	}
	return n.setAside("registry: key of the task cache that holds no task")
}

// maxListed bounds the tasks whose list is kept: Windows has some hundreds.
const maxListed = 1 << 17

// cachePlace says in which part of the TaskCache a key is, in lower case, and its path
// below that.
func cachePlace(key string) (part, rest string) {
	const cache = `taskcache\`
	lower := strings.ToLower(key)
	at := 0
	if !strings.HasPrefix(lower, cache) {
		if at = strings.Index(lower, `\`+cache); at < 0 {
			if lower == "taskcache" || strings.HasSuffix(lower, `\taskcache`) {
				return "root", ""
			}
			return "", ""
		}
		at++
	}
	if len(lower) != len(key) { // a letter whose lower case is longer: count from the end
		key = lower
	}
	part, rest, _ = strings.Cut(key[at+len(cache):], `\`)
	return strings.ToLower(part), rest
}

func valueOf(k *evidence.Registry, name string) (*evidence.RegistryValue, bool) {
	for i := range k.Values {
		if strings.EqualFold(k.Values[i].Name, name) {
			return &k.Values[i], true
		}
	}
	return nil, false
}

func hasAny(k *evidence.Registry, names ...string) bool {
	for _, name := range names {
		if _, ok := valueOf(k, name); ok {
			return true
		}
	}
	return false
}

// registryText is the text of a value, "" if the key does not have it.
func registryText(k *evidence.Registry, name string) string {
	v, ok := valueOf(k, name)
	if !ok || v.Type != regString && v.Type != regExpand && v.Type != regMulti {
		return ""
	}
	b := v.Data[:len(v.Data)&^1]
	for len(b) >= 2 && b[len(b)-1] == 0 && b[len(b)-2] == 0 {
		b = b[:len(b)-2]
	}
	if len(b) == 0 {
		return ""
	}
	return string(text.Decode(append([]byte{0xFF, 0xFE}, b...)))
}

func registryNumber(k *evidence.Registry, name string) (int64, bool) {
	v, ok := valueOf(k, name)
	if !ok || v.Type != regDword || len(v.Data) < 4 {
		return 0, false
	}
	return int64(binary.LittleEndian.Uint32(v.Data)), true
}

func registryBytes(k *evidence.Registry, name string) []byte {
	if v, ok := valueOf(k, name); ok {
		if v.Data == nil {
			return []byte{}
		}
		return v.Data
	}
	return nil
}

// beginKey starts the row of a task that a key holds.
func (n *Normalizer) beginKey(r *evidence.Record, store, name, id string) *table {
	device := n.deviceOf("")
	t := n.tasks
	t.begin()
	t.time(cTimestamp, r.Registry.LastWrite)
	t.str(cDeviceId, device.id)
	t.str(cDeviceName, device.name)
	t.str(cStore, store)
	t.str(cTaskName, name)
	t.str(cTaskId, id)
	t.str(cSourceFile, r.Path)
	t.int(cSourceOffset, r.Offset)
	t.int(cSourceId, n.opt.Source)
	t.int(cOffset, r.Offset)
	t.str(cOrigin, originFile)
	h := hashNumber(hashString(fnvOffset, id), uint64(r.Registry.LastWrite))
	for i := range r.Registry.Values {
		v := &r.Registry.Values[i]
		h = hashNumber(hashString(h, v.Name), uint64(v.Type))
		for _, b := range v.Data {
			h = (h ^ uint64(b)) * fnvPrime
		}
	}
	t.int(cKey, n.taskKey(store, device.name, name, strconv.FormatUint(h, 16)))
	return t
}

// valueNames lists the values that a key has: one that is missing tells something.
func valueNames(o object, k *evidence.Registry) {
	names := make([]string, len(k.Values))
	for i := range k.Values {
		names[i] = k.Values[i].Name
	}
	o.str("Values", strings.Join(names, " "))
}

// treeKey makes the row of a key below Tree: a name, the task's id and who may see it.
func (n *Normalizer) treeKey(r *evidence.Record, name string) error {
	k := &r.Registry
	t := n.beginKey(r, storeTree, name, braced(registryText(k, "Id")))
	t.str(cContentState, task.Absent.String())
	if i, ok := registryNumber(k, "Index"); ok {
		t.int(cIndex, int64(int32(i)))
	}
	o := n.object()
	if sd := registryBytes(k, "SD"); sd != nil {
		d, err := task.ParseDescriptor(sd)
		if err != nil {
			n.problem("security descriptor of a task: " + err.Error())
			o.str("Damage", "SD: "+err.Error())
			t.str(cSecurityDescriptor, fmt.Sprintf("unreadable: %d bytes", len(sd)))
		} else {
			t.str(cSecurityDescriptor, d.String())
			o.str("HiddenFrom", d.Hides())
		}
	}
	valueNames(o, k)
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

// tasksKey makes the row of a key below Tasks: what a task is and when it ran.
func (n *Normalizer) tasksKey(r *evidence.Record, id string) error {
	k := &r.Registry
	uri := registryText(k, "URI")
	name := registryText(k, "Path")
	if name == "" {
		name = uri
	}
	if name != "" && name[0] != '\\' {
		name = `\` + name
	}
	t := n.beginKey(r, storeTasks, name, braced(id))
	c := task.Cached{
		Actions: registryBytes(k, "Actions"), Triggers: registryBytes(k, "Triggers"),
		Author: registryText(k, "Author"), Description: registryText(k, "Description"), URI: uri, Source: registryText(k, "Source"),
		Date: registryText(k, "Date"), SecurityDescriptor: registryText(k, "SecurityDescriptor"),
	}
	d := c.Parse()
	n.definition(t, d, "")
	if c.Actions == nil {
		t.str(cContentState, task.Absent.String()) // nothing says what it runs
	}
	t.str(cDefinitionHash, "") // the registry has a part of what the hash covers
	t.settings(n, d)
	o := n.object()
	if d.State == task.Damaged {
		n.problem("task in the registry damaged: " + d.Damage)
		o.str("Damage", d.Account())
	}
	if b := registryBytes(k, "DynamicInfo"); b != nil {
		n.dynamicInfo(t, o, b)
	}
	if schema, ok := registryNumber(k, "Schema"); ok {
		t.str(cVersion, fmt.Sprintf("%d.%d", schema>>16, schema&0xffff))
	}
	o.str("HiddenFrom", hiddenFrom(d))
	o.str("Hash", hex.EncodeToString(registryBytes(k, "Hash")))
	o.str("List", n.listed[braced(id)]) // the lists' names come before Tasks in a hive
	valueNames(o, k)
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) dynamicInfo(t *table, o object, b []byte) {
	info, err := task.ParseDynamicInfo(b)
	if err != nil {
		n.problem("DynamicInfo of a task: " + err.Error())
		o.str("DynamicInfoDamage", err.Error())
		return
	}
	t.time(cCreationTime, info.Created)
	t.time(cLastRunTime, info.LastRun)
	t.time(cLastSuccessTime, info.LastSuccess)
	t.int(cLastResult, int64(info.LastError))
	t.int(cState, int64(info.State))
}

// braced writes a GUID as the registry does: upper case, in braces.
func braced(id string) string {
	if id == "" {
		return ""
	}
	return "{" + strings.ToUpper(strings.Trim(id, "{} ")) + "}"
}

// hiddenFrom says whom the security descriptor of a definition keeps from seeing the
// task, "" for nobody.
func hiddenFrom(d *task.Definition) string {
	sd, err := task.ParseSDDL(d.SecurityDescriptor)
	if err != nil {
		return ""
	}
	return sd.Hides()
}
