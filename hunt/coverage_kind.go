package hunt

import "strings"

// Kind is one kind of evidence: where its rows are and what makes a machine write it.
type Kind struct {
	Name string `json:"name"`
	// Channel and Events select Windows events, when the kind is one.
	Channel string  `json:"channel,omitempty"`
	Events  []int64 `json:"events,omitempty"`
	// Table and Actions select rows of a table by ActionType, when the kind is one;
	// no Actions means any row.
	Table   string   `json:"table,omitempty"`
	Actions []string `json:"actions,omitempty"`
	// Where is a KQL condition on the rows of Table, "" for all.
	Where string `json:"where,omitempty"`
	// Enable is what turns the evidence on.
	Enable string `json:"enable"`
	// Audit is the subcategory of the audit policy that writes the events, "" for none.
	Audit string `json:"audit,omitempty"`
	// Connector is Sentinel's data connector that brings the kind.
	Connector string `json:"connector,omitempty"`
}

// Connectors of Sentinel.
const (
	securityConnector = "WindowsSecurityEvents"
	eventConnector    = "WindowsForwardedEvents"
	defenderConnector = "MicrosoftThreatProtection"
)

// Kinds are the kinds of evidence that rules name in their needs.
var Kinds = []Kind{
	{Name: "security-task", Audit: "Other Object Access Events", Connector: securityConnector, Channel: "Security", Events: []int64{4698, 4699, 4700, 4701, 4702},
		Enable: `auditpol /set /subcategory:"Other Object Access Events" /success:enable`},
	{Name: "security-process", Audit: "Process Creation", Connector: securityConnector, Channel: "Security", Events: []int64{4688},
		Enable: `auditpol /set /subcategory:"Process Creation" /success:enable, and the policy "Include command line in process creation events"`},
	{Name: "security-share", Audit: "Detailed File Share", Connector: securityConnector, Channel: "Security", Events: []int64{5145},
		Enable: `auditpol /set /subcategory:"Detailed File Share" /success:enable`},
	{Name: "security-directory", Audit: "Directory Service Changes", Connector: securityConnector, Channel: "Security", Events: []int64{5136},
		Enable: `auditpol /set /subcategory:"Directory Service Changes" /success:enable, on domain controllers`},
	{Name: "security-logon", Audit: "Logon", Connector: securityConnector, Channel: "Security", Events: []int64{4624},
		Enable: `auditpol /set /subcategory:"Logon" /success:enable`},
	{Name: "security-registry", Audit: "Registry", Connector: securityConnector, Channel: "Security", Events: []int64{4657},
		Enable: `auditpol /set /subcategory:"Registry" /success:enable, and an audit entry on the TaskCache key`},
	{Name: "security-policy", Connector: securityConnector, Channel: "Security", Events: []int64{1102, 4719},
		Enable: "written whenever the Security log exists"},
	{Name: "taskscheduler", Connector: eventConnector, Channel: "Microsoft-Windows-TaskScheduler/Operational",
		Events: []int64{100, 102, 106, 107, 108, 110, 118, 119, 129, 140, 141, 142, 200, 201},
		Enable: `wevtutil sl Microsoft-Windows-TaskScheduler/Operational /e:true`},
	{Name: "sysmon-process", Connector: eventConnector, Channel: "Microsoft-Windows-Sysmon/Operational", Events: []int64{1}, Enable: "Sysmon with ProcessCreate"},
	{Name: "sysmon-network", Connector: eventConnector, Channel: "Microsoft-Windows-Sysmon/Operational", Events: []int64{3, 22}, Enable: "Sysmon with NetworkConnect and DnsQuery"},
	{Name: "sysmon-image", Connector: eventConnector, Channel: "Microsoft-Windows-Sysmon/Operational", Events: []int64{7}, Enable: "Sysmon with ImageLoad"},
	{Name: "sysmon-file", Connector: eventConnector, Channel: "Microsoft-Windows-Sysmon/Operational", Events: []int64{11}, Enable: "Sysmon with FileCreate"},
	{Name: "sysmon-registry", Connector: eventConnector, Channel: "Microsoft-Windows-Sysmon/Operational", Events: []int64{12, 13, 14}, Enable: "Sysmon with RegistryEvent for the TaskCache key"},
	{Name: "powershell", Connector: eventConnector, Channel: "Microsoft-Windows-PowerShell/Operational", Events: []int64{4103, 4104},
		Enable: `the policies "Turn on PowerShell Script Block Logging" and "Turn on Module Logging"`},
	{Name: "powershell-classic", Connector: eventConnector, Channel: "Windows PowerShell", Events: []int64{400, 403, 600, 800}, Enable: "written by default"},
	{Name: "defender-task", Connector: defenderConnector, Table: "DeviceEvents",
		Actions: []string{"ScheduledTaskCreated", "ScheduledTaskUpdated", "ScheduledTaskDeleted", "ScheduledTaskEnabled", "ScheduledTaskDisabled"},
		Enable:  "Defender for Endpoint with the audit of Other Object Access Events"},
	{Name: "process", Connector: defenderConnector, Table: "DeviceProcessEvents", Enable: "Defender for Endpoint, Sysmon, or the audit of Process Creation"},
	{Name: "event", Connector: defenderConnector, Table: "DeviceEvents", Enable: "Defender for Endpoint, or the logs that tell of the same"},
	{Name: "logon", Connector: defenderConnector, Table: "DeviceLogonEvents", Enable: "Defender for Endpoint, or the audit of Logon"},
	{Name: "network", Connector: defenderConnector, Table: "DeviceNetworkEvents", Enable: "Defender for Endpoint, or Sysmon with NetworkConnect"},
	{Name: "file", Connector: defenderConnector, Table: "DeviceFileEvents", Enable: "Defender for Endpoint, or Sysmon with FileCreate"},
	{Name: "registry", Connector: defenderConnector, Table: "DeviceRegistryEvents", Enable: "Defender for Endpoint, or Sysmon with RegistryEvent"},
	{Name: "image", Connector: defenderConnector, Table: "DeviceImageLoadEvents", Enable: "Defender for Endpoint, or Sysmon with ImageLoad"},
	{Name: "task-store", Table: "ScheduledTasks", Where: `Store != "Event"`, Enable: `collect C:\Windows\System32\Tasks and the SOFTWARE hive`},
	{Name: "task-event", Table: "ScheduledTaskEvents", Enable: `the Security audit of Other Object Access Events, or the channel Microsoft-Windows-TaskScheduler/Operational`},
}

// kindOf returns a kind by its name, which may be a table's that none of Kinds has.
func kindOf(name string) Kind {
	if k, ok := kindByName(name); ok {
		return k
	}
	k := Kind{Name: name, Table: name, Enable: "an export of the table " + name}
	switch {
	case name == "SecurityEvent":
		k.Connector, k.Enable = securityConnector, k.Enable+", or the Security log"
	case name == "WindowsEvent" || name == "Event":
		k.Connector, k.Enable = eventConnector, k.Enable+", or event logs"
	case strings.HasPrefix(name, "Device"):
		k.Connector = defenderConnector
	}
	return k
}

func kindByName(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
