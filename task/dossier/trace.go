package dossier

import (
	"context"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
)

// clearing is the clearing of a device's Security log.
type clearing struct {
	time finding.Time
	by   string
	row  string
}

// askClearings fetches who cleared the Security log: what it held is lost.
func (k *known) askClearings(ctx context.Context, q Querier) error {
	if len(k.devices) == 0 {
		return nil
	}
	return k.each(ctx, q, "clearings of logs", `DeviceEvents
| where ActionType == "SecurityLogCleared" and DeviceName in~ (`+k.devices.list()+`)
| project Timestamp, DeviceName, AccountName = coalesce(InitiatingProcessAccountName, AccountName), ReportId`, func(t *cell.Row) {
		c := &clearing{time: t.Time("Timestamp"), by: t.Text("AccountName"), row: t.Text("ReportId")}
		device := t.Lower("DeviceName")
		k.cleared[device] = append(k.cleared[device], c)
	})
}

// clearedGap says that the Security log was cleared: before the task's creation, the last
// time, or, where no event tells of its creation, at all.
func (l *life) clearedGap(k *known, device string, created *event) {
	var last *clearing
	for _, c := range k.cleared[device] {
		if created == nil || !c.time.After(created.time.Time) {
			last = c
		}
	}
	if last == nil {
		return
	}
	by := ""
	if last.by != "" {
		by = " by " + last.by
	}
	text := "the Security log" + l.on(device) + " was cleared" + by + " at " + last.time.String()
	if created == nil {
		l.gap(finding.Origin, text+": its creation may have stood there", "")
		return
	}
	l.gap(finding.Origin, text+", "+finding.Human(created.time.Sub(last.time.Time))+" before its creation: what stood there before is not known", "")
}

// ending is the end of a process.
type ending struct {
	time  finding.Time
	file  string
	proof finding.Source
}

// askEnds fetches the ends of the processes, which no table of Defender's has.
func (k *known) askEnds(ctx context.Context, q Querier) error {
	pids := k.pids()
	if len(pids) == 0 {
		return nil
	}
	return k.each(ctx, q, "ends of processes", `WindowsEvent
| where (Channel == "Security" and EventID == 4689 or Channel == "Microsoft-Windows-Sysmon/Operational" and EventID == 5) and tolower(Computer) in (`+k.devices.list()+`)
| extend ProcessId = tolong(EventData.ProcessId)
| where ProcessId in (`+pids.list()+`)
| project Timestamp = TimeGenerated, Computer, Source = iff(EventID == 5, "Sysmon 5", "Security 4689"), ProcessId,
    FileName = extract(@"[^\\]*$", 0, coalesce(tostring(EventData.ProcessName), tostring(EventData.Image))), EventRecordId`, func(t *cell.Row) {
		e := &ending{time: t.Time("Timestamp"), file: t.Lower("FileName"), proof: finding.Source{Table: "WindowsEvent, " + t.Text("Source"), Record: t.Text("EventRecordId")}}
		key := t.Lower("Computer") + "|" + decimal(t.Int("ProcessId"))
		k.ends[key] = append(k.ends[key], e)
	})
}

// pids are the ids of all processes that are known, but the scheduler's.
func (k *known) pids() numbers {
	pids := numbers{}
	for _, list := range k.byPID {
		for _, p := range list {
			if p.pid != 0 && !p.scheduler() {
				pids[p.pid] = true
			}
		}
	}
	return pids
}

// ended returns the first end of a process with the id and the name, from its beginning on.
func (k *known) ended(p *process) *ending {
	if p.pid == 0 || p.created.IsZero() {
		return nil
	}
	for _, e := range k.ends[p.device+"|"+decimal(p.pid)] {
		if e.time.Sub(p.created.Time) >= -instant && (e.file == "" || e.file == strings.ToLower(p.name())) {
			return e
		}
	}
	return nil
}

// ends says when the life's processes ended, and adds the row to what says that they began.
func (l *life) ends(k *known) {
	for _, p := range l.ordered() {
		e := k.ended(p)
		if e == nil {
			continue
		}
		at := l.procs[p]
		l.d.Nodes[at].Ended = e.time
		for i := range l.d.Edges {
			if s := &l.d.Edges[i]; s.To == at && s.Verb == "started" {
				s.Proof = addProof(s.Proof, e.proof)
			}
		}
	}
}
