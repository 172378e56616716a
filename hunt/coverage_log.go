package hunt

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cell"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// Log is what a case holds of one log of one device, and what is not there of it.
type Log struct {
	Device  string       `json:"device"`
	Channel string       `json:"channel"`
	Records int64        `json:"records"`
	First   finding.Time `json:"first"`
	Last    finding.Time `json:"last"`
	// Missing counts the record ids between the first and the last that no record has.
	Missing int64 `json:"missing,omitempty"`
	// Selection is true if more records are missing than there: the log was filtered
	// when it was exported, and a single gap in it means nothing.
	Selection bool `json:"selection,omitempty"`
	// Gaps are the largest runs of missing record ids, at most maxGaps.
	Gaps []RecordGap `json:"gaps,omitempty"`
	// Silence is the longest time without an event, if it is out of proportion.
	Silence *Silence `json:"silence,omitempty"`
}

// maxGaps bounds the gaps of one log that are named.
const maxGaps = 5

// RecordGap is a run of missing record ids, with the times of the records around it.
type RecordGap struct {
	After   int64        `json:"after"`
	Before  int64        `json:"before"`
	Missing int64        `json:"missing"`
	From    finding.Time `json:"from"`
	To      finding.Time `json:"to"`
}

// Silence is a time without any event in a log, in whole hours.
type Silence struct {
	From  finding.Time `json:"from"`
	To    finding.Time `json:"to"`
	Hours int64        `json:"hours"`
	// Ended says that nothing of the log comes after: To is the last event of the machine's
	// other logs.
	Ended bool `json:"ended,omitempty"`
}

// Clearing is an event that says that a log was cleared.
type Clearing struct {
	Device  string       `json:"device"`
	Channel string       `json:"channel"` // of the log that was cleared
	Time    finding.Time `json:"time"`
	Account string       `json:"account,omitempty"`
}

// Fill says how many of the events that tell of a task's creation or change carry its
// definition.
type Fill struct {
	Source string `json:"source"`
	Events int64  `json:"events"`
	Filled int64  `json:"filled"`
}

// Percent is the share of filled ones.
func (f *Fill) Percent() int64 {
	if f.Events == 0 {
		return 0
	}
	return 100 * f.Filled / f.Events
}

// The questions about logs. Ids are counted by themselves: a log that was given twice
// has no fewer gaps.
const (
	recordsQuery = `WindowsEvent
| where isnotempty(Channel) and isempty(EventOriginId)
| extend Id = tolong(EventRecordId)
| summarize Channel = min(Channel), Records = count(), Ids = count_distinct(Id), Least = min(Id), Greatest = max(Id), First = min(TimeGenerated), Last = max(TimeGenerated)
    by Computer = tolower(Computer), Log = tolower(Channel)`

	gapsQuery = `let Logs = dynamic([%s]);
WindowsEvent
| extend Computer = tolower(Computer), Channel = tolower(Channel)
| where strcat(Computer, "|", Channel) in (Logs) and isempty(EventOriginId)
| extend Id = tolong(EventRecordId)
| where Id > 0
| summarize Time = min(TimeGenerated) by Computer, Channel, Id
| sort by Computer asc, Channel asc, Id asc
| extend After = prev(Id), From = prev(Time), Same = prev(Computer) == Computer and prev(Channel) == Channel
| where Same and Id > After + 1
| extend Missing = Id - After - 1
| partition hint.strategy=native by Channel (top 1000 by Missing desc)
| project Computer, Channel, After, Before = Id, Missing, From, To = Time
| sort by Missing desc`

	// A log is silent to the last event of its machine: one that ends before the others
	// was stopped, or is all that was kept of it.
	silenceQuery = `let Hours = materialize(WindowsEvent
| where isnotempty(Channel) and isnotnull(TimeGenerated)
| summarize by Computer = tolower(Computer), Channel = tolower(Channel), Hour = bin(TimeGenerated, 1h));
let Ends = Hours | summarize End = max(Hour) by Computer;
union (Hours | extend Held = true),
    (Hours | summarize Last = max(Hour) by Computer, Channel | lookup Ends on Computer | where End > Last | project Computer, Channel, Hour = End, Held = false)
| sort by Computer asc, Channel asc, Hour asc
| extend Before = prev(Hour), Same = prev(Computer) == Computer and prev(Channel) == Channel
| where Same
| extend Hours = tolong((Hour - Before) / 1h)
| summarize Steps = countif(Held), Mean = avgif(Hours, Held), arg_max(Hours, Before, Hour, Held) by Computer, Channel
| where Steps >= 24 and Hours >= 24 and Hours >= 10 * Mean
| project Computer, Channel, From = Before + 1h, To = Hour, Hours = Hours - 1, Ended = not(Held)`

	clearedQuery = `union
  (WindowsEvent | where Channel =~ "Security" and EventID == 1102
   | project Time = TimeGenerated, Computer, Channel = "Security", Account = strcat(EventData.SubjectDomainName, @"\", EventData.SubjectUserName)),
  (WindowsEvent | where Channel =~ "System" and EventID == 104
   | project Time = TimeGenerated, Computer, Channel = iff(isempty(tostring(EventData.Channel)), "System", tostring(EventData.Channel)), Account = strcat(EventData.SubjectDomainName, @"\", EventData.SubjectUserName)),
  (DeviceEvents | where ActionType == "SecurityLogCleared"
   | project Time = Timestamp, Computer = DeviceName, Channel = "Security", Account = strcat(InitiatingProcessAccountDomain, @"\", InitiatingProcessAccountName))
| extend Account = trim(@"\\", Account)
| summarize Account = max(Account) by Time, Computer = tolower(Computer), Channel
| top 1000 by Time asc`

	fillQuery = `ScheduledTaskEvents
| where ActionType in ("ScheduledTaskCreated", "ScheduledTaskUpdated")
| summarize Events = count(), Filled = countif(isnotempty(TaskContent)) by Source
| sort by Source asc`
)

