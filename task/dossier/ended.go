package dossier

import (
	"context"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
)

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
