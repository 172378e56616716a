package dossier

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
)

// logon is one logon to a device.
type logon struct {
	time            finding.Time
	device, account string
	id              int64
	kind            string // Network, Interactive ..
	remote          string // address, "" when the row names none or this device
	port            int64  // there
	proof           finding.Source
}

// The logon sessions that every Windows has: their ids tell nobody apart.
var builtInLogons = map[int64]bool{0: true, 0x3e7: true, 0x3e4: true, 0x3e5: true}

// askLogons fetches the logons whose id an event or process names, and the logons of
// those accounts that came with an address: the logon in which a remote request is
// carried out often names none, and the one that brought the address is its neighbour.
func (k *known) askLogons(ctx context.Context, q Querier) error {
	ids, accounts := numbers{}, set{}
	for _, events := range k.events {
		for _, e := range events {
			if !builtInLogons[e.logonID] {
				ids[e.logonID] = true
				accounts.add(strings.ToLower(e.account))
			}
		}
	}
	for _, l := range k.lives {
		for _, p := range l.f.Processes {
			if p.Role == RoleCreator {
				if own, _ := k.at(p.Device, p.PID, p.Time); own != nil && !builtInLogons[own.logonID] {
					ids[own.logonID] = true
				}
			}
		}
	}
	if len(ids)+len(accounts) == 0 {
		return nil
	}
	err := k.each(ctx, q, "logons", `DeviceLogonEvents
| where ActionType == "LogonSuccess" and DeviceName in~ (`+k.devices.list()+`)
| where LogonId in (`+or0(ids)+`) or (isnotempty(RemoteIP) and tolower(AccountName) in (`+orNone(accounts)+`))
| project Timestamp, DeviceName, AccountName, LogonId, LogonType, RemoteIP, RemotePort, RemoteDeviceName, ReportId`, func(t *cell.Row) {
		g := &logon{time: t.Time("Timestamp"), device: t.Lower("DeviceName"), account: t.Lower("AccountName"), id: t.Int("LogonId"), kind: t.Text("LogonType"),
			remote: address(t.Text("RemoteIP")), port: t.Int("RemotePort"), proof: finding.Source{Table: "DeviceLogonEvents", Record: t.Text("ReportId")}}
		k.logons[g.device+"|"+g.account] = append(k.logons[g.device+"|"+g.account], g)
		id := g.device + "|#" + decimal(g.id)
		k.logons[id] = append(k.logons[id], g)
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	return k.each(ctx, q, "privileges", `WindowsEvent
| where Channel == "Security" and EventID == 4672 and tolower(Computer) in (`+k.devices.list()+`)
| extend LogonId = tolong(EventData.SubjectLogonId)
| where LogonId in (`+ids.list()+`)
| project Timestamp = TimeGenerated, Computer, LogonId, EventRecordId`, func(t *cell.Row) {
		k.rights[t.Lower("Computer")+"|"+decimal(t.Int("LogonId"))] = finding.Source{Table: "WindowsEvent, Security 4672", Record: t.Text("EventRecordId")}
	})
}

// askCarriers fetches the connections by which the logons came, from whichever device of
// the case began them.
func (k *known) askCarriers(ctx context.Context, q Querier) error {
	ports, addresses := numbers{}, set{}
	for _, list := range k.logons {
		for _, g := range list {
			if g.remote != "" && g.port != 0 {
				ports[g.port] = true
				addresses.add(g.remote)
			}
		}
	}
	if len(ports) == 0 {
		return nil
	}
	err := k.each(ctx, q, "connections of logons", `DeviceNetworkEvents
| where ActionType == "ConnectionSuccess" and LocalPort in (`+ports.list()+`) and LocalIP in (`+addresses.list()+`)
| where isnotempty(InitiatingProcessFileName) and InitiatingProcessFileName !startswith "<"
| project Timestamp, DeviceName, LocalIP, LocalPort, InitiatingProcessFileName, InitiatingProcessFolderPath, InitiatingProcessCommandLine, InitiatingProcessId, InitiatingProcessCreationTime, ReportId`, func(t *cell.Row) {
		c := &carrier{time: t.Time("Timestamp"), of: &process{device: t.Lower("DeviceName"), pid: t.Int("InitiatingProcessId"), created: t.Time("InitiatingProcessCreationTime"),
			file: t.Text("InitiatingProcessFileName"), folder: t.Text("InitiatingProcessFolderPath"), line: t.Text("InitiatingProcessCommandLine")}}
		c.of.proof = finding.Source{Table: "DeviceNetworkEvents", Record: t.Text("ReportId")}
		end := address(t.Text("LocalIP")) + "|" + decimal(t.Int("LocalPort"))
		k.carriers[end] = append(k.carriers[end], c)
	})
	if err != nil {
		return err
	}
	a := &ancestry{up: numbers{}, down: numbers{}, askedUp: numbers{}, askedDown: numbers{}}
	for _, list := range k.carriers {
		for _, c := range list {
			if !k.devices[c.of.device] || len(k.byPID[c.of.device+"|"+decimal(c.of.pid)]) == 0 {
				k.devices.add(c.of.device)
				a.up[c.of.pid] = true
			}
		}
	}
	return k.climb(ctx, q, a)
}

// carrier is a connection by which a logon came, with the process that began it.
type carrier struct {
	time finding.Time
	of   *process
}

// carried returns the process of another device by whose connection a logon came: the one
// whose address and port the logon names, at that time; row is that of the connection.
func (k *known) carried(g *logon) (p *process, row finding.Source) {
	const apart = 2 * time.Minute
	var best *carrier
	for _, c := range k.carriers[g.remote+"|"+decimal(g.port)] {
		d := g.time.Sub(c.time.Time).Abs()
		if c.of.device != g.device && d <= apart && (best == nil || d < g.time.Sub(best.time.Time).Abs()) {
			best = c
		}
	}
	if best == nil {
		return nil, row
	}
	p = k.began(best.of.device, best.of.pid, best.of.created)
	if p == nil {
		p, _ = k.at(best.of.device, best.of.pid, best.time)
	}
	if p == nil {
		p = best.of
	}
	return p, best.of.proof
}

func orNone(s set) string {
	if len(s) == 0 {
		return `""`
	}
	return s.list()
}

// address returns an address of another computer, or "".
func address(s string) string {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return ""
	}
	if a = a.Unmap(); a.IsLoopback() || a.IsUnspecified() {
		return ""
	}
	return a.String()
}

// session returns the logon with an id that was there at a moment: the last before it.
func (k *known) session(device string, id int64, t finding.Time) *logon {
	if builtInLogons[id] {
		return nil
	}
	var best *logon
	for _, g := range k.logons[device+"|#"+decimal(id)] {
		if d := t.Sub(g.time.Time); d >= -2*instant && (best == nil || g.time.After(best.time.Time)) {
			best = g
		}
	}
	return best
}

// neighbour returns the logon of the account that came with an address shortly before
// a moment, the nearest one.
func (k *known) neighbour(device, account string, t finding.Time) *logon {
	const before = 10 * time.Second
	var best *logon
	for _, g := range k.logons[device+"|"+strings.ToLower(account)] {
		if d := t.Sub(g.time.Time); g.remote != "" && d >= -instant && d <= before && (best == nil || g.time.After(best.time.Time)) {
			best = g
		}
	}
	return best
}

// piped returns the logon of the account in which the scheduler's pipe was opened shortly
// before a moment, and the row that says so.
func (k *known) piped(device, account string, t finding.Time) (*logon, *share) {
	const before = 10 * time.Second
	for _, s := range k.shares[device+"|"+strings.ToLower(account)] {
		if d := t.Sub(s.time.Time); s.kind == "pipe" && s.logonID != 0 && d >= -instant && d <= before {
			if g := k.session(device, s.logonID, s.time); g != nil && g.remote != "" {
				return g, s
			}
		}
	}
	return nil, nil
}

// share is one access to a share that the Task Scheduler or its tools use.
type share struct {
	time            finding.Time
	device, account string
	remote          string
	logonID         int64
	target          string // as \\*\ADMIN$\Temp\x
	kind            string // pipe, share, read, wrote, deleted
	proof           finding.Source
}

// askShares fetches accesses over the network to the scheduler's pipe and to the
// folders in which remote execution leaves its traces.
func (k *known) askShares(ctx context.Context, q Querier) error {
	accounts := set{}
	for _, events := range k.events {
		for _, e := range events {
			if !builtInLogons[e.logonID] || e.remote {
				accounts.add(strings.ToLower(e.account))
			}
		}
	}
	if len(accounts) == 0 {
		return nil
	}
	return k.each(ctx, q, "shares", `WindowsEvent
| where Channel == "Security" and EventID in (5140, 5145) and `+granted+` and tolower(Computer) in (`+k.devices.list()+`)
| extend Share = tostring(EventData.ShareName), Target = tostring(EventData.RelativeTargetName), Account = tolower(tostring(EventData.SubjectUserName)),
    RemoteIP = tostring(EventData.IpAddress), Mask = tolong(EventData.AccessMask)
| where Account in (`+accounts.list()+`)
| where EventID == 5140 and Share matches regex @"(?i)\\(ADMIN|[A-Z])\$$" or Target =~ "atsvc" or Target matches regex @"(?i)(^|\\)(Temp|Tasks)\\"
| project Timestamp = TimeGenerated, Computer, Share, Target, Account, RemoteIP, Mask, EventID, LogonId = tolong(EventData.SubjectLogonId), EventRecordId`, func(t *cell.Row) {
		s := &share{time: t.Time("Timestamp"), device: t.Lower("Computer"), account: t.Text("Account"), remote: address(t.Text("RemoteIP")),
			logonID: t.Int("LogonId"), target: t.Text("Share") + `\` + t.Text("Target"), kind: "read", proof: finding.Source{Table: "WindowsEvent, Security " + decimal(t.Int("EventID")), Record: t.Text("EventRecordId")}}
		switch mask := t.Int("Mask"); {
		case t.Int("EventID") == 5140:
			s.kind, s.target = "share", t.Text("Share")
		case strings.EqualFold(t.Text("Target"), "atsvc"):
			s.kind = "pipe"
		case mask&0x10000 != 0:
			s.kind = "deleted"
		case mask&0x6 != 0:
			s.kind = "wrote"
		}
		k.shares[s.device+"|"+s.account] = append(k.shares[s.device+"|"+s.account], s)
	})
}
