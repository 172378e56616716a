package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// chapterTitles are the chapters of a life in the order in which they are told.
var chapterTitles = []struct {
	Chapter finding.Chapter
	Title   string
}{
	{finding.Origin, "Who asked"}, {finding.Defined, "How it was made and changed"}, {finding.Execution, "When it ran and what it started"},
	{finding.Behaved, "What came of it"}, {finding.End, "How it ended"},
}

// Life writes a finding's dossier as text: one line a statement, with how sure it is
// and the rows that prove it; then what is not known. width cuts lines, 0 means 160.
func Life(w io.Writer, f *finding.Finding, width int) error {
	d := f.Dossier
	if d == nil {
		return nil
	}
	if width <= 0 {
		width = 160
	}
	p := &printer{w: w}
	for _, c := range chapterTitles {
		lines := chapterLines(d, c.Chapter)
		if len(lines) == 0 {
			continue
		}
		p.line("  %s", c.Title)
		for _, l := range lines {
			p.statement(l, width-4)
		}
	}
	return p.err
}

// column is where the text of a statement begins, behind its time and confidence.
const column = 39

// statement prints one line, broken below its own text.
func (p *printer) statement(line string, width int) {
	head, text := "", []rune(Visible(line))
	if len(text) > column && !strings.HasPrefix(line, "not known") {
		head, text = string(text[:column]), text[column:]
	}
	room := max(width-len([]rune(head)), 24)
	for i, part := range wrap(string(text), room, 8) {
		if i > 0 {
			head = strings.Repeat(" ", len([]rune(head)))
		}
		p.line("    %s%s", head, part)
	}
}

// chapterLines are the statements and gaps of one chapter.
func chapterLines(d *finding.Dossier, chapter finding.Chapter) []string {
	var out []string
	for i := range d.Edges {
		if e := &d.Edges[i]; e.Chapter == chapter {
			out = append(out, fmt.Sprintf("%s  %-8s  %s%s", stamp(e.Time), e.Confidence, edgeText(d, e), bracket(e.Proof...)))
			out = append(out, strings.Repeat(" ", column)+e.Why)
			if e.Content != "" {
				out = append(out, strings.Repeat(" ", column)+"what was written: "+e.Content)
			}
		}
	}
	switch chapter {
	case finding.Defined:
		for i := range d.Definitions {
			out = append(out, definitionLines(d, &d.Definitions[i])...)
		}
	case finding.Execution:
		for i := range d.Runs {
			r := &d.Runs[i]
			out = append(out, fmt.Sprintf("%s  %-8s  %s%s", stamp(r.Began), r.Confidence, runText(r), bracket(r.Proof...)))
		}
	case finding.Behaved:
		for i := range d.Effects {
			e := &d.Effects[i]
			out = append(out, fmt.Sprintf("%s  %-8s  %s%s", stamp(e.Time), e.Confidence, effectText(d, e), bracket(e.Proof)))
		}
	}
	for _, g := range d.Gaps {
		if g.Chapter == chapter {
			text := "not known: " + g.Text
			if g.Hint != "" {
				text += " (" + g.Hint + ")"
			}
			out = append(out, text)
		}
	}
	return out
}

func stamp(t finding.Time) string {
	if t.IsZero() {
		return fmt.Sprintf("%-27s", "at a time not known")
	}
	return t.UTC().Format("2006-01-02 15:04:05.0000000")
}

// edgeText is a statement as a sentence.
func edgeText(d *finding.Dossier, e *finding.Edge) string {
	from, to := nodeName(d, e.From), nodeName(d, e.To)
	if e.Verb == "logged on from" {
		return fmt.Sprintf("%s logged on from %s", to, from)
	}
	if d.Nodes[e.From].Kind == finding.HostNode && e.Object == "" && (strings.HasPrefix(e.Verb, "read ") || strings.HasPrefix(e.Verb, "wrote ") || strings.HasPrefix(e.Verb, "deleted ")) {
		return fmt.Sprintf("%s %s", from, e.Verb)
	}
	if n := &d.Nodes[e.To]; e.Verb == "started" && !n.Ended.IsZero() {
		to += ", which ran " + ranFor(n)
	}
	return fmt.Sprintf("%s %s %s", from, e.Verb, to)
}

// ranFor says how long a process ran whose end is known.
func ranFor(n *finding.Node) string {
	if d := n.Ended.Sub(n.Time.Time); d > 0 && !n.Time.IsZero() {
		return finding.Human(d)
	}
	return "for less than a moment"
}

// nodeName names a node in a sentence.
func nodeName(d *finding.Dossier, i int) string {
	if i < 0 || i >= len(d.Nodes) {
		return ""
	}
	n := &d.Nodes[i]
	text := n.Label
	switch n.Kind {
	case finding.TaskNode:
		text = "the task " + n.Label
	case finding.ProcessNode:
		if n.PID != 0 {
			text += fmt.Sprintf(" (%d)", n.PID)
		}
	case finding.AccountNode:
		if n.Detail != "" {
			text += " (" + n.Detail + ")"
		}
	}
	if elsewhere(d, n) {
		text += " on " + n.Device
	}
	return text
}