// minGap is the share of a log below which its gaps are looked for: where most is
// missing, the log is a selection.
const minGap = 0.5

// look asks the case what its logs hold and lack.
func (c *Coverage) look(ctx context.Context, q Querier) {
	ask := func(name, text string, visit func(*reader)) {
		if ctx.Err() != nil {
			return
		}
		schema, rows, _, err := q.Query(ctx, "coverage: "+name, text)
		if err != nil {
			c.fail(name + ": " + err.Error())
			return
		}
		r := newReader(&Rule{}, schema)
		for _, row := range rows {
			r.Cells = row
			visit(r)
		}
	}
	held := logs{}
	ask("records", recordsQuery, held.records)
	if gappy := held.gappy(); gappy != "" {
		ask("gaps in record ids", fmt.Sprintf(gapsQuery, gappy), held.gap)
	}
	ask("silence", silenceQuery, func(r *reader) {
		ended := r.named("Ended").Int != 0
		if l := held[logKey(r)]; l != nil && !(ended && l.Selection) {
			l.Silence = &Silence{moment(r.named("From")), moment(r.named("To")), r.named("Hours").Int, ended}
		}
	})
	ask("cleared logs", clearedQuery, func(r *reader) {
		c.Cleared = append(c.Cleared, Clearing{cell.Plain(r.named("Computer")), cell.Plain(r.named("Channel")), moment(r.named("Time")), cell.Plain(r.named("Account"))})
	})
	ask("definitions", fillQuery, func(r *reader) {
		c.Definitions = append(c.Definitions, Fill{cell.Plain(r.named("Source")), r.named("Events").Int, r.named("Filled").Int})
	})
	for _, l := range held {
		c.Logs = append(c.Logs, *l)
	}
	sort.Slice(c.Logs, func(i, j int) bool {
		if c.Logs[i].Device != c.Logs[j].Device {
			return c.Logs[i].Device < c.Logs[j].Device
		}
		return c.Logs[i].Channel < c.Logs[j].Channel
	})
}

// logs are the logs of a case by logKey.
type logs map[string]*Log

// logKey is the log that a row speaks of: the names of computers and logs may be written in
// two ways.
func logKey(r *reader) string {
	return strings.ToLower(cell.Plain(r.named("Computer")) + "|" + cell.Plain(r.named("Channel")))
}

