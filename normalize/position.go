package normalize

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// positions are the names of the data of events by their place, for what keeps the values
// and loses the names: Fluent Bit's StringInserts, Get-WinEvent's Properties. A manifest
// only ever adds values at the end, so where an event has fewer, these are the first ones,
// down to the number in front.
var positions = map[kind]map[uint32][]position{
	kindSecurity: {
		4698: {subjectTask("TaskContent")},
		4699: {subjectTask("TaskContent")},
		4700: {subjectTask("TaskContent")},
		4701: {subjectTask("TaskContent")},
		4702: {subjectTask("TaskContentNew")},
		4688: {inOrder(8, "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId NewProcessId NewProcessName TokenElevationType ProcessId CommandLine TargetUserSid TargetUserName TargetDomainName TargetLogonId ParentProcessName MandatoryLabel")},
		4624: {inOrder(20, "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType LogonProcessName AuthenticationPackageName WorkstationName LogonGuid TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort ImpersonationLevel RestrictedAdminMode TargetOutboundUserName TargetOutboundDomainName VirtualAccount TargetLinkedLogonId ElevatedToken")},
		4648: {inOrder(14, "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo ProcessId ProcessName IpAddress IpPort")},
		5145: {inOrder(13, "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId ObjectType IpAddress IpPort ShareName ShareLocalPath RelativeTargetName AccessMask AccessList AccessReason")},
	},
	kindSysmon: {
		1: { // OriginalFileName came between others
			inOrder(22, "RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company OriginalFileName CommandLine CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId ParentImage ParentCommandLine ParentUser"),
			inOrder(21, "RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company CommandLine CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId ParentImage ParentCommandLine"),
		},
	},
	kindTaskScheduler: {
		100: {inOrder(3, "TaskName UserContext InstanceId")},
		101: {inOrder(3, "TaskName UserContext ResultCode")},
		102: {inOrder(3, "TaskName UserContext InstanceId")},
		103: {inOrder(4, "TaskName InstanceId UserContext ResultCode")},
		106: {inOrder(2, "TaskName UserContext")},
		107: {inOrder(2, "TaskName InstanceId")},
		108: {inOrder(2, "TaskName InstanceId")},
		109: {inOrder(2, "TaskName InstanceId")},
		110: {inOrder(3, "TaskName InstanceId UserContext")},
		111: {inOrder(2, "TaskName InstanceId")},
		114: {inOrder(2, "TaskName InstanceId")},
		118: {inOrder(2, "TaskName InstanceId")},
		119: {inOrder(3, "TaskName UserName InstanceId")},
		129: {inOrder(4, "TaskName Path ProcessID Priority")},
		140: {inOrder(2, "TaskName UserName")},
		141: {inOrder(2, "TaskName UserName")},
		142: {inOrder(2, "TaskName UserName")},
		200: {inOrder(4, "TaskName ActionName TaskInstanceId EnginePID")},
		201: {inOrder(5, "TaskName TaskInstanceId ActionName ResultCode EnginePID")},
		202: {inOrder(5, "TaskName TaskInstanceId ActionName ResultCode EnginePID")},
	},
}

// position is one order of names of an event.
type position struct {
	least int // values, for the order to be this one
	names []string
}

func inOrder(least int, names string) position { return position{least, strings.Fields(names)} }

func subjectTask(content string) position {
	return inOrder(6, "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId TaskName "+content+" ClientProcessStartKey ClientProcessId ParentProcessId RpcCallClientLocality FQDN")
}

// nameByPosition names data without names where the event is known.
func (n *Normalizer) nameByPosition(e *evidence.Event) {
	if len(e.Data) == 0 || e.Data[0].Name != "" || e.UserData {
		return
	}
	for _, p := range positions[n.kindOf(e.Provider, e.Channel)][e.EventID] {
		if len(e.Data) < p.least || len(e.Data) > len(p.names) {
			continue
		}
		if slices.ContainsFunc(e.Data, func(f evidence.Field) bool { return f.Name != "" }) {
			return
		}
		for i := range e.Data {
			e.Data[i].Name = p.names[i]
		}
		return
	}
}
