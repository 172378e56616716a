package sigma

import (
	"fmt"
	"strings"
)

// logsource is the table of a kind of event, and its columns for Sigma's fields.
type logsource struct {
	table  string
	where  []string
	fields map[string]string
	raw    bool // fields without a column are in EventData
}

// Fields of Sysmon's process, in every table that says who did it.
var initiating = map[string]string{
	"Image": "InitiatingProcessFolderPath", "CommandLine": "InitiatingProcessCommandLine", "ProcessId": "InitiatingProcessId",
	"User": "InitiatingProcessAccountName", "Computer": "DeviceName", "ComputerName": "DeviceName",
}

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
	"process_creation": {table: "DeviceProcessEvents", where: []string{`ActionType == "ProcessCreated"`}, fields: map[string]string{
		"Image": "FolderPath", "OriginalFileName": "ProcessVersionInfoOriginalFileName", "CommandLine": "ProcessCommandLine",
		"ParentImage": "InitiatingProcessFolderPath", "ParentCommandLine": "InitiatingProcessCommandLine", "User": "AccountName",
		"IntegrityLevel": "ProcessIntegrityLevel", "ProcessId": "ProcessId", "ParentProcessId": "InitiatingProcessId",
		"Company": "ProcessVersionInfoCompanyName", "Product": "ProcessVersionInfoProductName", "Description": "ProcessVersionInfoFileDescription",
		"FileVersion": "ProcessVersionInfoProductVersion", "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256", "ParentUser": "InitiatingProcessAccountName",
		"GrandParentImage": "InitiatingProcessParentFileName", "Computer": "DeviceName", "ComputerName": "DeviceName",
	}},
	"network_connection": {table: "DeviceNetworkEvents", fields: with(map[string]string{"DestinationIp": "RemoteIP", "DestinationHostname": "RemoteUrl",
		"DestinationPort": "RemotePort", "SourceIp": "LocalIP", "SourcePort": "LocalPort", "Protocol": "Protocol"})},
	"file_event":      files("FileCreated"),
	"file_change":     files("FileModified"),
	"file_rename":     files("FileRenamed"),
	"file_delete":     files("FileDeleted"),
	"registry_set":    registry(`ActionType == "RegistryValueSet"`),
	"registry_add":    registry(`ActionType == "RegistryKeyCreated"`),
	"registry_event":  registry(),
	"registry_delete": registry(`ActionType in ("RegistryKeyDeleted", "RegistryValueDeleted")`),
	"image_load":      {table: "DeviceImageLoadEvents", fields: with(map[string]string{"ImageLoaded": "FolderPath", "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256"})},
	"ps_script":       channel("Microsoft-Windows-PowerShell/Operational", "EventID == 4104"),
	"ps_module":       channel("Microsoft-Windows-PowerShell/Operational", "EventID == 4103"),
}

func files(action string) *logsource {
	return &logsource{table: "DeviceFileEvents", where: []string{`ActionType == "` + action + `"`},
		fields: with(map[string]string{"TargetFilename": "FolderPath", "SourceFilename": "PreviousFolderPath", "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256"})}
}

func registry(where ...string) *logsource {
	return &logsource{table: "DeviceRegistryEvents", where: where,
		fields: with(map[string]string{"TargetObject": `strcat(RegistryKey, @"\", RegistryValueName)`, "Details": "RegistryValueData", "EventType": "ActionType"})}
}

// byService are the logs that Sigma names.
var byService = map[string]string{
	"security": "Security", "system": "System", "application": "Application", "sysmon": "Microsoft-Windows-Sysmon/Operational",
	"taskscheduler": "Microsoft-Windows-TaskScheduler/Operational", "powershell": "Microsoft-Windows-PowerShell/Operational",
	"powershell-classic": "Windows PowerShell", "wmi": "Microsoft-Windows-WMI-Activity/Operational", "bits-client": "Microsoft-Windows-Bits-Client/Operational",
	"windefend": "Microsoft-Windows-Windows Defender/Operational",
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
