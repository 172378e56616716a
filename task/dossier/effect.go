package dossier

import (
	"context"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
)

// effect is what a process did to one object.
type effect struct {
	time, created finding.Time // first row, creation of the process
	kind, what    string
	count         int64
	proof         finding.Source
}

// askEffects fetches what the processes did that the tasks started, and the network
// connections and credentials of those that asked, one row per process, kind and object.
func (k *known) askEffects(ctx context.Context, q Querier) error {
	pids := k.pids()
	if len(pids) == 0 {
		return nil
	}
	of := `where DeviceName in~ (` + k.devices.list() + `) and InitiatingProcessId in (` + pids.list() + `)`
	common := `project Timestamp, DeviceName, Table, Kind, What, InitiatingProcessId, InitiatingProcessCreationTime, ReportId`
	return k.each(ctx, q, "effects", `union
(DeviceNetworkEvents | `+of+` | extend Table = "DeviceNetworkEvents", Kind = "network", What = strcat(case(ActionType == "ConnectionSuccess", "connected to ", ActionType == "ConnectionFailed", "failed to connect to ",
    ActionType == "DnsConnectionInspected" or ActionType == "DnsQueryResponse", "asked for the name ", ActionType == "InboundConnectionAccepted", "was connected from ", strcat(ActionType, " ")),
    iff(isnotempty(RemoteIP), strcat(RemoteIP, iff(isnull(RemotePort), "", strcat(":", tostring(RemotePort)))), ""), iff(isnotempty(RemoteUrl), strcat(" ", RemoteUrl), "")) | `+common+`),
(DeviceFileEvents | `+of+` | extend Table = "DeviceFileEvents", Kind = "file", What = strcat(case(ActionType == "FileCreated", "created ", ActionType == "FileDeleted", "deleted ",
    ActionType == "FileModified", "wrote ", ActionType == "FileRenamed", "renamed to ", strcat(ActionType, " ")), FolderPath) | `+common+`),
(DeviceRegistryEvents | `+of+` | extend Key = iff(isempty(RegistryKey), PreviousRegistryKey, RegistryKey), Name = iff(isempty(RegistryValueName), PreviousRegistryValueName, RegistryValueName)
    | extend Table = "DeviceRegistryEvents", Kind = "registry", What = strcat(case(ActionType == "RegistryValueSet", "set ", ActionType == "RegistryValueDeleted", "deleted ",
    ActionType == "RegistryKeyDeleted", "deleted ", ActionType == "RegistryKeyCreated", "created ", strcat(ActionType, " ")), Key, iff(isempty(Name), "", strcat(@"\", Name)),
    iff(isempty(RegistryValueData), "", strcat(" = ", substring(RegistryValueData, 0, 200)))) | `+common+`),
(DeviceImageLoadEvents | `+of+` | extend Table = "DeviceImageLoadEvents", Kind = "image", What = strcat("loaded ", FolderPath) | `+common+`),
(DeviceEvents | `+of+` | where ActionType !startswith "ScheduledTask" and ActionType != "NetworkShareObjectAccessChecked"
    | extend Table = "DeviceEvents", Kind = "other", What = strcat(ActionType, iff(isempty(FileName), "", strcat(" ", FileName)), iff(isempty(RemoteUrl), "", strcat(" ", RemoteUrl))) | `+common+`),
(WindowsEvent | where Channel == "Security" and EventID == 4648 and tolower(Computer) in (`+k.devices.list()+`) | extend InitiatingProcessId = tolong(EventData.ProcessId) | where InitiatingProcessId in (`+pids.list()+`)
    | extend Timestamp = TimeGenerated, DeviceName = Computer, Table = "WindowsEvent, Security 4648", Kind = "credentials", InitiatingProcessCreationTime = datetime(null), ReportId = tolong(EventRecordId),
        What = strcat("used the credentials of ", tostring(EventData.TargetDomainName), @"\", tostring(EventData.TargetUserName), " for ", tostring(EventData.TargetServerName)) | `+common+`)
| summarize Timestamp = min(Timestamp), Rows = count(), ReportId = min(ReportId) by DeviceName, Table, Kind, What, InitiatingProcessId, InitiatingProcessCreationTime`,
		func(t *cell.Row) {
			e := &effect{time: t.Time("Timestamp"), created: t.Time("InitiatingProcessCreationTime"), kind: t.Text("Kind"), what: t.Text("What"), count: t.Int("Rows"),
				proof: finding.Source{Table: t.Text("Table"), Record: t.Text("ReportId")}}
			key := t.Lower("DeviceName") + "|" + decimal(t.Int("InitiatingProcessId"))
			k.effects[key] = append(k.effects[key], e)
		})
}

// effects adds what the life's processes did.
func (l *life) effects(k *known) {
	const perKind = 20 // of one process
	for _, p := range l.ordered() {
		node := l.procs[p]
		role := l.d.Nodes[node].Role
		if p.pid == 0 || role == RoleParent || role == RoleWriter {
			continue
		}
		kept := map[string]int{}
		for _, e := range k.effects[p.device+"|"+decimal(p.pid)] {
			if (role == RoleCreator || role == RolePlanter) && e.kind != "network" && e.kind != "credentials" {
				continue
			}
			confidence, ok := theSame(p, e)
			if !ok {
				continue
			}
			if kept[e.kind]++; kept[e.kind] > perKind || len(l.d.Effects) >= maxEffects {
				l.d.More++
				continue
			}
			l.d.Effects = append(l.d.Effects, finding.Effect{Process: node, Kind: e.kind, What: finding.Shorten(e.what, 600), Count: int(e.count), Time: e.time, Confidence: confidence, Proof: e.proof})
		}
	}
}

// theSame reports whether an effect's process is p: by its creation time where the row
// has it, else by the id within the process's lifetime.
func theSame(p *process, e *effect) (finding.Confidence, bool) {
	if !e.created.IsZero() && !p.created.IsZero() {
		return finding.Certain, near(p.created, e.created)
	}
	d := e.time.Sub(p.created.Time)
	return finding.Likely, p.created.IsZero() || d >= -2*instant && d <= lifetime
}
