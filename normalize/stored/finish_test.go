package stored

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/normalize"
)

const (
	guidParent = "{AAAAAAAA-0001-0000-0000-000000000001}"
	guidChild  = "{AAAAAAAA-0002-0000-0000-000000000002}"
	guidOther  = "{AAAAAAAA-0003-0000-0000-000000000003}"
)

// process is a 4688 event.
func created(record uint64, time, pid, path, line, parent, parentPath string) []string {
	return []string{"SubjectUserSid", "S-1-5-18", "SubjectUserName", "WS7$", "SubjectDomainName", "LAB", "SubjectLogonId", "0x3e7",
		"NewProcessId", pid, "NewProcessName", path, "TokenElevationType", "%%1936", "ProcessId", parent, "CommandLine", line,
		"TargetUserSid", "S-1-0-0", "TargetUserName", "-", "TargetDomainName", "-", "TargetLogonId", "0x0", "ParentProcessName", parentPath, "MandatoryLabel", "S-1-16-16384"}
}

func TestEmpty(t *testing.T) {
	c := newCase(t)
	c.finish()
	c.finish()
	c.want("SELECT count(*) FROM DeviceProcessEvents", "0")
}

func TestByGuid(t *testing.T) {
	c := newCase(t)
	// What a process did may come before its start: from another file.
	c.events(
		sysmon(3, 12, "2031-02-03T10:00:05.000Z", "ProcessGuid", guidChild, "ProcessId", "500", "Image", `C:\Temp\Tool.exe`, "User", `LAB\Mira`, "DestinationIp", "203.0.113.9", "DestinationPort", "443"),
		sysmon(11, 13, "2031-02-03T10:00:06.000Z", "ProcessGuid", guidParent, "ProcessId", "400", "Image", `C:\Windows\System32\svchost.exe`, "User", `NT AUTHORITY\SYSTEM`, "TargetFilename", `C:\Windows\System32\Tasks\X`),
	)
	c.events(
		sysmon(1, 11, "2031-02-03T10:00:01.000Z", "ProcessGuid", guidChild, "ProcessId", "500", "Image", `C:\Temp\Tool.exe`, "CommandLine", `"C:\Temp\Tool.exe" -go`,
			"User", `LAB\Mira`, "LogonId", "0x1234", "Hashes", "SHA1=00AA11,SHA256=00BB22", "IntegrityLevel", "High",
			"ParentProcessGuid", guidParent, "ParentProcessId", "400", "ParentImage", `C:\Windows\System32\svchost.exe`, "ParentCommandLine", `C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`),
	)
	for range 2 { // a second run changes nothing
		c.finish()
		c.want("SELECT InitiatingProcessCommandLine; InitiatingProcessSHA1; InitiatingProcessIntegrityLevel; InitiatingProcessParentFileName; InitiatingProcessParentId; InitiatingProcessCreationTime - Timestamp; RemoteIP FROM DeviceNetworkEvents",
			`"Tool.exe" -go | 00aa11 | High | svchost.exe | 400 | -40000000 | 203.0.113.9`)
		// The parent's own start is not in the case; its child tells its command line.
		c.want("SELECT InitiatingProcessCommandLine; InitiatingProcessCreationTime; FolderPath FROM DeviceFileEvents",
			`svchost.exe -k netsvcs -p -s Schedule |  | C:\Windows\System32\Tasks\X`)
		c.want("SELECT count(*) FROM DeviceProcessEvents", "1")
	}
}

