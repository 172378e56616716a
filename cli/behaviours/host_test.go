package behaviours

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// day is when all of it happens.
var day = time.Date(2031, 5, 5, 10, 0, 0, 0, time.UTC)

// user is who does it where nothing else is said.
const userSID = "S-1-5-21-4021-7733-9150-1104"

// host is one device with what a way of recording keeps of it.
type host struct {
	name  string
	at    time.Time
	rec   int
	pid   int
	lines []string
	files map[string][]byte
}

func newHost(name string) *host {
	return &host{name: name, at: day, files: map[string][]byte{}, pid: 4000}
}

// wait lets time go by.
func (h *host) wait(d time.Duration) *host { h.at = h.at.Add(d); return h }

// event adds a Windows event; pairs are names and values in turn.
func (h *host) event(channel, provider string, id int, pairs ...any) *host {
	h.rec++
	o := map[string]any{
		"Channel": channel, "SourceName": provider, "Hostname": h.name, "EventID": id, "RecordNumber": h.rec,
		"TimeCreated": h.at.Format("2006-01-02T15:04:05.000Z"), "@timestamp": h.at.Format("2006-01-02T15:04:05.000Z"),
	}
	for i := 0; i < len(pairs); i += 2 {
		o[pairs[i].(string)] = pairs[i+1]
	}
	return h.line(o)
}

// row adds a row of a Defender table, as the streaming API gives it.
func (h *host) row(table string, pairs ...any) *host {
	h.rec++
	p := map[string]any{"Timestamp": h.at.Format("2006-01-02T15:04:05.0000000Z"), "DeviceName": h.name, "DeviceId": "d-" + h.name, "ReportId": h.rec}
	for i := 0; i < len(pairs); i += 2 {
		p[pairs[i].(string)] = pairs[i+1]
	}
	return h.line(map[string]any{"category": "AdvancedHunting-" + table, "time": p["Timestamp"], "properties": p})
}

func (h *host) line(v any) *host {
	b, _ := json.Marshal(v)
	h.lines = append(h.lines, string(b))
	h.at = h.at.Add(time.Second)
	return h
}

func (h *host) security(id int, pairs ...any) *host {
	return h.event("Security", "Microsoft-Windows-Security-Auditing", id, append([]any{
		"SubjectUserSid", userSID, "SubjectUserName", "mira", "SubjectDomainName", "LAB", "SubjectLogonId", "0x4f1a2"}, pairs...)...)
}

func (h *host) sysmon(id int, pairs ...any) *host {
	return h.event("Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", id, append([]any{"UtcTime", h.at.Format("2006-01-02 15:04:05.000")}, pairs...)...)
}

func (h *host) scheduler(id int, pairs ...any) *host {
	return h.event("Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler", id, pairs...)
}

func (h *host) script(text string) *host {
	h.rec++
	return h.event("Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4104,
		"MessageNumber", "1", "MessageTotal", "1", "ScriptBlockText", text, "ScriptBlockId", fmt.Sprintf("0b7c1f80-0000-4000-8000-%012d", h.rec))
}

// process is a start of a program.
type process struct {
	image, line, original, company string
	parent, parentLine             string
	system                         bool
	sha1                           string
}

// The Schedule service as a parent.
const (
	service     = `C:\Windows\System32\svchost.exe`
	serviceLine = `C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`
)

func (p process) whole() process {
	if p.line == "" {
		p.line = p.image
	}
	if p.parent == "" {
		p.parent, p.parentLine = service, serviceLine
	}
	if p.sha1 == "" {
		f := fnv.New128a()
		f.Write([]byte(p.image))
		p.sha1 = fmt.Sprintf("%x00000000", f.Sum(nil))
	}
	return p
}

func base(path string) string { return path[strings.LastIndexByte(path, '\\')+1:] }

// started4688 tells a start as the Security log does, without what it does not know.
func (h *host) started4688(p process) *host {
	p = p.whole()
	h.pid += 4
	pairs := []any{"NewProcessId", fmt.Sprintf("0x%x", h.pid), "NewProcessName", p.image, "ProcessId", "0x4d0", "CommandLine", p.line, "ParentProcessName", p.parent, "TokenElevationType", "%%1938", "MandatoryLabel", "S-1-16-8192"}
	if p.system {
		pairs = append(pairs, "SubjectUserSid", "S-1-5-18", "SubjectUserName", strings.ToUpper(h.name)+"$", "SubjectLogonId", "0x3e7")
	}
	return h.security(4688, pairs...)
}