// records notes how many records a log has, and how many its numbers say it had.
func (s logs) records(r *reader) {
	l := &Log{Device: strings.ToLower(cell.Plain(r.named("Computer"))), Channel: cell.Plain(r.named("Channel")),
		Records: r.named("Records").Int, First: moment(r.named("First")), Last: moment(r.named("Last"))}
	least, greatest, ids := r.named("Least"), r.named("Greatest"), r.named("Ids")
	if !least.Null && !greatest.Null && least.Int > 0 {
		l.Missing = max(0, greatest.Int-least.Int+1-ids.Int)
		l.Selection = float64(l.Missing) > minGap*float64(greatest.Int-least.Int+1)
	}
	s[logKey(r)] = l
}

// gappy lists the logs, as texts of KQL, that lack records within what they hold.
func (s logs) gappy() string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(s)) {
		if l := s[key]; l.Missing > 0 && !l.Selection && len(list) < maxGappy {
			list = append(list, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key)+`"`)
		}
	}
	return strings.Join(list, ", ")
}

// gap notes where a log lacks records.
func (s logs) gap(r *reader) {
	if l := s[logKey(r)]; l != nil && len(l.Gaps) < maxGaps {
		l.Gaps = append(l.Gaps, RecordGap{After: r.named("After").Int, Before: r.named("Before").Int, Missing: r.named("Missing").Int,
			From: moment(r.named("From")), To: moment(r.named("To"))})
	}
}

// maxGappy bounds the logs whose gaps are looked for.
const maxGappy = 500

func (c *Coverage) fail(what string) {
	if c.Err != "" {
		c.Err += "; "
	}
	c.Err += what
}

func moment(v types.Value) finding.Time {
	if v.Null || v.Type != types.DateTime {
		return finding.Time{}
	}
	return finding.FromTicks(v.Int)
}

// hours writes a time as people say it.
func hours(n int64) string {
	if n >= 72 {
		return fmt.Sprintf("%d days", n/24)
	}
	return fmt.Sprintf("%d hours", n)
}

// Remarks are sentences about what the logs lack, the most telling first: what was
// cleared, what is missing within a log, when a log was silent.
func (c *Coverage) Remarks() []string {
	var out []string
	for _, x := range c.Cleared {
		by := ""
		if x.Account != "" {
			by = " by " + x.Account
		}
		out = append(out, fmt.Sprintf("%s: the log %s was cleared at %s%s", x.Device, x.Channel, x.Time, by))
	}
	for _, l := range c.Logs {
		if len(l.Gaps) == 0 {
			continue
		}
		g := l.Gaps[0]
		what := fmt.Sprintf("%d records of %s are missing within the log, most", l.Missing, l.Channel)
		if l.Missing == 1 {
			what = "1 record of " + l.Channel + " is missing within the log,"
		}
		out = append(out, fmt.Sprintf("%s: %s between record %d (%s) and %d (%s)", l.Device, what, g.After, g.From, g.Before, g.To))
	}
	for _, l := range c.Logs {
		switch s := l.Silence; {
		case s == nil:
		case s.Ended:
			out = append(out, fmt.Sprintf("%s: %s ends %s before the machine's other logs, which go on from %s to %s", l.Device, l.Channel, hours(s.Hours), s.From, s.To))
		default:
			out = append(out, fmt.Sprintf("%s: %s holds nothing for %s, from %s to %s", l.Device, l.Channel, hours(s.Hours), s.From, s.To))
		}
	}
	selections := 0
	for _, l := range c.Logs {
		if l.Selection {
			selections++
		}
	}
	if selections > 0 {
		out = append(out, fmt.Sprintf("%d of %d logs are selections: most of their records were left out of the export", selections, len(c.Logs)))
	}
	for _, f := range c.Definitions {
		if f.Filled < f.Events {
			text := fmt.Sprintf("%d of %d creations and changes of tasks from %s carry the task's definition (%d%%)", f.Filled, f.Events, f.Source, f.Percent())
			if f.Source == "TaskScheduler" && f.Filled == 0 {
				text += ": that log never does, the Security log's 4698 and 4702 do"
			}
			out = append(out, text)
		}
	}
	return out
}
