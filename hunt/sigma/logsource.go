package sigma

import (
	"fmt"
	"strings"
)

// logsource is the table of a kind of event, and its columns for Sigma's fields.
type logsource struct {
	table   string
	where   []string
	prepare map[string][]string // by column: the operators that make it of what the table writes otherwise
	fields  map[string]string
	raw     bool // fields without a column are in EventData
}

// Fields of Sysmon's process, in every table that says who did it.
var initiating = map[string]string{
	"Image": "InitiatingProcessFolderPath", "CommandLine": "InitiatingProcessCommandLine", "ProcessId": "InitiatingProcessId",
	"User": "User", "Computer": "DeviceName", "ComputerName": "DeviceName",
}

// Accounts with their domain, as events write them.
var (
	user = map[string][]string{
		"User":       {`extend User = iff(isempty(AccountName), "", strcat(AccountDomain, @"\", AccountName))`},
		"ParentUser": {`extend ParentUser = iff(isempty(InitiatingProcessAccountName), "", strcat(InitiatingProcessAccountDomain, @"\", InitiatingProcessAccountName))`},
	}
	initiatingUser = map[string][]string{
		"User": {`extend User = iff(isempty(InitiatingProcessAccountName), "", strcat(InitiatingProcessAccountDomain, @"\", InitiatingProcessAccountName))`},
	}
)

func with(more map[string]string) map[string]string {
	m := map[string]string{}
	for k, v := range initiating {
		m[k] = v
	}
	for k, v := range more {
		m[k] = v
	}
	return m
}

// byCategory are the categories that Sigma has for Windows.
var byCategory = map[string]*logsource{
	"process_creation": {table: "DeviceProcessEvents", where: []string{`ActionType == "ProcessCreated"`}, prepare: user, fields: map[string]string{
		"Image": "FolderPath", "OriginalFileName": "ProcessVersionInfoOriginalFileName", "CommandLine": "ProcessCommandLine",
		"ParentImage": "InitiatingProcessFolderPath", "ParentCommandLine": "InitiatingProcessCommandLine", "User": "User",
		"IntegrityLevel": "ProcessIntegrityLevel", "ProcessId": "ProcessId", "ParentProcessId": "InitiatingProcessId",
		"Company": "ProcessVersionInfoCompanyName", "Product": "ProcessVersionInfoProductName", "Description": "ProcessVersionInfoFileDescription",
		"FileVersion": "ProcessVersionInfoProductVersion", "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256", "ParentUser": "ParentUser",
		"Computer": "DeviceName", "ComputerName": "DeviceName",
	}},
	"network_connection": {table: "DeviceNetworkEvents", prepare: connection, fields: with(map[string]string{
		"Initiated": "Initiated", "DestinationIp": "DestinationIp", "DestinationPort": "DestinationPort", "DestinationHostname": "DestinationHostname",
		"SourceIp": "SourceIp", "SourcePort": "SourcePort", "Protocol": "Protocol"})},
	"file_event":      files("FileCreated"),
	"file_change":     files("FileModified"),
	"file_rename":     files("FileRenamed"),
	"file_delete":     files("FileDeleted"),
	"registry_set":    registry(`ActionType == "RegistryValueSet"`),
	"registry_add":    registry(`ActionType == "RegistryKeyCreated"`),
	"registry_event":  registry(),
	"registry_delete": registry(`ActionType in ("RegistryKeyDeleted", "RegistryValueDeleted")`),
	"image_load":      {table: "DeviceImageLoadEvents", prepare: initiatingUser, fields: with(map[string]string{"ImageLoaded": "FolderPath", "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256"})},
	"ps_script":       channel("Microsoft-Windows-PowerShell/Operational", "EventID == 4104"),
	"ps_module":       channel("Microsoft-Windows-PowerShell/Operational", "EventID == 4103"),

	"ps_classic_start":          channel("Windows PowerShell", "EventID == 400"),
	"ps_classic_provider_start": channel("Windows PowerShell", "EventID == 600"),

	// What only Sysmon tells, by the numbers of its events.
	"process_termination":  sysmon("EventID == 5"),
	"driver_load":          sysmon("EventID == 6"),
	"create_remote_thread": sysmon("EventID == 8"),
	"raw_access_thread":    sysmon("EventID == 9"),
	"process_access":       sysmon("EventID == 10"),
	"create_stream_hash":   sysmon("EventID == 15"),
	"pipe_created":         sysmon("EventID in (17, 18)"),
	"wmi_event":            sysmon("EventID in (19, 20, 21)"),
	"dns_query":            sysmon("EventID == 22"),
	"process_tampering":    sysmon("EventID == 25"),
}

// connection says who began a connection as Sysmon does, and calls that end the source.
var connection = map[string][]string{
	"User":                initiatingUser["User"],
	"Initiated":           {`extend Initiated = iff(` + accepted + `, "false", "true")`},
	"SourceIp":            {`extend SourceIp = iff(` + accepted + `, RemoteIP, LocalIP)`},
	"SourcePort":          {`extend SourcePort = iff(` + accepted + `, RemotePort, LocalPort)`},
	"DestinationIp":       {`extend DestinationIp = iff(` + accepted + `, LocalIP, RemoteIP)`},
	"DestinationPort":     {`extend DestinationPort = iff(` + accepted + `, LocalPort, RemotePort)`},
	"DestinationHostname": {`extend DestinationHostname = iff(` + accepted + `, "", RemoteUrl)`},
}