func TestByPid(t *testing.T) {
	c := newCase(t)
	c.events(
		security(4608, 1, "2031-02-03T08:00:00Z"),
		security(4688, 2, "2031-02-03T10:00:00Z", created(2, "", "0x1f4", `C:\Windows\explorer.exe`, `C:\Windows\explorer.exe`, "0x190", `C:\Windows\System32\userinit.exe`)...),
		security(4688, 3, "2031-02-03T10:01:00Z", created(3, "", "0x258", `C:\Windows\System32\cmd.exe`, `"C:\Windows\system32\cmd.exe" /c x`, "0x1f4", `C:\Windows\explorer.exe`)...),
		security(4689, 4, "2031-02-03T10:02:00Z", "ProcessId", "0x1f4", "ProcessName", `C:\Windows\explorer.exe`),
		// The id came to another process, whose start is not there.
		security(4688, 5, "2031-02-03T10:03:00Z", created(5, "", "0x259", `C:\b.exe`, `C:\b.exe`, "0x1f4", `C:\Windows\other.exe`)...),
		security(4698, 6, "2031-02-03T10:01:30Z", "SubjectUserName", "mira", "TaskName", `\T`, "TaskContent", "<Task/>", "ClientProcessId", "600", "ParentProcessId", "500"),
		// And after the system started again, nothing of before counts.
		security(4608, 7, "2031-02-03T11:00:00Z"),
		security(4698, 8, "2031-02-03T11:01:30Z", "SubjectUserName", "mira", "TaskName", `\U`, "TaskContent", "<Task/>", "ClientProcessId", "600"),
	)
	c.finish()
	c.want("SELECT ReportId; InitiatingProcessCommandLine; InitiatingProcessParentFileName FROM DeviceProcessEvents ORDER BY ReportId",
		"2 |  | ", "3 | explorer.exe | userinit.exe", "5 |  | ")
	c.want("SELECT ReportId; InitiatingProcessFileName; InitiatingProcessCommandLine; InitiatingProcessParentFileName FROM DeviceEvents ORDER BY ReportId",
		`6 | cmd.exe | "cmd.exe" /c x | explorer.exe`, "8 |  |  | ")
	c.want("SELECT InitiatingProcessCommandLine FROM ScheduledTaskEvents WHERE ReportId = 6", `"cmd.exe" /c x`)
}

func TestMerge(t *testing.T) {
	c := newCase(t)
	c.events(
		security(4688, 2, "2031-02-03T10:00:00.3Z", created(2, "", "0x1f4", `C:\Temp\Tool.exe`, `C:\Temp\Tool.exe -go`, "0x190", `C:\Windows\System32\svchost.exe`)...),
		security(4688, 3, "2031-02-03T10:10:00.3Z", created(3, "", "0x1f4", `C:\Temp\Tool.exe`, `C:\Temp\Tool.exe -again`, "0x190", `C:\Windows\System32\svchost.exe`)...))
	c.events(
		sysmon(1, 11, "2031-02-03T10:00:00.200Z", "ProcessGuid", guidChild, "ProcessId", "500", "Image", `C:\Temp\tool.exe`, "CommandLine", `C:\Temp\Tool.exe -go`,
			"User", `LAB\Mira`, "Hashes", "SHA1=00AA11", "ParentProcessGuid", guidParent, "ParentProcessId", "400", "ParentImage", `C:\Windows\System32\svchost.exe`, "ParentCommandLine", `C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`))
	for range 2 {
		c.finish()
		c.want(`SELECT ReportId; SHA1; ProcessTokenElevation; InitiatingProcessAccountName; "$Origin" FROM DeviceProcessEvents ORDER BY ReportId`,
			"3 |  | TokenElevationTypeDefault | system | security", "11 | 00aa11 | TokenElevationTypeDefault | system | sysmon+security")
		// The other process has the same parent, which Sysmon knows.
		c.want("SELECT InitiatingProcessCommandLine FROM DeviceProcessEvents WHERE ReportId = 3", "svchost.exe -k netsvcs -p -s Schedule")
	}
}

func TestCopies(t *testing.T) {
	c := newCase(t)
	one := security(4698, 6, "2031-02-03T10:01:30.1234567Z", "TaskName", `\T`, "TaskContent", "<Task/>")
	export := security(4698, 6, "2031-02-03T10:01:31Z", "TaskName", `\T`, "TaskContent", "<Task/>")
	export.Computer = "ws7.LAB.example"
	after := security(4698, 6, "2031-03-03T10:01:31Z", "TaskName", `\Later`, "TaskContent", "<Task/>")
	c.events(one)
	c.events(export)
	c.events(after)
	for range 2 {
		c.finish()
		c.want("SELECT TaskName FROM ScheduledTaskEvents ORDER BY Timestamp", `\T`, `\Later`)
		c.want("SELECT count(*) FROM WindowsEvent", "2")
		c.want("SELECT count(*) FROM DeviceEvents", "2")
	}
}

