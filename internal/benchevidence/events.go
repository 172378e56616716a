package main

import (
	"fmt"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

var programs = []string{
	`C:\Windows\System32\svchost.exe`, `C:\Windows\System32\taskhostw.exe`, `C:\Windows\System32\conhost.exe`, `C:\Windows\System32\cmd.exe`,
	`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, `C:\Windows\System32\RuntimeBroker.exe`, `C:\Windows\System32\backgroundTaskHost.exe`,
	`C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE`, `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
	`C:\Program Files\Google\Chrome\Application\chrome.exe`, `C:\ProgramData\Vendor\Agent\agent.exe`, `C:\Windows\SysWOW64\rundll32.exe`,
	`C:\Program Files (x86)\Google\Update\GoogleUpdate.exe`, `C:\Windows\System32\wbem\WmiPrvSE.exe`, `C:\Windows\System32\dllhost.exe`,
}

var hosts = []string{"update.vendor.example", "telemetry.example.net", "login.corp.example", "cdn-%d.example.org", "mail.corp.example", "api%d.cloud.example"}

// utc is a time as Sysmon writes it.
func utc(ticks int64) string {
	s := evidence.FormatTime(ticks)
	return s[:10] + " " + s[11:23]
}

func base(path string) string { return path[strings.LastIndexByte(path, '\\')+1:] }

func (m *machine) userSID() string {
	return fmt.Sprintf("S-1-5-21-1004336348-1177238915-682003330-%d", 1100+len(m.user)*17)
}

func (m *machine) account() string { return m.domain + `\` + m.user }

func (m *machine) subject(prefix string) {
	m.sid(prefix+"UserSid", m.userSID())
	m.text(prefix+"UserName", m.user)
	m.text(prefix+"DomainName", m.domain)
	m.hex(prefix+"LogonId", 0x2b78cd)
}

// start is Security 4688 and Sysmon 1.
func (m *machine) start() {
	parent := *m.anyProcess()
	m.nextPID = 5000 + (m.nextPID-5000+4)%60000
	p := process{pid: m.nextPID, parent: parent.pid, guid: m.guid(), image: programs[m.rng.IntN(len(programs))], started: m.now}
	p.line = fmt.Sprintf(`"%s" --type=renderer --session %d --client-id=%016x --field-trial-handle=%d,i,%d`, p.image, m.rng.IntN(9), m.rng.Uint64(), m.rng.IntN(9999), m.rng.Uint64N(1<<60))
	if len(m.running) < 400 {
		m.running = append(m.running, p)
	} else {
		m.running[3+m.rng.IntN(len(m.running)-3)] = p
	}
	m.text("RuleName", "-")
	m.text("UtcTime", utc(m.now))
	m.id("ProcessGuid", p.guid)
	m.uint("ProcessId", p.pid)
	m.text("Image", p.image)
	m.text("FileVersion", "10.0.19041.1 (WinBuild.160101.0800)")
	m.text("Description", "Host Process for Windows Tasks")
	m.text("Product", "Microsoft® Windows® Operating System")
	m.text("Company", "Microsoft Corporation")
	m.text("OriginalFileName", base(p.image))
	m.text("CommandLine", p.line)
	m.text("CurrentDirectory", `C:\Windows\system32\`)
	m.text("User", m.account())
	m.id("LogonGuid", parent.guid)
	m.hex("LogonId", 0x2b78cd)
	m.uint("TerminalSessionId", 1)
	m.text("IntegrityLevel", "Medium")
	h := uint64(len(p.image)) * 0x9e3779b97f4a7c15
	m.text("Hashes", fmt.Sprintf("SHA1=%040X,MD5=%032X,SHA256=%064X,IMPHASH=%032X", h, h+1, h+2, h+3))
	m.id("ParentProcessGuid", parent.guid)
	m.uint("ParentProcessId", parent.pid)
	m.text("ParentImage", parent.image)
	m.text("ParentCommandLine", parent.line)
	m.text("ParentUser", m.account())
	m.emit(m.sysmon, 1, 1, 5)

	m.now += 20000
	m.subject("Subject")
	m.hex("NewProcessId", p.pid)
	m.text("NewProcessName", p.image)
	m.text("TokenElevationType", "%%1938")
	m.hex("ProcessId", parent.pid)
	m.text("CommandLine", p.line)
	m.sid("TargetUserSid", "S-1-0-0")
	m.text("TargetUserName", "-")
	m.text("TargetDomainName", "-")
	m.hex("TargetLogonId", 0)
	m.text("ParentProcessName", parent.image)
	m.sid("MandatoryLabel", "S-1-16-8192")
	m.emit(m.security, 4688, 13312, 2)
}

// end is Security 4689 and Sysmon 5.
func (m *machine) end() {
	i := 3 + m.rng.IntN(len(m.running)-3)
	p := m.running[i]
	m.running = append(m.running[:i], m.running[i+1:]...)
	m.subject("Subject")
	m.hex("Status", 0)
	m.hex("ProcessId", p.pid)
	m.text("ProcessName", p.image)
	m.emit(m.security, 4689, 13313, 0)
	m.text("RuleName", "-")
	m.text("UtcTime", utc(m.now))
	m.id("ProcessGuid", p.guid)
	m.uint("ProcessId", p.pid)
	m.text("Image", p.image)
	m.text("User", m.account())
	m.emit(m.sysmon, 5, 5, 3)
}

// logon is Security 4624, 4672 and 4634.
func (m *machine) logon() {
	id := m.rng.Uint64N(1 << 32)
	m.sid("SubjectUserSid", "S-1-0-0")
	m.text("SubjectUserName", "-")
	m.text("SubjectDomainName", "-")
	m.hex("SubjectLogonId", 0)
	m.sid("TargetUserSid", m.userSID())
	m.text("TargetUserName", m.user)
	m.text("TargetDomainName", m.domain)
	m.hex("TargetLogonId", id)
	m.uint("LogonType", 3)
	m.text("LogonProcessName", "Kerberos")
	m.text("AuthenticationPackageName", "Kerberos")
	m.text("WorkstationName", "-")
	m.id("LogonGuid", m.guid())
	m.text("TransmittedServices", "-")
	m.text("LmPackageName", "-")
	m.uint("KeyLength", 0)
	m.hex("ProcessId", 0)
	m.text("ProcessName", "-")
	m.text("IpAddress", fmt.Sprintf("10.%d.%d.%d", m.rng.IntN(4), m.rng.IntN(256), m.rng.IntN(256)))
	m.text("IpPort", fmt.Sprint(49152+m.rng.IntN(16000)))
	m.text("ImpersonationLevel", "%%1833")
	m.text("RestrictedAdminMode", "-")
	m.text("TargetOutboundUserName", "-")
	m.text("TargetOutboundDomainName", "-")
	m.text("VirtualAccount", "%%1843")
	m.hex("TargetLinkedLogonId", 0)
	m.text("ElevatedToken", "%%1842")
	m.emit(m.security, 4624, 12544, 2)
	if m.rng.IntN(4) == 0 {
		m.sid("SubjectUserSid", m.userSID())
		m.text("SubjectUserName", m.user)
		m.text("SubjectDomainName", m.domain)
		m.hex("SubjectLogonId", id)
		m.text("PrivilegeList", "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\tSeDebugPrivilege")
		m.emit(m.security, 4672, 12548, 0)
	}
	m.now += evidence.TicksPerSecond
	m.sid("TargetUserSid", m.userSID())
	m.text("TargetUserName", m.user)
	m.text("TargetDomainName", m.domain)
	m.hex("TargetLogonId", id)
	m.uint("LogonType", 3)
	m.emit(m.security, 4634, 12545, 0)
}

// sysmonHead adds what most events of Sysmon begin with.
func (m *machine) sysmonHead(p *process) {
	m.text("UtcTime", utc(m.now))
	m.id("ProcessGuid", p.guid)
	m.uint("ProcessId", p.pid)
	m.text("Image", p.image)
}

// connect is Security 5156 and Sysmon 3.
func (m *machine) connect() {
	p := m.anyProcess()
	remote, port := fmt.Sprintf("203.0.113.%d", m.rng.IntN(256)), fmt.Sprint(49152+m.rng.IntN(16000))
	m.hex("ProcessID", p.pid)
	m.text("Application", `\device\harddiskvolume3`+strings.ToLower(p.image[2:]))
	m.text("Direction", "%%14593")
	m.text("SourceAddress", "10.1.2.3")
	m.text("SourcePort", port)
	m.text("DestAddress", remote)
	m.text("DestPort", "443")
	m.uint("Protocol", 6)
	m.uint("FilterRTID", 71234)
	m.text("LayerName", "%%14611")
	m.uint("LayerRTID", 48)
	m.sid("RemoteUserID", "S-1-0-0")
	m.sid("RemoteMachineID", "S-1-0-0")
	m.emit(m.security, 5156, 12810, 1)

	m.text("RuleName", "Usermode")
	m.sysmonHead(p)
	m.text("User", m.account())
	m.text("Protocol", "tcp")
	m.add("Initiated", evidence.Value{Kind: evidence.Bool, Num: 1})
	m.add("SourceIsIpv6", evidence.Value{Kind: evidence.Bool})
	m.text("SourceIp", "10.1.2.3")
	m.text("SourceHostname", m.name)
	m.text("SourcePort", port)
	m.text("SourcePortName", "-")
	m.add("DestinationIsIpv6", evidence.Value{Kind: evidence.Bool})
	m.text("DestinationIp", remote)
	m.text("DestinationHostname", "-")
	m.uint("DestinationPort", 443)
	m.text("DestinationPortName", "https")
	m.emit(m.sysmon, 3, 3, 5)
}

// load is Sysmon 7.
func (m *machine) load() {
	p := m.anyProcess()
	m.text("RuleName", "-")
	m.sysmonHead(p)
	n := m.rng.IntN(400)
	m.text("ImageLoaded", fmt.Sprintf(`C:\Windows\System32\api-module-%03d.dll`, n))
	m.text("FileVersion", "10.0.19041.546 (WinBuild.160101.0800)")
	m.text("Description", "Windows Module Library")
	m.text("Product", "Microsoft® Windows® Operating System")
	m.text("Company", "Microsoft Corporation")
	m.text("OriginalFileName", fmt.Sprintf("api-module-%03d.dll", n))
	h := uint64(n) * 0x9e3779b97f4a7c15
	m.text("Hashes", fmt.Sprintf("SHA1=%040X,MD5=%032X,SHA256=%064X,IMPHASH=%032X", h, h+1, h+2, h+3))
	m.text("Signed", "true")
	m.text("Signature", "Microsoft Windows")
	m.text("SignatureStatus", "Valid")
	m.text("User", m.account())
	m.emit(m.sysmon, 7, 7, 3)
}

// write is Sysmon 11.
func (m *machine) write() {
	p := m.anyProcess()
	m.text("RuleName", "-")
	m.sysmonHead(p)
	m.text("TargetFilename", fmt.Sprintf(`C:\Users\%s\AppData\Local\Temp\%08x-%04x.tmp`, m.user, m.rng.Uint32(), m.rng.UintN(1<<16)))
	m.text("CreationUtcTime", utc(m.now))
	m.text("User", m.account())
	m.emit(m.sysmon, 11, 11, 2)
}

// registry is Sysmon 13.
func (m *machine) registry() {
	p := m.anyProcess()
	m.text("RuleName", "-")
	m.text("EventType", "SetValue")
	m.sysmonHead(p)
	m.text("TargetObject", fmt.Sprintf(`HKLM\System\CurrentControlSet\Services\bam\State\UserSettings\%s\entry%d`, m.userSID(), m.rng.IntN(500)))
	m.text("Details", fmt.Sprintf("DWORD (0x%08x)", m.rng.Uint32()))
	m.text("User", m.account())
	m.emit(m.sysmon, 13, 13, 2)
}

// resolve is Sysmon 22.
func (m *machine) resolve() {
	p := m.anyProcess()
	host := hosts[m.rng.IntN(len(hosts))]
	if strings.Contains(host, "%d") {
		host = fmt.Sprintf(host, m.rng.IntN(90))
	}
	m.text("RuleName", "-")
	m.text("UtcTime", utc(m.now))
	m.id("ProcessGuid", p.guid)
	m.uint("ProcessId", p.pid)
	m.text("QueryName", host)
	m.text("QueryStatus", "0")
	m.text("QueryResults", fmt.Sprintf("::ffff:203.0.113.%d;", m.rng.IntN(256)))
	m.text("Image", p.image)
	m.text("User", m.account())
	m.emit(m.sysmon, 22, 22, 5)
}
