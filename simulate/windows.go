package simulate

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// channel is one event log of a device.
type channel struct {
	name     string
	provider string
	guid     string
}

var (
	security      = channel{"Security", "Microsoft-Windows-Security-Auditing", "54849625-5478-4994-a5ba-3e3b0328c30d"}
	sysmonLog     = channel{"Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", "5770385f-c22a-43e0-bf4c-06f5698ffbd9"}
	taskLog       = channel{"Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler", "de7b24ea-73c8-4a09-985d-5bdadcfa9017"}
	powershellLog = channel{"Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", "a0c1853b-5c40-4b15-8766-3cf1c58f985a"}
)

// logs tells the events of a device as Windows events, by channel.
func (f *Fleet) logs(d *Device) map[string][]evidence.Event {
	w := &windowsWriter{device: d, out: map[string][]evidence.Event{}}
	for i := range f.Events {
		if e := &f.Events[i]; e.Device == d {
			w.event(e)
		}
	}
	return w.out
}

type windowsWriter struct {
	device *Device
	out    map[string][]evidence.Event
}

// add appends an event; pairs are names and values in turn.
func (w *windowsWriter) add(c channel, id uint32, at int64, user string, pairs ...any) *evidence.Event {
	e := evidence.Event{
		Provider: c.provider, ProviderGUID: c.guid, Channel: c.name, Computer: w.device.Name, EventID: id, Time: at,
		RecordID: uint64(len(w.out[c.name]) + 1), Level: 4, ProcessID: 1200, ThreadID: 1300, UserID: user, Keywords: 0x8000000000000000,
	}
	if c == security {
		e.Level, e.Keywords, e.ProcessID = 0, 0x8020000000000000, 4
	}
	for i := 0; i < len(pairs); i += 2 {
		e.Data = append(e.Data, evidence.Field{Name: pairs[i].(string), Value: fieldValue(pairs[i+1])})
	}
	w.out[c.name] = append(w.out[c.name], e)
	return &w.out[c.name][len(w.out[c.name])-1]
}

// Kinds of data that are more than text or a number.
type (
	hexNumber uint64
	sidText   string
	guidText  string
)

func fieldValue(v any) evidence.Value {
	switch v := v.(type) {
	case string:
		return evidence.Value{Kind: evidence.String, Str: v}
	case uint32:
		return evidence.Value{Kind: evidence.Uint, Num: uint64(v)}
	case hexNumber:
		return evidence.Value{Kind: evidence.Hex, Num: uint64(v)}
	case sidText:
		return evidence.Value{Kind: evidence.SID, Str: string(v)}
	case guidText:
		return evidence.Value{Kind: evidence.GUID, Str: string(v)}
	case bool:
		n := uint64(0)
		if v {
			n = 1
		}
		return evidence.Value{Kind: evidence.Bool, Num: n}
	}
	panic(fmt.Sprintf("BUG: no event data of type %T", v))
}

func (w *windowsWriter) event(e *Event) {
	sysmon := w.device.Telemetry != Audit
	switch e.Kind {
	case ProcessCreated:
		w.process(e.Process, sysmon)
	case TaskCreated, TaskUpdated, TaskDeleted:
		w.task(e)
	case TaskStarted:
		w.started(e)
	case Logon:
		kind, ip := uint32(2), "127.0.0.1"
		if e.Remote.IP != "" {
			kind, ip = 3, e.Remote.IP
		}
		w.add(security, 4624, e.Time, "", "SubjectUserSid", sidText("S-1-0-0"), "SubjectUserName", "-", "SubjectDomainName", "-", "SubjectLogonId", hexNumber(0),
			"TargetUserSid", sidText(e.Account.SID), "TargetUserName", e.Account.Name, "TargetDomainName", strings.ToUpper(e.Account.Domain), "TargetLogonId", logonID(e.Account),
			"LogonType", kind, "LogonProcessName", "NtLmSsp ", "AuthenticationPackageName", "NTLM", "WorkstationName", "-", "IpAddress", ip, "IpPort", "0")
	case ScriptBlock:
		ev := w.add(powershellLog, 4104, e.Time, e.Process.Account.SID, "MessageNumber", uint32(1), "MessageTotal", uint32(1), "ScriptBlockText", e.Text, "ScriptBlockId", guid(e.Time, 7), "Path", "")
		ev.ProcessID, ev.Level = e.Process.PID, 5
	default:
		if sysmon {
			w.sysmon(e)
		}
	}
}