// TestCopiesOfBothKinds has copies of an event that are stored whole and with a header: which
// of them stays does not depend on that, and events without a number are copies only of what
// says the same.
func TestCopiesOfBothKinds(t *testing.T) {
	narrow := security(4698, 6, "2031-02-03T10:01:30.1234567Z", "TaskName", `\T`, "TaskContent", "<Task/>")
	whole := narrow
	whole.Message = "A scheduled task was created."
	unnumbered := security(4698, 0, "2031-02-03T10:05:00Z", "TaskName", `\U`, "TaskContent", "<Task/>")
	other := security(4698, 0, "2031-02-03T10:05:00Z", "TaskName", `\V`, "TaskContent", "<Task/>")
	said := unnumbered
	said.Message = "said"
	for _, test := range []struct {
		name    string
		sources [][]evidence.Event
		want    string
		tasks   []string
	}{
		{"narrow first", [][]evidence.Event{{narrow}, {whole}}, "6 |  | 1", []string{`\T`}},
		{"whole first", [][]evidence.Event{{whole}, {narrow}}, "6 | A scheduled task was created. | 1", []string{`\T`}},
		{"in one source", [][]evidence.Event{{whole, narrow, narrow}}, "6 | A scheduled task was created. | 1", []string{`\T`}},
		{"without a number", [][]evidence.Event{{unnumbered}, {said}, {other}}, " |  | 1\n |  | 3", []string{`\U`, `\V`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCase(t)
			for _, events := range test.sources {
				c.events(events...)
			}
			for range 2 {
				c.finish()
				c.want(`SELECT EventRecordId; RawEventData; "$Source" FROM WindowsEvent ORDER BY "$Source"`, test.want)
				c.want("SELECT TaskName FROM ScheduledTaskEvents ORDER BY 1", test.tasks...)
			}
			// A header of which no event is left goes with them.
			c.want(`SELECT count(*) FROM (SELECT "$Header" FROM "$EventHeader" EXCEPT SELECT "$Header" FROM "$Event")`, "0")
		})
	}
}

// TestEventDevice gives the events of a machine the id that an export knows it by.
func TestEventDevice(t *testing.T) {
	c := newCase(t)
	id := strings.Repeat("d", 40)
	whole := security(4624, 2, "2031-02-03T10:00:01Z", "TargetUserName", "mira")
	whole.Message = "said"
	c.events(security(4624, 1, "2031-02-03T10:00:00Z", "TargetUserName", "mira"), whole)
	c.row("DeviceEvents", "Timestamp", "2031-02-03T10:00:00Z", "DeviceName", "ws7.lab.example", "DeviceId", id, "ActionType", "X", "ReportId", "1")
	c.finish()
	c.want(`SELECT "$DeviceId"; EventRecordId; Computer FROM WindowsEvent ORDER BY EventRecordId`, id+" | 1 | WS7.lab.example", id+" | 2 | WS7.lab.example")
}

func TestScheduler(t *testing.T) {
	task := `<Task><Actions><Exec><Command>%windir%\System32\rundll32.exe</Command><Arguments>C:\x.dll,Run</Arguments></Exec></Actions></Task>`
	svchost := `C:\Windows\System32\svchost.exe`
	for _, test := range []struct {
		name string
		how  string
		more func(c *evidenceCase)
	}{
		{"log", "log", func(c *evidenceCase) {
			e := scheduler(100, 1, "2031-02-03T09:00:00Z", "TaskName", `\T`, "UserContext", "S-1-5-18")
			e.ProcessID = 400
			c.events(e)
		}},
		{"process", "process", func(c *evidenceCase) {
			c.events(scheduler(129, 1, "2031-02-03T10:00:00.5Z", "TaskName", `\T`, "Path", "rundll32.exe", "ProcessID", "500"))
		}},
		{"taskhostw", "taskhostw", func(c *evidenceCase) {
			c.events(security(4688, 9, "2031-02-03T09:30:00Z", created(9, "", "0x1f0", `C:\Windows\System32\taskhostw.exe`, `taskhostw.exe`, "0x190", svchost)...))
		}},
		{"action", "action", func(c *evidenceCase) {
			c.events(security(4698, 8, "2031-02-03T09:59:00Z", "TaskName", `\T`, "TaskContent", task))
		}},
		{"nothing", "", func(c *evidenceCase) {}},
		{"another start of the system", "", func(c *evidenceCase) {
			c.events(security(4688, 9, "2031-02-03T07:30:00Z", created(9, "", "0x1f0", `C:\Windows\System32\taskhostw.exe`, `taskhostw.exe`, "0x190", svchost)...),
				security(4608, 10, "2031-02-03T08:00:00Z"))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCase(t)
			c.events(security(4688, 2, "2031-02-03T10:00:00Z", created(2, "", "0x1f4", `C:\Windows\System32\rundll32.exe`, `C:\Windows\System32\rundll32.exe C:\x.dll,Run`, "0x190", svchost)...))
			test.more(c)
			for range 2 {
				c.finish()
				want := `svchost.exe -k netsvcs -p -s Schedule | ` + test.how
				if test.how == "" {
					want = " | "
				}
				c.want("SELECT InitiatingProcessCommandLine; json_extract_string(AdditionalFields, '$.ScheduleService') FROM DeviceProcessEvents WHERE ReportId = 2", want)
			}
		})
	}
}

