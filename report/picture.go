package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
)

// kindOf says which colour a moment has, by what happened.
func kindOf(what string) string {
	w := strings.ToLower(what)
	for _, k := range []struct{ word, kind string }{
		{"an action of the task names", "asked"}, {"asked for", "asked"}, {"the task scheduler's pipe", "asked"}, {"read \\\\", "net"}, {"deleted \\\\", "net"},
		{"which started", "ran"}, {"started by the", "ran"}, {"action", "ran"}, {"process created", "ran"}, {"triggered", "ran"}, {"terminated", "ran"}, {"missed", "ran"},
		{"deleted", "gone"}, {"disabled", "gone"}, {"created", "made"}, {"registered", "made"},
		{"updated", "made"}, {"enabled", "made"}, {"connect", "net"}, {"network", "net"}, {"remote", "net"},
		{"started", "ran"}, {"running", "ran"}, {"executed", "ran"}, {"completed", "ran"},
	} {
		if strings.Contains(w, k.word) {
			return k.kind
		}
	}
	return "other"
}

// The measures of the timeline's picture.
const (
	lineWidth  = 960
	lineLeft   = 84
	lineRight  = 16
	laneHeight = 26
	maxPlaces  = 40 // places on the line; what is nearer together shares one
)

// lanes are the rows of the timeline, by the kinds of moments in them.
var lanes = []struct {
	title string
	kinds []string
}{
	{"asked", []string{"asked"}}, {"task", []string{"made", "gone"}}, {"ran", []string{"ran"}}, {"network", []string{"net"}}, {"other", []string{"other"}},
}

// timelinePicture draws a finding's moments in lanes, from its first to its last. The
// line is cut where nothing happened: a gap is as wide as its order of magnitude, and
// says how long it was. All text in it is escaped here.
func timelinePicture(f *finding.Finding) template.HTML {
	var moments []finding.Moment
	for _, m := range f.Timeline {
		if !m.Time.IsZero() {
			moments = append(moments, m)
		}
	}
	if len(moments) < 2 || !moments[len(moments)-1].Time.After(moments[0].Time.Time) {
		return ""
	}
	first, last := moments[0].Time.Time, moments[len(moments)-1].Time.Time
	times, at := places(moments)
	used := map[int]int{} // lane of the list -> row of the picture
	for lane := range lanes {
		for _, m := range moments {
			if laneOf(m) == lane {
				used[lane] = len(used)
				break
			}
		}
	}
	axis := 16 + laneHeight*len(used)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="line" viewBox="0 0 %d %d" role="img" aria-label="%d moments over %s; the table below says the same">`,
		lineWidth, axis+42, len(moments), template.HTMLEscapeString(finding.Human(last.Sub(first))))
	for lane, row := range used {
		y := 16 + row*laneHeight
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text><line class="grid" x1="%d" y1="%d" x2="%d" y2="%d"/>`, lineLeft-14, y+4, lanes[lane].title, lineLeft, y, lineWidth-lineRight, y)
	}
	drawMoments(&b, moments, times, at, used)
	fmt.Fprintf(&b, `<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`, lineLeft, axis, lineWidth-lineRight, axis)
	for i := 1; i < len(times); i++ {
		if gap := finding.Human(times[i].Sub(times[i-1])); at[i]-at[i-1] > 7*len(gap) {
			fmt.Fprintf(&b, `<text class="gap" x="%d" y="%d" text-anchor="middle">%s</text>`, (at[i]+at[i-1])/2, axis+15, template.HTMLEscapeString(gap))
		}
		fmt.Fprintf(&b, `<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`, at[i], axis-4, at[i], axis+4)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d">%s UTC</text><text x="%d" y="%d" text-anchor="end">%s UTC</text></svg>`,
		lineLeft, axis+34, first.UTC().Format("2006-01-02 15:04:05.000"), lineWidth-lineRight, axis+34, last.UTC().Format("2006-01-02 15:04:05.000"))
	return template.HTML(b.String())
}

// drawMoments draws one sign a moment, several of one place and lane as one with their number.
func drawMoments(b *strings.Builder, moments []finding.Moment, times []time.Time, at []int, used map[int]int) {
	type spot struct{ place, lane int }
	count, title, kind := map[spot]int{}, map[spot]string{}, map[spot]string{}
	var order []spot
	place := 0
	for _, m := range moments {
		for place+1 < len(times) && !m.Time.Before(times[place+1]) {
			place++
		}
		s := spot{place, laneOf(m)}
		if count[s]++; count[s] == 1 {
			order = append(order, s)
			kind[s] = kindOf(m.What)
		}
		if count[s] <= 8 {
			title[s] += m.Time.UTC().Format("15:04:05.000") + " " + finding.Shorten(m.What, 120) + "\n"
		}
	}
	for _, s := range order {
		y := 16 + used[s.lane]*laneHeight
		fmt.Fprintf(b, `<g class="k-%s"><title>%s</title>%s`, kind[s], lines(title[s]), sign(kind[s], at[s.place], y))
		if n := count[s]; n > 1 {
			fmt.Fprintf(b, `<text class="n" x="%d" y="%d">%d</text>`, at[s.place]+8, y-5, n)
		}
		b.WriteString(`</g>`)
	}
}

