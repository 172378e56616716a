package report

import (
	"fmt"
	"html/template"
	"sort"
	"strings"

	"github.com/goshawk-hunt/goshawk/finding"
)

// The measures of the picture of a life, in units of its view box.
const (
	treeWidth  = 960
	treeIndent = 26
	treeLeft   = 14
	treeRow    = 40
	treeLine   = 15 // of a line of effects
	maxTree    = 60 // rows
)

// branch is one row of the picture: a node, or a deed that ends at the task.
type branch struct {
	node     int // -1 for a deed alone
	depth    int
	parent   int // row, -1 for a root
	edge     *finding.Edge
	deed     string
	effects  []string
	children []*branch
}

// treePicture draws a life from those who asked, through the task, to what its
// processes did. Lines say how sure they are: whole, dashed or dotted. All text in it
// is escaped here; the tables below the picture say the same in full.
func treePicture(f *finding.Finding) template.HTML {
	d := f.Dossier
	if d == nil || len(d.Nodes) < 2 || len(d.Edges) == 0 {
		return ""
	}
	rows := flatten(grow(d))
	more := 0
	if len(rows) > maxTree {
		more = len(rows) - maxTree
		rows = rows[:maxTree]
	}
	place, y := make([]int, len(rows)), 24
	for i, r := range rows {
		place[i] = y
		y += treeRow + treeLine*len(r.effects)
		if r.node < 0 || !hasLine(&d.Nodes[r.node]) {
			y -= 12
		}
	}
	if more > 0 {
		y += treeLine
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="tree" viewBox="0 0 %d %d" role="img" aria-label="Who asked for the task, what it started, and what came of it: %d steps; the tables below say the same">`, treeWidth, y, len(rows))
	for i, r := range rows {
		if r.parent >= 0 {
			x := treeLeft + rows[r.parent].depth*treeIndent
			fmt.Fprintf(&b, `<path class="wire c-%s" d="M%d %dV%dH%d"/>`, confidence(r), x, place[r.parent]+8, place[i], treeLeft+r.depth*treeIndent-8)
		}
	}
	start := earliest(d)
	for i, r := range rows {
		drawRow(&b, d, r, place[i], start)
	}
	if more > 0 {
		fmt.Fprintf(&b, `<text class="faint" x="%d" y="%d">and %d more steps, in the tables below</text>`, treeLeft, y-6, more)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// hasLine reports whether a second line stands below a node's name.
func hasLine(n *finding.Node) bool { return n.Detail != "" && n.Kind != finding.AccountNode }

func confidence(r *branch) string {
	if r.edge == nil {
		return string(finding.Certain)
	}
	return string(r.edge.Confidence)
}

// earliest is the first time of the graph, from which the others are counted.
func earliest(d *finding.Dossier) finding.Time {
	var first finding.Time
	for i := range d.Edges {
		if t := d.Edges[i].Time; !t.IsZero() && (first.IsZero() || t.Before(first.Time)) {
			first = t
		}
	}
	return first
}

// grow makes a forest of the graph. A node hangs from its first parent; a task from
// the process that asked for it or, failing one, from the account. What else was done
// to the task stands as a deed below the one who did it.
func grow(d *finding.Dossier) []*branch {
	under := map[int]*finding.Edge{} // child -> edge to its parent
	for i := range d.Edges {
		e := &d.Edges[i]
		if have := under[e.To]; have == nil || claim(d, e) > claim(d, have) {
			under[e.To] = e
		}
	}
	made, above := map[int]*branch{}, map[*branch]*branch{}
	var roots []*branch
	var add func(node int, depth int) *branch
	add = func(node, depth int) *branch {
		if b := made[node]; b != nil || depth > len(d.Nodes) {
			return b
		}
		b := &branch{node: node, edge: under[node], effects: effectLines(d, node)}
		made[node] = b
		if b.edge == nil {
			roots = append(roots, b)
			return b
		}
		parent := add(b.edge.From, depth+1)
		circle := parent == nil
		for up := parent; up != nil && !circle; up = above[up] {
			circle = up == b // ids that were used again may name each other
		}
		if !circle {
			above[b] = parent
			parent.children = append(parent.children, b)
		} else {
			b.edge = nil
			roots = append(roots, b)
		}
		return b
	}
	for i := range d.Nodes {
		add(i, 0)
	}
	for i := range d.Edges {
		if e := &d.Edges[i]; under[e.To] != e && made[e.From] != nil {
			from := made[e.From]
			b := &branch{node: -1, edge: e, deed: ownHive(deed(d, e))}
			if e.Content != "" {
				b.effects = []string{e.Content}
			}
			from.children = append(from.children, b)
		}
	}
	kept := roots[:0]
	for _, r := range roots {
		if len(r.children) > 0 || len(r.effects) > 0 {
			kept = append(kept, r) // an account that another edge tells of better stands alone
		}
	}
	roots = kept
	sort.SliceStable(roots, func(i, j int) bool { return standing(d, roots[i]) < standing(d, roots[j]) })
	return roots
}

// claim says how much an edge tells of where its end comes from.
func claim(d *finding.Dossier, e *finding.Edge) int {
	switch {
	case e.Chapter == finding.End || e.Chapter == finding.Behaved:
		return 0
	case d.Nodes[e.To].Kind == finding.TaskNode && d.Nodes[e.From].Role == "creator":
		switch e.Verb {
		case "created":
			return 6
		case "asked to create":
			return 5
		}
		return 2
	case e.Verb == "created":
		return 3
	case e.Verb == "started" || e.Verb == "logged on from":
		return 3
	case d.Nodes[e.From].Role == "writer":
		return 1
	}
	return 2
}

// standing ranks the trees: that of the task first, the Task Scheduler's own writing of its
// stores, which every task has, last.
func standing(d *finding.Dossier, b *branch) int {
	switch n := &d.Nodes[b.node]; {
	case holdsTask(d, b):
		return 0
	case n.Role == "writer" && strings.EqualFold(n.Label, "svchost.exe"):
		return 2
	}
	return 1
}

func holdsTask(d *finding.Dossier, b *branch) bool {
	if b.node >= 0 && d.Nodes[b.node].Kind == finding.TaskNode {
		return true
	}
	for _, c := range b.children {
		if holdsTask(d, c) {
			return true
		}
	}
	return false
}

// deed says what was done, for an edge that has no place in the forest.
func deed(d *finding.Dossier, e *finding.Edge) string {
	text := e.Verb
	switch to := &d.Nodes[e.To]; {
	case e.Object == "" && (strings.HasPrefix(e.Verb, "read ") || strings.HasPrefix(e.Verb, "wrote \\") || strings.HasPrefix(e.Verb, "deleted \\")):
	case to.Kind == finding.TaskNode:
		text += " the task"
	default:
		text += " " + to.Label
	}
	return text
}

// when ranks the children of a node: what led to the task, what came of it, what ended it.
func when(b *branch) int {
	switch {
	case b.node >= 0:
		return 1
	case b.edge.Chapter == finding.Origin:
		return 0
	}
	return 2
}

// flatten puts the forest into rows.
func flatten(roots []*branch) []*branch {
	var rows []*branch
	var walk func(b *branch, depth, parent int)
	walk = func(b *branch, depth, parent int) {
		b.depth, b.parent = depth, parent
		at := len(rows)
		rows = append(rows, b)
		sort.SliceStable(b.children, func(i, j int) bool {
			if a, b := when(b.children[i]), when(b.children[j]); a != b {
				return a < b
			}
			return b.children[i].edge.Time.Before(b.children[j].edge.Time.Time)
		})
		for _, c := range b.children {
			walk(c, depth+1, at)
		}
	}
	for _, r := range roots {
		walk(r, 0, -1)
	}
	return rows
}

// effectLines sum up what a process did, one line a kind.
func effectLines(d *finding.Dossier, node int) []string {
	names := map[string]string{"network": "network", "credentials": "credentials", "file": "files", "registry": "registry", "image": "libraries", "other": "other"}
	var out []string
	for _, kind := range []string{"network", "credentials", "file", "registry", "other", "image"} {
		n := 0
		var first []string
		for i := range d.Effects {
			if e := &d.Effects[i]; e.Process == node && e.Kind == kind {
				if n++; n <= 3 {
					first = append(first, e.What)
				}
			}
		}
		if n == 0 {
			continue
		}
		text := names[kind] + ": " + strings.Join(first, "; ")
		if n > 3 {
			text += fmt.Sprintf("; and %d more", n-3)
		}
		out = append(out, text)
	}
	return out
}

// drawRow draws one row: the sign of its kind, its name and what it did, its time and
// how sure that is, and below it the command line and the effects.
func drawRow(b *strings.Builder, d *finding.Dossier, r *branch, y int, start finding.Time) {
	x := treeLeft + r.depth*treeIndent
	side := ""
	if r.edge != nil {
		side = string(r.edge.Confidence)
		if side == string(finding.Certain) {
			side = ""
		}
		if !r.edge.Time.IsZero() && !start.IsZero() {
			after := "start"
			if since := r.edge.Time.Sub(start.Time); since > 0 {
				after = "+" + finding.Human(since)
			}
			side = strings.TrimSpace(side + "  " + after)
		}
	}
	const sideWidth = 170
	room := float64(treeWidth - sideWidth - x - 14)
	if r.node < 0 {
		fmt.Fprintf(b, `<path class="sign g-deed" d="M%d %dl5 4l-5 4z"><title>%s</title></path><text class="deed" x="%d" y="%d">%s</text>`,
			x-5, y-4, escaped(r.edge.Why, 300), x+14, y+4, escaped(fit(r.deed, int(room/6.6)), 0))
		drawEffects(b, r, x, y+4)
	} else {
		n := &d.Nodes[r.node]
		fmt.Fprintf(b, `<g><title>%s</title>`, escaped(strings.TrimSpace(n.Label+" "+n.Detail), 1500))
		drawSign(b, n, x, y)
		verb := ""
		if r.edge != nil {
			verb = r.edge.Verb
		}
		if verb == "logged on from" {
			verb = "logged on:"
		}
		name, about := n.Label, nodeAbout(d, n)
		letters := int(room / 7.4)
		name = fit(Visible(name), max(letters-len([]rune(verb)), 24))
		fmt.Fprintf(b, `<text x="%d" y="%d"><tspan class="verb">%s </tspan><tspan class="name">%s</tspan><tspan class="faint"> %s</tspan></text>`,
			x+14, y+4, escaped(verb, 0), escaped(name, 0), escaped(fit(about, max(letters-len([]rune(verb+name))-1, 0)), 0))
		if hasLine(n) {
			fmt.Fprintf(b, `<text class="line" x="%d" y="%d">%s</text>`, x+14, y+19, escaped(fit(Visible(n.Detail), int(float64(treeWidth-x-20)/6.7)), 0))
		}
		b.WriteString(`</g>`)
		below := y + 4
		if hasLine(n) {
			below += treeLine
		}
		drawEffects(b, r, x, below)
	}
	if side != "" {
		fmt.Fprintf(b, `<text class="side" x="%d" y="%d" text-anchor="end">%s</text>`, treeWidth-4, y+4, escaped(side, 0))
	}
}

// drawEffects draws the lines below a row: what a process did, what was written.
func drawEffects(b *strings.Builder, r *branch, x, y int) {
	for i, line := range r.effects {
		fmt.Fprintf(b, `<text class="effect" x="%d" y="%d">%s</text>`, x+14, y+treeLine*(i+1), escaped(fit(Visible(line), int(float64(treeWidth-x-20)/6.7)), 0))
	}
}

// nodeAbout is what stands behind a name.
func nodeAbout(d *finding.Dossier, n *finding.Node) string {
	var parts []string
	if n.PID != 0 {
		parts = append(parts, fmt.Sprintf("(%d)", n.PID))
	}
	if n.Kind == finding.AccountNode && n.Detail != "" {
		parts = append(parts, n.Detail)
	}
	if n.Account != "" {
		parts = append(parts, "as "+n.Account)
	}
	if !n.Ended.IsZero() {
		parts = append(parts, "ran "+ranFor(n))
	}
	if elsewhere(d, n) {
		host, _, _ := strings.Cut(n.Device, ".")
		parts = append(parts, "on "+host)
	}
	return Visible(strings.Join(parts, " "))
}

// drawSign draws the sign of a node's kind; its shape says the same as its colour.
func drawSign(b *strings.Builder, n *finding.Node, x, y int) {
	switch {
	case n.Kind == finding.TaskNode:
		fmt.Fprintf(b, `<rect class="sign g-task" x="%d" y="%d" width="16" height="16" rx="3"/><path class="hand" d="M%d %dv-5M%d %dl4 2"/>`, x-8, y-8, x, y, x, y)
	case n.Kind == finding.HostNode:
		fmt.Fprintf(b, `<path class="sign g-host" d="M%d %dl8 8l-8 8l-8 -8z"/>`, x, y-8)
	case n.Kind == finding.AccountNode:
		fmt.Fprintf(b, `<circle class="sign g-who" cx="%d" cy="%d" r="4"/><path class="sign g-who" d="M%d %da7 6 0 0 1 14 0z"/>`, x, y-4, x-7, y+7)
	case n.Role == "started" || n.Role == "child":
		fmt.Fprintf(b, `<circle class="sign g-ran" cx="%d" cy="%d" r="7"/>`, x, y)
	default:
		fmt.Fprintf(b, `<circle class="sign g-asked" cx="%d" cy="%d" r="6"/>`, x, y)
	}
}

// escaped makes evidence's text harmless inside a picture; n > 0 cuts it.
func escaped(s string, n int) string {
	if n > 0 {
		s = finding.Shorten(s, n)
	}
	return template.HTMLEscapeString(Visible(s))
}