func TestTaskRows(t *testing.T) {
	c := newCase(t)
	c.events(
		scheduler(106, 1, "2031-02-03T10:00:00Z", "TaskName", `\Told`, "UserContext", `LAB\mira`),
		scheduler(106, 2, "2031-02-03T10:00:00Z", "TaskName", `\Alone`, "UserContext", `LAB\mira`),
		scheduler(141, 3, "2031-02-03T10:05:00Z", "TaskName", `\Alone`, "UserName", `LAB\mira`),
		scheduler(200, 4, "2031-02-03T10:02:00Z", "TaskName", `\Alone`, "ActionName", "x.exe", "TaskInstanceId", guidOther))
	c.finish()
	c.want("SELECT ActionType; json_extract_string(AdditionalFields, '$.TaskName'); InitiatingProcessAccountName FROM DeviceEvents ORDER BY ReportId",
		`ScheduledTaskCreated | \Told | mira`, `ScheduledTaskCreated | \Alone | mira`, `ScheduledTaskDeleted | \Alone | mira`)
	// The security log comes later and says it better.
	c.events(security(4698, 8, "2031-02-03T10:00:00.1Z", "TaskName", `\Told`, "TaskContent", "<Task/>", "SubjectUserName", "mira"))
	c.finish()
	c.want(`SELECT json_extract_string(AdditionalFields, '$.TaskName'); "$Origin" FROM DeviceEvents WHERE ActionType = 'ScheduledTaskCreated' ORDER BY 1`,
		`\Alone | taskscheduler`, `\Told | security`)
	c.want("SELECT count(*) FROM ScheduledTaskEvents", "5")
}

func TestLogons(t *testing.T) {
	c := newCase(t)
	c.events(
		security(4624, 1, "2031-02-03T10:00:00Z", "TargetUserSid", "S-1-5-21-1-2-3-1001", "TargetUserName", "Mira", "TargetDomainName", "LAB", "TargetLogonId", "0x00000000000abc", "LogonType", "3"),
		security(4672, 2, "2031-02-03T10:00:00Z", "SubjectUserSid", "S-1-5-21-1-2-3-1001", "SubjectLogonId", "0xabc"),
		security(4624, 3, "2031-02-03T10:00:01Z", "TargetUserName", "guest", "TargetDomainName", "LAB", "TargetLogonId", "0xabd", "LogonType", "3"),
		sysmon(1, 11, "2031-02-03T10:00:02.000Z", "ProcessGuid", guidChild, "ProcessId", "500", "Image", `C:\t.exe`, "User", `LAB\Mira`))
	c.finish()
	c.want("SELECT AccountName; IsLocalAdmin FROM DeviceLogonEvents ORDER BY ReportId", "mira | true", "guest | ")
	c.want("SELECT AccountSid FROM DeviceProcessEvents", "S-1-5-21-1-2-3-1001")
}

func TestServices(t *testing.T) {
	c := newCase(t)
	a := event("Service Control Manager", "System", 7045, 1, "2031-02-03T10:00:00Z", "ServiceName", "One", "ImagePath", `"C:\One Dir\o.exe" -k`, "StartType", "auto start")
	b := event("Service Control Manager", "System", 7045, 2, "2031-02-03T10:00:00Z", "ServiceName", "Two", "ImagePath", `C:\t.exe`)
	c.events(a, b, security(4697, 3, "2031-02-03T10:00:01Z", "ServiceName", "Two", "ServiceFileName", `C:\t.exe`))
	c.finish()
	c.want(`SELECT FolderPath; "$Origin" FROM DeviceEvents ORDER BY FolderPath`, `C:\One Dir\o.exe | system`, `C:\t.exe | security`)
}

