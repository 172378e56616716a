package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
)

//go:embed page.html
var pageText string

//go:embed page.css
var styleText string

// detailed is how many findings a page tells in full; the rest is in its table.
const detailed = 200

// listed is how many findings the table names.
const listed = 2000

// HTML writes the report as one page that loads nothing: style and pictures are in it,
// and its content security policy forbids everything else, scripts included.
func HTML(w io.Writer, d Data) error {
	t, err := template.New("page").Funcs(funcs).Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, newPage(d))
}

// page is what the template shows.
type page struct {
	Data
	Style     template.CSS
	Policy    string
	Counts    []severityCount
	Findings  []card
	Brief     []card // further findings, for the table alone
	Rest      int    // findings that the page does not even list
	Queries   []finding.Hunt
	Attack    []technique
	Overview  template.HTML
	Hunts     []hunt.Outcome
	OnDevices map[string]string // of a hunt by its id: on how many devices it can see
	Kinds     []string
	Matrix    []deviceRow
	MoreRows  int
	First     finding.Time
	Last      finding.Time
	Verdict   string
	Least     string // what the filter shows at first
	Blind     int
	Failed    int
	Refused   int
	Remarks   []string // what the logs lack, at most maxRemarks
}

type severityCount struct {
	Severity string
	N        int
}

type technique struct {
	ID string
	N  int
}

// card is one finding ready to be shown.
type card struct {
	finding.Finding
	Rank     int
	Summary  string
	Top      []finding.Reason
	Bars     []bar
	Tree     template.HTML
	Chapters []chapter
	Gaps     []finding.Gap
	Picture  template.HTML
	Open     bool
	Expected string         // text of the principal
	Planted  []finding.Edge // what its actions name and somebody wrote
}

// bar is the points of one property.
type bar struct {
	Property string
	Points   int
	Width    int // of 100
}

// chapter is one part of a life, its statements in order.
type chapter struct {
	Title      string
	Statements []statement
}

// statement is one line of a chapter.
type statement struct {
	Time       finding.Time
	Text       string
	Why        string
	Content    string
	Confidence finding.Confidence
	Proof      string
	Changes    []string
}

// deviceRow is a device's evidence, parallel to page.Kinds, and how many hunts see what
// they live on there.
type deviceRow struct {
	Device string
	Sees   [3]int // runnable, partial, blind
	Cells  []int
	Blind  bool
}

func newPage(d Data) *page {
	sum := sha256.Sum256([]byte(styleText))
	p := &page{Data: d, Style: template.CSS(styleText),
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"}
	if d.Result == nil {
		p.Result = &hunt.Result{}
	}
	fs := p.Result.Findings
	counts, techniques := map[finding.Severity]int{}, map[string]int{}
	for i := range fs {
		f := &fs[i]
		counts[f.Severity]++
		for _, t := range f.Techniques {
			techniques[t]++
		}
		switch {
		case i < detailed:
			p.Findings = append(p.Findings, newCard(i+1, f))
			p.queries(f)
		case i < listed:
			p.Brief = append(p.Brief, card{Finding: *f, Rank: i + 1, Top: foremost(f.Reasons)})
		default:
			p.Rest++
		}
	}
	for s := finding.Critical; s >= finding.Info; s-- {
		p.Counts = append(p.Counts, severityCount{s.String(), counts[s]})
	}
	for id, n := range techniques {
		p.Attack = append(p.Attack, technique{id, n})
	}
	sort.Slice(p.Attack, func(i, j int) bool { return p.Attack[i].ID < p.Attack[j].ID })
	p.Hunts = p.Result.Outcomes
	p.coverage()
	for _, in := range d.Inputs {
		if in.Status != "read" && in.Status != "note" {
			p.Refused++
		}
	}
	p.Overview = overview(fs)
	p.Verdict = verdict(p, counts)
	p.Least = "medium"
	if finding.Worst(fs) < finding.Medium {
		p.Least = "all"
	}
	return p
}

// queries adds the queries of a finding's hunts: each stands on the page once.
func (p *page) queries(f *finding.Finding) {
	for _, h := range f.Hunts {
		if !slices.ContainsFunc(p.Queries, func(have finding.Hunt) bool { return have.ID == h.ID }) {
			p.Queries = append(p.Queries, h)
		}
	}
}

// verdict is the first sentence of the page.
func verdict(p *page, counts map[finding.Severity]int) string {
	urgent := counts[finding.Critical] + counts[finding.High]
	look := urgent + counts[finding.Medium]
	switch {
	case urgent > 0 && look == urgent:
		return plural(urgent, "finding") + " to act on."
	case urgent > 0:
		return fmt.Sprintf("%s to act on, %d more to look at.", plural(urgent, "finding"), look-urgent)
	case look > 0:
		return fmt.Sprintf("%s to look at.", plural(look, "finding"))
	case p.Blind > 0 || p.Failed > 0 || p.Refused > 0 || p.Result.Coverage.Err != "":
		return "Nothing found, but not everything could be seen: read the coverage before calling this clean."
	}
	return "Nothing found at or above medium."
}

// maxDevices bounds the rows of the coverage matrix, maxRemarks what is said of logs.
const (
	maxDevices = 500
	maxRemarks = 200
)

func (p *page) coverage() {
	p.Remarks = p.Result.Coverage.Remarks()
	p.Remarks = p.Remarks[:min(len(p.Remarks), maxRemarks)]
	for _, o := range p.Hunts {
		if o.Sight == hunt.Blind {
			p.Blind++
		}
		if o.Error != "" {
			p.Failed++
		}
	}
	p.OnDevices = map[string]string{}
	for _, h := range p.Result.Coverage.Hunts {
		var parts []string
		for _, n := range []struct {
			devices int
			sight   hunt.Sight
		}{{h.Runnable, hunt.Runnable}, {h.Partial, hunt.Partial}, {h.Blind, hunt.Blind}, {h.Unknown, hunt.Unknown}} {
			if n.devices > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n.devices, n.sight))
			}
		}
		p.OnDevices[h.ID] = strings.Join(parts, ", ")
	}
	for _, k := range hunt.Kinds {
		p.Kinds = append(p.Kinds, k.Name)
	}
	for i, d := range p.Result.Coverage.Devices {
		if !d.First.IsZero() && (p.First.IsZero() || d.First.Before(p.First.Time)) {
			p.First = d.First
		}
		if d.Last.After(p.Last.Time) {
			p.Last = d.Last
		}
		if i >= maxDevices {
			p.MoreRows++
			continue
		}
		row := deviceRow{Device: d.Device, Blind: true}
		for _, sight := range d.Sights {
			if i := slices.Index([]hunt.Sight{hunt.Runnable, hunt.Partial, hunt.Blind}, sight); i >= 0 {
				row.Sees[i]++
			}
		}
		for _, k := range p.Kinds {
			row.Cells = append(row.Cells, d.Kinds[k])
			row.Blind = row.Blind && d.Kinds[k] == 0
		}
		p.Matrix = append(p.Matrix, row)
	}
}

