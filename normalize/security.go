package normalize

import "strings"

// security makes the rows of the security log's events. The others (logoffs, 4648,
// 4672, 5140 ..) have no place in Defender's tables and stay in WindowsEvent.
func (n *Normalizer) security(ev *event) error {
	ev.origin = originSecurity
	switch ev.EventID {
	case 1102:
		if strings.EqualFold(ev.Provider, "Microsoft-Windows-Security-Auditing") {
			return nil // another event of an old numbering
		}
		return n.logCleared(ev)
	case 4608: // the system started
		return n.exited(ev, -1, "")
	case 4624:
		return n.securityLogon(ev, "LogonSuccess")
	case 4625:
		return n.securityLogon(ev, "LogonFailed")
	case 4657:
		return n.securityRegistry(ev)
	case 4660:
		return n.securityDeleted(ev)
	case 4663:
		return n.securityAccess(ev)
	case 4688:
		return n.securityProcess(ev)
	case 4689:
		pid, _ := ev.number("ProcessId")
		return n.exited(ev, pid, "")
	case 4697:
		return n.securityService(ev)
	case 4698, 4699, 4700, 4701, 4702:
		return n.securityTask(ev)
	case 4732, 4733:
		return n.securityMember(ev)
	case 5145:
		return n.securityShare(ev)
	case 5156:
		return n.securityConnection(ev)
	}
	if action := accountActions[ev.EventID]; action != "" {
		return n.securityAccount(ev, action)
	}
	return nil
}

func (n *Normalizer) logCleared(ev *event) error {
	n.begin(n.device, ev, "SecurityLogCleared")
	n.subject(n.device, ev)
	return n.emit(n.device)
}