// TestTwins has a process twice, in Sysmon's log and as a row of Defender: what the process did
// finds it by the id that Sysmon gave it, and knows what either knows.
func TestTwins(t *testing.T) {
	c := newCase(t)
	c.row("DeviceProcessEvents", "Timestamp", "2031-02-03T10:00:01.1Z", "DeviceName", "ws7.lab.example", "DeviceId", strings.Repeat("d", 40), "ActionType", "ProcessCreated",
		"FileName", "Tool.exe", "FolderPath", `C:\Temp\Tool.exe`, "ProcessId", "500", "ProcessCommandLine", "Tool.exe -go", "ProcessCreationTime", "2031-02-03T10:00:01.1Z",
		"ProcessTokenElevation", "TokenElevationTypeFull", "FileSize", "4711", "AccountName", "mira", "AccountDomain", "lab", "AccountSid", "S-1-5-21-1-2-3-1001")
	c.events(
		sysmon(1, 11, "2031-02-03T10:00:01.000Z", "ProcessGuid", guidChild, "ProcessId", "500", "Image", `C:\Temp\Tool.exe`, "CommandLine", `C:\Temp\Tool.exe -go`, "Hashes", "SHA1=00AA11", "User", `LAB\mira`),
		sysmon(11, 12, "2031-02-03T10:00:02.000Z", "ProcessGuid", guidChild, "Image", `C:\Temp\Tool.exe`, "TargetFilename", `C:\x.txt`))
	c.finish()
	c.want(`SELECT "$Origin" FROM DeviceProcessEvents`, "exported")
	c.want("SELECT InitiatingProcessSHA1; InitiatingProcessTokenElevation; InitiatingProcessFileSize; InitiatingProcessAccountName; InitiatingProcessAccountSid FROM DeviceFileEvents",
		"00aa11 | TokenElevationTypeFull | 4711 | mira | S-1-5-21-1-2-3-1001")
}

func TestTargets(t *testing.T) {
	c := newCase(t)
	c.events(
		sysmon(10, 12, "2031-02-03T10:00:05.000Z", "SourceProcessGUID", guidOther, "SourceProcessId", "700", "SourceImage", `C:\a.exe`,
			"TargetProcessGUID", guidChild, "TargetProcessId", "500", "TargetImage", `C:\Temp\Tool.exe`, "GrantedAccess", "0x1410"),
		sysmon(1, 11, "2031-02-03T10:00:01.000Z", "ProcessGuid", guidChild, "ProcessId", "500", "Image", `C:\Temp\Tool.exe`, "CommandLine", `"C:\Temp\Tool.exe" -go`, "Hashes", "SHA1=00AA11"))
	c.finish()
	c.want("SELECT ProcessCommandLine; SHA1; InitiatingProcessFolderPath; json_extract_string(AdditionalFields, '$.DesiredAccess') FROM DeviceEvents", `"Tool.exe" -go | 00aa11 | c:\a.exe | 5136`)
}

func TestDevices(t *testing.T) {
	c := newCase(t)
	short := security(4698, 6, "2031-02-03T10:01:30Z", "TaskName", `\Short`, "TaskContent", "<Task/>")
	short.Computer = "WS7"
	other := security(4698, 7, "2031-02-03T10:01:30Z", "TaskName", `\Other`, "TaskContent", "<Task/>")
	other.Computer = "WS8"
	c.events(short, other, security(4698, 8, "2031-02-03T10:01:30Z", "TaskName", `\Full`, "TaskContent", "<Task/>"))
	for range 2 {
		c.finish()
		c.want("SELECT TaskName; DeviceName; DeviceId = sha1(DeviceName) FROM ScheduledTaskEvents ORDER BY ReportId",
			`\Short | ws7.lab.example | true`, `\Other | ws8 | true`, `\Full | ws7.lab.example | true`)
	}
}