func (w *windowsWriter) process(p *Process, sysmon bool) {
	parent := p.Parent
	if parent == nil {
		return
	}
	elevated := "S-1-16-8192"
	if p.Integrity == "System" {
		elevated = "S-1-16-16384"
	}
	w.add(security, 4688, p.Start, "", "SubjectUserSid", sidText(parent.Account.SID), "SubjectUserName", subject(w.device, parent.Account), "SubjectDomainName", "CORP", "SubjectLogonId", logonID(parent.Account),
		"NewProcessId", hexNumber(p.PID), "NewProcessName", p.File.Path, "TokenElevationType", "%%1936", "ProcessId", hexNumber(parent.PID), "CommandLine", p.CommandLine,
		"TargetUserSid", sidText("S-1-0-0"), "TargetUserName", "-", "TargetDomainName", "-", "TargetLogonId", hexNumber(0), "ParentProcessName", parent.File.Path, "MandatoryLabel", sidText(elevated))
	if sysmon {
		w.add(sysmonLog, 1, p.Start+second/1000, "S-1-5-18", "RuleName", "-", "UtcTime", utc(p.Start), "ProcessGuid", processGUID(p), "ProcessId", p.PID, "Image", p.File.Path,
			"FileVersion", "-", "Description", "-", "Product", "-", "Company", "-", "OriginalFileName", p.Name(), "CommandLine", p.CommandLine, "CurrentDirectory", `C:\Windows\system32\`,
			"User", user(p.Account), "LogonGuid", guid(1, 1), "LogonId", logonID(p.Account), "TerminalSessionId", uint32(1), "IntegrityLevel", p.Integrity, "Hashes", hashes(p.File),
			"ParentProcessGuid", processGUID(parent), "ParentProcessId", parent.PID, "ParentImage", parent.File.Path, "ParentCommandLine", parent.CommandLine, "ParentUser", user(parent.Account))
	}
}

func (w *windowsWriter) task(e *Event) {
	t := e.Task
	subjectPairs := []any{"SubjectUserSid", sidText(e.Account.SID), "SubjectUserName", subject(w.device, e.Account), "SubjectDomainName", "CORP", "SubjectLogonId", logonID(e.Account), "TaskName", t.Path}
	client := []any{"ClientProcessStartKey", guidText("00000000-0000-0000-0000-000000000000"), "ClientProcessId", e.Process.PID, "ParentProcessId", uint32(0), "RpcCallClientLocality", uint32(0), "FQDN", w.device.Name}
	if t.Remote {
		client[3] = uint32(0)
		client[7] = uint32(1)
	}
	client = client[2:]
	userContext := strings.ToUpper(e.Account.Domain) + `\` + e.Account.Name
	switch e.Kind {
	case TaskCreated:
		w.add(security, 4698, e.Time, "", append(append(subjectPairs, "TaskContent", t.XML(w.device)), client...)...)
		w.add(taskLog, 106, e.Time, e.Account.SID, "TaskName", t.Path, "UserContext", userContext)
	case TaskUpdated:
		w.add(security, 4702, e.Time, "", append(append(subjectPairs, "TaskContentNew", t.XML(w.device)), client...)...)
		w.add(taskLog, 140, e.Time, e.Account.SID, "TaskName", t.Path, "UserName", userContext)
	case TaskDeleted:
		w.add(security, 4699, e.Time, "", append(append(subjectPairs, "TaskContent", ""), client...)...)
		w.add(taskLog, 141, e.Time, e.Account.SID, "TaskName", t.Path, "UserName", userContext)
	}
}

func (w *windowsWriter) started(e *Event) {
	p, t := e.Process, e.Task
	instance := guidText(guid(e.Time, uint64(p.PID)))
	w.add(taskLog, 129, e.Time+second/500, "S-1-5-18", "TaskName", t.Path, "Path", p.File.Path, "ProcessID", p.PID, "Priority", uint32(16384)).ProcessID = w.device.schedule.PID
	w.add(taskLog, 100, e.Time+second/400, "S-1-5-18", "TaskName", t.Path, "UserContext", user(p.Account), "InstanceId", instance).ProcessID = w.device.schedule.PID
	w.add(taskLog, 200, e.Time+second/300, "S-1-5-18", "TaskName", t.Path, "ActionName", p.File.Path, "TaskInstanceId", instance, "EnginePID", p.PID).ProcessID = w.device.schedule.PID
	w.add(taskLog, 201, e.Time+20*second, "S-1-5-18", "TaskName", t.Path, "TaskInstanceId", instance, "ActionName", p.File.Path, "ResultCode", uint32(0), "EnginePID", p.PID).ProcessID = w.device.schedule.PID
}

func (w *windowsWriter) sysmon(e *Event) {
	p := e.Process
	head := []any{"RuleName", "-", "UtcTime", utc(e.Time), "ProcessGuid", processGUID(p), "ProcessId", p.PID, "Image", p.File.Path}
	rule := []any{"RuleName", "-", "EventType", "SetValue", "UtcTime", utc(e.Time), "ProcessGuid", processGUID(p), "ProcessId", p.PID, "Image", p.File.Path}
	switch e.Kind {
	case Connection:
		w.add(sysmonLog, 3, e.Time, "S-1-5-18", append(head, "User", user(p.Account), "Protocol", "tcp", "Initiated", true, "SourceIsIpv6", false, "SourceIp", w.device.IP, "SourceHostname", "-", "SourcePort", uint32(50000+e.Time/second%10000), "SourcePortName", "-",
			"DestinationIsIpv6", false, "DestinationIp", e.Remote.IP, "DestinationHostname", dash(e.Remote.URL), "DestinationPort", uint32(e.Remote.Port), "DestinationPortName", "-")...)
	case ImageLoaded:
		signed := e.File.Signer != ""
		status := "Valid"
		if !signed {
			status = "Unavailable"
		}
		w.add(sysmonLog, 7, e.Time, "S-1-5-18", append(head, "ImageLoaded", e.File.Path, "FileVersion", "-", "Description", "-", "Product", "-", "Company", "-", "OriginalFileName", "-", "Hashes", hashes(e.File), "Signed", fmt.Sprint(signed), "Signature", dash(e.File.Signer), "SignatureStatus", status, "User", user(p.Account))...)
	case FileCreated:
		w.add(sysmonLog, 11, e.Time, "S-1-5-18", append(head, "TargetFilename", e.File.Path, "CreationUtcTime", utc(e.Time), "User", user(p.Account))...)
	case RegistrySet:
		w.add(sysmonLog, 13, e.Time, "S-1-5-18", append(rule, "TargetObject", hklm(e.Registry.Key)+`\`+e.Registry.Name, "Details", dash(e.Registry.Data), "User", user(p.Account))...)
	case RegistryValueDeleted:
		rule[3] = "DeleteValue"
		w.add(sysmonLog, 12, e.Time, "S-1-5-18", append(rule, "TargetObject", hklm(e.Registry.Key)+`\`+e.Registry.Name, "User", user(p.Account))...)
	}
}

func utc(ticks int64) string {
	s := evidence.FormatTime(ticks)
	return s[:10] + " " + s[11:23]
}

func hklm(key string) string {
	return strings.Replace(key, "HKEY_LOCAL_MACHINE", "HKLM", 1)
}

func hashes(f *File) string {
	return "SHA1=" + strings.ToUpper(f.SHA1) + ",MD5=" + strings.ToUpper(f.MD5) + ",SHA256=" + strings.ToUpper(f.SHA256)
}

func user(a Account) string {
	return strings.ToUpper(a.Domain) + `\` + a.Name
}

// subject is how Security names an account: SYSTEM is the computer's own.
func subject(d *Device, a Account) string {
	if a.SID == system.SID {
		return strings.ToUpper(strings.SplitN(d.Name, ".", 2)[0]) + "$"
	}
	return a.Name
}

func logonID(a Account) hexNumber {
	if a.SID == system.SID {
		return 0x3e7
	}
	var n uint64 = 0x10000
	for _, c := range a.Name {
		n += uint64(c) * 4099
	}
	return hexNumber(n)
}

func processGUID(p *Process) guidText { return guidText(guid(p.Start, uint64(p.PID))) }

// guid makes a GUID that follows from two numbers.
func guid(a int64, b uint64) string {
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", uint32(a>>24), uint16(a>>8), uint16(a)&0xff, uint16(b>>16), b&0xffffffffffff|uint64(a&0xffff)<<32)
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
