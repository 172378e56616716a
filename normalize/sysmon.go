package normalize

import (
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
	"github.com/goshawk-hunt/goshawk/internal/jsontext"
)

// sysmon makes the rows of Sysmon's events. The others (service state, archive
// changes, WMI filters and consumers, process tampering ..) have no place in
// Defender's tables and stay in WindowsEvent.
func (n *Normalizer) sysmon(ev *event) error {
	ev.origin = originSysmon
	ev.time = n.utcTime(ev)
	switch ev.EventID {
	case 1:
		return n.sysmonProcess(ev)
	case 2:
		return n.sysmonFileTime(ev)
	case 3:
		return n.sysmonNetwork(ev)
	case 5:
		pid, _ := ev.number("ProcessId")
		return n.exited(ev, pid, ev.guid("ProcessGuid"))
	case 6:
		return n.sysmonDriver(ev)
	case 7:
		return n.sysmonImage(ev)
	case 8:
		return n.sysmonThread(ev)
	case 10:
		return n.sysmonAccess(ev)
	case 11:
		return n.sysmonFile(ev, "FileCreated")
	case 12, 13, 14:
		return n.sysmonRegistry(ev)
	case 15:
		return n.sysmonStream(ev)
	case 17:
		return n.sysmonPipe(ev, "File created")
	case 18:
		return n.sysmonPipe(ev, "File opened")
	case 21:
		return n.sysmonBinding(ev)
	case 22:
		return n.sysmonDNS(ev)
	case 23, 26:
		return n.sysmonFile(ev, "FileDeleted")
	}
	return nil
}

// maxLag is how long after an event Sysmon's record of it may be written.
const maxLag = 600 * second

// utcTime is the time of a Sysmon event: its own, which says when the thing happened.
// The log's counts where there is none, and where the two are far apart: the clock
// that Sysmon's network events have stops while a machine sleeps.
func (n *Normalizer) utcTime(ev *event) int64 {
	v := ev.value("UtcTime")
	if v == nil {
		return ev.Time
	}
	own := int64(v.Num)
	if v.Kind != evidence.Time {
		t, ok := ticks.Parse(v.Str)
		if !ok {
			n.problem("Sysmon event whose UtcTime is no time")
			return ev.Time
		}
		own = t.Ticks
	}
	if ev.Time != 0 && (own > ev.Time+maxLag || own < ev.Time-maxLag) {
		n.problem("Sysmon event whose UtcTime is far from the log's time")
		return ev.Time
	}
	n.seen(own)
	return own
}

// sysmonActor sets the initiating process from the fields Image, ProcessId, ProcessGuid
// and User, or SourceImage .. with a prefix.
func (n *Normalizer) sysmonActor(t *table, ev *event, prefix string) {
	guid := ev.guid(prefix + "ProcessGuid")
	pid, ok := ev.number(prefix + "ProcessId")
	n.actor(t, ev.text(prefix+"Image"), pid, ok)
	t.str(cInitiatingProcessUniqueId, guid)
	a := n.account(ev.text(prefix + "User"))
	t.str(cInitiatingProcessAccountDomain, a.domain)
	t.str(cInitiatingProcessAccountName, a.name)
	t.str(cInitiatingProcessAccountSid, a.sid)
}