func (n *Normalizer) securityProcess(ev *event) error {
	t := n.process
	n.begin(t, ev, "ProcessCreated")
	subject := n.subject(t, ev)
	logon, known := ev.number("SubjectLogonId")
	pid, ok := ev.number("NewProcessId")
	t.number(cProcessId, pid, ok)
	n.fileOf(t, ev.text("NewProcessName"))
	t.str(cProcessTokenElevation, tokenElevation(ev.text("TokenElevationType")))
	parent, ok := ev.number("ProcessId")
	line := ev.text("CommandLine")
	stripped := stripFolder(line)
	t.str(cProcessCommandLine, stripped)
	t.time(cProcessCreationTime, ev.time)

	// The process runs as the target if that is another account than the subject.
	user := subject
	if sid := ev.filled("TargetUserSid"); sid != "" && sid != "S-1-0-0" {
		user = n.named(ev.text("TargetDomainName"), ev.text("TargetUserName"), sid)
	} else if name := ev.filled("TargetUserName"); name != "" {
		user = n.named(ev.text("TargetDomainName"), name, "")
	}
	t.account(user)
	if id, ok := ev.number("TargetLogonId"); ok && id != 0 {
		logon, known = id, true
	}
	t.number(cLogonId, logon, known)
	image := ev.filled("ParentProcessName")
	n.actor(t, image, parent, ok)
	t.str(cParentName, baseName(image))
	t.str(cProcessIntegrityLevel, integrityLevel(ev.text("MandatoryLabel")))
	o := n.object()
	o.other("OriginalCommandLine", line, stripped)
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) securityLogon(ev *event, action string) error {
	t := n.logon
	n.begin(t, ev, action)
	n.subject(t, ev)
	t.account(n.named(ev.text("TargetDomainName"), ev.text("TargetUserName"), ev.text("TargetUserSid")))
	if id, ok := ev.number("TargetLogonId"); ok {
		t.int(cLogonId, id)
	}
	if action == "LogonFailed" {
		status := ev.text("SubStatus")
		if n, ok := parseInteger(status); !ok || n == 0 {
			status = ev.text("Status")
		}
		t.str(cFailureReason, failureReason(status))
	}
	if kind, ok := ev.number("LogonType"); ok {
		t.str(cLogonType, logonTypes[kind])
	} else {
		t.str(cLogonType, ev.text("LogonType"))
	}
	t.str(cProtocol, ev.filled("AuthenticationPackageName"))
	t.str(cRemoteDeviceName, n.lower(ev.filled("WorkstationName")))
	pid, ok := ev.number("ProcessId")
	n.actor(t, ev.filled("ProcessName"), pid, ok)
	address := ev.filled("IpAddress")
	t.str(cRemoteIP, address)
	t.str(cRemoteIPType, addressType(address))
	p, ok := port(ev.text("IpPort"))
	t.number(cRemotePort, p, ok)
	if action == "LogonSuccess" && strings.HasSuffix(ev.text("TargetUserSid"), "-500") {
		t.bool(cIsLocalAdmin, true)
	}
	o := n.object()
	o.bool("IsLocalLogon", isLocal(address))
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) securityService(ev *event) error {
	t := n.device
	n.begin(t, ev, "ServiceInstalled")
	n.subject(t, ev)
	line := ev.text("ServiceFileName")
	n.fileOf(t, serviceProgram(line))
	pid, ok := ev.number("ClientProcessId")
	t.number(cInitiatingProcessId, pid, ok && pid != 0)
	o := n.object()
	o.str("ServiceName", ev.text("ServiceName"))
	o.str("ServiceFileName", line)
	o.str("ServiceType", ev.text("ServiceType"))
	o.str("ServiceStartType", ev.text("ServiceStartType"))
	o.str("ServiceAccount", ev.text("ServiceAccount"))
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

// services makes the row of an installed service from the system log, which names it
// also where the security log does not. Finish drops it if 4697 says the same.
func (n *Normalizer) services(ev *event) error {
	if ev.EventID != 7045 {
		return nil
	}
	ev.origin = originSystem
	t := n.device
	n.begin(t, ev, "ServiceInstalled")
	if a, ok := wellKnown(ev.UserID); ok {
		t.str(cInitiatingProcessAccountDomain, a.domain)
		t.str(cInitiatingProcessAccountName, a.name)
	}
	t.str(cInitiatingProcessAccountSid, ev.UserID)
	line := ev.text("ImagePath")
	n.fileOf(t, serviceProgram(line))
	o := n.object()
	o.str("ServiceName", ev.text("ServiceName"))
	o.str("ServiceFileName", line)
	o.str("ServiceType", ev.text("ServiceType"))
	o.str("ServiceStartType", serviceStart(ev.text("StartType")))
	o.str("ServiceAccount", ev.text("AccountName"))
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

// serviceStart gives the start type of 7045, which English Windows spells out, as the
// number that 4697 has.
func serviceStart(s string) string {
	switch s {
	case "boot start":
		return "0"
	case "system start":
		return "1"
	case "auto start":
		return "2"
	case "demand start":
		return "3"
	case "disabled":
		return "4"
	}
	return s
}

// accountActions are the events about an account that the subject changed.
var accountActions = map[uint32]string{
	4717: "LogonRightsSettingEnabled", 4719: "AuditPolicyModification",
	4720: "UserAccountCreated", 4723: "PasswordChangeAttempt", 4724: "PasswordChangeAttempt",
	4726: "UserAccountDeleted", 4731: "SecurityGroupCreated", 4734: "SecurityGroupDeleted", 4738: "UserAccountModified",
	4797: "AccountCheckedForBlankPassword", 5376: "CredentialsBackup",
}

func (n *Normalizer) securityAccount(ev *event, action string) error {
	t := n.device
	n.begin(t, ev, action)
	n.subject(t, ev)
	sid := ev.text("TargetSid")
	if sid == "" {
		sid = ev.text("TargetUserSid")
	}
	t.account(n.named(ev.text("TargetDomainName"), ev.text("TargetUserName"), sid))
	o := n.object()
	for _, name := range []string{"AccessGranted", "AuditPolicyChanges", "PrivilegeList", "SamAccountName"} {
		o.str(name, ev.filled(name))
	}
	o.str("SubcategoryGuid", ev.guid("SubcategoryGuid"))
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) securityMember(ev *event) error {
	t := n.device
	action := "UserAccountAddedToLocalGroup"
	if ev.EventID == 4733 {
		action = "UserAccountRemovedFromLocalGroup"
	}
	n.begin(t, ev, action)
	n.subject(t, ev)
	t.account(n.named(ev.text("TargetDomainName"), ev.text("MemberName"), ev.text("MemberSid")))
	o := n.object()
	o.str("GroupName", ev.text("TargetUserName"))
	o.str("GroupDomainName", ev.text("TargetDomainName"))
	o.str("GroupSid", ev.text("TargetSid"))
	o.str("MemberSid", ev.text("MemberSid"))
	o.str("MemberName", ev.filled("MemberName"))
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) securityShare(ev *event) error {
	t := n.device
	n.begin(t, ev, "NetworkShareObjectAccessChecked")
	t.account(n.named(ev.text("SubjectDomainName"), ev.text("SubjectUserName"), ev.text("SubjectUserSid")))
	id, ok := ev.number("SubjectLogonId")
	t.number(cLogonId, id, ok)
	t.str(cRemoteIP, ev.filled("IpAddress"))
	p, ok := port(ev.text("IpPort"))
	t.number(cRemotePort, p, ok)
	o := n.object()
	for _, name := range []string{"ObjectType", "ShareName", "ShareLocalPath", "RelativeTargetName", "AccessMask"} {
		o.str(name, ev.text(name))
	}
	t.str(cAdditionalFields, o.text())
	return n.emit(t)
}

func (n *Normalizer) securityConnection(ev *event) error {
	t := n.network
	action := "ConnectionSuccess"
	// A message of the operating system, or its text.
	if d := ev.text("Direction"); strings.Contains(d, "14592") || strings.EqualFold(d, "Inbound") {
		action = "InboundConnectionAccepted"
	}
	n.begin(t, ev, action)
	pid, ok := ev.number("ProcessID")
	n.actor(t, ev.filled("Application"), pid, ok)
	local, remote := endpoint{address: ev.text("SourceAddress")}, endpoint{address: ev.text("DestAddress")}
	local.port, local.known = port(ev.text("SourcePort"))
	remote.port, remote.known = port(ev.text("DestPort"))
	if action == "InboundConnectionAccepted" {
		local, remote = accepted(local, remote)
	}
	t.endpoints(local, remote)
	t.str(cProtocol, protocol(ev.text("Protocol")))
	return n.emit(t)
}