// foremost are the reasons that weigh most, at most three, each by what it adds to the score
// beside those before it: what a reader should know first is not one property told thrice,
// nor a weak word of another kind before a second strong one of the same.
func foremost(reasons []finding.Reason) []finding.Reason {
	const most = 3
	var out []finding.Reason
	taken := finding.Weights{}
	left := slices.DeleteFunc(slices.Clone(reasons), func(r finding.Reason) bool { return r.Points <= 0 || r.Property == finding.Agreement })
	for len(out) < most && len(left) > 0 {
		best := 0
		for i := range left {
			if a, b := taken.Of(left[i]), taken.Of(left[best]); a > b || a == b && taken[left[i].Property] == 0 && taken[left[best].Property] > 0 {
				best = i
			}
		}
		taken.Take(left[best])
		out = append(out, left[best])
		left = slices.Delete(left, best, best+1)
	}
	return out
}

func newCard(rank int, f *finding.Finding) card {
	c := card{Finding: *f, Rank: rank, Summary: Summary(f), Open: f.Severity >= finding.Medium && rank <= 25}
	c.Top = foremost(f.Reasons)
	if f.Task != nil {
		c.Expected = principal(f.Task)
	}
	c.Planted = plantedEdges(f.Dossier)
	points := map[string]int{}
	var order []string
	for _, r := range f.Reasons {
		name := string(r.Property)
		if _, ok := points[name]; !ok {
			order = append(order, name)
		}
		points[name] += r.Points
	}
	for _, name := range order {
		c.Bars = append(c.Bars, bar{name, points[name], max(0, min(points[name], 100))})
	}
	sort.SliceStable(c.Bars, func(i, j int) bool { return c.Bars[i].Points > c.Bars[j].Points })
	c.Tree = treePicture(f)
	c.Chapters, c.Gaps = chapters(f)
	c.Picture = timelinePicture(f)
	return c
}

// plantedEdges are the statements of what the task's actions name, one an object.
func plantedEdges(d *finding.Dossier) []finding.Edge {
	const most = 6
	var out []finding.Edge
	if d == nil {
		return nil
	}
	for i := range d.Edges {
		e := &d.Edges[i]
		same := func(o finding.Edge) bool { return o.Object == e.Object }
		if e.Object != "" && e.Chapter != finding.End && len(out) < most && !slices.ContainsFunc(out, same) {
			out = append(out, *e)
		}
	}
	return out
}

// bounded bounds a text of evidence on the page and says what it left out; exports have all.
func bounded(s string, n int) string {
	cut := finding.Shorten(s, n)
	if cut == s {
		return s
	}
	return fmt.Sprintf("%s (%s more bytes; the JSON export has them)", cut, grouped(len(s)-n))
}

var funcs = template.FuncMap{
	"pieces": pieces,
	"nearly": nearly,
	"fit":    bounded,
	"hive":   ownHive,
	"anchor": func(id string) string {
		sum := sha256.Sum256([]byte(id))
		return fmt.Sprintf("q%x", sum[:4])
	},
	"clock": func(t finding.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format("2006-01-02 15:04:05.0000000")
	},
	"minute": func(t any) string {
		switch t := t.(type) {
		case finding.Time:
			if !t.IsZero() {
				return t.UTC().Format("2006-01-02 15:04")
			}
		case time.Time:
			if !t.IsZero() {
				return t.UTC().Format("2006-01-02 15:04")
			}
		}
		return "unknown"
	},
	"count":  grouped,
	"signed": func(n int) string { return fmt.Sprintf("%+d", n) },
	"join":   strings.Join,
	"some":   func(names []string, n int) string { return some(names, n) },
	"size":   size,
	"ms":     func(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond)) },
	"action": finding.TaskAction.Text,
}

// grouped writes a count with its thousands apart.
func grouped(n any) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.0f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}
