package hunt

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Sight says how much of what a rule lives on a case holds.
type Sight string

const (
	Runnable Sight = "runnable" // every need is met
	Partial  Sight = "partial"  // some needs are met
	Blind    Sight = "blind"    // no need is met: no rows mean nothing
	Unknown  Sight = "unknown"  // the rule doesn't say what it needs, or the case couldn't be asked
)

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

func kindByName(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Coverage says which evidence the case held, per device.
type Coverage struct {
	Devices []DeviceCoverage `json:"devices"`
	// Hunts say on how many devices each hunt can see.
	Hunts []HuntCoverage `json:"hunts,omitempty"`
	// Lacks are what devices don't have though hunts live on it, the most telling first.
	Lacks []Lack `json:"lacks,omitempty"`
	// Logs, Cleared and Definitions are what the logs hold and lack.
	Logs        []Log      `json:"logs,omitempty"`
	Cleared     []Clearing `json:"cleared,omitempty"`
	Definitions []Fill     `json:"definitions,omitempty"`
	// Err says why the case couldn't be asked, "" if it could.
	Err string `json:"error,omitempty"`
}

// DeviceCoverage is the evidence of one device.
type DeviceCoverage struct {
	Device string         `json:"device"`
	First  finding.Time   `json:"first"`
	Last   finding.Time   `json:"last"`
	Kinds  map[string]int `json:"kinds"` // kind -> rows
	Tables map[string]int `json:"tables"`
	// Sights say for each hunt, by its id, whether it can see on the device.
	Sights map[string]Sight `json:"sights,omitempty"`
}

// Has reports whether any device has rows of a kind.
func (c *Coverage) Has(kind string) bool {
	for i := range c.Devices {
		if c.Devices[i].Kinds[kind] > 0 {
			return true
		}
	}
	return false
}

// Blind returns the devices that have no row of any of the kinds, sorted.
func (c *Coverage) Blind(kinds []string) []string {
	var out []string
	for _, d := range c.Devices {
		n := 0
		for _, k := range kinds {
			n += d.Kinds[k]
		}
		if n == 0 {
			out = append(out, d.Device)
		}
	}
	return out
}

// sight judges one rule by the coverage.
func (c *Coverage) sight(r *Rule) (Sight, []string) {
	needs := r.needs()
	if c.Err != "" || len(needs) == 0 {
		return Unknown, nil
	}
	met := 0
	var missing []string
	for _, n := range needs {
		have := false
		var enable []string
		for _, name := range n.Any {
			have = have || c.Has(name)
			if k, ok := kindByName(name); ok {
				enable = append(enable, k.Enable)
			}
		}
		if have {
			met++
			if blind := c.Blind(n.Any); len(blind) > 0 {
				missing = append(missing, fmt.Sprintf("%s: %d of %d devices have none (%s)", n.For, len(blind), len(c.Devices), abridge(blind, 5)))
			}
			continue
		}
		missing = append(missing, fmt.Sprintf("%s: none of %s in the case; to have it: %s", n.For, strings.Join(n.Any, ", "), strings.Join(enable, "; or ")))
	}
	switch {
	case met == len(needs):
		return Runnable, missing
	case met == 0:
		return Blind, missing
	}
	return Partial, missing
}

// needsOf derives what a rule lives on from the tables that its author lists, as far
// as they are among the kinds.
func needsOf(tables []string) []Need {
	var out []Need
	for _, t := range tables {
		for _, k := range Kinds {
			if k.Table == t && len(k.Actions) == 0 {
				out = append(out, Need{For: "rows of " + t, Any: []string{k.Name}})
			}
		}
	}
	return out
}

// abridge joins at most n names and says how many more there are.
func abridge(names []string, n int) string {
	shown := slices.Clone(names[:min(n, len(names))])
	for i, name := range shown {
		if name == "" {
			shown[i] = "what names no device"
		}
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// eventsQuery counts the raw Windows events by device, channel and id.
const eventsQuery = `WindowsEvent
| summarize Rows = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by Computer, Channel, EventID`

// tableQuery counts the rows of a table by device and, where it has one, ActionType.
func tableQuery(k Kind) string {
	table := k.Table
	if k.Where != "" {
		table += "\n| where " + k.Where
	}
	if len(k.Actions) == 0 {
		return table + "\n| summarize Rows = count(), First = min(Timestamp), Last = max(Timestamp) by DeviceName"
	}
	quoted := make([]string, len(k.Actions))
	for i, a := range k.Actions {
		quoted[i] = `"` + a + `"`
	}
	return table + "\n| where ActionType in (" + strings.Join(quoted, ", ") + ")\n" +
		"| summarize Rows = count(), First = min(Timestamp), Last = max(Timestamp) by DeviceName"
}

// survey asks the case what evidence it holds.
func survey(ctx context.Context, q Querier) Coverage {
	var c Coverage
	devices := map[string]*DeviceCoverage{}
	device := func(name string) *DeviceCoverage {
		name = strings.ToLower(name)
		d := devices[name]
		if d == nil {
			d = &DeviceCoverage{Device: name, Kinds: map[string]int{}, Tables: map[string]int{}}
			devices[name] = d
		}
		return d
	}
	var failed []string
	schema, rows, _, err := q.Query(ctx, "coverage: WindowsEvent", eventsQuery)
	if err != nil {
		failed = append(failed, "WindowsEvent: "+err.Error())
	}
	for _, row := range rows {
		g := newReader(&Rule{}, schema)
		g.Cells = row
		d := device(cell.Plain(g.named("Computer")))
		n := int(g.named("Rows").Int)
		d.span(g.named("First"), g.named("Last"))
		channel, id := cell.Plain(g.named("Channel")), eventID(g.named("EventID"))
		d.Tables[channel] += n
		for _, k := range Kinds {
			if k.Channel != "" && strings.EqualFold(k.Channel, channel) && containsID(k.Events, id) {
				d.Kinds[k.Name] += n
			}
		}
	}
	for _, k := range Kinds {
		if k.Table == "" || ctx.Err() != nil {
			continue
		}
		schema, rows, _, err := q.Query(ctx, "coverage: "+k.Name, tableQuery(k))
		if err != nil {
			failed = append(failed, k.Table+": "+err.Error())
			continue
		}
		for _, row := range rows {
			g := newReader(&Rule{}, schema)
			g.Cells = row
			d := device(cell.Plain(g.named("DeviceName")))
			n := int(g.named("Rows").Int)
			d.Kinds[k.Name] += n
			d.Tables[k.Table] += n
			if k.Name == "task-store" {
				continue // its rows carry the time of the copy, not of what happened
			}
			d.span(g.named("First"), g.named("Last"))
		}
	}
	for _, d := range devices {
		c.Devices = append(c.Devices, *d)
	}
	sort.Slice(c.Devices, func(i, j int) bool { return c.Devices[i].Device < c.Devices[j].Device })
	c.Err = strings.Join(failed, "; ")
	return c
}

// span widens the device's time span.
func (d *DeviceCoverage) span(first, last types.Value) {
	if !first.Null && first.Type == types.DateTime {
		if t := finding.FromTicks(first.Int); d.First.IsZero() || t.Before(d.First.Time) {
			d.First = t
		}
	}
	if !last.Null && last.Type == types.DateTime {
		if t := finding.FromTicks(last.Int); t.After(d.Last.Time) {
			d.Last = t
		}
	}
}

// named returns the row's value of a column by its exact name.
func (r *reader) named(column string) types.Value {
	if i, ok := r.byName[column]; ok && i < len(r.Cells) {
		return r.Cells[i]
	}
	return types.Value{Null: true}
}

func eventID(v types.Value) int64 {
	if v.Type == types.String || v.Type == types.Dynamic {
		var n int64
		fmt.Sscan(cell.Plain(v), &n)
		return n
	}
	return v.Int
}

func containsID(ids []int64, id int64) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}