// accepted is the condition for a connection that another computer began.
const accepted = `ActionType == "InboundConnectionAccepted"`

func sysmon(where string) *logsource { return channel("Microsoft-Windows-Sysmon/Operational", where) }

func files(action string) *logsource {
	return &logsource{table: "DeviceFileEvents", where: []string{`ActionType == "` + action + `"`}, prepare: initiatingUser,
		fields: with(map[string]string{"TargetFilename": "FolderPath", "SourceFilename": "PreviousFolderPath", "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256"})}
}

// registryForm writes a registry event as Sysmon does: the whole path with the short name
// of its hive, what was deleted under its own name, and numbers with their type.
var registryForm = map[string][]string{
	"User": initiatingUser["User"],
	"TargetObject": {
		`extend TargetObject = coalesce(RegistryKey, PreviousRegistryKey), RegistryName = coalesce(RegistryValueName, PreviousRegistryValueName)`,
		`extend TargetObject = replace_strings(iff(isempty(RegistryName), TargetObject, strcat(TargetObject, @"\", RegistryName)), ` +
			`dynamic(["HKEY_LOCAL_MACHINE", "HKEY_USERS", "HKEY_CLASSES_ROOT", "HKEY_CURRENT_USER", @"\ControlSet001\"]), ` +
			`dynamic(["HKLM", "HKU", "HKCR", "HKCU", @"\CurrentControlSet\"]))`,
	},
	"Details": {
		`extend RegistryNumber = tolong(RegistryValueData)`,
		`extend Details = case(RegistryValueType == "Dword" and isnotnull(RegistryNumber), strcat("DWORD (0x", tohex(RegistryNumber, 8), ")"), ` +
			`RegistryValueType == "Qword" and isnotnull(RegistryNumber), strcat("QWORD (0x", tohex(binary_shift_right(RegistryNumber, 32), 8), "-0x", tohex(binary_and(RegistryNumber, 4294967295), 8), ")"), ` +
			`RegistryValueType == "Binary", "Binary Data", ` +
			`ActionType == "RegistryValueSet" and isempty(RegistryValueData), "(Empty)", RegistryValueData)`,
	},
	"EventType": {`extend EventType = case(ActionType == "RegistryValueSet", "SetValue", ActionType == "RegistryKeyCreated", "CreateKey", ` +
		`ActionType == "RegistryKeyDeleted", "DeleteKey", ActionType == "RegistryValueDeleted", "DeleteValue", ActionType)`},
}

func registry(where ...string) *logsource {
	return &logsource{table: "DeviceRegistryEvents", where: where, prepare: registryForm,
		fields: with(map[string]string{"TargetObject": "TargetObject", "Details": "Details", "EventType": "EventType"})}
}

// byService are the logs that Sigma names.
var byService = map[string]string{
	"security": "Security", "system": "System", "application": "Application", "sysmon": "Microsoft-Windows-Sysmon/Operational",
	"taskscheduler": "Microsoft-Windows-TaskScheduler/Operational", "powershell": "Microsoft-Windows-PowerShell/Operational",
	"powershell-classic": "Windows PowerShell", "wmi": "Microsoft-Windows-WMI-Activity/Operational", "bits-client": "Microsoft-Windows-Bits-Client/Operational",
	"windefend": "Microsoft-Windows-Windows Defender/Operational", "ntlm": "Microsoft-Windows-NTLM/Operational",
	"dns-client": "Microsoft-Windows-DNS Client Events/Operational", "codeintegrity-operational": "Microsoft-Windows-CodeIntegrity/Operational",
	"firewall-as":              "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
	"appxdeployment-server":    "Microsoft-Windows-AppXDeploymentServer/Operational",
	"printservice-operational": "Microsoft-Windows-PrintService/Operational", "printservice-admin": "Microsoft-Windows-PrintService/Admin",
	"smbclient-security":                   "Microsoft-Windows-SmbClient/Security",
	"terminalservices-localsessionmanager": "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
}

// channel is a log as Windows keeps it.
func channel(name string, where ...string) *logsource {
	return &logsource{table: "WindowsEvent", where: append([]string{`Channel == "` + name + `"`}, where...), raw: true,
		fields: map[string]string{"EventID": "EventID", "Provider_Name": "Provider", "Computer": "Computer", "ComputerName": "Computer", "Channel": "Channel", "Level": "EventLevel"}}
}

func sourceFor(category, service string) (*logsource, error) {
	if s := byCategory[strings.ToLower(category)]; s != nil {
		return s, nil
	}
	if name := byService[strings.ToLower(service)]; name != "" && category == "" {
		return channel(name), nil
	}
	return nil, fmt.Errorf("no table holds the events of logsource category %q service %q", category, service)
}

// column returns the KQL of a field.
func (s *logsource) column(field string) (string, error) {
	if c := s.fields[field]; c != "" {
		return c, nil
	}
	if s.raw && identifier(field) {
		return "tostring(EventData." + field + ")", nil
	}
	return "", fmt.Errorf("%s has no column for the field %q", s.table, field)
}

func identifier(s string) bool {
	for i, r := range s {
		if r != '_' && !(r >= 'a' && r <= 'z') && !(r >= 'A' && r <= 'Z') && !(i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}
