package normalize

import (
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
)

// kibanaColumns are columns of Winlogbeat's events by the names that systemField knows.
var kibanaColumns = map[string]string{
	"winlog.channel": "Channel", "winlog.event_id": "EventID", "winlog.computer_name": "Computer", "winlog.record_id": "EventRecordId",
	"winlog.provider_name": "Provider", "winlog.version": "Version", "winlog.opcode": "", "winlog.task": "",
}

// kibanaRow makes an event of a row that Kibana's Discover saved as CSV: the fields that
// were picked as columns.
func (n *Normalizer) kibanaRow(r *evidence.Record) error {
	var ev evidence.Event
	fields := r.Row.Fields
	for i := range fields {
		f := &fields[i]
		s := f.Value.Text()
		if s == "" || s == "-" || s == "(null)" {
			continue
		}
		if name, ok := strings.CutPrefix(f.Name, "winlog.event_data."); ok {
			ev.Data = append(ev.Data, evidence.Field{Name: name, Value: f.Value})
			continue
		}
		switch f.Name {
		case "@timestamp":
			ev.Time = n.kibanaTime(s)
		case "message":
			ev.Message = s
		case "event.code", "host.name": // if the event's own are not there
		default:
			if name := kibanaColumns[f.Name]; name != "" {
				v := evidence.Value{Kind: evidence.String, Str: withoutCommas(s)}
				if !n.systemField(&ev, name, &v) {
					n.problem("column of Kibana without a place: " + shorten(f.Name))
				}
			} else {
				n.unknown("Kibana", f.Name)
			}
		}
	}
	for i := range fields {
		v := evidence.Value{Kind: evidence.String, Str: withoutCommas(fields[i].Value.Text())}
		switch {
		case fields[i].Name == "event.code" && ev.EventID == 0:
			n.systemField(&ev, "EventID", &v)
		case fields[i].Name == "host.name" && ev.Computer == "":
			ev.Computer = v.Str
		}
	}
	return n.event(r, &ev)
}

// withoutCommas reads a number as Kibana shows it: 4,698.
func withoutCommas(s string) string {
	if strings.Trim(s, "0123456789,") == "" {
		return strings.ReplaceAll(s, ",", "")
	}
	return s
}

// kibanaTime reads a time in ticks, 0 if it is none: ISO 8601, or as Kibana shows it, in
// the zone of who looked at it.
func (n *Normalizer) kibanaTime(s string) int64 {
	if t, ok := ticks.Parse(s); ok {
		if !t.Zoned {
			n.problem(noKibanaZone)
		}
		return t.Ticks
	}
	t, err := time.Parse("Jan 2, 2006 @ 15:04:05", s) // with any fraction
	if err != nil {
		n.problem("@timestamp that is no time")
		return 0
	}
	n.problem(noKibanaZone)
	return t.UnixNano()/100 + evidence.UnixEpoch
}

const noKibanaZone = "time of Kibana's CSV without a zone, read as UTC: it is that of who saved it"