// TestOrder feeds the same events in order, backwards from a file each, and backwards
// with the second stage after each: the same rows come out.
func TestOrder(t *testing.T) {
	svchost := `C:\Windows\System32\SvcHost.exe`
	events := []evidence.Event{
		security(4608, 1, "2031-02-03T08:00:00Z"),
		sysmon(1, 10, "2031-02-03T09:00:00.000Z", "ProcessGuid", guidOther, "ProcessId", "300", "Image", `C:\Windows\explorer.exe`, "CommandLine", `C:\Windows\explorer.exe`, "User", `LAB\Mira`, "LogonId", "0x1234", "Company", "Maker"),
		sysmon(1, 11, "2031-02-03T10:00:00.000Z", "ProcessGuid", guidParent, "ProcessId", "400", "Image", svchost, "CommandLine", svchost+" -k netsvcs -p -s Schedule", "User", `NT AUTHORITY\SYSTEM`,
			"LogonId", "0x3e7", "Hashes", "SHA1=AA,MD5=BB", "IntegrityLevel", "System", "TerminalSessionId", "0", "ParentProcessGuid", guidOther, "ParentProcessId", "300", "ParentImage", `C:\Windows\Explorer.EXE`, "ParentCommandLine", `C:\Windows\explorer.exe`),
		security(4688, 2, "2031-02-03T10:00:00.0100000Z", created(2, "", "0x190", svchost, svchost+" -k netsvcs -p -s Schedule", "0x12c", `C:\Windows\explorer.exe`)...),
		sysmon(1, 12, "2031-02-03T10:00:01.000Z", "ProcessGuid", guidChild, "ProcessId", "500", "Image", `C:\Temp\Tool.exe`, "CommandLine", `"C:\Temp\Tool.exe" -go`,
			"User", `LAB\Mira`, "LogonId", "0x1234", "Hashes", "SHA1=00AA11", "ParentProcessGuid", guidParent, "ParentProcessId", "400", "ParentImage", svchost, "ParentCommandLine", svchost+" -k netsvcs -p -s Schedule"),
		sysmon(3, 13, "2031-02-03T10:00:05.000Z", "ProcessGuid", guidChild, "ProcessId", "500", "Image", `C:\Temp\Tool.exe`, "User", `LAB\Mira`, "DestinationIp", "203.0.113.9", "DestinationPort", "443"),
		sysmon(11, 14, "2031-02-03T10:00:06.000Z", "ProcessGuid", guidParent, "ProcessId", "400", "Image", svchost, "TargetFilename", `C:\Windows\System32\Tasks\X`),
		sysmon(13, 15, "2031-02-03T10:00:06.000Z", "ProcessGuid", guidParent, "ProcessId", "400", "Image", svchost, "EventType", "SetValue", "TargetObject", `HKLM\X\Y`, "Details", "z"),
		security(4624, 3, "2031-02-03T09:00:00Z", "TargetUserSid", "S-1-5-21-1-2-3-1001", "TargetUserName", "Mira", "TargetDomainName", "LAB", "TargetLogonId", "0x1234", "LogonType", "2"),
		security(4698, 4, "2031-02-03T10:00:07Z", "SubjectUserName", "mira", "SubjectDomainName", "LAB", "TaskName", `\T`, "TaskContent", "<Task><Actions><Exec><Command>a.exe</Command></Exec></Actions></Task>", "ClientProcessId", "500", "ParentProcessId", "400"),
		security(5156, 5, "2031-02-03T10:00:08Z", "ProcessID", "500", "Application", `\device\harddiskvolume2\temp\tool.exe`, "Direction", "%%14593", "DestAddress", "203.0.113.1"),
		security(4688, 6, "2031-02-03T10:10:00Z", created(6, "", "0x258", `C:\c.exe`, `C:\c.exe`, "0x1f4", `C:\Temp\Tool.exe`)...),
	}
	all := func(c *evidenceCase) string {
		var b strings.Builder
		for _, table := range normalize.Tables() {
			if c.cat.Table(table.Name) == nil && (table.Column("InitiatingProcessId") != nil || table.Hidden.Index("$Header") >= 0) {
				continue // read with the table that it is a part of
			}
			var columns []string
			for _, col := range table.Stored() {
				if col.Name != "$Source" && col.Name != "$Offset" && col.Name != "$Key" && col.Name != "SourceOffset" {
					columns = append(columns, `"`+col.Name+`"`)
				}
			}
			b.WriteString(table.Name + "\n" + c.query("SELECT "+strings.Join(columns, "; ")+` FROM "`+table.Name+`" ORDER BY ALL`) + "\n")
		}
		return b.String()
	}
	one := newCase(t)
	one.events(events...)
	one.finish()
	want := all(one)
	for _, always := range []bool{false, true} {
		c := newCase(t)
		for i := range events {
			c.events(events[len(events)-1-i])
			if always {
				c.finish()
			}
		}
		c.finish()
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(all(c), "\n")); diff != "" {
			t.Errorf("second stage after each %v: %s", always, diff)
		}
	}
}
