package hunt

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt/cmdline"
	"github.com/goshawk-hunt/goshawk/hunt/score"
)

// build turns a group into a graded finding. fleet is the number of devices of the case,
// usual what the team's baseline knows.
func build(g *group, fleet int, usual *normal) finding.Finding {
	sort.SliceStable(g.items, func(i, j int) bool { return g.items[i].time.Before(g.items[j].time.Time) })
	f := finding.Finding{ID: fingerprint(g.key)}
	facts := score.Facts{Fleet: fleet, Events: map[string]int{}}
	hunts := map[string]int{}
	for _, it := range g.items {
		if i, ok := hunts[it.rule.ID]; ok {
			f.Hunts[i].Rows++
		} else {
			hunts[it.rule.ID] = len(f.Hunts)
			f.Hunts = append(f.Hunts, finding.Hunt{ID: it.rule.ID, Name: it.rule.Name, Query: it.rule.Query, Rows: 1})
		}
		f.Techniques = append(f.Techniques, it.techniques...)
		f.Tactics = append(f.Tactics, it.rule.Tactics...)
		f.Devices = append(f.Devices, it.devices...)
		f.Accounts = append(f.Accounts, it.accounts...)
		facts.SIDs = append(facts.SIDs, it.sids...)
		addProcesses(&f, it.processes)
		if !it.ran() {
			mergeTask(&f, it)
		}
		if it.taskEvent != "" {
			facts.Events[it.taskEvent]++
		}
		facts.Devices = max(facts.Devices, int(it.deviceCount))
		facts.Runs = max(facts.Runs, int(it.runCount))
		f.Timeline = append(f.Timeline, it.moment)
		f.Evidence = append(f.Evidence, it.row)
		if !it.rule.BuiltIn {
			f.Reasons = append(f.Reasons, userReason(it.rule))
		}
		if f.Title == "" {
			f.Title = it.title
		}
	}
	for _, it := range g.items {
		if it.ran() {
			mergeTask(&f, it)
		}
	}
	f.Reasons = append(f.Reasons, signals(g)...)
	f.Techniques, f.Tactics = sorted(f.Techniques), sorted(f.Tactics)
	f.Devices, f.Accounts = sorted(f.Devices), sorted(f.Accounts)
	facts.Devices = max(facts.Devices, len(f.Devices))
	facts.Task, facts.Processes, facts.Accounts = f.Task, f.Processes, f.Accounts
	facts.Baseline = usual.about(&f)
	verdict := score.Judge(facts)
	f.Reasons = append(f.Reasons, verdict.Reasons...)
	f.Known = verdict.Known
	trim(&f)
	if f.Title == "" || f.Task != nil && f.Task.Name != "" {
		f.Title = title(&f)
	}
	if f.Task != nil {
		f.Task.Decoded = decoded(f.Task.Actions)
	}
	f.Title = finding.Shorten(f.Title, maxTitle)
	f.Grade()
	return f
}

// atLeast is the score below which the group is no finding: the least that any of its rows
// wants. Rows that were only brought to be judged are nothing by themselves.
func (g *group) atLeast() int {
	least := g.items[0].atLeast
	for _, it := range g.items {
		least = min(least, it.atLeast)
	}
	return int(least)
}

