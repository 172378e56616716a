package stored

import (
	"strings"
	"testing"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/normalize"
)

func TestSecurityEvent(t *testing.T) {
	c := newCase(t)
	e := security(4698, 6, "2031-02-03T10:01:30.1234567Z", "SubjectUserName", "mira", "SubjectDomainName", "LAB", "TaskName", `\T "x"`, "TaskContent", `<Task a="1">&amp;</Task>`)
	p := security(4688, 7, "2031-02-03T10:01:31Z", created(7, "", "0x1f4", `C:\Temp\Tool.exe`, `C:\Temp\Tool.exe -go`, "0x190", `C:\Windows\System32\svchost.exe`)...)
	l := security(4624, 8, "2031-02-03T10:01:32Z", "SubjectUserName", "-", "TargetUserName", "WS9$", "TargetDomainName", "LAB", "LogonType", "3", "KeyLength", "128", "IpAddress", "192.0.2.7")
	c.events(e, p, l, sysmon(1, 9, "2031-02-03T10:01:33.000Z", "Image", "x"))
	c.want("SELECT EventID; Activity; Account; AccountType; Computer; TimeGenerated; CommandLine; NewProcessId; Process; LogonType; LogonTypeName; KeyLength; IpAddress FROM SecurityEvent ORDER BY EventID",
		`4624 | 4624 - An account was successfully logged on. | LAB\WS9$ | Machine | WS7.lab.example | 640634760920000000 |  |  |  | 3 | 3 - Network | 128 | 192.0.2.7`,
		`4688 | 4688 - A new process has been created. | LAB\WS7$ | Machine | WS7.lab.example | 640634760910000000 | C:\Temp\Tool.exe -go | 0x1f4 | Tool.exe |  |  |  | `,
		`4698 | 4698 - A scheduled task was created. | LAB\mira | User | WS7.lab.example | 640634760901234567 |  |  |  |  |  |  | `)
	c.want("SELECT EventData FROM SecurityEvent ORDER BY EventID", "", "",
		`<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><Data Name="SubjectUserName">mira</Data><Data Name="SubjectDomainName">LAB</Data><Data Name="TaskName">\T "x"</Data><Data Name="TaskContent">&lt;Task a="1"&gt;&amp;amp;&lt;/Task&gt;</Data></EventData>`)
	c.want("SELECT Source; EventLog; EventID FROM Event", "Microsoft-Windows-Sysmon | Microsoft-Windows-Sysmon/Operational | 1")
}

func TestEvent(t *testing.T) {
	c := newCase(t)
	e := event("PowerShell", "Windows PowerShell", 400, 1, "2031-02-03T10:00:00Z", "", "Avail<able", "", "None", `k/~"y`, "v")
	one := event("Any", "Application", 1, 2, "2031-02-03T10:00:01Z", "", "single")
	none := event("Any", "Application", 2, 3, "2031-02-03T10:00:02Z")
	c.events(e, one, none)
	c.want("SELECT EventData; ParameterXml FROM Event ORDER BY TimeGenerated",
		`<DataItem type="System.XmlData" time="" sourceHealthServiceId=""><EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><Data>Avail&lt;able</Data><Data>None</Data><Data Name="k/~&quot;y">v</Data></EventData></DataItem> | <Param>v</Param><Param>Avail&lt;able</Param><Param>None</Param>`,
		`<DataItem type="System.XmlData" time="" sourceHealthServiceId=""><EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><Data>single</Data></EventData></DataItem> | <Param>single</Param>`,
		`<DataItem type="System.XmlData" time="" sourceHealthServiceId=""><EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event"></EventData></DataItem> | `)
}

// TestRoundTrip exports events through the views and reads the rows back as evidence:
// the same tables come out.
func TestRoundTrip(t *testing.T) {
	first := newCase(t)
	first.events(
		security(4698, 6, "2031-02-03T10:01:30.1234567Z", "SubjectUserName", "mira", "SubjectDomainName", "LAB", "TaskName", `\T`, "TaskContent", `<Task><Actions><Exec><Command>a.exe</Command></Exec></Actions></Task>`),
		security(4688, 7, "2031-02-03T10:01:31Z", created(7, "", "0x1f4", `C:\Temp\Tool.exe`, `C:\Temp\Tool.exe -go`, "0x190", `C:\Windows\System32\svchost.exe`)...),
		sysmon(3, 8, "2031-02-03T10:01:33.000Z", "ProcessGuid", guidChild, "ProcessId", "500", "Image", `C:\t.exe`, "DestinationIp", "203.0.113.9"))
	second := newCase(t)
	second.source(func(s evidence.Sink) error {
		for i, table := range []string{"SecurityEvent", "Event"} {
			columns := map[string][]string{
				"SecurityEvent": {"TimeGenerated", "Computer", "EventID", "Channel", "EventSourceName", "Account", "Activity", "EventData", "EventRecordId", "SubjectUserName", "SubjectDomainName", "SubjectUserSid", "SubjectLogonId",
					"NewProcessId", "NewProcessName", "ProcessId", "CommandLine", "ParentProcessName", "TokenElevationType", "MandatoryLabel", "TargetUserSid", "TargetUserName"},
				"Event": {"TimeGenerated", "Computer", "EventID", "EventLog", "Source", "EventData"},
			}[table]
			rows := first.query("SELECT " + strings.Join(columns, "; ") + " FROM " + table)
			for j, row := range strings.Split(rows, "\n") {
				r := evidence.Record{Kind: evidence.KindRow, Offset: int64(10*i + j)}
				r.Row.Table = table
				for k, text := range strings.Split(row, " | ") {
					v := evidence.Value{Kind: evidence.String, Str: text}
					if columns[k] == "TimeGenerated" {
						v.Str = evidence.FormatTime(parse(text))
					}
					r.Row.Fields = append(r.Row.Fields, evidence.Field{Name: columns[k], Value: v})
				}
				if err := s.Record(&r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	first.finish()
	second.finish()
	for _, sql := range []string{
		"SELECT Timestamp; DeviceName; TaskName; Command; AccountName FROM ScheduledTaskEvents",
		"SELECT Timestamp; ActionType; AdditionalFields; InitiatingProcessAccountName FROM DeviceEvents",
		"SELECT Timestamp; FolderPath; ProcessCommandLine; InitiatingProcessFolderPath; ProcessId; AccountSid; ProcessIntegrityLevel; ProcessTokenElevation FROM DeviceProcessEvents",
		"SELECT Timestamp; RemoteIP; InitiatingProcessUniqueId; InitiatingProcessFolderPath FROM DeviceNetworkEvents",
	} {
		want := first.query(sql)
		if got := second.query(sql); got != want || want == "" {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
}

func parse(s string) int64 {
	var n int64
	for _, c := range s {
		n = n*10 + int64(c-'0')
	}
	return n
}

// TestViewColumns checks that views give the columns that they declare.
func TestViewColumns(t *testing.T) {
	c := newCase(t)
	tables, err := c.db.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name := range normalize.Views() {
		if got, want := tables[name].String(), c.cat.Table(name).Stored().String(); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