// elsewhere reports whether a reader must be told on which device a node is.
func elsewhere(d *finding.Dossier, n *finding.Node) bool {
	return n.Device != "" && (len(d.Devices) > 1 || len(d.Devices) == 1 && d.Devices[0] != n.Device)
}

// bracket names the rows of a statement behind it, "" when there are none.
func bracket(list ...finding.Source) string {
	if text := proofs(list); text != "" {
		return " [" + text + "]"
	}
	return ""
}

// proofs names the rows of a statement.
func proofs(list []finding.Source) string {
	parts := make([]string, 0, len(list))
	for _, s := range list {
		parts = append(parts, proof(s))
	}
	return strings.Join(parts, "; ")
}

func proof(s finding.Source) string {
	text := strings.TrimPrefix(s.Table, "ScheduledTaskEvents, ")
	if text == "" {
		text = s.Hunt
	}
	if s.Record != "" {
		text += " #" + s.Record
	}
	return text
}

// definitionLines says what one event or store has the task be, and what that changed.
func definitionLines(in *finding.Dossier, d *finding.Definition) []string {
	out := []string{fmt.Sprintf("%s  %-8s  %s%s", stamp(d.Time), "", definitionText(in, d), bracket(d.Proof))}
	for _, c := range d.Changes {
		out = append(out, strings.Repeat(" ", column)+"changed: "+c)
	}
	return out
}

// definitionText says what one event or store has the task be, and on which device
// where the dossier tells of several.
func definitionText(in *finding.Dossier, d *finding.Definition) string {
	head := d.How
	if d.Device != "" && slices.ContainsFunc(in.Definitions, func(o finding.Definition) bool { return o.Device != d.Device }) {
		head += " on " + d.Device
	}
	if d.By != "" {
		head += " by " + d.By
	}
	var parts []string
	if runs := runsText(d.Actions); runs != "" {
		parts = append(parts, "runs "+runs)
	}
	t := finding.Task{Principal: d.Principal, RunLevel: d.RunLevel}
	if as := principal(&t); as != "" {
		parts = append(parts, "as "+as)
	}
	if d.Triggers != "" {
		parts = append(parts, "on "+d.Triggers)
	}
	if d.Hidden {
		parts = append(parts, "hidden")
	}
	return head + ": " + strings.Join(parts, ", ")
}

func runsText(actions []finding.TaskAction) string {
	parts := make([]string, 0, len(actions))
	for _, a := range actions {
		parts = append(parts, finding.Shorten(a.Text(), 300))
	}
	return strings.Join(parts, ", then ")
}

// runText says what one run was.
func runText(r *finding.Run) string {
	text := "run"
	if r.Cause != "" {
		text += " started by " + r.Cause
	}
	if r.As != "" {
		text += ", as " + r.As
	}
	if r.Action != "" {
		text += ", of " + finding.Shorten(r.Action, 200)
	}
	if r.PID != 0 {
		text += fmt.Sprintf(" (%d)", r.PID)
	}
	if !r.Ended.IsZero() && r.Ended.After(r.Began.Time) {
		text += ", ended after " + finding.Human(r.Ended.Sub(r.Began.Time))
	}
	if r.Result != "" {
		text += ", result " + r.Result
	}
	return text
}

func effectText(d *finding.Dossier, e *finding.Effect) string {
	text := nodeName(d, e.Process) + " " + e.What
	if e.Count > 1 {
		text += fmt.Sprintf(" (%d times)", e.Count)
	}
	return text
}

// chapters are a dossier's parts for the page, and what it can't tell.
func chapters(f *finding.Finding) ([]chapter, []finding.Gap) {
	d := f.Dossier
	if d == nil {
		return nil, nil
	}
	var out []chapter
	for _, c := range chapterTitles {
		ch := chapter{Title: c.Title}
		for i := range d.Edges {
			if e := &d.Edges[i]; e.Chapter == c.Chapter {
				ch.Statements = append(ch.Statements, statement{Time: e.Time, Text: edgeText(d, e), Why: e.Why, Content: e.Content, Confidence: e.Confidence, Proof: proofs(e.Proof)})
			}
		}
		switch c.Chapter {
		case finding.Defined:
			for i := range d.Definitions {
				def := &d.Definitions[i]
				ch.Statements = append(ch.Statements, statement{Time: def.Time, Text: definitionText(d, def), Proof: proof(def.Proof), Changes: def.Changes})
			}
		case finding.Execution:
			for i := range d.Runs {
				r := &d.Runs[i]
				ch.Statements = append(ch.Statements, statement{Time: r.Began, Text: runText(r), Why: r.Why, Confidence: r.Confidence, Proof: proofs(r.Proof)})
			}
		case finding.Behaved:
			for i := range d.Effects {
				e := &d.Effects[i]
				ch.Statements = append(ch.Statements, statement{Time: e.Time, Text: effectText(d, e), Confidence: e.Confidence, Proof: proof(e.Proof)})
			}
		}
		if len(ch.Statements) > 0 {
			out = append(out, ch)
		}
	}
	return out, d.Gaps
}