// decoded are the texts that stand in Base64 in actions, each once, in bounds.
func decoded(actions []finding.TaskAction) []string {
	const most, size = 4, 4000
	var out []string
	for _, a := range actions {
		for _, text := range cmdline.Decoded(a.Arguments) {
			if text = finding.Shorten(text, size); len(out) < most && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

// maxTitle bounds a title: a task's name may be as long as its maker likes.
const maxTitle = 300

// signals are the reasons that the group's rows give. One signal of a rule counts once,
// however many rows give it; the sentence of the first row stands for them.
func signals(g *group) []finding.Reason {
	type key struct {
		rule  string
		index int
	}
	first, texts := map[key]finding.Reason{}, map[key]map[string]bool{}
	var order []key
	for _, it := range g.items {
		for i := range it.rule.Signals {
			r, ok := it.signals[i]
			if !ok {
				continue
			}
			if d := it.rule.Signals[i].Defined; d != 0 && definedBeside(g, it.rule) {
				r.Points = d
			}
			k := key{it.rule.ID, i}
			if texts[k] == nil {
				first[k], texts[k] = r, map[string]bool{}
				order = append(order, k)
			}
			texts[k][r.Text] = true
		}
	}
	out := make([]finding.Reason, 0, len(order))
	for _, k := range order {
		r := first[k]
		if more := len(texts[k]) - 1; more > 0 {
			r.Text += fmt.Sprintf(" (and %d more like it)", more)
		}
		out = append(out, r)
	}
	return out
}

// definedBeside reports whether rows of other rules say what the group's task runs.
func definedBeside(g *group, rule *Rule) bool {
	return slices.ContainsFunc(g.items, func(it *item) bool {
		return it.rule.ID != rule.ID && len(it.task.Actions) > 0 && !it.ran()
	})
}

// userReason makes a user's rule count for at least the severity that its author gave it.
func userReason(r *Rule) finding.Reason {
	points := map[finding.Severity]int{
		finding.None: finding.LowFrom, // Sentinel's hunting queries name no severity
		finding.Low:  finding.LowFrom, finding.Medium: finding.MediumFrom,
		finding.High: finding.HighFrom, finding.Critical: finding.CriticalFrom,
	}[r.Severity]
	return finding.Reason{Points: points, Property: finding.Rule, Text: fmt.Sprintf("the rule %q matched", r.Name)}
}

// addProcesses adds processes that are not there yet; a process that several rows
// tell of is kept once, with what each of them knows. Beyond finding.MaxEvidence those that
// say nothing new are left out, and the others counted.
func addProcesses(f *finding.Finding, more []finding.Process) {
	for _, p := range more {
		found := false
		for i := range f.Processes {
			h := &f.Processes[i]
			if h.Device == p.Device && processKey(*h) == processKey(p) {
				found = true
				complete(h, p)
				break
			}
		}
		switch {
		case found:
		case len(f.Processes) < finding.MaxEvidence:
			f.Processes = append(f.Processes, p)
		case !slices.ContainsFunc(f.Processes, func(h finding.Process) bool { return same(h, p) }):
			f.Unlisted++
		}
	}
}

// same reports whether two processes are runs of the same by the same.
func same(a, b finding.Process) bool {
	a.Time, a.PID, a.ParentPID, a.ParentCreated = b.Time, b.PID, b.ParentPID, b.ParentCreated
	return a == b
}

func complete(h *finding.Process, p finding.Process) {
	rank := map[string]int{roleRelated: 0, roleChild: 1, roleStarted: 2, roleCreator: 3}
	if rank[p.Role] > rank[h.Role] {
		h.Role = p.Role
	}
	for _, f := range []struct{ to, from *string }{
		{&h.FileName, &p.FileName}, {&h.FolderPath, &p.FolderPath}, {&h.CommandLine, &p.CommandLine},
		{&h.Account, &p.Account}, {&h.SHA1, &p.SHA1}, {&h.Parent, &p.Parent},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	if h.ParentPID == 0 {
		h.ParentPID, h.ParentCreated = p.ParentPID, p.ParentCreated
	}
}

// mergeTask fills the finding's task from an item; items come in order of time, runs
// after all others, and a later definition replaces the actions of an earlier one, which
// are kept as former.
func mergeTask(f *finding.Finding, it *item) {
	if it.task.Name == "" && len(it.task.Actions) == 0 {
		return
	}
	if f.Task == nil {
		f.Task = &finding.Task{}
	}
	t, n := f.Task, it.task
	if t.Name == "" {
		t.Name = n.Name
	}
	if len(n.Actions) > 0 && !sameActions(t.Actions, n.Actions) {
		switch {
		case len(t.Actions) == 0 || richer(n.Actions, t.Actions):
			t.Actions = n.Actions
		case it.ran():
			mergeRun(f, n.Actions)
		case !richer(t.Actions, n.Actions):
			addFormer(f, t.Actions)
			t.Actions = n.Actions
		}
	}
	for _, s := range []struct{ to, from *string }{
		{&t.Principal, &n.Principal}, {&t.RunLevel, &n.RunLevel}, {&t.LogonType, &n.LogonType},
		{&t.Author, &n.Author}, {&t.Definition, &n.Definition}, {&t.Damage, &n.Damage},
	} {
		if *s.to == "" {
			*s.to = *s.from
		}
	}
	if t.Triggers == "" {
		t.Starting = n.Starting
	}
	t.Hidden = t.Hidden || n.Hidden
	if it.taskEvent == "created" && (t.Created.IsZero() || it.time.Before(t.Created.Time)) {
		t.Created = it.time
	}
	if it.taskEvent == "created" && t.CreatedBy == "" && len(it.accounts) > 0 {
		t.CreatedBy = it.accounts[0]
	}
	if it.taskEvent == "created" || it.taskEvent == "updated" {
		addMakers(f, it)
	}
}

// maxMakers bounds the makers of one task.
const maxMakers = 200

// addMakers notes who created or changed the task on which device. An account that one
// source names with its domain and another without is one.
func addMakers(f *finding.Finding, it *item) {
	for _, account := range it.accounts {
		device := it.device()
		same := func(m finding.Maker) bool { return m.Device == device && sameAccount(m.Account, account) }
		switch i := slices.IndexFunc(f.Task.Makers, same); {
		case i >= 0:
			if len(account) > len(f.Task.Makers[i].Account) {
				f.Task.Makers[i].Account = account
			}
		case len(f.Task.Makers) < maxMakers:
			f.Task.Makers = append(f.Task.Makers, finding.Maker{Device: device, Account: account})
		default:
			f.Unlisted++
		}
	}
}

// sameAccount compares accounts by domain and name, and by name where one has no domain.
func sameAccount(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	return strings.EqualFold(a, b) || len(a) > len(b) && strings.EqualFold(a[len(a)-len(b)-1:], `\`+b)
}

// richer reports whether a says the same as b and more: the same programs, with
// arguments or a path that b lacks.
func richer(a, b []finding.TaskAction) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sayMore(cmdline.Path(a[i].Command), cmdline.Path(b[i].Command)) {
			return false
		}
		if b[i].Arguments != "" && cmdline.Arguments(a[i].Arguments) != cmdline.Arguments(b[i].Arguments) {
			return false
		}
	}
	return true
}

// sayMore reports whether two normalised paths name one program, as far as they say, and
// the first says no less: a name of the other folder's is another program.
func sayMore(path, other string) bool {
	if path == other {
		return true
	}
	if cmdline.Base(path) != cmdline.Base(other) || len(path) < len(other) {
		return false
	}
	return !strings.ContainsAny(other, `\/`) || strings.HasPrefix(other, "%") || strings.HasSuffix(path, `\`+strings.TrimLeft(other, `.\`))
}

func sameActions(a, b []finding.TaskAction) bool { return richer(a, b) && richer(b, a) }

// maxFormer bounds the former actions of one task.
const maxFormer = 32

func addFormer(f *finding.Finding, more []finding.TaskAction) {
	t := f.Task
	for _, a := range more {
		switch {
		case slices.ContainsFunc(t.Former, func(h finding.TaskAction) bool { return sameActions([]finding.TaskAction{h}, []finding.TaskAction{a}) }):
		case len(t.Former) < maxFormer:
			t.Former = append(t.Former, a)
		default:
			f.Unlisted++
		}
	}
}

// trim orders the timeline, drops repetitions and bounds what the finding keeps.
func trim(f *finding.Finding) {
	sort.SliceStable(f.Timeline, func(i, j int) bool {
		a, b := &f.Timeline[i], &f.Timeline[j]
		if !a.Time.Equal(b.Time.Time) {
			return a.Time.Before(b.Time.Time)
		}
		return a.What < b.What
	})
	out := f.Timeline[:0]
	seen := map[string]bool{}
	for _, m := range f.Timeline {
		key := m.Time.String() + "|" + m.Device + "|" + m.What
		if !seen[key] {
			seen[key] = true
			out = append(out, m)
		}
	}
	f.Timeline = out
	for _, m := range f.Timeline {
		if m.Time.IsZero() {
			continue
		}
		if f.First.IsZero() {
			f.First = m.Time
		}
		f.Last = m.Time
	}
	if n := len(f.Timeline) - finding.MaxEvidence; n > 0 {
		f.Timeline, f.More = f.Timeline[:finding.MaxEvidence], f.More+n
	}
	if n := len(f.Evidence) - finding.MaxEvidence; n > 0 {
		f.Evidence, f.More = f.Evidence[:finding.MaxEvidence], f.More+n
	}
}

// title says what the finding is about in a few words.
func title(f *finding.Finding) string {
	if f.Task != nil && f.Task.Name != "" {
		if len(f.Task.Actions) > 0 {
			if a := f.Task.Actions[0]; a.Command != "" {
				return fmt.Sprintf("Task %s runs %s", f.Task.Name, finding.Shorten(a.Brief(), 80))
			}
		}
		return "Task " + f.Task.Name
	}
	if len(f.Processes) > 0 {
		p := f.Processes[0]
		line := p.CommandLine
		if line == "" {
			line = p.FileName
		}
		if p.Role == roleStarted {
			return "The Task Scheduler started " + finding.Shorten(line, 80)
		}
		return finding.Shorten(line, 80)
	}
	return f.Hunts[0].Name
}
