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
	return k.each(ctx, q, "logons", `DeviceLogonEvents
| where ActionType == "LogonSuccess" and DeviceName in~ (`+k.devices.list()+`)
| where LogonId in (`+or0(ids)+`) or (isnotempty(RemoteIP) and tolower(AccountName) in (`+orNone(accounts)+`))
| project Timestamp, DeviceName, AccountName, LogonId, LogonType, RemoteIP, RemoteDeviceName, ReportId`, func(t *cell.Row) {
		g := &logon{time: t.Time("Timestamp"), device: t.Lower("DeviceName"), account: t.Lower("AccountName"), id: t.Int("LogonId"), kind: t.Text("LogonType"),
			remote: address(t.Text("RemoteIP")), proof: finding.Source{Table: "DeviceLogonEvents", Record: t.Text("ReportId")}}
		k.logons[g.device+"|"+g.account] = append(k.logons[g.device+"|"+g.account], g)
		id := g.device + "|#" + decimal(g.id)
		k.logons[id] = append(k.logons[id], g)
	})
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

// share is one access to a share that the Task Scheduler or its tools use.
type share struct {
	time            finding.Time
	device, account string
	remote          string
	target          string // as \\*\ADMIN$\Temp\x
	kind            string // pipe, read, wrote, deleted
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
| where Channel == "Security" and EventID == 5145 and tolower(Computer) in (`+k.devices.list()+`)
| extend Share = tostring(EventData.ShareName), Target = tostring(EventData.RelativeTargetName), Account = tolower(tostring(EventData.SubjectUserName)),
    RemoteIP = tostring(EventData.IpAddress), Mask = tolong(EventData.AccessMask)
| where Account in (`+accounts.list()+`)
| where Target =~ "atsvc" or Target matches regex @"(?i)(^|\\)(Temp|Tasks)\\"
| project Timestamp = TimeGenerated, Computer, Share, Target, Account, RemoteIP, Mask, EventRecordId`, func(t *cell.Row) {
		s := &share{time: t.Time("Timestamp"), device: t.Lower("Computer"), account: t.Text("Account"), remote: address(t.Text("RemoteIP")),
			target: t.Text("Share") + `\` + t.Text("Target"), kind: "read", proof: finding.Source{Table: "WindowsEvent, Security 5145", Record: t.Text("EventRecordId")}}
		switch mask := t.Int("Mask"); {
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
