package report

import (
	"regexp"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// Summary says in a few sentences what a finding is: who made which task from where,
// what it runs as whom, what it started, and what became of it. It holds the
// attacker's text.
func Summary(f *finding.Finding) string {
	t := f.Task
	if t == nil || t.Name == "" {
		return processSummary(f)
	}
	var b strings.Builder
	who, from, through := maker(f)
	switch {
	case who != "":
		b.WriteString(who)
		if from != "" {
			b.WriteString(", logged on from " + from + ",")
		}
		if through != "" {
			b.WriteString(" used " + through + " to make")
		} else {
			b.WriteString(" made")
		}
		b.WriteString(" the task " + t.Name + ". It")
	case through != "":
		b.WriteString(through + " asked for the task " + t.Name + ". It")
	default:
		b.WriteString("The task " + t.Name)
	}
	if len(t.Actions) == 0 {
		if who == "" && through == "" {
			b.WriteString(" is not described by any row: what it runs is not known")
		} else {
			b.WriteString(" runs something that no row describes")
		}
	}
	for i, a := range t.Actions {
		if i == 0 {
			b.WriteString(" runs ")
		} else {
			b.WriteString(", then ")
		}
		b.WriteString(finding.Shorten(a.Brief(), 160))
	}
	if p := principal(t); p != "" {
		b.WriteString(" as " + p)
	}
	b.WriteString(".")
	b.WriteString(outcome(f))
	return b.String()
}

func processSummary(f *finding.Finding) string {
	for i := range f.Processes {
		if p := &f.Processes[i]; p.Role == "started" {
			return "The Task Scheduler started " + finding.Shorten(p.CommandLine, 160) + "." + outcome(f)
		}
	}
	return f.Title
}

// maker says who made the task, from which address and through which program, "" for
// what is not known.
func maker(f *finding.Finding) (who, from, through string) {
	for i := range f.Processes {
		if p := &f.Processes[i]; p.Role == "creator" && p.FileName != "" {
			through = p.FileName
		}
	}
	who = f.Task.CreatedBy
	if who == "" && len(f.Accounts) > 0 {
		who = f.Accounts[0]
	}
	d := f.Dossier
	if d == nil {
		return who, "", through
	}
	through, surest := "", 0
	for i := range d.Edges {
		e := &d.Edges[i]
		n := &d.Nodes[e.From]
		switch {
		case n.Kind == finding.HostNode && e.Verb == "logged on from":
			from = n.Label
		case n.Role == "creator" && d.Nodes[e.To].Kind == finding.TaskNode && makes[e.Verb] > surest:
			through, surest = n.Label, makes[e.Verb]
		case n.Kind == finding.AccountNode && e.Verb == "created":
			who = n.Label
		}
	}
	return who, from, through
}

// makes ranks the verbs of making a task: who only changed, ran or removed it did not make it.
var makes = map[string]int{"created": 3, "asked to create": 2, "asked for": 1}

// outcome says what the task started and how it ended.
func outcome(f *finding.Finding) string {
	d := f.Dossier
	if d == nil {
		return ""
	}
	var started, children, ended []string
	var made finding.Time
	for i := range d.Edges {
		e := &d.Edges[i]
		switch to := &d.Nodes[e.To]; {
		case to.Role == "started" && e.Chapter == finding.Execution:
			started = append(started, to.Label)
		case to.Role == "child" && !strings.EqualFold(to.Label, "conhost.exe"):
			children = append(children, to.Label)
		case e.Verb == "created" && made.IsZero():
			made = e.Time
		case e.Verb == "deleted" && to.Kind == finding.TaskNode:
			text := " " + d.Nodes[e.From].Label + " deleted it"
			if !made.IsZero() && e.Time.After(made.Time) {
				text += " " + finding.Human(e.Time.Sub(made.Time)) + " after its creation"
			}
			ended = append(ended, text+".")
		}
	}
	var b strings.Builder
	b.WriteString(planted(d))
	if len(started) > 0 && f.Task != nil && f.Task.Name != "" {
		b.WriteString(" It started " + some(distinct(started), 3))
		if len(children) > 0 {
			b.WriteString(", which started " + some(distinct(children), 4))
		}
		b.WriteString(".")
	} else if len(children) > 0 {
		b.WriteString(" That started " + some(distinct(children), 4) + ".")
	}
	if len(ended) > 0 {
		b.WriteString(ended[len(ended)-1])
	}
	return b.String()
}

// planted says who wrote what the task's actions name, and when.
func planted(d *finding.Dossier) string {
	var by, what []string
	when := ""
	for i := range d.Edges {
		e := &d.Edges[i]
		if e.Object == "" || e.Chapter == finding.End {
			continue
		}
		by, what = append(by, d.Nodes[e.From].Label), append(what, finding.Shorten(ownHive(e.Object), 120))
		for j := range d.Edges {
			if c := &d.Edges[j]; c.Verb == "created" && c.To == e.To && len(by) == 1 && e.Time.Before(c.Time.Time) {
				when = ", " + finding.Human(c.Time.Sub(e.Time.Time)) + " before its creation"
			}
		}
	}
	if len(what) == 0 {
		return ""
	}
	return " What it names, " + some(distinct(what), 2) + ", was written by " + some(distinct(by), 3) + when + "."
}

var userHive = regexp.MustCompile(`(?i)HKEY_(?:USERS|CURRENT_USER)\\S-1-[0-9-]+\\`)

// ownHive writes a user's part of the registry as that user's processes name it, which is
// shorter than the SID.
func ownHive(text string) string { return userHive.ReplaceAllLiteralString(text, `HKCU\`) }

// distinct keeps the first of each name.
func distinct(names []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}
