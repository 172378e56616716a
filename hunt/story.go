package hunt

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
)

// The hunts say that something is suspicious; the story adds what else the case knows
// of the same task and processes: every event of the task, and what the processes
// that it started have started in turn.

const (
	storyFindings = 200  // findings that get a story
	storyRows     = 5000 // rows of one query
	storyDepth    = 3    // generations of processes
	storyHours    = 12   // how long a process whose creation is unknown is taken to live
)

// tell adds the story to the highest findings. A query that fails leaves a note; the
// findings stay as they are.
func tell(ctx context.Context, q Querier, fs []finding.Finding) (notes []string) {
	var chosen []*finding.Finding
	for i := range fs {
		if fs[i].Severity >= finding.Low && len(chosen) < storyFindings {
			chosen = append(chosen, &fs[i])
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	if err := taskEvents(ctx, q, chosen); err != nil {
		notes = append(notes, "the events of the tasks found could not be added: "+err.Error())
	}
	for range storyDepth {
		more, err := children(ctx, q, chosen)
		if err != nil {
			return append(notes, "what the processes found have started could not be added: "+err.Error())
		}
		if !more {
			break
		}
	}
	for _, f := range chosen {
		trim(f)
	}
	return notes
}

// taskEvents adds the events of the findings' tasks to their timelines.
func taskEvents(ctx context.Context, q Querier, fs []*finding.Finding) error {
	byTask := map[string][]*finding.Finding{} // device|task
	names := map[string]bool{}
	for _, f := range fs {
		if f.Task == nil || f.Task.Name == "" {
			continue
		}
		name := cmdline.ExactTaskName(f.Task.Name)
		names[name] = true
		for _, d := range f.Devices {
			byTask[d+"|"+name] = append(byTask[d+"|"+name], f)
		}
	}
	if len(names) == 0 {
		return nil
	}
	schema, rows, _, err := q.Query(ctx, "story: task events", `ScheduledTaskEvents
| where tolower(TaskName) in (`+list(names)+`)
| project Timestamp, DeviceName, ActionType, TaskName, Command, Arguments, AccountName, UserContext, ResultCode, Source, EventId, ReportId
| top `+fmt.Sprint(storyRows)+` by Timestamp asc`)
	if err != nil {
		return err
	}
	g := newReader(&Rule{}, schema)
	for _, row := range rows {
		g.row = row
		device := strings.ToLower(g.text(colDevice))
		for _, f := range byTask[device+"|"+cmdline.ExactTaskName(g.text(colTask))] {
			addMoment(f, eventMoment(g, device))
		}
	}
	return nil
}

// addMoment adds a task's event to the timeline, in place of what a hunt said of the
// same row in fewer words.
func addMoment(f *finding.Finding, m finding.Moment) {
	for i := range f.Timeline {
		have := &f.Timeline[i]
		if have.Device == m.Device && have.Time.Equal(m.Time.Time) && strings.HasPrefix(have.Source.Table, "ScheduledTaskEvents") && strings.HasPrefix(have.What, "task ") {
			hunt := have.Source.Hunt
			*have = m
			have.Source.Hunt = hunt
			return
		}
	}
	f.Timeline = append(f.Timeline, m)
}

// eventMoment says what one event of a task is.
func eventMoment(g *reader, device string) finding.Moment {
	kind := strings.TrimPrefix(plain(g.named("ActionType")), "ScheduledTask")
	who := g.text(colAccount)
	if who == "" {
		who = plain(g.named("UserContext"))
	}
	run := strings.TrimSpace(g.text(colCommand) + " " + g.text(colArguments))
	what := "task " + words(kind)
	switch kind {
	case "Created", "Updated":
		if run != "" {
			what += ", runs " + shorten(run, 300)
		}
	case "ActionStarted", "ProcessCreated", "ActionCompleted", "ActionFailed":
		what = "task's " + words(kind) + ": " + shorten(run, 300)
	}
	if who != "" {
		what += " (" + who + ")"
	}
	if v := g.named("ResultCode"); !v.Null && v.Int != 0 {
		what += fmt.Sprintf(", result 0x%X", uint32(v.Int))
	}
	m := finding.Moment{Time: g.time(colTime), Device: device, What: what,
		Source: finding.Source{Table: "ScheduledTaskEvents, " + plain(g.named("Source")), Record: g.text(colRecord)}}
	if id := g.named("EventId"); !id.Null && id.Int != 0 {
		m.Source.Table += fmt.Sprintf(" %d", id.Int)
	}
	return m
}

// words writes ActionStarted as "action started".
func words(camel string) string {
	var b strings.Builder
	for i, r := range camel {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// children adds the processes that the findings' scheduled processes and their
// descendants started. It reports whether there were new ones.
func children(ctx context.Context, q Querier, fs []*finding.Finding) (bool, error) {
	pids, devices := map[string]bool{}, map[string]bool{}
	for _, f := range fs {
		for _, p := range f.Processes {
			if parents(p) {
				pids[fmt.Sprint(p.PID)], devices[p.Device] = true, true
			}
		}
	}
	if len(pids) == 0 {
		return false, nil
	}
	numbers := make([]string, 0, len(pids))
	for n := range pids {
		numbers = append(numbers, n)
	}
	sort.Strings(numbers)
	schema, rows, _, err := q.Query(ctx, "story: started processes", `DeviceProcessEvents
| where DeviceName in~ (`+list(devices)+`) and InitiatingProcessId in (`+strings.Join(numbers, ", ")+`)
| project Timestamp, DeviceName, AccountName, FileName, FolderPath, ProcessCommandLine, ProcessId, ProcessCreationTime, SHA1,
    InitiatingProcessFileName, InitiatingProcessCommandLine, InitiatingProcessId, InitiatingProcessCreationTime, ReportId
| top `+fmt.Sprint(storyRows)+` by Timestamp asc`)
	if err != nil {
		return false, err
	}
	g := newReader(&Rule{}, schema)
	added := false
	for _, row := range rows {
		g.row = row
		child := process(g)
		for _, f := range fs {
			if descends(f, child) && !knows(f, child) && len(f.Processes) < finding.MaxEvidence {
				f.Processes = append(f.Processes, child)
				f.Timeline = append(f.Timeline, finding.Moment{Time: child.Time, Device: child.Device,
					What:   "which started " + shorten(child.CommandLine, 300),
					Source: finding.Source{Table: "DeviceProcessEvents", Record: g.text(colRecord)}})
				added = true
			}
		}
	}
	return added, nil
}

// parents reports whether a process is one whose children belong to the story.
func parents(p finding.Process) bool {
	return p.PID != 0 && p.Device != "" && (p.Role == roleStarted || p.Role == roleChild) && !IsScheduler(p.FileName, p.CommandLine)
}

// process reads a row of DeviceProcessEvents as a child.
func process(g *reader) finding.Process {
	p := finding.Process{
		Role: roleChild, Device: strings.ToLower(g.text(colDevice)), Time: g.time(colCreation), PID: g.int(colPID),
		FileName: g.text(colFile), FolderPath: g.text(colFolder), CommandLine: g.text(colCommandLine), Account: g.text(colAccount),
		SHA1: strings.ToLower(g.text(colSHA1)), Parent: g.text(colParentLine), ParentPID: g.int(colParentPID), ParentCreated: g.time(colParentTime),
	}
	if p.Time.IsZero() {
		p.Time = g.time(colTime)
	}
	if p.CommandLine == "" {
		p.CommandLine = p.FileName
	}
	return p
}

// descends reports whether a process was started by one of the finding's: the same id,
// and the same creation where both are known, else within half a day.
func descends(f *finding.Finding, child finding.Process) bool {
	for _, p := range f.Processes {
		if !parents(p) || p.Device != child.Device || p.PID != child.ParentPID {
			continue
		}
		if !child.ParentCreated.IsZero() && !p.Time.IsZero() {
			if near(child.ParentCreated.Sub(p.Time.Time)) {
				return true
			}
			continue
		}
		if d := child.Time.Sub(p.Time.Time); d >= 0 && d < storyHours*time.Hour {
			return true
		}
	}
	return false
}

// near reports whether two times of one process's creation, from two sources, agree.
func near(d time.Duration) bool { return d > -time.Second && d < time.Second }

func knows(f *finding.Finding, p finding.Process) bool {
	for _, have := range f.Processes {
		if have.Device == p.Device && have.PID == p.PID && near(have.Time.Sub(p.Time.Time)) {
			return true
		}
	}
	return false
}

// list writes texts as KQL literals, sorted.
func list(texts map[string]bool) string {
	out := make([]string, 0, len(texts))
	for s := range texts {
		out = append(out, literal(s))
	}
	sort.Strings(out)
	return strings.Join(out, ", ")
}

// literal writes a text as a KQL string literal.
func literal(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