func (n *Normalizer) sysmonProcess(ev *event) error {
	t := n.process
	n.begin(t, ev, "ProcessCreated")
	rule := ev.filled("RuleName")
	guid := ev.guid("ProcessGuid")
	t.str(cProcessUniqueId, guid)
	pid, ok := ev.number("ProcessId")
	t.number(cProcessId, pid, ok)
	n.fileOf(t, ev.filled("Image"))
	t.str(cProcessVersionInfoProductVersion, ev.filled("FileVersion"))
	t.str(cProcessVersionInfoFileDescription, ev.filled("Description"))
	t.str(cProcessVersionInfoProductName, ev.filled("Product"))
	t.str(cProcessVersionInfoCompanyName, ev.filled("Company"))
	t.str(cProcessVersionInfoOriginalFileName, ev.filled("OriginalFileName"))
	line := ev.text("CommandLine")
	stripped := stripFolder(line)
	t.str(cProcessCommandLine, stripped)
	folder := ev.filled("CurrentDirectory")
	user := n.account(ev.text("User"))
	logonGUID := ev.guid("LogonGuid")
	if id, ok := ev.number("LogonId"); ok {
		t.int(cLogonId, id)
		if a, ok := sessionAccount(id); ok {
			user = a
		}
	}
	t.account(user)
	session, ok := ev.number("TerminalSessionId")
	t.number(cCreatedProcessSessionId, session, ok)
	t.str(cProcessIntegrityLevel, ev.filled("IntegrityLevel"))
	h := n.hashes(ev.text("Hashes"))
	t.hashes(h)
	t.time(cProcessCreationTime, ev.time)

	parentGUID := ev.guid("ParentProcessGuid")
	t.str(cInitiatingProcessUniqueId, parentGUID)
	parent, ok := ev.number("ParentProcessId")
	image := ev.filled("ParentImage")
	n.actor(t, image, parent, ok)
	t.str(cParentName, baseName(image))
	parentLine := ev.filled("ParentCommandLine")
	strippedParent := stripFolder(parentLine)
	t.str(cInitiatingProcessCommandLine, strippedParent)
	a := n.account(ev.text("ParentUser"))
	t.str(cInitiatingProcessAccountDomain, a.domain)
	t.str(cInitiatingProcessAccountName, a.name)
	t.str(cInitiatingProcessAccountSid, a.sid)

	o := n.object()
	o.other("OriginalCommandLine", line, stripped)
	o.other("InitiatingProcessOriginalCommandLine", parentLine, strippedParent)
	o.str("CurrentDirectory", folder)
	o.str("LogonGuid", logonGUID)
	o.str("IMPHASH", h.imphash)
	o.str("RuleName", rule)
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

// other keeps a text whose column lacks something of it.
func (o object) other(name, text, column string) {
	if text != column {
		o.str(name, text)
	}
}

func (n *Normalizer) sysmonFileTime(ev *event) error {
	t := n.device
	n.begin(t, ev, "FileTimestampModificationEvent")
	n.sysmonActor(t, ev, "")
	n.fileOf(t, ev.text("TargetFilename"))
	o := n.object()
	o.str("CreationTime", ev.text("CreationUtcTime"))
	o.str("PreviousCreationTime", ev.text("PreviousCreationUtcTime"))
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) sysmonNetwork(ev *event) error {
	t := n.network
	action := "ConnectionSuccess"
	if initiated, ok := ev.truth("Initiated"); ok && !initiated {
		action = "InboundConnectionAccepted"
	}
	n.begin(t, ev, action)
	n.sysmonActor(t, ev, "")
	t.str(cProtocol, protocol(ev.text("Protocol")))
	local := endpoint{address: ev.filled("SourceIp"), name: ev.filled("SourceHostname")}
	local.port, local.known = ev.number("SourcePort")
	remote := endpoint{address: ev.filled("DestinationIp"), name: ev.filled("DestinationHostname")}
	remote.port, remote.known = ev.number("DestinationPort")
	if action == "InboundConnectionAccepted" {
		local, remote = accepted(local, remote)
	}
	t.endpoints(local, remote)
	t.str(cRemoteUrl, remote.name)
	return n.emit(t)
}

func (n *Normalizer) sysmonDriver(ev *event) error {
	t := n.device
	n.begin(t, ev, "DriverLoad")
	n.fileOf(t, ev.text("ImageLoaded"))
	h := n.hashes(ev.text("Hashes"))
	t.hashes(h)
	signed, known := ev.truth("Signed")
	signer, status := ev.filled("Signature"), ev.filled("SignatureStatus")
	o := n.object()
	if known {
		o.bool("Signed", signed)
	}
	o.str("Signature", signer)
	o.str("SignatureStatus", status)
	t.str(cAdditionalFields, o.text())
	if err := n.emit(t); err != nil || !known || h.sha1 == "" {
		return err
	}
	return n.signed(ev, h, signed)
}

func (n *Normalizer) sysmonImage(ev *event) error {
	t := n.imageLoad
	n.begin(t, ev, "ImageLoaded")
	n.sysmonActor(t, ev, "")
	n.fileOf(t, ev.text("ImageLoaded"))
	h := n.hashes(ev.text("Hashes"))
	t.hashes(h)
	if err := n.emit(t); err != nil {
		return err
	}
	// A program is the first image that its process loads, and this event alone says who signed
	// it. Libraries are too many.
	if signed, known := ev.truth("Signed"); known && h.sha1 != "" && strings.EqualFold(ev.text("Image"), ev.text("ImageLoaded")) {
		return n.signed(ev, h, signed)
	}
	return nil
}

// signed makes the row of a file's signature.
func (n *Normalizer) signed(ev *event, h hashes, signed bool) error {
	t := n.certificate
	n.begin(t, ev, "")
	t.str(cSHA1, h.sha1)
	t.bool(cIsSigned, signed)
	t.str(cSigner, ev.filled("Signature"))
	t.bool(cIsTrusted, ev.filled("SignatureStatus") == "Valid")
	return n.emit(t)
}

func (n *Normalizer) sysmonThread(ev *event) error {
	t := n.device
	n.begin(t, ev, "CreateRemoteThreadApiCall")
	n.sysmonActor(t, ev, "Source")
	target := n.sysmonTarget(t, ev)
	o := n.object()
	o.str("TargetProcess", target)
	o.str("TargetProcessUniqueId", ev.guid("TargetProcessGuid"))
	o.str("NewThreadId", ev.text("NewThreadId"))
	o.str("StartAddress", ev.text("StartAddress"))
	o.str("StartModule", ev.filled("StartModule"))
	o.str("StartFunction", ev.filled("StartFunction"))
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) sysmonAccess(ev *event) error {
	t := n.device
	n.begin(t, ev, "OpenProcessApiCall")
	n.sysmonActor(t, ev, "Source")
	target := n.sysmonTarget(t, ev)
	access, ok := ev.number("GrantedAccess")
	o := n.object()
	o.int("DesiredAccess", access, ok)
	o.str("TargetProcess", target)
	o.str("TargetProcessUniqueId", ev.guid("TargetProcessGuid"))
	o.str("CallTrace", ev.text("CallTrace"))
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

// sysmonTarget sets the process that something was done to, and returns its image.
func (n *Normalizer) sysmonTarget(t *table, ev *event) string {
	pid, ok := ev.number("TargetProcessId")
	t.number(cProcessId, pid, ok)
	image := ev.text("TargetImage")
	n.fileOf(t, image)
	t.account(n.account(ev.text("TargetUser")))
	return image
}

func (n *Normalizer) sysmonFile(ev *event, action string) error {
	t := n.file
	n.begin(t, ev, action)
	n.sysmonActor(t, ev, "")
	n.fileOf(t, ev.text("TargetFilename"))
	t.str(cRequestProtocol, "Local")
	if action == "FileDeleted" {
		t.hashes(n.hashes(ev.text("Hashes")))
	}
	return n.emit(t)
}

func (n *Normalizer) sysmonRegistry(ev *event) error {
	var action string
	kind := ev.text("EventType")
	if original := ev.text("EventTypeOrignal"); original != "" {
		kind = original // the collector's own EventType took the name
	}
	path := registryPath(ev.text("TargetObject"))
	key, value := splitValue(path)
	t := n.registry
	switch kind {
	case "CreateKey", "AddKey":
		action = "RegistryKeyCreated"
	case "DeleteKey":
		action = "RegistryKeyDeleted"
	case "DeleteValue":
		action = "RegistryValueDeleted"
	case "SetValue":
		action = "RegistryValueSet"
	case "RenameKey":
		action = "RegistryKeyRenamed"
	default:
		if ev.EventID != 13 {
			return nil // CreateValue, RenameValue: Defender has no word for them
		}
		action = "RegistryValueSet"
	}
	n.begin(t, ev, action)
	n.sysmonActor(t, ev, "")
	switch action {
	case "RegistryKeyCreated":
		t.str(cRegistryKey, path)
	case "RegistryKeyDeleted":
		t.str(cPreviousRegistryKey, path)
	case "RegistryValueDeleted":
		t.str(cPreviousRegistryKey, key)
		t.str(cPreviousRegistryValueName, value)
	case "RegistryKeyRenamed":
		t.str(cPreviousRegistryKey, path)
		t.str(cRegistryKey, registryPath(ev.text("NewName")))
	case "RegistryValueSet":
		t.str(cRegistryKey, key)
		t.str(cRegistryValueName, value)
		t.str(cPreviousRegistryValueName, value) // as Defender does
		kind, data := registryDetails(ev.text("Details"))
		t.str(cRegistryValueType, kind)
		t.str(cRegistryValueData, data)
	}
	return n.emit(t)
}

// sysmonStream makes a row of the mark of the web, which says where a file came from.
// Other streams have no place in Defender's tables.
func (n *Normalizer) sysmonStream(ev *event) error {
	file, ok := strings.CutSuffix(ev.text("TargetFilename"), ":Zone.Identifier")
	url := iniValue(ev.text("Contents"), "HostUrl")
	if !ok || url == "" {
		return nil
	}
	t := n.file
	n.begin(t, ev, "FileCreated")
	n.sysmonActor(t, ev, "")
	n.fileOf(t, file)
	t.str(cFileOriginUrl, url)
	t.str(cFileOriginReferrerUrl, iniValue(ev.text("Contents"), "ReferrerUrl"))
	t.str(cRequestProtocol, "Local")
	return n.emit(t)
}

// iniValue finds name=value in a text; Sysmon puts the lines of a stream behind each
// other with blanks.
func iniValue(text, name string) string {
	_, value, ok := strings.Cut(text, name+"=")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(value, " \r\n"); i >= 0 {
		value = value[:i]
	}
	return value
}

func (n *Normalizer) sysmonPipe(ev *event, operation string) error {
	t := n.device
	n.begin(t, ev, "NamedPipeEvent")
	n.sysmonActor(t, ev, "")
	o := n.object()
	pipe := ev.text("PipeName")
	if strings.HasPrefix(pipe, `\`) {
		pipe = `\Device\NamedPipe` + pipe
	}
	o.str("PipeName", pipe)
	o.str("FileOperation", operation)
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) sysmonBinding(ev *event) error {
	t := n.device
	n.begin(t, ev, "WmiBindEventFilterToConsumer")
	t.account(n.account(ev.text("User")))
	o := n.object()
	o.str("Consumer", ev.text("Consumer"))
	o.str("Filter", ev.text("Filter"))
	o.str("Operation", ev.text("Operation"))
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) sysmonDNS(ev *event) error {
	t := n.device
	n.begin(t, ev, "DnsQueryResponse")
	n.sysmonActor(t, ev, "")
	name := ev.text("QueryName")
	status := ev.text("QueryStatus")
	results := ev.filled("QueryResults")
	m := n.mark()
	n.arena = append(n.arena, '[')
	for first := true; results != ""; first = false {
		var one string
		one, results, _ = strings.Cut(results, ";")
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		if !first {
			n.arena = append(n.arena, ',')
		}
		n.arena = jsontext.AppendString(n.arena, one)
	}
	n.arena = append(n.arena, ']')
	list := n.since(m)
	o := n.object()
	o.str("DnsQueryString", name)
	o.str("DnsQueryResult", list)
	o.str("DnsQueryStatus", status)
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}
