package report

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/goshawk-hunt/goshawk/finding"
)

// kindOf says which colour a moment has, by what happened.
func kindOf(what string) string {
	w := strings.ToLower(what)
	for _, k := range []struct{ word, kind string }{
		{"deleted", "gone"}, {"disabled", "gone"}, {"asked for", "asked"}, {"created", "made"}, {"registered", "made"},
		{"updated", "made"}, {"enabled", "made"}, {"connect", "net"}, {"network", "net"}, {"remote", "net"},
		{"started", "ran"}, {"running", "ran"}, {"executed", "ran"}, {"completed", "ran"},
	} {
		if strings.Contains(w, k.word) {
			return k.kind
		}
	}
	return "other"
}

const (
	pictureWidth = 720
	pictureLeft  = 16
)

// timelinePicture draws a finding's moments on a line, from its first to its last.
// All text in it is escaped here.
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
	span := last.Sub(first)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="line" viewBox="0 0 %d 84" role="img" aria-label="%s moments over %s"><line class="axis" x1="%d" y1="44" x2="%d" y2="44"/>`,
		pictureWidth, fmt.Sprint(len(moments)), template.HTMLEscapeString(human(span)), pictureLeft, pictureWidth-pictureLeft)
	lanes := map[int]int{}
	for i, m := range moments {
		if i >= 400 {
			break
		}
		x := pictureLeft + int(float64(pictureWidth-2*pictureLeft)*(float64(m.Time.Sub(first))/float64(span)))
		lane := lanes[x/8]
		lanes[x/8]++
		if lane > 3 {
			continue
		}
		fmt.Fprintf(&b, `<circle class="k-%s" cx="%d" cy="%d" r="5"><title>%s %s</title></circle>`,
			kindOf(m.What), x, 44-lane*11, template.HTMLEscapeString(m.Time.UTC().Format("15:04:05.000")), template.HTMLEscapeString(Visible(cut(m.What, 120))))
	}
	fmt.Fprintf(&b, `<text x="%d" y="66">%s</text><text x="%d" y="66" text-anchor="end">%s</text><text x="%d" y="80" text-anchor="middle">%s</text></svg>`,
		pictureLeft, first.UTC().Format("2006-01-02 15:04:05"), pictureWidth-pictureLeft, last.UTC().Format("2006-01-02 15:04:05"), pictureWidth/2, template.HTMLEscapeString(human(span)))
	return template.HTML(b.String())
}

// human writes a duration in its two largest units.
func human(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days %d h", int(d.Hours())/24, int(d.Hours())%24)
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// overview draws the highest findings over the case's time, one line each.
func overview(fs []finding.Finding, first, last time.Time) template.HTML {
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
					m.Time.UTC().Format("2006-01-02 15:04:05"), template.HTMLEscapeString(Visible(cut(m.What, 120))))
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
