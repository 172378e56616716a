package normalize

import "strings"

func (n *Normalizer) securityRegistry(ev *event) error {
	t := n.registry
	operation := ev.text("OperationType")
	action := "RegistryValueSet"
	if strings.Contains(operation, "1906") || strings.Contains(operation, "deleted") {
		action = "RegistryValueDeleted"
	}
	n.begin(t, ev, action)
	n.subject(t, ev)
	key := registryPath(ev.text("ObjectName"))
	name := ev.text("ObjectValueName")
	pid, ok := ev.number("ProcessId")
	n.actor(t, ev.filled("ProcessName"), pid, ok)
	t.str(cPreviousRegistryValueName, name)
	t.str(cPreviousRegistryValueData, ev.filled("OldValue"))
	if action == "RegistryValueDeleted" {
		t.str(cPreviousRegistryKey, key)
		return n.emit(t)
	}
	t.str(cRegistryKey, key)
	t.str(cRegistryValueName, name)
	t.str(cRegistryValueType, registryType(ev.text("NewValueType")))
	t.str(cRegistryValueData, ev.filled("NewValue"))
	return n.emit(t)
}

// handle is a handle of a process.
type handle struct {
	device   *device
	pid, num int64
}

// deletion is an access to an object with the right to delete it.
type deletion struct {
	name, process string
	key           bool // a registry key, not a file
}

// maxHandles bounds the accesses that wait for the deletion.
const maxHandles = 1 << 12

const accessDelete = 0x10000

// securityAccess remembers who got an object in order to delete it: the access alone
// is no deletion.
func (n *Normalizer) securityAccess(ev *event) error {
	mask, _ := ev.number("AccessMask")
	kind := ev.text("ObjectType")
	if mask&accessDelete == 0 || kind != "File" && kind != "Key" {
		return nil
	}
	num, ok1 := ev.number("HandleId")
	pid, ok2 := ev.number("ProcessId")
	if !ok1 || !ok2 {
		return nil
	}
	if len(n.handles) >= maxHandles {
		clear(n.handles)
	}
	n.handles[handle{ev.device, pid, num}] = deletion{
		strings.Clone(ev.text("ObjectName")), strings.Clone(ev.filled("ProcessName")), kind == "Key",
	}
	return nil
}

// securityDeleted makes the row of a deletion. The event itself names only the handle.
func (n *Normalizer) securityDeleted(ev *event) error {
	num, _ := ev.number("HandleId")
	pid, ok := ev.number("ProcessId")
	h := handle{ev.device, pid, num}
	d, found := n.handles[h]
	if !found {
		return nil
	}
	delete(n.handles, h)
	t := n.file
	if d.key {
		t = n.registry
		n.begin(t, ev, "RegistryKeyDeleted")
		t.str(cPreviousRegistryKey, registryPath(d.name))
	} else {
		n.begin(t, ev, "FileDeleted")
		n.fileOf(t, d.name)
		t.str(cRequestProtocol, "Local")
	}
	n.subject(t, ev)
	n.actor(t, d.process, pid, ok)
	return n.emit(t)
}