// lines escapes text of several lines.
func lines(s string) string {
	parts := strings.Split(strings.TrimSpace(s), "\n")
	for i := range parts {
		parts[i] = escaped(parts[i], 0)
	}
	return strings.Join(parts, "\n")
}

// sign is a moment's mark; its shape says the same as its colour.
func sign(kind string, x, y int) string {
	switch kind {
	case "made":
		return fmt.Sprintf(`<rect x="%d" y="%d" width="11" height="11" rx="2"/>`, x-5, y-5)
	case "gone":
		return fmt.Sprintf(`<path class="cross" d="M%d %dl10 10m0 -10l-10 10"/>`, x-5, y-5)
	case "net":
		return fmt.Sprintf(`<path d="M%d %dl6 6l-6 6l-6 -6z"/>`, x, y-6)
	}
	return fmt.Sprintf(`<circle cx="%d" cy="%d" r="5.5"/>`, x, y)
}

func laneOf(m finding.Moment) int {
	kind := kindOf(m.What)
	for i, l := range lanes {
		for _, k := range l.kinds {
			if k == kind {
				return i
			}
		}
	}
	return len(lanes) - 1
}

// places puts the moments' times on the line. Times nearer together than the line can
// show share a place; between places lies the logarithm of their distance.
func places(moments []finding.Moment) (times []time.Time, at []int) {
	for _, m := range moments {
		if len(times) == 0 || m.Time.After(times[len(times)-1]) {
			times = append(times, m.Time.Time)
		}
	}
	for len(times) > maxPlaces {
		nearest := 1
		for i := 2; i < len(times); i++ {
			if times[i].Sub(times[i-1]) < times[nearest].Sub(times[nearest-1]) {
				nearest = i
			}
		}
		times = append(times[:nearest], times[nearest+1:]...)
	}
	weights, sum := make([]float64, len(times)), 0.0
	for i := 1; i < len(times); i++ {
		weights[i] = 1 + math.Log10(1+float64(times[i].Sub(times[i-1]))/float64(time.Millisecond))
		sum += weights[i]
	}
	at = make([]int, len(times))
	x := float64(lineLeft + 10)
	for i := range times {
		if sum > 0 {
			x += weights[i] / sum * float64(lineWidth-lineLeft-lineRight-20)
		}
		at[i] = int(x)
	}
	return times, at
}

// overview draws the highest findings over the time that they span, one line each.
func overview(fs []finding.Finding) template.HTML {
	var first, last time.Time
	const most, left, width, row = 15, 250, 980, 22
	var shown []*finding.Finding
	for i := range fs {
		if fs[i].Severity >= finding.Medium && !fs[i].First.IsZero() && len(shown) < most {
			shown = append(shown, &fs[i])
			if fs[i].First.Before(first) || first.IsZero() {
				first = fs[i].First.Time
			}
			if fs[i].Last.After(last) {
				last = fs[i].Last.Time
			}
		}
	}
	if len(shown) < 2 || !last.After(first) {
		return ""
	}
	span := float64(last.Sub(first))
	at := func(t time.Time) int { return left + int(float64(width-left-12)*(float64(t.Sub(first))/span)) }
	height := row*len(shown) + 34
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="over" viewBox="0 0 %d %d" role="img" aria-label="When the findings happened">`, width, height)
	for i, f := range shown {
		y := 14 + i*row
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text><line class="grid" x1="%d" y1="%d" x2="%d" y2="%d"/>`,
			left-12, y+4, template.HTMLEscapeString(fit(Visible(short(f)), 34)), left, y, width-12, y)
		from, to := at(f.First.Time), at(f.Last.Time)
		if to > from {
			fmt.Fprintf(&b, `<line class="span s-%s" x1="%d" y1="%d" x2="%d" y2="%d"/>`, f.Severity, from, y, to, y)
		}
		drawn := map[int]bool{}
		for _, m := range f.Timeline {
			if x := at(m.Time.Time); !m.Time.IsZero() && !drawn[x] {
				drawn[x] = true
				fmt.Fprintf(&b, `<circle class="s-%s" cx="%d" cy="%d" r="5"><title>%s %s</title></circle>`, f.Severity, x, y,
					m.Time.UTC().Format("2006-01-02 15:04:05"), template.HTMLEscapeString(Visible(finding.Shorten(m.What, 120))))
			}
		}
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text><text x="%d" y="%d" text-anchor="end">%s</text></svg>`,
		left, height-6, first.UTC().Format("2006-01-02 15:04"), width-12, height-6, last.UTC().Format("2006-01-02 15:04"))
	return template.HTML(b.String())
}

// short names a finding in a few letters.
func short(f *finding.Finding) string {
	if f.Task != nil && f.Task.Name != "" {
		return f.Task.Name
	}
	return f.Title
}