// guid is a process as Sysmon names it, which no other machine has.
func (h *host) guid(n int) string {
	f := fnv.New32a()
	f.Write([]byte(h.name))
	return fmt.Sprintf("{%08x-0000-0000-%04x-%012d}", f.Sum32(), n, h.pid)
}

// started1 tells a start as Sysmon does.
func (h *host) started1(p process) *host {
	p = p.whole()
	h.pid += 4
	who, level := `LAB\mira`, "Medium"
	if p.system {
		who, level = `NT AUTHORITY\SYSTEM`, "System"
	}
	original := p.original
	if original == "" {
		original = "-"
	}
	return h.sysmon(1, "ProcessGuid", h.guid(1), "ProcessId", h.pid, "Image", p.image, "CommandLine", p.line, "OriginalFileName", original, "Company", p.company, "User", who, "IntegrityLevel", level,
		"Hashes", "SHA1="+strings.ToUpper(p.sha1), "ParentProcessGuid", h.guid(0)[:25]+"000000001232}", "ParentProcessId", 1232, "ParentImage", p.parent, "ParentCommandLine", p.parentLine, "CurrentDirectory", `C:\Windows\system32\`, "LogonId", "0x4f1a2")
}

// startedRow tells a start as Defender does.
func (h *host) startedRow(p process) *host {
	p = p.whole()
	h.pid += 4
	sid, name, level := userSID, "mira", "Medium"
	if p.system {
		sid, name, level = "S-1-5-18", "system", "System"
	}
	return h.row("DeviceProcessEvents", "ActionType", "ProcessCreated", "FileName", base(p.image), "FolderPath", p.image, "ProcessCommandLine", p.line, "ProcessId", h.pid, "ProcessCreationTime", h.at.Format("2006-01-02T15:04:05.0000000Z"),
		"AccountSid", sid, "AccountName", name, "AccountDomain", "lab", "ProcessIntegrityLevel", level, "SHA1", p.sha1, "ProcessVersionInfoOriginalFileName", p.original, "ProcessVersionInfoCompanyName", p.company,
		"InitiatingProcessFileName", base(p.parent), "InitiatingProcessFolderPath", strings.ToLower(p.parent), "InitiatingProcessCommandLine", p.parentLine, "InitiatingProcessId", 1232, "InitiatingProcessAccountName", "system", "InitiatingProcessAccountSid", "S-1-5-18")
}

// tsk is a task's definition.
type tsk struct {
	path, author, uri, date string
	trigger                 string // elements below Triggers
	principal               string // elements below Principal
	settings                string // elements below Settings
	command, args           string
	actions                 string // elements below Actions, where one Exec is not enough
	more                    string // elements below RegistrationInfo
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

const (
	daily   = `<CalendarTrigger><StartBoundary>2031-05-04T03:00:00</StartBoundary><ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger>`
	logon   = `<LogonTrigger><Enabled>true</Enabled></LogonTrigger>`
	asUser  = `<UserId>` + userSID + `</UserId><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel>`
	asLocal = `<UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel>`
)

func (t tsk) whole() tsk {
	if t.trigger == "" {
		t.trigger = daily
	}
	if t.principal == "" {
		t.principal = asUser
	}
	if t.uri == "" {
		t.uri = t.path
	}
	if t.author == "" {
		t.author = `LAB\mira`
	}
	if t.actions == "" {
		t.actions = "<Exec><Command>" + escape(t.command) + "</Command>"
		if t.args != "" {
			t.actions += "<Arguments>" + escape(t.args) + "</Arguments>"
		}
		t.actions += "</Exec>"
	}
	return t
}

func (t tsk) xml() string {
	t = t.whole()
	date := ""
	if t.date != "" {
		date = "<Date>" + t.date + "</Date>"
	}
	return `<?xml version="1.0" encoding="UTF-16"?>` + "\r\n" + `<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><RegistrationInfo>` + date + `<Author>` + escape(t.author) + `</Author>` + t.more +
		`<URI>` + escape(t.uri) + `</URI></RegistrationInfo><Triggers>` + t.trigger + `</Triggers><Principals><Principal id="Author">` + t.principal + `</Principal></Principals><Settings>` + t.settings + `<Enabled>true</Enabled></Settings><Actions Context="Author">` + t.actions + `</Actions></Task>`
}

// here stands for the host's name in what it runs, so that no two hosts run the same.
const here = "@HOST@"

func (t tsk) on(h *host) tsk {
	for _, s := range []*string{&t.path, &t.command, &t.args, &t.actions} {
		*s = strings.ReplaceAll(*s, here, h.name)
	}
	return t
}

// content is how Defender's TaskContent tells one action.
func (t tsk) content() string {
	t = t.whole()
	c := map[string]any{"RegistrationInfo": map[string]any{"Author": t.author, "URI": t.uri}, "Actions": map[string]any{"Exec": map[string]any{"Command": t.command, "Arguments": t.args}}}
	if t.principal == asLocal {
		c["Principals"] = map[string]any{"Principal": map[string]any{"UserId": "S-1-5-18", "RunLevel": "HighestAvailable"}}
	}
	b, _ := json.Marshal(c)
	return string(b)
}

func (h *host) registered4698(t tsk, pairs ...any) *host {
	return h.security(4698, append([]any{"TaskName", t.path, "TaskContent", t.xml(), "ClientProcessId", "2244", "ParentProcessId", "1980", "RpcCallClientLocality", "0", "FQDN", h.name, "ClientProcessStartKey", "11540474045136904"}, pairs...)...)
}

func (h *host) updated4702(t tsk, pairs ...any) *host {
	return h.security(4702, append([]any{"TaskName", t.path, "TaskContentNew", t.xml()}, pairs...)...)
}

// scheduledRow is a row of Defender about a task; without content the product did not send it.
func (h *host) scheduledRow(action string, t tsk, withContent bool, pairs ...any) *host {
	return h.scheduledRowBy("mira", action, t, withContent, pairs...)
}

func (h *host) scheduledRowBy(who, action string, t tsk, withContent bool, pairs ...any) *host {
	fields := map[string]any{"TaskName": t.path, "SubjectUserName": who}
	if withContent {
		fields["TaskContent"] = t.content()
	}
	b, _ := json.Marshal(fields)
	return h.row("DeviceEvents", append([]any{"ActionType", action, "AdditionalFields", string(b), "InitiatingProcessFileName", "svchost.exe", "InitiatingProcessFolderPath", strings.ToLower(service), "InitiatingProcessCommandLine", serviceLine,
		"InitiatingProcessAccountName", "mira", "InitiatingProcessAccountSid", userSID, "InitiatingProcessId", 1232}, pairs...)...)
}

func (h *host) taskFile(t tsk) *host {
	t = t.on(h)
	return h.file(`C/Windows/System32/Tasks`+strings.ReplaceAll(t.path, `\`, "/"), utf16le(t.xml()))
}

func (h *host) file(path string, b []byte) *host { h.files[path] = b; return h }

func utf16le(s string) []byte {
	b := []byte{0xFF, 0xFE}
	for _, c := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

// encoded is what PowerShell takes behind -EncodedCommand.
func encoded(s string) string { return base64.StdEncoding.EncodeToString(utf16le(s)[2:]) }

// write puts the host's evidence into a folder of its own.
func (h *host) write(t *testing.T, dir string) {
	t.Helper()
	dir = filepath.Join(dir, h.name)
	put := func(path string, b []byte) {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for path, b := range h.files {
		put(path, b)
	}
	if len(h.lines) > 0 {
		put("events.jsonl", []byte(strings.ReplaceAll(strings.Join(h.lines, "\n")+"\n", here, h.name)))
	}
}

func jsonText(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// otherTasks starts what the Schedule service starts everywhere. Event 4688 names no
// command line of a parent; by its other children one knows the service.
func (h *host) otherTasks() *host {
	return h.started4688(process{image: `C:\Windows\System32\taskhostw.exe`, line: "taskhostw.exe", system: true})
}
