package simulate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// row is one row of a Defender table.
type row map[string]any

// writeDefender tells the events of Defender devices as the streaming API does:
// one object a line, with the table in "category".
func (f *Fleet) writeDefender(w io.Writer, sees func(*Device) bool) error {
	b := bufio.NewWriterSize(w, 1<<20)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	for i := range f.Events {
		e := &f.Events[i]
		if !sees(e.Device) {
			continue
		}
		table, properties := defenderRow(e)
		if table == "" {
			continue
		}
		properties["Timestamp"] = evidence.FormatTime(e.Time)
		properties["DeviceId"] = e.Device.ID
		properties["DeviceName"] = e.Device.Name
		properties["ReportId"] = i + 1
		properties["MachineGroup"] = "UnassignedGroup"
		err := enc.Encode(map[string]any{
			"Tenant": "DefaultTenant", "category": "AdvancedHunting-" + table, "operationName": "Publish",
			"properties": properties, "tenantId": "6f1a2b3c-0000-4000-8000-0123456789ab", "time": evidence.FormatTime(e.Time + 90*second),
		})
		if err != nil {
			return err
		}
	}
	return b.Flush()
}

// defenderRow says what Defender makes of an event; no table if it sees nothing.
func defenderRow(e *Event) (string, row) {
	switch e.Kind {
	case ProcessCreated:
		r := initiating(e.Process.Parent)
		p := e.Process
		for k, v := range fileColumns(p.File) {
			r[k] = v
		}
		r["ActionType"] = "ProcessCreated"
		r["ProcessId"], r["ProcessCommandLine"], r["ProcessCreationTime"] = p.PID, withoutDirectory(p.CommandLine), evidence.FormatTime(p.Start)
		r["ProcessIntegrityLevel"], r["ProcessTokenElevation"] = p.Integrity, "TokenElevationTypeDefault"
		r["AccountDomain"], r["AccountName"], r["AccountSid"] = p.Account.Domain, p.Account.Name, p.Account.SID
		return "DeviceProcessEvents", r
	case TaskCreated, TaskUpdated, TaskDeleted:
		r := initiating(e.Process)
		r["ActionType"] = map[Kind]string{TaskCreated: "ScheduledTaskCreated", TaskUpdated: "ScheduledTaskUpdated", TaskDeleted: "ScheduledTaskDeleted"}[e.Kind]
		fields := row{"TaskName": e.Task.Path, "SubjectUserName": e.Account.Name, "SubjectDomainName": e.Account.Domain, "SubjectUserSid": e.Account.SID}
		if e.Kind != TaskDeleted {
			fields["TaskContent"] = compact(e.Task.content(e.Device))
		}
		r["AdditionalFields"] = compact(fields)
		delete(r, "InitiatingProcessIntegrityLevel") // which this table has not
		return "DeviceEvents", r
	case Connection:
		r := initiating(e.Process)
		r["ActionType"], r["RemoteIP"], r["RemotePort"], r["RemoteUrl"], r["Protocol"] = "ConnectionSuccess", e.Remote.IP, e.Remote.Port, e.Remote.URL, "Tcp"
		r["LocalIP"], r["LocalPort"], r["RemoteIPType"], r["LocalIPType"] = e.Device.IP, 50000+e.Time/second%10000, "Public", "Private"
		return "DeviceNetworkEvents", r
	case FileCreated, ImageLoaded:
		r := initiating(e.Process)
		for k, v := range fileColumns(e.File) {
			r[k] = v
		}
		if e.Kind == FileCreated {
			r["ActionType"] = "FileCreated"
			return "DeviceFileEvents", r
		}
		r["ActionType"] = "ImageLoaded"
		return "DeviceImageLoadEvents", r
	case RegistrySet, RegistryValueDeleted:
		r := initiating(e.Process)
		r["RegistryKey"], r["RegistryValueName"], r["RegistryValueData"], r["RegistryValueType"] = e.Registry.Key, e.Registry.Name, e.Registry.Data, "String"
		r["ActionType"] = "RegistryValueSet"
		if e.Kind == RegistryValueDeleted {
			r["ActionType"] = "RegistryValueDeleted"
			r["PreviousRegistryKey"], r["PreviousRegistryValueName"] = e.Registry.Key, e.Registry.Name
		}
		return "DeviceRegistryEvents", r
	case Logon:
		r := row{"ActionType": "LogonSuccess", "LogonType": "Interactive", "AccountDomain": e.Account.Domain, "AccountName": e.Account.Name, "AccountSid": e.Account.SID}
		if e.Remote.IP != "" {
			r["LogonType"], r["RemoteIP"] = "Network", e.Remote.IP
		}
		return "DeviceLogonEvents", r
	case ScriptBlock:
		r := initiating(e.Process)
		r["ActionType"], r["AdditionalFields"] = "PowerShellCommand", compact(row{"Command": firstCommand(e.Text)})
		delete(r, "InitiatingProcessIntegrityLevel")
		return "DeviceEvents", r
	}
	return "", nil
}

// initiating gives the columns of the process that did something.
func initiating(p *Process) row {
	r := row{}
	if p == nil {
		return r
	}
	r["InitiatingProcessFileName"] = strings.ToLower(p.Name())
	r["InitiatingProcessFolderPath"] = strings.ToLower(p.File.Path)
	r["InitiatingProcessId"] = p.PID
	r["InitiatingProcessCommandLine"] = withoutDirectory(p.CommandLine)
	r["InitiatingProcessCreationTime"] = evidence.FormatTime(p.Start)
	r["InitiatingProcessSHA1"], r["InitiatingProcessSHA256"], r["InitiatingProcessMD5"] = p.File.SHA1, p.File.SHA256, p.File.MD5
	r["InitiatingProcessFileSize"] = p.File.Size
	r["InitiatingProcessAccountDomain"], r["InitiatingProcessAccountName"], r["InitiatingProcessAccountSid"] = p.Account.Domain, p.Account.Name, p.Account.SID
	r["InitiatingProcessIntegrityLevel"] = p.Integrity
	if p.Parent != nil {
		r["InitiatingProcessParentFileName"], r["InitiatingProcessParentId"] = p.Parent.Name(), p.Parent.PID
		r["InitiatingProcessParentCreationTime"] = evidence.FormatTime(p.Parent.Start)
	}
	return r
}

func fileColumns(f *File) row {
	return row{"FileName": base(f.Path), "FolderPath": f.Path, "SHA1": f.SHA1, "SHA256": f.SHA256, "MD5": f.MD5, "FileSize": f.Size}
}

func compact(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("BUG: %v", err))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// firstCommand is the first cmdlet of a script, which is what Defender keeps.
func firstCommand(text string) string {
	for _, word := range strings.Fields(text) {
		if strings.Contains(word, "-") && !strings.HasPrefix(word, "-") {
			return word
		}
	}
	return text
}

// withoutDirectory is how Defender shows a command line: the program without its
// folder, quotes kept.
func withoutDirectory(line string) string {
	quote := strings.HasPrefix(line, `"`)
	end := strings.IndexByte(strings.TrimPrefix(line, `"`), '"') + 1
	if !quote {
		end = strings.IndexByte(line+" ", ' ')
		if at := strings.Index(strings.ToLower(line), ".exe"); at >= 0 && strings.HasPrefix(line[1:], ":\\") {
			end = at + len(".exe")
		}
	}
	slash := strings.LastIndexByte(line[:end], '\\')
	if slash < 0 {
		return line
	}
	if quote {
		return `"` + line[slash+1:]
	}
	return line[slash+1:]
}
